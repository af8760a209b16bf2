"""What is going on right now, asked of the simulated platform over HTTP: figures, costs, and what may be missing."""

from __future__ import annotations

import asyncio
import random
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.demo.centre import Centre
from bot.demo.centre_organisation import Queue as CentreQueue
from bot.demo.centre_organisation import Target as CentreTarget
from bot.demo.centre_visits import Outcome, Visit, epoch_ms
from bot.demo.genesys_log import RequestLog
from bot.demo.genesys_server import genesys_app
from bot.domain.questions import QueueQuestion, QueueWord
from bot.domain.queues import Media
from bot.domain.sla import Switches
from bot.errors import GenesysBroken
from bot.genesys.client import genesys_client
from bot.genesys.directory import QueueDirectory
from bot.genesys.people import People
from bot.usecases.ask import MOST_ESTIMATES, Ask

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

NOW = datetime(2026, 11, 20, 12, 17, 30, tzinfo=UTC)
HALF_HOUR = datetime(2026, 11, 20, 12, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")
OBSERVATIONS = "/api/v2/analytics/queues/observations/query"
AGGREGATES = "/api/v2/analytics/conversations/aggregates/query"
QUEUES = tuple(
    CentreQueue.named(f"Queue {n:03}", targets={"voice": CentreTarget(share=0.8, within=timedelta(seconds=20))})
    for n in range(130)
)


@dataclass
class Floor:
    ask: Ask
    log: RequestLog
    broken: dict[str, Callable[[], Awaitable[web.StreamResponse]]] = field(default_factory=dict)
    """How requests end whose path has this in it."""

    def asked(self, part: str) -> int:
        return sum(1 for entry in self.log.entries if part in entry.path)


@asynccontextmanager
async def floor_over(visits: list[Visit]) -> AsyncIterator[Floor]:
    log = RequestLog()
    app = genesys_app(Centre.of(QUEUES, visits), now=lambda: NOW, client_id="id", client_secret="secret", log=log)
    broken: dict[str, Callable[[], Awaitable[web.StreamResponse]]] = {}

    @web.middleware
    async def breaks(request: web.Request, handler: Any) -> web.StreamResponse:
        for part, end in broken.items():
            if part in request.path:
                return await end()
        return await handler(request)

    app.middlewares.insert(0, breaks)
    async with TestServer(app, host="127.0.0.1") as server:
        url = str(server.make_url("")).rstrip("/")
        async with genesys_client(
            api_url=url,
            login_url=url,
            client_id="id",
            client_secret="secret",
            now=lambda: NOW,
            sleep=lambda seconds: asyncio.sleep(seconds / 100),
        ) as client:
            directory = QueueDirectory(client.queues, now=lambda: NOW, sleep=asyncio.sleep, random=lambda: 0.5)
            ask = Ask(
                directory,
                client,
                people=People(client, now=lambda: NOW),
                switches=Switches(),
                choices=None,
                now=lambda: NOW,
            )
            yield Floor(ask=ask, log=log, broken=broken)


def question(*names: str, most: int | None = None) -> QueueQuestion:
    return QueueQuestion(queues=tuple(QueueWord(text=name, quoted=True) for name in names), zone=LONDON, most=most)


def waiting(number: int, queue: CentreQueue, since: timedelta = timedelta(minutes=3)) -> Visit:
    return Visit(
        conversation_id=f"waiting-{number}",
        queue_id=queue.id,
        offered_ms=epoch_ms(NOW - since),
        wait_ms=3_600_000,
        outcome=Outcome.ABANDONED,
    )


def crowd() -> list[Visit]:
    """Queue 000 has one waiting, Queue 001 two, and so on to twenty."""
    return [waiting(100 * n + each, QUEUES[n]) for n in range(20) for each in range(n + 1)]


async def test_service_level_so_far_equals_a_count_over_the_visits() -> None:
    chance = random.Random(11)
    visits = [
        Visit(
            conversation_id=f"c{n}",
            queue_id=chance.choice(QUEUES[:3]).id,
            offered_ms=epoch_ms(HALF_HOUR) + chance.randrange(-600_000, 1_500_000),
            wait_ms=chance.choice([19_999, 20_000, 20_001, chance.randrange(90_000)]),
            outcome=chance.choice([Outcome.ANSWERED, Outcome.ANSWERED, Outcome.ABANDONED]),
        )
        for n in range(600)
    ]
    async with floor_over(visits) as floor:
        report = await floor.ask.queue(question("Queue 000", "Queue 001", "Queue 002"))
    assert (report.half_hour.start, report.half_hour.end) == (HALF_HOUR, HALF_HOUR + timedelta(minutes=30))
    for row in report.rows:
        over = [
            visit
            for visit in visits
            if visit.queue_id == row.queue.id and epoch_ms(HALF_HOUR) <= visit.left_ms <= epoch_ms(NOW)
        ]
        in_time = [visit for visit in over if visit.outcome is Outcome.ANSWERED and visit.wait_ms <= 20_000]
        level = row.sla(Media.VOICE)
        assert level is not None
        assert level.share is not None
        assert (level.share.within, level.share.denominator) == (len(in_time), len(over))
        assert len(over) > 50


async def test_the_ten_with_most_waiting_are_found_among_all_for_few_requests() -> None:
    async with floor_over(crowd()) as floor:
        report = await floor.ask.queue(question(most=10))
        assert [row.queue.name for row in report.rows] == [f"Queue {n:03}" for n in range(19, 9, -1)]
        assert [row.waiting for row in report.rows] == list(range(20, 10, -1))
        assert report.considered == 130
        assert floor.asked(OBSERVATIONS) == 2
        assert floor.asked(AGGREGATES) == 1
        assert floor.asked("estimatedwaittime") == MOST_ESTIMATES


async def test_ten_people_who_ask_at_once_cost_one_set_of_requests() -> None:
    async with floor_over(crowd()) as floor:
        await asyncio.gather(*(floor.ask.queue(question(most=10)) for _ in range(10)))
        await floor.ask.queue(question(most=10))
        costs = (floor.asked(OBSERVATIONS), floor.asked(AGGREGATES), floor.asked("estimatedwaittime"))
        assert costs == (2, 1, MOST_ESTIMATES)


async def test_where_nobody_waits_no_estimate_is_asked_for() -> None:
    async with floor_over([]) as floor:
        report = await floor.ask.queue(question("Queue 000"))
        assert floor.asked("estimatedwaittime") == 0
        assert not report.estimates_missing
        assert report.rows[0].waiting == 0


async def _broken() -> web.StreamResponse:
    return web.json_response({"message": "internal"}, status=500)


_LONG_BEFORE_IT_COMES = 25
"""Seconds."""


async def _never() -> web.StreamResponse:
    await asyncio.sleep(30)
    return web.Response()


@pytest.mark.parametrize("end", [pytest.param(_broken, id="fails"), pytest.param(_never, id="never comes")])
async def test_an_estimate_that_does_not_come_is_left_out_and_delays_nothing(
    end: Callable[[], Awaitable[web.StreamResponse]],
) -> None:
    async with floor_over([waiting(1, QUEUES[0])]) as floor:
        await floor.ask.queue(question("Queue 001"))
        floor.broken["estimatedwaittime"] = end
        async with asyncio.timeout(_LONG_BEFORE_IT_COMES):
            report = await floor.ask.queue(question("Queue 000"))
    assert report.estimates_missing
    assert report.rows[0].waiting == 1


@pytest.mark.parametrize("part", [OBSERVATIONS, AGGREGATES])
async def test_any_other_part_that_fails_fails_the_question(part: str) -> None:
    async with floor_over(crowd()) as floor:
        floor.broken[part] = _broken
        with pytest.raises(GenesysBroken):
            await floor.ask.queue(question(most=10))
