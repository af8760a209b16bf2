"""Tables as the writers of CSV and JSON take them, and the files they become."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from io import FileIO
from typing import TYPE_CHECKING, TypeAlias

from bot.domain.exports import WrittenFile

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from _typeshed import ReadableBuffer

BUFFER = 1 << 13
"""Bytes that a writer collects. Few, because at each call of the system its thread lets the event loop on."""

Cell: TypeAlias = str | int | float | datetime | None
"""None where there is no value, which is not zero. Instants are aware; lengths of time are seconds."""
Row: TypeAlias = "Sequence[Cell]"
"""One cell for each column."""


class Kind(Enum):
    """What the cells of a column are, beside None."""

    TEXT = auto()
    """From outside: whatever it looks like, it stays text."""
    WORD = auto()
    """One of our own words."""
    NUMBER = auto()
    INSTANT = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a table."""

    name: str
    """Its key in JSON, with the unit where there is one."""
    title: str
    """Its heading in CSV."""
    kind: Kind
    meaning: str
    """A sentence: the definition, or the formula."""


class DigestedFile(FileIO):
    """A new file that measures and digests what is written to it; not for seeking."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, "w")
        self._path = path
        self._digest = hashlib.sha256()
        self._size = 0

    def write(self, data: ReadableBuffer, /) -> int:
        taken = super().write(data)
        self._digest.update(memoryview(data)[:taken])
        self._size += taken
        return taken

    @property
    def written(self) -> WrittenFile:
        """What the file is, once it is closed."""
        return WrittenFile(path=self._path, name=self._path.name, size=self._size, sha256=self._digest.hexdigest())
