from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.store.schema import DatabaseUnreachable, migrate, schema_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("postgresql://bot:hush@127.0.0.1:1/bot", id="nobody listens there"),
        pytest.param("sqlite:////nowhere/at/all/bot.db", id="a folder that does not exist"),
    ],
)
async def test_a_database_that_cannot_be_used_is_told_in_a_sentence(url: str) -> None:
    with pytest.raises(DatabaseUnreachable, match="Check DATABASE_URL") as caught:
        await schema_of(url)
    assert "hush" not in str(caught.value)
    with pytest.raises(DatabaseUnreachable):
        await migrate(url)


async def test_a_file_that_is_no_database_is_told_in_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "notes.db"
    file.write_text("these are my notes, and not a database" * 100)
    with pytest.raises(DatabaseUnreachable, match="not a database"):
        await schema_of(f"sqlite:///{file}")
