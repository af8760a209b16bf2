"""The summary of an export as a table: a row for each group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks import kit
from bot.blocks.data_blocks import cell, table
from bot.blocks.report_rows import label_words
from bot.domain.figures import NO_FIGURE, count, time_text
from bot.domain.report_rows import heading

if TYPE_CHECKING:
    from datetime import timedelta

    from bot.blocks.kit import Block
    from bot.domain.exports import Export, GroupSummary

MOST_SHOWN = 20
_MOST_LABEL = 100
_HEADS = (
    "Conversations",
    "p50 wait",
    "p90 wait",
    "Avg. duration",
    "Talk ratio",
    "Hold ratio",
    "Efficiency",
    "Wrap-up codes",
)


def summary_table(export: Export) -> Block:
    """The largest groups; the rest is counted. Conversations of several groups are in each, so there is no total."""
    by = export.question.by
    heads = [" · ".join(heading(dimension) for dimension in by), *_HEADS]

    def label(row: GroupSummary) -> str:
        told = [label_words(dimension, one) for dimension, one in zip(by, row.group, strict=True)]
        return " · ".join(kit.shorten_middle(text, _MOST_LABEL // len(told)) for text in told)

    rows = [[cell(label(row)), *_figures(row)] for row in export.summary[:MOST_SHOWN]]
    hidden = len(export.summary) - MOST_SHOWN
    if hidden > 0:
        rows.append([cell(f"… and {count(hidden)} more"), *(cell("") for _ in _HEADS)])
    return table(heads, rows)


def _figures(row: GroupSummary) -> list[Block]:
    return [
        cell(count(row.conversations), row.conversations),
        _time(row.p50_wait),
        _time(row.p90_wait),
        _time(row.average_duration),
        _ratio(row.talk_ratio),
        _ratio(row.hold_ratio),
        cell(NO_FIGURE) if row.efficiency is None else cell(f"{row.efficiency:.1f}", row.efficiency),
        cell(count(row.wrap_up_codes), row.wrap_up_codes),
    ]


def _time(length: timedelta | None) -> Block:
    return cell(NO_FIGURE) if length is None else cell(time_text(length), round(length.total_seconds(), 3))


def _ratio(ratio: float | None) -> Block:
    return cell(NO_FIGURE) if ratio is None else cell(f"{100 * ratio:.1f} %", round(100 * ratio, 1))
