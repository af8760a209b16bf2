from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.errors import (
    GenesysBadCredentials,
    GenesysBroken,
    GenesysError,
    GenesysForbidden,
    GenesysLimited,
    GenesysRefused,
    GenesysTooSlow,
    GenesysUnreachable,
    GenesysUnreadable,
)
from bot.genesys.pace import Priority
from bot.genesys.retries import Attempts, wait_before_next

PERSON, ALERT, DIGEST, EXPORT, _ = Priority


def waits(error: GenesysError, priority: Priority = DIGEST, **changes: Any) -> list[float]:
    """Every wait, in seconds, until it is given up, when attempts themselves take no time."""
    found: list[float] = []
    elapsed = timedelta(0)
    while True:
        so_far = Attempts(repeats=len(found), elapsed=elapsed, priority=priority, **changes)
        wait = wait_before_next(error, so_far, jitter=0.5)
        if wait is None:
            return found
        found.append(wait.total_seconds())
        elapsed += wait


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        pytest.param(GenesysUnreachable(), [3, 6, 12, 24, 30], id="no connection"),
        pytest.param(GenesysBroken(status=502), [3, 6, 12, 24, 30], id="502"),
        pytest.param(GenesysBroken(status=503), [3, 6, 12, 24, 30], id="503"),
        pytest.param(GenesysTooSlow(status=504), [3, 6, 12, 24, 30], id="504 where nothing can be split"),
        pytest.param(GenesysBroken(status=500), [3], id="500: not known to be transient"),
        pytest.param(GenesysUnreadable(), [3], id="perhaps a proxy hiccup"),
        pytest.param(GenesysRefused(status=400), [], id="400"),
        pytest.param(GenesysRefused(status=404), [], id="404"),
        pytest.param(GenesysRefused(status=413), [], id="413"),
        pytest.param(GenesysForbidden(), [], id="403"),
        pytest.param(GenesysBadCredentials(), [], id="401 with a fresh token"),
    ],
)
def test_a_digest_repeats_what_may_pass(error: GenesysError, expected: list[float]) -> None:
    assert waits(error) == expected


@pytest.mark.parametrize("error", [GenesysUnreachable(), GenesysBroken(status=503), GenesysTooSlow(status=504)])
def test_what_may_have_been_taken_is_not_done_twice(error: GenesysError) -> None:
    assert waits(error, repeatable=False) == []


def test_what_was_limited_was_not_taken() -> None:
    assert waits(GenesysLimited(retry_after=timedelta(seconds=42)), repeatable=False)[0] == 42.5


@pytest.mark.parametrize("error", [GenesysUnreachable(), GenesysBroken(status=503), GenesysTooSlow(status=504)])
def test_a_person_is_not_kept_waiting_for_more_than_twenty_seconds(error: GenesysError) -> None:
    assert waits(error, PERSON) == [3, 6]


def test_time_spent_in_attempts_counts_too() -> None:
    so_far = Attempts(repeats=0, elapsed=timedelta(seconds=18), priority=PERSON)
    assert wait_before_next(GenesysUnreachable(), so_far, jitter=0.5) is None


def test_a_query_that_can_be_split_is_not_repeated_as_it_is() -> None:
    assert waits(GenesysTooSlow(status=504), splittable=True) == []


@pytest.mark.parametrize(
    ("priority", "retry_after", "expected"),
    [
        pytest.param(PERSON, 42, [42.5], id="a person waits for less than a minute, once"),
        pytest.param(PERSON, 60, [60.5], id="or a minute"),
        pytest.param(PERSON, 61, [], id="not longer"),
        pytest.param(ALERT, 61, [], id="nor does what is looked at every minute"),
        pytest.param(DIGEST, 170, [170.5], id="a digest waits for up to three minutes"),
        pytest.param(EXPORT, 181, [], id="an export not longer either"),
        pytest.param(DIGEST, 3600, [], id="a daily limit"),
    ],
)
def test_a_refusal_is_waited_out_if_it_is_short_enough(
    priority: Priority, retry_after: float, expected: list[float]
) -> None:
    assert waits(GenesysLimited(retry_after=timedelta(seconds=retry_after)), priority) == expected


@pytest.mark.parametrize(("jitter", "seconds"), [(0.0, 2.25), (0.5, 3.0), (1.0, 3.75)])
def test_chance_spreads_the_first_wait_by_a_quarter(jitter: float, seconds: float) -> None:
    so_far = Attempts(repeats=0, elapsed=timedelta(0), priority=DIGEST)
    assert wait_before_next(GenesysUnreachable(), so_far, jitter=jitter) == timedelta(seconds=seconds)
