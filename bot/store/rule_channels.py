"""What happens to all rules of a channel at once, their numbers, and the version that moves with every change."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from bot.domain.alerts.rules import RuleState
from bot.domain.audit import Action, Change
from bot.domain.ids import ChannelId, TeamId
from bot.store.alert_tables import bulletins, incidents, rule_numbers, rule_versions, rules
from bot.store.audit import RULE, note
from bot.store.inserting import insert_into
from bot.store.rule_rows import snapshot_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from typing import Any

    from sqlalchemy import RowMapping
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

_TICK = timedelta(microseconds=1)
"""The smallest step that both databases keep."""


async def moved_version(connection: AsyncConnection, engine: AsyncEngine, team: TeamId) -> None:
    """Begin a change: whoever read the rules reads them anew. Changes of a workspace wait for each other."""
    first = insert_into(rule_versions, engine).values(team_id=team, version=1)
    moved = first.on_conflict_do_update(index_elements=["team_id"], set_={"version": rule_versions.c.version + 1})
    await connection.execute(moved)


async def next_number(connection: AsyncConnection, engine: AsyncEngine, team: TeamId, channel: ChannelId) -> int:
    """Never given before in that channel."""
    return await _latest_number(connection, engine, team, channel, more=1)


async def stop_rules(
    connection: AsyncConnection,
    engine: AsyncEngine,
    team: TeamId,
    channel: ChannelId,
    *,
    state: RuleState,
    reason: str,
    now: datetime,
) -> Sequence[RowMapping]:
    """Rows that were active, as they are now."""
    await moved_version(connection, engine, team)
    return [
        await _changed(connection, row, Action.STOPPED, {"state": state, "reason": reason}, now)
        for row in await _rows_in(connection, team, channel)
        if row["state"] == RuleState.ACTIVE
    ]


async def move_rules(
    connection: AsyncConnection, engine: AsyncEngine, team: TeamId, old: ChannelId, new: ChannelId, now: datetime
) -> int:
    """Rules, and what is told of them. A number that was given in `new` already is replaced."""
    if old == new:
        return 0
    await moved_version(connection, engine, team)
    given = await _latest_number(connection, engine, team, new, more=0)
    highest = max(given, await _latest_number(connection, engine, team, old, more=0))
    rows = await _rows_in(connection, team, old)
    for row in rows:
        number = row["number"]
        if number <= given:
            highest += 1
            number = highest
        await _changed(connection, row, Action.MOVED, {"channel_id": new, "number": number}, now)
    here = (rule_numbers.c.team_id == team) & (rule_numbers.c.channel_id == new)
    await connection.execute(update(rule_numbers).where(here).values(latest=highest))
    # Bulletins before their incidents, and in one order, as everybody does who writes both.
    there = (bulletins.c.team_id == team) & (bulletins.c.channel_id == old)
    await connection.execute(select(bulletins.c.id).where(there).order_by(bulletins.c.id).with_for_update())
    for table in (bulletins, incidents):
        theirs = (table.c.team_id == team) & (table.c.channel_id == old)
        await connection.execute(update(table).where(theirs).values(channel_id=new))
    return len(rows)


async def _latest_number(
    connection: AsyncConnection, engine: AsyncEngine, team: TeamId, channel: ChannelId, *, more: int
) -> int:
    first = insert_into(rule_numbers, engine).values(team_id=team, channel_id=channel, latest=more)
    held = first.on_conflict_do_update(
        index_elements=["team_id", "channel_id"], set_={"latest": rule_numbers.c.latest + more}
    )
    number: int = (await connection.execute(held.returning(rule_numbers.c.latest))).scalar_one()
    return number


async def _rows_in(connection: AsyncConnection, team: TeamId, channel: ChannelId) -> Sequence[RowMapping]:
    """By number."""
    here = (rules.c.team_id == team) & (rules.c.channel_id == channel)
    query = select(rules).where(here).order_by(rules.c.number).with_for_update()
    return (await connection.execute(query)).mappings().all()


async def _changed(
    connection: AsyncConnection, row: RowMapping, action: Action, values: dict[str, Any], now: datetime
) -> RowMapping:
    moment = max(now, row["changed_at"] + _TICK)
    statement = update(rules).where(rules.c.id == row["id"]).values(**values, changed_at=moment)
    after = (await connection.execute(statement.returning(*rules.c))).mappings().one()
    entry = Change(
        at=now,
        team=TeamId(row["team_id"]),
        user=None,
        action=action,
        channel=ChannelId(after["channel_id"]),
        subject=RULE + row["id"],
        before=snapshot_of(row),
        after=snapshot_of(after),
    )
    await note(connection, entry)
    return after
