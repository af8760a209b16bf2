"""A simulated platform on a real socket, with its clock in the test's hand."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import httpx
import pytest
from aiohttp import web

from bot.demo.centre import Centre
from bot.demo.centre_organisation import Agent, AgentId, Queue, WrapUpCode, WrapUpId, stable_id
from bot.demo.faults import Faults
from bot.demo.genesys_log import RequestLog
from bot.demo.genesys_options import Options
from bot.demo.genesys_server import genesys_app


@dataclass
class Clock:
    """Time that moves when told."""

    instant: datetime

    def __call__(self) -> datetime:
        return self.instant

    def advance(self, **span: float) -> None:
        self.instant += timedelta(**span)


@dataclass
class Site:
    """A running platform and a client that is signed in to it."""

    AGGREGATES: ClassVar = "/api/v2/analytics/conversations/aggregates/query"
    OBSERVATIONS: ClassVar = "/api/v2/analytics/queues/observations/query"
    DETAILS: ClassVar = "/api/v2/analytics/conversations/details/query"

    centre: Centre
    clock: Clock
    client: httpx.AsyncClient
    base_url: str = ""
    faults: Faults = field(default_factory=Faults)
    options: Options = field(default_factory=Options)
    log: RequestLog = field(default_factory=RequestLog)

    async def sign_in(self) -> str:
        reply = await self.client.post(
            "/oauth/token", data={"grant_type": "client_credentials"}, auth=httpx.BasicAuth("bot", "secret")
        )
        token: str = reply.json()["access_token"]
        self.client.headers["Authorization"] = f"Bearer {token}"
        return token

    async def ask(self, path: str, body: Any) -> Any:
        """A query's reply, which has to be a good one."""
        reply = await self.client.post(path, json=body)
        assert reply.status_code == 200, reply.text
        return reply.json()

    async def aggregates(self, interval: str, metrics: list[str], **more: Any) -> list[dict[str, Any]]:
        """The results of an aggregates query."""
        body = {"interval": interval, "metrics": metrics, "groupBy": ["queueId"], **more}
        results: list[dict[str, Any]] = (await self.ask(self.AGGREGATES, body))["results"]
        return results


NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
BILLING = Queue.named("Billing")
ANNA = Agent(id=AgentId(stable_id("agent", "Anna")), name="Anna Bauer")
RESOLVED = WrapUpCode(id=WrapUpId(stable_id("code", "Resolved")), name="Resolved")


@pytest.fixture
async def open_site() -> AsyncIterator[Callable[..., Awaitable[Site]]]:
    """Start a platform over a centre; `now` and `options` as wanted."""
    opened: list[tuple[web.AppRunner, httpx.AsyncClient]] = []

    async def start(centre: Centre, *, now: datetime = NOON, options: Options | None = None) -> Site:
        site = Site(centre, Clock(now), httpx.AsyncClient(timeout=20), options=options or Options())
        app = genesys_app(
            centre,
            now=site.clock,
            client_id="bot",
            client_secret="secret",
            faults=site.faults,
            options=site.options,
            log=site.log,
        )
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        opened.append((runner, site.client))
        site.base_url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        site.client.base_url = httpx.URL(site.base_url)
        await site.sign_in()
        return site

    yield start
    for runner, client in opened:
        await client.aclose()
        await runner.cleanup()
    await asyncio.sleep(0)


@pytest.fixture
async def site(open_site: Callable[..., Awaitable[Site]]) -> Site:
    """A platform over one quiet queue named Billing."""
    return await open_site(Centre.of([BILLING], [], agents=[ANNA], wrap_up_codes=[RESOLVED]))
