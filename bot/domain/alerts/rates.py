"""How far the rate of missed or abandoned contacts is from the usual one: decayed counts against expected counts.

The statistic is a p-chart of exponentially decayed sums whose limits are widened by the queue's own overdispersion
(Laney's p' chart with the root mean square instead of the moving range, because neighbouring quarter hours of a queue
are alike). Minitab, "Methods and formulas for Laney P' Chart".
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.domain.alerts.presets import Limits

DECAY = 0.5 ** (15 / 75)
"""Of one quarter hour, with a half-life of 75 minutes: 0.870551."""
_ROW = 15
PRIOR = 20.0
"""Contacts at the queue's overall rate that every hour of the week is started with."""
LEAST_RATE, MOST_RATE = 0.01, 0.99
LEAST_CONTACTS = 8.0
"""Decayed contacts under which no rate is judged."""
SPREAD_UNKNOWN, SPREAD_VALUES, SPREAD_CONTACTS, CLIP = 2.0, 60, 5.0, 8.0


def decay(minutes: int) -> float:
    """Of a row of so many minutes."""
    return DECAY if minutes == _ROW else DECAY ** (minutes / _ROW)


def overall_rate(x: float, n: float) -> float:
    """Of the previous 28 days: never 0, so that a queue without a single miss still expects some."""
    return (x + 1) / (n + PRIOR)


def expected_rate(x: float, n: float, overall: float) -> float:
    """Of the same hour of the week: `x` of `n` contacts in the weeks before, drawn towards the overall rate."""
    p = (x + PRIOR * overall) / (n + PRIOR)
    return LEAST_RATE if p < LEAST_RATE else min(p, MOST_RATE)


def spread(squares: float, values: int) -> float:
    """The root mean square of past raw values: how much more restless the queue is than a coin."""
    return sqrt(squares / values) if values >= SPREAD_VALUES else SPREAD_UNKNOWN


class RateSums:
    """Decayed counts since the queue opened, or since the last alarm was over."""

    __slots__ = ("e", "n", "v", "x")

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self.x = self.n = self.e = self.v = 0.0

    def add(self, x: int, n: int, p: float, decay: float = DECAY) -> None:
        """One row: `x` of `n` where `n * p` were expected."""
        expected = n * p
        self.x = decay * self.x + x
        self.n = decay * self.n + n
        self.e = decay * self.e + expected
        self.v = decay * decay * self.v + expected * (1 - p)

    @property
    def raw(self) -> float:
        """Standard deviations from the expected count, as if contacts were independent; 0 without contacts."""
        return (self.x - self.e) / sqrt(self.v) if self.v > 0 else 0.0

    @property
    def square(self) -> float:
        """Of the raw value, clipped: what a queue's restlessness is made of."""
        raw = self.raw
        return min(raw * raw, CLIP * CLIP)

    def fires(self, spread: float, limits: Limits, points: float) -> bool:
        """Whether it is surely, and by enough contacts, worse than usual. `points`: the share beyond the usual one."""
        excess = self.x - self.e
        return (
            self.n >= LEAST_CONTACTS
            and excess >= limits.excess
            and excess >= points * self.n
            and self.raw >= limits.z * max(1.0, spread)
        )


def recent_z(rows: list[tuple[int, int, float]], spread: float) -> float:
    """Of the last rows alone, (x, n, p) each, without decay: whether it is still so. 0 without contacts."""
    x = sum(row[0] for row in rows)
    e = sum(row[1] * row[2] for row in rows)
    v = sum(row[1] * row[2] * (1 - row[2]) for row in rows)
    return (x - e) / sqrt(v) / max(1.0, spread) if v > 0 else 0.0
