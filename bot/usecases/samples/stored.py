"""Answers from the store what it can answer as Genesys would, and asks Genesys for the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.genesys.pace import Priority

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.genesys.client import GenesysClient
    from bot.genesys.tallies import Tallies, TallyQuery
    from bot.store.samples import Samples


class Stored:
    """Stands in for the client's `tallies`."""

    def __init__(self, samples: Samples, genesys: GenesysClient, *, now: Callable[[], datetime]) -> None:
        self._samples = samples
        self._genesys = genesys
        self._now = now

    async def tallies(self, wanted: TallyQuery, *, priority: Priority = Priority.PERSON) -> Tallies:
        """As `GenesysClient.tallies`; periods compared with come from the store where that has all of them.

        Raises GenesysError.
        """
        raise NotImplementedError
