"""What happens to all digests of a channel at once."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from bot.domain.audit import Action
from bot.domain.deliveries import Stage
from bot.domain.ids import ChannelId, TeamId
from bot.domain.places import UNSET, PlaceSettings
from bot.domain.questions import QueueWord
from bot.domain.subscriptions import SubscriptionState
from bot.store.database import open_store
from bot.store.reading import Unreadable
from bot.store.tables import place_settings, subscriptions
from tests.store.digests import ANA, BEN, BILLING, MINUTE, NOON, SALES, TEAM, occasion, on_database, subscribed

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.ids import SubscriptionId
    from bot.store.database import Store

NEW = ChannelId("C-NEW")
LATER = NOON + MINUTE
LONDON = PlaceSettings(zone=ZoneInfo("Europe/London"), limit=(QueueWord(text="bil*"),))
PARIS = PlaceSettings(zone=ZoneInfo("Europe/Paris"), threshold=timedelta(seconds=20))


async def test_digests_move_with_their_channel_and_keep_their_numbers(store: Store) -> None:
    await store.subscriptions.remove(await subscribed(store), by=ANA, now=NOON)
    made = [await subscribed(store), await subscribed(store, state=SubscriptionState.PAUSED)]
    elsewhere = [await subscribed(store, channel=SALES), await subscribed(store, team=TeamId("T2"))]
    assert await store.subscriptions.move_channel(TEAM, BILLING, NEW, LATER) == 2
    moved = await store.subscriptions.of_channels(TEAM, [BILLING, NEW])
    assert moved == tuple(replace(each, channel=NEW, changed_at=LATER) for each in made)
    assert [await store.subscriptions.find(each.id) for each in elsewhere] == elsewhere


async def test_no_number_of_the_old_channel_is_given_again_in_the_new_one(store: Store) -> None:
    await subscribed(store)
    await store.subscriptions.remove(await subscribed(store), by=ANA, now=NOON)
    await store.subscriptions.move_channel(TEAM, BILLING, NEW, LATER)
    assert (await subscribed(store, channel=NEW)).number == 3


async def test_a_number_that_the_new_channel_has_given_is_replaced(store: Store) -> None:
    first, second, third = [await subscribed(store) for _ in range(3)]
    there = await subscribed(store, channel=NEW)
    await store.subscriptions.remove(await subscribed(store, channel=NEW), by=ANA, now=NOON)
    await store.subscriptions.move_channel(TEAM, BILLING, NEW, LATER)
    numbers = {each.id: each.number for each in await store.subscriptions.of_channels(TEAM, [NEW])}
    assert numbers == {there.id: 1, third.id: 3, first.id: 4, second.id: 5}
    assert (await subscribed(store, channel=NEW)).number == 6


async def test_being_told_of_a_move_twice_is_harmless(store: Store, migrated_url: str) -> None:
    made = [await subscribed(store) for _ in range(5)]
    await store.places.put(TEAM, BILLING, LONDON, by=ANA, now=NOON)
    async with open_store(migrated_url) as second:
        counts = await asyncio.gather(
            *(process.subscriptions.move_channel(TEAM, BILLING, NEW, LATER) for process in (store, second) * 3)
        )
    assert sorted(counts) == [0, 0, 0, 0, 0, 5]
    moved = await store.subscriptions.of_channels(TEAM, [NEW])
    assert [(each.id, each.number) for each in moved] == [(each.id, each.number) for each in made]
    assert await store.places.of(TEAM, NEW) == LONDON


async def test_moves_that_cross_do_not_wait_for_each_other_forever(store: Store, migrated_url: str) -> None:
    for _ in range(3):
        await subscribed(store)
        await subscribed(store, channel=SALES)
    async with open_store(migrated_url) as second:
        await asyncio.gather(
            *(process.subscriptions.move_channel(TEAM, BILLING, SALES, LATER) for process in (store, second)),
            *(process.subscriptions.move_channel(TEAM, SALES, BILLING, LATER) for process in (store, second)),
        )
    everything = await store.subscriptions.of_channels(TEAM, [BILLING, SALES])
    assert len({(each.channel, each.number) for each in everything}) == 6


async def test_a_channel_that_moves_to_itself_stays(store: Store) -> None:
    made = await subscribed(store)
    assert await store.subscriptions.move_channel(TEAM, BILLING, BILLING, LATER) == 0
    assert await store.subscriptions.find(made.id) == made


async def test_what_is_being_delivered_goes_to_the_new_channel(store: Store) -> None:
    made = await subscribed(store)
    claimed = await store.deliveries.claim(made, occasion(), holder="p", now=NOON, until=LATER)
    assert claimed is not None
    await store.subscriptions.move_channel(TEAM, BILLING, NEW, NOON)
    sending = await store.deliveries.sending(claimed, now=NOON, until=LATER)
    assert sending == replace(claimed, channel=NEW, stage=Stage.SENDING, sending_since=NOON)


async def test_a_digest_that_cannot_be_read_moves_and_stops_like_the_others(store: Store, migrated_url: str) -> None:
    broken, sound = await subscribed(store), await subscribed(store)
    damaged = update(subscriptions).where(subscriptions.c.id == broken.id)
    await on_database(migrated_url, damaged.values(order_json="{"))
    assert await store.subscriptions.move_channel(TEAM, BILLING, NEW, LATER) == 2
    stopped = await store.subscriptions.stop_channel(TEAM, NEW, "It was archived.", LATER)
    assert [each.id for each in stopped] == [sound.id]
    assert await store.subscriptions.active() == ()
    assert json.loads((await store.audit.of_subject(broken.id))[0].before)["order"] == "{"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param(UNSET, UNSET, UNSET, id="nothing was set"),
        pytest.param(LONDON, UNSET, LONDON, id="it goes along"),
        pytest.param(UNSET, PARIS, PARIS, id="what was set under the new id stays"),
        pytest.param(LONDON, PARIS, replace(PARIS, limit=LONDON.limit), id="the old fills what was not set"),
    ],
)
async def test_settings_move_with_their_channel(
    store: Store, old: PlaceSettings, new: PlaceSettings, expected: PlaceSettings
) -> None:
    await store.places.put(TEAM, BILLING, old, by=ANA, now=NOON)
    await store.places.put(TEAM, NEW, new, by=BEN, now=NOON)
    await store.subscriptions.move_channel(TEAM, BILLING, NEW, LATER)
    assert await store.places.of(TEAM, NEW) == expected
    assert await store.places.of(TEAM, BILLING) == UNSET


@pytest.mark.parametrize("broken", [pytest.param(BILLING, id="the old"), pytest.param(NEW, id="the new")])
async def test_settings_that_cannot_be_read_are_not_lost_by_a_move(
    store: Store, migrated_url: str, broken: ChannelId
) -> None:
    await store.places.put(TEAM, BILLING, LONDON, by=ANA, now=NOON)
    await store.places.put(TEAM, NEW, PARIS, by=ANA, now=NOON)
    damaged = update(place_settings).where(place_settings.c.place_id == broken)
    await on_database(migrated_url, damaged.values(settings_json='{"v":2}'))
    await store.subscriptions.move_channel(TEAM, BILLING, NEW, LATER)
    with pytest.raises(Unreadable, match=NEW):
        await store.places.of(TEAM, NEW)


async def test_the_audit_log_tells_of_a_move_by_nobody(store: Store) -> None:
    made = await subscribed(store)
    await store.places.put(TEAM, BILLING, LONDON, by=ANA, now=NOON)
    await store.subscriptions.move_channel(TEAM, BILLING, NEW, LATER)
    of_settings, of_digest = await store.audit.of_channel(TEAM, NEW)
    assert (of_digest.action, of_digest.user, of_digest.subject) == (Action.MOVED, None, made.id)
    assert json.loads(of_digest.before)["channel"] == BILLING
    assert json.loads(of_digest.after)["channel"] == NEW
    assert (of_settings.action, of_settings.user, of_settings.subject) == (Action.MOVED, None, "")
    assert (await store.audit.of_subject(made.id))[0] == of_digest


async def test_the_active_digests_of_a_channel_stop_and_no_others(store: Store) -> None:
    active = [await subscribed(store), await subscribed(store, owner=BEN)]
    paused = await subscribed(store, state=SubscriptionState.PAUSED)
    elsewhere = [await subscribed(store, channel=SALES), await subscribed(store, team=TeamId("T2"))]
    stopped = await store.subscriptions.stop_channel(TEAM, BILLING, "It was archived.", LATER)
    assert stopped == tuple(
        replace(each, state=SubscriptionState.STOPPED, reason="It was archived.", changed_at=LATER) for each in active
    )
    assert await store.subscriptions.of_channels(TEAM, [BILLING]) == (*stopped, paused)
    assert [await store.subscriptions.find(each.id) for each in elsewhere] == elsewhere
    newest = (await store.audit.of_channel(TEAM, BILLING))[0]
    assert (newest.action, newest.user, newest.subject) == (Action.STOPPED, None, active[1].id)


async def test_each_stopped_digest_is_given_to_one_process_so_that_its_owner_is_told_once(
    store: Store, migrated_url: str
) -> None:
    made = [await subscribed(store) for _ in range(8)]
    async with open_store(migrated_url) as second:
        stopped = await asyncio.gather(
            *(process.subscriptions.stop_channel(TEAM, BILLING, "Archived.", LATER) for process in (store, second) * 4)
        )
    assert sorted(each.id for some in stopped for each in some) == sorted(each.id for each in made)


async def told_of(store: Store, at: datetime) -> list[SubscriptionId]:
    """Which are handed out then to be told of, for a minute."""
    return [one.id for one in await store.subscriptions.to_tell(TEAM, now=at, until=at + MINUTE)]


async def test_a_stopped_digest_is_to_be_told_of_until_somebody_says_that_its_owner_knows(store: Store) -> None:
    made = await subscribed(store)
    stopped = await store.subscriptions.stop_channel(TEAM, BILLING, "Archived.", LATER)
    assert await told_of(store, LATER) == [], "who stopped it has a minute"
    assert await told_of(store, LATER + MINUTE) == [made.id]
    assert await told_of(store, LATER + MINUTE) == [], "it is handed out already"
    assert await told_of(store, LATER + 2 * MINUTE) == [made.id], "who had it said nothing"
    await store.subscriptions.told(stopped)
    assert await told_of(store, LATER + 9 * MINUTE) == []


async def test_each_untold_digest_is_handed_to_one_process(store: Store, migrated_url: str) -> None:
    made = [await subscribed(store) for _ in range(8)]
    await store.subscriptions.stop_channel(TEAM, BILLING, "Archived.", LATER)
    async with open_store(migrated_url) as second:
        handed = await asyncio.gather(*(told_of(process, LATER + MINUTE) for process in (store, second) * 4))
    assert sorted(each for some in handed for each in some) == sorted(each.id for each in made)


@pytest.mark.parametrize("state", [SubscriptionState.ACTIVE, SubscriptionState.PAUSED])
async def test_nobody_is_told_of_what_is_no_longer_stopped(store: Store, state: SubscriptionState) -> None:
    await subscribed(store)
    (stopped,) = await store.subscriptions.stop_channel(TEAM, BILLING, "Archived.", LATER)
    await store.subscriptions.change(stopped, by=ANA, now=LATER, action=Action.RESUMED, state=state)
    assert await told_of(store, LATER + MINUTE) == []


async def test_an_owner_who_knows_one_reason_is_told_of_the_next(store: Store) -> None:
    made = await subscribed(store)
    (stopped,) = first = await store.subscriptions.stop_channel(TEAM, BILLING, "Archived.", LATER)
    await store.subscriptions.change(stopped, by=ANA, now=LATER, action=Action.RESUMED, state=SubscriptionState.ACTIVE)
    await store.subscriptions.stop_channel(TEAM, BILLING, "Deleted.", LATER)
    await store.subscriptions.told(first)
    assert await told_of(store, LATER + MINUTE) == [made.id]


async def test_a_channel_without_digests_stops_nothing(store: Store) -> None:
    assert await store.subscriptions.stop_channel(TEAM, BILLING, "Archived.", LATER) == ()


async def test_who_changes_a_digest_while_its_channel_stops_is_told_or_undone_by_neither(
    store: Store, migrated_url: str
) -> None:
    made = await subscribed(store)
    async with open_store(migrated_url) as second:
        changed, stopped = await asyncio.gather(
            store.subscriptions.change(made, by=ANA, now=LATER, action=Action.EDITED, owner=BEN),
            second.subscriptions.stop_channel(TEAM, BILLING, "Archived.", LATER),
        )
    found = await store.subscriptions.find(made.id)
    assert found is not None
    assert found.state is SubscriptionState.STOPPED
    assert found.owner == (ANA if changed is None else BEN)
    assert stopped == (found,)
