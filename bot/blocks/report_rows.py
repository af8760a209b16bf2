"""The rows of a report as a table: one column for the group, one for each metric, a total when there are several."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.blocks import kit
from bot.blocks.data_blocks import cell, table
from bot.blocks.sla_rows import medium_words
from bot.domain.dimensions import Dimension
from bot.domain.figures import change_text, figure_text, percent_number
from bot.domain.queues import Media
from bot.domain.report_rows import TOTAL, heading
from bot.domain.sla import Share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.blocks.kit import Block
    from bot.domain.dimensions import Label
    from bot.domain.metrics import Figure, Metric
    from bot.domain.report import Report, ReportRow

MOST_SHOWN = 40
"""Rows of a table before the rest is only counted: nobody reads further in a channel."""

_MOST_LABEL = 100
_MEDIA = frozenset(media.value for media in Media)


def report_table(report: Report, shown: Sequence[ReportRow]) -> Block:
    """These rows with all their figures; what is too long for Slack goes from the end."""
    heads = [group_head(report), *(metric.title for metric in report.metrics)]

    def cells(row: ReportRow, label: str) -> list[Block]:
        return [cell(label), *(figure_cell(row, metric) for metric in report.metrics)]

    total = cells(report.total, TOTAL) if len(report.rows) > 1 else None
    return table(heads, [cells(row, group_label(report, row)) for row in shown], last=total)


def fitting(report: Report) -> tuple[Block, int]:
    """The table, and how many of the rows are in it."""
    shown = report.rows[:MOST_SHOWN]
    built = report_table(report, shown)
    figures = built["rows"][1:-1] if len(report.rows) > 1 else built["rows"][1:]
    if figures[-1][0] == cell(group_label(report, shown[-1])):
        return built, len(shown)
    # The last line only counts what Slack's limit cut off; the small print says so for the whole answer.
    shown = shown[: len(figures) - 1]
    return report_table(report, shown), len(shown)


def group_head(report: Report) -> str:
    """As "Queue", "Queue and medium", "Queue, day and agent"."""
    first, *others = [heading(dimension) for dimension in report.question.by if dimension not in _implied(report)]
    named = [first, *(f"{other[:1].lower()}{other[1:]}" for other in others)]
    return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"


def group_label(report: Report, row: ReportRow) -> str:
    """What a row is called: "Billing · email · Mon 16 Nov"; the medium goes without saying where all is voice."""
    implied = _implied(report)
    labels = zip(report.question.by, row.group, strict=True)
    told = [label_words(dimension, label) for dimension, label in labels if dimension not in implied]
    named = " · ".join(kit.shorten_middle(text, _MOST_LABEL // len(told)) for text in told)
    return f"{named[:1].upper()}{named[1:]}" if report.question.by[0] is Dimension.MEDIA else named


def label_words(dimension: Dimension, label: Label) -> str:
    """One value as people say it."""
    if dimension is Dimension.MEDIA and label.id in _MEDIA:
        return medium_words(Media(label.id))
    return kit.clean(label.name) or "(unnamed)"


def figure_cell(row: ReportRow, metric: Metric) -> Block:
    figure = metric.of(row.amounts)
    return cell(figure_words(row, metric), _number(figure))


def figure_words(row: ReportRow, metric: Metric) -> str:
    """As "1,240", or with its change "1,240 (+4.2 %)"."""
    figure = metric.of(row.amounts)
    change = change_text(figure, metric.of(row.previous)) if row.previous else None
    return f"{figure_text(figure)} ({change})" if change else figure_text(figure)


def _implied(report: Report) -> frozenset[Dimension]:
    by = report.question.by
    if Dimension.MEDIA not in by or len(by) == 1:
        return frozenset()
    place = by.index(Dimension.MEDIA)
    only_voice = {row.group[place].id for row in report.rows} <= {Media.VOICE.value}
    return frozenset({Dimension.MEDIA}) if only_voice else frozenset()


def _number(figure: Figure) -> float | None:
    match figure:
        case Share():
            return percent_number(figure)
        case timedelta():
            return round(figure.total_seconds(), 3)
        case _:
            return figure
