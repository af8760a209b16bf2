"""The worked examples of “worse than usual”, number by number."""

from __future__ import annotations

from datetime import UTC, datetime
from math import sqrt
from zoneinfo import ZoneInfo

import pytest

from bot.domain.alerts import volume
from bot.domain.alerts.presets import LIMITS
from bot.domain.alerts.rates import RateSums, expected_rate, overall_rate, recent_z, spread
from bot.domain.alerts.rules import Preset
from bot.domain.alerts.slots import PER_WEEK, Slots, same_hour
from bot.domain.alerts.volume import VolumeSums

LONDON, NEW_YORK, LORD_HOWE = ZoneInfo("Europe/London"), ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe")
DEFAULT = LIMITS[Preset.DEFAULT]


def test_the_usual_rate_is_of_the_same_hour_drawn_a_little_to_the_overall_one() -> None:
    weeks = [(11, 96), (14, 101), (9, 92), (20, 99), (12, 97), (10, 95), (13, 103), (15, 100)]
    missed, contacts = (sum(column) for column in zip(*weeks, strict=True))
    overall = overall_rate(1310, 10900)
    assert (missed, contacts, round(overall, 6)) == (104, 783, 0.120055)
    assert expected_rate(missed, contacts, overall) == pytest.approx(0.132504, abs=5e-7)


@pytest.mark.parametrize(
    ("x", "n", "overall", "expected", "why"),
    [(0, 10_000, 0.0001, 0.01, "never less than 1 %"), (9_999, 10_000, 0.9999, 0.99, "never more than 99 %")],
)
def test_a_usual_rate_leaves_room_on_both_sides(x: int, n: int, overall: float, expected: float, why: str) -> None:
    assert expected_rate(x, n, overall) == expected, why


def test_a_worsening_queue_fires_on_the_fifth_row() -> None:
    sums, told = RateSums(), []
    for n, x in ((28, 3), (30, 5), (27, 9), (31, 15), (29, 17)):
        sums.add(x, n, 0.12)
        told.append(
            (
                round(sums.n, 2),
                round(sums.x, 2),
                round(sums.e, 2),
                round(sums.v, 3),
                round(sums.raw, 3),
                round(sums.raw / 2.1, 2),
                round(sums.x - sums.e, 1),
                round(100 * (sums.x - sums.e) / sums.n, 1),
                sums.fires(2.1, DEFAULT, DEFAULT.missed),
            )
        )
    assert told == [
        (28.00, 3.00, 3.36, 2.957, -0.209, -0.10, -0.4, -1.3, False),
        (54.38, 7.61, 6.53, 5.409, 0.467, 0.22, 1.1, 2.0, False),
        (74.34, 15.63, 8.92, 6.950, 2.544, 1.21, 6.7, 9.0, False),
        (95.71, 28.60, 11.49, 8.541, 5.857, 2.79, 17.1, 17.9, False),
        (112.32, 41.90, 13.48, 9.535, 9.204, 4.38, 28.4, 25.3, True),
    ]


def test_it_is_over_when_the_last_half_hour_alone_is_as_usual_twice() -> None:
    rows = [(19, 30, 0.12), (4, 29, 0.12), (3, 30, 0.12), (5, 28, 0.12)]
    found = [round(recent_z(rows[i - 1 : i + 1], 2.1), 2) for i in (1, 2, 3)]
    assert found == [3.04, -0.02, 0.20]


def test_a_small_queue_fires_when_six_contacts_are_affected() -> None:
    p = expected_rate(2, 9, 0.08)
    assert p == pytest.approx(0.124138, abs=5e-7)
    sums, told = RateSums(), []
    for n, x in ((3, 1), (2, 1), (4, 3), (3, 3), (4, 4)):
        sums.add(x, n, 0.124)
        told.append((sums.x - sums.e, round(sums.raw / 1.4, 2), sums.fires(1.4, DEFAULT, DEFAULT.missed)))
    assert [(z, fires) for _, z, fires in told] == [
        (0.79, False),
        (1.36, False),
        (2.93, False),
        (4.31, False),
        (5.73, True),
    ]
    # The last is 8.546, which the reference gives as 8.6.
    assert [excess for excess, *_ in told] == pytest.approx([0.6, 1.3, 3.6, 5.8, 8.6], abs=0.06)


@pytest.mark.parametrize(
    ("x", "n", "p", "raw", "why"),
    [
        (4, 5, 0.12, None, "five contacts are too few"),
        (140, 2000, 0.05, 4.1, "a large queue does not page about two points"),
    ],
)
def test_it_stays_silent(x: int, n: int, p: float, raw: float | None, why: str) -> None:
    sums = RateSums()
    sums.add(x, n, p)
    assert raw is None or round(sums.raw, 1) == raw
    assert not sums.fires(1.0, DEFAULT, DEFAULT.missed), why


@pytest.mark.parametrize(
    ("squares", "values", "expected", "why"),
    [(59 * 9.0, 59, 2.0, "not known yet"), (60 * 9.0, 60, 3.0, "a root mean square")],
)
def test_how_restless_a_queue_is(squares: float, values: int, expected: float, why: str) -> None:
    assert spread(squares, values) == expected, why


def test_laney_spread_of_eight_counts() -> None:
    """By the standard deviation of z, as Minitab prints it; ours is about zero instead of about the mean."""
    rows = [(9, 122), (12, 118), (18, 120), (20, 140), (22, 128), (25, 131), (27, 119), (31, 125)]
    p = sum(x for x, _ in rows) / sum(n for _, n in rows)
    z = []
    for x, n in rows:
        sums = RateSums()
        sums.add(x, n, p)
        z.append(sums.raw)
    assert [round(value, 3) for value in z] == [-2.680, -1.816, -0.400, -0.661, 0.256, 0.846, 1.870, 2.554]
    assert round(sqrt(sum(value * value for value in z) / len(z)), 3) == 1.654


def test_a_new_count_is_held_against_that_spread() -> None:
    p = 164 / 1003
    sums = RateSums()
    sums.add(42, 125, p)
    assert (round(sums.raw, 2), round(recent_z([(42, 125, p)], 1.654), 2)) == (5.21, 3.15)


def test_contacts_that_stay_away_fire_on_the_fourth_row() -> None:
    sums, told = VolumeSums(), []
    for offered, expected in zip((41, 38, 12, 9, 11), (40, 42, 43, 44, 44), strict=True):
        sums.add(offered, expected)
        told.append((round(sums.z(0.12), 2), sums.material and sums.z(0.12) <= volume.LOW))
        if len(told) == 4:
            change = sums.e - sums.x
            assert (round(change, 1), round(100 * change / sums.e)) == (58.6, 53)
    assert told == [(0.13, False), (-0.29, False), (-2.37, False), (-3.68, True), (-4.32, True)]


@pytest.mark.parametrize(
    ("changes", "noises", "expected", "why"),
    [
        ([0.5] * 59, [0.0] * 59, 0.15, "short of history"),
        ([0.01, -0.01] * 40, [0.0] * 80, 0.08, "never less"),
        ([0.2, -0.2] * 40, [0.0] * 80, 0.29652, "1.4826 times the median absolute deviation"),
        ([0.2, -0.2] * 40, [0.04] * 80, (0.29652**2 - 0.04) ** 0.5, "without what chance alone makes of it"),
    ],
)
def test_how_much_the_volume_varies(changes: list[float], noises: list[float], expected: float, why: str) -> None:
    assert volume.spread(changes, noises) == pytest.approx(expected), why


@pytest.mark.parametrize(
    ("zone", "moment", "before", "why"),
    [
        (LONDON, (2025, 10, 27, 9, 0), (2025, 10, 20, 8, 0), "169 hours"),
        (NEW_YORK, (2025, 11, 3, 14, 0), (2025, 10, 27, 13, 0), "169 hours"),
        (LORD_HOWE, (2025, 10, 5, 22, 0), (2025, 9, 28, 22, 30), "167.5 hours"),
        (LONDON, (2025, 4, 6, 0, 30), None, "the clocks skipped 01:30"),
        (LONDON, (2025, 11, 2, 1, 30), (2025, 10, 26, 0, 30), "the first of the two"),
    ],
)
def test_the_same_hour_a_week_before_is_the_clock_s(
    zone: ZoneInfo, moment: tuple[int, ...], before: tuple[int, ...] | None, why: str
) -> None:
    now = datetime(*moment, tzinfo=UTC)  # type: ignore[misc,arg-type]
    then = datetime(*before, tzinfo=UTC) if before else None  # type: ignore[misc,arg-type]
    assert same_hour(now, 1, zone) == then, why
    slots = Slots(zone)
    if then is not None:
        assert slots.of(now).number - slots.of(then).number == PER_WEEK
