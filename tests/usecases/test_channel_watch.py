"""Digests of channels that another organisation reads, where no event told of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from bot.demo.slack_workspace import ChannelId as LocalId
from bot.domain.ids import ChannelId, UserId
from bot.domain.subscriptions import Subscription, SubscriptionState
from bot.usecases.channel_watch import FRESH, ChannelWatch
from bot.usecases.digests.subscribe_rules import UNCONFIRMED
from tests.usecases.subscribing_site import (
    BEN,
    BOT_MEMBER,
    HERE,
    MIRA,
    SERVICE,
    SHARED,
    WORKSPACE,
    Site,
    order,
    subscribing_site,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

ACTIVE, WAITING = SubscriptionState.ACTIVE, SubscriptionState.UNCONFIRMED


@dataclass
class Watched:
    site: Site
    watch: ChannelWatch
    asked: list[tuple[Subscription, UserId]] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)

    async def state(self, one: Subscription) -> SubscriptionState:
        found = await self.site.store.subscriptions.find(one.id)
        assert found is not None
        return found.state

    def leave(self, channel: ChannelId) -> None:
        """The bot may still write there, as in any public channel."""
        members = self.site.local.workspace.channels[LocalId(channel)].members
        self.site.change_channel(channel, members=members - {BOT_MEMBER})
        self.site.channels.forget(channel)


@pytest.fixture
async def watched(tmp_path: Path) -> AsyncIterator[Watched]:
    async with subscribing_site(tmp_path) as site:
        asked: list[tuple[Subscription, UserId]] = []
        waits: list[float] = []

        async def ask(subscription: Subscription, by: UserId) -> None:
            asked.append((subscription, by))

        async def sleep(seconds: float) -> None:
            waits.append(seconds)

        watch = ChannelWatch(
            site.store.subscriptions, site.channels, team=WORKSPACE, ask=ask, now=site.clock, sleep=sleep
        )
        yield Watched(site, watch, asked, waits)


@pytest.mark.parametrize(
    "shared",
    [
        pytest.param("is_ext_shared", id="another organisation is in it"),
        pytest.param("is_pending_ext_shared", id="another organisation is invited"),
    ],
)
async def test_what_nobody_confirmed_waits_and_administrators_are_asked(watched: Watched, shared: str) -> None:
    site = watched.site
    made = await site.subscribing.create(order(), channel=HERE, by=BEN)
    paused = await site.subscribing.pause(await site.subscribing.create(order(), channel=HERE, by=BEN), BEN)
    other = await site.subscribing.create(order(), channel=SERVICE, by=BEN)
    own = await site.subscribing.create(order(), channel=ChannelId(BEN.user), by=BEN)
    site.change_channel(HERE, **{shared: True})
    assert await watched.watch.listed()
    waiting = await site.store.subscriptions.find(made.id)
    assert waiting is not None
    assert (waiting.state, waiting.reason) == (WAITING, UNCONFIRMED)
    assert watched.asked == [(waiting, BEN.user)]
    assert await watched.state(paused) is SubscriptionState.PAUSED
    assert [await watched.state(one) for one in (other, own)] == [ACTIVE, ACTIVE]
    assert (await site.subscribing.resume(paused, BEN)).state is WAITING, "and what was known before is forgotten"


async def test_what_an_administrator_let_speak_goes_on(watched: Watched) -> None:
    made = await watched.site.subscribing.create(order(), channel=SHARED, by=MIRA)
    await watched.watch.listed()
    assert await watched.state(made) is ACTIVE
    assert watched.asked == []


async def test_the_list_is_asked_for_once_at_the_start_and_again_when_it_is_old(watched: Watched) -> None:
    calls = watched.site.local.calls_of
    await watched.watch.listed()
    await watched.watch.listed()
    await watched.watch.look()
    assert len(calls("users.conversations")) == 1
    made = await watched.site.subscribing.create(order(), channel=HERE, by=BEN)
    watched.site.change_channel(HERE, is_ext_shared=True)
    watched.site.clock.now += FRESH
    await watched.watch.look()
    assert len(calls("users.conversations")) == 2
    assert await watched.state(made) is WAITING


async def test_of_hundreds_of_channels_each_is_not_asked_about(watched: Watched) -> None:
    for _ in range(3):
        for channel in (HERE, SERVICE):
            await watched.site.subscribing.create(order(), channel=channel, by=BEN)
    before = len(watched.site.local.calls_of("conversations.info"))
    await watched.watch.look()
    assert len(watched.site.local.calls_of("conversations.info")) == before
    assert watched.waits == []


async def test_a_channel_that_the_bot_is_not_in_is_looked_at_by_itself_and_not_in_haste(watched: Watched) -> None:
    made = [await watched.site.subscribing.create(order(), channel=channel, by=BEN) for channel in (HERE, SERVICE)]
    for channel in (HERE, SERVICE):
        watched.leave(channel)
    watched.site.change_channel(HERE, is_ext_shared=True)
    assert await watched.watch.listed()
    assert await watched.state(made[0]) is ACTIVE, "a digest does not wait for that"
    await watched.watch.look()
    assert [await watched.state(one) for one in made] == [WAITING, ACTIVE]
    assert len(watched.waits) == 2
    assert min(watched.waits) > 60 / 50, "Slack answers fifty a minute"


async def test_while_slack_does_not_answer_it_is_not_known(watched: Watched) -> None:
    made = await watched.site.subscribing.create(order(), channel=HERE, by=BEN)
    watched.site.change_channel(HERE, is_ext_shared=True)
    watched.site.local.fail_next("users.conversations", error="fatal_error", times=2)
    assert not await watched.watch.listed()
    await watched.watch.look()
    assert await watched.state(made) is ACTIVE
    assert await watched.watch.listed()
    assert await watched.state(made) is WAITING


async def test_without_the_scope_digests_go_on_and_each_channel_is_tried(watched: Watched) -> None:
    made = await watched.site.subscribing.create(order(), channel=HERE, by=BEN)
    watched.site.change_channel(HERE, is_ext_shared=True)
    watched.site.channels.forget(HERE)
    watched.site.local.scopes = watched.site.local.scopes - {"groups:read"}
    assert await watched.watch.listed()
    assert await watched.state(made) is ACTIVE
    await watched.watch.look()
    assert await watched.state(made) is WAITING
