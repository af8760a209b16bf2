from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.domain.audit import Action, Change
from bot.domain.ids import TeamId
from tests.store.digests import ANA, BILLING, MINUTE, NOON, SALES, TEAM

if TYPE_CHECKING:
    from bot.store.database import Store

SENT = Change(at=NOON, team=TEAM, user=ANA, action=Action.SENT_NOW, channel=BILLING, subject="s1", after="{}")


async def test_an_entry_is_found_as_it_was_recorded(store: Store) -> None:
    by_nobody = replace(SENT, user=None, before="{}", after="")
    await store.audit.record(SENT)
    await store.audit.record(by_nobody)
    assert await store.audit.of_channel(TEAM, BILLING) == (by_nobody, SENT)
    assert await store.audit.of_subject("s1") == (by_nobody, SENT)


async def test_entries_of_others_are_not_shown(store: Store) -> None:
    await store.audit.record(replace(SENT, channel=SALES))
    await store.audit.record(replace(SENT, team=TeamId("T2")))
    assert await store.audit.of_channel(TEAM, BILLING) == ()
    assert await store.audit.of_subject("s2") == ()


async def test_the_newest_are_first_and_no_more_than_asked_for(store: Store) -> None:
    changes = [replace(SENT, at=NOON + number * MINUTE) for number in range(5)]
    for each in changes:
        await store.audit.record(each)
    assert await store.audit.of_channel(TEAM, BILLING, most=2) == (changes[4], changes[3])
    assert await store.audit.of_subject("s1", most=2) == (changes[4], changes[3])
