"""What is sent with the button of a window: acknowledged in time, done under guard, and told where it was sent."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from bot.blocks import forms, kit
from bot.blocks.ask_form import refused
from bot.blocks.failure import explained
from bot.blocks.kit import without_data_blocks
from bot.errors import Explainable
from bot.listeners.reply import Reply
from bot.slack.outward import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from slack_bolt.async_app import AsyncAck

    from bot.blocks.kit import Block, Message
    from bot.listeners.desk import Desk, Visitor
    from bot.slack.payloads import Submission

IN_TIME_SECONDS = 2.0
"""Slack waits three for a submission; what takes longer is shown in the window when it is done."""
OVERTAKING_SECONDS = 0.3
"""Between the acknowledgement and the first update: one that came first would be covered by it."""


class Submitted:
    """A window whose button was pressed. Until it is acknowledged, what is wrong is told at a field and the window
    stays as it was filled in; afterwards it shows what became of it.
    """

    def __init__(self, desk: Desk, visitor: Visitor, ack: AsyncAck, body: Submission, *, title: str, at: str) -> None:
        """`title` is of the window that follows; `at` is the field for what is wrong with none."""
        self._desk = desk
        self._visitor = visitor
        self._ack = ack
        self._view_id = body["view"]["id"]
        self._title = title
        self._at = at
        self._acknowledged = False

    def take(
        self,
        work: Callable[[], Coroutine[Any, Any, Block]],
        *,
        field: Callable[[Explainable], str],
    ) -> None:
        """Own the `work` until it is done, and show the window that it gives; never raises.

        `field` is the block under which an error is told.
        """
        self._desk.promise(self._visitor, Reply(self._tell), self._through(work, field))

    async def _through(
        self, work: Callable[[], Coroutine[Any, Any, Block]], field: Callable[[Explainable], str]
    ) -> None:
        working = asyncio.ensure_future(work())
        try:
            await asyncio.wait({working}, timeout=IN_TIME_SECONDS)
            if not working.done():
                await self._update(forms.modal(self._title, [kit.section("Saving …")]))
                await asyncio.sleep(OVERTAKING_SECONDS)
            try:
                view = await working
            except Explainable as error:
                if self._acknowledged:
                    raise
                await self._blame(field(error), explained(error))
                return
            await self._update(view)
        finally:
            working.cancel()

    async def _blame(self, block: str, said: str) -> None:
        self._acknowledged = True
        await self._ack(response_action="errors", errors=refused(block, said))

    async def _update(self, view: Block) -> None:
        if not self._acknowledged:
            self._acknowledged = True
            await self._ack(response_action="update", view=view)
        elif not await self._desk.slack.update_view(self._view_id, view):
            raise Explainable("Slack did not take the contents of the window. What was saved shows where it is listed.")

    async def _tell(self, message: Message, *, in_channel: bool, replace: bool) -> Outcome:  # noqa: ARG002 one reader
        """Of the guard: a refusal, a failure, or the reference of a defect."""
        if not self._acknowledged:
            await self._blame(self._at, message["text"])
            return Outcome.SENT
        shown = [block for block in without_data_blocks(message)["blocks"] if block["type"] != "actions"]
        if await self._desk.slack.update_view(self._view_id, forms.modal(self._title, shown)):
            return Outcome.SENT
        return (await self._desk.slack.post(self._visitor.user, message)).outcome
