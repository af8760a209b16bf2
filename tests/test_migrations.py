from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, inspect, text

from bot.store.database import engine_on, open_store
from bot.store.schema import Schema, SchemaNotReady, alembic_config, migrate, prepare, schema_of
from bot.store.tables import metadata
from bot.store.urls import driven, is_sqlite

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sqlalchemy import Connection

T = TypeVar("T")


async def on(url: str, ask: Callable[[Connection], T]) -> T:
    async with engine_on(driven(url)) as engine, engine.begin() as connection:
        return await connection.run_sync(ask)


def downgrade(connection: Connection, to: str = "base") -> None:
    config = alembic_config()
    config.attributes["connection"] = connection
    command.downgrade(config, to)


def upgrade(connection: Connection, to: str) -> None:
    config = alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names()) - {"alembic_version"}


async def test_the_schema_goes_up_down_and_up_again(database_url: str) -> None:
    await migrate(database_url)
    assert await on(database_url, tables) == set(metadata.tables)
    await on(database_url, downgrade)
    assert await on(database_url, tables) == set()
    await migrate(database_url)
    assert await on(database_url, tables) == set(metadata.tables)


async def test_migrations_lead_to_exactly_the_tables_the_program_uses(database_url: str) -> None:
    await migrate(database_url)

    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))

    assert await on(database_url, differences) == []


RELEASED = {
    "0001": {
        "queue_choices": "'T1', 'U-ANA', 'bil', '7f1c', '2026-11-16 12:00:00.000001+00:00'",
        "claims": "'button:1', '2026-11-16 12:00:00.000001+00:00'",
    },
    "0002": {
        "exports": "'e1', 'T1', 'U-ANA', 'C1', 'conversations csv', '2026-11-16 12:00:00+00:00', 'UTC', 'running', "
        "'2026-11-16 12:00:00+00:00', '2026-11-16 12:01:00+00:00', NULL, NULL",
    },
    "0003": {
        "subscriptions": "'s1', 'T1', 'C1', 2, 'U-ANA', '{}', 'active', '', true, '2026-11-16 12:00:00+00:00', "
        "'2026-11-16 12:00:00+00:00', '2026-11-16 12:00:00+00:00', NULL",
        "channel_numbers": "'T1', 'C1', 2",
        "deliveries": "'s1', '2026-11-16', '2026-11-16 12:00:00+00:00', '{}', 'C1', 'sent', 'p', "
        "'2026-11-16 12:00:00+00:00', 1, NULL, '1.2', true, '', 'none', '2026-11-16 12:00:00+00:00'",
        "place_settings": "'T1', 'C1', '{}', '2026-11-16 12:00:00+00:00'",
        "audit": "1, '2026-11-16 12:00:00+00:00', 'T1', NULL, 'moved', 'C1', 's1', '{}', '{}'",
    },
    "0004": {
        "samples": f"1794830400000, '7f1c', 'voice', 3, 2, 1, 0, 0, 1, 0, '{{}}'{', 0' * 21}",
        "sample_quarters": "1794830400000, '2026-11-16 12:00:00+00:00', '[20000]'",
        "glimpses": "1794830400000, '7f1c', 'voice', 4, 372000, NULL, NULL",
        "rules": "'r1', 'T1', 'C1', 2, 'U-ANA', '{}', 'active', '', NULL, '2026-11-16 12:00:00+00:00', "
        "'2026-11-16 12:00:00+00:00'",
        "rule_numbers": "'T1', 'C1', 2",
        "rule_versions": "'T1', 7",
        "alert_watches": "'T1', 'p', 3, '2026-11-16 12:00:00+00:00', '2026-11-16 12:00:00+00:00', NULL, NULL, ''",
        "alert_states": "'r1', '7f1c', '', 'T1', '{}'",
        "bulletins": "'b1', 'T1', 'C1', 'alert', '2026-11-16 12:00:00+00:00', NULL, 2, 1, NULL, 'sent', NULL, "
        "'', NULL, '1.2', true, ''",
        "incidents": "'i1', 'r1', '7f1c', 'voice', 'T1', 'C1', 'b1', 'warning', 'waiting > 10', 'Billing', "
        "'2026-11-16 12:00:00+00:00', '2026-11-16 12:00:00+00:00', NULL, NULL, '{}', '{}', NULL, 1, 'U-ANA', "
        "'2026-11-16 12:00:00+00:00', NULL, NULL, NULL",
        "votes": "'i1', 'U-ANA', 'r1', '2026-11-16 12:00:00+00:00'",
        "bulletin_lines": "'b1', 'joined:i1', 'joined', '2026-11-16 12:00:00+00:00', 'Billing', 'waiting', NULL, '', "
        "NULL, ''",
        "holidays": "'T1', '2026-12-25', 'Christmas', 'U-ANA'",
        "normal_since": "'T1', '7f1c', 'voice', '2026-11-16 12:00:00+00:00', 'U-ANA'",
    },
}
"""What each revision added, with a row of it."""


def fill(connection: Connection, revision: str) -> None:
    for added in [RELEASED[each] for each in sorted(RELEASED) if each <= revision]:
        for table, row in added.items():
            connection.execute(text(f"INSERT INTO {table} VALUES ({row})"))  # noqa: S608  both stand above


def content(connection: Connection) -> dict[str, list[tuple[object, ...]]]:
    """Of all tables that have any."""
    everything = MetaData()
    everything.reflect(connection)
    rows = {table: connection.execute(everything.tables[table].select()).all() for table in tables(connection)}
    return {table: [tuple(row) for row in some] for table, some in rows.items() if some}


def test_every_revision_has_rows_to_be_tried_with() -> None:
    scripts = ScriptDirectory.from_config(alembic_config())
    assert {script.revision for script in scripts.walk_revisions()} == set(RELEASED)
    assert {table for added in RELEASED.values() for table in added} == set(metadata.tables)


@pytest.mark.parametrize("revision", RELEASED)
async def test_what_a_release_kept_is_there_after_migrating_to_the_newest_and_back(
    database_url: str, revision: str
) -> None:
    await on(database_url, lambda connection: upgrade(connection, revision))
    await on(database_url, lambda connection: fill(connection, revision))
    released = await on(database_url, content)
    assert released.keys() == {table for each, added in RELEASED.items() if each <= revision for table in added}
    await migrate(database_url)
    assert await schema_of(database_url) is Schema.CURRENT
    assert await on(database_url, content) == released
    await on(database_url, lambda connection: downgrade(connection, revision))
    assert await on(database_url, content) == released


@pytest.mark.parametrize("revision", sorted(RELEASED)[:-1])
async def test_the_database_of_an_older_release_is_left_to_its_owner(database_url: str, revision: str) -> None:
    await on(database_url, lambda connection: upgrade(connection, revision))
    assert await schema_of(database_url) is Schema.OUTDATED
    with pytest.raises(SchemaNotReady, match="sla-bot migrate"):
        await prepare(database_url)
    assert await schema_of(database_url) is Schema.OUTDATED


async def test_migrating_twice_is_harmless(database_url: str) -> None:
    await migrate(database_url)
    await migrate(database_url)
    assert await schema_of(database_url) is Schema.CURRENT


async def test_an_empty_database_is_told_from_a_foreign_and_a_newer_one(database_url: str) -> None:
    assert await schema_of(database_url) is Schema.EMPTY
    await on(database_url, lambda connection: connection.execute(text("CREATE TABLE theirs (id INTEGER)")))
    assert await schema_of(database_url) is Schema.OUTDATED
    await migrate(database_url)
    await on(database_url, lambda connection: connection.execute(text("UPDATE alembic_version SET version_num='9999'")))
    assert await schema_of(database_url) is Schema.NEWER
    with pytest.raises(SchemaNotReady, match="newer version"):
        await prepare(database_url)


async def test_only_an_empty_sqlite_file_is_migrated_unasked(database_url: str) -> None:
    if is_sqlite(driven(database_url)):
        await prepare(database_url)
        assert await schema_of(database_url) is Schema.CURRENT
    else:
        with pytest.raises(SchemaNotReady, match="sla-bot migrate"):
            await prepare(database_url)
        assert await schema_of(database_url) is Schema.EMPTY


async def test_an_outdated_database_is_left_alone(database_url: str) -> None:
    await on(database_url, lambda connection: connection.execute(text("CREATE TABLE theirs (id INTEGER)")))
    with pytest.raises(SchemaNotReady, match="sla-bot migrate"):
        await prepare(database_url)
    assert await on(database_url, tables) == {"theirs"}


async def test_a_database_in_memory_needs_no_preparation() -> None:
    await prepare("sqlite://")
    async with open_store("sqlite://") as store:
        assert await store.answers()


async def test_migrations_are_found_from_any_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    await migrate("sqlite:///here.db")
    assert (tmp_path / "here.db").exists()
