"""Alerts on their way to a local Slack, on clocks that the test moves."""

from __future__ import annotations

import uuid
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.demo.slack_local import LocalSlack, local_slack, serving
from bot.demo.slack_people import ANA, BILLING_FLOOR, BOT, demo_workspace
from bot.demo.slack_workspace import Channel as LocalChannel
from bot.demo.slack_workspace import ChannelId as LocalChannelId
from bot.domain.alerts.keeping import Round, Watch
from bot.domain.alerts.readings import Evidence
from bot.domain.alerts.rules import RuleId, Severity
from bot.domain.alerts.states import (
    Bulletin,
    BulletinId,
    BulletinKind,
    Incident,
    IncidentId,
    Line,
    LineKind,
    Watched,
)
from bot.domain.ids import ChannelId, QueueId, TeamId
from bot.domain.queues import Media
from bot.slack.outward import Slack, slack_client
from bot.store.database import Store, open_store
from bot.usecases.alerts.posting import Posting
from tests.usecases.digest_site import Clock, Died

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.slack.outward import Identity, Outgoing

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
POST, UPDATE = "chat.postMessage", "chat.update"


def as_text(bulletin: Bulletin, incidents: tuple[Incident, ...]) -> Outgoing:
    """What these tests let a bulletin say: all that it knows."""
    names = ", ".join(incident.queue_name for incident in incidents)
    over = " over" if bulletin.closed_at else ""
    text = f"{bulletin.note} {names}{over}".strip()
    section = {"type": "section", "text": {"type": "mrkdwn", "text": text}}
    return {"text": text, "blocks": [section], "attachments": [{"color": "#cc0000", "blocks": [section]}]}


@dataclass(kw_only=True)
class Lost:
    """Whom the channel's trouble was told."""

    told: list[tuple[str, str]] = field(default_factory=list)

    async def tell(self, channel: ChannelId, reason: str) -> None:
        self.told.append((channel, reason))


@dataclass(kw_only=True)
class PostingSite:
    """Everything that sending alerts needs, and what people see of it."""

    clock: Clock
    local: LocalSlack
    slack: Slack
    identity: Identity
    store: Store
    lost: Lost = field(default_factory=Lost)
    owners: Lost = field(default_factory=Lost)
    made: list[Posting] = field(default_factory=list)

    def posting(self, **changes: Any) -> Posting:
        """As many processes as are wanted, on one database."""
        made = Posting(
            changes.pop("slack", self.slack),
            self.identity,
            changes.pop("store", self.store),
            render=changes.pop("render", as_text),
            channel_lost=changes.pop("channel_lost", self.lost.tell),
            tell_owner=self.owners.tell,
            now=self.clock,
            clock=self.clock.monotonic,
            sleep=self.clock.sleep,
            **changes,
        )
        self.made.append(made)
        return made

    def bulletin(self, note: str = "Billing", *, channel: str = BILLING_FLOOR, **fields: Any) -> Bulletin:
        """A new one, which is not kept yet."""
        values: dict[str, Any] = {
            "id": BulletinId(uuid.uuid4().hex),
            "team": TeamId(self.identity.team_id),
            "channel": ChannelId(channel),
            "kind": BulletinKind.ALERT,
            "opened_at": self.clock(),
            "revision": 1,
            "note": note,
        }
        return Bulletin(**values | fields)

    async def fires(self, note: str = "Billing", *, severity: Severity = Severity.WARNING, **fields: Any) -> Bulletin:
        """A bulletin that tells of one incident, kept."""
        bulletin = self.bulletin(note, **fields)
        await self.keep(bulletin, incidents=(incident_of(bulletin, severity),))
        return bulletin

    async def says(self, bulletin: Bulletin, note: str, **changes: Any) -> None:
        """From now on it says something else."""
        await self.keep(replace(bulletin, note=note, **changes))

    async def says_in_thread(self, bulletin: Bulletin, *texts: str, kind: LineKind = LineKind.STILL) -> None:
        """Lines of its history, a second apart."""
        lines = [
            Line(bulletin=bulletin.id, key=f"{kind}:{text}", kind=kind, at=self.clock() + number * SECOND, text=text)
            for number, text in enumerate(texts)
        ]
        await self.keep(lines=tuple(lines))

    async def keep(
        self, *bulletins: Bulletin, incidents: tuple[Incident, ...] = (), lines: tuple[Line, ...] = ()
    ) -> None:
        """As an evaluation does."""
        team = bulletins[0].team if bulletins else TeamId(self.identity.team_id)
        now = self.clock()
        lease = await self.store.alerts.lease(team, "tests", now=now, until=now + timedelta(days=1))
        assert lease
        watch = Watch(last_tick=now)
        assert await self.store.alerts.commit(
            lease, Round(watch=watch, bulletins=bulletins, incidents=incidents, lines=lines)
        )

    async def as_now(self, bulletin: Bulletin) -> Bulletin:
        found = await self.store.bulletins.find(bulletin.id)
        assert found
        return found

    def add_channels(self, number: int) -> list[str]:
        """So many channels more, with the bot and Ana in them."""
        names = [LocalChannelId(f"C{each:08d}") for each in range(number)]
        for name in names:
            self.local.workspace.channels[name] = LocalChannel(
                id=name, name=name.lower(), members=frozenset({ANA, BOT})
            )
        return [str(name) for name in names]

    def posted(self, channel: str = BILLING_FLOOR) -> list[str]:
        """The texts of a channel's messages, without threads."""
        shown = self.local.messages(LocalChannelId(channel))
        return [message.text for message in shown if message.thread_ts is None and not message.deleted]

    def thread(self, bulletin: Bulletin) -> list[str]:
        """The texts of the answers to a bulletin that is in Slack as it was given."""
        shown = self.local.messages(LocalChannelId(bulletin.channel))
        return [message.text for message in shown if message.thread_ts == bulletin.ts and not message.deleted]

    def count(self, method: str) -> int:
        """How many calls there were."""
        return len(self.local.calls_of(method))


def incident_of(bulletin: Bulletin, severity: Severity = Severity.WARNING) -> Incident:
    """The one incident of a bulletin."""
    at = bulletin.opened_at
    evidence = Evidence(at=at, found=())
    return Incident(
        id=IncidentId(f"i-{bulletin.id}"),
        watched=Watched(RuleId("r1"), QueueId("q1"), Media.VOICE),
        team=bulletin.team,
        channel=bulletin.channel,
        bulletin=bulletin.id,
        severity=severity,
        title="service level < 80 %",
        queue_name="Billing",
        opened_at=at,
        fired_at=at,
        evidence=evidence,
        worst=evidence,
    )


async def ended(posting: Posting) -> None:
    """A call in a process that may die of it."""
    try:
        await posting.send()
    except Died:
        return


@asynccontextmanager
async def posting_site(
    *, url: str = "sqlite:///:memory:", clock: Clock | None = None, **slack_settings: Any
) -> AsyncIterator[PostingSite]:
    """`url` is of a database that is migrated, or in memory."""
    clock = clock or Clock(NOON)
    slack_settings = {"clock": clock.monotonic, "sleep": clock.sleep} | slack_settings
    local = local_slack(now=clock, workspace=demo_workspace(now=clock, bot_name="Queue SLA"), **slack_settings)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(serving(local))
        slack = await stack.enter_async_context(slack_client(local.tokens.bot, base_url=local.base_url))
        store = await stack.enter_async_context(open_store(url))
        site = PostingSite(clock=clock, local=local, slack=slack, identity=await slack.identity(), store=store)
        yield site
        for each in site.made:
            await each.drain()
