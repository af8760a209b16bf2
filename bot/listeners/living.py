"""One message to a person that is rewritten as things go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks.kit import without_data_blocks
from bot.errors import Explainable
from bot.slack.outward import Outcome

if TYPE_CHECKING:
    from bot.blocks.kit import Message
    from bot.slack.outward import Posted, Slack


class LivingMessage:
    """Posted when it is first said, rewritten in place afterwards; said anew where it can no longer be rewritten."""

    def __init__(self, slack: Slack, to: str, *, channel: str = "", ts: str = "") -> None:
        """`to` is a person or a channel; `channel` and `ts` are those of a message that is there already."""
        self._slack = slack
        self._to = to
        self.channel = channel
        """Of the conversation that it is in; empty until it was posted."""
        self.ts = ts

    async def open(self, message: Message) -> str:
        """Post the first word; returns the id of the conversation that it is in. Raises Explainable if it cannot be."""
        await self.say(message)
        return self.place()

    def place(self) -> str:
        """The id of the conversation that it is in. Raises Explainable when it could not be posted."""
        if not self.ts:
            raise Explainable("Slack does not let the bot write to you directly, where the file would come.")
        return self.channel

    async def say(self, message: Message) -> bool:
        """Whether it is what the person sees now. Slack may have taken it although False is returned."""
        if not self.ts:
            return await self._post(message)
        outcome = await self._slack.rewrite(self.channel, self.ts, message)
        if outcome is Outcome.REFUSED_BLOCKS:
            outcome = await self._slack.rewrite(self.channel, self.ts, without_data_blocks(message))
        return outcome is Outcome.SENT

    async def conclude(self, message: Message) -> bool:
        """The last word: posted below when the message cannot be rewritten, for example because it was deleted.

        Whether Slack took it.
        """
        return await self.say(message) or await self._post(message)

    async def add(self, message: Message) -> bool:
        """A message of its own below, which is the living one from now on; whether Slack took it."""
        return await self._post(message)

    async def _post(self, message: Message) -> bool:
        posted: Posted = await self._slack.post(self._to, message)
        if posted.outcome is Outcome.REFUSED_BLOCKS:
            posted = await self._slack.post(self._to, without_data_blocks(message))
        self.channel, self.ts = posted.channel or self.channel, posted.ts or self.ts
        return posted.outcome is Outcome.SENT
