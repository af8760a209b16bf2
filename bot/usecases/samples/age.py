"""Whether counts of a quarter hour are final, as far as counts ever are. Pure.

Recent counts still change, and some are calculated again at night. Source: `genesys-cloud.md` 4.8.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from bot.domain.alerts.samples import QUARTER

SETTLED = timedelta(minutes=30)
"""After its end: before that, what people are shown is asked for anew."""
RECOUNTS = (timedelta(hours=6), timedelta(hours=30))
"""After the end of its day of UTC a quarter hour is fetched again: what nights change is in both, or in the second."""

_DAY = timedelta(days=1)


def recount_due(start: datetime, fetched_at: datetime, now: datetime) -> bool:
    """Whether the quarter hour from `start` should have been fetched again since it was."""
    day_over = datetime.combine(start.date(), time(), UTC) + _DAY
    return any(fetched_at < day_over + after <= now for after in RECOUNTS)


def settled(start: datetime, fetched_at: datetime, now: datetime) -> bool:
    """Whether counts fetched then are those that the platform would give now, as far as is known."""
    return fetched_at >= start + QUARTER + SETTLED and not recount_due(start, fetched_at, now)
