"""Two transactions that overlap for certain: one is held open until the other waits for it. PostgreSQL's matter only;
SQLite has one writer at a time.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, text, update

from bot.domain.subscriptions import SubscriptionState
from bot.store.database import engine_on
from bot.store.tables import subscriptions
from bot.store.urls import driven
from tests.store.digests import BEN, BILLING, MINUTE, NOON, TEAM, occasion, subscribed

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from sqlalchemy import Executable

    from bot.store.database import Store

LATER = NOON + MINUTE
_WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


pytestmark = pytest.mark.parametrize(
    "migrated_url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)


async def meanwhile(url: str, first: Executable, then: Coroutine[object, object, object]) -> object:
    """What `then` returns when it begins after `first`, and before that is committed."""
    async with engine_on(driven(url)) as engine, engine.connect() as watch:
        async with engine.begin() as held:
            await held.execute(first)
            waiting = asyncio.create_task(then)
            while not waiting.done() and not await watch.scalar(_WAITING):
                await watch.rollback()
        return await waiting


async def test_what_is_being_removed_is_not_claimed(store: Store, migrated_url: str) -> None:
    made = await subscribed(store)
    removal = delete(subscriptions).where(subscriptions.c.id == made.id)
    claim = store.deliveries.claim(made, occasion(), holder="p", now=NOON, until=LATER)
    assert await meanwhile(migrated_url, removal, claim) is None
    assert await store.deliveries.find(made.id, occasion().day) is None


async def test_what_is_being_changed_is_not_claimed_as_it_was(store: Store, migrated_url: str) -> None:
    made = await subscribed(store)
    change = update(subscriptions).where(subscriptions.c.id == made.id).values(changed_at=LATER)
    claim = store.deliveries.claim(made, occasion(), holder="p", now=NOON, until=LATER)
    assert await meanwhile(migrated_url, change, claim) is None


async def test_a_channel_that_stops_waits_for_what_is_being_changed_and_keeps_it(
    store: Store, migrated_url: str
) -> None:
    made = await subscribed(store)
    paused = {"state": SubscriptionState.PAUSED, "owner_id": BEN, "changed_at": LATER}
    change = update(subscriptions).where(subscriptions.c.id == made.id).values(**paused)
    assert (
        await meanwhile(migrated_url, change, store.subscriptions.stop_channel(TEAM, BILLING, "Archived.", NOON)) == ()
    )
    found = await store.subscriptions.find(made.id)
    assert found is not None
    assert (found.state, found.owner) == (SubscriptionState.PAUSED, BEN)
