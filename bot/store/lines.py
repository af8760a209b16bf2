"""Entries of a bulletin's history, each posted once in its thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from bot.domain.alerts.states import Sending
from bot.store.alert_rows import line_in
from bot.store.alert_tables import bulletin_lines, bulletins
from bot.store.claiming import FREE, free_at, held_as, seen_as
from bot.store.reading import readable

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncEngine

    from bot.domain.alerts.states import BulletinId, Line


class Lines:
    """As `Bulletins`. In the order of time, then key."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._told: set[str] = set()

    async def of_bulletin(self, bulletin: BulletinId) -> tuple[Line, ...]:
        """Whether they were posted or not."""
        return await self._several(bulletin_lines.c.bulletin_id == bulletin)

    async def to_post(self, now: datetime) -> tuple[Line, ...]:
        """Never posted, and nobody is at it; only of bulletins that are in their channel."""
        table = bulletin_lines.c
        there = select(bulletins.c.id).where(bulletins.c.ts != "", bulletins.c.sending != Sending.FAILED)
        ready = (table.sending == Sending.WAITING) & table.bulletin_id.in_(there)
        return await self._several(ready & free_at(bulletin_lines, now))

    async def lapsed(self, now: datetime) -> tuple[Line, ...]:
        """`SENDING`, and nobody is at it any more: it may have been posted."""
        begun = bulletin_lines.c.sending == Sending.SENDING
        return await self._several(begun & free_at(bulletin_lines, now))

    async def claim(self, seen: Line, *, holder: str, now: datetime, until: datetime) -> Line | None:
        """As it is now, `SENDING`; None when it is no more as `seen`. `sending_since` of a lapsed one stays."""
        if until <= now:
            raise ValueError("a claim ends after it begins")
        since = seen.sending_since if seen.sending is Sending.SENDING else now
        which = _the(seen) & seen_as(bulletin_lines, seen) & free_at(bulletin_lines, now)
        which &= bulletin_lines.c.sending != Sending.SENT
        return await self._step(which, sending=Sending.SENDING, sending_since=since, holder=holder, claimed_until=until)

    async def posted(self, seen: Line, *, ts: str) -> bool:
        """False when somebody else has it by now."""
        values = {**FREE, "sending": Sending.SENT, "ts": ts}
        return await self._step(_mine(seen), **values) is not None

    async def not_sent(self, seen: Line, *, now: datetime, retry_at: datetime) -> bool:
        """It is certain that nothing was sent. From `retry_at` anybody may take it."""
        values = {**FREE, "sending": Sending.WAITING, "claimed_until": max(now, retry_at)}
        return await self._step(_mine(seen), **values) is not None

    async def failed(self, seen: Line) -> bool:
        """The channel does not take it: nobody tries again."""
        return await self._step(_mine(seen), **FREE, sending=Sending.FAILED) is not None

    async def _step(self, which: ColumnElement[bool], **values: Any) -> Line | None:
        statement = update(bulletin_lines).where(which).values(**values).returning(*bulletin_lines.c)
        async with self._engine.begin() as connection:
            row = (await connection.execute(statement)).mappings().one_or_none()
        return line_in(row) if row else None

    async def _several(self, which: ColumnElement[bool]) -> tuple[Line, ...]:
        table = bulletin_lines.c
        query = select(bulletin_lines).where(which).order_by(table.at, table.bulletin_id, table.key)
        async with self._engine.connect() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return readable(rows, line_in, self._told)


def _the(seen: Line) -> ColumnElement[bool]:
    return (bulletin_lines.c.bulletin_id == seen.bulletin) & (bulletin_lines.c.key == seen.key)


def _mine(seen: Line) -> ColumnElement[bool]:
    return _the(seen) & held_as(bulletin_lines, seen)
