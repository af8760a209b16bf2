"""Digests to keep, and what a test asks of the store."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot.domain.ids import ChannelId, TeamId, UserId
from bot.domain.questions import QueueWord
from bot.domain.schedule import Days, Occasion, Rhythm, Schedule
from bot.domain.subscriptions import Order, SubscriptionState, Topic
from bot.store.database import engine_on
from bot.store.urls import driven

if TYPE_CHECKING:
    from sqlalchemy import Executable

    from bot.domain.subscriptions import Subscription
    from bot.store.database import Store

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
TEAM = TeamId("T1")
BILLING = ChannelId("C-BILLING")
SALES = ChannelId("C-SALES")
ANA = UserId("U-ANA")
BEN = UserId("U-BEN")
MONDAY = date(2026, 11, 16)

EVERY_MORNING = Order(
    topic=Topic(
        queues=(QueueWord(text="7f1c", quoted=True), QueueWord(text="bil*")),
        period="yesterday",
        threshold=timedelta(seconds=30),
    ),
    schedule=Schedule(
        days=Days(rhythm=Rhythm.DAYS, weekdays=frozenset(range(5))),
        at=time(7, 45),
        zone=ZoneInfo("Europe/London"),
    ),
)


def occasion(days: int = 0) -> Occasion:
    """At 07:45 so many days after Monday the 16th."""
    return Occasion(day=MONDAY + timedelta(days=days), at=NOON - timedelta(hours=4, minutes=15) + timedelta(days=days))


async def subscribed(store: Store, **other: Any) -> Subscription:
    """A new digest; `other` replaces what it is made of."""
    usual = {
        "order": EVERY_MORNING,
        "team": TEAM,
        "channel": BILLING,
        "owner": ANA,
        "state": SubscriptionState.ACTIVE,
        "now": NOON,
    }
    return await store.subscriptions.create(**usual | other)


async def on_database(url: str, *statements: Executable) -> None:
    """What no version of the bot would do."""
    async with engine_on(driven(url)) as engine, engine.begin() as connection:
        for statement in statements:
            await connection.execute(statement)
