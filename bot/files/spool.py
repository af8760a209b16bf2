"""Conversations on disk, as many as there are, read back once and in order.

A slice of an export arrives in pages. Pages that follow each other extend a run, a file in the order of an export; any
other page begins another run. Reading merges the runs of all slices, so that nothing is held whole in memory. All of it
blocks on the disk: pages are small enough for the event loop, reading belongs into a thread.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, replace
from itertools import chain, count
from threading import Lock
from typing import TYPE_CHECKING

import msgspec

from bot.domain.conversations import Conversation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path
    from types import TracebackType
    from typing import BinaryIO, Self

    from bot.domain.conversations import Visit

FAN_IN = 32
"""Runs of one slice that are read side by side; so many of a size are merged into one of the next size."""
_BUFFER = 1 << 13
"""Small, because a thread lets the event loop on at each call of the system: larger ones are no faster."""
_ENCODE = msgspec.json.Encoder().encode
_DECODE = msgspec.json.Decoder(Conversation).decode


@dataclass(slots=True, kw_only=True)
class Run:
    """A file of lines that ascend as bytes; deleted once it was read to its end."""

    path: Path
    first: bytes
    last: bytes

    def lines(self) -> Iterator[bytes]:
        with self.path.open("rb", buffering=_BUFFER) as file:
            yield from file
        self.path.unlink()


class SliceSpool:
    """One slice of an export. `folder` belongs to the export; `name` is the slice's own in it.

    It may be closed while a page is being added by a thread that nobody waits for any more.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self.count = 0
        """Conversations added, duplicates included."""
        self._folder = folder
        self._name = name
        self._numbers = count()
        self._file: BinaryIO | None = None
        self._sizes: list[list[Run]] = [[]]
        """Runs by size: each of one size was merged out of `FAN_IN` of the size before."""
        self._changing = Lock()
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def add(self, conversations: Sequence[Conversation]) -> None:
        """Append a page, in any order. Raises OSError when the disk is full."""
        lines = sorted(map(_line, conversations))
        with self._changing:
            if lines and not self._closed:
                self._append(lines)

    def _append(self, lines: list[bytes]) -> None:
        self.count += len(lines)
        latest = self._sizes[0][-1] if self._file else None
        if latest is None or lines[0] < latest.last:
            latest = self._begin(lines[0])
        if self._file is not None:
            self._file.writelines(lines)
        latest.last = lines[-1]

    def runs(self) -> Sequence[Run]:
        """All there is, on disk to the last byte."""
        self._end()
        return list(chain.from_iterable(self._sizes))

    def close(self) -> None:
        """Delete what was not read, and keep nothing from now on. A spool may be closed more than once."""
        with self._changing:
            self._closed = True
            for run in self.runs():
                run.path.unlink(missing_ok=True)
            self._sizes = [[]]

    def _begin(self, first: bytes) -> Run:
        self._end()
        size = 0
        while len(self._sizes[size]) == FAN_IN:
            self._gather(size)
            size += 1
        run = Run(path=self._path(), first=first, last=first)
        self._file = run.path.open("wb", buffering=_BUFFER)
        self._sizes[0].append(run)
        return run

    def _gather(self, size: int) -> None:
        """Merge all runs of a size into one of the next."""
        runs = self._sizes[size]
        path = self._path()
        with path.open("wb", buffering=_BUFFER) as file:
            file.writelines(heapq.merge(*(run.lines() for run in runs)))
        gathered = Run(path=path, first=min(run.first for run in runs), last=max(run.last for run in runs))
        self._sizes[size] = []
        if size + 1 == len(self._sizes):
            self._sizes.append([])
        self._sizes[size + 1].append(gathered)

    def _end(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _path(self) -> Path:
        return self._folder / f"{self._name}-{next(self._numbers)}.jsonl"


class Merged:
    """The conversations of several spools in the order of an export, each id once; can be read through once.

    Two versions of a conversation become one: a request for other queues, or one at a later moment, finds the same
    conversation with other visits. The version that is over, then the one with more visits, tells for its queues;
    visits of queues that only the other one knows are added.
    """

    def __init__(self, spools: Iterable[SliceSpool]) -> None:
        self.duplicates = 0
        """Versions that were joined to another, so far."""
        self._spools = tuple(spools)

    def __iter__(self) -> Iterator[Conversation]:
        runs = sorted(chain.from_iterable(spool.runs() for spool in self._spools), key=lambda run: run.first)
        lines = chain.from_iterable(_ascending(together) for together in _overlapping(runs))
        latest, held = b"", None
        for line in lines:
            key, _, body = line.partition(b"\t")
            conversation = _DECODE(body)
            if held is None:
                latest, held = key, conversation
            elif key == latest:
                self.duplicates += 1
                held = _united(held, conversation)
            else:
                yield held
                latest, held = key, conversation
        if held is not None:
            yield held


def merged(spools: Iterable[SliceSpool]) -> Merged:
    """What the spools hold, in one order; their files are deleted as they are read."""
    return Merged(spools)


def _line(conversation: Conversation) -> bytes:
    """Instants of one width and a separator below every letter of an id: lines sort as `Conversation.order` does."""
    instant = conversation.start.isoformat(timespec="microseconds")
    return b"%b %b\t%b\n" % (instant.encode(), conversation.id.encode(), _ENCODE(conversation))


def _overlapping(runs: Iterable[Run]) -> Iterator[list[Run]]:
    """Runs, sorted by their first line, in groups that follow each other: only the files of one are open at a time."""
    together: list[Run] = []
    last = b""
    for run in runs:
        if together and run.first.partition(b"\t")[0] > last:
            yield together
            together, last = [], b""
        together.append(run)
        last = max(last, run.last.partition(b"\t")[0])
    if together:
        yield together


def _ascending(runs: Sequence[Run]) -> Iterator[bytes]:
    return runs[0].lines() if len(runs) == 1 else heapq.merge(*(run.lines() for run in runs))


def _united(one: Conversation, other: Conversation) -> Conversation:
    better, worse = (one, other) if _weight(one) >= _weight(other) else (other, one)
    known = {visit.queue for visit in better.visits}
    added = [visit for visit in worse.visits if visit.queue not in known]
    if not added:
        return better
    return replace(better, visits=tuple(sorted((*better.visits, *added), key=_entered)))


def _weight(conversation: Conversation) -> tuple[bool, int]:
    return conversation.end is not None, len(conversation.visits)


def _entered(visit: Visit) -> datetime:
    return visit.entered
