"""What is usual for one queue and medium: learnt row by row, and bounded to what the rules look back on."""

from __future__ import annotations

from array import array
from bisect import insort
from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from bot.domain.alerts import rates, volume
from bot.domain.alerts.baseline_days import Day, Raw, together
from bot.domain.alerts.rates import RateSums
from bot.domain.alerts.slots import PER_DAY, PER_WEEK, Slots
from bot.domain.alerts.volume import VolumeSums

if TYPE_CHECKING:
    from collections.abc import Container
    from datetime import date, datetime

    from bot.domain.alerts.quarters import Quarter
    from bot.domain.alerts.slots import Slot

WEEKS = 8
LEAST_WEEKS = 3
DAYS = 28
_KEPT = WEEKS + 2
"""Weeks in memory: those before, the running one, and the next, in which the last half hour of this one counts."""
_NEAR = 2
"""Rows before and after that belong to the same hour: half an hour each way."""
_BITS = 28
"""Of each count in a packed integer: eight weeks of five rows of at most two million contacts fit."""
_MASK = (1 << _BITS) - 1
_OFFERED = 6
"""Where the offered contacts begin; the number of rows, 40 at most, is below. Then come n, given up, missed and of."""
_N, _GAVE_UP, _MISSED, _OF = (_OFFERED + _BITS * place for place in range(1, 5))
_ROWS = (1 << _OFFERED) - 1
_ANY_N = _MASK << _N
_P95 = 0.95


class Week(NamedTuple):
    """The same hour of the week in one of the weeks before: up to five rows around it."""

    rows: int
    offered: int
    n: int
    gave_up: int
    missed: int
    of: int
    """Contacts of the rows in which misses are known."""


class Expected(NamedTuple):
    """What was usual for a row before it was looked at."""

    slot: Slot
    weeks: int
    """Weeks with rows at this hour."""
    served: int
    """Weeks with contacts at this hour."""
    missed: float
    """Share of contacts, 0 to 1."""
    missed_spread: float
    gave_up: float
    gave_up_spread: float
    offered: float | None
    """Contacts in a quarter hour; None with fewer than three weeks."""
    fresh: bool
    """Whether the queue has just opened, or rows are missing before this one."""


class Baseline:
    """Knowledge of one place, shared by every rule that judges it.

    For each row, in the order of time: `expect`, then let the rules judge, then `learn`. Every local quarter hour of a
    week is kept as the sums of the five rows around it, packed into one integer so that five additions take a row in
    and one sum of at most eight integers is the baseline. What is drawn from the previous 28 days is kept by local
    day. A place that never closes takes about 430 kB, however long it runs.

    Three points on which the formulas leave a choice: the five rows go on over midnight; the median volume divides by
    the rows that there are, so that the first rows after opening are not expected to be nearly empty; and the sums from
    which a queue's restlessness is measured are those of a queue without alarms, so that every preset can share them.
    """

    def __init__(self, slots: Slots, holidays: Container[date], normal_since: datetime | None = None) -> None:
        self._slots = slots
        self._holidays = holidays
        self._since = normal_since
        self._columns: list[list[int]] = [[0] * PER_WEEK for _ in range(_KEPT)]
        self._before: tuple[list[int], ...] = ()
        self._week = -_KEPT
        self._seen: list[int] = [0] * PER_WEEK
        self._seen_week: list[int] = [0] * PER_WEEK
        self._days: deque[Day] = deque()
        self._today: Day | None = None
        self._n = self._gave_up = self._missed = self._of = 0
        self._missed_raw, self._gave_up_raw = Raw(), Raw()
        self._spread: float | None = None
        self._waits: list[float] | None = None
        """Those of the days that are kept, in order; None: to be sorted when they are asked for."""
        self._waits_today = 0
        self._end: datetime | None = None
        self._sums_missed, self._sums_gave_up, self._sums_volume = RateSums(), RateSums(), VolumeSums()

    def expect(self, row: Quarter) -> Expected | None:
        """What is usual for `row`; None for what is neither judged nor learnt: holidays, what is not normal any more,
        and rows that were there before.
        """
        start = row.start
        if self.seen(start) or (self._since is not None and start < self._since):
            return None
        slot = self._slots.of(start)
        if slot.day in self._holidays:
            return None
        number = slot.number // PER_DAY
        if self._today is None or self._today.number != number:
            self._turn(number)
        at = slot.number % PER_WEEK
        packed = [sums for column in self._before if (sums := column[at])]
        weeks = served = len(packed)
        total = sum(packed)
        n = total >> _N & _MASK
        offered = None
        if weeks >= LEAST_WEEKS:
            served = len([1 for sums in packed if sums & _ANY_N])
            means = sorted([(sums >> _OFFERED & _MASK) / (sums & _ROWS) for sums in packed])
            offered = (means[(weeks - 1) // 2] + means[weeks // 2]) / 2
        return Expected(
            slot,
            weeks,
            served,
            rates.expected_rate(total >> _MISSED & _MASK, total >> _OF, rates.overall_rate(self._missed, self._of)),
            rates.spread(self._missed_raw.squares, self._missed_raw.values),
            rates.expected_rate(total >> _GAVE_UP & _MASK, n, rates.overall_rate(self._gave_up, self._n)),
            rates.spread(self._gave_up_raw.squares, self._gave_up_raw.values),
            offered,
            start != self._end,
        )

    def seen(self, start: datetime) -> bool:
        """Whether the row that starts then was learnt, or is older than the last one that was."""
        return self._end is not None and start < self._end

    def learn(self, row: Quarter, expected: Expected) -> None:
        """Take `row` in, once it has been judged."""
        today = self._today
        assert today is not None, "a row is expected before it is learnt"  # noqa: S101
        n, gave_up, missed = row.n, row.gave_up, row.missed
        if not expected.slot.again:
            self._remember(expected.slot.number, row, n, gave_up)
        self._end = row.end
        self._measure(today, row, n, gave_up, expected)
        today.n += n
        today.gave_up += gave_up
        self._n += n
        self._gave_up += gave_up
        if missed is not None:
            today.of += n
            today.missed += missed
            self._of += n
            self._missed += missed
        if row.waiting is not None:
            today.waits.append(row.oldest_wait.total_seconds() if row.oldest_wait and row.waiting else 0.0)

    def volume_spread(self) -> float:
        """c of the formula for volume, from the 28 days before the running one. It is worked out when it is first asked
        for in a day, because it sorts thousands of values.
        """
        if self._spread is None:
            changes, noises = array("f"), array("f")
            for day in self._days:
                if day is not self._today:
                    changes.extend(day.changes)
                    noises.extend(day.noises)
            self._spread = volume.spread(changes, noises)
        return self._spread

    def usual_oldest_wait(self) -> float | None:
        """The 95th percentile of the oldest waits of the previous 28 days, seconds; None under 60 of them."""
        if self._waits is None:
            self._waits, self._waits_today = sorted(wait for day in self._days for wait in day.waits), 0
            if self._today is not None:
                self._waits_today = len(self._today.waits)
        elif self._today is not None:  # sorting thousands of them for a handful of new ones would be most of the work
            for wait in self._today.waits[self._waits_today :]:
                insort(self._waits, wait)
            self._waits_today = len(self._today.waits)
        waits = self._waits
        if len(waits) < rates.SPREAD_VALUES:
            return None
        position = _P95 * (len(waits) - 1)
        low = int(position)
        high = min(low + 1, len(waits) - 1)
        return waits[low] + (position - low) * (waits[high] - waits[low])

    def weeks(self, index: int) -> tuple[Week, ...]:
        """The same hour in the weeks before, the latest last. `index` is of a `Slot`."""
        at, week = index % PER_WEEK, index // PER_WEEK
        found = []
        for number in range(max(week - WEEKS, self._week - WEEKS), min(week, self._week + 2)):
            if sums := self._columns[number % _KEPT][at]:
                offered, n, gave_up, missed = (sums >> place & _MASK for place in (_OFFERED, _N, _GAVE_UP, _MISSED))
                found.append(Week(sums & _ROWS, offered, n, gave_up, missed, sums >> _OF))
        return tuple(found)

    def usually_open(self, start: datetime) -> bool:
        """Whether contacts came at this local quarter hour, or on both sides of it, in at least two weeks before.

        What has no sample then had none: the queue is open, and its row is zeros.
        """
        index = self._slots.of(start).number
        before = self._contacts(index - 1) | self._contacts(index - 2)
        after = self._contacts(index + 1) | self._contacts(index + 2)
        return (self._contacts(index) | (before & after)).bit_count() > 1

    def _contacts(self, index: int) -> int:
        """A bit for each of the eight weeks before in which contacts came."""
        slot, week = index % PER_WEEK, index // PER_WEEK
        age = week - self._seen_week[slot]
        return (self._seen[slot] << age) >> 1 & 0xFF if 0 <= age <= WEEKS + 1 else 0

    def _remember(self, index: int, row: Quarter, n: int, gave_up: int) -> None:
        offered, missed = row.offered, row.missed
        packed = 1 | offered << _OFFERED | n << _N | gave_up << _GAVE_UP
        if missed is not None:
            packed |= missed << _MISSED | n << _OF
        at, week = index % PER_WEEK, index // PER_WEEK
        column = self._columns[week % _KEPT]
        if _NEAR <= at < PER_WEEK - _NEAR:
            column[at - 2] += packed
            column[at - 1] += packed
            column[at] += packed
            column[at + 1] += packed
            column[at + 2] += packed
        else:
            for near in range(index - _NEAR, index + _NEAR + 1):
                self._columns[near // PER_WEEK % _KEPT][near % PER_WEEK] += packed
        if offered or n:
            age = week - self._seen_week[at]
            self._seen[at] = ((self._seen[at] << age) & 0x1FF if age <= WEEKS + 1 else 0) | 1
            self._seen_week[at] = week

    def _measure(self, today: Day, row: Quarter, n: int, gave_up: int, expected: Expected) -> None:
        """How far off the expectation was, by which later rows are told from noise."""
        if expected.fresh:
            for sums in (self._sums_missed, self._sums_gave_up, self._sums_volume):
                sums.clear()
        known = expected.served >= LEAST_WEEKS
        decay = rates.decay(row.minutes)
        if row.missed is not None:
            rate = self._sums_missed
            rate.add(row.missed, n, expected.missed, decay)
            if known and rate.n >= rates.SPREAD_CONTACTS:
                square = rate.square
                today.missed_raw.take(square)
                self._missed_raw.take(square)
        rate = self._sums_gave_up
        rate.add(gave_up, n, expected.gave_up, decay)
        if known and rate.n >= rates.SPREAD_CONTACTS:
            square = rate.square
            today.gave_up_raw.take(square)
            self._gave_up_raw.take(square)
        sums = self._sums_volume
        if expected.offered is not None:
            sums.add(row.offered, expected.offered * row.minutes / 15, volume.decay(row.minutes))
            if sums.e >= volume.LEAST_EXPECTED:
                today.changes.append((sums.x - sums.e) / sums.e)
                today.noises.append(sums.v / (sums.e * sums.e))

    def _turn(self, number: int) -> None:
        """A new local day: what is older than 28 of them goes, and the totals are made anew."""
        while self._days and self._days[0].number < number - DAYS:
            self._days.popleft()
        days = self._days
        self._n, self._gave_up = sum(day.n for day in days), sum(day.gave_up for day in days)
        self._missed, self._of = sum(day.missed for day in days), sum(day.of for day in days)
        self._missed_raw = together(day.missed_raw for day in days)
        self._gave_up_raw = together(day.gave_up_raw for day in days)
        self._spread = self._waits = None
        self._today = Day(number)
        days.append(self._today)
        self._open(number // 7)

    def _open(self, week: int) -> None:
        """A new local week: columns that are too old are those of the weeks to come."""
        if week == self._week:
            return
        for number in range(max(self._week + 2, week + 2 - _KEPT), week + 2):
            self._columns[number % _KEPT] = [0] * PER_WEEK
        self._week = week
        self._before = tuple(self._columns[number % _KEPT] for number in range(week - WEEKS, week))
