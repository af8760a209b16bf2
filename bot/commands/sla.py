"""`/sla [queues] [threshold] [period] [by queue|media|hour|day] [of answered|of offered] [share]`, in any order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.commands.parts import queues_of, threshold_of
from bot.commands.reader import QUEUE, TYPED_LIMIT, queues_text, read_parts
from bot.commands.threshold import threshold_text
from bot.domain.calendar import today_so_far
from bot.domain.folding import fold
from bot.domain.places import UNSET
from bot.domain.questions import Formula, Grouping, SlaQuestion

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.places import PlaceSettings

EXAMPLE = f"/sla {QUEUE} 30s last-week"


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaCommand:
    """`/sla` as it was read."""

    question: SlaQuestion
    share: bool = False
    """Answer for the whole channel at once."""


def is_help(text: str) -> bool:
    """Whether the command asks for help: nothing, `help` or `?`."""
    return fold(text) in {"", "help", "?"}


def parse_sla(text: str, *, now: datetime, limit: int = TYPED_LIMIT, usual: PlaceSettings = UNSET) -> SlaCommand:
    """Read the text behind `/sla`, as seen from `now` and in its zone; `usual` is meant where it says nothing.

    Which queues there are is not known here: the question carries their names as typed. Raises BadWord or BadPeriod,
    and nothing else, for whatever text.
    """
    read = read_parts(text, now=now, example=EXAMPLE, limit=limit)
    period = read.period or today_so_far(now)
    question = SlaQuestion(
        queues=queues_of(read, usual),
        threshold=threshold_of(read, usual),
        period=period,
        by=Grouping(read.groupings[0].value) if read.groupings else Grouping.QUEUE,
        formula=read.formula or usual.formula or Formula.GENESYS,
    )
    return SlaCommand(question=question, share=read.share)


def command_text(command: SlaCommand) -> str:
    """The text behind `/sla` that reads back as `command` at the same moment; for buttons (see CARRIED_LIMIT).

    Words such as `today` stay words: read at another moment they mean other days.
    """
    question = command.question
    parts = [queues_text(question.queues, next_word_is_free=question.threshold is None)]
    if question.threshold is not None:
        parts.append(threshold_text(question.threshold))
    parts.append(question.period.name)
    if question.by is not Grouping.QUEUE:
        parts.append(f"by {question.by}")
    if question.formula is not Formula.GENESYS:
        parts.append(f"of {question.formula}")
    if command.share:
        parts.append("share")
    return " ".join(parts)
