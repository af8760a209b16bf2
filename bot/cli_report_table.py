"""A report as a table for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from bot.blocks.report import basis, headline, leftovers, remarks, times
from bot.blocks.report_rows import figure_words, group_head, group_label
from bot.domain.report_rows import TOTAL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from bot.domain.metrics import Metric
    from bot.domain.report import Report, ReportRow

MOST_SHOWN = 200
"""Rows before the rest is only counted."""
MOST_COLUMNS = 7
"""Metrics side by side in 80 columns; more go into another table below."""


def report_table(report: Report) -> Iterator[RenderableType]:
    """What is printed, in order: the point, the rows with their total, what is not in them, what it rests on.

    Foreign text is never read as markup.
    """
    yield Text(headline(report), style="bold")
    for line in remarks(report):
        yield Text(line)
    shown = report.rows[:MOST_SHOWN]
    if shown:
        for first in range(0, len(report.metrics), MOST_COLUMNS):
            yield _table(report, shown, report.metrics[first : first + MOST_COLUMNS])
    for line in (*leftovers(report, len(shown), "--json has them all"), basis(report), times(report)):
        if line:
            yield Text(line, style="dim")


def _table(report: Report, shown: tuple[ReportRow, ...], metrics: tuple[Metric, ...]) -> Table:
    table = Table(box=None, pad_edge=False, collapse_padding=True, header_style="bold")
    table.add_column(group_head(report), overflow="fold")
    rows = [(group_label(report, row), row) for row in shown]
    if len(report.rows) > 1:
        rows.append((TOTAL, report.total))
    for metric in metrics:
        told = [figure_words(row, metric) for _, row in rows]
        # A title wraps between words, a change stands below its figure; neither is ever cut.
        width = max(len(part) for text in told for part in (*metric.title.split(), *_stacked(text).split("\n")))
        table.add_column(metric.title, justify="right", min_width=width)
    for name, row in rows:
        if row is report.total:
            table.add_section()
        cells = [Text(_stacked(figure_words(row, metric))) for metric in metrics]
        table.add_row(Text(name), *cells, style="bold" if row is report.total else "")
    return table


def _stacked(figure: str) -> str:
    return figure.replace(" (", "\n").removesuffix(")")
