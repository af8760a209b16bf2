"""What any measure usually is at one time of the week: the same stretch of the clock in the weeks before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from bot.domain.alerts.baseline import WEEKS
from bot.domain.alerts.measures import window_of
from bot.domain.alerts.samples import QUARTER
from bot.domain.alerts.slots import same_hour
from bot.domain.sla import Share

if TYPE_CHECKING:
    from collections.abc import Container, Iterable
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from bot.domain.alerts.measures import Measure
    from bot.domain.alerts.samples import Sample
    from bot.domain.amounts import Amounts
    from bot.domain.metrics import Figure
    from bot.domain.sla import Switches


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """One place, one stretch of the clock."""

    window: timedelta
    weeks: tuple[Amounts, ...]
    """Those of the eight weeks before in which it had contacts, the latest first."""

    def range(self, measure: Measure) -> tuple[Figure, Figure] | None:
        """Lowest and highest; None where no week has a figure, or `measure` is seen live."""
        figures = self._figures(measure)
        return (figures[0], figures[-1]) if figures else None

    def middle(self, measure: Measure) -> Figure:
        """The median, of an even number the lower one: a figure that there was. None as above."""
        figures = self._figures(measure)
        return figures[(len(figures) - 1) // 2] if figures else None

    def _figures(self, measure: Measure) -> list[Figure]:
        if measure.live:
            return []
        found = (measure.of(amounts, self.window) for amounts in self.weeks)
        return sorted((figure for figure in found if _size(figure) is not None), key=lambda figure: _size(figure) or 0)


def usual_of(
    samples: Iterable[Sample],
    start: datetime,
    window: timedelta,
    zone: ZoneInfo,
    *,
    threshold: timedelta | None,
    switches: Switches,
    holidays: Container[date] = frozenset(),
) -> Usual:
    """What was usual for `[start, start + window)`, from `samples` of one place, in any order.

    The clock in `zone` decides: weeks in which it skipped `start` are left out, and so are holidays and weeks without a
    sample in the window. `threshold` and `switches` are those of service levels.
    """
    known = {sample.start: sample for sample in samples}
    quarters = range(window // QUARTER)
    weeks = []
    for number in range(1, WEEKS + 1):
        then = same_hour(start, number, zone)
        if then is None or then.astimezone(zone).date() in holidays:
            continue
        there = [found for quarter in quarters if (found := known.get(then + quarter * QUARTER))]
        if there:
            weeks.append(window_of(there, threshold=threshold, switches=switches))
    return Usual(window=window, weeks=tuple(weeks))


def _size(figure: Figure) -> Fraction | None:
    """By which figures of one measure are put in order; None without a figure."""
    match figure:
        case None:
            return None
        case Share():
            return Fraction(figure.within, figure.denominator) if figure.denominator > 0 else None
        case timedelta():
            return Fraction(figure // timedelta(microseconds=1))
        case _:
            return Fraction(figure)
