"""What is usual at an hour of the week: the same local time in the weeks before. Pure values; `history` reads them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta
    from fractions import Fraction

    from bot.domain.alerts.readings import Causes
    from bot.domain.amounts import Amounts
    from bot.domain.metrics import Figure

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """One place at one hour of the week."""

    weeks: tuple[Amounts, ...]
    """A stretch of equal length for each week that is known and no holiday; latest first."""
    on_queue: int | None
    """Agents, median of the weeks; None where fewer than `LEAST_WEEKS` are known."""

    def range_of(self, figure: Callable[[Amounts], Figure]) -> Range | None:
        """`figure` of each week, such as a metric's `of`; None where fewer than `LEAST_WEEKS` have one."""
        raise NotImplementedError

    @property
    def offered(self) -> Fraction | None:
        """The median of the weeks; None with fewer than `LEAST_WEEKS`."""
        raise NotImplementedError

    @property
    def aht(self) -> timedelta | None:
        """Handle time over all the weeks; None where fewer than `LEAST_WEEKS` have any."""
        raise NotImplementedError

    def causes(
        self,
        now: Amounts | None,
        *,
        on_queue: int | None = None,
        waiting: int | None = None,
        oldest_wait: timedelta | None = None,
    ) -> Causes:
        """`now` is a stretch as long as the weeks' own, None where it is not known; the others are live."""
        raise NotImplementedError


class Expected(NamedTuple):
    """Contacts that usually still come, and are rated, until a moment of the local day; None: not known."""

    day: int | None
    """Until its end."""
    half_hour: int | None
    """Until the end of the half hour of the clock."""
