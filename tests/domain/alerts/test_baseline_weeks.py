"""The same hour of the weeks before, against plain sums of the rows that there were."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.alerts.baseline import Baseline, Week
from bot.domain.alerts.quarters import Quarter
from bot.domain.alerts.slots import PER_WEEK, Slots

LONDON = ZoneInfo("Europe/London")
SUNDAY = datetime(2025, 8, 31, 19, tzinfo=UTC)
"""Weeks are kept from Sunday to Saturday, by the clock: rows of both sides of midnight count together."""


def there(week: int, kept: str) -> bool:
    return kept[week] == "x"


@pytest.mark.parametrize(
    ("kept", "why"),
    [
        ("xxxxxxxxxxxx", "longer than is looked back on; the clocks change in the ninth"),
        ("xxxx..xxxx", "two weeks without rows"),
        ("xx.........x", "all of what was known is too old"),
        ("x", "the first week"),
    ],
)
def test_weeks_are_the_sums_of_up_to_five_rows(kept: str, why: str) -> None:
    chance = random.Random(7)
    slots = Slots(LONDON)
    baseline = Baseline(slots, frozenset())
    known: dict[int, Quarter] = {}
    for week in range(len(kept)):
        for number in range(PER_WEEK):
            start = SUNDAY + timedelta(weeks=week, minutes=15 * number)
            if not there(week, kept) or (number % 96) not in {0, 1, 2, 3, 4, 17, 18, 19, 20, 21, 22, 95}:
                continue
            answered, gone = chance.randrange(60), chance.randrange(9)
            row = Quarter(start, 15, answered + gone, answered, gone, 0, chance.choice((None, gone)))
            expected = baseline.expect(row)
            assert expected is not None
            index = expected.slot.number
            assert baseline.weeks(index) == plain(known, index), (why, start)
            if not expected.slot.again:
                known[index] = row
            baseline.learn(row, expected)


def plain(known: dict[int, Quarter], index: int) -> tuple[Week, ...]:
    found = []
    for week in range(8, 0, -1):
        rows = [row for near in range(-2, 3) if (row := known.get(index - week * PER_WEEK + near))]
        rated = [row for row in rows if row.missed is not None]
        if rows:
            found.append(
                Week(
                    rows=len(rows),
                    offered=sum(row.offered for row in rows),
                    n=sum(row.n for row in rows),
                    gave_up=sum(row.gave_up for row in rows),
                    missed=sum(row.missed or 0 for row in rated),
                    of=sum(row.n for row in rated),
                )
            )
    return tuple(found)
