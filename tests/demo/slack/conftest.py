"""A local Slack on a free port, Slack's own client for it, and an app of Slack's own framework that answers it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.slack_desk import Command
from bot.demo.slack_local import LocalSlack, local_slack, serving
from bot.demo.slack_page import Guide, Link, Switch

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


COMMANDS = (
    Command(name="/sla", description="Service level of a queue", usage_hint="<queue> [threshold] [period]"),
    Command(name="/digest", description="Daily digest for a channel", should_escape=True),
)


@dataclass(slots=True)
class Clock:
    """A clock that stands still until it is moved."""

    at: datetime = datetime(2026, 11, 16, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def pass_by(self, time: timedelta) -> None:
        self.at += time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def switched() -> dict[str, bool]:
    """What the page's switches switch."""
    return {"down": False}


@pytest.fixture
async def slack(clock: Clock, switched: dict[str, bool]) -> AsyncIterator[LocalSlack]:
    """Without limits of pace, so that only the tests of the pace meet it."""
    switch = Switch(
        key="down", label="Genesys down", get=lambda: switched["down"], set=lambda on: switched.update(down=on)
    )
    guide = Guide(
        examples=("/sla billing 30s",),
        notes=("Nothing leaves this machine.",),
        links=(Link(label="Dashboard", url="http://127.0.0.1/dashboard"),),
        switches=(switch,),
    )
    async with serving(local_slack(now=clock, commands=COMMANDS, pace=None, guide=guide)) as served:
        yield served


@pytest.fixture
async def client(slack: LocalSlack) -> AsyncIterator[AsyncWebClient]:
    async with aiohttp.ClientSession() as http:
        yield AsyncWebClient(base_url=slack.base_url, token=slack.tokens.bot, session=http, retry_handlers=[])


@pytest.fixture
async def bot(slack: LocalSlack, client: AsyncWebClient) -> AsyncIterator[AsyncApp]:
    """Connected by Socket Mode and without listeners: each test says what its bot does."""
    app = AsyncApp(client=client, signing_secret=slack.tokens.signing_secret)
    handler = AsyncSocketModeHandler(app, slack.tokens.app)
    await handler.connect_async()
    await slack.socket.connected()
    yield app
    await handler.close_async()
