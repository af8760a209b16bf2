"""A channel begins to be shared with another organisation: what was active there waits for an administrator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.audit import Action
from bot.domain.subscriptions import SubscriptionState
from bot.usecases.digests.subscribe_rules import UNCONFIRMED

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.ids import ChannelId, TeamId
    from bot.domain.subscriptions import Subscription
    from bot.store.subscriptions import Subscriptions

_ATTEMPTS = 5


async def made_to_wait(
    records: Subscriptions, team: TeamId, channel: ChannelId, now: datetime, *, confirmed: bool
) -> tuple[Subscription, ...]:
    """Those that were active, as they are now. With `confirmed` also those that an administrator let speak: it is
    another organisation then than the one that they knew of.
    """
    here = await records.of_channels(team, [channel])
    return tuple([waiting for one in here if (waiting := await _waiting(records, one, now, confirmed=confirmed))])


async def _waiting(
    records: Subscriptions, seen: Subscription | None, now: datetime, *, confirmed: bool
) -> Subscription | None:
    for _ in range(_ATTEMPTS):  # somebody may change it at the same moment, and it must not go on speaking for that
        if seen is None or seen.state is not SubscriptionState.ACTIVE or (seen.confirmed and not confirmed):
            return None
        waiting = await records.change(
            seen,
            by=None,
            now=now,
            action=Action.STOPPED,
            state=SubscriptionState.UNCONFIRMED,
            reason=UNCONFIRMED,
            confirmed=False,
            tell_owner=True,
        )
        if waiting:
            return waiting
        seen = await records.find(seen.id)
    return None
