"""What is to be sent now, and in which order: from the database and the clock alone."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.alerts.rules import Severity
from bot.domain.alerts.states import Bulletin, BulletinId, Line, Sending
from bot.store.reading import Unreadable, left_out
from bot.usecases.alerts.lanes import Errand
from bot.usecases.alerts.ledger import key_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from datetime import datetime

    from bot.domain.ids import TeamId
    from bot.store.database import Store

BETWEEN_EDITS = timedelta(seconds=30)
"""For one message; a press does not wait."""
_HURRY_SECONDS = 120.0
"""A press is forgotten after that: what it changed is shown in its turn then, if it was not shown yet."""


class Outbox:
    """Of one workspace."""

    def __init__(self, store: Store, *, team: TeamId, now: Callable[[], datetime], clock: Callable[[], float]) -> None:
        self._store = store
        self._team = team
        self._now = now
        self._clock = clock
        self._urgent: dict[BulletinId, float] = {}
        self._critical: dict[BulletinId, tuple[int, bool]] = {}
        """By revision; of those that wait."""
        self._told: set[str] = set()

    def hurry(self, bulletins: Iterable[BulletinId]) -> None:
        """Somebody pressed a button there."""
        self._urgent |= dict.fromkeys(bulletins, self._clock() + _HURRY_SECONDS)

    def hurried(self, bulletin: BulletinId) -> bool:
        """Whether somebody did since its edit was `begun`."""
        return bulletin in self._urgent

    def begun(self, bulletin: BulletinId) -> None:
        """An edit of it begins, which shows what was pressed before."""
        self._urgent.pop(bulletin, None)

    async def to_post(self, *, at_work: Collection[str]) -> list[Errand]:
        """New messages, critical ones first, then lines; without those that are at work."""
        now = self._now()
        bulletins = [*await self._store.bulletins.lapsed(now), *await self._store.bulletins.to_post(now)]
        waiting = {bulletin.id for bulletin in bulletins}
        self._critical = {one: known for one, known in self._critical.items() if one in waiting}
        errands = [
            Errand(bulletin=bulletin, critical=await self._is_critical(bulletin))
            for bulletin in sorted(bulletins, key=lambda one: one.opened_at)
            if bulletin.team == self._team and key_of(bulletin) not in at_work
        ]
        errands.sort(key=lambda errand: not errand.critical)
        return [*errands, *await self._lines(now, at_work)]

    async def to_edit(self) -> list[tuple[Bulletin, bool]]:
        """Messages whose time to be edited has come, and whether somebody waits for it; those first."""
        now = self._now()
        self._urgent = {one: until for one, until in self._urgent.items() if until > self._clock()}
        due = [
            (bulletin, bulletin.id in self._urgent)
            for bulletin in await self._store.bulletins.to_edit(now)
            if bulletin.team == self._team
            and (bulletin.id in self._urgent or bulletin.shown_at is None or now - bulletin.shown_at >= BETWEEN_EDITS)
        ]
        return sorted(due, key=lambda one: not one[1])

    async def _is_critical(self, bulletin: Bulletin) -> bool:
        known = self._critical.get(bulletin.id)
        if known is None or known[0] != bulletin.revision:
            incidents = await self._store.alerts.of_bulletin(bulletin.id)
            known = self._critical[bulletin.id] = (
                bulletin.revision,
                any(incident.severity is Severity.CRITICAL for incident in incidents),
            )
        return known[1]

    async def _lines(self, now: datetime, at_work: Collection[str]) -> list[Errand]:
        free = [*await self._store.lines.lapsed(now), *await self._store.lines.to_post(now)]
        seen = {key_of(line): line for line in free}
        errands: list[Errand] = []
        for id_ in dict.fromkeys(line.bulletin for line in free):
            try:
                bulletin = await self._store.bulletins.find(id_)
            except Unreadable as error:
                left_out(error, self._told)
                continue
            if bulletin is not None and bulletin.team == self._team and bulletin.ts:
                errands += await self._thread(bulletin, seen, at_work)
        return sorted(errands, key=lambda errand: errand.line.at if errand.line else errand.bulletin.opened_at)

    async def _thread(self, bulletin: Bulletin, free: dict[str, Line], at_work: Collection[str]) -> list[Errand]:
        """Of one thread, up to what somebody else is at: no line overtakes another."""
        errands = []
        for line in await self._store.lines.of_bulletin(bulletin.id):
            if line.sending in {Sending.SENT, Sending.FAILED} or key_of(line) in at_work:
                continue
            if key_of(line) not in free:
                break
            errands.append(Errand(bulletin=bulletin, line=free[key_of(line)]))
        return errands
