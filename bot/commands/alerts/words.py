"""The words that only `/alert` knows, found in any order beside the names of queues."""

from __future__ import annotations

import re
from datetime import timedelta
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.commands.alerts.conditions import MEASURE_WORDS, SIGNS, find_condition
from bot.commands.alerts.hours import find_hours
from bot.commands.alerts.lengths import find_length, length_behind
from bot.commands.alerts.people import find_mentions, find_steps
from bot.commands.alerts.said import Escalation, Lasting, Mentioned, Minimum, Recovery, Schedule, Switch, What, ZScore
from bot.commands.digests.words import find_zone
from bot.commands.lookahead import JOINTS
from bot.commands.vocabulary import MEDIA, SLA, Extra, Grammar, squeezed
from bot.commands.words import Kind, folded_at, tokens, words_at
from bot.domain.alerts.rules import Preset, Severity
from bot.domain.alerts.samples import QUARTER
from bot.domain.folding import clipped, visible
from bot.domain.names import Beside, nearest_word
from bot.errors import BadWord

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.commands.alerts.conditions import Compared
    from bot.commands.alerts.lengths import Length
    from bot.commands.words import Token

LONGEST = timedelta(days=1)
MOST_CONTACTS = 10_000
LEAST_Z, MOST_Z = Fraction(1), Fraction(10)
_SOONEST_REMINDER = timedelta(minutes=5)
_NONE = timedelta(0)


_MENTION = re.compile(r"<(@[UW][A-Z0-9]+|!subteam\^S[A-Z0-9]+|!here|!channel|!everyone)(?:\|[^<>]*)?>")
_SIGNS = re.compile(r"(<[@!#][^<> ]*>)|<=|>=|=<|=>|[<>≤≥]|=+(?=[0-9])")
_SWITCHES: Mapping[str, tuple[str, Switch]] = MappingProxyType(
    {
        **dict.fromkeys(("nohours", "hoursalways", "hoursany", "hoursnone", "anyhour"), ("hours", Switch.NO_HOURS)),
        **dict.fromkeys(("noquiet", "quietnone", "noquiethours"), ("quiet hours", Switch.NO_QUIET)),
        **dict.fromkeys(
            ("remindnever", "noreminders", "noreminder", "neverremind", "repeatnever", "norepeat"),
            ("reminder", Switch.NO_RENOTIFY),
        ),
        **dict.fromkeys(
            ("holidays", "onholidays", "withholidays", "alsoonholidays"), ("word about holidays", Switch.ON_HOLIDAYS)
        ),
        **dict.fromkeys(
            ("noholidays", "notonholidays", "withoutholidays", "exceptholidays", "exceptonholidays"),
            ("word about holidays", Switch.NOT_ON_HOLIDAYS),
        ),
    }
)
_SEVERITIES: Mapping[str, Severity] = MappingProxyType(
    {"warning": Severity.WARNING, "warn": Severity.WARNING, "critical": Severity.CRITICAL, "crit": Severity.CRITICAL}
)
_UNUSUAL = frozenset({"unusual", "anomaly", "anomalies"})
_MENTIONS = frozenset({"mention", "mentions", "mentioning", "ping", "tell"})
_ESCALATES = frozenset({"escalate", "escalates", "escalation"})
_REMINDS = frozenset({"remind", "reminder", "repeat", "renotify"})
_AT_ONCE = frozenset({"immediately", "instantly"})


def prepared(text: str) -> str:
    """`text` with spaces around signs such as `<`, and mentions without the names that Slack adds; quotes are left.

    Raises BadWord for a quote left open.
    """
    text = _MENTION.sub(r"<\1>", visible(text))
    parts, at = [], 0
    for piece in tokens(text):
        if piece.kind is Kind.WORD:
            parts += [text[at : piece.start], _SIGNS.sub(r" \g<0> ", piece.text)]
            at = piece.end
    return " ".join("".join([*parts, text[at:]]).split(" ")).strip()


def find(pieces: Sequence[Token], at: int, stray: bool) -> Extra | None:
    """What the words from piece `at` on mean to a rule; in the form that a grammar's `extras` have."""
    word = folded_at(pieces, at)
    if word in JOINTS:
        joined = find(pieces, at + 1, stray)
        return Extra(kind=joined.kind, value=joined.value, taken=joined.taken + 1) if joined else None
    if word in SIGNS:
        raise _without_measure(pieces, at)
    if word == "or" and find_condition(pieces, at + 1):
        raise BadWord("or", "part of a rule, whose conditions must all hold; what comes after it is a rule of its own")
    return (
        _condition(pieces, at)
        or _kind(pieces, at)
        or _switch(pieces, at)
        or _lasting(pieces, at)
        or _recovery(pieces, at)
        or _minimum(pieces, at)
        or _severity(word)
        or _schedule(pieces, at)
        or _people(pieces, at)
        or find_zone(pieces, at, stray)
    )


def _without_measure(pieces: Sequence[Token], at: int) -> BadWord:
    before = words_at(pieces, at - 1, 1) if at else ""
    sign = pieces[at].text
    if not before:
        return BadWord(sign, "expected here: the name of a measure stands before it, such as “sla” or “waiting”")
    expected = f"a measure, which stands before “{sign}”: sla, waiting, longest wait, available, abandon rate or aht"
    return BadWord(clipped(before), expected, suggestion=nearest_word(before, MEASURE_WORDS))


def _condition(pieces: Sequence[Token], at: int) -> Extra | None:
    compared: Compared | None = find_condition(pieces, at)
    return Extra(kind="", value=compared, taken=compared.taken) if compared else None


def _kind(pieces: Sequence[Token], at: int) -> Extra | None:
    word = folded_at(pieces, at)
    if word in _UNUSUAL:
        following = folded_at(pieces, at + 1)
        named = following in set(Preset) and _schedule(pieces, at + 1) is None
        preset = Preset(following) if named else Preset.DEFAULT
        return Extra(kind="kind of rule", value=preset, taken=1 + named)
    taken = next((taken for taken in (2, 1) if squeezed(words_at(pieces, at, taken)) == "zscore"), 0)
    if not taken:
        return None
    number = folded_at(pieces, at + taken)
    if not re.fullmatch(r"[0-9]{1,3}(?:\.[0-9]{1,2})?", number):
        return Extra(kind="kind of rule", value=ZScore(value=None), taken=taken)
    z = Fraction(number)
    if not LEAST_Z <= z <= MOST_Z:
        raise BadWord(number, f"a number of standard deviations: it goes from {LEAST_Z} to {MOST_Z}")
    return Extra(kind="kind of rule", value=ZScore(value=z), taken=taken + 1)


def _switch(pieces: Sequence[Token], at: int) -> Extra | None:
    for taken in (3, 2, 1):
        if known := _SWITCHES.get(squeezed(words_at(pieces, at, taken))):
            kind, switch = known
            return Extra(kind=kind, value=switch, taken=taken)
    return None


def _lasting(pieces: Sequence[Token], at: int) -> Extra | None:
    word, following = folded_at(pieces, at), folded_at(pieces, at + 1)
    if word in _AT_ONCE or (word == "at" and following == "once"):
        return _last(What.PENDING, "time that it must last", _NONE, 1 + (word == "at"))
    if word == "for" and (length := _behind(pieces, at, "how long it must last", shortest=_NONE)):
        return _last(What.PENDING, "time that it must last", length.value, 1 + length.taken)
    if (
        word in {"recover", "recovers", "recovery"}
        and following == "for"
        and (length := _behind(pieces, at + 1, "how long it must be good again", shortest=_NONE))
    ):
        return _last(What.RECOVER_FOR, "time until it is over", length.value, 2 + length.taken)
    if word == "over" and (length := _behind(pieces, at, "the time that is looked at", shortest=QUARTER)):
        if length.value % QUARTER:
            expected = "whole quarters of an hour, which are what figures are kept in: 15m, 30m, 1h up to 24h"
            raise BadWord(clipped(words_at(pieces, at + 1, length.taken)), expected)
        return _last(What.WINDOW, "time that is looked at", length.value, 1 + length.taken)
    if word in _REMINDS:
        start = at + (following in {"every", "after"})
        length = _behind(pieces, start, "how often it is said again", shortest=_SOONEST_REMINDER)
        return _last(What.RENOTIFY, "reminder", length.value, start + 1 + length.taken - at) if length else None
    return None


def _behind(pieces: Sequence[Token], at: int, what: str, *, shortest: timedelta) -> Length | None:
    return length_behind(pieces, at, shortest=shortest, longest=LONGEST, what=what)


def _last(what: What, kind: str, value: timedelta, taken: int) -> Extra:
    return Extra(kind=kind, value=Lasting(what=what, value=value), taken=taken)


def _recovery(pieces: Sequence[Token], at: int) -> Extra | None:
    if folded_at(pieces, at) not in {"recover", "recovers"}:
        return None
    start = at + 1 + (folded_at(pieces, at + 1) in {"at", "to"})
    if not folded_at(pieces, start)[:1].isdigit():
        return None
    length = find_length(pieces, start)
    taken = length.taken if length else 1 + (folded_at(pieces, start + 1) in {"%", "percent", "pct"})
    text = words_at(pieces, start, taken)
    return Extra(kind="recovery", value=Recovery(text=text), taken=start + taken - at)


def _minimum(pieces: Sequence[Token], at: int) -> Extra | None:
    if folded_at(pieces, at) not in {"min", "minimum"}:
        return None
    start = at + 1
    while folded_at(pieces, start) in {"volume", "of", "contacts"}:
        start += 1
    number = folded_at(pieces, start)
    if not re.fullmatch(r"[0-9]{1,9}", number):
        if number[:1].isdigit():
            raise BadWord(clipped(words_at(pieces, start, 1)), "a number of contacts, which follows “min”: min 20")
        return None
    if not 1 <= int(number) <= MOST_CONTACTS:
        raise BadWord(number, f"a number of contacts to judge by: it goes from 1 to {MOST_CONTACTS}")
    taken = start + 1 + (folded_at(pieces, start + 1) == "contacts") - at
    return Extra(kind="minimum", value=Minimum(value=int(number)), taken=taken)


def _severity(word: str) -> Extra | None:
    severity = _SEVERITIES.get(word)
    return Extra(kind="severity", value=severity, taken=1) if severity else None


def _schedule(pieces: Sequence[Token], at: int) -> Extra | None:
    word = folded_at(pieces, at)
    if word not in {"hours", "quiet"}:
        return None
    start = at + 1 + (word == "quiet" and folded_at(pieces, at + 1) == "hours")
    found = find_hours(pieces, start)
    if found is None:
        if folded_at(pieces, start)[:1].isdigit():
            expected = f"a stretch of the day, which follows “{word}”: 08:00-18:00"
            raise BadWord(clipped(words_at(pieces, start, 1)), expected)
        return None
    kind = "quiet hours" if word == "quiet" else "hours"
    value = Schedule(hours=found.hours, quiet=word == "quiet")
    return Extra(kind=kind, value=value, taken=start + found.taken - at)


def _people(pieces: Sequence[Token], at: int) -> Extra | None:
    word = folded_at(pieces, at)
    if word in _ESCALATES:
        steps = find_steps(pieces, at)
        return Extra(kind="escalation", value=Escalation(steps=steps.steps), taken=steps.taken) if steps else None
    announced = word in _MENTIONS
    if not announced and not (at < len(pieces) and pieces[at].text.startswith(("<", "@"))):
        return None
    found = find_mentions(pieces, at + announced)
    return Extra(kind="", value=Mentioned(who=found.who), taken=found.taken + announced) if found else None


BESIDE_ALERT = Beside(
    words=(
        *(f"{word} <" for word in ("sla", "available")),
        *("for", "recover", "recover for", "over", "min", "warning", "critical", "hours", "quiet", "unusual", "zscore"),
        *("holidays", "no holidays", "mention", "escalate", "remind", "never", "sensitive", "default", "zone"),
        *("weekdays", "daily", "under", "below", "above", "at least", "at most", "and"),
        *MEASURE_WORDS,
        *("voice", "calls", "callbacks", "chat", "email", "messages"),
    ),
    said="a measure, a comparison, a medium or an option of a rule",
)
RULE = Grammar(
    beside=BESIDE_ALERT,
    groupings=SLA.groupings,
    choices=SLA.choices,
    phrases=MappingProxyType(dict(MEDIA)),
    extras=find,
    periods=False,
)
"""Behind `/alert add`, `edit` and `test`."""
