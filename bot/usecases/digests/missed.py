"""Occasions that nobody can send any more: on record, and their owners told of all of them at once."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from bot.domain.deliveries import Stage
from bot.usecases.digests.leases import Job
from bot.usecases.digests.words import About, Word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from bot.domain.ids import SubscriptionId, UserId
    from bot.domain.schedule import Occasion
    from bot.domain.subscriptions import Subscription
    from bot.store.deliveries import Deliveries
    from bot.usecases.digests.leases import Lease, Leases
    from bot.usecases.digests.weather import Weather
    from bot.usecases.digests.words import TellOwner

Missed = tuple["Subscription", tuple["Occasion", ...]]

NOT_RUNNING = "the bot was not running at its time"


class WritingOff:
    """Writes off. The newest occasion of each subscription is claimed meanwhile, so that a crash leaves somebody to
    tell its owner.
    """

    def __init__(
        self,
        deliveries: Deliveries,
        *,
        leases: Leases,
        weather: Weather,
        tell_owner: TellOwner,
        now: Callable[[], datetime],
    ) -> None:
        self._deliveries = deliveries
        self._leases = leases
        self._weather = weather
        self._tell_owner = tell_owner
        self._now = now

    async def write_off(
        self, missed: Iterable[Missed], expired: Iterable[Job] = (), *, stopping: Callable[[], bool]
    ) -> None:
        """`expired` are entries whose time is over. Each owner is told of everything in one message; one who cannot be
        told now is told later, and theirs stay open until then.
        """
        of_owners: defaultdict[UserId, tuple[list[Missed], list[Job]]] = defaultdict(lambda: ([], []))
        for one in missed:
            of_owners[one[0].owner][0].append(one)
        for job in expired:
            of_owners[job.subscription.owner][1].append(job)
        for owner, theirs in sorted(of_owners.items()):
            if stopping():
                return
            await self._of_owner(owner, *theirs)

    async def _of_owner(self, owner: UserId, missed: Sequence[Missed], expired: Sequence[Job]) -> None:
        held: list[tuple[Lease, str]] = []
        words: list[Word] = []
        for subscription, (*older, newest) in missed:
            why = self._weather.trouble_since(newest.at) or NOT_RUNNING
            marked = await self._deliveries.mark(subscription, older, stage=Stage.MISSED, note=why, now=self._now())
            lease = await self._leases.own(Job(subscription=subscription, occasion=newest))
            if lease is not None:
                days = (*(occasion.day for occasion in marked), newest.day)
                words.append(Word(about=About.MISSED, subscription=subscription, days=days, because=why))
                held.append((lease, why))
        together: defaultdict[tuple[SubscriptionId, str], list[Job]] = defaultdict(list)
        for job in expired:
            lease = await self._leases.own(job)
            if lease is not None:
                why = lease.entry.note or NOT_RUNNING
                together[job.subscription.id, why].append(job)
                held.append((lease, why))
        for (_, why), jobs in together.items():
            days = tuple(sorted(job.occasion.day for job in jobs))
            words.append(Word(about=About.MISSED, subscription=jobs[0].subscription, days=days, because=why))
        if words:
            told = await self._tell_owner(owner, words)
            for lease, why in held:
                await self._leases.missed(lease, why, told=told)
