"""`/sla` on the road of all commands."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bot.blocks.sla import REFRESH, SHARE, sla_message
from bot.commands import vocabulary
from bot.commands.reader import with_queue
from bot.commands.sla import EXAMPLE, SlaCommand, command_text, is_help, parse_sla
from bot.domain.period import spoken
from bot.listeners.answering import Road, carried

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.places import PlaceSettings
    from bot.domain.sla import SlaReport
    from bot.listeners.answering import Said
    from bot.listeners.desk import Desk, Seat


async def report_on(desk: Desk, seat: Seat, command: SlaCommand, at: datetime) -> tuple[SlaReport, str]:
    """The report, and the value of its buttons: the question in words that mean the same whoever presses.

    Names that a long list would make too long for a button stay as they were typed.
    """
    question = await desk.ask.settled(command.question, asker=seat.asker)
    report = await desk.ask.sla(question, asker=seat.asker)
    texts = (command_text(SlaCommand(question=which)) for which in (question, command.question))
    return report, carried("sla", *texts, at=at)


async def _ask(desk: Desk, seat: Seat, command: SlaCommand, at: datetime) -> Said:
    report, value = await report_on(desk, seat, command, at)
    return partial(sla_message, report, token=value)


def _read(text: str, now: datetime, limit: int, usual: PlaceSettings) -> SlaCommand:
    return parse_sla(text, now=now, limit=limit, usual=usual)


SLA = Road(
    name="sla",
    example=EXAMPLE,
    with_queue=partial(with_queue, example=EXAMPLE, grammar=vocabulary.SLA),
    wants_help=is_help,
    read=_read,
    about=lambda command: spoken(command.question.period),
    ask=_ask,
    refresh=REFRESH,
    share=SHARE,
)
