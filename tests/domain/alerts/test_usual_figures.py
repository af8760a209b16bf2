"""What is usual at one time of the week."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from bot.domain.alerts.measures import BY_NAME
from bot.domain.alerts.samples import Place, Sample
from bot.domain.alerts.usual import Usual, usual_of
from bot.domain.ids import QueueId
from bot.domain.queues import Media
from bot.domain.sla import Share, Switches

if TYPE_CHECKING:
    from bot.domain.metrics import Figure

LONDON = ZoneInfo("Europe/London")
PLACE = Place(QueueId("q"), Media.VOICE)
TARGET = timedelta(seconds=20)
HALF_HOUR, QUARTER = timedelta(minutes=30), timedelta(minutes=15)
NOW = datetime(2026, 4, 6, 8, tzinfo=UTC)
"""Nine by the clock on a Monday; the clocks went forward on 29 March."""


def sample(start: datetime, offered: int, in_time: int) -> Sample:
    return Sample(place=PLACE, start=start, offered=offered, answered=offered, within={TARGET: in_time})


def monday(weeks: int) -> datetime:
    """Nine by the clock, so many weeks before."""
    local = datetime(2026, 4, 6, 9, tzinfo=LONDON) - timedelta(weeks=weeks)
    return local.astimezone(UTC)


SAMPLES = [
    sample(monday(week) + number * QUARTER, 10 + week, 10 - week) for week in range(11) for number in range(-2, 4)
]


def usual(holidays: frozenset[date] = frozenset()) -> Usual:
    return usual_of(SAMPLES, NOW, HALF_HOUR, LONDON, threshold=TARGET, switches=Switches(), holidays=holidays)


@pytest.mark.parametrize(
    ("measure", "lowest", "highest"),
    [
        ("offered", 22, 36),
        ("service_level", Share(within=4, denominator=36), Share(within=18, denominator=22)),
        ("asa_seconds", None, None),
        ("waiting", None, None),
    ],
)
def test_the_lowest_and_the_highest_of_eight_weeks(measure: str, lowest: Figure, highest: Figure) -> None:
    assert usual().range(BY_NAME[measure]) == (None if lowest is None else (lowest, highest))


def test_the_one_in_the_middle() -> None:
    assert usual().middle(BY_NAME["offered"]) == 28


def test_a_holiday_is_left_out() -> None:
    assert usual(frozenset({monday(8).date()})).range(BY_NAME["offered"]) == (22, 34)


def test_without_samples_nothing_is_usual() -> None:
    found = usual_of([], NOW, HALF_HOUR, LONDON, threshold=TARGET, switches=Switches())
    assert (found.weeks, found.range(BY_NAME["offered"]), found.middle(BY_NAME["offered"])) == ((), None, None)
