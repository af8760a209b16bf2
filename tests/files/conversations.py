"""Conversations for the tests of this folder, made of what differs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.conversations import Conversation, Direction, Outcome, Visit
from bot.domain.ids import AgentId, QueueId, WrapUpId
from bot.domain.queues import Media
from bot.files.rows import Reader

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
BILLING, SALES = QueueId("q-billing"), QueueId("q-sales")
READER = Reader(
    queues={BILLING: "Billing"}, agents={AgentId("a-1"): "Ana"}, wrap_ups={WrapUpId("w-1"): "Resolved"}, zone=BERLIN
)


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def visit(queue: QueueId = BILLING, *, after: float = 1, outcome: Outcome = Outcome.ABANDONED) -> Visit:
    """A visit that nobody handled, `after` seconds after noon."""
    return Visit(
        queue=queue,
        media=Media.VOICE,
        direction=Direction.INBOUND,
        entered=NOON + seconds(after),
        outcome=outcome,
        wait=seconds(12.5),
    )


def conversation(number: int, *visits: Visit, at: float = 0, over: bool = True) -> Conversation:
    """Conversation `c-<number>`, which began `at` seconds after noon and lasted five minutes."""
    start = NOON + seconds(at)
    return Conversation(
        id=f"c-{number}", start=start, end=start + seconds(300) if over else None, visits=visits or (visit(),)
    )
