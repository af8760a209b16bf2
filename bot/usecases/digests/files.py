"""The table of a digest as a CSV file in its thread, once; looked for before it is uploaded a second time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from bot.blocks.loading import note_message
from bot.domain.deliveries import FileStage
from bot.domain.exports import FileFormat
from bot.domain.ids import ChannelId, TeamId
from bot.domain.questions import ReportQuestion
from bot.errors import Explainable, GenesysError
from bot.genesys.pace import Priority
from bot.slack.history import Sight, conversation, look_for_file
from bot.slack.outward import Outcome
from bot.slack.uploads import UploadRefused, refusals, refuse_shared, upload
from bot.usecases.digests.due import GRACE, question_of
from bot.usecases.naming import Asker
from bot.usecases.permits import own_place

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from bot.domain.deliveries import Delivery
    from bot.domain.questions import SlaQuestion
    from bot.domain.subscriptions import Subscription
    from bot.slack.outward import Identity, Slack
    from bot.store.deliveries import Deliveries
    from bot.store.subscriptions import Subscriptions
    from bot.usecases.ask import Ask
    from bot.usecases.places import Places
    from bot.usecases.table_files import TableFiles

log = structlog.get_logger()

UPLOADING = timedelta(minutes=5)
"""How long nobody else touches a file that is being sent."""
PAUSE = timedelta(minutes=2)
COMMENT = "The table of this digest"
ARRIVING_SECONDS = 3.0
"""An upload whose sender is gone may be on its way still."""


class DigestFiles:
    """The files that were promised with digests that were sent."""

    def __init__(
        self,
        slack: Slack,
        identity: Identity,
        *,
        subscriptions: Subscriptions,
        deliveries: Deliveries,
        ask: Ask,
        places: Places,
        tables: TableFiles,
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[object]],
        step: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._slack = slack
        self._identity = identity
        self._subscriptions = subscriptions
        self._deliveries = deliveries
        self._ask = ask
        self._places = places
        self._tables = tables
        self._now = now
        self._sleep = sleep
        self._step = step
        self._mine: list[Delivery] = []
        self._closed = False

    def add(self, entry: Delivery) -> None:
        """One that this process has just sent, so that its file does not wait until the claim lapses."""
        self._mine.append(entry)

    def close(self) -> None:
        """Begin nothing more; the rest is for the next process."""
        self._closed = True

    async def send(self) -> None:
        """Everything that is wanted, one after the other. Raises nothing."""
        try:
            while self._mine and not self._closed:
                await self._tried(self._mine.pop(0))
            for entry in await self._deliveries.files_wanted(self._now()):
                if self._closed:
                    return
                await self._tried(entry)
        except Exception:
            log.exception("files of digests cannot be looked after")

    async def _tried(self, entry: Delivery) -> None:
        try:
            await self._send(entry)
        except Exception:
            # It is tried again when the claim of this attempt is over, but not for ever.
            log.exception("the file of a digest was not sent", subscription=entry.subscription)
            if self._too_late(entry):
                await self._given_up(entry, "something went wrong inside the bot")

    async def _send(self, entry: Delivery) -> None:
        now = self._now()
        perhaps_there = entry.file is FileStage.SENDING
        if not await self._deliveries.file(entry, stage=FileStage.SENDING, now=now, until=now + UPLOADING):
            return
        self._step("file claimed")
        if perhaps_there and not await self._surely_not_there(entry):
            return
        subscription = await self._subscriptions.find(entry.subscription)
        if subscription is None:
            return
        try:
            await self._upload(entry, subscription)
        except UploadRefused as refusal:
            if refusal.unknown:
                return  # looked for when the claim is over
            await self._failed(entry, refusal, passing=refusal.passing)
        except GenesysError as error:
            await self._failed(entry, error, passing=True)
        except Explainable as error:
            await self._failed(entry, error, passing=False)
        else:
            self._step("file uploaded")
            await self._settle(entry, FileStage.SENT)

    async def _surely_not_there(self, entry: Delivery) -> bool:
        for pause in (0.0, ARRIVING_SECONDS):
            if pause:
                await self._sleep(pause)
            seen = await look_for_file(self._slack, self._identity, entry.channel, thread=entry.ts)
            if seen.sight is not Sight.NOT_THERE:
                break
        match seen.sight:
            case Sight.NOT_THERE:
                return True
            case Sight.THERE:
                await self._settle(entry, FileStage.SENT)
            case Sight.BLIND:
                log.warning("nobody knows whether the file of a digest arrived", error=seen.error)
                await self._given_up(entry, "nobody knows whether it arrived")
            case Sight.LATER:
                pass
        return False

    async def _upload(self, entry: Delivery, subscription: Subscription) -> None:
        question = _table(question_of(entry.order, entry.due_at))
        sight = await self._places.sight(entry.channel)
        asker = Asker(team=TeamId(self._identity.team_id), user=subscription.owner, sight=sight)
        place = entry.channel
        if own_place(place):
            with refusals():
                place = ChannelId(await conversation(self._slack, place))
        else:
            await refuse_shared(self._slack, place)
        report = await self._ask.report(question, asker=asker, priority=Priority.DIGEST)
        asked = f"digest {subscription.number}, {entry.order.topic.period}"
        async with self._tables.written(report, FileFormat.CSV, asked=asked) as files:
            await upload(self._slack, channel=place, files=files, comment=COMMENT, thread=entry.ts)

    async def _failed(self, entry: Delivery, error: Explainable, *, passing: bool) -> None:
        now = self._now()
        if passing and not self._too_late(entry):
            # Nothing was shared, so there is nothing to look for.
            await self._deliveries.file(entry, stage=FileStage.WANTED, now=now, until=now + PAUSE)
            return
        log.warning("the file of a digest cannot be sent", reason=str(error))
        await self._given_up(entry, str(error))

    async def _given_up(self, entry: Delivery, why: str) -> None:
        """Whoever looks for the file in the thread reads there why there is none, and how to get it."""
        await self._settle(entry, FileStage.FAILED)
        said = f"The table could not be added as a file: {why.rstrip('.')}. Press Details and then CSV to have it."
        posted = await self._slack.post(entry.channel, note_message(said), thread=entry.ts)
        if posted.outcome is not Outcome.SENT:
            log.info("nobody was told that the file of a digest is missing", error=posted.error)

    def _too_late(self, entry: Delivery) -> bool:
        # One that this process has just sent carries no time of its settling.
        return entry.settled_at is not None and self._now() > entry.settled_at + GRACE

    async def _settle(self, entry: Delivery, stage: FileStage) -> None:
        await self._deliveries.file(entry, stage=stage, now=self._now())
        self._step("file settled")


def _table(question: SlaQuestion | ReportQuestion) -> ReportQuestion:
    """The figures behind service levels, as `/report` has them."""
    if isinstance(question, ReportQuestion):
        return question
    return ReportQuestion(
        queues=question.queues, period=question.period, threshold=question.threshold, formula=question.formula
    )
