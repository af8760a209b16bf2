"""Digests as messages: what is asked, of which moment, and what the message says of itself."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, TypeAlias

from bot.blocks.alerts.weekly import tally_line
from bot.blocks.digests.message import Imprint, day_words, digest_message, report_digest_message
from bot.blocks.report import report_message
from bot.domain.ids import SubscriptionId, TeamId
from bot.domain.period import dated
from bot.domain.questions import SlaQuestion
from bot.errors import Explainable, GenesysError, Outdated
from bot.genesys.pace import Priority
from bot.usecases.digests.due import is_late, question_of, ready_at
from bot.usecases.digests.leases import key_of
from bot.usecases.naming import Asker, Sight

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Sequence

    from bot.blocks.kit import Message
    from bot.domain.deliveries import Delivery
    from bot.domain.digest import DigestReport
    from bot.domain.ids import ChannelId, UserId
    from bot.domain.questions import ReportQuestion
    from bot.domain.subscriptions import Order, Subscription
    from bot.usecases.alerts.handing_over import HandingOver
    from bot.usecases.ask import Ask
    from bot.usecases.digests.leases import Job
    from bot.usecases.gathered import Gathered
    from bot.usecases.places import Places


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A digest as it would be sent now."""

    message: Message
    empty: bool
    """No traffic at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A digest that is to be written."""

    subscription: Subscription
    order: Order
    """Of the delivery, which may be older than the subscription's."""
    channel: ChannelId
    moment: datetime
    """Of which minute it is: when it was due, however late it is sent. Who asks again later gets the same period."""
    value: str
    """What its buttons carry; see `read_value`."""
    next_run: datetime | None = None
    late: timedelta | None = None
    because: str = ""
    preview: bool = False
    asked_by: UserId | None = None

    @classmethod
    def of(
        cls,
        entry: Delivery,
        subscription: Subscription,
        *,
        now: datetime,
        because: str = "",
        latest: date | None = None,
    ) -> Wanted:
        """Of an entry of the ledger, sent now. `latest` is the newest day in the ledger, where that may be another."""
        late = now - ready_at(entry.order, entry.due_at) if is_late(entry.order, entry.due_at, now) else None
        return cls(
            subscription=subscription,
            order=entry.order,
            channel=entry.channel,
            moment=entry.due_at,
            value=key_of(entry.subscription, entry.day),
            next_run=subscription.order.schedule.next_after(now, after=latest or entry.day).at,
            late=late,
            because=because,
        )

    @classmethod
    def due(cls, job: Job) -> Wanted:
        """What will be composed of a job, as far as Genesys is asked for it."""
        order, channel = job.subscription.order, job.subscription.channel
        if job.entry is not None:
            order, channel = job.entry.order, job.entry.channel
        return cls(subscription=job.subscription, order=order, channel=channel, moment=job.occasion.at, value="")

    @classmethod
    def at(
        cls,
        subscription: Subscription,
        moment: datetime,
        *,
        preview: bool = False,
        asked_by: UserId | None = None,
        latest: date | None = None,
    ) -> Wanted:
        """Of no occasion: as it would be if it were due at `moment`. `latest` is the newest day in the ledger."""
        return cls(
            subscription=subscription,
            order=subscription.order,
            channel=subscription.channel,
            moment=moment,
            value=f"{subscription.id}@{moment.timestamp():.6f}",
            next_run=subscription.order.schedule.next_after(moment, after=latest).at,
            preview=preview,
            asked_by=asked_by,
        )

    @property
    def local(self) -> datetime:
        """`moment` in the schedule's zone."""
        return self.moment.astimezone(self.order.schedule.zone)

    @property
    def question(self) -> SlaQuestion | ReportQuestion:
        """Raises BadPeriod."""
        return question_of(self.order, self.moment)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a digest's message is about, however its subscription was edited since."""

    subscription: Subscription
    question: SlaQuestion | ReportQuestion
    at: datetime
    """When it was asked, in the schedule's zone: the same words at this moment are the same question."""
    entry: Delivery | None
    """None for one that was sent by hand."""


Compose: TypeAlias = Callable[[Wanted], Awaitable[Letter]]
"""Raises Explainable when there is no answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointer:
    """What a button says it is about: the delivery of a day, or what was sent by hand at a moment."""

    subscription: SubscriptionId
    day: date | None
    moment: datetime


def read_value(value: str) -> Pointer:
    """Raises Outdated."""
    try:
        if "@" in value:
            subscription, _, seconds = value.partition("@")
            moment = datetime.fromtimestamp(float(seconds), UTC)
            return Pointer(subscription=SubscriptionId(subscription), day=None, moment=moment)
        subscription, _, written = value.partition(":")
        day = date.fromisoformat(written)
    except (ValueError, OverflowError, OSError) as error:
        raise Outdated from error
    return Pointer(
        subscription=SubscriptionId(subscription), day=day, moment=datetime(day.year, day.month, day.day, tzinfo=UTC)
    )


class Letters:
    """Asks and writes."""

    def __init__(self, ask: Ask, places: Places, *, team: TeamId, alerts: HandingOver | None = None) -> None:
        """`team` is the bot's own workspace. `alerts` counts what fired; without it digests say nothing of that."""
        self._ask = ask
        self._places = places
        self._team = team
        self._alerts = alerts

    @asynccontextmanager
    async def round(self, wanted: Sequence[Wanted], *, ahead: bool = False) -> AsyncIterator[Compose]:
        """What composes these, each as often as wanted, and asks Genesys together for what they have in common.

        With `ahead` it has asked when the block begins, so that nobody holds a claim while Genesys takes its time.
        Only figures are kept meanwhile, no messages.
        """
        askers = _Askers(self._places, self._team)
        await askers.expect(wanted)
        announced = []
        for each in wanted:
            try:
                question = each.question
                if isinstance(question, SlaQuestion):
                    announced.append((question, await askers.asker(each)))
            except Explainable:
                continue  # whoever composes it is told
        gathered = await self._ask.digests_ahead(announced, priority=Priority.DIGEST)
        if ahead:
            # One of each stretch of time brings the figures of all. Whatever fails, fails again for those who need it.
            one_of_each = {
                (question.period.zone.key, question.period.start, question.period.end): (question, asker)
                for question, asker in announced
            }
            asking = (gathered.digest(question, asker=asker) for question, asker in one_of_each.values())
            await asyncio.gather(*asking, return_exceptions=True)

        async def compose(one: Wanted) -> Letter:
            # A round may take minutes, and a limit that is set meanwhile holds for what is written after it.
            await askers.expect([one])
            return await self._letter(one, gathered, await askers.asker(one))

        yield compose

    async def _letter(self, wanted: Wanted, gathered: Gathered, asker: Asker) -> Letter:
        question = wanted.question
        imprint = Imprint(
            subscription=wanted.subscription,
            value=wanted.value,
            next_run=wanted.next_run,
            zone=wanted.order.schedule.zone,
            late=wanted.late,
            because=wanted.because,
            preview=wanted.preview,
            asked_by=wanted.asked_by,
        )
        if isinstance(question, SlaQuestion):
            digest = await gathered.digest(question, asker=asker)
            alerts = await self._alerts_line(wanted.channel, digest, asker)
            return Letter(message=digest_message(digest, imprint, alerts=alerts), empty=digest.empty)
        # It stays in the channel, where "yesterday" is soon another day.
        question = replace(question, period=dated(question.period))
        report = await self._ask.report(question, asker=asker, priority=Priority.DIGEST)
        said = report_digest_message(report_message(report, token=""), report, imprint)
        return Letter(message=said, empty=report.empty)

    async def _alerts_line(self, channel: ChannelId, digest: DigestReport, asker: Asker) -> str:
        """Of the channel, in the period of its digest; empty where it has no rules."""
        if self._alerts is None:
            return ""
        period = digest.question.period
        tally = await self._alerts.tally(channel, start=period.start, end=period.end, sight=asker.sight)
        return tally_line(tally, day_words(digest)) if tally else ""


class _Askers:
    """Owners, and what may be seen from their channels, as it was when it was last looked up."""

    def __init__(self, places: Places, team: TeamId) -> None:
        self._places = places
        self._team = team
        self._sights: dict[ChannelId, Sight | None] = {}

    async def expect(self, wanted: Iterable[Wanted]) -> None:
        """Look all of them up together: a thousand channels one by one take a second."""
        channels = {each.channel for each in wanted}
        for channel in channels:
            self._sights.pop(channel, None)
        with suppress(GenesysError):  # whoever composes one is told
            self._sights |= await self._places.sights(channels)

    async def asker(self, wanted: Wanted) -> Asker:
        """Raises the GenesysError family where there is a limit and no directory could be read."""
        if wanted.channel not in self._sights:
            self._sights[wanted.channel] = await self._places.sight(wanted.channel)
        return Asker(team=self._team, user=wanted.subscription.owner, sight=self._sights[wanted.channel])
