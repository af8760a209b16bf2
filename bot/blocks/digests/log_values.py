"""What was set, in words, as the audit log keeps it: for "30 s → 20 s"."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

from bot.blocks.digests.words import days_words, period_words
from bot.blocks.wording import several
from bot.domain.figures import duration
from bot.domain.questions import QueueWord
from bot.domain.schedule import Days, Rhythm

if TYPE_CHECKING:
    from collections.abc import Mapping

QueueNames: TypeAlias = Callable[[tuple[QueueWord, ...]], Sequence[str]]
"""The names that people may read, one for each word."""

_MOST_NAMES = 3
_NOTHING = {
    "formula": "not set",
    "limit": "all",
    "queues": "none named",
    "threshold_ms": "own target",
    "zone": "not set",
}
_SWITCHES = {"csv": ("off", "on"), "skip_empty": ("sent", "skipped")}


def value_words(key: str, fields: Mapping[str, Any], names: QueueNames | None) -> str:
    """The value of `key`; empty when there are no words for it.

    Raises AttributeError, KeyError, TypeError, ValueError and OverflowError for what another version wrote.
    """
    value = fields.get(key)
    if key in _SWITCHES:
        return _SWITCHES[key][bool(value)]
    if key in {"queues", "limit"} and names is None:
        return ""
    if not value and key in _NOTHING:
        return _NOTHING[key]
    match key:
        case "rhythm" | "weekdays" | "day":
            weekdays = frozenset(fields.get("weekdays") or ())
            return days_words(Days(rhythm=Rhythm(fields["rhythm"]), weekdays=weekdays, day=fields.get("day")))
        case "threshold_ms":
            return duration(timedelta(milliseconds=fields[key]))
        case "period":
            return period_words(fields[key])
        case "at" | "zone":
            return str(value)
        case "formula":
            return "as Genesys counts" if value == "genesys" else f"of {value}"
        case "queues" | "limit" if names is not None:
            words = tuple(QueueWord(text=word["text"], quoted=word["quoted"]) for word in fields[key])
            return several(names(words), _MOST_NAMES)
    return ""
