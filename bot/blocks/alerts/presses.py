"""What the one who pressed is told: who was first, that it was over, and what the press did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks import kit
from bot.blocks.alerts.actions import EDIT
from bot.blocks.alerts.words import listed, plural, queue_words, time_words
from bot.blocks.mentions import person
from bot.domain.alerts.rules import Kind, Preset

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from bot.blocks.alerts.entry import Entry
    from bot.blocks.kit import Message
    from bot.domain.ids import UserId

_NOTHING_OPEN = "Nothing is open here."


def acknowledged_before(by: UserId, at: datetime, *, zone: ZoneInfo, now: datetime, you: bool = False) -> Message:
    """To who pressed second: “@Anna acknowledged it at 10:42”. `you`: it was the same person."""
    when = time_words(at, zone, now)
    said = f"You acknowledged it at {when}." if you else f"{person(by).markup} acknowledged it at {when}."
    # Made of a mention and a time: nothing foreign.
    text = {"type": "mrkdwn", "text": said, "verbatim": True}
    return {"text": said, "blocks": [{"type": "section", "text": text}]}


def over_before(ended_at: datetime, *, zone: ZoneInfo, now: datetime) -> Message:
    """To who pressed late: “It was over at 10:52”; nothing was changed."""
    return _plain(f"It was over at {time_words(ended_at, zone, now)}: nothing was changed.")


def acknowledged_message(n: int) -> Message:
    """After `/alert ack`, and where the message's own words do not say it: how many incidents; 0: none is open."""
    if not n:
        return _plain(_NOTHING_OPEN)
    return _plain(f"You have {plural(n, 'alert')}: nobody is reminded of {'it' if n == 1 else 'them'} any more.")


def snoozed_message(n: int, until: datetime | None, *, zone: ZoneInfo, now: datetime) -> Message:
    """After `/alert snooze`; `until` None: until each queue opens tomorrow. `n` is 0 where none is open."""
    if not n:
        return _plain(_NOTHING_OPEN)
    end = time_words(until, zone, now) if until else "the queue opens tomorrow"
    return _plain(f"{plural(n, 'alert')} snoozed until {end}. What is not over then is told once more.")


def not_useful_message(entry: Entry | None, *, command: str = "/alert", again: bool = False) -> Message:
    """After “Not useful”: what it does, and how the rule is made quieter. `again`: the same person had said so."""
    said = "You had said so before; it counts once." if again else "Thank you: it is counted, and shown with the rule."
    if entry is None:
        return _plain(said)
    rule = entry.rule
    text = f"{said} {_quieter(entry, command)}"
    edit = kit.button("Edit", action=EDIT, value=rule.id, spoken=f"Edit: rule {rule.number}")
    return kit.message(text, kit.section(text), kit.actions(edit))


def _quieter(entry: Entry, command: str) -> str:
    rule = entry.rule
    if rule.terms.kind is Kind.UNUSUAL and rule.terms.preset is not Preset.QUIET:
        preset = Preset.DEFAULT if rule.terms.preset is Preset.SENSITIVE else Preset.QUIET
        return kit.clean(f"To hear less of it: {command} edit {rule.number} unusual {preset}")
    return kit.clean(f"To hear less of it, give rule {rule.number} a stricter limit or a longer time.")


def normal_message(queue_names: Sequence[str], *, weeks: int = 3) -> Message:
    """After “This is normal now”: what is forgotten, and until when only limits tell."""
    names = listed([queue_words(name, None) for name in queue_names], 5) if queue_names else "these queues"
    return _plain(
        f"What is usual for {names} is learnt anew from now on. For {plural(weeks, 'week')} nothing is called unusual "
        "there; alerts with a limit go on."
    )


def expected_message(queue_names: Sequence[str] = ()) -> Message:
    """After “Expected today”."""
    names = listed([queue_words(name, None) for name in queue_names], 5) if queue_names else "these queues"
    return _plain(f"Nothing more is told of {names} in this channel today. Tomorrow it is told as always.")


def _plain(said: str) -> Message:
    return kit.message(said, kit.section(said))
