"""Many visits in few bytes: columns instead of objects, and the metrics read off them."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from bot.demo.centre_organisation import MEDIA, AgentId, Media
from bot.demo.centre_visits import Direction, Outcome, Transfer, Visit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from bot.demo.centre_organisation import Organisation

DIRECTIONS: tuple[Direction, ...] = ("inbound", "outbound")
TRANSFERS: tuple[Transfer | None, ...] = (None, "blind", "consult")
OUTCOMES: tuple[Outcome, ...] = tuple(Outcome)
ANSWERED, ABANDONED, FLOW_OUT, OUTBOUND = (
    OUTCOMES.index(outcome) for outcome in (Outcome.ANSWERED, Outcome.ABANDONED, Outcome.FLOW_OUT, Outcome.OUTBOUND)
)
NOBODY = -1
"""Index standing for no queue, no agent, no wrap-up code."""


class Row(NamedTuple):
    """One visit in indexes; sorting rows puts each cell's visits side by side, oldest first."""

    queue: int
    media: int
    direction: int
    offered: int
    wait: int
    outcome: int
    conversation: int
    agent: int = NOBODY
    alert: int = 0
    missed: int = 0
    talk: int = 0
    hold: int = 0
    acw: int = 0
    wrap_up: int = NOBODY
    transfer: int = 0


class Cell(NamedTuple):
    """The rows `start..stop` of one queue, medium and direction."""

    queue: int
    media: Media
    direction: Direction
    start: int
    stop: int


Triple = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Series:
    """All emissions of one metric; entry by entry the instant, the value and the row it came from."""

    at: array[int]
    values: array[int]
    rows: array[int]
    offsets: tuple[int, ...]
    """Where each cell's entries begin; one more than there are cells."""


class VisitTable:
    """Visits that began within one stretch of time, usually a day."""

    def __init__(self, rows: Iterable[Row], conversation_id: Callable[[int], str]) -> None:
        ordered = sorted(rows)
        columns: Sequence[Sequence[int]] = list(zip(*ordered, strict=True)) or [()] * len(Row._fields)
        self.queue = array("h", columns[0])
        self.media = array("b", columns[1])
        self.direction = array("b", columns[2])
        self.offered = array("q", columns[3])
        self.wait = array("i", columns[4])
        self.outcome = array("b", columns[5])
        self.conversation = array("i", columns[6])
        self.agent = array("h", columns[7])
        self.alert = array("i", columns[8])
        self.missed = array("i", columns[9])
        self.talk = array("i", columns[10])
        self.hold = array("i", columns[11])
        self.acw = array("i", columns[12])
        self.wrap_up = array("h", columns[13])
        self.transfer = array("b", columns[14])
        self.cells = tuple(_cells(ordered))
        self.conversation_id = conversation_id
        self._series: dict[str, Series] = {}
        self._conversations: tuple[tuple[int, ...], ...] | None = None

    def __len__(self) -> int:
        return len(self.offered)

    def all_rows(self) -> list[Row]:
        """Every row in indexes."""
        return [Row._make(values) for values in zip(*self._columns(), strict=True)]

    def visit(self, row: int, organisation: Organisation) -> Visit:
        """The row as a value."""
        values = Row._make(column[row] for column in self._columns())
        return visit_of(values, self.conversation_id(values.conversation), organisation)

    def conversations(self) -> tuple[tuple[int, ...], ...]:
        """The rows of each conversation, oldest first; conversations by start and id. Found once and kept."""
        if self._conversations is None:
            rows: defaultdict[int, list[int]] = defaultdict(list)
            for row in sorted(range(len(self)), key=self.offered.__getitem__):
                rows[self.conversation[row]].append(row)
            by_start = sorted(rows.items(), key=lambda own: (self.offered[own[1][0]], self.conversation_id(own[0])))
            self._conversations = tuple(tuple(own) for _, own in by_start)
        return self._conversations

    def series(self, metric: str, derive: Callable[[VisitTable], list[Triple]]) -> Series:
        """The metric's emissions, derived once and kept."""
        known = self._series.get(metric)
        if known is None:
            triples = derive(self)
            at, values, rows = zip(*triples, strict=True) if triples else ((), (), ())
            bounds = [cell.start for cell in self.cells] + [len(self)]
            known = Series(
                array("q", at), array("i", values), array("i", rows), tuple(bisect_left(rows, b) for b in bounds)
            )
            self._series[metric] = known
        return known

    def _columns(self) -> tuple[array[int], ...]:
        return (
            self.queue, self.media, self.direction, self.offered, self.wait, self.outcome, self.conversation,
            self.agent, self.alert, self.missed, self.talk, self.hold, self.acw, self.wrap_up, self.transfer,
        )  # fmt: skip

    def forget(self, metric: str) -> None:
        """Derive the metric anew next time."""
        self._series.pop(metric, None)


def visit_of(row: Row, conversation_id: str, organisation: Organisation) -> Visit:
    """The row as a value."""
    return Visit(
        conversation_id=conversation_id,
        queue_id=None if row.queue == NOBODY else organisation.queues[row.queue].id,
        media=MEDIA[row.media],
        direction=DIRECTIONS[row.direction],
        offered_ms=row.offered,
        outcome=OUTCOMES[row.outcome],
        wait_ms=row.wait,
        agent_id=None if row.agent == NOBODY else organisation.agents[row.agent].id,
        alert_ms=row.alert,
        not_responding_ms=row.missed,
        talk_ms=row.talk,
        hold_ms=row.hold,
        acw_ms=row.acw,
        wrap_up_id=None if row.wrap_up == NOBODY else organisation.wrap_up_codes[row.wrap_up].id,
        transfer=TRANSFERS[row.transfer],
    )


def _cells(ordered: Sequence[Row]) -> Iterable[Cell]:
    start = 0
    while start < len(ordered):
        queue, media, direction = ordered[start][:3]
        stop = bisect_left(ordered, (queue, media, direction + 1), lo=start)
        yield Cell(queue, MEDIA[media], DIRECTIONS[direction], start, stop)
        start = stop


def table_of(visits: Sequence[Visit], organisation: Organisation) -> VisitTable:
    """A table of given visits. KeyError for a queue, agent or code the organisation does not have."""
    queues = {queue.id: index for index, queue in enumerate(organisation.queues)}
    agents = {agent.id: index for index, agent in enumerate(organisation.agents)}
    codes = {code.id: index for index, code in enumerate(organisation.wrap_up_codes)}
    names = list(dict.fromkeys(visit.conversation_id for visit in visits))
    serials = {name: serial for serial, name in enumerate(names)}
    return VisitTable(
        (
            Row(
                queue=NOBODY if visit.queue_id is None else queues[visit.queue_id],
                media=MEDIA.index(visit.media),
                direction=DIRECTIONS.index(visit.direction),
                offered=visit.offered_ms,
                wait=visit.wait_ms,
                outcome=OUTCOMES.index(visit.outcome),
                agent=NOBODY if visit.agent_id is None else agents[AgentId(visit.agent_id)],
                alert=visit.alert_ms,
                missed=visit.not_responding_ms,
                talk=visit.talk_ms,
                hold=visit.hold_ms,
                acw=visit.acw_ms,
                wrap_up=NOBODY if visit.wrap_up_id is None else codes[visit.wrap_up_id],
                transfer=TRANSFERS.index(visit.transfer),
                conversation=serials[visit.conversation_id],
            )
            for visit in visits
        ),
        names.__getitem__,
    )
