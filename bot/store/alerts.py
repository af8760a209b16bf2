"""How alerts stand and what fired: read by everybody, written by who holds the lease, a whole round at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncEngine

    from bot.domain.alerts.keeping import Lease, Round, Watch
    from bot.domain.alerts.rules import RuleId
    from bot.domain.alerts.states import AlertState, BulletinId, Incident, IncidentId, Watched
    from bot.domain.ids import ChannelId, TeamId


class Alerts:
    """Lists leave out what cannot be read."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def lease(self, team: TeamId, holder: str, *, now: datetime, until: datetime) -> Lease | None:
        """Take it, or hold it for longer; None while it is somebody else's."""
        raise NotImplementedError

    async def release(self, lease: Lease, *, now: datetime) -> bool:
        """Anybody may take it at once. False when it is somebody else's already."""
        raise NotImplementedError

    async def watch(self, team: TeamId) -> Watch:
        """How far the last round came; an empty one when there was none."""
        raise NotImplementedError

    async def commit(self, lease: Lease, done: Round) -> bool:
        """Keep a round, in one transaction. False when somebody else took the lease over: nothing is written then."""
        raise NotImplementedError

    async def states(self, team: TeamId) -> Mapping[Watched, AlertState]:
        """Of all that has one."""
        raise NotImplementedError

    async def open_incidents(self, team: TeamId) -> tuple[Incident, ...]:
        """Longest first."""
        raise NotImplementedError

    async def incidents(
        self, team: TeamId, channel: ChannelId | None = None, *, since: datetime, until: datetime
    ) -> tuple[Incident, ...]:
        """Those that were open at any moment of it, in the order in which they fired. None: of all channels."""
        raise NotImplementedError

    async def incident(self, incident: IncidentId) -> Incident | None:
        """Raises Unreadable."""
        raise NotImplementedError

    async def of_bulletin(self, bulletin: BulletinId) -> tuple[Incident, ...]:
        """In the order in which they fired."""
        raise NotImplementedError

    async def last_fired(self, rules: Iterable[RuleId]) -> Mapping[RuleId, datetime]:
        """Without those that never did."""
        raise NotImplementedError

    async def votes(self, rules: Iterable[RuleId], since: datetime | None = None) -> Mapping[RuleId, int]:
        """How often “Not useful” was said, once for each person and incident; without those of which nobody did."""
        raise NotImplementedError

    async def prune(self, before: datetime) -> int:
        """Forget bulletins that were closed before that, with all that they told of: how many."""
        raise NotImplementedError
