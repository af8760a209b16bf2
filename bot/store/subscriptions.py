"""Digests that channels subscribed to. Whoever changes one names what they saw; what changed meanwhile stays."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update

from bot.domain.audit import Action, Change
from bot.domain.ids import SubscriptionId
from bot.domain.subscriptions import Damaged, Subscription, SubscriptionState
from bot.store.audit import note
from bot.store.channels import held_number, move_channel, stop_channel
from bot.store.owed import owe
from bot.store.reading import portions, readable
from bot.store.subscription_rows import damaged_in, order_in, row_of, snapshot_of, subscription_in
from bot.store.tables import audit, deliveries, subscriptions

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from sqlalchemy import ColumnElement, RowMapping
    from sqlalchemy.ext.asyncio import AsyncEngine

    from bot.domain.ids import ChannelId, TeamId, UserId
    from bot.domain.subscriptions import Order

_TICK = timedelta(microseconds=1)
"""The smallest step that both databases keep."""
_TOLD = (SubscriptionState.STOPPED, SubscriptionState.UNCONFIRMED)
"""States that a digest may come to without its owner."""


class Subscriptions:
    """One row for each; what is asked for one raises Unreadable when that one cannot be read, lists leave it out.

    Every change writes its entry of the audit log in the same transaction. Transactions begin with what they write:
    SQLite refuses to go on from reading to writing when somebody else wrote in between.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._told: set[str] = set()

    async def create(
        self,
        order: Order,
        *,
        team: TeamId,
        channel: ChannelId,
        owner: UserId,
        state: SubscriptionState,
        now: datetime,
        reason: str = "",
        confirmed: bool = False,
    ) -> Subscription:
        """A new one, with the next number of its channel."""
        async with self._engine.begin() as connection:
            number = await held_number(connection, self._engine, team, channel, more=1)
            made = Subscription(
                id=SubscriptionId(uuid.uuid4().hex),
                number=number,
                team=team,
                channel=channel,
                owner=owner,
                order=order,
                state=state,
                reason=reason,
                confirmed=confirmed,
                since=now,
                created_at=now,
                changed_at=now,
            )
            row = row_of(made)
            await connection.execute(insert(subscriptions).values(**row))
            await note(connection, _change(made, Action.CREATED, by=owner, now=now, after=snapshot_of(row)))
        return made

    async def change(
        self,
        seen: Subscription,
        *,
        by: UserId | None,
        now: datetime,
        action: Action,
        order: Order | None = None,
        state: SubscriptionState | None = None,
        reason: str | None = None,
        confirmed: bool | None = None,
        owner: UserId | None = None,
        since: datetime | None = None,
        tell_owner: bool = False,
    ) -> Subscription | None:
        """As it is now, or None when it is no more as `seen`. What is None stays; a new state has no old reason.

        With a new `since`, what was due until now stays due as it was ordered. With `tell_owner`, `to_tell` hands it
        out at once.
        """
        if reason is None:
            reason = seen.reason if state in {None, seen.state} else ""
        after = replace(
            seen,
            order=order or seen.order,
            state=state or seen.state,
            reason=reason,
            confirmed=seen.confirmed if confirmed is None else confirmed,
            owner=owner or seen.owner,
            since=since or seen.since,
            changed_at=max(now, seen.changed_at + _TICK),
        )
        row = row_of(after)
        telling = {"tell_at": now if tell_owner else None} if tell_owner or after.state is not seen.state else {}
        async with self._engine.begin() as connection:
            changed = await connection.execute(update(subscriptions).where(_as(seen)).values(**row, **telling))
            if not changed.rowcount:
                return None
            if since is not None:
                await owe(connection, self._engine, seen, now)
            entry = _change(seen, action, by=by, now=now, before=snapshot_of(row_of(seen)), after=snapshot_of(row))
            await note(connection, entry)
        return after

    async def remove(self, seen: Subscription | Damaged, *, by: UserId | None, now: datetime) -> bool:
        """False when it is no more as `seen`. What was delivered of it is forgotten, too."""
        async with self._engine.begin() as connection:
            gone = delete(subscriptions).where(_as(seen)).returning(*subscriptions.c)
            row = (await connection.execute(gone)).mappings().one_or_none()
            if row is None:
                return False
            await connection.execute(delete(deliveries).where(deliveries.c.subscription_id == seen.id))
            await note(connection, _change(seen, Action.REMOVED, by=by, now=now, before=snapshot_of(row)))
        return True

    async def find(self, subscription: SubscriptionId) -> Subscription | None:
        """None when it was removed."""
        return await self._one(subscriptions.c.id == subscription)

    async def order_at(self, seen: Subscription, moment: datetime) -> Order:
        """What was ordered at `moment`, by the audit log: what the first change after it found. Raises Unreadable."""
        changes = (audit.c.subject == seen.id) & (audit.c.at > moment) & (audit.c.before != "")
        query = select(audit.c.before).where(changes).order_by(audit.c.id).limit(1)
        async with self._engine.connect() as connection:
            before = (await connection.execute(query)).scalar_one_or_none()
        return order_in(before) if before else seen.order

    async def of_channels(self, team: TeamId, channels: Collection[ChannelId]) -> tuple[Subscription, ...]:
        """By channel, then number."""
        return await self._several(
            *(_of(team) & subscriptions.c.channel_id.in_(some) for some in portions(sorted(channels)))
        )

    async def of_owner(self, team: TeamId, user: UserId) -> tuple[Subscription, ...]:
        """By channel, then number."""
        return await self._several(_of(team) & (subscriptions.c.owner_id == user))

    async def damaged(
        self, team: TeamId, *, channels: Collection[ChannelId] = (), owner: UserId | None = None
    ) -> tuple[Damaged, ...]:
        """Those that lists leave out: of `channels`, and of `owner`. By channel, then number."""
        wanted = [_of(team) & subscriptions.c.channel_id.in_(some) for some in portions(sorted(channels))]
        wanted += [_of(team) & (subscriptions.c.owner_id == owner)] if owner else []
        rows = [row for each in wanted for row in await self._rows(each)]
        found = {one.id: one for row in rows if (one := damaged_in(row))}.values()
        return tuple(sorted(found, key=lambda one: (one.channel, one.number)))

    async def active(self) -> tuple[Subscription, ...]:
        """Of all workspaces."""
        return await self._several(subscriptions.c.state == SubscriptionState.ACTIVE)

    async def move_channel(self, team: TeamId, old: ChannelId, new: ChannelId, now: datetime) -> int:
        """Slack gave a channel another id: how many digests moved with it. Being told twice is harmless."""
        async with self._engine.begin() as connection:
            return await move_channel(connection, self._engine, team, old, new, now)

    async def stop_channel(
        self, team: TeamId, channel: ChannelId, reason: str, now: datetime
    ) -> tuple[Subscription, ...]:
        """The channel takes no messages: those that were active, as they are now. Each is returned to one caller.

        Who tells its owner says so with `told`; until then it is handed out by `to_tell`, from a minute on.
        """
        async with self._engine.begin() as connection:
            rows = await stop_channel(connection, self._engine, team, channel, reason, now)
        return readable(rows, subscription_in, self._told)

    async def to_tell(self, team: TeamId, *, now: datetime, until: datetime) -> tuple[Subscription, ...]:
        """Stopped and unconfirmed ones whose owner does not know yet. Each is handed to one caller, and to another
        after `until`.
        """
        table = subscriptions.c
        untold = _of(team) & table.state.in_(_TOLD) & (table.tell_at <= now)
        async with self._engine.connect() as connection:
            if await connection.scalar(select(table.id).where(untold).limit(1)) is None:
                return ()
        async with self._engine.begin() as connection:
            mine = update(subscriptions).where(untold).values(tell_at=until).returning(*table)
            rows = (await connection.execute(mine)).mappings().all()
        return readable(rows, subscription_in, self._told)

    async def told(self, stopped: Iterable[Subscription]) -> None:
        """Their owners know; one that was stopped for another reason meanwhile is still to be told."""
        for one in stopped:
            same = (subscriptions.c.id == one.id) & (subscriptions.c.reason == one.reason)
            async with self._engine.begin() as connection:
                await connection.execute(update(subscriptions).where(same).values(tell_at=None))

    async def _one(self, which: ColumnElement[bool]) -> Subscription | None:
        async with self._engine.connect() as connection:
            row = (await connection.execute(select(subscriptions).where(which))).mappings().one_or_none()
        return subscription_in(row) if row else None

    async def _several(self, *which: ColumnElement[bool]) -> tuple[Subscription, ...]:
        return readable(await self._rows(*which), subscription_in, self._told)

    async def _rows(self, *which: ColumnElement[bool]) -> list[RowMapping]:
        table = subscriptions.c
        rows: list[RowMapping] = []
        async with self._engine.connect() as connection:
            for each in which:
                query = select(subscriptions).where(each).order_by(table.team_id, table.channel_id, table.number)
                rows += (await connection.execute(query)).mappings().all()
        return rows


def _of(team: TeamId) -> ColumnElement[bool]:
    return subscriptions.c.team_id == team


def _as(seen: Subscription | Damaged) -> ColumnElement[bool]:
    return (subscriptions.c.id == seen.id) & (subscriptions.c.changed_at == seen.changed_at)


def _change(
    seen: Subscription | Damaged, action: Action, *, by: UserId | None, now: datetime, before: str = "", after: str = ""
) -> Change:
    return Change(
        at=now,
        team=seen.team,
        user=by,
        action=action,
        channel=seen.channel,
        subject=seen.id,
        before=before,
        after=after,
    )
