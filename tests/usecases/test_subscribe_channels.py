"""What becomes of digests when something happens to their channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.demo.slack_workspace import ChannelId as LocalId
from bot.domain.audit import Action
from bot.domain.ids import ChannelId
from bot.domain.places import PlaceSettings
from bot.domain.subscriptions import Subscription, SubscriptionState
from bot.errors import NotAllowed
from bot.slack.channels import SlackSilent
from bot.store.subscriptions import Subscriptions
from bot.usecases.digests.subscribe_rules import UNCONFIRMED
from tests.usecases.subscribing_site import (
    ANA,
    BEN,
    BOT_MEMBER,
    CLEO,
    HERE,
    MIRA,
    QUEUES,
    SECRET,
    SERVICE,
    SHARED,
    Site,
    named,
    order,
    subscribing_site,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

ACTIVE = SubscriptionState.ACTIVE
STOPPED, WAITING = SubscriptionState.STOPPED, SubscriptionState.UNCONFIRMED
ELSEWHERE = ChannelId("C0ELSEWHERE")
ARCHIVED = "The channel was archived."


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with subscribing_site(tmp_path) as one:
        yield one


async def test_a_channel_that_is_gone_stops_what_was_active_and_says_so_once(site: Site) -> None:
    active = await site.subscribing.create(order(), channel=HERE, by=BEN)
    paused = await site.subscribing.pause(await site.subscribing.create(order(), channel=HERE, by=BEN), BEN)
    elsewhere = await site.subscribing.create(order(), channel=SERVICE, by=BEN)
    (stopped,) = await site.subscribing.channel_gone(HERE, ARCHIVED)
    assert (stopped.id, stopped.state, stopped.reason) == (active.id, STOPPED, ARCHIVED)
    assert await site.subscribing.channel_gone(HERE, ARCHIVED) == ()
    assert await site.subscribing.find(paused.id) == paused
    assert await site.subscribing.find(elsewhere.id) == elsewhere


async def test_what_was_stopped_goes_on_when_the_channel_is_back_and_says_what_to_do_before(site: Site) -> None:
    made = await site.subscribing.create(order(), channel=HERE, by=BEN)
    site.change_channel(HERE, is_archived=True)
    (stopped,) = await site.subscribing.channel_gone(HERE, ARCHIVED)
    with pytest.raises(NotAllowed, match="#billing-floor is archived and takes no messages"):
        await site.subscribing.resume(stopped, BEN)
    assert await site.subscribing.find(made.id) == stopped
    site.change_channel(HERE, is_archived=False)
    resumed = await site.subscribing.resume(stopped, BEN)
    assert (resumed.state, resumed.reason) == (ACTIVE, "")
    assert resumed.since > stopped.changed_at


async def test_a_private_channel_without_the_bot_wants_an_invitation_before_it_goes_on(site: Site) -> None:
    site.join(SECRET, BEN)
    site.change_channel(SECRET, members=site.local.workspace.channels[LocalId(SECRET)].members | {BOT_MEMBER})
    await site.subscribing.create(order(), channel=SECRET, by=CLEO)
    site.change_channel(SECRET, members=site.local.workspace.channels[LocalId(SECRET)].members - {BOT_MEMBER})
    (stopped,) = await site.subscribing.channel_gone(SECRET, "The bot was removed from the channel.")
    with pytest.raises(NotAllowed, match="Type /invite @queue-sla there first"):
        await site.subscribing.resume(stopped, BEN)
    site.change_channel(SECRET, members=site.local.workspace.channels[LocalId(SECRET)].members | {BOT_MEMBER})
    assert (await site.subscribing.resume(stopped, BEN)).state is ACTIVE


async def test_while_slack_refuses_the_bot_nothing_goes_on(site: Site) -> None:
    await site.subscribing.create(order(), channel=HERE, by=BEN)
    site.local.revoke()
    (stopped,) = await site.subscribing.channel_gone(HERE, "The workspace has uninstalled the bot.")
    with pytest.raises(SlackSilent):
        await site.subscribing.resume(stopped, BEN)
    site.local.restore()
    assert (await site.subscribing.resume(stopped, BEN)).state is ACTIVE


async def test_a_channel_that_becomes_shared_waits_for_an_administrator(site: Site) -> None:
    active = await site.subscribing.create(order(), channel=HERE, by=BEN)
    paused = await site.subscribing.pause(await site.subscribing.create(order(), channel=HERE, by=BEN), BEN)
    site.change_channel(HERE, is_ext_shared=True)
    (waiting,) = await site.subscribing.channel_shared(HERE)
    assert (waiting.id, waiting.state, waiting.reason) == (active.id, WAITING, UNCONFIRMED)
    assert await site.subscribing.channel_shared(HERE) == ()
    assert (await site.subscribing.resume(paused, BEN)).state is WAITING
    with pytest.raises(NotAllowed, match="Only an administrator can confirm it"):
        await site.subscribing.resume(waiting, BEN)
    assert (await site.subscribing.confirm(waiting, MIRA)).state is ACTIVE


async def test_an_organisation_more_is_confirmed_anew(site: Site) -> None:
    made = await site.subscribing.create(order(), channel=SHARED, by=MIRA)
    (waiting,) = await site.subscribing.channel_shared(SHARED)
    assert (waiting.id, waiting.state, waiting.confirmed) == (made.id, WAITING, False)
    assert (await site.subscribing.resume(await site.subscribing.pause(waiting, BEN), BEN)).state is WAITING


async def test_a_channel_that_is_shared_no_more_needs_no_administrator(site: Site) -> None:
    await site.subscribing.create(order(), channel=HERE, by=BEN)
    site.change_channel(HERE, is_ext_shared=True)
    (waiting,) = await site.subscribing.channel_shared(HERE)
    site.change_channel(HERE, is_ext_shared=False)
    site.channels.forget(HERE)
    assert (await site.subscribing.resume(waiting, BEN)).state is ACTIVE


async def test_a_change_at_the_moment_of_sharing_does_not_keep_a_digest_speaking(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await site.subscribing.create(order(), channel=HERE, by=BEN)
    change = Subscriptions.change

    async def slower(records: Subscriptions, seen: Subscription, **more: object) -> Subscription | None:
        monkeypatch.setattr(Subscriptions, "change", change)
        await change(records, seen, by=ANA.user, now=site.clock(), action=Action.EDITED, order=order("sales"))
        return await change(records, seen, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Subscriptions, "change", slower)
    (waiting,) = await site.subscribing.channel_shared(HERE)
    assert (waiting.id, waiting.state, waiting.order) == (made.id, WAITING, order("sales"))


async def test_digests_and_settings_move_with_their_channel(site: Site) -> None:
    made = await site.subscribing.create(order(), channel=HERE, by=BEN)
    await site.places.change(HERE, PlaceSettings(limit=named("sales")), MIRA)
    site.local.workspace.readdress(LocalId(HERE), LocalId(ELSEWHERE))
    await site.subscribing.moved(HERE, ELSEWHERE)
    await site.subscribing.moved(HERE, ELSEWHERE)
    (moved,) = await site.subscribing.listing(ELSEWHERE, BEN)
    assert (moved.id, moved.state) == (made.id, ACTIVE)
    assert await site.subscribing.listing(HERE) == ()
    assert await site.places.sight(ELSEWHERE) == {QUEUES[2].id}
