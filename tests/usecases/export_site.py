"""A simulated contact centre over HTTP, exports from it, and what their rows have to be."""

from __future__ import annotations

import asyncio
import json
import random
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from aiohttp.test_utils import TestServer

from bot.demo.centre import Centre
from bot.demo.centre_organisation import Agent, AgentId, Queue, WrapUpCode, WrapUpId, stable_id
from bot.demo.centre_visits import Outcome, Visit, epoch_ms
from bot.demo.faults import Faults
from bot.demo.genesys_log import RequestLog
from bot.demo.genesys_options import Options
from bot.demo.genesys_server import genesys_app
from bot.domain.dimensions import Dimension
from bot.domain.exports import Export, FileFormat, Progress, Stage
from bot.domain.period import Period
from bot.domain.questions import ConversationsQuestion, QueueWord
from bot.domain.sla import Switches
from bot.genesys.client import genesys_client
from bot.genesys.directory import QueueDirectory
from bot.genesys.people import People
from bot.usecases.ask import Ask
from bot.usecases.export import Exporting

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

LONDON = ZoneInfo("Europe/London")
MONDAY = datetime(2026, 11, 9, tzinfo=UTC)
NOW = datetime(2026, 11, 20, 12, 17, 30, tzinfo=UTC)
DETAILS = "/api/v2/analytics/conversations/details/query"
JOBS = "/api/v2/analytics/conversations/details/jobs"
QUEUES = (Queue.named("Billing"), Queue.named("Sales"), Queue.named("Support"))
AGENTS = tuple(Agent(id=AgentId(stable_id("agent", name)), name=name) for name in ("Anna Bauer", "Ben Okoro"))
CODES = tuple(WrapUpCode(id=WrapUpId(stable_id("code", name)), name=name) for name in ("Refund", "Resolved"))
HASTE = 1_000
"""How much faster the bot's seconds pass."""


def traffic(number: int, *, days: float = 7, queues: Iterable[Queue] = QUEUES, seed: int = 3) -> list[Visit]:
    """Conversations from `MONDAY` on; every fifth is transferred to another queue."""
    chance = random.Random(seed)
    places = tuple(queues)
    visits: list[Visit] = []
    for each in range(number):
        first = _visit(chance, f"c{each:05}", places, epoch_ms(MONDAY) + chance.randrange(int(days * 86_400_000)))
        visits.append(first)
        if each % 5 == 0 and first.outcome is Outcome.ANSWERED:
            visits.append(_visit(chance, first.conversation_id, places, first.talk_end_ms))
    return visits


def _visit(chance: random.Random, conversation: str, queues: tuple[Queue, ...], offered_ms: int) -> Visit:
    answered = chance.random() < 0.8
    wait = chance.randrange(90_000)
    return Visit(
        conversation_id=conversation,
        queue_id=chance.choice(queues).id,
        offered_ms=offered_ms,
        outcome=Outcome.ANSWERED if answered else Outcome.ABANDONED,
        wait_ms=wait,
        agent_id=chance.choice(AGENTS).id if answered else None,
        talk_ms=chance.randrange(300_000) if answered else 0,
        hold_ms=chance.choice([0, 30_000]) if answered else 0,
        acw_ms=chance.randrange(60_000) if answered else 0,
        wrap_up_id=chance.choice(CODES).id if answered else None,
    )


def expected_rows(visits: Iterable[Visit], queues: Iterable[Queue], start: datetime, end: datetime) -> list[list[Any]]:
    """Told from the raw visits: those of conversations that began in the period, by their start, id and entering."""
    names = {queue.id: queue.name for queue in queues}
    agents = {agent.id: agent.name for agent in AGENTS}
    codes = {code.id: code.name for code in CODES}
    began: dict[str, int] = {}
    for visit in visits:
        began[visit.conversation_id] = min(visit.offered_ms, began.get(visit.conversation_id, visit.offered_ms))
    rows = [
        (
            (began[visit.conversation_id], visit.conversation_id, visit.offered_ms),
            [
                visit.conversation_id,
                names[visit.queue_id],
                visit.outcome.value,
                visit.wait_ms / 1000,
                visit.talk_ms / 1000 if visit.agent_id else None,
                visit.hold_ms / 1000 if visit.agent_id else None,
                agents[visit.agent_id] if visit.agent_id else None,
                codes[visit.wrap_up_id] if visit.wrap_up_id else None,
            ],
        )
        for visit in visits
        if visit.queue_id in names and epoch_ms(start) <= began[visit.conversation_id] < epoch_ms(end)
    ]
    return [row for _, row in sorted(rows, key=lambda row: row[0])]


def written_rows(export: Export) -> list[list[Any]]:
    """The same columns, from the JSON that was written."""
    cells = ("conversation_id", "queue", "outcome", "wait_seconds", "talk_seconds", "hold_seconds", "agent", "wrap_up")
    return [[row[cell] for cell in cells] for row in json.loads(export.files[0].path.read_bytes())]


def question(
    *names: str, start: datetime = MONDAY, end: datetime = MONDAY + timedelta(days=7), zone: ZoneInfo = LONDON
) -> ConversationsQuestion:
    return ConversationsQuestion(
        queues=tuple(QueueWord(text=name, quoted=True) for name in names),
        period=Period(start=start, end=end, zone=zone, name="last-week"),
        by=(Dimension.QUEUE,),
    )


@dataclass
class Site:
    """A running centre, and what exports from it."""

    exporting: Exporting
    centre: Centre
    options: Options
    faults: Faults
    log: RequestLog
    folder: Path
    told: list[Progress] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)
    """What exports themselves waited, in seconds."""
    told_at_pause: list[Stage] = field(default_factory=list)

    def export(
        self,
        asked: ConversationsQuestion,
        file_format: FileFormat = FileFormat.JSON,
        *,
        tell: Callable[[Progress], None] | None = None,
    ) -> AbstractAsyncContextManager[Export]:
        return self.exporting.export(
            asked, file_format, asked="conversations last-week", on_progress=tell or self.told.append
        )

    @property
    def left_behind(self) -> list[Path]:
        return list(self.folder.iterdir())


@asynccontextmanager
async def export_site(
    folder: Path,
    visits: list[Visit],
    *,
    queues: tuple[Queue, ...] = QUEUES,
    now: datetime = NOW,
    listed_after: timedelta = timedelta(),
    **settings: Any,
) -> AsyncIterator[Site]:
    """`listed_after`: how long the centre does not know of what began."""
    options, faults, log = Options(rate_limit=1_000_000), Faults(), RequestLog()
    centre = Centre.of(queues, visits, agents=AGENTS, wrap_up_codes=CODES)
    app = genesys_app(
        centre,
        now=lambda: now - listed_after,
        client_id="id",
        client_secret="secret",
        options=options,
        faults=faults,
        log=log,
    )

    async def sleep(seconds: float) -> None:
        await asyncio.sleep(seconds / HASTE)

    async def pause(seconds: float) -> None:
        nonlocal now
        site.pauses.append(seconds)
        site.told_at_pause += [progress.stage for progress in site.told[-1:]]
        now += timedelta(seconds=seconds)
        await sleep(seconds)

    async with TestServer(app, host="127.0.0.1") as server:
        url = str(server.make_url("")).rstrip("/")
        async with genesys_client(
            api_url=url,
            login_url=url,
            client_id="id",
            client_secret="secret",
            now=lambda: now,
            clock=lambda: time.monotonic() * HASTE,
            sleep=sleep,
            random=lambda: 0.5,
        ) as client:
            people = People(client, now=lambda: now)
            directory = QueueDirectory(client.queues, now=lambda: now, sleep=sleep, random=lambda: 0.5)
            ask = Ask(directory, client, people=people, switches=Switches(), choices=None, now=lambda: now)
            exporting = Exporting(
                ask, client.conversations, people, now=lambda: now, sleep=pause, folder=folder, **settings
            )
            site = Site(exporting, centre, options, faults, log, folder)
            yield site
