"""Numbers as words. Verdicts are exact; rounding happens here and only for the eye.

A percentage never contradicts its verdict: 1999 of 2500 against a target of 80 % is "79.96 %", not "80.0 %". It is
never "100.0 %" when something was missed nor "0.0 %" when something happened. Half is rounded away from zero.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from bot.domain.sla import Share
from bot.domain.statistics import newcombe

if TYPE_CHECKING:
    from bot.domain.metrics import Figure
    from bot.domain.queues import Target
    from bot.domain.statistics import Interval

NO_FIGURE = "–"
"""Stands where there is nothing to divide by."""

_MOST_DECIMALS = 9
_NOTABLE = Fraction(2, 100)
_NOTABLE_COUNT = Fraction(10, 100)
_SURE = 1.96  # two-sided 95 %
_TEN_MINUTES = 600
_HOUR = 3600


def exact(share: Share) -> Fraction | None:
    """The share without rounding, 0 to 1; None over zero or less."""
    if share.denominator <= 0:
        return None
    return min(Fraction(1), max(Fraction(0), Fraction(share.within, share.denominator)))


def promised(target: Target) -> Fraction:
    """The target's share without the noise of binary floats: 0.8 is four fifths."""
    return Fraction(f"{target.share:.6f}")


def meets(share: Share, target: Target) -> bool | None:
    """Whether the share reaches the target, decided on integers; None over zero or less."""
    value = exact(share)
    return None if value is None else value >= promised(target)


def percent(share: Share, *, target: Target | None = None, decimals: int = 1) -> str:
    """As "80.7 %"; more decimals when fewer would contradict the verdict against `target`."""
    value = exact(share)
    if value is None:
        return NO_FIGURE
    if target is not None:
        goal = promised(target)
        while decimals < _MOST_DECIMALS and (_rounded(value, decimals) >= 100 * goal) != (value >= goal):
            decimals += 1
    shown = _rounded(value, decimals)
    smallest = Decimal(1).scaleb(-decimals)
    if shown == 100 and value < 1:
        return f"> {100 - smallest} %"
    if shown == 0 and value > 0:
        return f"< {smallest} %"
    return f"{shown} %"


def percent_number(share: Share) -> float | None:
    """The number to plot, 0 to 100 with one decimal; 100 and 0 only when nothing and everything was missed."""
    value = exact(share)
    if value is None:
        return None
    shown = _rounded(value, 1)
    if value < 1:
        shown = min(shown, Decimal("99.9"))
    if value > 0:
        shown = max(shown, Decimal("0.1"))
    return float(shown)


def target_percent(target: Target) -> str:
    """As "80 %", with decimals only where the target has them."""
    return f"{_bare(Decimal(f'{100 * target.share:.4f}'))} %"


def likely(interval: Interval) -> str:
    """As "38–96 %", in whole percents."""
    low, high = (_rounded(Fraction(end), 0) for end in (interval.low, interval.high))
    return f"{low}–{high} %"


def gap(share: Share, target: Target) -> str | None:
    """The distance to the target in percentage points: "+0.7 pp", "-0.04 pp", "0.0 pp" when met to the dot."""
    value = exact(share)
    return None if value is None else _signed(value - promised(target), visible=True)


def points(now: Share, before: Share, rate: Fraction | None = None) -> str | None:
    """The change in percentage points: "-1.2 pp", or "▼ 3.1 pp" when it is large and not just chance.

    Large is two points or more; not chance means that the 95 % interval of the difference excludes zero. `rate` is
    `before`, 0 to 1, where that has been rounded to whole contacts.
    """
    ours, theirs = exact(now), exact(before) if rate is None else rate
    interval = newcombe(now, before)
    if ours is None or theirs is None or interval is None:
        return None
    change = ours - theirs
    if abs(change) < _NOTABLE or 0 in interval:
        return _signed(change)
    return f"{'▲' if change > 0 else '▼'} {_rounded(abs(change), 1)} pp"


def count(n: int) -> str:
    """With commas, as "1,240"."""
    return f"{n:,}"


def duration(length: timedelta) -> str:
    """As "30 s", "1 min 30 s", "4 h", "1.5 s": every part that is not zero, down to the millisecond."""
    seconds = Decimal(length.days * 86_400 + length.seconds) + Decimal(length.microseconds) / 1_000_000
    hours, rest = divmod(seconds, 3600)
    minutes, rest = divmod(rest, 60)
    parts = [f"{value} {unit}" for value, unit in ((hours, "h"), (minutes, "min")) if value]
    if rest or not parts:
        parts.append(f"{_bare(rest)} s")
    return " ".join(parts)


def time_text(length: timedelta) -> str:
    """As "18 s" up to ten minutes, "12:05" above, "1:02:05" from an hour on; whole seconds."""
    seconds = int(_rounded(Fraction(length // timedelta(microseconds=1), 100_000_000), 0))
    if seconds <= _TEN_MINUTES:
        return f"{seconds} s"
    minutes, rest = divmod(seconds, 60)
    if seconds < _HOUR:
        return f"{minutes}:{rest:02}"
    return f"{minutes // 60:,}:{minutes % 60:02}:{rest:02}"


def figure_text(figure: Figure) -> str:
    """A figure of a report: "1,240", "18 s", "80.7 %"; no figure where there is nothing to divide by."""
    match figure:
        case None:
            return NO_FIGURE
        case Share():
            return percent(figure)
        case timedelta():
            return time_text(figure)
        case _:
            return count(figure)


def change_text(now: Figure, before: Figure) -> str | None:
    """How a figure changed: "-1.2 pp" for shares, "+4.2 %" for counts and times; None where one of them is missing.

    An arrow stands where the change is large and not just chance: shares as `points` tells, counts by a tenth or more
    and by more than the 95 % interval of two Poisson counts. Times have none: how far they scatter is not known.
    """
    match now, before:
        case Share(), Share():
            return points(now, before)
        case timedelta(), timedelta():
            return _relative(now // timedelta(microseconds=1), before // timedelta(microseconds=1))
        case int(), int():
            large = bool(before) and abs(Fraction(now - before, before)) >= _NOTABLE_COUNT
            return _relative(now, before, notable=large and abs(now - before) > _SURE * (now + before) ** 0.5)
        case _:
            return None


def _relative(now: int, before: int, *, notable: bool = False) -> str | None:
    if not before:
        return None
    change = Fraction(now - before, before)
    shown = _rounded(change, 1)
    if notable:
        return f"{'▲' if change > 0 else '▼'} {abs(shown)} %"
    return f"{abs(shown)} %" if shown == 0 else f"{shown:+} %"


def _rounded(value: Fraction, decimals: int) -> Decimal:
    """`value` in percent, half away from zero."""
    scaled = 100 * value * 10**decimals
    whole = (2 * abs(scaled.numerator) + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(whole if value >= 0 else -whole).scaleb(-decimals)


def _signed(change: Fraction, *, visible: bool = False) -> str:
    decimals = 1
    while visible and change and decimals < _MOST_DECIMALS and _rounded(change, decimals) == 0:
        decimals += 1
    shown = _rounded(change, decimals)
    return f"{abs(shown)} pp" if shown == 0 else f"{shown:+} pp"


def _bare(number: Decimal) -> str:
    return f"{number:f}".rstrip("0").rstrip(".") if "." in f"{number:f}" else f"{number:f}"
