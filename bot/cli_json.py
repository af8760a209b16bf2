"""A report as plain data for scripts. The shape is a promise: add to it, but never rename or remove."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any

from bot.domain.questions import Grouping
from bot.domain.report_rows import group_value
from bot.domain.sla import Share

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.domain.amounts import Amounts
    from bot.domain.live import Contacts, QueueNow, QueueReport
    from bot.domain.metrics import Figure, Metric
    from bot.domain.period import Period
    from bot.domain.report import Report, ReportRow
    from bot.domain.sla import SlaReport, SlaRow


_AGENTS = ("on_queue", "available", "interacting", "communicating", "not_responding", "off_queue")


def sla_json(report: SlaReport) -> dict[str, Any]:
    """`ask --json` for `/sla`. A share over zero is null, and so is a threshold that differs from queue to queue.

    Rows come in the report's order. Each names its queue and medium, or its medium (`by media`), or its start and end
    (`by hour`, `by day`). Queues without contacts have no row, buckets without contacts do.
    """
    question = report.question
    return {
        "command": "sla",
        "threshold_seconds": _seconds(question.threshold) if question.threshold is not None else None,
        "formula": question.formula.value,
        "period": _period(question.period),
        "as_of": _instant(report.as_of),
        "rows": [_group(row, report.by) | _figures(row, report) for row in report.rows],
        "total": _figures(report.total, report),
    }


def queue_json(report: QueueReport) -> dict[str, Any]:
    """`ask --json` for `/queue`, rows busiest first. What Genesys did not report is null, never zero.

    `media` is null when nothing was reported of a queue's contacts. `longest_wait_seconds` is null, too, when nobody
    waits, and `estimated_wait_seconds` when there is no estimate or none came in time. `service_level` covers the half
    hour so far at the queue's own target; it is null on media without contacts in it or without a target.
    """
    half_hour = report.half_hour
    return {
        "command": "queue",
        "as_of": _instant(report.as_of),
        "half_hour": {
            "start": _instant(half_hour.start),
            "end": _instant(half_hour.end),
            "timezone": half_hour.zone.key,
        },
        "rows": [
            {
                "queue": {"id": row.queue.id, "name": row.queue.name},
                "media": [_medium(each, row) for each in row.contacts] if row.contacts else None,
                "agents": {state: getattr(row.agents, state, None) for state in _AGENTS},
            }
            for row in report.rows
        ],
        "not_reported": [{"id": queue.id, "name": queue.name} for queue in report.unreported],
    }


def report_json(report: Report) -> dict[str, Any]:
    """`ask --json` for `/report`. A share (0 to 1) or an average over zero is null; times are seconds.

    `group` has names, of hours and days when they begin, of media and directions the platform's words. `previous` is
    there when the report was compared; it is null for a group in which nothing happened before.
    """
    question, metrics = report.question, report.metrics
    compared = report.compared_with is not None

    def figures(row: ReportRow) -> dict[str, Any]:
        told: dict[str, Any] = {"values": _values(row.amounts, metrics)}
        if compared:
            told["previous"] = _values(row.previous, metrics) if row.previous else None
        return told

    return {
        "command": "report",
        "group_by": [dimension.value for dimension in question.by],
        "metrics": [metric.name for metric in metrics],
        "threshold_seconds": _seconds(question.threshold) if question.threshold is not None else None,
        "formula": question.formula.value,
        "period": _period(question.period),
        "compared_with": _period(report.compared_with) if report.compared_with else None,
        "as_of": _instant(report.as_of),
        "rows": [
            {
                "group": {
                    dimension.value: group_value(dimension, label)
                    for dimension, label in zip(question.by, row.group, strict=True)
                }
            }
            | figures(row)
            for row in report.rows
        ],
        "total": figures(report.total),
    }


def _values(amounts: Amounts, metrics: Sequence[Metric]) -> dict[str, Any]:
    return {metric.name: _value(metric.of(amounts)) for metric in metrics}


def _value(figure: Figure) -> int | float | None:
    match figure:
        case Share():
            return round(figure.value, 4) if figure.value is not None else None
        case timedelta():
            return round(figure.total_seconds(), 3)
        case _:
            return figure


def _period(period: Period) -> dict[str, str]:
    return {"start": _instant(period.start), "end": _instant(period.end), "timezone": period.zone.key}


def _medium(each: Contacts, row: QueueNow) -> dict[str, Any]:
    level, estimate = row.sla(each.media), row.estimate(each.media)
    share = level.share if level else None
    return {
        "media": each.media.value,
        "waiting": each.waiting,
        "interacting": each.interacting,
        "alerting": each.alerting,
        "longest_wait_seconds": round(each.longest_wait.total_seconds(), 1) if each.longest_wait is not None else None,
        "estimated_wait_seconds": _seconds(estimate) if estimate is not None else None,
        "service_level": {
            "within": share.within,
            "denominator": share.denominator,
            "share": round(share.value, 4) if share.value is not None else None,
        }
        if share
        else None,
    }


def _group(row: SlaRow, by: Grouping) -> dict[str, Any]:
    match by:
        case Grouping.QUEUE:
            queue = {"id": row.queue.id, "name": row.queue.name} if row.queue else None
            return {"queue": queue, "media": row.media.value if row.media else None}
        case Grouping.MEDIA:
            return {"media": row.media.value if row.media else None}
        case Grouping.HOUR | Grouping.DAY:
            bucket = row.bucket
            return {
                "start": _instant(bucket.start) if bucket else None,
                "end": _instant(bucket.end) if bucket else None,
            }


def _figures(row: SlaRow, report: SlaReport) -> dict[str, Any]:
    counts, share = row.counts, row.share
    denominator = share.denominator if share else counts.denominator(report.question.formula, report.switches)
    return {
        "offered": counts.offered,
        "answered": counts.answered,
        "within": share.within if share else None,
        "abandoned": counts.abandoned,
        "short_abandoned": counts.short_abandoned,
        "denominator": denominator,
        "share": round(share.value, 4) if share and share.value is not None else None,
    }


def _seconds(length: timedelta) -> int | float:
    seconds = length.total_seconds()
    return int(seconds) if seconds.is_integer() else seconds


def _instant(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
