"""Owners hear of digests that were stopped or have to wait, whatever happens to the process that stopped them."""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from bot.domain.ids import TeamId
from bot.domain.subscriptions import SubscriptionState
from bot.usecases.digests.words import About, Word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date, datetime

    from bot.domain.ids import SubscriptionId
    from bot.domain.subscriptions import Subscription
    from bot.store.subscriptions import Subscriptions
    from bot.usecases.digests.words import TellOwner

TELLING = timedelta(minutes=1)
"""How long nobody else tells an owner meanwhile; also when it is tried again."""


class Stopped:
    """Who stops digests tells their owners at once; what fails then is found in the database, and told later."""

    def __init__(
        self, subscriptions: Subscriptions, *, team: str, tell_owner: TellOwner, now: Callable[[], datetime]
    ) -> None:
        self._subscriptions = subscriptions
        self._team = TeamId(team)
        self._tell_owner = tell_owner
        self._now = now

    async def tell(
        self, stopped: Iterable[Subscription], days: Mapping[SubscriptionId, tuple[date, ...]] | None = None
    ) -> None:
        """Each owner of all of theirs. `days` are those of the digests that were not sent for that."""
        days = days or {}
        by_owner = sorted(stopped, key=lambda one: one.owner)
        for owner, several in groupby(by_owner, key=lambda one: one.owner):
            theirs = tuple(several)
            words = [
                Word(about=_about(one), subscription=one, days=days.get(one.id, ()), because=_because(one.reason))
                for one in theirs
            ]
            if await self._tell_owner(owner, words):
                await self._subscriptions.told(theirs)

    async def tell_rest(self) -> None:
        """What nobody has told yet and nobody is about to tell."""
        now = self._now()
        await self.tell(await self._subscriptions.to_tell(self._team, now=now, until=now + TELLING))


def _about(subscription: Subscription) -> About:
    return About.WAITING if subscription.state is SubscriptionState.UNCONFIRMED else About.STOPPED


def _because(reason: str) -> str:
    """A reason, which is a sentence, as words that follow "because"."""
    said = reason.rstrip(".")
    return f"t{said[1:]}" if said.startswith("The ") else said
