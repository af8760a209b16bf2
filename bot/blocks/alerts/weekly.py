"""Alerts in a digest: one line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertTally:
    """The alerts of a channel in the period of a digest."""

    fired: int
    acknowledged: int = 0
    to_acknowledge: timedelta | None = None
    """The median time from the first message to the acknowledgement; None: nobody acknowledged any."""
    not_useful: tuple[tuple[str, int], ...] = ()
    """Rules in words, as "Billing unusual", and how many of their incidents somebody called so."""
    still_open: int = 0


def tally_line(tally: AlertTally, period: str) -> str:
    """As “Alerts last week: 9 fired, 8 acknowledged (median 4 min), 1 marked not useful (Billing unusual)”; plain.

    `period` as in a sentence: “last week”, “yesterday”.
    """
    return f"Alerts {period}: {tally.fired} fired"
