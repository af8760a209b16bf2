"""`/queue [queues] [share]`, in any order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.commands.parts import queues_of
from bot.commands.reader import QUEUE, TYPED_LIMIT, queues_text, read_parts
from bot.commands.vocabulary import QUEUE as GRAMMAR
from bot.domain.folding import clipped, fold
from bot.domain.period import zone_of
from bot.domain.places import UNSET
from bot.domain.questions import QueueQuestion
from bot.errors import BadWord

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.places import PlaceSettings

EXAMPLE = f"/queue {QUEUE}"
BUSIEST = 10
"""Queues in the answer when none is named, and none are usual."""

_FOREIGN = {
    "threshold": "a queue's name with a number in it goes in quotes",
    "period": "a queue's name like a period goes in quotes",
    "grouping": "rows are always by queue and medium",
    "formula": "the service level is always your organisation's own",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueCommand:
    """`/queue` as it was read."""

    question: QueueQuestion
    share: bool = False
    """Answer for the whole channel at once."""


def is_help(text: str) -> bool:
    """Whether the command asks for help: `help` or `?`. Without a word it asks for the busiest queues."""
    return fold(text) in {"help", "?"}


def parse_queue(text: str, *, now: datetime, limit: int = TYPED_LIMIT, usual: PlaceSettings = UNSET) -> QueueCommand:
    """Read the text behind `/queue`; `now` gives the zone the answer tells the time in.

    Without a name it means the usual queues, and where none are set the `BUSIEST` ones.

    Which queues there are is not known here: the question carries their names as typed. Raises BadWord, and nothing
    else, for whatever text.
    """
    read = read_parts(text, now=None, example=EXAMPLE, limit=limit, grammar=GRAMMAR)
    for kind, written in read.written.items():
        expected = f"a queue or “share”: this command tells of right now, and {_FOREIGN[kind]}"
        raise BadWord(clipped(written), expected, example=EXAMPLE)
    most = None if read.queues or usual.queues else BUSIEST
    question = QueueQuestion(queues=queues_of(read, usual), zone=zone_of(now), most=most)
    return QueueCommand(question=question, share=read.share)


def queue_text(command: QueueCommand) -> str:
    """The text behind `/queue` that reads back as `command`; for buttons (see CARRIED_LIMIT)."""
    question = command.question
    names = "" if question.most is not None else queues_text(question.queues, next_word_is_free=False)
    return " ".join(part for part in (names, "share" if command.share else "") if part)
