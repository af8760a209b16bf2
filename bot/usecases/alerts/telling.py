"""One message about alerts, new in its channel or in a thread, from its claim to its end.

    its turn ─► claim (SENDING) ─► compose ─► post ─► SENT
                  ▲                            │ no answer
                  └── lapsed ◄── crash ── look for it ◄──┘

Where Slack does not let the bot look, it is sent again: an alert that comes twice is better than one that never comes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import Enum, auto
from typing import TYPE_CHECKING, Generic

import structlog

from bot.domain.alerts.states import Bulletin, Line, LineKind, Sending
from bot.slack.edits import GONE
from bot.slack.history import ALERT_EVENT, Sight, key_metadata
from bot.slack.outcomes import Trouble
from bot.slack.outward import Outcome, Posted
from bot.usecases.alerts.ledger import POSTING, Entry, key_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from bot.domain.ids import ChannelId
    from bot.slack.outward import Outgoing, Slack
    from bot.usecases.alerts.ledger import Ledger, Taken
    from bot.usecases.alerts.reconciling import Reconciling
    from bot.usecases.alerts.troubles import Troubles
    from bot.usecases.digests.rounds import SendingPace

log = structlog.get_logger()

THREADLESS = frozenset({"cannot_reply_to_message", "restricted_action_non_threadable_channel"})
"""Slack's words for a channel that takes messages, but no answers to them."""
FIRST = 1
"""The least that a message shows which was posted."""


class Told(Enum):
    """What became of it."""

    DONE = auto()
    """It is in Slack, or never will be."""
    CHANGED = auto()
    """Another process has it, or it is no more as it was: worth another look."""
    LATER = auto()
    """Not now; it is tried again."""
    LOST = auto()
    """The channel takes nothing more."""
    GONE = auto()
    """What it answers is no longer there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a message goes."""

    channel: ChannelId
    thread: str = ""
    """The `ts` of what it answers."""
    renewed: bool = False
    """Whether what it answers is posted anew when it is gone."""


class Telling(Generic[Entry]):
    """Sends. Whatever the database or the composing raise passes through; the entry lapses then, and is seen to."""

    def __init__(
        self,
        slack: Slack,
        *,
        ledger: Ledger[Entry],
        reconciling: Reconciling,
        pace: SendingPace,
        troubles: Troubles,
        stopping: Callable[[], bool],
        sent: Callable[[Entry, Outgoing], None] = lambda _entry, _message: None,
        step: Callable[[str], None],
    ) -> None:
        """`sent` is told what Slack took."""
        self._slack = slack
        self._ledger = ledger
        self._reconciling = reconciling
        self._pace = pace
        self._troubles = troubles
        self._stopping = stopping
        self._tell_sent = sent
        self._step = step

    async def tell(self, seen: Entry, place: Place, compose: Callable[[Entry], Awaitable[Outgoing]]) -> Told:
        """`compose` is given the entry as it is now. One that lapsed is looked for in Slack, and not sent yet."""
        if seen.sending is not Sending.SENDING:
            await self._pace.turn(place.channel)
        if self._stopping() or self._troubles.closed:
            return Told.LATER
        taken = await self._ledger.take(seen)
        if taken is None:
            return Told.CHANGED
        if isinstance(taken.entry, Bulletin):
            # Slack may have given the channel another id since it was seen.
            place = replace(place, channel=taken.entry.channel)
        if taken.lapsed:
            if (told := await self._found(taken, place)) is not None:
                return told
            # It is claimed anew, so that another look is for what leaves then.
            await self._ledger.give_back(taken)
            return Told.CHANGED
        message = await self._ledger.compose(taken, compose)
        self._step("composed")
        return await self.send(taken, place, message)

    async def send(self, taken: Taken[Entry], place: Place, message: Outgoing) -> Told:
        """What is ours already, and surely is not in Slack."""
        posted, metadata = None, key_metadata(key_of(taken.entry), event=ALERT_EVENT)
        for form in simpler_and_simpler(message):
            if posted is not None:
                await self._pace.turn(place.channel)
            if not self._ledger.usable(taken):
                return Told.LATER
            self._step("sending")
            posted = await self._slack.post(
                place.channel,
                form,
                metadata=None if posted and "metadata" in posted.error else metadata,
                within=POSTING,
                thread=place.thread,
            )
            self._step("posted")
            if posted.trouble is not Trouble.PAYLOAD:
                break
            log.error("Slack refuses the form of an alert", error=posted.error, blocks=len(form["blocks"]))
        return await self._after(taken, place, message, posted or Posted(outcome=Outcome.REFUSED))

    async def drop(self, seen: Entry) -> None:
        """Nobody will send it."""
        taken = await self._ledger.take(seen)
        if taken is not None:
            await self._ledger.failed(taken)

    async def _after(self, taken: Taken[Entry], place: Place, message: Outgoing, posted: Posted) -> Told:
        if posted.outcome is Outcome.SENT:
            self._pace.taken()
            self._troubles.answered(place.channel)
            await self._ledger.posted(taken, ts=posted.ts, revision=revision_of(taken.entry))
            self._tell_sent(taken.entry, message)
            return Told.DONE
        if place.thread and posted.error in GONE | THREADLESS:
            return await self._without_thread(taken, place, message, posted.error)
        match posted.trouble:
            case Trouble.AMBIGUOUS:
                self._troubles.unanswered()
                if (told := await self._found(taken, place)) is not None:
                    return told
                await self._ledger.again(taken)
            case Trouble.CHANNEL:
                await self._troubles.lost(place.channel, posted.error)
                self._step("lost")
                await self._ledger.failed(taken)
                return Told.LOST
            case Trouble.WORKSPACE | Trouble.MIGRATING:
                await self._ledger.give_back(taken, self._troubles.refused(posted.trouble, posted.error))
            case Trouble.PLAN:
                await self._ledger.give_back(taken, await self._troubles.full(place.channel, posted.error))
            case Trouble.TRANSIENT if posted.retry_after is not None:
                # A second more than asked for: clocks never agree exactly.
                wait = posted.retry_after + timedelta(seconds=1)
                self._pace.hold(place.channel, wait.total_seconds())
                await self._ledger.give_back(taken, wait)
            case Trouble.TRANSIENT:
                await self._ledger.again(taken)
            case _:
                log.error("Slack refuses an alert", error=posted.error)
                await self._ledger.again(taken)
        return Told.LATER

    async def _without_thread(self, taken: Taken[Entry], place: Place, message: Outgoing, error: str) -> Told:
        if error in GONE and place.renewed:
            await self._ledger.give_back(taken)
            return Told.GONE
        if isinstance(taken.entry, Line) and taken.entry.kind is LineKind.ESCALATED:
            # Somebody is called, so it is said where that is possible.
            return await self.send(taken, Place(channel=place.channel), message)
        await self._ledger.failed(taken)
        return Told.DONE

    async def _found(self, taken: Taken[Entry], place: Place) -> Told | None:
        """How it is when it may be in Slack; None when it has to be sent (again)."""
        seen = await self._reconciling.look(taken.entry, place)
        self._step("looked")
        match seen.sight:
            case Sight.THERE:
                # Whatever it says: the first revision is shown at least.
                await self._ledger.posted(taken, ts=seen.ts, revision=FIRST)
                return Told.DONE
            case Sight.LATER:
                self._troubles.unanswered()
                return Told.LATER
            case _:
                return None


def revision_of(entry: Bulletin | Line) -> int:
    """What it says; lines never change."""
    return entry.revision if isinstance(entry, Bulletin) else FIRST


def simpler_and_simpler(message: Outgoing) -> Iterator[Outgoing]:
    """What to send when Slack refuses the form of a message: without its coloured part, then its point alone."""
    yield message
    if message.get("attachments"):
        yield {"text": message["text"], "blocks": message["blocks"]}
    yield {"text": message["text"], "blocks": []}
