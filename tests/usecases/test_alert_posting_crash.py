"""A process ends after any step, and another goes on: each alert is in Slack once, and says what it should."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.demo.slack_faults import Fault
from bot.domain.alerts.states import Sending
from bot.store.database import open_store
from bot.store.schema import migrate
from bot.usecases.alerts.ledger import LEASE
from tests.usecases.digest_site import Steps, keys_in
from tests.usecases.posting_site import POST, SECOND, UPDATE, PostingSite, ended, posting_site

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

STEPS = ("claimed", "composed", "sending", "posted", "settled")
LINE_STEPS = tuple(f"line {step}" for step in STEPS)
EDIT_STEPS = ("claimed", "edit composed", "edited", "edit settled")
LAPSED = LEASE + SECOND


@pytest.fixture
async def site() -> AsyncIterator[PostingSite]:
    async with posting_site() as one:
        yield one


async def killed(site: PostingSite, step: str) -> None:
    """A process of which nothing is left after that step."""
    steps = Steps(die_after=step)
    await ended(site.posting(step=steps))
    assert not steps.die_after, f"{step} was never reached: {steps.done}"


async def finished(site: PostingSite) -> None:
    """What another process makes of it."""
    successor = site.posting()
    await successor.send()  # the claims of the dead are respected until they lapse
    for _ in range(2):
        site.clock.later(LAPSED)
        await successor.send()


@pytest.mark.parametrize("step", STEPS)
async def test_what_one_process_left_another_finishes_once(site: PostingSite, step: str) -> None:
    bulletins = []
    for name in ("one", "two", "three"):
        bulletins.append(await site.fires(name))
        site.clock.later(SECOND)
    await killed(site, step)
    await finished(site)
    assert keys_in(site.local) == {bulletin.id: 1 for bulletin in bulletins}
    assert {(await site.as_now(bulletin)).sending for bulletin in bulletins} == {Sending.SENT}


@pytest.mark.parametrize("step", STEPS)
async def test_what_was_found_says_what_it_should_by_now(site: PostingSite, step: str) -> None:
    bulletin = await site.fires("one")
    await killed(site, step)
    await site.says(bulletin, "two")
    await finished(site)
    assert site.posted() == ["two Billing"]


@pytest.mark.parametrize("step", LINE_STEPS)
async def test_a_thread_is_continued_where_it_ended(site: PostingSite, step: str) -> None:
    bulletin = await site.fires()
    await site.posting().send()
    await site.says_in_thread(bulletin, "first", "second", "third")
    await killed(site, step)
    await finished(site)
    assert site.thread(await site.as_now(bulletin)) == ["first", "second", "third"]


@pytest.mark.parametrize("step", EDIT_STEPS)
async def test_an_edit_that_nobody_finished_is_made_again(site: PostingSite, step: str) -> None:
    bulletin = await site.fires("one")
    await site.posting().send()
    await site.says(bulletin, "two")
    site.clock.later(timedelta(minutes=1))
    await killed(site, step)
    await finished(site)
    assert site.posted() == ["two Billing"]
    now = await site.as_now(bulletin)
    assert (now.shown, now.sending) == (now.revision, Sending.SENT)


@pytest.mark.parametrize("step", ["claimed", "edited", "sending", "posted", "settled"])
async def test_what_is_posted_anew_is_posted_anew_once(site: PostingSite, step: str) -> None:
    bulletin = await site.fires("one")
    await site.posting().send()
    await site.says(bulletin, "two")
    site.clock.later(timedelta(minutes=1))
    site.local.faults.add(UPDATE, Fault(error="edit_window_closed"), times=2)
    await killed(site, step)
    await finished(site)
    texts = Counter(site.posted())
    assert texts["two Billing"] == 1
    assert texts.total() <= 2


@pytest.mark.parametrize("first", STEPS)
@pytest.mark.parametrize("second", ["claimed", "posted", "settled"])
async def test_a_successor_may_die_as_well(site: PostingSite, first: str, second: str) -> None:
    bulletin = await site.fires()
    for step in (first, second):
        await ended(site.posting(step=Steps(die_after=step)))
        site.clock.later(LAPSED)
    await finished(site)
    assert keys_in(site.local) == {bulletin.id: 1}


async def test_hours_later_it_is_still_found(site: PostingSite) -> None:
    bulletin = await site.fires()
    await killed(site, "posted")
    site.clock.later(timedelta(hours=9))
    await finished(site)
    assert keys_in(site.local) == {bulletin.id: 1}


async def test_nobody_touches_what_another_process_holds(site: PostingSite) -> None:
    await site.fires()
    await killed(site, "sending")
    site.clock.later(LEASE - SECOND)
    steps = Steps()
    await site.posting(step=steps).send()
    assert steps.done == []


async def test_no_line_overtakes_one_that_another_process_holds(site: PostingSite) -> None:
    bulletin = await site.fires()
    await site.posting().send()
    await site.says_in_thread(bulletin, "first", "second")
    await killed(site, "line claimed")
    await site.posting().send()
    assert site.thread(await site.as_now(bulletin)) == []


@pytest.mark.parametrize("step", ["composed", "edit composed"])
async def test_a_process_that_sleeps_through_its_lease_sends_nothing(site: PostingSite, step: str) -> None:
    bulletin = await site.fires("one")
    if step == "edit composed":
        await site.posting().send()
        await site.says(bulletin, "two")
        site.clock.later(timedelta(minutes=1))

    class Sleepy(Steps):
        def __call__(self, name: str) -> None:
            super().__call__(name)
            if name == step:
                site.clock.later(LAPSED)

    before = site.count(POST), site.count(UPDATE)
    await site.posting(step=Sleepy()).send()
    assert (site.count(POST), site.count(UPDATE)) == before
    await finished(site)
    assert keys_in(site.local) == {bulletin.id: 1}


async def test_where_the_bot_may_not_look_an_alert_comes_twice_rather_than_never(site: PostingSite) -> None:
    bulletin = await site.fires()
    await killed(site, "posted")
    site.local.scopes = site.local.scopes - {"channels:history"}
    await finished(site)
    assert keys_in(site.local) == {bulletin.id: 2}


async def test_a_process_that_is_cancelled_while_it_posts_leaves_one_message(site: PostingSite) -> None:
    def step(name: str) -> None:
        if name == "sending":
            sending.set()

    sending = asyncio.Event()
    bulletin = await site.fires()
    posting = site.posting(step=step)
    working = asyncio.create_task(posting.send())
    await sending.wait()
    await posting.drain(timedelta())
    await working
    site.clock.later(LAPSED)
    await finished(site)
    assert keys_in(site.local) == {bulletin.id: 1}


async def test_two_processes_on_one_database_send_each_message_once(database_url: str) -> None:
    await migrate(database_url)
    async with posting_site(url=database_url) as site, open_store(database_url) as second_store:
        channels = site.add_channels(8)
        bulletins = [await site.fires("one", channel=channels[number % 8]) for number in range(24)]
        for bulletin in bulletins:
            await site.says_in_thread(bulletin, "first", "second")
        steps = Steps(), Steps()
        one, two = site.posting(step=steps[0]), site.posting(step=steps[1], store=second_store)
        await asyncio.gather(one.send(), two.send(), one.send(), two.send())
        await asyncio.gather(one.send(), two.send())
        found = keys_in(site.local)
        assert set(found.values()) == {1}
        assert len(found) == 3 * len(bulletins)
        for bulletin in bulletins:
            assert site.thread(await site.as_now(bulletin)) == ["first", "second"]
        for bulletin in bulletins:
            await site.says(bulletin, "two")
        site.clock.later(timedelta(minutes=1))
        await asyncio.gather(one.send(), two.send())
        assert {text for channel in channels for text in site.posted(channel)} == {"two Billing"}
