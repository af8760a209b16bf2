"""Digests between a simulated centre and a local Slack, on clocks that the test moves."""

from __future__ import annotations

import asyncio
import time as wall
from collections import Counter
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from aiohttp.test_utils import TestServer

from bot.demo.centre import Centre
from bot.demo.centre_organisation import Queue
from bot.demo.centre_visits import Outcome, Visit, epoch_ms
from bot.demo.faults import Faults
from bot.demo.genesys_log import RequestLog
from bot.demo.genesys_options import Options
from bot.demo.genesys_server import genesys_app
from bot.demo.slack_local import LocalSlack, local_slack, serving
from bot.demo.slack_people import ANA, BILLING_FLOOR, BOT, demo_workspace
from bot.demo.slack_workspace import Channel as LocalChannel
from bot.demo.slack_workspace import ChannelId as LocalChannelId
from bot.domain.ids import ChannelId, TeamId, UserId
from bot.domain.questions import QueueWord
from bot.domain.schedule import ALL_DAYS, Days, Rhythm, Schedule
from bot.domain.sla import Switches
from bot.domain.subscriptions import Order, Subscription, SubscriptionState, Topic
from bot.files.csv_file import Separator
from bot.genesys.client import genesys_client
from bot.genesys.directory import QueueDirectory
from bot.genesys.people import People as CentrePeople
from bot.slack.channels import Channels
from bot.slack.outward import Slack, slack_client
from bot.slack.people import People
from bot.store.database import Store, open_store
from bot.usecases.ask import Ask
from bot.usecases.digests.engine import Digests
from bot.usecases.digests.files import DigestFiles
from bot.usecases.digests.letters import Letters
from bot.usecases.permits import Permits
from bot.usecases.places import Places
from bot.usecases.table_files import TableFiles

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from bot.domain.deliveries import Delivery
    from bot.domain.subscriptions import Table
    from bot.slack.outward import Identity
    from bot.usecases.digests.words import Word

LONDON = ZoneInfo("Europe/London")
FRIDAY = datetime(2026, 11, 20, 7, 45, tzinfo=UTC)
"""07:45 in London, when the digests of these tests are due."""
BILLING, SALES = Queue.named("Billing"), Queue.named("Sales")
SOON = timedelta(seconds=10)


class Clock:
    """The date, which stands still until it is set; and seconds that pass as fast as somebody waits for them."""

    def __init__(self, now: datetime = FRIDAY + SOON) -> None:
        self.now = now
        self.seconds = 1000.0
        self.waits: list[float] = []

    def __call__(self) -> datetime:
        return self.now

    def monotonic(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.seconds += seconds
        await asyncio.sleep(0)

    def later(self, by: timedelta) -> None:
        self.now += by
        self.seconds += by.total_seconds()


def visits(*, until: datetime = FRIDAY, days: int = 40, queue: Queue = BILLING) -> list[Visit]:
    """A call an hour, answered in ten seconds."""
    last = epoch_ms(until)
    return [
        Visit(
            conversation_id=f"{queue.name}-{number:05}",
            queue_id=queue.id,
            offered_ms=last - number * 3_600_000,
            outcome=Outcome.ANSWERED,
            wait_ms=10_000,
            talk_ms=60_000,
        )
        for number in range(days * 24)
    ]


def topic(*queues: str, period: str = "yesterday", table: Table | None = None) -> Topic:
    words = tuple(QueueWord(text=queue, quoted=True) for queue in queues or ("Billing",))
    return Topic(queues=words, period=period, threshold=timedelta(seconds=30), table=table)


def order(about: Topic | None = None, *, at: time = time(7, 45), zone: ZoneInfo = LONDON, **choices: Any) -> Order:
    days = Days(rhythm=Rhythm.DAYS, weekdays=ALL_DAYS)
    return Order(topic=about or topic(), schedule=Schedule(days=days, at=at, zone=zone), **choices)


@dataclass(kw_only=True)
class Owners:
    """What owners were told; `reachable` is whether Slack takes it."""

    told: list[tuple[UserId, tuple[Word, ...]]] = field(default_factory=list)
    reachable: bool = True

    async def tell(self, owner: UserId, words: Sequence[Word]) -> bool:
        if self.reachable:
            self.told.append((owner, tuple(words)))
        return self.reachable

    @property
    def words(self) -> list[Word]:
        return [word for _, words in self.told for word in words]


@dataclass(kw_only=True)
class Steps:
    """What a process did, and where it is to die."""

    done: list[str] = field(default_factory=list)
    die_after: str = ""

    def __call__(self, name: str) -> None:
        self.done.append(name)
        if name == self.die_after:
            self.die_after = ""
            raise Died(name)


class Died(BaseException):
    """A process that is gone: nothing catches this."""


@dataclass(kw_only=True)
class Site:
    """Everything that digests need, and what people see of them."""

    clock: Clock
    local: LocalSlack
    slack: Slack
    identity: Identity
    store: Store
    ask: Ask
    places: Places
    owners: Owners
    faults: Faults
    requests: RequestLog
    genesys_url: str
    made: list[Digests] = field(default_factory=list)

    def digests(self, **changes: Any) -> Digests:
        """As many processes as are wanted, on one database."""
        step: Callable[[str], None] = changes.get("step", lambda _: None)
        store: Store = changes.pop("store", self.store)
        files = DigestFiles(
            self.slack,
            self.identity,
            subscriptions=store.subscriptions,
            deliveries=store.deliveries,
            ask=self.ask,
            places=self.places,
            tables=TableFiles(separator=Separator.COMMA),
            now=self.clock,
            sleep=self.clock.sleep,
            step=step,
        )
        made = Digests(
            changes.pop("slack", self.slack),
            self.identity,
            store=store,
            letters=Letters(self.ask, self.places, team=TeamId(self.identity.team_id)),
            files=files,
            tell_owner=changes.pop("tell_owner", self.owners.tell),
            now=self.clock,
            clock=self.clock.monotonic,
            sleep=self.clock.sleep,
            **changes,
        )
        self.made.append(made)
        return made

    async def subscribe(
        self,
        wanted: Order | None = None,
        *,
        channel: str = BILLING_FLOOR,
        owner: str = ANA,
        since: datetime = FRIDAY - timedelta(hours=1),
        state: SubscriptionState = SubscriptionState.ACTIVE,
    ) -> Subscription:
        return await self.store.subscriptions.create(
            wanted or order(),
            team=TeamId(self.identity.team_id),
            channel=ChannelId(channel),
            owner=UserId(owner),
            state=state,
            now=since,
        )

    def add_channels(self, number: int) -> list[str]:
        """So many channels more, with the bot and Ana in them."""
        workspace = self.local.workspace
        names = [f"C{each:08d}" for each in range(number)]
        for name in names:
            key = LocalChannelId(name)
            workspace.channels[key] = LocalChannel(id=key, name=name.lower(), members=frozenset({ANA, BOT}))
        return names

    async def looked(self, digests: Digests) -> None:
        """A tick that nobody waits for is over."""
        if digests._looking:
            await asyncio.wait({digests._looking})

    async def files_sent(self, digests: Digests) -> None:
        """What a tick begins beside the messages is done."""
        if digests._filing:
            await digests._filing

    async def entry(self, subscription: Subscription, day: datetime = FRIDAY) -> Delivery:
        found = await self.store.deliveries.find(subscription.id, day.date())
        assert found
        return found

    async def as_now(self, subscription: Subscription) -> Subscription:
        found = await self.store.subscriptions.find(subscription.id)
        assert found
        return found

    def posted(self, channel: str = BILLING_FLOOR) -> list[str]:
        """The texts of a channel's messages, without threads."""
        shown = self.local.messages(LocalChannelId(channel))
        return [message.text for message in shown if message.thread_ts is None]

    def keys(self) -> Counter[str]:
        """How often each delivery is in Slack."""
        return keys_in(self.local)


def keys_in(local: LocalSlack) -> Counter[str]:
    found = (message.metadata for message in local.workspace.messages.values())
    return Counter(metadata["event_payload"]["key"] for metadata in found if metadata)


@asynccontextmanager
async def asking(url: str, clock: Callable[[], datetime]) -> AsyncIterator[Ask]:
    """The questions, asked of a centre on `url` as fast as it answers."""

    async def at_once(_: float) -> None:
        await asyncio.sleep(0)

    async with genesys_client(
        api_url=url,
        login_url=url,
        client_id="id",
        client_secret="secret",
        now=clock,
        clock=lambda: wall.monotonic() * 1000,
        sleep=at_once,
        random=lambda: 0.5,
    ) as client:
        directory = QueueDirectory(client.queues, now=clock, sleep=at_once, random=lambda: 0.5)
        people = CentrePeople(client, now=clock)
        yield Ask(directory, client, people=people, switches=Switches(), choices=None, now=clock)


def places_of(store: Store, ask: Ask, slack: Slack, team: str, clock: Callable[[], datetime]) -> Places:
    channels = Channels(slack, now=clock)
    return Places(
        store.places,
        team=TeamId(team),
        naming=ask.naming,
        channels=channels,
        permits=Permits(channels, People(slack, now=clock), admins=frozenset()),
        now=clock,
    )


@asynccontextmanager
async def digest_site(
    *, url: str = "sqlite:///:memory:", clock: Clock | None = None, centre: Centre | None = None, **slack_settings: Any
) -> AsyncIterator[Site]:
    """`url` is of a database that is migrated, or in memory."""
    clock = clock or Clock()
    faults, requests = Faults(), RequestLog()
    centre = centre or Centre.of([BILLING, SALES], visits())
    app = genesys_app(
        centre,
        now=clock,
        client_id="id",
        client_secret="secret",
        options=Options(rate_limit=1_000_000),
        faults=faults,
        log=requests,
    )
    slack_settings = {"clock": clock.monotonic, "sleep": clock.sleep} | slack_settings
    local = local_slack(now=clock, workspace=demo_workspace(now=clock, bot_name="Queue SLA"), **slack_settings)
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(TestServer(app, host="127.0.0.1"))
        await stack.enter_async_context(serving(local))
        slack = await stack.enter_async_context(slack_client(local.tokens.bot, base_url=local.base_url))
        store = await stack.enter_async_context(open_store(url))
        genesys_url = str(server.make_url("")).rstrip("/")
        ask = await stack.enter_async_context(asking(genesys_url, clock))
        identity = await slack.identity()
        site = Site(
            clock=clock,
            local=local,
            slack=slack,
            identity=identity,
            store=store,
            ask=ask,
            places=places_of(store, ask, slack, identity.team_id, clock),
            owners=Owners(),
            faults=faults,
            requests=requests,
            genesys_url=genesys_url,
        )
        yield site
        for each in site.made:
            await each.drain()
