"""The official SDK as a judge of request bodies: unknown fields and values fail."""

from __future__ import annotations

import re
from typing import Any

import PureCloudPlatformClientV2


def judge_aggregates(body: Any) -> None:
    """Fail unless the official client could have sent this body."""
    query = judged("ConversationAggregationQuery", body)
    assert all(map(is_metric, query.metrics))
    assert all(map(is_dimension, query.group_by))
    assert len(query.views or []) <= 10
    assert len(query.filter.clauses[0].predicates) <= 100


def judge_observations(body: Any) -> None:
    """The same for what is going on in queues right now."""
    query = judged("QueueObservationQuery", body)
    assert query.metrics
    assert all(map(is_observation, query.metrics)), "a metric cannot be asked for"
    assert set(query.detail_metrics or []) <= set(query.metrics)
    assert len(query.filter.predicates) <= 100


def judge_details(body: Any) -> None:
    """The same for conversations, page by page."""
    query = judged("ConversationQuery", body)
    assert query.paging.page_size <= 100
    _judge_filters(query)


def judge_details_job(body: Any) -> None:
    """The same for conversations of long ago, as a job."""
    _judge_filters(judged("AsyncConversationQuery", body))


def _judge_filters(query: Any) -> None:
    for filters in (query.conversation_filters or [], query.segment_filters or []):
        assert all(len(clause.predicates) <= 100 for part in filters for clause in part.clauses or [])


def judged(kind: str, value: Any) -> Any:
    """`value` as the SDK's model `kind`; the SDK itself only replaces what it does not know, so that is looked for."""
    if match := re.fullmatch(r"list\[(.*)\]", kind):
        assert isinstance(value, list)
        return [judged(match[1], item) for item in value]
    if kind in ("str", "float", "int", "bool"):
        assert isinstance(value, (int, float) if kind == "float" else {"str": str, "int": int, "bool": bool}[kind])
        return value
    model = getattr(PureCloudPlatformClientV2, kind)()
    assert set(value) <= set(model.attribute_map.values()), f"{kind} has no such field"
    for ours, theirs in model.attribute_map.items():
        if theirs in value:
            part = judged(model.swagger_types[ours], value[theirs])
            setattr(model, ours, part)
            assert getattr(model, ours) is part, f"{kind}.{theirs} cannot be {value[theirs]}"
    return model


def is_metric(name: str) -> bool:
    view = PureCloudPlatformClientV2.ConversationAggregationView()
    view.target = name
    return bool(view.target == name)


def is_observation(name: str) -> bool:
    """By the models of the activity queries, which have the same metrics: this query's own judges none."""
    found = []
    for model in ("ConversationActivityQueryMetric", "RoutingActivityQueryMetric"):
        metric = getattr(PureCloudPlatformClientV2, model)()
        metric.metric = name
        found.append(metric.metric == name)
    return any(found)


def is_dimension(name: str) -> bool:
    predicate = PureCloudPlatformClientV2.ConversationAggregateQueryPredicate()
    predicate.dimension = name
    return bool(predicate.dimension == name)
