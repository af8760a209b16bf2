"""The measures of rules: one table with the reports', and sums that agree with `/sla`."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.alerts.measures import BY_NAME, BY_WORD, MEASURES, Live, Measure, live_of, window_of
from bot.domain.alerts.samples import QUARTER, Place, Sample
from bot.domain.amounts import Amounts, Spells, Times
from bot.domain.folding import fold
from bot.domain.ids import QueueId
from bot.domain.live import Agents, Contacts
from bot.domain.metrics import BY_NAME as METRIC
from bot.domain.metrics import Figure, Unit
from bot.domain.questions import Formula
from bot.domain.queues import Media
from bot.domain.sla import Counts, Share, Switches

START = datetime(2026, 11, 10, 9, tzinfo=UTC)
PLACE = Place(QueueId("q"), Media.VOICE)
TWENTY = timedelta(seconds=20)
HOUR = timedelta(hours=1)
AGENTS = Agents(on_queue=11, available=4, interacting=7, communicating=0, not_responding=0, off_queue=12)
ids = pytest.mark.parametrize("measure", [pytest.param(each, id=each.name) for each in MEASURES])


def sample(number: int = 0, **counts: object) -> Sample:
    return Sample(place=PLACE, start=START + number * QUARTER, **counts)  # type: ignore[arg-type]


@ids
def test_a_measure_of_a_window_is_the_metric_of_reports(measure: Measure) -> None:
    metric = METRIC.get(measure.name)
    assert measure.live or (metric is not None and (measure.counted, measure.unit) == (metric.of, metric.unit))


@ids
def test_a_live_measure_has_no_name_of_a_report(measure: Measure) -> None:
    assert not (measure.live and measure.name in METRIC)


@ids
def test_a_measure_is_of_a_window_or_of_this_moment(measure: Measure) -> None:
    assert (measure.counted is None) is measure.live


@ids
def test_words_are_as_they_are_compared(measure: Measure) -> None:
    assert all(word == fold(word) and " " not in word for word in measure.words)


def test_no_word_means_two_measures() -> None:
    words = Counter(word for measure in MEASURES for word in measure.words)
    assert words.most_common(1)[0][1] == 1


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("sla", "service_level"),
        ("sl", "service_level"),
        ("breach", "breach_share"),
        ("abandon-rate", "abandon_share"),
        ("asa", "asa_seconds"),
        ("aht", "aht_seconds"),
        ("waiting", "waiting"),
        ("longest-wait", "oldest_wait"),
        ("oldest-wait", "oldest_wait"),
        ("available", "available"),
        ("free", "available"),
        ("on-queue", "on_queue"),
        ("agents", "on_queue"),
        ("wait", "average_wait_seconds"),
    ],
)
def test_people_mean_by_a_word(word: str, name: str) -> None:
    assert BY_WORD[word].name == name


def test_low_values_are_the_bad_ones_of() -> None:
    low = {measure.name for measure in MEASURES if measure.low_is_bad}
    assert low == {"service_level", "answered", "answered_share", "available", "on_queue"}


def test_agents_have_no_medium() -> None:
    assert {measure.name for measure in MEASURES if measure.agents} == {"available", "on_queue"}


@pytest.mark.parametrize(
    ("window", "figure"),
    [
        pytest.param(HOUR, Share(within=8, denominator=98), id="under two hours: of the contacts resolved"),
        pytest.param(2 * HOUR, Share(within=8, denominator=118), id="from two hours on: of the contacts offered"),
    ],
)
def test_abandonment_divides_by_what_its_window_can_know(window: timedelta, figure: Figure) -> None:
    amounts = Amounts(offered=120, answered=90, abandoned=10, short_abandoned=2)
    assert BY_NAME["abandon_share"].of(amounts, window) == figure


def test_a_measure_of_this_moment_has_no_window() -> None:
    with pytest.raises(ValueError, match="has no window"):
        BY_NAME["waiting"].of(Amounts(), HOUR)


def test_a_measure_of_a_window_is_not_seen() -> None:
    with pytest.raises(ValueError, match="not seen live"):
        BY_NAME["offered"].now(Live())


@pytest.mark.parametrize(
    ("contacts", "agents", "live"),
    [
        pytest.param(
            Contacts(media=Media.VOICE, waiting=2, interacting=7, longest_wait=TWENTY),
            AGENTS,
            Live(waiting=2, interacting=7, oldest_wait=TWENTY, available=4, on_queue=11),
            id="everything was reported",
        ),
        pytest.param(
            Contacts(media=Media.VOICE, waiting=0),
            None,
            Live(waiting=0, oldest_wait=timedelta()),
            id="nobody waits, so nobody waits long",
        ),
        pytest.param(
            Contacts(media=Media.VOICE, waiting=2), None, Live(waiting=2), id="how long they wait was not reported"
        ),
        pytest.param(None, AGENTS, Live(available=4, on_queue=11), id="a queue's agents alone"),
        pytest.param(None, None, Live(), id="nothing was reported"),
    ],
)
def test_what_is_seen_is_what_was_reported(contacts: Contacts | None, agents: Agents | None, live: Live) -> None:
    assert live_of(contacts, agents) == live


@pytest.mark.parametrize(
    ("formula", "switches", "rated"),
    [
        pytest.param(Formula.GENESYS, Switches(), 1060, id="answered and abandoned"),
        pytest.param(Formula.GENESYS, Switches(include_short_abandons=False), 1050, id="without short ones"),
        pytest.param(Formula.GENESYS, Switches(include_flow_outs=True), 1075, id="with flow-outs"),
        pytest.param(Formula.GENESYS, Switches(include_abandons=False), 1000, id="without abandons"),
        pytest.param(Formula.ANSWERED, Switches(), 1000, id="of answered"),
        pytest.param(Formula.OFFERED, Switches(), 1075, id="of offered"),
    ],
)
def test_a_window_is_rated_as_the_same_closed_period_is(formula: Formula, switches: Switches, rated: int) -> None:
    day = sample(
        offered=1075, answered=1000, abandoned=60, short_abandoned=10, flow_out=15, within={TWENTY: 860, HOUR: 1000}
    )
    window = window_of([day], threshold=TWENTY, switches=switches, formula=formula)
    assert (window.in_time, window.rated) == (860, rated)


counts = st.builds(
    lambda answered, late, abandoned, short, flow, waits: {
        "answered": answered + late,
        "within": {TWENTY: answered} if answered + late else {},
        "abandoned": abandoned + short,
        "short_abandoned": short,
        "flow_out": flow,
        "offered": answered + late + abandoned + short + flow,
        "over_target": late,
        "times": Times(answered=Spells(answered, answered * timedelta(seconds=waits), timedelta(seconds=waits))),
    },
    *[st.integers(0, 50)] * 6,
)


@given(quarters=st.lists(counts, max_size=8), cut=st.integers(0, 8))
def test_a_window_is_the_sum_of_its_parts(quarters: list[dict[str, object]], cut: int) -> None:
    samples = [sample(number, **each) for number, each in enumerate(quarters)]
    whole, first, rest = (
        window_of(part, threshold=TWENTY, switches=Switches()) for part in (samples, samples[:cut], samples[cut:])
    )
    assert whole == first + rest


@given(quarters=st.lists(counts, max_size=8))
def test_a_window_has_the_denominator_of_its_counts(quarters: list[dict[str, object]]) -> None:
    samples = [sample(number, **each) for number, each in enumerate(quarters)]
    window = window_of(samples, threshold=TWENTY, switches=Switches())
    together = Counts(
        offered=window.offered,
        answered=window.answered,
        abandoned=window.abandoned,
        short_abandoned=window.short_abandoned,
        flow_out=window.flow_out,
    )
    assert window.rated == together.denominator(Formula.GENESYS, Switches())


@pytest.mark.parametrize(
    ("quarters", "threshold", "rated"),
    [
        pytest.param([sample(answered=10)], None, 0, id="no threshold, no service level"),
        pytest.param(
            [sample(answered=10, within={TWENTY: 8}), sample(1, answered=5)],
            TWENTY,
            0,
            id="a quarter hour that was not asked for it leaves none of a part",
        ),
        pytest.param(
            [sample(answered=10, within={TWENTY: 8}), sample(1, abandoned=5)],
            TWENTY,
            15,
            id="a quarter hour without answers needs not be asked",
        ),
    ],
)
def test_a_service_level_is_of_the_whole_window_or_none(
    quarters: list[Sample], threshold: timedelta | None, rated: int
) -> None:
    assert window_of(quarters, threshold=threshold, switches=Switches()).rated == rated


@ids
def test_an_empty_window_is_nothing_or_a_count_of_none(measure: Measure) -> None:
    if measure.live:
        assert measure.now(Live()) is None
        return
    figure = measure.of(window_of([], threshold=TWENTY, switches=Switches()), HOUR)
    assert figure == {Unit.COUNT: 0, Unit.TIME: None, Unit.SHARE: Share(within=0, denominator=0)}[measure.unit]
