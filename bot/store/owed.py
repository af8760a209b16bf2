"""What a digest owes by its old schedule when it gets a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from bot.domain.deliveries import FileStage, Stage
from bot.domain.subscriptions import SubscriptionState
from bot.store.inserting import insert_into
from bot.store.order_json import write_order
from bot.store.tables import deliveries

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from bot.domain.subscriptions import Subscription


async def owe(connection: AsyncConnection, engine: AsyncEngine, seen: Subscription, now: datetime) -> None:
    """What was due of `seen` by `now` and nobody has begun becomes an entry that anybody may take: of the order that it
    was due by, which the new one would not find any more.
    """
    if seen.state is not SubscriptionState.ACTIVE:
        return
    newest = select(func.max(deliveries.c.day)).where(deliveries.c.subscription_id == seen.id)
    latest = await connection.scalar(newest)
    rows = [
        {
            "subscription_id": seen.id,
            "day": occasion.day,
            "due_at": occasion.at,
            "order_json": write_order(seen.order),
            "channel_id": seen.channel,
            "stage": Stage.CLAIMED,
            "holder": "",
            "claimed_until": now,
            "attempts": 0,
            "ts": "",
            "late": False,
            "note": "",
            "file": FileStage.NONE,
        }
        for occasion in seen.order.schedule.due(since=seen.since, after=latest, now=now)
    ]
    if rows:
        await connection.execute(insert_into(deliveries, engine).values(rows).on_conflict_do_nothing())
