"""“Can we still make target?”: every sentence is held against trying it out."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.alerts.making_target import reach
from bot.domain.alerts.readings import Reach
from bot.domain.queues import Target


def promise(percent: int) -> Target:
    return Target(share=percent / 100, threshold=timedelta(seconds=20))


def told(within: int, rated: int, expected: int | None, percent: int = 80) -> tuple[bool, bool, int | None]:
    found = reach(name="today", target=promise(percent), within=within, rated=rated, expected=expected)
    return found.safe, found.lost, found.needed


SAFE, LOST = (True, False, None), (False, True, None)


@pytest.mark.parametrize(
    ("within", "rated", "expected", "found"),
    [
        pytest.param(80, 90, 10, SAFE, id="80 of 100 with all the rest late is 80 %"),
        pytest.param(79, 90, 10, (False, False, 1), id="one more must be in time"),
        pytest.param(70, 90, 10, (False, False, 10), id="all of the rest must be in time"),
        pytest.param(69, 90, 10, LOST, id="not even all of the rest will do"),
        pytest.param(0, 0, 10, (False, False, 8), id="nothing yet"),
        pytest.param(80, 100, 0, SAFE, id="it is over, and met"),
        pytest.param(79, 100, 0, LOST, id="it is over, and missed"),
        pytest.param(0, 0, 0, (False, False, 0), id="nothing was and nothing comes: there is nothing to meet"),
        pytest.param(70, 90, None, (False, False, 10), id="80 of 100 after ten in a row"),
        pytest.param(71, 90, None, (False, False, 5), id="76 of 95 after five in a row"),
        pytest.param(72, 90, None, (False, False, 0), id="80 % now, and nothing is safe"),
        pytest.param(12, 10, 5, (False, False, 2), id="more in time than rated counts as all"),
    ],
)
def test_what_is_left_of_80_percent(
    within: int, rated: int, expected: int | None, found: tuple[bool, bool, int | None]
) -> None:
    assert told(within, rated, expected) == found


@pytest.mark.parametrize(
    ("within", "expected", "found"),
    [
        pytest.param(9, None, LOST, id="one was missed"),
        pytest.param(10, None, (False, False, 0), id="none was missed so far"),
        pytest.param(10, 5, (False, False, 5), id="all of the rest"),
    ],
)
def test_a_promise_of_everything_forgives_nothing(
    within: int, expected: int | None, found: tuple[bool, bool, int | None]
) -> None:
    assert told(within, 10, expected, percent=100) == found


def test_the_share_is_what_it_says_and_not_the_float_beside_it() -> None:
    # As floats 0.07 * 100 is a little more than 7.
    assert told(7, 100, 0, percent=7) == SAFE


def test_what_was_asked_is_told_with_the_answer() -> None:
    found = reach(name="today", target=promise(80), within=12, rated=10, expected=5)
    assert found == Reach(name="today", target=promise(80), within=10, rated=10, expected=5, needed=2)


@pytest.mark.parametrize(("within", "rated", "expected"), [(-1, 0, 0), (0, -1, 0), (0, 0, -1), (0, -1, None)])
def test_contacts_are_counted_from_zero(within: int, rated: int, expected: int | None) -> None:
    with pytest.raises(ValueError, match="counted from zero"):
        told(within, rated, expected)


def met(within: int, rated: int, percent: int) -> bool:
    return within >= Fraction(percent, 100) * rated


@given(rated=st.integers(0, 60), missed=st.integers(0, 60), expected=st.integers(0, 40), percent=st.integers(1, 100))
def test_of_expected_contacts_it_is_what_trying_each_number_finds(
    rated: int, missed: int, expected: int, percent: int
) -> None:
    within = max(0, rated - missed)
    enough = [k for k in range(expected + 1) if met(within + k, rated + expected, percent)]
    if rated + expected == 0:
        wanted = (False, False, 0)
    elif not enough:
        wanted = LOST
    elif enough[0] == 0:
        wanted = SAFE
    else:
        wanted = (False, False, enough[0])
    assert told(within, rated, expected, percent) == wanted


@given(rated=st.integers(0, 60), missed=st.integers(0, 60), percent=st.integers(1, 100))
def test_of_the_very_next_contacts_it_is_what_trying_each_number_finds(rated: int, missed: int, percent: int) -> None:
    within = max(0, rated - missed)
    # At 99 % each miss takes 99 in time to make up for.
    enough = next((k for k in range(60 * 99 + 1) if met(within + k, rated + k, percent)), None)
    assert told(within, rated, None, percent) == (LOST if enough is None else (False, False, enough))
