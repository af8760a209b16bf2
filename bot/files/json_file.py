"""JSON: one array, one object for each row, written as a stream."""

from __future__ import annotations

from datetime import datetime
from io import BufferedWriter
from typing import TYPE_CHECKING

import msgspec

from bot.files.table import BUFFER, DigestedFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from bot.domain.exports import WrittenFile
    from bot.files.table import Cell, Column, Row


def write_json(path: Path, columns: Sequence[Column], rows: Iterable[Row], *, zone: ZoneInfo) -> WrittenFile:
    """Write a new file. Instants are ISO 8601 with the offset of `zone`; None is null. A row is a line.

    Rows are taken as they come and not kept. Raises OSError when the disk is full.
    """
    names = [column.name for column in columns]
    encode = msgspec.json.Encoder().encode
    file = DigestedFile(path)
    with BufferedWriter(file, BUFFER) as out:
        between = b"[\n"
        for row in rows:
            out.write(between)
            out.write(encode({name: _here(cell, zone) for name, cell in zip(names, row, strict=True)}))
            between = b",\n"
        out.write(b"[]\n" if between == b"[\n" else b"\n]\n")
    return file.written


def _here(cell: Cell, zone: ZoneInfo) -> Cell:
    return cell.astimezone(zone) if isinstance(cell, datetime) else cell
