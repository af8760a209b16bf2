"""One answer in the making: nobody is left without a word, whatever happens to the work or to the connection."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol, TypeVar

import structlog

from bot.blocks.kit import without_data_blocks
from bot.slack.outward import Outcome

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from bot.blocks.kit import Message
    from bot.slack.outward import Slack

log = structlog.get_logger()

T = TypeVar("T")

QUIET_SECONDS = 0.8
"""An answer that comes sooner needs no word before it."""
QUIET_OVER_ANSWER = 5.0
"""Over an answer the word would stay beneath it, so it is only said when the wait gets long."""


class Send(Protocol):
    async def __call__(self, message: Message, *, in_channel: bool, replace: bool) -> Outcome: ...


class Reply:
    """The answer to a command, a click or a form.

    `on_answer`: the click came from an answer. Notes and failures are then added under it, so that a figure on the
    screen is only ever replaced by a newer figure.
    """

    def __init__(self, send: Send, *, on_message: bool = False, on_answer: bool = False) -> None:
        self._send = send
        self._replaces = on_message or on_answer
        self._on_answer = on_answer

    async def say(self, message: Message) -> None:
        """To the asker alone, in place of what was said before."""
        replace, self._replaces = self._replaces, True
        await self._tell(message, replace=replace)

    async def add(self, message: Message) -> None:
        """To the asker alone, under what was said before."""
        await self._tell(message, replace=False)

    async def conclude(self, message: Message) -> None:
        """In place of what was said to the asker alone; nothing when nothing was."""
        if self._replaces:
            await self.say(message)

    async def note(self, message: Message) -> None:
        """A word on the way, or that there is no answer."""
        if self._on_answer:
            await self.add(message)
        else:
            await self.say(message)

    async def announce(self, message: Message) -> Outcome:
        """To everybody in the channel, once. UNKNOWN when the connection broke: it may be there."""
        return await self._deliver(message, in_channel=True, replace=False)

    async def when_ready(self, work: Coroutine[None, None, T], *, meanwhile: Message) -> T:
        """The result of `work`; notes `meanwhile` when it takes its time."""
        task = asyncio.ensure_future(work)
        try:
            done, _ = await asyncio.wait({task}, timeout=QUIET_OVER_ANSWER if self._on_answer else QUIET_SECONDS)
            if not done:
                await self.note(meanwhile)
            return await task
        finally:
            task.cancel()

    async def _tell(self, message: Message, *, replace: bool) -> None:
        outcome = await self._deliver(message, in_channel=False, replace=replace)
        if outcome is Outcome.UNKNOWN:
            # Said twice is better than not at all, for one reader.
            outcome = await self._deliver(message, in_channel=False, replace=replace)
        if outcome is not Outcome.SENT:
            log.error("an answer could not be delivered", outcome=outcome.name)

    async def _deliver(self, message: Message, *, in_channel: bool, replace: bool) -> Outcome:
        outcome = await self._send(message, in_channel=in_channel, replace=replace)
        if outcome is Outcome.REFUSED_BLOCKS:
            return await self._send(without_data_blocks(message), in_channel=in_channel, replace=replace)
        return outcome


def to_url(slack: Slack, response_url: str) -> Send:
    """Through the response URL of a command or click: works in every channel, whether the bot is a member or not."""

    async def send(message: Message, *, in_channel: bool, replace: bool) -> Outcome:
        return await slack.respond(response_url, message, in_channel=in_channel, replace=replace)

    return send


def to_person(slack: Slack, user_id: str) -> Send:
    """As a direct message, where there is nothing to replace: for forms, which come without a response URL."""

    async def send(message: Message, *, in_channel: bool, replace: bool) -> Outcome:  # noqa: ARG001 one reader, one message
        return (await slack.post(user_id, message)).outcome

    return send
