"""A digest gets another schedule when one was due already: that one is sent as it was ordered, or its owner is told."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.demo.slack_people import ANA
from bot.domain.audit import Action
from bot.domain.deliveries import Stage
from bot.domain.ids import UserId
from bot.domain.subscriptions import SubscriptionState
from bot.usecases.digests.words import About
from tests.usecases.digest_site import FRIDAY, LONDON, Site, digest_site, order, topic

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.domain.subscriptions import Order, Subscription

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with digest_site() as one:
        yield one


async def edited(site: Site, seen: Subscription, wanted: Order) -> Subscription:
    now = site.clock.now
    changed = await site.store.subscriptions.change(
        seen, by=UserId(ANA), now=now, action=Action.EDITED, order=wanted, since=now
    )
    assert changed
    return changed


@pytest.mark.parametrize(
    "at",
    [
        pytest.param(time(7, 30), id="to an earlier time, which is over today"),
        pytest.param(time(9, 0), id="to a later time, which would be a second one today"),
    ],
)
async def test_what_was_due_when_the_time_was_changed_is_sent_once_and_the_next_by_the_new_time(
    site: Site, at: time
) -> None:
    subscription = await site.subscribe()
    await edited(site, subscription, order(topic("Sales"), at=at))
    digests = site.digests()
    for _ in range(5):
        await digests.tick()
        site.clock.later(30 * MINUTE)
    (text,) = site.posted()
    assert "Billing" in text, "as it was ordered when it was due"
    assert (await site.entry(subscription)).due_at == FRIDAY
    assert not (await site.entry(subscription)).late
    site.clock.now = datetime.combine(FRIDAY.date() + DAY, at, LONDON)
    await digests.tick()
    assert len(site.posted()) == 2


async def test_one_that_waits_for_its_figures_goes_on_waiting(site: Site) -> None:
    ten_past = datetime(2026, 11, 20, 0, 10, tzinfo=UTC)
    subscription = await site.subscribe(order(at=time(0, 10)), since=FRIDAY - DAY)
    site.clock.now = ten_past + 5 * MINUTE
    digests = site.digests()
    await digests.tick()
    await edited(site, subscription, order(at=time(0, 5)))
    await digests.tick()
    assert site.posted() == []
    site.clock.now = ten_past + 20 * MINUTE
    await digests.tick()
    await digests.tick()
    assert len(site.posted()) == 1


async def test_days_that_were_missed_before_are_told(site: Site) -> None:
    subscription = await site.subscribe()
    site.clock.later(2 * DAY + timedelta(hours=3))
    await edited(site, subscription, order(at=time(7, 0)))
    digests = site.digests()
    await digests.tick()
    await digests.tick()
    assert site.posted() == []
    (word,) = site.owners.words
    assert word.about is About.MISSED
    assert word.days == tuple((FRIDAY + number * DAY).date() for number in range(3))
    assert (await site.entry(subscription)).stage is Stage.MISSED


async def test_what_was_sent_already_is_not_due_again(site: Site) -> None:
    subscription = await site.subscribe()
    digests = site.digests()
    await digests.tick()
    await edited(site, subscription, order(at=time(7, 0)))
    await digests.tick()
    assert len(site.posted()) == 1
    assert (await site.entry(subscription)).stage is Stage.SENT


async def test_nothing_was_due_of_one_that_was_paused(site: Site) -> None:
    subscription = await site.subscribe(state=SubscriptionState.PAUSED)
    changed = await edited(site, subscription, order(at=time(7, 0)))
    now = site.clock.now
    await site.store.subscriptions.change(
        changed, by=UserId(ANA), now=now, action=Action.RESUMED, state=SubscriptionState.ACTIVE, since=now
    )
    await site.digests().tick()
    assert site.posted() == []


async def test_two_processes_send_what_was_due_at_the_change_once(site: Site) -> None:
    subscription = await site.subscribe()
    one, two = site.digests(), site.digests()
    await edited(site, subscription, order(at=time(7, 30)))
    await one.tick()
    await two.tick()
    assert site.keys() == {f"{subscription.id}:2026-11-20": 1}
