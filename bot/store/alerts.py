"""How alerts stand and what fired: read by everybody, written by who holds the lease, a whole round at a time."""

from __future__ import annotations

from collections import defaultdict
from types import MappingProxyType
from typing import TYPE_CHECKING

from sqlalchemy import case, delete, func, select, update

from bot.domain.alerts.keeping import Lease, Watch
from bot.domain.alerts.rules import RuleId
from bot.domain.ids import UserId
from bot.store.alert_rows import incident_in, state_in
from bot.store.alert_tables import alert_states, alert_watches, bulletin_lines, bulletins, incidents, votes
from bot.store.inserting import insert_into
from bot.store.reading import portions, readable
from bot.store.rounds import still_held, write_round

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, RowMapping
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from bot.domain.alerts.keeping import Round
    from bot.domain.alerts.states import AlertState, BulletinId, Incident, IncidentId, Watched
    from bot.domain.ids import ChannelId, TeamId

_FORGOTTEN_AT_ONCE = 500


class Alerts:
    """Lists leave out what cannot be read."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._told: set[str] = set()

    async def lease(self, team: TeamId, holder: str, *, now: datetime, until: datetime) -> Lease | None:
        """Take it, or hold it for longer; None while it is somebody else's."""
        if not holder or until <= now:
            raise ValueError("a lease has a holder, and ends after it begins")
        first = insert_into(alert_watches, self._engine).values(
            team_id=team, holder=holder, token=1, held_until=until, blind_reason=""
        )
        kept = alert_watches.c
        token = case((kept.holder == holder, kept.token), else_=kept.token + 1)
        taken = first.on_conflict_do_update(
            index_elements=["team_id"],
            set_={"holder": holder, "held_until": until, "token": token},
            where=(kept.holder == holder) | (kept.held_until <= now),
        )
        async with self._engine.begin() as connection:
            number = (await connection.execute(taken.returning(kept.token))).scalar_one_or_none()
        return None if number is None else Lease(team=team, holder=holder, token=number, until=until)

    async def release(self, lease: Lease, *, now: datetime) -> bool:
        """Anybody may take it at once. False when it is somebody else's already."""
        kept = alert_watches.c
        mine = (kept.team_id == lease.team) & (kept.holder == lease.holder) & (kept.token == lease.token)
        async with self._engine.begin() as connection:
            free = await connection.execute(update(alert_watches).where(mine).values(holder="", held_until=now))
        return bool(free.rowcount)

    async def watch(self, team: TeamId) -> Watch:
        """How far the last round came; an empty one when there was none."""
        kept = alert_watches.c
        columns = (kept.last_tick, kept.quarter, kept.blind_since, kept.blind_reason)
        async with self._engine.connect() as connection:
            row = (await connection.execute(select(*columns).where(kept.team_id == team))).mappings().one_or_none()
        return Watch(**row) if row else Watch()

    async def commit(self, lease: Lease, done: Round) -> bool:
        """Keep a round, in one transaction. False when somebody else took the lease over: nothing is written then."""
        async with self._engine.begin() as connection:
            if not await still_held(connection, lease, done):
                return False
            await write_round(connection, self._engine, lease, done)
        return True

    async def states(self, team: TeamId) -> Mapping[Watched, AlertState]:
        """Of all that has one."""
        query = select(alert_states).where(alert_states.c.team_id == team)
        async with self._engine.connect() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return MappingProxyType(dict(readable(rows, state_in, self._told)))

    async def open_incidents(self, team: TeamId) -> tuple[Incident, ...]:
        """Longest first."""
        open_now = (incidents.c.team_id == team) & incidents.c.ended_at.is_(None)
        return tuple(sorted(await self._several(open_now), key=lambda one: (one.opened_at, one.id)))

    async def incidents(
        self, team: TeamId, channel: ChannelId | None = None, *, since: datetime, until: datetime
    ) -> tuple[Incident, ...]:
        """Those that were open at any moment of it, in the order in which they fired. None: of all channels."""
        table = incidents.c
        which = (table.team_id == team) & (table.opened_at < until)
        which &= table.ended_at.is_(None) | (table.ended_at > since)
        return await self._several(which if channel is None else which & (table.channel_id == channel))

    async def incident(self, incident: IncidentId) -> Incident | None:
        """Raises Unreadable."""
        async with self._engine.connect() as connection:
            query = select(incidents).where(incidents.c.id == incident)
            row = (await connection.execute(query)).mappings().one_or_none()
            said = await _voters(connection, [incident])
        return incident_in(row, said.get(incident, ())) if row else None

    async def of_bulletin(self, bulletin: BulletinId) -> tuple[Incident, ...]:
        """In the order in which they fired."""
        return await self._several(incidents.c.bulletin_id == bulletin)

    async def last_fired(self, rules: Iterable[RuleId]) -> Mapping[RuleId, datetime]:
        """Without those that never did."""
        found: dict[RuleId, datetime] = {}
        table = incidents.c
        async with self._engine.connect() as connection:
            for some in portions(rules):
                query = select(table.rule_id, func.max(table.fired_at)).where(table.rule_id.in_(some))
                rows = (await connection.execute(query.group_by(table.rule_id))).all()
                found |= {RuleId(rule): at for rule, at in rows}
        return MappingProxyType(found)

    async def votes(self, rules: Iterable[RuleId], since: datetime | None = None) -> Mapping[RuleId, int]:
        """How often “Not useful” was said, once for each person and incident; without those of which nobody did.

        Of incidents that are not forgotten yet.
        """
        found: dict[RuleId, int] = {}
        late = () if since is None else (votes.c.at >= since,)
        async with self._engine.connect() as connection:
            for some in portions(rules):
                query = select(votes.c.rule_id, func.count()).where(votes.c.rule_id.in_(some), *late)
                rows = (await connection.execute(query.group_by(votes.c.rule_id))).all()
                found |= {RuleId(rule): number for rule, number in rows}
        return MappingProxyType(found)

    async def prune(self, before: datetime) -> int:
        """Forget bulletins that were closed before that, with all that they told of, and what ended before that and
        nobody was ever told of: how many bulletins.
        """
        untold = (incidents.c.bulletin_id == "") & (incidents.c.ended_at < before)
        async with self._engine.begin() as connection:
            await connection.execute(delete(incidents).where(untold))
        old = select(bulletins.c.id).where(bulletins.c.closed_at < before).limit(_FORGOTTEN_AT_ONCE)
        forgotten = 0
        while True:
            async with self._engine.connect() as connection:
                gone = (await connection.execute(old)).scalars().all()
            if not gone:
                return forgotten
            async with self._engine.begin() as connection:
                forgotten += (await connection.execute(delete(bulletins).where(bulletins.c.id.in_(gone)))).rowcount
                theirs = select(incidents.c.id).where(incidents.c.bulletin_id.in_(gone))
                await connection.execute(delete(votes).where(votes.c.incident_id.in_(theirs)))
                await connection.execute(delete(incidents).where(incidents.c.bulletin_id.in_(gone)))
                await connection.execute(delete(bulletin_lines).where(bulletin_lines.c.bulletin_id.in_(gone)))

    async def _several(self, which: ColumnElement[bool]) -> tuple[Incident, ...]:
        """In the order in which they fired."""
        query = select(incidents).where(which).order_by(incidents.c.fired_at, incidents.c.id)
        async with self._engine.connect() as connection:
            rows = (await connection.execute(query)).mappings().all()
            said = await _voters(connection, [row["id"] for row in rows])

        def read(row: RowMapping) -> Incident:
            return incident_in(row, said.get(row["id"], ()))

        return readable(rows, read, self._told)


async def _voters(connection: AsyncConnection, of: Iterable[str]) -> Mapping[str, Sequence[UserId]]:
    """In the order in which they voted."""
    found: dict[str, list[UserId]] = defaultdict(list)
    for some in portions(of):
        query = select(votes.c.incident_id, votes.c.user_id).where(votes.c.incident_id.in_(some))
        for incident, user in (await connection.execute(query.order_by(votes.c.at, votes.c.user_id))).all():
            found[incident].append(UserId(user))
    return found
