"""What there is to do now: the subscriptions and the ledger, read once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from bot.domain.deliveries import Stage
from bot.domain.schedule import Occasion
from bot.usecases.digests.due import closes_at, due_of, ready_at
from bot.usecases.digests.leases import Job

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from bot.domain.deliveries import Delivery
    from bot.domain.ids import SubscriptionId
    from bot.store.database import Store
    from bot.usecases.digests.missed import Missed

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    jobs: tuple[Job, ...]
    """In the order in which they were due: new ones, and entries that nobody has a claim on any more."""
    missed: tuple[Missed, ...]
    expired: tuple[Job, ...]
    """Entries of which nothing was sent, and nothing will be any more."""


class Planning:
    """Of one workspace."""

    def __init__(self, store: Store, *, team: str, grace: timedelta) -> None:
        self._subscriptions = store.subscriptions
        self._deliveries = store.deliveries
        self._team = team
        self._grace = grace
        self._odd: set[SubscriptionId] = set()

    async def plan(self, now: datetime) -> Plan:
        """Costs three queries, and one for each entry whose subscription is no longer active."""
        active = {one.id: one for one in await self._subscriptions.active() if one.team == self._team}
        latest = await self._deliveries.latest()
        missed: list[Missed] = []
        jobs: list[Job] = []
        expired: list[Job] = []
        for subscription in active.values():
            try:
                due = due_of(subscription, after=latest.get(subscription.id), now=now, grace=self._grace)
            except Exception:
                # A defect that one digest meets is not that of all the others.
                if subscription.id not in self._odd:
                    log.exception("nobody knows when a digest is due", subscription=subscription.id)
                self._odd.add(subscription.id)
                continue
            if due.missed:
                missed.append((subscription, due.missed))
            if due.send:
                jobs.append(Job(subscription=subscription, occasion=due.send))
        for entry in await self._deliveries.lapsed(now):
            found = active.get(entry.subscription) or await self._subscriptions.find(entry.subscription)
            # One that was due when its schedule was changed may wait for its figures still.
            if found and found.team == self._team and now >= ready_at(entry.order, entry.due_at):
                job = Job(subscription=found, occasion=Occasion(day=entry.day, at=entry.due_at), entry=entry)
                (expired if found.id in active and self._expired(entry, now) else jobs).append(job)
        jobs.sort(key=lambda job: job.occasion.at)
        return Plan(jobs=tuple(jobs), missed=tuple(missed), expired=tuple(expired))

    def _expired(self, entry: Delivery, now: datetime) -> bool:
        # One that may be on its way has to be looked for first.
        return entry.stage is Stage.CLAIMED and now > closes_at(entry.order, entry.due_at, self._grace)
