"""The alerts of a channel: what is open first, then its rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks import kit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from bot.blocks.alerts.entry import DamagedRule, Entry
    from bot.blocks.kit import Block, Message
    from bot.domain.alerts.states import Bulletin, Incident


def alert_list(
    entries: Sequence[Entry],
    *,
    now: datetime,
    zone: ZoneInfo,
    bulletins: Sequence[tuple[Bulletin, Sequence[Incident]]] = (),
    damaged: Sequence[DamagedRule] = (),
    place: str = "this channel",
    command: str = "/alert",
    example: str = "add billing sla < 80% for 10m",
    placed: bool = False,
    blind_since: datetime | None = None,
) -> Message:
    """What `/alert list` answers. `bulletins`: open ones with their open incidents; `placed` names each one's channel.

    Without rules: what alerts are, the starter rules in one press (`STARTER`), `example`, and New Alert.
    """
    said = f"{len(entries)} alerts in {place}"
    return kit.message(said, kit.section(said))


def rule_message(
    entry: Entry,
    *,
    now: datetime,
    zone: ZoneInfo,
    recent: Sequence[Incident] = (),
    command: str = "/alert",
) -> Message:
    """What `/alert show` answers: the rule, how it stands, and its last incidents, latest first."""
    said = f"Alert {entry.rule.number}: {entry.title}"
    return kit.message(said, kit.section(said))


def open_blocks(
    bulletins: Sequence[tuple[Bulletin, Sequence[Incident]]], *, now: datetime, zone: ZoneInfo, placed: bool = False
) -> list[Block]:
    """Open incidents with age, who has them, and buttons: for the list and the Home tab."""
    return []


def entry_blocks(entry: Entry, *, now: datetime, zone: ZoneInfo, placed: bool = False) -> list[Block]:
    """A rule: what it looks at, how it stands, and what can be done; for the list and the Home tab."""
    return []


def damaged_blocks(damaged: Sequence[DamagedRule]) -> list[Block]:
    """Rules that cannot be read, five at most, each with a button that removes it."""
    return []
