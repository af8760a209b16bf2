"""What stands in the fields of a rule's form, and what was entered in them, as words of the command."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.blocks import forms
from bot.blocks.ask_form import QUEUE_SEARCH
from bot.blocks.digests.words import typed_days
from bot.domain.alerts.measures import BY_NAME, BY_WORD
from bot.domain.alerts.rules import Kind
from bot.domain.figures import duration
from bot.domain.ids import ChannelId, UserId
from bot.domain.metrics import Unit
from bot.domain.schedule import Days, Rhythm

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from fractions import Fraction

    from bot.blocks.digests.form import QueueChoice
    from bot.domain.alerts.rules import Condition, Hours, Terms

NEW = "alert_new"
EDIT = "alert_edit"
"""The callback ids."""

CHANNEL = "channel"
QUEUES = "queues"
MEASURE = "measure"
COMPARE = "compare"
LIMIT = "limit"
THRESHOLD = "threshold"
PENDING = "pending"
WINDOW = "window"
SEVERITY = "severity"
HOURS = "hours"
MENTION = "mention"
"""The block ids, under which `refused` shows a sentence; action ids are the same, but `QUEUE_SEARCH` for the queues."""

WORSE = "worse"
"""The choice of `COMPARE` that goes with what is watched: under a limit where more is better, else over it."""

_PERSON = re.compile(r"<@([A-Z0-9]{1,40})>")
_EVERY_DAY = frozenset(range(7))
_UNUSUAL = "unusual"


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What stands in the fields when the form opens; texts as they are typed in the command."""

    channel: ChannelId | None = None
    queues: Sequence[QueueChoice] = ()
    """Empty: every queue."""
    measure: str = "sla"
    """A measure's word, or `unusual quiet`, `unusual default`, `unusual sensitive`."""
    compare: str = WORSE
    limit: str = ""
    threshold: str = ""
    pending: str = ""
    window: str = ""
    severity: str = "warning"
    hours: str = ""
    mention: Sequence[UserId] = ()
    groups: Sequence[str] = ()
    """Mentions that are no people, as Slack writes them: the form does not show them, and they stay."""
    more: str = ""
    """What is watched, in words, where the form cannot show it: it is told, and changed by command."""

    @classmethod
    def of(
        cls, terms: Terms, queues: Sequence[QueueChoice], channel: ChannelId | None = None, *, title: str = ""
    ) -> Given:
        """What stands in the fields for a rule that is there; `title` is what `rule_title` says of it."""
        people = [match for each in terms.mention if (match := _PERSON.fullmatch(each))]
        one = terms.conditions[0] if len(terms.conditions) == 1 else None
        plain = one is not None or terms.kind is Kind.UNUSUAL
        live = one is not None and BY_NAME[one.measure].live
        return cls(
            channel=channel,
            queues=queues,
            measure=BY_NAME[one.measure].words[0] if one else f"{_UNUSUAL} {terms.preset}",
            compare=one.compare.value if one else WORSE,
            limit=typed_limit(one) if one else "",
            threshold=_typed(one.threshold) if one and one.threshold else "",
            pending=_typed(terms.pending),
            window="" if live or terms.kind is not Kind.THRESHOLD else _typed(terms.window),
            severity=terms.severity.value,
            hours=typed_hours(terms.hours) if terms.hours else "",
            mention=[UserId(match[1]) for match in people],
            groups=[each for each in terms.mention if not _PERSON.fullmatch(each)],
            more="" if plain else title or "several conditions",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """What a person entered: the words behind `/alert add`, or behind `/alert edit N`, and which field they are of."""

    channel: ChannelId | None
    """None: the form had no such field, or it was left empty."""
    pieces: Mapping[str, str]
    """Block id to words, in the order of the command; what is empty, not there, or as it was is missing."""
    problems: Mapping[str, str]
    """Block id to a sentence, for what no grammar has to read."""

    @property
    def text(self) -> str:
        """As `"q-1", sla 30s < 80% for 10m critical`, to be read by `read_alert` behind `add ` or `edit N `; empty
        where nothing was changed.
        """
        return " ".join(self.pieces.values())

    def field_of(self, word: str) -> str:
        """The block id under which it is said that `word` cannot be read: of an input that the form has."""
        sought = word.strip("“” ").casefold()
        found = [block for block, words in self.pieces.items() if sought and sought in words.casefold()]
        for block in found:
            # The condition is one piece of three fields.
            return LIMIT if block == MEASURE and sought[:1].isdigit() else block
        return MEASURE if MEASURE in self.pieces else next(iter(self.pieces), PENDING)


def read_form(values: Mapping[str, Mapping[str, Mapping[str, Any]]], given: Given | None = None) -> Entered:
    """`state.values` of a submission, or of a press of Back-Test, where fields may still be empty.

    With what was `given` it is an edit: only changes are in the words, so that all that the form does not show stays.
    Without, it is all of a new rule.
    """
    before = _pieces(given) if given else {}
    now, problems = _now(values, given)
    pieces = {block: words for block, words in now.items() if words and before.get(block) != words}
    return Entered(
        channel=ChannelId(forms.entered(values, CHANNEL, CHANNEL, "selected_conversation")) or None,
        pieces=pieces,
        problems=problems,
    )


def _now(
    values: Mapping[str, Mapping[str, Mapping[str, Any]]], given: Given | None
) -> tuple[dict[str, str], dict[str, str]]:
    def typed(block: str) -> str:
        return forms.entered(values, block, block)

    def chosen(block: str) -> str:
        return next(iter(forms.chosen_values(values, block, block)), "")

    words: dict[str, str] = {}
    problems: dict[str, str] = {}
    if QUEUES in values:
        words[QUEUES] = _queue_words(forms.chosen_values(values, QUEUES, QUEUE_SEARCH))
    if MEASURE in values:
        measure, limit = chosen(MEASURE), typed(LIMIT)
        words[MEASURE] = _condition_words(measure, chosen(COMPARE), limit, typed(THRESHOLD))
        if measure and not measure.startswith(_UNUSUAL) and not limit:
            problems[LIMIT] = "Say from where on it is bad: 80%, 10 or 5m."
    words[PENDING] = f"for {typed(PENDING)}" if typed(PENDING) else ""
    words[WINDOW] = f"over {typed(WINDOW)}" if typed(WINDOW) else "over 30m" if given and given.window else ""
    words[SEVERITY] = chosen(SEVERITY)
    hours = typed(HOURS)
    words[HOURS] = f"hours {hours}" if hours else "no hours" if given and given.hours else ""
    people = values.get(MENTION, {}).get(MENTION, {}).get("selected_users") or ()
    words[MENTION] = _mention_words(people, given)
    return words, problems


def _pieces(given: Given) -> dict[str, str]:
    return {
        QUEUES: _queue_words([value for value, _ in given.queues]),
        MEASURE: _condition_words(given.measure, given.compare, given.limit, given.threshold),
        PENDING: f"for {given.pending}",
        WINDOW: f"over {given.window}",
        SEVERITY: given.severity,
        HOURS: f"hours {given.hours}",
        MENTION: _mention_words(given.mention, given),
    }


def _queue_words(chosen: Sequence[str]) -> str:
    """Ids in quotes, patterns as they were typed; with a comma behind, so that no pattern runs into what follows."""
    names = [value if "*" in value or "?" in value else f'"{value}"' for value in chosen]
    return f"{', '.join(names)}," if names else "all"


def _condition_words(measure: str, compare: str, limit: str, threshold: str) -> str:
    if not measure or measure.startswith(_UNUSUAL):
        return measure
    known = BY_WORD.get(measure)
    within = threshold if known and known.threshold else ""
    if not compare or compare == WORSE:
        compare = "<" if known and known.low_is_bad else ">"
    return " ".join(part for part in (measure, within, compare, limit) if part)


def _mention_words(people: Sequence[str], given: Given | None) -> str:
    named = [f"<@{person}>" for person in people] + list(given.groups if given else ())
    if named:
        return f"mention {' '.join(named)}"
    return "mention nobody" if given and given.mention else ""


def typed_limit(condition: Condition) -> str:
    """As it is typed: “80%”, “10”, “5m”."""
    limit = condition.limit
    match BY_NAME[condition.measure].unit:
        case Unit.SHARE:
            return f"{_number(100 * limit)}%"
        case Unit.TIME:
            return _typed(timedelta(milliseconds=round(1000 * limit)))
        case _:
            return _number(limit)


def typed_hours(hours: Hours) -> str:
    """As “08:00-18:00 weekdays”; without days when they are all of them."""
    end = "24:00" if hours.start == hours.end == hours.start.min else f"{hours.end:%H:%M}"
    days = "" if hours.days == _EVERY_DAY else f" {typed_days(Days(rhythm=Rhythm.DAYS, weekdays=hours.days))}"
    return f"{hours.start:%H:%M}-{end}{days}"


def _typed(length: timedelta) -> str:
    """As “10m”, “1h30m”, “0m”."""
    if not length:
        return "0m"
    return duration(length).replace(" min", "m").replace(" ", "")


def _number(value: Fraction) -> str:
    return f"{float(value):.4f}".rstrip("0").rstrip(".")
