"""Editing a message that was posted, for who tries again by a pace of their own.

Source: reference of `chat.update`, its errors. An edit may be repeated without harm, and notifies nobody.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.slack.outcomes import Trouble
from bot.slack.outward import refused

if TYPE_CHECKING:
    from datetime import timedelta

    from bot.slack.outward import Outgoing, Slack

GONE = frozenset(
    {
        "message_not_found",
        "thread_not_found",
        "cant_update_message",
        "edit_window_closed",
        "is_inactive",
    }
)
"""Slack's words for a message that will never change again: it was deleted, is not the bot's or is too old, or its
channel is archived. `thread_not_found` is what `chat.postMessage` says of the message that is to be answered.
"""
CHANGED_MEANWHILE = "hash_conflict"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """What became of an edit."""

    trouble: Trouble = Trouble.NONE
    error: str = ""
    """Slack's word; empty when nothing came back."""
    retry_after: timedelta | None = None
    """Only when Slack named one."""

    @property
    def gone(self) -> bool:
        """Whether the message can never be edited again."""
        return self.error in GONE


async def edit(slack: Slack, channel: str, ts: str, message: Outgoing, *, within: timedelta) -> Edited:
    """Put `message` in the place of the bot's own message `ts`: one attempt. Its metadata stays."""
    try:
        async with asyncio.timeout(within.total_seconds()):
            await slack.once.chat_update(
                channel=channel,
                ts=ts,
                text=message["text"],
                blocks=message["blocks"],
                attachments=message.get("attachments", []),
            )
    except (SlackApiError, aiohttp.ClientError, TimeoutError) as failure:
        refusal = refused(failure)
        return Edited(trouble=refusal.trouble, error=refusal.error, retry_after=refusal.retry_after)
    return Edited()
