"""Who changed what. Entries are written with what they tell of, in one transaction, and never altered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from bot.domain.audit import Action, Change
from bot.domain.ids import ChannelId, TeamId, UserId
from bot.store.tables import audit

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, RowMapping
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine


RULE = "rule:"
"""What the subject of an alert rule begins with; that of a digest is its plain id."""


class AuditLog:
    """Entries of a channel or person, or about one subscription or alert rule; newest first."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def of_channel(self, team: TeamId, channel: str, most: int = 50) -> tuple[Change, ...]:
        """Of digests and settings. `channel` is a person's id for what they set for themselves."""
        return await self._newest(_in(team, channel) & audit.c.subject.not_like(f"{RULE}%"), most)

    async def of_rules(self, team: TeamId, channel: str, most: int = 50) -> tuple[Change, ...]:
        """Of alert rules."""
        return await self._newest(_in(team, channel) & audit.c.subject.like(f"{RULE}%"), most)

    async def of_subject(self, subject: str, most: int = 50) -> tuple[Change, ...]:
        """Also from before the channel got another id, and after the subscription was removed."""
        return await self._newest(audit.c.subject == subject, most)

    async def record(self, change: Change) -> None:
        """What changes no row and is to be known nevertheless: a digest sent by hand."""
        async with self._engine.begin() as connection:
            await note(connection, change)

    async def _newest(self, which: ColumnElement[bool], most: int) -> tuple[Change, ...]:
        query = select(audit).where(which).order_by(audit.c.id.desc()).limit(most)
        async with self._engine.connect() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return tuple(_change(row) for row in rows)


def _in(team: TeamId, channel: str) -> ColumnElement[bool]:
    return (audit.c.team_id == team) & (audit.c.channel_id == channel)


async def note(connection: AsyncConnection, change: Change) -> None:
    """Write `change` in the transaction of what it tells of."""
    statement = insert(audit).values(
        at=change.at,
        team_id=change.team,
        user_id=change.user,
        action=change.action,
        channel_id=change.channel,
        subject=change.subject,
        before=change.before,
        after=change.after,
    )
    await connection.execute(statement)


def _change(row: RowMapping) -> Change:
    return Change(
        at=row["at"],
        team=TeamId(row["team_id"]),
        user=UserId(row["user_id"]) if row["user_id"] is not None else None,
        action=Action(row["action"]),
        channel=ChannelId(row["channel_id"]),
        subject=row["subject"],
        before=row["before"],
        after=row["after"],
    )
