"""`/report [conversations] [queues] [threshold] [period] [by …] [media] [metrics] [of …] [compare] [csv|json] [share]`,
in any order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.commands.parts import queues_of, threshold_of
from bot.commands.reader import QUEUE, TYPED_LIMIT, queues_text, read_parts
from bot.commands.threshold import threshold_text
from bot.commands.vocabulary import REPORT as GRAMMAR
from bot.commands.vocabulary import Mark
from bot.domain.calendar import today_so_far
from bot.domain.dimensions import Dimension
from bot.domain.exports import FileFormat
from bot.domain.folding import clipped, fold
from bot.domain.metrics import BY_NAME
from bot.domain.places import UNSET
from bot.domain.questions import USUAL_GROUPS, ConversationsQuestion, Formula, ReportQuestion
from bot.errors import BadWord

if TYPE_CHECKING:
    from datetime import datetime

    from bot.commands.parts import Parts
    from bot.domain.places import PlaceSettings

EXAMPLE = f"/report {QUEUE} last-week by day"

_USUAL_SUMMARY = (Dimension.QUEUE,)
_FOREIGN = {
    "threshold": "a queue's name with a number in it goes in quotes",
    "metric": "every row has all there is to know of a conversation; a queue's name with that word goes in quotes",
    "formula": "a conversation has no service level",
    "comparison": "conversations are listed, not compared",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportCommand:
    """`/report` as it was read."""

    question: ReportQuestion | ConversationsQuestion
    file: FileFormat | None = None
    """Answer with a file instead of a message; conversations always do."""
    share: bool = False
    """Answer for the whole channel at once."""


def is_help(text: str) -> bool:
    """Whether the command asks for help: nothing, `help` or `?`."""
    return fold(text) in {"", "help", "?"}


def parse_report(text: str, *, now: datetime, limit: int = TYPED_LIMIT, usual: PlaceSettings = UNSET) -> ReportCommand:
    """Read the text behind `/report`, as seen from `now` and in its zone; `usual` is meant where it says nothing.

    Which queues there are is not known here: the question carries their names as typed. Raises BadWord or BadPeriod,
    and nothing else, for whatever text.
    """
    read = read_parts(text, now=now, example=EXAMPLE, limit=limit, grammar=GRAMMAR)
    queues = queues_of(read, usual)
    by, media = tuple(read.groupings), tuple(read.media)
    if Mark.CONVERSATIONS in read.marks:
        _refuse_figures(read)
        listed = ConversationsQuestion(
            queues=queues, period=read.period or today_so_far(now), media=media, by=by or _USUAL_SUMMARY
        )
        return ReportCommand(question=listed, file=read.file or FileFormat.CSV, share=read.share)
    question = ReportQuestion(
        queues=queues,
        period=read.period or today_so_far(now),
        by=by or USUAL_GROUPS,
        metrics=tuple(metric.name for metric in read.metrics),
        media=media,
        threshold=threshold_of(read, usual),
        formula=read.formula or usual.formula or Formula.GENESYS,
        compared=Mark.COMPARE in read.marks,
    )
    return ReportCommand(question=question, file=read.file, share=read.share)


def report_text(command: ReportCommand) -> str:
    """The text behind `/report` that reads back as `command` at the same moment; for buttons (see CARRIED_LIMIT).

    Words such as `today` stay words: read at another moment they mean other days.
    """
    question = command.question
    figures = question if isinstance(question, ReportQuestion) else None
    threshold = figures.threshold if figures else None
    parts = [] if figures else ["conversations"]
    parts.append(queues_text(question.queues, next_word_is_free=threshold is None))
    if threshold is not None:
        parts.append(threshold_text(threshold))
    parts.append(question.period.name)
    if question.by != (USUAL_GROUPS if figures else _USUAL_SUMMARY):
        parts.append(f"by {','.join(question.by)}")
    parts += question.media
    if figures:
        parts += [BY_NAME[name].words[0] for name in figures.metrics]
        parts += [f"of {figures.formula}"] * (figures.formula is not Formula.GENESYS)
        parts += ["compare"] * figures.compared
    parts += [command.file.value] if command.file else []
    parts += ["share"] * command.share
    return " ".join(parts)


def _refuse_figures(read: Parts) -> None:
    for kind, why in _FOREIGN.items():
        if written := read.written.get(kind):
            expected = f"part of a list of conversations: {why}"
            raise BadWord(clipped(written), expected, example=f"/report conversations {QUEUE} last-week csv")
