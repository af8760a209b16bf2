"""Lines of a back-test."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.alerts.quarters import Quarter
from bot.domain.alerts.replay import Named, Row
from bot.files.rows_file import RowRefused, rows

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
WHOLE = {
    "queue": "Billing",
    "start": "2026-03-02T09:00:00Z",
    "minutes": 15,
    "offered": 12,
    "answered": 10,
    "abandoned": 3,
    "short_abandoned": 1,
    "answered_within_20": 8,
    "wait_sum_s": 140.5,
    "waiting_at_end": 2,
    "oldest_wait_at_end_s": 31.5,
}
GIVEN = Quarter(NINE, 15, 12, 10, 3, 1, 4, 2, timedelta(seconds=31.5))


def read(*lines: dict[str, Any] | bytes) -> list[Row]:
    return list(rows(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines))


@pytest.mark.parametrize(
    ("change", "expected", "why"),
    [
        ({}, GIVEN, "everything is there"),
        ({"start": "2026-03-02T10:00:00+01:00"}, GIVEN, "with an offset"),
        ({"start": "2026-03-02T09:00:00"}, GIVEN, "without one it is UTC"),
        ({"start": "2026-03-02 09:00:00.000Z"}, GIVEN, "a blank, and fractions"),
        ({"offered": 12.0, "minutes": 15.0}, GIVEN, "whole numbers as other programs write them"),
        ({"handle_sum_s": 1, "agents": {"on": 3}}, GIVEN, "what is not known is passed over"),
        ({"answered_within_20": None}, GIVEN._replace(missed=None), "no promise is known"),
        ({"answered_within_20": None, "over_target": 2}, GIVEN, "late ones instead"),
        ({"answered_within_10": 1}, GIVEN, "20 seconds are the longest of at most 20"),
        ({"answered_within_30": 10}, GIVEN, "and preferred to longer ones"),
        ({"waiting_at_end": None}, GIVEN._replace(waiting=None), "nobody looked"),
        ({"oldest_wait_at_end_s": 0}, GIVEN._replace(oldest_wait=None), "nobody waited"),
        ({"offered": None}, GIVEN._replace(offered=13), "who was answered or left had come"),
    ],
)
def test_a_line_is_a_row(change: dict[str, Any], expected: Quarter, why: str) -> None:
    assert read(WHOLE | change) == [Row(Named("Billing", ""), expected)], why


@pytest.mark.parametrize(("names", "missed"), [((30, 60), 2), ((5, 10, 60), 3), ((300,), 1)])
def test_of_several_thresholds_one_counts(names: tuple[int, ...], missed: int) -> None:
    line = {"queue": "q", "start": "2026-03-02T09:00:00Z", "answered": 4}
    within = {5: 0, 10: 1, 30: 2, 60: 4, 300: 3}
    ((_, quarter),) = read(line | {f"answered_within_{name}": within[name] for name in names})
    assert quarter.missed == missed


def test_only_queue_and_start_must_be_there() -> None:
    assert read({"queue": 7, "start": "2026-03-02T09:00:00Z", "media": "chat"}) == [
        Row(Named(7, "chat"), Quarter(NINE))
    ]


def test_empty_lines_are_passed_over() -> None:
    line = json.dumps(WHOLE).encode()
    assert len(read(b"\xef\xbb\xbf" + line, b"\n", b"  \r\n", line, b"")) == 2


@pytest.mark.parametrize(
    ("line", "said", "why"),
    [
        (b'{"queue": "q"', "Line 2: ", "cut short"),
        (b"[]", "Line 2: ", "no object"),
        (b"{}", "queue", "without a queue"),
        (b'{"queue": "q"}', "start", "without a start"),
        (b'{"queue": "q", "start": "soon"}', "“start”", "no moment"),
        (b'{"queue": "q", "start": "2026-03-02T09:07:00Z"}', "“start”", "not on a quarter of an hour"),
        (b'{"queue": "q", "start": "2026-03-02T09:00:00Z", "minutes": 7}', "“minutes”", "no such row"),
        (b'{"queue": "q", "start": "2026-03-02T09:00:00Z", "offered": "many"}', "“offered”", "no number"),
        (b'{"queue": "q", "start": "2026-03-02T09:00:00Z", "abandoned": -1}', "“abandoned”", "less than nothing"),
        (
            b'{"queue": "q", "start": "2026-03-02T09:00:00Z", "answered_within_20": []}',
            "“answered_within_20”",
            "a list",
        ),
        (b'{"queue": "\xff", "start": "2026-03-02T09:00:00Z"}', "Line 2: ", "not UTF-8"),
        (b'{"queue": "q", "start": "0001-01-01T00:00:00+14:00"}', "“start”", "before the first year"),
    ],
)
def test_a_line_that_is_none_is_named(line: bytes, said: str, why: str) -> None:
    with pytest.raises(RowRefused) as raised:
        read(WHOLE, line)
    assert said in str(raised.value), why
    assert raised.value.line == 2


@given(
    st.binary(max_size=80)
    | st.text(max_size=60).map(lambda text: ('{"queue": "q", "start": ' + text).encode("utf-8", "replace"))
)
def test_whatever_a_line_holds_it_is_a_row_or_refused(line: bytes) -> None:
    with suppress(RowRefused):
        read(line)
