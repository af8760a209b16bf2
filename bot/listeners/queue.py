"""`/queue` on the road of all commands."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bot.blocks.queue import REFRESH, SHARE, queue_message
from bot.commands import vocabulary
from bot.commands.queue import EXAMPLE, QueueCommand, is_help, parse_queue, queue_text
from bot.commands.reader import with_queue
from bot.listeners.answering import Road, carried

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.places import PlaceSettings
    from bot.listeners.answering import Said
    from bot.listeners.desk import Desk, Seat


async def _ask(desk: Desk, seat: Seat, command: QueueCommand, at: datetime) -> Said:
    question = await desk.ask.settled(command.question, asker=seat.asker)
    report = await desk.ask.queue(question, asker=seat.asker)
    texts = (queue_text(QueueCommand(question=which)) for which in (question, command.question))
    return partial(queue_message, report, token=carried("queue", *texts, at=at))


def _read(text: str, now: datetime, limit: int, usual: PlaceSettings) -> QueueCommand:
    return parse_queue(text, now=now, limit=limit, usual=usual)


QUEUE = Road(
    name="queue",
    example=EXAMPLE,
    with_queue=partial(with_queue, example=EXAMPLE, grammar=vocabulary.QUEUE),
    wants_help=is_help,
    read=_read,
    about=lambda _: "this minute",
    ask=_ask,
    refresh=REFRESH,
    share=SHARE,
)
