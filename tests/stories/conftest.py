"""The whole road on sockets of this machine: the bot between the simulated centre and the local Slack."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

import aiohttp
import pytest

from bot.app import App, Tempo, running
from bot.commands.catalogue import COMMANDS
from bot.demo.centre import Centre
from bot.demo.centre_visits import Outcome
from bot.demo.slack_desk import Command
from bot.demo.slack_people import ANA, BILLING_FLOOR, direct_id
from bot.demo.world import ZONE, World, world
from bot.settings import Settings
from tests.official_client import judge_aggregates, judge_details, judge_details_job, judge_observations
from tests.stories.mornings import Morning, open_morning

if TYPE_CHECKING:
    from bot.demo.genesys_options import Options
    from bot.demo.slack_replies import Reply
    from bot.demo.slack_workspace import ChannelId, Message, UserId

LONGEST_WAIT = timedelta(days=3)
SHORT_MS = 5_000
AGGREGATES = "/api/v2/analytics/conversations/aggregates/query"
OBSERVATIONS = "/api/v2/analytics/queues/observations/query"
DETAILS = "/api/v2/analytics/conversations/details/query"
DETAILS_JOBS = "/api/v2/analytics/conversations/details/jobs"
FAST = Tempo(clock=lambda: time.monotonic() * 50, sleep=lambda seconds: asyncio.sleep(seconds / 50))
"""Retries and pace fifty times as fast: what a story tells does not depend on how long the waiting is."""


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """People at their desks, and what stands behind them."""

    world: World
    app: App

    @property
    def counted(self) -> int:
        """How often Genesys was asked to count for somebody who asked; the store of quarter hours fills beside that."""
        asked = self.world.requests.to("/api/v2/analytics/conversations/aggregates/query")
        return sum(one.body.get("granularity") != "PT15M" for one in asked)

    async def types(
        self, text: str, *, user: UserId = ANA, channel: ChannelId = BILLING_FLOOR, command: str = "/sla"
    ) -> Reply:
        """Type `/sla …`, or another command."""
        return await self.world.slack.command(user, channel, command, text)

    async def answered(
        self, text: str, *, user: UserId = ANA, channel: ChannelId = BILLING_FLOOR, command: str = "/sla"
    ) -> Message:
        """Type `/sla …`, or another command, and wait for the last word: an answer, or why there is none."""
        return await final(await self.types(text, user=user, channel=channel, command=command))

    def direct(self, user: UserId = ANA) -> list[Message]:
        """The conversation between a person and the bot as it stands, oldest first."""
        return self.world.slack.messages(direct_id(user))

    async def presses(self, place: Message, action: str, *, user: UserId = ANA) -> Reply:
        return await self.world.slack.click(user, place, action)


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """A file as a person gets it."""

    name: str
    content: bytes


async def downloads(message: Message) -> list[Download]:
    """The files of a message in their order."""
    async with aiohttp.ClientSession() as session:
        found = []
        for file in message.files:
            async with session.get(file["url_private_download"], raise_for_status=True) as reply:
                found.append(Download(name=file["name"], content=await reply.read()))
        return found


async def final(reply: Reply) -> Message:
    """The message that is no word on the way."""
    return await reply.until(lambda message: not message.text.startswith("Reading Genesys"))


def text_of(value: object) -> str:
    """Everything a person can read in blocks or a view, in order."""
    if isinstance(value, dict):
        if value.get("type") == "raw_number":
            return str(value.get("text", value.get("value")))
        return " ".join(
            text_of(part) for key, part in value.items() if key not in {"type", "action_id", "value", "block_id"}
        )
    if isinstance(value, list | tuple):
        return " ".join(text_of(part) for part in value)
    return value if isinstance(value, str) else ""


Opening = Callable[..., AbstractAsyncContextManager[Floor]]


@cache
def demo_centre() -> Centre:
    """One for all stories, so that each day of traffic is made once; stories that change a centre bring their own."""
    return Centre.demo(zone=ZONE)


@asynccontextmanager
async def open_floor(
    *,
    http: bool = False,
    centre: Centre | None = None,
    options: Options | None = None,
    tempo: Tempo = FAST,
    now: Callable[[], datetime] = utc_now,
    **environment: str,
) -> AsyncIterator[Floor]:
    port = free_port()
    request_url = f"http://127.0.0.1:{port}/slack/events" if http else None
    prefix = environment.get("COMMAND_PREFIX", "")
    commands = [Command(name=f"/{prefix}{command.name}", description=command.summary) for command in COMMANDS]
    async with world(
        now=now, commands=commands, centre=centre or demo_centre(), options=options, request_url=request_url
    ) as stage:
        settings = Settings.from_env(
            stage.environment | {"PORT": str(port), "DATABASE_URL": "sqlite:///:memory:"} | environment
        )
        async with running(settings, host="127.0.0.1", now=now, tempo=tempo) as app:
            yield Floor(world=stage, app=app)
        judges = {
            AGGREGATES: judge_aggregates,
            OBSERVATIONS: judge_observations,
            DETAILS: judge_details,
            DETAILS_JOBS: judge_details_job,
        }
        for path, judge in judges.items():
            for asked in stage.requests.to(path):
                judge(asked.body)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def tempo() -> Tempo:
    return FAST


@pytest.fixture
def opened() -> Opening:
    """For stories that need a floor of their own kind."""
    return open_floor


@pytest.fixture(params=["socket mode", "signed http"])
async def floor(request: pytest.FixtureRequest) -> AsyncIterator[Floor]:
    """The demo's floor, reached both ways."""
    async with open_floor(http=request.param == "signed http") as one:
        yield one


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A count made by hand over raw visits."""

    offered: int = 0
    answered: int = 0
    within: int = 0
    abandoned: int = 0
    short: int = 0
    flow_out: int = 0


def count_by_hand(
    centre: Centre, queue_id: str, media: str, start: datetime, end: datetime, threshold: timedelta, *, now: datetime
) -> Counted:
    """What happened in `[start, end)` and not after `now`: entering counts when it happens, leaving when that does."""
    first, last = (round(moment.timestamp() * 1000) for moment in (start, min(end, now)))
    entered = answered = within = abandoned = short = flow_out = 0
    for visit in centre.visits(start - LONGEST_WAIT, end):
        if visit.queue_id != queue_id or visit.media != media or visit.outcome is Outcome.OUTBOUND:
            continue
        entered += first <= visit.offered_ms < last
        if not first <= visit.offered_ms + visit.wait_ms < last:
            continue
        answered += visit.outcome is Outcome.ANSWERED
        within += visit.outcome is Outcome.ANSWERED and visit.wait_ms <= threshold / timedelta(milliseconds=1)
        abandoned += visit.outcome is Outcome.ABANDONED
        short += visit.outcome is Outcome.ABANDONED and visit.wait_ms < SHORT_MS
        flow_out += visit.outcome is Outcome.FLOW_OUT
    return Counted(
        offered=entered, answered=answered, within=within, abandoned=abandoned, short=short, flow_out=flow_out
    )


@pytest.fixture
def by_hand() -> Callable[..., Counted]:
    return count_by_hand


@pytest.fixture
def downloaded() -> Callable[[Message], Awaitable[list[Download]]]:
    """The files of a message as a person gets them."""
    return downloads


@pytest.fixture
def read() -> Callable[[object], str]:
    """The text of blocks or a view, in reading order."""
    return text_of


@pytest.fixture
async def morning() -> AsyncIterator[Morning]:
    """A small contact centre and its bot, on a clock that the story moves."""
    async with open_morning() as one:
        yield one


@pytest.fixture
def seed() -> int:
    """Of chance: the same in every run, so that a red one can be repeated. `SEED=7 pytest …` tries another."""
    return int(os.environ.get("SEED", "1"))
