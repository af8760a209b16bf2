"""Digests that are due go out once; those that are not are left alone, put off, or written off with a word."""

from __future__ import annotations

import asyncio
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.demo.slack_people import ANA, BEN, BILLING_FLOOR, SERVICE_DESK
from bot.domain.audit import Action
from bot.domain.deliveries import Stage
from bot.domain.subscriptions import SubscriptionState, Table
from bot.errors import Outdated
from bot.slack.outward import Outcome
from bot.usecases.digests.words import About
from tests.usecases.digest_site import FRIDAY, Site, digest_site, order, topic

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from bot.domain.ids import UserId
    from bot.usecases.digests.words import Word

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with digest_site() as one:
        yield one


async def test_a_digest_that_is_due_is_sent_and_on_record(site: Site) -> None:
    subscription = await site.subscribe()
    await site.digests().tick()
    (text,) = site.posted()
    assert "Billing" in text
    assert "100.0 %" in text
    entry = await site.entry(subscription)
    assert (entry.stage, entry.late, entry.attempts) == (Stage.SENT, False, 1)
    assert (BILLING_FLOOR, entry.ts) in site.local.workspace.messages


async def test_however_often_it_is_looked_a_day_has_one_message(site: Site) -> None:
    await site.subscribe()
    digests = site.digests()
    for _ in range(4):
        await digests.tick()
        await site.digests().tick()
        site.clock.later(timedelta(hours=1))
    assert len(site.posted()) == 1


async def test_each_day_has_its_own(site: Site) -> None:
    subscription = await site.subscribe()
    digests = site.digests()
    for _ in range(3):
        await digests.tick()
        site.clock.later(DAY)
    assert sorted(site.keys()) == [f"{subscription.id}:2026-11-{day}" for day in (20, 21, 22)]


async def test_before_its_minute_nothing_is_sent(site: Site) -> None:
    await site.subscribe()
    site.clock.now = FRIDAY - timedelta(seconds=1)
    await site.digests().tick()
    assert site.posted() == []


async def test_figures_that_still_move_are_waited_for(site: Site) -> None:
    await site.subscribe(order(at=time(0, 10)), since=FRIDAY - DAY)
    digests = site.digests()
    site.clock.now = datetime(2026, 11, 20, 0, 29, 59, tzinfo=FRIDAY.tzinfo)
    await digests.tick()
    assert site.posted() == []
    site.clock.later(timedelta(seconds=1))
    await digests.tick()
    assert len(site.posted()) == 1


async def test_a_running_period_is_not_waited_for(site: Site) -> None:
    await site.subscribe(order(topic(period="today")))
    await site.digests().tick()
    assert len(site.posted()) == 1


async def test_one_that_is_late_says_so(site: Site) -> None:
    subscription = await site.subscribe()
    site.clock.later(timedelta(minutes=40))
    await site.digests().tick()
    (message,) = site.local.messages(BILLING_FLOOR)
    assert "40 min" in str(message.blocks)
    assert "not running" in str(message.blocks)
    assert (await site.entry(subscription)).late


async def test_one_that_is_too_late_is_missed_and_its_owner_told(site: Site) -> None:
    subscription = await site.subscribe()
    site.clock.later(timedelta(hours=2))
    await site.digests().tick()
    assert site.posted() == []
    assert (await site.entry(subscription)).stage is Stage.MISSED
    ((owner, (word,)),) = site.owners.told
    assert (owner, word.about, word.days) == (ANA, About.MISSED, (FRIDAY.date(),))


async def test_a_bot_that_was_away_for_days_sends_the_newest_and_tells_of_the_others_at_once(site: Site) -> None:
    one, two = await site.subscribe(), await site.subscribe(channel=SERVICE_DESK)
    other = await site.subscribe(owner=BEN)
    site.clock.later(3 * DAY)
    digests = site.digests()
    await digests.tick()
    await digests.tick()
    days = tuple((FRIDAY + number * DAY).date() for number in range(3))
    assert sorted(owner for owner, _ in site.owners.told) == [ANA, BEN]
    assert {word.subscription.id: word.days for word in site.owners.words} == {
        subscription.id: days for subscription in (one, two, other)
    }
    assert set(site.keys()) == {f"{subscription.id}:2026-11-23" for subscription in (one, two, other)}
    assert (await site.entry(one, FRIDAY + DAY)).stage is Stage.MISSED


async def test_an_owner_who_cannot_be_told_now_is_told_later(site: Site) -> None:
    subscription = await site.subscribe()
    site.clock.later(timedelta(hours=3))
    site.owners.reachable = False
    digests = site.digests()
    await digests.tick()
    assert (await site.entry(subscription)).stage is Stage.CLAIMED
    site.owners.reachable = True
    site.clock.later(2 * MINUTE)
    await digests.tick()
    assert (await site.entry(subscription)).stage is Stage.MISSED
    assert len(site.owners.told) == 1


@pytest.mark.parametrize("state", [SubscriptionState.PAUSED, SubscriptionState.STOPPED, SubscriptionState.UNCONFIRMED])
async def test_only_active_ones_are_sent(site: Site, state: SubscriptionState) -> None:
    await site.subscribe(state=state)
    await site.digests().tick()
    assert site.posted() == []


async def test_without_traffic_it_says_so_or_is_left_out_as_ordered(site: Site) -> None:
    await site.subscribe(order(topic("Sales")))
    silent = await site.subscribe(order(topic("Sales"), skip_empty=True), channel=SERVICE_DESK)
    await site.digests().tick()
    assert len(site.posted()) == 1
    assert "no contacts" in site.posted()[0]
    assert site.posted(SERVICE_DESK) == []
    assert (await site.entry(silent)).stage is Stage.SKIPPED


async def test_a_report_can_be_a_digest(site: Site) -> None:
    await site.subscribe(order(topic(table=Table())))
    await site.digests().tick()
    (text,) = site.posted()
    assert text.startswith("Billing")


async def test_a_queue_that_is_gone_is_told_to_the_owner_and_fails_that_digest_only(site: Site) -> None:
    lost = await site.subscribe(order(topic("Overnight")))
    await site.subscribe(channel=SERVICE_DESK)
    await site.digests().tick()
    assert len(site.posted(SERVICE_DESK)) == 1
    (word,) = site.owners.words
    assert word.subscription.id == lost.id
    assert "Overnight" in word.because


async def test_genesys_that_is_away_is_asked_again_and_again(site: Site) -> None:
    subscription = await site.subscribe()
    site.faults.set("unavailable")
    digests = site.digests()
    for minutes in (1, 2, 5):
        await digests.tick()
        site.clock.later(minutes * MINUTE)
    entry = await site.entry(subscription)
    assert (entry.stage, entry.attempts) == (Stage.CLAIMED, 3)
    assert "Genesys" in entry.note
    site.faults.clear()
    await digests.tick()
    (message,) = site.local.messages(BILLING_FLOOR)
    assert "Sent 8 min late: Genesys" in str(message.blocks)


async def test_when_genesys_stays_away_the_owner_is_told_why(site: Site) -> None:
    await site.subscribe()
    site.faults.set("unavailable")
    digests = site.digests()
    for _ in range(14):
        await digests.tick()
        site.clock.later(10 * MINUTE)
    (word,) = site.owners.words
    assert word.about is About.MISSED
    assert "Genesys" in word.because


async def test_a_button_of_a_message_means_the_same_after_an_edit(site: Site) -> None:
    subscription = await site.subscribe()
    digests = site.digests()
    await digests.tick()
    await site.store.subscriptions.change(
        subscription, by=None, now=site.clock.now, action=Action.EDITED, order=order(topic("Sales", period="today"))
    )
    site.clock.later(DAY)
    told = await digests.delivered(f"{subscription.id}:2026-11-20")
    assert told is not None
    assert told.question.queues == topic("Billing").queues
    assert told.question.period.local_start.date() == (FRIDAY - DAY).date()


@pytest.mark.parametrize("value", ["", "x", "x:", "x:2026-13-01", "x@", "x@y", "x@99999999999999999999"])
async def test_a_button_that_cannot_be_read_is_outdated(site: Site, value: str) -> None:
    with pytest.raises(Outdated):
        await site.digests().delivered(value)


async def test_a_button_of_a_removed_digest_is_about_nothing(site: Site) -> None:
    assert await site.digests().delivered("gone:2026-11-20") is None


async def test_sent_by_hand_it_changes_nothing_of_what_is_due(site: Site) -> None:
    subscription = await site.subscribe()
    site.clock.now = FRIDAY - 5 * MINUTE
    digests = site.digests()
    posted = await digests.send_now(subscription, by=ANA)
    assert posted.outcome is Outcome.SENT
    site.clock.later(6 * MINUTE)
    await digests.tick()
    assert len(site.posted()) == 2
    log = await site.store.audit.of_subject(subscription.id)
    assert log[0].action is Action.SENT_NOW


async def test_a_missed_one_is_sent_by_hand_once(site: Site) -> None:
    subscription = await site.subscribe()
    site.clock.later(timedelta(hours=5))
    digests = site.digests()
    await digests.tick()
    first = await digests.send_again(subscription, FRIDAY.date(), by=ANA)
    second = await digests.send_again(subscription, FRIDAY.date(), by=ANA)
    assert first is not None
    assert first.stage is Stage.SENT
    assert second is None
    assert len(site.posted()) == 1


async def test_a_preview_is_the_message_without_sending_it(site: Site) -> None:
    subscription = await site.subscribe()
    letter = await site.digests().compose(subscription, now=site.clock.now, preview=True)
    assert "100.0 %" in letter.message["text"]
    assert site.posted() == []


async def test_a_bot_that_stops_begins_nothing_more(site: Site) -> None:
    await site.subscribe()
    digests = site.digests()
    await digests.drain()
    await digests.tick()
    assert site.posted() == []


async def test_a_tick_that_is_cancelled_finishes_what_it_began(site: Site) -> None:
    subscription = await site.subscribe()
    digests = site.digests()
    ticking = asyncio.create_task(digests.tick())
    await asyncio.sleep(0)
    ticking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await ticking
    await site.looked(digests)
    assert (await site.entry(subscription)).stage is Stage.SENT


async def test_a_bot_that_stops_does_not_wait_for_ever(site: Site) -> None:
    await site.subscribe()
    stuck = asyncio.Event()

    async def tell(owner: UserId, words: Sequence[Word]) -> bool:
        await stuck.wait()
        return True

    site.clock.later(timedelta(hours=3))
    digests = site.digests(tell_owner=tell)
    ticking = asyncio.create_task(digests.tick())
    await asyncio.sleep(0)
    await digests.drain(within=timedelta(milliseconds=50))
    await ticking
    assert site.posted() == []


async def test_an_owner_who_cannot_be_told_holds_up_nobody_else(site: Site) -> None:
    await site.subscribe()
    site.clock.later(DAY)

    async def tell(owner: UserId, words: Sequence[Word]) -> bool:
        raise RuntimeError("a defect")

    on_time = await site.subscribe(since=FRIDAY + DAY - MINUTE)
    await site.digests(tell_owner=tell).tick()
    assert f"{on_time.id}:2026-11-21" in site.keys()  # noqa: SIM118
