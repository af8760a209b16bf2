"""What tests of several folders share: no proxy between us and 127.0.0.1, and the databases to run on."""

from __future__ import annotations

import logging
import os
import shutil
import uuid
from typing import TYPE_CHECKING

import asyncpg
import pytest
import structlog
from hypothesis import HealthCheck, settings
from playwright.async_api import async_playwright

from tests.migrated import POSTGRES, forget, migrated_database, migrated_file, on_postgres, url_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from playwright.async_api import Browser

CHROMIUM = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
EVERYTHING_REQUIRED = os.environ.get("REQUIRE_ALL") == "1"
"""Set where a missing server or browser is a failure and not a reason to skip."""


# How long an example takes says how busy the machine is, and nothing of the code.
settings.register_profile("patient", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


@pytest.fixture(scope="session", autouse=True)
def plain_tracebacks() -> None:
    """By default they show the values of variables, which takes seconds in which the bot answers nobody."""
    renderer = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    processors = [*structlog.get_config()["processors"][:-1], renderer]
    structlog.configure(processors=processors)


@pytest.fixture(scope="session", autouse=True)
def templates_forgotten() -> Iterator[None]:
    """What migrated databases were copied from does not outlive the tests."""
    yield
    forget()


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """What a command sets for its own process (level, processors, handlers) does not outlive the test that ran it."""
    structured = structlog.get_config().copy()
    processors = list(structured["processors"])
    root = logging.getLogger()
    level, handlers = root.level, root.handlers[:]
    yield
    structlog.configure(**{**structured, "processors": processors})
    root.setLevel(level)
    root.handlers[:] = handlers


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slack's SDK sends even requests for 127.0.0.1 through a proxy that the environment names."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """An empty database of each kind, gone after the test."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/bot.db"
        return
    name = f"slabot_{uuid.uuid4().hex[:12]}"
    await _on_postgres(f"CREATE DATABASE {name}")
    yield POSTGRES.rpartition("/")[0] + "/" + name
    await _on_postgres(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def migrated_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """A database of each kind with every table, gone after the test."""
    if request.param == "sqlite":
        yield migrated_file(tmp_path)
        return
    await _on_postgres("SELECT 1")
    name = await migrated_database()
    yield url_of(name)
    await _on_postgres(f"DROP DATABASE {name} WITH (FORCE)")


def _absent(what: str) -> None:
    """Skip the test, or fail it where everything is required."""
    if EVERYTHING_REQUIRED:
        pytest.fail(what)
    pytest.skip(what)


async def _on_postgres(statement: str) -> None:
    try:
        await on_postgres(statement)
    except (TimeoutError, OSError, asyncpg.PostgresError) as error:
        _absent(f"no PostgreSQL at {POSTGRES.rpartition('@')[2]} ({error}); TEST_POSTGRES_URL names another")


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """The system's Chromium, without a window."""
    found = [path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))]
    if not found:
        _absent("no Chromium on the path")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found[0], args=CHROMIUM)
        yield browser
        await browser.close()
