"""The figures behind an alarm: the last half hour, beside the same hour of the week in the weeks before."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from bot.domain.alerts.readings import Found, Signal
from bot.domain.sla import Share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.alerts.baseline import Week
    from bot.domain.alerts.quarters import Quarter
    from bot.domain.metrics import Figure

HALF_HOUR = timedelta(minutes=30)
OLDEST_WAIT = "oldest_wait"
"""The measure's name."""


def found_of(
    signal: Signal, rows: Sequence[Quarter], weeks: Sequence[Week], oldest_wait: timedelta | None = None
) -> Found:
    """`rows` are the last ones, at most half an hour; `weeks` the same hour of the weeks before."""
    match signal:
        case Signal.MISSED:
            known = [row for row in rows if row.missed is not None]
            n = sum(row.n for row in known)
            now = Share(within=n - sum(row.missed or 0 for row in known), denominator=n)
            usual = [Share(within=week.of - week.missed, denominator=week.of) for week in weeks if week.of]
            return _of_shares(signal, "service_level", now, usual, low_is_bad=True)
        case Signal.ABANDONED:
            now = Share(within=sum(row.gave_up for row in rows), denominator=sum(row.n for row in rows))
            usual = [Share(within=week.gave_up, denominator=week.n) for week in weeks if week.n]
            return _of_shares(signal, "abandon_share", now, usual, low_is_bad=False)
        case Signal.OLDEST_WAIT:
            return Found(measure=OLDEST_WAIT, figure=oldest_wait, signal=signal)
        case _:
            return _of_volume(signal, rows, weeks)


def _of_shares(signal: Signal, measure: str, now: Share, usual: list[Share], *, low_is_bad: bool) -> Found:
    by_value = sorted(usual, key=_exact)
    worst = bool(usual) and now.denominator > 0
    if worst:
        worst = _exact(now) < _exact(by_value[0]) if low_is_bad else _exact(now) > _exact(by_value[-1])
    return Found(
        measure=measure,
        figure=now,
        window=HALF_HOUR,
        usual=_ends(by_value),
        weeks=len(usual),
        worst=worst,
        signal=signal,
    )


def _of_volume(signal: Signal, rows: Sequence[Quarter], weeks: Sequence[Week]) -> Found:
    """Usual numbers are scaled to half an hour and rounded to whole contacts."""
    now, quarters = sum(row.offered for row in rows), sum(row.minutes for row in rows) / 15
    means = sorted(Fraction(week.offered, week.rows) for week in weeks)
    worst = bool(means) and (
        now < means[0] * Fraction(quarters) if signal is Signal.VOLUME_LOW else now > means[-1] * Fraction(quarters)
    )
    return Found(
        measure="offered",
        figure=now,
        window=timedelta(minutes=15 * quarters),
        usual=_ends([int(mean * Fraction(quarters) + Fraction(1, 2)) for mean in means]),
        weeks=len(means),
        worst=worst,
        signal=signal,
    )


def _ends(ordered: Sequence[Figure]) -> tuple[Figure, Figure] | None:
    return (ordered[0], ordered[-1]) if ordered else None


def _exact(share: Share) -> Fraction:
    return Fraction(share.within, share.denominator)
