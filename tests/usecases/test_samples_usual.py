"""What is usual at an hour of the week, and what usually still comes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from bot.domain.alerts.samples import QUARTER, Glimpse, Place, Sample
from bot.domain.amounts import Amounts, Spells, Times
from bot.domain.ids import QueueId
from bot.domain.metrics import METRICS
from bot.domain.queues import Media
from bot.domain.sla import Share, Switches
from bot.store.database import open_store
from bot.usecases.samples.history import History
from bot.usecases.samples.usual import Expected, Range, Usual

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection

    from bot.store.database import Store

LONDON = ZoneInfo("Europe/London")
KATHMANDU = ZoneInfo("Asia/Kathmandu")
T20 = timedelta(seconds=20)
HALF_HOUR = timedelta(minutes=30)
DAY = timedelta(days=1)
CALLS = Place(QueueId("billing"), Media.VOICE)
OTHERS = Place(QueueId("sales"), Media.VOICE)
FRIDAY = date(2026, 11, 20)
AFTER_THE_CHANGE = date(2026, 10, 26)
"""A Monday in winter time; the Mondays before were in summer time."""
BY_NAME = {metric.name: metric for metric in METRICS}


def local(day: date, clock: str, zone: ZoneInfo = LONDON) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), zone).astimezone(UTC)


def quarter(start: datetime, *, place: Place = CALLS, **counts: Any) -> Sample:
    return Sample(place=place, start=start, **counts)


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    async with open_store("sqlite://") as store:
        yield store


async def keep(
    store: Store, samples: Collection[Sample], *, weeks: Collection[int] = range(1, 9), around: date = FRIDAY
) -> None:
    """As they would have been fetched: the whole local days of these weeks back."""
    for back in weeks:
        start = local(around - timedelta(days=7 * back), "00:00") - 6 * QUARTER * 4
        quarters = [start + number * QUARTER for number in range(36 * 4)]
        mine = [sample for sample in samples if sample.start in quarters]
        await store.samples.record(quarters, mine, thresholds=frozenset({T20}), fetched_at=start + 3 * DAY)


def history(store: Store, switches: Switches | None = None) -> History:
    return History(store.samples, switches=switches or Switches())


async def usual(store: Store, *, end: datetime, zone: ZoneInfo = LONDON, holidays: Collection[date] = ()) -> Usual:
    found = await history(store).usual({CALLS: T20}, end=end, window=HALF_HOUR, zone=zone, holidays=holidays)
    return found[CALLS]


def each_week(clock: str, offered: Collection[int], *, around: date = FRIDAY, **counts: Any) -> list[Sample]:
    """One sample for each week back, the latest first."""
    return [
        quarter(local(around - timedelta(days=7 * (number + 1)), clock), offered=count, **counts)
        for number, count in enumerate(offered)
    ]


async def test_eight_weeks_at_the_same_local_time_are_what_is_usual(store: Store) -> None:
    await keep(store, each_week("10:00", [12, 15, 11, 19, 14, 13, 16, 18]))
    found = await usual(store, end=local(FRIDAY, "10:30"))
    assert [week.offered for week in found.weeks] == [12, 15, 11, 19, 14, 13, 16, 18]
    assert found.range_of(BY_NAME["offered"].of) == Range(11, 19, 8)
    assert found.offered == Fraction(29, 2)


async def test_a_stretch_has_its_start_and_not_its_end(store: Store) -> None:
    mine = [*each_week("09:45", [100] * 8), *each_week("10:00", [1] * 8), *each_week("10:15", [2] * 8)]
    await keep(store, [*mine, *each_week("10:30", [100] * 8)])
    assert [week.offered for week in (await usual(store, end=local(FRIDAY, "10:30"))).weeks] == [3] * 8


async def test_a_change_of_the_clocks_does_not_move_the_hour(store: Store) -> None:
    at_nine = each_week("09:00", [7] * 8, around=AFTER_THE_CHANGE)
    assert {sample.start.hour for sample in at_nine} == {8}
    await keep(store, at_nine, around=AFTER_THE_CHANGE)
    found = await usual(store, end=local(AFTER_THE_CHANGE, "09:30"))
    assert [week.offered for week in found.weeks] == [7] * 8


async def test_a_week_in_which_the_clocks_skipped_a_part_is_left_out(store: Store) -> None:
    sunday = date(2026, 4, 5)
    await keep(store, each_week("01:00", [3] * 8, around=sunday), around=sunday)
    found = await usual(store, end=local(sunday, "01:30"))
    assert len(found.weeks) == 7


async def test_holidays_are_not_usual(store: Store) -> None:
    await keep(store, each_week("10:00", [0, 15, 11, 19, 14, 13, 16, 18]))
    found = await usual(store, end=local(FRIDAY, "10:30"), holidays={FRIDAY - timedelta(days=7)})
    assert found.range_of(BY_NAME["offered"].of) == Range(11, 19, 7)


@pytest.mark.parametrize(
    ("weeks", "known"),
    [pytest.param((1, 2), False, id="twice is not usual"), pytest.param((1, 2, 5), True, id="three weeks are")],
)
async def test_less_than_three_weeks_tell_nothing(store: Store, weeks: Collection[int], known: bool) -> None:
    await keep(store, each_week("10:00", [4] * 8, times=Times(handled=Spells(1, T20, T20))), weeks=weeks)
    found = await usual(store, end=local(FRIDAY, "10:30"))
    assert len(found.weeks) == len(weeks)
    assert [found.range_of(BY_NAME["offered"].of) is None, found.offered is None, found.aht is None] == [not known] * 3


async def test_a_week_of_which_a_part_was_never_fetched_is_not_known(store: Store) -> None:
    await keep(store, each_week("10:00", [4] * 8), weeks=range(2, 9))
    week = FRIDAY - timedelta(days=7)
    await store.samples.record([local(week, "10:00")], [], thresholds=frozenset(), fetched_at=local(FRIDAY, "00:00"))
    assert len((await usual(store, end=local(FRIDAY, "10:30"))).weeks) == 7


async def test_a_quiet_week_counts_and_has_no_share(store: Store) -> None:
    busy = each_week("10:00", [0, 20, 20, 20], answered=20, within={T20: 15})
    await keep(store, busy[1:], weeks=range(1, 5))
    found = await usual(store, end=local(FRIDAY, "10:30"))
    assert found.range_of(BY_NAME["offered"].of) == Range(0, 20, 4)
    level = found.range_of(BY_NAME["service_level"].of)
    assert level == Range(Share(within=15, denominator=20), Share(within=15, denominator=20), 3)


async def test_shares_are_ordered_by_value_and_their_counts_are_kept(store: Store) -> None:
    samples = [
        quarter(local(FRIDAY - timedelta(days=7 * back), "10:15"), answered=rated, within={T20: within})
        for back, (within, rated) in enumerate([(9, 10), (80, 100), (2, 4)], start=1)
    ]
    await keep(store, samples)
    found = (await usual(store, end=local(FRIDAY, "10:30"))).range_of(BY_NAME["service_level"].of)
    assert found == Range(Share(within=2, denominator=4), Share(within=9, denominator=10), 3)


async def test_a_threshold_that_was_not_asked_for_is_not_zero(store: Store) -> None:
    await keep(store, each_week("10:00", [9] * 8, answered=9, within={T20: 9}))
    places = {CALLS: timedelta(seconds=33)}
    found = await history(store).usual(places, end=local(FRIDAY, "10:30"), window=HALF_HOUR, zone=LONDON)
    assert found[CALLS].range_of(BY_NAME["service_level"].of) is None


async def test_agents_on_queue_are_the_median_of_what_was_seen_last_in_each_week(store: Store) -> None:
    for back, agents in enumerate([11, 12, 20], start=1):
        day = FRIDAY - timedelta(days=7 * back)
        await store.samples.see(
            [
                Glimpse(place=CALLS, start=local(day, "10:00"), on_queue=99),
                Glimpse(place=CALLS, start=local(day, "10:15"), on_queue=agents),
            ]
        )
    await keep(store, [])
    assert (await usual(store, end=local(FRIDAY, "10:30"))).on_queue == 12


def test_causes_are_changes_against_the_usual() -> None:
    def week(offered: int, aht: int) -> Amounts:
        return Amounts(offered=offered, times=Times(handled=Spells(2, timedelta(seconds=2 * aht), timedelta())))

    usually = Usual(weeks=(week(50, 100), week(40, 100), week(60, 100)), on_queue=11)
    causes = usually.causes(week(69, 116), on_queue=7, waiting=9)
    assert (causes.offered, causes.aht) == (Fraction(19, 50), Fraction(4, 25))
    assert (causes.on_queue, causes.on_queue_usual, causes.waiting) == (7, 11, 9)


def test_nothing_usual_is_no_cause() -> None:
    causes = Usual(weeks=(), on_queue=None).causes(Amounts(offered=9), on_queue=7)
    assert (causes.offered, causes.aht, causes.on_queue_usual) == (None, None, None)


@pytest.mark.parametrize(
    ("after", "day", "half_hour"),
    [
        pytest.param("10:00", 40 + 6 + 20 + 100, 46, id="a half hour begins: all of it is to come"),
        pytest.param("10:15", 6 + 20 + 100, 6, id="its second quarter"),
        pytest.param("10:20", 4 + 20 + 100, 4, id="two thirds of a quarter: contacts come evenly"),
        pytest.param("10:30", 120, 20, id="the next half hour"),
        pytest.param("11:00", 100, 0, id="nothing until the evening"),
        pytest.param("23:45", 100, 100, id="the last quarter of the day"),
    ],
)
async def test_what_usually_still_comes_is_rated_contacts_until_midnight(
    store: Store, after: str, day: int, half_hour: int
) -> None:
    mine = [*each_week("10:00", [0] * 8, answered=40), *each_week("10:15", [0] * 8, answered=4, abandoned=2)]
    mine += [*each_week("10:30", [0] * 8, answered=20), *each_week("23:45", [0] * 8, answered=100)]
    await keep(store, [*mine, *each_week("09:45", [0] * 8, answered=1000)])
    found = await history(store).expected([CALLS, OTHERS], after=local(FRIDAY, after), zone=LONDON)
    assert found == {CALLS: Expected(day, half_hour), OTHERS: Expected(None, None)}


async def test_of_a_queue_that_has_closed_it_is_known_that_nobody_comes_any_more(store: Store) -> None:
    await keep(store, each_week("10:15", [0] * 8, answered=4))
    found = await history(store).expected([CALLS, OTHERS], after=local(FRIDAY, "18:00"), zone=LONDON)
    assert found == {CALLS: Expected(0, 0), OTHERS: Expected(None, None)}


async def test_what_is_rated_follows_the_switches(store: Store) -> None:
    await keep(store, each_week("10:15", [0] * 8, answered=4, abandoned=2))
    without = history(store, Switches(include_abandons=False))
    found = await without.expected([CALLS], after=local(FRIDAY, "10:00"), zone=LONDON)
    assert found[CALLS] == Expected(4, 4)


async def test_a_day_ends_at_local_midnight(store: Store) -> None:
    mine = [quarter(local(FRIDAY - timedelta(days=7 * b), "23:45", KATHMANDU), answered=5) for b in range(1, 9)]
    mine += [quarter(local(FRIDAY - timedelta(days=7 * b - 1), "00:00", KATHMANDU), answered=9) for b in range(1, 9)]
    await keep(store, mine)
    found = await history(store).expected([CALLS], after=local(FRIDAY, "12:00", KATHMANDU), zone=KATHMANDU)
    assert found[CALLS] == Expected(5, 0)


async def test_with_less_than_three_weeks_nothing_is_expected_of_the_rest(store: Store) -> None:
    await keep(store, each_week("10:15", [0] * 8, answered=4), weeks=(1, 2))
    found = await history(store).expected([CALLS], after=local(FRIDAY, "10:00"), zone=LONDON)
    assert found[CALLS] == Expected(None, None)
