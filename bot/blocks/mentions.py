"""People and channels by their ids, which Slack shows as the names they have when the message is read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.blocks import kit

if TYPE_CHECKING:
    from bot.blocks.kit import Block
    from bot.domain.ids import ChannelId, UserId

_LONGEST_ID = 40


@dataclass(frozen=True, slots=True)
class Mention:
    """Markup of our own making, with nothing foreign in it."""

    markup: str


def person(user: UserId) -> Mention:
    kept = _safe(user)
    return Mention(f"<@{kept}>" if kept else "somebody")


def place(channel: ChannelId) -> Mention:
    """A channel; direct messages have no name of their own."""
    kept = _safe(channel)
    return Mention(f"<#{kept}>" if kept.startswith(("C", "G")) else "direct messages")


def small_print(*parts: str | Mention) -> Block:
    """Small print in one line with mentions in it. Text is escaped, but for asterisks and the like: our own only."""
    said = "".join(part.markup if isinstance(part, Mention) else _inside(part) for part in parts)
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": said, "verbatim": True}]}


def _inside(text: str) -> str:
    """Escaped, with the spaces at its ends, which hold it apart from the mentions."""
    before, after = text[:1].isspace() * " ", text[-1:].isspace() * " "
    return f"{before}{kit.escaped(text.strip(), kit.MOST_HEADER * 2)}{after}"


def _safe(foreign: str) -> str:
    return re.sub("[^A-Z0-9]", "", foreign)[:_LONGEST_ID]
