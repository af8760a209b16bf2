"""On which local days and at which local minute a digest is due; pure."""

from __future__ import annotations

from bisect import bisect_left
from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import count
from typing import TYPE_CHECKING

from bot.domain.period import midnight, utc

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, time
    from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
_LONGEST_MONTH = 31
_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Rhythm(StrEnum):
    DAYS = "days"
    """On chosen weekdays, all seven for a daily digest."""
    WEEKLY = "weekly"
    """On one weekday, about a week."""
    MONTHLY = "monthly"
    """On one day of the month, about a month."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """Which local dates a digest goes out on."""

    rhythm: Rhythm
    weekdays: frozenset[int] = frozenset()
    """0 is Monday; exactly one when weekly, none when monthly."""
    day: int | None = None
    """1 to 31, when monthly; a month that is shorter has its digest on its last day."""

    def __post_init__(self) -> None:
        if not self.weekdays <= ALL_DAYS:
            raise ValueError("weekdays go from 0 to 6")
        if self.rhythm is Rhythm.MONTHLY:
            if self.weekdays or self.day is None or not 1 <= self.day <= _LONGEST_MONTH:
                raise ValueError("a monthly digest has a day from 1 to 31, and no weekday")
        elif self.day is not None or not self.weekdays:
            raise ValueError("a digest on weekdays has one at least, and no day of the month")
        elif self.rhythm is Rhythm.WEEKLY and len(self.weekdays) > 1:
            raise ValueError("a weekly digest has one weekday")

    @property
    def usual_period(self) -> str:
        """What a digest covers when nothing else is said: one that comes once a week is about a week."""
        if self.rhythm is Rhythm.MONTHLY:
            return "last-month"
        return "yesterday" if len(self.weekdays) > 1 else "last-week"

    def include(self, day: date) -> bool:
        if self.day is not None:
            return day.day == min(self.day, monthrange(day.year, day.month)[1])
        return day.weekday() in self.weekdays


ALL_DAYS = frozenset(range(7))
WORKING_DAYS = frozenset(range(5))
WEEKEND = frozenset({5, 6})

WEEKDAYS = Days(rhythm=Rhythm.DAYS, weekdays=WORKING_DAYS)
"""Monday to Friday: when nothing else is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """One time that a digest is due. Its local date is what makes it one: it never comes twice."""

    day: date
    """In the schedule's zone."""
    at: datetime
    """UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Days, the minute, and the zone whose calendar and clock they are read from."""

    days: Days
    at: time
    """Without a zone; whole minutes."""
    zone: ZoneInfo

    def __post_init__(self) -> None:
        if self.at.tzinfo is not None or self.at.second or self.at.microsecond:
            raise ValueError("a time of sending is a whole minute without a zone")

    @property
    def said(self) -> str:
        """`weekdays at 07:45, Europe/London`."""
        return f"{said(self.days)} at {self.at:%H:%M}, {self.zone.key}"

    def moment(self, day: date) -> datetime | None:
        """The UTC instant at which it is due on that local date; None when it is not due then.

        A time that the clocks skip is the minute at which they go on (01:30 in London on 30 Mar 2025 is 02:00 BST),
        even where that is past midnight; a time that comes twice is its first occurrence. A date that a zone skipped
        altogether (30 Dec 2011 in Samoa) has none.
        """
        if not self.days.include(day):
            return None
        wanted = datetime.combine(day, self.at)
        moment = utc(wanted.replace(tzinfo=self.zone))
        if self._clock(moment) == wanted:
            return moment
        if midnight(day, self.zone).astimezone(self.zone).date() != day:
            return None
        # Before the gap every clock is behind the wanted time, after it ahead: one change of sign to find.
        earliest = moment - _DAY
        minutes = range(int(_DAY / _MINUTE) + 1)
        ahead = bisect_left(minutes, True, key=lambda minute: self._clock(earliest + minute * _MINUTE) >= wanted)
        return earliest + ahead * _MINUTE

    def next_after(self, moment: datetime, *, after: date | None = None) -> Occasion:
        """The first occasion strictly after `moment`, and on a later local date than `after`, as `due` will find it."""
        # One that fell into a gap over midnight belongs to the day before its clock's date.
        first = moment.astimezone(self.zone).date() - _DAY
        if after is not None:
            first = max(first, after + _DAY)
        return next(occasion for occasion in self._from(first, _DAY) if occasion.at > moment)

    def due(self, *, since: datetime, after: date | None, now: datetime, most: int = 40) -> tuple[Occasion, ...]:
        """Occasions after `since`, up to and including `now`, on later local dates than `after`; oldest first.

        Of more than `most`, the newest.
        """
        found: list[Occasion] = []
        for occasion in self._from(now.astimezone(self.zone).date(), -_DAY):
            if occasion.at > now:
                continue
            if occasion.at <= since or (after is not None and occasion.day <= after) or len(found) == most:
                break
            found.append(occasion)
        return tuple(reversed(found))

    def _from(self, first: date, step: timedelta) -> Iterator[Occasion]:
        """Every occasion from `first` on, forwards or backwards; without an end, since days are never empty."""
        for number in count():
            day = first + number * step
            if moment := self.moment(day):
                yield Occasion(day=day, at=moment)

    def _clock(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone).replace(tzinfo=None, fold=0)


def said(days: Days) -> str:
    """For people: `weekdays`, `daily`, `Mon and Thu`, `Mondays`, `weekly on Monday`, `monthly on day 1`."""
    if days.day is not None:
        return "monthly on the last day" if days.day == _LONGEST_MONTH else f"monthly on day {days.day}"
    named = {ALL_DAYS: "daily", WORKING_DAYS: "weekdays", WEEKEND: "weekends"}
    if days.weekdays in named:
        return named[days.weekdays]
    *others, last = sorted(days.weekdays)
    if days.rhythm is Rhythm.WEEKLY:
        return f"weekly on {_NAMES[last]}"
    if not others:
        return f"{_NAMES[last]}s"
    return f"{', '.join(_NAMES[day][:3] for day in others)} and {_NAMES[last][:3]}"
