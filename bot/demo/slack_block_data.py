"""The rules for tables and charts, those over a whole message included."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

from bot.demo.slack_block_elements import BUTTONS, check_element
from bot.demo.slack_block_texts import Faults

CELLS = {"raw_text", "raw_number", "rich_text"}
MOST_TABLE_ROWS, MOST_COLUMNS, MOST_TABLE_CHARACTERS = 100, 20, 10_000
MOST_DATA_ROWS, MOST_DATA_CHARACTERS = 201, 20_000
MOST_CHARTS, MOST_SERIES, MOST_POINTS, LONGEST_NAME = 2, 12, 20, 20
MOST_MARKDOWN_CHARACTERS = 12_000


def table(block: Mapping[str, Any], at: str, faults: Faults) -> None:
    """`table`: up to 100 rows of up to 20 cells, the first row being the header."""
    for number, row in enumerate(faults.items(block, "rows", at, most=MOST_TABLE_ROWS)):
        _row(row, f"{at}/rows/{number}", faults, CELLS)
    settings = block.get("column_settings")
    if settings is None:
        return
    for number, setting in enumerate(faults.items(block, "column_settings", at, most=MOST_COLUMNS, least=0)):
        setting_at = f"{at}/column_settings/{number}"
        if isinstance(setting, dict):
            faults.one_of(setting, "align", setting_at, {"left", "center", "right"})
        elif setting is not None:
            faults.add(setting_at, "bad_type", "must be an object or null")


def data_table(block: Mapping[str, Any], at: str, faults: Faults) -> None:
    """`data_table`: a caption, a header without rich text, and rows of equal length."""
    faults.string(block, "caption", at, most=2000, required=True)
    faults.whole(block, "page_size", at, least=1, most=100)
    rows = faults.items(block, "rows", at, most=MOST_DATA_ROWS, least=2)
    for number, row in enumerate(rows):
        _row(row, f"{at}/rows/{number}", faults, CELLS - {"rich_text"} if number == 0 else CELLS | {"action_cell"})
        if isinstance(row, list) and isinstance(rows[0], list) and len(row) != len(rows[0]):
            faults.add(f"{at}/rows/{number}", "bad_value", "all rows must have the same number of cells")
    if rows and isinstance(rows[0], list):
        faults.whole(block, "row_header_column_index", at, least=0, most=len(rows[0]) - 1)


def chart(block: Mapping[str, Any], at: str, faults: Faults) -> None:
    """`data_visualization`: a title and a line, bar, area or pie chart."""
    faults.string(block, "title", at, most=50, required=True)
    drawing = block.get("chart")
    at = f"{at}/chart"
    if not isinstance(drawing, dict):
        faults.missing(at, "chart")
    elif drawing.get("type") == "pie":
        _pie(drawing, at, faults)
    elif drawing.get("type") in ("line", "bar", "area"):
        _series(drawing, at, faults)
    else:
        faults.add(f"{at}/type", "bad_value", "type must be one of area, bar, line, pie")


def check_together(blocks: Iterable[Mapping[str, Any]], faults: Faults) -> None:
    """The limits over all blocks of a message: tables, charts, characters in cells and in Markdown."""
    counted: dict[str, list[Mapping[str, Any]]] = {}
    for block in blocks:
        counted.setdefault(str(block.get("type")), []).append(block)
    if len(counted.get("table", ())) > 1:
        faults.add("/blocks", "only_one_table_allowed", "a message may hold one table")
    if len(counted.get("data_visualization", ())) > MOST_CHARTS:
        faults.add("/blocks", "too_many", f"a message may hold {MOST_CHARTS} data_visualization blocks")
    for kind, most in (("table", MOST_TABLE_CHARACTERS), ("data_table", MOST_DATA_CHARACTERS)):
        if sum(map(_characters, counted.get(kind, ()))) > most:
            faults.add("/blocks", "too_long", f"the cells of {kind} blocks may hold {most} characters together")
    if sum(len(str(block.get("text", ""))) for block in counted.get("markdown", ())) > MOST_MARKDOWN_CHARACTERS:
        faults.add("/blocks", "too_long", f"markdown blocks may hold {MOST_MARKDOWN_CHARACTERS} characters together")


def _row(row: Any, at: str, faults: Faults, allowed: set[str]) -> None:
    if not isinstance(row, list) or not 1 <= len(row) <= MOST_COLUMNS:
        faults.add(at, "bad_value", f"a row must be a list of 1 to {MOST_COLUMNS} cells")
        return
    for number, cell in enumerate(row):
        _cell(cell, f"{at}/{number}", faults, allowed)


def _cell(cell: Any, at: str, faults: Faults, allowed: set[str]) -> None:
    kind = str(cell.get("type")) if isinstance(cell, dict) else None
    if kind not in allowed:
        faults.add(at, "unsupported", f"unsupported cell here: {kind}")
    elif kind == "raw_text":
        faults.string(cell, "text", at, most=3000, required=True)
    elif kind == "raw_number":
        faults.string(cell, "text", at, most=3000, required=True)
        if not _finite(cell.get("value")):
            faults.add(f"{at}/value", "bad_value", "value must be a finite number")
    elif kind == "action_cell":
        check_element(cell.get("element"), f"{at}/element", faults, BUTTONS)


def _pie(drawing: Mapping[str, Any], at: str, faults: Faults) -> None:
    for segment_at, segment in faults.objects(drawing, "segments", at, most=MOST_SERIES):
        faults.string(segment, "label", segment_at, most=LONGEST_NAME, required=True)
        if not _finite(segment.get("value")) or segment["value"] <= 0:
            faults.add(f"{segment_at}/value", "bad_value", "value must be a finite number above 0")
    if "axis_config" in drawing:
        faults.add(f"{at}/axis_config", "unsupported", "a pie has no axes")


def _series(drawing: Mapping[str, Any], at: str, faults: Faults) -> None:
    axis = drawing.get("axis_config")
    if not isinstance(axis, dict):
        faults.missing(at, "axis_config")
        return
    categories = faults.items(axis, "categories", f"{at}/axis_config", most=MOST_POINTS)
    for number, category in enumerate(categories):
        if not isinstance(category, str) or not 1 <= len(category) <= LONGEST_NAME:
            faults.add(
                f"{at}/axis_config/categories/{number}", "bad_value", f"a category has 1 to {LONGEST_NAME} characters"
            )
    if len(set(map(str, categories))) != len(categories):
        faults.add(f"{at}/axis_config/categories", "duplicate", "categories must be unique")
    faults.string(axis, "x_label", f"{at}/axis_config", most=50)
    faults.string(axis, "y_label", f"{at}/axis_config", most=50)
    names: list[str] = []
    for series_at, series in faults.objects(drawing, "series", at, most=MOST_SERIES):
        faults.string(series, "name", series_at, most=LONGEST_NAME, required=True)
        names.append(str(series.get("name")))
        _points(series, categories, series_at, faults)
    if len(set(names)) != len(names):
        faults.add(f"{at}/series", "duplicate", "names of series must be unique")


def _points(series: Mapping[str, Any], categories: list[Any], at: str, faults: Faults) -> None:
    labels: list[str] = []
    for point_at, point in faults.objects(series, "data", at, most=MOST_POINTS):
        labels.append(str(point.get("label")))
        if not _finite(point.get("value")):
            faults.add(f"{point_at}/value", "bad_value", "value must be a finite number")
    if sorted(labels) != sorted(map(str, categories)):
        faults.add(f"{at}/data", "bad_value", "every category needs exactly one point, and every point a category")


def _finite(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _characters(block: Mapping[str, Any]) -> int:
    rows = block.get("rows")
    cells = [cell for row in rows if isinstance(row, list) for cell in row] if isinstance(rows, list) else []
    return sum(len(str(cell.get("text", ""))) for cell in cells if isinstance(cell, dict))
