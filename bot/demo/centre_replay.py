"""A queue's day played again, contact by contact, from the instant at which something befalls it.

Ordinary traffic draws every wait on its own (`centre_traffic`); that cannot show agents who leave. From the beginning
of an effect on, the contacts of the queue stand in one line before a crew of a certain size, first come, first served,
until the effect is over and the line is empty. What happened before stays as it was, and nothing looks ahead: an effect
that begins or ends later changes nothing that was seen earlier.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import deque
from dataclasses import dataclass
from heapq import heappop, heappush
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from bot.demo.centre_effects import leaves
from bot.demo.centre_table import ABANDONED, ANSWERED, FLOW_OUT, NOBODY, Row
from bot.demo.centre_traffic import handling

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bot.demo.centre_effects import Effect
    from bot.demo.centre_organisation import Media

AGAIN = 1_000_000
"""Added to a conversation's serial for the second caller that a doubled call brings."""
_MINUTE = 60_000
_HOUR = 60 * _MINUTE
_STEP = 15 * _MINUTE
"""How often the size of the crew follows the hour of the day."""
_PATIENCE = 20 * _MINUTE
"""Mean. People who are told that there is trouble wait longer than those who hear it ring."""
_LIMIT = 30 * _MINUTE
"""After which a contact flows out. In trouble the overflow takes nobody earlier."""
_SPREAD = 8 * _MINUTE
"""How long after the first caller the second of a doubled call comes at most."""
_LEFT = 0.3
"""Of the crew when half the people have left: those who stay are wanted in their other queues as well."""
_LEAK = 0.03
"""Of the calls that get through when calls stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What is played again: one queue and medium of one table."""

    queue: int
    media_index: int
    media: Media
    team: Sequence[int]
    """Indexes of the members."""
    codes: int
    """How many wrap-up codes there are."""


class _Contact(NamedTuple):
    row: Row
    gives_up: int
    """Epoch in ms."""
    flows_out: int
    chance: Random


def replayed(rows: Iterable[Row], line: Line, effects: Sequence[Effect]) -> list[Row]:
    """All rows of the table, those of the line as the effects make them; second visits follow the first ones."""
    mine: list[Row] = []
    others: list[Row] = []
    for row in rows:
        inbound = row.direction == 0 and row.queue == line.queue and row.media == line.media_index
        (mine if inbound else others).append(row)
    played = _Play(mine, line, effects).played()
    return [*played, *_following(others, mine, played)]


def _following(others: Iterable[Row], before: Sequence[Row], after: Iterable[Row]) -> Iterator[Row]:
    """The other visits: moved to where the first visit of their conversation ends now, or gone with it."""
    known = {row.conversation: row for row in before if row.transfer}
    now = {row.conversation: row for row in after if row.transfer}
    for row in others:
        first = known.get(row.conversation)
        if first is None or row.offered < first.offered:
            yield row
        elif (moved := now.get(row.conversation)) is not None:
            yield row._replace(offered=_parted(moved))


def _parted(row: Row) -> int:
    return row.offered + row.wait + row.talk + row.hold


class _Play:
    def __init__(self, rows: Sequence[Row], line: Line, effects: Sequence[Effect]) -> None:
        self._rows = sorted(rows, key=lambda row: row.offered)
        self._line = line
        self._effects = effects
        self._usual = [row.offered for row in self._rows]
        handled = [row.talk + row.hold + row.acw for row in self._rows if row.outcome == ANSWERED]
        self._handling = sum(handled) / len(handled) if handled else 5 * _MINUTE
        self._done: list[Row] = []
        self._waiting: deque[_Contact] = deque()
        self._ends: list[int] = []
        """When the busy ones of the crew will be free."""
        self._now = 0

    def played(self) -> list[Row]:
        """The line's visits."""
        coming = deque(self._arrivals())
        pressing = sorted({edge for effect in self._effects for edge in (effect.since, effect.until)})
        while coming or self._waiting:
            if not self._waiting and not self._pressed(coming[0].offered):
                begin = self._next_pressure(coming[0].offered)
                if begin is None:
                    self._done += coming
                    break
                while coming and coming[0].offered < begin:
                    self._take_over(coming.popleft(), begin)
                if not coming and not self._waiting:
                    break
                self._answer_from(begin)
            self._step(coming, pressing)
        return self._done

    def _pressed(self, at: int) -> bool:
        return any(effect.kind != "calls_stop" and effect.on(at) for effect in self._effects)

    def _next_pressure(self, after: int) -> int | None:
        begins = [e.since for e in self._effects if e.kind != "calls_stop" and e.since > after]
        return min(begins, default=None)

    def _arrivals(self) -> Iterator[Row]:
        """The usual contacts without those that cannot get through, with those that come besides, in order."""
        coming: list[Row] = []
        for row in self._rows:
            chance = Random(f"again/{row.conversation}/{row.offered}")
            if self._affects("calls_stop", row.offered) and chance.random() >= _LEAK:
                continue
            coming.append(row)
            again = row.offered + 1 + int(chance.random() * _SPREAD)
            if self._affects("calls_double", row.offered) and self._affects("calls_double", again):
                coming.append(
                    row._replace(
                        conversation=row.conversation + AGAIN,
                        offered=again,
                        outcome=ABANDONED,
                        agent=NOBODY, alert=0, missed=0, talk=0, hold=0, acw=0, wrap_up=NOBODY, transfer=0,
                    )
                )  # fmt: skip
        return iter(sorted(coming, key=lambda row: row.offered))

    def _affects(self, kind: str, at: int) -> bool:
        return any(effect.kind == kind and effect.on(at) for effect in self._effects)

    def _take_over(self, row: Row, begin: int) -> None:
        """A contact that came before: over, with an agent, or in the line when the trouble begins."""
        left = row.offered + row.wait
        if left - row.alert > begin:
            self._waiting.append(self._contact(row, begin))
            return
        self._done.append(row)
        if row.outcome == ANSWERED and left + row.talk + row.hold + row.acw > begin:
            heappush(self._ends, left + row.talk + row.hold + row.acw)

    def _contact(self, row: Row, begin: int) -> _Contact:
        chance = Random(f"line/{row.conversation}/{row.offered}")
        waited_from = max(row.offered, begin)
        patience = 900 + chance.random() * 7_000 if chance.random() < 0.012 else chance.expovariate(1 / _PATIENCE)
        return _Contact(row, waited_from + 300 + int(patience), waited_from + _LIMIT, chance)

    def _step(self, coming: deque[Row], edges: Sequence[int]) -> None:
        """Take the next arrival into the line, or let the next of the crew become free, whichever is first."""
        arrival = coming[0].offered if coming else None
        if not self._waiting:
            if arrival is None:
                return
            row = coming.popleft()
            self._waiting.append(self._contact(row, row.offered))
            self._answer_from(arrival)
            return
        change = self._next_change(max(self._now, self._waiting[0].row.offered), edges)
        if arrival is not None and arrival <= change:
            self._waiting.append(self._contact(coming.popleft(), arrival))
            self._answer_from(arrival)
        else:
            self._answer_from(change)

    def _next_change(self, at: int, edges: Sequence[int]) -> int:
        """The next instant at which a place may become free: work ends, the crew changes, or somebody leaves."""
        while self._ends and self._ends[0] <= at:
            heappop(self._ends)
        following = bisect_left(edges, at + 1)
        moments = [at - at % _STEP + _STEP, *edges[following : following + 1], *self._ends[:1]]
        return min(moments)

    def _answer_from(self, at: int) -> None:
        """Let everybody who can be answered at this instant be answered."""
        self._now = at
        while self._ends and self._ends[0] <= at:
            heappop(self._ends)
        self._let_go(at)
        crew = self._crew(at)
        while self._waiting and len(self._ends) < crew:
            self._answer(self._waiting.popleft(), at)

    def _let_go(self, at: int) -> None:
        staying: deque[_Contact] = deque()
        for contact in self._waiting:
            left = min(contact.gives_up, contact.flows_out)
            if left > at:
                staying.append(contact)
                continue
            outcome = ABANDONED if contact.gives_up <= contact.flows_out else FLOW_OUT
            self._done.append(_alone(contact.row, left - contact.row.offered, outcome))
        self._waiting = staying

    def _answer(self, contact: _Contact, at: int) -> None:
        row, chance = contact.row, contact.chance
        alert = 1_500 + int(chance.random() * 4_500)
        wait = max(at, row.offered) + alert - row.offered
        if row.outcome == ANSWERED:
            talk, hold, acw = row.talk, row.hold, row.acw
        else:
            talk, hold, acw = handling(chance, self._line.media)
            row = row._replace(wrap_up=int(chance.random() ** 2 * self._line.codes) if self._line.codes else NOBODY)
        agent = row.agent
        team = [one for one in self._line.team if not leaves(one)] if self._short(at) else self._line.team
        if agent not in team:
            agent = chance.choice(team) if team else NOBODY
        self._done.append(
            row._replace(outcome=ANSWERED, wait=wait, agent=agent, alert=alert, missed=0, talk=talk, hold=hold, acw=acw)
        )
        heappush(self._ends, row.offered + wait + talk + hold + acw)

    def _short(self, at: int) -> bool:
        return self._affects("agents_leave", at)

    def _crew(self, at: int) -> int:
        """How many are there for the usual traffic of this quarter, or what is left of them."""
        middle = at - at % _STEP + _STEP // 2
        usual = bisect_left(self._usual, middle + _HOUR // 2) - bisect_left(self._usual, middle - _HOUR // 2)
        load = usual * self._handling / _HOUR
        crew = 2 + math.ceil(load + 0.9 * math.sqrt(load))
        return max(1, round(crew * _LEFT)) if self._short(at) else crew


def _alone(row: Row, wait: int, outcome: int) -> Row:
    """A contact that no agent had."""
    return row._replace(
        wait=wait, outcome=outcome, agent=NOBODY, alert=0, missed=0, talk=0, hold=0, acw=0, wrap_up=NOBODY, transfer=0
    )
