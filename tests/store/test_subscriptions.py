from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update
from structlog.testing import capture_logs

from bot.domain.audit import Action
from bot.domain.ids import ChannelId, SubscriptionId, TeamId
from bot.domain.subscriptions import SubscriptionState
from bot.store.database import open_store
from bot.store.reading import Unreadable
from bot.store.tables import subscriptions
from tests.store.digests import (
    ANA,
    BEN,
    BILLING,
    EVERY_MORNING,
    MINUTE,
    NOON,
    SALES,
    TEAM,
    occasion,
    on_database,
    subscribed,
)

if TYPE_CHECKING:
    from bot.domain.subscriptions import Subscription
    from bot.store.database import Store

AT_NINE = replace(EVERY_MORNING, csv=True)


async def test_a_digest_is_found_as_it_was_made(store: Store) -> None:
    made = await subscribed(store, state=SubscriptionState.UNCONFIRMED, reason="An administrator has to confirm it.")
    assert made.number == 1
    assert made.reason == "An administrator has to confirm it."
    assert made.since == made.created_at == made.changed_at == NOON
    assert await store.subscriptions.find(made.id) == made


async def test_what_was_never_made_is_not_found(store: Store) -> None:
    await subscribed(store)
    assert await store.subscriptions.find(SubscriptionId("none")) is None


async def test_each_channel_of_each_workspace_counts_for_itself(store: Store) -> None:
    made = [
        await subscribed(store),
        await subscribed(store),
        await subscribed(store, channel=SALES),
        await subscribed(store, team=TeamId("T2")),
    ]
    assert [each.number for each in made] == [1, 2, 1, 1]


async def test_the_number_of_a_removed_digest_is_not_given_again(store: Store) -> None:
    await subscribed(store)
    assert await store.subscriptions.remove(await subscribed(store), by=ANA, now=NOON)
    assert (await subscribed(store)).number == 3


async def test_digests_made_at_once_by_several_processes_get_different_numbers(store: Store, migrated_url: str) -> None:
    async with open_store(migrated_url) as second:
        made = await asyncio.gather(*(subscribed(process) for process in (store, second) * 6))
    assert sorted(each.number for each in made) == list(range(1, 13))
    assert len(await store.audit.of_channel(TEAM, BILLING)) == 12


async def test_a_change_is_kept_and_what_it_does_not_name_stays(store: Store) -> None:
    made = await subscribed(store)
    later = NOON + MINUTE
    changed = await store.subscriptions.change(made, by=BEN, now=later, action=Action.EDITED, order=AT_NINE)
    assert changed == replace(made, order=AT_NINE, changed_at=later)
    assert await store.subscriptions.find(made.id) == changed


async def test_everything_that_may_change_does(store: Store) -> None:
    made = await subscribed(store)
    later = NOON + MINUTE
    changed = await store.subscriptions.change(
        made,
        by=None,
        now=later,
        action=Action.STOPPED,
        order=AT_NINE,
        state=SubscriptionState.STOPPED,
        reason="The channel was archived.",
        confirmed=True,
        owner=BEN,
        since=later,
    )
    assert changed == replace(
        made,
        order=AT_NINE,
        state=SubscriptionState.STOPPED,
        reason="The channel was archived.",
        confirmed=True,
        owner=BEN,
        since=later,
        changed_at=later,
    )
    assert await store.subscriptions.find(made.id) == changed


async def test_a_change_is_handed_out_for_its_owner_where_that_was_asked_for_and_while_it_holds(store: Store) -> None:
    waits = {"by": None, "now": NOON, "action": Action.STOPPED, "state": SubscriptionState.UNCONFIRMED}
    told, quiet, over = [await subscribed(store) for _ in range(3)]
    waiting = await store.subscriptions.change(told, **waits, tell_owner=True)
    await store.subscriptions.change(quiet, **waits)
    passed = await store.subscriptions.change(over, **waits, tell_owner=True)
    assert passed is not None
    await store.subscriptions.change(passed, by=BEN, now=NOON, action=Action.PAUSED, state=SubscriptionState.PAUSED)
    assert await store.subscriptions.to_tell(TEAM, now=NOON, until=NOON + MINUTE) == (waiting,)
    assert await store.subscriptions.to_tell(TEAM, now=NOON, until=NOON + MINUTE) == ()


async def test_what_was_ordered_before_a_change_is_known_afterwards(store: Store) -> None:
    made = await subscribed(store)
    paused = await store.subscriptions.change(
        made, by=BEN, now=NOON + MINUTE, action=Action.PAUSED, state=SubscriptionState.PAUSED
    )
    assert paused
    edited = await store.subscriptions.change(
        paused, by=BEN, now=NOON + 3 * MINUTE, action=Action.EDITED, order=AT_NINE
    )
    assert edited
    for minutes, order in ((0, EVERY_MORNING), (2, EVERY_MORNING), (3, AT_NINE), (9, AT_NINE)):
        assert await store.subscriptions.order_at(edited, NOON + minutes * MINUTE) == order


async def test_the_reason_of_a_state_ends_with_it(store: Store) -> None:
    made = await subscribed(store, state=SubscriptionState.STOPPED, reason="The channel was archived.")
    edited = await changed_by_ana(store, made, order=AT_NINE)
    assert edited.reason == "The channel was archived."
    assert (await changed_by_ana(store, edited, state=SubscriptionState.ACTIVE)).reason == ""


async def changed_by_ana(store: Store, seen: Subscription, **what: object) -> Subscription:
    changed = await store.subscriptions.change(seen, by=ANA, now=NOON, action=Action.EDITED, **what)
    assert changed is not None
    return changed


async def test_changes_within_one_instant_and_by_a_clock_that_went_back_are_told_apart(store: Store) -> None:
    made = await subscribed(store)
    second = await changed_by_ana(store, made, order=AT_NINE)
    third = await store.subscriptions.change(
        second, by=ANA, now=NOON - timedelta(hours=1), action=Action.EDITED, order=EVERY_MORNING
    )
    assert third is not None
    assert made.changed_at < second.changed_at < third.changed_at
    assert await store.subscriptions.find(made.id) == third


async def test_a_change_of_what_somebody_else_changed_is_not_made(store: Store) -> None:
    made = await subscribed(store)
    by_ben = await store.subscriptions.change(
        made, by=BEN, now=NOON, action=Action.PAUSED, state=SubscriptionState.PAUSED
    )
    assert await store.subscriptions.change(made, by=ANA, now=NOON, action=Action.EDITED, order=AT_NINE) is None
    assert not await store.subscriptions.remove(made, by=ANA, now=NOON)
    assert await store.subscriptions.find(made.id) == by_ben
    assert [each.action for each in await store.audit.of_subject(made.id)] == [Action.PAUSED, Action.CREATED]


async def test_a_change_of_what_was_removed_is_not_made(store: Store) -> None:
    made = await subscribed(store)
    assert await store.subscriptions.remove(made, by=BEN, now=NOON)
    assert await store.subscriptions.change(made, by=ANA, now=NOON, action=Action.EDITED, order=AT_NINE) is None
    assert not await store.subscriptions.remove(made, by=ANA, now=NOON)
    assert await store.subscriptions.find(made.id) is None


async def test_of_changes_made_at_once_by_several_processes_one_is_made(store: Store, migrated_url: str) -> None:
    made = await subscribed(store)
    async with open_store(migrated_url) as second:
        changed = await asyncio.gather(
            *(
                process.subscriptions.change(
                    made, by=ANA, now=NOON + MINUTE, action=Action.EDITED, reason=f"of attempt {number}"
                )
                for number, process in enumerate((store, second) * 6)
            )
        )
    [winner] = [each for each in changed if each is not None]
    assert await store.subscriptions.find(made.id) == winner
    assert len(await store.audit.of_subject(made.id)) == 2


async def test_a_removed_digest_takes_its_deliveries_along_and_no_others(store: Store) -> None:
    made, other = await subscribed(store), await subscribed(store)
    for each in (made, other):
        await store.deliveries.claim(each, occasion(), holder="p", now=NOON, until=NOON + MINUTE)
    assert await store.subscriptions.remove(made, by=ANA, now=NOON)
    assert await store.deliveries.find(made.id, occasion().day) is None
    assert await store.deliveries.find(other.id, occasion().day) is not None


async def test_digests_are_listed_by_channel_and_number(store: Store) -> None:
    sales = await subscribed(store, channel=SALES)
    billing = [await subscribed(store) for _ in range(11)]
    await subscribed(store, channel=ChannelId("C-OTHER"))
    await subscribed(store, team=TeamId("T2"))
    assert await store.subscriptions.of_channels(TEAM, [SALES, BILLING, SALES]) == (*billing, sales)
    assert await store.subscriptions.of_channels(TEAM, []) == ()


async def test_digests_are_listed_by_owner(store: Store) -> None:
    bens = await subscribed(store, owner=BEN)
    await subscribed(store)
    await subscribed(store, owner=BEN, team=TeamId("T2"))
    assert await store.subscriptions.of_owner(TEAM, BEN) == (bens,)


async def test_only_active_digests_are_active_whatever_their_workspace(store: Store) -> None:
    states = [each for each in SubscriptionState if each is not SubscriptionState.ACTIVE]
    for state in states:
        await subscribed(store, state=state)
    active = [await subscribed(store), await subscribed(store, team=TeamId("T2"))]
    assert await store.subscriptions.active() == tuple(active)


async def test_a_list_may_be_asked_about_more_channels_than_a_statement_takes(store: Store) -> None:
    made = await subscribed(store)
    everywhere = [ChannelId(f"C{number}") for number in range(40_000)] + [BILLING]
    assert await store.subscriptions.of_channels(TEAM, everywhere) == (made,)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param({"order_json": '{"v":2}'}, id="an order of a later release"),
        pytest.param({"order_json": "{"}, id="a damaged order"),
        pytest.param({"state": "resting"}, id="a state of a later release"),
    ],
)
async def test_a_digest_that_cannot_be_read_is_named_and_harms_no_other(
    store: Store, migrated_url: str, damage: dict[str, str]
) -> None:
    broken, sound = await subscribed(store, owner=BEN), await subscribed(store)
    await on_database(migrated_url, update(subscriptions).where(subscriptions.c.id == broken.id).values(**damage))
    with pytest.raises(Unreadable, match=broken.id):
        await store.subscriptions.find(broken.id)
    with capture_logs() as logged:
        assert await store.subscriptions.of_channels(TEAM, [BILLING]) == (sound,)
        assert await store.subscriptions.of_channels(TEAM, [BILLING]) == (sound,)
        assert await store.subscriptions.of_owner(TEAM, BEN) == ()
        assert sound in await store.subscriptions.active()
    (damaged,) = await store.subscriptions.damaged(TEAM, channels=[BILLING])
    assert (damaged.id, damaged.number, damaged.channel, damaged.owner) == (broken.id, broken.number, BILLING, BEN)
    assert await store.subscriptions.damaged(TEAM, owner=BEN) == (damaged,)
    assert await store.subscriptions.damaged(TEAM, channels=[SALES], owner=ANA) == ()
    assert await store.subscriptions.remove(damaged, by=BEN, now=NOON)
    assert not await store.subscriptions.remove(damaged, by=BEN, now=NOON)
    assert await store.subscriptions.damaged(TEAM, channels=[BILLING]) == ()
    assert next(iter(await store.audit.of_subject(broken.id))).action is Action.REMOVED
    assert [(each["key"], each["log_level"]) for each in logged] == [(broken.id, "error")]


async def test_the_audit_log_tells_who_made_changed_and_removed_a_digest(store: Store) -> None:
    made = await subscribed(store)
    paused = await store.subscriptions.change(
        made, by=BEN, now=NOON + MINUTE, action=Action.PAUSED, state=SubscriptionState.PAUSED
    )
    assert paused is not None
    assert await store.subscriptions.remove(paused, by=ANA, now=NOON + 2 * MINUTE)
    removal, pause, creation = await store.audit.of_subject(made.id)
    assert (creation.action, creation.user, creation.at) == (Action.CREATED, ANA, NOON)
    assert (pause.action, pause.user, pause.at) == (Action.PAUSED, BEN, NOON + MINUTE)
    assert (removal.action, removal.user, removal.at) == (Action.REMOVED, ANA, NOON + 2 * MINUTE)
    assert {each.channel for each in (creation, pause, removal)} == {BILLING}
    assert creation.before == removal.after == ""
    assert creation.after == pause.before
    assert pause.after == removal.before
    before, after = json.loads(pause.before), json.loads(pause.after)
    assert {key for key in before if before[key] != after[key]} == {"state"}
    assert before["order"]["schedule"]["at"] == "07:45"
