"""Quarter hours of the local week: what a baseline is sorted by.

The clock on the wall decides. Code that subtracts 168 hours compares 09:00 with 08:00 in the week after a clock change.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

PER_DAY = 96
PER_WEEK = 7 * PER_DAY
_MOST = 50_000
"""Moments remembered: more than a year of them."""


class Slot(NamedTuple):
    """Where a moment stands in local time."""

    number: int
    """Quarter hours of local time since year 1: 672 less is the same hour of the week before, by the clock."""
    day: date
    again: bool
    """Whether the clock was put back and shows this quarter hour for the second time."""


class Slots:
    """Local quarter hours of one zone; moments repeat from queue to queue, so that they are worked out once."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone
        self._known: dict[datetime, Slot] = {}

    def of(self, moment: datetime) -> Slot:
        """Of an aware moment, on a quarter of an hour of UTC."""
        found = self._known.get(moment)
        if found is None:
            if len(self._known) >= _MOST:
                self._known.clear()
            found = self._known[moment] = self._slot(moment)
        return found

    def _slot(self, moment: datetime) -> Slot:
        local = moment.astimezone(self.zone)
        day = local.date()
        index = day.toordinal() * PER_DAY + local.hour * 4 + local.minute // 15
        return Slot(index, day, bool(local.fold))


def same_hour(moment: datetime, weeks: int, zone: ZoneInfo) -> datetime | None:
    """The same local quarter hour `weeks` weeks earlier, in UTC; None where the clocks skipped it.

    Of one that came twice, the first. `moment` is aware.
    """
    local = moment.astimezone(zone)
    wanted = datetime.combine(local.date() - timedelta(days=7 * weeks), local.time(), tzinfo=zone)
    found = wanted.replace(fold=0).astimezone(UTC)
    return found if found.astimezone(zone).replace(tzinfo=None) == wanted.replace(tzinfo=None) else None
