"""Numbers as people read them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.figures import (
    count,
    duration,
    gap,
    likely,
    meets,
    percent,
    percent_number,
    points,
    target_percent,
)
from bot.domain.queues import Target
from bot.domain.sla import Share
from bot.domain.statistics import Interval


def share(within: int, denominator: int) -> Share:
    return Share(within=within, denominator=denominator)


def target(promised: float) -> Target:
    return Target(share=promised, threshold=timedelta(seconds=20))


@pytest.mark.parametrize(
    ("within", "denominator", "said"),
    [
        pytest.param(981, 1216, "80.7 %", id="one decimal"),
        pytest.param(0, -1, "–", id="none of less than none"),
        pytest.param(-3, 2, "0.0 %", id="less than none"),
        pytest.param(1, 8, "12.5 %", id="exact"),
        pytest.param(1, 800, "0.1 %", id="0.125 rounds down"),
        pytest.param(5, 8000, "0.1 %", id="0.0625 rounds up"),
        pytest.param(1, 400, "0.3 %", id="0.25: half goes away from zero"),
        pytest.param(3, 400, "0.8 %", id="0.75: half goes away from zero, not to even"),
        pytest.param(0, 5, "0.0 %", id="nothing happened"),
        pytest.param(5, 5, "100.0 %", id="nothing was missed"),
        pytest.param(99_999, 100_000, "> 99.9 %", id="something was missed"),
        pytest.param(1, 100_000, "< 0.1 %", id="something happened"),
        pytest.param(6, 5, "100.0 %", id="never above everything"),
        pytest.param(0, 0, "–", id="nothing to divide by"),
    ],
)
def test_a_share_is_rounded_for_the_eye(within, denominator, said):
    assert percent(share(within, denominator)) == said


@pytest.mark.parametrize(
    ("within", "denominator", "promised", "said"),
    [
        pytest.param(1999, 2500, 0.8, "79.96 %", id="missed by a hair"),
        pytest.param(2000, 2500, 0.8, "80.0 %", id="met to the dot"),
        pytest.param(79_999, 100_000, 0.8, "79.999 %", id="missed by less"),
        pytest.param(1999, 2000, 1.0, "99.95 %", id="a promise of everything"),
        pytest.param(79_961, 100_000, 0.7996, "80.0 %", id="met: rounding up does not contradict"),
        pytest.param(79_970, 100_000, 0.7998, "79.97 %", id="a target with decimals of its own"),
    ],
)
def test_rounding_never_contradicts_the_verdict(within, denominator, promised, said):
    assert percent(share(within, denominator), target=target(promised)) == said


@given(denominator=st.integers(1, 10**7), part=st.floats(0, 1), promised=st.integers(1, 100))
def test_no_percentage_lies(denominator, part, promised):
    value = share(round(part * denominator), denominator)
    said = percent(value, target=target(promised / 100))
    if said[0] in "<>":
        assert 0 < value.within < denominator
        return
    number = float(said.removesuffix(" %"))
    assert (number >= promised) == (100 * value.within >= promised * denominator)
    assert (number == 100) == (value.within == denominator)
    assert (number == 0) == (value.within == 0)


def test_a_target_read_as_a_binary_float_is_what_was_typed():
    assert meets(share(8, 10), target(0.800000011920929)) is True
    assert meets(share(7, 10), target(0.7)) is True
    assert target_percent(target(0.800000011920929)) == "80 %"
    assert target_percent(target(0.825)) == "82.5 %"
    assert meets(share(0, 0), target(0.8)) is None


@pytest.mark.parametrize(
    ("within", "denominator", "said"),
    [
        pytest.param(981, 1216, "+0.7 pp", id="above"),
        pytest.param(881, 1216, "-7.5 pp", id="below"),
        pytest.param(8, 10, "0.0 pp", id="met to the dot has no sign"),
        pytest.param(1999, 2500, "-0.04 pp", id="missed by a hair is not 0.0"),
        pytest.param(0, 0, None, id="no share, no distance"),
    ],
)
def test_the_distance_to_the_target_is_in_points(within, denominator, said):
    assert gap(share(within, denominator), target(0.8)) == said


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        pytest.param((412, 515), (455, 520), "▼ 7.5 pp", id="a real fall"),
        pytest.param((455, 520), (412, 515), "▲ 7.5 pp", id="a real rise"),
        pytest.param((8, 10), (9, 10), "-10.0 pp", id="large, but few contacts"),
        pytest.param((800, 1000), (820, 1000), "-2.0 pp", id="two points that may be chance"),
        pytest.param((8000, 10_000), (8200, 10_000), "▼ 2.0 pp", id="two points that are not"),
        pytest.param((80_100, 100_000), (82_000, 100_000), "-1.9 pp", id="certain, but small"),
        pytest.param((1, 2), (1, 2), "0.0 pp", id="no change"),
        pytest.param((0, 0), (1, 2), None, id="nothing now"),
        pytest.param((1, 2), (0, 0), None, id="nothing then"),
    ],
)
def test_an_arrow_needs_two_points_and_more_than_chance(now, before, said):
    assert points(share(*now), share(*before)) == said


@pytest.mark.parametrize(
    ("within", "denominator", "plotted"),
    [
        pytest.param(981, 1216, 80.7, id="one decimal"),
        pytest.param(99_999, 100_000, 99.9, id="a missed contact is not everything"),
        pytest.param(1, 100_000, 0.1, id="a contact in time is not nothing"),
        pytest.param(5, 5, 100.0, id="everything"),
        pytest.param(0, 5, 0.0, id="nothing"),
        pytest.param(0, 0, None, id="no contacts have no point"),
    ],
)
def test_a_chart_plots_what_the_text_says(within, denominator, plotted):
    assert percent_number(share(within, denominator)) == plotted


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(0), "0 s"),
        (timedelta(seconds=30), "30 s"),
        (timedelta(seconds=60), "1 min"),
        (timedelta(seconds=90), "1 min 30 s"),
        (timedelta(hours=4), "4 h"),
        (timedelta(hours=1, seconds=1), "1 h 1 s"),
        (timedelta(milliseconds=1500), "1.5 s"),
        (timedelta(milliseconds=20), "0.02 s"),
        (timedelta(days=2), "48 h"),
        (timedelta(seconds=100), "1 min 40 s"),
    ],
)
def test_a_duration_has_every_part_that_is_not_zero(length, said):
    assert duration(length) == said


def test_thousands_are_grouped_and_ranges_are_whole():
    assert [count(0), count(999), count(1240), count(1_234_567)] == ["0", "999", "1,240", "1,234,567"]
    assert likely(Interval(low=0.376, high=0.964)) == "38–96 %"
