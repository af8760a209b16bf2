"""Alerts in the Home tab: what is open, and the rules of the reader and of their channels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.blocks import kit
from bot.blocks.alerts.actions import NEW
from bot.blocks.alerts.listed import Told, damaged_blocks, entry_blocks, more_entries, open_blocks, troubled
from bot.blocks.alerts.words import plural, time_words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from bot.blocks.alerts.entry import DamagedRule, Entry
    from bot.blocks.kit import Block

MOST_RULES = 5
"""With buttons: three blocks each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertsAtHome:
    """Alerts that a person may see."""

    now: datetime
    zone: ZoneInfo
    """The reader's."""
    entries: Sequence[Entry] = ()
    """Of the reader, and of their channels."""
    bulletins: Sequence[Told] = ()
    damaged: Sequence[DamagedRule] = ()
    blind_since: datetime | None = None
    command: str = "/alert"
    """As people type it here."""
    example: str = "add billing sla < 80% for 10m"


def open_part(alerts: AlertsAtHome) -> list[Block]:
    """What is open now; empty when nothing is, and Genesys can be seen."""
    shown = open_blocks(alerts.bulletins, now=alerts.now, zone=alerts.zone, placed=True)
    n = sum(len(incidents) for _, incidents in alerts.bulletins)
    unseen: list[Block] = []
    if alerts.blind_since is not None:
        since = time_words(alerts.blind_since, alerts.zone, alerts.now)
        unseen.append(kit.section(f"I cannot see Genesys since {since}: alerts stay as they were then."))
    if not shown and not unseen:
        return []
    head = kit.header(plural(n, "open alert") if n else "Genesys cannot be seen")
    return [head, *unseen, *shown, kit.divider()]


def rules_part(alerts: AlertsAtHome) -> list[Block]:
    """The rules, those that need somebody first; without any, what they are good for, and one to type."""
    typed = kit.clean(f"{alerts.command} {alerts.example}")
    if not alerts.entries and not alerts.damaged:
        return [
            kit.header("Told when something is wrong"),
            kit.section("An alert rule tells a channel when something is wrong, and only then. Type this there:"),
            kit.paragraph(kit.code(typed)),
            kit.divider(),
        ]
    stuck = [entry for entry in alerts.entries if troubled(entry)]
    in_order = [*stuck, *(entry for entry in alerts.entries if entry not in stuck)]
    blocks = [kit.header("Your alert rules and those of your channels"), *damaged_blocks(alerts.damaged)]
    for entry in in_order[:MOST_RULES]:
        blocks += entry_blocks(entry, now=alerts.now, zone=alerts.zone, placed=True)
    return [
        *blocks,
        *more_entries(in_order[MOST_RULES:], alerts.command, now=alerts.now, zone=alerts.zone, placed=True),
        kit.actions(kit.button("New Rule", action=NEW, value="")),
        kit.divider(),
    ]
