"""Alerts in a digest: one line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.blocks import kit
from bot.blocks.alerts.words import plural, span_words
from bot.domain.figures import count

if TYPE_CHECKING:
    from datetime import timedelta

_MOST_NAMED = 3


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
    said = f"Alerts {kit.shorten(kit.clean(period), 80)}: {counts_words(tally)}"
    return f"{said}, {count(tally.still_open)} still open" if tally.still_open else said


def counts_words(tally: AlertTally) -> str:
    """As “9 fired, 8 acknowledged (median 4 min), 1 marked not useful (Billing unusual)”."""
    if not tally.fired:
        return "none fired"
    median = f" (median {span_words(tally.to_acknowledge)})" if tally.to_acknowledge is not None else ""
    parts = [f"{count(tally.fired)} fired"]
    parts.append(f"{count(tally.acknowledged)} acknowledged{median}" if tally.acknowledged else "none acknowledged")
    votes = sum(number for _, number in tally.not_useful)
    if votes:
        merged: dict[str, int] = {}
        for name, number in tally.not_useful:
            shown = kit.shorten(kit.clean(name), 80)
            merged[shown] = merged.get(shown, 0) + number
        worst = sorted(merged.items(), key=lambda one: (-one[1], one[0]))
        named = [f"{name}{f' {number}×' if number > 1 and len(worst) > 1 else ''}" for name, number in worst]
        more = f" and {plural(len(named) - _MOST_NAMED, 'other')}" if len(named) > _MOST_NAMED else ""
        parts.append(f"{count(votes)} marked not useful ({', '.join(named[:_MOST_NAMED])}{more})")
    return ", ".join(parts)
