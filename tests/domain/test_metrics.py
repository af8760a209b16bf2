from __future__ import annotations

from datetime import timedelta
from functools import reduce
from operator import add, attrgetter
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.amounts import Amounts, Spells, Times
from bot.domain.dimensions import Dimension
from bot.domain.figures import exact, figure_text
from bot.domain.folding import fold
from bot.domain.metrics import BY_NAME, METRICS, Unit, known_by, usual
from bot.domain.sla import Share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.metrics import Figure, Metric


def seconds(value: float) -> timedelta:
    return timedelta(seconds=value)


def answered(count: int, *, asa: float) -> Amounts:
    return Amounts(answered=count, times=Times(answered=Spells(count, count * seconds(asa), seconds(asa))))


def handled(count: int, *, aht: float) -> Amounts:
    return Amounts(times=Times(handled=Spells(count, count * seconds(aht), seconds(aht))))


def rated(within: int, of: int) -> Amounts:
    return Amounts(in_time=within, rated=of)


@pytest.mark.parametrize(
    ("metric", "groups", "together", "average_of_averages"),
    [
        pytest.param(
            "aht_seconds",
            [handled(40, aht=600), handled(960, aht=240)],
            seconds(254.4),
            seconds(420),
            id="AHT weighs by the contacts handled",
        ),
        pytest.param(
            "asa_seconds",
            [answered(40, asa=35), answered(960, asa=11)],
            seconds(11.96),
            seconds(23),
            id="ASA weighs by the contacts answered",
        ),
        pytest.param(
            "service_level",
            [rated(12, 40), rated(864, 960)],
            0.876,
            0.6,
            id="a service level weighs by what it divides by",
        ),
        pytest.param(
            "service_level",
            [rated(2, 2), rated(1, 4), rated(85, 100)],
            88 / 106,
            0.7,
            id="three intervals, two of them nearly empty",
        ),
    ],
)
def test_a_total_divides_sums_and_never_averages_averages(
    metric: str, groups: Sequence[Amounts], together: timedelta | float, average_of_averages: timedelta | float
) -> None:
    parts = [number(metric, group) for group in groups]
    assert number(metric, reduce(add, groups)) == pytest.approx(plain(together))
    assert sum(parts) / len(parts) == pytest.approx(plain(average_of_averages))
    assert together != average_of_averages


def number(metric: str, amounts: Amounts) -> float:
    figure = BY_NAME[metric].of(amounts)
    value = figure.value if isinstance(figure, Share) else figure
    assert value is not None
    return plain(value)


def plain(value: timedelta | float) -> float:
    return value.total_seconds() if isinstance(value, timedelta) else value


DAY = Amounts(
    offered=1075,
    answered=1000,
    abandoned=60,
    short_abandoned=10,
    flow_out=15,
    over_target=140,
    in_time=860,
    rated=1060,
    times=Times(
        queued=Spells(1075, seconds(21_500), seconds(310)),
        answered=Spells(1000, seconds(12_000), seconds(200)),
        abandoned=Spells(60, seconds(3000), seconds(310)),
        handled=Spells(990, seconds(297_000), seconds(2000)),
        talked=Spells(990, seconds(247_500), seconds(1800)),
        held=Spells(110, seconds(19_800), seconds(400)),
        wrapped_up=Spells(900, seconds(29_700), seconds(90)),
        transferred=33,
    ),
)


@pytest.mark.parametrize(
    ("metric", "figure"),
    [
        ("offered", 1075),
        ("answered", 1000),
        ("answered_share", Share(within=1000, denominator=1075)),
        ("service_level", Share(within=860, denominator=1060)),
        ("breach_share", Share(within=200, denominator=1060)),
        ("over_target", 140),
        ("abandoned", 60),
        ("abandon_share", Share(within=50, denominator=1065)),
        ("short_abandoned", 10),
        ("flow_out", 15),
        ("asa_seconds", seconds(12)),
        ("average_wait_seconds", seconds(20)),
        ("longest_wait_seconds", seconds(310)),
        ("handled", 990),
        ("aht_seconds", seconds(300)),
        ("talk_seconds", seconds(250)),
        ("hold_seconds", seconds(20)),
        ("acw_seconds", seconds(30)),
        ("transferred", 33),
    ],
)
def test_a_day_by_each_metric(metric: str, figure: Figure) -> None:
    assert BY_NAME[metric].of(DAY) == figure


@pytest.mark.parametrize("metric", METRICS, ids=attrgetter("name"))
def test_without_contacts_there_is_a_count_of_zero_and_no_figure_of_anything_else(metric: Metric) -> None:
    figure = metric.of(Amounts())
    value = figure.value if isinstance(figure, Share) else figure
    assert value == (0 if metric.unit is Unit.COUNT else None)


@given(within=st.integers(0, 1000), of=st.integers(-10, 1000))
@example(within=5, of=2)
@example(within=3, of=-1)
def test_service_level_and_breaches_are_the_whole_or_both_undefined(within: int, of: int) -> None:
    """In a short period more may be answered than were offered in it."""
    level, breaches = (exact(share(name, rated(within, of))) for name in ("service_level", "breach_share"))
    if of > 0:
        assert level is not None
        assert breaches is not None
        assert level + breaches == 1
    else:
        assert (level, breaches) == (None, None)


@pytest.mark.parametrize(
    ("metric", "amounts", "shown"),
    [
        pytest.param("breach_share", rated(5, 2), "0.0 %", id="more in time than were offered in the hour"),
        pytest.param("breach_share", rated(3, -1), "–", id="fewer than none to rate"),
        pytest.param("service_level", rated(0, -1), "–", id="none of fewer than none"),
        pytest.param("abandon_share", Amounts(abandoned=3, short_abandoned=2), "–", id="offered before the hour"),
        pytest.param(
            "abandon_share", Amounts(offered=1, abandoned=2, short_abandoned=2), "–", id="one offered, two left at once"
        ),
        pytest.param("abandon_share", Amounts(offered=1, abandoned=3), "100.0 %", id="two more, offered before"),
        pytest.param("answered_share", Amounts(offered=1, answered=3), "100.0 %", id="answered, offered before"),
    ],
)
def test_what_began_before_a_short_period_makes_no_share_below_nothing_or_above_all(
    metric: str, amounts: Amounts, shown: str
) -> None:
    assert figure_text(BY_NAME[metric].of(amounts)) == shown


ANY_COUNTS = st.builds(
    Amounts,
    **dict.fromkeys(("offered", "answered", "abandoned", "short_abandoned", "in_time"), st.integers(0, 20)),
    rated=st.integers(-20, 20),
)


@given(ANY_COUNTS)
def test_no_share_is_negative_whatever_was_counted(amounts: Amounts) -> None:
    shares = [share(metric.name, amounts) for metric in METRICS if metric.unit is Unit.SHARE]
    assert all(one.within >= 0 and one.denominator >= 0 for one in shares)


def share(metric: str, amounts: Amounts) -> Share:
    figure = BY_NAME[metric].of(amounts)
    assert isinstance(figure, Share)
    return figure


@given(st.lists(st.integers(0, 3_600_000), min_size=1))
def test_talk_hold_and_after_call_work_add_up_to_the_handle_time(milliseconds: list[int]) -> None:
    """Hold and after-call work have fewer spells than there are contacts handled, but the same divisor."""

    def spells(values: list[int]) -> Spells:
        return Spells(len(values), timedelta(milliseconds=sum(values)), timedelta(milliseconds=max(values, default=0)))

    talked, held, wrapped_up = milliseconds, milliseconds[::2], milliseconds[::3]
    whole = spells([*talked, *held, *wrapped_up])
    times = Times(
        handled=Spells(len(talked), whole.total, whole.longest),
        talked=spells(talked),
        held=spells(held),
        wrapped_up=spells(wrapped_up),
    )
    names = ("aht_seconds", "talk_seconds", "hold_seconds", "acw_seconds")
    handle, *parts = (BY_NAME[name].of(Amounts(times=times)) for name in names)
    assert isinstance(handle, timedelta)
    apart = abs(sum((part for part in parts if isinstance(part, timedelta)), timedelta()) - handle)
    assert apart <= timedelta(microseconds=2), "each is rounded to a microsecond"


def test_every_word_for_a_metric_means_one_metric() -> None:
    words = [word for metric in METRICS for word in metric.words]
    assert len(words) == len(set(words))
    assert all(word == fold(word) for word in words)


@pytest.mark.parametrize("dimension", Dimension)
def test_the_usual_metrics_are_known_in_the_groups_they_are_usual_for(dimension: Dimension) -> None:
    assert all(known_by(BY_NAME[name], [dimension]) for name in usual([dimension]))


@pytest.mark.parametrize(
    ("metric", "by", "known"),
    [
        pytest.param("offered", [Dimension.QUEUE, Dimension.HOUR], True, id="queues have everything"),
        pytest.param("offered", [Dimension.AGENT], False, id="nobody has what waits in the queue"),
        pytest.param("answered", [Dimension.QUEUE, Dimension.AGENT], True, id="an agent answers"),
        pytest.param("answered", [Dimension.WRAPUP], False, id="at the answer there is no code yet"),
        pytest.param("answered", [Dimension.AGENT, Dimension.WRAPUP], False, id="nor for an agent's answers"),
        pytest.param("handled", [Dimension.AGENT, Dimension.WRAPUP], True, id="handling ends with both"),
    ],
)
def test_a_metric_is_known_only_where_it_happens(metric: str, by: list[Dimension], known: bool) -> None:
    assert known_by(BY_NAME[metric], by) is known
