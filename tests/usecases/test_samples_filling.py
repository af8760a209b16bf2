"""How the store of quarter hours is filled, over the wire."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.demo.centre_organisation import Queue
from bot.domain.alerts.keeping import Late
from bot.domain.alerts.samples import QUARTER, Place
from bot.domain.ids import QueueId
from bot.domain.queues import Media
from bot.errors import GenesysError
from bot.genesys.fetching import Held
from bot.genesys.fetching import Place as Cell
from bot.genesys.tallies import Tally
from bot.genesys.wire_aggregates import Slice
from bot.store.database import open_store
from bot.usecases.samples.filling import AGAIN, RECORDED, REQUESTS, parts_of, stretches_of
from tests.usecases.samples_site import BILLING, FRIDAY, Clock, site, visit

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.store.database import Store

END = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
"""Of the last quarter hour that is complete."""
BILLING_CALLS = Place(QueueId(BILLING.id), Media.VOICE)
WEEK = timedelta(days=7)


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    async with open_store("sqlite://") as store:
        yield store


async def test_a_quarter_hour_is_there_two_minutes_after_its_end(store: Store) -> None:
    async with site(store, [visit(END - timedelta(minutes=5))], clock=Clock(END + timedelta(minutes=2))) as here:
        refreshed = await here.filling().refresh(here.clock.now)
        (sample,) = await store.samples.between(END - AGAIN, END)
    assert refreshed
    assert refreshed.end == END
    assert (sample.place, sample.start, sample.answered) == (BILLING_CALLS, END - QUARTER, 1)


async def test_it_is_not_taken_for_complete_sooner(store: Store) -> None:
    async with site(store, [], clock=Clock(END + timedelta(seconds=119))) as here:
        refreshed = await here.filling().refresh(here.clock.now)
    assert refreshed
    assert refreshed.end == END - QUARTER


async def test_one_request_asks_for_all_queues_and_ten_thresholds(store: Store) -> None:
    async with site(store, []) as here:
        here.rules |= {timedelta(seconds=42)}
        await here.filling().refresh(here.clock.now)
    (body,) = here.asked
    assert (body["granularity"], body["timeZone"]) == ("PT15M", "UTC")
    bounds = sorted(view["range"]["lt"] - 1 for view in body["views"])
    # The queues' own, the rule's, and the grid up to ten.
    assert bounds == [5_000, 10_000, 20_000, 30_000, 37_000, 42_000, 45_000, 60_000, 90_000, 120_000]


async def test_nothing_is_asked_again_until_the_next_quarter_hour_is_complete(store: Store) -> None:
    async with site(store, []) as here:
        filling = here.filling()
        refreshed = [await filling.refresh(here.clock.now)]
        refreshed += [await filling.refresh(here.clock.later(minutes=1)) for _ in range(15)]
    assert [bool(one) for one in refreshed] == [True] + [False] * 14 + [True]
    assert len(here.asked) == 2


async def test_late_data_is_told_and_kept(store: Store) -> None:
    at = END - timedelta(hours=2, minutes=50)
    clock = Clock()
    async with site(store, [visit(at)], clock=clock) as here:
        first = await here.filling().refresh(clock.now)
    async with site(store, [visit(at), visit(at, wait_ms=15_000)], clock=clock) as here:
        again = await here.filling().refresh(clock.now)
        (sample,) = await store.samples.between(END - AGAIN, END)
    assert first
    assert not first.changed
    assert again
    assert again.changed == {Late(BILLING_CALLS, sample.start)}
    assert sample.answered == 2


async def test_a_failure_is_raised_and_the_next_minute_tries_again(store: Store) -> None:
    async with site(store, []) as here:
        filling = here.filling()
        await here.directory.snapshot()
        here.faults.set("down")
        with pytest.raises(GenesysError):
            await filling.refresh(here.clock.now)
        here.faults.clear()
        assert await filling.refresh(here.clock.later(minutes=1))


@pytest.mark.parametrize(
    ("queues", "days", "at_once", "whole"),
    [
        pytest.param(40, 70, 1, 27, id="forty queues, ten weeks: sixty-two hours a request"),
        pytest.param(500, 3, 5, 35, id="five hundred, three days: ten hours take five requests"),
    ],
)
async def test_history_is_loaded_newest_first_by_a_few_requests_a_minute(
    store: Store, queues: int, days: int, at_once: int, whole: int
) -> None:
    async with site(store, [], queues=[Queue.named(f"Queue {number:03}") for number in range(queues)]) as here:
        filling = here.filling(kept=timedelta(days=days))
        await filling.refresh(here.clock.now)
        assert len(here.asked) == at_once
        here.log.clear()
        left = [await filling.fill(here.clock.now)]
        while left[-1].left:
            before = len(here.asked)
            left.append(await filling.fill(here.clock.later(seconds=10)))
            assert len(here.asked) - before <= REQUESTS
        starts = list(dict.fromkeys(start for start, _ in here.intervals))
        missing = await store.samples.missing(END - timedelta(days=days) + QUARTER, END)
    assert len(here.asked) == whole
    assert starts == sorted(starts, reverse=True)
    assert not missing


async def test_history_that_is_there_costs_nothing(store: Store) -> None:
    async with site(store, []) as here:
        filling = here.filling()
        while (await filling.fill(here.clock.now)).left:
            pass
        here.log.clear()
        for _ in range(60):
            await filling.refresh(here.clock.now)
            await filling.fill(here.clock.later(minutes=1))
        assert len(here.asked) == 4  # the refreshes


async def test_a_gap_of_the_time_nobody_was_there_is_filled_by_whoever_comes_back(store: Store) -> None:
    clock = Clock()
    async with site(store, [], clock=clock) as here:
        while (await here.filling().fill(clock.now)).left:
            pass
        await here.filling().refresh(clock.now)
    clock.later(hours=15)
    missed = visit(END + timedelta(hours=1))
    async with site(store, [missed], clock=clock) as here:
        filling = here.filling()
        await filling.refresh(clock.now)
        filled = await filling.fill(clock.now)
        found = await store.samples.between(END, clock.now)
        assert not await store.samples.missing(END - 10 * WEEK + timedelta(days=1), END + timedelta(hours=15))
    assert filled.quarters == 12 * 4
    assert [sample.place for sample in found] == [BILLING_CALLS]


async def test_what_failed_is_left_alone_for_a_while_and_then_goes_on(store: Store) -> None:
    async with site(store, []) as here:
        filling = here.filling(kept=timedelta(days=20))
        await here.directory.snapshot()
        here.faults.set("down")
        with pytest.raises(GenesysError):
            await filling.fill(here.clock.now)
        here.faults.clear()
        here.log.clear()
        assert (await filling.fill(here.clock.later(minutes=1))).quarters == 0
        assert not here.asked
        assert (await filling.fill(here.clock.later(minutes=1))).quarters > 0


async def test_a_day_is_counted_again_when_the_night_is_over_and_once_more_a_day_later(store: Store) -> None:
    midnight = datetime(2026, 11, 20, tzinfo=UTC)
    async with site(store, [], clock=Clock(midnight + timedelta(hours=5))) as here:
        filling = here.filling(kept=timedelta(days=3))
        asked: list[tuple[datetime, datetime]] = []
        for _ in range(40):
            await filling.refresh(here.clock.now)
            here.log.clear()
            await filling.fill(here.clock.now)
            asked += here.intervals
            here.clock.later(hours=1)
    day = timedelta(days=1)
    assert asked[1:] == [(midnight - 2 * day, midnight), (midnight - day, midnight + day)]


async def test_a_threshold_that_a_new_rule_names_is_counted_back_to_the_beginning(store: Store) -> None:
    odd = timedelta(milliseconds=12_345)
    async with site(store, [visit(END - WEEK, wait_ms=12_345), visit(END - WEEK, wait_ms=12_346)]) as here:
        filling = here.filling()
        while (await filling.fill(here.clock.now)).left:
            pass
        here.rules.add(odd)
        while (await filling.fill(here.clock.now)).left:
            pass
        (sample,) = await store.samples.between(END - WEEK - QUARTER, END)
    assert sample.within[odd] == 1


async def test_an_answer_that_is_too_large_is_asked_for_in_parts(store: Store) -> None:
    visits = [visit(END - timedelta(hours=hours)) for hours in range(4, 40)]
    async with site(store, visits) as here:
        here.options.most_rows = 30
        filling = here.filling(kept=timedelta(days=2))
        while (await filling.fill(here.clock.now)).left:
            pass
        found = await store.samples.between(END - timedelta(days=2), END)
    assert sum(sample.answered for sample in found) == len(visits)


async def test_without_queues_nothing_is_asked(store: Store) -> None:
    async with site(store, [], queues=()) as here:
        filling = here.filling()
        assert await filling.refresh(here.clock.now)
        assert not (await filling.fill(here.clock.now)).quarters
        assert not here.asked


async def test_what_is_older_than_it_is_kept_is_forgotten(store: Store) -> None:
    async with site(store, [visit(END - timedelta(days=2))], clock=Clock()) as here:
        await here.filling(kept=timedelta(days=3)).fill(here.clock.now)
        here.clock.later(days=2)
        await here.filling(kept=timedelta(days=3)).fill(here.clock.now)
        assert not await store.samples.between(END - timedelta(days=10), here.clock.now)


@given(st.sets(st.integers(0, 400)), st.integers(1, 100))
def test_stretches_hold_all_that_is_due_newest_first_and_none_is_too_long(due: set[int], longest: int) -> None:
    quarters = sorted(FRIDAY + number * QUARTER for number in due)
    found = stretches_of(quarters, longest)
    assert all(any(start <= quarter < end for start, end in found) for quarter in quarters)
    assert all(QUARTER <= end - start <= longest * QUARTER for start, end in found)
    assert all(later[0] >= earlier[1] for later, earlier in pairwise(found))
    assert len(found) <= max(len(due), ceil(400 / longest) + 1)


@settings(max_examples=25)
@given(st.lists(st.booleans(), min_size=1, max_size=30), st.sampled_from([1, 300, 800, 1_600]))
def test_every_quarter_hour_is_recorded_once_in_transactions_of_a_bearable_size(busy: list[bool], queues: int) -> None:
    quarters = [END + number * QUARTER for number in range(len(busy))]
    tallies = {
        Cell(Media.VOICE, Slice(start, start + QUARTER)): Tally(offered=1)
        for start, some in zip(quarters, busy, strict=True)
        if some
    }
    one = Held(tallies=tallies, thresholds=frozenset(), as_of=FRIDAY, bodies=())
    parts = parts_of(END, END + len(busy) * QUARTER, {QueueId(f"{number}"): one for number in range(queues)})
    assert [quarter for part, _ in parts for quarter in part] == quarters
    assert all(sample.start in part for part, samples in parts for sample in samples)
    assert sum(len(samples) for _, samples in parts) == queues * len(tallies)
    assert all(len(part) == 1 or len(samples) <= RECORDED for part, samples in parts)
