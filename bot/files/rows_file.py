"""Rows of a back-test: one JSON object a line, read as they come.

    {"queue": "Billing", "start": "2025-03-03T09:00:00Z", "minutes": 15, "offered": 12, "answered": 11, "abandoned": 1,
     "short_abandoned": 0, "answered_within_20": 9, "wait_sum_s": 140, "waiting_at_end": 0, "oldest_wait_at_end_s": 0}

Only `queue` and `start` must be there. Without `answered_within_…` nothing is known of misses, unless there is
`over_target`, the number answered too late. Of several thresholds in a row, the longest of at most 20 seconds counts
(20 is what most queues promise), or else the shortest. Fields with other names are passed over.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Protocol

import msgspec

from bot.domain.alerts.quarters import Quarter, missed_of
from bot.domain.alerts.replay import Named, Row
from bot.errors import Explainable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_WITHIN = re.compile(rb'"answered_within_(\d{1,6})"\s*:')
_PREFERRED = 20
_LENGTHS = frozenset({15, 30, 60})
_SHOWN = 120
_YEARS = (1900, 2200)
_MARK = b"\xef\xbb\xbf"

_Count = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
_Seconds = Annotated[float, msgspec.Meta(ge=0, le=100_000_000)]


class RowRefused(Explainable):
    """A line that is not a row."""

    def __init__(self, line: int, what: str) -> None:
        self.line = line
        self.remedy = (
            'A row is one JSON object on one line, such as {"queue": "Billing", "start": "2025-03-03T09:00:00Z", '
            '"offered": 12, "answered": 11, "abandoned": 1, "answered_within_20": 9}.'
        )
        super().__init__(f"Line {line}: {what}.")


class _Line(Protocol):
    """What a decoded line has."""

    queue: str | int
    start: datetime
    media: str | None
    minutes: int | None
    offered: int | None
    answered: int | None
    abandoned: int | None
    short_abandoned: int | None
    over_target: int | None
    waiting_at_end: int | None
    oldest_wait_at_end_s: float | None
    within: int | None


_FIELDS: list[tuple[str, Any] | tuple[str, Any, Any]] = [
    ("media", str | None, None),
    ("minutes", int | None, None),
    *((name, _Count | None, None) for name in ("offered", "answered", "abandoned", "short_abandoned", "over_target")),
    ("waiting_at_end", _Count | None, None),
    ("oldest_wait_at_end_s", _Seconds | None, None),
    ("within", _Count | None, None),
]


def rows(lines: Iterable[bytes]) -> Iterator[Row]:
    """The rows of `lines`; a place is (queue, medium), the medium empty where none is given.

    Empty lines are passed over. A start without an offset is UTC. Raises RowRefused, which names line and field.
    """
    decoders: dict[tuple[bytes, ...], msgspec.json.Decoder[_Line]] = {}
    for number, line in enumerate(lines, 1):
        if number == 1 and line.startswith(_MARK):  # of UTF-8, as some editors write it
            line = line.removeprefix(_MARK)  # noqa: PLW2901
        names = tuple(_WITHIN.findall(line))
        decoder = decoders.get(names)
        if decoder is None:
            if not line.strip():
                continue
            decoder = decoders[names] = _decoder(names)
        try:
            yield _row(decoder.decode(line))
        except msgspec.DecodeError as error:  # ValidationError is one
            if not line.strip():
                continue
            raise RowRefused(number, _what(error)) from None
        except _Odd as odd:
            raise RowRefused(number, str(odd)) from None
        except UnicodeDecodeError:
            raise RowRefused(number, "it is not text in UTF-8") from None


class _Odd(ValueError):
    """A value that has the right type and no sense."""


def _row(line: _Line) -> Row:
    start = line.start
    if not _YEARS[0] < start.year < _YEARS[1]:
        raise _Odd(f"“start” is in the year {start.year}")
    if start.tzinfo is not UTC:
        start = start.replace(tzinfo=UTC) if start.tzinfo is None else start.astimezone(UTC)
    if start.minute % 15 or start.second or start.microsecond:
        raise _Odd(f"“start” is {start:%H:%M:%S}, which is not on a quarter of an hour")
    minutes = 15 if line.minutes is None else line.minutes
    if minutes not in _LENGTHS:
        raise _Odd(f"“minutes” is {minutes}; expected 15")
    answered, abandoned, short = line.answered or 0, line.abandoned or 0, line.short_abandoned or 0
    missed = None
    if line.within is not None:
        missed = missed_of(answered, abandoned, short, line.within)
    elif line.over_target is not None:
        missed = missed_of(answered, abandoned, short, answered - line.over_target)
    oldest = line.oldest_wait_at_end_s
    offered = answered + abandoned if line.offered is None else line.offered
    return Row(
        Named(line.queue, line.media or ""),
        Quarter(
            start,
            minutes,
            offered,
            answered,
            abandoned,
            short,
            missed,
            line.waiting_at_end,
            timedelta(seconds=oldest) if oldest else None,
        ),
    )


def _decoder(names: tuple[bytes, ...]) -> msgspec.json.Decoder[_Line]:
    """For lines that have these thresholds."""
    rename = {}
    if names:
        wanted = min(names, key=lambda name: (0, -int(name)) if int(name) <= _PREFERRED else (1, int(name)))
        rename = {"within": f"answered_within_{wanted.decode()}"}
    fields = [("queue", str | int), ("start", datetime), *_FIELDS]
    shape: Any = msgspec.defstruct("Line", fields, rename=rename, gc=False)
    return msgspec.json.Decoder(shape, strict=False)


def _what(error: msgspec.DecodeError) -> str:
    """The decoder's own words, with the field in front where it names one."""
    words, _, path = str(error).partition(" - at `$.")
    field = path.rstrip("`")
    words = words[:_SHOWN].replace("`", "“", 1).replace("`", "”", 1)
    small = words if words.startswith("JSON") else f"{words[0].lower()}{words[1:]}"
    return f"“{field}”: {small}" if field else small
