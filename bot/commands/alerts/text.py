"""A rule in words: as the command that makes it, and as people say it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from bot.domain.alerts.rules import Terms


def rule_text(terms: Terms, *, zone: ZoneInfo | None = None) -> str:
    """The shortest text behind `/alert add` that reads back as `terms` where `zone` is usual; None writes it always."""
    raise NotImplementedError


def rule_title(terms: Terms) -> str:
    """For people: “service level < 80 % (30 min) for 10 min”. Without queues and media."""
    raise NotImplementedError
