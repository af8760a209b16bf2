"""Ephemeral answers to `/alert` and to presses: what was done, to which rule, and what can be done next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks import kit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from bot.blocks.alerts.entry import Entry, Replay, Tested
    from bot.blocks.kit import Message
    from bot.domain.ids import UserId


def added_message(
    entry: Entry, *, now: datetime, zone: ZoneInfo, replay: Replay | None = None, command: str = "/alert"
) -> Message:
    """After `/alert add` and the form: the rule, its number, and when it would have fired (None: not known yet)."""
    return changed_message(entry, "set", now=now, zone=zone, replay=replay, command=command)


def changed_message(
    entry: Entry,
    what: str,
    *,
    now: datetime,
    zone: ZoneInfo,
    replay: Replay | None = None,
    command: str = "/alert",
    hint: str = "",
) -> Message:
    """After a change; `what` is the verb: "changed", "confirmed", "resumed". `hint`: what it brought along."""
    said = f"Alert {entry.rule.number} is {what}: {entry.title}"
    return kit.message(said, kit.section(said))


def muted_message(entries: Sequence[Entry], *, now: datetime, zone: ZoneInfo) -> Message:
    """After `/alert mute`: which rules are silent until when, `Rule.muted_until` being set."""
    said = f"{len(entries)} muted"
    return kit.message(said, kit.section(said))


def unmuted_message(entries: Sequence[Entry], *, now: datetime, zone: ZoneInfo) -> Message:
    """After `/alert unmute`; what is open is told."""
    said = f"{len(entries)} unmuted"
    return kit.message(said, kit.section(said))


def removed_message(entry: Entry, *, open_ended: int = 0) -> Message:
    """After a removal; `open_ended`: how many open incidents are over with it."""
    said = f"Alert {entry.rule.number} is removed: {entry.title}"
    return kit.message(said, kit.section(said))


def confirm_request(entry: Entry, asked_by: UserId) -> Message:
    """For administrators: a channel that other organisations read is to get alerts."""
    said = f"An alert waits for an administrator: {entry.title}"
    return kit.message(said, kit.section(said))


def stopped_message(entry: Entry, reason: str) -> Message:
    """For its owner: the channel does not take messages, and the rule is stopped. `reason` is a sentence."""
    said = f"Alert {entry.rule.number} is stopped: {reason}"
    return kit.message(said, kit.section(said))


def trial_message(
    entry: Entry,
    tested: Sequence[Tested],
    *,
    now: datetime,
    zone: ZoneInfo,
    replay: Replay | None = None,
    saved: bool = True,
    command: str = "/alert",
) -> Message:
    """After `/alert test`: what is read now, queue by queue, worst first, and why it would or would not fire.

    `saved` is False for terms that are no rule yet: then there is no number, and the command that adds it.
    """
    said = f"Alert {entry.rule.number}: {entry.title}"
    return kit.message(said, kit.section(said))


def starter_message(entries: Sequence[Entry], *, command: str = "/alert", kept: int = 0) -> Message:
    """After the starter rules were added; `kept`: how many of them the channel had already."""
    said = f"{len(entries)} alerts set"
    return kit.message(said, kit.section(said))


def acknowledged_before(by: UserId, at: datetime, *, zone: ZoneInfo, now: datetime, you: bool = False) -> Message:
    """To who pressed second: “Anna acknowledged it at 10:42”. `you`: it was the same person."""
    said = f"Acknowledged before, at {at:%H:%M}"
    return kit.message(said, kit.section(said))


def over_before(ended_at: datetime, *, zone: ZoneInfo, now: datetime) -> Message:
    """To who pressed late: “It was over at 10:52”; nothing was changed."""
    said = f"It was over at {ended_at:%H:%M}"
    return kit.message(said, kit.section(said))


def acknowledged_message(n: int) -> Message:
    """After `/alert ack`, and where the message's own words do not say it: how many incidents; 0: none is open."""
    said = f"{n} acknowledged"
    return kit.message(said, kit.section(said))


def snoozed_message(n: int, until: datetime | None, *, zone: ZoneInfo, now: datetime) -> Message:
    """After `/alert snooze`; `until` None: until each queue opens tomorrow. `n` is 0 where none is open."""
    said = f"{n} snoozed"
    return kit.message(said, kit.section(said))


def not_useful_message(entry: Entry | None, *, command: str = "/alert", again: bool = False) -> Message:
    """After “Not useful”: what it does, and how the rule is made quieter. `again`: the same person had said so."""
    said = "Counted as not useful"
    return kit.message(said, kit.section(said))


def normal_message(queue_names: Sequence[str], *, weeks: int = 3) -> Message:
    """After “This is normal now”: what is forgotten, and until when only limits tell."""
    said = "What is usual is learnt anew"
    return kit.message(said, kit.section(said))


def expected_message() -> Message:
    """After “Expected today”."""
    said = "Nothing more is told of it today"
    return kit.message(said, kit.section(said))
