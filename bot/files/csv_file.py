"""CSV that Excel opens with a double click: RFC 4180, UTF-8 with a byte-order mark, and no cell that it would run.

Source: OWASP, "CSV Injection", and RFC 4180. Excel has no way to mark a cell of a CSV file as text; an apostrophe in
front keeps a formula from being one, at the price of being seen.
"""

from __future__ import annotations

import csv
import re
from enum import StrEnum
from io import BufferedWriter, TextIOWrapper
from typing import TYPE_CHECKING, Any

from bot.files.table import BUFFER, DigestedFile, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from bot.domain.exports import WrittenFile
    from bot.files.table import Column, Row


class Separator(StrEnum):
    """What stands between cells, by the word of the setting."""

    COMMA = "comma"
    SEMICOLON = "semicolon"
    """For an Excel whose decimal sign is the comma: numbers are written with it."""
    TAB = "tab"

    @property
    def character(self) -> str:
        return {Separator.COMMA: ",", Separator.SEMICOLON: ";", Separator.TAB: "\t"}[self]


# Quotes count as blanks: a reader that expects another separator takes them for its own, and off.
_BLANK = r"[\"\x00-\x08\x0b\x0c\x0e-\x20\x7f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*"
_SIGN = r"[=+\-@＝＋－＠]"
# A cell may also be cut where an Excel of another country has its separator, or at a line break inside a stray quote.
_FORMULA = re.compile(rf"\A(?=[\t\r\n]|{_BLANK}{_SIGN})|(?<=[,;\t\r\n])(?={_BLANK}{_SIGN})")
_PLAIN = re.compile(r"\w[^,;\t\r\n]*\Z")


def inert(text: str) -> str:
    """The text with an apostrophe wherever a spreadsheet would otherwise begin to calculate."""
    return text if _PLAIN.match(text) else _FORMULA.sub("'", text)


def write_csv(
    path: Path,
    columns: Sequence[Column],
    rows: Iterable[Row],
    *,
    zone: ZoneInfo,
    separator: Separator = Separator.COMMA,
) -> WrittenFile:
    """Write a new file, titles first. Instants are local times of `zone`: `2026-11-16 09:08:02`; None is empty.

    Rows are taken as they come and not kept. Raises OSError when the disk is full.
    """
    shapes = [(place, shape) for place, column in enumerate(columns) if (shape := _shape(column.kind, zone, separator))]
    file = DigestedFile(path)
    # Half a surrogate pair, which JSON can carry, is no text that a file could hold.
    buffered = BufferedWriter(file, BUFFER)
    with TextIOWrapper(buffered, encoding="utf-8-sig", errors="replace", newline="") as text:
        writer = csv.writer(text, delimiter=separator.character)
        writer.writerow([inert(column.title) for column in columns])
        for row in rows:
            cells = list(row)
            for place, shape in shapes:
                if cells[place] is not None:
                    cells[place] = shape(cells[place])
            writer.writerow(cells)
    return file.written


def _shape(kind: Kind, zone: ZoneInfo, separator: Separator) -> Callable[[Any], str] | None:
    """How cells of a kind become text; None where the csv module knows: it writes None as an empty cell."""
    if kind is Kind.TEXT:
        return inert
    if kind is Kind.INSTANT:
        return lambda instant: _local(instant, zone)
    if kind is Kind.NUMBER and separator is Separator.SEMICOLON:
        return lambda number: str(number).replace(".", ",")
    return None


def _local(instant: datetime, zone: ZoneInfo) -> str:
    # Half the time of `isoformat`, which counts in a million rows.
    here = instant.astimezone(zone)
    clock = (here.year, here.month, here.day, here.hour, here.minute, here.second)
    return "%04d-%02d-%02d %02d:%02d:%02d" % clock  # noqa: UP031  as are others of its kind
