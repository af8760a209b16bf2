from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from bot.store.database import Store

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)


async def test_only_the_first_claim_succeeds(store: Store) -> None:
    assert await store.claims.claim("share:T1:123.456", NOON)
    assert not await store.claims.claim("share:T1:123.456", NOON + timedelta(days=1))


async def test_another_key_is_free(store: Store) -> None:
    await store.claims.claim("share:T1:123.456", NOON)
    assert await store.claims.claim("share:T1:123.457", NOON)


async def test_of_many_at_once_exactly_one_succeeds(store: Store) -> None:
    outcomes = await asyncio.gather(*(store.claims.claim("pressed twenty times", NOON) for _ in range(20)))
    assert outcomes.count(True) == 1


async def test_a_released_key_can_be_claimed_again_and_no_other_is_touched(store: Store) -> None:
    await store.claims.claim("failed", NOON)
    await store.claims.claim("done", NOON)
    await store.claims.release("failed")
    assert await store.claims.claim("failed", NOON)
    assert not await store.claims.claim("done", NOON)


async def test_pruning_frees_what_was_claimed_before_and_nothing_later(store: Store) -> None:
    await store.claims.claim("old", NOON - timedelta(seconds=1))
    await store.claims.claim("young", NOON)
    assert await store.claims.prune(before=NOON) == 1
    assert await store.claims.claim("old", NOON)
    assert not await store.claims.claim("young", NOON)


async def test_an_instant_without_a_zone_is_refused(store: Store) -> None:
    with pytest.raises(Exception, match="an instant has a zone"):
        await store.claims.claim("when?", NOON.replace(tzinfo=None))
