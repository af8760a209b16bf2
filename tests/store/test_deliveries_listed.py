"""What the ledger is asked over all digests, and what it forgets."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update
from structlog.testing import capture_logs

from bot.domain.deliveries import Stage
from bot.domain.ids import SubscriptionId
from bot.store.database import open_store
from bot.store.reading import Unreadable
from bot.store.tables import deliveries
from tests.store.digests import MINUTE, MONDAY, NOON, occasion, on_database, subscribed

if TYPE_CHECKING:
    from bot.domain.deliveries import Delivery
    from bot.domain.subscriptions import Subscription
    from bot.store.database import Store

UNTIL = NOON + MINUTE
NOBODY = [SubscriptionId(f"s{number}") for number in range(40_000)]


async def claimed(store: Store, subscription: Subscription, *days: int) -> list[Delivery]:
    entries = [
        await store.deliveries.claim(subscription, occasion(each), holder="p", now=NOON, until=UNTIL) for each in days
    ]
    return [each for each in entries if each is not None]


async def settled(store: Store, subscription: Subscription, *days: int) -> None:
    for entry in await claimed(store, subscription, *days):
        assert await store.deliveries.settle(entry, stage=Stage.SENT, now=NOON, ts="1.2")


async def test_lapsed_claims_are_listed_longest_due_first(store: Store) -> None:
    one, other = await subscribed(store), await subscribed(store)
    entries = [*await claimed(store, one, 2), *await claimed(store, other, 0, 1)]
    await settled(store, one, 0)
    assert await store.deliveries.lapsed(UNTIL - timedelta(microseconds=1)) == ()
    sending = await store.deliveries.sending(entries[0], now=NOON, until=UNTIL)
    assert await store.deliveries.lapsed(UNTIL) == (entries[1], entries[2], sending)


async def test_the_latest_day_of_each_digest_counts_every_stage(store: Store) -> None:
    one, other, without = [await subscribed(store) for _ in range(3)]
    await settled(store, one, 0, 3, 1)
    await claimed(store, other, 2)
    days = {one.id: occasion(3).day, other.id: occasion(2).day}
    assert await store.deliveries.latest() == days
    assert await store.deliveries.latest([one.id, without.id]) == {one.id: days[one.id]}
    assert await store.deliveries.latest([]) == {}
    assert await store.deliveries.latest([*NOBODY, other.id]) == {other.id: days[other.id]}


async def test_the_most_recent_entries_of_each_digest_are_newest_first(store: Store) -> None:
    one, other, without = [await subscribed(store) for _ in range(3)]
    mondays, thursdays, tuesdays = await claimed(store, one, 0, 3, 1)
    [wednesdays] = await claimed(store, other, 2)
    everything = [one.id, other.id, without.id]
    assert await store.deliveries.recent(everything) == {one.id: (thursdays,), other.id: (wednesdays,)}
    assert await store.deliveries.recent(everything, most=2) == {one.id: (thursdays, tuesdays), other.id: (wednesdays,)}
    assert await store.deliveries.recent([one.id], most=9) == {one.id: (thursdays, tuesdays, mondays)}
    assert await store.deliveries.recent([]) == {}
    assert await store.deliveries.recent([*NOBODY, other.id]) == {other.id: (wednesdays,)}


async def test_days_without_an_entry_are_marked_and_returned(store: Store) -> None:
    made = await subscribed(store)
    [tuesdays] = await claimed(store, made, 1)
    marked = await store.deliveries.mark(
        made, [occasion(each) for each in (2, 1, 0)], stage=Stage.MISSED, note="the bot was down", now=NOON
    )
    assert marked == (occasion(0), occasion(2))
    assert await store.deliveries.find(made.id, occasion(1).day) == tuesdays
    missed = await store.deliveries.find(made.id, occasion(0).day)
    assert missed is not None
    assert (missed.stage, missed.note, missed.settled_at) == (Stage.MISSED, "the bot was down", NOON)
    assert missed.due_at == occasion(0).at
    assert missed.attempts == 0


async def test_a_year_of_missed_days_is_marked_at_once(store: Store) -> None:
    made = await subscribed(store)
    year = [occasion(each) for each in range(365)]
    assert await store.deliveries.mark(made, year, stage=Stage.MISSED, note="", now=NOON) == tuple(year)
    assert await store.deliveries.mark(made, year, stage=Stage.MISSED, note="", now=NOON) == ()


async def test_of_several_processes_one_marks_a_day_so_that_the_owner_is_told_once(
    store: Store, migrated_url: str
) -> None:
    made = await subscribed(store)
    days = [occasion(each) for each in range(10)]
    async with open_store(migrated_url) as second:
        marked = await asyncio.gather(
            *(
                process.deliveries.mark(made, order, stage=Stage.MISSED, note="", now=NOON)
                for process in (store, second) * 2
                for order in (days, days[::-1])
            )
        )
    assert sorted(each.day for some in marked for each in some) == [each.day for each in days]


async def test_old_entries_are_forgotten(store: Store) -> None:
    made = await subscribed(store)
    await settled(store, made, 0, 1, 2, 3)
    assert await store.deliveries.prune(occasion(2).day) == 2
    [kept] = (await store.deliveries.recent([made.id], most=9)).values()
    assert [each.day for each in kept] == [occasion(3).day, occasion(2).day]


async def test_years_of_entries_are_forgotten_in_one_go(store: Store) -> None:
    made = await subscribed(store)
    years = [occasion(each) for each in range(1_200)]
    await store.deliveries.mark(made, years, stage=Stage.MISSED, note="", now=NOON)
    assert await store.deliveries.prune(MONDAY + timedelta(days=1_100)) == 1_100


async def test_the_newest_entry_is_never_forgotten_or_its_days_would_be_due_again(store: Store) -> None:
    made = await subscribed(store)
    await settled(store, made, 0, 1)
    assert await store.deliveries.prune(MONDAY + timedelta(days=1000)) == 1
    assert await store.deliveries.latest() == {made.id: occasion(1).day}


async def test_what_is_under_way_is_not_forgotten(store: Store) -> None:
    made = await subscribed(store)
    await claimed(store, made, 0)
    await settled(store, made, 1)
    assert await store.deliveries.prune(MONDAY + timedelta(days=1000)) == 0


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param({"order_json": "{"}, id="a damaged order"),
        pytest.param({"stage": "sending", "file": "folded"}, id="a stage of a file of a later release"),
    ],
)
async def test_an_entry_that_cannot_be_read_is_named_and_harms_no_other(
    store: Store, migrated_url: str, damage: dict[str, str]
) -> None:
    made = await subscribed(store)
    _, sound = await claimed(store, made, 0, 1)
    await on_database(migrated_url, update(deliveries).where(deliveries.c.day == MONDAY).values(**damage))
    with pytest.raises(Unreadable, match=f"{made.id} of {MONDAY}"):
        await store.deliveries.find(made.id, MONDAY)
    with capture_logs() as logged:
        assert await store.deliveries.lapsed(UNTIL) == (sound,)
        assert await store.deliveries.recent([made.id], most=9) == {made.id: (sound,)}
    assert [each["key"] for each in logged] == [f"{made.id} of {MONDAY}"]
