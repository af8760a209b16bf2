"""Entries of the ledger in the hands of this process: taken, announced, settled or given back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

import structlog

from bot.domain.deliveries import FileStage, Stage
from bot.usecases.digests.due import is_late

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from bot.domain.deliveries import Delivery
    from bot.domain.ids import SubscriptionId
    from bot.domain.schedule import Occasion
    from bot.domain.subscriptions import Subscription
    from bot.store.deliveries import Deliveries

log = structlog.get_logger()

LEASE = timedelta(seconds=150)
POSTING = timedelta(seconds=15)
"""How long a post may take."""
SPARE = timedelta(seconds=30)
"""What of the lease has to be left when a post has ended at the latest."""

UNTOLD = timedelta(minutes=1)
"""When to try again to tell an owner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A digest to deliver: for the first time when there is no entry yet."""

    subscription: Subscription
    occasion: Occasion
    entry: Delivery | None = None
    asked: bool = False
    """By a person, so that it is never too late."""


class Lease(NamedTuple):
    """An entry that is ours, since a monotonic moment."""

    entry: Delivery
    since: float


def key_of(subscription: SubscriptionId, day: date) -> str:
    """What a delivery is called in messages: in their buttons, and in their metadata."""
    return f"{subscription}:{day.isoformat()}"


class Leases:
    """The ledger, as one process writes it. Every step is told to `step` by its name, when it is done."""

    def __init__(
        self,
        deliveries: Deliveries,
        *,
        process: str,
        now: Callable[[], datetime],
        clock: Callable[[], float],
        step: Callable[[str], None],
    ) -> None:
        self._deliveries = deliveries
        self._process = process
        self._attempts = count(1)
        self._now = now
        self._clock = clock
        self._step = step

    async def own(self, job: Job) -> Lease | None:
        """The job's entry as ours; None when another process has it, or it is over."""
        now, since = self._now(), self._clock()
        mine: dict[str, Any] = {
            "holder": f"{self._process}:{next(self._attempts)}",
            "now": now,
            "until": now + LEASE,
        }
        if job.entry is None:
            entry = await self._deliveries.claim(job.subscription, job.occasion, **mine)
        elif job.entry.stage.open:
            entry = await self._deliveries.retake(job.entry, **mine)
        else:
            entry = await self._deliveries.again(job.entry, **mine)
        if entry is None:
            return None
        self._step("claimed")
        return Lease(entry, since)

    async def sending(self, lease: Lease) -> Lease | None:
        """The lease anew, with the message announced; None when it was taken over, or may be before a post is over.

        The caller posts at once, and for `POSTING` at most.
        """
        since, now = self._clock(), self._now()
        if now + POSTING > lease.entry.claimed_until or since - lease.since > (LEASE - POSTING).total_seconds():
            return None
        entry = await self._deliveries.sending(lease.entry, now=now, until=now + LEASE)
        if entry is None:
            return None
        self._step("sending")
        # The ledger itself may have been slow. Two clocks: one may be set back, the other stands still in suspension.
        needed = POSTING + SPARE
        if self._clock() - since > (LEASE - needed).total_seconds() or self._now() > entry.claimed_until - needed:
            log.warning("the ledger was too slow to send a digest")
            return None
        return Lease(entry, since)

    async def settle(
        self, lease: Lease, stage: Stage, *, ts: str = "", note: str = "", file: FileStage = FileStage.NONE
    ) -> None:
        """How it ended."""
        entry = lease.entry
        now = self._now()
        late = stage is Stage.SENT and is_late(entry.order, entry.due_at, entry.sending_since or now)
        await self._deliveries.settle(entry, stage=stage, now=now, ts=ts, late=late, note=note, file=file)
        self._step("settled")

    async def again(self, lease: Lease, pause: timedelta, why: str) -> bool:
        """It is certain that nothing was sent; it is tried again after `pause`. False when it is no longer ours."""
        now = self._now()
        kept = await self._deliveries.not_sent(lease.entry, now=now, retry_at=now + pause, note=why)
        self._step("postponed")
        return kept

    async def give_back(self, lease: Lease) -> None:
        """This process goes on with it no more, and another may at once, unless its message was announced."""
        await self._deliveries.give_back(lease.entry, now=self._now())
        self._step("given back")

    async def missed(self, lease: Lease, why: str, *, told: bool) -> None:
        """Not sent, and never will be: over once the owner is told."""
        if told:
            await self.settle(lease, Stage.MISSED, note=why)
        else:
            await self.again(lease, UNTOLD, why)
