from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.amounts import Amounts, Spells, Times

SECOND = timedelta(seconds=1)
counts = st.integers(0, 1000)


def spells() -> st.SearchStrategy[Spells]:
    """Some values, each of at most an hour."""
    values = st.lists(st.integers(0, 3_600_000).map(lambda ms: timedelta(milliseconds=ms)), max_size=5)
    return values.map(lambda each: Spells(len(each), sum(each, timedelta()), max(each, default=timedelta())))


def amounts() -> st.SearchStrategy[Amounts]:
    waits = {name: spells() for name in ("queued", "answered", "abandoned", "handled", "talked", "held", "wrapped_up")}
    names = ("offered", "answered", "abandoned", "short_abandoned", "flow_out", "over_target", "in_time", "rated")
    times = st.builds(Times, transferred=counts, **waits)
    return st.builds(Amounts, times=times, **dict.fromkeys(names, counts))


@given(amounts(), amounts(), amounts())
def test_the_order_of_adding_does_not_matter(one: Amounts, other: Amounts, third: Amounts) -> None:
    assert (one + other) + third == third + (other + one)


@given(amounts())
def test_nothing_adds_nothing(some: Amounts) -> None:
    assert some + Amounts() == some


def test_counts_and_times_add_up_and_the_longest_stays_the_longest() -> None:
    together = Spells(2, 30 * SECOND, 20 * SECOND) + Spells(3, 50 * SECOND, 40 * SECOND)
    assert together == Spells(5, 80 * SECOND, 40 * SECOND)


@pytest.mark.parametrize(
    ("some", "silent"),
    [
        pytest.param(Amounts(), True, id="nothing"),
        pytest.param(Amounts(offered=1), False, id="a contact entered"),
        pytest.param(Amounts(flow_out=1), False, id="one left another way"),
        pytest.param(Amounts(times=Times(handled=Spells(1, SECOND, SECOND))), False, id="an earlier one was handled"),
        pytest.param(Amounts(times=Times(talked=Spells(1, SECOND, SECOND))), False, id="the talk with it ended"),
        pytest.param(Amounts(times=Times(wrapped_up=Spells(1, SECOND, SECOND))), False, id="its after-call work ended"),
        pytest.param(Amounts(times=Times(transferred=1)), False, id="it was transferred"),
    ],
)
def test_a_group_is_silent_when_nothing_happened_in_it(some: Amounts, silent: bool) -> None:
    assert some.silent is silent
