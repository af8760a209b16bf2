"""What a bulletin says now, whichever process sends it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks.alerts.message import alert_message
from bot.blocks.alerts.notices import absence_message, blind_message
from bot.domain.alerts.states import BulletinKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from bot.domain.alerts.rules import Rule
    from bot.domain.alerts.states import Bulletin, Incident
    from bot.domain.ids import TeamId
    from bot.slack.outward import Outgoing
    from bot.store.database import Store
    from bot.usecases.alerts.zones import Zones
    from bot.usecases.naming import Naming
    from bot.usecases.places import Places


class Rendering:
    """Costs a few reads of the database for each message."""

    def __init__(
        self,
        store: Store,
        *,
        team: TeamId,
        zones: Zones,
        naming: Naming,
        places: Places,
        now: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._team = team
        self._zones = zones
        self._naming = naming
        self._places = places
        self._now = now

    async def __call__(self, bulletin: Bulletin, incidents: tuple[Incident, ...]) -> Outgoing:
        """Its incidents are in the order in which they fired."""
        now = self._now()
        zone = (await self._zones.of([bulletin.channel]))[bulletin.channel]
        match bulletin.kind:
            case BulletinKind.BLIND:
                still = await self._store.alerts.open_incidents(self._team)
                alerts = sum(one.channel == bulletin.channel for one in still)
                return blind_message(bulletin, now=now, zone=zone, alerts=alerts)
            case BulletinKind.ABSENT:
                return absence_message(bulletin, now=now, zone=zone)
            case BulletinKind.ALERT:
                watch = await self._store.alerts.watch(self._team)
                rules = [
                    rule
                    for rule in await self._store.rules.of_channel(self._team, bulletin.channel)
                    if any(one.watched.rule == rule.id for one in incidents)
                ]
                return alert_message(
                    bulletin,
                    incidents,
                    now=now,
                    zone=zone,
                    blind_since=watch.blind_since,
                    considered=await self._considered(bulletin, rules),
                    mention=tuple(dict.fromkeys(each for rule in rules for each in rule.terms.mention)),
                )

    async def _considered(self, bulletin: Bulletin, rules: Sequence[Rule]) -> int | None:
        """How many queues the rules behind it look at."""
        if not rules or not self._naming.listing:
            return None
        sight = (await self._places.sights([bulletin.channel])).get(bulletin.channel)
        return len({queue.id for rule in rules for queue in self._naming.meant(rule.terms.queues, sight)})
