"""A process ends after any step, and another goes on: each digest arrives once."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.demo.slack_people import BILLING_FLOOR
from bot.domain.deliveries import FileStage, Stage
from bot.store.database import open_store
from bot.store.schema import migrate
from bot.usecases.digests.leases import LEASE
from tests.usecases.digest_site import Died, Site, Steps, digest_site, order

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.domain.subscriptions import Subscription
    from bot.usecases.digests.engine import Digests

STEPS = ("claimed", "composed", "sending", "posted", "settled")
FILE_STEPS = ("file claimed", "file uploaded", "file settled")
LAPSED = LEASE + timedelta(seconds=1)


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with digest_site() as one:
        yield one


async def ended(digests: Digests) -> None:
    """One look of a process that may die of it."""
    try:
        await digests.tick()
    except Died:
        return
    except BaseExceptionGroup as group:
        others = group.split(Died)[1]
        if others:
            raise others from group


async def killed(site: Site, step: str, **settings: Any) -> None:
    await ended(site.digests(step=Steps(die_after=step), **settings))


def files_in(site: Site) -> int:
    return sum(bool(message.files) for message in site.local.messages(BILLING_FLOOR))


@pytest.mark.parametrize("step", STEPS)
async def test_what_one_process_left_another_finishes_once(site: Site, step: str) -> None:
    subscriptions = [await site.subscribe() for _ in range(3)]
    await killed(site, step)
    successor = site.digests()
    await successor.tick()  # the claims of the dead are respected until they lapse
    for _ in range(2):
        site.clock.later(LAPSED)
        await successor.tick()
    assert site.keys() == {f"{one.id}:2026-11-20": 1 for one in subscriptions}
    assert {(await site.entry(one)).stage for one in subscriptions} == {Stage.SENT}
    assert not site.owners.told


async def test_nobody_touches_what_another_process_holds(site: Site) -> None:
    await site.subscribe()
    await killed(site, "sending")
    site.clock.later(LEASE - timedelta(seconds=1))
    steps = Steps()
    await site.digests(step=steps).tick()
    assert steps.done == []


@pytest.mark.parametrize("first", STEPS)
@pytest.mark.parametrize("second", ["claimed", "looked", "sending", "posted", "settled"])
async def test_a_successor_may_die_as_well(site: Site, first: str, second: str) -> None:
    subscription = await site.subscribe()
    await killed(site, first)
    site.clock.later(LAPSED)
    await killed(site, second)
    site.clock.later(LAPSED)
    await site.digests().tick()
    assert site.keys() == {f"{subscription.id}:2026-11-20": 1}
    assert (await site.entry(subscription)).stage is Stage.SENT


@pytest.mark.parametrize("step", ["claimed", "settled"])
async def test_days_that_were_missed_are_told_even_then(site: Site, step: str) -> None:
    subscription = await site.subscribe()
    site.clock.later(timedelta(hours=3))
    await killed(site, step)
    site.clock.later(LAPSED)
    await site.digests().tick()
    assert [word.subscription.id for word in site.owners.words] == [subscription.id]
    assert (await site.entry(subscription)).stage is Stage.MISSED


@pytest.mark.parametrize("step", ["posted", "postponed", "stopped"])
async def test_a_channel_that_takes_nothing_is_told_of_even_then(site: Site, step: str) -> None:
    subscription = await site.subscribe()
    site.local.workspace.change_channel(BILLING_FLOOR, is_archived=True)
    await killed(site, step)
    for _ in range(2):
        site.clock.later(LAPSED)
        await site.digests().tick()
    assert site.owners.words
    assert {word.subscription.id for word in site.owners.words} == {subscription.id}
    assert not (await site.entry(subscription)).stage.open


@pytest.mark.parametrize("step", FILE_STEPS)
async def test_a_file_is_in_the_thread_once(site: Site, step: str) -> None:
    subscription = await site.subscribe(order(csv=True))
    first = site.digests(step=Steps(die_after=step))
    await first.tick()
    with pytest.raises(Died):
        await site.files_sent(first)
    successor = site.digests()
    for _ in range(2):
        site.clock.later(timedelta(minutes=6))
        await successor.tick()
        await site.files_sent(successor)
    assert files_in(site) == 1
    assert (await site.entry(subscription)).file is FileStage.SENT
    (thread,) = {message.thread_ts for message in site.local.messages(BILLING_FLOOR) if message.files}
    assert thread == (await site.entry(subscription)).ts


async def all_sent(site: Site, subscriptions: list[Subscription]) -> None:
    assert site.keys() == {f"{one.id}:2026-11-20": 1 for one in subscriptions}


async def test_two_processes_on_one_database_send_each_digest_once(database_url: str) -> None:
    await migrate(database_url)
    async with digest_site(url=database_url) as site, open_store(database_url) as second_store:
        channels = site.add_channels(20)
        subscriptions = [await site.subscribe(channel=channels[number % 20]) for number in range(60)]
        steps = Steps(), Steps()
        one, two = site.digests(step=steps[0]), site.digests(step=steps[1], store=second_store)
        await asyncio.gather(one.tick(), two.tick(), one.tick(), two.tick())
        await asyncio.gather(one.tick(), two.tick())
        await all_sent(site, subscriptions)
        assert sum(each.done.count("posted") for each in steps) == len(subscriptions)


async def test_a_process_that_sleeps_through_its_lease_sends_nothing(site: Site) -> None:
    subscription = await site.subscribe()
    other = site.digests()

    class Sleepy(Steps):
        def __call__(self, name: str) -> None:
            super().__call__(name)
            if name == "composed":
                site.clock.later(LAPSED)

    sleepy = Sleepy()
    await site.digests(step=sleepy).tick()
    assert "sending" not in sleepy.done
    await other.tick()
    await all_sent(site, [subscription])


async def test_a_slow_ledger_is_no_reason_to_send_twice(site: Site) -> None:
    subscription = await site.subscribe()

    class Slow(Steps):
        def __call__(self, name: str) -> None:
            super().__call__(name)
            if name == "sending":
                site.clock.later(LAPSED)

    slow = Slow()
    await site.digests(step=slow).tick()
    assert "posted" not in slow.done
    await site.digests().tick()
    await all_sent(site, [subscription])
