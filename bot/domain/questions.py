"""What can be asked, as frozen values: commands, digests, alerts and exports build the same ones."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.domain.dimensions import Dimension

if TYPE_CHECKING:
    from datetime import timedelta
    from zoneinfo import ZoneInfo

    from bot.domain.period import Period
    from bot.domain.queues import Media


USUAL_GROUPS = (Dimension.QUEUE, Dimension.MEDIA)
"""Of a report that names none."""


class Formula(StrEnum):
    """What answered-in-time is divided by."""

    GENESYS = "genesys"
    """answered + abandoned, adjusted by the organisation's three switches: the figure on the supervisor's screen."""
    ANSWERED = "answered"
    """answered only."""
    OFFERED = "offered"
    """everything that entered the queue."""


class Grouping(StrEnum):
    """What a row of the answer stands for."""

    QUEUE = "queue"
    """A queue and medium: the default."""
    MEDIA = "media"
    """A medium, over all queues asked about."""
    HOUR = "hour"
    DAY = "day"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueWord:
    """A queue as a person named it; which queue that is, only the directory knows."""

    text: str
    """Without its quotes. `*` and `?` are wildcards unless `quoted`."""
    quoted: bool = False

    @property
    def wildcard(self) -> bool:
        return not self.quoted and ("*" in self.text or "?" in self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaQuestion:
    """What share of contacts was answered within a threshold."""

    queues: tuple[QueueWord, ...]
    """Empty: every queue."""
    threshold: timedelta | None
    """Counted from entering the queue, inclusive, whole milliseconds; None: each queue's own target."""
    period: Period
    by: Grouping = Grouping.QUEUE
    formula: Formula = Formula.GENESYS


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueQuestion:
    """What is going on in queues right now."""

    queues: tuple[QueueWord, ...]
    """Empty: every queue."""
    zone: ZoneInfo
    """In which the answer tells the time, and cuts the half hour."""
    most: int | None = None
    """Only so many queues, the busiest; None for all that are asked about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportQuestion:
    """Any metrics of queues in a period, by any dimensions. A value like the others: nothing of it needs a person."""

    queues: tuple[QueueWord, ...]
    """Empty: every queue."""
    period: Period
    by: tuple[Dimension, ...] = USUAL_GROUPS
    """At least one, none twice."""
    metrics: tuple[str, ...] = ()
    """Names out of `metrics.METRICS`, in the order of the columns; empty: the usual ones."""
    media: tuple[Media, ...] = ()
    """Only these; empty: all."""
    threshold: timedelta | None = None
    """What the service level counts with; None: each queue's own target."""
    formula: Formula = Formula.GENESYS
    compared: bool = False
    """Whether each figure stands beside the one of the period before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationsQuestion:
    """The conversations that began in a period, one row for each visit of a queue."""

    queues: tuple[QueueWord, ...]
    """Empty: every queue."""
    period: Period
    media: tuple[Media, ...] = ()
    """Only these; empty: all."""
    by: tuple[Dimension, ...] = (Dimension.QUEUE,)
    """The groups of the summary beside the rows."""
