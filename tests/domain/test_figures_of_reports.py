"""Figures of reports as words, and how they changed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.figures import change_text, figure_text
from bot.domain.sla import Share


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


@pytest.mark.parametrize(
    ("figure", "text"),
    [
        pytest.param(1240, "1,240", id="a count"),
        pytest.param(0, "0", id="none is a figure"),
        pytest.param(None, "–", id="nothing to divide by"),
        pytest.param(Share(within=1, denominator=0), "–", id="a share of nothing"),
        pytest.param(Share(within=2, denominator=3), "66.7 %", id="a share"),
        pytest.param(seconds(18.5), "19 s", id="half a second is rounded up"),
        pytest.param(seconds(18.499), "18 s", id="less is rounded down"),
        pytest.param(seconds(600), "600 s", id="seconds up to ten minutes"),
        pytest.param(seconds(600.5), "10:01", id="minutes above"),
        pytest.param(seconds(3599.5), "1:00:00", id="hours from an hour on"),
        pytest.param(seconds(100 * 3600 + 65), "100:01:05", id="days are hours"),
    ],
)
def test_a_figure_is_said_with_its_unit(figure, text) -> None:
    assert figure_text(figure) == text


@pytest.mark.parametrize(
    ("now", "before", "text"),
    [
        pytest.param(1042, 1000, "+4.2 %", id="a count"),
        pytest.param(1200, 1000, "▲ 20.0 %", id="a large change"),
        pytest.param(800, 1000, "▼ 20.0 %", id="a large fall"),
        pytest.param(12, 10, "+20.0 %", id="a few more may be chance"),
        pytest.param(1000, 1000, "0.0 %", id="no change"),
        pytest.param(9999, 10_000, "0.0 %", id="no sign before nothing"),
        pytest.param(5, 0, None, id="from nothing"),
        pytest.param(0, 1000, "▼ 100.0 %", id="to nothing"),
        pytest.param(seconds(60), seconds(50), "+20.0 %", id="a time"),
        pytest.param(seconds(60), seconds(0), None, id="a time from nothing"),
        pytest.param(None, seconds(50), None, id="a time that is missing"),
        pytest.param(Share(within=80, denominator=100), Share(within=81, denominator=100), "-1.0 pp", id="a share"),
        pytest.param(Share(within=0, denominator=0), Share(within=1, denominator=1), None, id="a share of nothing"),
    ],
)
def test_a_change_is_percent_of_amounts_and_points_of_shares(now, before, text) -> None:
    assert change_text(now, before) == text
