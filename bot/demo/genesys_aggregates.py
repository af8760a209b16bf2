"""Reading a conversation aggregates query: everything the platform would refuse is refused here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.demo.genesys_errors import bad_request
from bot.demo.genesys_filters import EVERYTHING, Junction, Vocabulary, filter_of
from bot.demo.genesys_intervals import Granularity, Interval, granularity_of, interval_of, zone_of
from bot.demo.genesys_shapes import Fields, a_count, a_list, a_number, a_text, a_word, an_object
from bot.demo.genesys_vocabulary import DIMENSIONS, METRICS, TIMERS

if TYPE_CHECKING:
    from datetime import timedelta
    from zoneinfo import ZoneInfo

MOST_VIEWS = 10
_WORDS = Vocabulary(dimensions=DIMENSIONS, dimension_type="ConversationAggregateDimension")
_FIELDS = frozenset(
    {"interval", "granularity", "timeZone", "groupBy", "filter", "metrics", "views", "flattenMultivaluedDimensions"}
    | {"alternateTimeDimension", "queryType", "sortMetric", "limit"}
)


@dataclass(frozen=True, slots=True)
class View:
    """The part of a timer's values with `gte <= value < lt`, in ms."""

    name: str
    target: str
    gte: float
    lt: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AggregatesQuery:
    """A query that passed."""

    interval: Interval
    granularity: Granularity | None
    zone: ZoneInfo | None
    group_by: tuple[str, ...]
    filter: Junction
    metrics: tuple[str, ...]
    views: tuple[View, ...]


def aggregates_query(body: object, *, longest: timedelta) -> AggregatesQuery:
    """Read a request body; ApiError 400 for anything outside the documented shape."""
    fields = an_object(body, "the query", knows=_FIELDS)
    interval = interval_of(fields.get("interval"), longest=longest)
    metrics = tuple(a_word(metric, "ConversationAggregateMetric", METRICS) for metric in a_list(fields, "metrics"))
    if not metrics:
        raise bad_request("metrics must name at least one metric")
    group_by = (a_word(name, "ConversationAggregateDimension", DIMENSIONS) for name in a_list(fields, "groupBy"))
    _check_the_rest(fields)
    return AggregatesQuery(
        interval=interval,
        granularity=granularity_of(a_text(fields, "granularity")),
        zone=zone_of(a_text(fields, "timeZone")),
        group_by=tuple(dict.fromkeys(group_by)),
        filter=filter_of(fields["filter"], _WORDS) if "filter" in fields else EVERYTHING,
        metrics=tuple(dict.fromkeys(metrics)),
        views=_views(a_list(fields, "views")),
    )


def _check_the_rest(fields: Fields) -> None:
    a_word(fields.get("alternateTimeDimension", "eventTime"), "AlternateTimeDimension", ("eventTime",))
    kind = a_word(fields.get("queryType", "groupBy"), "QueryType", ("groupBy", "topN", "bottomN"))
    if kind != "groupBy":
        raise bad_request(f"queryType [{kind}] is not simulated")
    if not isinstance(fields.get("flattenMultivaluedDimensions", False), bool):
        raise bad_request("flattenMultivaluedDimensions must be true or false")
    if "limit" in fields:
        a_count(fields, "limit", 1)
    if "sortMetric" in fields:
        sort = an_object(fields["sortMetric"], "sortMetric", knows=("name", "function"))
        a_word(sort.get("name"), "ConversationAggregateMetric", METRICS)
        a_word(sort.get("function"), "SortFunction", ("average", "count", "max", "min", "sum"))


def _views(values: list[object]) -> tuple[View, ...]:
    if len(values) > MOST_VIEWS:
        raise bad_request(f"A query may have at most {MOST_VIEWS} views, found {len(values)}")
    views = tuple(_view(value) for value in values)
    names = [view.name for view in views]
    for name in names:
        if name in METRICS:
            raise bad_request(f"The view name [{name}] is a metric's name")
        if names.count(name) > 1:
            raise bad_request(f"The view name [{name}] is used more than once")
    return views


def _view(value: object) -> View:
    fields = an_object(value, "view", knows=("name", "target", "function", "range"))
    name = a_text(fields, "name")
    if not name:
        raise bad_request("A view needs a name")
    target = a_word(fields.get("target"), "ConversationAggregateMetric", METRICS)
    if target not in TIMERS:
        raise bad_request(f"The view [{name}] cannot have the target [{target}]: only timer metrics can be targets")
    a_word(fields.get("function"), "ViewFunction", ("rangeBound",))
    bounds = an_object(fields.get("range", {}), f"range of the view [{name}]", knows=("gte", "lt"))
    gte, lt = a_number(bounds, "gte"), a_number(bounds, "lt")
    if gte is None and lt is None:
        raise bad_request(f"The range of the view [{name}] needs gte or lt")
    return View(name, target, float("-inf") if gte is None else gte, float("inf") if lt is None else lt)
