"""Counting for an aggregates query, over columns rather than conversations."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from bot.demo.centre_metrics import OF_AGENTS, OF_HANDLING
from bot.demo.centre_table import NOBODY
from bot.demo.genesys_errors import bad_request

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bot.demo.centre import Centre
    from bot.demo.centre_organisation import Target
    from bot.demo.centre_table import Cell, Series, VisitTable
    from bot.demo.genesys_aggregates import AggregatesQuery, View
    from bot.demo.genesys_intervals import Interval

RATED = frozenset({"tAnswered", "nOverSla", "tAbandon", "tShortAbandon", "tFlowOut"})
"""What a service level is made of."""
_PRESENCE = frozenset({"nOffered", "tAcd"})
"""Looked at besides when only the configured target is wanted: it shows where there was any traffic."""
_ROW_DIMENSIONS = frozenset({"userId", "wrapUpCode", "conversationId"})

Group = tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Stats:
    """Count, sum, smallest and largest of some values."""

    count: int = 0
    sum: int = 0
    min: int = 0
    max: int = 0

    def add(self, values: Sequence[int]) -> None:
        """Take in more values; at least one."""
        if len(values) == 1:
            low = high = total = values[0]
        else:
            low, high, total = min(values), max(values), sum(values)
        if not self.count or low < self.min:
            self.min = low
        if not self.count or high > self.max:
            self.max = high
        self.count += len(values)
        self.sum += total


@dataclass(slots=True)
class Bucket:
    """What one group did in one bucket."""

    metrics: dict[str, Stats] = field(default_factory=dict)
    views: dict[str, Stats] = field(default_factory=dict)
    rated: dict[str, int] = field(default_factory=dict)
    """Counts of `RATED`, of queues and media with a target only."""
    target: Target | None = None


class _Piece(NamedTuple):
    """Values of one metric that share a group."""

    group: Group
    at: Sequence[int]
    values: Sequence[int]


class Tally:
    """Counts one query up to an instant."""

    def __init__(
        self, centre: Centre, query: AggregatesQuery, pieces: Sequence[Interval], *, now_ms: int, most_rows: int
    ) -> None:
        self._centre = centre
        self._query = query
        self._starts = [piece.start for piece in pieces]
        self._start = query.interval.start
        self._end = min(query.interval.end, now_ms + 1)
        self._most_rows = most_rows
        self._views: dict[str, list[View]] = defaultdict(list)
        for view in query.views:
            self._views[view.target].append(view)
        looked_at = set(query.group_by) | query.filter.dimensions()
        self._by_conversation = "conversationId" in looked_at
        self._by_row = bool(_ROW_DIMENSIONS & looked_at)
        self.buckets: dict[tuple[Group, int], Bucket] = {}

    def count(self) -> None:
        """Fill `buckets`. ApiError 400 when there would be more rows than allowed."""
        if self._end <= self._start:
            return
        wanted = self._wanted()
        for table in self._centre.tables(self._start, self._end):
            cells = [(number, cell, self._facts(cell)) for number, cell in enumerate(table.cells)]
            chosen = [c for c in cells if self._by_row or self._query.filter.holds(c[2])]
            for metric in wanted:
                series = self._centre.series(table, metric)
                if series is not None:
                    self._count_metric(table, metric, series, chosen)

    def _wanted(self) -> list[str]:
        wanted = {*self._query.metrics, *self._views}
        if "oServiceLevel" in wanted:
            wanted |= RATED
        if "oServiceTarget" in wanted:
            wanted |= _PRESENCE
        return sorted(wanted)

    def _facts(self, cell: Cell) -> dict[str, str | None]:
        facts: dict[str, str | None] = {
            "mediaType": cell.media,
            "direction": cell.direction,
            "originatingDirection": cell.direction,
        }
        if cell.queue != NOBODY:
            queue = self._centre.organisation.queues[cell.queue]
            facts |= {"queueId": queue.id, "divisionId": queue.division_id}
        return facts

    def _count_metric(
        self, table: VisitTable, metric: str, series: Series, chosen: Iterable[tuple[int, Cell, dict[str, str | None]]]
    ) -> None:
        for number, cell, facts in chosen:
            begin, stop = series.offsets[number], series.offsets[number + 1]
            if begin == stop:
                continue
            target = None
            if cell.queue != NOBODY:
                target = self._centre.organisation.queues[cell.queue].targets.get(cell.media)
            for piece in self._pieces(table, metric, series, begin, stop, facts):
                for bucket, values in self._cut(piece.at, piece.values):
                    self._add(piece.group, bucket, metric, values, target)

    def _pieces(
        self, table: VisitTable, metric: str, series: Series, begin: int, stop: int, facts: dict[str, str | None]
    ) -> Iterator[_Piece]:
        at, values = series.at[begin:stop], series.values[begin:stop]
        if not self._by_row:
            yield _Piece(self._group(facts), at, values)
            return
        by_facts: dict[tuple[str | None, ...], tuple[list[int], list[int]]] = {}
        for instant, value, row in zip(at, values, series.rows[begin:stop], strict=True):
            known = self._row_facts(table, metric, row)
            instants, kept = by_facts.setdefault(known, ([], []))
            instants.append(instant)
            kept.append(value)
        for (user, code, conversation), (instants, kept) in by_facts.items():
            full = {**facts, "userId": user, "wrapUpCode": code, "conversationId": conversation}
            if self._query.filter.holds(full):
                yield _Piece(self._group(full), instants, kept)

    def _row_facts(self, table: VisitTable, metric: str, row: int) -> tuple[str | None, str | None, str | None]:
        organisation = self._centre.organisation
        agent, code = table.agent[row], table.wrap_up[row]
        return (
            organisation.agents[agent].id if metric in OF_AGENTS and agent != NOBODY else None,
            organisation.wrap_up_codes[code].id if metric in OF_HANDLING and code != NOBODY else None,
            table.conversation_id(table.conversation[row]) if self._by_conversation else None,
        )

    def _group(self, facts: dict[str, str | None]) -> Group:
        """The asked dimensions that have a value; the medium is always among them."""
        named = ((name, facts.get(name)) for name in dict.fromkeys(("mediaType", *self._query.group_by)))
        return tuple((name, value) for name, value in named if value is not None)

    def _cut(self, at: Sequence[int], values: Sequence[int]) -> Iterator[tuple[int, Sequence[int]]]:
        """The values by bucket; those outside the interval, or still to come, are left out."""
        first, last = min(at), max(at)
        if last < self._start or first >= self._end:
            return
        if first >= self._start and last < self._end:
            bucket = bisect_right(self._starts, first) - 1
            if bucket == bisect_right(self._starts, last) - 1:
                yield bucket, values
                return
        cut: dict[int, list[int]] = defaultdict(list)
        for instant, value in zip(at, values, strict=True):
            if self._start <= instant < self._end:
                cut[bisect_right(self._starts, instant) - 1].append(value)
        yield from cut.items()

    def _add(self, group: Group, number: int, metric: str, values: Sequence[int], target: Target | None) -> None:
        bucket = self.buckets.get((group, number))
        if bucket is None:
            if len(self.buckets) >= self._most_rows:
                raise bad_request(f"Result set is larger than result limit of {self._most_rows}")
            bucket = self.buckets[group, number] = Bucket()
        _stats_in(bucket.metrics, metric).add(values)
        if target is not None:
            bucket.target = target
            if metric in RATED:
                bucket.rated[metric] = bucket.rated.get(metric, 0) + len(values)
        for view in self._views.get(metric, ()):
            bound = [value for value in values if view.gte <= value < view.lt]
            if bound:
                _stats_in(bucket.views, view.name).add(bound)


def _stats_in(held: dict[str, Stats], name: str) -> Stats:
    """Not a `defaultdict`: ten weeks in quarter hours make hundreds of thousands of them, most of them empty."""
    found = held.get(name)
    if found is None:
        found = held[name] = Stats()
    return found
