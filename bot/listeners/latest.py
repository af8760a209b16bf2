"""Work of which only the last result counts, such as what a page shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

log = structlog.get_logger()


class Latest:
    """Under each name one run at a time, so that none is overtaken by an older one, and one more for all who asked
    meanwhile: that one sees what each of them wants to be seen.
    """

    def __init__(self) -> None:
        self._wanted: dict[str, bool] = {}
        """Of the names that run at present: whether a run is owed."""

    async def run(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Returns at once when somebody else's run will be followed by one more. Raises what the last run raises."""
        waiting = name in self._wanted
        self._wanted[name] = True
        if waiting:
            return
        try:
            while self._wanted[name]:
                self._wanted[name] = False
                await self._once(name, work)
        finally:
            del self._wanted[name]

    async def _once(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except Exception:
            if not self._wanted[name]:
                raise
            log.exception("done again, since it is wanted anew", name=name)
