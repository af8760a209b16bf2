"""A subscription as a row, and as the text that the audit log keeps of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from bot.domain.ids import ChannelId, SubscriptionId, TeamId, UserId
from bot.domain.subscriptions import Damaged, Subscription, SubscriptionState
from bot.store.order_json import read_order, write_order
from bot.store.reading import Unreadable

if TYPE_CHECKING:
    from sqlalchemy import RowMapping

    from bot.domain.subscriptions import Order


class _Snapshot(msgspec.Struct):
    number: int
    channel: str
    owner: str
    state: str
    reason: str
    order: Any


def subscription_in(row: RowMapping) -> Subscription:
    """Raises Unreadable."""
    try:
        return Subscription(
            id=SubscriptionId(row["id"]),
            number=row["number"],
            team=TeamId(row["team_id"]),
            channel=ChannelId(row["channel_id"]),
            owner=UserId(row["owner_id"]),
            order=read_order(row["order_json"]),
            state=SubscriptionState(row["state"]),
            reason=row["reason"],
            confirmed=row["confirmed"],
            since=row["since"],
            created_at=row["created_at"],
            changed_at=row["changed_at"],
        )
    except ValueError as error:
        raise Unreadable("subscription", row["id"], error) from error


def damaged_in(row: RowMapping) -> Damaged | None:
    """None when it can be read."""
    try:
        subscription_in(row)
    except Unreadable:
        return Damaged(
            id=SubscriptionId(row["id"]),
            number=row["number"],
            team=TeamId(row["team_id"]),
            channel=ChannelId(row["channel_id"]),
            owner=UserId(row["owner_id"]),
            changed_at=row["changed_at"],
        )
    return None


def order_in(snapshot: str) -> Order:
    """The order that `snapshot_of` has kept. Raises Unreadable."""
    try:
        kept = msgspec.json.decode(snapshot, type=_Snapshot)
        return read_order(msgspec.json.encode(kept.order).decode())
    except ValueError as error:
        raise Unreadable("order of before", snapshot[:80], error) from error


def row_of(subscription: Subscription) -> dict[str, Any]:
    return {
        "id": subscription.id,
        "number": subscription.number,
        "team_id": subscription.team,
        "channel_id": subscription.channel,
        "owner_id": subscription.owner,
        "order_json": write_order(subscription.order),
        "state": subscription.state,
        "reason": subscription.reason,
        "confirmed": subscription.confirmed,
        "since": subscription.since,
        "created_at": subscription.created_at,
        "changed_at": subscription.changed_at,
    }


def snapshot_of(row: RowMapping | dict[str, Any]) -> str:
    """What people could change of it, as JSON; also of a row whose order cannot be read."""
    try:
        order = msgspec.json.decode(row["order_json"])
    except ValueError:
        order = row["order_json"]
    snapshot = _Snapshot(
        number=row["number"],
        channel=row["channel_id"],
        owner=row["owner_id"],
        state=str(row["state"]),
        reason=row["reason"],
        order=order,
    )
    return msgspec.json.encode(snapshot).decode()
