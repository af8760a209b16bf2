"""Failures on request, for tests and demonstrations."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

ANY_METHOD = "*"

Silence = Callable[[timedelta], Awaitable[object]]
"""Waits before an answer is given, but no longer than the local Slack lives."""


class Drop(StrEnum):
    """A connection that breaks before the call took effect, or after."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What happens instead of an answer: an error code, an HTTP status, a dropped connection, or a long silence."""

    error: str | None = None
    status: int | None = None
    retry_after: timedelta | None = None
    """Only with status 429; None leaves the header out."""
    drop: Drop | None = None
    took_effect: bool = False
    """Whether the call did what it says all the same, so that its failure is ambiguous."""
    delay: timedelta = timedelta()
    """How long the answer is held back. With nothing else said, the call takes effect at once and is answered late."""
    channel: str | None = None
    """The only channel whose calls fail; None for all."""

    @property
    def effective(self) -> bool:
        """Whether the call is carried out."""
        return self.took_effect or self.drop is Drop.AFTER or not self.spoils

    @property
    def spoils(self) -> bool:
        """Whether the answer is lost; a fault that has nothing but a delay leaves it good."""
        return not self.delay or self.drop is not None or self.error is not None or self.status is not None


class Faults:
    """Faults waiting for calls, per method, first in first out."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[Fault]] = {}
        self._lasting: dict[str, list[Fault]] = {}

    def add(self, method: str, fault: Fault, *, times: int | None) -> None:
        """Let the next `times` calls of `method` fail so, None for all from now on; `*` stands for every method."""
        if times is None:
            self._lasting.setdefault(method, []).append(fault)
        else:
            self._waiting.setdefault(method, deque()).extend([fault] * times)

    def take(self, method: str, channel: str = "") -> Fault | None:
        """The fault for this call, if one is waiting."""
        for name in (method, ANY_METHOD):
            waiting = self._waiting.get(name, deque())
            for fault in waiting:
                if fault.channel in (None, channel):
                    waiting.remove(fault)
                    return fault
            for fault in self._lasting.get(name, ()):
                if fault.channel in (None, channel):
                    return fault
        return None

    def lasts(self, method: str) -> bool:
        """Whether calls of the method fail until further notice."""
        return bool(self._lasting.get(method))

    def lift(self, method: str) -> None:
        """Forget the faults of one method."""
        self._waiting.pop(method, None)
        self._lasting.pop(method, None)

    def clear(self) -> None:
        """Forget every fault that is still waiting."""
        self._waiting.clear()
        self._lasting.clear()


class HeldBack:
    """A `Silence` that ends when the local Slack does."""

    def __init__(self, sleep: Callable[[float], Awaitable[object]]) -> None:
        self._sleep = sleep
        self._over = asyncio.Event()

    async def __call__(self, delay: timedelta) -> None:
        """Wait so long."""
        if not delay:
            return
        sleeping = asyncio.ensure_future(self._sleep(delay.total_seconds()))
        ending = asyncio.ensure_future(self._over.wait())
        try:
            await asyncio.wait({sleeping, ending}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            sleeping.cancel()
            ending.cancel()

    def end(self) -> None:
        """Let go of everybody who waits."""
        self._over.set()
