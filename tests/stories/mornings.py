"""Digests on the whole road, on clocks that the story moves: a small contact centre, the local Slack, and bots."""

from __future__ import annotations

import asyncio
import random
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from bot.app import Tempo, running
from bot.commands.catalogue import COMMANDS
from bot.demo.centre import Centre
from bot.demo.centre_organisation import Queue
from bot.demo.centre_visits import Outcome, Visit, epoch_ms
from bot.demo.slack_desk import Command
from bot.demo.slack_people import ANA, BILLING_FLOOR, direct_id
from bot.demo.world import world
from bot.settings import Settings
from tests.official_client import judge_aggregates

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from bot.app import App
    from bot.demo.slack_acks import Ack
    from bot.demo.slack_desk import Given
    from bot.demo.slack_replies import Reply
    from bot.demo.slack_workspace import ChannelId, Message, UserId, View
    from bot.demo.world import World

WEDNESDAY = datetime(2026, 11, 11, 10, 0, tzinfo=UTC)
"""When people are at their desks; London keeps UTC in November."""
THURSDAY, FRIDAY, SATURDAY, MONDAY, TUESDAY = (
    datetime(2026, 11, day, 7, 45, tzinfo=UTC) for day in (12, 13, 14, 16, 17)
)
"""The mornings after it, when digests of these stories are due."""
PATIENT = timedelta(seconds=30)
SOON = timedelta(seconds=5)
BILLING, SALES, CLAIMS, NIGHT = (Queue.named(name) for name in ("Billing", "Sales", "Claims", "Night Line"))
"""The last of them is one that nobody calls."""
AGGREGATES = "/api/v2/analytics/conversations/aggregates/query"


class Clock:
    """The date, which stands still until it is set; and seconds that pass as fast as somebody waits for them."""

    def __init__(self, now: datetime = WEDNESDAY) -> None:
        self.now = now
        self._seconds = 1000.0

    def __call__(self) -> datetime:
        return self.now

    def monotonic(self) -> float:
        return self._seconds

    async def sleep(self, seconds: float) -> None:
        over = self._seconds + seconds
        await asyncio.sleep(0)
        self._seconds = max(self._seconds, over)

    def jump(self, to: datetime | None = None, *, by: timedelta = timedelta()) -> None:
        step = to - self.now if to else by
        assert step >= timedelta()
        self.now += step
        self._seconds += step.total_seconds()

    @property
    def tempo(self) -> Tempo:
        """The timetable looks once, at the start; from then on the story says when."""
        return Tempo(clock=self.monotonic, sleep=self.sleep, tick=timedelta(days=1))


@cache
def quiet_centre() -> Centre:
    """Some hundred calls a day from the beginning of October to the end of November, weekends quieter."""
    chance = random.Random(11)
    visits = [
        _call(chance, queue, day, hour)
        for day in (date(2026, 10, 1) + timedelta(days=number) for number in range(61))
        for queue, calls in ((BILLING, 5), (SALES, 4), (CLAIMS, 2))
        for hour in range(8, 18)
        for _ in range(calls if day.weekday() < 5 else 1)
    ]
    return Centre.of([BILLING, SALES, CLAIMS, NIGHT], visits)


def _call(chance: random.Random, queue: Queue, day: date, hour: int) -> Visit:
    waited = round(chance.expovariate(1 / 18_000))
    answered = waited < 90_000 and chance.random() < 0.93
    return Visit(
        conversation_id=f"c{chance.getrandbits(64):016x}",
        queue_id=queue.id,
        offered_ms=epoch_ms(datetime(day.year, day.month, day.day, hour, tzinfo=UTC)) + chance.randrange(3_400_000),
        outcome=Outcome.ANSWERED if answered else Outcome.ABANDONED,
        wait_ms=waited,
        talk_ms=chance.randrange(60_000, 400_000) if answered else 0,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Morning:
    """People at their desks, a bot, and the time of day."""

    world: World
    app: App
    clock: Clock

    async def tick(self) -> None:
        """The bot looks what is due, and has done what it could."""
        while looking := self.app.digests._looking:  # what the timetable began when the bot started
            await asyncio.wait({looking})
            await asyncio.sleep(0)
        await self.app.digests.tick()

    async def filed(self) -> None:
        """The files that the last look began to send are sent."""
        if filing := self.app.digests._filing:
            await asyncio.wait({filing})

    async def at(self, moment: datetime, *, after: timedelta = SOON) -> None:
        """It is `moment` and some seconds, and the bot looks what is due."""
        self.clock.jump(moment + after)
        await self.tick()

    async def types(self, text: str, *, user: UserId = ANA, channel: ChannelId = BILLING_FLOOR) -> Reply:
        """A whole line, as `/digest list`."""
        command, _, rest = text.partition(" ")
        return await self.world.slack.command(user, channel, command, rest)

    async def says(self, text: str, *, user: UserId = ANA, channel: ChannelId = BILLING_FLOOR) -> Message:
        """Type a whole line and read the last word, when all that follows from it has been done."""
        said = await last_word(await self.types(text, user=user, channel=channel))
        await self.app.promises.settled()
        return said

    async def presses(self, place: Message | View, action: str, *, user: UserId = ANA, value: object = None) -> Reply:
        return await self.world.slack.click(user, place, action, value=value)

    async def told(self, place: Message | View, action: str, *, user: UserId = ANA) -> Message:
        """Press and read the last word, when all that follows from it has been done."""
        said = await last_word(await self.presses(place, action, user=user))
        await self.app.promises.settled()
        return said

    async def window(self, reply: Reply, title: str) -> View:
        return await reply.modal(title, within=PATIENT)

    async def sends(self, view: View, entered: Given, *, user: UserId = ANA) -> Reply:
        """Fill in a window and press its button."""
        reply = await self.world.slack.submit(user, view, entered)
        await self.app.promises.settled()
        return reply

    async def befalls(self, happening: Awaitable[Ack]) -> None:
        """Something happens to a channel, and the bot has done what follows from it."""
        await happening
        await self.app.promises.settled()

    async def home(self, user: UserId = ANA) -> View:
        reply = await self.world.slack.open_home(user)
        await self.app.promises.settled()
        return await reply.home(within=PATIENT)

    def posted(self, channel: ChannelId = BILLING_FLOOR) -> list[Message]:
        """What everybody in the channel has been told by the bot, outside threads, oldest first."""
        bot = self.world.slack.workspace.bot
        here = self.world.slack.messages(channel)
        return [m for m in here if m.user == bot and m.ephemeral_to is None and m.thread_ts is None and not m.deleted]

    def direct(self, user: UserId = ANA) -> list[Message]:
        """What the bot has told a person."""
        return self.posted(direct_id(user))

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something has happened in Slack, for half a minute at most."""
        async with asyncio.timeout(PATIENT.total_seconds()):
            await self.world.slack.workspace.journal.first(lambda: holds() or None)


async def last_word(reply: Reply) -> Message:
    return await reply.until(lambda message: not message.text.startswith("Reading Genesys"), within=PATIENT)


@asynccontextmanager
async def open_world(
    clock: Clock, *, centre: Centre | None = None, request_url: str | None = None
) -> AsyncIterator[World]:
    """Both stand-ins; Slack waits longer for an acknowledgement than the real one, and limits nothing unasked.

    `request_url` is the bot's address, where Slack is to use signed HTTP.
    """
    commands = [Command(name=f"/{command.name}", description=command.summary) for command in COMMANDS]
    centre = centre or quiet_centre()
    async with world(
        now=clock, commands=commands, centre=centre, request_url=request_url, pace=None, workspace_pace=None
    ) as stage:
        stage.slack.ack_within = PATIENT
        yield stage
        for asked in stage.requests.to(AGGREGATES):
            judge_aggregates(asked.body)


@asynccontextmanager
async def open_bot(stage: World, clock: Clock, **environment: str) -> AsyncIterator[Morning]:
    """A bot in that world, from now until the end of the block."""
    usual = {"PORT": "0", "DATABASE_URL": "sqlite:///:memory:"}
    settings = Settings.from_env(stage.environment | usual | environment)
    async with running(settings, host="127.0.0.1", now=clock, tempo=clock.tempo) as app:
        yield Morning(world=stage, app=app, clock=clock)


@asynccontextmanager
async def open_morning(*, centre: Centre | None = None, **environment: str) -> AsyncIterator[Morning]:
    """A world with a bot in it, on a Wednesday at ten."""
    clock = Clock()
    async with AsyncExitStack() as stack:
        stage = await stack.enter_async_context(open_world(clock, centre=centre))
        yield await stack.enter_async_context(open_bot(stage, clock, **environment))
