"""Buttons of bulletins. The database decides who was first, and tells the others who that is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import literal, select, update

from bot.domain.alerts.keeping import Pressed
from bot.domain.ids import UserId
from bot.store.alert_tables import bulletins, incidents, votes
from bot.store.inserting import insert_into
from bot.store.rounds import write_lines

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from bot.domain.alerts.states import BulletinId, Line


class Presses:
    """Each is one transaction, for all open incidents of a bulletin. What changed moves the bulletin's revision by one.

    `line` is entered in the bulletin's history if anything changed.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def acknowledge(
        self, bulletin: BulletinId, by: UserId, *, now: datetime, line: Line | None = None
    ) -> Pressed:
        """Those that nobody has acknowledged."""
        table = incidents.c
        return await self._press(
            bulletin,
            free=table.acked_by.is_(None),
            values={"acked_by": by, "acked_at": now},
            first=(table.acked_by, table.acked_at),
            mine=Pressed(changed=0, by=by, at=now),
            line=line,
        )

    async def snooze(
        self, bulletin: BulletinId, by: UserId, until: datetime, *, now: datetime, line: Line | None = None
    ) -> Pressed:
        """Those that do not sleep; of those who do, only whoever sent them to sleep can say otherwise.

        `Pressed.at` is until when.
        """
        table = incidents.c
        awake = table.snoozed_until.is_(None) | (table.snoozed_until <= now)
        return await self._press(
            bulletin,
            free=awake | ((table.snoozed_by == by) & (table.snoozed_until != until)),
            values={"snoozed_by": by, "snoozed_until": until},
            first=(table.snoozed_by, table.snoozed_until),
            mine=Pressed(changed=0, by=by, at=until),
            line=line,
        )

    async def expected(self, bulletin: BulletinId, by: UserId, *, now: datetime, line: Line | None = None) -> Pressed:
        """Those of which nobody has said so. `Pressed.at` is None for whoever comes later: it is not kept."""
        table = incidents.c
        return await self._press(
            bulletin,
            free=table.expected_by.is_(None),
            values={"expected_by": by},
            first=(table.expected_by, literal(None)),
            mine=Pressed(changed=0, by=by, at=now),
            line=line,
        )

    async def vote(self, bulletin: BulletinId, by: UserId, *, now: datetime) -> Pressed:
        """“Not useful” of all that it tells of, also when it is over. Everybody can say it once.

        `Pressed.by` is whoever pressed.
        """
        said = (literal(by), literal(now, votes.c.at.type))
        told = select(incidents.c.id, incidents.c.rule_id, *said).where(incidents.c.bulletin_id == bulletin)
        insert = insert_into(votes, self._engine).from_select(["incident_id", "rule_id", "user_id", "at"], told)
        once = insert.on_conflict_do_nothing().returning(votes.c.incident_id)
        async with self._engine.begin() as connection:
            if not await _moved(connection, bulletin, by=0, closed=True):
                return Pressed(changed=0, over=True)
            changed = len((await connection.execute(once)).all())
            if changed:
                await _moved(connection, bulletin, by=1, closed=True)
        return Pressed(changed=changed, by=by, at=now)

    async def enter(self, line: Line) -> None:
        """Write `line` in the history of its bulletin, open or over, and have the bulletin say so."""
        async with self._engine.begin() as connection:
            if await _moved(connection, line.bulletin, by=1, closed=True):
                await write_lines(connection, self._engine, [line])

    async def _press(
        self,
        bulletin: BulletinId,
        *,
        free: ColumnElement[bool],
        values: dict[str, Any],
        first: tuple[ColumnElement[Any], ColumnElement[Any]],
        mine: Pressed,
        line: Line | None,
    ) -> Pressed:
        """Set `values` where it is `free`; else tell what stands in `first`: who has it, and since or until when."""
        still = (incidents.c.bulletin_id == bulletin) & incidents.c.ended_at.is_(None)
        async with self._engine.begin() as connection:
            # First of all the bulletin, as in `rounds`.
            if not await _moved(connection, bulletin, by=0):
                return Pressed(changed=0, over=True)
            changed = (await connection.execute(update(incidents).where(still & free).values(**values))).rowcount
            if changed:
                await _moved(connection, bulletin, by=1)
                await write_lines(connection, self._engine, [line] if line else [])
                return replace(mine, changed=changed)
            who, when = first
            earlier = select(who, when).where(still & who.is_not(None)).order_by(when, incidents.c.id).limit(1)
            row = (await connection.execute(earlier)).one_or_none()
        return Pressed(changed=0, by=UserId(row[0]), at=row[1]) if row else Pressed(changed=0, over=True)


async def _moved(connection: AsyncConnection, bulletin: BulletinId, *, by: int, closed: bool = False) -> bool:
    """Move its revision. False when nobody knows it, or when it is closed and not asked for so."""
    still = bulletins.c.id == bulletin
    if not closed:
        still &= bulletins.c.closed_at.is_(None)
    moved = update(bulletins).where(still).values(revision=bulletins.c.revision + by)
    return bool((await connection.execute(moved)).rowcount)
