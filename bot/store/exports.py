"""Exports under way, kept alive by the process that works on them, and those whose process is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update

from bot.domain.exports import ExportRecord, ExportState, Notice
from bot.domain.ids import ExportId, TeamId, UserId
from bot.store.inserting import insert_into
from bot.store.tables import exports

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime
    from typing import Any

    from sqlalchemy import ColumnElement, RowMapping
    from sqlalchemy.ext.asyncio import AsyncEngine


class Exports:
    """At most one export of each person is under way, whatever the number of processes; the database decides."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def begin(self, record: ExportRecord, *, alive_until: datetime) -> bool:
        """False when the person has one under way already; nothing is kept then."""
        notice = record.notice
        insert = insert_into(exports, self._engine).values(
            id=record.id,
            team_id=record.team,
            user_id=record.user,
            channel_id=record.channel,
            text=record.text,
            asked_at=record.asked_at,
            zone=record.zone,
            state=record.state,
            started_at=record.started_at,
            alive_until=alive_until,
            notice_channel=notice.channel if notice else None,
            notice_ts=notice.ts if notice else None,
        )
        async with self._engine.begin() as connection:
            begun = await connection.scalar(insert.on_conflict_do_nothing().returning(exports.c.id))
        return begun is not None

    async def find(self, export: ExportId) -> ExportRecord | None:
        """None when it is over."""
        async with self._engine.connect() as connection:
            row = (await connection.execute(select(exports).where(exports.c.id == export))).mappings().one_or_none()
        return _record(row) if row else None

    async def running(self, export: ExportId) -> None:
        """It waits no longer."""
        waiting = (exports.c.id == export) & (exports.c.state == ExportState.QUEUED)
        await self._change(waiting, state=ExportState.RUNNING)

    async def stop(self, export: ExportId) -> bool:
        """Ask whichever process works on it to stop; False when it is over, or its process is gone."""
        return await self._change(_under_way(export), state=ExportState.STOPPING)

    async def watched(self, export: ExportId, notice: Notice) -> None:
        """Where its owner watches it."""
        await self._change(exports.c.id == export, notice_channel=notice.channel, notice_ts=notice.ts)

    async def beat(self, mine: Collection[ExportId], *, alive_until: datetime) -> Mapping[ExportId, ExportState]:
        """Say that these are being worked on. Those that are not in the answer were given to somebody else."""
        still = exports.c.id.in_(mine) & (exports.c.state != ExportState.INTERRUPTED)
        statement = update(exports).where(still).values(alive_until=alive_until)
        async with self._engine.begin() as connection:
            rows = (await connection.execute(statement.returning(exports.c.id, exports.c.state))).all()
        return {ExportId(key): ExportState(state) for key, state in rows}

    async def abandon(self, export: ExportId, *, now: datetime) -> None:
        """Nobody works on it from now on: the next to look for interrupted ones finds it."""
        await self._change(_under_way(export), alive_until=now)

    async def claim_interrupted(self, *, now: datetime, until: datetime) -> tuple[ExportRecord, ...]:
        """Those that nobody has worked on since `alive_until`, each given to one caller only.

        The caller tells the owner and then calls `over`. If it has not by `until`, another will be given it.
        """
        lapsed = update(exports).where(exports.c.alive_until <= now)
        claimed = lapsed.values(state=ExportState.INTERRUPTED, alive_until=until).returning(*exports.c)
        async with self._engine.begin() as connection:
            rows = (await connection.execute(claimed)).mappings().all()
        return tuple(sorted((_record(row) for row in rows), key=lambda record: record.started_at))

    async def over(self, export: ExportId) -> None:
        """Forget it: it is finished, or its owner knows that it is not."""
        async with self._engine.begin() as connection:
            await connection.execute(delete(exports).where(exports.c.id == export))

    async def _change(self, which: ColumnElement[bool], **values: Any) -> bool:
        async with self._engine.begin() as connection:
            result = await connection.execute(update(exports).where(which).values(**values))
        return result.rowcount > 0


def _under_way(export: ExportId) -> ColumnElement[bool]:
    return (exports.c.id == export) & (exports.c.state != ExportState.INTERRUPTED)


def _record(row: RowMapping) -> ExportRecord:
    watched = row["notice_channel"] is not None
    return ExportRecord(
        id=ExportId(row["id"]),
        team=TeamId(row["team_id"]),
        user=UserId(row["user_id"]),
        channel=row["channel_id"],
        text=row["text"],
        asked_at=row["asked_at"],
        zone=row["zone"],
        state=ExportState(row["state"]),
        started_at=row["started_at"],
        notice=Notice(channel=row["notice_channel"], ts=row["notice_ts"]) if watched else None,
    )
