"""The parts of digests, put together for the composition root."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain.ids import TeamId
from bot.slack.channels import Channels
from bot.usecases.alerts.handing_over import HandingOver
from bot.usecases.channel_watch import ChannelWatch
from bot.usecases.confirming import Confirming
from bot.usecases.digests.engine import Digests
from bot.usecases.digests.entries import Entries
from bot.usecases.digests.files import DigestFiles
from bot.usecases.digests.letters import Letters
from bot.usecases.digests.subscribe import Subscribing
from bot.usecases.owners import Owners
from bot.usecases.permits import Permits
from bot.usecases.places import Places

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from bot.settings import Settings
    from bot.slack.outward import Identity, Slack
    from bot.slack.people import People
    from bot.store.database import Store
    from bot.usecases.ask import Ask
    from bot.usecases.table_files import TableFiles


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestParts:
    """What listeners and the timetable need."""

    channels: Channels
    permits: Permits
    places: Places
    subscribing: Subscribing
    entries: Entries
    owners: Owners
    digests: Digests
    watch: ChannelWatch


def digest_parts(
    settings: Settings,
    *,
    ask: Ask,
    tables: TableFiles,
    store: Store,
    slack: Slack,
    identity: Identity,
    people: People,
    now: Callable[[], datetime],
    clock: Callable[[], float],
    sleep: Callable[[float], Awaitable[object]],
) -> DigestParts:
    """`clock` and `sleep` are of the pace at which messages leave."""
    team = TeamId(identity.team_id)
    channels = Channels(slack, now=now)
    permits = Permits(channels, people, admins=settings.bot_admins)
    places = Places(store.places, team=team, naming=ask.naming, channels=channels, permits=permits, now=now)
    subscribing = Subscribing(
        store.subscriptions,
        store.audit,
        team=team,
        naming=ask.naming,
        channels=channels,
        permits=permits,
        places=places,
        now=now,
        command=f"/{settings.command_prefix}digest",
    )
    entries = Entries(subscribing, store.deliveries, now=now)
    owners = Owners(slack, entries)
    files = DigestFiles(
        slack,
        identity,
        subscriptions=store.subscriptions,
        deliveries=store.deliveries,
        ask=ask,
        places=places,
        tables=tables,
        now=now,
        sleep=sleep,
    )
    confirming = Confirming(slack, entries, admins=settings.bot_admins)
    watch = ChannelWatch(store.subscriptions, channels, team=team, ask=confirming.ask, now=now, sleep=sleep)
    digests = Digests(
        slack,
        identity,
        store=store,
        letters=Letters(ask, places, team=team, alerts=HandingOver(store, team=team)),
        files=files,
        tell_owner=owners.tell,
        ready=watch.listed,
        now=now,
        clock=clock,
        sleep=sleep,
        grace=settings.digest_grace,
    )
    return DigestParts(
        channels=channels,
        permits=permits,
        places=places,
        subscribing=subscribing,
        entries=entries,
        owners=owners,
        digests=digests,
        watch=watch,
    )
