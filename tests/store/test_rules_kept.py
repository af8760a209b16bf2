from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec
import pytest
from sqlalchemy import update
from structlog.testing import capture_logs

from bot.domain.alerts.keeping import DamagedRule
from bot.domain.alerts.rules import RuleId, RuleState, Severity
from bot.domain.audit import Action
from bot.domain.ids import TeamId
from bot.store.alert_tables import rules
from bot.store.database import open_store
from bot.store.reading import Unreadable
from tests.store.alerts import FIRST, MANY_WAIT, done, ruled, told
from tests.store.digests import ANA, BEN, BILLING, MINUTE, NOON, SALES, TEAM, on_database, subscribed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.domain.alerts.rules import Rule
    from bot.store.database import Store

LATER = NOON + MINUTE
URGENT = replace(MANY_WAIT, severity=Severity.CRITICAL)
FOR_EVER = datetime.max.replace(tzinfo=UTC)


async def test_a_rule_is_as_it_was_made_also_after_a_restart(store: Store, migrated_url: str) -> None:
    made = await ruled(store, state=RuleState.UNCONFIRMED, reason="Shared.")
    assert (made.number, made.state, made.reason, made.muted_until) == (1, RuleState.UNCONFIRMED, "Shared.", None)
    async with open_store(migrated_url) as again:
        assert await again.rules.find(made.id) == made
        assert await again.rules.numbered(TEAM, BILLING, 1) == made


async def test_what_is_not_there_is_not_found(store: Store) -> None:
    assert await store.rules.find(RuleId("r0")) is None
    assert await store.rules.numbered(TEAM, BILLING, 1) is None


async def test_numbers_count_in_each_channel_and_are_never_given_again(store: Store) -> None:
    first, second = await ruled(store), await ruled(store)
    elsewhere = await ruled(store, channel=SALES)
    await store.rules.remove(second, by=ANA, now=NOON)
    assert [first.number, second.number, elsewhere.number, (await ruled(store)).number] == [1, 2, 1, 3]


async def test_of_several_at_once_each_gets_a_number_of_its_own(store: Store, migrated_url: str) -> None:
    async with open_store(migrated_url) as second:
        made = await asyncio.gather(*(ruled(each) for each in (store, second) * 3))
    assert sorted(each.number for each in made) == [1, 2, 3, 4, 5, 6]


async def test_lists_are_by_channel_then_number_and_of_one_workspace(store: Store) -> None:
    sales, billing = await ruled(store, channel=SALES), [await ruled(store) for _ in range(2)]
    stopped = await ruled(store, state=RuleState.STOPPED)
    await ruled(store, team=TeamId("T2"))
    assert await store.rules.everything(TEAM) == (*billing, stopped, sales)
    assert await store.rules.active(TEAM) == (*billing, sales)
    assert await store.rules.of_channel(TEAM, BILLING) == (*billing, stopped)
    assert await store.rules.of_channels(TEAM, [SALES, BILLING]) == (*billing, stopped, sales)
    assert await store.rules.of_channels(TEAM, []) == ()


async def test_a_change_is_what_find_returns_from_then_on(store: Store) -> None:
    made = await ruled(store)
    changed = await store.rules.change(made, by=BEN, now=LATER, terms=URGENT, owner=BEN)
    assert changed == replace(made, terms=URGENT, owner=BEN, changed_at=LATER)
    assert await store.rules.find(made.id) == changed


async def test_a_new_state_has_no_old_reason(store: Store) -> None:
    stopped = await ruled(store, state=RuleState.STOPPED, reason="Archived.")
    again = await store.rules.change(stopped, by=ANA, now=LATER, action=Action.RESUMED, state=RuleState.ACTIVE)
    assert again is not None
    assert (again.state, again.reason) == (RuleState.ACTIVE, "")


@pytest.mark.parametrize("until", [LATER, FOR_EVER])
async def test_a_rule_is_muted_and_not_any_more(store: Store, until: datetime) -> None:
    muted = await store.rules.mute(await ruled(store), until, by=ANA, now=NOON)
    assert muted is not None
    found = await store.rules.find(muted.id)
    assert found == muted
    assert found.muted_until == until
    loud = await store.rules.mute(muted, None, by=ANA, now=NOON)
    assert loud is not None
    assert loud.muted_until is None


async def test_of_two_who_change_the_same_one_learns_that_it_is_another_by_now(store: Store, migrated_url: str) -> None:
    seen = await ruled(store)
    async with open_store(migrated_url) as second:
        outcomes = await asyncio.gather(
            store.rules.change(seen, by=ANA, now=NOON, terms=URGENT),
            second.rules.mute(seen, LATER, by=BEN, now=NOON),
            second.rules.remove(seen, by=BEN, now=NOON),
        )
    assert sum(bool(each) for each in outcomes) == 1


STEPS: dict[str, Callable[[Store, Rule], Awaitable[object]]] = {
    "made": lambda store, _: ruled(store),
    "changed": lambda store, rule: store.rules.change(rule, by=ANA, now=NOON, terms=URGENT),
    "muted": lambda store, rule: store.rules.mute(rule, LATER, by=ANA, now=NOON),
    "removed": lambda store, rule: store.rules.remove(rule, by=ANA, now=NOON),
    "stopped": lambda store, _: store.rules.stop_channel(TEAM, BILLING, RuleState.STOPPED, "Archived.", NOON),
    "moved": lambda store, _: store.rules.move_channel(TEAM, BILLING, SALES, NOON),
}


async def test_the_version_is_another_after_every_change_and_only_of_that_workspace(store: Store) -> None:
    assert await store.rules.version(TEAM) == 0
    versions = [0]
    for step in STEPS.values():
        await step(store, await ruled(store))
        versions.append(await store.rules.version(TEAM))
    assert versions == sorted(set(versions))
    assert await store.rules.version(TEAM) == versions[-1]
    assert await store.rules.version(TeamId("T2")) == 0


async def test_every_change_is_in_the_log_of_rules_and_not_in_that_of_digests(store: Store) -> None:
    rule = await ruled(store)
    changed = await store.rules.change(rule, by=BEN, now=LATER, terms=URGENT)
    assert changed is not None
    await store.rules.remove(changed, by=BEN, now=LATER)
    await subscribed(store)
    log = await store.audit.of_rules(TEAM, BILLING)
    assert [(entry.action, entry.user) for entry in log] == [
        (Action.REMOVED, BEN),
        (Action.EDITED, BEN),
        (Action.CREATED, ANA),
    ]
    before, after = (msgspec.json.decode(text)["terms"]["severity"] for text in (log[1].before, log[1].after))
    assert (before, after) == ("warning", "critical")
    assert [entry.action for entry in await store.audit.of_channel(TEAM, BILLING)] == [Action.CREATED]


async def test_a_channel_that_takes_no_messages_stops_what_was_active_there_once(store: Store) -> None:
    here, elsewhere = await ruled(store), await ruled(store, channel=SALES)
    await ruled(store, state=RuleState.UNCONFIRMED)
    [stopped] = await store.rules.stop_channel(TEAM, BILLING, RuleState.STOPPED, "Archived.", LATER)
    assert stopped == replace(here, state=RuleState.STOPPED, reason="Archived.", changed_at=LATER)
    assert await store.rules.stop_channel(TEAM, BILLING, RuleState.STOPPED, "Archived.", LATER) == ()
    assert await store.rules.active(TEAM) == (elsewhere,)


async def test_a_channel_with_another_id_takes_along_its_rules_with_numbers_that_are_free(store: Store) -> None:
    old = [await ruled(store) for _ in range(3)]
    await ruled(store, channel=SALES)
    assert await store.rules.move_channel(TEAM, BILLING, SALES, LATER) == 3
    moved = await store.rules.of_channel(TEAM, SALES)
    assert [(rule.id, rule.number) for rule in moved[1:]] == [(old[1].id, 2), (old[2].id, 3), (old[0].id, 4)]
    assert (await ruled(store, channel=SALES)).number == 5
    assert await store.rules.move_channel(TEAM, BILLING, SALES, LATER) == 0
    assert await store.rules.move_channel(TEAM, SALES, SALES, LATER) == 0


async def test_what_is_told_of_a_channel_moves_with_it_and_a_round_does_not_bring_it_back(store: Store) -> None:
    seen = await told(store)
    await store.rules.move_channel(TEAM, BILLING, SALES, LATER)
    await done(store, minutes=2, incidents=seen)
    message = await store.bulletins.find(FIRST)
    assert message is not None
    assert {message.channel, *(each.channel for each in await store.alerts.of_bulletin(FIRST))} == {SALES}


async def test_a_rule_that_cannot_be_read_harms_no_other_is_told_once_and_can_be_removed(
    store: Store, migrated_url: str
) -> None:
    bad, good = await ruled(store), await ruled(store)
    await on_database(migrated_url, update(rules).where(rules.c.id == bad.id).values(terms_json='{"v":2}'))
    with capture_logs() as logs:
        for _ in range(2):
            assert await store.rules.active(TEAM) == (good,)
    assert len(logs) == 1
    with pytest.raises(Unreadable):
        await store.rules.find(bad.id)
    with pytest.raises(Unreadable):
        await store.rules.numbered(TEAM, BILLING, bad.number)
    damaged = DamagedRule(
        id=bad.id, number=bad.number, team=TEAM, channel=BILLING, owner=ANA, changed_at=bad.changed_at
    )
    assert await store.rules.damaged(TEAM) == await store.rules.damaged(TEAM, BILLING) == (damaged,)
    assert await store.rules.damaged(TEAM, SALES) == ()
    assert await store.rules.remove(damaged, by=ANA, now=NOON)
    assert await store.rules.damaged(TEAM) == ()
