"""Keeps the store of quarter hours full: the newest at once, the last hours again, gaps and history when there is time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from bot.domain.alerts.samples import KEPT

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection
    from datetime import datetime

    from bot.domain.alerts.keeping import Late
    from bot.genesys.client import GenesysClient
    from bot.genesys.directory import QueueDirectory
    from bot.store.samples import Samples

AGAIN = timedelta(hours=3)
"""How far back each refresh reaches: data arrives late."""
ROWS = 10_000
"""Queues times quarter hours of one request: a third of what the platform was seen to give, since a queue may have
several media.
"""
CELLS = 50_000
"""The same of all the requests that are in memory together."""
REQUESTS = 10
"""For gaps and history, in one call: of some 240 a minute."""
PRUNED = timedelta(hours=6)
"""How often what is too old is forgotten."""
FIRST_REST = timedelta(minutes=2)
LONGEST_REST = timedelta(hours=1)
"""How long gaps and history are left alone when Genesys does not give them: doubled each time."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed:
    """What a refresh brought."""

    end: datetime
    """Of the last quarter hour that is there now; UTC."""
    changed: frozenset[Late]
    """Quarter hours that are other than they were, late data mostly; new ones are not among them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """How far gaps and history are."""

    quarters: int
    """That were fetched in this call."""
    left: int
    """That are still to be fetched."""
    changed: frozenset[Late]


async def nothing() -> Collection[timedelta]:
    """Of rules that name no thresholds."""
    return ()


class Filling:
    """Every method raises GenesysError when there is no answer; what was recorded before stays."""

    def __init__(
        self,
        samples: Samples,
        genesys: GenesysClient,
        directory: QueueDirectory,
        *,
        wanted: Callable[[], Awaitable[Collection[timedelta]]] = nothing,
        kept: timedelta = KEPT,
    ) -> None:
        """`wanted` are the thresholds that rules name; `kept` is how much history there should be."""
        self._samples = samples
        self._genesys = genesys
        self._directory = directory
        self._wanted = wanted
        self._kept = kept
        self._end: datetime | None = None
        self._rest = FIRST_REST
        self._rests_until: datetime | None = None
        self._pruned_at: datetime | None = None

    async def refresh(self, now: datetime) -> Refreshed | None:
        """The quarter hours that were completed, and the last hours again; None when all of that was done already.

        To be called every minute. Costs, once in a quarter hour, one request for each hundred queues; twice that with
        more than ten thresholds.
        """
        raise NotImplementedError

    async def fill(self, now: datetime, *, requests: int = REQUESTS) -> Filled:
        """Some of what is missing or should be counted again, newest first.

        To be called every minute, apart from the refresh, which does not wait for it. Costs `requests` at most, or what
        one stretch of time costs where there are more queues.
        """
        raise NotImplementedError
