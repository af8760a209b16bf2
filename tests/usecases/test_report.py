"""Groups, totals and comparisons from counts and times; every number by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.amounts import Amounts, Spells, Times
from bot.domain.conversations import Direction
from bot.domain.dimensions import Dimension
from bot.domain.ids import AgentId, QueueId, WrapUpId
from bot.domain.metrics import BY_NAME
from bot.domain.period import Period
from bot.domain.questions import Formula, ReportQuestion
from bot.domain.queues import Media, Queue, Target
from bot.domain.sla import Switches
from bot.genesys.tallies import Facet, Tallies, Tally, TallyKey
from bot.usecases.labels import Labels
from bot.usecases.report import people_of, report_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.domain.report import Report, ReportRow

D = Dimension
T20, T30 = timedelta(seconds=20), timedelta(seconds=30)
MINUTE = timedelta(minutes=1)
DAY = Period(
    start=datetime(2026, 11, 19, tzinfo=UTC), end=datetime(2026, 11, 20, tzinfo=UTC), zone=ZoneInfo("UTC"), name="x"
)
WEEK_BEFORE = replace(DAY, start=DAY.start - timedelta(days=7), end=DAY.end - timedelta(days=7))
TARGETS = {
    Media.VOICE: Target(share=0.8, threshold=T20),
    Media.CALLBACK: Target(share=0.8, threshold=T30),
}
BILLING = Queue(id=QueueId("b"), name="Billing", division="Home", targets=TARGETS)
SALES = Queue(id=QueueId("s"), name="Sales", division="Home", targets={Media.VOICE: Target(share=0.9, threshold=T30)})
FAX = Queue(id=QueueId("f"), name="Fax", division="Back")
ANA, BO = AgentId("ana"), AgentId("bo")
SOLD = WrapUpId("sold")
VOICE, CALLBACK, EMAIL = Media.VOICE, Media.CALLBACK, Media.EMAIL


def key(queue: Queue, media: Media = VOICE, hour: int | None = None, **facet: Any) -> TallyKey:
    return TallyKey(queue.id, media, None if hour is None else DAY.start + timedelta(hours=hour), Facet(**facet))


def tally(answered: int, in_time: int = 0, abandoned: int = 0, **more: Any) -> Tally:
    """Whatever the threshold is, so many were in time."""
    within = dict.fromkeys((T20, T30), in_time)
    return Tally(offered=answered + abandoned, answered=answered, abandoned=abandoned, within=within, **more)


def handling(count: int, each: timedelta = MINUTE) -> Times:
    return Times(handled=Spells(count, count * each, each))


def made(
    now: Mapping[TallyKey, Tally],
    *by: Dimension,
    before: Mapping[TallyKey, Tally] | None = None,
    switches: Switches = Switches(),  # noqa: B008  frozen
    **more: Any,
) -> Report:
    question = ReportQuestion(queues=(), period=DAY, by=by, compared=before is not None, **more)
    queues = (BILLING, FAX, SALES)
    return report_of(
        question,
        queues=queues,
        switches=switches,
        tallies=Tallies(as_of=DAY.end, by_period=(now,) if before is None else (now, before), bodies=("{}",)),
        labels=Labels(zone=DAY.zone, queues=queues, agents={ANA: "Ana", BO: "Bo"}, wrap_ups={SOLD: "Sold"}),
        compared_with=None if before is None else WEEK_BEFORE,
    )


def names(report: Report) -> list[tuple[str, ...]]:
    return [tuple(label.name for label in row.group) for row in report.rows]


def level(row: ReportRow) -> tuple[int, int]:
    return row.amounts.in_time, row.amounts.rated


def test_a_total_weighs_by_contacts():
    """The average of the two handle times would be 420 s."""
    found = made(
        {
            key(BILLING): tally(40, times=handling(40, timedelta(seconds=600))),
            key(SALES): tally(960, times=handling(960, timedelta(seconds=240))),
        },
        D.QUEUE,
    )
    assert BY_NAME["aht_seconds"].of(found.total.amounts) == timedelta(seconds=254.4)


def test_each_queue_is_rated_by_its_own_target_and_one_without_is_not_rated():
    found = made(
        {
            key(BILLING): Tally(answered=10, within={T20: 6}),
            key(SALES): Tally(answered=9, within={T30: 7}),
            key(FAX): Tally(answered=5, within={}),
        },
        D.QUEUE,
    )
    assert [level(row) for row in found.rows] == [(6, 10), (7, 9), (0, 0)]
    assert level(found.total) == (13, 19)


def test_the_threshold_asked_for_rates_every_queue():
    found = made({key(BILLING): tally(10, 6), key(FAX): tally(5, 5)}, D.QUEUE, threshold=T30)
    assert level(found.total) == (11, 15)


@pytest.mark.parametrize(
    ("formula", "switches", "rated"),
    [
        pytest.param(Formula.GENESYS, Switches(), 10 + 4, id="abandons count"),
        pytest.param(Formula.GENESYS, Switches(include_short_abandons=False), 10 + 4 - 1, id="short ones do not"),
        pytest.param(Formula.GENESYS, Switches(include_flow_outs=True), 10 + 4 + 2, id="flow-outs do"),
        pytest.param(Formula.ANSWERED, Switches(), 10, id="of answered"),
        pytest.param(Formula.OFFERED, Switches(), 14, id="of offered"),
    ],
)
def test_a_service_level_is_divided_by_what_the_formula_and_the_organisation_say(
    formula: Formula, switches: Switches, rated: int
):
    found = made(
        {key(BILLING): tally(10, 6, 4, short_abandoned=1, flow_out=2)}, D.QUEUE, formula=formula, switches=switches
    )
    assert level(found.rows[0]) == (6, rated)


MIXED = {key(BILLING): tally(10, 8), key(BILLING, CALLBACK): tally(5, 1), key(SALES): tally(3, 3)}


def test_callbacks_are_counted_beside_other_media_but_not_rated():
    found = made(MIXED, D.QUEUE)
    billing = found.rows[0]
    assert (billing.amounts.answered, level(billing)) == (15, (8, 10))
    assert billing.media == {VOICE, CALLBACK}
    assert (found.total.amounts.answered, level(found.total)) == (18, (11, 13))
    assert found.callbacks_unrated


def test_callbacks_in_rows_of_their_own_are_rated_there_and_not_in_the_total():
    found = made(MIXED, D.QUEUE, D.MEDIA)
    assert dict(zip(names(found), map(level, found.rows), strict=True)) == {
        ("Billing", "voice"): (8, 10),
        ("Billing", "callback"): (1, 5),
        ("Sales", "voice"): (3, 3),
    }
    assert level(found.total) == (11, 13)
    assert found.callbacks_unrated


def test_callbacks_alone_are_rated():
    found = made(MIXED, D.QUEUE, D.MEDIA, media=(CALLBACK,))
    assert names(found) == [("Billing", "callback")]
    assert level(found.rows[0]) == level(found.total) == (1, 5)
    assert not found.callbacks_unrated


def test_handling_that_is_left_of_calls_does_not_keep_callbacks_from_being_rated():
    """Nothing else can be rated then; /sla sees only callbacks too."""
    found = made({key(BILLING): Tally(times=handling(2)), key(BILLING, CALLBACK): tally(5, 1)}, D.QUEUE)
    assert level(found.rows[0]) == (1, 5)


def test_callbacks_that_are_alone_now_are_not_rated_against_calls():
    now = {key(BILLING, CALLBACK): tally(5, 1), key(SALES, CALLBACK): tally(4, 2), key(FAX, CALLBACK): tally(3)}
    before = {
        key(BILLING): tally(10, 8),
        key(BILLING, CALLBACK): tally(6, 2),
        key(SALES, CALLBACK): tally(7, 3),
        key(FAX): tally(9),
    }
    found = {row.group[0].name: row for row in made(now, D.QUEUE, before=before, threshold=T30).rows}
    assert {name: level(row) for name, row in found.items()} == {"Billing": (1, 5), "Sales": (2, 4), "Fax": (0, 3)}
    previous = {name: row.previous for name, row in found.items() if row.previous}
    assert {name: (then.in_time, then.rated) for name, then in previous.items()} == {
        "Billing": (0, 0),
        "Sales": (3, 7),
        "Fax": (0, 0),
    }
    assert previous["Billing"].answered == 16, "counts are compared all the same"


def test_the_period_before_is_not_rated_otherwise_than_the_row():
    """Callbacks that were alone a week ago would be compared with calls."""
    before = {key(BILLING, CALLBACK): tally(7, 2), key(SALES): tally(4, 4), key(SALES, CALLBACK): tally(1, 0)}
    billing, sales = made(MIXED, D.QUEUE, before=before).rows
    assert billing.previous
    assert (billing.previous.in_time, billing.previous.rated) == (0, 0)
    assert sales.previous
    assert (sales.previous.in_time, sales.previous.rated) == (4, 4)
    alone = made(MIXED, D.QUEUE, D.MEDIA, before=before).rows[1]
    assert alone.media == {CALLBACK}
    assert alone.previous
    assert (alone.previous.in_time, alone.previous.rated) == (2, 7)


def test_a_group_in_which_nothing_happened_before_has_nothing_to_compare_with():
    found = made(MIXED, D.QUEUE, before={key(SALES): Tally()})
    assert [row.previous for row in found.rows] == [None, None]
    assert found.total.previous is None
    assert made(MIXED, D.QUEUE).total.previous is None


def test_a_group_in_which_nothing_happens_any_more_is_left_out_but_the_total_before_has_it():
    found = made({key(SALES): tally(3)}, D.QUEUE, before={key(SALES): tally(2), key(FAX): tally(4)})
    assert names(found) == [("Sales",)]
    assert found.total.previous
    assert found.total.previous.answered == 6


def test_queues_in_which_nothing_happened_are_named():
    found = made({key(SALES): tally(3), key(FAX): Tally(), key(BILLING, EMAIL): tally(1)}, D.DIVISION, media=(VOICE,))
    assert names(found) == [("Home",)]
    assert found.silent == (BILLING, FAX)


def test_without_any_contact_there_are_no_rows():
    found = made({}, D.QUEUE)
    assert found.empty
    assert found.total.amounts == Amounts()
    assert found.silent == (BILLING, FAX, SALES)


def test_hours_come_in_their_order_and_in_each_the_largest_first():
    hours = {
        key(SALES, hour=9): tally(1),
        key(BILLING, hour=9): tally(2),
        key(BILLING, hour=8): tally(1),
        key(SALES, hour=10): tally(9),
    }
    assert names(made(hours, D.QUEUE, D.HOUR)) == [
        ("Billing", "Thu 19 Nov 08:00"),
        ("Billing", "Thu 19 Nov 09:00"),
        ("Sales", "Thu 19 Nov 09:00"),
        ("Sales", "Thu 19 Nov 10:00"),
    ]
    assert names(made(hours, D.DAY, D.HOUR))[0] == ("Thu 19 Nov", "Thu 19 Nov 08:00")


AGENTS = {
    key(BILLING): Tally(offered=50, abandoned=10),
    key(BILLING, agent=ANA): Tally(answered=15, times=handling(14)),
    key(SALES, agent=ANA): Tally(answered=5),
    key(BILLING, agent=BO): Tally(answered=18, times=handling(30)),
    key(BILLING, agent=BO, wrap_up=SOLD): Tally(times=handling(2)),
}


def test_by_agent_the_busiest_come_first_and_what_is_nobody_s_is_no_row():
    found = made(AGENTS, D.AGENT)
    assert names(found) == [("Ana",), ("Bo",)]
    assert [row.amounts.answered for row in found.rows] == [20, 18]
    assert found.total.amounts.answered == 38


def test_by_wrap_up_code_answers_are_no_row_for_they_have_no_code():
    found = made(
        {key(SALES, agent=ANA): Tally(answered=5), key(SALES, wrap_up=SOLD): Tally(times=handling(2))}, D.WRAPUP
    )
    assert names(found) == [("Sold",)]


def test_contacts_handled_without_a_code_are_a_group():
    assert names(made(AGENTS, D.WRAPUP, D.AGENT)) == [("No code", "Bo"), ("No code", "Ana"), ("Sold", "Bo")]


def test_only_people_of_the_period_asked_about_need_names():
    before = {key(FAX, agent=AgentId("gone")): tally(1)}
    tallies = Tallies(as_of=DAY.end, by_period=(AGENTS, before), bodies=())
    assert people_of(tallies) == ({ANA, BO}, {SOLD})


keys = st.builds(
    key,
    st.sampled_from([BILLING, SALES, FAX]),
    st.sampled_from([VOICE, CALLBACK, EMAIL]),
    st.integers(0, 23),
    agent=st.sampled_from([ANA, BO]),
    wrap_up=st.just(SOLD),
    direction=st.sampled_from(Direction),
)
tallies_of_contacts = st.builds(
    tally,
    st.integers(1, 50),
    st.integers(0, 50),
    st.integers(0, 9),
    over_sla=st.integers(0, 9),
    flow_out=st.integers(0, 9),
    times=st.integers(1, 9).map(handling),
)


@given(
    st.dictionaries(keys, tallies_of_contacts),
    st.lists(st.sampled_from(Dimension), min_size=1, unique=True),
    st.lists(st.sampled_from([VOICE, CALLBACK, EMAIL]), unique=True),
)
def test_rows_add_up_to_the_total_whatever_the_groups(
    tallies: dict[TallyKey, Tally], by: list[Dimension], media: list[Media]
):
    found = made(tallies, *by, media=tuple(media))
    assert len(set(names(found))) == len(found.rows)
    rated_apart = {"in_time": 0, "rated": 0}  # of callbacks, which some rows rate and others do not
    rows = reduce(add, (row.amounts for row in found.rows), Amounts())
    assert replace(rows, **rated_apart) == replace(found.total.amounts, **rated_apart)
