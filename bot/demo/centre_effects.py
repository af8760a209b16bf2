"""What can befall a queue while somebody watches, from one instant to another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args
from zlib import crc32

Kind = Literal["agents_leave", "calls_double", "calls_stop"]
KINDS: tuple[Kind, ...] = get_args(Kind)

FOREVER = 2**62
"""End of an effect that nobody has ended yet; epoch in milliseconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One trouble of one queue, `since <= instant < until`, in epochs of milliseconds."""

    kind: Kind
    queue: int
    """Index in the organisation."""
    since: int
    until: int = FOREVER

    def on(self, at_ms: int) -> bool:
        """Whether it lasts at the instant."""
        return self.since <= at_ms < self.until


def leaves(agent: int) -> bool:
    """Whether the agent of this index is of the half that leaves a queue."""
    return crc32(f"leaves/{agent}".encode()) % 2 == 0
