"""Intervals and the buckets they are cut into."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.demo.centre_visits import epoch_ms, instant_of
from bot.demo.genesys_errors import ApiError, bad_request

if TYPE_CHECKING:
    from collections.abc import Iterator

_PERIOD = re.compile(
    r"P(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?"
)


@dataclass(frozen=True, slots=True)
class Interval:
    """Half-open, in epoch milliseconds."""

    start: int
    end: int

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return timedelta(milliseconds=self.end - self.start)


@dataclass(frozen=True, slots=True)
class Granularity:
    """A calendar part, which follows local days, and a clock part, which does not."""

    months: int
    days: int
    clock: timedelta

    def boundary(self, start: datetime, number: int) -> datetime:
        """Where bucket `number` begins, counted from `start` in start's own zone."""
        month = start.month - 1 + self.months * number
        wall = start.replace(tzinfo=None)
        if self.months:
            wall = wall.replace(year=start.year + month // 12, month=month % 12 + 1, day=min(start.day, 28))
        wall += timedelta(days=self.days * number)
        local = start if not (self.months or self.days) else wall.replace(tzinfo=start.tzinfo)
        return local.astimezone(UTC) + self.clock * number


def interval_of(text: object, *, longest: timedelta) -> Interval:
    """Read `start/end`; both ends need an offset or Z."""
    if not isinstance(text, str) or text.count("/") != 1:
        raise bad_request(f"Invalid interval [{'' if text is None else text}]. Use start/end as ISO-8601 instants")
    start, end = (_instant(part) for part in text.split("/"))
    if end < start:
        raise bad_request(f"Invalid interval [{text}]. The end must not be before the start")
    interval = Interval(epoch_ms(start), epoch_ms(end))
    if interval.length > longest:
        raise bad_request(f"The interval [{text}] is too long. It may not exceed {longest.days} days")
    return interval


def granularity_of(text: str | None) -> Granularity | None:
    """Read an ISO-8601 period such as PT30M, P1D, P1DT12H."""
    if text is None:
        return None
    match = _PERIOD.fullmatch(text)
    parts = {name: int(digits) for name, digits in match.groupdict(default="0").items()} if match else {}
    if not any(parts.values()):
        raise bad_request(f"Invalid granularity [{text}]. Use an ISO-8601 period such as PT30M or P1D")
    return Granularity(
        months=parts["months"],
        days=7 * parts["weeks"] + parts["days"],
        clock=timedelta(hours=parts["hours"], minutes=parts["minutes"], seconds=parts["seconds"]),
    )


def zone_of(text: str | None) -> ZoneInfo | None:
    """Read an IANA zone name; None when left out."""
    if text is None:
        return None
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise bad_request(f"Invalid timeZone [{text}]") from error


def buckets(interval: Interval, granularity: Granularity | None, zone: ZoneInfo | None) -> Iterator[Interval]:
    """The interval's pieces from its start on; the last one ends with the interval."""
    if granularity is None:
        yield interval
        return
    start = instant_of(interval.start).astimezone(zone or UTC)
    at, number = interval.start, 1
    while at < interval.end:
        following = min(interval.end, epoch_ms(granularity.boundary(start, number)))
        yield Interval(at, following)
        at, number = following, number + 1


def written(interval: Interval, zone: ZoneInfo | None) -> str:
    """The interval as replies show it: milliseconds, in UTC unless a zone was given."""
    return f"{written_instant(interval.start, zone)}/{written_instant(interval.end, zone)}"


def written_instant(at_ms: int, zone: ZoneInfo | None = None) -> str:
    """An instant as replies show it."""
    if zone is None:
        minute, rest = divmod(at_ms, 60_000)
        return f"{_written_minute(minute)}:{rest // 1000:02}.{rest % 1000:03}Z"
    return instant_of(at_ms).astimezone(zone).isoformat(timespec="milliseconds")


# A page of records shows thousands of instants, most of them in a few minutes.
@lru_cache(maxsize=4096)
def _written_minute(minute: int) -> str:
    return instant_of(minute * 60_000).strftime("%Y-%m-%dT%H:%M")


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None or "T" not in text:
        raise ApiError(400, "invalid.date", f"Invalid date [{text}]. Dates must be ISO-8601 with an offset")
    return instant
