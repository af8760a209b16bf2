"""What `unusual` finds, and how often it cries wolf, in generated traffic whose incidents are known.

Bounds are those of the reference. `pytest -n 0 -m benchmark tests/benchmarks/test_unusual.py` measures the whole size.
"""

from __future__ import annotations

import pytest

from bot.domain.alerts.rules import Preset
from bot.domain.alerts.slots import Slots
from bot.domain.alerts.unusual import Detector
from tests.detection import Score, score
from tests.world import ZONE, build


@pytest.fixture(scope="module")
def found() -> Score:
    worlds = (build(seed, queues=20, weeks=20) for seed in (21, 22))
    return score(worlds, lambda world: lambda: Detector(Slots(ZONE), Preset.DEFAULT, world.holidays))


@pytest.mark.timeout(300)
def test_it_finds_most_incidents_that_matter(found: Score) -> None:
    assert found.recall >= 0.75, found


@pytest.mark.timeout(300)
def test_it_seldom_speaks_without_an_incident(found: Score) -> None:
    assert found.false_rate <= 0.40, found


@pytest.mark.timeout(300)
def test_it_hardly_ever_speaks_where_service_is_good(found: Score) -> None:
    assert found.unjustified_rate <= 0.15, found


@pytest.mark.timeout(300)
def test_it_is_told_within_the_hour(found: Score) -> None:
    assert found.delay <= 60, found


@pytest.mark.timeout(300)
def test_a_holiday_that_is_listed_is_quiet(found: Score) -> None:
    assert found.alerts > 0
    assert found.on_holidays == 0, found
