"""Periods: half-open stretches of time, cut at local midnight and kept in UTC."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
_HOUR = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)
# Not from strftime: the bot's words are English whatever the machine's locale.
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Grain(StrEnum):
    """How finely a period is cut into buckets."""

    HALF_HOUR = "half-hour"
    HOUR = "hour"
    DAY = "day"


LENGTHS = {Grain.HALF_HOUR: timedelta(minutes=30), Grain.HOUR: _HOUR}
"""Of buckets that are cut by the clock; days have no fixed one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """`[start, end)` in UTC, with the zone whose calendar cut it."""

    start: datetime
    end: datetime
    zone: ZoneInfo
    name: str
    """As it was asked for, in the command's own words: `last-week`, `monday`, `2026-11-09..2026-11-15`."""
    running: bool = False
    """True when the period is not over yet: `end` is then the last complete quarter of an hour."""

    def __post_init__(self) -> None:
        if self.start.utcoffset() != timedelta(0) or self.end.utcoffset() != timedelta(0):
            raise ValueError("a period is kept in UTC")
        if self.start >= self.end:
            raise ValueError("a period has a length")

    @property
    def length(self) -> timedelta:
        """Elapsed time: 23 or 25 hours for the day on which the clocks change."""
        return self.end - self.start

    @property
    def local_start(self) -> datetime:
        return self.start.astimezone(self.zone)

    @property
    def local_end(self) -> datetime:
        return self.end.astimezone(self.zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """One half hour, hour or day of a period, `[start, end)` in UTC; the first and last may be shorter than that."""

    start: datetime
    end: datetime


def utc(moment: datetime) -> datetime:
    """The same instant in UTC; `moment` must be aware."""
    return moment.astimezone(UTC)


def zone_of(now: datetime) -> ZoneInfo:
    """The zone that `now` was given in; raises ValueError unless it is an IANA zone."""
    if not isinstance(now.tzinfo, ZoneInfo):
        raise ValueError("now carries the asker's IANA zone")  # noqa: TRY004  a value without a zone, not another type
    return now.tzinfo


def instant(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """The UTC instant at which `zone` reads this date and time.

    A time that occurs twice is its first occurrence, as start and as end alike; a time that the clocks skip moves
    forward by the gap (01:30 in London on 30 Mar 2025 is 02:30 BST).
    """
    return utc(datetime.combine(day, clock, zone))


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first instant, in UTC, whose date in `zone` is `day`: later than 00:00 where that is skipped."""
    start = instant(day, time(), zone)
    skipped = start.astimezone(zone).time() != time()
    if not skipped:
        return start
    earliest = start - _DAY
    minutes = range(int(_DAY / _MINUTE) + 1)
    first = bisect_left(minutes, True, key=lambda minute: (earliest + minute * _MINUTE).astimezone(zone).date() >= day)
    return earliest + first * _MINUTE


def buckets(period: Period, grain: Grain) -> tuple[Bucket, ...]:
    """The period cut where the zone's clock shows a full or half hour, or where its date changes.

    A day may last 23 or 25 hours; an hour that occurs twice is two buckets. The first and last may be cut short.
    """
    cuts = [period.start]
    while cuts[-1] < period.end:
        local = cuts[-1].astimezone(period.zone)
        if grain is Grain.DAY:
            following = midnight(local.date() + _DAY, period.zone)
        else:
            following = cuts[-1] + LENGTHS[grain] - into(local, grain)
        cuts.append(min(following, period.end))
    return tuple(Bucket(start=start, end=end) for start, end in pairwise(cuts))


def into(local: datetime, grain: Grain) -> timedelta:
    """How long before `local` the half hour or hour began that its clock shows."""
    return timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond) % LENGTHS[grain]


def previous(period: Period) -> Period:
    """What to compare with: the same stretch of the calendar once before.

    Within one day: the same weekday and local times a week before. `this-week`: the week before up to the same weekday
    and time. A calendar month, or `this-month`: the month before, up to the same day and time or to its end. Whole
    days: as many just before. Anything else: the same elapsed time just before.
    """
    start, end = _reference(period)
    if start >= end:
        start, end = period.start - period.length, period.start
    return Period(start=start, end=end, zone=period.zone, name=f"before {period.name}")


def _reference(period: Period) -> tuple[datetime, datetime]:
    zone, first, last = period.zone, period.local_start.date(), period.local_end.date()
    if period.name == "this-week" or midnight(first + _DAY, zone) >= period.end:
        return at_its_time(period.start, zone, first - _WEEK), at_its_time(period.end, zone, last - _WEEK)
    starts_whole, ends_whole = period.start == midnight(first, zone), period.end == midnight(last, zone)
    month = first.replace(day=1)
    month_before = (month - _DAY).replace(day=1)
    if period.name == "this-month":
        limit = midnight(month, zone)
        day = month_before + (last - month)
        return midnight(month_before, zone), min(at_its_time(period.end, zone, day), limit)
    if starts_whole and ends_whole:
        whole_month = first == month and last == (month + 31 * _DAY).replace(day=1)
        return midnight(month_before if whole_month else first - (last - first), zone), period.start
    return period.start - period.length, period.start


def dated(period: Period) -> Period:
    """Whole days by their dates, as `2026-11-11`: `yesterday` names another day tomorrow. Anything else as it is."""
    zone, first, end = period.zone, period.local_start.date(), period.local_end.date()
    if period.running or period.start != midnight(first, zone) or period.end != midnight(end, zone):
        return period
    last = end - _DAY
    return replace(period, name=first.isoformat() if first == last else f"{first}..{last}")


def at_its_time(moment: datetime, zone: ZoneInfo, day: date) -> datetime:
    """The instant on `day` at the local time of `moment`; the start of a day stays the start of a day."""
    local = moment.astimezone(zone)
    if moment == midnight(local.date(), zone):
        return midnight(day, zone)
    return instant(day, local.time(), zone)


def spoken(period: Period, *, zone: bool = True) -> str:
    """The period for people: `Mon 9 – Sun 15 Nov 2026, Europe/London`, or without the zone."""
    said = _said(period)
    return f"{said}, {period.zone.key}" if zone else said


def _said(period: Period) -> str:
    start, end = period.local_start, period.local_end
    from_midnight = period.start == midnight(start.date(), period.zone)
    to_midnight = period.end == midnight(end.date(), period.zone)
    last = end.date() - _DAY if to_midnight else end.date()
    ending = " so far" if period.running else ""
    if from_midnight and to_midnight:
        hours = period.length / _HOUR
        odd = f" ({hours:g}-hour day)" if start.date() == last and hours != 24 else ""
        return f"{_days(start.date(), last)}{odd}{',' if ending else ''}{ending}"
    until = "24:00" if to_midnight else f"{end:%H:%M}"
    if start.date() == last:
        return f"{_days(last, last)}, {start:%H:%M}–{until}{ending}"
    if from_midnight and period.running:
        return f"{_days(start.date(), last)}, so far (until {until})"
    return f"{_days(start.date(), start.date())} {start:%H:%M} – {_days(last, last)} {until}{ending}"


def _days(first: date, last: date) -> str:
    said = f"{_WEEKDAYS[last.weekday()]} {last.day} {_MONTHS[last.month - 1]} {last.year}"
    if first == last:
        return said
    month = f" {_MONTHS[first.month - 1]}" if (first.month, first.year) != (last.month, last.year) else ""
    year = f" {first.year}" if first.year != last.year else ""
    return f"{_WEEKDAYS[first.weekday()]} {first.day}{month}{year} – {said}"
