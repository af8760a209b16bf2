"""Which of two findings of an alert is worse."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from bot.domain.alerts.measures import BY_NAME
from bot.domain.alerts.readings import Signal
from bot.domain.figures import exact
from bot.domain.sla import Share

if TYPE_CHECKING:
    from bot.domain.alerts.readings import Evidence, Found


def is_worse(one: Evidence, other: Evidence) -> bool:
    """Whether the first thing found is further on its bad side in `one` than in `other`."""
    if not one.found or not other.found or one.found[0].measure != other.found[0].measure:
        return bool(one.found)
    ours, theirs = _value(one.found[0]), _value(other.found[0])
    if ours is None or theirs is None:
        return ours is not None
    return ours < theirs if _low_is_bad(one.found[0]) else ours > theirs


def _value(found: Found) -> Fraction | None:
    match found.figure:
        case None:
            return None
        case Share() as share:
            return exact(share)
        case timedelta() as length:
            return Fraction(length // timedelta(microseconds=1))
        case count:
            return Fraction(count)


def _low_is_bad(found: Found) -> bool:
    if found.signal is not None:
        return found.signal is Signal.VOLUME_LOW or (found.signal is Signal.MISSED and found.measure == "service_level")
    return BY_NAME[found.measure].low_is_bad
