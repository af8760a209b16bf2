"""One edit of a message that is in Slack, from its claim to its end; where it cannot be edited, a new one if it lives.

To edit twice is harmless, so nothing is looked for. But an older content must never replace a newer one: who edits
holds the bulletin meanwhile.
"""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from bot.slack.edits import CHANGED_MEANWHILE, Edited, edit
from bot.slack.history import Sight
from bot.slack.outcomes import Trouble
from bot.usecases.alerts.ledger import POSTING
from bot.usecases.alerts.telling import FIRST, Place, Told, simpler_and_simpler

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from bot.domain.alerts.states import Bulletin, BulletinId
    from bot.slack.outward import Outgoing, Slack
    from bot.store.bulletins import Bulletins
    from bot.usecases.alerts.edit_pace import EditPace
    from bot.usecases.alerts.ledger import Ledger, Taken
    from bot.usecases.alerts.reconciling import Reconciling
    from bot.usecases.alerts.telling import Telling
    from bot.usecases.alerts.troubles import Troubles

log = structlog.get_logger()

_MOST_KNOWN = 10_000


class Shown:
    """What Slack shows of each bulletin, as far as this process has sent it."""

    def __init__(self) -> None:
        self._known: dict[BulletinId, tuple[int, bytes]] = {}

    def note(self, bulletin: Bulletin, message: Outgoing) -> None:
        """It shows this now, as its `revision`."""
        self.forget(bulletin)
        self._known[bulletin.id] = bulletin.revision, _print_of(message)
        if len(self._known) > _MOST_KNOWN:
            del self._known[next(iter(self._known))]

    def forget(self, bulletin: Bulletin) -> None:
        """Somebody else sent it."""
        self._known.pop(bulletin.id, None)

    def is_(self, bulletin: Bulletin, message: Outgoing) -> bool:
        """Whether it surely shows this already: nobody else has edited it since."""
        return self._known.get(bulletin.id) == (bulletin.shown, _print_of(message))


class Editing:
    """Edits. Whatever the database or the composing raise passes through; the claim lapses then."""

    def __init__(
        self,
        slack: Slack,
        bulletins: Bulletins,
        *,
        ledger: Ledger[Bulletin],
        telling: Telling[Bulletin],
        reconciling: Reconciling,
        pace: EditPace,
        troubles: Troubles,
        shown: Shown,
        compose: Callable[[Bulletin], Awaitable[Outgoing]],
        now: Callable[[], datetime],
        step: Callable[[str], None],
    ) -> None:
        self._slack = slack
        self._bulletins = bulletins
        self._ledger = ledger
        self._telling = telling
        self._reconciling = reconciling
        self._pace = pace
        self._troubles = troubles
        self._shown = shown
        self._compose = compose
        self._now = now
        self._step = step

    async def edit(self, seen: Bulletin) -> Told:
        """Let Slack show what it says now."""
        taken = await self._ledger.take(seen)
        if taken is None:
            return Told.CHANGED
        message = await self._ledger.compose(taken, self._compose)
        self._step("edit composed")
        if self._shown.is_(taken.entry, message):
            self._shown.note(taken.entry, message)
            return await self._settled(taken)
        edited = Edited()
        for form in simpler_and_simpler(message):
            if not self._ledger.usable(taken):
                return Told.LATER
            self._pace.take()
            edited = await edit(self._slack, taken.entry.channel, taken.entry.ts, form, within=POSTING)
            self._step("edited")
            if edited.trouble is not Trouble.PAYLOAD:
                break
            log.error("Slack refuses the form of an alert", error=edited.error, blocks=len(form["blocks"]))
        if edited.trouble is Trouble.NONE:
            self._troubles.answered(taken.entry.channel)
            self._shown.note(taken.entry, message)
            return await self._settled(taken)
        return await self._refused(taken, message, edited)

    async def renew(self, seen: Bulletin) -> Told:
        """Its message is gone from Slack: post it again."""
        taken = await self._ledger.take(seen)
        if taken is None:
            return Told.CHANGED
        return await self._renew(taken, await self._ledger.compose(taken, self._compose))

    async def _refused(self, taken: Taken[Bulletin], message: Outgoing, edited: Edited) -> Told:
        bulletin = taken.entry
        log.info("an alert could not be edited", bulletin=bulletin.id, error=edited.error)
        if edited.gone and bulletin.closed_at is None:
            return await self._renew(taken, message)
        if edited.gone or edited.error == CHANGED_MEANWHILE:
            return await self._settled(taken)
        match edited.trouble:
            case Trouble.CHANNEL if bulletin.closed_at is None:
                await self._troubles.lost(bulletin.channel, edited.error)
                self._step("lost")
                await self._ledger.failed(taken)
                return Told.LOST
            case Trouble.CHANNEL | Trouble.PAYLOAD:
                return await self._settled(taken)
            case Trouble.WORKSPACE | Trouble.MIGRATING:
                await self._ledger.give_back(taken, self._troubles.refused(edited.trouble, edited.error))
            case Trouble.TRANSIENT if edited.retry_after is not None:
                wait = edited.retry_after + timedelta(seconds=1)
                self._pace.hold(wait)
                await self._ledger.give_back(taken, wait)
            case Trouble.AMBIGUOUS:
                self._troubles.unanswered()
                await self._ledger.again(taken)
            case _:
                await self._ledger.again(taken)
        return Told.LATER

    async def _renew(self, taken: Taken[Bulletin], message: Outgoing) -> Told:
        place = Place(channel=taken.entry.channel)
        if taken.lapsed:
            # Whoever had it before may have come as far as this.
            seen = await self._reconciling.look(taken.entry, place)
            self._step("looked")
            if seen.sight is Sight.THERE:
                self._shown.forget(taken.entry)
                await self._ledger.posted(taken, ts=seen.ts, revision=FIRST)
                return Told.DONE
            if seen.sight is Sight.LATER:
                return Told.LATER
        return await self._telling.send(taken, place, message)

    async def _settled(self, taken: Taken[Bulletin]) -> Told:
        """It is as good as Slack allows."""
        await self._bulletins.edited(taken.entry, revision=taken.entry.revision, now=self._now())
        self._ledger.forget(taken)
        self._step("edit settled")
        return Told.DONE


def _print_of(message: Outgoing) -> bytes:
    return hashlib.sha256(json.dumps(message, sort_keys=True).encode()).digest()
