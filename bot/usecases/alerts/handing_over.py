"""What a shift hands over: what fired, who took it, how long it lasted, what is open; and the same as one line."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from typing import TYPE_CHECKING

from bot.blocks.alerts.weekly import AlertTally

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.alerts.rules import Rule
    from bot.domain.alerts.states import Incident
    from bot.domain.ids import ChannelId, TeamId
    from bot.store.database import Store
    from bot.usecases.naming import Sight


LATELY = timedelta(weeks=4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """Of one channel."""

    start: datetime
    end: datetime
    incidents: tuple[Incident, ...]
    """Those that were open at any moment of it."""
    muted: tuple[Rule, ...]
    """Rules that tell nobody at its end."""


class HandingOver:
    """Costs a few reads of the database."""

    def __init__(self, store: Store, *, team: TeamId) -> None:
        self._store = store
        self._team = team

    async def shift(self, channel: ChannelId, *, start: datetime, end: datetime) -> Shift:
        """What was open at any moment of `[start, end)`, and told or held back."""
        found = await self._store.alerts.incidents(self._team, channel, since=start, until=end)
        rules = await self._store.rules.of_channel(self._team, channel)
        muted = tuple(rule for rule in rules if rule.muted_until is not None and rule.muted_until > end)
        return Shift(start=start, end=end, incidents=found, muted=muted)

    async def recent(self, rule: Rule, *, now: datetime, most: int = 5) -> tuple[Incident, ...]:
        """The last incidents of a rule, latest first."""
        found = await self._store.alerts.incidents(self._team, rule.channel, since=now - LATELY, until=now)
        mine = [one for one in found if one.watched.rule == rule.id]
        return tuple(sorted(mine, key=lambda one: one.fired_at, reverse=True)[:most])

    async def tally(
        self, channel: ChannelId, *, start: datetime, end: datetime, sight: Sight | None = None
    ) -> AlertTally | None:
        """What fired in `[start, end)`, of queues in `sight`; None where the channel has no rules and nothing did."""
        found = await self._store.alerts.incidents(self._team, channel, since=start, until=end)
        seen = (one for one in found if sight is None or one.watched.queue in sight)
        fired = [one for one in seen if start <= one.fired_at < end]
        if not fired and not await self._store.rules.of_channel(self._team, channel):
            return None
        taken = [one for one in fired if one.handling.acked_at is not None]
        waits = [one.handling.acked_at - one.fired_at for one in taken if one.handling.acked_at is not None]
        useless = Counter(f"{one.queue_name} {one.title}" for one in fired if one.votes)
        return AlertTally(
            fired=len(fired),
            acknowledged=len(taken),
            to_acknowledge=timedelta(seconds=median(wait.total_seconds() for wait in waits)) if waits else None,
            not_useful=tuple(useless.most_common()),
            still_open=sum(one.ended_at is None for one in fired),
        )
