"""Alerts on the whole road: a contact centre of which every call is known, the local Slack, and bots that watch.

    calm(10 to 20 o'clock) + late(…) + standing(…) ─► centre ─► Genesys ─► watch ─► local Slack

Every figure of a story follows from what its calls say; the clock moves when the story says so.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

from bot.demo.centre import Centre
from bot.demo.centre_visits import Outcome, Visit, epoch_ms
from bot.demo.slack_attachments import all_blocks
from bot.demo.slack_people import ANA, BILLING_FLOOR
from tests.stories.mornings import BILLING, CLAIMS, NIGHT, SALES, Clock, Morning, open_bot, open_world

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from bot.demo.centre_organisation import Queue
    from bot.demo.slack_workspace import ChannelId, Message, UserId
    from bot.demo.world import World

MINUTE = timedelta(minutes=1)
DAY = datetime(2026, 11, 11, tzinfo=UTC)
"""A Wednesday; London keeps UTC in November."""
QUEUES = (BILLING, SALES, CLAIMS, NIGHT)
PROMPT, LATE, TALK = 5_000, 90_000, 60_000
"""Milliseconds: answered within every target, after every target, and talked."""
FIRST = "alert_acknowledge"
_serial = count()


def at(clock_time: str, *, day: datetime = DAY) -> datetime:
    """“10:32” of the day, UTC."""
    hours, minutes = clock_time.split(":")
    return day + timedelta(hours=int(hours), minutes=int(minutes))


def calls(
    queue: Queue, start: datetime, end: datetime, *, wait: int = PROMPT, every: timedelta = MINUTE
) -> list[Visit]:
    """One call after another, all answered after `wait` milliseconds."""
    number = (end - start) // every
    return [_answered(queue, start + each * every, wait) for each in range(number)]


def standing(queue: Queue, number: int, start: datetime, end: datetime) -> list[Visit]:
    """So many callers who stand in line from `start`, and are all answered at `end`."""
    wait = (end - start) // timedelta(milliseconds=1)
    return [_answered(queue, start, wait) for _ in range(number)]


def a_day(
    *late: tuple[Queue, str, str], day: datetime = DAY, opens: str = "08:00", closes: str = "20:00"
) -> list[Visit]:
    """A call a minute in every queue but one, all in time; within the stretches in `late`, all too late."""
    visits = []
    for queue in (BILLING, SALES, CLAIMS):
        moment, end = at(opens, day=day), at(closes, day=day)
        while moment < end:
            bad = any(q is queue and at(a, day=day) <= moment < at(b, day=day) for q, a, b in late)
            visits.append(_answered(queue, moment, LATE if bad else PROMPT))
            moment += MINUTE
    return visits


def _answered(queue: Queue, moment: datetime, wait: int) -> Visit:
    return Visit(
        conversation_id=f"a{next(_serial):015x}",
        queue_id=queue.id,
        offered_ms=epoch_ms(moment),
        outcome=Outcome.ANSWERED,
        wait_ms=wait,
        talk_ms=TALK,
    )


def centre_of(*visits: Iterable[Visit]) -> Centre:
    """With exactly these calls."""
    return Centre.of(QUEUES, [visit for some in visits for visit in some])


@dataclass(frozen=True, slots=True, kw_only=True)
class Watcher(Morning):
    """People in a channel, a bot that watches, and the minutes."""

    async def look(self) -> None:
        """The bot looks once, and has done all that follows from it."""
        watch = self.app.alerts.watch
        while ticking := watch._ticking:  # what the timetable began when the bot started
            await asyncio.wait({ticking})
            await asyncio.sleep(0)
        await watch.tick()
        await self.app.alerts.lookout.settled()
        await self.app.promises.settled()

    async def adds(self, *rules: str, channel: ChannelId = BILLING_FLOOR, user: UserId = ANA) -> None:
        """Somebody types `/alert add` and each of these; the bot has looked at what they are about."""
        for rule in rules:
            said = await self.says(f"/alert add {rule}", channel=channel, user=user)
            assert "is set" in said.text, said.text
        await self.look()

    async def minutes(self, number: int) -> None:
        """So many pass, with a look in each."""
        for _ in range(number):
            self.clock.jump(by=MINUTE)
            await self.look()

    async def calm(self, moment: str, *, every: int = 5) -> None:
        """Until then, with a look every few minutes: up to ten, nobody calls that an absence."""
        end = self._moment(moment)
        while self.clock.now < end:
            self.clock.jump(by=min(every * MINUTE, end - self.clock.now))
            await self.look()

    def _moment(self, moment: str) -> datetime:
        end = at(moment, day=self.clock.now.replace(hour=0, minute=0, second=0, microsecond=0))
        assert end >= self.clock.now, f"{end} is past at {self.clock.now}"
        return end

    async def watch(self, moment: str) -> None:
        """Minute by minute until it is “10:32” of the clock's day (UTC)."""
        end = self._moment(moment)
        while self.clock.now < end:
            await self.minutes(1)

    def alerts(self, channel: ChannelId = BILLING_FLOOR) -> list[Message]:
        """The living messages in a channel: those with a coloured part, oldest first."""
        return [message for message in self.posted(channel) if message.attachments]

    def alert(self, channel: ChannelId = BILLING_FLOOR) -> Message:
        """The only one."""
        (message,) = self.alerts(channel)
        return message

    def thread(self, message: Message) -> list[str]:
        """What its thread says, line by line."""
        here = self.world.slack.messages(message.channel)
        return [one.text for one in here if one.thread_ts == message.ts and one.ts != message.ts and not one.deleted]

    async def private(self, message: Message, action: str, *, user: UserId = ANA, value: object = None) -> list[str]:
        """Press, and read what the one who pressed is told alone."""
        before = {one.ts for one in self.world.slack.messages(message.channel)}
        await self.press(message, action, user=user, value=value)
        after = self.world.slack.messages(message.channel)
        return [one.text for one in after if one.ephemeral_to == user and one.ts not in before]

    async def press(self, message: Message, action: str, *, user: UserId = ANA, value: object = None) -> None:
        """Press, and wait until all that follows from it is done."""
        if value is not None:
            value = f"{value}:{bulletin_of(message)}"
        await self.presses(message, action, user=user, value=value)
        await self.app.promises.settled()


def shown(message: Message) -> str:
    """All words of a message and of its coloured part."""
    return "\n".join(_texts(all_blocks(message)))


def words_of(body: Any) -> str:
    """All words of a modal or the Home tab."""
    return "\n".join(_texts(body["blocks"]))


def bar(message: Message) -> str:
    """The colour of its line."""
    return str(message.attachments[0]["color"])


def buttons(message: Message) -> list[str]:
    """The action ids of what can be pressed."""
    return [e["action_id"] for block in all_blocks(message) if block["type"] == "actions" for e in block["elements"]]


def bulletin_of(message: Message) -> str:
    """The id that its buttons carry."""
    ids = [block["block_id"] for block in all_blocks(message) if block["type"] == "actions"]
    return str(ids[0]).split(":")[1]


def _texts(part: Any) -> list[str]:
    if isinstance(part, dict):
        if part.get("type") in {"plain_text", "mrkdwn", "text"}:
            return [str(part["text"])]
        return [text for each in part.values() for text in _texts(each)]
    if isinstance(part, list | tuple):
        return [text for each in part for text in _texts(each)]
    return []


@asynccontextmanager
async def watching(
    centre: Centre, start: datetime, *rules: str, channel: ChannelId = BILLING_FLOOR, **environment: str
) -> AsyncIterator[Watcher]:
    """A world and a bot in it, from `start`; in `channel` somebody has typed `/alert add` and each rule."""
    clock = Clock(start)
    async with open_world(clock, centre=centre) as stage, open_watcher(stage, clock, **environment) as watcher:
        await watcher.adds(*rules, channel=channel)
        yield watcher


@asynccontextmanager
async def open_watcher(stage: World, clock: Clock, **environment: str) -> AsyncIterator[Watcher]:
    """A bot in that world, until the end of the block."""
    async with open_bot(stage, clock, **environment) as morning:
        yield Watcher(world=morning.world, app=morning.app, clock=clock)
