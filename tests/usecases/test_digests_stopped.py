"""A channel takes no more messages: whatever happens to the process that notices, each owner hears why, once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.demo.slack_faults import Fault
from bot.demo.slack_people import ANA, BEN, BILLING_FLOOR
from bot.domain.audit import Action
from bot.domain.deliveries import Stage
from bot.domain.ids import ChannelId, TeamId
from bot.domain.subscriptions import SubscriptionState
from bot.usecases.digests.leases import LEASE
from bot.usecases.digests.words import About
from tests.usecases.digest_site import SOON, Site, digest_site

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.domain.subscriptions import Subscription

POST = "chat.postMessage"
MINUTE = timedelta(minutes=1)
WHY = "The channel is archived."


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with digest_site() as one:
        yield one


async def archived(site: Site) -> tuple[Subscription, ...]:
    """As the event of Slack has it."""
    site.local.workspace.change_channel(BILLING_FLOOR, is_archived=True)
    team = TeamId(site.identity.team_id)
    return await site.store.subscriptions.stop_channel(team, ChannelId(BILLING_FLOOR), WHY, site.clock.now)


async def test_an_owner_of_whom_slack_took_nothing_is_told_by_a_later_tick(site: Site) -> None:
    subscription = await site.subscribe()
    digests = site.digests()
    site.owners.reachable = False
    await digests.stopped(await archived(site))
    site.clock.later(MINUTE)
    await digests.tick()
    site.owners.reachable = True
    for _ in range(3):
        site.clock.later(MINUTE)
        await digests.tick()
    (word,) = site.owners.words
    assert (word.about, word.subscription.id) == (About.STOPPED, subscription.id)
    assert word.because == "the channel is archived"


async def test_a_process_that_ends_between_stopping_and_telling_leaves_that_to_another(site: Site) -> None:
    await site.subscribe()
    await site.subscribe(owner=BEN)
    await archived(site)
    one, two = site.digests(), site.digests()
    for _ in range(3):
        await one.tick()
        await two.tick()
        site.clock.later(MINUTE)
    assert sorted(owner for owner, _ in site.owners.told) == [ANA, BEN]


async def test_who_was_told_at_once_is_not_told_again(site: Site) -> None:
    await site.subscribe()
    digests = site.digests()
    await digests.stopped(await archived(site))
    for _ in range(3):
        site.clock.later(MINUTE)
        await digests.tick()
    assert len(site.owners.told) == 1


async def test_nobody_is_told_of_a_digest_that_was_resumed_meanwhile(site: Site) -> None:
    await site.subscribe()
    (stopped,) = await archived(site)
    await site.store.subscriptions.change(
        stopped, by=None, now=site.clock.now, action=Action.RESUMED, state=SubscriptionState.PAUSED
    )
    site.clock.later(MINUTE)
    await site.digests().tick()
    assert not site.owners.told


async def test_the_reason_is_that_of_the_stop_and_not_of_an_earlier_attempt(site: Site) -> None:
    subscription = await site.subscribe()
    site.faults.set("unavailable")
    digests = site.digests()
    await digests.tick()
    assert "Genesys" in (await site.entry(subscription)).note
    await digests.stopped(await archived(site))
    site.clock.later(LEASE + SOON)
    await digests.tick()
    entry = await site.entry(subscription)
    assert (entry.stage, entry.note) == (Stage.MISSED, WHY)
    (word,) = site.owners.words
    assert (word.about, word.because) == (About.STOPPED, "the channel is archived")


async def test_an_owner_who_cannot_be_told_of_a_refused_message_is_told_later(site: Site) -> None:
    subscription = await site.subscribe()
    site.local.faults.add(POST, Fault(error="is_archived"), times=1)
    site.owners.reachable = False
    digests = site.digests()
    await digests.tick()
    assert (await site.entry(subscription)).stage is Stage.MISSED
    site.owners.reachable = True
    for _ in range(3):
        site.clock.later(MINUTE)
        await digests.tick()
    (word,) = site.owners.words
    assert (word.about, word.because) == (About.STOPPED, "the channel is archived")
