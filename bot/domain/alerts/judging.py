"""A rule of thresholds held against what is known of one queue and medium; pure, and cheap enough for every minute.

Verdicts are exact: whole numbers on both sides, never a rounded share. Of several conditions all must be broken:

- one that is `CLEAR` makes the rule clear, whatever the others are: it is not true then;
- else one without data makes it `NODATA`, and one with too few contacts `LOW`: it cannot be said;
- else one that is `BETWEEN` makes it between; what is left is `BREACH`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

from bot.domain.alerts.measures import BY_NAME, Live, Measure
from bot.domain.alerts.readings import Found, Outcome, Reading
from bot.domain.alerts.rules import Compare
from bot.domain.amounts import Amounts
from bot.domain.sla import Share

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.alerts.rules import Condition, Terms
    from bot.domain.metrics import Figure
    from bot.domain.queues import Target

Windows: TypeAlias = Callable[[timedelta | None], Amounts | None]
"""The sums over the rule's window by the threshold that `in_time` counts with (None: no matter which); None where
Genesys did not answer. The `get` of a dict will do.
"""
SURE = Fraction(1645, 1000)
"""Standard deviations: 90 % two-sided, so that one broken promise in twenty is chance."""
_MICROSECOND = timedelta(microseconds=1)
_A_SECOND = 1_000_000
_LEAST_CERTAIN_FIRST = (Outcome.CLEAR, Outcome.NODATA, Outcome.LOW, Outcome.BETWEEN)


def judge(
    terms: Terms,
    *,
    window: Windows | None,
    live: Live | None,
    target: Target | None,
    at: datetime,
    open: bool = True,  # noqa: A002  the word for it
    sure: bool = True,
) -> Reading:
    """The reading of one threshold rule at one place.

    `window` and `live` are None when Genesys did not answer, or no condition needs them; `target` is what the queue
    promises on this medium; `at` is the end of the data, UTC; `open` is `hours.is_open(terms, at)`, the same for all
    queues of a rule. `sure` may be switched off: then a share needs no more than its minimum to be broken.
    """
    if not open:
        return Reading(at=at, outcome=Outcome.CLOSED)
    found: list[Found] = []
    outcomes: list[Outcome] = []
    for condition in terms.conditions:
        measure = BY_NAME[condition.measure]
        threshold = threshold_of(condition, target) if measure.threshold else None
        figure, missing = _figure(measure, terms, threshold, window, live)
        outcomes.append(missing or outcome_of(condition, figure, minimum=terms.minimum, sure=sure))
        found.append(
            Found(
                measure=measure.name,
                figure=figure,
                limit=condition.limit,
                threshold=threshold,
                window=None if measure.live else terms.window,
            )
        )
    return Reading(at=at, outcome=combined(outcomes), found=tuple(found))


def combined(outcomes: list[Outcome]) -> Outcome:
    """The outcome of conditions joined by `and`, as the module says."""
    return next((outcome for outcome in _LEAST_CERTAIN_FIRST if outcome in outcomes), Outcome.BREACH)


def threshold_of(condition: Condition, target: Target | None) -> timedelta | None:
    """The condition's own, or what the queue promises; None where it promises nothing on this medium."""
    return condition.threshold or (target.threshold if target else None)


def outcome_of(condition: Condition, figure: Figure, *, minimum: int, sure: bool = True) -> Outcome:
    """One condition's outcome. A share of fewer than `minimum` contacts, or of none, is `LOW`, as is what is undefined.

    A share that is on the bad side of its limit, but perhaps by the chance of a few contacts, is `BETWEEN`.
    """
    if isinstance(figure, Share):
        of = figure.denominator
        if of <= 0 or of < minimum:
            return Outcome.LOW
        # In a short window a contact may be answered that was offered before it.
        value = min(max(figure.within, 0), of)
    elif figure is None:
        return Outcome.LOW
    elif isinstance(figure, timedelta):
        value, of = figure // _MICROSECOND, _A_SECOND
    else:
        value, of = figure, 1
    if _broken(condition.compare, value, of, condition.limit):
        chance = sure and isinstance(figure, Share) and not beyond_chance(value, of, condition.limit)
        return Outcome.BETWEEN if chance else Outcome.BREACH
    recovery = condition.recovery
    ours, theirs = value * recovery.denominator, recovery.numerator * of
    good = ours >= theirs if condition.compare.low else ours <= theirs
    return Outcome.CLEAR if good else Outcome.BETWEEN


def beyond_chance(successes: int, n: int, limit: Fraction) -> bool:
    """Whether `limit` lies outside the 90 % Wilson interval of `successes` in `n`; exact.

    The interval is the set of shares that a score test does not reject: `limit` is outside when
    `(x - n t)² > z² n t (1 - t)`, without a root and without rounding.
    """
    top, bottom = limit.numerator, limit.denominator
    away = successes * bottom - n * top
    z_top, z_bottom = SURE.numerator, SURE.denominator
    return away * away * z_bottom * z_bottom > z_top * z_top * n * top * (bottom - top)


def has_window(terms: Terms) -> bool:
    """Whether a condition looks at finished contacts; rules without conditions do, too."""
    return not terms.conditions or any(not BY_NAME[each.measure].live for each in terms.conditions)


def has_live(terms: Terms) -> bool:
    """Whether a condition looks at this moment: judged every minute."""
    return any(BY_NAME[each.measure].live for each in terms.conditions)


def of_agents(terms: Terms) -> bool:
    """Whether every condition is of a queue's agents: then the queue is judged once, and not each medium."""
    return bool(terms.conditions) and all(BY_NAME[each.measure].agents for each in terms.conditions)


def _figure(
    measure: Measure, terms: Terms, threshold: timedelta | None, window: Windows | None, live: Live | None
) -> tuple[Figure, Outcome | None]:
    """What is measured, and why it is not known where there is more to it than no traffic."""
    if measure.live:
        seen = measure.now(live) if live is not None else None
        return seen, Outcome.NODATA if seen is None else None
    if measure.threshold and threshold is None:
        # The queue promises nothing on this medium, and the rule names no threshold: there is nothing to break.
        return None, Outcome.LOW
    amounts = window(threshold) if window is not None else None
    if amounts is None:
        return None, Outcome.NODATA
    return measure.of(amounts, terms.window), None


def _broken(compare: Compare, value: int, of: int, limit: Fraction) -> bool:
    ours, theirs = value * limit.denominator, limit.numerator * of
    match compare:
        case Compare.BELOW:
            return ours < theirs
        case Compare.AT_MOST:
            return ours <= theirs
        case Compare.ABOVE:
            return ours > theirs
        case Compare.AT_LEAST:
            return ours >= theirs
