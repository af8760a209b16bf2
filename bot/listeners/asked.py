"""What buttons carry: the command, and the moment and zone it was read in.

Everything a button needs travels in its value, so that it works after a restart and on ephemeral messages, whose clicks
may come without the message. Values are not secret, and permissions are checked at every click.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.domain.ids import ChannelId, QueueId
from bot.errors import Outdated

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A command as it was asked: the same text at the same moment in the same zone is the same question."""

    command: str
    """Its name, without slash and prefix."""
    text: str
    at: datetime
    """Aware, in the asker's zone."""
    channel: ChannelId | None = None
    """Where it was asked, when the button is somewhere else: what may be seen there is decided there."""

    def value(self) -> str:
        """For a button, which carries 2,000 characters; whoever makes the button sees to it that this fits."""
        zone = self.at.tzinfo.key if isinstance(self.at.tzinfo, ZoneInfo) else "UTC"
        at = self.at.astimezone(UTC).isoformat(timespec="microseconds")
        elsewhere = {"ch": self.channel} if self.channel else {}
        return _written(c=self.command, t=self.text, at=at, z=zone, **elsewhere)

    @classmethod
    def from_value(cls, value: str) -> Asked:
        """Raises Outdated for a value that this version has not written."""
        try:
            kept = json.loads(value)
            at = datetime.fromisoformat(kept["at"]).astimezone(ZoneInfo(kept["z"]))
            return cls(command=_command(kept), text=str(kept["t"]), at=at, channel=_place(kept.get("ch")))
        except (
            ValueError,
            KeyError,
            TypeError,
            AttributeError,
            OSError,
            OverflowError,
            ZoneInfoNotFoundError,
        ) as failure:
            raise Outdated from failure

    def again(self, now: datetime) -> Asked:
        """The same words in the same zone, asked now."""
        return replace(self, at=now.astimezone(self.at.tzinfo))


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A queue offered for a word that names none exactly, and the command it stood in."""

    command: str
    text: str
    word: str
    queue: QueueId

    def value(self) -> str:
        return _written(c=self.command, t=self.text, w=self.word, q=self.queue)

    @classmethod
    def from_value(cls, value: str) -> Choice:
        """Raises Outdated for a value that this version has not written."""
        try:
            kept = json.loads(value)
            return cls(text=str(kept["t"]), word=str(kept["w"]), queue=QueueId(str(kept["q"])), command=_command(kept))
        except (ValueError, KeyError, TypeError) as failure:
            raise Outdated from failure


def _command(kept: Mapping[str, object]) -> str:
    """Buttons that are older than other commands carry no name."""
    return str(kept.get("c", "sla"))


def _written(**kept: str) -> str:
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))


def _place(kept: object) -> ChannelId | None:
    return ChannelId(str(kept)) if kept else None
