"""`/report … csv`: the table as a file in somebody's direct messages, or in the channel."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bot.blocks.export import file_comment, table_file_message, told_as
from bot.blocks.loading import loading_message, note_message
from bot.commands.report import ReportCommand, report_text
from bot.domain.period import spoken
from bot.errors import Explainable
from bot.listeners.living import LivingMessage
from bot.usecases.delivery import Address

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.exports import FileFormat
    from bot.domain.questions import ReportQuestion
    from bot.listeners.desk import Desk, Seat
    from bot.listeners.reply import Reply


async def send_table(
    desk: Desk,
    seat: Seat,
    reply: Reply,
    _: datetime,
    *,
    question: ReportQuestion,
    file_format: FileFormat,
    share: bool,
) -> None:
    """Write the report and deliver it. Raises what asking, uploading and the object store raise."""
    asking = desk.ask.report(question, asker=seat.asker)
    report = await reply.when_ready(asking, meanwhile=loading_message(spoken(question.period)))
    names = [queue.name for queue in report.queues] if question.queues else []
    about = told_as("Report", names, question.period)
    asked = report_text(ReportCommand(question=question, file=file_format))
    async with desk.tables.written(report, file_format, asked=asked) as files:
        said = partial(table_file_message, files, about=about, rows=len(report.rows), zone=question.period.zone)
        message = LivingMessage(desk.slack, seat.visitor.user)
        direct = partial(message.open, note_message(f"{about}: the file is on its way."))
        address = Address(direct=direct, channel=seat.visitor.channel)
        try:
            delivered = await desk.courier.deliver(files, address, comment=file_comment(about=about), share=share)
        except Explainable as error:
            if message.ts:
                await message.say(note_message(f"{about}. {error}"))
            raise
        if not delivered.in_channel:
            await message.conclude(said(links=delivered.links))
    where = "in this channel" if delivered.in_channel else "in our direct messages"
    await reply.note(note_message(delivered.instead or f"The file is {where}."))
