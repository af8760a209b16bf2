"""What followed from something a person did: the acknowledgement, and the messages and views that came after."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

from bot.demo.slack_acks import Ack
from bot.demo.slack_journal import Entry, What
from bot.demo.slack_workspace import Json, Message, UserId, View, Workspace

PATIENCE = timedelta(seconds=30)
Found = TypeVar("Found")


class NothingCameError(AssertionError):
    """What was waited for did not happen; the text says what did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What followed from one command, click, submission, keystroke or visit."""

    workspace: Workspace = field(repr=False)
    user: UserId
    ack: Ack
    since: int
    """Position in the journal before it happened."""
    via: frozenset[str] = frozenset()
    """Keys of the response URLs handed out for it."""
    errors: Mapping[str, str] = field(default_factory=dict)
    """Errors shown at the fields of a modal, by block id."""
    options: tuple[Json, ...] = ()
    """What a type-ahead menu was given to show."""

    def versions(self) -> list[Message]:
        """Every state of every message of the bot since then that the person was shown, in order."""
        return [m for entry in self.workspace.journal.since(self.since) if (m := self._message(entry)) is not None]

    def shown(self) -> list[Message]:
        """The messages as they stand now, in order of appearance, without those that were deleted."""
        latest = {message.key: message for message in self.versions()}
        return [message for message in latest.values() if not message.deleted]

    async def messages(self, at_least: int = 1, *, within: timedelta = PATIENCE) -> list[Message]:
        """The messages, once there are so many; raises NothingCameError."""

        def enough() -> list[Message] | None:
            shown = self.shown()
            return shown if len(shown) >= at_least else None

        return await self._wait(enough, f"{at_least} message(s)", within)

    async def until(self, holds: Callable[[Message], bool], *, within: timedelta = PATIENCE) -> Message:
        """The first state of a message for which `holds`; raises NothingCameError."""
        journal, position = self.workspace.journal, self.since

        def next_fitting() -> Message | None:
            nonlocal position
            for entry in journal.since(position):
                position = entry.number + 1
                if (message := self._message(entry)) is not None and holds(message):
                    return message
            return None

        return await self._wait(next_fitting, "such a message", within)

    async def modal(self, title: str | None = None, *, within: timedelta = PATIENCE) -> View:
        """The topmost modal of the person, once there is one opened or changed since then, of that title if given."""

        def on_top() -> View | None:
            stack = self.workspace.modals.get(self.user)
            fitting = bool(stack) and title in (None, stack[-1].title) if stack else False
            return stack[-1] if stack and fitting and self._happened(What.MODALS) else None

        return await self._wait(on_top, f"a modal titled {title}" if title else "a modal", within)

    async def home(self, *, within: timedelta = PATIENCE) -> View:
        """The person's Home tab, once it was published since then."""
        return await self._wait(
            lambda: self.workspace.homes.get(self.user) if self._happened(What.HOME) else None, "a Home tab", within
        )

    def _message(self, entry: Entry) -> Message | None:
        """The message of the entry, if it is the bot's, belongs to this reply, and the person is shown it."""
        message = entry.message
        if message is None or message.user != self.workspace.bot or not message.seen_by(self.user):
            return None
        belongs = entry.via is None or entry.via in self.via
        channel = self.workspace.channels.get(self.workspace.address(message.channel))
        return message if belongs and channel is not None and self.user in channel.members else None

    def _happened(self, what: What) -> bool:
        return any(e.what is what and e.user == self.user for e in self.workspace.journal.since(self.since))

    async def _wait(self, look: Callable[[], Found | None], what: str, within: timedelta) -> Found:
        try:
            async with asyncio.timeout(within.total_seconds()):
                return await self.workspace.journal.first(look)
        except TimeoutError:
            seen = "; ".join(repr(message.text) for message in self.shown()) or "nothing"
            raise NothingCameError(
                f"no {what} within {within.total_seconds():g} s; acknowledged: {self.ack.outcome}; shown: {seen}"
            ) from None
