"""What people press on an alert: acknowledged and snoozed in place, and told in its thread who did.

Every press is one atomic change in the database: of two people in the same second one is told who was first.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.blocks.alerts.actions import SnoozeChoice
from bot.blocks.alerts.lines import line_text
from bot.domain.alerts.hours import next_opening
from bot.domain.alerts.samples import Place, quarter_of
from bot.domain.alerts.states import Line, LineKind
from bot.errors import NoSuchRule

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from bot.domain.alerts.keeping import Pressed
    from bot.domain.alerts.states import Bulletin, BulletinId, Incident
    from bot.domain.ids import ChannelId, TeamId, UserId
    from bot.store.database import Store
    from bot.usecases.alerts.zones import Zones

_LENGTHS = {SnoozeChoice.QUARTER: timedelta(minutes=15), SnoozeChoice.HOUR: timedelta(hours=1)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """What became of a press, for who pressed."""

    bulletin: Bulletin
    incidents: tuple[Incident, ...]
    """As they were before."""
    pressed: Pressed

    @property
    def ended_at(self) -> datetime | None:
        """When it was over; None: it is not."""
        return self.bulletin.closed_at


class Pressing:
    """Raises NoSuchRule for a message that nobody knows any more."""

    def __init__(
        self,
        store: Store,
        *,
        team: TeamId,
        zones: Zones,
        show: Callable[[BulletinId], None],
        now: Callable[[], datetime],
    ) -> None:
        """`show` sees to it that a message says at once what was pressed."""
        self._store = store
        self._show = show
        self._team = team
        self._zones = zones
        self._now = now

    async def acknowledge(self, key: BulletinId, by: UserId) -> Press:
        """Everything in the message that nobody has acknowledged."""
        bulletin, incidents = await self.find(key)
        line = await self._line(bulletin, incidents, LineKind.ACKNOWLEDGED, by)
        pressed = await self._store.presses.acknowledge(key, by, now=self._now(), line=line)
        return self._press(bulletin, incidents, pressed)

    async def snooze(self, key: BulletinId, by: UserId, until: datetime | SnoozeChoice | None) -> Press:
        """Nothing is told until then; None: until the queue opens tomorrow."""
        bulletin, incidents = await self.find(key)
        moment = await self._until(incidents, until)
        line = await self._line(bulletin, incidents, LineKind.SNOOZED, by, until=moment)
        pressed = await self._store.presses.snooze(key, by, moment, now=self._now(), line=line)
        return self._press(bulletin, incidents, pressed)

    async def expected(self, key: BulletinId, by: UserId) -> Press:
        """Nothing more is told of these queues today, in this channel."""
        bulletin, incidents = await self.find(key)
        line = await self._line(bulletin, incidents, LineKind.EXPECTED, by)
        pressed = await self._store.presses.expected(key, by, now=self._now(), line=line)
        if not pressed.changed and not pressed.over and await self._said_on_another_day(bulletin, line.at):
            # Who said so first stays: what counts is the day, and that is the line's.
            await self._store.presses.enter(line)
            pressed = replace(pressed, changed=len([one for one in incidents if one.ended_at is None]))
        return self._press(bulletin, incidents, pressed)

    async def not_useful(self, key: BulletinId, by: UserId) -> Press:
        """A vote, once for each person and incident."""
        bulletin, incidents = await self.find(key)
        return self._press(bulletin, incidents, await self._store.presses.vote(key, by, now=self._now()))

    async def normal(self, key: BulletinId, by: UserId) -> tuple[Incident, ...]:
        """What these queues do since it began is usual from now on; returns the open incidents that it is about.

        Of what is over nothing is changed.
        """
        bulletin, every = await self.find(key)
        incidents = tuple(one for one in every if one.ended_at is None)
        if not incidents:
            return ()
        for incident in incidents:
            if incident.watched.media is not None:
                place = Place(incident.watched.queue, incident.watched.media)
                since = quarter_of(incident.opened_at)
                await self._store.calendar.set_normal(self._team, [place], since, by=by)
        await self._store.presses.enter(await self._line(bulletin, incidents, LineKind.NORMAL, by))
        self._show(key)
        return incidents

    async def find(self, key: BulletinId) -> tuple[Bulletin, tuple[Incident, ...]]:
        """A message and what it tells of."""
        bulletin = await self._store.bulletins.find(key)
        if bulletin is None or bulletin.team != self._team:
            raise NoSuchRule("This alert is so old that it has been forgotten.")
        return bulletin, await self._store.alerts.of_bulletin(key)

    async def open_in(self, channel: ChannelId) -> tuple[tuple[Bulletin, tuple[Incident, ...]], ...]:
        """The open messages of a channel, each with its open incidents; longest first."""
        here = [one for one in await self._store.alerts.open_incidents(self._team) if one.channel == channel]
        found = []
        for key in dict.fromkeys(one.bulletin for one in here if one.bulletin):
            bulletin = await self._store.bulletins.find(key)
            if bulletin is not None:
                found.append((bulletin, tuple(one for one in here if one.bulletin == key)))
        return tuple(found)

    async def lines(self, key: BulletinId) -> tuple[Line, ...]:
        """What its thread says, posted or not, in order of time."""
        return await self._store.lines.of_bulletin(key)

    async def zone(self, channel: ChannelId) -> ZoneInfo:
        """In which a channel's messages tell the time; who presses is answered in the same, wherever they are."""
        return (await self._zones.of([channel]))[channel]

    async def blind_since(self) -> datetime | None:
        """Since when Genesys cannot be seen; None: it can."""
        return (await self._store.alerts.watch(self._team)).blind_since

    async def _said_on_another_day(self, bulletin: Bulletin, now: datetime) -> bool:
        """Whether “Expected today” was said last on an earlier local day: what is open since then is told again."""
        zone = await self.zone(bulletin.channel)
        lines = await self._store.lines.of_bulletin(bulletin.id)
        said = max((line.at for line in lines if line.kind is LineKind.EXPECTED), default=None)
        return said is not None and said.astimezone(zone).date() != now.astimezone(zone).date()

    async def _until(self, incidents: tuple[Incident, ...], until: datetime | SnoozeChoice | None) -> datetime:
        now = self._now()
        if isinstance(until, SnoozeChoice) and until in _LENGTHS:
            return now + _LENGTHS[until]
        if until is not None and not isinstance(until, SnoozeChoice):
            return until
        holidays = frozenset(each.day for each in await self._store.calendar.holidays(self._team))
        openings = []
        for key in dict.fromkeys(one.watched.rule for one in incidents):
            rule = await self._store.rules.find(key)
            if rule is not None:
                openings.append(next_opening(rule.terms, now, holidays=holidays))
        return min(openings, default=now + timedelta(hours=12))

    async def _line(
        self,
        bulletin: Bulletin,
        incidents: tuple[Incident, ...],
        kind: LineKind,
        by: UserId,
        *,
        until: datetime | None = None,
    ) -> Line:
        now = self._now()
        zone = await self.zone(bulletin.channel)
        still = [one for one in incidents if one.ended_at is None] or list(incidents)
        return Line(
            bulletin=bulletin.id,
            key=f"{kind.value}:{by}:{now.isoformat(timespec='milliseconds')}",
            kind=kind,
            at=now,
            text=line_text(
                kind,
                at=now,
                zone=zone,
                incident=still[0] if len(still) == 1 else None,
                by=by,
                until=until,
                several=len(still),
            ),
        )

    def _press(self, bulletin: Bulletin, incidents: tuple[Incident, ...], pressed: Pressed) -> Press:
        if pressed.changed:
            self._show(bulletin.id)
        return Press(bulletin=bulletin, incidents=incidents, pressed=pressed)
