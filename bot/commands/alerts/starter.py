"""The rules to begin with (metrics reference, section 2.3), as terms that can be edited like any other."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from bot.commands.alerts.conditions import usual_recovery
from bot.commands.alerts.terms import usual_pending
from bot.domain.alerts.measures import BY_NAME
from bot.domain.alerts.rules import Compare, Condition, Kind, Severity, Terms

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

    from bot.domain.alerts.rules import Hours
    from bot.domain.questions import QueueWord

USUAL_TARGET = 0.8
"""Of queues whose target is not known, and of patterns, which mean other queues tomorrow: what Genesys Cloud begins
with."""
_ROOM = Fraction(10, 100)
"""How far under its target a service level has to be."""
_LEAST = Fraction(5, 100)
_OLDEST = timedelta(seconds=240)


def starter_rules(
    queues: tuple[QueueWord, ...],
    *,
    zone: ZoneInfo,
    target_of: Callable[[QueueWord], float | None] = lambda _: None,
    hours: Hours | None = None,
) -> tuple[Terms, ...]:
    """Nobody on queue, a long wait, the service level, abandons, and what is unusual (too few contacts among it).

    A condition's limit is a number, not “10 points under the target”, so the service level's is taken from the targets
    (shares of 1) as they are now; queues with different targets have a rule each. Empty `queues`: every queue. `hours`
    are those of the first rule: nobody has to be on queue while it is closed.
    """
    return (
        replace(
            _rule(
                queues, zone, _one("waiting", Compare.AT_LEAST, 1), _one("on_queue", Compare.BELOW, 1), critical=True
            ),
            hours=hours,
        ),
        _rule(
            queues,
            zone,
            _one("oldest_wait", Compare.ABOVE, Fraction(_OLDEST.total_seconds())),
            _one("waiting", Compare.AT_LEAST, 4),
            critical=True,
            # Seen twice in a row.
            pending=timedelta(minutes=1),
        ),
        *(_level(some, zone, limit) for limit, some in _limits(queues, target_of).items()),
        _rule(queues, zone, _one("abandon_share", Compare.ABOVE, Fraction(10, 100)), window=timedelta(hours=1)),
        Terms(queues=queues, kind=Kind.UNUSUAL, zone=zone, pending=usual_pending(Kind.UNUSUAL, ())),
    )


def _limits(
    queues: tuple[QueueWord, ...], target_of: Callable[[QueueWord], float | None]
) -> dict[Fraction, tuple[QueueWord, ...]]:
    """Limits of service levels, in whole points, with the queues that have them."""
    if not queues:
        return {_limit(USUAL_TARGET): ()}
    found: dict[Fraction, tuple[QueueWord, ...]] = {}
    for queue in queues:
        limit = _limit(target_of(queue) or USUAL_TARGET)
        found[limit] = (*found.get(limit, ()), queue)
    return found


def _limit(target: float) -> Fraction:
    return max(_LEAST, Fraction(round(target * 100), 100) - _ROOM)


def _level(queues: tuple[QueueWord, ...], zone: ZoneInfo, limit: Fraction) -> Terms:
    return _rule(queues, zone, _one("service_level", Compare.BELOW, limit))


def _one(measure: str, compare: Compare, limit: Fraction | int) -> Condition:
    limit = Fraction(limit)
    recovery = usual_recovery(compare, limit, BY_NAME[measure].unit)
    return Condition(measure=measure, compare=compare, limit=limit, recovery=recovery)


def _rule(
    queues: tuple[QueueWord, ...],
    zone: ZoneInfo,
    *conditions: Condition,
    critical: bool = False,
    pending: timedelta | None = None,
    window: timedelta = timedelta(minutes=30),
) -> Terms:
    return Terms(
        queues=queues,
        kind=Kind.THRESHOLD,
        conditions=conditions,
        zone=zone,
        window=window,
        pending=usual_pending(Kind.THRESHOLD, conditions) if pending is None else pending,
        severity=Severity.CRITICAL if critical else Severity.WARNING,
    )


_NOBODY = (_one("waiting", Compare.AT_LEAST, 1), _one("on_queue", Compare.BELOW, 1))
