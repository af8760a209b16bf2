"""The simulated platform with given visits, the questions that can be asked of it, and a count by hand."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.app import Tempo, asking
from bot.demo.centre import Centre
from bot.demo.centre_organisation import Queue
from bot.demo.centre_visits import Outcome, Visit, epoch_ms
from bot.demo.world import World, world
from bot.domain.calendar import read_period
from bot.domain.questions import SlaQuestion
from bot.settings import AskSettings
from tests.official_client import judge_aggregates

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from bot.domain.digest import DigestReport
    from bot.usecases.ask import Ask

AGGREGATES = "/api/v2/analytics/conversations/aggregates/query"
FAST = Tempo(clock=lambda: time.monotonic() * 50, sleep=lambda seconds: asyncio.sleep(seconds / 50))
QUEUES = tuple(Queue.named(name) for name in ("Billing", "Sales", "Support"))
T20 = timedelta(seconds=20)


@dataclass(frozen=True)
class Counted:
    offered: int
    answered: int
    within: int
    abandoned: int
    handled: tuple[int, int]
    """How many, and how long together in milliseconds."""

    @property
    def share(self) -> tuple[int, int]:
        return self.within, self.answered + self.abandoned


@dataclass(frozen=True)
class Site:
    ask: Ask
    visits: Sequence[Visit]
    stage: World

    @property
    def requests(self) -> int:
        """For aggregates, so far."""
        return len(self.stage.requests.to(AGGREGATES))

    async def digest(self, question: SlaQuestion) -> DigestReport:
        """Gathered for this question alone."""
        return await (await self.ask.digests_ahead(())).digest(question)

    def counted(self, start: datetime, end: datetime, *, queue: str | None = None, media: str = "voice") -> Counted:
        """By hand, within 20 seconds; of all queues when none is named."""
        first, last = epoch_ms(start), epoch_ms(end)
        mine = [visit for visit in self.visits if visit.media == media and queue in {None, visit.queue_id}]
        left = [visit for visit in mine if first <= visit.offered_ms + visit.wait_ms < last]
        answered = [visit for visit in left if visit.outcome is Outcome.ANSWERED]
        took = [
            visit.talk_ms + visit.hold_ms + visit.acw_ms
            for visit in mine
            if visit.outcome is Outcome.ANSWERED and first <= visit.handled_ms < last
        ]
        return Counted(
            offered=sum(first <= visit.offered_ms < last for visit in mine),
            answered=len(answered),
            within=sum(visit.wait_ms <= 20_000 for visit in answered),
            abandoned=sum(visit.outcome is Outcome.ABANDONED for visit in left),
            handled=(len(took), sum(took)),
        )


@asynccontextmanager
async def site(visits: Sequence[Visit], now: datetime, queues: Sequence[Queue] = QUEUES) -> AsyncIterator[Site]:
    async with (
        world(now=lambda: now, commands=(), centre=Centre.of(queues, visits)) as stage,
        asking(AskSettings.from_env(stage.genesys_environment), now=lambda: now, tempo=FAST) as verbs,
    ):
        yield Site(ask=verbs.ask, visits=visits, stage=stage)
        for body in stage.requests.to(AGGREGATES):
            judge_aggregates(body.body)


def asked(words: str, now: datetime) -> SlaQuestion:
    """About every queue and twenty seconds."""
    period = read_period(words, now=now)
    assert period
    return SlaQuestion(queues=(), threshold=T20, period=period)
