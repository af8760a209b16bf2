"""Five thousand rules over five hundred queues: what a minute costs, and how soon a breach is told."""

from __future__ import annotations

import asyncio
import json
import math
import random
import sys
import time
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from bot.demo.centre import Centre
from bot.demo.centre_organisation import Flow, Queue
from bot.demo.centre_visits import Outcome, Visit, epoch_ms
from bot.demo.slack_people import ANA, BOT, TEAM
from bot.demo.slack_workspace import Channel, ChannelId
from bot.demo.world import World, world
from bot.domain import ids
from bot.domain.alerts.rules import Compare, Condition, Kind, Terms
from bot.domain.alerts.samples import KEPT, QUARTER, Place, Sample, quarter_of
from bot.domain.questions import QueueWord
from bot.domain.queues import Media
from bot.store.database import open_store
from bot.store.schema import migrate
from bot.usecases.samples.grid import filled_up

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence

    from bot.demo.slack_workspace import Message

pytestmark = [pytest.mark.benchmark, pytest.mark.long, pytest.mark.timeout(900)]

SCRIPT = Path(__file__).parent / "run_alerts.py"
QUEUES, CHANNELS, RULES, BREACHES = 500, 50, 5_000, 50
UNUSUAL = 50
"""Queues with a rule about what is unusual."""
NOON = datetime(2026, 11, 18, 12, 2, 30, tzinfo=UTC)
MINUTES = 60
MINUTE, SECOND, WEEK = timedelta(minutes=1), timedelta(seconds=1), timedelta(weeks=1)
LONDON = ZoneInfo("Europe/London")
OBSERVATIONS = "/api/v2/analytics/queues/observations/query"
AGGREGATES = "/api/v2/analytics/conversations/aggregates/query"
THRESHOLDS = (timedelta(seconds=20), timedelta(seconds=30))


def queues() -> list[Queue]:
    return [Queue.named(f"Team {number:03}", voice=Flow(weekday=20.0)) for number in range(QUEUES)]


def floors() -> list[ChannelId]:
    """Where the many rules are."""
    return [ChannelId(f"C{number:08}") for number in range(CHANNELS)]


def desks() -> list[ChannelId]:
    """Where one breach each is told."""
    return [ChannelId(f"D{number:08}".replace("D", "C9")) for number in range(BREACHES)]


def below(measure: str, limit: Fraction, recovery: Fraction, threshold: timedelta | None = None) -> Condition:
    return Condition(measure=measure, compare=Compare.BELOW, limit=limit, recovery=recovery, threshold=threshold)


def above(measure: str, limit: int | Fraction, recovery: int | Fraction) -> Condition:
    return Condition(
        measure=measure, compare=Compare.ABOVE, limit=Fraction(limit), recovery=Fraction(recovery), threshold=None
    )


def many(queue: str, number: int) -> list[Terms]:
    """Ten rules of one queue, half of them looked at every minute; none of them fires in an ordinary hour."""
    words = (QueueWord(text=queue, quoted=True),)

    def rule(*conditions: Condition, **other: Any) -> Terms:
        return Terms(queues=words, kind=Kind.THRESHOLD, conditions=conditions, zone=LONDON, **other)

    ten = [
        rule(below("service_level", Fraction(8, 10), Fraction(85, 100))),
        rule(below("service_level", Fraction(7, 10), Fraction(75, 100), THRESHOLDS[1]), window=timedelta(hours=1)),
        rule(above("abandon_share", Fraction(1, 10), Fraction(8, 100))),
        rule(above("asa_seconds", 60, 45)),
        rule(above("waiting", 20, 15), pending=2 * MINUTE),
        rule(above("oldest_wait", 600, 300), pending=2 * MINUTE),
        rule(above("waiting", 10, 8), below("service_level", Fraction(8, 10), Fraction(85, 100))),
        rule(above("waiting", 30, 20), pending=timedelta()),
        rule(above("interacting", 200, 150), pending=5 * MINUTE),
        rule(above("aht_seconds", 900, 800)),
    ]
    if number < UNUSUAL:
        ten[-1] = Terms(queues=words, kind=Kind.UNUSUAL, zone=LONDON)
    return ten


async def ruled(url: str) -> None:
    """The many rules, those that will be broken, and a past in which nothing is left to be fetched."""
    every = [queue.id for queue in queues()]
    async with open_store(url) as store:
        terms = [each for number, queue in enumerate(every) for each in many(queue, number)]
        assert len(terms) == RULES
        placed = [(floors()[number % CHANNELS], each) for number, each in enumerate(terms)]
        for number, desk in enumerate(desks()):
            words = (QueueWord(text=every[number], quoted=True),)
            soon = Terms(
                queues=words, kind=Kind.THRESHOLD, conditions=(above("waiting", 3, 2),), zone=LONDON, pending=0 * SECOND
            )
            placed.append((desk, soon))
        for channel, each in placed:
            await store.rules.create(
                each,
                team=ids.TeamId(TEAM),
                channel=ids.ChannelId(channel),
                owner=ids.UserId(ANA),
                now=NOON - timedelta(hours=1),
            )
        thresholds = filled_up(frozenset(THRESHOLDS))
        start, end = quarter_of(NOON - KEPT), quarter_of(NOON)
        while start < end:
            until = min(start + timedelta(days=1), end)
            starts = [start + n * QUARTER for n in range((until - start) // QUARTER)]
            known = [each for one in starts if end - one < 2 * WEEK for each in usual(every[:UNUSUAL], one)]
            await store.samples.record(starts, known, thresholds=thresholds, fetched_at=NOON)
            start = until


def usual(some: Sequence[str], start: datetime) -> Iterator[Sample]:
    for queue in some:
        place = Place(ids.QueueId(queue), Media.VOICE)
        yield Sample(place=place, start=start, offered=3, answered=3, within=dict.fromkeys(THRESHOLDS, 3))


def breaches() -> list[datetime]:
    """When the fourth caller of each desk's queue comes: once a minute, at any second of it."""
    chance = random.Random(5)
    return [NOON + (2 + number) * MINUTE + chance.uniform(0.5, 59.5) * SECOND for number in range(BREACHES)]


def visits() -> list[Visit]:
    """Three calls in a quarter hour for each queue, answered at once; and those who wait for ten minutes."""
    every, found = queues(), []
    for number, queue in enumerate(every):
        moment = NOON - timedelta(hours=5) + timedelta(seconds=number % 300)
        while moment < NOON + timedelta(minutes=MINUTES + 30):
            found.append(visit(queue, moment, 5_000))
            moment += timedelta(minutes=5)
    for queue, moment in zip(every, breaches(), strict=False):
        found += [visit(queue, moment - each * timedelta(milliseconds=50), 600_000 - each) for each in range(4)]
    return found


def visit(queue: Queue, offered: datetime, wait_ms: int) -> Visit:
    return Visit(
        conversation_id=f"{queue.name}-{epoch_ms(offered)}-{wait_ms}",
        queue_id=queue.id,
        offered_ms=epoch_ms(offered),
        wait_ms=wait_ms,
        outcome=Outcome.ANSWERED,
        talk_ms=120_000,
        acw_ms=5_000,
    )


@asynccontextmanager
async def bot(environment: dict[str, str]) -> AsyncIterator[asyncio.subprocess.Process]:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, str(SCRIPT), stdin=pipe, stdout=pipe, limit=2**24)
    try:
        await tell(process, environment=environment, now=NOON.isoformat())
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


class Desk:
    """Notes how long after the beginning of a look each desk's first message was in Slack."""

    def __init__(self, stage: World) -> None:
        self._workspace = stage.slack.workspace
        self._wanted = set(desks())
        self.began = 0.0
        self.after: dict[ChannelId, float] = {}

    async def watch(self) -> None:
        journal = self._workspace.journal
        while True:
            new = await journal.first(lambda: self._new() or None)
            for message in new:
                self.after[message.channel] = time.perf_counter() - self.began

    def _new(self) -> list[Message]:
        every = self._workspace.messages.values()
        return [one for one in every if one.channel in self._wanted and one.channel not in self.after]


def p95(values: Sequence[float]) -> float:
    return sorted(values)[math.ceil(len(values) * 0.95) - 1]


async def test_five_thousand_rules(report: Any, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/bot.db"
    await migrate(url)
    await ruled(url)
    clock = NOON
    centre = Centre.of(queues(), visits())
    passed = 0.0

    def tempo() -> float:
        return time.monotonic() + passed

    async with world(now=lambda: clock, commands=[], centre=centre, tempo=tempo) as stage:
        for channel in (*floors(), *desks()):
            members = frozenset({ANA, BOT})
            stage.slack.workspace.channels[channel] = Channel(id=channel, name=channel.lower(), members=members)
        desk = Desk(stage)
        watching = asyncio.create_task(desk.watch())
        steady, quarters, live, counted, saw = [], [], [], [], {}
        async with bot(stage.environment | {"PORT": "0", "DATABASE_URL": url}) as process:
            for minute in range(1, MINUTES + 1):
                clock = NOON + minute * MINUTE
                passed = (clock - NOON).total_seconds()
                before = len(stage.requests.to(OBSERVATIONS)), len(stage.requests.to(AGGREGATES))
                known = set(desk.after)
                desk.began = time.perf_counter()
                await tell(process, now=clock.isoformat())
                made = await told(process)
                saw |= dict.fromkeys(desk.after.keys() - known, clock)
                if minute <= 2:  # plan, detectors and the first rows
                    continue
                fresh = (clock - 2 * MINUTE).minute % 15 == 0
                (quarters if fresh else steady).append(made)
                (counted if fresh else live).append(
                    (len(stage.requests.to(OBSERVATIONS)) - before[0], len(stage.requests.to(AGGREGATES)) - before[1])
                )
        watching.cancel()

    named = f"{RULES:,} rules, {QUEUES} queues"
    assert len(desk.after) == BREACHES, "each breach is told"
    late = sorted(each for one in (*steady, *quarters) for each in one["late"])
    report(f"{named}: a minute, processor time, p95", p95([one["processor"] for one in steady]), "s", bound=2)
    report(
        f"{named}: a minute with a quarter hour, the same", p95([one["processor"] for one in quarters]), "s", bound=6
    )
    report(f"{named}: processor time beside, of a minute, p95", p95([one["beside"] for one in steady]), "s", bound=1)
    beside = p95([one["beside"] for one in quarters])
    report(f"{named}: processor time beside, of a quarter hour, p95", beside, "s", bound=3)
    report(f"{named}: a minute, until all is sent, p95", p95([one["seconds"] for one in steady]), "s", bound=10)
    report(f"{named}: requests, live, of a minute", max(one[0] for one in live), "requests", bound=5)
    report(f"{named}: requests, counts, of a minute", max(one[1] for one in live), "requests", bound=0)
    report(f"{named}: requests, counts, of a quarter hour", max(one[1] for one in counted), "requests", bound=5)
    report(f"{named}: event loop late, p99", late[len(late) * 99 // 100], "ms", bound=50)
    report(f"{named}: event loop late, worst", late[-1], "ms", bound=300)
    report(f"{named}: peak memory", max(one["peak"] for one in steady), "MiB", bound=400)
    waits = [(saw[channel] - moment).total_seconds() for channel, moment in zip(desks(), breaches(), strict=True)]
    worked = list(desk.after.values())
    told_after = [wait + work for wait, work in zip(waits, (desk.after[one] for one in desks()), strict=True)]
    report(f"{BREACHES} breaches: until the look that sees them, p95, by the clock", p95(waits), "s", bound=60)
    report(f"{BREACHES} breaches: from that look to the message, p95, measured", p95(worked), "s", bound=10)
    report(f"{BREACHES} breaches: both together, p95", p95(told_after), "s", bound=75)
