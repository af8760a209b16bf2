"""Question in, report out: what Slack, terminal, digests and alerts all ask."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol, TypeVar

import structlog

from bot.domain.live import busiest, half_hour_of
from bot.domain.names import BESIDE_QUEUE, BESIDE_REPORT, BESIDE_SLA
from bot.domain.period import previous
from bot.domain.questions import ConversationsQuestion, QueueQuestion, ReportQuestion, SlaQuestion
from bot.errors import BadPeriod
from bot.genesys.pace import Priority
from bot.genesys.tallies import APART, TallyQuery
from bot.usecases.bounds import check_cells, check_length, check_report, grain_of
from bot.usecases.estimates import estimating
from bot.usecases.gathered import Gathered
from bot.usecases.labels import Labels
from bot.usecases.naming import Naming
from bot.usecases.queue_report import longest_waiting, queue_report, queues_now
from bot.usecases.report import people_of, report_of
from bot.usecases.sla_report import GRAINS, sla_report, thresholds_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from bot.domain.digest import DigestReport
    from bot.domain.live import QueueReport
    from bot.domain.period import Period
    from bot.domain.queues import Queue
    from bot.domain.report import Report
    from bot.domain.sla import Prospect, SlaReport, Switches
    from bot.genesys.client import GenesysClient
    from bot.genesys.directory import QueueDirectory
    from bot.genesys.people import People
    from bot.genesys.tallies import Counting
    from bot.store.choices import Choices
    from bot.usecases.naming import Asker

MOST_ESTIMATES = 5
"""Estimated waits cost a request each, so only the longest waiting have one."""

_BESIDE = {
    SlaQuestion: BESIDE_SLA,
    QueueQuestion: BESIDE_QUEUE,
    ReportQuestion: BESIDE_REPORT,
    ConversationsQuestion: BESIDE_REPORT,
}

Question = TypeVar("Question", bound="SlaQuestion | QueueQuestion | ReportQuestion | ConversationsQuestion")

log = structlog.get_logger()


class Outlook(Protocol):
    """Says whether running periods can still meet their target."""

    async def of(self, report: SlaReport) -> tuple[Prospect, ...]: ...


class Ask:
    """The questions that can be asked about the contact centre."""

    def __init__(
        self,
        directory: QueueDirectory,
        genesys: GenesysClient,
        *,
        people: People,
        switches: Switches,
        choices: Choices | None,
        now: Callable[[], datetime],
        digesting: Counting | None = None,
    ) -> None:
        """`digesting` counts for digests, which look back further than others; Genesys does where there is none."""
        self._genesys = genesys
        self._digesting = digesting or genesys
        self._people = people
        self._switches = switches
        self._now = now
        self.naming = Naming(directory, choices=choices, now=now)
        """Which queues words mean, and which names may be offered."""
        self.outlook: Outlook | None = None
        """What looks ahead for `sla`; where there is no store of what is usual, nothing does."""

    async def sla(self, question: SlaQuestion, *, asker: Asker | None = None) -> SlaReport:
        """Costs one request for up to a hundred queues, none when the period is closed and was asked about before.

        Raises UnknownQueue, BadWord, BadPeriod and the GenesysError family; never answers from part of the data.
        """
        check_length(question.period, GRAINS.get(question.by))
        queues = await self.naming.queues(question.queues, asker, BESIDE_SLA)
        compared_with = _reference(question)
        periods = (question.period, compared_with) if compared_with else (question.period,)
        query = TallyQuery(thresholds=thresholds_of(question, queues), periods=periods, grain=GRAINS.get(question.by))
        tallies = await self._genesys.tallies(query, priority=Priority.PERSON)
        # Thousands of queues by the hour are seconds of arithmetic; acknowledgements cannot wait for that.
        report = await asyncio.to_thread(
            sla_report, question, queues=queues, switches=self._switches, tallies=tallies, compared_with=compared_with
        )
        return replace(report, outlook=await self._prospects(report))

    async def queue(self, question: QueueQuestion, *, asker: Asker | None = None) -> QueueReport:
        """Costs one request for each hundred queues asked about, one for the service levels of up to a hundred queues
        in the answer, and at most `MOST_ESTIMATES` for estimated waits; none when it was asked five seconds ago.

        Raises UnknownQueue, BadWord and the GenesysError family; only estimated waits may be missing in an answer.
        """
        queues = await self.naming.queues(question.queues, asker, BESIDE_QUEUE)
        seen = await self._genesys.observations(queue.id for queue in queues)
        every = queues_now(queues, seen.by_queue)
        shown = busiest(every)[: question.most]
        half_hour = half_hour_of(self._now(), question.zone)
        so_far = SlaQuestion(queues=(), threshold=None, period=half_hour)
        places = longest_waiting(shown)[:MOST_ESTIMATES]
        async with estimating(self._genesys, places) as estimates_in_time:
            thresholds = thresholds_of(so_far, [row.queue for row in shown])
            tallies = await self._genesys.tallies(TallyQuery(thresholds=thresholds, periods=(half_hour,)))
            estimates = await estimates_in_time()
        levels = sla_report(
            so_far,
            queues=[row.queue for row in shown],
            switches=self._switches,
            tallies=tallies,
            compared_with=None,
        )
        return queue_report(
            question,
            half_hour=half_hour,
            as_of=min(seen.as_of, tallies.as_of),
            every=every,
            shown=shown,
            levels=levels.rows,
            estimates=estimates.waits,
            estimates_missing=estimates.missing,
        )

    async def digests_ahead(
        self, questions: Iterable[tuple[SlaQuestion, Asker | None]], *, priority: Priority = Priority.DIGEST
    ) -> Gathered:
        """What composes digests of these questions for no more than the most demanding of them costs, for each
        distinct period and zone. Raises nothing about the questions.
        """
        gathered = self._gathering(priority)
        await gathered.announce(questions)
        return gathered

    async def digest(self, question: SlaQuestion, *, asker: Asker | None = None) -> DigestReport:
        """The figures of a single digest, for somebody who waits for them. Raises as `Gathered.digest` does."""
        return await self._gathering(Priority.PERSON).digest(question, asker=asker)

    async def report(
        self, question: ReportQuestion, *, asker: Asker | None = None, priority: Priority = Priority.PERSON
    ) -> Report:
        """Costs a request for up to a hundred queues and a month, and those for names that are not known yet.

        Raises UnknownQueue, BadWord, BadPeriod and the GenesysError family; only names may be missing in an answer.
        """
        check_report(question)
        queues = await self.naming.queues(question.queues, asker, BESIDE_REPORT)
        check_cells(question, len(queues))
        compared_with = previous(question.period) if question.compared else None
        query = TallyQuery(
            thresholds=thresholds_of(question, queues),
            periods=(question.period, compared_with) if compared_with else (question.period,),
            grain=grain_of(question.by),
            by=APART & set(question.by),
            times=True,
        )
        tallies = await self._genesys.tallies(query, priority=priority)
        agents, wrap_ups = await asyncio.to_thread(people_of, tallies)
        labels = Labels(
            zone=question.period.zone,
            queues=queues,
            agents=await self._people.agents(agents, priority=priority),
            wrap_ups=await self._people.wrap_ups(wrap_ups, priority=priority),
        )
        return await asyncio.to_thread(
            report_of,
            question,
            queues=queues,
            switches=self._switches,
            tallies=tallies,
            labels=labels,
            compared_with=compared_with,
        )

    async def queues(self, question: ConversationsQuestion, *, asker: Asker | None = None) -> tuple[Queue, ...]:
        """Those that a question is about, in the order of their names. Raises as `settled` does."""
        return await self.naming.queues(question.queues, asker, BESIDE_REPORT)

    async def settled(self, question: Question, *, asker: Asker | None = None) -> Question:
        """The same question with each name as the directory spells it, so that it means the same whoever asks it.

        Raises UnknownQueue, BadWord and NotAllowed, and the GenesysError family while no directory could be read.
        """
        queues = await self.naming.settled(question.queues, asker, _BESIDE[type(question)])
        return replace(question, queues=queues)

    async def _prospects(self, report: SlaReport) -> tuple[Prospect, ...]:
        try:
            return await self.outlook.of(report) if self.outlook else ()
        except Exception:
            # The answer is there, and right without it.
            log.exception("whether the target can be met is not known")
            return ()

    def _gathering(self, priority: Priority) -> Gathered:
        return Gathered(self._digesting, naming=self.naming, switches=self._switches, priority=priority)


def _reference(question: SlaQuestion) -> Period | None:
    """The period compared with. A curve is its own comparison, so that by hour and by day ask for nothing more."""
    if question.by in GRAINS:
        return None
    try:
        return previous(question.period)
    except BadPeriod:
        return None
