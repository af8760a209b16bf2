"""The manifest beside the rows: what was asked, what came of it, and how to verify it.

Its keys are promises to other people's scripts; docs/exports.md describes them.
"""

from __future__ import annotations

import json
from io import BufferedWriter
from typing import TYPE_CHECKING, Any

from bot.files.table import BUFFER, DigestedFile

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, timedelta
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from bot.domain.exports import Export, GroupSummary, WrittenFile
    from bot.domain.period import Period
    from bot.domain.questions import ConversationsQuestion
    from bot.domain.report import Report
    from bot.files.table import Column

_VERSION = 1
"""Counts changes that break readers; new keys are none."""
_FORMULAS = {
    "conversations": "different conversations with a visit in the group",
    "visits": "rows in the group",
    "average_duration_seconds": "sum of end - start / conversations that are over, each counted once",
    "talk_ratio": "sum of talk / sum of end - start, of conversations that are over",
    "hold_ratio": "sum of hold / sum of end - start, of conversations that are over",
    "efficiency": "max(0, 100 - 50 x hold_ratio)",
    "wrap_up_codes": "different wrap-up codes",
    "p50_wait_seconds": "half of the answered visits waited no longer; exact to under a second, above an hour a minute",
    "p90_wait_seconds": "nine of ten answered visits waited no longer; likewise",
}


def write_manifest(path: Path, export: Export, *, asked: str, columns: Sequence[Column], personal: bool) -> WrittenFile:
    """Write a new file about the files of `export`, which has no manifest yet.

    `asked` is the question in the words of the command. Times are local to the question, with their offset.
    """
    question, fetched = export.question, export.fetched
    told = {
        "version": _VERSION,
        "query": {
            "text": asked,
            "queues": [word.text for word in question.queues],
            "media": list(question.media),
            "group_by": list(question.by),
        },
        "period": _period(question.period),
        "as_of": _instant(export.as_of, question.period.zone),
        "rows": fetched.rows,
        "conversations": fetched.conversations,
        "duplicates_removed": fetched.duplicates,
        "complete": fetched.complete,
        "missing": fetched.missing or None,
        "personal_data": personal,
        "files": [_file(file) for file in export.files],
        "columns": [_column(column) for column in columns],
        "summary": {"formulas": _FORMULAS, "groups": [_group(group, question) for group in export.summary]},
    }
    return _write(path, told)


def write_report_manifest(
    path: Path, report: Report, table: WrittenFile, *, asked: str, columns: Sequence[Column]
) -> WrittenFile:
    """Write a new file about the `table` of a report; `asked` as above. Keys that both kinds have mean the same."""
    question = report.question
    threshold = question.threshold
    told = {
        "version": _VERSION,
        "query": {
            "text": asked,
            "queues": [word.text for word in question.queues],
            "media": list(question.media),
            "group_by": list(question.by),
            "metrics": [metric.name for metric in report.metrics],
            "threshold_seconds": _seconds(threshold),
            "formula": question.formula.value,
        },
        "period": _period(question.period),
        "compared_with": _period(report.compared_with) if report.compared_with else None,
        "as_of": _instant(report.as_of, question.period.zone),
        "rows": len(report.rows),
        "complete": True,
        "missing": None,
        "personal_data": False,
        "files": [_file(table)],
        "columns": [_column(column) for column in columns],
    }
    return _write(path, told)


def _write(path: Path, told: Mapping[str, Any]) -> WrittenFile:
    file = DigestedFile(path)
    with BufferedWriter(file, BUFFER) as out:
        out.write(json.dumps(told, indent=2, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
    return file.written


def _file(file: WrittenFile) -> dict[str, Any]:
    return {"name": file.name, "size": file.size, "sha256": file.sha256}


def _column(column: Column) -> dict[str, str]:
    return {"name": column.name, "title": column.title, "meaning": column.meaning}


def _period(period: Period) -> dict[str, Any]:
    return {
        "name": period.name,
        "start": _instant(period.start, period.zone),
        "end": _instant(period.end, period.zone),
        "timezone": period.zone.key,
        "running": period.running,
    }


def _group(group: GroupSummary, question: ConversationsQuestion) -> dict[str, Any]:
    labels = zip(question.by, group.group, strict=True)
    return {
        "group": {dimension.value: {"id": label.id, "name": label.name} for dimension, label in labels},
        "conversations": group.conversations,
        "visits": group.visits,
        "average_duration_seconds": _seconds(group.average_duration),
        "talk_ratio": _rounded(group.talk_ratio, 4),
        "hold_ratio": _rounded(group.hold_ratio, 4),
        "efficiency": _rounded(group.efficiency, 2),
        "wrap_up_codes": group.wrap_up_codes,
        "p50_wait_seconds": _seconds(group.p50_wait),
        "p90_wait_seconds": _seconds(group.p90_wait),
    }


def _seconds(length: timedelta | None) -> float | None:
    return None if length is None else _rounded(length.total_seconds(), 3)


def _rounded(figure: float | None, places: int) -> float | None:
    return None if figure is None else round(figure, places)


def _instant(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).isoformat()
