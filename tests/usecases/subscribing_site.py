"""A workspace with channels, a directory of queues and a store: what subscribing and settings stand on."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.demo.slack_local import LocalSlack, local_slack, serving
from bot.demo.slack_people import ADMIN as ADMIN_ID
from bot.demo.slack_people import ANA as ANA_ID
from bot.demo.slack_people import BEN as BEN_ID
from bot.demo.slack_people import BILLING_FLOOR, OPS_SHARED, SERVICE_DESK, TEAM
from bot.demo.slack_people import BOT as BOT_ID
from bot.demo.slack_workspace import Channel, Kind
from bot.demo.slack_workspace import ChannelId as LocalId
from bot.demo.slack_workspace import Person as LocalPerson
from bot.demo.slack_workspace import UserId as LocalUser
from bot.domain.ids import ChannelId, QueueId, TeamId, UserId
from bot.domain.questions import QueueWord
from bot.domain.queues import Queue
from bot.domain.schedule import WEEKDAYS, Schedule
from bot.domain.subscriptions import Order, Topic
from bot.genesys.directory import QueueDirectory
from bot.slack.channels import Channels
from bot.slack.outward import slack_client
from bot.slack.people import People
from bot.store.database import Store, open_store
from bot.usecases.digests.subscribe import Subscribing
from bot.usecases.naming import Asker, Naming
from bot.usecases.permits import Permits
from bot.usecases.places import Places
from tests.migrated import migrated_file

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")
WORKSPACE = TeamId(TEAM)
HERE, SERVICE, SHARED, SECRET = (ChannelId(one) for one in (BILLING_FLOOR, SERVICE_DESK, OPS_SHARED, "C0SECRET"))


def asker(user: str) -> Asker:
    return Asker(team=WORKSPACE, user=UserId(user))


ANA, BEN, MIRA = asker(ANA_ID), asker(BEN_ID), asker(ADMIN_ID)
CLEO, DINA = asker("U0CLEO"), asker("U0DINA")
"""Cleo is in no channel of the others; Dina neither, and is named in BOT_ADMINS."""


def queue_id(number: int) -> str:
    return f"{number:08x}-0000-4000-8000-{number:012x}"


QUEUES = tuple(
    Queue(id=QueueId(queue_id(number)), name=name)
    for number, name in enumerate(["Billing", "Billing VIP", "Sales", "Support"], start=1)
)
BILLING, VIP, SALES, SUPPORT = (QueueWord(text=queue.id, quoted=True) for queue in QUEUES)
EVERY_MORNING = Schedule(days=WEEKDAYS, at=time(7, 45), zone=LONDON)


def named(*names: str) -> tuple[QueueWord, ...]:
    """As people type them."""
    return tuple(QueueWord(text=name) for name in names)


def order(*names: str, period: str = "yesterday", schedule: Schedule = EVERY_MORNING) -> Order:
    return Order(topic=Topic(queues=named(*names), period=period), schedule=schedule)


def about(asked: Order, *words: QueueWord) -> Order:
    return replace(asked, topic=replace(asked.topic, queues=words))


@dataclass
class Clock:
    """Goes on by a second whenever it is looked at, so that no two changes are made at one moment."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@dataclass
class Site:
    """`queues` are those of the organisation when the directory is read next."""

    local: LocalSlack
    store: Store
    clock: Clock
    directory: QueueDirectory
    channels: Channels
    permits: Permits
    places: Places
    subscribing: Subscribing
    folder: Path
    """Where its database is: `bot.db`."""
    queues: list[Queue] = field(default_factory=lambda: list(QUEUES))

    async def reread(self) -> None:
        self.clock.now += timedelta(minutes=2)
        await self.directory.refreshed()

    def change_channel(self, channel: ChannelId, **changes: object) -> None:
        """As in Slack; that the bot hears of it, a test says by itself."""
        self.local.workspace.change_channel(LocalId(channel), **changes)

    def join(self, channel: ChannelId, *people: Asker) -> None:
        members = self.local.workspace.channels[LocalId(channel)].members
        self.change_channel(channel, members=members | {LocalUser(one.user) for one in people})

    def leave(self, channel: ChannelId, *people: Asker) -> None:
        members = self.local.workspace.channels[LocalId(channel)].members
        self.change_channel(channel, members=members - {LocalUser(one.user) for one in people})
        self.channels.forget(channel)


@asynccontextmanager
async def subscribing_site(folder: Path) -> AsyncIterator[Site]:
    """The demo's workspace, with two people more and a private channel of Ben and Cleo without the bot."""
    clock = Clock()
    url = migrated_file(folder)
    async with (
        serving(local_slack(now=lambda: NOON, pace=None)) as local,
        slack_client(local.tokens.bot, base_url=local.base_url) as slack,
        open_store(url) as store,
    ):
        for one, name in ((CLEO, "Cleo Marsh"), (DINA, "Dina Roth")):
            user = LocalUser(one.user)
            local.workspace.people[user] = LocalPerson(id=user, name=name[:4].lower(), real_name=name, team_id=TEAM)
        private = LocalId(SECRET)
        local.workspace.channels[private] = Channel(
            id=private,
            name="secret",
            members=frozenset({LocalUser(BEN.user), LocalUser(CLEO.user)}),
            kind=Kind.PRIVATE,
            creator=CLEO.user,
        )
        queues = list(QUEUES)

        async def load() -> tuple[Queue, ...]:
            return tuple(queues)

        async def asleep(_: float) -> None:
            raise AssertionError("nothing waits here")

        directory = QueueDirectory(load, now=clock, sleep=asleep, random=lambda: 0.5)
        naming = Naming(directory, choices=store.choices, now=clock)
        channels = Channels(slack, now=clock)
        permits = Permits(channels, People(slack, now=clock), admins=frozenset({DINA.user}))
        places = Places(store.places, team=WORKSPACE, naming=naming, channels=channels, permits=permits, now=clock)
        subscribing = Subscribing(
            store.subscriptions,
            store.audit,
            team=WORKSPACE,
            naming=naming,
            channels=channels,
            permits=permits,
            places=places,
            now=clock,
        )
        yield Site(
            local=local,
            store=store,
            clock=clock,
            directory=directory,
            channels=channels,
            permits=permits,
            places=places,
            subscribing=subscribing,
            folder=folder,
            queues=queues,
        )
        assert store.connections_in_use == 0


BOT_MEMBER = LocalUser(BOT_ID)
