"""A process is stopped in the middle of a round: what it announced arrives, and the rest is the next one's at once."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.demo.slack_people import ANA, SERVICE_DESK
from bot.domain.deliveries import Stage
from tests.usecases.digest_site import FRIDAY, Clock, Site, digest_site, order

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.domain.subscriptions import Subscription

AT_ONCE = timedelta(milliseconds=20)


class StandingClock(Clock):
    """Whoever waits on it waits until it goes."""

    def __init__(self) -> None:
        super().__init__()
        self.goes = asyncio.Event()
        self.waited_for = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        self.waited_for.set()
        await self.goes.wait()
        await super().sleep(seconds)


@pytest.fixture
async def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
async def site(clock: StandingClock) -> AsyncIterator[Site]:
    async with digest_site(clock=clock) as one:
        yield one
        clock.goes.set()


async def two(site: Site) -> list[Subscription]:
    """Of which the second waits for its turn."""
    return [await site.subscribe(), await site.subscribe(channel=SERVICE_DESK)]


async def all_sent_by_the_next(site: Site, clock: StandingClock, subscriptions: list[Subscription]) -> None:
    """Without waiting for a claim to lapse."""
    clock.goes.set()
    await site.digests().tick()
    assert site.keys() == {f"{one.id}:2026-11-20": 1 for one in subscriptions}
    for one in subscriptions:
        assert (await site.entry(one)).stage is Stage.SENT


async def test_what_waits_for_its_turn_is_begun_no_more(site: Site, clock: StandingClock) -> None:
    subscriptions = await two(site)
    digests = site.digests()
    ticking = asyncio.create_task(digests.tick())
    await clock.waited_for.wait()
    draining = asyncio.create_task(digests.drain())
    await asyncio.sleep(0)
    clock.goes.set()
    await draining
    await ticking
    assert len(site.keys()) == 1
    await all_sent_by_the_next(site, clock, subscriptions)


async def test_what_is_given_up_late_is_free_for_the_next_at_once(site: Site, clock: StandingClock) -> None:
    subscriptions = await two(site)
    settled = asyncio.Event()
    digests = site.digests(step=lambda name: settled.set() if name == "settled" else None)
    ticking = asyncio.create_task(digests.tick())
    await clock.waited_for.wait()
    await settled.wait()
    await digests.drain(within=AT_ONCE)
    await ticking
    assert len(site.keys()) == 1
    await all_sent_by_the_next(site, clock, subscriptions)


async def test_a_message_on_its_way_is_waited_for(site: Site, clock: StandingClock) -> None:
    announced = asyncio.Event()
    subscription = await site.subscribe()
    digests = site.digests(step=lambda name: announced.set() if name == "sending" else None)
    ticking = asyncio.create_task(digests.tick())
    await announced.wait()
    await digests.drain()
    await ticking
    assert (await site.entry(subscription)).stage is Stage.SENT


async def test_a_file_that_nobody_would_wait_for_is_not_begun(site: Site, clock: StandingClock) -> None:
    subscription = await site.subscribe(order(csv=True))
    clock.goes.set()
    clock.later(timedelta(hours=3))
    digests = site.digests()
    await digests.tick()
    await digests.drain()
    await site.files_sent(digests)
    filing = digests._filing
    entry = await digests.send_again(subscription, FRIDAY.date(), by=ANA)
    assert entry
    assert (entry.stage, entry.file) == (Stage.SENT, "wanted")
    assert digests._filing is filing
