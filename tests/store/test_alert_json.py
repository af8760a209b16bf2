from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.alerts.readings import Causes, Evidence, Found, Reach, Signal
from bot.domain.alerts.states import AlertState, Status
from bot.domain.queues import Target
from bot.domain.sla import Share
from bot.store.alert_json import read_evidence, read_state, write_evidence, write_state
from tests.store.alerts import EVIDENCE
from tests.store.digests import NOON

MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  bounds have none
PERHAPS = st.none() | MOMENTS
LENGTHS = st.integers(0, 10**12).map(lambda each: timedelta(microseconds=each))
COUNTS = st.integers(0, 10**6)
NUMBERS = st.fractions(min_value=-10, max_value=10**6)
FIGURES = st.one_of(st.none(), COUNTS, LENGTHS, st.builds(Share, within=COUNTS, denominator=COUNTS))
STATES = st.builds(
    AlertState,
    status=st.sampled_from(Status),
    since=PERHAPS,
    before=st.sampled_from(Status),
    evaluated=PERHAPS,
    unseen_since=PERHAPS,
    low_since=PERHAPS,
    opened_at=PERHAPS,
    fired_at=PERHAPS,
    ended_at=PERHAPS,
    notified_at=PERHAPS,
    firings=st.lists(MOMENTS, max_size=4).map(tuple),
    unstable_since=PERHAPS,
    escalated=COUNTS,
    held=st.booleans(),
)
FOUND = st.builds(
    Found,
    measure=st.text(max_size=9),
    figure=FIGURES,
    limit=st.none() | NUMBERS,
    threshold=st.none() | LENGTHS,
    window=st.none() | LENGTHS,
    usual=st.none() | st.tuples(FIGURES, FIGURES),
    weeks=COUNTS,
    worst=st.booleans(),
    signal=st.none() | st.sampled_from(Signal),
)
CAUSES = st.builds(
    Causes,
    offered=st.none() | NUMBERS,
    aht=st.none() | NUMBERS,
    on_queue=st.none() | COUNTS,
    on_queue_usual=st.none() | COUNTS,
    waiting=st.none() | COUNTS,
    oldest_wait=st.none() | LENGTHS,
)
REACHES = st.builds(
    Reach,
    name=st.text(max_size=9),
    target=st.builds(Target, share=st.floats(0, 1), threshold=LENGTHS),
    within=COUNTS,
    rated=COUNTS,
    expected=st.none() | COUNTS,
    safe=st.booleans(),
    lost=st.booleans(),
    needed=st.none() | COUNTS,
)
EVIDENCES = st.builds(
    Evidence,
    at=MOMENTS,
    found=st.lists(FOUND, max_size=3).map(tuple),
    causes=CAUSES,
    reach=st.lists(REACHES, max_size=2).map(tuple),
)


@given(STATES)
def test_a_state_is_read_as_it_was_written(state: AlertState) -> None:
    assert read_state(write_state(state)) == state


@given(EVIDENCES)
def test_evidence_is_read_as_it_was_written(evidence: Evidence) -> None:
    assert read_evidence(write_evidence(evidence)) == evidence


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (
            AlertState,
            {"status", "since", "before", "evaluated", "unseen_since", "low_since", "opened_at", "fired_at"}
            | {"ended_at", "notified_at", "firings", "unstable_since", "escalated", "held"},
        ),
        (Evidence, {"at", "found", "causes", "reach"}),
        (Found, {"measure", "figure", "limit", "threshold", "window", "usual", "weeks", "worst", "signal"}),
        (Causes, {"offered", "aht", "on_queue", "on_queue_usual", "waiting", "oldest_wait"}),
        (Reach, {"name", "target", "within", "rated", "expected", "safe", "lost", "needed"}),
    ],
)
def test_nothing_is_forgotten_to_be_written(value: type, kept: set[str]) -> None:
    """Who adds a field adds it to the text, to the values that are tried above, and here."""
    assert {field.name for field in fields(value)} == kept


def test_what_the_first_release_wrote_is_read() -> None:
    assert (
        read_evidence(
            '{"at":"2026-11-16T12:00:00Z","found":[{"measure":"waiting","figure":{"count":14},"limit":"10"}]}'
        )
        == EVIDENCE
    )
    assert read_state('{"status":"pending","since":"2026-11-16T12:00:00Z"}') == AlertState(
        status=Status.PENDING, since=NOON
    )


def test_nobody_goes_on_from_a_state_that_is_not_understood_whole() -> None:
    with pytest.raises(ValueError, match="mood"):
        read_state('{"mood":"bad"}')


def test_evidence_of_a_later_release_is_told_as_far_as_it_is_understood() -> None:
    assert read_evidence('{"at":"2026-11-16T12:00:00Z","forecast":7}') == Evidence(at=NOON, found=())


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("{}", id="no moment"),
        pytest.param('{"at":"2026-11-16T12:00:00Z","found":[{"measure":"sla","limit":"1/0"}]}', id="no number"),
    ],
)
def test_evidence_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_evidence(text)
