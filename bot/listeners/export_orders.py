"""Exports as their owners see them: one message in their direct messages, from the first word to the last."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import structlog

from bot.blocks.export import (
    accepted_message,
    cancelled_message,
    failed_message,
    finished_message,
    interrupted_message,
    progress_message,
    told_as,
    upload_comment,
)
from bot.blocks.kit import MOST_VALUE
from bot.blocks.loading import loading_message, note_message
from bot.commands.reader import CARRIED_LIMIT
from bot.commands.report import ReportCommand, parse_report, report_text
from bot.domain.exports import FileFormat, Progress
from bot.domain.questions import ConversationsQuestion
from bot.errors import Explainable
from bot.listeners.asked import Asked
from bot.listeners.living import LivingMessage
from bot.usecases.delivery import Address
from bot.usecases.underway import Cancelled, ExportOrder, Failed, Finished, Interrupted

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from bot.blocks.kit import Message
    from bot.domain.exports import Export, ExportRecord
    from bot.listeners.desk import Desk, Seat
    from bot.listeners.reply import Reply
    from bot.usecases.delivery import Delivered
    from bot.usecases.underway import End, Underway

log = structlog.get_logger()

EVERY = timedelta(seconds=3)
"""How often the message that tells the progress changes at most."""
SELDOM = timedelta(minutes=1)
"""The same while Slack does not take the changes."""
PAUSES = (timedelta(seconds=2), timedelta(seconds=10), timedelta(seconds=30))
"""Before the last word is tried again."""
OVER = "This export is over: see below."
_DEFECT = "Something went wrong inside the bot."


async def order_export(
    desk: Desk, seat: Seat, reply: Reply, at: datetime, *, command: ReportCommand, wanted: ConversationsQuestion
) -> None:
    """Start the export `wanted`, which `command` asks for, and follow it in the visitor's direct messages.

    Names that mean no queue are told at once, and so is an export that the visitor has under way already.
    """
    visitor = seat.visitor
    settling = desk.ask.settled(wanted, asker=seat.asker)
    question = await reply.when_ready(settling, meanwhile=loading_message("the names of the queues"))
    order = ExportOrder(
        owner=seat.asker,
        question=question,
        file_format=command.file or FileFormat.CSV,
        text=report_text(replace(command, question=question)),
        asked_at=at,
        channel=visitor.channel,
    )
    following = _Following(desk, order, share=command.share)
    underway = await desk.exports.start(order, deliver=following.deliver)
    desk.promises.keep(following.follow(underway), owner=visitor.user)
    await reply.note(accepted_message(about=about(question), direct=visitor.channel is None))


async def tell_interrupted(desk: Desk, record: ExportRecord) -> None:
    """To the owner of an export whose process is gone: what became of it, and a button that starts it again.

    Raises Explainable when Slack did not take it, so that it is told later.
    """
    asked = Asked(
        command="report", text=record.text, at=record.asked_at.astimezone(ZoneInfo(record.zone)), channel=record.channel
    )
    try:
        question = parse_report(asked.text, now=asked.at, limit=CARRIED_LIMIT).question
    except Explainable:
        # Longer than a button carries, or the words of another version: that there is no file can be said all the same.
        said = interrupted_message(about="conversations")
    else:
        if not isinstance(question, ConversationsQuestion):
            raise TypeError("a table is no export")
        said = interrupted_message(about=about(question), again=_fitting(asked))
    notice = record.notice
    living = LivingMessage(
        desk.slack, record.user, channel=notice.channel if notice else "", ts=notice.ts if notice else ""
    )
    if not await conclude(living, said):
        raise Explainable("Slack did not take the message.")


def about(question: ConversationsQuestion) -> str:
    """As "conversations of Billing and Sales, last week"."""
    return told_as("conversations", [word.text for word in question.queues], question.period)


class _Following:
    """The living message of one export, and what it waits for."""

    def __init__(self, desk: Desk, order: ExportOrder, *, share: bool) -> None:
        self._desk = desk
        self._order = order
        self._share = share
        self._about = about(order.question)
        self._message = LivingMessage(desk.slack, order.owner.user)
        self._posted = asyncio.Event()
        self._watched = False
        self._delivered: Delivered | None = None

    async def deliver(self, export: Export) -> None:
        """Raises StoreRefused and UploadRefused."""
        address = Address(direct=self._direct, channel=self._order.channel)
        self._delivered = await self._desk.courier.deliver(
            export.files, address, comment=upload_comment(export, about=self._about), share=self._share
        )

    async def _direct(self) -> str:
        """Raises Explainable when following has ended, or goes on, without a conversation."""
        await self._posted.wait()
        return self._message.place()

    async def follow(self, underway: Underway) -> None:
        """Keep the message as new as the export, until it is over."""
        over = asyncio.create_task(underway.over())
        try:
            standing: Message | None = None
            pause = EVERY
            while isinstance(state := underway.state, Progress):
                told = progress_message(state, about=self._about, export_id=underway.id)
                if told != standing:
                    taken = await self._message.say(told)
                    standing, pause = (told, EVERY) if taken else (standing, min(2 * pause, SELDOM))
                if not self._watched:
                    await self._watch(underway)
                self._posted.set()
                await asyncio.wait({over}, timeout=pause.total_seconds())
            await self._end(await over)
        finally:
            # Whatever happened here, nobody waits for a conversation that will not come.
            self._posted.set()
            over.cancel()

    async def _watch(self, underway: Underway) -> None:
        if not self._message.ts:
            return
        self._watched = True
        try:
            await self._desk.exports.watched(underway.id, channel=self._message.channel, ts=self._message.ts)
        except Exception:
            # Costs no more than a line after a restart: the message keeps the progress that it ended with.
            log.exception("where an export is watched could not be kept", export=underway.id)

    async def _end(self, end: End) -> None:
        match end:
            case Finished(export):
                delivered = self._delivered
                links = delivered.links if delivered else ()
                in_channel = bool(delivered and delivered.in_channel)
                told = finished_message(
                    export, about=self._about, links=links, in_channel=in_channel, again=self._again
                )
                # A file that was uploaded announces itself; a message that was only rewritten does not.
                await self._last(partial(conclude, self._message) if links else self._message.conclude, told)
                if delivered and delivered.instead:
                    await self._message.add(note_message(delivered.instead))
            case Cancelled():
                await self._last(self._message.conclude, cancelled_message(about=self._about))
            case Failed(error):
                failed = failed_message(_explained(error), about=self._about, again=self._again)
                await self._last(partial(conclude, self._message), failed)
            case Interrupted():
                pass  # the owner is told by whichever process looks next

    async def _last(self, say: Callable[[Message], Awaitable[bool]], message: Message) -> None:
        """Twice is better than not at all: the links are nowhere else."""
        for pause in PAUSES:
            if await say(message):
                return
            await asyncio.sleep(pause.total_seconds())
        if not await say(message):
            log.error("the end of an export could not be told", user=self._order.owner.user)

    @property
    def _again(self) -> str:
        zone = self._order.question.period.zone
        order = self._order
        at = order.asked_at.astimezone(zone)
        return _fitting(Asked(command="report", text=order.text, at=at, channel=order.channel))


async def conclude(message: LivingMessage, said: Message) -> bool:
    """The last word, as a message of its own, so that it is noticed; the progress it ends leaves a line.

    Whether Slack took it.
    """
    if message.ts:
        await message.say(note_message(OVER))
    return await message.add(said)


def _explained(error: BaseException) -> Explainable:
    if isinstance(error, OSError):
        return Explainable(f"The machine of the bot could not keep the file: {error.strerror or error}.")
    return error if isinstance(error, Explainable) else Explainable(_DEFECT)


def _fitting(asked: Asked) -> str:
    """The value of a button; empty where it would be too long for one."""
    value = asked.value()
    return value if len(value) <= MOST_VALUE else ""
