"""A rule as a row, and as the text that the audit log keeps of it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from bot.domain.alerts.keeping import DamagedRule
from bot.domain.alerts.rules import Rule, RuleId, RuleState
from bot.domain.ids import ChannelId, TeamId, UserId
from bot.store.reading import Unreadable
from bot.store.terms_json import read_terms, write_terms

if TYPE_CHECKING:
    from sqlalchemy import RowMapping


class _Snapshot(msgspec.Struct):
    number: int
    channel: str
    owner: str
    state: str
    reason: str
    muted_until: datetime | None
    terms: Any


def rule_in(row: RowMapping) -> Rule:
    """Raises Unreadable."""
    try:
        return Rule(
            id=RuleId(row["id"]),
            number=row["number"],
            team=TeamId(row["team_id"]),
            channel=ChannelId(row["channel_id"]),
            owner=UserId(row["owner_id"]),
            terms=read_terms(row["terms_json"]),
            state=RuleState(row["state"]),
            reason=row["reason"],
            muted_until=row["muted_until"],
            created_at=row["created_at"],
            changed_at=row["changed_at"],
        )
    except (ValueError, OverflowError) as error:
        raise Unreadable("alert rule", row["id"], error) from error


def damaged_in(row: RowMapping) -> DamagedRule | None:
    """None when it can be read."""
    try:
        rule_in(row)
    except Unreadable:
        return DamagedRule(
            id=RuleId(row["id"]),
            number=row["number"],
            team=TeamId(row["team_id"]),
            channel=ChannelId(row["channel_id"]),
            owner=UserId(row["owner_id"]),
            changed_at=row["changed_at"],
        )
    return None


def row_of(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "number": rule.number,
        "team_id": rule.team,
        "channel_id": rule.channel,
        "owner_id": rule.owner,
        "terms_json": write_terms(rule.terms),
        "state": rule.state,
        "reason": rule.reason,
        "muted_until": rule.muted_until,
        "created_at": rule.created_at,
        "changed_at": rule.changed_at,
    }


def snapshot_of(row: RowMapping | dict[str, Any]) -> str:
    """What people could change of it, as JSON; also of a row whose terms cannot be read."""
    try:
        terms = msgspec.json.decode(row["terms_json"])
    except ValueError:
        terms = row["terms_json"]
    snapshot = _Snapshot(
        number=row["number"],
        channel=row["channel_id"],
        owner=row["owner_id"],
        state=str(row["state"]),
        reason=row["reason"],
        muted_until=row["muted_until"],
        terms=terms,
    )
    return msgspec.json.encode(snapshot).decode()
