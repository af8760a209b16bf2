from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from structlog.testing import capture_logs

from bot.domain.ids import QueueId
from bot.domain.queues import Queue
from bot.errors import GenesysError, GenesysUnreachable
from bot.genesys.directory import QueueDirectory

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    Virtually = Callable[[Coroutine[Any, Any, Any]], Any]


@dataclass
class Organisation:
    """Has queue 1, then queues 1 and 2, and so on; a listing takes a second. Or fails."""

    listings: int = 0
    failing: bool = False
    loaded_at: list[float] = field(default_factory=list)

    async def queues(self) -> tuple[Queue, ...]:
        self.loaded_at.append(asyncio.get_running_loop().time())
        await asyncio.sleep(1)
        if self.failing:
            raise GenesysUnreachable
        self.listings += 1
        return tuple(Queue(id=QueueId(str(n)), name=f"queue {n}") for n in range(1, self.listings + 1))

    def directory(self) -> QueueDirectory:
        def now() -> datetime:
            return datetime(2026, 11, 21, tzinfo=UTC) + timedelta(seconds=asyncio.get_running_loop().time())

        return QueueDirectory(self.queues, now=now, sleep=asyncio.sleep, random=lambda: 0.5)


def names(queues: tuple[Queue, ...]) -> list[str]:
    return [queue.name for queue in queues]


def test_first_callers_wait_for_one_listing(virtually: Virtually) -> None:
    async def story() -> None:
        organisation = Organisation()
        directory = organisation.directory()
        assert not directory.cached
        snapshots = await asyncio.gather(*(directory.snapshot() for _ in range(10)))
        assert [names(snapshot) for snapshot in snapshots] == [["queue 1"]] * 10
        assert organisation.listings == 1
        assert names(directory.cached) == ["queue 1"]
        assert directory.known(QueueId("1")) is directory.cached[0]
        assert directory.known(QueueId("2")) is None

    virtually(story())


def test_later_callers_do_not_wait(virtually: Virtually) -> None:
    async def story() -> None:
        organisation = Organisation()
        directory = organisation.directory()
        await directory.snapshot()
        organisation.failing = True
        await directory.snapshot()
        assert len(organisation.loaded_at) == 1

    virtually(story())


def test_an_unknown_name_refreshes_at_most_once_a_minute(virtually: Virtually) -> None:
    async def story() -> None:
        directory = Organisation().directory()
        await directory.snapshot()
        assert names(await directory.refreshed()) == ["queue 1"]
        await asyncio.sleep(60)
        both = await asyncio.gather(directory.refreshed(), directory.refreshed())
        assert [names(snapshot) for snapshot in both] == [["queue 1", "queue 2"]] * 2
        assert names(await directory.refreshed()) == ["queue 1", "queue 2"]

    virtually(story())


def test_it_is_refreshed_in_the_background_every_ten_minutes(virtually: Virtually) -> None:
    async def story() -> list[float]:
        organisation = Organisation()
        async with organisation.directory().running():
            await asyncio.sleep(1500)
        return organisation.loaded_at

    assert virtually(story()) == pytest.approx([0, 601, 1202])


def test_when_a_refresh_fails_the_old_listing_stays_and_the_log_says_so_once_each_way(virtually: Virtually) -> None:
    async def story() -> None:
        organisation = Organisation()
        with capture_logs() as entries:
            async with organisation.directory().running() as directory:
                await directory.snapshot()
                organisation.failing = True
                await asyncio.sleep(3600)
                assert names(await directory.refreshed(at_most_every=timedelta(0))) == ["queue 1"]
                organisation.failing = False
                await asyncio.sleep(1800)
        assert len(organisation.loaded_at) > 7
        assert [entry["event"] for entry in entries] == [
            "queue directory not refreshed",
            "queue directory refreshed again",
        ]

    virtually(story())


@pytest.mark.parametrize("ask", [QueueDirectory.snapshot, QueueDirectory.refreshed])
def test_without_any_listing_the_error_is_told_and_the_next_caller_asks_again(
    virtually: Virtually, ask: Callable[[QueueDirectory], Coroutine[Any, Any, Any]]
) -> None:
    async def story() -> None:
        organisation = Organisation(failing=True)
        directory = organisation.directory()
        with pytest.raises(GenesysError):
            await ask(directory)
        organisation.failing = False
        assert names(await ask(directory)) == ["queue 1"]

    virtually(story())


def test_a_caller_who_leaves_does_not_take_the_listing_along(virtually: Virtually) -> None:
    async def story() -> None:
        directory = Organisation().directory()
        gone, stays = (asyncio.create_task(directory.snapshot()) for _ in range(2))
        await asyncio.sleep(0.5)
        gone.cancel()
        assert names(await stays) == ["queue 1"]

    virtually(story())


def test_it_ends_while_it_loads(virtually: Virtually) -> None:
    async def story() -> float:
        async with Organisation().directory().running():
            await asyncio.sleep(0.5)
        return asyncio.get_running_loop().time()

    assert virtually(story()) == 0.5
