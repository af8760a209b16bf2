"""A rule held against figures: exact limits, the gate of chance, and several conditions at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.alerts.judging import beyond_chance, combined, has_live, has_window, judge, of_agents, outcome_of
from bot.domain.alerts.measures import Live
from bot.domain.alerts.readings import Found, Outcome, Reading
from bot.domain.alerts.rules import Compare, Condition, Kind, Terms
from bot.domain.amounts import Amounts, Spells, Times
from bot.domain.queues import Target
from bot.domain.sla import Share
from bot.domain.statistics import wilson

if TYPE_CHECKING:
    from bot.domain.metrics import Figure

BREACH, BETWEEN, CLEAR, LOW, NODATA, CLOSED = Outcome
AT = datetime(2026, 11, 10, 9, 30, tzinfo=UTC)
TWENTY = timedelta(seconds=20)
THIRTY = timedelta(seconds=30)
TARGET = Target(share=0.8, threshold=TWENTY)


def condition(measure: str, compare: str, limit: str, recovery: str | None = None, **rest: object) -> Condition:
    return Condition(
        measure=measure,
        compare=Compare(compare),
        limit=Fraction(limit),
        recovery=Fraction(recovery or limit),
        **rest,  # type: ignore[arg-type]
    )


def terms(*conditions: Condition, minimum: int = 1) -> Terms:
    return Terms(queues=(), kind=Kind.THRESHOLD, conditions=conditions, minimum=minimum, zone=ZoneInfo("Europe/London"))


LEVEL = condition("service_level", "<", "0.80", "0.85")
WAITING = condition("waiting", ">=", "1")
NOBODY = condition("on_queue", "<=", "0")


def read(
    rule: Terms, amounts: Amounts | None = None, live: Live | None = None, target: Target | None = TARGET
) -> Reading:
    return judge(rule, window=lambda _: amounts, live=live, target=target, at=AT)


def outcome(of: Condition, figure: Figure, *, minimum: int = 1, sure: bool = True) -> Outcome:
    return outcome_of(of, figure, minimum=minimum, sure=sure)


@pytest.mark.parametrize(
    ("n", "fires"),
    [(5, 2), (8, 4), (10, 5), (15, 9), (20, 13), (30, 20), (50, 35), (80, 58), (100, 73), (200, 150)],
)
def test_the_largest_number_in_time_that_is_no_chance_under_80_percent(n: int, fires: int) -> None:
    found = [within for within in range(n + 1) if outcome(LEVEL, Share(within=within, denominator=n)) is BREACH]
    assert max(found) == fires


@pytest.mark.parametrize(
    ("within", "n", "found"),
    [
        pytest.param(4, 5, BETWEEN, id="80 % is not under 80 %"),
        pytest.param(3, 5, BETWEEN, id="60 % of five is chance"),
        pytest.param(13, 20, BREACH, id="65 % of twenty is not"),
        pytest.param(60, 80, BETWEEN, id="75 % of eighty is chance"),
        pytest.param(57, 80, BREACH, id="71 % of eighty is not"),
        pytest.param(68, 80, CLEAR, id="85 % is the recovery limit"),
        pytest.param(67, 80, BETWEEN, id="84 % is neither"),
        pytest.param(0, 0, LOW, id="no traffic is no breach"),
        pytest.param(5, -1, LOW, id="nor is less than nothing"),
        pytest.param(12, 11, CLEAR, id="more in time than rated, in a short window, is all"),
    ],
)
def test_a_service_level_is_broken_beyond_chance_or_not_at_all(within: int, n: int, found: Outcome) -> None:
    assert outcome(LEVEL, Share(within=within, denominator=n)) is found


@pytest.mark.parametrize(
    ("left", "n", "found"),
    [
        pytest.param(2, 10, BETWEEN, id="20 % of ten is chance"),
        pytest.param(12, 60, BREACH, id="20 % of sixty is not"),
        pytest.param(3, 60, CLEAR, id="5 % is good again"),
    ],
)
def test_abandonment_is_broken_when_even_its_lowest_likely_share_is_over(left: int, n: int, found: Outcome) -> None:
    assert outcome(condition("abandon_share", ">", "0.10", "0.05"), Share(within=left, denominator=n)) is found


def test_without_the_gate_a_share_is_what_it_is() -> None:
    assert outcome(LEVEL, Share(within=3, denominator=5), sure=False) is BREACH


def test_a_share_of_fewer_contacts_than_the_minimum_is_not_judged() -> None:
    shares = [Share(within=0, denominator=19), Share(within=0, denominator=20)]
    assert [outcome(LEVEL, share, minimum=20) for share in shares] == [LOW, BREACH]


@pytest.mark.parametrize(
    ("x", "n", "low", "high"),
    [
        (4, 5, "43.5", "95.4"),
        (5, 5, "64.9", "100"),
        (0, 20, "0", "11.9"),
        (16, 20, "62.2", "90.7"),
        (40, 50, "69.3", "87.6"),
        (160, 200, "75.0", "84.2"),
        (800, 1000, "77.8", "82.0"),
    ],
)
def test_the_gate_stands_at_the_published_ends_of_the_90_percent_interval(x: int, n: int, low: str, high: str) -> None:
    tenth = Fraction(1, 1000)
    inside = [Fraction(low) / 100 + tenth, Fraction(high) / 100 - tenth]
    outside = [Fraction(low) / 100 - tenth, Fraction(high) / 100 + tenth]
    judged = [beyond_chance(x, n, limit) for limit in (*inside, *outside) if 0 <= limit <= 1]
    assert judged == [False, False] + [True] * (len(judged) - 2)


@given(n=st.integers(1, 400), x=st.integers(0, 400), percent=st.integers(1, 99))
def test_the_exact_gate_agrees_with_the_interval_it_stands_for(n: int, x: int, percent: int) -> None:
    x, limit = min(x, n), Fraction(percent, 100)
    interval = wilson(x, n, 1.645)
    assert interval is not None
    edges = min(abs(interval.low - limit), abs(interval.high - limit))
    assert edges < 1e-9 or beyond_chance(x, n, limit) == (float(limit) not in interval)


@pytest.mark.parametrize(
    ("compare", "value", "found"),
    [
        pytest.param("<", 9, BREACH, id="less than ten"),
        pytest.param("<", 10, CLEAR, id="ten is not less than ten"),
        pytest.param("<=", 10, BREACH, id="ten is at most ten, though it is the recovery limit, too"),
        pytest.param("<=", 11, CLEAR, id="eleven is more"),
        pytest.param(">", 10, CLEAR, id="ten is not more than ten"),
        pytest.param(">", 11, BREACH, id="eleven is more than ten"),
        pytest.param(">=", 10, BREACH, id="ten is at least ten"),
        pytest.param(">=", 9, CLEAR, id="nine is less"),
    ],
)
def test_a_limit_belongs_to_the_side_that_its_sign_says(compare: str, value: int, found: Outcome) -> None:
    assert outcome(condition("waiting", compare, "10"), value) is found


@pytest.mark.parametrize(
    ("seconds", "found"),
    [(300.000001, BREACH), (300, BETWEEN), (240.5, BETWEEN), (240, CLEAR)],
)
def test_times_are_compared_in_seconds_to_the_microsecond(seconds: float, found: Outcome) -> None:
    longest = condition("oldest_wait", ">", "300", "240")
    assert outcome(longest, timedelta(seconds=seconds)) is found


def test_a_share_a_hair_under_its_limit_is_under_it() -> None:
    most = 10**15
    limit = condition("service_level", "<", "0.1")
    shares = [Share(within=most - 1, denominator=10 * most), Share(within=most, denominator=10 * most)]
    assert [outcome(limit, share, sure=False) for share in shares] == [BREACH, CLEAR]


@pytest.mark.parametrize(
    ("outcomes", "together"),
    [
        pytest.param([BREACH, BREACH], BREACH, id="all are broken"),
        pytest.param([BREACH, CLEAR], CLEAR, id="one is good: the rule is not true"),
        pytest.param([NODATA, CLEAR], CLEAR, id="it is not true, whatever the unknown one is"),
        pytest.param([LOW, CLEAR], CLEAR, id="nor with too few of the other"),
        pytest.param([BREACH, NODATA], NODATA, id="it depends on what is not known"),
        pytest.param([LOW, NODATA], NODATA, id="what is not known weighs more than what is little"),
        pytest.param([BREACH, LOW], LOW, id="it depends on too few contacts"),
        pytest.param([BETWEEN, LOW], LOW, id="too few contacts, and nothing good"),
        pytest.param([BREACH, BETWEEN], BETWEEN, id="one is neither"),
    ],
)
def test_conditions_hold_together_or_not(outcomes: list[Outcome], together: Outcome) -> None:
    assert (combined(outcomes), combined(outcomes[::-1])) == (together, together)


@pytest.mark.parametrize(
    ("live", "found"),
    [
        pytest.param(Live(waiting=1, on_queue=0), BREACH, id="somebody waits for nobody"),
        pytest.param(Live(waiting=0, on_queue=0), CLEAR, id="nobody waits"),
        pytest.param(Live(waiting=3, on_queue=2), CLEAR, id="somebody is there"),
        pytest.param(Live(waiting=3), NODATA, id="who is there is not known"),
        pytest.param(Live(waiting=0), CLEAR, id="nobody waits, whoever is there"),
        pytest.param(None, NODATA, id="Genesys did not answer"),
    ],
)
def test_nobody_on_queue_is_two_conditions(live: Live | None, found: Outcome) -> None:
    assert read(terms(WAITING, NOBODY), live=live).outcome is found


@pytest.mark.parametrize(
    ("amounts", "found"),
    [
        pytest.param(Amounts(in_time=10, rated=40), BREACH, id="a window with contacts"),
        pytest.param(Amounts(), LOW, id="a window that is known to be empty"),
        pytest.param(None, NODATA, id="a window that nobody could ask for"),
    ],
)
def test_a_window_is_judged_only_where_it_is_known(amounts: Amounts | None, found: Outcome) -> None:
    assert read(terms(LEVEL), amounts).outcome is found


@pytest.mark.parametrize(
    ("measure", "found"),
    [
        pytest.param("asa_seconds", LOW, id="no answer has no speed"),
        pytest.param("offered", BREACH, id="no contacts are fewer than five"),
    ],
)
def test_silence_is_a_number_for_counts_and_nothing_for_means(measure: str, found: Outcome) -> None:
    assert read(terms(condition(measure, "<", "5")), Amounts()).outcome is found


@pytest.mark.parametrize(
    ("threshold", "target", "asked"),
    [
        pytest.param(THIRTY, TARGET, [THIRTY], id="the rule's own threshold"),
        pytest.param(None, TARGET, [TWENTY], id="the queue's"),
        pytest.param(None, None, [], id="there is none to ask for"),
    ],
)
def test_a_service_level_asks_for_the_window_at_its_threshold(
    threshold: timedelta | None, target: Target | None, asked: list[timedelta]
) -> None:
    seen: list[timedelta | None] = []

    def window(each: timedelta | None) -> Amounts:
        seen.append(each)
        return Amounts()

    judge(terms(replace(LEVEL, threshold=threshold)), window=window, live=None, target=target, at=AT)
    assert seen == asked


def test_a_queue_without_a_promise_breaks_none() -> None:
    assert read(terms(LEVEL), Amounts(answered=40), target=None).outcome is LOW


def test_outside_its_hours_a_rule_finds_nothing() -> None:
    reading = judge(terms(LEVEL), window=None, live=None, target=None, at=AT, open=False)
    assert reading == Reading(at=AT, outcome=CLOSED)


def test_a_reading_tells_each_measure_in_the_order_of_the_conditions() -> None:
    rule = terms(replace(LEVEL, threshold=THIRTY), WAITING)
    reading = read(rule, Amounts(in_time=25, rated=61), Live(waiting=14))
    assert reading.found == (
        Found(
            measure="service_level",
            figure=Share(within=25, denominator=61),
            limit=Fraction(4, 5),
            threshold=THIRTY,
            window=timedelta(minutes=30),
        ),
        Found(measure="waiting", figure=14, limit=Fraction(1)),
    )


def test_handle_times_are_judged_by_their_mean() -> None:
    handled = Amounts(times=Times(handled=Spells(10, timedelta(minutes=70), timedelta(minutes=30))))
    assert read(terms(condition("aht_seconds", ">", "400")), handled).outcome is BREACH


@pytest.mark.parametrize(
    ("conditions", "kinds"),
    [
        pytest.param([LEVEL], (True, False, False), id="finished contacts"),
        pytest.param([LEVEL, WAITING], (True, True, False), id="both"),
        pytest.param([WAITING, NOBODY], (False, True, False), id="who waits has a medium"),
        pytest.param([NOBODY], (False, True, True), id="agents have none"),
    ],
)
def test_a_rule_says_what_it_needs(conditions: list[Condition], kinds: tuple[bool, bool, bool]) -> None:
    rule = terms(*conditions)
    assert (has_window(rule), has_live(rule), of_agents(rule)) == kinds


def test_unusual_needs_finished_contacts() -> None:
    rule = Terms(queues=(), kind=Kind.UNUSUAL, zone=ZoneInfo("Europe/London"))
    assert (has_window(rule), has_live(rule), of_agents(rule)) == (True, False, False)
