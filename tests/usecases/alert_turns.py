"""Rounds of the watch on a real store, with what is seen of the queues given by the test, minute by minute."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot.domain.alerts.rules import Compare, Condition, Kind, Terms
from bot.domain.alerts.samples import Place, Sample, quarter_of
from bot.domain.ids import ChannelId, QueueId, TeamId, UserId
from bot.domain.live import Contacts, Observed
from bot.domain.questions import QueueWord
from bot.domain.queues import Media, Queue
from bot.domain.sla import Switches
from bot.usecases.alerts.evaluating import View
from bot.usecases.alerts.evidencing import Evidencing
from bot.usecases.alerts.plan import plan_of
from bot.usecases.alerts.seeing import Eyes
from bot.usecases.alerts.turn import Turn, Working
from bot.usecases.alerts.windows import Windows
from bot.usecases.alerts.zones import Zones
from bot.usecases.samples.history import History

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.domain.alerts.keeping import Lease
    from bot.domain.alerts.rules import Rule
    from bot.domain.alerts.states import AlertState, Bulletin, Incident, Line, Watched
    from bot.store.database import Store

TEAM, FLOOR, ANA, BEN = TeamId("T1"), ChannelId("C-FLOOR"), UserId("U-ANA"), UserId("U-BEN")
DAY = datetime(2026, 11, 18, tzinfo=UTC)
"""London keeps UTC in November."""
LONDON = ZoneInfo("Europe/London")
MINUTE = timedelta(minutes=1)
BILLING, SALES = (Queue(id=QueueId(name.lower()), name=name) for name in ("Billing", "Sales"))


def minute(number: int) -> datetime:
    """Of the day."""
    return DAY + number * MINUTE


def waiting(limit: int, recovery: int, **other: Any) -> Terms:
    """More than `limit` waiting, in every queue, told at once unless it says otherwise."""
    condition = Condition(
        measure="waiting", compare=Compare.ABOVE, limit=Fraction(limit), recovery=Fraction(recovery), threshold=None
    )
    usual = {"pending": timedelta(), "recover_for": timedelta(), "zone": LONDON, "queues": ()}
    return Terms(kind=Kind.THRESHOLD, conditions=(condition,), **usual | other)


def only(queue: Queue) -> tuple[QueueWord, ...]:
    return (QueueWord(text=queue.id, quoted=True),)


@dataclass
class Rounds:
    """One process after the other on one database; `forget` is the next."""

    store: Store
    queues: tuple[Queue, ...] = (BILLING, SALES)
    listed: bool = True
    holder: str = "first"
    eyes: Eyes = field(default_factory=Eyes)
    states: Mapping[Watched, AlertState] | None = None

    async def rule(self, terms: Terms, channel: ChannelId = FLOOR) -> Rule:
        return await self.store.rules.create(terms, team=TEAM, channel=channel, owner=ANA, now=DAY)

    def forget(self, holder: str = "") -> None:
        """All that is in memory."""
        self.states, self.eyes, self.holder = None, Eyes(), holder or self.holder

    async def lease(self, number: int, holder: str = "") -> Lease:
        now = minute(number)
        lease = await self.store.alerts.lease(TEAM, holder or self.holder, now=now, until=now + 3 * MINUTE)
        assert lease
        return lease

    async def turn(self, number: int, lease: Lease) -> Turn:
        rules = await self.store.rules.active(TEAM)
        if self.states is None:
            self.states = dict(await self.store.alerts.states(TEAM))
        working = Working(
            lease=lease,
            plan=plan_of(
                rules,
                found=self._found,
                sights={},
                titled=lambda terms: terms.conditions[0].measure if terms.conditions else terms.kind.value,
                listed=self.listed,
            ),
            states=self.states,
            kept=await self.store.alerts.watch(TEAM),
            now=minute(number),
            absent=False,
        )
        history = History(self.store.samples, switches=Switches())
        return Turn(
            self.store,
            working,
            zones=Zones(self.store.places, team=TEAM, usual=LONDON),
            evidencing=Evidencing(self.store.samples, history, switches=Switches()),
            eyes=self.eyes,
        )

    async def look(self, number: int, seen: Mapping[str, int | None], *, past: bool = False) -> bool:
        """A round that sees so many waiting in each queue; None: Genesys says nothing of it. Whether it was kept."""
        turn = await self.turn(number, await self.lease(number))
        await turn.evaluate(self.view(number, seen), past=past)
        kept = await turn.commit(quarter=None)
        self.states = turn.states if kept else None
        return kept

    def view(self, number: int, seen: Mapping[str, int | None]) -> View:
        now = minute(number)
        end = quarter_of(now)
        known = [
            Sample(place=Place(queue.id, Media.VOICE), start=end - timedelta(minutes=15), offered=1)
            for queue in self.queues
        ]
        return View(
            now=now,
            seen={QueueId(queue): observed(number) for queue, number in seen.items() if number is not None},
            seen_at=now,
            windows=Windows(known, switches=Switches(), end=end),
            end=end,
            fresh=False,
            overdue=False,
            detecting=None,
            holidays=frozenset(),
        )

    async def bulletins(self) -> tuple[Bulletin, ...]:
        """All of the day, oldest first."""
        return await self.store.bulletins.since(TEAM, DAY)

    async def bulletin(self) -> Bulletin:
        (one,) = await self.bulletins()
        return one

    async def incidents(self) -> tuple[Incident, ...]:
        return await self.store.alerts.incidents(TEAM, since=DAY - MINUTE, until=DAY + timedelta(days=2))

    async def lines(self) -> list[Line]:
        return [line for one in await self.bulletins() for line in await self.store.lines.of_bulletin(one.id)]

    async def send(self, number: int) -> None:
        """What there is to post is in Slack."""
        now = minute(number)
        for one in await self.store.bulletins.to_post(now):
            mine = await self.store.bulletins.claim(one, holder="sender", now=now, until=now + MINUTE)
            assert mine
            assert await self.store.bulletins.posted(mine, ts=f"{number}.{one.id}", revision=one.revision, now=now)

    def _found(self, words: tuple[QueueWord, ...], _: object) -> Sequence[Queue]:
        return [queue for queue in self.queues if not words or queue.id in {word.text for word in words}]


def observed(waiting: int) -> Observed:
    contacts = Contacts(
        media=Media.VOICE, waiting=waiting, interacting=0, alerting=0, longest_wait=timedelta(seconds=9)
    )
    return Observed(contacts=(contacts,))
