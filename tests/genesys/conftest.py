"""Genesys Cloud as a script, over real HTTP or inside the process, and time that passes without waiting."""

from __future__ import annotations

import asyncio
import json
import selectors
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

import httpx
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.genesys.client import genesys_client

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator

    from bot.genesys.client import GenesysClient

RECORDED = Path(__file__).parent.parent / "recorded" / "genesys"
NOVEMBER = datetime(2026, 11, 1, tzinfo=UTC)
SATURDAY = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
TOKEN = "/oauth/token"
AGGREGATES = "/api/v2/analytics/conversations/aggregates/query"


@pytest.fixture
def recorded() -> Callable[[str], bytes]:
    """The bytes of a recorded reply, by file name without its ending."""
    return lambda name: (RECORDED / f"{name}.json").read_bytes()


class _Selector(selectors.DefaultSelector):
    """Instead of waiting, lets the loop's time pass."""

    passed = 0.0

    def select(self, timeout: float | None = None) -> Any:
        events = super().select(0)
        if events:
            return events
        if timeout is None:
            raise AssertionError("everything waits, and nothing will happen")
        self.passed += max(timeout, 0.0)
        return events


class _VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._virtual = _Selector()
        super().__init__(self._virtual)

    def time(self) -> float:
        return self._virtual.passed


@pytest.fixture
def virtually() -> Callable[[Coroutine[Any, Any, Any]], Any]:
    """Runs a coroutine to its end on a loop whose hours take no time. Without sockets, `asyncio.sleep` included."""

    def run(story: Coroutine[Any, Any, Any]) -> Any:
        with asyncio.Runner(loop_factory=_VirtualLoop) as runner:
            return runner.run(story)

    return run


def virtual_now() -> datetime:
    """The wall clock of the running loop: noon of a Saturday, and what has passed since."""
    return SATURDAY + timedelta(seconds=asyncio.get_running_loop().time())


@dataclass
class InProcess:
    """Genesys as a function, without sockets: `answer` gets each API request after the token's."""

    answer: Callable[[httpx.Request], httpx.Response | Awaitable[httpx.Response]]
    requests: list[httpx.Request] = field(default_factory=list)
    arrived: list[float] = field(default_factory=list)

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == TOKEN:
            return httpx.Response(200, json={"access_token": "t", "token_type": "bearer", "expires_in": 86_399})
        self.requests.append(request)
        self.arrived.append(asyncio.get_running_loop().time())
        answer = self.answer(request)
        return answer if isinstance(answer, httpx.Response) else await answer

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(request.content) for request in self.requests if request.url.path == AGGREGATES]

    @asynccontextmanager
    async def client(self, **changes: Any) -> AsyncIterator[GenesysClient]:
        settings: dict[str, Any] = {
            "api_url": "http://api.test",
            "login_url": "http://login.test",
            "client_id": "id",
            "client_secret": "secret",
            "now": virtual_now,
            "random": lambda: 0.5,
            "transport": httpx.MockTransport(self),
        }
        async with genesys_client(**(settings | changes)) as client:
            yield client


@pytest.fixture
def in_process() -> type[InProcess]:
    return InProcess


@dataclass
class Script:
    """Genesys over HTTP on 127.0.0.1. Each path plays its acts in order, and the last one for ever."""

    acts: dict[str, list[Callable[[web.Request], Awaitable[web.StreamResponse]]]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    tokens_seen: list[str] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    seconds: float = 0.0
    url: str = ""
    over: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the test ends: lets go of who hangs."""

    def play(self, path: str, *acts: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> None:
        self.acts[path] = list(acts)

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.seconds += seconds
        await asyncio.sleep(0)

    @property
    def long_waits(self) -> list[float]:
        """Waits before another attempt, the gathering of company left out."""
        return [wait for wait in self.waits if wait > 0.5]

    def count(self, path: str) -> int:
        return self.calls.count(path)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        self.calls.append(request.path)
        if request.path != TOKEN:
            self.tokens_seen.append(request.headers.get("Authorization", ""))
        if request.path == AGGREGATES:
            self.bodies.append(await request.json())
        acts = self.acts[request.path]
        act = acts.pop(0) if len(acts) > 1 else acts[0]
        return await act(request)

    @asynccontextmanager
    async def client(self, **changes: Any) -> AsyncIterator[GenesysClient]:
        settings: dict[str, Any] = {
            "api_url": self.url,
            "login_url": self.url,
            "client_id": "id",
            "client_secret": "secret",
            "now": lambda: SATURDAY + timedelta(seconds=self.seconds),
            "clock": lambda: self.seconds,
            "sleep": self.sleep,
            "random": lambda: 0.5,
            "timeout": timedelta(seconds=5),
        }
        async with genesys_client(**(settings | changes)) as client:
            yield client


@pytest.fixture
async def script() -> AsyncIterator[Script]:
    script = Script()

    async def token(request: web.Request) -> web.Response:
        number = script.count(TOKEN)
        return web.json_response({"access_token": f"token-{number}", "token_type": "bearer", "expires_in": 86_399})

    script.play(TOKEN, token)
    app = web.Application()
    app.router.add_route("*", "/{anything:.*}", script.serve)
    async with TestServer(app, host="127.0.0.1") as server:
        script.url = str(server.make_url("")).rstrip("/")
        yield script
        script.over.set()


class Event(NamedTuple):
    """What a visit leaves behind: metric, instant, length in milliseconds."""

    metric: str
    at: datetime
    took: int


@dataclass(frozen=True)
class Visit:
    """One contact in one queue; times are seconds after the beginning of November 2026 in UTC."""

    queue: str
    offered: int
    wait_ms: int
    outcome: str = "tAnswered"
    media: str = "voice"
    agent: str = ""

    @property
    def left(self) -> datetime:
        return NOVEMBER + timedelta(seconds=self.offered, milliseconds=self.wait_ms)

    @property
    def in_the_queue(self) -> list[Event]:
        offered = Event("nOffered", NOVEMBER + timedelta(seconds=self.offered), 0)
        lost = [] if self.outcome == "tAnswered" else [Event(self.outcome, self.left, self.wait_ms)]
        return [offered, Event("tAcd", self.left, self.wait_ms), *lost]

    @property
    def of_the_agent(self) -> list[Event]:
        return [Event("tAnswered", self.left, self.wait_ms)] if self.outcome == "tAnswered" else []


@dataclass
class TinyCentre:
    """Answers aggregates bodies from a list of visits, bucket by bucket as the platform documents it."""

    visits: list[Visit]
    refuse: Callable[[dict[str, Any]], httpx.Response | None] = lambda _body: None

    def __call__(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        return self.refuse(body) or httpx.Response(200, json={"results": list(self._results(body))})

    def _results(self, body: dict[str, Any]) -> Iterator[dict[str, Any]]:
        queues = {p["value"] for p in body["filter"]["clauses"][0]["predicates"]}
        groups: dict[tuple[str, str, str], list[Event]] = {}
        for visit in self.visits:
            if visit.queue in queues:
                agent = visit.agent if "userId" in body["groupBy"] else ""
                groups.setdefault((visit.queue, visit.media, ""), []).extend(visit.in_the_queue)
                groups.setdefault((visit.queue, visit.media, agent), []).extend(visit.of_the_agent)
        for (queue, media, agent), events in sorted(groups.items()):
            group = {"queueId": queue, "mediaType": media} | ({"userId": agent} if agent else {})
            if data := [d for start, end in self._buckets(body) if (d := self._data(body, events, start, end))]:
                yield {"group": group, "data": data}

    @staticmethod
    def _buckets(body: dict[str, Any]) -> Iterator[tuple[datetime, datetime]]:
        start, end = (datetime.fromisoformat(part) for part in body["interval"].split("/"))
        if "granularity" not in body:
            yield start, end
            return
        local = start.astimezone(ZoneInfo(body["timeZone"]))
        minutes = {"PT1H": 60, "PT30M": 30, "PT15M": 15}.get(body["granularity"])
        clock = timedelta(minutes=minutes) if minutes else None
        days = 0 if clock else int(body["granularity"].strip("PD"))
        while start < end:
            local = local + timedelta(days=days)
            after = start + clock if clock else local.astimezone(UTC)
            yield start, min(after, end)
            start = after

    @staticmethod
    def _data(body: dict[str, Any], events: list[Event], start: datetime, end: datetime) -> dict[str, Any] | None:
        took: dict[str, list[int]] = {}
        for event in events:
            if start <= event.at < end:
                took.setdefault(event.metric, []).append(event.took)
        metrics: list[dict[str, Any]] = [
            {"metric": name, "stats": {"count": len(some), "sum": sum(some), "max": max(some)}}
            for name, some in took.items()
            if name in body["metrics"]
        ]
        if not metrics:
            return None
        waits = took.get("tAnswered", [])
        rated = len(waits) + len(took.get("tAbandon", []))
        if rated and "oServiceLevel" in body["metrics"]:
            stats = {"numerator": sum(wait <= 20_000 for wait in waits), "denominator": rated}
            metrics.append({"metric": "oServiceLevel", "stats": stats})
        views = [
            {"name": view["name"], "stats": {"count": count}}
            for view in body.get("views", [])
            if (count := sum(1 for wait in waits if view["range"]["gte"] <= wait < view["range"]["lt"]))
        ]
        interval = "/".join(moment.isoformat(timespec="milliseconds") for moment in (start, end))
        return {"interval": interval, "metrics": metrics, "views": views}


@pytest.fixture
def tiny_centre() -> type[TinyCentre]:
    return TinyCentre


@pytest.fixture
def visit() -> type[Visit]:
    return Visit
