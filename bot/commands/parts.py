"""What a command's text contained, before a command makes a question of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.domain.names import means_all

if TYPE_CHECKING:
    from datetime import timedelta

    from bot.commands.vocabulary import Mark
    from bot.domain.dimensions import Dimension
    from bot.domain.exports import FileFormat
    from bot.domain.metrics import Metric
    from bot.domain.period import Period
    from bot.domain.places import PlaceSettings
    from bot.domain.questions import Formula, QueueWord
    from bot.domain.queues import Media


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A queue as it stands in the text, from `start` to `end`, quotes included."""

    word: QueueWord
    start: int
    end: int


@dataclass(slots=True, kw_only=True)
class Parts:
    """What a text contained; None and empty for what it left out."""

    text: str
    """As it was read: visible characters and plain spaces only; places in it refer to this."""
    queues: list[Named] = field(default_factory=list)
    threshold: timedelta | None = None
    own_target: bool = False
    """Whether each queue's own target was asked for in so many words."""
    period: Period | None = None
    groupings: list[Dimension] = field(default_factory=list)
    formula: Formula | None = None
    metrics: list[Metric] = field(default_factory=list)
    media: list[Media] = field(default_factory=list)
    file: FileFormat | None = None
    marks: set[Mark] = field(default_factory=set)
    share: bool = False
    extras: list[object] = field(default_factory=list)
    """What the grammar's own reader found."""
    written: dict[str, str] = field(default_factory=dict)
    """Threshold, period, grouping, formula, metric, format, comparison and extras by these names, as they stand in the
    text; of several, the first."""


def queues_of(read: Parts, usual: PlaceSettings) -> tuple[QueueWord, ...]:
    """The queues that were named, else the usual ones; empty for all of them."""
    if not read.queues:
        return usual.queues
    words = tuple(named.word for named in read.queues)
    return () if len(words) == 1 and means_all(words[0]) else words


def threshold_of(read: Parts, usual: PlaceSettings) -> timedelta | None:
    """The threshold that was said, else the usual one; None for each queue's own target."""
    return None if read.own_target else read.threshold or usual.threshold
