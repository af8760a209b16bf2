"""The plain z-score of hourly abandonment: simple, known from many tutorials, and kept as it is.

It compares the hour that has just ended with every hour of the seven days before, closed ones included: m and s are
their mean and population standard deviation, and it alarms at |(x - m) / s| > limit. So

- the ordinary daily peak looks unusual every day, because nights are in the mean;
- one abandoned contact of one is 100 %, and alarms;
- a week without any abandonment has s = 0, and hides everything;
- an incident stays in the deviation for a week, and hides the next one;
- an hour better than usual alarms too;
- at three hours of history, a third of all checks alarm by chance alone.

On the same traffic it raises about twenty to thirty-five times as many false alarms as `unusual`.
"""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime, timedelta
from math import sqrt
from typing import TYPE_CHECKING

from bot.domain.alerts.readings import Found, Outcome, Signal
from bot.domain.alerts.unusual import Verdict
from bot.domain.sla import Share

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from bot.domain.alerts.quarters import Quarter

HOURS = 7 * 24
LEAST_POINTS = 3
_HOUR = timedelta(hours=1)


def z_score(history: Sequence[float], current: float) -> float | None:
    """(x - m) / s with the population standard deviation; 0 where s is 0, None under three points."""
    if len(history) < LEAST_POINTS:
        return None
    mean = sum(history) / len(history)
    deviation = sqrt(sum((value - mean) ** 2 for value in history) / len(history))
    # Rounding leaves equal values a deviation of about 1e-17 and not always 0.
    return (current - mean) / deviation if deviation > 1e-9 else 0.0


class ZScore:
    """The rule for one place: fed with rows, it judges once an hour."""

    def __init__(self, limit: Fraction | float = 2) -> None:
        self._limit = float(limit)
        self._history: deque[float] = deque(maxlen=HOURS)
        self._hour: datetime | None = None
        self._left = self._of = 0
        self._alarmed = False
        self._end: datetime | None = None

    def feed(self, row: Quarter) -> Verdict | None:
        """A verdict on the row that completes an hour of UTC; None on the others, and for rows that came before."""
        start = row.start
        if self._end is not None and start < self._end:
            return None
        self._end = row.end
        hour = start.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        if hour != self._hour:
            self._open(hour)
        self._left += row.gave_up
        self._of += max(0, row.offered - row.short_abandoned)
        if row.end < hour + _HOUR:
            return None
        return self._judge(row.end)

    def _open(self, hour: datetime) -> None:
        """A new hour: the one before is history, and so are those without any row, with nothing abandoned in them."""
        if self._hour is not None:
            self._history.append(self._rate)
            closed = (hour - self._hour) // _HOUR - 1
            self._history.extend([0.0] * min(closed, HOURS))
        self._hour, self._left, self._of = hour, 0, 0

    def _judge(self, at: datetime) -> Verdict:
        z = z_score(self._history, self._rate)
        beyond = z is not None and abs(z) > self._limit
        fired = (Signal.ABANDONED,) if beyond and not self._alarmed else ()
        self._alarmed = beyond
        if z is None:
            return Verdict(at=at, fired=(), began=False, alarmed=False, outcome=Outcome.LOW)
        return Verdict(
            at=at,
            fired=fired,
            began=bool(fired),
            alarmed=beyond,
            outcome=Outcome.BREACH if beyond else Outcome.CLEAR,
            found=(self._found(),) if beyond else (),
        )

    @property
    def _rate(self) -> float:
        """Share of the hour's contacts that gave up; 0 without contacts, as the rule has it."""
        return min(1.0, self._left / self._of) if self._of else 0.0

    def _found(self) -> Found:
        share = Share(within=self._left, denominator=self._of)
        return Found(measure="abandon_share", figure=share, window=_HOUR, signal=Signal.ABANDONED)
