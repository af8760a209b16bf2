"""Bulletins and lines in the hands of this process: taken, posted, or given back; both in the same way.

An entry that is taken is announced by that: from then on it may be in Slack, until it is settled or given back.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING, Generic, NamedTuple, Protocol, TypeVar

import structlog

from bot.domain.alerts.states import Bulletin, Line, Sending

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from bot.slack.outward import Outgoing
    from bot.store.lines import Lines

log = structlog.get_logger()

LEASE = timedelta(seconds=90)
"""After which another process looks for what this one has left, and sends it if it is not there."""
POSTING = timedelta(seconds=15)
"""How long a call may take."""
SPARE = timedelta(seconds=15)
"""What of the lease has to be left when a call has ended at the latest."""

_FIRST_PAUSE = timedelta(seconds=5)
_LONGEST_PAUSE = timedelta(minutes=10)
_MOST_COUNTED = 1_000

Entry = TypeVar("Entry", bound=Bulletin | Line)


class Shelf(Protocol[Entry]):
    """Where entries of one kind are kept. Every step of one whose claim was taken over changes nothing."""

    async def claim(self, seen: Entry, *, holder: str, now: datetime, until: datetime) -> Entry | None: ...

    async def posted(self, seen: Entry, *, ts: str, revision: int, now: datetime) -> object: ...

    async def not_sent(self, seen: Entry, *, now: datetime, retry_at: datetime) -> bool: ...

    async def failed(self, seen: Entry, *, now: datetime) -> bool: ...


class LineShelf:
    """Lines as a `Shelf`; they have no revisions."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines

    async def claim(self, seen: Line, *, holder: str, now: datetime, until: datetime) -> Line | None:
        return await self._lines.claim(seen, holder=holder, now=now, until=until)

    async def posted(self, seen: Line, *, ts: str, revision: int, now: datetime) -> object:
        del revision, now  # a line says what it says, and its order is that of its happening
        return await self._lines.posted(seen, ts=ts)

    async def not_sent(self, seen: Line, *, now: datetime, retry_at: datetime) -> bool:
        return await self._lines.not_sent(seen, now=now, retry_at=retry_at)

    async def failed(self, seen: Line, *, now: datetime) -> bool:
        del now
        return await self._lines.failed(seen)


class Taken(NamedTuple, Generic[Entry]):
    """An entry that is ours, since a monotonic moment."""

    entry: Entry
    since: float
    lapsed: bool
    """Somebody had it before, and may have sent it."""


class Ledger(Generic[Entry]):
    """One shelf, as one process writes it. Every step is told to `step` by its name, when it is done."""

    def __init__(
        self,
        shelf: Shelf[Entry],
        *,
        process: str,
        now: Callable[[], datetime],
        clock: Callable[[], float],
        step: Callable[[str], None],
    ) -> None:
        self._shelf: Shelf[Entry] = shelf
        self._process = process
        self._turns = count(1)
        self._failures: dict[str, int] = {}
        self._now = now
        self._clock = clock
        self._step = step

    async def take(self, seen: Entry) -> Taken[Entry] | None:
        """None when another process has it, or it changed meanwhile."""
        now, since = self._now(), self._clock()
        holder = f"{self._process}:{next(self._turns)}"
        entry = await self._shelf.claim(seen, holder=holder, now=now, until=now + LEASE)
        if entry is None:
            return None
        self._step("claimed")
        lapsed = seen.sending is Sending.SENDING
        if lapsed:
            # Whoever had it before may have sent it then.
            entry = replace(entry, sending_since=seen.sending_since)
        return Taken(entry, since, lapsed)

    async def compose(self, taken: Taken[Entry], compose: Callable[[Entry], Awaitable[Outgoing]]) -> Outgoing:
        """What it says. Raises what `compose` raises; the entry is given back then."""
        try:
            return await compose(taken.entry)
        except asyncio.CancelledError:
            # Late at shutdown: the next process need not wait until the claim lapses.
            await self.give_back(taken)
            raise
        except Exception:
            await self.again(taken)
            raise

    def usable(self, taken: Taken[Entry]) -> bool:
        """Whether a call that starts now is over long before anybody else may take the entry."""
        needed = POSTING + SPARE
        until = taken.entry.claimed_until
        # Two clocks: one may be set back, the other stands still in suspension.
        in_time = self._clock() - taken.since <= (LEASE - needed).total_seconds()
        if in_time and until is not None and self._now() + needed <= until:
            return True
        log.warning("an alert was not sent in the time that it was held for")
        return False

    async def posted(self, taken: Taken[Entry], *, ts: str, revision: int) -> None:
        """Slack shows it, or did when its answer came."""
        await self._shelf.posted(taken.entry, ts=ts, revision=revision, now=self._now())
        self.forget(taken)
        self._step("settled")

    async def give_back(self, taken: Taken[Entry], pause: timedelta = timedelta()) -> None:
        """It is certain that nothing was sent; anybody may try after `pause`."""
        now = self._now()
        await self._shelf.not_sent(taken.entry, now=now, retry_at=now + pause)
        self._step("postponed")

    async def again(self, taken: Taken[Entry]) -> None:
        """As `give_back`, after a pause that grows with every failure: 5, 20, 80 seconds, 5 and 10 minutes."""
        key = key_of(taken.entry)
        failures = self._failures.get(key, 0)
        if len(self._failures) >= _MOST_COUNTED:
            self._failures.clear()
        self._failures[key] = failures + 1
        await self.give_back(taken, min(_FIRST_PAUSE * 4 ** min(failures, 5), _LONGEST_PAUSE))

    async def failed(self, taken: Taken[Entry]) -> None:
        """Nobody tries again."""
        await self._shelf.failed(taken.entry, now=self._now())
        self.forget(taken)
        self._step("failed")

    def forget(self, taken: Taken[Entry]) -> None:
        """What failed before is over."""
        self._failures.pop(key_of(taken.entry), None)


def key_of(entry: Bulletin | Line) -> str:
    """What it is called in a message's metadata: the same whichever process sends it."""
    return entry.id if isinstance(entry, Bulletin) else f"{entry.bulletin}:{entry.key}"
