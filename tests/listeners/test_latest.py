"""Of what is asked for again and again, the last is what counts."""

import asyncio

import pytest

from bot.listeners.latest import Latest


class Page:
    """Shows what was true when its turn began, once the gate is open."""

    def __init__(self) -> None:
        self.truth = 0
        self.shown: list[int] = []
        self.gate = asyncio.Event()
        self.failures = 0

    async def show(self) -> None:
        seen = self.truth
        await self.gate.wait()
        self.shown.append(seen)
        if self.failures:
            self.failures -= 1
            raise ConnectionError


async def asked(latest: Latest, page: Page, *, times: int, name: str = "ana") -> list[asyncio.Task[None]]:
    tasks = []
    for _ in range(times):
        page.truth += 1
        tasks.append(asyncio.create_task(latest.run(name, page.show)))
        await asyncio.sleep(0)
    return tasks


async def test_a_storm_is_one_run_on_its_way_and_one_more_that_sees_everything():
    latest, page = Latest(), Page()
    tasks = await asked(latest, page, times=8)
    page.gate.set()
    await asyncio.gather(*tasks)
    assert page.shown == [1, 8]


async def test_whoever_asks_when_it_is_done_gets_a_run_of_their_own():
    latest, page = Latest(), Page()
    page.gate.set()
    for _ in range(3):
        await asyncio.gather(*await asked(latest, page, times=1))
    assert page.shown == [1, 2, 3]


async def test_names_do_not_wait_for_each_other():
    latest, anas, bens = Latest(), Page(), Page()
    bens.gate.set()
    waiting = await asked(latest, anas, times=1)
    await asyncio.gather(*await asked(latest, bens, times=1, name="ben"))
    assert (anas.shown, bens.shown) == ([], [1])
    anas.gate.set()
    await asyncio.gather(*waiting)


async def test_a_run_that_fails_does_not_take_the_next_one_with_it():
    latest, page = Latest(), Page()
    page.failures = 1
    tasks = await asked(latest, page, times=2)
    page.gate.set()
    await asyncio.gather(*tasks)
    assert page.shown == [1, 2]


async def test_a_last_run_that_fails_is_told_and_forgotten():
    latest, page = Latest(), Page()
    page.failures = 1
    page.gate.set()
    with pytest.raises(ConnectionError):
        await latest.run("ana", page.show)
    await latest.run("ana", page.show)
    assert page.shown == [0, 0]
