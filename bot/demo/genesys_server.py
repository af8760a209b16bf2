"""The Platform API as far as `genesys_coverage` says, over a simulated centre, at one base URL."""

from __future__ import annotations

import asyncio
import json
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec
from aiohttp import web

from bot.demo.centre_visits import epoch_ms
from bot.demo.faults import DETAILS_JOBS, DETAILS_QUERY, Faults
from bot.demo.genesys_aggregates import aggregates_query
from bot.demo.genesys_aggregates_reply import aggregates_reply
from bot.demo.genesys_details import details_query, details_reply
from bot.demo.genesys_door import FAULT, SIGN_IN, Door, oauth_error, wrong_secret
from bot.demo.genesys_errors import ApiError, bad_request, timed_out, too_large
from bot.demo.genesys_intervals import written_instant
from bot.demo.genesys_jobs import Jobs, job_query, page_size
from bot.demo.genesys_listings import (
    chosen,
    code_entity,
    division_entity,
    in_state,
    limits,
    page,
    queue_entity,
    user_entity,
)
from bot.demo.genesys_log import RequestLog
from bot.demo.genesys_matches import Matches
from bot.demo.genesys_observations import estimated_wait, observations_query, observations_reply
from bot.demo.genesys_options import Options
from bot.demo.genesys_tokens import Tokens

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.demo.centre import Centre
    from bot.demo.genesys_aggregates import AggregatesQuery
    from bot.demo.genesys_door import Handler

_VIEW_QUEUES = ("routing:queue:view",)
_SEARCH_QUEUES = ("routing:queue:search",)
_DETAILS = ("analytics:conversationDetail:view", "analytics:agentConversationDetail:view")
_LARGEST_DIVISION_VIEW, _LAST_DIVISION_VIEW = 100, 5


def genesys_app(
    centre: Centre,
    *,
    now: Callable[[], datetime],
    client_id: str,
    client_secret: str,
    faults: Faults | None = None,
    options: Options | None = None,
    log: RequestLog | None = None,
) -> web.Application:
    """An application that serves both the login host's and the API host's part.

    `now` is the platform's clock: what the centre does later has not happened yet, tokens expire and windows of the
    rate limit turn by it. `faults`, `options` and `log` are the caller's to change and read while the server runs.
    """
    options = Options() if options is None else options
    log = RequestLog() if log is None else log
    tokens = Tokens(client_id, client_secret, options)
    platform = _Platform(centre, now, options, tokens)
    door = Door(now=now, tokens=tokens, faults=Faults() if faults is None else faults, options=options, log=log)

    @web.middleware
    async def through_the_door(request: web.Request, handler: Handler) -> web.StreamResponse:
        return await door.passes(request, handler)

    app = web.Application(middlewares=[through_the_door], client_max_size=16 * options.largest_body)
    app.add_routes(platform.routes())
    return app


class _Platform:
    def __init__(self, centre: Centre, now: Callable[[], datetime], options: Options, tokens: Tokens) -> None:
        self._centre = centre
        self._now = now
        self._options = options
        self._tokens = tokens
        self._matches = Matches(centre)
        self._jobs = Jobs(centre, self._matches, options)

    def routes(self) -> list[web.RouteDef]:
        analytics, routing = "/api/v2/analytics", "/api/v2/routing"
        limits_of = "/api/v2/organizations/limits/namespaces/{namespace}"
        wait = f"{routing}/queues/{{queueId}}/mediatypes/{{mediaType}}/estimatedwaittime"
        return [
            web.post(SIGN_IN, self.token),
            web.get(f"{routing}/queues", self.queues, allow_head=False),
            web.get(f"{routing}/queues/divisionviews", self.division_views, allow_head=False),
            web.get(f"{routing}/queues/divisionviews/all", self.all_division_views, allow_head=False),
            web.get(f"{routing}/queues/{{queueId}}", self.queue, allow_head=False),
            web.get(wait, self.estimated_wait, allow_head=False),
            web.get(f"{routing}/wrapupcodes", self.wrap_up_codes, allow_head=False),
            web.get("/api/v2/users", self.users, allow_head=False),
            web.get("/api/v2/authorization/divisions", self.divisions, allow_head=False),
            web.get(limits_of, self.limits, allow_head=False),
            web.get(f"{limits_of}/defaults", self.limits, allow_head=False),
            web.post(f"{analytics}/conversations/aggregates/query", self.aggregates),
            web.post(f"{analytics}/queues/observations/query", self.observations),
            web.post(DETAILS_QUERY, self.details),
            web.post(DETAILS_JOBS, self.submit_job),
            web.get(f"{DETAILS_JOBS}/availability", self.job_availability, allow_head=False),
            web.get(f"{DETAILS_JOBS}/{{jobId}}", self.job, allow_head=False),
            web.delete(f"{DETAILS_JOBS}/{{jobId}}", self.cancel_job),
            web.get(f"{DETAILS_JOBS}/{{jobId}}/results", self.job_results, allow_head=False),
        ]

    async def token(self, request: web.Request) -> web.Response:
        form = await request.post()
        if form.get("grant_type") != "client_credentials":
            return oauth_error(400, "unsupported_grant_type", "grant_type must be client_credentials")
        known = self._tokens.knows_client(request.headers.get("Authorization"))
        if not known:
            return wrong_secret(self._options.wrong_secret_status)
        life = int(self._options.token_life.total_seconds())
        return web.json_response(
            {"access_token": self._tokens.issue(self._now()), "token_type": "bearer", "expires_in": life}
        )

    async def queues(self, request: web.Request) -> web.Response:
        self._need(_VIEW_QUEUES)
        organisation = self._centre.organisation
        entities = chosen((queue_entity(queue, organisation) for queue in self._centre.queues), request.query)
        return web.json_response(page(request.path, request.query, entities))

    async def division_views(self, request: web.Request) -> web.Response:
        reply = page(
            request.path,
            request.query,
            self._simplified(request),
            largest=_LARGEST_DIVISION_VIEW,
            last=_LAST_DIVISION_VIEW,
        )
        return web.json_response(reply)

    async def all_division_views(self, request: web.Request) -> web.Response:
        return web.json_response(page(request.path, request.query, self._simplified(request)))

    def _simplified(self, request: web.Request) -> list[dict[str, Any]]:
        self._need(_SEARCH_QUEUES)
        organisation = self._centre.organisation
        return chosen(
            (queue_entity(queue, organisation, simplified=True) for queue in self._centre.queues), request.query
        )

    async def queue(self, request: web.Request) -> web.Response:
        self._need(_VIEW_QUEUES)
        wanted = request.match_info["queueId"]
        for queue in self._centre.queues:
            if queue.id == wanted:
                return web.json_response(queue_entity(queue, self._centre.organisation))
        raise ApiError(404, "not.found", f"Unable to find a queue with the id [{wanted}]: {request.path}")

    async def estimated_wait(self, request: web.Request) -> web.Response:
        self._need(_VIEW_QUEUES)
        queue_id, media = request.match_info["queueId"], request.match_info["mediaType"]
        return await self._written(estimated_wait, self._centre, queue_id, media)

    async def wrap_up_codes(self, request: web.Request) -> web.Response:
        self._need(("routing:wrapupCode:view",))
        organisation = self._centre.organisation
        entities = chosen((code_entity(code, organisation) for code in organisation.wrap_up_codes), request.query)
        return web.json_response(page(request.path, request.query, entities))

    async def users(self, request: web.Request) -> web.Response:
        organisation = self._centre.organisation
        found = in_state(organisation.agents, request.query)
        entities = chosen((user_entity(agent, organisation) for agent in found), request.query)
        return web.json_response(page(request.path, request.query, entities))

    async def divisions(self, request: web.Request) -> web.Response:
        entities = chosen(map(division_entity, self._centre.organisation.divisions), request.query)
        return web.json_response(page(request.path, request.query, entities))

    async def limits(self, request: web.Request) -> web.Response:
        return web.json_response(limits(request.match_info["namespace"], self._options))

    async def aggregates(self, request: web.Request) -> web.Response:
        self._need(("analytics:conversationAggregate:view",))
        query = aggregates_query(await self._json(request), longest=self._options.longest_aggregates)
        self._check_weight(query)
        return await self._written(aggregates_reply, self._centre, query, self._options)

    async def observations(self, request: web.Request) -> web.Response:
        self._need(("analytics:queueObservation:view",))
        query = observations_query(await self._json(request))
        return await self._written(observations_reply, self._centre, query)

    async def details(self, request: web.Request) -> web.Response:
        self._need(_DETAILS)
        query = details_query(await self._json(request), self._options)
        late = self._options.late_details
        if late is not None:
            self._options.late_details = late.one_page_later()
        return await self._written(details_reply, self._matches, self._centre, query, late)

    async def submit_job(self, request: web.Request) -> web.Response:
        self._need(_DETAILS)
        query = job_query(await self._json(request), self._centre)
        return web.json_response({"jobId": self._jobs.submit(query, request.get(FAULT), self._now_ms())}, status=202)

    async def job_availability(self, _request: web.Request) -> web.Response:
        self._need(_DETAILS[:1])
        return web.json_response({"dataAvailabilityDate": written_instant(self._jobs.available_ms(self._now_ms()))})

    async def job(self, request: web.Request) -> web.Response:
        self._need(_DETAILS)
        return web.json_response(self._jobs.status(request.match_info["jobId"], self._now_ms()))

    async def cancel_job(self, request: web.Request) -> web.Response:
        self._need(_DETAILS)
        self._jobs.cancel(request.match_info["jobId"], self._now_ms())
        return web.Response(status=204)

    async def job_results(self, request: web.Request) -> web.Response:
        self._need(_DETAILS)
        size = page_size(request.query.get("pageSize", str(self._options.largest_job_page)), self._options)
        job_id, cursor = request.match_info["jobId"], request.query.get("cursor")
        return await self._written(partial(self._jobs.results, job_id, size=size, cursor=cursor))

    def _now_ms(self) -> int:
        return epoch_ms(self._now())

    async def _written(self, reply: Callable[..., object], *given: object) -> web.Response:
        """The reply as of now, counted and written beside the event loop: a large one takes a moment."""
        now_ms = self._now_ms()
        body = await asyncio.to_thread(lambda: msgspec.json.encode(reply(*given, now_ms=now_ms)))
        return web.Response(body=body, content_type="application/json", charset="utf-8")

    def _check_weight(self, query: AggregatesQuery) -> None:
        longest, most = self._options.timeout_interval, self._options.timeout_predicates
        too_long = longest is not None and query.interval.length > longest
        if too_long or (most is not None and query.filter.size() > most):
            raise timed_out()

    def _need(self, permissions: tuple[str, ...]) -> None:
        if not self._options.permissions.intersection(permissions):
            listed = ", ".join(permissions)
            raise ApiError(
                403,
                "missing.any.permissions",
                f"Unable to perform the requested action. You must have one of the following permissions: [{listed}]",
            )

    async def _json(self, request: web.Request) -> object:
        if request.content_type != "application/json":
            raise ApiError(415, "unsupported.media.type", "The content type must be application/json")
        body = await request.read()
        if len(body) > self._options.largest_body:
            raise too_large(self._options.largest_body)
        try:
            return json.loads(body)
        except ValueError as error:
            raise bad_request("The request body is not valid JSON") from error
