"""A stopping bot does what it still owes side by side, and ends in time."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from bot.shutdown import wind_up

AT_ONCE = timedelta(milliseconds=20)


async def test_each_part_ends_beside_the_others() -> None:
    met, done = [asyncio.Event() for _ in range(3)], []

    async def ending(number: int) -> None:
        met[number].set()
        for other in met:
            await other.wait()
        done.append(number)

    await wind_up({str(number): ending(number) for number in range(3)})
    assert sorted(done) == [0, 1, 2]


async def test_one_that_hangs_or_fails_harms_no_other() -> None:
    done, cancelled = [], asyncio.Event()

    async def hangs() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    async def fails() -> None:
        raise RuntimeError("a defect")

    async def ends() -> None:
        done.append("ended")

    await wind_up({"hangs": hangs(), "fails": fails(), "ends": ends()}, within=AT_ONCE)
    await cancelled.wait()
    assert done == ["ended"]
