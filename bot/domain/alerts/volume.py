"""How far the number of offered contacts is from the usual one."""

from __future__ import annotations

from math import sqrt
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

DECAY = 0.5 ** (15 / 30)
"""Of one quarter hour, with a half-life of 30 minutes: 0.707107."""
_ROW = 15
LOW, HIGH = -3.0, 6.0
LEAST_EXPECTED, LEAST_CHANGE, LEAST_SHARE = 5.0, 6.0, 0.30
"""Contacts expected, and by how many and by what share fewer or more come. The usual number to ask for is 8; with 6, as
many as of missed ones, 63 and not 60 of 78 drops in volume were found in two generated worlds, and no more alarms were
false.
"""
LEAST_SPREAD, SPREAD_UNKNOWN, SPREAD_VALUES = 0.08, 0.15, 60
_CONSISTENT = 1.4826
"""Makes the median absolute deviation a standard deviation where values are normal."""


def decay(minutes: int) -> float:
    """Of a row of so many minutes."""
    return DECAY if minutes == _ROW else DECAY ** (minutes / _ROW)


def spread(changes: Sequence[float], noises: Sequence[float]) -> float:
    """The queue's own day-to-day spread c, as a share of what is expected.

    `changes` are (X - E) / E of past rows and `noises` V / E^2, what chance alone makes of them.
    """
    if len(changes) < SPREAD_VALUES:
        return SPREAD_UNKNOWN
    middle = median(changes)
    width = _CONSISTENT * median([abs(change - middle) for change in changes])
    return sqrt(max(LEAST_SPREAD**2, width**2 - median(noises)))


class VolumeSums:
    """Decayed counts since the queue opened, or since the last alarm was over."""

    __slots__ = ("e", "v", "x")

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self.x = self.e = self.v = 0.0

    def add(self, offered: int, expected: float, decay: float = DECAY) -> None:
        self.x = decay * self.x + offered
        self.e = decay * self.e + expected
        self.v = decay * decay * self.v + expected

    def z(self, c: float) -> float:
        """Standard deviations from the expected count; 0 where nothing is expected."""
        return volume_z(self.x, self.e, self.v, c)

    @property
    def material(self) -> bool:
        """Whether the difference would matter, were it not chance."""
        change = abs(self.x - self.e)
        return self.e >= LEAST_EXPECTED and change >= LEAST_CHANGE and change >= LEAST_SHARE * self.e


def volume_z(x: float, e: float, v: float, c: float) -> float:
    """`x` contacts where `e` were expected, with the chance variance `v` and the queue's own spread `c`."""
    variance = v + (c * e) ** 2
    return (x - e) / sqrt(variance) if variance > 0 else 0.0
