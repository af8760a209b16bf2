"""What the simulated platform was asked, for tests and the demo's page to read."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

DROPPED = 0
"""Status of a request whose connection was cut without a reply."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request as it was answered."""

    at: datetime
    method: str
    path: str
    query: str
    body: Any
    """Parsed JSON; None without a body or when it was not JSON."""
    status: int


class RequestLog:
    """The most recent requests, and how many there have ever been by path."""

    def __init__(self, *, keep: int = 5_000) -> None:
        self.entries: deque[Asked] = deque(maxlen=keep)
        self.counts: Counter[str] = Counter()

    def add(self, asked: Asked) -> None:
        """Take note of a request."""
        self.entries.append(asked)
        self.counts[asked.path] += 1

    def to(self, path: str) -> list[Asked]:
        """The requests to exactly this path, oldest first."""
        return [asked for asked in self.entries if asked.path == path]

    def clear(self) -> None:
        """Forget everything."""
        self.entries.clear()
        self.counts.clear()
