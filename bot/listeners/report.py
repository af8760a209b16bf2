"""`/report` on the road of all commands; files and lists of conversations go apart."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from bot.blocks.report import REFRESH, SHARE, report_message
from bot.commands import vocabulary
from bot.commands.reader import with_queue
from bot.commands.report import EXAMPLE, ReportCommand, is_help, parse_report, report_text
from bot.domain.period import spoken
from bot.domain.questions import ConversationsQuestion, ReportQuestion
from bot.listeners.answering import Road, carried
from bot.listeners.export_orders import order_export
from bot.listeners.table_files import send_table

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.places import PlaceSettings
    from bot.listeners.answering import Errand, Said
    from bot.listeners.desk import Desk, Seat


async def _ask(desk: Desk, seat: Seat, command: ReportCommand, at: datetime) -> Said:
    question = await desk.ask.settled(command.question, asker=seat.asker)
    if not isinstance(question, ReportQuestion):
        raise TypeError("conversations are no table")
    report = await desk.ask.report(question, asker=seat.asker)
    texts = (report_text(replace(command, question=which, share=False)) for which in (question, command.question))
    return partial(report_message, report, token=carried("report", *texts, at=at))


def _apart(command: ReportCommand) -> Errand | None:
    if isinstance(command.question, ConversationsQuestion):
        return partial(order_export, command=command, wanted=command.question)
    if command.file is not None:
        return partial(send_table, question=command.question, file_format=command.file, share=command.share)
    return None


def _read(text: str, now: datetime, limit: int, usual: PlaceSettings) -> ReportCommand:
    return parse_report(text, now=now, limit=limit, usual=usual)


REPORT = Road(
    name="report",
    example=EXAMPLE,
    with_queue=partial(with_queue, example=EXAMPLE, grammar=vocabulary.REPORT),
    wants_help=is_help,
    read=_read,
    about=lambda command: spoken(command.question.period),
    ask=_ask,
    apart=_apart,
    refresh=REFRESH,
    share=SHARE,
)
