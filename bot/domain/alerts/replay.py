"""Rows of the past, held to a rule by the very code that runs live."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from bot.domain.alerts.quarters import Quarter
    from bot.domain.alerts.readings import Signal
    from bot.domain.alerts.unusual import Verdict


class Judge(Protocol):
    """A rule for one place."""

    def feed(self, row: Quarter, /) -> Verdict | None: ...


class Named(NamedTuple):
    """A place by what its rows call it."""

    queue: str | int
    media: str
    """Empty where rows have none."""


class Row(NamedTuple):
    """A quarter hour of a place."""

    place: Named
    quarter: Quarter


class Begun(NamedTuple):
    """An alarm that began: one message."""

    place: Named
    at: datetime
    """The end of the row; UTC."""
    signals: tuple[Signal, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What would have been told."""

    begun: tuple[Begun, ...]
    """In the order of the rows."""
    rows: int
    places: int
    first: datetime | None
    last: datetime | None
    """Starts of the first and the last row; None without rows."""
    repeated: int
    """Rows of a quarter hour that had been there already; they were left out."""


class OutOfOrder(ValueError):
    """A row is older than the one before it of the same place."""


def replay(rows: Iterable[Row], judge: Callable[[], Judge]) -> Replayed:
    """Feed `rows`, in the order of time within each place, to a judge for each place.

    One alarm at a time: what else becomes unusual while a place is alarmed begins no other. Raises OutOfOrder.
    """
    feeds: dict[Named, Callable[[Quarter], Verdict | None]] = {}
    latest: dict[Named, datetime] = {}
    begun: list[Begun] = []
    count = repeated = 0
    first: datetime | None = None
    last: datetime | None = None
    for place, quarter in rows:
        count += 1
        before, start = latest.get(place), quarter.start
        if before is None:
            feeds[place] = judge().feed
            first = start if first is None else min(first, start)
        elif start <= before:
            if start < before:
                raise OutOfOrder
            repeated += 1
            continue
        latest[place] = start
        verdict = feeds[place](quarter)
        if verdict is not None and verdict.began:
            begun.append(Begun(place, verdict.at, verdict.fired))
    if latest:
        last = max(latest.values())
    return Replayed(begun=tuple(begun), rows=count, places=len(latest), first=first, last=last, repeated=repeated)
