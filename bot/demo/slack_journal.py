"""A journal of everything that happened in the local workspace, and a way to wait for what has not happened yet."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.demo.slack_workspace import Message, UserId

Found = TypeVar("Found")


class What(StrEnum):
    """What an entry of the journal tells."""

    POSTED = "posted"
    UPDATED = "updated"
    DELETED = "deleted"
    MODALS = "modals"
    HOME = "home"
    CHANNELS = "channels"
    CLOCK = "clock"
    SWITCHES = "switches"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that happened, in order; `via` is the key of the response URL it came through, if any."""

    number: int
    what: What
    message: Message | None = None
    user: UserId | None = None
    via: str | None = None
    text: str = ""


class Journal:
    """Everything that happened, and a way to wait for what has not happened yet."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._rung = asyncio.Event()

    def __len__(self) -> int:
        return len(self._entries)

    def since(self, position: int) -> list[Entry]:
        """Entries from `position` on."""
        return self._entries[position:]

    def write(
        self,
        what: What,
        *,
        message: Message | None = None,
        user: UserId | None = None,
        via: str | None = None,
        text: str = "",
    ) -> None:
        """Add an entry and wake everybody who waits."""
        entry = Entry(number=len(self._entries), what=what, message=message, user=user, via=via, text=text)
        self._entries.append(entry)
        rung, self._rung = self._rung, asyncio.Event()
        rung.set()

    async def change(self, position: int) -> None:
        """Return once there are entries from `position` on."""
        while len(self._entries) <= position:
            await self._rung.wait()

    async def first(self, look: Callable[[], Found | None]) -> Found:
        """The first thing other than None that `look` finds; it is asked again after every entry."""
        while (found := look()) is None:
            await self._rung.wait()
        return found
