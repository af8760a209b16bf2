"""Who changed what, for `/digest log`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bot.blocks import kit
from bot.blocks.digests.log_values import value_words
from bot.blocks.mentions import person, place, small_print
from bot.blocks.wording import moment
from bot.domain.audit import Action
from bot.domain.figures import count

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from zoneinfo import ZoneInfo

    from bot.blocks.digests.log_values import QueueNames
    from bot.blocks.kit import Message
    from bot.domain.audit import Change

MOST_CHANGES = 40

_MOST_KEYS = 6
_MOST_KEY = 30
_MOST_VALUE = 60
_KEYS = {
    "at": "time",
    "day": "day of the month",
    "limit": "queues that may be seen",
    "metrics": "columns",
    "rhythm": "days",
    "skip_empty": "days without traffic",
    "table": "columns",
    "threshold_ms": "threshold",
    "weekdays": "days",
}
_UNTOLD = frozenset({"reason", "state", "v"})
"""What the verb says already, and what is none of people's business."""
_OF_PLACES = frozenset({Action.SETTINGS, Action.LIMIT})
_DONE = {
    Action.CREATED: "made",
    Action.EDITED: "changed",
    Action.PAUSED: "paused",
    Action.RESUMED: "resumed",
    Action.REMOVED: "removed",
    Action.CONFIRMED: "confirmed",
    Action.STOPPED: "stopped",
    Action.MOVED: "moved",
    Action.SENT_NOW: "sent now:",
    Action.SENT_AGAIN: "sent again:",
    Action.SETTINGS: "changed the settings of",
    Action.LIMIT: "changed the queues that may be seen in",
}


def log_message(
    changes: Sequence[Change],
    zone: ZoneInfo,
    *,
    numbers: Mapping[str, int] | None = None,
    names: QueueNames | None = None,
) -> Message:
    """The changes in the order given, a line each; `numbers` gives those of subscriptions that are still known, and
    `names` those of queues as far as they may be read here. Without it, that queues changed is told, not which.
    """
    if not changes:
        text = "Nothing has been changed here yet."
        return kit.message(text, kit.section(text))
    shown = changes[:MOST_CHANGES]
    left = len(changes) - len(shown)
    head = f"{count(len(changes))} change{'' if len(changes) == 1 else 's'}, times in {zone.key}"
    return kit.message(
        head,
        kit.section(head),
        *(_line(change, zone, numbers or {}, names) for change in shown),
        *([kit.context(f"… and {count(left)} more")] if left else []),
    )


def _line(change: Change, zone: ZoneInfo, numbers: Mapping[str, int], names: QueueNames | None) -> kit.Block:
    who = person(change.user) if change.user else "the bot"
    when = f"{moment(change.at, zone)} · "
    if change.action in _OF_PLACES:
        return small_print(when, who, f" {_DONE[change.action]} ", place(change.channel), _what(change, names))
    number = numbers.get(change.subject)
    digest = f"digest {number}" if number is not None else "a digest"
    return small_print(when, who, f" {_DONE[change.action]} {digest} in ", place(change.channel), _what(change, names))


def _what(change: Change, names: QueueNames | None) -> str:
    """What differs, as ": threshold 30 s → 20 s, columns"; nothing when that cannot be told."""
    # What a place had before its first settings is nothing, and no change that cannot be read.
    before = _fields(change.before or ("{}" if change.action in _OF_PLACES else ""))
    after = _fields(change.after)
    if before is None or after is None:
        return ""
    differing = [key for key in {**before, **after} if _differs(before.get(key), after.get(key)) and key not in _UNTOLD]
    told: dict[str, str] = {}
    for key in differing:
        name = _KEYS.get(key) or kit.shorten(kit.clean(key).replace("_", " "), _MOST_KEY)
        told.setdefault(name, f"{name}{_step(key, before, after, names)}")
    return f": {', '.join(list(told.values())[:_MOST_KEYS])}" if told else ""


def _differs(before: object, after: object) -> bool:
    """Nothing, an empty list and a switch that is off are the same."""
    return (before or None) != (after or None)


def _step(key: str, before: dict[str, object], after: dict[str, object], names: QueueNames | None) -> str:
    """As " 30 s → 20 s"; empty for what has no words, or was written by another version."""
    try:
        was, now = value_words(key, before, names), value_words(key, after, names)
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError):
        return ""
    return f" {kit.shorten(kit.clean(was), _MOST_VALUE)} → {kit.shorten(kit.clean(now), _MOST_VALUE)}" if was else ""


def _fields(written: str) -> dict[str, object] | None:
    try:
        read = json.loads(written)
    except ValueError:
        return None
    return _flat(read) if isinstance(read, dict) else None


def _flat(fields: dict[str, object]) -> dict[str, object]:
    """Fields of fields under their own name: `topic` and `schedule` are no words for people."""
    flat: dict[str, object] = {}
    for key, value in fields.items():
        flat |= _flat(value) if isinstance(value, dict) else {key: value}
    return flat
