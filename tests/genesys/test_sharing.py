from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from bot.domain.ids import QueueId
from bot.domain.period import Grain, Period
from bot.domain.queues import Media
from bot.errors import GenesysRefused
from bot.genesys.pace import Priority
from bot.genesys.tallies import TallyKey, TallyQuery

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    Virtually = Callable[[Coroutine[Any, Any, Any]], Any]

ZONE = ZoneInfo("Europe/London")
A, B = QueueId("a"), QueueId("b")
TWENTY, THIRTY = timedelta(seconds=20), timedelta(seconds=30)


def period(start: datetime, end: datetime) -> Period:
    return Period(start=start, end=end, zone=ZONE, name="any")


LAST_WEEK = period(datetime(2026, 11, 9, tzinfo=UTC), datetime(2026, 11, 16, tzinfo=UTC))
WEEK_BEFORE = period(datetime(2026, 11, 2, tzinfo=UTC), datetime(2026, 11, 9, tzinfo=UTC))
THIS_MORNING = period(datetime(2026, 11, 21, tzinfo=UTC), datetime(2026, 11, 21, 11, 45, tzinfo=UTC))
YESTERDAY_EVENING = period(datetime(2026, 11, 20, 18, tzinfo=UTC), datetime(2026, 11, 21, tzinfo=UTC))


def ask(*queues: QueueId, within: timedelta = THIRTY, **changes: Any) -> TallyQuery:
    return TallyQuery(
        **{"thresholds": {queue: frozenset({within}) for queue in queues}, "periods": (LAST_WEEK,)} | changes
    )


@pytest.fixture
def genesys(in_process: Any, tiny_centre: Any, visit: Any) -> Any:
    """A centre that takes a second for an answer; its two queues have a call each, answered after 25 seconds."""
    visits = [visit(queue=queue, offered=10 * 86_400, wait_ms=25_000) for queue in (A, B)]
    centre = tiny_centre(visits)

    async def answer(request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(1)
        reply: httpx.Response = centre(request)
        return reply

    return in_process(answer)


def test_questions_of_the_same_moment_share_a_request(genesys: Any, virtually: Virtually) -> None:
    async def story() -> None:
        async with genesys.client() as client:
            one, other = await asyncio.gather(client.tallies(ask(A, within=TWENTY)), client.tallies(ask(B)))
        assert len(genesys.bodies) == 1
        assert one.by_period[0][TallyKey(A, Media.VOICE, None)].within == {TWENTY: 0}
        assert other.by_period[0][TallyKey(B, Media.VOICE, None)].within == {THIRTY: 1}
        assert {key.queue for key in one.by_period[0]} == {A}

    virtually(story())


def test_a_hundred_who_ask_the_same_cost_one_request(genesys: Any, virtually: Virtually) -> None:
    async def story() -> None:
        async with genesys.client() as client:
            answers = await asyncio.gather(*(client.tallies(ask(A)) for _ in range(100)))
        assert len(genesys.bodies) == 1
        assert all(answer == answers[0] for answer in answers)

    virtually(story())


def test_who_asks_while_the_same_is_under_way_shares_its_answer(genesys: Any, virtually: Virtually) -> None:
    async def story() -> None:
        async with genesys.client() as client:
            running = ask(A, periods=(THIS_MORNING,))
            first = asyncio.create_task(client.tallies(running))
            await asyncio.sleep(0.5)
            assert await client.tallies(running) == await first
        assert len(genesys.bodies) == 1

    virtually(story())


def test_a_person_does_not_wait_for_what_an_export_asked(genesys: Any, virtually: Virtually) -> None:
    async def story() -> None:
        async with genesys.client() as client:
            export = asyncio.create_task(client.tallies(ask(A), priority=Priority.EXPORT))
            await asyncio.sleep(0.5)
            await client.tallies(ask(A))
            await export
        assert len(genesys.bodies) == 2

    virtually(story())


@pytest.mark.parametrize(
    ("changes", "requests"),
    [
        pytest.param({"periods": (WEEK_BEFORE,)}, 2, id="another week"),
        pytest.param({"grain": Grain.DAY}, 2, id="the same week in days"),
        pytest.param({"thresholds": {A: frozenset()}}, 1, id="the same without a threshold"),
        pytest.param({"thresholds": {A: frozenset({TWENTY})}}, 2, id="another threshold"),
        pytest.param({"thresholds": {B: frozenset({THIRTY})}}, 2, id="another queue"),
    ],
)
def test_only_what_is_already_counted_is_free(
    genesys: Any, virtually: Virtually, changes: dict[str, Any], requests: int
) -> None:
    async def story() -> None:
        async with genesys.client() as client:
            await client.tallies(ask(A))
            await client.tallies(ask(A, **changes))
        assert len(genesys.bodies) == requests

    virtually(story())


def test_a_new_threshold_is_counted_beside_the_old_so_that_both_are_cached(genesys: Any, virtually: Virtually) -> None:
    async def story() -> None:
        async with genesys.client() as client:
            for within in (TWENTY, THIRTY, TWENTY, THIRTY):
                await client.tallies(ask(A, within=within))
        assert [len(body["views"]) for body in genesys.bodies] == [1, 2]

    virtually(story())


@pytest.mark.parametrize(
    ("asked", "pause", "requests"),
    [
        pytest.param(LAST_WEEK, timedelta(minutes=59), 1, id="long over: an hour"),
        pytest.param(LAST_WEEK, timedelta(minutes=61), 2, id="then again"),
        pytest.param(YESTERDAY_EVENING, timedelta(minutes=4), 1, id="over since noon: five minutes"),
        pytest.param(YESTERDAY_EVENING, timedelta(minutes=6), 2, id="then again as well"),
        pytest.param(THIS_MORNING, timedelta(seconds=1), 2, id="just over: never, it still changes"),
    ],
)
def test_closed_periods_are_kept_the_longer_the_older_they_are(
    genesys: Any, virtually: Virtually, asked: Period, pause: timedelta, requests: int
) -> None:
    async def story() -> None:
        async with genesys.client() as client:
            await client.tallies(ask(A, periods=(asked,)))
            await asyncio.sleep(pause.total_seconds())
            await client.tallies(ask(A, periods=(asked,)))
        assert len(genesys.bodies) == requests

    virtually(story())


def test_a_cached_answer_tells_when_it_was_fetched_and_with_which_request(genesys: Any, virtually: Virtually) -> None:
    async def story() -> None:
        async with genesys.client() as client:
            fetched = await client.tallies(ask(A))
            await asyncio.sleep(600)
            cached = await client.tallies(ask(A))
        assert cached == fetched
        assert cached.as_of == datetime(2026, 11, 21, 12, 0, 1, tzinfo=UTC) + timedelta(milliseconds=5)
        assert '"answeredWithin30000ms"' in cached.bodies[0]

    virtually(story())


def test_an_answer_is_as_old_as_its_oldest_part(genesys: Any, virtually: Virtually) -> None:
    async def story() -> None:
        async with genesys.client() as client:
            old = await client.tallies(ask(A))
            await asyncio.sleep(600)
            both = await client.tallies(ask(A, B))
        assert both.as_of == old.as_of
        assert len(both.bodies) == 2

    virtually(story())


def test_a_week_and_the_one_before_cost_one_request(genesys: Any, virtually: Virtually) -> None:
    async def story() -> None:
        async with genesys.client() as client:
            answer = await client.tallies(ask(A, periods=(LAST_WEEK, WEEK_BEFORE)))
        assert len(genesys.bodies) == 1
        assert [sum(tally.answered for tally in period.values()) for period in answer.by_period] == [1, 0]

    virtually(story())


def test_who_is_cancelled_does_not_take_the_others_along(genesys: Any, virtually: Virtually) -> None:
    async def story() -> None:
        async with genesys.client() as client:
            gone, stays = (asyncio.create_task(client.tallies(ask(A))) for _ in range(2))
            await asyncio.sleep(0.5)
            gone.cancel()
            answer = await stays
        assert answer.by_period[0][TallyKey(A, Media.VOICE, None)].answered == 1
        assert gone.cancelled()
        assert len(genesys.bodies) == 1

    virtually(story())


@pytest.mark.parametrize("steps", range(12))
def test_when_all_are_cancelled_the_request_is_given_up_and_nobody_joins_it(
    genesys: Any, virtually: Virtually, steps: int
) -> None:
    async def story() -> None:
        async with genesys.client() as client:
            asker = asyncio.create_task(client.tallies(ask(A)))
            await asyncio.sleep(0.5)
            asker.cancel()
            for _ in range(steps):  # who comes in the very moment finds it running, dying or gone
                await asyncio.sleep(0)
            answer = await client.tallies(ask(A))
        assert answer.by_period[0][TallyKey(A, Media.VOICE, None)].answered == 1

    virtually(story())


def test_what_nobody_waits_for_any_more_does_not_hold_a_place(genesys: Any, virtually: Virtually) -> None:
    async def story() -> float:
        async with genesys.client() as client:
            queues = [QueueId(f"slow-{n}") for n in range(6)]
            askers = []
            for queue in queues:
                askers.append(asyncio.create_task(client.tallies(ask(queue))))
                await asyncio.sleep(0.01)
            for asker in askers:
                asker.cancel()
            started = asyncio.get_running_loop().time()
            await client.tallies(ask(A))
            return asyncio.get_running_loop().time() - started

    assert virtually(story()) == pytest.approx(1.005)


def test_a_shared_request_that_fails_fails_everybody_once(in_process: Any, virtually: Virtually) -> None:
    async def story() -> None:
        genesys = in_process(lambda _request: httpx.Response(400, json={"code": "bad.request"}))
        async with genesys.client() as client:
            outcomes = await asyncio.gather(
                *(client.tallies(ask(queue)) for queue in (A, B, A)), return_exceptions=True
            )
            assert all(isinstance(outcome, GenesysRefused) for outcome in outcomes)
            assert len(genesys.bodies) == 1
            with pytest.raises(GenesysRefused):
                await client.tallies(ask(A))
        assert len(genesys.bodies) == 2

    virtually(story())


def test_no_queues_cost_nothing(genesys: Any, virtually: Virtually) -> None:
    async def story() -> None:
        async with genesys.client() as client:
            answer = await client.tallies(ask())
        assert (genesys.bodies, [dict(period) for period in answer.by_period]) == ([], [{}])

    virtually(story())


def test_a_platform_that_cuts_weeks_elsewhere_is_asked_for_each_week(
    in_process: Any, tiny_centre: Any, visit: Any, virtually: Virtually
) -> None:
    centre = tiny_centre([visit(queue=A, offered=10 * 86_400, wait_ms=25_000)])

    def shifted(request: httpx.Request) -> httpx.Response:
        reply: httpx.Response = centre(request)
        if b"P7D" not in request.content:
            return reply
        return httpx.Response(200, content=reply.content.replace(b"11-09T00:00", b"11-08T12:00"))

    async def story() -> None:
        genesys = in_process(shifted)
        async with genesys.client() as client:
            answer = await client.tallies(ask(A, periods=(LAST_WEEK, WEEK_BEFORE)))
            await client.tallies(ask(B, periods=(LAST_WEEK, WEEK_BEFORE)))
        assert [sum(tally.answered for tally in period.values()) for period in answer.by_period] == [1, 0]
        assert [body.get("granularity") for body in genesys.bodies] == ["P7D", None, None, None, None]

    virtually(story())


def test_a_platform_that_refuses_weeks_is_asked_for_each_week(
    in_process: Any, tiny_centre: Any, visit: Any, virtually: Virtually
) -> None:
    centre = tiny_centre([visit(queue=A, offered=10 * 86_400, wait_ms=25_000)])

    def strict(request: httpx.Request) -> httpx.Response:
        if b"P7D" in request.content:
            return httpx.Response(400, json={"code": "invalid.value", "message": "Value [P7D] is not valid"})
        reply: httpx.Response = centre(request)
        return reply

    async def story() -> None:
        genesys = in_process(strict)
        async with genesys.client() as client:
            answer = await client.tallies(ask(A, periods=(LAST_WEEK, WEEK_BEFORE)))
        assert [sum(tally.answered for tally in period.values()) for period in answer.by_period] == [1, 0]
        assert [body.get("granularity") for body in genesys.bodies] == ["P7D", None, None]

    virtually(story())


def test_a_platform_that_refuses_weeks_beside_days_is_asked_for_each_week(
    in_process: Any, tiny_centre: Any, visit: Any, virtually: Virtually
) -> None:
    centre = tiny_centre([visit(queue=A, offered=10 * 86_400, wait_ms=25_000)])
    earlier = Period(start=WEEK_BEFORE.start - timedelta(days=7), end=WEEK_BEFORE.start, zone=ZONE, name="any")

    def strict(request: httpx.Request) -> httpx.Response:
        if b"P7D" in request.content:
            return httpx.Response(400, json={"code": "invalid.value", "message": "Value [P7D] is not valid"})
        reply: httpx.Response = centre(request)
        return reply

    async def story() -> None:
        genesys = in_process(strict)
        async with genesys.client() as client:
            answer = await client.tallies(ask(A, periods=(LAST_WEEK, WEEK_BEFORE, earlier), grain=Grain.DAY))
        assert [sum(tally.answered for tally in period.values()) for period in answer.by_period] == [1, 0, 0]
        asked = sorted(str(body.get("granularity")) for body in genesys.bodies)
        assert asked == ["None", "None", "P1D", "P7D", "PT1H"]

    virtually(story())


def test_a_platform_that_cuts_half_hours_elsewhere_is_asked_for_quarters_and_days_stay_days(
    in_process: Any, tiny_centre: Any, visit: Any, virtually: Virtually
) -> None:
    centre = tiny_centre([visit(queue=A, offered=10 * 86_400, wait_ms=25_000)])
    day = Period(
        start=LAST_WEEK.start + timedelta(days=2), end=LAST_WEEK.start + timedelta(days=3), zone=ZONE, name="any"
    )

    def shifted(request: httpx.Request) -> httpx.Response:
        reply: httpx.Response = centre(request)
        if b"PT30M" not in request.content:
            return reply
        return httpx.Response(200, content=reply.content.replace(b":30:00", b":45:00"))

    async def story() -> None:
        genesys = in_process(shifted)
        async with genesys.client() as client:
            answer = await client.tallies(ask(A, periods=(day,), grain=Grain.HALF_HOUR))
            await client.tallies(ask(B, periods=(day,), grain=Grain.HALF_HOUR))
            await client.tallies(ask(B, periods=(day,), grain=Grain.DAY))
        ((key, tally),) = answer.by_period[0].items()
        assert (key.bucket_start, tally.answered) == (day.start, 1)
        assert [body.get("granularity") for body in genesys.bodies] == ["PT30M", "PT15M", "PT15M", "P1D"]

    virtually(story())
