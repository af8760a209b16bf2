"""What was seen of the queues within the running quarter hour, until it is over and can be kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.genesys.wire_observations import Observations
    from bot.store.samples import Samples


class Glimpsing:
    """Kept in memory, and written once in a quarter hour."""

    def __init__(self, samples: Samples) -> None:
        self._samples = samples

    async def see(self, seen: Observations) -> None:
        """Every observation, of all queues or some; writes those of a quarter hour when the next one begins."""
        raise NotImplementedError

    async def flush(self) -> None:
        """Write what is in memory: before the process ends, and before a quarter hour that is over is judged."""
        raise NotImplementedError
