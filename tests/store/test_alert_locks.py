"""Rounds, presses and rules that overlap for certain, as in `test_locks`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from bot.domain.alerts.keeping import Pressed, Round, Watch
from bot.domain.alerts.rules import RuleState
from bot.domain.alerts.states import Ended
from bot.store.alert_tables import alert_watches, bulletins, rules
from tests.store.alerts import FIRST, MANY_WAIT, bulletin, done, incident, leased, ruled, told
from tests.store.digests import ANA, BEN, BILLING, MINUTE, NOON, TEAM
from tests.store.test_locks import meanwhile

if TYPE_CHECKING:
    from bot.store.database import Store

LATER = NOON + 2 * MINUTE

pytestmark = pytest.mark.parametrize(
    "migrated_url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)


async def test_a_round_that_waits_for_a_takeover_writes_nothing(store: Store, migrated_url: str) -> None:
    stale = await leased(store, "p")
    takeover = update(alert_watches).values(holder="q", token=2, held_until=LATER)
    commit = store.alerts.commit(stale, Round(watch=Watch(last_tick=NOON), bulletins=(bulletin(),)))
    assert await meanwhile(migrated_url, takeover, commit) is False
    assert await store.bulletins.open(TEAM) == ()


async def test_a_lease_is_not_taken_over_while_its_round_is_written(store: Store, migrated_url: str) -> None:
    await leased(store, "p")
    renewed = update(alert_watches).values(held_until=LATER + MINUTE)
    takeover = store.alerts.lease(TEAM, "q", now=LATER, until=LATER + MINUTE)
    assert await meanwhile(migrated_url, renewed, takeover) is None


async def test_a_press_waits_for_a_message_that_is_being_closed(store: Store, migrated_url: str) -> None:
    await told(store)
    closing = update(bulletins).where(bulletins.c.id == FIRST).values(closed_at=NOON)
    pressed = await meanwhile(migrated_url, closing, store.presses.acknowledge(FIRST, ANA, now=NOON))
    assert pressed == Pressed(changed=0, over=True)


async def test_a_round_waits_for_a_press_and_moves_on_from_it(store: Store, migrated_url: str) -> None:
    await told(store)
    lease = await leased(store)
    over = Round(
        watch=Watch(last_tick=NOON),
        incidents=(incident(ended_at=NOON, ended=Ended.RESOLVED),),
        bulletins=(bulletin(closed_at=NOON),),
    )
    pressing = update(bulletins).where(bulletins.c.id == FIRST).values(revision=bulletins.c.revision + 1)
    assert await meanwhile(migrated_url, pressing, store.alerts.commit(lease, over)) is True
    found = await store.bulletins.find(FIRST)
    assert found is not None
    assert found.revision == 3


async def test_a_bulletin_that_another_claims_just_now_is_not_claimed(store: Store, migrated_url: str) -> None:
    await done(store, bulletins=(bulletin(),))
    theirs = update(bulletins).values(sending="sending", holder="q", claimed_until=LATER)
    claim = store.bulletins.claim(bulletin(), holder="p", now=NOON, until=LATER)
    assert await meanwhile(migrated_url, theirs, claim) is None


async def test_a_rule_that_another_changes_just_now_is_not_changed_as_it_was(store: Store, migrated_url: str) -> None:
    seen = await ruled(store)
    theirs = update(rules).where(rules.c.id == seen.id).values(changed_at=LATER)
    change = store.rules.change(seen, by=BEN, now=NOON, terms=MANY_WAIT)
    assert await meanwhile(migrated_url, theirs, change) is None


async def test_a_channel_that_stops_waits_for_a_rule_that_is_being_changed(store: Store, migrated_url: str) -> None:
    seen = await ruled(store)
    theirs = update(rules).where(rules.c.id == seen.id).values(state="stopped", changed_at=LATER)
    stop = store.rules.stop_channel(TEAM, BILLING, RuleState.UNCONFIRMED, "Shared.", NOON)
    assert await meanwhile(migrated_url, theirs, stop) == ()
