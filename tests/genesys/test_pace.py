from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.errors import GenesysLimited
from bot.genesys.pace import Pace, Priority
from bot.genesys.wire_errors import Quota

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    Virtually = Callable[[Coroutine[Any, Any, Any]], Any]

PERSON, ALERT, DIGEST, EXPORT, HISTORY = Priority


def a_pace(**changes: Any) -> Pace:
    return Pace(clock=asyncio.get_running_loop().time, sleep=asyncio.sleep, **changes)


async def leave_times(pace: Pace, calls: int, *, taking: float = 0.0) -> list[float]:
    left: list[float] = []

    async def call() -> None:
        async with pace.turn(PERSON):
            left.append(asyncio.get_running_loop().time())
            await asyncio.sleep(taking)

    await asyncio.gather(*(call() for _ in range(calls)))
    return left


def test_after_a_quiet_time_a_burst_leaves_at_once_and_the_rest_at_the_rate(virtually: Virtually) -> None:
    async def story() -> list[float]:
        return await leave_times(a_pace(per_minute=240, burst=3), 6)

    assert virtually(story()) == pytest.approx([0, 0, 0, 0.25, 0.5, 0.75])


def test_no_minute_sees_more_than_the_platform_allows(virtually: Virtually) -> None:
    async def story() -> list[float]:
        return await leave_times(a_pace(), 900)

    left = virtually(story())
    most = max(sum(1 for other in left if start <= other < start + 60) for start in left)
    assert most <= 250


def test_only_so_many_are_under_way_at_once(virtually: Virtually) -> None:
    async def story() -> list[float]:
        return await leave_times(a_pace(burst=100, concurrent=2), 6, taking=10)

    assert virtually(story()) == pytest.approx([0, 0, 10, 10, 20, 20])


def test_people_go_first_then_digests_then_exports_each_in_order_of_arrival(virtually: Virtually) -> None:
    async def story() -> list[str]:
        pace, served = a_pace(concurrent=1), []

        async def call(name: str, priority: Priority) -> None:
            async with pace.turn(priority):
                served.append(name)
                await asyncio.sleep(1)

        waiting = [("export 1", EXPORT), ("digest 1", DIGEST), ("person 1", PERSON), ("export 2", EXPORT)]
        waiting += [("person 2", PERSON), ("digest 2", DIGEST)]
        await asyncio.gather(call("first come", EXPORT), *(call(*one) for one in waiting))
        return served

    assert virtually(story()) == [
        "first come",
        "person 1",
        "person 2",
        "digest 1",
        "digest 2",
        "export 1",
        "export 2",
    ]


def test_exports_leave_places_for_people(virtually: Virtually) -> None:
    async def story() -> list[float]:
        pace = a_pace(burst=100)

        async def export() -> None:
            async with pace.turn(EXPORT):
                await asyncio.sleep(60)

        exports = [asyncio.create_task(export()) for _ in range(20)]
        await asyncio.sleep(1)
        left = await leave_times(pace, 4, taking=10)
        for one in exports:
            one.cancel()
        await asyncio.gather(*exports, return_exceptions=True)
        return left

    assert virtually(story()) == pytest.approx([1, 1, 11, 11])


def test_exports_hold_four_places_at_most_and_all_are_served(virtually: Virtually) -> None:
    async def story() -> list[float]:
        pace, left = a_pace(burst=100), []

        async def export() -> None:
            async with pace.turn(EXPORT):
                left.append(asyncio.get_running_loop().time())
                await asyncio.sleep(10)

        await asyncio.gather(*(export() for _ in range(10)))
        return left

    assert virtually(story()) == pytest.approx([0, 0, 0, 0, 10, 10, 10, 10, 20, 20])


def test_an_export_that_was_cancelled_gives_its_place_to_another_export(virtually: Virtually) -> None:
    async def story() -> float:
        pace = a_pace(burst=100)

        async def export() -> None:
            async with pace.turn(EXPORT):
                await asyncio.sleep(60)

        exports = [asyncio.create_task(export()) for _ in range(5)]
        await asyncio.sleep(1)
        for one in exports[:4]:
            one.cancel()
        await exports[4]
        return asyncio.get_running_loop().time()

    assert virtually(story()) == pytest.approx(61)


def test_one_refusal_holds_everybody(virtually: Virtually) -> None:
    async def story() -> list[float]:
        pace = a_pace()
        pace.hold(timedelta(seconds=42))
        return await leave_times(pace, 3)

    assert virtually(story()) == pytest.approx([42, 42, 42])


def test_a_shorter_refusal_does_not_end_a_longer_one(virtually: Virtually) -> None:
    async def story() -> list[float]:
        pace = a_pace()
        pace.hold(timedelta(seconds=42))
        pace.hold(timedelta(seconds=1))
        return await leave_times(pace, 1)

    assert virtually(story()) == pytest.approx([42])


def test_a_person_does_not_wait_for_the_end_of_a_long_refusal_but_a_digest_does(virtually: Virtually) -> None:
    async def story() -> float:
        pace = a_pace()
        pace.hold(timedelta(seconds=120))
        with pytest.raises(GenesysLimited) as raised:
            async with pace.turn(PERSON):
                pass
        assert raised.value.retry_after == timedelta(seconds=120)
        async with pace.turn(DIGEST):
            return asyncio.get_running_loop().time()

    assert virtually(story()) == pytest.approx(120)


def test_people_already_in_line_are_told_when_a_long_refusal_begins(virtually: Virtually) -> None:
    async def story() -> float:
        pace = a_pace(concurrent=1)

        async def waiting() -> None:
            async with pace.turn(PERSON):
                pass

        async with pace.turn(PERSON):
            others = [asyncio.create_task(waiting()) for _ in range(3)]
            await asyncio.sleep(1)
            pace.hold(timedelta(hours=1))
            outcomes = await asyncio.gather(*others, return_exceptions=True)
        assert all(isinstance(outcome, GenesysLimited) for outcome in outcomes)
        return asyncio.get_running_loop().time()

    assert virtually(story()) == pytest.approx(1)


def test_who_gives_up_waiting_leaves_no_hole(virtually: Virtually) -> None:
    async def story() -> list[float]:
        pace = a_pace(concurrent=1)

        async def waiting() -> None:
            async with pace.turn(PERSON):
                pass

        async with pace.turn(PERSON):
            others = [asyncio.create_task(waiting()) for _ in range(3)]
            await asyncio.sleep(1)
            for other in others:
                other.cancel()
            await asyncio.gather(*others, return_exceptions=True)
        return await leave_times(pace, 2, taking=1)

    assert virtually(story()) == pytest.approx([1, 2])


def test_a_place_given_to_who_was_just_cancelled_is_given_back(virtually: Virtually) -> None:
    async def story() -> list[float]:
        pace = a_pace(concurrent=1)

        async def waiting() -> None:
            async with pace.turn(PERSON):
                pass

        async with pace.turn(PERSON):
            other = asyncio.create_task(waiting())
            await asyncio.sleep(1)
        other.cancel()
        await asyncio.gather(other, return_exceptions=True)
        return await leave_times(pace, 1)

    assert virtually(story()) == pytest.approx([1])


def test_a_smaller_allowance_slows_down_and_a_larger_one_does_not_speed_up(virtually: Virtually) -> None:
    async def story() -> tuple[list[float], list[float]]:
        slow, usual = a_pace(burst=1), a_pace(burst=1)
        slow.allow(75)
        usual.allow(6000)
        return await leave_times(slow, 3), await leave_times(usual, 3)

    slow, usual = virtually(story())
    assert slow == pytest.approx([0, 1, 2])
    assert usual == pytest.approx([2, 2.25, 2.5])


def test_an_exhausted_window_is_waited_out_before_it_is_refused(virtually: Virtually) -> None:
    async def story() -> list[float]:
        pace = a_pace()
        pace.correct(Quota(allowed=300, used=300, resets_in=timedelta(seconds=17)))
        return await leave_times(pace, 1)

    assert virtually(story()) == pytest.approx([17])


def test_what_is_left_of_the_window_bounds_the_burst(virtually: Virtually) -> None:
    async def story() -> list[float]:
        pace = a_pace()
        pace.correct(Quota(allowed=300, used=298, resets_in=timedelta(seconds=17)))
        return await leave_times(pace, 3)

    assert virtually(story()) == pytest.approx([0, 0, 0.25])


def test_what_is_looked_at_every_minute_goes_after_people_and_history_after_everybody(virtually: Virtually) -> None:
    async def story() -> list[Priority]:
        pace, served = a_pace(concurrent=1), []

        async def call(priority: Priority) -> None:
            async with pace.turn(priority):
                served.append(priority)
                await asyncio.sleep(1)

        await asyncio.gather(call(DIGEST), *map(call, (HISTORY, EXPORT, DIGEST, ALERT, PERSON)))
        return served

    assert virtually(story()) == [DIGEST, PERSON, ALERT, DIGEST, EXPORT, HISTORY]


def test_history_and_exports_together_leave_places_for_others(virtually: Virtually) -> None:
    async def story() -> list[float]:
        pace = a_pace(burst=100)

        async def slow(priority: Priority) -> None:
            async with pace.turn(priority):
                await asyncio.sleep(60)

        waiting = [asyncio.create_task(slow(priority)) for priority in (EXPORT, HISTORY) * 4]
        await asyncio.sleep(1)
        left = await leave_times(pace, 4, taking=10)
        for one in waiting:
            one.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        return left

    assert virtually(story()) == pytest.approx([1, 1, 11, 11])
