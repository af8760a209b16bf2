"""A report as columns and rows of plain values, for files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.dimensions import Dimension
from bot.domain.figures import exact
from bot.domain.metrics import Unit
from bot.domain.sla import Share

if TYPE_CHECKING:
    from bot.domain.dimensions import Label
    from bot.domain.metrics import Figure, Metric
    from bot.domain.report import Report, ReportRow

Value = str | int | float | None
"""One cell; None where there is nothing to divide by."""

TOTAL = "Total"

_HEADS = {
    Dimension.QUEUE: "Queue",
    Dimension.DIVISION: "Division",
    Dimension.MEDIA: "Medium",
    Dimension.HOUR: "Hour",
    Dimension.DAY: "Day",
    Dimension.AGENT: "Agent",
    Dimension.WRAPUP: "Wrap-up code",
    Dimension.DIRECTION: "Direction",
}
_BY_ID = frozenset({Dimension.MEDIA, Dimension.HOUR, Dimension.DAY, Dimension.DIRECTION})


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a file."""

    title: str
    """For people, with the unit."""
    key: str
    """For scripts: a dimension, or a metric's name."""
    metric: Metric | None = None
    """What its figures are; None for a dimension."""


def report_columns(report: Report) -> tuple[tuple[Column, ...], tuple[tuple[Value, ...], ...]]:
    """The columns, and every row with the total as the last.

    Times are seconds with one decimal, shares percent in full (80.675…), counts whole. The total's first group is
    "Total", its others are empty. A compared report has each figure of the period before beside it, as `…_before`.
    """
    by, metrics, compared = report.question.by, report.metrics, report.compared_with is not None
    groups = [Column(title=_HEADS[dimension], key=dimension.value) for dimension in by]
    figures = []
    for metric in metrics:
        figures.append(Column(title=_title(metric), key=metric.name, metric=metric))
        if compared:
            figures.append(Column(title=f"{_title(metric)} before", key=f"{metric.name}_before", metric=metric))

    def cells(row: ReportRow) -> tuple[Value, ...]:
        values: list[Value] = []
        for metric in metrics:
            values.append(_plain(metric.of(row.amounts)))
            if compared:
                values.append(None if row.previous is None else _plain(metric.of(row.previous)))
        return tuple(values)

    rows = [
        (*(group_value(dimension, label) for dimension, label in zip(by, row.group, strict=True)), *cells(row))
        for row in report.rows
    ]
    total = (TOTAL, *("" for _ in by[1:]), *cells(report.total))
    return (*groups, *figures), (*rows, total)


def group_value(dimension: Dimension, label: Label) -> str:
    """What a script reads: hours and days by when they begin, media and directions as the platform calls them.

    Everything else by name; so is what has no value.
    """
    return label.id if dimension in _BY_ID and label.id else label.name


def heading(dimension: Dimension) -> str:
    """What a column of this dimension is called."""
    return _HEADS[dimension]


def _title(metric: Metric) -> str:
    if metric.unit is Unit.TIME:
        return f"{metric.title} (s)"
    return f"{metric.title} %" if metric.unit is Unit.SHARE and "%" not in metric.title else metric.title


def _plain(figure: Figure) -> Value:
    match figure:
        case Share():
            value = exact(figure)
            return None if value is None else float(100 * value)
        case timedelta():
            return round(figure.total_seconds(), 1)
        case _:
            return figure
