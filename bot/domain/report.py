"""The answer to a ReportQuestion: one row of figures for each group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain.metrics import BY_NAME, usual

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.amounts import Amounts
    from bot.domain.dimensions import Group
    from bot.domain.metrics import Metric
    from bot.domain.period import Period
    from bot.domain.questions import ReportQuestion
    from bot.domain.queues import Media, Queue
    from bot.domain.sla import Switches


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRow:
    """One group; of the total, `group` is empty."""

    group: Group
    amounts: Amounts
    previous: Amounts | None = None
    """The same group in the period compared with; None when none was asked for, or nothing happened in it then.

    Without `in_time` and `rated` where one side rates callbacks and the other does not.
    """
    media: frozenset[Media] = frozenset()
    """What it sums over: times of several media add up, but say little."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Rows in time order where time is a dimension, then the largest first; silent groups are left out."""

    question: ReportQuestion
    switches: Switches
    queues: tuple[Queue, ...]
    """Those asked about, in the order of their names."""
    as_of: datetime
    """When Genesys answered; UTC."""
    compared_with: Period | None
    rows: tuple[ReportRow, ...]
    total: ReportRow
    """Over every row: sums divided once, never an average of rows."""
    silent: tuple[Queue, ...] = ()
    """Queues asked about in which nothing happened."""
    callbacks_unrated: bool = False
    """The total mixes callbacks with other media, and its service level leaves them out, as in every row that does.

    A row of callbacks alone has its own all the same, as by queue and medium.
    """
    query: str = ""
    """A request body sent to Genesys (JSON, indented)."""

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """The columns, in the order asked for."""
        return tuple(BY_NAME[name] for name in self.question.metrics or usual(self.question.by))

    @property
    def empty(self) -> bool:
        return not self.rows
