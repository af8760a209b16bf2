"""Intervals against published values."""

from __future__ import annotations

import pytest

from bot.domain.sla import Share
from bot.domain.statistics import newcombe, small_sample, wilson

NINETY_FIVE, NINETY = 1.96, 1.645


@pytest.mark.parametrize(
    ("successes", "n", "z", "low", "high"),
    [
        pytest.param(4, 5, NINETY_FIVE, 37.6, 96.4, id="four of five says next to nothing"),
        pytest.param(4, 5, NINETY, 43.5, 95.4, id="four of five at 90 %"),
        pytest.param(5, 5, NINETY_FIVE, 56.6, 100, id="all of a few is no certainty"),
        pytest.param(5, 5, NINETY, 64.9, 100, id="all of a few at 90 %"),
        pytest.param(0, 20, NINETY_FIVE, 0, 16.1, id="none of twenty"),
        pytest.param(0, 20, NINETY, 0, 11.9, id="none of twenty at 90 %"),
        pytest.param(16, 20, NINETY_FIVE, 58.4, 91.9, id="80 % of 20"),
        pytest.param(40, 50, NINETY_FIVE, 67.0, 88.8, id="80 % of 50"),
        pytest.param(160, 200, NINETY_FIVE, 73.9, 85.0, id="80 % of 200"),
        pytest.param(160, 200, NINETY, 75.0, 84.2, id="80 % of 200 at 90 %"),
        pytest.param(800, 1000, NINETY_FIVE, 77.4, 82.4, id="80 % of 1000"),
    ],
)
def test_the_wilson_interval_is_the_published_one(successes, n, z, low, high):
    interval = wilson(successes, n, z)

    assert interval is not None
    assert (round(100 * interval.low, 1), round(100 * interval.high, 1)) == (low, high)


def test_nothing_of_nothing_has_no_interval():
    assert wilson(0, 0) is None


def test_the_ends_of_certainty_are_exact():
    assert wilson(0, 20).low == 0.0
    assert wilson(20, 20).high == 1.0
    assert wilson(21, 20).high == 1.0, "a contact may be answered in the bucket after the one it was offered in"


@pytest.mark.parametrize(
    ("now", "before", "low", "high"),
    [
        pytest.param((412, 515), (455, 520), -12.0, -3.0, id="a real fall"),
        pytest.param((8, 10), (9, 10), -42.1, 23.6, id="one contact of ten proves nothing"),
        pytest.param((800, 1000), (820, 1000), -5.4, 1.4, id="two points of a thousand are chance"),
        pytest.param((8000, 10_000), (8200, 10_000), -3.1, -0.9, id="two points of ten thousand are not"),
    ],
)
def test_the_newcombe_interval_is_the_published_one(now, before, low, high):
    interval = newcombe(Share(within=now[0], denominator=now[1]), Share(within=before[0], denominator=before[1]))

    assert interval is not None
    assert (round(100 * interval.low, 1), round(100 * interval.high, 1)) == (low, high)


@pytest.mark.parametrize("empty_side", ["now", "before"])
def test_a_difference_to_nothing_has_no_interval(empty_side):
    sides = {"now": Share(within=1, denominator=2), "before": Share(within=1, denominator=2)}
    sides[empty_side] = Share(within=0, denominator=0)

    assert newcombe(**sides) is None


@pytest.mark.parametrize(
    ("within", "denominator", "small"),
    [
        pytest.param(0, 0, False, id="no contacts: there is no share to qualify"),
        pytest.param(19, 19, True, id="19 contacts are few, however narrow the interval"),
        pytest.param(20, 20, False, id="20 contacts all in time: narrow enough"),
        pytest.param(16, 20, True, id="80 % of 20 is wider than ten points to either side"),
        pytest.param(47, 59, True, id="80 % of 59 is just too wide"),
        pytest.param(48, 60, False, id="80 % of 60 is just narrow enough"),
        pytest.param(981, 1216, False, id="a week of a busy queue"),
    ],
)
def test_a_share_of_few_contacts_is_shown_with_its_range(within, denominator, small):
    assert (small_sample(Share(within=within, denominator=denominator)) is not None) is small
