"""What is usual at an hour of the week: the same local time in the weeks before. Pure; `history` reads them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from bot.domain.alerts.readings import Causes
from bot.domain.alerts.slots import same_hour
from bot.domain.amounts import Spells
from bot.domain.figures import exact
from bot.domain.period import at_its_time
from bot.domain.sla import Share

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from bot.domain.amounts import Amounts
    from bot.domain.metrics import Figure

_WEEK = timedelta(days=7)
WEEKS = 8
"""How many are looked back."""
LEAST_WEEKS = 3
"""What happened twice is not usual yet."""


class Range(NamedTuple):
    """What a figure was in the weeks before."""

    lowest: Figure
    highest: Figure
    weeks: int
    """In how many of them there was one."""


class Expected(NamedTuple):
    """Contacts that usually still come, and are rated, until a moment of the local day; None: not known."""

    day: int | None
    """Until its end."""
    half_hour: int | None
    """Until the end of the half hour of the clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """One place at one hour of the week."""

    weeks: tuple[Amounts, ...]
    """A stretch of equal length for each week that is known and no holiday; latest first."""
    on_queue: int | None
    """Agents, median of the weeks; None where fewer than `LEAST_WEEKS` are known."""

    def range_of(self, figure: Callable[[Amounts], Figure]) -> Range | None:
        """`figure` of each week, such as a metric's `of`; None where fewer than `LEAST_WEEKS` have one."""
        figures: list[Figure] = []
        for week in self.weeks:
            found = figure(week)
            if found is not None and not (isinstance(found, Share) and found.value is None):
                figures.append(found)
        if len(figures) < LEAST_WEEKS:
            return None
        return Range(min(figures, key=_size), max(figures, key=_size), len(figures))

    @property
    def offered(self) -> Fraction | None:
        """The median of the weeks; None with fewer than `LEAST_WEEKS`."""
        return middle([week.offered for week in self.weeks])

    @property
    def aht(self) -> timedelta | None:
        """Handle time over all the weeks; None where fewer than `LEAST_WEEKS` have any."""
        some = [week.times.handled for week in self.weeks if week.times.handled.count]
        return _mean(sum(some, Spells())) if len(some) >= LEAST_WEEKS else None

    def causes(
        self,
        now: Amounts | None,
        *,
        on_queue: int | None = None,
        waiting: int | None = None,
        oldest_wait: timedelta | None = None,
    ) -> Causes:
        """`now` is a stretch as long as the weeks' own, None where it is not known; the others are live."""
        usual, usual_aht = self.offered, self.aht
        aht = _mean(now.times.handled) if now else None
        return Causes(
            offered=(now.offered - usual) / usual if now and usual else None,
            aht=Fraction((aht - usual_aht) / usual_aht).limit_denominator(1000) if aht and usual_aht else None,
            on_queue=on_queue,
            on_queue_usual=self.on_queue,
            waiting=waiting,
            oldest_wait=oldest_wait,
        )


NOT_KNOWN = Usual(weeks=(), on_queue=None)


def weeks_before(
    start: datetime, end: datetime, zone: ZoneInfo, holidays: Collection[date]
) -> Iterator[tuple[datetime, datetime]]:
    """The same local hours of the `WEEKS` weeks before, in UTC, latest first.

    Without those on holidays, and those that a change of the clocks skipped, or made longer or shorter.
    """
    first, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    for number in range(1, WEEKS + 1):
        back = number * _WEEK
        if first - back in holidays or same_hour(start, number, zone) is None:
            continue
        past = at_its_time(start, zone, first - back), at_its_time(end, zone, last - back)
        if past[1] - past[0] == end - start:
            yield past


def middle(counts: Sequence[int | Fraction]) -> Fraction | None:
    """The median of one count a week; None with fewer than `LEAST_WEEKS`."""
    return median(map(Fraction, counts)) if len(counts) >= LEAST_WEEKS else None


def _mean(spells: Spells) -> timedelta | None:
    return spells.total / spells.count if spells.count else None


def _size(figure: Figure) -> Fraction | int | timedelta:
    """Figures of one kind by their size."""
    if isinstance(figure, Share):
        return exact(figure) or Fraction(0)
    return figure if figure is not None else 0
