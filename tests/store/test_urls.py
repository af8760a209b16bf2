from __future__ import annotations

import pytest

from bot.store.urls import driven, is_in_memory


@pytest.mark.parametrize(
    ("written", "driven_by"),
    [
        pytest.param("sqlite:///bot.db", "sqlite+aiosqlite:///bot.db", id="SQLite without a driver"),
        pytest.param("sqlite:////var/bot.db", "sqlite+aiosqlite:////var/bot.db", id="absolute path"),
        pytest.param("sqlite+aiosqlite:///bot.db", "sqlite+aiosqlite:///bot.db", id="our driver already"),
        pytest.param("postgresql://u:p@h/d", "postgresql+asyncpg://u:p@h/d", id="PostgreSQL without a driver"),
        pytest.param(
            "postgres://u:p@h:5433/d", "postgresql+asyncpg://u:p@h:5433/d", id="as hosting providers write it"
        ),
        pytest.param("postgresql+psycopg2://u@h/d", "postgresql+asyncpg://u@h/d", id="somebody else's driver"),
        pytest.param(
            "postgres://u@h/d?sslmode=require", "postgresql+asyncpg://u@h/d?ssl=require", id="libpq's word for TLS"
        ),
    ],
)
def test_a_url_gets_the_driver_this_program_has(written: str, driven_by: str) -> None:
    assert driven(written).render_as_string(hide_password=False) == driven_by


@pytest.mark.parametrize("written", ["mysql://u@h/d", "", "bot.db", "http://h/d"])
def test_anything_else_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"not|neither"):
        driven(written)


@pytest.mark.parametrize(
    ("url", "in_memory"),
    [("sqlite://", True), ("sqlite:///:memory:", True), ("sqlite:///bot.db", False), ("postgresql://h/d", False)],
)
def test_a_database_in_memory_is_recognised(url: str, in_memory: bool) -> None:
    assert is_in_memory(driven(url)) is in_memory
