from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update
from structlog.testing import capture_logs

from bot.domain.alerts.keeping import Fetched, Late
from bot.domain.alerts.samples import QUARTER, Place, Sample
from bot.domain.amounts import Spells, Times
from bot.domain.ids import QueueId
from bot.domain.queues import Media
from bot.store.alert_tables import sample_quarters, samples
from bot.store.database import open_store
from bot.store.sample_rows import sample_in, sample_row
from tests.store.digests import NOON, on_database

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from bot.store.database import Store

SECOND = timedelta(seconds=1)
ASKED = frozenset({20 * SECOND})
VOICE = Place(QueueId("7f1c"), Media.VOICE)
CHAT = Place(QueueId("7f1c"), Media.CHAT)
SALES = Place(QueueId("81aa"), Media.VOICE)
SPELLS = Spells(3, 100 * SECOND, 61 * SECOND)


def sample(place: Place = VOICE, quarters: int = 0, **other: Any) -> Sample:
    usual = {
        "offered": 5,
        "answered": 4,
        "abandoned": 1,
        "within": {20 * SECOND: 3},
        "times": Times(queued=SPELLS, transferred=2),
    }
    return Sample(place=place, start=NOON + quarters * QUARTER, **usual | other)


def quarters(first: int, last: int) -> list[datetime]:
    return [NOON + each * QUARTER for each in range(first, last)]


async def record(
    store: Store, which: Collection[datetime], some: Iterable[Sample], asked: frozenset[timedelta] = ASKED
) -> frozenset[Late]:
    return await store.samples.record(which, some, thresholds=asked, fetched_at=NOON)


async def test_samples_come_back_in_the_order_of_time_then_place(store: Store) -> None:
    kept = (sample(CHAT), sample(VOICE), sample(SALES), sample(VOICE, 1))
    await record(store, quarters(0, 2), reversed(kept))
    assert await store.samples.between(NOON, NOON + 2 * QUARTER) == kept


async def test_a_range_has_its_start_and_not_its_end(store: Store) -> None:
    await record(store, quarters(0, 3), [sample(quarters=each) for each in range(3)])
    assert await store.samples.between(NOON + QUARTER, NOON + 2 * QUARTER) == (sample(quarters=1),)


async def test_samples_of_some_queues_only(store: Store) -> None:
    await record(store, quarters(0, 1), [sample(VOICE), sample(CHAT), sample(SALES)])
    assert await store.samples.between(NOON, NOON + QUARTER, [SALES.queue]) == (sample(SALES),)
    assert await store.samples.between(NOON, NOON + QUARTER, []) == ()


async def test_samples_are_there_after_a_restart(store: Store, migrated_url: str) -> None:
    await record(store, quarters(0, 1), [sample()])
    async with open_store(migrated_url) as again:
        assert await again.samples.between(NOON, NOON + QUARTER) == (sample(),)


async def test_a_quarter_is_replaced_as_a_whole(store: Store) -> None:
    await record(store, quarters(0, 2), [sample(VOICE), sample(SALES), sample(VOICE, 1)])
    await record(store, quarters(0, 1), [sample(CHAT), sample(SALES, offered=6)])
    assert await store.samples.between(NOON, NOON + 2 * QUARTER) == (
        sample(CHAT),
        sample(SALES, offered=6),
        sample(VOICE, 1),
    )


async def test_nothing_is_late_in_a_quarter_that_was_never_fetched(store: Store) -> None:
    assert await record(store, quarters(0, 1), [sample()]) == frozenset()


@pytest.mark.parametrize(
    ("again", "late"),
    [
        pytest.param([sample(VOICE), sample(SALES)], {}, id="the same"),
        pytest.param([sample(VOICE, answered=3), sample(SALES)], {VOICE}, id="another count"),
        pytest.param([sample(VOICE, within={20 * SECOND: 4}), sample(SALES)], {VOICE}, id="more within"),
        pytest.param([sample(VOICE, times=Times(transferred=2)), sample(SALES)], {VOICE}, id="another time"),
        pytest.param([sample(VOICE)], {SALES}, id="no contacts after all"),
        pytest.param([sample(VOICE), sample(SALES), sample(CHAT)], {CHAT}, id="contacts after all"),
        pytest.param(
            [sample(VOICE, within={20 * SECOND: 3, 30 * SECOND: 4}), sample(SALES)], {}, id="one more threshold asked"
        ),
        pytest.param([sample(VOICE, within={}), sample(SALES)], {}, id="fewer thresholds asked"),
        pytest.param(
            [sample(VOICE, within={30 * SECOND: 4}, offered=9), sample(SALES)],
            {VOICE},
            id="another threshold and another count",
        ),
    ],
)
async def test_what_is_other_than_when_it_was_fetched_before_is_late(
    store: Store, again: list[Sample], late: Collection[Place]
) -> None:
    await record(store, quarters(0, 1), [sample(VOICE), sample(SALES)])
    assert await record(store, quarters(0, 1), again) == {Late(place, NOON) for place in late}
    assert await store.samples.between(NOON, NOON + QUARTER) == tuple(sorted(again, key=lambda one: one.place))


async def test_of_known_and_new_quarters_at_once_only_known_ones_are_late(store: Store) -> None:
    await record(store, quarters(0, 1), [sample()])
    assert await record(store, quarters(0, 2), [sample(offered=9), sample(quarters=1)]) == {Late(VOICE, NOON)}


async def test_quarters_without_any_contact_were_fetched_nevertheless(store: Store) -> None:
    await record(store, quarters(1, 3), [])
    assert await store.samples.missing(NOON, NOON + 4 * QUARTER) == (NOON, NOON + 3 * QUARTER)


async def test_only_whole_quarters_that_begin_in_a_range_are_missing(store: Store) -> None:
    missing = await store.samples.missing(NOON + timedelta(minutes=1), NOON + timedelta(minutes=16))
    assert missing == (NOON + QUARTER,)


async def test_it_is_known_when_a_quarter_was_fetched_last_and_what_was_asked_for(store: Store) -> None:
    await store.samples.record(quarters(0, 2), [], thresholds=ASKED, fetched_at=NOON)
    both = frozenset({20 * SECOND, 30 * SECOND})
    await store.samples.record(quarters(0, 1), [], thresholds=both, fetched_at=NOON + QUARTER)
    assert await store.samples.fetched(NOON, NOON + 2 * QUARTER) == {
        NOON: Fetched(NOON + QUARTER, both),
        NOON + QUARTER: Fetched(NOON, ASKED),
    }


@pytest.mark.parametrize(
    ("which", "some", "complaint"),
    [
        pytest.param(quarters(0, 1), [sample(quarters=1)], "does not belong", id="of another quarter"),
        pytest.param(quarters(0, 1), [sample(), sample()], "two samples", id="two of the same"),
        pytest.param([NOON + SECOND], [], "no start", id="no quarter of an hour"),
    ],
)
async def test_what_cannot_be_is_refused_and_nothing_is_kept(
    store: Store, which: list[datetime], some: list[Sample], complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        await record(store, which, some)
    assert await store.samples.fetched(NOON, NOON + 4 * QUARTER) == {}


async def test_two_processes_that_record_the_same_keep_it_once(store: Store, migrated_url: str) -> None:
    same = [sample(place, each) for place in (VOICE, CHAT, SALES) for each in range(8)]
    async with open_store(migrated_url) as second:
        late = await asyncio.gather(*(record(each, quarters(0, 8), same) for each in (store, second) * 3))
    assert set(late) == {frozenset()}
    assert len(await store.samples.between(NOON, NOON + 8 * QUARTER)) == len(same)


async def test_what_is_old_is_forgotten_and_counted(store: Store) -> None:
    old = [sample(quarters=-each) for each in (1, 100, 1000)]
    await record(store, [NOON, *(each.start for each in old)], [sample(), *old])
    assert await store.samples.prune(NOON) == 3
    assert await store.samples.prune(NOON) == 0
    assert await store.samples.between(NOON - timedelta(days=99), NOON + QUARTER) == (sample(),)
    assert list(await store.samples.fetched(NOON - timedelta(days=99), NOON + QUARTER)) == [NOON]


async def test_a_sample_that_cannot_be_read_is_left_out_and_told_once(store: Store, migrated_url: str) -> None:
    await record(store, quarters(0, 1), [sample(VOICE), sample(SALES)])
    spoilt = update(samples).where(samples.c.queue_id == VOICE.queue).values(media="telepathy")
    await on_database(migrated_url, spoilt)
    with capture_logs() as logs:
        for _ in range(2):
            assert await store.samples.between(NOON, NOON + QUARTER) == (sample(SALES),)
    assert len(logs) == 1


async def test_a_sample_that_cannot_be_read_is_replaced(store: Store, migrated_url: str) -> None:
    await record(store, quarters(0, 1), [sample()])
    await on_database(migrated_url, update(samples).values(within="20 s: 3"))
    assert await record(store, quarters(0, 1), [sample()]) == {Late(VOICE, NOON)}
    assert await store.samples.between(NOON, NOON + QUARTER) == (sample(),)


async def test_a_quarter_that_cannot_be_read_counts_as_missing(store: Store, migrated_url: str) -> None:
    await record(store, quarters(0, 1), [])
    await on_database(migrated_url, update(sample_quarters).values(thresholds="20 s"))
    assert await store.samples.missing(NOON, NOON + QUARTER) == (NOON,)


COUNTS = st.integers(0, 2**31 - 1)
LENGTHS = st.integers(0, 10**12).map(lambda each: timedelta(milliseconds=each))
ANY_SPELLS = st.builds(Spells, COUNTS, LENGTHS, LENGTHS)
ANY_TIMES = st.builds(
    Times,
    queued=ANY_SPELLS,
    answered=ANY_SPELLS,
    abandoned=ANY_SPELLS,
    handled=ANY_SPELLS,
    talked=ANY_SPELLS,
    held=ANY_SPELLS,
    wrapped_up=ANY_SPELLS,
    transferred=COUNTS,
)
ANY_SAMPLE = st.builds(
    Sample,
    place=st.builds(Place, st.text(max_size=40).map(QueueId), st.sampled_from(Media)),
    start=st.integers(0, 10**5).map(lambda each: datetime(2026, 1, 1, tzinfo=UTC) + each * QUARTER),
    offered=COUNTS,
    answered=COUNTS,
    abandoned=COUNTS,
    short_abandoned=COUNTS,
    flow_out=COUNTS,
    over_target=COUNTS,
    within=st.dictionaries(LENGTHS, COUNTS, max_size=4),
    times=ANY_TIMES,
)


@given(ANY_SAMPLE)
def test_a_sample_is_read_as_it_was_written(any_sample: Sample) -> None:
    assert sample_in(sample_row(any_sample)) == any_sample


@given(ANY_SAMPLE)
def test_equal_samples_are_equal_rows(any_sample: Sample) -> None:
    turned = dict(reversed(list(any_sample.within.items())))
    assert sample_row(replace(any_sample, within=turned)) == sample_row(any_sample)
