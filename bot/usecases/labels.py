"""What people call the groups of a report. Pure."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from bot.domain.dimensions import Dimension, Label
from bot.domain.ids import AgentId, QueueId, WrapUpId

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from zoneinfo import ZoneInfo

    from bot.domain.queues import Queue

# Not from strftime: the bot's words are English whatever the machine's locale.
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WITHOUT = MappingProxyType({Dimension.AGENT: "No agent", Dimension.WRAPUP: "No code"})
Id = TypeVar("Id", QueueId, AgentId, WrapUpId)

_SHOWN = 8
"""Of an id, where two have the same name."""


class Labels:
    """Labels by dimension and id. Names that occur twice are told apart, queues by their division if they can be."""

    def __init__(
        self,
        *,
        zone: ZoneInfo,
        queues: Iterable[Queue],
        agents: Mapping[AgentId, str] = MappingProxyType({}),
        wrap_ups: Mapping[WrapUpId, str] = MappingProxyType({}),
    ) -> None:
        every = tuple(queues)
        self._zone = zone
        self._queues = _told_apart(
            {queue.id: queue.name for queue in every}, {queue.id: queue.division for queue in every}
        )
        self._agents = _told_apart(agents)
        self._wrap_ups = _told_apart(wrap_ups)
        self._made: dict[tuple[Dimension, str | datetime | None], Label] = {}

    def label(self, dimension: Dimension, key: str | datetime | None) -> Label:
        """Of an id, or for hours and days of the instant at which they begin; None and empty have no value."""
        known = self._made.get((dimension, key))
        if known is None:
            known = self._made[dimension, key] = self._label(dimension, key)
        return known

    def _label(self, dimension: Dimension, key: str | datetime | None) -> Label:
        if isinstance(key, datetime):
            local = key.astimezone(self._zone)
            return _hour(local) if dimension is Dimension.HOUR else Label(local.date().isoformat(), _day(local))
        if not key:
            return Label("", _WITHOUT.get(dimension, f"No {dimension}"))
        match dimension:
            case Dimension.QUEUE:
                return Label(key, self._queues.get(QueueId(key), key))
            case Dimension.AGENT:
                return Label(key, self._agents.get(AgentId(key), key))
            case Dimension.WRAPUP:
                return Label(key, self._wrap_ups.get(WrapUpId(key), key))
            case _:
                return Label(key, key)


def _hour(local: datetime) -> Label:
    twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return Label(local.isoformat(), f"{_day(local)} {local:%H:%M}{f' {local:%Z}' if twice else ''}")


def _day(local: datetime) -> str:
    return f"{_WEEKDAYS[local.weekday()]} {local.day} {_MONTHS[local.month - 1]}"


def _told_apart(names: Mapping[Id, str], notes: Mapping[Id, str] = MappingProxyType({})) -> Mapping[Id, str]:
    seen = Counter(name.strip() for name in names.values())
    return {
        one: name if name.strip() and seen[name.strip()] == 1 else f"{name} ({notes.get(one) or one[:_SHOWN]})".strip()
        for one, name in names.items()
    }
