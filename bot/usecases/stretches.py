"""The period of an export as stretches that can be written one after the other, and what is missing of it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.domain.period import Period, spoken

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from bot.genesys.details import DetailsSlice

MOST_NAMED = 5
"""Stretches of time that one sentence names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A stretch of time of which the files may not hold everything."""

    start: datetime
    end: datetime
    partly: bool
    """Whether some of it was read."""
    reason: str
    """A sentence."""


def stretches(slices: Iterable[DetailsSlice]) -> list[list[DetailsSlice]]:
    """Slices, given by their start, in groups that overlap no other: what began in one cannot be found in the next."""
    groups: list[list[DetailsSlice]] = []
    end: datetime | None = None
    for piece in slices:
        if end is None or piece.start >= end:
            groups.append([])
            end = piece.end
        groups[-1].append(piece)
        end = max(end, piece.end)
    return groups


def missing(gaps: Iterable[Gap], zone: ZoneInfo) -> str:
    """What may be missing and why, in sentences, with times of `zone`; empty when there are no gaps."""
    joined: list[Gap] = []
    for gap in sorted(gaps, key=lambda gap: (gap.start, gap.end)):
        latest = joined[-1] if joined else None
        if latest and latest.end >= gap.start and (latest.partly, latest.reason) == (gap.partly, gap.reason):
            joined[-1] = replace(latest, end=max(latest.end, gap.end))
        else:
            joined.append(gap)
    sentences = [_sentence(gap, zone) for gap in joined[:MOST_NAMED]]
    others = len(joined) - MOST_NAMED
    if others > 0:
        sentences.append(f"{others} more {'stretch' if others == 1 else 'stretches'} of time may lack data.")
    return " ".join(sentences)


def _sentence(gap: Gap, zone: ZoneInfo) -> str:
    when = spoken(Period(start=gap.start, end=gap.end, zone=zone, name=""), zone=False)
    return f"{'Not all data' if gap.partly else 'No data'} for {when}: {gap.reason}"
