"""Incidents, bulletins and their lines as rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.domain.alerts.rules import RuleId, Severity
from bot.domain.alerts.states import (
    Bulletin,
    BulletinId,
    BulletinKind,
    Ended,
    Handling,
    Incident,
    IncidentId,
    Line,
    LineKind,
    Sending,
    Watched,
)
from bot.domain.ids import ChannelId, QueueId, TeamId, UserId
from bot.domain.queues import Media
from bot.store.alert_json import read_evidence, read_state, write_evidence, write_state
from bot.store.reading import Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import RowMapping

    from bot.domain.alerts.states import AlertState


def watched_row(watched: Watched) -> dict[str, Any]:
    return {"rule_id": watched.rule, "queue_id": watched.queue, "media": watched.media or ""}


def watched_in(row: RowMapping) -> Watched:
    """Raises ValueError."""
    media = Media(row["media"]) if row["media"] else None
    return Watched(RuleId(row["rule_id"]), QueueId(row["queue_id"]), media)


def state_row(team: TeamId, watched: Watched, state: AlertState) -> dict[str, Any]:
    return {**watched_row(watched), "team_id": team, "state_json": write_state(state)}


def state_in(row: RowMapping) -> tuple[Watched, AlertState]:
    """Raises Unreadable."""
    try:
        return watched_in(row), read_state(row["state_json"])
    except ValueError as error:
        key = f"{row['rule_id']} {row['queue_id']} {row['media']}"
        raise Unreadable("alert state", key, error) from error


def incident_row(incident: Incident) -> dict[str, Any]:
    """Without what people did."""
    return {
        "id": incident.id,
        **watched_row(incident.watched),
        "team_id": incident.team,
        "channel_id": incident.channel,
        "bulletin_id": incident.bulletin,
        "severity": incident.severity,
        "title": incident.title,
        "queue_name": incident.queue_name,
        "opened_at": incident.opened_at,
        "fired_at": incident.fired_at,
        "ended_at": incident.ended_at,
        "ended": incident.ended,
        "evidence_json": write_evidence(incident.evidence),
        "worst_json": write_evidence(incident.worst),
        "unstable_since": incident.unstable_since,
        "firings": incident.firings,
    }


def incident_in(row: RowMapping, votes: Iterable[UserId] = ()) -> Incident:
    """Raises Unreadable."""
    try:
        return Incident(
            id=IncidentId(row["id"]),
            watched=watched_in(row),
            team=TeamId(row["team_id"]),
            channel=ChannelId(row["channel_id"]),
            bulletin=BulletinId(row["bulletin_id"]),
            severity=Severity(row["severity"]),
            title=row["title"],
            queue_name=row["queue_name"],
            opened_at=row["opened_at"],
            fired_at=row["fired_at"],
            ended_at=row["ended_at"],
            ended=None if row["ended"] is None else Ended(row["ended"]),
            evidence=read_evidence(row["evidence_json"]),
            worst=read_evidence(row["worst_json"]),
            handling=Handling(
                acked_by=_user(row["acked_by"]),
                acked_at=row["acked_at"],
                snoozed_by=_user(row["snoozed_by"]),
                snoozed_until=row["snoozed_until"],
                expected_by=_user(row["expected_by"]),
            ),
            unstable_since=row["unstable_since"],
            firings=row["firings"],
            votes=tuple(votes),
        )
    except ValueError as error:
        raise Unreadable("incident", row["id"], error) from error


def bulletin_row(bulletin: Bulletin) -> dict[str, Any]:
    return {
        "id": bulletin.id,
        "team_id": bulletin.team,
        "channel_id": bulletin.channel,
        "kind": bulletin.kind,
        "opened_at": bulletin.opened_at,
        "closed_at": bulletin.closed_at,
        "revision": bulletin.revision,
        "shown": bulletin.shown,
        "shown_at": bulletin.shown_at,
        "sending": bulletin.sending,
        "sending_since": bulletin.sending_since,
        "holder": bulletin.holder,
        "claimed_until": bulletin.claimed_until,
        "ts": bulletin.ts,
        "anomalies": bulletin.anomalies,
        "note": bulletin.note,
    }


def bulletin_in(row: RowMapping) -> Bulletin:
    """Raises Unreadable."""
    try:
        return Bulletin(
            id=BulletinId(row["id"]),
            team=TeamId(row["team_id"]),
            channel=ChannelId(row["channel_id"]),
            kind=BulletinKind(row["kind"]),
            opened_at=row["opened_at"],
            closed_at=row["closed_at"],
            revision=row["revision"],
            shown=row["shown"],
            shown_at=row["shown_at"],
            sending=Sending(row["sending"]),
            sending_since=row["sending_since"],
            holder=row["holder"],
            claimed_until=row["claimed_until"],
            ts=row["ts"],
            anomalies=row["anomalies"],
            note=row["note"],
        )
    except ValueError as error:
        raise Unreadable("bulletin", row["id"], error) from error


def line_row(line: Line) -> dict[str, Any]:
    return {
        "bulletin_id": line.bulletin,
        "key": line.key,
        "kind": line.kind,
        "at": line.at,
        "text": line.text,
        "sending": line.sending,
        "sending_since": line.sending_since,
        "holder": line.holder,
        "claimed_until": line.claimed_until,
        "ts": line.ts,
    }


def line_in(row: RowMapping) -> Line:
    """Raises Unreadable."""
    try:
        return Line(
            bulletin=BulletinId(row["bulletin_id"]),
            key=row["key"],
            kind=LineKind(row["kind"]),
            at=row["at"],
            text=row["text"],
            sending=Sending(row["sending"]),
            sending_since=row["sending_since"],
            holder=row["holder"],
            claimed_until=row["claimed_until"],
            ts=row["ts"],
        )
    except ValueError as error:
        raise Unreadable("line of a bulletin", f"{row['bulletin_id']} {row['key']}", error) from error


def _user(text: str | None) -> UserId | None:
    return None if text is None else UserId(text)
