"""What happens to all digests of a channel at once, and the numbers by which its people call them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from bot.domain.audit import Action, Change
from bot.domain.ids import ChannelId, TeamId
from bot.domain.subscriptions import SubscriptionState
from bot.store.audit import note
from bot.store.inserting import insert_into
from bot.store.places import move_settings
from bot.store.subscription_rows import snapshot_of
from bot.store.tables import channel_numbers, deliveries, subscriptions

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from typing import Any

    from sqlalchemy import RowMapping
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

_TICK = timedelta(microseconds=1)
_TELLING = timedelta(minutes=1)
"""How long whoever stopped a channel has for telling its owners, before others do."""


async def held_number(
    connection: AsyncConnection, engine: AsyncEngine, team: TeamId, channel: ChannelId, *, more: int
) -> int:
    """The latest number given to a digest of `channel`, after giving `more`; 0 when there was none yet.

    Until the transaction ends, nobody else gives numbers there, moves the channel or stops it.
    """
    first = insert_into(channel_numbers, engine).values(team_id=team, channel_id=channel, latest=more)
    held = first.on_conflict_do_update(
        index_elements=["team_id", "channel_id"], set_={"latest": channel_numbers.c.latest + more}
    )
    number: int = (await connection.execute(held.returning(channel_numbers.c.latest))).scalar_one()
    return number


async def stop_channel(
    connection: AsyncConnection, engine: AsyncEngine, team: TeamId, channel: ChannelId, reason: str, now: datetime
) -> Sequence[RowMapping]:
    """Rows that were active, as they are now."""
    await held_number(connection, engine, team, channel, more=0)
    stopped = []
    for row in await _rows_in(connection, team, channel):
        if row["state"] == SubscriptionState.ACTIVE:
            values = {"state": SubscriptionState.STOPPED, "reason": reason, "tell_at": now + _TELLING}
            stopped.append(await _changed(connection, row, Action.STOPPED, values, now))
    return stopped


async def move_channel(
    connection: AsyncConnection, engine: AsyncEngine, team: TeamId, old: ChannelId, new: ChannelId, now: datetime
) -> int:
    """Digests, what is delivered of them, and settings. A number that was given in `new` already is replaced."""
    if old == new:
        return 0
    # In the same order whoever asks, so that nobody waits for somebody who waits for them.
    latest = {each: await held_number(connection, engine, team, each, more=0) for each in sorted((old, new))}
    highest = max(latest.values())
    rows = await _rows_in(connection, team, old)
    for row in rows:
        number = row["number"]
        if number <= latest[new]:
            highest += 1
            number = highest
        moved = await _changed(connection, row, Action.MOVED, {"channel_id": new, "number": number}, now)
        await connection.execute(
            update(deliveries).where(deliveries.c.subscription_id == moved["id"]).values(channel_id=new)
        )
    given = (channel_numbers.c.team_id == team) & (channel_numbers.c.channel_id == new)
    await connection.execute(update(channel_numbers).where(given).values(latest=highest))
    await move_settings(connection, engine, team, old, new, now)
    return len(rows)


async def _rows_in(connection: AsyncConnection, team: TeamId, channel: ChannelId) -> Sequence[RowMapping]:
    """By number, and nobody else changes them until this transaction ends."""
    here = (subscriptions.c.team_id == team) & (subscriptions.c.channel_id == channel)
    query = select(subscriptions).where(here).order_by(subscriptions.c.number).with_for_update()
    return (await connection.execute(query)).mappings().all()


async def _changed(
    connection: AsyncConnection, row: RowMapping, action: Action, values: dict[str, Any], now: datetime
) -> RowMapping:
    moment = max(now, row["changed_at"] + _TICK)
    statement = update(subscriptions).where(subscriptions.c.id == row["id"]).values(**values, changed_at=moment)
    after = (await connection.execute(statement.returning(*subscriptions.c))).mappings().one()
    entry = Change(
        at=now,
        team=TeamId(row["team_id"]),
        user=None,
        action=action,
        channel=ChannelId(after["channel_id"]),
        subject=row["id"],
        before=snapshot_of(row),
        after=snapshot_of(after),
    )
    await note(connection, entry)
    return after
