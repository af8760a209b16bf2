"""Reads from the store what is usual, and what usually still comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.sla import Switches

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date, datetime, timedelta
    from zoneinfo import ZoneInfo

    from bot.domain.alerts.samples import Place
    from bot.store.samples import Samples
    from bot.usecases.samples.usual import Expected, Usual


class History:
    """Some reads of the database for each question, whatever the number of places."""

    def __init__(self, samples: Samples, *, switches: Switches) -> None:
        self._samples = samples
        self._switches = switches

    async def usual(
        self,
        places: Mapping[Place, timedelta | None],
        *,
        end: datetime,
        window: timedelta,
        zone: ZoneInfo,
        holidays: Collection[date] = (),
    ) -> Mapping[Place, Usual]:
        """The `window` until `end` at the same local time of the eight weeks before, each place with the threshold that
        it is held to.

        `end` is on a quarter of an hour. A week in which a part was never fetched, or whose day is one of `holidays`,
        is left out; one in which nothing happened is not.
        """
        raise NotImplementedError

    async def expected(
        self,
        places: Collection[Place],
        *,
        after: datetime,
        zone: ZoneInfo,
        holidays: Collection[date] = (),
    ) -> Mapping[Place, Expected]:
        """Rated contacts that usually still come after `after`, the end of the counts at hand; medians of the weeks."""
        raise NotImplementedError
