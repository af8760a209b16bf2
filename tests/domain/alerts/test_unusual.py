"""What is told of one queue, row by row."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from bot.domain.alerts.baseline import Baseline
from bot.domain.alerts.quarters import Quarter
from bot.domain.alerts.readings import Outcome, Signal
from bot.domain.alerts.rules import Preset
from bot.domain.alerts.samples import Glimpse, Place, Sample
from bot.domain.alerts.slots import Slots
from bot.domain.alerts.unusual import Alarm, Detector, Verdict
from bot.domain.ids import QueueId
from bot.domain.queues import Media
from bot.domain.sla import Share

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

LONDON = ZoneInfo("Europe/London")
QUARTER = timedelta(minutes=15)
OPEN, CLOSED = 9, 17
MONDAY = date(2026, 1, 5)


@dataclass
class Queue:
    """Open on weekdays from nine to five, local time: 40 contacts a quarter hour, a tenth of them missed."""

    preset: Preset = Preset.DEFAULT
    holidays: Container[date] = frozenset()
    normal_since: datetime | None = None
    detector: Detector = field(init=False)

    def __post_init__(self) -> None:
        self.detector = Detector(LONDON, self.preset, self.holidays, self.normal_since)

    def day(self, day: date, missed: dict[int, int] | None = None, **more: dict[int, int]) -> list[Verdict | None]:
        """A day of which some rows, counted from the opening, are not as usual."""
        told = []
        for number, start in enumerate(starts(day)):
            offered = more.get("offered", {}).get(number, 40 + number % 3)
            late = (missed or {}).get(number, 4 + number % 2)
            left = more.get("left", {}).get(number, 1)
            row = Quarter(start, 15, offered, max(0, offered - left), min(left, offered), 0, min(late, offered))
            told.append(self.detector.feed(row))
        return told

    def weeks(self, count: int, first: date = MONDAY) -> Queue:
        for number in range(7 * count):
            if (day := first + timedelta(days=number)).weekday() < 5:
                self.day(day)
        return self


def starts(day: date) -> Iterator[datetime]:
    opening = datetime(day.year, day.month, day.day, OPEN, tzinfo=LONDON).astimezone(UTC)
    return (opening + number * QUARTER for number in range(4 * (CLOSED - OPEN)))


def begun(told: list[Verdict | None]) -> list[int]:
    return [number for number, verdict in enumerate(told) if verdict is not None and verdict.began]


def after(weeks: int) -> date:
    return MONDAY + timedelta(weeks=weeks)


ALL_DAY = dict.fromkeys(range(32), 30)


def test_an_ordinary_day_is_silent() -> None:
    told = Queue().weeks(9).day(after(9))
    assert [verdict.outcome for verdict in told if verdict] == [Outcome.CLEAR] * 32


def test_an_outage_is_told_once_with_its_figures_and_what_is_usual() -> None:
    queue = Queue().weeks(9)
    told = queue.day(after(9), dict.fromkeys(range(8, 16), 30))
    assert len(begun(told)) == 1
    verdict = told[begun(told)[0]]
    assert verdict is not None
    assert verdict.at == next(iter(starts(after(9)))) + (begun(told)[0] + 1) * QUARTER
    assert verdict.fired == (Signal.MISSED,)
    (found,) = verdict.found
    assert (found.measure, found.signal, found.weeks, found.worst) == ("service_level", Signal.MISSED, 8, True)
    assert isinstance(found.figure, Share)
    number = begun(told)[0]
    contacts = sum(40 + row % 3 for row in (number - 1, number))
    late = sum(30 if row >= 8 else 4 + row % 2 for row in (number - 1, number))
    assert found.figure == Share(within=contacts - late, denominator=contacts)
    assert found.window == timedelta(minutes=30)
    near = range(number - 2, number + 3)
    usual = Share(within=sum(36 + row % 3 - row % 2 for row in near), denominator=sum(40 + row % 3 for row in near))
    assert found.usual == (usual, usual), "every week was the same: an hour of five rows around this one"


def test_it_is_over_on_the_second_row_whose_half_hour_is_as_usual_and_does_not_come_back() -> None:
    told = Queue().weeks(9).day(after(9), dict.fromkeys(range(8, 16), 30))
    alarmed = [number for number, verdict in enumerate(told) if verdict and verdict.alarmed]
    assert alarmed[-1] == 17, "rows 17 and 18 are two clear half hours"
    assert told[18] is not None
    assert told[18].outcome is Outcome.CLEAR


@pytest.mark.parametrize(
    ("rows", "signal", "why"),
    [
        ({"left": dict.fromkeys(range(8, 14), 18)}, Signal.ABANDONED, "abandoned"),
        ({"offered": dict.fromkeys(range(8, 14), 8)}, Signal.VOLUME_LOW, "hardly anybody comes"),
        ({"offered": dict.fromkeys(range(8, 14), 130)}, Signal.VOLUME_HIGH, "three times as many"),
    ],
)
def test_what_else_is_unusual(rows: dict[str, dict[int, int]], signal: Signal, why: str) -> None:
    told = Queue().weeks(9).day(after(9), **rows)
    fired = [verdict.fired for verdict in told if verdict and verdict.began]
    assert fired == [(signal,)], why


def test_good_news_is_no_alarm() -> None:
    told = Queue().weeks(9).day(after(9), dict.fromkeys(range(32), 0))
    assert begun(told) == []


@pytest.mark.parametrize(
    ("weeks", "outcome"), [(2, Outcome.LOW), (3, Outcome.BREACH)], ids=["two weeks are too few", "three are enough"]
)
def test_it_needs_three_weeks(weeks: int, outcome: Outcome) -> None:
    told = Queue().weeks(weeks).day(after(weeks), ALL_DAY)
    assert told[-1] is not None
    assert told[-1].outcome is outcome


def test_a_holiday_is_neither_judged_nor_learnt() -> None:
    holiday = after(8)
    with_it, without = Queue(holidays={holiday}).weeks(8), Queue().weeks(8)
    assert with_it.day(holiday, offered=dict.fromkeys(range(32), 2)) == [None] * 32
    later = after(9)
    for day in (holiday + timedelta(days=number) for number in range(1, 5)):
        with_it.day(day)
        without.day(day)
    assert with_it.day(later) == without.day(later)


def test_since_it_is_normal_only_what_came_after_counts() -> None:
    since = datetime(2026, 2, 2, tzinfo=UTC)
    queue = Queue(normal_since=since)
    queue.weeks(4)
    assert queue.detector.baseline.weeks(Slots(LONDON).of(next(iter(starts(after(4))))).number) == ()
    queue.weeks(3, after(4))
    told = queue.day(after(7), ALL_DAY)
    assert begun(told) != []


def test_closing_ends_an_alarm_and_opening_begins_with_a_clean_slate() -> None:
    queue = Queue().weeks(9)
    queue.day(after(9), ALL_DAY)
    assert queue.detector.alarm.alarmed
    told = queue.day(after(9) + timedelta(days=1))
    assert told[0] is not None
    assert told[0].outcome is Outcome.CLEAR
    assert begun(told) == []


@pytest.mark.parametrize(
    ("every", "fires", "why"), [(1, True, "row after row"), (2, False, "every other row is missing")]
)
def test_after_a_gap_nothing_of_before_counts(every: int, fires: bool, why: str) -> None:
    queue, fired = Queue().weeks(9), set()
    for start in list(starts(after(9)))[::every]:
        verdict = queue.detector.feed(Quarter(start, 15, 12, 12, 0, 0, 4))
        fired |= set(verdict.fired if verdict else ())
    assert (Signal.MISSED in fired) is fires, why


@pytest.mark.parametrize("preset", list(Preset))
def test_presets_differ_in_how_soon_they_speak(preset: Preset) -> None:
    told = Queue(preset=preset).weeks(9).day(after(9), dict.fromkeys(range(8, 24), 13))
    assert bool(begun(told)) is (preset is Preset.SENSITIVE)


def test_several_presets_share_what_is_usual() -> None:
    slots = Slots(LONDON)
    baseline = Baseline(slots, frozenset())
    alarms = [Alarm(baseline, preset) for preset in Preset]
    alone = [Detector(slots, preset) for preset in Preset]
    queue_days = [MONDAY + timedelta(days=n) for n in range(7 * 9 + 1) if n % 7 < 5]
    for day in queue_days:
        for number, start in enumerate(starts(day)):
            late = 30 if day == queue_days[-1] and 8 <= number < 16 else 4 + number % 2
            row = Quarter(start, 15, 40, 39, 1, 0, late)
            expected = baseline.expect(row)
            assert expected is not None
            together = [alarm.judge(row, expected) for alarm in alarms]
            baseline.learn(row, expected)
            verdicts = [detector.feed(row) for detector in alone]
            assert together == [verdict.fired if verdict else None for verdict in verdicts]


def test_a_clock_change_does_not_shift_the_hours() -> None:
    """Clocks go forward on 29 March 2026: the busy half hour stays at ten by the clock, an hour earlier in UTC."""
    queue = Queue()
    busy = dict.fromkeys(range(4, 6), 35)
    for number in range(7 * 13):
        day = MONDAY + timedelta(days=number)
        if day.weekday() < 5:
            told = queue.day(day, busy)
            assert number < 28 or begun(told) == [], day


def test_what_is_there_again_is_neither_judged_nor_ends_an_alarm() -> None:
    queue = Queue().weeks(4)
    queue.day(after(4), ALL_DAY)
    start = next(iter(starts(after(3))))
    assert queue.detector.feed(Quarter(start, 15, 40, 40, 0, 0, 0)) is None
    assert queue.detector.alarm.alarmed


WAIT = timedelta(minutes=6)


@pytest.mark.parametrize(
    ("polls", "fires", "why"),
    [
        ([(4, WAIT), (4, WAIT)], True, "twice in a row"),
        ([(4, WAIT), (4, timedelta(minutes=4)), (4, WAIT)], False, "four minutes are not more than four minutes"),
        ([(3, WAIT), (3, WAIT)], False, "three are too few"),
        ([(9, None), (9, None)], False, "not known how long"),
    ],
)
def test_a_long_wait_is_told_between_rows(polls: list[tuple[int, timedelta | None]], fires: bool, why: str) -> None:
    queue = Queue().weeks(4)
    at = datetime(2026, 2, 2, 10, 1, tzinfo=UTC)
    verdicts = [queue.detector.live(*poll, at + timedelta(minutes=n)) for n, poll in enumerate(polls)]
    assert any(verdict.began for verdict in verdicts) is fires, why
    if fires:
        (found,) = verdicts[-1].found
        assert (found.measure, found.figure) == ("oldest_wait", WAIT)


def test_where_long_waits_are_usual_only_longer_ones_are_told() -> None:
    queue = Queue()
    for day in (MONDAY + timedelta(days=n) for n in range(28) if n % 7 < 5):
        for start in starts(day):
            queue.detector.feed(Quarter(start, 15, 40, 36, 4, 0, 4, 8, timedelta(minutes=5)))
    at = datetime(2026, 2, 2, 10, 1, tzinfo=UTC)
    assert not any(queue.detector.live(8, timedelta(minutes=19), at + timedelta(minutes=n)).alarmed for n in range(3))
    assert any(queue.detector.live(8, timedelta(minutes=21), at + timedelta(minutes=n)).alarmed for n in range(3, 6))


def test_a_quarter_hour_without_a_sample_is_open_where_contacts_came_in_the_weeks_before() -> None:
    detector = Queue().weeks(4).detector
    opening, *_, last = starts(after(4))
    assert [detector.usually_open(moment) for moment in (opening, last)] == [True, True]
    assert [detector.usually_open(moment) for moment in (opening - QUARTER, last + QUARTER)] == [False, False]


def test_memory_does_not_grow_with_the_years() -> None:
    baseline = Queue().weeks(14).detector.baseline
    assert len(baseline._days) <= 29
    assert len(baseline.weeks(Slots(LONDON).of(next(iter(starts(after(14))))).number)) == 8


@pytest.mark.parametrize(
    ("threshold", "missed", "why"),
    [
        (timedelta(seconds=20), 7, "12 rated, 5 of them within 20 s"),
        (timedelta(seconds=30), 5, "not asked for: the platform's 3 late ones and 2 who gave up"),
        (None, None, "no promise"),
    ],
)
def test_a_sample_is_held_to_the_queue_s_own_target(threshold: timedelta | None, missed: int | None, why: str) -> None:
    place = Place(QueueId("q"), Media.VOICE)
    start = datetime(2026, 1, 5, 9, tzinfo=UTC)
    sample = Sample(
        place=place,
        start=start,
        offered=13,
        answered=10,
        abandoned=3,
        short_abandoned=1,
        over_target=3,
        within={timedelta(seconds=20): 5},
    )
    row = Quarter.of(sample, threshold, Glimpse(place=place, start=start, waiting=2, oldest_wait=WAIT))
    assert (row.missed, row.n, row.gave_up, row.waiting, row.oldest_wait) == (missed, 12, 2, 2, WAIT), why
    assert row.end == sample.end
