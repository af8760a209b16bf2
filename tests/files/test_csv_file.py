from __future__ import annotations

import csv
import hashlib
import re
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.files.csv_file import Separator, inert, write_csv
from bot.files.table import Column, Kind
from tests.files.conversations import BERLIN, NOON

if TYPE_CHECKING:
    from pathlib import Path

    from bot.files.table import Cell

EVERY_KIND = [Column(name=kind.name, title=kind.name.title(), kind=kind, meaning="") for kind in Kind]
TEXTS = EVERY_KIND[:1] * 2


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "table.csv"


def lines(path: Path) -> list[str]:
    """The lines below the titles, ends included."""
    return path.read_bytes().decode("utf-8-sig").splitlines(keepends=True)[1:]


def test_excel_finds_a_byte_order_mark_titles_and_its_own_line_ends(path: Path) -> None:
    write_csv(path, EVERY_KIND, [["Ä", "voice", 1.5, NOON]], zone=BERLIN)
    assert path.read_bytes() == (
        b"\xef\xbb\xbfText,Word,Number,Instant\r\n" + "Ä,voice,1.5,2026-11-16 13:00:00\r\n".encode()
    )


def test_no_value_is_an_empty_cell_and_zero_is_not(path: Path) -> None:
    write_csv(path, EVERY_KIND, [[None, None, None, None], ["", "", 0, NOON]], zone=BERLIN)
    assert lines(path) == [",,,\r\n", ",,0,2026-11-16 13:00:00\r\n"]


@pytest.mark.parametrize(
    ("separator", "line"),
    [
        pytest.param(Separator.COMMA, '"a,b;c",w,-1.25,2026-11-16 13:00:00\r\n', id="comma"),
        pytest.param(Separator.SEMICOLON, '"a,b;c";w;-1,25;2026-11-16 13:00:00\r\n', id="semicolon, decimal comma"),
        pytest.param(Separator.TAB, "a,b;c\tw\t-1.25\t2026-11-16 13:00:00\r\n", id="tab: nothing to quote"),
    ],
)
def test_separators_come_with_their_quoting_and_their_decimal_sign(path: Path, separator: Separator, line: str) -> None:
    write_csv(path, EVERY_KIND, [["a,b;c", "w", -1.25, NOON]], zone=BERLIN, separator=separator)
    assert lines(path) == [line]


def test_local_times_follow_the_zone_across_the_change_of_the_clocks(path: Path) -> None:
    night = NOON.replace(month=10, day=25, hour=0, minute=30, microsecond=999_999)
    write_csv(path, EVERY_KIND[3:], [[night], [night.replace(hour=1)], [night.replace(hour=2)]], zone=BERLIN)
    assert lines(path) == ["2026-10-25 02:30:00\r\n", "2026-10-25 02:30:00\r\n", "2026-10-25 03:30:00\r\n"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("=1+1", id="a formula"),
        pytest.param("+49 30 1234", id="a plus"),
        pytest.param("-2+3", id="a minus"),
        pytest.param("@SUM(A1)", id="an old function sign"),
        pytest.param("\tx", id="a tab"),
        pytest.param("\rx", id="a carriage return"),
        pytest.param("\nx", id="a line feed"),
        pytest.param("  =1", id="spaces before"),
        pytest.param("\u00a0=1", id="a no-break space before"),
        pytest.param("\x00=1", id="a NUL before"),
        pytest.param("＝1", id="full-width equals"),
        pytest.param("＋1", id="full-width plus"),
        pytest.param("－1", id="full-width minus"),
        pytest.param("＠x", id="full-width at"),
    ],
)
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(text: str) -> None:
    assert inert(text) == "'" + text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("x;=1+1", "x;'=1+1", id="behind the separator of another country"),
        pytest.param("\t=1", "'\t'=1", id="a tab before"),
        pytest.param("x\n@y", "x\n'@y", id="on a new line"),
        pytest.param('",=1', "\",'=1", id="behind a quote that closes"),
        pytest.param('x;"=1+1;"', 'x;\'"=1+1;"', id="in quotes behind the separator of another country"),
        pytest.param('x; ""\u00a0" @y', 'x;\'\u0020""\u00a0" @y', id="behind quotes and blanks"),
        pytest.param('"=1', "'\"=1", id="in quotes"),
    ],
)
def test_a_formula_inside_a_cell_that_another_excel_would_cut_is_inert(text: str, shown: str) -> None:
    assert inert(text) == shown


@pytest.mark.parametrize("text", ["", "Billing", "Sales - North", "a=b", "3f9c1a52-7d1e-4c1b", "50 % + x", "'quoted'"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert inert(text) == text


def test_titles_are_inert_too(path: Path) -> None:
    column = Column(name="x", title="=cmd()", kind=Kind.NUMBER, meaning="")
    write_csv(path, [column], [], zone=BERLIN)
    assert path.read_text(encoding="utf-8-sig") == "'=cmd()\n"


def test_half_a_surrogate_pair_does_not_end_an_export(path: Path) -> None:
    write_csv(path, TEXTS, [["a\ud800b", "c"]], zone=BERLIN)
    assert lines(path) == ["a?b,c\r\n"]


def test_size_and_digest_are_those_of_the_file(path: Path) -> None:
    written = write_csv(path, EVERY_KIND, [["x" * 100, "w", 1, NOON]] * 10_000, zone=BERLIN)
    content = path.read_bytes()
    assert written.path == path
    assert written.name == "table.csv"
    assert written.size == len(content)
    assert written.sha256 == hashlib.sha256(content).hexdigest()


TEXT = st.text() | st.text(alphabet="=+-@ \t\r\n,;\"'a＝")


@given(table=st.lists(st.tuples(TEXT, TEXT), max_size=8), separator=st.sampled_from(Separator))
@example(table=[("", "")], separator=Separator.COMMA)
def test_any_text_comes_back_inert_and_otherwise_unchanged(
    tmp_path_factory: pytest.TempPathFactory, table: list[tuple[str, str]], separator: Separator
) -> None:
    path = tmp_path_factory.mktemp("csv") / "any.csv"
    write_csv(path, TEXTS, table, zone=BERLIN, separator=separator)
    with path.open(encoding="utf-8-sig", newline="") as file:
        read = list(csv.reader(file, delimiter=separator.character, strict=True))[1:]
    assert read == [[inert(one), inert(other)] for one, other in table]


@given(text=TEXT)
def test_however_a_cell_is_cut_no_piece_begins_a_formula(text: str) -> None:
    for piece in re.split(r"[,;\t\r\n]", inert(text)):
        assert not re.match(r"[=+\-@＝＋－＠]", piece.strip())


STARTS_A_FORMULA = re.compile(r'["\s\x00-\x1f\x7f]*[=+\-@＝＋－＠]')


@given(
    table=st.lists(st.tuples(TEXT, TEXT), max_size=4),
    separator=st.sampled_from(Separator),
    expected=st.sampled_from(Separator),
)
@example(table=[("a", 'x;"=1+1;"')], separator=Separator.COMMA, expected=Separator.SEMICOLON)
def test_whichever_separator_a_reader_expects_no_cell_begins_a_formula(
    tmp_path_factory: pytest.TempPathFactory,
    table: list[tuple[str, str]],
    separator: Separator,
    expected: Separator,
) -> None:
    path = tmp_path_factory.mktemp("csv") / "any.csv"
    write_csv(path, TEXTS, table, zone=BERLIN, separator=separator)
    with path.open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in csv.reader(file, delimiter=expected.character) for cell in row]
    assert not [cell for cell in cells if STARTS_A_FORMULA.match(cell)]


def test_a_long_run_of_separators_takes_no_long_time() -> None:
    assert inert("\n ;\t" * 50_000 + "=1").endswith("\t'=1")


@given(text=TEXT)
def test_only_apostrophes_are_added(text: str) -> None:
    assert inert(text).replace("'", "") == text.replace("'", "")


NUMBERS: st.SearchStrategy[Cell] = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)


@given(number=NUMBERS, separator=st.sampled_from(Separator))
def test_numbers_stay_numbers(tmp_path_factory: pytest.TempPathFactory, number: float, separator: Separator) -> None:
    path = tmp_path_factory.mktemp("csv") / "numbers.csv"
    write_csv(path, EVERY_KIND[2:3], [[number]], zone=ZoneInfo("UTC"), separator=separator)
    (line,) = lines(path)
    read = line.strip().replace(",", ".") if separator is Separator.SEMICOLON else line.strip()
    assert float(read) == number
