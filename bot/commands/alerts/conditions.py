"""Comparisons in a rule: `sla 30s < 80% recover 85%`, `waiting > 10`, `available agents at most 0`."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from bot.commands.alerts.amounts import amount_text, find_amount
from bot.commands.alerts.lengths import find_length
from bot.commands.threshold import LONGEST
from bot.commands.vocabulary import squeezed
from bot.commands.words import folded_at, words_at
from bot.domain.alerts.measures import BY_NAME, MEASURES
from bot.domain.alerts.rules import Compare, Condition
from bot.domain.folding import clipped
from bot.domain.metrics import Better, Unit
from bot.errors import BadWord

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import timedelta

    from bot.commands.words import Token
    from bot.domain.alerts.measures import Measure

_MOST_WORDS = 4
_OPERATORS: Mapping[str, Compare] = MappingProxyType(
    {
        **dict.fromkeys(("<", "under", "below", "less than", "lower than", "fewer than"), Compare.BELOW),
        **dict.fromkeys(("<=", "=<", "≤", "at most", "no more than", "not more than"), Compare.AT_MOST),
        **dict.fromkeys(
            (">", "over", "above", "more than", "greater than", "higher than", "longer than", "exceeds"), Compare.ABOVE
        ),
        **dict.fromkeys((">=", "=>", "≥", "at least", "no less than", "not less than"), Compare.AT_LEAST),
    }
)
SIGNS = frozenset({"<", "<=", "=<", "≤", ">", ">=", "=>", "≥"})
_BEFORE_OPERATORS = frozenset({"is", "are", "falls", "fall", "drops", "drop", "goes", "rises", "gets"})
_EQUAL = frozenset({"=", "==", "!=", "<>", "equals"})
_ALIASES: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("abandon", "abandonment"), "abandon_share"),
        **dict.fromkeys(("freeagents", "idleagents"), "available"),
        "breachrate": "breach_share",
        "onqueueagents": "on_queue",
        "contactswaiting": "waiting",
        "oldestwaiting": "oldest_wait",
    }
)
_WORDS: Mapping[str, Measure] = MappingProxyType(
    {alias: BY_NAME[name] for alias, name in _ALIASES.items()}
    | {squeezed(word): measure for measure in MEASURES for word in (measure.name, measure.title, *measure.words)}
)
MEASURE_WORDS = tuple(dict.fromkeys(word for measure in MEASURES for word in measure.words))
_HYSTERESIS = Fraction(5, 100)
_FIFTH = Fraction(1, 5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A comparison as it was typed."""

    measure: Measure
    compare: Compare
    limit: Fraction
    recovery: Fraction | None
    threshold: timedelta | None
    own_target: bool
    window: timedelta | None
    taken: int
    """Of how many pieces it consists."""

    def condition(self, *, recovery: Fraction | None, threshold: timedelta | None) -> Condition:
        """The condition; `recovery` when one was said elsewhere, `threshold` where this has none. Raises BadWord."""
        recovery = self.recovery if self.recovery is not None else recovery
        if recovery is None:
            recovery = usual_recovery(self.compare, self.limit, self.measure.unit)
        elif (recovery < self.limit) if self.compare.low else (recovery > self.limit):
            side = "least" if self.compare.low else "most"
            limit = amount_text(self.limit, self.measure.unit)
            expected = f"a recovery: it is good again on the other side of the limit, at {side} {limit}"
            raise BadWord(amount_text(recovery, self.measure.unit), expected)
        rated = self.measure.threshold
        return Condition(
            measure=self.measure.name,
            compare=self.compare,
            limit=self.limit,
            recovery=recovery,
            threshold=(self.threshold or (None if self.own_target else threshold)) if rated else None,
        )


def usual_recovery(compare: Compare, limit: Fraction, unit: Unit) -> Fraction:
    """Where it is good again when nobody said so: 5 points better, for counts and times a fifth better.

    A share goes at most half of the way to its end, so that an abandon rate of over 3 % is good again at 1.5 %. A
    count is rounded towards the limit, but is never on the bad side: over 10 is good again at 8, at least 1 at 0.
    """
    if unit is Unit.SHARE:
        room = (1 - limit) if compare.low else limit
        step = min(_HYSTERESIS, room / 2)
        return limit + step if compare.low else limit - step
    if unit is Unit.TIME:
        return limit * (1 + _FIFTH) if compare.low else limit * (1 - _FIFTH)
    better = math.floor(limit * (1 + _FIFTH)) if compare.low else math.ceil(limit * (1 - _FIFTH))
    if compare is Compare.AT_MOST:
        better = max(math.floor(limit) + 1, better)
    if compare is Compare.AT_LEAST:
        better = max(0, min(math.ceil(limit) - 1, better))
    return Fraction(better)


def find_condition(pieces: Sequence[Token], at: int) -> Compared | None:
    """The comparison that begins with piece `at`. Raises BadWord for one that is not complete, or cannot be meant."""
    found = measure_at(pieces, at)
    if found is None:
        return None
    measure, end = found.measure, at + found.taken
    said = words_at(pieces, at, found.taken)
    threshold, own_target, window = None, False, None
    while True:
        if window is None and (covered := _window(pieces, end, measure.unit)):
            window, taken = covered
        elif threshold is None and not own_target and (within := _threshold(pieces, end)) and measure.threshold:
            threshold, taken = within
        elif not own_target and measure.threshold and _own_target(pieces, end):
            own_target, taken = True, 2
        else:
            break
        end += taken
    operator = _operator(pieces, end)
    if operator is None:
        _refuse_unfinished(pieces, end, said, begun=end > at + found.taken)
        return None
    compare, taken = operator
    written = words_at(pieces, end, taken)
    end += taken
    if not words_at(pieces, end, 1):
        raise BadWord(clipped(written), f"complete: the limit of “{said}” follows it, such as {_instance(measure)}")
    amount = find_amount(pieces, end, measure.unit, said)
    end += amount.taken
    _refuse_nonsense(measure, compare, amount.value, said)
    recovery = None
    if again := _recovery_word(pieces, end):
        if not words_at(pieces, end + again, 1):
            raise BadWord(clipped(words_at(pieces, end, again)), "complete: from where on it is good again follows it")
        good = find_amount(pieces, end + again, measure.unit, said)
        recovery, end = good.value, end + again + good.taken
    return Compared(
        measure=measure,
        compare=compare,
        limit=amount.value,
        recovery=recovery,
        threshold=threshold,
        own_target=own_target,
        window=window,
        taken=end - at,
    )


class FoundMeasure(NamedTuple):
    measure: Measure
    taken: int


def measure_at(pieces: Sequence[Token], at: int) -> FoundMeasure | None:
    """The measure that the words from piece `at` on name, as many of them as mean one."""
    for taken in range(_MOST_WORDS, 0, -1):
        text = words_at(pieces, at, taken)
        if text and (measure := _WORDS.get(squeezed(text))):
            return FoundMeasure(measure, taken)
    return None


def condition_text(condition: Condition, measure: Measure) -> str:
    """The words that read back as `condition` where no threshold is usual."""
    unit = measure.unit
    words = [measure.words[0]]
    words += [amount_text(Fraction(condition.threshold.total_seconds()), Unit.TIME)] if condition.threshold else []
    words += [condition.compare.value, amount_text(condition.limit, unit)]
    if condition.recovery != usual_recovery(condition.compare, condition.limit, unit):
        words += ["recover", amount_text(condition.recovery, unit)]
    return " ".join(words)


def _window(pieces: Sequence[Token], at: int, unit: Unit) -> tuple[timedelta, int] | None:
    """`over 1h` that is followed by an operator; without one, and in `aht over 8m over 1h`, `over` is the operator."""
    length = find_length(pieces, at + 1) if folded_at(pieces, at) == "over" else None
    behind = at + 1 + (length.taken if length else 0)
    twice = unit is Unit.TIME and folded_at(pieces, behind) == "over"
    if length is None or twice or not _operator(pieces, behind):
        return None
    return length.value, 1 + length.taken


def _threshold(pieces: Sequence[Token], at: int) -> tuple[timedelta, int] | None:
    """`30s`, `within 30s`."""
    announced = folded_at(pieces, at) in {"within", "in", "at"}
    length = find_length(pieces, at + announced)
    if length is None or not length.value:
        return None
    if length.value > LONGEST:
        written = words_at(pieces, at + announced, length.taken)
        raise BadWord(clipped(written), "a threshold: it goes from 1 second to 7 days")
    return length.value, length.taken + announced


def _own_target(pieces: Sequence[Token], at: int) -> bool:
    return folded_at(pieces, at) == "own" and folded_at(pieces, at + 1) in {"target", "targets"}


def _operator(pieces: Sequence[Token], at: int) -> tuple[Compare, int] | None:
    start = at + (folded_at(pieces, at) in _BEFORE_OPERATORS)
    for taken in (3, 2, 1):
        words = [folded_at(pieces, start + place) for place in range(taken)]
        if all(words) and (compare := _OPERATORS.get(" ".join(words))):
            return compare, start + taken - at
    if folded_at(pieces, at) in _EQUAL:
        expected = "a comparison that an alert can be about: <, <=, > or >=, or “at most 0” and “at least 1”"
        raise BadWord(clipped(words_at(pieces, at, 1)), expected)
    return None


def _recovery_word(pieces: Sequence[Token], at: int) -> int:
    """Over how many words `recover`, `recover at`, `recovers to` goes; 0 for none, and for `recover for 10m`."""
    if folded_at(pieces, at) not in {"recover", "recovers", "recovery"} or folded_at(pieces, at + 1) == "for":
        return 0
    return 1 + (folded_at(pieces, at + 1) in {"at", "to"})


def _refuse_unfinished(pieces: Sequence[Token], at: int, said: str, *, begun: bool) -> None:
    """Raises BadWord for a measure with a number right behind it: a comparison is missing, not a queue's name."""
    following = folded_at(pieces, at)
    if begun or following[:1].isdigit():
        expected = "followed by a comparison: <, <=, > or >=, “under” or “over”, and then its limit"
        raise BadWord(clipped(said), expected)


def _refuse_nonsense(measure: Measure, compare: Compare, limit: Fraction, said: str) -> None:
    """Raises BadWord for what is good news, always true, or never."""
    written = f"{said} {compare.value} {amount_text(limit, measure.unit)}"
    if (measure.better is Better.MORE and not compare.low) or (measure.better is Better.LESS and compare.low):
        turned = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}[compare.value]
        suggestion = f"{said} {turned} {amount_text(limit, measure.unit)}"
        expected = "bad news: an alert says what is bad, and this would be told when all is well"
        raise BadWord(clipped(written), expected, suggestion=suggestion)
    highest = 1 if measure.unit is Unit.SHARE else None
    if (compare is Compare.BELOW and limit == 0) or (compare is Compare.ABOVE and limit == highest):
        raise BadWord(clipped(written), "a condition that can ever hold")
    if (compare is Compare.AT_LEAST and limit == 0) or (compare is Compare.AT_MOST and limit == highest):
        raise BadWord(clipped(written), "a condition that can ever be over: it always holds")


def _instance(measure: Measure) -> str:
    return {Unit.SHARE: "80%" if measure.better is Better.MORE else "10%", Unit.COUNT: "10", Unit.TIME: "5m"}[
        measure.unit
    ]
