"""The parts of alerts, put together for the composition root."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.commands.alerts.text import rule_text, rule_title
from bot.domain.ids import TeamId
from bot.listeners.alerts.desk import AlertDesk
from bot.usecases.alerts.courses import Courses
from bot.usecases.alerts.evidencing import Evidencing
from bot.usecases.alerts.handing_over import HandingOver
from bot.usecases.alerts.holidays import Holidays
from bot.usecases.alerts.lookout import Lookout
from bot.usecases.alerts.openings import Openings
from bot.usecases.alerts.posting import Posting
from bot.usecases.alerts.pressing import Pressing
from bot.usecases.alerts.rendering import Rendering
from bot.usecases.alerts.rule_entries import RuleEntries
from bot.usecases.alerts.rule_owners import RuleOwners
from bot.usecases.alerts.ruling import Ruling
from bot.usecases.alerts.trials import Trials
from bot.usecases.alerts.watch import Watch
from bot.usecases.alerts.zones import Zones
from bot.usecases.outlook import Outlook
from bot.usecases.samples.filling import Filling
from bot.usecases.samples.glimpsing import Glimpsing
from bot.usecases.samples.history import History

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime, timedelta

    from bot.app_digests import DigestParts
    from bot.genesys.client import GenesysClient
    from bot.genesys.directory import QueueDirectory
    from bot.listeners.promises import Promises
    from bot.settings import Settings
    from bot.slack.outward import Identity, Slack
    from bot.store.database import Store
    from bot.usecases.ask import Ask


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertParts:
    """What listeners and the timetable need."""

    desk: AlertDesk
    lookout: Lookout
    watch: Watch
    posting: Posting
    history: History


def alert_parts(
    settings: Settings,
    *,
    ask: Ask,
    genesys: GenesysClient,
    directory: QueueDirectory,
    digests: DigestParts,
    store: Store,
    slack: Slack,
    identity: Identity,
    promises: Promises,
    now: Callable[[], datetime],
    clock: Callable[[], float],
    sleep: Callable[[float], Awaitable[object]],
) -> AlertParts:
    """`clock` and `sleep` are of the pace at which messages leave."""
    team = TeamId(identity.team_id)
    zones = Zones(store.places, team=team, usual=settings.bot_timezone)
    ruling = Ruling(
        store.rules,
        team=team,
        naming=ask.naming,
        channels=digests.channels,
        permits=digests.permits,
        places=digests.places,
        now=now,
        command=f"/{settings.command_prefix}alert",
    )
    entries = RuleEntries(store, ruling, titled=rule_title, written=rule_text, now=now)
    owners = RuleOwners(slack, ruling, entries)
    rendering = Rendering(store, team=team, zones=zones, naming=ask.naming, places=digests.places, now=now)
    posting = Posting(
        slack,
        identity,
        store,
        render=rendering,
        channel_lost=owners.channel_lost,
        tell_owner=owners.waits,
        now=now,
        clock=clock,
        sleep=sleep,
    )
    pressing = Pressing(
        store,
        team=team,
        zones=zones,
        show=lambda bulletin: promises.keep(posting.send(urgent=[bulletin]), owner=bulletin),
        now=now,
    )

    named: tuple[int | None, set[timedelta]] = None, set()

    async def thresholds() -> set[timedelta]:
        nonlocal named
        version = await store.rules.version(team)
        if version != named[0]:  # thousands of rules are too many to read them every minute
            rules = await store.rules.active(team)
            named = version, {each.threshold for rule in rules for each in rule.terms.conditions if each.threshold}
        return named[1]

    history = History(store.samples, switches=settings.switches)
    lookout = Lookout(
        genesys,
        store,
        team=team,
        filling=Filling(store.samples, genesys, directory, wanted=thresholds),
        glimpsing=Glimpsing(store.samples),
        switches=settings.switches,
    )
    watch = Watch(
        lookout,
        store,
        team=team,
        naming=ask.naming,
        places=digests.places,
        zones=zones,
        evidencing=Evidencing(store.samples, history, switches=settings.switches),
        posting=posting,
        titled=rule_title,
        now=now,
    )
    holidays = Holidays(store.calendar, team=team)
    ask.outlook = Outlook(store.samples, history, holidays=holidays, switches=settings.switches)
    desk = AlertDesk(
        ruling=ruling,
        entries=entries,
        owners=owners,
        pressing=pressing,
        trials=Trials(
            store,
            genesys,
            naming=ask.naming,
            places=digests.places,
            switches=settings.switches,
            titled=rule_title,
            now=now,
        ),
        openings=Openings(store.samples),
        courses=Courses(store.samples, switches=settings.switches),
        handing_over=HandingOver(store, team=team),
        holidays=holidays,
    )
    return AlertParts(desk=desk, lookout=lookout, watch=watch, posting=posting, history=history)
