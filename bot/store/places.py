"""What channels, and people for themselves, have set."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update

from bot.domain.audit import Action, Change
from bot.domain.ids import ChannelId
from bot.domain.places import DAMAGED, UNSET, PlaceSettings
from bot.store.audit import note
from bot.store.inserting import insert_into
from bot.store.reading import Unreadable, left_out, portions
from bot.store.settings_json import read_settings, write_settings
from bot.store.tables import place_settings

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import ColumnElement, RowMapping
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from bot.domain.ids import TeamId, UserId

_NOTHING = write_settings(UNSET)


class Places:
    """Settings by place: a channel's id, or a person's."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._told: set[str] = set()

    async def of(self, team: TeamId, place: str) -> PlaceSettings:
        """`UNSET` when nothing is. Raises Unreadable."""
        query = select(place_settings).where(_at(team, place))
        async with self._engine.connect() as connection:
            row = (await connection.execute(query)).mappings().one_or_none()
        return _settings(row) if row else UNSET

    async def of_many(self, team: TeamId, places: Iterable[str]) -> dict[str, PlaceSettings]:
        """Of each of `places`; `DAMAGED` for those whose settings cannot be read."""
        wanted = tuple(places)
        found = dict.fromkeys(wanted, UNSET)
        rows: list[RowMapping] = []
        async with self._engine.connect() as connection:
            for some in portions(wanted):
                query = select(place_settings).where(
                    place_settings.c.team_id == team, place_settings.c.place_id.in_(some)
                )
                rows += (await connection.execute(query)).mappings().all()
        for row in rows:
            try:
                found[row["place_id"]] = _settings(row)
            except Unreadable as error:
                left_out(error, self._told)
                found[row["place_id"]] = DAMAGED
        return found

    async def put(
        self,
        team: TeamId,
        place: str,
        settings: PlaceSettings,
        *,
        by: UserId | None,
        now: datetime,
        action: Action = Action.SETTINGS,
        seen: PlaceSettings | None = None,
    ) -> bool:
        """Set them all. With `seen`, which may be `DAMAGED`, False when there are others by now; they stay."""
        after = write_settings(settings)
        async with self._engine.begin() as connection:
            before = await held_settings(connection, self._engine, team, place, now)
            if seen is not None and not _same(before, seen):
                return False
            if after == before:
                return True
            await connection.execute(
                update(place_settings).where(_at(team, place)).values(settings_json=after, changed_at=now)
            )
            entry = Change(
                at=now,
                team=team,
                user=by,
                action=action,
                channel=ChannelId(place),
                before="" if before == _NOTHING else before,
                after=after,
            )
            await note(connection, entry)
        return True


async def held_settings(
    connection: AsyncConnection, engine: AsyncEngine, team: TeamId, place: str, now: datetime
) -> str:
    """The settings as text, and nobody else changes them until this transaction ends."""
    insert = insert_into(place_settings, engine).values(
        team_id=team, place_id=place, settings_json=_NOTHING, changed_at=now
    )
    held = insert.on_conflict_do_update(
        index_elements=["team_id", "place_id"], set_={"changed_at": place_settings.c.changed_at}
    )
    text: str = (await connection.execute(held.returning(place_settings.c.settings_json))).scalar_one()
    return text


async def move_settings(
    connection: AsyncConnection, engine: AsyncEngine, team: TeamId, old: ChannelId, new: ChannelId, now: datetime
) -> None:
    """A channel got another id. What was set under the new one already stands, the old one's fills what was not."""
    query = select(place_settings.c.settings_json).where(_at(team, old)).with_for_update()
    before: str | None = await connection.scalar(query)
    if before is None:
        return
    await connection.execute(delete(place_settings).where(_at(team, old)))
    after = _joined(await held_settings(connection, engine, team, new, now), before)
    await connection.execute(update(place_settings).where(_at(team, new)).values(settings_json=after, changed_at=now))
    if before != _NOTHING:
        entry = Change(at=now, team=team, user=None, action=Action.MOVED, channel=new, before=before, after=after)
        await note(connection, entry)


def _joined(here: str, there: str) -> str:
    """What cannot be read prevails: a limit may be in it."""
    try:
        theirs = read_settings(there)
    except ValueError:
        return there
    try:
        ours = read_settings(here)
    except ValueError:
        return here
    unset = {field.name for field in fields(UNSET) if getattr(ours, field.name) == getattr(UNSET, field.name)}
    return write_settings(replace(ours, **{name: getattr(theirs, name) for name in unset}))


def _at(team: TeamId, place: str) -> ColumnElement[bool]:
    return (place_settings.c.team_id == team) & (place_settings.c.place_id == place)


def _same(text: str, settings: PlaceSettings) -> bool:
    try:
        return read_settings(text) == settings
    except ValueError:
        return settings.damaged


def _settings(row: RowMapping) -> PlaceSettings:
    try:
        return read_settings(row["settings_json"])
    except ValueError as error:
        raise Unreadable("settings of", row["place_id"], error) from error
