from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ids import QueueId
from bot.genesys.details import DetailsSlice
from bot.usecases.stretches import Gap, missing, stretches

LONDON, PARIS = ZoneInfo("Europe/London"), ZoneInfo("Europe/Paris")
NOVEMBER = datetime(2026, 11, 1, tzinfo=UTC)
DOWN, SLOW = "Genesys Cloud cannot be reached.", "Genesys Cloud took too long to answer."


def at(hours: float) -> datetime:
    return NOVEMBER + timedelta(hours=hours)


def piece(start: float, end: float, queue: str = "q1") -> DetailsSlice:
    return DetailsSlice(
        start=at(start),
        end=at(end),
        queues=(QueueId(queue),),
        media=frozenset(),
        personal=False,
        expected=1,
        by_job=False,
    )


def gap(start: float, end: float, reason: str = DOWN, *, partly: bool = False) -> Gap:
    return Gap(start=at(start), end=at(end), partly=partly, reason=reason)


@pytest.mark.parametrize(
    ("slices", "sizes"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param([(0, 24), (24, 48), (48, 72)], [1, 1, 1], id="one after the other"),
        pytest.param([(0, 24), (0, 24), (24, 48), (24, 48)], [2, 2], id="two requests for each stretch"),
        pytest.param([(0, 24), (0, 72), (24, 48), (48, 72), (72, 96)], [4, 1], id="a long one beside short ones"),
        pytest.param([(0, 24), (36, 48)], [1, 1], id="nothing happened between"),
    ],
)
def test_slices_that_overlap_are_written_together(slices: list[tuple[int, int]], sizes: list[int]) -> None:
    assert [len(group) for group in stretches(piece(*each) for each in slices)] == sizes


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 20))))
def test_stretches_follow_each_other_and_lose_no_slice(lengths: list[tuple[int, int]]) -> None:
    slices = [piece(start, start + length) for start, length in sorted(lengths)]
    groups = stretches(slices)
    assert [each for group in groups for each in group] == slices
    for before, after in pairwise(groups):
        assert max(each.end for each in before) <= min(each.start for each in after)


@pytest.mark.parametrize(
    ("gaps", "said"),
    [
        pytest.param([], "", id="nothing is missing"),
        pytest.param([gap(278, 279)], f"No data for Thu 12 Nov 2026, 14:00–15:00: {DOWN}", id="an hour"),
        pytest.param([gap(264, 288)], f"No data for Thu 12 Nov 2026: {DOWN}", id="a day"),
        pytest.param(
            [gap(288, 312), gap(264, 288)], f"No data for Thu 12 – Fri 13 Nov 2026: {DOWN}", id="days that follow"
        ),
        pytest.param([gap(264, 288), gap(264, 288)], f"No data for Thu 12 Nov 2026: {DOWN}", id="twice the same"),
        pytest.param([gap(264, 288, partly=True)], f"Not all data for Thu 12 Nov 2026: {DOWN}", id="some was read"),
        pytest.param(
            [gap(264, 288), gap(288, 312, SLOW)],
            f"No data for Thu 12 Nov 2026: {DOWN} No data for Fri 13 Nov 2026: {SLOW}",
            id="for different reasons",
        ),
    ],
)
def test_what_is_missing_is_said_with_its_reason(gaps: list[Gap], said: str) -> None:
    assert missing(gaps, LONDON) == said


def test_what_is_missing_is_told_in_local_time() -> None:
    assert missing([gap(278, 279)], PARIS) == f"No data for Thu 12 Nov 2026, 15:00–16:00: {DOWN}"


def test_many_gaps_are_counted_in_the_end() -> None:
    said = missing([gap(48 * day, 48 * day + 24) for day in range(7)], LONDON)
    assert said.count("No data for") == 5
    assert said.endswith("2 more stretches of time may lack data.")
