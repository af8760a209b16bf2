"""The steps of the ledger: whose an entry is, and what becomes of it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.audit import Action
from bot.domain.deliveries import Delivery, Stage
from bot.domain.subscriptions import SubscriptionState
from bot.store.database import open_store
from tests.store.digests import ANA, BILLING, EVERY_MORNING, MINUTE, NOON, SECOND, occasion, subscribed

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.subscriptions import Subscription
    from bot.store.database import Store

UNTIL = NOON + MINUTE
INSTANT = timedelta(microseconds=1)
SETTLED = [stage for stage in Stage if not stage.open]


async def claimed(store: Store, subscription: Subscription | None = None, *, days: int = 0) -> Delivery:
    """By process p, at noon and for a minute."""
    subscription = subscription or await subscribed(store)
    entry = await store.deliveries.claim(subscription, occasion(days), holder="p", now=NOON, until=UNTIL)
    assert entry is not None
    return entry


async def announced(store: Store) -> Delivery:
    entry = await store.deliveries.sending(await claimed(store), now=NOON, until=UNTIL)
    assert entry is not None
    return entry


async def found(store: Store, entry: Delivery) -> Delivery:
    again = await store.deliveries.find(entry.subscription, entry.day)
    assert again is not None
    return again


async def test_a_claim_keeps_what_is_to_be_sent_and_where(store: Store) -> None:
    made = await subscribed(store)
    entry = await store.deliveries.claim(made, occasion(), holder="p", now=NOON, until=UNTIL)
    assert entry == Delivery(
        subscription=made.id,
        day=occasion().day,
        due_at=occasion().at,
        order=EVERY_MORNING,
        channel=BILLING,
        stage=Stage.CLAIMED,
        holder="p",
        claimed_until=UNTIL,
    )
    assert await store.deliveries.find(made.id, occasion().day) == entry


async def test_a_day_is_claimed_once_however_it_ended(store: Store) -> None:
    made = await subscribed(store)
    entry = await claimed(store, made)
    much_later = NOON + timedelta(hours=1)
    again = {"holder": "q", "now": much_later, "until": much_later + MINUTE}
    assert await store.deliveries.claim(made, occasion(), **again) is None
    await store.deliveries.settle(entry, stage=Stage.SKIPPED, now=NOON)
    assert await store.deliveries.claim(made, occasion(), **again) is None
    assert await store.deliveries.claim(made, replace(occasion(), at=much_later), **again) is None


async def test_another_day_and_another_digest_have_entries_of_their_own(store: Store) -> None:
    made = await subscribed(store)
    await claimed(store, made)
    await claimed(store, made, days=1)
    await claimed(store, await subscribed(store))


async def test_of_several_processes_one_claims_a_day(store: Store, migrated_url: str) -> None:
    made = await subscribed(store)
    async with open_store(migrated_url) as second:
        entries = await asyncio.gather(
            *(
                process.deliveries.claim(made, occasion(), holder=f"p{number}", now=NOON, until=UNTIL)
                for number, process in enumerate((store, second) * 6)
            )
        )
    [entry] = [each for each in entries if each is not None]
    assert await found(store, entry) == entry


async def test_a_digest_that_was_changed_or_removed_meanwhile_is_not_claimed_as_it_was(store: Store) -> None:
    seen = await subscribed(store)
    changed = await store.subscriptions.change(
        seen, by=ANA, now=NOON, action=Action.PAUSED, state=SubscriptionState.PAUSED
    )
    assert changed is not None
    claim = {"holder": "p", "now": NOON, "until": UNTIL}
    assert await store.deliveries.claim(seen, occasion(), **claim) is None
    assert await store.deliveries.mark(seen, [occasion()], stage=Stage.MISSED, note="late", now=NOON) == ()
    assert await store.deliveries.claim(changed, occasion(), **claim) is not None
    await store.subscriptions.remove(changed, by=ANA, now=NOON)
    assert await store.deliveries.claim(changed, occasion(1), **claim) is None
    assert await store.deliveries.find(seen.id, occasion(1).day) is None


async def test_a_removal_and_a_claim_at_once_leave_no_entry_behind(store: Store, migrated_url: str) -> None:
    digests = [await subscribed(store) for _ in range(5)]
    async with open_store(migrated_url) as second:
        outcomes = await asyncio.gather(
            *(
                step
                for each in digests
                for step in (
                    store.deliveries.claim(each, occasion(), holder="p", now=NOON, until=UNTIL),
                    second.subscriptions.remove(each, by=ANA, now=NOON),
                )
            )
        )
    assert outcomes[1::2] == [True] * len(digests)
    assert await store.deliveries.lapsed(UNTIL) == ()


async def test_a_lapsed_claim_is_taken_over_at_its_instant_and_no_earlier(store: Store) -> None:
    entry = await claimed(store)
    early, later = UNTIL - INSTANT, UNTIL + MINUTE
    assert await store.deliveries.retake(entry, holder="q", now=early, until=later) is None
    taken = await store.deliveries.retake(entry, holder="q", now=UNTIL, until=later)
    assert taken == replace(entry, holder="q", claimed_until=later, attempts=2)
    assert await found(store, entry) == taken


async def test_who_takes_over_what_was_being_sent_knows_that_it_may_have_been(store: Store) -> None:
    entry = await announced(store)
    taken = await store.deliveries.retake(entry, holder="q", now=UNTIL, until=UNTIL + MINUTE)
    assert taken is not None
    assert (taken.stage, taken.sending_since) == (Stage.SENDING, NOON)


async def test_of_several_processes_one_takes_over(store: Store, migrated_url: str) -> None:
    entry = await announced(store)
    async with open_store(migrated_url) as second:
        taken = await asyncio.gather(
            *(
                process.deliveries.retake(entry, holder=f"q{number}", now=UNTIL, until=UNTIL + MINUTE)
                for number, process in enumerate((store, second) * 6)
            )
        )
    assert sum(each is not None for each in taken) == 1


async def test_who_lost_an_entry_can_do_nothing_with_it(store: Store) -> None:
    entry = await announced(store)
    # Of the same name, as after a restart: what differs is the attempt.
    taken = await store.deliveries.retake(entry, holder="p", now=UNTIL, until=UNTIL + MINUTE)
    assert taken is not None
    assert await store.deliveries.sending(entry, now=NOON, until=UNTIL) is None
    assert not await store.deliveries.not_sent(entry, now=UNTIL, retry_at=UNTIL, note="")
    assert not await store.deliveries.settle(entry, stage=Stage.SENT, now=UNTIL, ts="1.2")
    assert await store.deliveries.retake(entry, holder="p", now=UNTIL + MINUTE, until=UNTIL + 2 * MINUTE) is None
    assert await found(store, entry) == taken


async def test_sending_is_announced_and_prolongs_the_claim(store: Store) -> None:
    entry = await claimed(store)
    sending = await store.deliveries.sending(entry, now=NOON + SECOND, until=UNTIL + MINUTE)
    assert sending == replace(entry, stage=Stage.SENDING, sending_since=NOON + SECOND, claimed_until=UNTIL + MINUTE)
    once_more = await store.deliveries.sending(sending, now=UNTIL, until=UNTIL + 2 * MINUTE)
    assert once_more == replace(sending, sending_since=UNTIL, claimed_until=UNTIL + 2 * MINUTE)


async def test_nothing_is_sent_once_the_claim_has_lapsed(store: Store) -> None:
    entry = await claimed(store)
    assert await store.deliveries.sending(entry, now=UNTIL, until=UNTIL + MINUTE) is None
    assert await found(store, entry) == entry
    assert await store.deliveries.sending(entry, now=UNTIL - INSTANT, until=UNTIL + MINUTE) is not None


async def test_of_who_sends_and_who_takes_over_at_once_one_does(store: Store, migrated_url: str) -> None:
    """Clocks of two machines differ: for one the claim has lapsed, for the other not yet."""
    digests = [await claimed(store, await subscribed(store)) for _ in range(5)]
    async with open_store(migrated_url) as second:
        outcomes = await asyncio.gather(
            *(
                step
                for each in digests
                for step in (
                    store.deliveries.sending(each, now=UNTIL - INSTANT, until=UNTIL + MINUTE),
                    second.deliveries.retake(each, holder="q", now=UNTIL, until=UNTIL + MINUTE),
                )
            )
        )
    for sending, taken in zip(outcomes[::2], outcomes[1::2], strict=True):
        assert (sending is None) != (taken is None)


async def test_what_was_surely_not_sent_is_nobodys_until_it_is_tried_again(store: Store) -> None:
    entry = await announced(store)
    retry_at = NOON + 10 * MINUTE
    assert await store.deliveries.not_sent(entry, now=NOON, retry_at=retry_at, note="channel busy")
    waiting = await found(store, entry)
    assert waiting == replace(entry, stage=Stage.CLAIMED, holder="", claimed_until=retry_at, note="channel busy")
    assert await store.deliveries.sending(entry, now=NOON, until=UNTIL) is None
    assert not await store.deliveries.settle(entry, stage=Stage.MISSED, now=NOON)
    later = retry_at + MINUTE
    assert await store.deliveries.retake(waiting, holder="p", now=retry_at - INSTANT, until=later) is None
    taken = await store.deliveries.retake(waiting, holder="p", now=retry_at, until=later)
    assert taken == replace(waiting, holder="p", claimed_until=later, attempts=2)


@pytest.mark.parametrize("stage", SETTLED)
async def test_a_delivery_ends_once(store: Store, stage: Stage) -> None:
    entry = await announced(store)
    end: dict[str, Any] = {"stage": stage, "ts": "1.2", "late": True, "note": "why"}
    assert await store.deliveries.settle(entry, now=NOON + SECOND, **end)
    settled = await found(store, entry)
    assert settled == replace(entry, settled_at=NOON + SECOND, **end)
    assert not await store.deliveries.settle(entry, stage=Stage.MISSED, now=NOON + SECOND)
    assert not await store.deliveries.not_sent(settled, now=UNTIL, retry_at=UNTIL, note="")
    assert await store.deliveries.sending(settled, now=NOON, until=UNTIL) is None
    assert await store.deliveries.retake(settled, holder="q", now=UNTIL, until=UNTIL + MINUTE) is None
    assert await found(store, entry) == settled


async def test_a_message_that_went_out_counts_although_its_claim_lapsed(store: Store) -> None:
    entry = await announced(store)
    assert await store.deliveries.settle(entry, stage=Stage.SENT, now=UNTIL + MINUTE, ts="1.2")


async def test_a_delivery_does_not_end_open(store: Store) -> None:
    entry = await claimed(store)
    with pytest.raises(ValueError, match="no end"):
        await store.deliveries.settle(entry, stage=Stage.SENDING, now=NOON)


@pytest.mark.parametrize("until", [pytest.param(NOON, id="at once"), pytest.param(NOON - SECOND, id="before it began")])
async def test_a_claim_that_ends_as_it_begins_is_a_mistake(store: Store, until: datetime) -> None:
    made = await subscribed(store)
    with pytest.raises(ValueError, match="after it begins"):
        await store.deliveries.claim(made, occasion(), holder="p", now=NOON, until=until)


@pytest.mark.parametrize("stage", [Stage.UNCLEAR, Stage.MISSED, Stage.SKIPPED])
async def test_what_was_not_sent_is_sent_again_when_a_person_says_so(store: Store, stage: Stage) -> None:
    entry = await announced(store)
    await store.deliveries.settle(entry, stage=stage, now=NOON, note="Slack did not answer")
    settled = await found(store, entry)
    later = NOON + timedelta(hours=1)
    opened = await store.deliveries.again(settled, holder="q", now=later, until=later + MINUTE)
    assert opened == replace(
        settled,
        stage=Stage.CLAIMED,
        holder="q",
        claimed_until=later + MINUTE,
        attempts=2,
        note="",
        settled_at=None,
    )
    assert await store.deliveries.again(settled, holder="r", now=later, until=later + MINUTE) is None


async def test_what_was_sent_or_is_under_way_is_not_sent_again(store: Store) -> None:
    entry = await announced(store)
    later = NOON + timedelta(hours=1)
    assert await store.deliveries.again(entry, holder="q", now=later, until=later + MINUTE) is None
    await store.deliveries.settle(entry, stage=Stage.SENT, now=NOON, ts="1.2")
    sent = await found(store, entry)
    assert await store.deliveries.again(sent, holder="q", now=later, until=later + MINUTE) is None


async def test_of_two_who_send_again_at_once_one_does(store: Store, migrated_url: str) -> None:
    entry = await announced(store)
    await store.deliveries.settle(entry, stage=Stage.UNCLEAR, now=NOON)
    settled = await found(store, entry)
    async with open_store(migrated_url) as second:
        opened = await asyncio.gather(
            *(
                process.deliveries.again(settled, holder="q", now=UNTIL, until=UNTIL + MINUTE)
                for process in (store, second) * 4
            )
        )
    assert sum(each is not None for each in opened) == 1
