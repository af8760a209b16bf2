"""What a window carries while a person fills it in. It is not secret: everything is checked again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.domain.ids import ChannelId, SubscriptionId
from bot.domain.questions import Formula
from bot.errors import Outdated


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """Where it belongs, and what of it was seen when it opened."""

    place: ChannelId | None = None
    """A channel, or a person for their direct messages; None before a channel was chosen."""
    subscription: SubscriptionId | None = None
    seen_at: datetime | None = None
    """When it was changed last, as seen then."""
    formula: Formula | None = None
    """Of the answer that a new digest was begun from: the window does not ask for it."""

    def value(self) -> str:
        at = self.seen_at.astimezone(UTC).isoformat(timespec="microseconds") if self.seen_at else None
        kept = {"p": self.place, "s": self.subscription, "at": at, "f": self.formula}
        return json.dumps(kept, separators=(",", ":"))

    @classmethod
    def from_value(cls, value: str) -> Carried:
        """Raises Outdated for a value that this version has not written."""
        try:
            kept = json.loads(value)
            return cls(
                place=ChannelId(str(kept["p"])) if kept["p"] else None,
                subscription=SubscriptionId(str(kept["s"])) if kept["s"] else None,
                seen_at=datetime.fromisoformat(kept["at"]) if kept["at"] else None,
                formula=Formula(kept["f"]) if kept["f"] else None,
            )
        except (ValueError, KeyError, TypeError) as failure:
            raise Outdated from failure
