"""The clock of the demo: real time, ahead by whatever somebody jumped, so that tomorrow can be seen today."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from zoneinfo import ZoneInfo


_SATURDAY = 5


def utc_now() -> datetime:
    """The real time."""
    return datetime.now(UTC)


class DemoClock:
    """Runs as fast as the real one. It goes forward only: what has happened does not happen again."""

    def __init__(self, *, real: Callable[[], datetime] = utc_now) -> None:
        self._real = real
        self._ahead = timedelta()
        self._told: list[Callable[[], object]] = []
        self.minutely: list[Callable[[], Awaitable[object]]] = []
        """What is awaited after every minute that the clock walks instead of jumping; see `Walk`."""

    def now(self) -> datetime:
        """The simulated time, in UTC."""
        return self._real() + self._ahead

    def jump(self, to: datetime) -> None:
        """Make it `to` now, and tell everybody who asked. Raises ValueError for an instant in the past."""
        step = to - self.now()
        if step < timedelta():
            raise ValueError(f"The clock only goes forward, and {to:%d %b %Y %H:%M} has passed.")
        self._ahead += step
        for tell in self._told:
            tell()

    def on_jump(self, tell: Callable[[], object]) -> None:
        """Call `tell` after every jump."""
        self._told.append(tell)

    def each_minute(self, look: Callable[[], Awaitable[object]]) -> None:
        """Await `look` after every minute of a walk, one minute after the other."""
        self.minutely.append(look)


def tomorrow(now: datetime, *, at: time, zone: ZoneInfo) -> datetime:
    """The instant at which clocks in `zone` show `at` on the day after the one they show at `now`."""
    return _after(now, 1, at, zone)


def next_monday(now: datetime, *, at: time, zone: ZoneInfo) -> datetime:
    """The same on the first Monday after the day they show: when Friday's figures, and last week's, are read."""
    return _after(now, 7 - now.astimezone(zone).weekday(), at, zone)


def next_weekday(now: datetime, *, at: time, zone: ZoneInfo) -> datetime:
    """The next instant at which clocks in `zone` show `at` on a day from Monday to Friday."""
    moments = (_after(now, days, at, zone) for days in range(4))
    return next(m for m in moments if m > now and m.astimezone(zone).weekday() < _SATURDAY)


def _after(now: datetime, days: int, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(now.astimezone(zone).date() + timedelta(days=days), at, zone).astimezone(UTC)
