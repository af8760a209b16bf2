"""Conversation records over HTTP on 127.0.0.1, as the platform documents the details query and details jobs."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.domain.ids import QueueId
from bot.genesys.client import genesys_client
from bot.genesys.details import DetailsQuery, DetailsSlice

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence

    from bot.genesys.client import GenesysClient
    from bot.genesys.details import Page

MONDAY = datetime(2026, 11, 16, tzinfo=UTC)
BILLING, CLAIMS = QueueId("billing"), QueueId("claims")
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
ANALYTICS = "/api/v2/analytics/conversations/details"


@dataclass(frozen=True, slots=True)
class Contact:
    """A conversation that waited for a while in some queues, one after the other."""

    id: str
    start: datetime
    queues: tuple[str, ...] = (BILLING,)
    lasting: timedelta = MINUTE
    media: str = "voice"
    wait_ms: float = 1000

    def record(self) -> dict[str, Any]:
        return {
            "conversationId": self.id,
            "conversationStart": written(self.start),
            "conversationEnd": written(self.start + self.lasting),
            "originatingDirection": "inbound",
            "participants": [self._acd(queue, number) for number, queue in enumerate(self.queues)],
        }

    def _acd(self, queue: str, number: int) -> dict[str, Any]:
        entered = written(self.start + timedelta(seconds=number))
        segments = [{"segmentType": "interact", "queueId": queue, "segmentStart": entered}]
        metrics = [{"name": "tAbandon", "value": self.wait_ms, "emitDate": entered}]
        session = {"mediaType": self.media, "direction": "inbound", "metrics": metrics, "segments": segments}
        return {"purpose": "acd", "sessions": [session]}


def written(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def contacts(count: int, *, start: datetime = MONDAY, every: timedelta = MINUTE, **more: Any) -> list[Contact]:
    return [Contact(f"{start:%d%H%M}-{number:06}", start + number * every, **more) for number in range(count)]


def query(start: datetime, end: datetime, *queues: QueueId, **more: Any) -> DetailsQuery:
    return DetailsQuery(queues=queues or (BILLING,), start=start, end=end, **more)


def piece(start: datetime, end: datetime, *, expected: int = 0, by_job: bool = False, **more: Any) -> DetailsSlice:
    settings: dict[str, Any] = {"queues": (BILLING,), "media": frozenset(), "personal": False} | more
    return DetailsSlice(start=start, end=end, expected=expected, by_job=by_job, **settings)


def ids(pages: Iterable[Page]) -> list[str]:
    return [conversation.id for page in pages for conversation in page.conversations]


@dataclass
class RecordsPlatform:
    """Everything may be changed while it runs."""

    contacts: Sequence[Contact]
    matches_whole_days: bool = True
    largest_page: int = 100
    surplus: int = 0
    """How many more are counted than listed: totalHits is approximate."""
    longest: timedelta = timedelta(days=31)
    available_until: datetime | None = None
    """None: jobs are not permitted."""
    job_states: tuple[str, ...] = ("QUEUED", "PENDING", "FULFILLED")
    """One for each look, the last for ever."""
    job_error: str = ""
    results_page: int = 1000
    refuse: Callable[[web.Request, dict[str, Any]], web.Response | None] = lambda _request, _body: None
    before: Callable[[web.Request, dict[str, Any]], Awaitable[None]] | None = None
    """Something happens while a request waits."""
    seconds: float = 0.0
    waits: list[float] = field(default_factory=list)
    counts: list[dict[str, Any]] = field(default_factory=list)
    pages: list[int] = field(default_factory=list)
    submitted: list[dict[str, Any]] = field(default_factory=list)
    looks: int = 0
    cursors: list[str | None] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    under_way: int = 0
    most_under_way: int = 0
    answered: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait until an answer has made it so."""
        async with self.answered:
            await self.answered.wait_for(true)

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.seconds += seconds
        await asyncio.sleep(0)

    @asynccontextmanager
    async def client(self, **changes: Any) -> AsyncIterator[GenesysClient]:
        app = web.Application()
        app.router.add_post("/oauth/token", self._token)
        app.router.add_get(f"{ANALYTICS}/jobs/availability", self._kept(self._availability))
        app.router.add_post(f"{ANALYTICS}/query", self._kept(self._query))
        app.router.add_post(f"{ANALYTICS}/jobs", self._kept(self._submit))
        app.router.add_get(f"{ANALYTICS}/jobs/{{job}}", self._kept(self._look))
        app.router.add_delete(f"{ANALYTICS}/jobs/{{job}}", self._kept(self._delete))
        app.router.add_get(f"{ANALYTICS}/jobs/{{job}}/results", self._kept(self._results))
        async with TestServer(app, host="127.0.0.1") as server:
            url = str(server.make_url("")).rstrip("/")
            settings: dict[str, Any] = {
                "api_url": url,
                "login_url": url,
                "client_id": "id",
                "client_secret": "secret",
                "now": lambda: MONDAY + timedelta(days=5, seconds=self.seconds),
                "clock": lambda: self.seconds,
                "sleep": self.sleep,
                "random": lambda: 0.5,
            }
            async with genesys_client(**(settings | changes)) as client:
                yield client

    def _kept(
        self, answer: Callable[[web.Request, dict[str, Any]], web.Response]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            body = await request.json() if request.can_read_body else {}
            self.under_way += 1
            self.most_under_way = max(self.most_under_way, self.under_way)
            try:
                if self.before is not None:
                    await self.before(request, body)
                return self.refuse(request, body) or answer(request, body)
            finally:
                self.under_way -= 1
                async with self.answered:
                    self.answered.notify_all()

        return handle

    @staticmethod
    async def _token(_request: web.Request) -> web.Response:
        return web.json_response({"access_token": "t", "token_type": "bearer", "expires_in": 86_399})

    def _found(self, body: dict[str, Any], *, active: bool = False) -> list[Contact]:
        start, end = (datetime.fromisoformat(part) for part in body["interval"].split("/"))
        if self.matches_whole_days and not active:
            start, end = start.replace(hour=0, minute=0), -(-(end - MONDAY) // DAY) * DAY + MONDAY
        (condition,) = body["segmentFilters"]
        wanted = {
            predicates[0]["dimension"]: {predicate["value"] for predicate in predicates}
            for predicates in (clause["predicates"] for clause in condition["clauses"])
        }
        assert (condition["type"], body["order"], body["orderBy"]) == ("and", "asc", "conversationStart")
        return [
            contact
            for contact in sorted(self.contacts, key=lambda contact: (contact.start, contact.id))
            if contact.start < end
            and (contact.start >= start or (active and contact.start + contact.lasting > start))
            and wanted["queueId"] & set(contact.queues)
            and contact.media in wanted.get("mediaType", {contact.media})
        ]

    def _query(self, _request: web.Request, body: dict[str, Any]) -> web.Response:
        start, end = (datetime.fromisoformat(part) for part in body["interval"].split("/"))
        size, number = body["paging"]["pageSize"], body["paging"]["pageNumber"]
        if end - start > self.longest:
            return refusal("You must specify a search interval as part of your query that does not exceed 31 days.")
        if size > self.largest_page or size * number > 100_000:
            return refusal("Pagination may not exceed 100000 results.")
        found = self._found(body)
        if size == 1:
            self.counts.append(body)
        else:
            self.pages.append(number)
        reply: dict[str, Any] = {"totalHits": len(found) + self.surplus}
        if shown := found[(number - 1) * size : number * size]:
            reply["conversations"] = [contact.record() for contact in shown]
        return web.json_response(reply)

    def _availability(self, _request: web.Request, _body: dict[str, Any]) -> web.Response:
        if self.available_until is None:
            return web.json_response({"code": "missing.any.permissions", "status": 403}, status=403)
        return web.json_response({"dataAvailabilityDate": written(self.available_until)})

    def _submit(self, _request: web.Request, body: dict[str, Any]) -> web.Response:
        self.submitted.append(body)
        return web.json_response({"jobId": f"job-{len(self.submitted)}"}, status=202)

    def _look(self, _request: web.Request, _body: dict[str, Any]) -> web.Response:
        state = self.job_states[min(self.looks, len(self.job_states) - 1)]
        self.looks += 1
        return web.json_response({"state": state} | ({"errorMessage": self.job_error} if state == "FAILED" else {}))

    def _results(self, request: web.Request, _body: dict[str, Any]) -> web.Response:
        cursor = request.query.get("cursor")
        self.cursors.append(cursor)
        assert request.query["pageSize"] == "1000"
        found = self._found(self.submitted[int(request.match_info["job"].split("-")[1]) - 1], active=True)
        begin = int(cursor or 0)
        shown = found[begin : begin + self.results_page]
        reply: dict[str, Any] = {"conversations": [contact.record() for contact in shown]}
        if begin + self.results_page < len(found):
            reply["cursor"] = str(begin + self.results_page)
        return web.json_response(reply)

    def _delete(self, request: web.Request, _body: dict[str, Any]) -> web.Response:
        self.deleted.append(request.match_info["job"])
        return web.Response(status=204)


def refusal(message: str, *, status: int = 400) -> web.Response:
    return web.json_response({"code": "bad.request", "message": message, "status": status}, status=status)
