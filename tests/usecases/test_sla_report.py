"""Rows, totals and comparisons from counts; every number by hand."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.ids import QueueId
from bot.domain.period import Period
from bot.domain.questions import Formula, Grouping, SlaQuestion
from bot.domain.queues import Media, Queue, Target
from bot.domain.sla import Reported, SlaReport, Switches
from bot.genesys.tallies import Tallies, Tally, TallyKey
from bot.usecases.sla_report import sla_report, thresholds_of

T20, T30 = timedelta(seconds=20), timedelta(seconds=30)
DAY = Period(
    start=datetime(2026, 11, 19, tzinfo=UTC), end=datetime(2026, 11, 20, tzinfo=UTC), zone=ZoneInfo("UTC"), name="x"
)
WEEK_BEFORE = Period(
    start=datetime(2026, 11, 12, tzinfo=UTC), end=datetime(2026, 11, 13, tzinfo=UTC), zone=ZoneInfo("UTC"), name="x"
)
VOICE_20 = {Media.VOICE: Target(share=0.8, threshold=T20)}
BILLING = Queue(id=QueueId("b"), name="Billing", targets=VOICE_20)
SALES = Queue(id=QueueId("s"), name="Sales", targets={Media.VOICE: Target(share=0.9, threshold=T30)})
FAX = Queue(id=QueueId("f"), name="Fax")


def tally(answered: int, within: int, *, threshold: timedelta = T20, abandoned: int = 0, **rest: int) -> Tally:
    return Tally(
        offered=answered + abandoned, answered=answered, abandoned=abandoned, within={threshold: within}, **rest
    )


def report(
    now: dict[tuple[Queue, Media], Tally],
    before: dict[tuple[Queue, Media], Tally] | None = None,
    *,
    threshold: timedelta | None = None,
    by: Grouping = Grouping.QUEUE,
    formula: Formula = Formula.GENESYS,
    switches: Switches = Switches(),  # noqa: B008 frozen
) -> SlaReport:
    def keyed(side: dict[tuple[Queue, Media], Tally]) -> dict[TallyKey, Tally]:
        return {TallyKey(queue.id, media, None): counted for (queue, media), counted in side.items()}

    sides = (keyed(now),) if before is None else (keyed(now), keyed(before))
    return sla_report(
        SlaQuestion(queues=(), threshold=threshold, period=DAY, by=by, formula=formula),
        queues=[BILLING, FAX, SALES],
        switches=switches,
        tallies=Tallies(as_of=DAY.end, by_period=sides, bodies=("{}",)),
        compared_with=None if before is None else WEEK_BEFORE,
    )


def test_the_total_sums_numerators_and_denominators():
    """The average of the two percentages would be 60.0 %."""
    found = report({(BILLING, Media.VOICE): tally(40, 12), (SALES, Media.VOICE): tally(960, 864)}, threshold=T20)
    assert found.total.share
    assert (found.total.share.within, found.total.share.denominator) == (876, 1000)


def test_each_queue_is_counted_with_its_own_threshold_when_none_is_asked_for():
    found = report(
        {
            (BILLING, Media.VOICE): tally(100, 60, threshold=T20),
            (SALES, Media.VOICE): tally(100, 70, threshold=T30),
        }
    )
    assert [(row.queue, row.threshold, row.counts.within) for row in found.rows] == [
        (BILLING, T20, 60),
        (SALES, T30, 70),
    ]
    assert found.total.threshold is None
    assert found.total.share
    assert found.total.share.within == 130


def test_a_medium_without_a_promise_is_counted_but_not_rated():
    found = report({(FAX, Media.EMAIL): tally(7, 0), (BILLING, Media.VOICE): tally(10, 9)})
    fax = next(row for row in found.rows if row.queue == FAX)
    assert fax.share is None
    assert fax.counts.answered == 7
    assert found.total.share
    assert found.total.share.denominator == 10
    assert found.total.counts.answered == 17


def test_callbacks_are_reported_apart_and_stay_out_of_the_total():
    found = report({(BILLING, Media.VOICE): tally(10, 9), (BILLING, Media.CALLBACK): tally(5, 0)}, threshold=T20)
    assert [row.media for row in found.apart] == [Media.CALLBACK]
    assert found.total.share
    assert found.total.share.denominator == 10


def test_callbacks_alone_make_the_total():
    found = report({(BILLING, Media.CALLBACK): tally(5, 1)}, threshold=T20)
    assert found.apart == ()
    assert found.total.share
    assert found.total.share.denominator == 5


def test_worst_first_and_rows_of_few_contacts_after_the_others():
    found = report(
        {
            (BILLING, Media.VOICE): tally(100, 90),
            (SALES, Media.VOICE): tally(100, 70),
            (FAX, Media.VOICE): tally(2, 0),
        },
        threshold=T20,
    )
    assert [row.queue for row in found.rows] == [SALES, BILLING, FAX]


def test_a_medium_with_a_promise_of_another_kind_does_not_hide_the_others():
    mail = Queue(id=QueueId("f"), name="Fax", targets={Media.EMAIL: Target(share=0.8, threshold=10 * T20)})
    found = sla_report(
        SlaQuestion(queues=(), threshold=T20, period=DAY),
        queues=[BILLING, mail],
        switches=Switches(),
        tallies=Tallies(
            as_of=DAY.end,
            by_period=(
                {
                    TallyKey(mail.id, Media.EMAIL, None): tally(100, 1),
                    TallyKey(BILLING.id, Media.VOICE, None): tally(100, 70),
                },
            ),
            bodies=("{}",),
        ),
        compared_with=None,
    )
    assert [row.queue for row in found.rows] == [BILLING, mail]


def test_queues_in_which_nothing_happened_are_named_apart():
    found = report({(BILLING, Media.VOICE): tally(10, 9), (SALES, Media.VOICE): Tally()}, threshold=T20)
    assert found.silent == (FAX, SALES)
    assert [row.queue for row in found.rows] == [BILLING]


def test_no_contacts_at_all_have_no_share():
    found = report({}, threshold=T20)
    assert found.empty
    assert found.total.share
    assert found.total.share.value is None


def test_rows_and_total_are_compared_with_the_same_of_earlier():
    found = report(
        {(BILLING, Media.VOICE): tally(100, 90)},
        {(BILLING, Media.VOICE): tally(50, 40), (SALES, Media.VOICE): tally(50, 10)},
        threshold=T20,
    )
    row, total = found.rows[0], found.total
    assert row.previous
    assert (row.previous.within, row.previous.denominator) == (40, 50)
    assert total.previous
    assert (total.previous.within, total.previous.denominator) == (50, 100)


def test_by_media_adds_queues_up_and_gives_callbacks_their_own_line():
    found = report(
        {
            (BILLING, Media.VOICE): tally(100, 90),
            (SALES, Media.VOICE): tally(100, 50),
            (SALES, Media.CALLBACK): tally(30, 1),
        },
        threshold=T20,
        by=Grouping.MEDIA,
    )
    assert [(row.media, row.counts.within, row.counts.answered) for row in found.rows] == [
        (Media.CALLBACK, 1, 30),
        (Media.VOICE, 140, 200),
    ]


EXAMPLE = Tally(
    offered=1075, answered=1000, abandoned=60, short_abandoned=10, flow_out=15, within={T20: 860}, over_sla=140
)


@pytest.mark.parametrize(
    ("formula", "switches", "denominator"),
    [
        pytest.param(Formula.GENESYS, Switches(), 1060, id="plain: answered and abandoned, 81.1 %"),
        pytest.param(
            Formula.GENESYS, Switches(include_short_abandons=False), 1050, id="without short abandons, 81.9 %"
        ),
        pytest.param(Formula.GENESYS, Switches(include_flow_outs=True), 1075, id="with flow-outs, 80.0 %"),
        pytest.param(
            Formula.GENESYS,
            Switches(include_flow_outs=True, include_short_abandons=False),
            1065,
            id="both, 80.8 %",
        ),
        pytest.param(
            Formula.GENESYS,
            Switches(include_abandons=False, include_short_abandons=False),
            1000,
            id="without abandons: short ones are not subtracted twice, 86.0 %",
        ),
        pytest.param(Formula.ANSWERED, Switches(include_flow_outs=True), 1000, id="of answered: no switch matters"),
        pytest.param(Formula.OFFERED, Switches(), 1075, id="of offered"),
    ],
)
def test_the_denominator_follows_formula_and_switches(formula, switches, denominator):
    found = report({(BILLING, Media.VOICE): EXAMPLE}, threshold=T20, formula=formula, switches=switches)
    assert found.rows[0].share
    assert found.rows[0].share.denominator == denominator


def test_genesys_own_figure_is_kept_only_at_the_queues_own_target():
    own = Tally(answered=10, within={T20: 8, T30: 9}, reported=Reported(numerator=8, denominator=10))
    assert report({(BILLING, Media.VOICE): own}, threshold=T20).rows[0].reported == own.reported
    assert report({(BILLING, Media.VOICE): own}, threshold=T30).rows[0].reported is None


def test_the_thresholds_asked_of_genesys_are_the_given_one_or_every_promise():
    asked = SlaQuestion(queues=(), threshold=T30, period=DAY)
    own = SlaQuestion(queues=(), threshold=None, period=DAY)
    assert thresholds_of(asked, [BILLING]) == {BILLING.id: {T30}}
    assert thresholds_of(own, [BILLING, FAX]) == {BILLING.id: {T20}, FAX.id: set()}


def test_by_hour_has_every_hour_and_says_nothing_of_silent_ones():
    start = DAY.start + timedelta(hours=9)
    found = sla_report(
        SlaQuestion(queues=(), threshold=T20, period=DAY, by=Grouping.HOUR),
        queues=[BILLING],
        switches=Switches(),
        tallies=Tallies(
            as_of=DAY.end,
            by_period=(
                {
                    TallyKey(BILLING.id, Media.VOICE, start): tally(10, 8),
                    TallyKey(BILLING.id, Media.MESSAGE, start): tally(5, 5),
                    TallyKey(BILLING.id, Media.CALLBACK, start): tally(50, 0),
                },
            ),
            bodies=("{}",),
        ),
        compared_with=None,
    )
    assert len(found.rows) == 24
    nine = found.rows[9]
    assert nine.bucket
    assert nine.bucket.start == start
    assert nine.share
    assert (nine.share.within, nine.share.denominator) == (13, 15)
    assert found.rows[10].share
    assert found.rows[10].share.value is None
    assert found.total.share
    assert found.total.share.denominator == 15
