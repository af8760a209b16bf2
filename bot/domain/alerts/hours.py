"""When a rule is judged, when its warnings are held back, and when its queue opens next; in the rule's own zone."""

from __future__ import annotations

from datetime import time as clock
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.alerts.samples import QUARTER
from bot.domain.period import instant

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from bot.domain.alerts.rules import Hours, Terms

STARTING = QUARTER
"""How long after opening nothing is judged: the first contacts have waited since before anybody was there."""
_MORNING = clock(8)
_DAY = timedelta(days=1)
_FURTHEST = 60
_NONE: frozenset[date] = frozenset()


def is_open(terms: Terms, at: datetime, *, holidays: frozenset[date] = _NONE) -> bool:
    """Whether the rule is judged at that instant: within its hours, after their first quarter hour, on no holiday.

    `holidays` are local dates; hours that reach past midnight belong to the date on which they begin.
    """
    if terms.hours is None:
        return not is_holiday(terms, at, holidays)
    # Hours that follow on each other without a gap are one stretch, and have one opening.
    left_out = holidays if terms.holidays else _NONE
    return _within(terms.hours, terms.zone, at, left_out) and _within(terms.hours, terms.zone, at - STARTING, left_out)


def is_holiday(terms: Terms, at: datetime, holidays: frozenset[date]) -> bool:
    """Whether it is a holiday that the rule leaves out, by the local date."""
    return terms.holidays and bool(holidays) and at.astimezone(terms.zone).date() in holidays


def is_quiet(terms: Terms, at: datetime) -> bool:
    """Whether warnings are held back at that instant. Critical rules do not ask."""
    return terms.quiet is not None and _within(terms.quiet, terms.zone, at, _NONE)


def next_opening(terms: Terms, at: datetime, *, holidays: frozenset[date] = _NONE) -> datetime:
    """When the queue opens on the next local date on which it does, UTC: the end of “until tomorrow's opening”.

    08:00 where no hours are set. Holidays that the rule leaves out are passed over.
    """
    tomorrow = at.astimezone(terms.zone).date() + _DAY
    opens = terms.hours.start if terms.hours else _MORNING
    for ahead in range(_FURTHEST):
        day = tomorrow + ahead * _DAY
        works = terms.hours is None or day.weekday() in terms.hours.days
        if works and not (terms.holidays and day in holidays):
            return instant(day, opens, terms.zone)
    return instant(tomorrow, opens, terms.zone)


def _within(hours: Hours, zone: ZoneInfo, at: datetime, left_out: frozenset[date]) -> bool:
    return any(start <= at < end for start, end in _stretches(hours, zone, at, left_out))


def _stretches(
    hours: Hours, zone: ZoneInfo, at: datetime, left_out: frozenset[date]
) -> Iterator[tuple[datetime, datetime]]:
    """Those that may hold `at`, in UTC: of its local date, and of the date before where they reach past midnight."""
    today = at.astimezone(zone).date()
    overnight = hours.end <= hours.start
    for day in (today - _DAY, today) if overnight else (today,):
        if day.weekday() in hours.days and day not in left_out:
            yield instant(day, hours.start, zone), instant(day + _DAY if overnight else day, hours.end, zone)
