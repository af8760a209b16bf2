from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import update

from bot.domain.alerts.keeping import Holiday
from bot.domain.alerts.samples import Place
from bot.domain.ids import QueueId, TeamId
from bot.domain.queues import Media
from bot.store.alert_tables import normal_since
from bot.store.database import open_store
from tests.store.digests import ANA, BEN, NOON, TEAM, on_database

if TYPE_CHECKING:
    from bot.store.database import Store

CHRISTMAS, BOXING_DAY = date(2026, 12, 25), date(2026, 12, 26)
VOICE = Place(QueueId("7f1c"), Media.VOICE)
CHAT = Place(QueueId("7f1c"), Media.CHAT)
DAY = timedelta(days=1)


async def test_holidays_are_in_the_order_of_time_and_of_one_workspace(store: Store, migrated_url: str) -> None:
    assert await store.calendar.add_holiday(TEAM, BOXING_DAY, "Boxing Day", by=BEN)
    assert await store.calendar.add_holiday(TEAM, CHRISTMAS, "Christmas", by=ANA)
    async with open_store(migrated_url) as again:
        assert await again.calendar.holidays(TEAM) == (
            Holiday(day=CHRISTMAS, name="Christmas", added_by=ANA),
            Holiday(day=BOXING_DAY, name="Boxing Day", added_by=BEN),
        )
        assert await again.calendar.holidays(TeamId("T2")) == ()


async def test_a_day_is_a_holiday_once_and_may_get_another_name(store: Store, migrated_url: str) -> None:
    async with open_store(migrated_url) as second:
        added = await asyncio.gather(
            *(each.calendar.add_holiday(TEAM, CHRISTMAS, "Xmas", by=ANA) for each in (store, second) * 3)
        )
    assert sorted(added) == [False] * 5 + [True]
    assert not await store.calendar.add_holiday(TEAM, CHRISTMAS, "Christmas", by=BEN)
    assert await store.calendar.holidays(TEAM) == (Holiday(day=CHRISTMAS, name="Christmas", added_by=BEN),)


async def test_a_holiday_is_removed_once(store: Store) -> None:
    await store.calendar.add_holiday(TEAM, CHRISTMAS, "Christmas", by=ANA)
    assert await store.calendar.remove_holiday(TEAM, CHRISTMAS)
    assert not await store.calendar.remove_holiday(TEAM, CHRISTMAS)
    assert await store.calendar.holidays(TEAM) == ()


async def test_it_is_known_from_when_on_a_place_is_as_it_should_be(store: Store) -> None:
    await store.calendar.set_normal(TEAM, [VOICE, CHAT, VOICE], NOON, by=ANA)
    await store.calendar.set_normal(TEAM, [CHAT], NOON + DAY, by=BEN)
    await store.calendar.set_normal(TEAM, [], NOON, by=BEN)
    assert await store.calendar.normal_since(TEAM) == {VOICE: NOON, CHAT: NOON + DAY}
    assert await store.calendar.normal_since(TeamId("T2")) == {}


async def test_an_earlier_moment_does_not_bring_back_what_was_left_behind(store: Store) -> None:
    await store.calendar.set_normal(TEAM, [VOICE], NOON, by=ANA)
    await store.calendar.set_normal(TEAM, [VOICE], NOON - DAY, by=BEN)
    assert await store.calendar.normal_since(TEAM) == {VOICE: NOON}


async def test_a_place_that_cannot_be_read_harms_no_other(store: Store, migrated_url: str) -> None:
    await store.calendar.set_normal(TEAM, [VOICE, CHAT], NOON, by=ANA)
    spoilt = update(normal_since).where(normal_since.c.media == Media.CHAT).values(media="telepathy")
    await on_database(migrated_url, spoilt)
    assert await store.calendar.normal_since(TEAM) == {VOICE: NOON}
