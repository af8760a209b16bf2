"""Answering an aggregates query in the platform's shape, including what it leaves out."""

from __future__ import annotations

from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any
from zlib import crc32

from bot.demo.genesys_errors import bad_request
from bot.demo.genesys_intervals import buckets, written
from bot.demo.genesys_tally import Stats, Tally

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.demo.centre import Centre
    from bot.demo.genesys_aggregates import AggregatesQuery
    from bot.demo.genesys_options import Options
    from bot.demo.genesys_tally import Bucket, Group


def aggregates_reply(centre: Centre, query: AggregatesQuery, options: Options, *, now_ms: int) -> dict[str, Any]:
    """`{"results": [...]}` of what happened up to `now_ms`; groups, buckets and metrics without events are absent."""
    pieces = list(islice(buckets(query.interval, query.granularity, query.zone), options.most_rows + 1))
    if len(pieces) > options.most_rows:
        raise bad_request(f"Result set is larger than result limit of {options.most_rows}")
    tally = Tally(centre, query, pieces, now_ms=now_ms, most_rows=options.most_rows)
    tally.count()
    zone = query.zone if options.bucket_offsets_local else None
    intervals = [written(piece, zone) for piece in pieces]
    data: dict[Group, list[dict[str, Any]]] = {}
    for (group, number), bucket in sorted(tally.buckets.items(), key=lambda item: item[0][1]):
        entry: dict[str, Any] = {"interval": intervals[number]}
        metrics = _metrics(query, group, bucket, options)
        views = _views(query, bucket, options)
        if metrics:
            entry["metrics"] = metrics
        if views:
            entry["views"] = views
        if metrics or bucket.views:
            data.setdefault(group, []).append(entry)
    ordered = sorted(data.items(), key=lambda item: _anyhow(repr(item[0])))
    return {"results": [{"group": dict(group), "data": entries} for group, entries in ordered]}


def service_level(rated: Mapping[str, int], options: Options) -> tuple[int, int]:
    """Numerator and denominator under the organisation's three switches."""
    denominator = rated.get("tAnswered", 0)
    if options.include_abandons:
        denominator += rated.get("tAbandon", 0)
        if not options.include_short_abandons:
            denominator -= rated.get("tShortAbandon", 0)
    if options.include_flow_outs:
        denominator += rated.get("tFlowOut", 0)
    return rated.get("tAnswered", 0) - rated.get("nOverSla", 0), denominator


def _metrics(query: AggregatesQuery, group: Group, bucket: Bucket, options: Options) -> list[dict[str, Any]]:
    shown: dict[str, dict[str, Any]] = {
        metric: _stats(metric, bucket.metrics[metric]) for metric in query.metrics if metric in bucket.metrics
    }
    of_a_queue = bucket.target is not None and any(name == "queueId" for name, _ in group)
    if "oServiceLevel" in query.metrics:
        numerator, denominator = service_level(bucket.rated, options)
        if denominator:
            level = {"ratio": numerator / denominator, "numerator": numerator, "denominator": denominator}
            if bucket.target is not None and of_a_queue:
                level["target"] = bucket.target.share
            shown["oServiceLevel"] = level
    if "oServiceTarget" in query.metrics and bucket.target is not None and of_a_queue:
        shown["oServiceTarget"] = {"current": bucket.target.share}
    return [{"metric": metric, "stats": shown[metric]} for metric in _order(group, tuple(shown))]


@lru_cache(maxsize=10_000)
def _order(group: Group, metrics: tuple[str, ...]) -> list[str]:
    """Kept, because a history asks for the same few orders a hundred thousand times."""
    return sorted(metrics, key=lambda metric: _anyhow(f"{group}{metric}"))


def _views(query: AggregatesQuery, bucket: Bucket, options: Options) -> list[dict[str, Any]]:
    views = []
    for view in query.views:
        if view.name in bucket.views:
            views.append({"name": view.name, "stats": _stats(view.target, bucket.views[view.name])})
        elif options.empty_views:
            views.append({"name": view.name, "stats": {"count": 0}})
    return views


def _stats(metric: str, stats: Stats) -> dict[str, int]:
    if metric.startswith("n"):
        return {"count": stats.count}
    return {"max": stats.max, "min": stats.min, "count": stats.count, "sum": stats.sum}


def _anyhow(text: str) -> int:
    """An order nobody should rely on, the same in every run."""
    return crc32(text.encode())
