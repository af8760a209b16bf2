"""One turn of the watch: readings become decisions, decisions a story, and all of it is kept in one transaction."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.blocks.alerts.notices import Passed, absence_note
from bot.domain.alerts.decide import decide, tend
from bot.domain.alerts.keeping import Round, Watch
from bot.domain.alerts.readings import Outcome
from bot.domain.alerts.states import (
    AlertState,
    Decision,
    Ended,
    Handling,
    LineKind,
    Status,
)
from bot.usecases.alerts.chronicle import Story
from bot.usecases.alerts.evaluating import Evaluating
from bot.usecases.alerts.evidencing import refreshed
from bot.usecases.alerts.noticing import tell_absence, tell_blindness
from bot.usecases.alerts.story import Happening, Narrator, incident_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from bot.domain.alerts.keeping import Lease
    from bot.domain.alerts.readings import Evidence, Reading
    from bot.domain.alerts.states import Incident, IncidentId, Watched
    from bot.domain.ids import ChannelId, QueueId
    from bot.store.database import Store
    from bot.usecases.alerts.evaluating import Judged, View
    from bot.usecases.alerts.evidencing import Evidencing
    from bot.usecases.alerts.plan import Plan
    from bot.usecases.alerts.seeing import Eyes
    from bot.usecases.alerts.zones import Zones

AT_ONCE = 100
"""Alerts that are judged before others have their turn: some milliseconds."""
_DAY = timedelta(days=1)
_AT_REST = AlertState()
_WELL = frozenset({Outcome.CLEAR, Outcome.BETWEEN, Outcome.LOW, Outcome.CLOSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Working:
    """What a turn begins with."""

    lease: Lease
    plan: Plan
    states: Mapping[Watched, AlertState]
    """As they are kept."""
    kept: Watch
    now: datetime
    absent: bool
    """Whether nobody has evaluated for so long that it is told."""


class Turn:
    """Evaluates once or more, then commits once."""

    def __init__(self, store: Store, working: Working, *, zones: Zones, evidencing: Evidencing, eyes: Eyes) -> None:
        self._store = store
        self._working = working
        self._zones = zones
        self._evidencing = evidencing
        self._eyes = eyes
        self.states = dict(working.states)
        self.evaluated = False
        self._changed: dict[Watched, AlertState | None] = {}
        self._story: Story | None = None
        self._zone: dict[ChannelId, ZoneInfo] = {}
        self._anomalies: Counter[ChannelId] = Counter()
        self._passed: dict[Watched, Incident] = {}
        self._expected_at: dict[IncidentId, datetime] = {}
        self._expectations: dict[tuple[ChannelId, QueueId], set[datetime]] = {}

    async def evaluate(self, view: View, *, past: bool) -> None:
        """`past`: of a quarter hour that nobody judged in time. What it brings is kept, and told only if it lasts."""
        story = await self._told_so_far()
        evaluating = Evaluating(self._working.plan, view, self.states)
        steps: list[tuple[Judged, Decision]] = []
        for number, one in enumerate(evaluating.judged()):
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)
            decision = self._decided(one, view.now, past=past)
            if decision is not None:
                steps.append((one, decision))
        close = [one for one, decision in steps if self._needs(one, decision)]
        evidence = await self._evidencing.of(close, view, evaluating) if close else {}
        happenings = []
        for one, decision in steps:
            before = self.states.get(one.watched, _AT_REST)
            after = decision.state
            if decision.notices or before.open or after.open:
                told = evidence.get(one.watched) or self._followed(one, evaluating)
                happenings.append(
                    Happening(
                        rule=replace(one.planned.rule, terms=one.planned.terms),
                        watched=one.watched,
                        title=one.planned.title,
                        queue_name=one.queue.name,
                        before=before,
                        decision=decision,
                        reading=one.reading,
                        evidence=told,
                    )
                )
            self._keep(one.watched, after)
        self._end_what_nobody_watches(view.now)
        narrator = Narrator(story, now=view.now, zone_of=self._zone.__getitem__, anomalies_today=dict(self._anomalies))
        narrator.tell(happenings)
        self._anomalies.update(narrator.opened_anomalies)
        if past:
            self._passed |= {
                story.incidents[key].watched: story.incidents[key] for key in story.touched if key in story.incidents
            }
        self.evaluated = self.evaluated or not past

    async def commit(self, *, quarter: datetime | None) -> bool:
        """Everything at once; false when another process has taken over, and nothing was kept."""
        story = await self._told_so_far()
        working = self._working
        blind = self._eyes.blind(working.now)
        channels = working.plan.channels
        tell_blindness(story, blind, lease=working.lease, channels=channels, kept=working.kept, now=working.now)
        if working.absent and working.kept.last_tick is not None:
            self._tell_absence(story, since=working.kept.last_tick)
        watch = Watch(
            last_tick=working.now,
            quarter=quarter,
            blind_since=blind[0] if blind else None,
            blind_reason=blind[1] if blind else "",
        )
        return await self._store.alerts.commit(
            working.lease,
            Round(
                watch=watch,
                states=self._changed,
                incidents=tuple(story.incidents[key] for key in sorted(story.touched)),
                unacknowledged=frozenset(story.unacknowledged),
                woken=frozenset(story.woken),
                bulletins=tuple(story.bulletins[key] for key in sorted(story.changed)),
                lines=tuple(story.lines),
            ),
        )

    async def _told_so_far(self) -> Story:
        if self._story is None:
            working = self._working
            team, now = working.lease.team, working.now
            bulletins = {one.id: one for one in await self._store.bulletins.open(team)}
            incidents = {one.id: one for one in await self._store.alerts.incidents(team, since=now - _DAY, until=now)}
            incidents |= {one.id: one for one in await self._store.alerts.open_incidents(team)}
            channels = working.plan.channels | {one.channel for one in bulletins.values()}
            self._zone = await self._zones.of(channels | {one.channel for one in incidents.values()})
            for bulletin in await self._store.bulletins.since(team, now - _DAY):
                bulletins.setdefault(bulletin.id, bulletin)
                zone = self._zone.get(bulletin.channel)
                if bulletin.anomalies and zone and _same_day(bulletin.opened_at, now, zone):
                    self._anomalies[bulletin.channel] += 1
            await self._read_expectations(incidents.values())
            self._story = Story(bulletins=bulletins, incidents=incidents)
        return self._story

    def _decided(self, one: Judged, now: datetime, *, past: bool) -> Decision | None:
        """None where nothing was read, and nothing is open."""
        before = self.states.get(one.watched, _AT_REST)
        if before.status is Status.OK and not before.open and one.reading is not None and _well(before, one.reading):
            # Nearly every alert in every minute. How late it was seen to be well is worth no row of the database.
            return None
        rule = one.planned.rule
        muted = past or (rule.muted_until is not None and now < rule.muted_until) or self._expected(one, now)
        handling = self._handling(one, before, now)
        if one.reading is None:
            decision = tend(one.planned.terms, before, handling, now=now, muted=muted)
        else:
            decision = decide(one.planned.terms, before, handling, one.reading, now=now, muted=muted)
        if past and _was_told(before, decision):
            decision = replace(decision, state=replace(decision.state, held=False))
        if decision.state == before and not decision.notices and not before.open:
            return None
        return decision

    def _handling(self, one: Judged, state: AlertState, now: datetime) -> Handling:
        if self._story is None or state.opened_at is None:
            return Handling()
        incident = self._story.incidents.get(incident_id(one.watched, state))
        handling = incident.handling if incident else Handling()
        said = self._expected_at.get(incident.id, incident.fired_at) if incident else now
        if handling.expected_by and not _same_day(said, now, one.planned.terms.zone):
            # What was expected was expected that day.
            handling = replace(handling, expected_by=None)
        return handling

    def _expected(self, one: Judged, now: datetime) -> bool:
        """Whether somebody said “Expected today” of this queue, in this channel, on this local day."""
        said = self._expectations.get((one.planned.rule.channel, one.watched.queue), ())
        return any(_same_day(at, now, one.planned.terms.zone) for at in said)

    async def _read_expectations(self, incidents: Iterable[Incident]) -> None:
        """When it was said stands in the history of its message: an incident may have fired the day before."""
        for one in incidents:
            if one.handling.expected_by is None:
                continue
            lines = await self._store.lines.of_bulletin(one.bulletin)
            said = max((line.at for line in lines if line.kind is LineKind.EXPECTED), default=one.fired_at)
            self._expected_at[one.id] = said
            self._expectations.setdefault((one.channel, one.watched.queue), set()).add(said)

    def _needs(self, one: Judged, decision: Decision) -> bool:
        """Whether its figures are looked at closely: it has just fired, or a quarter hour has passed."""
        if not decision.state.open or one.reading is None or not one.reading.found:
            return False
        before = self.states.get(one.watched, _AT_REST)
        known = self._story.incidents.get(incident_id(one.watched, decision.state)) if self._story else None
        return not before.open or known is None or one.reading.at - known.evidence.at >= timedelta(minutes=15)

    def _followed(self, one: Judged, evaluating: Evaluating) -> Evidence | None:
        """What is open, with the figures of this minute."""
        state = self.states.get(one.watched, _AT_REST)
        known = self._story.incidents.get(incident_id(one.watched, state)) if self._story else None
        if known is None or one.reading is None or not one.reading.found:
            return None
        live = evaluating.live(one.watched.queue, one.watched.media)
        return refreshed(known.evidence, at=one.reading.at, found=one.reading.found, live=live)

    def _keep(self, watched: Watched, after: AlertState) -> None:
        if self.states.get(watched, _AT_REST) != after:
            self.states[watched] = self._changed[watched] = after

    def _end_what_nobody_watches(self, now: datetime) -> None:
        """Of rules that are gone, or look at other queues by now; who was told is told that it is over."""
        plan = self._working.plan
        rules = {each.rule.id: frozenset(queue.id for queue in each.queues) for each in plan.planned}
        for key in [key for key in self.states if key.rule not in rules or key.queue not in rules[key.rule]]:
            if key.rule in plan.unjudged or (key.rule in rules and not plan.listed):
                # After a start in which Genesys does not answer, nothing is known of queues, and nothing is over.
                continue
            state = self.states.pop(key)
            self._changed[key] = None
            incident = self._story.incidents.get(incident_id(key, state)) if self._story else None
            if self._story is None or incident is None or incident.ended_at is not None:
                continue
            self._story.put(replace(incident, ended_at=now, ended=Ended.REMOVED))
            bulletin = self._story.bulletins.get(incident.bulletin)
            if bulletin:
                self._story.show(bulletin)

    def _tell_absence(self, story: Story, *, since: datetime) -> None:
        live = Counter(each.rule.channel for each in self._working.plan.planned if each.live)
        now = self._working.now
        for channel in sorted(self._working.plan.channels):
            passed = [
                Passed(
                    queue_name=one.queue_name,
                    title=one.title,
                    began=one.opened_at,
                    ended=story.incidents[one.id].ended_at if one.id in story.incidents else one.ended_at,
                )
                for one in self._passed.values()
                if one.channel == channel and one.opened_at >= since
            ]
            note = absence_note(passed, zone=self._zone[channel], live_rules=live[channel], now=now)
            tell_absence(story, note, lease=self._working.lease, channel=channel, since=since, now=now)


def _well(state: AlertState, reading: Reading) -> bool:
    """Whether there is nothing to decide: it was well, and it is."""
    return reading.outcome in _WELL and state.unseen_since is None and state.unstable_since is None


def _was_told(before: AlertState, decision: Decision) -> bool:
    """Whether it was open and told before, and goes on: that a quarter hour is judged late is no news of it."""
    after = decision.state
    same = after.open and after.firings == before.firings and decision.handling is None
    return same and before.open and not before.held and before.notified_at is not None


def _same_day(one: datetime, other: datetime, zone: ZoneInfo) -> bool:
    return one.astimezone(zone).date() == other.astimezone(zone).date()
