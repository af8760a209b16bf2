"""From decisions to what a channel reads: which message tells of which incident, and what is said in its thread.

One message for what fires together; what is part of it joins it:
- an alert that fires while a message of the same minutes is open, so that a storm is one message;
- a second alert of a queue that a message already tells of, unless it is more severe: nobody is notified of a thread;
- from the fourth message of a day on, everything that is unusual.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.blocks.alerts.lines import line_text
from bot.blocks.alerts.storm import collecting_note
from bot.domain.alerts.readings import Outcome
from bot.domain.alerts.rules import Kind, Severity
from bot.domain.alerts.states import (
    AlertState,
    Bulletin,
    BulletinId,
    BulletinKind,
    Ended,
    Incident,
    IncidentId,
    Line,
    LineKind,
    Notice,
)
from bot.domain.alerts.worse import is_worse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from bot.domain.alerts.readings import Evidence, Reading
    from bot.domain.alerts.rules import Rule
    from bot.domain.alerts.states import Decision, Watched
    from bot.domain.ids import ChannelId
    from bot.usecases.alerts.chronicle import Story

STORM = timedelta(minutes=10)
"""How long after its first message alerts of a channel join it."""
ANOMALIES_A_DAY = 3
"""Messages about what is unusual that a channel gets one by one."""
RETOLD = timedelta(minutes=5)
"""How often a message is brought up to date while nothing but its figures changes."""

_LINES = {
    Notice.REOPENED: LineKind.REOPENED,
    Notice.STILL: LineKind.STILL,
    Notice.ESCALATED: LineKind.ESCALATED,
    Notice.UNSTABLE: LineKind.UNSTABLE,
    Notice.RESOLVED: LineKind.RESOLVED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One alert that changed, or is open and was looked at."""

    rule: Rule
    watched: Watched
    title: str
    """The rule in words."""
    queue_name: str
    before: AlertState
    decision: Decision
    reading: Reading | None
    """None: only time has passed."""
    evidence: Evidence | None = None
    """None: no new figures."""


class Narrator:
    """Writes a story for each tick."""

    def __init__(
        self,
        story: Story,
        *,
        now: datetime,
        zone_of: Callable[[ChannelId], ZoneInfo],
        anomalies_today: Mapping[ChannelId, int],
    ) -> None:
        """`anomalies_today`: messages about what is unusual that a channel has had in its local day."""
        self._story = story
        self._now = now
        self._zone_of = zone_of
        self._anomalies = dict(anomalies_today)
        self.opened_anomalies: Counter[ChannelId] = Counter()
        """Messages about what is unusual that were opened now."""

    def tell(self, happenings: Iterable[Happening]) -> Story:
        """Everything of one tick, most severe first, so that what is less joins it."""
        in_order = sorted(happenings, key=lambda one: (one.rule.terms.severity is not Severity.CRITICAL, one.watched))
        for one in in_order:
            self._tell(one)
        self._close()
        return self._story

    def _tell(self, one: Happening) -> None:
        after, before = one.decision.state, one.before
        notices = one.decision.notices
        if after.open and (not before.open or Notice.REOPENED in notices):
            self._open(one)
        incident = self._story.incidents.get(incident_id(one.watched, after)) if after.opened_at else None
        if incident is None:
            return
        if Notice.FIRED in notices and not incident.bulletin:
            incident = self._placed(one, replace(incident, fired_at=after.fired_at or incident.fired_at))
        if one.evidence:
            incident = replace(incident, evidence=one.evidence, worst=_worse(one, incident))
        if not after.open and incident.ended_at is None:
            incident = self._ended(one, incident)
        # The state remembers what fired of earlier incidents, and forgets what is two hours old.
        fired = sum(each >= incident.opened_at for each in after.firings)
        incident = replace(incident, unstable_since=after.unstable_since, firings=max(incident.firings, fired))
        self._retell(one, incident)

    def _retell(self, one: Happening, incident: Incident) -> None:
        known = self._story.incidents.get(incident.id)
        left = one.decision.handling
        if left is not None and known is not None:
            if known.handling.acked_by and not left.acked_by:
                self._story.unacknowledged.add(incident.id)
            if known.handling.snoozed_by and not left.snoozed_by:
                self._story.woken.add(incident.id)
        kinds = [(notice, _LINES[notice]) for notice in one.decision.notices if notice in _LINES]
        if incident.bulletin:
            for notice, kind in kinds:
                self._say(one, incident, notice, kind)
        if known != incident:
            self._story.put(incident)
        bulletin = self._story.bulletins.get(incident.bulletin)
        if bulletin and (kinds or self._worth_showing(bulletin, known, incident, one)):
            # What came back while nobody was to be told is told now: then the message is not over, either.
            back = bool(kinds) and incident.ended_at is None
            self._story.show(replace(bulletin, closed_at=None) if back else bulletin)

    def _worth_showing(self, bulletin: Bulletin, known: Incident | None, incident: Incident, one: Happening) -> bool:
        if known is None or known.ended_at != incident.ended_at or one.before.status is not one.decision.state.status:
            return True
        stale = bulletin.shown_at is None or self._now - bulletin.shown_at >= RETOLD
        return stale and known.evidence.found != incident.evidence.found

    def _open(self, one: Happening) -> None:
        state = one.decision.state
        if state.opened_at is None or state.fired_at is None:
            raise ValueError("what is open was opened, and fired")
        key = incident_id(one.watched, state)
        known = self._story.incidents.get(key)
        if known:
            known = replace(known, ended_at=None, ended=None)
            self._story.put(known)
            bulletin = self._story.bulletins.get(known.bulletin)
            if bulletin and not state.held:
                self._story.show(replace(bulletin, closed_at=None))
            return
        if one.evidence is None:
            raise ValueError("nothing opens without a reading")
        self._story.put(
            Incident(
                id=key,
                watched=one.watched,
                team=one.rule.team,
                channel=one.rule.channel,
                bulletin=BulletinId(""),
                severity=one.rule.terms.severity,
                title=one.title,
                queue_name=one.queue_name,
                opened_at=state.opened_at,
                fired_at=state.fired_at,
                evidence=one.evidence,
                worst=one.evidence,
            )
        )

    def _placed(self, one: Happening, incident: Incident) -> Incident:
        """In a message that it belongs to, or a new one."""
        bulletin = self._company(one)
        unusual = one.rule.terms.kind is not Kind.THRESHOLD
        if bulletin is None:
            had = self._anomalies.get(one.rule.channel, 0)
            bulletin = Bulletin(
                id=BulletinId(_digest("bulletin", incident.id)),
                team=one.rule.team,
                channel=one.rule.channel,
                kind=BulletinKind.ALERT,
                opened_at=self._now,
                revision=0,
                anomalies=unusual,
                note=collecting_note(one.rule) if unusual and had >= ANOMALIES_A_DAY else "",
            )
            self._anomalies[one.rule.channel] = had + unusual
            self.opened_anomalies[one.rule.channel] += unusual
        elif bulletin.shown:
            incident = replace(incident, bulletin=bulletin.id)
            self._say(one, incident, Notice.FIRED, LineKind.JOINED)
        self._story.show(replace(bulletin, closed_at=None))
        incident = replace(incident, bulletin=bulletin.id)
        self._story.put(incident)
        return incident

    def _company(self, one: Happening) -> Bulletin | None:
        here = [
            bulletin
            for bulletin in self._story.bulletins.values()
            if bulletin.channel == one.rule.channel and bulletin.kind is BulletinKind.ALERT
        ]
        for bulletin in here:
            if bulletin.closed_at is None and self._belongs(one, bulletin):
                return bulletin
        if one.rule.terms.kind is Kind.THRESHOLD or self._anomalies.get(one.rule.channel, 0) <= ANOMALIES_A_DAY:
            return None
        zone = self._zone_of(one.rule.channel)
        today = self._now.astimezone(zone).date()
        collecting = [b for b in here if b.anomalies and b.opened_at.astimezone(zone).date() == today]
        return max(collecting, key=lambda bulletin: bulletin.opened_at, default=None)

    def _belongs(self, one: Happening, bulletin: Bulletin) -> bool:
        told = [each for each in self._story.of(bulletin.id) if each.ended_at is None]
        if one.rule.terms.severity is Severity.CRITICAL and all(
            each.severity is not Severity.CRITICAL for each in told
        ):
            # Nobody is notified of what joins: what is worse than all of it speaks for itself.
            return False
        if self._now - bulletin.opened_at < STORM:
            return True
        return any(each.watched.queue == one.watched.queue for each in told)

    def _ended(self, one: Happening, incident: Incident) -> Incident:
        ended = one.decision.ended or Ended.REMOVED
        return replace(incident, ended_at=one.decision.state.ended_at or self._now, ended=ended)

    def _close(self) -> None:
        """A message whose incidents are all over is over."""
        for bulletin in list(self._story.bulletins.values()):
            if bulletin.closed_at is not None or bulletin.kind is not BulletinKind.ALERT:
                continue
            told = self._story.of(bulletin.id)
            if told and all(each.ended_at is not None for each in told):
                self._story.show(replace(bulletin, closed_at=self._now))

    def _say(self, one: Happening, incident: Incident, notice: Notice, kind: LineKind) -> None:
        mention = ""
        count = f":{incident.id}:{self._now:%Y%m%d%H%M}"
        if notice is Notice.ESCALATED and one.decision.step is not None:
            mention = one.rule.terms.escalation[one.decision.step].mention
            count = f":{incident.id}:{one.decision.step}"
        elif notice is Notice.FIRED:
            mention = " ".join(one.rule.terms.mention)
            count = f":{incident.id}"
        elif notice in {Notice.STILL, Notice.REOPENED}:
            mention = " ".join(one.rule.terms.mention)
        text = line_text(kind, incident=incident, at=self._now, zone=self._zone_of(one.rule.channel), mention=mention)
        key = f"{kind.value}{count}"
        self._story.say(Line(bulletin=incident.bulletin, key=key, kind=kind, at=self._now, text=text))


def incident_id(watched: Watched, state: AlertState) -> IncidentId:
    """The same for the same opening, whichever process sees it."""
    opened = state.opened_at.isoformat() if state.opened_at else ""
    return IncidentId(_digest("incident", *(str(part) for part in watched), opened))


def _worse(one: Happening, incident: Incident) -> Evidence:
    """The worst of what was found so far; of unlike things the latest."""
    latest = one.evidence
    if latest is None or one.reading is None or one.reading.outcome is not Outcome.BREACH:
        return incident.worst
    return latest if is_worse(latest, incident.worst) else incident.worst


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:24]
