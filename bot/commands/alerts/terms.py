"""What stands behind `/alert add`, `test` and `edit`: queues, conditions and the options of a rule, in any order."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.commands.alerts.amounts import find_amount
from bot.commands.alerts.changes import Changes
from bot.commands.alerts.conditions import Compared, measure_at
from bot.commands.alerts.said import Escalation, Lasting, Mentioned, Minimum, Recovery, Schedule, Switch, What, ZScore
from bot.commands.alerts.words import BESIDE_ALERT, RULE, prepared
from bot.commands.parts import queues_of
from bot.commands.reader import QUEUE, read_parts
from bot.commands.words import tokens
from bot.domain.alerts.measures import BY_NAME
from bot.domain.alerts.rules import Condition, Kind, Preset, Severity, Terms
from bot.domain.folding import clipped, fold
from bot.domain.names import nearest_word
from bot.domain.places import UNSET
from bot.errors import BadWord

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.commands.parts import Parts
    from bot.domain.places import PlaceSettings

MOST_CONDITIONS = 5
USUAL_Z = Fraction(2)
_ROOM = 4
"""How much longer a text may become by the spaces that are put into it."""
_LIVE = timedelta(minutes=2)
_WINDOWED = timedelta(minutes=10)
_FOREIGN = {
    "grouping": "part of a rule, which judges each queue and medium alone",
    "formula": "part of a rule, whose service level is counted as your Genesys Cloud organisation does",
}


def usual_pending(kind: Kind, conditions: Iterable[Condition]) -> timedelta:
    """How long it must last when nobody said so: 2 minutes when all of it is seen live, 10 minutes otherwise.

    What is unusual has its own patience built in, and is told at once.
    """
    if kind is not Kind.THRESHOLD:
        return timedelta(0)
    return _LIVE if all(BY_NAME[condition.measure].live for condition in conditions) else _WINDOWED


def read_terms(text: str, *, zone: ZoneInfo, usual: PlaceSettings, example: str, limit: int) -> Terms:
    """The rule that `text` describes, its queues as typed. Raises BadWord, with `example`."""
    changes, read = _read(text, usual=usual, example=example, limit=limit)
    if changes.conditions is None and changes.preset is None and changes.z is None:
        raise _nothing_to_judge(read, example)
    kind = Kind.ZSCORE if changes.z is not None else Kind.UNUSUAL if changes.preset is not None else Kind.THRESHOLD
    conditions = changes.conditions or ()
    terms = Terms(
        queues=queues_of(read, usual),
        kind=kind,
        conditions=conditions,
        zone=zone,
        pending=usual_pending(kind, conditions),
    )
    try:
        return replace(changes, queues=None).apply(terms)
    except BadWord as error:
        error.example = f"/alert add {QUEUE} sla < 80% critical escalate 15m <@U123>"
        raise


def read_changes(text: str, *, usual: PlaceSettings, example: str, limit: int) -> Changes:
    """What `text` says of a rule, and nothing else. Raises BadWord, with `example`."""
    return _read(text, usual=usual, example=example, limit=limit)[0]


def _read(text: str, *, usual: PlaceSettings, example: str, limit: int) -> tuple[Changes, Parts]:
    try:
        ready = prepared(text)
        read = read_parts(ready, now=None, example=example, limit=limit * _ROOM, grammar=RULE)
        return _changes(read, usual), read
    except BadWord as error:
        error.example = error.example or example
        raise


def _changes(read: Parts, usual: PlaceSettings) -> Changes:
    for part, expected in _FOREIGN.items():
        if written := read.written.get(part):
            raise BadWord(clipped(written), expected)
    if read.share:
        raise BadWord("share", "part of a rule: what it finds is always told to the whole channel")
    conditions, window = _conditions(read, usual)
    changes = Changes(
        queues=queues_of(read, UNSET) if read.queues else None,
        media=tuple(read.media) or None,
        conditions=conditions or None,
        window=window,
    )
    for extra in read.extras:
        changes = _with(changes, extra)
    if changes.window and window and changes.window != window:
        raise BadWord("over", "clear: two different stretches of time are to be looked at")
    if changes.conditions and (changes.preset is not None or changes.z is not None):
        kind = read.written["kind of rule"]
        raise BadWord(clipped(kind), "part of a rule with a condition: these are two rules, to be added one by one")
    return changes


def _with(changes: Changes, extra: object) -> Changes:
    match extra:
        case Preset():
            return replace(changes, preset=extra)
        case ZScore(value=z):
            return replace(changes, z=z or USUAL_Z)
        case Lasting(what=what, value=value):
            return _lasting(changes, what, value)
        case Minimum(value=number):
            return replace(changes, minimum=number)
        case Severity():
            return replace(changes, severity=extra)
        case Switch():
            return _switched(changes, extra)
    return _with_hours_and_people(changes, extra)


def _with_hours_and_people(changes: Changes, extra: object) -> Changes:
    match extra:
        case Schedule(hours=hours, quiet=True):
            return replace(changes, quiet=hours)
        case Schedule(hours=hours):
            return replace(changes, hours=hours)
        case Mentioned(who=who):
            return replace(changes, mention=tuple(dict.fromkeys([*(changes.mention or ()), *who])))
        case Escalation(steps=steps):
            return replace(changes, escalation=steps)
        case ZoneInfo():
            return replace(changes, zone=extra)
    return changes


def _lasting(changes: Changes, what: What, value: timedelta) -> Changes:
    match what:
        case What.PENDING:
            return replace(changes, pending=value)
        case What.RECOVER_FOR:
            return replace(changes, recover_for=value)
        case What.WINDOW:
            return replace(changes, window=value)
        case What.RENOTIFY:
            return replace(changes, renotify=value)


def _switched(changes: Changes, switch: Switch) -> Changes:
    match switch:
        case Switch.NO_HOURS:
            return replace(changes, no_hours=True)
        case Switch.NO_QUIET:
            return replace(changes, no_quiet=True)
        case Switch.NO_RENOTIFY:
            return replace(changes, no_renotify=True)
        case Switch.ON_HOLIDAYS:
            return replace(changes, holidays=False)
        case Switch.NOT_ON_HOLIDAYS:
            return replace(changes, holidays=True)


def _conditions(read: Parts, usual: PlaceSettings) -> tuple[tuple[Condition, ...], timedelta | None]:
    """The conditions, and the window that one of them named."""
    found: list[Condition] = []
    window: timedelta | None = None
    needed = False
    pairs = _with_recoveries(read)
    for compared, recovery in pairs:
        threshold = None if read.own_target else read.threshold or usual.threshold
        found.append(compared.condition(recovery=recovery, threshold=threshold))
        needed = needed or compared.measure.threshold
        if compared.window and window and compared.window != window:
            raise BadWord("over", "clear: two different stretches of time are to be looked at")
        window = compared.window or window
    if len(found) > MOST_CONDITIONS:
        raise BadWord("and", f"one of the first {MOST_CONDITIONS} conditions, and more a rule cannot have")
    written = read.written.get("threshold")
    if written and not needed:
        expected = "expected here: a limit has a measure and a comparison before it, and a time has “for” or “over”"
        raise BadWord(clipped(written), expected)
    return tuple(found), window


def _with_recoveries(read: Parts) -> list[tuple[Compared, Fraction | None]]:
    """Each comparison with the recovery that was said of it somewhere behind it. Raises BadWord."""
    pairs: list[tuple[Compared, Fraction | None]] = []
    for extra in read.extras:
        if isinstance(extra, Compared):
            pairs.append((extra, None))
        if isinstance(extra, Recovery):
            if not pairs or pairs[-1][0].recovery is not None:
                raise BadWord(clipped(extra.text), "a recovery that a condition before it could have")
            compared = pairs[-1][0]
            pieces = tokens(extra.text)
            amount = find_amount(pieces, 0, compared.measure.unit, compared.measure.words[0])
            pairs[-1] = (compared, amount.value)
    return pairs


def _nothing_to_judge(read: Parts, example: str) -> BadWord:
    """For a rule without a condition: a word in it may be one that is misspelt, or without its comparison."""
    words = [word for named in read.queues if not named.word.quoted for word in named.word.text.split()]
    for at, word in enumerate(words):
        pieces = tokens(" ".join(words))
        if measure_at(pieces, at):
            expected = "a condition yet: a comparison follows it, such as “sla < 80%” or “waiting > 10”"
            return BadWord(clipped(word), expected, example=example)
    for word in words:
        near = nearest_word(word, BESIDE_ALERT.words)
        if near and fold(near) != fold(word):
            expected = "a condition, which a rule needs: “sla < 80%”, “waiting > 10”, or “unusual”"
            return BadWord(clipped(word), expected, example=example, suggestion=near)
    shown = clipped(read.text) or "add"
    return BadWord(
        shown, "a rule yet: a condition is missing, such as “sla < 80%”, “waiting > 10” or “unusual”", example=example
    )
