from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import GenesysBroken
from bot.genesys.recent import LIVE_FOR, Recent

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


class Asked:
    """A far side that answers when it is let."""

    def __init__(self) -> None:
        self.now = NOON
        self.times = 0
        self.cancelled = 0
        self.go = asyncio.Event()
        self.recent: Recent[int] = Recent(now=lambda: self.now)

    async def __call__(self) -> int:
        self.times += 1
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        return self.times

    def join(self, key: str = "billing") -> asyncio.Task[int]:
        return asyncio.create_task(self.recent.get(key, self))


async def test_ten_who_ask_at_once_are_one_call() -> None:
    asked = Asked()
    askers = [asked.join() for _ in range(10)]
    await asyncio.sleep(0)
    asked.go.set()
    assert await asyncio.gather(*askers) == [1] * 10


async def test_an_answer_is_passed_on_for_a_moment_and_no_longer() -> None:
    asked = Asked()
    asked.go.set()
    assert await asked.join() == 1
    asked.now += LIVE_FOR - timedelta(milliseconds=1)
    assert await asked.join() == 1
    asked.now += timedelta(milliseconds=1)
    assert await asked.join() == 2


async def test_another_question_is_another_call() -> None:
    asked = Asked()
    asked.go.set()
    assert {await asked.join("billing"), await asked.join("sales")} == {1, 2}


async def test_a_failure_is_everybodys_and_is_not_kept() -> None:
    recent: Recent[int] = Recent(now=lambda: NOON)
    answers = iter([GenesysBroken(), 7])

    async def ask() -> int:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    failed = await asyncio.gather(*(recent.get("billing", ask) for _ in range(3)), return_exceptions=True)
    assert [type(one) for one in failed] == [GenesysBroken] * 3
    assert await recent.get("billing", ask) == 7


async def test_a_call_is_given_up_when_nobody_waits_for_it_any_more() -> None:
    asked = Asked()
    first, second = asked.join(), asked.join()
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)
    assert asked.cancelled == 0
    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second
    await asyncio.sleep(0)
    assert asked.cancelled == 1


async def test_closing_gives_up_what_is_under_way() -> None:
    asked = Asked()
    waiting = asked.join()
    await asyncio.sleep(0)
    asked.recent.close()
    with pytest.raises(asyncio.CancelledError):
        await waiting
