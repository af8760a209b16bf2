"""Alerts on their way to Slack: new messages, lines in their threads, and edits of what is shown.

posting = Posting(slack, identity, store, render=…, channel_lost=…, tell_owner=…, now=utc_now)
await posting.send()                       # every few seconds, and after each evaluation
await posting.send(urgent=[bulletin])      # after a press: this one is edited at once
await posting.drain()                      # at shutdown

What is to be sent is read from the database, so it does not matter which process looks, or how often. Channels do not
wait for each other: each has a lane, in which new messages come first, the critical ones before the others, then lines
in their order. Edits have a lane of their own, since Slack counts them apart; no new message waits for them.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from datetime import timedelta
from inspect import isawaitable
from typing import TYPE_CHECKING, Any

import structlog

from bot.blocks.alerts.lines import line_message
from bot.domain.ids import TeamId
from bot.usecases.alerts.edit_pace import EditPace
from bot.usecases.alerts.editing import Editing, Shown
from bot.usecases.alerts.lanes import EditLane, Errand, PostLanes
from bot.usecases.alerts.ledger import Ledger, LineShelf
from bot.usecases.alerts.outbox import Outbox
from bot.usecases.alerts.reconciling import Reconciling
from bot.usecases.alerts.telling import Place, Telling, Told
from bot.usecases.alerts.troubles import Troubles
from bot.usecases.digests.rounds import SendingPace

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable
    from datetime import datetime

    from bot.domain.alerts.states import Bulletin, BulletinId, Incident, Line
    from bot.slack.outward import Identity, Outgoing, Slack
    from bot.store.database import Store
    from bot.usecases.alerts.troubles import TellOfChannel

    Render = Callable[[Bulletin, tuple[Incident, ...]], Awaitable[Outgoing] | Outgoing]
    """What a bulletin says now; its incidents are in the order in which they fired."""

log = structlog.get_logger()

PATIENCE = timedelta(seconds=20)
"""How long a stopping bot waits for what is on its way."""
_LETTING_GO = timedelta(seconds=2)
"""How long what is cancelled may take to give back what it holds."""


class Posting:
    """One in each process."""

    def __init__(
        self,
        slack: Slack,
        identity: Identity,
        store: Store,
        *,
        render: Render,
        channel_lost: TellOfChannel,
        tell_owner: TellOfChannel,
        now: Callable[[], datetime],
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        step: Callable[[str], None] = lambda _: None,
    ) -> None:
        """`channel_lost` is told a channel that takes no messages, and why as a sentence: it stops the channel's rules
        and tells their owners; it may be called again for the same channel. `tell_owner` is told why messages of a
        channel have to wait for a person; once until one is sent. `clock` is monotonic, in seconds. `step` is told the
        name of each step that is done, for tests.
        """
        process = uuid.uuid4().hex
        self._store = store
        self._render = render
        self._troubles = Troubles(channel_lost=channel_lost, tell_owner=tell_owner, now=now)
        self._pace = SendingPace(clock=clock, sleep=sleep)
        edit_pace = EditPace(clock=clock)
        reconciling = Reconciling(slack, identity, now=now, sleep=sleep)
        shown = Shown()
        bulletins: Ledger[Bulletin] = Ledger(store.bulletins, process=process, now=now, clock=clock, step=step)
        lines: Ledger[Line] = Ledger(
            LineShelf(store.lines), process=process, now=now, clock=clock, step=lambda name: step(f"line {name}")
        )
        self._bulletins = Telling(
            slack,
            ledger=bulletins,
            reconciling=reconciling,
            pace=self._pace,
            troubles=self._troubles,
            stopping=lambda: self._draining,
            sent=shown.note,
            step=step,
        )
        self._lines = Telling(
            slack,
            ledger=lines,
            reconciling=reconciling,
            pace=self._pace,
            troubles=self._troubles,
            stopping=lambda: self._draining,
            step=lambda name: step(f"line {name}"),
        )
        self._editing = Editing(
            slack,
            store.bulletins,
            ledger=bulletins,
            telling=self._bulletins,
            reconciling=reconciling,
            pace=edit_pace,
            troubles=self._troubles,
            shown=shown,
            compose=self._compose,
            now=now,
            step=step,
        )
        self._outbox = Outbox(store, team=TeamId(identity.team_id), now=now, clock=clock)
        self._posts = PostLanes(self._pace, run=self._post, stopping=self._stopping, sleep=sleep)
        self._edits = EditLane(edit_pace, run=self._edit, stopping=self._stopping, sleep=sleep)
        self._draining = False
        self._wanted = asyncio.Event()
        self._working: asyncio.Task[None] | None = None
        self._in_trouble = False

    async def send(self, urgent: Iterable[BulletinId] = ()) -> None:
        """Everything that can be sent now. While one call is at work, another makes it look once more and returns.

        `urgent` messages are edited at once, others not more often than every half minute. Raises nothing: a database
        that is away may be back at the next call. A call that is cancelled goes on behind it until `drain`.
        """
        self._outbox.hurry(urgent)
        self._wanted.set()
        if self._draining or self._working:
            return
        self._working = asyncio.create_task(self._work())
        self._working.add_done_callback(self._worked)
        await asyncio.wait({working := self._working})
        if not working.cancelled():
            working.result()

    async def drain(self, within: timedelta = PATIENCE) -> None:
        """Begin no message more, and finish those on their way, unless that takes too long: the next process looks for
        them then.
        """
        self._draining = True
        self._wanted.set()
        if (working := self._working) is None:
            return
        await asyncio.wait({working}, timeout=within.total_seconds())
        if not working.done():
            working.cancel()
            await asyncio.wait({working}, timeout=_LETTING_GO.total_seconds())

    def _worked(self, _: asyncio.Task[None]) -> None:
        self._working = None

    def _stopping(self) -> bool:
        return self._draining or self._troubles.closed

    async def _work(self) -> None:
        wanted: asyncio.Task[Any] | None = None
        try:
            while True:
                if self._wanted.is_set() and not self._stopping():
                    self._wanted.clear()
                    await self._look()
                lanes = self._posts.running() | self._edits.running()
                if not lanes and (self._stopping() or not self._wanted.is_set()):
                    return
                wanted = asyncio.create_task(self._wanted.wait())
                waited = lanes if self._stopping() else {*lanes, wanted}
                await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
                wanted.cancel()
        finally:
            lanes = self._posts.tasks | self._edits.tasks
            for task in lanes | ({wanted} if wanted else set()):
                task.cancel()
            if lanes:
                await asyncio.wait(lanes)

    async def _look(self) -> None:
        try:
            errands = await self._outbox.to_post(at_work=self._posts.at_work)
            edits = await self._outbox.to_edit()
        except Exception:
            if not self._in_trouble:
                log.exception("alerts cannot be sent")
            self._in_trouble = True
            return
        self._in_trouble = False
        self._posts.fill(errands)
        self._edits.fill(edits)

    async def _post(self, errand: Errand) -> Told:
        place = Place(channel=errand.channel)
        if errand.line is None:
            told = await self._bulletins.tell(errand.bulletin, place, self._compose)
        else:
            alive = errand.bulletin.closed_at is None
            place = Place(channel=errand.channel, thread=errand.bulletin.ts, renewed=alive)
            told = await self._lines.tell(errand.line, place, _compose_line)
        if told is Told.GONE:
            told = await self._editing.renew(errand.bulletin)
            told = Told.CHANGED if told is Told.DONE else told
        if told is Told.CHANGED or (told is Told.DONE and errand.line is None):
            # Its lines can follow now.
            self._wanted.set()
        return told

    async def _edit(self, bulletin: Bulletin) -> None:
        self._outbox.begun(bulletin.id)
        told = await self._editing.edit(bulletin)
        if told is not Told.LATER and self._outbox.hurried(bulletin.id):
            # It was pressed again meanwhile.
            self._wanted.set()

    async def _compose(self, bulletin: Bulletin) -> Outgoing:
        incidents = await self._store.alerts.of_bulletin(bulletin.id)
        made = self._render(bulletin, incidents)
        return await made if isawaitable(made) else made


async def _compose_line(line: Line) -> Outgoing:
    return line_message(line)
