"""A thousand channels whose digests are due at the same minute: how often Genesys is asked, and how fast they leave."""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from bot.demo.centre import Centre
from bot.demo.centre_organisation import Flow, Queue
from bot.demo.slack_desk import Command
from bot.demo.slack_people import ANA, BILLING_FLOOR, BOT, TEAM
from bot.demo.slack_workspace import Channel, ChannelId, UserId
from bot.demo.world import World, world
from bot.domain import ids
from bot.domain.questions import QueueWord
from bot.domain.schedule import WEEKDAYS, Schedule
from bot.domain.subscriptions import Order, SubscriptionState, Topic
from bot.store.database import open_store
from bot.store.schema import migrate
from bot.usecases.digests.rounds import PER_MINUTE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.demo.slack_workspace import Message

pytestmark = [pytest.mark.benchmark, pytest.mark.long, pytest.mark.timeout(300)]

SCRIPT = Path(__file__).parent / "run_digests.py"
AGGREGATES = "/api/v2/analytics/conversations/aggregates/query"
CHANNELS, QUEUES = 1_000, 200
THRESHOLDS = (10, 20, 30, 45, 60)
OF_PEOPLE = 33
"""Seconds, by which people's questions are told from digests'."""
RATE = 10
"""How many times as fast as real ones seconds pass for both sides' limits; arithmetic takes the time it takes."""
DUE = datetime(2026, 11, 20, 7, 45, tzinfo=UTC)
MINUTE, WEEK = timedelta(minutes=1), timedelta(days=7)
TYPED_EVERY = 0.25
SLACKS = CHANNELS / PER_MINUTE
"""Minutes that the pace of the workspace makes of it, however fast the bot is."""


def queues() -> list[Queue]:
    """Of which each has some twenty calls a day."""
    return [Queue.named(f"Team {number:03}", voice=Flow(weekday=20.0)) for number in range(QUEUES)]


def channels() -> list[ChannelId]:
    return [ChannelId(f"C{number:08}") for number in range(CHANNELS)]


async def subscribed(url: str) -> None:
    """A digest for each channel: three to eight queues, and one of the thresholds. Every queue is in some."""
    chance = random.Random(7)
    every = [queue.id for queue in queues()]
    schedule = Schedule(days=WEEKDAYS, at=clock_time(7, 45), zone=ZoneInfo("Europe/London"))
    async with open_store(url) as store:
        for number, channel in enumerate(channels()):
            named = {every[number % QUEUES], *chance.sample(every, chance.randint(2, 7))}
            topic = Topic(
                queues=tuple(QueueWord(text=queue, quoted=True) for queue in sorted(named)),
                period="yesterday",
                threshold=timedelta(seconds=THRESHOLDS[number % len(THRESHOLDS)]),
            )
            await store.subscriptions.create(
                Order(topic=topic, schedule=schedule),
                team=ids.TeamId(TEAM),
                channel=ids.ChannelId(channel),
                owner=ids.UserId(ANA),
                state=SubscriptionState.ACTIVE,
                now=DUE - timedelta(hours=1),
            )


@asynccontextmanager
async def bot(environment: dict[str, str]) -> AsyncIterator[asyncio.subprocess.Process]:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, str(SCRIPT), stdin=pipe, stdout=pipe, limit=2**24)
    try:
        await tell(process, environment=environment, due=DUE.isoformat(), rate=RATE)
        yield process
    finally:
        if process.stdin:
            process.stdin.close()
        await asyncio.wait_for(process.wait(), 60)


async def tell(process: asyncio.subprocess.Process, **what: Any) -> None:
    assert process.stdin
    process.stdin.write(json.dumps(what).encode() + b"\n")
    await process.stdin.drain()


async def told(process: asyncio.subprocess.Process) -> dict[str, Any]:
    assert process.stdout
    return dict(json.loads(await process.stdout.readline()))


def sent(stage: World) -> dict[ChannelId, list[float]]:
    """When each channel got messages, in seconds since they were due."""
    found: dict[ChannelId, list[float]] = {channel: [] for channel in channels()}
    for message in stage.slack.workspace.messages.values():
        if message.channel in found:
            found[message.channel].append(float(message.ts) - DUE.timestamp())
    return found


async def typed(stage: World, until: asyncio.Task[dict[str, Any]]) -> list[float]:
    """People ask while digests leave; milliseconds until each was acknowledged."""
    workspace, journal = stage.slack.workspace, stage.slack.workspace.journal
    first = asyncio.create_task(journal.first(lambda: any(map(_of_bot, workspace.messages.values())) or None))
    await asyncio.wait({first, until}, return_when=asyncio.FIRST_COMPLETED)
    first.cancel()
    acknowledged: list[float] = []
    while not until.done():
        person = replace(workspace.people[ANA], id=UserId(f"U0CROWD{len(acknowledged)}"))
        workspace.people[person.id] = person
        floor = workspace.channels[BILLING_FLOOR]
        workspace.channels[BILLING_FLOOR] = replace(floor, members=floor.members | {person.id})
        words = f'"Team {len(acknowledged) % QUEUES:03}" {OF_PEOPLE}s yesterday'
        reply = await stage.slack.command(person.id, BILLING_FLOOR, "/sla", words)
        acknowledged.append(reply.ack.ms if reply.ack.ok else float("inf"))
        await asyncio.sleep(TYPED_EVERY)
    return sorted(acknowledged)


def _of_bot(message: Message) -> bool:
    return message.user == BOT


async def test_a_thousand_digests_of_the_same_minute(report: Any, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/bot.db"
    await migrate(url)
    await subscribed(url)
    begun: float | None = None

    def now() -> datetime:
        return DUE - MINUTE if begun is None else DUE + timedelta(seconds=(time.monotonic() - begun) * RATE)

    centre = Centre.of(queues())
    for weeks in range(5):
        day = DUE - timedelta(days=1) - weeks * WEEK
        await asyncio.to_thread(centre.warm, day, day + timedelta(hours=1))
    commands = [Command(name="/sla", description="Service level")]
    async with world(now=now, commands=commands, centre=centre, tempo=lambda: time.monotonic() * RATE) as stage:
        members = frozenset({ANA, BOT})
        for channel in channels():
            stage.slack.workspace.channels[channel] = Channel(id=channel, name=channel.lower(), members=members)
        async with bot(stage.environment | {"PORT": "0", "DATABASE_URL": url}) as process:
            idle = await told(process)
            begun = time.monotonic()
            await tell(process, begun=begun)
            sending = asyncio.create_task(told(process))
            acknowledged = await typed(stage, sending)
            made = await sending
        arrived = sent(stage)
        asked = [one for one in stage.requests.to(AGGREGATES) if f"{OF_PEOPLE}000" not in json.dumps(one.body)]

    assert {len(times) for times in arrived.values()} == {1}, "each channel has one message"
    moments = sorted(moment for times in arrived.values() for moment in times)
    late, named = made["late"], f"{CHANNELS:,} digests of a minute"
    report(f"{named}: requests to Genesys", len(asked), "requests", bound=4)
    report(f"{named}: until the first", moments[0] / RATE, "s", bound=5)
    # What the bot and the stand-ins take to think counts tenfold here: slots go by that it would use in real time.
    report(f"{named}: from first to last, by Slack's clock", (moments[-1] - moments[0]) / 60, "min", bound=SLACKS)
    report(f"{named}: the same, {RATE} times as fast", (moments[-1] - moments[0]) / RATE, "s", bound=SLACKS * 60 / RATE)
    report(f"{named}: processor time for each", made["processor_ms"] / CHANNELS, "ms", bound=25)
    report(f"{named}: peak memory above idle", made["peak"] - made["idle"], "MiB", bound=100)
    report(f"{named}: event loop late, p99", late[len(late) * 99 // 100], "ms", bound=20)
    report(f"{named}: event loop late, worst", late[-1], "ms", bound=200)
    report(f"{named}: /sla acknowledged meanwhile, median", acknowledged[len(acknowledged) // 2], "ms", bound=50)
    report(f"{named}: /sla acknowledged meanwhile, worst", acknowledged[-1], "ms", bound=3000)
    report("one look with 1,000 subscriptions and nothing due", idle["idle_ms"], "ms", bound=100)
