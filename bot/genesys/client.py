"""The contact centre's questions, answered by Genesys Cloud."""

from __future__ import annotations

import asyncio
import random as chance
from contextlib import asynccontextmanager
from datetime import timedelta
from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

import httpx
import structlog

from bot.domain.ids import AgentId, QueueId, WrapUpId
from bot.errors import GenesysRefused, GenesysUnreadable
from bot.genesys.cells import Cells
from bot.genesys.details import Details
from bot.genesys.exchange import Account, Call, Exchange, Surroundings
from bot.genesys.fetching import Fetching
from bot.genesys.pace import Pace, Priority
from bot.genesys.permissions import Permissions
from bot.genesys.plan import Misaligned, detailed, plan
from bot.genesys.quarters import Quarters
from bot.genesys.recent import Recent
from bot.genesys.sharing import Sharing
from bot.genesys.tallies import Tallies, Tally, TallyKey, TallyQuery
from bot.genesys.together import together
from bot.genesys.wire_account import LIMITS_PATH, TOKEN_RATE, read_limits
from bot.genesys.wire_aggregates import MOST_QUEUES
from bot.genesys.wire_observations import (
    OBSERVATIONS_PATH,
    Observations,
    estimate_path,
    observations_body,
    read_estimate,
    read_observations,
)
from bot.genesys.wire_people import USERS_PATH, WRAP_UPS_PATH, NamePage, agents_query, read_names, wrap_ups_query
from bot.genesys.wire_queues import QUEUES_PATH, QueuePage, page_query, read_page

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from bot.domain.period import Grain
    from bot.domain.queues import Queue
    from bot.genesys.fetching import Held
    from bot.genesys.plan import Part
    from bot.genesys.wire_errors import Reply
    from bot.genesys.wire_observations import Estimable

Page = TypeVar("Page", QueuePage, NamePage)

MOST_PAGES = 200
"""Of a listing: twenty thousand queues."""

CONNECT = timedelta(seconds=5)
"""A host that does not take a connection within this is not there."""

MANY = 2_000
"""Tallies whose adding up would hold up the loop, and with it everybody's acknowledgement: some 10 ms."""

log = structlog.get_logger(__name__)


@asynccontextmanager
async def genesys_client(
    *,
    api_url: str,
    login_url: str,
    client_id: str,
    client_secret: str,
    now: Callable[[], datetime],
    transport: httpx.AsyncBaseTransport | None = None,
    clock: Callable[[], float] | None = None,
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    random: Callable[[], float] = chance.random,
    requests_per_minute: int = 240,
    timeout: timedelta = timedelta(seconds=20),  # noqa: ASYNC109  of one attempt, not of a coroutine
) -> AsyncIterator[GenesysClient]:
    """One client for the process: one token, one pace, one cache.

    `clock` gives seconds that never go back (the event loop's own by default) and `sleep` takes seconds of it.
    """
    surroundings = Surroundings(now=now, clock=clock or asyncio.get_running_loop().time, sleep=sleep, random=random)
    pace = Pace(clock=surroundings.clock, sleep=sleep, per_minute=requests_per_minute)
    limit = httpx.Timeout(timeout.total_seconds(), connect=min(timeout, CONNECT).total_seconds())
    async with httpx.AsyncClient(
        base_url=api_url, transport=transport, timeout=limit, headers={"Accept": "application/json"}
    ) as http:
        exchange = Exchange(
            http,
            account=Account(login_url=login_url.rstrip("/"), client_id=client_id, client_secret=client_secret),
            pace=pace,
            surroundings=surroundings,
            timeout=timeout,
        )
        sharing = Sharing(Fetching(exchange), cells=Cells(now=now), sleep=sleep)
        details = Details(exchange, sleep=sleep)
        client = GenesysClient(exchange=exchange, sharing=sharing, pace=pace, details=details, now=now)
        try:
            yield client
        finally:
            client.close()
            sharing.close()
            exchange.tokens.close()
            pace.close()


class GenesysClient:
    """Every method raises GenesysError, and nothing else, when there is no answer. Made by `genesys_client`."""

    def __init__(
        self, *, exchange: Exchange, sharing: Sharing, pace: Pace, details: Details, now: Callable[[], datetime]
    ) -> None:
        self.conversations = details
        """Records, for exports; its methods name what else they raise."""
        self.quarters = Quarters(Fetching(exchange))
        """Counts to be kept."""
        self.permissions = Permissions(exchange, details, now=now)
        self._exchange = exchange
        self._sharing = sharing
        self._pace = pace
        self._now = now
        self._odd: set[tuple[str, Grain | None]] = set()
        """In which zone which buckets were cut elsewhere once: a zone whose hours are odd has days like any other."""
        self._observations: Recent[Observations] = Recent(now=now)
        self._estimates: Recent[timedelta | None] = Recent(now=now)

    def close(self) -> None:
        """Give up what is under way."""
        self.conversations.close()
        self._observations.close()
        self._estimates.close()

    async def queues(self, *, priority: Priority = Priority.PERSON) -> tuple[Queue, ...]:
        """Every queue the credentials may see, in the listing's order; never a part of them.

        Costs a request for each hundred queues. Source: GET /api/v2/routing/queues.
        """
        pages = await self._pages(QUEUES_PATH, page_query, read_page, priority)
        return tuple({queue.id: queue for page in pages for queue in page.queues}.values())

    async def agents(self, ids: Sequence[AgentId], *, priority: Priority = Priority.PERSON) -> Mapping[AgentId, str]:
        """Names of those of `ids`, at most a hundred, that the platform knows, whatever their state.

        Costs one request. Source: GET /api/v2/users.
        """
        pages = await self._pages(USERS_PATH, lambda number: agents_query(ids, number), read_names, priority)
        return {AgentId(agent): name for page in pages for agent, name in page.names.items()}

    async def wrap_up_codes(self, *, priority: Priority = Priority.PERSON) -> Mapping[WrapUpId, str]:
        """Names of every wrap-up code the credentials may see; the platform's built-in codes are not among them.

        Costs a request for each hundred codes. Source: GET /api/v2/routing/wrapupcodes.
        """
        pages = await self._pages(WRAP_UPS_PATH, wrap_ups_query, read_names, priority)
        return {WrapUpId(code): name for page in pages for code, name in page.names.items()}

    async def tallies(self, wanted: TallyQuery, *, priority: Priority = Priority.PERSON) -> Tallies:
        """Counts by queue, medium, bucket and what else is to be told apart; never a partial sum.

        Costs one request for up to 100 queues, 10 distinct thresholds and 31 days, and often none: questions of the
        same moment share requests, and closed periods are cached. Periods that no grain cuts cost one request together
        when they abut and have the same number of whole days, or are single days at most 8 days apart: 31 in all.
        Source: POST /api/v2/analytics/conversations/aggregates/query, `rangeBound` views on `tAnswered`.
        """
        zone = wanted.periods[0].zone.key
        kind = zone, wanted.grain
        usual, careful = (
            detailed(plan(wanted.periods, wanted.grain, careful=care), by=wanted.by, times=wanted.times)
            for care in (False, True)
        )
        if kind not in self._odd:
            try:
                return await self._counted(wanted, usual, priority)
            except Misaligned as error:
                log.warning("genesys cuts buckets elsewhere", zone=zone, bucket=str(error))
            except GenesysRefused as error:
                # Which granularities the platform takes is not documented: the careful plan does without weeks in one.
                if error.status != HTTPStatus.BAD_REQUEST or not any(part.shared for part in usual):
                    raise
                log.warning("genesys refuses the usual buckets", zone=zone, detail=error.detail)
        try:
            counted = await self._counted(wanted, careful, priority)
        except Misaligned as error:
            raise GenesysUnreadable(f"bucket {error} across the edge of an expected one") from error
        self._odd.add(kind)
        return counted

    async def observations(self, queues: Iterable[QueueId], *, priority: Priority = Priority.PERSON) -> Observations:
        """What is going on in the queues at this moment, all or none; a queue that is not there was not reported.

        Costs one request for each hundred queues, and none when the same was asked within the last five seconds.
        Source: POST /api/v2/analytics/queues/observations/query.
        """
        wanted = sorted(set(queues))
        chunks = [tuple(wanted[start : start + MOST_QUEUES]) for start in range(0, len(wanted), MOST_QUEUES)]
        answers = await together(self._observed(chunk, priority) for chunk in chunks)
        return Observations(
            as_of=min((answer.as_of for answer in answers), default=self._now()),
            by_queue=MappingProxyType({queue: seen for one in answers for queue, seen in one.by_queue.items()}),
        )

    async def estimated_wait(self, wanted: Estimable, *, priority: Priority = Priority.PERSON) -> timedelta | None:
        """How long the platform tells the next contact that it will wait; None when it has no estimate.

        Costs one request, and none within five seconds.
        Source: GET /api/v2/routing/queues/{queueId}/mediatypes/{mediaType}/estimatedwaittime.
        """
        path = estimate_path(wanted)
        if path is None:
            return None
        call = Call(method="GET", path=path)
        return await self._estimates.get((wanted, priority), lambda: self._exchange.ask(call, read_estimate, priority))

    async def limits(self) -> Mapping[str, int]:
        """Limits of the platform API by key; the pace is set from the one on tokens.

        Source: GET /api/v2/organizations/limits/namespaces/platform.api.
        """
        limits = await self._exchange.ask(Call(method="GET", path=LIMITS_PATH), read_limits, Priority.PERSON)
        if limits.get(TOKEN_RATE, 0) > 0:
            self._pace.allow(limits[TOKEN_RATE])
        return limits

    async def verify(self) -> None:
        """Obtain a token, or raise why there is none."""
        await self._exchange.tokens.current(Priority.PERSON)

    async def _observed(self, queues: tuple[QueueId, ...], priority: Priority) -> Observations:
        call = Call(method="POST", path=OBSERVATIONS_PATH, json=observations_body(queues))
        return await self._observations.get(
            (queues, priority), lambda: self._exchange.ask(call, read_observations, priority)
        )

    async def _pages(
        self,
        path: str,
        query: Callable[[int], Mapping[str, str]],
        read: Callable[[Reply], Page],
        priority: Priority,
    ) -> list[Page]:
        pages: list[Page] = []
        for number in range(1, MOST_PAGES + 1):
            page = await self._exchange.ask(Call(method="GET", path=path, params=query(number)), read, priority)
            pages.append(page)
            if page.empty or (page.pages is not None and number >= page.pages):
                return pages
        raise GenesysUnreadable(f"the listing {path} does not end after {MOST_PAGES} pages")

    async def _counted(self, wanted: TallyQuery, parts: tuple[Part, ...], priority: Priority) -> Tallies:
        answers = await together(self._sharing.held(part.span, wanted.thresholds, priority) for part in parts)
        every = [held for answer in answers for held in answer.values()]
        if sum(len(held.tallies) for held in every) > MANY:
            sums = await asyncio.to_thread(_summed, wanted, parts, answers)
        else:
            sums = _summed(wanted, parts, answers)
        return Tallies(
            as_of=min((held.as_of for held in every), default=self._now()),
            by_period=tuple(MappingProxyType(period) for period in sums),
            bodies=tuple(dict.fromkeys(sent for held in every for sent in held.bodies)),
        )


def _summed(
    wanted: TallyQuery, parts: tuple[Part, ...], answers: Sequence[Mapping[QueueId, Held]]
) -> tuple[dict[TallyKey, Tally], ...]:
    sums: tuple[dict[TallyKey, Tally], ...] = tuple({} for _ in wanted.periods)
    for part, answer in zip(parts, answers, strict=True):
        for queue, held in answer.items():
            _add(sums, part, queue, held, wanted.thresholds[queue])
    return sums


def _add(
    sums: tuple[dict[TallyKey, Tally], ...],
    part: Part,
    queue: QueueId,
    held: Held,
    thresholds: frozenset[timedelta],
) -> None:
    for place, tally in held.tallies.items():
        slot = part.slot_of(place.slice)
        if slot is None:
            continue
        key = TallyKey(queue, place.media, slot.bucket_start, place.facet)
        mine = tally.counted_with(thresholds)
        period = sums[slot.period]
        period[key] = period[key] + mine if key in period else mine
