"""The tutorial's rule, with what it finds and what it gets wrong: it is kept as it is."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.alerts.quarters import Quarter
from bot.domain.alerts.readings import Outcome
from bot.domain.alerts.zscore import ZScore, z_score

START = datetime(2026, 3, 2, tzinfo=UTC)
HOUR_OF_DAY = [*[0.0] * 12, *map(float, (3, 4, 5, 6, 8, 9, 8, 7, 5, 4, 3, 2))] * 7


@pytest.mark.parametrize(
    ("history", "current", "z", "alarms", "why"),
    [
        ([2, 4, 3, 5, 4, 3, 7], 9.5, 3.64, True, "works"),
        ([0] * 7, 40, 0.0, False, "zero variance hides the clearest incident there is"),
        ([2.0, 2.1, 1.9], 2.5, 6.12, True, "half a point of change"),
        (HOUR_OF_DAY, 9.0, 2.06, True, "the ordinary daily peak"),
        (HOUR_OF_DAY, 100.0, 31.6, True, "one contact of one"),
        ([4, 5, 3, 4, 5, 4, 60], 20, 0.40, False, "last week's outage hides this one"),
        ([2, 4, 3, 5, 4, 3, 7], 0, -2.65, True, "good news"),
        ([3, 4], 90, None, False, "two points are none"),
    ],
)
def test_what_it_says(history: list[float], current: float, z: float | None, alarms: bool, why: str) -> None:
    found = z_score(history, current)
    assert found == (None if z is None else pytest.approx(z, abs=0.05 if abs(z) > 10 else 0.005)), why
    assert (found is not None and abs(found) > 2) is alarms, why


def hour(number: int, rate: int) -> list[Quarter]:
    """`rate` of a hundred contacts gave up in that hour, in four rows."""
    start = START + timedelta(hours=number)
    return [
        Quarter(start + timedelta(minutes=15 * i), offered=25, answered=25 - left, abandoned=left)
        for i, left in enumerate((rate - 3 * (rate // 4), rate // 4, rate // 4, rate // 4))
    ]


def test_it_judges_once_an_hour_and_tells_when_it_begins() -> None:
    rule = ZScore(2)
    rates = (2, 6, 4, 5, 4, 3, 6, 12, 60, 4)
    verdicts = [rule.feed(row) for number, rate in enumerate(rates) for row in hour(number, rate)]
    told = [verdict for verdict in verdicts if verdict is not None]
    assert [verdict.at for verdict in told] == [START + timedelta(hours=number + 1) for number in range(10)]
    assert [verdict.outcome for verdict in told[:3]] == [Outcome.LOW] * 3
    assert [number for number, verdict in enumerate(told) if verdict.began] == [7]
    assert [number for number, verdict in enumerate(told) if verdict.alarmed] == [7, 8]


def test_hours_without_rows_are_hours_without_abandoned_contacts() -> None:
    rule = ZScore(2)
    for row in hour(0, 4):
        rule.feed(row)
    *_, verdict = [rule.feed(row) for row in hour(10, 4)]
    assert verdict is not None
    assert verdict.began, "4 % after an hour of 4 % and nine closed ones"


def test_a_row_that_was_there_before_changes_nothing() -> None:
    rule = ZScore(2)
    first, *_ = hour(1, 4)
    rule.feed(first)
    assert rule.feed(hour(0, 100)[3]) is None


@pytest.mark.parametrize(
    ("points", "checks", "percent"),
    [(3, 20_000, 29.3), (5, 20_000, 17.8), (7, 20_000, 13.4), (14, 20_000, 8.5), (30, 20_000, 6.3), (168, 6_000, 4.8)],
)
def test_with_few_points_it_alarms_by_chance(points: int, checks: int, percent: float) -> None:
    chance = random.Random(7)
    found = 0
    for _ in range(checks):
        history = [chance.gauss(0, 1) for _ in range(points)]
        found += abs(z_score(history, chance.gauss(0, 1)) or 0) > 2
    assert 100 * found / checks == pytest.approx(percent, abs=0.6)
