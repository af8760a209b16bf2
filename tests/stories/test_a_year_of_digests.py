"""Digests on a virtual clock: typed in Slack, sent by the whole bot over sockets, and judged by what Slack has then.

The bot lives through a year with one daily digest in each of four zones, and weekly and monthly ones beside it, which
takes a minute; and through the days around every change of clocks with digests of all kinds, at minutes that the clocks
skip or show twice. All of these through the whole year would be twelve thousand messages.

The bot looks what is due when the test says so: in the minute, before it and after it. Now and then it does not look
for up to twenty minutes, or is stopped and started again on the same database in between.
"""

from __future__ import annotations

import asyncio
import logging
import random
import re
from bisect import bisect_left
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from typing import TYPE_CHECKING, Self
from zoneinfo import ZoneInfo

import pytest
import structlog

from bot.app import Tempo, running
from bot.commands.catalogue import COMMANDS
from bot.demo.centre import Centre
from bot.demo.centre_organisation import Queue
from bot.demo.centre_visits import Outcome, Visit, epoch_ms
from bot.demo.slack_desk import Command
from bot.demo.slack_people import ANA, BOT, direct_id
from bot.demo.slack_workspace import Channel, ChannelId
from bot.demo.world import World, world
from bot.settings import Settings
from bot.store.schema import migrate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from bot.app import App
    from bot.demo.slack_workspace import Message

pytestmark = pytest.mark.timeout(400)

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
QUARTER = timedelta(minutes=15)
"""The clocks of these zones, and all times of these digests, stand at multiples of it."""
LONGEST_GAP = 20
"""Minutes without a look."""
LATE = timedelta(minutes=5)
CITIES = {
    "London": "Europe/London",
    "New York": "America/New_York",
    "Lord Howe": "Australia/Lord_Howe",
    "Kathmandu": "Asia/Kathmandu",
}
ROOMS = {city: ChannelId(f"C0{city.replace(' ', '').upper()}") for city in CITIES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A digest as a person asks for it, and when it has to come by a walk through the clocks of its zone."""

    city: str
    days: str
    at: time

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(CITIES[self.city])

    @property
    def words(self) -> str:
        return f'add "{self.city}" {self.days} {self.at:%H:%M} {self.zone.key}'

    def due(self, first: datetime, last: datetime) -> dict[date, datetime]:
        """Local date to the first instant of it at which the clocks show the time or a later one."""
        found: dict[date, datetime] = {}
        for local in walked(self.city, first - DAY, last):
            if local.time() >= self.at and self._on(local.date()):
                found.setdefault(local.date(), local.astimezone(UTC))
        return {day: instant for day, instant in found.items() if first < instant <= last}

    def contacts(self, day: date) -> int:
        """What it has to tell on that day: the calls of the local days that it covers."""
        return sum(len(calls(self.city, each)) for each in self._covered(day))

    def _on(self, day: date) -> bool:
        last_of_month = (day + DAY).day == 1
        return {
            "daily": True,
            "weekdays": day.weekday() < 5,
            "weekly sun": day.weekday() == 6,
            "monthly 1": day.day == 1,
            "monthly 31": last_of_month,
        }[self.days]

    def _covered(self, day: date) -> list[date]:
        if self.days.startswith("monthly"):
            last = day.replace(day=1) - DAY
            return [last.replace(day=number) for number in range(1, last.day + 1)]
        if self.days.startswith("weekly"):
            monday = day - (day.weekday() + 7) * DAY
            return [monday + number * DAY for number in range(7)]
        return [day - DAY]


def walked(city: str, first: datetime, last: datetime) -> Iterator[datetime]:
    """What the clocks there show, every quarter of an hour."""
    zone = ZoneInfo(CITIES[city])
    return ((first + number * QUARTER).astimezone(zone) for number in range((last - first) // QUARTER + 1))


def calls(city: str, day: date) -> list[datetime]:
    """In the first millisecond of the local day, at noon, and in the last; never as many as on the day before or after.

    A period that begins or ends a millisecond off, or an hour, or is of another day, has another number of them.
    """
    zone, number = ZoneInfo(CITIES[city]), day.toordinal()
    opens = datetime.combine(day, time(), zone).astimezone(UTC)
    closes = datetime.combine(day + DAY, time(), zone).astimezone(UTC) - timedelta(milliseconds=1)
    noon = datetime.combine(day, time(12), zone).astimezone(UTC)
    return [opens] * (1 + number % 3) + [noon] * (number % 5) + [closes] * (1 + 2 * number % 3)


def quiet_centre(first: date, last: date) -> Centre:
    """A queue for each city, with `calls` on these local days, all answered at once."""
    queues = {city: Queue.named(city) for city in CITIES}
    days = [first + number * DAY for number in range((last - first).days + 1)]
    visits = [
        Visit(
            conversation_id=f"{city} {day} {number}",
            queue_id=queues[city].id,
            offered_ms=epoch_ms(at),
            outcome=Outcome.ANSWERED,
        )
        for city, day in product(CITIES, days)
        for number, at in enumerate(calls(city, day))
    ]
    return Centre.of(queues.values(), visits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """An instant at which the bot looks what is due."""

    at: datetime
    restarted: bool = False
    """It was stopped at the look before, and this is its first one again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    start: datetime
    end: datetime
    restart: bool

    def holds(self, instant: datetime) -> bool:
        return self.start <= instant < self.end


def gaps_in(dues: list[datetime], restarts: int, chance: random.Random) -> list[Gap]:
    """Around every twentieth instant at which something is due, and at random ones with a restart."""
    found = []
    middles = [(due, False) for due in chance.sample(dues, len(dues) // 20)]
    span = (dues[-1] - dues[0]) // MINUTE
    middles += [(dues[0] + chance.randrange(span) * MINUTE, True) for _ in range(restarts // 2)]
    middles += [(due, True) for due in chance.sample(dues, restarts - restarts // 2)]
    for middle, restart in middles:
        start = middle - chance.randrange(LONGEST_GAP) * MINUTE
        found.append(Gap(start=start, end=start + chance.randint(1, LONGEST_GAP) * MINUTE, restart=restart))
    return found


def looks_at(
    dues: list[datetime], gaps: list[Gap], grid: timedelta, chance: random.Random, last: datetime
) -> list[Look]:
    """In each minute in which something is due, sometimes minutes before and after it, and along the grid."""

    def seconds() -> timedelta:
        return timedelta(seconds=chance.randrange(59))

    instants = {due + seconds() for due in dues}
    instants |= {due - chance.randint(1, 5) * MINUTE for due in dues if chance.random() < 0.1}
    instants |= {due + chance.randint(2, 9) * MINUTE for due in dues if chance.random() < 0.1}
    instants |= {dues[0] + number * grid + seconds() for number in range((last - dues[0]) // grid)}
    # A gap that begins in another one begins with it, so that nobody looks between a stop and its start.
    open_ = [at for at in instants if at <= last and not any(gap.holds(at) for gap in gaps)]
    ends = [gap for gap in gaps if gap.end <= last and not any(other.holds(gap.end) for other in gaps)]
    found = {at: Look(at=at) for at in open_}
    for gap in ends:
        restarted = any(other.restart and other.end <= gap.end for other in _joined(gap, gaps))
        found[gap.end] = Look(at=gap.end, restarted=restarted)
    return [found[at] for at in sorted(found)]


def _joined(gap: Gap, gaps: list[Gap]) -> list[Gap]:
    """The gap and those that lead into it."""
    chain = [gap]
    for one in chain:
        chain += [other for other in gaps if other not in chain and one.holds(other.end)]
        chain += [other for other in gaps if other not in chain and other.end == one.end]
    return chain


@dataclass(kw_only=True)
class Clock:
    """The date, which the test sets; seconds pass with it, and as fast as somebody waits for them."""

    now: datetime
    waited: float = 0.0
    began: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.began = self.now

    def __call__(self) -> datetime:
        return self.now

    def monotonic(self) -> float:
        return (self.now - self.began).total_seconds() + self.waited

    async def sleep(self, seconds: float) -> None:
        self.waited += seconds
        await asyncio.sleep(0)


class Bot:
    """The real one, as often as it is started on its database; it runs inside, from the beginning to the end."""

    def __init__(self, stage: World, clock: Clock, url: str) -> None:
        self._settings = Settings.from_env(stage.environment | {"PORT": "0", "DATABASE_URL": url})
        self._clock = clock
        self._life = AsyncExitStack()
        self._app: App | None = None

    async def __aenter__(self) -> Self:
        await self._start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._life.aclose()

    async def restart(self, at: datetime) -> None:
        """It is not running until then."""
        await self._life.aclose()
        self._clock.now = at
        await self._start()

    async def _start(self) -> None:
        # It looks what is due as soon as it runs; from then on only when it is told to.
        tempo = Tempo(clock=self._clock.monotonic, sleep=self._clock.sleep, tick=timedelta(days=1))
        bot = running(self._settings, host="127.0.0.1", now=self._clock, tempo=tempo)
        self._app = await self._life.enter_async_context(bot)

    async def look(self) -> None:
        assert self._app
        if beginning := self._app.digests._looking:
            await asyncio.wait({beginning})  # while one is at work, another does nothing
        await self._app.digests.tick()


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A digest as it stands in its channel."""

    city: str
    number: int
    sent: datetime
    offered: int
    late: bool


def read_digest(city: str, message: Message, read: Callable[[object], str]) -> Read:
    text = read(message.blocks)
    found = re.search(r"Digest (\d+) · Next", text)
    assert found, text
    (table,) = (block for block in message.blocks if block["type"] == "table")
    heads, line = table["rows"]
    offered = next(cell for head, cell in zip(heads, line, strict=True) if head["text"] == "Offered")
    return Read(
        city=city,
        number=int(found[1]),
        sent=datetime.fromtimestamp(float(message.ts), UTC),
        offered=offered["value"],
        late=re.search(r"Sent .+ late: ", text) is not None,
    )


async def ordered(stage: World, wanted: Iterable[Wanted]) -> dict[tuple[str, int], Wanted]:
    """Ask for each in the channel of its city. By city and the number that the bot gave it."""
    found = {}
    for one in wanted:
        reply = await stage.slack.command(ANA, ROOMS[one.city], "/digest", one.words)
        answer = await reply.until(lambda message: "is set" in message.text)
        number = re.match(r"Digest (\d+) is set", answer.text)
        assert number
        found[one.city, int(number[1])] = one
    return found


@pytest.fixture
def quiet() -> Iterator[None]:
    """Every reply of Genesys is a line of the log, and there are thousands."""
    before = structlog.get_config()["wrapper_class"]
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    yield
    structlog.configure(wrapper_class=before)


def of_the_year() -> list[Wanted]:
    rows = (
        ("London", "weekly sun", time(1, 30)),
        ("Kathmandu", "weekly sun", time(0, 30)),
        ("New York", "monthly 31", time(2, 30)),
        ("Lord Howe", "monthly 1", time(1, 30)),
    )
    every = [Wanted(city=city, days="daily", at=time(7, 45)) for city in CITIES]
    return every + [Wanted(city=city, days=days, at=at) for city, days, at in rows]


def around_changes() -> list[Wanted]:
    every = [Wanted(city=city, days="daily", at=at) for city in CITIES for at in (time(1, 30), time(2, 30))]
    every += [Wanted(city="Lord Howe", days="daily", at=time(2, 15))]  # it skips half an hour only: 02:00 to 02:30
    for city in CITIES:
        every += [Wanted(city=city, days=days, at=time(0, 30)) for days in ("weekdays", "monthly 31")]
        every += [Wanted(city=city, days=days, at=time(1, 30)) for days in ("weekly sun", "monthly 1")]
        every += [Wanted(city=city, days="weekdays", at=time(7, 45))]
    return every


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize(
    ("first", "last", "wanted", "grid", "restarts"),
    [
        pytest.param(date(2026, 2, 24), date(2027, 2, 24), of_the_year(), 10 * DAY, 12, id="a year"),
        *(
            pytest.param(first, first + 3 * DAY, around_changes(), timedelta(minutes=30), 2, id=what)
            for first, what in (
                (date(2026, 3, 6), "New York goes forward"),
                (date(2026, 3, 27), "London goes forward"),
                (date(2026, 4, 3), "Lord Howe goes back"),
                (date(2026, 10, 2), "Lord Howe goes forward"),
                (date(2026, 10, 23), "London goes back"),
                (date(2026, 10, 30), "New York goes back"),
            )
        ),
    ],
)
async def test_each_local_day_has_its_digest_once_in_its_minute(
    first: date,
    last: date,
    wanted: list[Wanted],
    grid: timedelta,
    restarts: int,
    tmp_path: Path,
    read: Callable[[object], str],
    seed: int,
) -> None:
    chance = random.Random(seed)
    begin, end = datetime.combine(first, time(12), UTC), datetime.combine(last, time(18), UTC)
    expected = {one: one.due(begin, end) for one in wanted}
    dues = sorted({instant for one in expected.values() for instant in one.values()})
    gaps = gaps_in(dues, restarts, chance)
    looks = looks_at(dues, gaps, grid, chance, end)
    instants = [look.at for look in looks]

    clock = Clock(now=begin)
    url = f"sqlite:///{tmp_path}/bot.db"
    await migrate(url)
    commands = [Command(name=f"/{command.name}", description=command.summary) for command in COMMANDS]
    async with world(
        now=clock, commands=commands, centre=quiet_centre(first - 62 * DAY, last), tempo=clock.monotonic
    ) as stage:
        for city, room in ROOMS.items():
            members = frozenset({ANA, BOT})
            stage.slack.workspace.channels[room] = Channel(id=room, name=city.lower(), members=members)
        async with Bot(stage, clock, url) as bot:
            numbers = await ordered(stage, wanted)
            for look in looks:
                if look.restarted:
                    await bot.restart(look.at)
                clock.now = look.at
                await bot.look()
        sent = [
            read_digest(city, message, read)
            for city, room in ROOMS.items()
            for message in stage.slack.messages(room)
            if message.ephemeral_to is None and message.user == BOT and " is set" not in message.text
        ]
        told = [message.text for message in stage.slack.messages(direct_id(ANA))]

    left = {one: dict(days) for one, days in expected.items()}
    for each in sorted(sent, key=lambda one: one.sent):
        one = numbers[each.city, each.number]
        what = f"{one.words}: {each.sent.astimezone(one.zone)}"
        day = each.sent.astimezone(one.zone).date()
        due = left[one].pop(day, None)
        assert due is not None, f"{what}: a second one, or on a wrong day"
        look = instants[bisect_left(instants, due)]
        assert timedelta() <= each.sent - look < timedelta(seconds=1), f"{what}: not when the bot looked"
        if not any(gap.holds(due) or gap.holds(due + MINUTE) for gap in gaps):
            assert due <= each.sent < due + MINUTE, f"{what}: not in its minute"
        assert each.late is (look - due > LATE), what
        assert each.offered == one.contacts(day), f"{what}: another period"
    assert not any(left.values()), left
    assert told == []
