"""What `/digest edit` and `/digest settings` change, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.domain.subscriptions import Table

if TYPE_CHECKING:
    from datetime import time, timedelta
    from zoneinfo import ZoneInfo

    from bot.domain.dimensions import Dimension
    from bot.domain.places import PlaceSettings
    from bot.domain.questions import Formula, QueueWord
    from bot.domain.queues import Media
    from bot.domain.schedule import Days
    from bot.domain.subscriptions import Order


@dataclass(frozen=True, slots=True, kw_only=True)
class TableChanges:
    """What was said of a `/report`'s columns and rows; None for what was not."""

    by: tuple[Dimension, ...] | None = None
    metrics: tuple[str, ...] | None = None
    media: tuple[Media, ...] | None = None
    compared: bool | None = None

    def apply(self, table: Table) -> Table:
        return Table(
            by=table.by if self.by is None else self.by,
            metrics=table.metrics if self.metrics is None else self.metrics,
            media=table.media if self.media is None else self.media,
            compared=table.compared if self.compared is None else self.compared,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What was said of a digest; None for what was not."""

    queues: tuple[QueueWord, ...] | None = None
    """Empty: every queue."""
    threshold: timedelta | None = None
    own_target: bool = False
    """Whether each queue's own target takes the threshold's place."""
    formula: Formula | None = None
    table: TableChanges | None = None
    """Given when `report` was said: service levels become a report then."""
    period: str | None = None
    days: Days | None = None
    at: time | None = None
    zone: ZoneInfo | None = None
    csv: bool | None = None
    skip_empty: bool | None = None

    def apply(self, order: Order) -> Order:
        """`order` with the changes. A period that was the usual one of the days stays the usual one of new days."""
        topic, schedule = order.topic, order.schedule
        days = self.days or schedule.days
        period = self.period
        if period is None and topic.period == schedule.days.usual_period:
            period = days.usual_period
        table = topic.table
        if self.table is not None:
            table = self.table.apply(topic.table or Table())
        return replace(
            order,
            topic=replace(
                topic,
                queues=topic.queues if self.queues is None else self.queues,
                period=topic.period if period is None else period,
                threshold=None if self.own_target else self.threshold or topic.threshold,
                formula=self.formula or topic.formula,
                table=table,
            ),
            schedule=replace(
                schedule, days=days, at=schedule.at if self.at is None else self.at, zone=self.zone or schedule.zone
            ),
            csv=order.csv if self.csv is None else self.csv,
            skip_empty=order.skip_empty if self.skip_empty is None else self.skip_empty,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsChanges:
    """What was said of a place's settings; None for what was not."""

    zone: ZoneInfo | None = None
    queues: tuple[QueueWord, ...] | None = None
    """Empty: no usual queues any more."""
    threshold: timedelta | None = None
    own_target: bool = False
    formula: Formula | None = None
    limit: tuple[QueueWord, ...] | None = None
    no_limit: bool = False

    @property
    def limits(self) -> bool:
        """Whether the limit is touched, which only some people may."""
        return self.no_limit or self.limit is not None

    def apply(self, place: PlaceSettings) -> PlaceSettings:
        return replace(
            place,
            zone=self.zone or place.zone,
            queues=place.queues if self.queues is None else self.queues,
            threshold=None if self.own_target else self.threshold or place.threshold,
            formula=self.formula or place.formula,
            limit=None if self.no_limit else place.limit if self.limit is None else self.limit,
        )
