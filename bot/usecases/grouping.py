"""To which group a visit of a queue belongs. Pure."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.domain.dimensions import Dimension
from bot.domain.period import midnight, utc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from zoneinfo import ZoneInfo

    from bot.domain.conversations import Conversation, Visit
    from bot.domain.dimensions import Group
    from bot.domain.queues import Queue
    from bot.usecases.labels import Labels

Keys = tuple[str | datetime | None, ...]
"""What tells a group apart, by dimension: an id; the instant at which the hour or day begins; None without a value."""


class Grouping:
    """Groups by dimensions. A conversation belongs to the day and the hour in which it began, in `zone`."""

    def __init__(self, by: tuple[Dimension, ...], *, zone: ZoneInfo, queues: Iterable[Queue]) -> None:
        self._by = by
        divisions = {queue.id: queue.division for queue in queues}

        @lru_cache(maxsize=64)
        def day(local: date) -> datetime:
            return midnight(local, zone)

        def hour(moment: datetime) -> datetime:
            local = moment.astimezone(zone)
            into = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
            return utc(moment) - into

        keys: dict[Dimension, Callable[[Conversation, Visit], str | datetime | None]] = {
            Dimension.QUEUE: lambda _, visit: visit.queue,
            Dimension.DIVISION: lambda _, visit: divisions.get(visit.queue),
            Dimension.MEDIA: lambda _, visit: visit.media.value,
            Dimension.HOUR: lambda conversation, _: hour(conversation.start),
            Dimension.DAY: lambda conversation, _: day(conversation.start.astimezone(zone).date()),
            Dimension.AGENT: lambda _, visit: visit.agent,
            Dimension.WRAPUP: lambda _, visit: visit.wrap_up,
            Dimension.DIRECTION: lambda _, visit: visit.direction.value,
        }
        self._keys = [keys[dimension] for dimension in by]

    def keys(self, conversation: Conversation, visit: Visit) -> Keys:
        """Of the group that the visit belongs to."""
        return tuple([key(conversation, visit) for key in self._keys])

    def labelled(self, keys: Keys, labels: Labels) -> Group:
        """The same group for people."""
        return tuple(labels.label(dimension, key) for dimension, key in zip(self._by, keys, strict=True))
