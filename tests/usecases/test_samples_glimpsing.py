"""What is remembered of observations, quarter hour by quarter hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.alerts.samples import QUARTER, Glimpse, Place
from bot.domain.ids import QueueId
from bot.domain.live import Agents, Contacts, Observed
from bot.domain.queues import Media
from bot.genesys.wire_observations import Observations
from bot.store.database import open_store
from bot.usecases.samples.glimpsing import Glimpsing

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from bot.store.database import Store

TEN = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
BILLING = QueueId("billing")


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    async with open_store("sqlite://") as store:
        yield store


def contacts(waiting: int | None, longest: float | None = None, *, media: Media = Media.VOICE) -> Contacts:
    wait = None if longest is None else timedelta(seconds=longest)
    return Contacts(media=media, waiting=waiting, interacting=0, alerting=0, longest_wait=wait)


def agents(on_queue: int, available: int = 0) -> Agents:
    return Agents(on_queue=on_queue, available=available, interacting=0, communicating=0, not_responding=0, off_queue=0)


def seen(minute: float, *some: Contacts, staff: Agents | None = None) -> Observations:
    return Observations(
        as_of=TEN + timedelta(minutes=minute), by_queue={BILLING: Observed(contacts=some, agents=staff)}
    )


async def kept(store: Store, looks: Sequence[Observations]) -> tuple[Glimpse, ...]:
    glimpsing = Glimpsing(store.samples)
    for look in looks:
        await glimpsing.see(look)
    await glimpsing.flush()
    return await store.samples.glimpses(TEN - QUARTER, TEN + 4 * QUARTER)


def glimpse(start: datetime = TEN, *, media: Media = Media.VOICE, **known: Any) -> Glimpse:
    return Glimpse(place=Place(BILLING, media), start=start, **known)


async def test_the_longest_wait_and_the_last_of_all_else_are_kept(store: Store) -> None:
    looks = [
        seen(1, contacts(3, 40), staff=agents(11, 2)),
        seen(2, contacts(9, 95), staff=agents(10, 0)),
        seen(14, contacts(1, 12), staff=agents(7, 1)),
    ]
    expected = glimpse(waiting=1, oldest_wait=timedelta(seconds=95), on_queue=7, available=1)
    assert await kept(store, looks) == (expected,)


async def test_what_one_look_does_not_know_stays_what_it_was(store: Store) -> None:
    looks = [seen(1, contacts(3, 40), staff=agents(11, 2)), seen(2, contacts(None))]
    expected = glimpse(waiting=3, oldest_wait=timedelta(seconds=40), on_queue=11, available=2)
    assert await kept(store, looks) == (expected,)


async def test_each_quarter_hour_has_its_own(store: Store) -> None:
    found = await kept(store, [seen(14, contacts(3, 40)), seen(15, contacts(1, 5))])
    assert [(one.start, one.waiting) for one in found] == [(TEN, 3), (TEN + QUARTER, 1)]


async def test_the_one_before_is_written_when_the_next_begins(store: Store) -> None:
    glimpsing = Glimpsing(store.samples)
    await glimpsing.see(seen(14, contacts(3, 40)))
    await glimpsing.see(seen(15, contacts(1, 5)))
    (found,) = await store.samples.glimpses(TEN, TEN + 2 * QUARTER)
    assert found.start == TEN


async def test_after_a_restart_within_the_quarter_hour_the_longest_wait_is_still_known(store: Store) -> None:
    await kept(store, [seen(1, contacts(3, 95))])
    (found,) = await kept(store, [seen(9, contacts(1, 12))])
    assert (found.waiting, found.oldest_wait) == (1, timedelta(seconds=95))


async def test_of_media_without_contacts_nothing_is_kept_beside_others(store: Store) -> None:
    found = await kept(store, [seen(1, contacts(2, 9), contacts(0, media=Media.CHAT), staff=agents(4))])
    assert [one.place.media for one in found] == [Media.VOICE]


async def test_of_a_quiet_queue_its_agents_are_kept_once(store: Store) -> None:
    found = await kept(store, [seen(1, contacts(0), contacts(0, media=Media.CHAT), staff=agents(4))])
    assert [one.on_queue for one in found] == [4]


async def test_of_a_closed_queue_nothing_is_kept(store: Store) -> None:
    assert await kept(store, [seen(1, contacts(0), staff=agents(0))]) == ()
