from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from bot.files.json_file import write_json
from bot.files.table import Column, Kind
from tests.files.conversations import BERLIN, NOON

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

COLUMNS = [Column(name=kind.name.lower(), title="", kind=kind, meaning="") for kind in Kind]


def test_a_row_is_an_object_with_instants_that_carry_their_offset(tmp_path: Path) -> None:
    path = tmp_path / "table.json"
    write_json(path, COLUMNS, [["=1+1", "voice", 12.5, NOON], [None, None, None, None]], zone=BERLIN)
    assert json.loads(path.read_bytes()) == [
        {"text": "=1+1", "word": "voice", "number": 12.5, "instant": "2026-11-16T13:00:00+01:00"},
        {"text": None, "word": None, "number": None, "instant": None},
    ]


def test_no_rows_are_an_empty_array(tmp_path: Path) -> None:
    path = tmp_path / "table.json"
    write_json(path, COLUMNS, [], zone=BERLIN)
    assert json.loads(path.read_bytes()) == []


def test_a_row_is_a_line_so_that_a_file_can_be_searched(tmp_path: Path) -> None:
    path = tmp_path / "table.json"
    write_json(path, COLUMNS, [["a\nb", "w", number, NOON] for number in range(3)], zone=BERLIN)
    assert len(path.read_bytes().splitlines()) == 3 + 2


def test_size_and_digest_are_those_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "table.json"
    written = write_json(path, COLUMNS, [["x", "w", 1, NOON]] * 10_000, zone=BERLIN)
    content = path.read_bytes()
    assert (written.name, written.size) == ("table.json", len(content))
    assert written.sha256 == hashlib.sha256(content).hexdigest()


@given(texts=st.lists(st.text(), max_size=8))
def test_any_text_comes_back(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    path = tmp_path_factory.mktemp("json") / "any.json"
    write_json(path, COLUMNS[:1], [[text] for text in texts], zone=BERLIN)
    assert json.loads(path.read_bytes()) == [{"text": text} for text in texts]
