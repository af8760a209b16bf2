"""This minute on the simulated platform, over HTTP, against a count over the visits it was given."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp.test_utils import TestServer

from bot.demo.centre import Centre
from bot.demo.centre_organisation import Queue as CentreQueue
from bot.demo.centre_visits import Outcome, Visit, epoch_ms
from bot.demo.faults import Faults
from bot.demo.genesys_log import RequestLog
from bot.demo.genesys_options import Options
from bot.demo.genesys_server import genesys_app
from bot.domain.ids import QueueId
from bot.domain.queues import Media
from bot.errors import GenesysError, GenesysForbidden
from bot.genesys.client import genesys_client
from bot.genesys.wire_observations import Estimable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.genesys.client import GenesysClient

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
OBSERVATIONS = "/api/v2/analytics/queues/observations/query"
QUEUES = tuple(CentreQueue.named(f"Queue {n:03}") for n in range(250))
BUSY = QUEUES[:6]
MEDIA = ("voice", "email", "callback", "chat", "message")


class Platform:
    def __init__(self) -> None:
        self.faults, self.options, self.log = Faults(), Options(), RequestLog()
        self.now = NOW
        self.url = ""

    @asynccontextmanager
    async def client(self) -> AsyncIterator[GenesysClient]:
        async with genesys_client(
            api_url=self.url,
            login_url=self.url,
            client_id="id",
            client_secret="secret",
            now=lambda: self.now,
            sleep=lambda _: asyncio.sleep(0),
        ) as client:
            yield client

    @property
    def bodies(self) -> list[Any]:
        return [asked.body for asked in self.log.to(OBSERVATIONS)]


@asynccontextmanager
async def platform_over(centre: Centre) -> AsyncIterator[Platform]:
    platform = Platform()
    app = genesys_app(
        centre,
        now=lambda: platform.now,
        client_id="id",
        client_secret="secret",
        faults=platform.faults,
        options=platform.options,
        log=platform.log,
    )
    async with TestServer(app, host="127.0.0.1") as server:
        platform.url = str(server.make_url("")).rstrip("/")
        yield platform


def some_visits(chance: random.Random, count: int = 800) -> list[Visit]:
    """Around now, many of them changing their state within a millisecond of it."""
    visits = []
    for number in range(count):
        outcome = chance.choice([Outcome.ANSWERED, Outcome.ANSWERED, Outcome.ABANDONED, Outcome.FLOW_OUT])
        wait = chance.randrange(600_000)
        handled = outcome is Outcome.ANSWERED
        beside = chance.choice([0, 1, -1, wait, wait + 1, wait - 1, chance.randrange(-60_000, 900_000)])
        visits.append(
            Visit(
                conversation_id=f"conversation-{number}",
                queue_id=chance.choice(BUSY).id,
                media=chance.choice(MEDIA),
                offered_ms=epoch_ms(NOW) - beside,
                wait_ms=wait,
                outcome=outcome,
                alert_ms=chance.randrange(min(wait, 20_000) + 1) if handled else 0,
                talk_ms=chance.randrange(300_000) if handled else 0,
                hold_ms=chance.randrange(30_000) if handled else 0,
                acw_ms=chance.randrange(60_000) if handled else 0,
            )
        )
    return visits


def state_of(visit: Visit, now_ms: int) -> str | None:
    """Where the contact is at that instant; None before, in after-call work, and when it is over."""
    if not visit.offered_ms <= now_ms < visit.talk_end_ms:
        return None
    if now_ms >= visit.left_ms:
        return "interacting"
    if visit.outcome is Outcome.ANSWERED and now_ms >= visit.left_ms - visit.alert_ms:
        return "alerting"
    return "waiting"


@pytest.mark.parametrize("seed", range(5))
async def test_every_count_equals_a_count_over_the_visits(seed: int) -> None:
    visits = some_visits(random.Random(seed))
    async with platform_over(Centre.of(QUEUES, visits)) as platform, platform.client() as client:
        answer = await client.observations(QueueId(queue.id) for queue in QUEUES)
    now_ms = epoch_ms(NOW)
    expected = Counter((visit.queue_id, visit.media, state) for visit in visits if (state := state_of(visit, now_ms)))
    oldest: dict[tuple[Any, str], int] = {}
    for visit in visits:
        if state_of(visit, now_ms) == "waiting":
            place = (visit.queue_id, visit.media)
            oldest[place] = min(oldest.get(place, now_ms), visit.offered_ms)
    assert len(expected) > 60
    assert set(answer.by_queue) == {queue.id for queue in QUEUES}
    for queue, seen in answer.by_queue.items():
        for each in seen.contacts:
            if each.media is Media.VIDEO:
                continue
            counts = {"waiting": each.waiting, "interacting": each.interacting, "alerting": each.alerting}
            assert counts == {state: expected[queue, each.media.value, state] for state in counts}
            since = oldest.get((queue, each.media.value))
            assert each.longest_wait == (None if since is None else timedelta(milliseconds=now_ms - since))


async def test_hundreds_of_queues_go_in_requests_of_a_hundred() -> None:
    async with platform_over(Centre.of(QUEUES, [])) as platform, platform.client() as client:
        await client.observations(QueueId(queue.id) for queue in QUEUES)
    assert sorted(len(body["filter"]["predicates"]) for body in platform.bodies) == [50, 100, 100]


async def test_ten_people_at_once_cost_what_one_does_and_so_do_those_who_come_in_five_seconds() -> None:
    async with platform_over(Centre.of(QUEUES, [])) as platform, platform.client() as client:
        await asyncio.gather(*(client.observations([QueueId(QUEUES[0].id)]) for _ in range(10)))
        platform.now += timedelta(seconds=4)
        await client.observations([QueueId(QUEUES[0].id)])
        assert len(platform.bodies) == 1
        platform.now += timedelta(seconds=1)
        await client.observations([QueueId(QUEUES[0].id)])
        assert len(platform.bodies) == 2


async def test_a_queue_that_is_gone_is_not_reported_rather_than_empty() -> None:
    centre = Centre.of(QUEUES, [])
    centre.remove(QUEUES[0].id)
    async with platform_over(centre) as platform, platform.client() as client:
        answer = await client.observations([QueueId(QUEUES[0].id), QueueId(QUEUES[1].id)])
    assert set(answer.by_queue) == {QUEUES[1].id}


async def test_one_part_that_fails_fails_the_whole() -> None:
    async with platform_over(Centre.of(QUEUES, [])) as platform, platform.client() as client:
        await client.verify()
        platform.faults.set("server_error")
        with pytest.raises(GenesysError):
            await client.observations(QueueId(queue.id) for queue in QUEUES)


async def test_a_missing_permission_is_named() -> None:
    async with platform_over(Centre.of(QUEUES, [])) as platform, platform.client() as client:
        await client.permissions.observe()
        platform.options.permissions = frozenset()
        with pytest.raises(GenesysForbidden) as raised:
            await client.permissions.observe()
        assert raised.value.detail == "analytics:queueObservation:view"


async def test_the_estimated_wait_is_the_platforms_own_or_none() -> None:
    answered = Visit(
        conversation_id="a",
        queue_id=BUSY[0].id,
        offered_ms=epoch_ms(NOW) - 120_000,
        wait_ms=42_000,
        outcome=Outcome.ANSWERED,
        talk_ms=1000,
    )
    async with platform_over(Centre.of(QUEUES, [answered])) as platform, platform.client() as client:
        queue = QueueId(BUSY[0].id)
        assert await client.estimated_wait(Estimable(queue, Media.VOICE)) == timedelta(seconds=42)
        assert await client.estimated_wait(Estimable(queue, Media.EMAIL)) is None
        asked = len(list(platform.log.entries))
        assert await client.estimated_wait(Estimable(queue, Media.COBROWSE)) is None
        assert len(list(platform.log.entries)) == asked
