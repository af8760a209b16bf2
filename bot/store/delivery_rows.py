"""An entry of the ledger as a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.deliveries import Delivery, FileStage, Stage
from bot.domain.ids import ChannelId, SubscriptionId
from bot.store.order_json import read_order
from bot.store.reading import Unreadable

if TYPE_CHECKING:
    from sqlalchemy import RowMapping


def delivery_in(row: RowMapping) -> Delivery:
    """Raises Unreadable."""
    try:
        return Delivery(
            subscription=SubscriptionId(row["subscription_id"]),
            day=row["day"],
            due_at=row["due_at"],
            order=read_order(row["order_json"]),
            channel=ChannelId(row["channel_id"]),
            stage=Stage(row["stage"]),
            holder=row["holder"],
            claimed_until=row["claimed_until"],
            attempts=row["attempts"],
            sending_since=row["sending_since"],
            ts=row["ts"],
            late=row["late"],
            note=row["note"],
            file=FileStage(row["file"]),
            settled_at=row["settled_at"],
        )
    except ValueError as error:
        raise Unreadable("delivery", f"{row['subscription_id']} of {row['day']}", error) from error
