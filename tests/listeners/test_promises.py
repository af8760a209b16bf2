"""Promised work is owned until it is done."""

import asyncio
from datetime import timedelta

import pytest

from bot.errors import Busy
from bot.listeners.promises import MOST_AT_ONCE, Promises

SOON = timedelta(seconds=5)


async def test_shutting_down_waits_for_what_was_promised():
    promises, done = Promises(), []
    gate = asyncio.Event()

    async def work() -> None:
        await gate.wait()
        done.append("answered")

    promises.make(work(), owner="ana")
    asyncio.get_running_loop().call_soon(gate.set)
    assert await promises.drain(SOON) == 0
    assert done == ["answered"]


async def test_a_promise_made_by_promised_work_is_waited_for_too():
    promises, done = Promises(), []

    async def second() -> None:
        done.append("second")

    async def first() -> None:
        await asyncio.sleep(0)
        promises.keep(second(), owner="ana")

    promises.make(first(), owner="ana")
    await promises.drain(SOON)
    assert done == ["second"]


async def test_what_is_late_at_shutdown_is_cancelled_and_counted():
    promises = Promises()
    promises.make(asyncio.Event().wait(), owner="ana")
    assert await promises.drain(timedelta()) == 1
    assert len(promises) == 0


async def test_a_bot_that_is_shutting_down_takes_no_more_work_and_says_so():
    promises = Promises()
    await promises.drain(timedelta())
    with pytest.raises(Busy, match="restarting"):
        promises.make(asyncio.sleep(0), owner="ana")


async def test_one_person_cannot_keep_the_bot_busy_and_others_are_not_concerned():
    promises, gate = Promises(), asyncio.Event()
    for _ in range(MOST_AT_ONCE):
        promises.make(gate.wait(), owner="ana")
    with pytest.raises(Busy, match="still being answered"):
        promises.make(gate.wait(), owner="ana")
    promises.make(gate.wait(), owner="ben")
    gate.set()
    await promises.drain(SOON)


async def test_an_answered_question_makes_room_for_the_next():
    promises = Promises()
    for _ in range(3 * MOST_AT_ONCE):
        promises.make(asyncio.sleep(0), owner="ana")
        while len(promises):  # noqa: ASYNC110 the count is what is tested
            await asyncio.sleep(0)
