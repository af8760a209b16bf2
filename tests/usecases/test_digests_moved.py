"""Slack gives a channel another id in the middle of a delivery: the digest is there once, and nothing is stopped."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.demo.slack_faults import Drop, Fault
from bot.demo.slack_people import BILLING_FLOOR
from bot.demo.slack_workspace import ChannelId as LocalChannelId
from bot.domain.deliveries import Stage
from bot.domain.ids import ChannelId, TeamId
from bot.domain.subscriptions import SubscriptionState
from bot.store.database import Store
from bot.store.deliveries import Deliveries
from bot.store.subscriptions import Subscriptions
from bot.usecases.digests.leases import LEASE
from tests.usecases.digest_site import SOON, Site, digest_site

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncEngine

    from bot.domain.deliveries import Delivery
    from bot.domain.ids import SubscriptionId
    from bot.domain.subscriptions import Subscription

MOVED_TO = LocalChannelId("C0BILLING2")
POST = "chat.postMessage"
GONE = Fault(error="channel_not_found", channel=BILLING_FLOOR)


class Move:
    """The channel's id changes at one step, as Slack and its event do."""

    def __init__(self, site: Site, at: str) -> None:
        self.site = site
        self.at = at

    async def __call__(self, step: str) -> None:
        if step != self.at:
            return
        self.at = ""
        workspace = self.site.local.workspace
        workspace.channels[MOVED_TO] = replace(workspace.channels[BILLING_FLOOR], id=MOVED_TO)
        for key, message in list(workspace.messages.items()):
            workspace.messages[MOVED_TO, key[1]] = replace(message, channel=MOVED_TO)
        workspace.remove_channel(BILLING_FLOOR)
        team = TeamId(self.site.identity.team_id)
        old, new = ChannelId(BILLING_FLOOR), ChannelId(MOVED_TO)
        await self.site.store.subscriptions.move_channel(team, old, new, self.site.clock.now)


class MovingLedger(Deliveries):
    def __init__(self, engine: AsyncEngine, move: Move) -> None:
        super().__init__(engine)
        self._move = move

    async def sending(self, seen: Delivery, *, now: datetime, until: datetime) -> Delivery | None:
        await self._move("before it is announced")
        entry = await super().sending(seen, now=now, until=until)
        await self._move("before it is posted")
        return entry


class MovingSubscriptions(Subscriptions):
    def __init__(self, engine: AsyncEngine, move: Move) -> None:
        super().__init__(engine)
        self._move = move

    async def find(self, subscription: SubscriptionId) -> Subscription | None:
        await self._move("before it is looked for")
        return await super().find(subscription)

    async def stop_channel(
        self, team: TeamId, channel: ChannelId, reason: str, now: datetime
    ) -> tuple[Subscription, ...]:
        await self._move("before the channel is stopped")
        return await super().stop_channel(team, channel, reason, now)


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with digest_site() as one:
        yield one


@pytest.mark.parametrize(
    ("at", "fault"),
    [
        pytest.param("before it is announced", GONE, id="between the claim and the announcement"),
        pytest.param("before it is posted", GONE, id="between the announcement and the refusal of the old id"),
        pytest.param("before the channel is stopped", GONE, id="while the channel is being stopped"),
        pytest.param("before it is looked for", Fault(drop=Drop.AFTER), id="before a message that may be there"),
    ],
)
async def test_a_channel_that_moves_meanwhile_has_its_digest_once_and_goes_on(
    site: Site, at: str, fault: Fault
) -> None:
    subscription, other = await site.subscribe(), await site.subscribe()
    site.local.faults.add(POST, fault, times=None if fault is GONE else 1)
    move = Move(site, at)
    store = Store(site.store._engine)
    store.deliveries = MovingLedger(store._engine, move)
    store.subscriptions = MovingSubscriptions(store._engine, move)
    digests = site.digests(store=store)
    for _ in range(3):
        await digests.tick()
        site.clock.later(LEASE + SOON)
    assert not move.at, "it has moved"
    assert site.keys() == {f"{one.id}:2026-11-20": 1 for one in (subscription, other)}
    for one in (subscription, other):
        assert (await site.as_now(one)).state is SubscriptionState.ACTIVE
        assert (await site.entry(one)).stage is Stage.SENT
    assert not site.owners.told
    message = next(one for one in site.local.messages(MOVED_TO) if one.metadata)
    assert "late" not in str(message.blocks)
