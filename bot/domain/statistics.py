"""What a handful of contacts can and cannot tell: score intervals for a share and for a difference of two."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.domain.sla import Share

_SURE = 1.96  # two-sided 95 %
_FEW = 20
_WIDE = 0.20


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A range in which the true value probably lies; both ends belong to it."""

    low: float
    high: float

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high


def wilson(successes: int, n: int, z: float = _SURE) -> Interval | None:
    """The Wilson score interval of `successes` in `n`, 0 to 1; None over zero or less.

    `z` is 1.96 for 95 % and 1.645 for 90 %. Unlike the textbook interval it stays inside 0 to 1 and has a width at 0
    and n.
    Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927).
    """
    if n <= 0:
        return None
    p = min(1.0, successes / n)
    scale = 1 + z * z / n
    centre = (p + z * z / (2 * n)) / scale
    half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / scale
    # At the borders the ends are exactly 0 and 1; the arithmetic misses them by a rounding error.
    return Interval(
        low=0.0 if successes == 0 else max(0.0, centre - half),
        high=1.0 if successes >= n else min(1.0, centre + half),
    )


def newcombe(now: Share, before: Share, z: float = _SURE) -> Interval | None:
    """The interval of the difference `now - before`, -1 to 1; None when either share is undefined.

    Source: R. G. Newcombe, Interval estimation for the difference between independent proportions, Statistics in
    Medicine 17 (1998), method 10, which joins two Wilson intervals.
    """
    ours, theirs = wilson(now.within, now.denominator, z), wilson(before.within, before.denominator, z)
    if ours is None or theirs is None or now.value is None or before.value is None:
        return None
    difference = now.value - before.value
    return Interval(
        low=difference - sqrt((now.value - ours.low) ** 2 + (theirs.high - before.value) ** 2),
        high=difference + sqrt((ours.high - now.value) ** 2 + (before.value - theirs.low) ** 2),
    )


def small_sample(share: Share) -> Interval | None:
    """The range to show beside a share that rests on too little; None when the share may stand alone.

    Too little is under 20 contacts, or a 95 % interval wider than ten points to either side.
    """
    likely = wilson(share.within, share.denominator)
    if likely is None or (share.denominator >= _FEW and likely.high - likely.low <= _WIDE):
        return None
    return likely
