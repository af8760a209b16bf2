"""Is a message that may have been posted there? Looked for by its metadata. Needs channels:history or groups:history.

Source: `conversations.history`, `conversations.replies`.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError

from bot.slack.outcomes import Trouble
from bot.slack.outward import refused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from bot.slack.outward import Identity, Slack

log = structlog.get_logger()

CLOCKS = timedelta(minutes=5)
"""How far this machine's clock and Slack's may be apart. Keys are unique, so a wide look finds nothing wrong."""
ARRIVING = timedelta(minutes=15)
"""A message that was not there so long after it left never will be."""
PATIENCE = timedelta(seconds=30)
"""For a whole look, with the retries of each page."""
PAGE = 200
MOST_PAGES = 10

EVENT = "sla_digest"
ALERT_EVENT = "sla_alert"
"""What alerts and the lines in their threads are called."""
_NOT_PERMITTED = frozenset({"missing_scope", "not_allowed_token_type"})


class Sight(Enum):
    """What a look at a channel showed."""

    THERE = auto()
    NOT_THERE = auto()
    LATER = auto()
    """Slack did not answer, or not to the end: worth another look."""
    BLIND = auto()
    """The bot may not look there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    sight: Sight
    ts: str = ""
    """Of the message that is there."""
    error: str = ""
    """Slack's word, when it could not be seen."""


def key_metadata(key: str, *, event: str = EVENT) -> dict[str, Any]:
    """What is sent with a message so that it can be found by `key`. Everybody in the workspace can read it."""
    return {"event_type": event, "event_payload": {"key": key}}


async def look_for_message(
    slack: Slack,
    identity: Identity,
    channel: str,
    *,
    key: str,
    since: datetime,
    event: str = EVENT,
    thread: str = "",
) -> Seen:
    """The bot's own message with `key`, which left around `since`. `channel` may be a person's id.

    With `thread` it is looked for among the answers to that message.
    """
    span = {
        "oldest": f"{(since - CLOCKS).timestamp():.6f}",
        "latest": f"{(since + ARRIVING).timestamp():.6f}",
        "inclusive": True,
    }

    def ours(message: Mapping[str, Any]) -> bool:
        metadata = message.get("metadata") or {}
        return (
            _by_bot(message, identity)
            and metadata.get("event_type") == event
            and (metadata.get("event_payload") or {}).get("key") == key
        )

    if thread:
        return await _look(slack, "conversations.replies", channel, ours, include_all_metadata=True, ts=thread, **span)
    return await _look(slack, "conversations.history", channel, ours, include_all_metadata=True, **span)


async def look_for_file(slack: Slack, identity: Identity, channel: str, *, thread: str) -> Seen:
    """Any file of the bot's in the thread of its message `thread`. `channel` may be a person's id."""

    def ours(message: Mapping[str, Any]) -> bool:
        return _by_bot(message, identity) and bool(message.get("files"))

    return await _look(slack, "conversations.replies", channel, ours, ts=thread)


async def conversation(slack: Slack, channel: str) -> str:
    """A conversation's own id: for a person's id, that of their direct messages. Raises what the SDK raises."""
    if not channel.startswith(("U", "W")):
        return channel
    reply = await slack.reads.conversations_open(users=channel)
    return str(reply["channel"]["id"])


def _by_bot(message: Mapping[str, Any], identity: Identity) -> bool:
    # Messages that carry files name the bot's user only.
    return message.get("bot_id") == identity.bot_id or message.get("user") == identity.bot_user_id


async def _look(
    slack: Slack, method: str, channel: str, ours: Callable[[Mapping[str, Any]], bool], **asked: Any
) -> Seen:
    cursor = ""
    try:
        async with asyncio.timeout(PATIENCE.total_seconds()):
            asked["channel"] = await conversation(slack, channel)
            for _ in range(MOST_PAGES):
                params = {**asked, "limit": PAGE} | ({"cursor": cursor} if cursor else {})
                reply = await slack.reads.api_call(method, http_verb="GET", params=_worded(params))
                for message in reply.get("messages") or ():
                    if ours(message):
                        return Seen(sight=Sight.THERE, ts=str(message.get("ts", "")))
                cursor = str((reply.get("response_metadata") or {}).get("next_cursor") or "")
                if not cursor:
                    return Seen(sight=Sight.NOT_THERE)
    except (SlackApiError, aiohttp.ClientError, TimeoutError) as failure:
        refusal = refused(failure)
        log.warning("a channel could not be looked at", error=refusal.error or type(failure).__name__)
        lasting = refusal.trouble in {Trouble.CHANNEL, Trouble.OTHER} or refusal.error in _NOT_PERMITTED
        return Seen(sight=Sight.BLIND if lasting else Sight.LATER, error=refusal.error)
    log.warning("a channel has too many messages to look at", pages=MOST_PAGES)
    return Seen(sight=Sight.BLIND, error="too_many_messages")


def _worded(params: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in params.items()}
