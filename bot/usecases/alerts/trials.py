"""What a rule would have done, and how it stands now: asked before it is saved, and by `/alert test`.

The past is held against the very code that judges live; only live figures are missing, which nobody kept.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.blocks.alerts.entry import Fire, Replay, Tested
from bot.domain.alerts.decide import decide
from bot.domain.alerts.judging import has_live
from bot.domain.alerts.readings import Evidence, Outcome
from bot.domain.alerts.rules import Kind
from bot.domain.alerts.samples import QUARTER, last_complete, quarter_of
from bot.domain.alerts.states import AlertState, Handling
from bot.domain.alerts.worse import is_worse
from bot.genesys.pace import Priority
from bot.usecases.alerts.detecting import Detecting
from bot.usecases.alerts.evaluating import Evaluating, View
from bot.usecases.alerts.plan import plan_of
from bot.usecases.alerts.windows import Windows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date, datetime

    from bot.domain.alerts.readings import Found, Reading
    from bot.domain.alerts.rules import Rule, Terms
    from bot.domain.alerts.samples import Sample
    from bot.domain.alerts.states import Watched
    from bot.domain.ids import QueueId
    from bot.domain.live import Observed
    from bot.domain.sla import Switches
    from bot.genesys.client import GenesysClient
    from bot.store.database import Store
    from bot.usecases.alerts.evaluating import Judged
    from bot.usecases.alerts.plan import Plan
    from bot.usecases.naming import Naming
    from bot.usecases.places import Places

LOOKED_BACK = timedelta(weeks=4)
_DAY = timedelta(days=1)
_WHY = {
    Outcome.LOW: "There are too few contacts to judge.",
    Outcome.NODATA: "There are no figures to judge by.",
    Outcome.CLOSED: "It is outside the rule's hours, or a holiday.",
    Outcome.BETWEEN: "It is not good, but too close to the limit, or rests on too few contacts, to be sure.",
}


class Trials:
    """Costs one request to Genesys for how it stands, and none for the past."""

    def __init__(
        self,
        store: Store,
        genesys: GenesysClient,
        *,
        naming: Naming,
        places: Places,
        switches: Switches,
        titled: Callable[[Terms], str],
        now: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._genesys = genesys
        self._naming = naming
        self._places = places
        self._switches = switches
        self._titled = titled
        self._now = now

    async def replay(self, rule: Rule) -> Replay:
        """When it would have fired in the last four weeks; of a rule about live figures nothing can be said."""
        end = last_complete(self._now())
        start = end - LOOKED_BACK
        first = min(await self._store.samples.fetched(start, end), default=end)
        if has_live(rule.terms):
            return Replay(start=first, end=end, live=True)
        plan, holidays, detecting = await self._prepared(rule, start)
        past = _Past(plan, holidays=holidays, detecting=detecting)
        while start < end:
            until = min(start + _DAY, end)
            samples = await self._store.samples.between(start - rule.terms.window, until, plan.queues)
            fetched = tuple(await self._store.samples.fetched(start, until))
            await asyncio.to_thread(past.judge, samples, fetched, self._switches)
            start = until
        learning = rule.terms.kind is Kind.UNUSUAL and not past.judged
        return Replay(start=first, end=end, fires=tuple(past.fires()), learning=learning)

    async def stand(self, rule: Rule) -> tuple[Tested, ...]:
        """What it reads now of each queue and medium. Raises GenesysError."""
        now = self._now()
        end = last_complete(now)
        plan, holidays, detecting = await self._prepared(rule, end)
        seen = await self._genesys.observations(plan.queues, priority=Priority.PERSON) if plan.queues else None
        samples = await self._store.samples.between(end - max(rule.terms.window, _DAY), end, plan.queues)
        view = View(
            now=now,
            seen=seen.by_queue if seen else {},
            seen_at=seen.as_of if seen else now,
            windows=Windows(samples, switches=self._switches, end=end),
            end=end,
            fresh=True,
            overdue=False,
            detecting=detecting,
            holidays=holidays,
        )
        return tuple(
            Tested(
                queue_name=one.queue.name,
                media=one.watched.media,
                outcome=one.reading.outcome,
                found=one.reading.found,
                reason=_WHY.get(one.reading.outcome, ""),
            )
            for one in _in_use(Evaluating(plan, view, {}).judged(), view)
            if one.reading is not None
        )

    async def _prepared(self, rule: Rule, until: datetime) -> tuple[Plan, frozenset[date], Detecting | None]:
        """With a detector that has learnt what was known until then, where one is needed."""
        sights = await self._places.sights([rule.channel])
        plan = plan_of([rule], found=self._naming.meant, sights=sights, titled=self._titled)
        holidays = frozenset(each.day for each in await self._store.calendar.holidays(rule.team))
        if rule.terms.kind is Kind.THRESHOLD:
            return plan, holidays, None
        normal = await self._store.calendar.normal_since(rule.team)
        learnt = await Detecting.learnt(
            plan, self._store.samples, end=quarter_of(until), holidays=holidays, normal_since=normal
        )
        return plan, holidays, learnt


def _in_use(judged: Iterable[Judged], view: View) -> list[Judged]:
    """Without the media that a queue has no contacts on: Genesys tells of every medium, with zeros."""
    by_queue: defaultdict[QueueId, list[Judged]] = defaultdict(list)
    for one in judged:
        by_queue[one.watched.queue].append(one)
    found: list[Judged] = []
    for queue, some in by_queue.items():
        observed = view.seen.get(queue) if view.seen else None
        busy = {each.media for each in observed.contacts if each.active} if observed else set()
        used = busy | view.windows.media(queue) | {None}
        found += [one for one in some if one.watched.media in used] or [
            one for one in some if one.watched.media in one.queue.targets
        ]
    return found


class _Past:
    """A rule on its way through quarter hours of the past."""

    def __init__(self, plan: Plan, *, holidays: frozenset[date], detecting: Detecting | None) -> None:
        self._plan = plan
        self._holidays = holidays
        self._detecting = detecting
        self._states: dict[Watched, AlertState] = {}
        self._fired: dict[tuple[Watched, datetime], Fire] = {}
        self.judged = False
        """Whether anything could be."""

    def judge(self, samples: Iterable[Sample], starts: Iterable[datetime], switches: Switches) -> None:
        """The quarter hours from `starts`, in order; `samples` are also those of a window before."""
        nobody: Mapping[QueueId, Observed] = {}
        in_order = tuple(starts)
        if not in_order:
            return
        windows = Windows(samples, switches=switches, end=in_order[-1] + QUARTER)
        for start in in_order:
            end = start + QUARTER
            if self._detecting is not None and self._detecting.end < end:
                self._detecting.feed(windows.started(start), (), (start,))
            view = View(
                now=end,
                seen=nobody,
                seen_at=end,
                windows=windows,
                end=end,
                fresh=True,
                overdue=False,
                detecting=self._detecting,
                holidays=self._holidays,
            )
            for one in Evaluating(self._plan, view, self._states).judged():
                if one.reading is not None:
                    self._decide(one.watched, one.queue.name, one.planned.terms, one.reading)

    def fires(self) -> list[Fire]:
        """In the order in which they began."""
        return sorted(self._fired.values(), key=lambda fire: (fire.fired_at, fire.queue_name))

    def _decide(self, watched: Watched, queue_name: str, terms: Terms, reading: Reading) -> None:
        self.judged = self.judged or reading.outcome not in {Outcome.LOW, Outcome.NODATA, Outcome.CLOSED}
        before = self._states.get(watched, AlertState())
        after = decide(terms, before, Handling(), reading, now=reading.at).state
        self._states[watched] = after
        if not (before.open or after.open) or after.opened_at is None:
            return
        key = watched, after.opened_at
        found = reading.found[0] if reading.found else None
        known = self._fired.get(key)
        worst = _worse(known.worst if known else None, found, reading.at)
        self._fired[key] = Fire(
            queue_name=queue_name,
            media=watched.media,
            fired_at=known.fired_at if known else reading.at,
            ended_at=after.ended_at,
            worst=worst,
        )


def _worse(one: Found | None, other: Found | None, at: datetime) -> Found | None:
    if one is None or other is None:
        return one or other
    worse = is_worse(Evidence(at=at, found=(other,)), Evidence(at=at, found=(one,)))
    return other if worse else one
