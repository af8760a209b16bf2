"""The aggregates query on the wire. No I/O. Source: POST /api/v2/analytics/conversations/aggregates/query."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from bot.domain.amounts import Spells, Times
from bot.domain.conversations import Direction
from bot.domain.dimensions import Dimension
from bot.domain.ids import AgentId, QueueId, WrapUpId
from bot.domain.queues import Media
from bot.domain.sla import Reported
from bot.errors import GenesysUnreadable
from bot.genesys.tallies import NO_TIMES, WHOLE, Facet, Tally
from bot.genesys.wire_errors import read

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.genesys.wire_errors import Reply

AGGREGATES_PATH = "/api/v2/analytics/conversations/aggregates/query"
MOST_VIEWS = 10
"""Views a request may have."""
MOST_QUEUES = 100
"""Queues in one request: 200 predicates were reported as too many."""

_MILLISECOND = timedelta(milliseconds=1)
_COUNTED = MappingProxyType(
    {
        "nOffered": "offered",
        "tAnswered": "answered",
        "tAbandon": "abandoned",
        "tShortAbandon": "short_abandoned",
        "tFlowOut": "flow_out",
        "nOverSla": "over_sla",
    }
)
_SERVICE_LEVEL = "oServiceLevel"
_TIMED = MappingProxyType(
    {
        "tAcd": "queued",
        "tAnswered": "answered",
        "tAbandon": "abandoned",
        "tHandle": "handled",
        "tTalkComplete": "talked",
        "tHeldComplete": "held",
        "tAcw": "wrapped_up",
    }
)
_TRANSFERRED = "nTransferred"
_GROUPED = MappingProxyType(
    {Dimension.AGENT: "userId", Dimension.WRAPUP: "wrapUpCode", Dimension.DIRECTION: "direction"}
)


class Slice(NamedTuple):
    """A half-open stretch of time in UTC."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """All of a request but its queues and thresholds; requests with equal spans can be merged."""

    start: datetime
    end: datetime
    granularity: str | None = None
    """ISO 8601 period; None for one figure over the whole span."""
    zone: str | None = None
    """IANA name by whose calendar buckets are cut; None without granularity."""
    by: frozenset[Dimension] = frozenset()
    """What is told apart besides queues and media."""
    times: bool = False
    """With lengths of time, in place of the platform's own service level."""

    @property
    def whole(self) -> Slice:
        return Slice(self.start, self.end)


class Cell(NamedTuple):
    """Whose counts within one reply."""

    queue: QueueId
    media: Media
    slice: Slice
    facet: Facet = WHOLE


class _Stats(msgspec.Struct, gc=False):
    count: float | None = None
    sum: float | None = None
    max: float | None = None
    numerator: float | None = None
    denominator: float | None = None


class _Metric(msgspec.Struct, gc=False):
    metric: str
    stats: _Stats | None = None


class _View(msgspec.Struct, gc=False):
    name: str
    stats: _Stats | None = None


class _Data(msgspec.Struct, gc=False):
    interval: str = ""
    metrics: list[_Metric] | None = None
    views: list[_View] | None = None


class _Group(msgspec.Struct, gc=False):
    queue_id: str | None = msgspec.field(name="queueId", default=None)
    media_type: str | None = msgspec.field(name="mediaType", default=None)
    user_id: str | None = msgspec.field(name="userId", default=None)
    wrap_up_code: str | None = msgspec.field(name="wrapUpCode", default=None)
    direction: str | None = None


class _Result(msgspec.Struct, gc=False):
    group: _Group | None = None
    data: list[_Data] | None = None


class _Answer(msgspec.Struct):
    results: list[_Result] | None = None


def body(span: Span, queues: Sequence[QueueId], thresholds: Sequence[timedelta]) -> dict[str, Any]:
    """The request for every queue and medium of a span, with a view for each threshold."""
    wanted: dict[str, Any] = {"interval": f"{_instant(span.start)}/{_instant(span.end)}"}
    if span.granularity is not None:
        wanted |= {"granularity": span.granularity, "timeZone": span.zone or "UTC"}
    wanted |= {
        "groupBy": ["queueId", "mediaType", *(_GROUPED[dimension] for dimension in sorted(span.by))],
        "filter": {
            "type": "and",
            "clauses": [
                {
                    "type": "or",
                    "predicates": [{"dimension": "queueId", "operator": "matches", "value": q} for q in queues],
                }
            ],
        },
        "metrics": [*dict.fromkeys((*_COUNTED, *_TIMED)), _TRANSFERRED] if span.times else [*_COUNTED, _SERVICE_LEVEL],
    }
    if thresholds:
        wanted["views"] = [_view(threshold) for threshold in thresholds]
    return wanted


def indented(wanted: Mapping[str, Any]) -> str:
    """A body as people read it."""
    return json.dumps(wanted, indent=2, ensure_ascii=False)


def read_cells(reply: Reply, span: Span, thresholds: Sequence[timedelta]) -> Mapping[Cell, Tally]:
    """Counts by queue, medium, bucket and facet; a span without granularity has itself as the only bucket.

    A group, bucket or metric that is not there had no events; inside a bucket that is there, a missing metric or view
    is zero. Raises GenesysError.
    """
    cells: dict[Cell, Tally] = {}
    for result in read(reply, _Answer).results or ():
        if result.group is None or not result.group.queue_id:
            continue  # a metric without a value for the dimension: nothing of a queue
        queue, media, facet = QueueId(result.group.queue_id), _media(result.group.media_type), _facet(result.group)
        for data in result.data or ():
            try:
                where = span.whole if span.granularity is None else _slice(data.interval)
            except ValueError as error:
                raise GenesysUnreadable(
                    f"bucket interval {data.interval!r}", correlation_id=reply.correlation_id, status=reply.status
                ) from error
            cell = Cell(queue, media, where, facet)
            tally = _tally(data, thresholds, times=span.times)
            cells[cell] = cells[cell] + tally if cell in cells else tally
    return cells


def _view(threshold: timedelta) -> dict[str, Any]:
    # A view's upper bound is exclusive and in milliseconds; "within T" includes T.
    bound = threshold // _MILLISECOND + 1
    return {
        "name": _view_name(threshold),
        "target": "tAnswered",
        "function": "rangeBound",
        "range": {"gte": 0, "lt": bound},
    }


def _view_name(threshold: timedelta) -> str:
    return f"answeredWithin{threshold // _MILLISECOND}ms"


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _slice(interval: str) -> Slice:
    start, _, end = interval.partition("/")
    parsed = datetime.fromisoformat(start), datetime.fromisoformat(end)
    if any(moment.tzinfo is None for moment in parsed):
        raise ValueError("an instant without an offset")
    return Slice(*(moment.astimezone(UTC) for moment in parsed))


def _media(name: str | None) -> Media:
    try:
        return Media(name or "unknown")
    except ValueError:
        return Media.UNKNOWN


def _facet(group: _Group) -> Facet:
    if not (group.user_id or group.wrap_up_code or group.direction):
        return WHOLE
    return Facet(
        agent=AgentId(group.user_id) if group.user_id else None,
        wrap_up=WrapUpId(group.wrap_up_code) if group.wrap_up_code else None,
        direction=_direction(group.direction) if group.direction else None,
    )


def _direction(name: str) -> Direction:
    try:
        return Direction(name)
    except ValueError:
        return Direction.UNKNOWN


def _tally(data: _Data, thresholds: Sequence[timedelta], *, times: bool) -> Tally:
    stats = {metric.metric: metric.stats or _Stats() for metric in data.metrics or ()}
    seen = {view.name: view.stats or _Stats() for view in data.views or ()}
    counts = {ours: round(stats.get(theirs, _Stats()).count or 0) for theirs, ours in _COUNTED.items()}
    return Tally(
        **counts,
        within=MappingProxyType({t: round(seen.get(_view_name(t), _Stats()).count or 0) for t in thresholds}),
        reported=_reported(stats.get(_SERVICE_LEVEL)),
        times=_times(stats) if times else NO_TIMES,
    )


def _times(stats: Mapping[str, _Stats]) -> Times:
    spells = {ours: _spells(stats[theirs]) for theirs, ours in _TIMED.items() if theirs in stats}
    return Times(**spells, transferred=round(stats.get(_TRANSFERRED, _Stats()).count or 0))


def _spells(stats: _Stats) -> Spells:
    return Spells(
        count=round(stats.count or 0),
        total=timedelta(milliseconds=stats.sum or 0),
        longest=timedelta(milliseconds=stats.max or 0),
    )


def _reported(stats: _Stats | None) -> Reported | None:
    if stats is None or stats.numerator is None or stats.denominator is None:
        return None
    return Reported(numerator=round(stats.numerator), denominator=round(stats.denominator))
