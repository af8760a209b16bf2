"""`/digest add|list|edit|pause|resume|remove|now|preview|settings|confirm|log|help`, as it was read."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from bot.commands.digests.days import days_text
from bot.commands.digests.order import grammar_of, moving, read_changes, read_order
from bot.commands.digests.settings import clauses, read_settings
from bot.commands.digests.verbs import (
    EVERYWHERE,
    EXPECTED,
    VERBS,
    is_number,
    number_first,
    number_of,
    refuse_leading_number,
)
from bot.commands.digests.words import SETTINGS
from bot.commands.reader import QUEUE, TYPED_LIMIT, queues_text
from bot.commands.reader import with_queue as replace_queue
from bot.commands.threshold import threshold_text
from bot.commands.zones import zone_text
from bot.domain.folding import clipped, fold, visible
from bot.domain.metrics import BY_NAME
from bot.domain.names import nearest_word
from bot.domain.places import UNSET
from bot.domain.questions import USUAL_GROUPS, Formula
from bot.errors import BadPeriod, BadWord

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from bot.commands.digests.changes import Changes, SettingsChanges
    from bot.domain.places import PlaceSettings
    from bot.domain.subscriptions import Order


@dataclass(frozen=True, slots=True, kw_only=True)
class Add:
    order: Order | None = None
    """With queues as they were typed. None: nothing was said, which opens the window."""


@dataclass(frozen=True, slots=True, kw_only=True)
class List:
    everywhere: bool = False
    """Not only of this channel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    number: int | None = None
    """Here and below: None means the only digest that the channel has."""
    changes: Changes | None = None
    """With queues as they were typed. None: nothing was said, which opens the window."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume:
    number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Remove:
    number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    number: int | None = None
    order: Order | None = None
    """What would be added; `number` is None then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirm:
    number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    changes: SettingsChanges | None = None
    """With queues as they were typed. None: nothing was said, which shows what is set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """`/digest log`: who changed what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Help:
    """`/digest help`."""


DigestCommand: TypeAlias = (
    "Add | List | Edit | Pause | Resume | Remove | Now | Preview | Confirm | Settings | Audit | Help"
)


EXAMPLE = f"/digest add {QUEUE} 30s weekdays 07:45"

_NUMBERED: Mapping[str, type[Pause | Resume | Remove | Now | Confirm]] = MappingProxyType(
    {"pause": Pause, "resume": Resume, "remove": Remove, "now": Now, "confirm": Confirm}
)
_OPEN_ENDS = frozenset(
    {
        *("last", "this", "at", "@", "on", "every", "each", "zone", "tz", "timezone"),
        *("own", "no", "with", "without", "skip", "send", "for", "about"),
    }
)
"""Words that would take in what stands behind them, were they the end of a queue's name."""


def is_help(text: str) -> bool:
    """Whether the command asks for help: `help` or `?`. Without a word it lists what there is."""
    return fold(text) in {"help", "?"}


def parse_digest(
    text: str, *, now: datetime, zone: ZoneInfo, usual: PlaceSettings = UNSET, limit: int = TYPED_LIMIT
) -> DigestCommand:
    """Read the text behind `/digest`. `zone` and `usual` are taken where nothing else is said.

    Which queues there are is not known here: orders and changes carry their names as typed. Raises BadWord or
    BadPeriod, and nothing else, for whatever text.
    """
    if len(text) > limit:
        expected = f"short enough to read: a command has at most {limit} characters"
        raise BadWord(clipped(visible(text[:limit])), expected, example=EXAMPLE)
    typed, rest = _cut(text)
    verb = VERBS.get(fold(typed))
    if verb is None:
        raise _unknown(typed, rest, now=now, zone=zone, limit=limit)
    if verb in {"add", "preview"}:
        return _ordered(verb, rest, now=now, zone=zone, usual=usual, limit=limit)
    if verb == "edit":
        return _edited(rest, now=now, zone=zone, limit=limit)
    if numbered := _NUMBERED.get(verb):
        return numbered(number=number_of(rest, verb))
    if verb == "settings":
        return Settings(changes=read_settings(rest, limit=limit) if rest else None)
    if verb == "list":
        return List(everywhere=_everywhere(rest))
    if verb == "log":
        _nothing_behind(rest, typed)
        return Audit()
    return Help()


def _ordered(verb: str, rest: str, *, now: datetime, zone: ZoneInfo, usual: PlaceSettings, limit: int) -> Add | Preview:
    if verb == "preview":
        refuse_leading_number(rest)
    numbered = verb == "preview" and is_number(rest)
    order = None
    if rest and not numbered:
        example = EXAMPLE if verb == "add" else f"/digest preview {QUEUE} 30s weekly mon"
        order = read_order(rest, now=now, zone=zone, usual=usual, example=example, limit=limit)
    if verb == "add":
        return Add(order=order)
    return Preview(number=number_of(rest, verb) if numbered else None, order=order)


def _edited(rest: str, *, now: datetime, zone: ZoneInfo, limit: int) -> Edit:
    first, _, following = rest.partition(" ")
    numbered = is_number(first)
    said = following.strip() if numbered else rest
    example = "/digest edit 2 weekdays 07:30"
    changes = read_changes(said, now=now, zone=zone, example=example, limit=limit) if said else None
    return Edit(number=number_of(first, "edit") if numbered else None, changes=changes)


def order_text(order: Order, *, usual: PlaceSettings = UNSET) -> str:
    """The text behind `/digest add` that reads back as `order` where `usual` is set."""
    topic, schedule, table = order.topic, order.schedule, order.topic.table
    names = queues_text(topic.queues, next_word_is_free=False)
    if not table and grammar_of(names)[1]:
        names = f"sla {names}"  # a queue that is called like the word before a table
    if topic.queues and not topic.queues[-1].quoted and fold(names).rpartition(" ")[2] in _OPEN_ENDS:
        names += ","
    parts = ["report", names] if table else [names]
    if topic.threshold is not None:
        parts.append(threshold_text(topic.threshold))
    parts += ["own target"] * (topic.threshold is None and usual.threshold is not None)
    if table:
        parts += [f"by {','.join(table.by)}"] * (table.by != USUAL_GROUPS)
        parts += table.media
        parts += [BY_NAME[name].words[0] for name in table.metrics]
        parts += ["compare"] * table.compared
    parts += [f"of {topic.formula}"] * (topic.formula is not (usual.formula or Formula.GENESYS))
    parts += [days_text(schedule.days), f"{schedule.at:%H:%M}", zone_text(schedule.zone)]
    parts += [f"covering {_period_text(topic.period)}"] * (topic.period != schedule.days.usual_period)
    parts += ["csv"] * order.csv + ["skip-empty"] * order.skip_empty
    return " ".join(part for part in parts if part)


def check(order: Order, *, now: datetime) -> None:
    """Raises BadPeriod when the period could not be answered at the next time that the order is due after `now`."""
    moving(order.topic.period, order.schedule, now)


def with_queue(text: str, *, word: str, name: str) -> str:
    """`text` behind `/digest` with the queue that was typed as `word` replaced by `name` in quotes, wherever it stands.

    Raises BadWord when `text` cannot be read.
    """
    text = visible(text)
    verb, rest = _cut(text)
    start = text.find(rest, text.find(verb) + len(verb))
    if VERBS.get(fold(verb)) == "settings":
        cuts = [(start + clause.start, SETTINGS, clause.text) for clause in clauses(rest)]
    else:
        grammar, skipped = grammar_of(rest)
        cuts = [(start + skipped, grammar, rest[skipped:])]
    for at, grammar, part in reversed(cuts):
        replaced = replace_queue(part, word=word, name=name, example=EXAMPLE, grammar=grammar)
        text = text[:at] + replaced + text[at + len(part) :]
    return text


def _period_text(period: str) -> str:
    """`monday..fridayT12:00`: behind a day without a time, a time would be that of sending."""
    first, dots, last = period.partition("..")
    return period if ":" in first else f"{first}{dots}{last.replace(' ', 'T')}"


def _cut(text: str) -> tuple[str, str]:
    """The first word, and what stands behind it."""
    verb, _, rest = visible(text).strip().partition(" ")
    return verb, rest.strip()


def _everywhere(rest: str) -> bool:
    if rest and fold(rest) not in EVERYWHERE:
        raise BadWord(clipped(rest), "“all”, the only word that follows “list”", example="/digest list all")
    return bool(rest)


def _nothing_behind(rest: str, verb: str) -> None:
    if rest:
        raise BadWord(clipped(rest), f"expected here: nothing follows “{verb}”", example="/digest log")


def _unknown(verb: str, rest: str, *, now: datetime, zone: ZoneInfo, limit: int) -> BadWord:
    """For a first word that is none of the verbs: misspelt, or an order without its `add`."""

    def readable(text: str) -> bool:
        try:
            parse_digest(text, now=now, zone=zone, limit=limit)
        except (BadWord, BadPeriod):
            return False
        return True

    if text := number_first(verb, rest):
        return BadWord(clipped(verb), EXPECTED, example=f"/digest {text}", suggestion=text)
    meant = nearest_word(verb, VERBS)
    for text in (f"{meant} {rest}".strip() if meant else "", f"add {verb} {rest}".strip()):
        if text and readable(text):
            return BadWord(clipped(verb), EXPECTED, example=f"/digest {text}", suggestion=meant)
    return BadWord(clipped(verb), EXPECTED, example=EXAMPLE, suggestion=meant)
