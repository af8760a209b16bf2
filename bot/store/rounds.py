"""How a round of the evaluation is written, statement by statement, in a transaction that somebody else began.

Who writes incidents has the row of their bulletin first, be it a round or a button: so nobody waits for somebody who
waits for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, bindparam, delete, select, update

from bot.store.alert_rows import bulletin_row, incident_row, line_row, state_row, watched_row
from bot.store.alert_tables import alert_states, alert_watches, bulletin_lines, bulletins, incidents
from bot.store.inserting import insert_into
from bot.store.reading import portions

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from bot.domain.alerts.keeping import Lease, Round
    from bot.domain.alerts.states import Bulletin, BulletinId, Incident, Line

_WATCHED = ("rule_id", "queue_id", "media")
_LEFT = ("id", "team_id", "channel_id")
"""What a round never changes of an incident: the channel may have got another id meanwhile."""


async def still_held(connection: AsyncConnection, lease: Lease, done: Round) -> bool:
    """Note how far the round came, if the lease is still held; nobody takes it over until the transaction ends."""
    mine = (alert_watches.c.holder == lease.holder) & (alert_watches.c.token == lease.token)
    watch = done.watch
    noted = update(alert_watches).where(mine & (alert_watches.c.team_id == lease.team))
    values = {
        "last_tick": watch.last_tick,
        "quarter": watch.quarter,
        "blind_since": watch.blind_since,
        "blind_reason": watch.blind_reason,
    }
    return bool((await connection.execute(noted.values(**values))).rowcount)


async def write_round(connection: AsyncConnection, engine: AsyncEngine, lease: Lease, done: Round) -> None:
    """All but how far it came."""
    await _write_states(connection, engine, lease, done)
    await _hold_bulletins(
        connection, {*(each.id for each in done.bulletins), *(one.bulletin for one in done.incidents)}
    )
    await _write_bulletins(connection, engine, done.bulletins)
    await _write_incidents(connection, engine, done.incidents)
    await _end_handling(connection, done)
    await write_lines(connection, engine, done.lines)


async def write_lines(connection: AsyncConnection, engine: AsyncEngine, lines: Iterable[Line]) -> None:
    """Those whose key is not there yet."""
    rows = _in_order(map(line_row, lines), "bulletin_id", "key")
    if rows:
        await connection.execute(insert_into(bulletin_lines, engine).on_conflict_do_nothing(), rows)


async def _hold_bulletins(connection: AsyncConnection, wanted: Iterable[BulletinId]) -> None:
    """Until the transaction ends nobody else writes incidents of these. One after the other, in one order."""
    for some in portions(sorted(wanted)):
        query = select(bulletins.c.id).where(bulletins.c.id.in_(some)).order_by(bulletins.c.id)
        await connection.execute(query.with_for_update())


async def _write_states(connection: AsyncConnection, engine: AsyncEngine, lease: Lease, done: Round) -> None:
    gone = [watched_row(watched) for watched, state in done.states.items() if state is None]
    if gone:
        # Parameters of a statement's own columns have to have other names than the columns.
        which = and_(*(alert_states.c[name] == bindparam(f"the_{name}") for name in _WATCHED))
        keys = [{f"the_{name}": value for name, value in row.items()} for row in gone]
        await connection.execute(delete(alert_states).where(which), keys)
    kept = [state_row(lease.team, watched, state) for watched, state in done.states.items() if state is not None]
    if kept:
        insert = insert_into(alert_states, engine)
        values = {name: insert.excluded[name] for name in ("state_json", "team_id")}
        upsert = insert.on_conflict_do_update(index_elements=_WATCHED, set_=values)
        await connection.execute(upsert, _in_order(kept, *_WATCHED))


async def _write_bulletins(connection: AsyncConnection, engine: AsyncEngine, told: Iterable[Bulletin]) -> None:
    rows = _in_order(map(bulletin_row, told), "id")
    if rows:
        insert = insert_into(bulletins, engine)
        values = {name: insert.excluded[name] for name in ("closed_at", "anomalies", "note")}
        # From what is kept: a button may have moved it since the round began.
        moved = {**values, "revision": bulletins.c.revision + 1}
        await connection.execute(insert.on_conflict_do_update(index_elements=["id"], set_=moved), rows)


async def _write_incidents(connection: AsyncConnection, engine: AsyncEngine, changed: Iterable[Incident]) -> None:
    rows = _in_order(map(incident_row, changed), "id")
    if rows:
        insert = insert_into(incidents, engine)
        values = {name: insert.excluded[name] for name in rows[0] if name not in _LEFT}
        await connection.execute(insert.on_conflict_do_update(index_elements=["id"], set_=values), rows)


async def _end_handling(connection: AsyncConnection, done: Round) -> None:
    """What somebody did after the round began stays."""
    table, tick = incidents.c, done.watch.last_tick
    if tick is None:
        return
    for some in portions(sorted(done.unacknowledged)):
        old = table.id.in_(some) & (table.acked_at <= tick)
        await connection.execute(update(incidents).where(old).values(acked_by=None, acked_at=None))
    for some in portions(sorted(done.woken)):
        over = table.id.in_(some) & (table.snoozed_until <= tick)
        await connection.execute(update(incidents).where(over).values(snoozed_by=None, snoozed_until=None))


def _in_order(rows: Iterable[dict[str, Any]], *key: str) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: tuple(row[name] for name in key))
