"""A report as columns and rows of a file."""

from __future__ import annotations

from bot.domain.report_rows import report_columns
from tests.reports import by_queue, every_metric


def test_a_file_has_the_columns_of_the_table_and_the_total_as_its_last_row() -> None:
    columns, rows = report_columns(by_queue())
    assert [(column.key, column.title) for column in columns] == [
        ("queue", "Queue"),
        ("media", "Medium"),
        ("offered", "Offered"),
        ("answered", "Answered"),
        ("service_level", "Service level %"),
        ("abandoned", "Abandoned"),
        ("abandon_share", "Abandon %"),
        ("asa_seconds", "ASA (s)"),
        ("aht_seconds", "AHT (s)"),
    ]
    assert rows[0] == ("Billing", "voice", 1240, 1118, 98100 / 1216, 98, 7600 / 1218, 18.3, 360.0)
    assert rows[-1][:4] == ("Total", "", 1550, 1418)
    assert len(rows) == 3


def test_a_file_leaves_cells_empty_where_there_is_nothing_to_divide_by() -> None:
    _, rows = report_columns(every_metric())
    assert rows[2][2:6] == (3, 0, 0.0, None)
