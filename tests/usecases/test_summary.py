"""Figures over a stream of conversations, against the reference's numbers and a count over the whole list."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product
from statistics import fmean
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.conversations import Conversation, Direction, Outcome, Visit
from bot.domain.dimensions import Dimension, Label
from bot.domain.ids import AgentId, QueueId, WrapUpId
from bot.domain.queues import Media, Queue
from bot.usecases.grouping import Grouping
from bot.usecases.labels import Labels
from bot.usecases.summary import Summary, Waits

if TYPE_CHECKING:
    from bot.domain.exports import GroupSummary

MONDAY = datetime(2026, 11, 16, 9, 8, 2, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")
BILLING, SALES = QueueId("q-billing"), QueueId("q-sales")
QUEUES = (Queue(id=BILLING, name="Billing", division="Home"), Queue(id=SALES, name="Sales", division="Abroad"))


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def visit(
    queue: QueueId = BILLING,
    *,
    wait: float | None = None,
    talk: float = 0,
    hold: float = 0,
    outcome: Outcome = Outcome.ANSWERED,
    wrap_up: str | None = None,
    agent: str | None = None,
) -> Visit:
    return Visit(
        queue=queue,
        media=Media.VOICE,
        direction=Direction.INBOUND,
        entered=MONDAY,
        outcome=outcome,
        wait=None if wait is None else seconds(wait),
        talk=seconds(talk),
        hold=seconds(hold),
        wrap_up=WrapUpId(wrap_up) if wrap_up else None,
        agent=AgentId(agent) if agent else None,
    )


def conversation(*visits: Visit, lasting: float | None = 600, start: datetime = MONDAY) -> Conversation:
    end = None if lasting is None else start + seconds(lasting)
    return Conversation(id="c", start=start, end=end, visits=visits)


def summary(*conversations: Conversation, by: tuple[Dimension, ...] = (Dimension.QUEUE,)) -> tuple[GroupSummary, ...]:
    figures = Summary(Grouping(by, zone=PARIS, queues=QUEUES))
    for each in conversations:
        figures.add(each)
    names = {AgentId("a1"): "Ana"}
    return figures.groups(Labels(zone=PARIS, queues=QUEUES, agents=names, wrap_ups={WrapUpId("w1"): "Refund"}))


@pytest.mark.parametrize(
    ("duration", "hold", "ratio", "efficiency"),
    [
        pytest.param(18_000, 1_800, 0.1, 95.0, id="a tenth of the time on hold"),
        pytest.param(600, 600, 1.0, 50.0, id="on hold all the time"),
        pytest.param(600, 1_500, 2.5, 0.0, id="corrupt: more hold than time"),
        pytest.param(600, 0, 0.0, 100.0, id="never on hold"),
        pytest.param(0, 0, None, None, id="no time: undefined"),
        pytest.param(None, 60, None, None, id="not over: its duration is not known"),
    ],
)
def test_the_efficiency_score_falls_with_hold(
    duration: float | None, hold: float, ratio: float | None, efficiency: float | None
) -> None:
    (figures,) = summary(conversation(visit(hold=hold), lasting=duration))
    assert figures.hold_ratio == ratio
    assert figures.efficiency == efficiency


def test_a_conversation_counts_once_in_a_group_with_its_whole_duration() -> None:
    (figures,) = summary(conversation(visit(talk=120), visit(talk=180), lasting=600))
    assert (figures.conversations, figures.visits) == (1, 2)
    assert figures.average_duration == seconds(600)
    assert figures.talk_ratio == 0.5


def test_a_conversation_counts_in_each_group_that_it_visited() -> None:
    transferred = conversation(visit(BILLING, talk=60), visit(SALES, talk=300), lasting=600)
    figures = {group.group[0].name: group for group in summary(transferred)}
    assert {name: group.conversations for name, group in figures.items()} == {"Billing": 1, "Sales": 1}
    assert (figures["Billing"].talk_ratio, figures["Sales"].talk_ratio) == (0.1, 0.5)


def test_one_that_is_not_over_is_counted_but_neither_lasts_nor_talks() -> None:
    (figures,) = summary(conversation(visit(talk=300), lasting=600), conversation(visit(talk=900), lasting=None))
    assert figures.conversations == 2
    assert figures.average_duration == seconds(600)
    assert figures.talk_ratio == 0.5


def test_wrap_up_codes_are_counted_once_each() -> None:
    visits = (visit(wrap_up="w1"), visit(wrap_up="w2"), visit(wrap_up="w1"), visit())
    assert summary(conversation(*visits))[0].wrap_up_codes == 2


def test_only_waits_that_ended_in_an_answer_count() -> None:
    waits = (visit(wait=10), visit(wait=500, outcome=Outcome.ABANDONED), visit(outcome=Outcome.OUTBOUND))
    (figures,) = summary(conversation(*waits))
    assert (figures.p50_wait, figures.p90_wait) == (seconds(10), seconds(10))


def test_without_an_answer_there_is_no_wait_to_tell() -> None:
    (figures,) = summary(conversation(visit(wait=500, outcome=Outcome.ABANDONED)))
    assert (figures.p50_wait, figures.p90_wait) == (None, None)


def test_the_largest_group_comes_first_and_equal_ones_by_name() -> None:
    both = conversation(visit(SALES), visit(BILLING))
    assert [group.group[0].name for group in summary(both)] == ["Billing", "Sales"]
    assert [group.group[0].name for group in summary(both, conversation(visit(SALES)))] == ["Sales", "Billing"]


@pytest.mark.parametrize(
    ("dimension", "label"),
    [
        pytest.param(Dimension.QUEUE, Label("q-billing", "Billing"), id="a queue by its name"),
        pytest.param(Dimension.DIVISION, Label("Home", "Home"), id="the division of the queue"),
        pytest.param(Dimension.MEDIA, Label("voice", "voice"), id="medium"),
        pytest.param(Dimension.DIRECTION, Label("inbound", "inbound"), id="direction"),
        pytest.param(Dimension.DAY, Label("2026-11-16", "Mon 16 Nov"), id="the local day"),
        pytest.param(Dimension.HOUR, Label("2026-11-16T10:00:00+01:00", "Mon 16 Nov 10:00"), id="the local hour"),
        pytest.param(Dimension.AGENT, Label("a1", "Ana"), id="an agent by name"),
        pytest.param(Dimension.WRAPUP, Label("w1", "Refund"), id="a code by name"),
    ],
)
def test_groups_carry_names(dimension: Dimension, label: Label) -> None:
    (figures,) = summary(conversation(visit(agent="a1", wrap_up="w1")), by=(dimension,))
    assert figures.group == (label,)


@pytest.mark.parametrize(
    ("dimension", "label"),
    [
        pytest.param(Dimension.AGENT, Label("", "No agent"), id="nobody answered"),
        pytest.param(Dimension.WRAPUP, Label("", "No code"), id="no code set"),
    ],
)
def test_what_has_no_value_is_a_group_of_its_own(dimension: Dimension, label: Label) -> None:
    assert summary(conversation(visit()), by=(dimension,))[0].group == (label,)


def test_an_id_without_a_name_is_shown_as_it_is() -> None:
    (figures,) = summary(
        conversation(visit(QueueId("q-gone"), agent="a9")), by=(Dimension.QUEUE, Dimension.AGENT, Dimension.DIVISION)
    )
    assert figures.group == (Label("q-gone", "q-gone"), Label("a9", "a9"), Label("", "No division"))


def test_an_hour_that_occurs_twice_is_two_groups() -> None:
    half_past_two = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    twice = [conversation(visit(), start=half_past_two + timedelta(hours=each)) for each in range(2)]
    assert {group.group[0].id for group in summary(*twice, by=(Dimension.HOUR,))} == {
        "2026-10-25T02:00:00+02:00",
        "2026-10-25T02:00:00+01:00",
    }


def exact_quantile(waits: list[float], share: float) -> float:
    """Linear interpolation at q(n-1) of the sorted values."""
    place = share * (len(waits) - 1)
    below = int(place)
    ordered = sorted(waits)
    return ordered[below] + (ordered[min(below + 1, len(waits) - 1)] - ordered[below]) * (place - below)


def quantile(waits: list[float], share: float) -> float:
    bins = Waits()
    for wait in waits:
        bins.add(seconds(wait))
    found = bins.quantile(share)
    assert found is not None
    return found.total_seconds()


@pytest.mark.parametrize(("share", "value"), [(0.5, 4.0), (0.9, 21.6)])
def test_percentiles_lie_between_two_waits_by_proportion(share: float, value: float) -> None:
    assert quantile([30, 4, 2, 9, 4], share) == pytest.approx(value)


WITHIN_AN_HOUR = st.floats(0, 3599.9)
ANY_WAIT = st.one_of(WITHIN_AN_HOUR, st.floats(3600, 7 * 86_400))


@given(st.lists(WITHIN_AN_HOUR, min_size=1), st.sampled_from([0.5, 0.9]))
def test_up_to_an_hour_percentiles_are_exact_to_under_a_second(waits: list[float], share: float) -> None:
    assert abs(quantile(waits, share) - exact_quantile(waits, share)) < 1


@given(st.lists(ANY_WAIT, min_size=1), st.sampled_from([0.5, 0.9]))
def test_above_an_hour_percentiles_are_exact_to_under_a_minute(waits: list[float], share: float) -> None:
    assert abs(quantile(waits, share) - exact_quantile(waits, share)) < 60


VISITS = st.builds(
    visit,
    st.sampled_from([BILLING, SALES]),
    wait=st.integers(0, 300),
    talk=st.integers(0, 400),
    hold=st.integers(0, 100),
    outcome=st.sampled_from([Outcome.ANSWERED, Outcome.ABANDONED]),
    wrap_up=st.sampled_from([None, "w1", "w2"]),
    agent=st.sampled_from([None, "a1", "a2"]),
)
CONVERSATIONS = st.builds(
    lambda visits, lasting, hours: conversation(*visits, lasting=lasting, start=MONDAY + timedelta(hours=hours)),
    st.lists(VISITS, min_size=1, max_size=4),
    st.one_of(st.none(), st.integers(1, 4_000)),
    st.integers(0, 30),
)


@given(st.lists(CONVERSATIONS, max_size=20))
def test_the_figures_equal_a_count_over_the_whole_list(conversations: list[Conversation]) -> None:
    found = {
        tuple(label.id for label in group.group): group
        for group in summary(*conversations, by=(Dimension.QUEUE, Dimension.AGENT))
    }
    expected = {
        (queue, agent)
        for queue, agent in product((BILLING, SALES), ("", "a1", "a2"))
        if any(matching(each, queue, agent) for each in conversations)
    }
    assert set(found) == expected
    for queue, agent in expected:
        figures = found[queue, agent]
        mine = [(each, visits) for each in conversations if (visits := matching(each, queue, agent))]
        over = [(each.end - each.start, visits) for each, visits in mine if each.end is not None]
        waits = [
            v.wait.total_seconds()
            for _, visits in mine
            for v in visits
            if v.outcome is Outcome.ANSWERED and v.wait is not None
        ]
        assert figures.conversations == len(mine)
        assert figures.visits == sum(len(visits) for _, visits in mine)
        assert figures.wrap_up_codes == len({v.wrap_up for _, visits in mine for v in visits if v.wrap_up})
        if over:
            assert figures.average_duration is not None
            lengths = [length.total_seconds() for length, _ in over]
            assert figures.average_duration.total_seconds() == pytest.approx(fmean(lengths), abs=1e-6)
            talk = sum(v.talk.total_seconds() for _, visits in over for v in visits)
            assert figures.talk_ratio == pytest.approx(talk / sum(lengths))
        if waits:
            assert figures.p90_wait is not None
            assert figures.p90_wait.total_seconds() == pytest.approx(exact_quantile(waits, 0.9), abs=1e-5)


def matching(each: Conversation, queue: QueueId, agent: str) -> list[Visit]:
    return [v for v in each.visits if v.queue == queue and (v.agent or "") == agent]
