"""Days and moments that people marked: when the organisation is closed, and from when on a queue is as it should be."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update

from bot.domain.alerts.keeping import Holiday
from bot.domain.alerts.samples import Place
from bot.domain.ids import QueueId, UserId
from bot.domain.queues import Media
from bot.store.alert_tables import holidays, normal_since
from bot.store.inserting import insert_into
from bot.store.reading import Unreadable, left_out

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from sqlalchemy.ext.asyncio import AsyncEngine

    from bot.domain.ids import TeamId


class CalendarMarks:
    """Of a workspace."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._told: set[str] = set()

    async def holidays(self, team: TeamId) -> tuple[Holiday, ...]:
        """In the order of time."""
        query = select(holidays).where(holidays.c.team_id == team).order_by(holidays.c.day)
        async with self._engine.connect() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return tuple(Holiday(day=row["day"], name=row["name"], added_by=UserId(row["added_by"])) for row in rows)

    async def add_holiday(self, team: TeamId, day: date, name: str, *, by: UserId) -> bool:
        """False when the day was one already; it has the new name then."""
        insert = insert_into(holidays, self._engine).values(team_id=team, day=day, name=name, added_by=by)
        the_day = (holidays.c.team_id == team) & (holidays.c.day == day)
        renamed = update(holidays).where(the_day).values(name=name, added_by=by)
        async with self._engine.begin() as connection:
            added = await connection.scalar(insert.on_conflict_do_nothing().returning(holidays.c.day))
            if added is None:
                await connection.execute(renamed)
        return added is not None

    async def remove_holiday(self, team: TeamId, day: date) -> bool:
        """False when it was none."""
        the_day = (holidays.c.team_id == team) & (holidays.c.day == day)
        async with self._engine.begin() as connection:
            return bool((await connection.execute(delete(holidays).where(the_day))).rowcount)

    async def normal_since(self, team: TeamId) -> Mapping[Place, datetime]:
        """From when on what a place does is taken for usual; without those of which nobody said so."""
        query = select(normal_since).where(normal_since.c.team_id == team)
        async with self._engine.connect() as connection:
            rows = (await connection.execute(query)).mappings().all()
        found: dict[Place, datetime] = {}
        for row in rows:
            try:
                found[Place(QueueId(row["queue_id"]), Media(row["media"]))] = row["since"]
            except ValueError as error:
                left_out(Unreadable("normal time of", f"{row['queue_id']} {row['media']}", error), self._told)
        return MappingProxyType(found)

    async def set_normal(self, team: TeamId, places: Iterable[Place], since: datetime, *, by: UserId) -> None:
        """A later moment replaces an earlier one, and never the other way round."""
        rows = [
            {"team_id": team, "queue_id": queue, "media": media, "since": since, "set_by": by}
            for queue, media in sorted(set(places))
        ]
        if not rows:
            return
        insert, kept = insert_into(normal_since, self._engine), normal_since.c
        upsert = insert.on_conflict_do_update(
            index_elements=["team_id", "queue_id", "media"],
            set_={"since": insert.excluded.since, "set_by": insert.excluded.set_by},
            where=kept.since < insert.excluded.since,
        )
        async with self._engine.begin() as connection:
            await connection.execute(upsert, rows)
