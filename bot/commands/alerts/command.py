"""`/alert add|list|show|edit|test|mute|unmute|remove|ack|snooze|handover|holidays|starter|export|help`, as it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.commands.reader import QUEUE, TYPED_LIMIT
from bot.domain.folding import fold
from bot.domain.places import UNSET

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from bot.commands.alerts.spoken import AlertCommand
    from bot.domain.places import PlaceSettings

EXAMPLE = f"/alert add {QUEUE} sla < 80% for 10m"


def is_help(text: str) -> bool:
    """Whether the command asks for help: `help` or `?`. Without a word it lists what there is."""
    return fold(text) in {"help", "?"}


def read_alert(
    text: str, *, now: datetime, zone: ZoneInfo, usual: PlaceSettings = UNSET, limit: int = TYPED_LIMIT
) -> AlertCommand:
    """Read the text behind `/alert`. `zone` and `usual` are taken where nothing else is said.

    Which queues there are is not known here: terms and changes carry their names as typed. `&lt;` and `&gt;`, as Slack
    sends them, are read as `<` and `>`. Raises BadWord and nothing else, for whatever text.
    """
    raise NotImplementedError


def with_queue(text: str, *, word: str, name: str) -> str:
    """`text` behind `/alert` with the queue that was typed as `word` replaced by `name` in quotes.

    Raises BadWord when `text` cannot be read.
    """
    raise NotImplementedError
