"""Whose a message is to send: what bulletins and the lines of their threads have in common.

A claim is known by its holder and its end: who claims once more has a later end.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from bot.domain.alerts.states import Sending

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import ColumnElement, Table

    from bot.domain.alerts.states import Bulletin, Line

FREE: Mapping[str, Any] = MappingProxyType({"holder": "", "claimed_until": None, "sending_since": None})
"""Columns of what nobody has a claim on."""


def free_at(table: Table, now: datetime) -> ColumnElement[bool]:
    """Nobody is at it, and it may be tried."""
    return table.c.claimed_until.is_(None) | (table.c.claimed_until <= now)


def seen_as(table: Table, seen: Bulletin | Line) -> ColumnElement[bool]:
    """Still in the hands in which it was seen, and not given up."""
    same = (table.c.sending == seen.sending) & (table.c.holder == seen.holder) & (table.c.ts == seen.ts)
    same &= table.c.claimed_until.is_not_distinct_from(seen.claimed_until)
    return same & (table.c.sending != Sending.FAILED)


def held_as(table: Table, seen: Bulletin | Line) -> ColumnElement[bool]:
    """Still claimed as it was seen; a claim that lapsed and that nobody took still counts."""
    mine = (table.c.holder == seen.holder) & (table.c.claimed_until == seen.claimed_until)
    return mine & (table.c.sending == Sending.SENDING)
