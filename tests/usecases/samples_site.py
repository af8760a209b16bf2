"""A store of quarter hours between a simulated centre and a clock that the test moves."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from aiohttp.test_utils import TestServer

from bot.demo.centre import Centre
from bot.demo.centre_organisation import Queue
from bot.demo.centre_visits import Outcome, Visit, epoch_ms
from bot.demo.faults import Faults
from bot.demo.genesys_log import RequestLog
from bot.demo.genesys_options import Options
from bot.demo.genesys_server import genesys_app
from bot.genesys.client import genesys_client
from bot.genesys.directory import QueueDirectory
from bot.usecases.samples.filling import Filling
from bot.usecases.samples.stored import Stored
from tests.official_client import judge_aggregates

if TYPE_CHECKING:
    import random
    from collections.abc import AsyncIterator, Sequence

    from bot.genesys.client import GenesysClient
    from bot.store.database import Store

AGGREGATES = "/api/v2/analytics/conversations/aggregates/query"
FRIDAY = datetime(2026, 11, 20, 10, 2, tzinfo=UTC)
"""Two minutes after a quarter of an hour was over."""
BILLING, SALES = Queue.named("Billing"), Queue.named("Sales", threshold=timedelta(seconds=37))


@dataclass
class Clock:
    """Moves only when it is told to; what waits for it waits for nothing."""

    now: datetime = FRIDAY
    seconds: float = 0.0

    def __call__(self) -> datetime:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.seconds += seconds
        await asyncio.sleep(0)

    def later(self, **by: float) -> datetime:
        self.now += timedelta(**by)
        self.seconds += timedelta(**by).total_seconds()
        return self.now


@dataclass(kw_only=True)
class Site:
    clock: Clock
    store: Store
    genesys: GenesysClient
    directory: QueueDirectory
    log: RequestLog
    faults: Faults
    options: Options
    rules: set[timedelta] = field(default_factory=set)
    """Thresholds that rules name."""

    def filling(self, **changes: Any) -> Filling:
        """One process's."""

        async def wanted() -> set[timedelta]:
            return self.rules

        return Filling(self.store.samples, self.genesys, self.directory, wanted=wanted, **changes)

    @property
    def stored(self) -> Stored:
        return Stored(self.store.samples, self.genesys, now=self.clock)

    @property
    def asked(self) -> list[dict[str, Any]]:
        """Bodies for aggregates, oldest first."""
        return [one.body for one in self.log.to(AGGREGATES)]

    @property
    def intervals(self) -> list[tuple[datetime, datetime]]:
        parts = (body["interval"].split("/") for body in self.asked)
        return [(datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in parts]


@asynccontextmanager
async def site(
    store: Store, visits: Sequence[Visit], *, queues: Sequence[Queue] = (BILLING, SALES), clock: Clock | None = None
) -> AsyncIterator[Site]:
    """Another one on the same store and clock is the same centre, in which more has become visible."""
    clock = clock or Clock()
    log, faults, options = RequestLog(), Faults(), Options()
    app = genesys_app(
        Centre.of(queues, visits),
        now=clock,
        client_id="id",
        client_secret="secret",
        faults=faults,
        options=options,
        log=log,
    )
    async with TestServer(app, host="127.0.0.1") as server:
        url = str(server.make_url("")).rstrip("/")
        async with genesys_client(
            api_url=url,
            login_url=url,
            client_id="id",
            client_secret="secret",
            now=clock,
            clock=lambda: clock.seconds,
            sleep=clock.sleep,
        ) as genesys:
            directory = QueueDirectory(genesys.queues, now=clock, sleep=clock.sleep, random=lambda: 0.5)
            here = Site(
                clock=clock,
                store=store,
                genesys=genesys,
                directory=directory,
                log=log,
                faults=faults,
                options=options,
            )
            yield here
            for body in here.asked:
                judge_aggregates(body)


def visit(offered: datetime, *, queue: Queue = BILLING, wait_ms: int = 10_000, **changes: Any) -> Visit:
    settings: dict[str, Any] = {"outcome": Outcome.ANSWERED, "talk_ms": 60_000, "acw_ms": 5_000}
    return Visit(
        conversation_id=f"{queue.name}-{epoch_ms(offered)}-{wait_ms}",
        queue_id=queue.id,
        offered_ms=epoch_ms(offered),
        wait_ms=wait_ms,
        **(settings | changes),
    )


def some_visits(chance: random.Random, start: datetime, end: datetime, count: int) -> list[Visit]:
    """Many within a millisecond of a quarter of an hour; waits often exactly at a threshold, or beside one."""
    visits = []
    for number in range(count):
        offered = epoch_ms(start) + chance.randrange((end - start) // timedelta(minutes=15)) * 900_000
        visits.append(
            Visit(
                conversation_id=f"c-{number}",
                queue_id=chance.choice([BILLING, SALES]).id,
                media=chance.choice(["voice", "voice", "voice", "callback", "email"]),
                offered_ms=offered + chance.choice([-1, 0, 1, chance.randrange(900_000), chance.randrange(900_000)]),
                wait_ms=chance.choice([0, 4_999, 5_000, 20_000, 20_001, 37_000, 37_001, 300_000, 1_800_000]),
                outcome=chance.choice([Outcome.ANSWERED] * 4 + [Outcome.ABANDONED, Outcome.FLOW_OUT]),
                talk_ms=chance.randrange(1_000, 900_000),
                hold_ms=chance.choice([0, 0, 30_000]),
                acw_ms=chance.randrange(60_000),
            )
        )
    return visits
