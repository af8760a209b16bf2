"""Whether a queue is worse than it usually is at this hour of the week.

Four questions are asked of every complete row: are more contacts missed, are more abandoned, do fewer or more come, and
has somebody waited for very long. The formulas, and what was measured of them, are in `rates` and `volume`; what is
usual is learnt by `baseline`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bot.domain.alerts import rates, volume
from bot.domain.alerts.baseline import LEAST_WEEKS, Baseline
from bot.domain.alerts.presets import LIMITS
from bot.domain.alerts.rates import RateSums, recent_z
from bot.domain.alerts.readings import Outcome, Signal
from bot.domain.alerts.slots import Slots
from bot.domain.alerts.unusual_found import found_of
from bot.domain.alerts.volume import VolumeSums, volume_z

if TYPE_CHECKING:
    from collections.abc import Container
    from datetime import date, datetime, timedelta
    from zoneinfo import ZoneInfo

    from bot.domain.alerts.baseline import Expected
    from bot.domain.alerts.quarters import Quarter
    from bot.domain.alerts.readings import Found
    from bot.domain.alerts.rules import Preset

CLEAR_Z = 1.0
CLEAR_ROWS = 2
LEAST_WAITING = 4
LEAST_WAIT, USUAL_TIMES = 240.0, 4.0
POLLS = 2
MANY_WAITING = 6
"""So many, for so long, at the end of a row are no moment that passes: polls of a minute would have seen them twice. Of
two rows in a row the second would come a quarter of an hour later. Measured: outages are told 5 minutes sooner in the
median, for 0.001 false alarms a queue and week.
"""


class Verdict(NamedTuple):
    """What one look at a queue comes to. A named tuple: there is one for every row."""

    at: datetime
    """The end of the data that it rests on; UTC."""
    fired: tuple[Signal, ...]
    """What has just become unusual."""
    began: bool
    """Whether nothing was unusual before: a message."""
    alarmed: bool
    outcome: Outcome
    """BREACH while alarmed, CLEAR when not or when just over, LOW without three weeks of history."""
    found: tuple[Found, ...] = ()
    """Of everything that is unusual now, in the order of `Signal`; empty when not alarmed."""


class Alarm:
    """What one rule has to say of one place. Many of them may share a `Baseline`."""

    def __init__(self, baseline: Baseline, preset: Preset) -> None:
        self._baseline = baseline
        self._limits = LIMITS[preset]
        self._missed, self._gave_up, self._volume = RateSums(), RateSums(), VolumeSums()
        self._recent: list[tuple[Quarter, Expected]] = []
        self._on: dict[Signal, int] = {}
        """What is unusual, with the clear rows seen since."""
        self._long_waits = 0
        self._polled: datetime | None = None
        self._oldest: timedelta | None = None

    @property
    def alarmed(self) -> bool:
        return bool(self._on)

    def judge(self, row: Quarter, expected: Expected) -> tuple[Signal, ...]:
        """What `row` makes unusual that was not before. An alarm that is over by it is cleared."""
        if expected.fresh:
            self.restart()
        self._recent = [self._recent[-1], (row, expected)] if self._recent else [(row, expected)]
        fired: list[Signal] = []
        self._rates(row, expected, fired)
        self._offered(row, expected, fired)
        self._waits(row, expected, fired)
        if not fired and not self._on:
            return ()
        new = tuple(signal for signal in fired if signal not in self._on)
        self._on.update(dict.fromkeys(new, 0))
        self._resolve()
        return new

    def live(self, waiting: int, oldest_wait: timedelta | None, at: datetime) -> tuple[Signal, ...]:
        """A look between rows: only the oldest wait is judged, on two looks that follow one another."""
        self._polled = at
        self._poll(waiting, oldest_wait)
        if self._long_waits < POLLS or Signal.OLDEST_WAIT in self._on:
            return ()
        self._on[Signal.OLDEST_WAIT] = 0
        return (Signal.OLDEST_WAIT,)

    def restart(self) -> None:
        """Forget what was going on: the queue has just opened, or rows are missing."""
        for sums in (self._missed, self._gave_up, self._volume):
            sums.clear()
        self._on.clear()
        self._recent = []
        self._long_waits = 0

    def found(self) -> tuple[Found, ...]:
        """The figures of what is unusual now; the last two rows, beside the same hour of the weeks before."""
        if not self._on or not self._recent:
            return ()
        recent = [row for row, _ in self._recent]
        weeks = self._baseline.weeks(self._recent[-1][1].slot.number)
        # What is over already waits for the rest, and is told no more.
        still = [signal for signal in Signal if self._on.get(signal) == 0] or [
            signal for signal in Signal if signal in self._on
        ]
        return tuple(found_of(signal, recent, weeks, self._oldest) for signal in still)

    def verdict(self, at: datetime, fired: tuple[Signal, ...], *, known: bool) -> Verdict:
        """What was found, as rules tell it."""
        if not self._on:
            return Verdict(at, fired, False, False, Outcome.CLEAR if known else Outcome.LOW)
        began = bool(fired) and len(fired) == len(self._on)
        return Verdict(at, fired, began, alarmed=True, outcome=Outcome.BREACH, found=self.found())

    def _rates(self, row: Quarter, expected: Expected, fired: list[Signal]) -> None:
        limits, n = self._limits, row.n
        decay = rates.decay(row.minutes)
        known = expected.served >= LEAST_WEEKS
        if row.missed is not None:
            self._missed.add(row.missed, n, expected.missed, decay)
            if known and self._missed.fires(expected.missed_spread, limits, limits.missed):
                fired.append(Signal.MISSED)
        self._gave_up.add(row.gave_up, n, expected.gave_up, decay)
        if known and self._gave_up.fires(expected.gave_up_spread, limits, limits.abandoned):
            fired.append(Signal.ABANDONED)

    def _offered(self, row: Quarter, expected: Expected, fired: list[Signal]) -> None:
        if expected.offered is None:
            return
        self._volume.add(row.offered, expected.offered * row.minutes / 15, volume.decay(row.minutes))
        if self._volume.material and (signal := self._volume_signal()):
            fired.append(signal)

    def _waits(self, row: Quarter, expected: Expected, fired: list[Signal]) -> None:
        if row.waiting is None or (self._polled is not None and self._polled > row.start):
            return
        self._poll(row.waiting, row.oldest_wait)
        if self._long_waits and row.waiting >= MANY_WAITING:
            self._long_waits = max(self._long_waits, POLLS)
        if self._long_waits >= POLLS and expected.weeks >= LEAST_WEEKS:
            fired.append(Signal.OLDEST_WAIT)

    def _volume_signal(self) -> Signal | None:
        sums = self._volume
        # A wider spread only brings z nearer to 0: most rows are settled without working it out.
        if volume.LOW < sums.z(volume.LEAST_SPREAD) < volume.HIGH:
            return None
        if (Signal.VOLUME_LOW if sums.x < sums.e else Signal.VOLUME_HIGH) in self._on:
            return None  # known, and is told to be over by the last rows alone
        z = sums.z(self._baseline.volume_spread())
        if z <= volume.LOW:
            return Signal.VOLUME_LOW
        return Signal.VOLUME_HIGH if z >= volume.HIGH else None

    def _poll(self, waiting: int, oldest_wait: timedelta | None) -> None:
        self._oldest = oldest_wait
        long = waiting >= LEAST_WAITING and oldest_wait is not None and self._too_long(oldest_wait.total_seconds())
        self._long_waits = self._long_waits + 1 if long else 0

    def _too_long(self, seconds: float) -> bool:
        if seconds <= LEAST_WAIT:
            return False
        usual = self._baseline.usual_oldest_wait()
        return usual is None or seconds > USUAL_TIMES * usual

    def _resolve(self) -> None:
        recent, over = self._recent, True
        for signal in self._on:
            self._on[signal] = self._on[signal] + 1 if self._clear(signal, recent) else 0
            over = over and self._on[signal] >= CLEAR_ROWS
        if over:
            self.restart()
            self._recent = recent

    def _clear(self, signal: Signal, recent: list[tuple[Quarter, Expected]]) -> bool:
        """Whether the last half hour alone is as usual again."""
        expected = recent[-1][1]
        match signal:
            case Signal.MISSED:
                rows = [(row.missed, row.n, usual.missed) for row, usual in recent if row.missed is not None]
                return recent_z(rows, expected.missed_spread) < CLEAR_Z
            case Signal.ABANDONED:
                rows = [(row.gave_up, row.n, usual.gave_up) for row, usual in recent]
                return recent_z(rows, expected.gave_up_spread) < CLEAR_Z
            case Signal.OLDEST_WAIT:
                return self._long_waits == 0
            case _:
                known = [(row.offered, usual.offered * row.minutes / 15) for row, usual in recent if usual.offered]
                x, e = sum(row[0] for row in known), sum(row[1] for row in known)
                if signal is Signal.VOLUME_LOW:
                    x, e = -x, -e
                if (x - e) < CLEAR_Z * abs(e) ** 0.5:
                    return True  # with any spread
                return volume_z(x, e, abs(e), self._baseline.volume_spread()) < CLEAR_Z


class Detector:
    """`unusual` for one place with one preset: a baseline and an alarm."""

    def __init__(
        self,
        zone: ZoneInfo | Slots,
        preset: Preset,
        holidays: Container[date] = frozenset(),
        normal_since: datetime | None = None,
    ) -> None:
        self.baseline = Baseline(zone if isinstance(zone, Slots) else Slots(zone), holidays, normal_since)
        self.alarm = Alarm(self.baseline, preset)

    def feed(self, row: Quarter) -> Verdict | None:
        """Judge `row` by what was learnt before it, then learn it.

        Rows come in the order of time. None on holidays, before `normal_since`, and for a row that was there before.
        """
        expected = self.baseline.expect(row)
        if expected is None:
            if not self.baseline.seen(row.start):
                self.alarm.restart()
            return None
        fired = self.alarm.judge(row, expected)
        verdict = self.alarm.verdict(row.end, fired, known=expected.weeks >= LEAST_WEEKS)
        self.baseline.learn(row, expected)
        return verdict

    def live(self, waiting: int, oldest_wait: timedelta | None, at: datetime) -> Verdict:
        """A look at who is waiting at `at`, once a minute, between rows."""
        return self.alarm.verdict(at, self.alarm.live(waiting, oldest_wait, at), known=True)

    def usually_open(self, start: datetime) -> bool:
        """Whether a quarter hour without a sample is a row of zeros: see `Baseline.usually_open`."""
        return self.baseline.usually_open(start)
