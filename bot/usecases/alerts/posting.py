"""Alerts on their way to Slack: new messages, lines in their threads, and edits of what is shown.

posting = Posting(slack, identity, store, render=…, channel_lost=…, tell_owner=…, now=utc_now)
await posting.send()                       # every few seconds, and after each evaluation
await posting.send(urgent=[bulletin])      # after a press: this one is edited at once
await posting.drain()                      # at shutdown
"""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable
    from datetime import datetime

    from bot.domain.alerts.states import Bulletin, BulletinId, Incident
    from bot.domain.ids import ChannelId
    from bot.slack.outward import Identity, Outgoing, Slack
    from bot.store.database import Store

    Render = Callable[[Bulletin, tuple[Incident, ...]], Awaitable[Outgoing] | Outgoing]
    ChannelLost = Callable[[ChannelId, str], Awaitable[object]]

PATIENCE = timedelta(seconds=20)
"""How long a stopping bot waits for what is on its way."""


class Posting:
    """One in each process."""

    def __init__(
        self,
        slack: Slack,
        identity: Identity,
        store: Store,
        *,
        render: Render,
        channel_lost: ChannelLost,
        tell_owner: ChannelLost,
        now: Callable[[], datetime],
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        step: Callable[[str], None] = lambda _: None,
    ) -> None:
        """`channel_lost` is told a channel that takes no messages, and why as a sentence: it stops the channel's rules
        and tells their owners. `tell_owner` is told why a message of a channel has to wait for a person; once until
        one is sent. `clock` is monotonic, in seconds. `step` is told the name of each step that is done, for tests.
        """

    async def send(self, urgent: Iterable[BulletinId] = ()) -> None:
        """Everything that can be sent now. While one call is at work, another makes it look once more and returns.

        `urgent` messages are edited at once, others not more often than every half minute. Raises nothing.
        """

    async def drain(self, within: timedelta = PATIENCE) -> None:
        """Begin no message more, and finish those on their way."""
