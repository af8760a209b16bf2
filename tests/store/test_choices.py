from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.domain.ids import QueueId, TeamId, UserId
from bot.store.choices import REMEMBERED_PER_PERSON

if TYPE_CHECKING:
    from bot.store.database import Store

TEAM, ANA, BEN = TeamId("T1"), UserId("U-ANA"), UserId("U-BEN")
BILLING, BILLING_EU = QueueId("q-billing"), QueueId("q-billing-eu")
NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)


async def test_a_choice_is_recalled_for_the_same_word(store: Store) -> None:
    await store.choices.remember(TEAM, ANA, "bill", BILLING, now=NOON)
    assert await store.choices.recall(TEAM, ANA, "bill") == BILLING


async def test_another_word_recalls_nothing(store: Store) -> None:
    await store.choices.remember(TEAM, ANA, "bill", BILLING, now=NOON)
    assert await store.choices.recall(TEAM, ANA, "billing") is None


async def test_a_choice_is_nobody_elses(store: Store) -> None:
    await store.choices.remember(TEAM, ANA, "bill", BILLING, now=NOON)
    assert await store.choices.recall(TEAM, BEN, "bill") is None
    assert await store.choices.recall(TeamId("T2"), ANA, "bill") is None


async def test_a_later_choice_replaces_the_earlier(store: Store) -> None:
    await store.choices.remember(TEAM, ANA, "bill", BILLING, now=NOON)
    await store.choices.remember(TEAM, ANA, "bill", BILLING_EU, now=NOON + timedelta(hours=1))
    assert await store.choices.recall(TEAM, ANA, "bill") == BILLING_EU


async def test_a_word_of_any_length_and_script_is_remembered(store: Store) -> None:
    word = "продажи ☎ <!here> 'quoted' " * 100
    await store.choices.remember(TEAM, ANA, word, BILLING, now=NOON)
    assert await store.choices.recall(TEAM, ANA, word) == BILLING


async def test_the_oldest_choice_makes_room_and_only_for_its_owner(store: Store) -> None:
    await store.choices.remember(TEAM, BEN, "oldest of all", BILLING, now=NOON - timedelta(days=1))
    for minute in range(REMEMBERED_PER_PERSON + 1):
        await store.choices.remember(TEAM, ANA, f"word {minute}", BILLING, now=NOON + timedelta(minutes=minute))
    assert await store.choices.recall(TEAM, ANA, "word 0") is None
    assert await store.choices.recall(TEAM, ANA, "word 1") == BILLING
    assert await store.choices.recall(TEAM, ANA, f"word {REMEMBERED_PER_PERSON}") == BILLING
    assert await store.choices.recall(TEAM, BEN, "oldest of all") == BILLING
