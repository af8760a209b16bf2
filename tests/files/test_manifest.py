from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.domain.dimensions import Dimension, Label
from bot.domain.exports import Export, Fetched, GroupSummary, WrittenFile
from bot.domain.period import Period
from bot.domain.questions import ConversationsQuestion, QueueWord
from bot.domain.queues import Media
from bot.files.manifest import write_manifest
from bot.files.rows import columns
from tests.files.conversations import BERLIN, seconds

MONDAY = datetime(2026, 11, 8, 23, tzinfo=UTC)
EXPORT = Export(
    question=ConversationsQuestion(
        queues=(QueueWord(text="bill*"),),
        period=Period(start=MONDAY, end=MONDAY + timedelta(days=7), zone=BERLIN, name="last-week"),
        media=(Media.VOICE,),
        by=(Dimension.QUEUE, Dimension.DAY),
    ),
    as_of=MONDAY + timedelta(days=8),
    fetched=Fetched(conversations=90, rows=100, duplicates=3),
    files=(WrittenFile(path=Path("/tmp/rows.csv"), name="rows.csv", size=4711, sha256="ab" * 32),),
    summary=(
        GroupSummary(
            group=(Label("q-1", "Billing"), Label("2026-11-09", "Mon 9 Nov")),
            conversations=90,
            visits=100,
            average_duration=seconds(300),
            talk_ratio=0.5,
            hold_ratio=0.1,
            efficiency=95.0,
            wrap_up_codes=2,
            p50_wait=seconds(12.5),
            p90_wait=None,
        ),
    ),
)
GUIDE = (Path(__file__).parents[2] / "docs" / "exports.md").read_text()


def told(folder: Path, export: Export = EXPORT) -> dict[str, Any]:
    path = folder / "rows.manifest.json"
    write_manifest(
        path,
        export,
        asked="/report conversations bill* last-week voice",
        columns=columns(personal=False),
        personal=False,
    )
    read: dict[str, Any] = json.loads(path.read_bytes())
    return read


def test_the_question_is_told_in_words_and_as_data(tmp_path: Path) -> None:
    manifest = told(tmp_path)
    assert manifest["query"] == {
        "text": "/report conversations bill* last-week voice",
        "queues": ["bill*"],
        "media": ["voice"],
        "group_by": ["queue", "day"],
    }
    assert manifest["period"] == {
        "name": "last-week",
        "start": "2026-11-09T00:00:00+01:00",
        "end": "2026-11-16T00:00:00+01:00",
        "timezone": "Europe/Berlin",
        "running": False,
    }
    assert manifest["as_of"] == "2026-11-17T00:00:00+01:00"


def test_what_came_of_it_is_counted(tmp_path: Path) -> None:
    manifest = told(tmp_path)
    counted = {key: manifest[key] for key in ("rows", "conversations", "duplicates_removed", "complete", "missing")}
    assert counted == {
        "rows": 100,
        "conversations": 90,
        "duplicates_removed": 3,
        "complete": True,
        "missing": None,
    }
    assert manifest["files"] == [{"name": "rows.csv", "size": 4711, "sha256": "ab" * 32}]


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    cut = replace(EXPORT, fetched=replace(EXPORT.fetched, missing="Genesys did not answer for Friday."))
    manifest = told(tmp_path, cut)
    assert (manifest["complete"], manifest["missing"]) == (False, "Genesys did not answer for Friday.")


def test_groups_have_ids_and_names_and_no_figure_where_there_is_none(tmp_path: Path) -> None:
    (group,) = told(tmp_path)["summary"]["groups"]
    assert group["group"] == {
        "queue": {"id": "q-1", "name": "Billing"},
        "day": {"id": "2026-11-09", "name": "Mon 9 Nov"},
    }
    assert (group["average_duration_seconds"], group["p50_wait_seconds"], group["p90_wait_seconds"]) == (
        300,
        12.5,
        None,
    )


def test_figures_of_groups_are_rounded_to_what_they_can_tell(tmp_path: Path) -> None:
    (group,) = EXPORT.summary
    thirds = replace(group, average_duration=seconds(1000) / 3, talk_ratio=2 / 3, hold_ratio=1 / 3, efficiency=250 / 3)
    (figures,) = told(tmp_path, replace(EXPORT, summary=(thirds,)))["summary"]["groups"]
    assert figures["average_duration_seconds"] == 333.333
    assert (figures["talk_ratio"], figures["hold_ratio"], figures["efficiency"]) == (0.6667, 0.3333, 83.33)


def test_every_figure_of_a_group_has_its_formula(tmp_path: Path) -> None:
    summary = told(tmp_path)["summary"]
    assert set(summary["formulas"]) == set(summary["groups"][0]) - {"group"}


def test_every_key_and_every_column_is_documented(tmp_path: Path) -> None:
    documented = set(re.findall(r"^\| `([a-z0-9_.]+)`", GUIDE, flags=re.MULTILINE))
    manifest = told(tmp_path)
    assert set(manifest) <= documented
    assert {column.name for column in columns(personal=True)} <= documented
    assert set(manifest["summary"]["formulas"]) <= documented


def test_paths_of_the_machine_are_not_told(tmp_path: Path) -> None:
    assert "/tmp" not in json.dumps(told(tmp_path))
