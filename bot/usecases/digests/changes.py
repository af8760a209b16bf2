"""What changed in a digest: where most was missed beyond the usual, when, and what of the work was unusual. Pure."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.digest import WhatChanged
from bot.domain.period import Period, midnight
from bot.domain.statistics import newcombe
from bot.usecases.digests.lines import missed_beyond
from bot.usecases.sla_report import FEW

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from bot.domain.digest import DigestLine
    from bot.usecases.digests.lines import Cell

NOTABLE = 0.05
"""By how much a factor has to move before it explains anything."""
LEAST_EXCESS = 1.0
MOST = 0.8
"""Of the excess, for a stretch to be when it happened."""
SPREAD = 0.5
"""Of the buckets with contacts: what takes longer is no stretch of the period."""

_SECOND = timedelta(seconds=1)


def what_changed(
    lines: Iterable[DigestLine], cells: Callable[[DigestLine], Sequence[Cell]], period: Period, *, longer: float
) -> WhatChanged | None:
    """The line with the largest excess that is not chance; None when there is none, or no factor rose enough.

    `cells` gives a line's buckets in time order; `longer` is how many times more days the period has than what is
    usual.
    """
    unusual = (line for line in lines if line.excess is not None and line.excess >= LEAST_EXCESS and _sure(line))
    line = max(unusual, key=lambda line: line.excess or 0.0, default=None)
    if line is None:
        return None
    usual_offered = line.usual_offered * longer if line.usual_offered else None
    offered = _moved(line.counts.offered, usual_offered)
    aht = _moved(line.aht / _SECOND, line.usual_aht / _SECOND) if line.aht and line.usual_aht else None
    if max(offered or 0.0, aht or 0.0) <= 0:
        return None  # less work explains no missed contacts
    return WhatChanged(line=line, stretch=_stretch(line, cells(line), period), offered=offered, aht=aht)


def _sure(line: DigestLine) -> bool:
    """Whether the share is below the usual by more than chance makes of it, and of more than a few contacts."""
    if line.share is None or line.usual is None or line.share.denominator < FEW:
        return False
    interval = newcombe(line.share, line.usual)
    return interval is not None and interval.high < 0


def _moved(now: float, usual: float | None) -> float | None:
    change = now / usual - 1 if usual else 0.0
    return change if abs(change) >= NOTABLE else None


def _stretch(line: DigestLine, cells: Sequence[Cell], period: Period) -> Period | None:
    """The shortest run of buckets with `MOST` of the excess; of equal ones the one with more."""
    usual = line.usual.value if line.usual else None
    rated = [(bucket, row.share) for bucket, row in cells if row.share]
    if usual is None or line.excess is None:
        return None
    found: list[tuple[int, float, int]] = []
    for first in range(len(rated)):
        held = 0.0
        for length, (_, share) in enumerate(rated[first:], 1):
            held += missed_beyond(share, usual)
            if held >= MOST * line.excess:
                found.append((length, -held, first))
                break
    length, _, first = min(found, default=(len(rated) + 1, 0.0, 0))
    if length > SPREAD * len(rated):
        return None
    start, end = rated[first][0].start, rated[first + length - 1][0].end
    return Period(start=start, end=end, zone=period.zone, name=_name(start, end, period.zone))


def _name(start: datetime, end: datetime, zone: ZoneInfo) -> str:
    """In the words of commands: `2026-11-04 10:00..11:30`, or `2026-11-04..2026-11-05` of whole days."""
    first, last = start.astimezone(zone), end.astimezone(zone)
    whole = end == midnight(last.date(), zone)
    final = last.date() - timedelta(days=1) if whole else last.date()
    if whole and start == midnight(first.date(), zone):
        return f"{first.date()}..{final}"
    until = "24:00" if whole else f"{last:%H:%M}"
    return f"{first:%Y-%m-%d %H:%M}..{until if final == first.date() else f'{final} {until}'}"
