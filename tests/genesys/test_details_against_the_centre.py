"""Conversations of the simulated platform, over HTTP, against the visits it was given."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp.test_utils import TestServer

from bot.demo.centre import Centre
from bot.demo.centre_organisation import Agent, WrapUpCode
from bot.demo.centre_organisation import AgentId as CentreAgentId
from bot.demo.centre_organisation import Queue as CentreQueue
from bot.demo.centre_organisation import WrapUpId as CentreWrapUpId
from bot.demo.centre_visits import Outcome, Visit, epoch_ms
from bot.demo.faults import Faults
from bot.demo.genesys_log import RequestLog
from bot.demo.genesys_options import Late, Options
from bot.demo.genesys_server import genesys_app
from bot.domain.conversations import Conversation, Direction
from bot.domain.conversations import Outcome as Told
from bot.domain.conversations import Visit as Stay
from bot.domain.ids import AgentId, QueueId, WrapUpId
from bot.domain.queues import Media
from bot.genesys import details_plan
from bot.genesys.client import genesys_client
from bot.genesys.details import Details, DetailsQuery, ShortSlice

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Sequence

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
FIRST = datetime(2026, 11, 2, tzinfo=UTC)
DAYS = 10
QUEUES = tuple(CentreQueue.named(f"Queue {n:03}") for n in range(130))
BUSY = QUEUES[:5] + QUEUES[-2:]
AGENTS = tuple(Agent(id=CentreAgentId(name), name=name) for name in ("anna", "ben", "chris"))
CODES = tuple(WrapUpCode(id=CentreWrapUpId(name), name=name) for name in ("paid", "again"))
OUTCOMES = {
    Outcome.ANSWERED: Told.ANSWERED,
    Outcome.ABANDONED: Told.ABANDONED,
    Outcome.FLOW_OUT: Told.FLOW_OUT,
    Outcome.OUTBOUND: Told.OUTBOUND,
}


INBOUND = (Outcome.ANSWERED, Outcome.ABANDONED, Outcome.FLOW_OUT)


@asynccontextmanager
async def details_over(visits: Sequence[Visit], options: Options) -> AsyncIterator[Details]:
    app = genesys_app(
        Centre.of(QUEUES, visits, agents=AGENTS, wrap_up_codes=CODES),
        now=lambda: NOW,
        client_id="id",
        client_secret="secret",
        faults=Faults(),
        options=options,
        log=RequestLog(),
    )
    async with TestServer(app, host="127.0.0.1") as server:
        url = str(server.make_url("")).rstrip("/")
        async with genesys_client(
            api_url=url,
            login_url=url,
            client_id="id",
            client_secret="secret",
            now=lambda: NOW,
            sleep=lambda _: asyncio.sleep(0),
            requests_per_minute=60_000,
        ) as client:
            yield client.conversations


@pytest.fixture
def small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(details_plan, "HANDY", 150)
    monkeypatch.setattr(details_plan, "READABLE", 900)


def some_visits(chance: random.Random, count: int = 1200) -> list[Visit]:
    """Conversations of one to three visits, one after the other; many begin within a millisecond of an hour."""
    visits = []
    for number in range(count):
        begins = epoch_ms(FIRST) + chance.randrange(DAYS * 24) * 3_600_000
        begins += chance.choice([0, 1, -1, chance.randrange(3_600_000)])
        media = chance.choice(["voice", "voice", "email", "callback"])
        for place in range(chance.choice([1, 1, 1, 2, 3])):
            outcome = chance.choice([*(INBOUND if place else Outcome), Outcome.ANSWERED, Outcome.ANSWERED])
            one = a_visit(chance, f"conversation-{number:05}", begins, media, outcome)
            visits.append(one)
            begins = one.handled_ms + chance.randrange(1, 5_000)
    return visits


def a_visit(chance: random.Random, conversation: str, begins: int, media: Any, outcome: Outcome) -> Visit:
    settings: dict[str, Any] = {}
    if outcome in (Outcome.ANSWERED, Outcome.OUTBOUND):
        settings |= {
            "agent_id": chance.choice(AGENTS).id,
            "alert_ms": 0 if outcome is Outcome.OUTBOUND else chance.choice([0, 100]),
            "talk_ms": chance.randrange(1, 600_000),
            "hold_ms": chance.choice([0, 0, 20_000]),
            "acw_ms": chance.choice([0, 15_000]),
            "wrap_up_id": chance.choice([None, *(code.id for code in CODES)]),
            "transfer": chance.choice([None, None, "blind"]),
        }
    if outcome is Outcome.OUTBOUND:
        settings |= {"direction": "outbound"}
    return Visit(
        conversation_id=conversation,
        queue_id=chance.choice(BUSY).id,
        media=media,
        offered_ms=begins,
        wait_ms=0 if outcome is Outcome.OUTBOUND else chance.randrange(100, 300_000),
        outcome=outcome,
        **settings,
    )


def expected(visits: Iterable[Visit], wanted: DetailsQuery) -> list[Conversation]:
    """By brute force."""
    by_conversation: defaultdict[str, list[Visit]] = defaultdict(list)
    for visit in visits:
        by_conversation[visit.conversation_id].append(visit)
    found = []
    for name, own in by_conversation.items():
        stays = tuple(
            told(visit)
            for visit in own
            if visit.queue_id in wanted.queues and (not wanted.media or visit.media in wanted.media)
        )
        if stays and wanted.start <= own[0].offered_at < wanted.end:
            end = own[-1].offered_at + timedelta(milliseconds=own[-1].handled_ms - own[-1].offered_ms)
            found.append(Conversation(id=name, start=own[0].offered_at, end=end, visits=stays))
    return sorted(found, key=lambda one: one.order)


def told(visit: Visit) -> Stay:
    waited = None if visit.outcome is Outcome.OUTBOUND else timedelta(milliseconds=visit.wait_ms)
    return Stay(
        queue=QueueId(visit.queue_id or ""),
        media=Media(visit.media),
        direction=Direction(visit.direction),
        entered=visit.offered_at,
        outcome=OUTCOMES[visit.outcome],
        agent=AgentId(visit.agent_id) if visit.agent_id else None,
        wait=waited,
        talk=timedelta(milliseconds=visit.talk_ms),
        hold=timedelta(milliseconds=visit.hold_ms),
        acw=timedelta(milliseconds=visit.acw_ms),
        wrap_up=WrapUpId(visit.wrap_up_id) if visit.wrap_up_id else None,
        transfers=int(visit.transferred),
    )


async def everything(details: Details, wanted: DetailsQuery) -> list[Conversation]:
    """Of all slices, each read again while something seems to be missing."""
    found: dict[str, Conversation] = {}
    for piece in await details.plan(wanted):
        for _ in range(5):
            try:
                async for page in details.pages(piece):
                    found |= {one.id: one for one in page.conversations}
            except ShortSlice:
                continue
            break
    return sorted(found.values(), key=lambda one: one.order)


def a_query(chance: random.Random) -> DetailsQuery:
    start = FIRST + timedelta(minutes=15) * chance.randrange(-96, DAYS * 96)
    asked = QUEUES if chance.random() < 0.4 else chance.sample(BUSY, chance.randrange(1, 5))
    return DetailsQuery(
        queues=tuple(QueueId(queue.id) for queue in asked),
        start=start,
        end=start + timedelta(minutes=15) * chance.randrange(1, DAYS * 96),
        media=frozenset(chance.sample([Media.VOICE, Media.EMAIL, Media.CALLBACK], chance.choice([0, 0, 1, 2]))),
    )


@pytest.mark.usefixtures("small_limits")
@pytest.mark.parametrize("jobs_from", [100, 1_000_000], ids=["by job", "by query"])
@pytest.mark.parametrize("seed", range(3))
async def test_every_conversation_is_told_as_it_happened(
    seed: int, jobs_from: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(details_plan, "MANY", jobs_from)
    chance = random.Random(seed)
    visits = some_visits(chance)
    options = Options(jobs_behind=timedelta(days=13), rate_limit=100_000)
    async with details_over(visits, options) as details:
        for _ in range(6):
            wanted = a_query(chance)
            assert await everything(details, wanted) == expected(visits, wanted), wanted


@pytest.mark.usefixtures("small_limits")
@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"restless_details": True}, id="pages overlap and the number of hits moves"),
        pytest.param({"late_details": Late(one_in=7, over_pages=9)}, id="data arrives while it is read"),
        pytest.param({"timeout_details": timedelta(days=2)}, id="longer intervals are too heavy"),
    ],
)
async def test_nothing_is_missing_when_the_platform_makes_it_hard(options: dict[str, Any]) -> None:
    visits = some_visits(random.Random(5))
    wanted = DetailsQuery(
        queues=tuple(QueueId(queue.id) for queue in BUSY), start=FIRST, end=FIRST + timedelta(days=DAYS)
    )
    async with details_over(visits, Options(rate_limit=100_000, **options)) as details:
        assert await everything(details, wanted) == expected(visits, wanted)
