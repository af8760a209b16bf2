"""Slack's own tables and charts.

`table` exists since 2025, `data_visualization` since June 2026. An older workspace answers `invalid_blocks`;
the message is then sent again through `kit.without_data_blocks`.
"""

from __future__ import annotations

from itertools import islice
from math import isfinite
from typing import TYPE_CHECKING

from bot.blocks import kit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.blocks.kit import Block

MOST_ROWS = 100
MOST_COLUMNS = 20
MOST_CELL = 200
MOST_TABLE_TEXT = 10_000
MOST_POINTS = 20
MOST_SERIES = 6
MOST_LABEL = 20
MOST_TITLE = 50

_NOTHING = "–"


def cell(text: str, number: float | None = None) -> Block:
    """A literal cell; with `number`, one that aligns and sorts as a number but shows `text`."""
    shown = kit.shorten_middle(kit.clean(text), MOST_CELL) or _NOTHING
    if number is None or not isfinite(number):
        return {"type": "raw_text", "text": shown}
    return {"type": "raw_number", "value": number, "text": shown}


def table(heads: Sequence[str], rows: Sequence[Sequence[Block]], *, last: Sequence[Block] | None = None) -> Block:
    """A table whose first column is words and whose others are figures; `last` is the row of totals.

    Rows that do not fit go from the end, and a row says how many.
    """
    width = min(len(heads), MOST_COLUMNS)
    head = [cell(text) for text in heads[:width]]
    foot = [list(last[:width])] if last else []
    room = MOST_TABLE_TEXT - _size([head, *foot]) - 100
    shown: list[list[Block]] = []
    for row in islice(rows, MOST_ROWS - 2 - len(foot)):
        cells = list(row[:width])
        room -= _size([cells])
        if room < 0:
            break
        shown.append(cells)
    if len(shown) < len(rows):
        more = cell(f"… and {len(rows) - len(shown):,} more")
        shown.append([more, *(cell("") for _ in range(width - 1))])
    settings: list[Block] = [{"is_wrapped": True}, *({"align": "right"} for _ in range(width - 1))]
    return {"type": "table", "column_settings": settings, "rows": [head, *shown, *foot]}


def _size(rows: Sequence[Sequence[Block]]) -> int:
    return sum(len(cell["text"]) for row in rows for cell in row)


def line_chart(
    title: str, labels: Sequence[str], series: Mapping[str, Sequence[float]], *, across: str, upward: str
) -> Block:
    """A line chart of up to 20 points; every series has one finite number per label.

    A label that occurs twice gets a number, because Slack matches points to labels by their text.
    """
    categories = _distinct([kit.shorten(kit.clean(label) or _NOTHING, MOST_LABEL) for label in labels[:MOST_POINTS]])
    names = _distinct([kit.shorten(kit.clean(name) or _NOTHING, MOST_LABEL) for name in islice(series, MOST_SERIES)])
    lines = [
        {
            "name": name,
            "data": [{"label": label, "value": value} for label, value in zip(categories, values, strict=False)],
        }
        for name, values in zip(names, series.values(), strict=False)
    ]
    axes = {"categories": categories, "x_label": _title(across), "y_label": _title(upward)}
    return {
        "type": "data_visualization",
        "title": _title(title),
        "chart": {"type": "line", "series": lines, "axis_config": axes},
    }


def _title(text: str) -> str:
    return kit.shorten(kit.clean(text) or _NOTHING, MOST_TITLE)


def _distinct(labels: Sequence[str]) -> list[str]:
    seen: dict[str, int] = {}
    distinct = []
    for label in labels:
        seen[label] = seen.get(label, 0) + 1
        mark = f" ({seen[label]})" if seen[label] > 1 else ""
        distinct.append(kit.shorten(label, MOST_LABEL - len(mark)) + mark)
    return distinct
