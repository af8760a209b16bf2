"""What was due when a schedule is changed is an entry of the ledger in the same transaction, by the old order."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from typing import TYPE_CHECKING

from bot.domain.audit import Action
from bot.domain.deliveries import Stage
from tests.store.digests import ANA, EVERY_MORNING, NOON, occasion, subscribed

if TYPE_CHECKING:
    from bot.store.database import Store

EARLIER = replace(EVERY_MORNING, schedule=replace(EVERY_MORNING.schedule, at=time(7, 30)))
DAY = timedelta(days=1)


async def test_what_was_due_and_not_begun_is_free_to_be_taken(store: Store) -> None:
    made = await subscribed(store, now=NOON - 4 * DAY)
    begun = await store.deliveries.claim(made, occasion(-3), holder="p", now=NOON - 3 * DAY, until=NOON)
    assert begun
    changed = await store.subscriptions.change(made, by=ANA, now=NOON, action=Action.EDITED, order=EARLIER, since=NOON)
    assert changed
    owed = await store.deliveries.find(made.id, occasion().day)
    assert owed
    assert (owed.stage, owed.due_at, owed.order) == (Stage.CLAIMED, occasion().at, EVERY_MORNING)
    assert owed in await store.deliveries.lapsed(NOON)
    assert await store.deliveries.find(made.id, begun.day) == begun


async def test_who_loses_the_race_to_change_it_owes_nothing(store: Store) -> None:
    made = await subscribed(store, now=NOON - DAY)
    assert await store.subscriptions.change(made, by=ANA, now=NOON, action=Action.EDITED, owner=ANA)
    assert await store.subscriptions.change(made, by=ANA, now=NOON, action=Action.EDITED, since=NOON) is None
    assert await store.deliveries.find(made.id, occasion().day) is None
