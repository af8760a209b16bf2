"""A contact centre that can be asked what happened, at any instant, always with the same answer."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from threading import RLock
from typing import TYPE_CHECKING, Self
from zoneinfo import ZoneInfo

from bot.demo.centre_cast import demo_organisation
from bot.demo.centre_conversations import TabledConversations
from bot.demo.centre_effects import FOREVER, Effect
from bot.demo.centre_metrics import DERIVATIONS
from bot.demo.centre_organisation import MEDIA, Organisation
from bot.demo.centre_replay import AGAIN, Line, replayed
from bot.demo.centre_table import VisitTable, table_of
from bot.demo.centre_traffic import LONGEST_LIFE, day_of_traffic
from bot.demo.centre_visits import epoch_ms, instant_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bot.demo.centre_conversations import Conversations
    from bot.demo.centre_effects import Kind
    from bot.demo.centre_organisation import Agent, Media, Queue, QueueId, Target, WrapUpCode
    from bot.demo.centre_table import Series, Triple
    from bot.demo.centre_visits import Visit

DAYS_KEPT = 100
_UUID_LENGTH = 36
_IN_LINE: tuple[Media, ...] = ("voice", "chat", "message", "callback", "email")
"""What an effect meets: the first of these that a queue takes."""


class Centre:
    """An organisation and its traffic.

    Generated centres make a day when it is first asked for and keep the most recently used `DAYS_KEPT`; centres of
    given visits hold just those. Queues can be renamed, removed and given other targets while it runs. Safe to use
    from several threads.
    """

    def __init__(
        self,
        organisation: Organisation,
        *,
        zone: str = "Europe/London",
        seed: int = 7,
        opened: date | None = None,
        visits: Sequence[Visit] | None = None,
    ) -> None:
        self.organisation = organisation
        self._founded = organisation
        self.zone = ZoneInfo(zone)
        self._seed = seed
        self._opened = opened
        self._given = self._given_first = None if visits is None else table_of(visits, organisation)
        self._span = (min(v.offered_ms for v in visits), max(v.handled_ms for v in visits)) if visits else (0, 0)
        self._days: OrderedDict[date, VisitTable] = OrderedDict()
        self._retargeted: dict[tuple[int, Media], list[tuple[int, Target | None]]] = {}
        self._removed: set[QueueId] = set()
        self._effects: list[Effect] = []
        self._lock = RLock()
        self.conversations: Conversations = TabledConversations(self)

    @classmethod
    def demo(cls, *, seed: int = 7, zone: str = "Europe/London", opened: date | None = None) -> Self:
        """The full-sized organisation: about 120 queues and 5000 contacts a weekday; no traffic before `opened`."""
        return cls(demo_organisation(), zone=zone, seed=seed, opened=opened)

    @classmethod
    def of(
        cls,
        queues: Iterable[Queue],
        visits: Iterable[Visit] | None = None,
        *,
        agents: Iterable[Agent] = (),
        wrap_up_codes: Iterable[WrapUpCode] = (),
        short_abandon: timedelta = timedelta(seconds=5),
        zone: str = "Europe/London",
        seed: int = 7,
    ) -> Self:
        """A small centre: of exactly the given visits, or of what the queues' flows generate when there are none."""
        organisation = Organisation(
            queues=tuple(queues),
            agents=tuple(agents),
            wrap_up_codes=tuple(wrap_up_codes),
            short_abandon=short_abandon,
        )
        return cls(organisation, zone=zone, seed=seed, visits=None if visits is None else tuple(visits))

    @property
    def queues(self) -> tuple[Queue, ...]:
        """The queues as configured now, removed ones left out."""
        return tuple(queue for queue in self.organisation.queues if queue.id not in self._removed)

    def queue(self, name: str) -> Queue:
        """The queue of exactly this name. KeyError if there is none."""
        for queue in self.queues:
            if queue.name == name:
                return queue
        raise KeyError(name)

    def rename(self, queue_id: QueueId, name: str) -> None:
        """Give a queue another name; its id and history stay."""
        index = self._index(queue_id)
        self._change(index, replace(self.organisation.queues[index], name=name))

    def remove(self, queue_id: QueueId) -> None:
        """Take a queue out of the listings; what happened in it stays in the history."""
        self._index(queue_id)
        self._removed.add(queue_id)

    def retarget(self, queue_id: QueueId, media: Media, target: Target | None, *, since: datetime) -> None:
        """Configure another service level from an instant on; earlier late answers are not judged again."""
        index = self._index(queue_id)
        with self._lock:
            queue = self.organisation.queues[index]
            history = self._retargeted.setdefault((index, media), [(-(2**62), queue.targets.get(media))])
            history.append((epoch_ms(since), target))
            targets = {key: value for key, value in queue.targets.items() if key != media}
            if target is not None:
                targets[media] = target
            self._change(index, replace(queue, targets=targets))
            for table in [*self._days.values(), *([self._given] if self._given else [])]:
                table.forget("nOverSla")

    def target_at(self, queue: int, media: Media, at_ms: int) -> Target | None:
        """The service level configured at an instant for the queue of this index."""
        history = self._retargeted.get((queue, media))
        if history is None:
            return self.organisation.queues[queue].targets.get(media)
        return next(target for since, target in reversed(history) if since <= at_ms)

    def provoke(self, kind: Kind, queue_id: QueueId, *, at: datetime) -> None:
        """Let something befall a queue from an instant on, which is not to lie before an earlier call's.

        The queue's first medium of voice, chat and so on is played anew from then; what happened before stays.
        Nothing happens when the same lasts already. KeyError for an unknown queue.
        """
        index, at_ms = self._index(queue_id), epoch_ms(at)
        with self._lock:
            if not self.befallen(kind, index, at_ms):
                self._effects.append(Effect(kind=kind, queue=index, since=at_ms))
                self._play_again(at)

    def relent(self, kind: Kind, queue_id: QueueId, *, at: datetime) -> None:
        """End it: whoever waits is served by the usual crew, then all is as it would have been."""
        index, at_ms = self._index(queue_id), epoch_ms(at)
        with self._lock:
            self._effects = [
                replace(effect, until=at_ms)
                if effect.kind == kind and effect.queue == index and effect.until == FOREVER
                else effect
                for effect in self._effects
            ]
            self._play_again(at)

    def befallen(self, kind: Kind, queue: int, at_ms: int) -> bool:
        """Whether this befalls the queue of this index at an instant, in epoch ms."""
        return any(one.kind == kind and one.queue == queue and one.on(at_ms) for one in self._effects)

    def visits(self, start: datetime, end: datetime) -> Iterator[Visit]:
        """Visits offered (or, outbound, begun) in `start <= offered < end`, oldest first, the future included."""
        first, last = epoch_ms(start), epoch_ms(end)
        for table in self.tables(first, last):
            rows = [row for row, at in enumerate(table.offered) if first <= at < last]
            rows.sort(key=table.offered.__getitem__)
            for row in rows:
                yield table.visit(row, self.organisation)

    def tables(self, start_ms: int, end_ms: int) -> Iterator[VisitTable]:
        """Every table that may hold something emitted in the stretch, oldest first."""
        if self._given is None or (self._span[0] < end_ms and self._span[1] >= start_ms):
            yield from map(self.table, self.days(start_ms - LONGEST_LIFE, end_ms))

    def days(self, start_ms: int, end_ms: int) -> range:
        """Keys of the tables of conversations that begin in the stretch, oldest first; one for given visits."""
        if self._given is not None:
            return range(1) if len(self._given) else range(0)
        first = instant_of(start_ms).astimezone(self.zone).date()
        last = instant_of(end_ms - 1).astimezone(self.zone).date()
        return range((max(first, self._opened) if self._opened else first).toordinal(), last.toordinal() + 1)

    def table(self, key: int) -> VisitTable:
        """The table under one of the keys of `days`."""
        return self._table(date.fromordinal(key)) if self._given is None else self._given

    def warm(self, start: datetime, end: datetime) -> None:
        """Generate the days of a stretch ahead of the first question."""
        for _ in self.tables(epoch_ms(start), epoch_ms(end)):
            pass

    def series(self, table: VisitTable, metric: str) -> Series | None:
        """One metric's emissions in a table; None for a metric that is not simulated."""
        with self._lock:
            if metric == "nOverSla":
                return table.series(metric, self._late)
            if metric == "tShortAbandon":
                return table.series(metric, self._short)
            derive = DERIVATIONS.get(metric)
            return None if derive is None else table.series(metric, derive)

    def _table(self, day: date) -> VisitTable:
        with self._lock:
            table = self._days.get(day)
            if table is None:
                table = self._days[day] = self._played(self._made(day), *self._bounds(day))
            self._days.move_to_end(day)
            while len(self._days) > DAYS_KEPT:
                self._days.popitem(last=False)
            return table

    def _made(self, day: date) -> VisitTable:
        return day_of_traffic(self._founded, day, self.zone, self._seed)

    def _bounds(self, day: date) -> tuple[int, int]:
        first, next_day = (datetime.combine(day + timedelta(days=n), time(), self.zone) for n in (0, 1))
        return epoch_ms(first), epoch_ms(next_day)

    def _play_again(self, since: datetime) -> None:
        """Forget what an effect at `since` may have changed."""
        first = since.astimezone(self.zone).date()
        for day in [day for day in self._days if day >= first]:
            del self._days[day]
        if self._given_first is not None:
            self._given = self._played(self._given_first, *self._span)

    def _played(self, table: VisitTable, start_ms: int, end_ms: int) -> VisitTable:
        """The table as what befell queues in the stretch has made it."""
        lasting = [effect for effect in self._effects if effect.since < end_ms and effect.until > start_ms]
        if not lasting:
            return table
        name = table.conversation_id
        rows = table.all_rows()
        for queue in sorted({effect.queue for effect in lasting}):
            rows = replayed(rows, self._line(queue), [effect for effect in lasting if effect.queue == queue])
        return VisitTable(rows, lambda serial: name(serial) if serial < AGAIN else _second_name(name(serial - AGAIN)))

    def _line(self, queue: int) -> Line:
        configured = self._founded.queues[queue]
        media: Media = next((media for media in _IN_LINE if media in configured.flows), "voice")
        agents = {agent.id: number for number, agent in enumerate(self._founded.agents)}
        return Line(
            queue=queue,
            media_index=MEDIA.index(media),
            media=media,
            team=tuple(agents[member] for member in configured.members),
            codes=len(self._founded.wrap_up_codes),
        )

    def _late(self, table: VisitTable) -> list[Triple]:
        late: list[Triple] = []
        answered = table.series("tAnswered", DERIVATIONS["tAnswered"])
        for cell, begin, end in zip(table.cells, answered.offsets, answered.offsets[1:], strict=False):
            if cell.queue < 0:
                continue
            for entry in range(begin, end):
                at, waited = answered.at[entry], answered.values[entry]
                target = self.target_at(cell.queue, cell.media, at)
                if target is not None and timedelta(milliseconds=waited) > target.within:
                    late.append((at, 1, answered.rows[entry]))
        return late

    def _short(self, table: VisitTable) -> list[Triple]:
        limit = self.organisation.short_abandon / timedelta(milliseconds=1)
        return [triple for triple in DERIVATIONS["tAbandon"](table) if triple[1] < limit]

    def _index(self, queue_id: QueueId) -> int:
        for index, queue in enumerate(self.organisation.queues):
            if queue.id == queue_id:
                return index
        raise KeyError(queue_id)

    def _change(self, index: int, changed: Queue) -> None:
        queues = self.organisation.queues
        self.organisation = replace(self.organisation, queues=(*queues[:index], changed, *queues[index + 1 :]))


def _second_name(name: str) -> str:
    """The id of the second caller that a doubled call brings: another version in the same shape."""
    return f"{name[:14]}5{name[15:]}" if len(name) == _UUID_LENGTH else f"{name}-again"
