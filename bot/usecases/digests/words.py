"""What owners are told of their digests besides the digests, and who tells them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, TypeAlias

import structlog

from bot.domain.ids import UserId

if TYPE_CHECKING:
    from datetime import date

    from bot.domain.subscriptions import Subscription

log = structlog.get_logger()


class About(Enum):
    MISSED = auto()
    """Not sent, and will not be; offer to send it now."""
    STOPPED = auto()
    """The channel takes no messages; offer to resume."""
    WAITING = auto()
    """Another organisation reads its channel; an administrator has to confirm it."""
    UNCLEAR = auto()
    """Perhaps sent, which the bot cannot see; offer to send it again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One thing that an owner has to know."""

    about: About
    subscription: Subscription
    days: tuple[date, ...]
    """Local dates of the digests that it is about, oldest first; none when it was stopped between two."""
    because: str
    """Why, in words that follow "because"."""


TellOwner: TypeAlias = Callable[[UserId, Sequence[Word]], Awaitable[bool]]
"""Tells one person everything at once. False when Slack could not be reached or is not usable: ask again later. True
also when the person can never be reached.
"""


def unfailing(tell_owner: TellOwner) -> TellOwner:
    """The same, but what it raises is logged and counts as not told: other owners' digests do not wait for that."""

    async def tell(owner: UserId, words: Sequence[Word]) -> bool:
        try:
            return await tell_owner(owner, words)
        except Exception:
            log.exception("an owner was not told", digests=len(words))
            return False

    return tell
