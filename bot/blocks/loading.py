"""Words on the way to an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks import kit

if TYPE_CHECKING:
    from bot.blocks.kit import Message

NOT_OPENED = "Slack did not open the window in time. Press the button again."


def loading_message(about: str) -> Message:
    """While Genesys is being read; `about` names the queues or the period."""
    return note_message(f"Reading Genesys for {kit.shorten_middle(kit.clean(about), 200)} …")


def note_message(text: str) -> Message:
    """A short remark, shown literally."""
    return kit.message(text, kit.section(text))
