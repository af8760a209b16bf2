"""The values that alerts are made of refuse what has no meaning."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.alerts.rules import Compare, Condition, Kind, Terms
from bot.domain.alerts.samples import QUARTER, SETTLING, Place, Sample, last_complete, quarter_of
from bot.domain.alerts.states import AlertState
from bot.domain.ids import QueueId
from bot.domain.queues import Media

PLACE = Place(QueueId("q"), Media.VOICE)
NINE = datetime(2026, 11, 10, 9, tzinfo=UTC)
ANY = Condition(measure="waiting", compare=Compare.ABOVE, limit=Fraction(10), recovery=Fraction(10))
LONDON = ZoneInfo("Europe/London")
moments = st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("compare", "recovery"),
    [
        pytest.param("<", 79, id="below 80 is no better at 79"),
        pytest.param("<=", 79, id="nor at most 80"),
        pytest.param(">", 81, id="above 80 is no better at 81"),
        pytest.param(">=", 81, id="nor at least 80"),
    ],
)
def test_a_recovery_on_the_bad_side_is_refused(compare: str, recovery: int) -> None:
    with pytest.raises(ValueError, match="good side"):
        Condition(measure="waiting", compare=Compare(compare), limit=Fraction(80), recovery=Fraction(recovery))


@pytest.mark.parametrize(
    ("kind", "conditions"),
    [
        pytest.param(Kind.THRESHOLD, (), id="a threshold without one"),
        pytest.param(Kind.UNUSUAL, (ANY,), id="unusual under a condition"),
        pytest.param(Kind.ZSCORE, (ANY,), id="a z-score under a condition"),
    ],
)
def test_only_a_threshold_has_conditions(kind: Kind, conditions: tuple[Condition, ...]) -> None:
    with pytest.raises(ValueError, match="has conditions"):
        Terms(queues=(), kind=kind, conditions=conditions, zone=LONDON)


@pytest.mark.parametrize(
    "start",
    [
        pytest.param(NINE + timedelta(minutes=5), id="between quarters"),
        pytest.param(NINE + timedelta(seconds=1), id="a second late"),
        pytest.param(NINE.astimezone(timezone(timedelta(hours=1))), id="not in UTC"),
    ],
)
def test_a_sample_starts_on_a_quarter_of_an_hour_of_utc(start: datetime) -> None:
    with pytest.raises(ValueError, match="quarter of an hour"):
        Sample(place=PLACE, start=start)


def test_the_contacts_resolved_leave_short_abandons_out() -> None:
    assert Sample(place=PLACE, start=NINE, answered=90, abandoned=10, short_abandoned=2).resolved == 98


@given(moment=moments)
def test_a_moment_is_in_its_quarter_hour(moment: datetime) -> None:
    start = quarter_of(moment)
    assert (start <= moment < start + QUARTER, start.minute % 15, start.second) == (True, 0, 0)


def test_a_quarter_hour_of_an_odd_zone_is_one_of_utc() -> None:
    assert quarter_of(datetime(2026, 11, 10, 0, 5, tzinfo=ZoneInfo("Asia/Kathmandu"))) == datetime(
        2026, 11, 9, 18, 15, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("after", "end"),
    [
        pytest.param(SETTLING - timedelta(seconds=1), NINE - QUARTER, id="what is late may still come"),
        pytest.param(SETTLING, NINE, id="then it is complete"),
        pytest.param(QUARTER, NINE, id="until the next one is"),
    ],
)
def test_a_quarter_hour_is_complete_when_it_has_settled(after: timedelta, end: datetime) -> None:
    assert last_complete(NINE + after) == end


@pytest.mark.parametrize(
    ("state", "open_"),
    [
        pytest.param(AlertState(), False, id="nothing ever happened"),
        pytest.param(AlertState(opened_at=NINE, fired_at=NINE), True, id="it fired"),
        pytest.param(AlertState(opened_at=NINE, fired_at=NINE, ended_at=NINE), False, id="and is over"),
    ],
)
def test_an_incident_is_open_from_firing_to_its_end(state: AlertState, open_: bool) -> None:
    assert state.open is open_
