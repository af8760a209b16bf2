"""Messages about alerts, and how far Slack shows what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from bot.domain.alerts.states import Sending
from bot.store.alert_rows import bulletin_in
from bot.store.alert_tables import bulletins
from bot.store.claiming import FREE, free_at, held_as, seen_as
from bot.store.reading import readable

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncEngine

    from bot.domain.alerts.states import Bulletin, BulletinId
    from bot.domain.ids import TeamId

_BEHIND = bulletins.c.revision > bulletins.c.shown


class Bulletins:
    """A bulletin is sent by whoever claimed it. A step of one whose claim was taken over changes nothing and says so.

    Lists leave out what cannot be read.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._told: set[str] = set()

    async def find(self, bulletin: BulletinId) -> Bulletin | None:
        """Raises Unreadable."""
        async with self._engine.connect() as connection:
            row = (
                (await connection.execute(select(bulletins).where(bulletins.c.id == bulletin))).mappings().one_or_none()
            )
        return bulletin_in(row) if row else None

    async def open(self, team: TeamId) -> tuple[Bulletin, ...]:
        """Of every kind, oldest first."""
        return await self._several((bulletins.c.team_id == team) & bulletins.c.closed_at.is_(None))

    async def since(self, team: TeamId, moment: datetime) -> tuple[Bulletin, ...]:
        """Of every kind that were opened or closed since, oldest first. Those open for longer are in `open`."""
        recent = (bulletins.c.opened_at >= moment) | (bulletins.c.closed_at >= moment)
        return await self._several((bulletins.c.team_id == team) & recent, bulletins.c.opened_at)

    async def to_post(self, now: datetime) -> tuple[Bulletin, ...]:
        """Never posted, and nobody is at it; oldest first. Also those that were closed before anybody saw them."""
        table = bulletins.c
        return await self._several(_BEHIND & (table.sending == Sending.WAITING) & free_at(bulletins, now))

    async def to_edit(self, now: datetime) -> tuple[Bulletin, ...]:
        """Posted, and what they should say is not what Slack shows; longest shown first. To edit twice is harmless, so
        these include edits that nobody finished.
        """
        table = bulletins.c
        there = table.sending.in_((Sending.SENT, Sending.SENDING)) & (table.ts != "")
        return await self._several(_BEHIND & there & free_at(bulletins, now), table.shown_at)

    async def lapsed(self, now: datetime) -> tuple[Bulletin, ...]:
        """`SENDING` for the first time, and nobody is at it any more: it may have been posted."""
        table = bulletins.c
        begun = (table.sending == Sending.SENDING) & (table.ts == "")
        return await self._several(_BEHIND & begun & free_at(bulletins, now))

    async def claim(self, seen: Bulletin, *, holder: str, now: datetime, until: datetime) -> Bulletin | None:
        """As it is now, `SENDING`; None when it is no more as `seen`. `sending_since` of a lapsed one stays."""
        if until <= now:
            raise ValueError("a claim ends after it begins")
        maybe_there = seen.sending is Sending.SENDING and not seen.ts
        since = seen.sending_since if maybe_there else now
        which = (bulletins.c.id == seen.id) & seen_as(bulletins, seen) & free_at(bulletins, now)
        return await self._step(which, sending=Sending.SENDING, sending_since=since, holder=holder, claimed_until=until)

    async def posted(self, seen: Bulletin, *, ts: str, revision: int, now: datetime) -> Bulletin | None:
        """Slack shows `revision`. None when somebody else has it by now."""
        return await self._step(_mine(seen), **FREE, sending=Sending.SENT, ts=ts, shown=revision, shown_at=now)

    async def edited(self, seen: Bulletin, *, revision: int, now: datetime) -> Bulletin | None:
        """Slack shows `revision`. None when somebody else has it by now."""
        return await self._step(_mine(seen), **FREE, sending=Sending.SENT, shown=revision, shown_at=now)

    async def not_sent(self, seen: Bulletin, *, now: datetime, retry_at: datetime) -> bool:
        """It is certain that nothing was sent, or the edit has time. From `retry_at` anybody may take it."""
        state = Sending.SENT if seen.ts else Sending.WAITING
        values = {**FREE, "sending": state, "claimed_until": max(now, retry_at)}
        return await self._step(_mine(seen), **values) is not None

    async def failed(self, seen: Bulletin, *, now: datetime) -> bool:
        """The channel does not take it: nobody tries again."""
        values = {**FREE, "sending": Sending.FAILED, "claimed_until": now}
        return await self._step(_mine(seen), **values) is not None

    async def _step(self, which: ColumnElement[bool], **values: Any) -> Bulletin | None:
        statement = update(bulletins).where(which).values(**values).returning(*bulletins.c)
        async with self._engine.begin() as connection:
            row = (await connection.execute(statement)).mappings().one_or_none()
        return bulletin_in(row) if row else None

    async def _several(self, which: ColumnElement[bool], *order: ColumnElement[Any]) -> tuple[Bulletin, ...]:
        """In `order`, then oldest first."""
        query = select(bulletins).where(which).order_by(*order, bulletins.c.opened_at, bulletins.c.id)
        async with self._engine.connect() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return readable(rows, bulletin_in, self._told)


def _mine(seen: Bulletin) -> ColumnElement[bool]:
    return (bulletins.c.id == seen.id) & held_as(bulletins, seen)
