"""Who hears of a change besides whoever made it: its owner, administrators who have to confirm, and the Home tab."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks.digests.notices import touched_notice
from bot.domain.subscriptions import SubscriptionState
from bot.listeners.home import show_home
from bot.usecases.confirming import Confirming

if TYPE_CHECKING:
    from bot.domain.ids import UserId
    from bot.domain.subscriptions import Subscription
    from bot.listeners.desk import Desk


async def confirmation_wanted(desk: Desk, subscription: Subscription, asked_by: UserId) -> None:
    """Nothing is said of a digest that does not wait."""
    if subscription.state is SubscriptionState.UNCONFIRMED:
        await Confirming(desk.slack, desk.entries, admins=desk.admins).ask(subscription, asked_by)


def owner_told(desk: Desk, seen: Subscription, touched: Subscription | None, done: str, by: UserId) -> None:
    """The owner of `seen` reads that somebody else has "changed", "paused" … it; beside the work, which never waits.

    `touched` is as it is now, None when it is removed. Nothing is said where nothing changed, and of a digest that
    begins to wait: its owner is told that already.
    """
    if by == seen.owner or touched == seen:
        return
    waits = SubscriptionState.UNCONFIRMED
    if touched is not None and touched.state is waits and seen.state is not waits:
        return
    desk.promises.keep(_told(desk, touched or seen, done, by), owner=f"told:{seen.owner}")


async def _told(desk: Desk, subscription: Subscription, done: str, by: UserId) -> None:
    entry = await desk.entries.one(subscription)
    await desk.slack.post(subscription.owner, touched_notice(entry, done, await desk.permits.name(by)))


def home_changed(desk: Desk, *users: UserId) -> None:
    """Their Home tabs show what is true now."""
    for user in dict.fromkeys(users):
        show_home(desk, user)
