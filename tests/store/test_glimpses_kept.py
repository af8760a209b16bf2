from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.alerts.samples import QUARTER, Glimpse, Place
from bot.domain.ids import QueueId
from bot.domain.queues import Media
from bot.store.database import open_store
from tests.store.digests import NOON

if TYPE_CHECKING:
    from bot.store.database import Store

VOICE = Place(QueueId("7f1c"), Media.VOICE)
SALES = Place(QueueId("81aa"), Media.VOICE)
MINUTE = timedelta(minutes=1)


def glimpse(place: Place = VOICE, quarters: int = 0, **seen: Any) -> Glimpse:
    return Glimpse(place=place, start=NOON + quarters * QUARTER, **seen)


async def test_glimpses_come_back_in_the_order_of_time_also_after_a_restart(store: Store, migrated_url: str) -> None:
    seen = (glimpse(waiting=3), glimpse(SALES, on_queue=4, available=0), glimpse(quarters=1, oldest_wait=MINUTE))
    await store.samples.see(reversed(seen))
    async with open_store(migrated_url) as again:
        assert await again.samples.glimpses(NOON, NOON + 2 * QUARTER) == seen
        assert await again.samples.glimpses(NOON, NOON + 2 * QUARTER, [SALES.queue]) == (seen[1],)
        assert await again.samples.glimpses(NOON + QUARTER, NOON + 2 * QUARTER) == (seen[2],)


@pytest.mark.parametrize(
    ("first", "then", "kept"),
    [
        pytest.param({"waiting": 3}, {"waiting": 2}, {"waiting": 2}, id="the last number"),
        pytest.param(
            {"waiting": 3}, {"on_queue": 0}, {"waiting": 3, "on_queue": 0}, id="what is not known changes nothing"
        ),
        pytest.param({"oldest_wait": MINUTE}, {"oldest_wait": 2 * MINUTE}, {"oldest_wait": 2 * MINUTE}, id="longer"),
        pytest.param({"oldest_wait": 2 * MINUTE}, {"oldest_wait": MINUTE}, {"oldest_wait": 2 * MINUTE}, id="shorter"),
        pytest.param({"oldest_wait": MINUTE}, {}, {"oldest_wait": MINUTE}, id="a wait that is not known any more"),
        pytest.param({}, {"oldest_wait": MINUTE}, {"oldest_wait": MINUTE}, id="a wait that was not known before"),
        pytest.param({"available": 2}, {"available": 0}, {"available": 0}, id="nobody is not unknown"),
    ],
)
async def test_what_is_seen_twice_in_a_quarter_is_joined(
    store: Store, first: dict[str, Any], then: dict[str, Any], kept: dict[str, Any]
) -> None:
    await store.samples.see([glimpse(**first)])
    await store.samples.see([glimpse(**then)])
    assert await store.samples.glimpses(NOON, NOON + QUARTER) == (glimpse(**kept),)


async def test_seeing_nothing_is_nothing(store: Store) -> None:
    await store.samples.see([])
    assert await store.samples.glimpses(NOON, NOON + QUARTER) == ()


async def test_old_glimpses_are_forgotten(store: Store) -> None:
    await store.samples.see([glimpse(quarters=-1), glimpse()])
    await store.samples.prune(NOON)
    assert await store.samples.glimpses(NOON - 9 * QUARTER, NOON + QUARTER) == (glimpse(),)
