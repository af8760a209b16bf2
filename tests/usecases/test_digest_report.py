"""The arithmetic of digests; every number by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from bot.domain.amounts import Spells, Times
from bot.domain.digest import DigestReport, Form
from bot.domain.figures import percent
from bot.domain.ids import QueueId
from bot.domain.period import Period
from bot.domain.questions import SlaQuestion
from bot.domain.queues import Media, Queue, Target
from bot.domain.sla import Share, Switches
from bot.errors import BadPeriod
from bot.genesys.tallies import Tallies, Tally, TallyKey
from bot.usecases.digests.report import digest_report, frame_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LONDON = ZoneInfo("Europe/London")
T20, T30 = timedelta(seconds=20), timedelta(seconds=30)
PROMISE = {Media.VOICE: Target(share=0.8, threshold=T20)}
BILLING, SUPPORT, SALES, RETENTION, OVERNIGHT = (
    Queue(id=QueueId(name), name=name, targets=PROMISE)
    for name in ("Billing", "Support", "Sales", "Retention", "Overnight")
)
DAY = Period(
    start=datetime(2025, 11, 4, tzinfo=UTC), end=datetime(2025, 11, 5, tzinfo=UTC), zone=LONDON, name="yesterday"
)
WITHOUT_SHORT = Switches(include_short_abandons=False)

Line = tuple[Queue, Media]


def tally(answered: int, within: int, *, threshold: timedelta = T20, aht: int = 0, **rest: int) -> Tally:
    """`aht` in seconds, of the answered."""
    handled = Spells(answered, timedelta(seconds=aht * answered), timedelta(seconds=aht)) if aht else Spells()
    counts = {"offered": answered + rest.get("abandoned", 0)} | rest
    return Tally(answered=answered, within={threshold: within}, times=Times(handled=handled), **counts)


def at(clock: str) -> datetime:
    return datetime.fromisoformat(f"2025-11-04T{clock}").replace(tzinfo=LONDON).astimezone(UTC)


def report(
    now: Mapping[Line, Mapping[str, Tally]],
    *past: Mapping[Line, Tally],
    queues: Sequence[Queue] = (BILLING, OVERNIGHT, RETENTION, SALES, SUPPORT),
    threshold: timedelta | None = None,
    switches: Switches = WITHOUT_SHORT,
    form: Form = Form.DAY,
) -> DigestReport:
    """`now` by the local time of half hours, `past` step by step."""
    frame = frame_of(DAY, form)
    steps = [
        {TallyKey(queue.id, media, None): counted for (queue, media), counted in step.items()}
        for step in (*past, *({} for _ in range(len(frame.steps) - len(past))))
    ]
    cut = {
        TallyKey(queue.id, media, at(clock)): counted
        for (queue, media), halves in now.items()
        for clock, counted in halves.items()
    }
    return digest_report(
        SlaQuestion(queues=(), threshold=threshold, period=DAY),
        frame=frame,
        queues=queues,
        switches=switches,
        tallies=Tallies(as_of=DAY.end, by_period=(cut, *steps), bodies=()),
    )


def voice(queue: Queue, counted: Tally, clock: str = "10:00") -> dict[Line, dict[str, Tally]]:
    return {(queue, Media.VOICE): {clock: counted}}


def usually(queue: Queue, within: int, **more: int) -> list[dict[Line, Tally]]:
    """So many of a thousand, over four steps."""
    return [{(queue, Media.VOICE): tally(250, within // 4 + (step < within % 4), **more)} for step in range(4)]


def together(*lists: Sequence[Mapping[Line, Tally]]) -> list[dict[Line, Tally]]:
    return [{key: counted for step in steps for key, counted in step.items()} for steps in zip(*lists, strict=True)]


@pytest.fixture(scope="module")
def worked() -> DigestReport:
    """Reference: Tuesday 4 November, target 80 % in 20 s."""
    now = {
        **voice(BILLING, tally(371, 268, offered=412, abandoned=38, short_abandoned=6)),
        **voice(SUPPORT, tally(868, 731, offered=903, abandoned=35, short_abandoned=9)),
        **voice(SALES, tally(640, 590, offered=655, abandoned=15, short_abandoned=4)),
        **voice(RETENTION, tally(13, 10, offered=14, abandoned=1)),
    }
    usual = together(usually(BILLING, 812), usually(SUPPORT, 826), usually(SALES, 895), usually(RETENTION, 840))
    return report(now, *usual)


def test_the_worked_example_has_its_total(worked: DigestReport) -> None:
    total = worked.total
    assert total.share == Share(within=1599, denominator=1962)
    assert percent(total.share) == "81.5 %"
    assert total.usual
    assert percent(total.usual) == "84.6 %"
    assert total.counts.offered == 1984
    assert total.excess == pytest.approx(59.2 + 7.4 - 7.4 + 1.8, abs=0.2)
    assert total.threshold == T20


def test_the_worked_example_has_its_lines_in_their_order(worked: DigestReport) -> None:
    assert [line.queue for line in worked.lines] == [BILLING, SUPPORT, SALES, RETENTION]
    assert [round(line.excess, 1) for line in worked.lines if line.excess is not None] == [59.2, 7.4, -7.4, 1.8]
    missed = [
        line.share.denominator * (1 - line.usual.value)
        for line in worked.lines
        if line.share and line.usual and line.usual.value
    ]
    assert [round(expected, 1) for expected in missed] == [75.8, 155.6, 68.4, 2.2]
    assert worked.silent == (OVERNIGHT,)


def test_a_change_of_mix_is_no_change_of_service() -> None:
    """Billing is worse than Sales as always; only more of it came."""
    now = {**voice(BILLING, tally(1000, 500)), **voice(SALES, tally(100, 90))}
    found = report(now, *together(usually(BILLING, 500), usually(SALES, 900)))
    assert found.total.usual
    assert found.total.share
    assert found.total.usual.value == pytest.approx(found.total.share.value or 0, abs=0.001)
    assert found.total.excess == pytest.approx(0)


def test_a_queue_without_a_usual_counts_as_it_is() -> None:
    now = {**voice(BILLING, tally(100, 50)), **voice(SALES, tally(300, 0))}
    found = report(now, *usually(BILLING, 800))
    assert found.total.usual
    assert found.total.usual.value == pytest.approx(80 / 400, abs=0.001)
    assert found.total.excess == pytest.approx(30)


def test_the_usual_of_the_total_is_rounded_for_the_eye_only() -> None:
    """700 of 1,000 contacts at 2/3, 300 at 1/2 make 61.67 %; of six and four contacts that is no whole number."""
    now = {**voice(BILLING, tally(700, 350)), **voice(SALES, tally(300, 150))}
    steps = together(
        [{(BILLING, Media.VOICE): tally(3, 2)}] * 2 + [{}] * 2, [{(SALES, Media.VOICE): tally(2, 1)}] * 2 + [{}] * 2
    )
    total = report(now, *steps).total
    assert total.usual == Share(within=6, denominator=10)
    assert total.usual_rate == Fraction(37, 60)
    assert total.excess == pytest.approx(1000 * 37 / 60 - 500)


def test_what_happened_once_is_not_usual() -> None:
    found = report(voice(BILLING, tally(100, 50)), *usually(BILLING, 800)[:1])
    (line,) = found.lines
    assert (line.usual, line.excess, found.total.usual, found.total.excess) == (None, None, None, None)
    assert line.before == Share(within=200, denominator=250)
    assert found.total.before == line.before


def test_steps_without_contacts_make_no_average_smaller() -> None:
    found = report(voice(BILLING, tally(100, 50)), *usually(BILLING, 800)[:2])
    assert found.lines[0].usual == Share(within=400, denominator=500)
    assert found.lines[0].usual_offered == 250
    assert found.total.usual_offered == 250


def test_nothing_to_divide_by_is_no_comparison() -> None:
    only_offered = {(BILLING, Media.VOICE): Tally(offered=3)}
    found = report(voice(BILLING, tally(100, 50)), only_offered)
    assert found.lines[0].before is None
    assert found.total.before is None


def test_what_was_before_counts_queues_that_are_silent_now() -> None:
    found = report(voice(BILLING, tally(100, 50)), {(SALES, Media.VOICE): tally(10, 4)})
    assert found.lines[0].before is None
    assert found.total.before == Share(within=4, denominator=10)


def test_other_periods_have_no_usual() -> None:
    found = report(voice(BILLING, tally(100, 50), "00:00"), usually(BILLING, 800)[0], form=Form.OTHER)
    assert (found.usual, found.lines[0].usual, found.lines[0].usual_offered, found.changed) == ((), None, None, None)
    assert found.before
    assert found.lines[0].before == Share(within=200, denominator=250)


def test_callbacks_are_lines_and_not_in_the_total() -> None:
    now = {**voice(BILLING, tally(100, 80)), (BILLING, Media.CALLBACK): {"10:00": tally(30, 0, threshold=T20)}}
    found = report(now, threshold=T20)
    assert {line.media for line in found.lines} == {Media.VOICE, Media.CALLBACK}
    assert found.total.share == Share(within=80, denominator=100)
    assert sum(row.counts.answered for row in found.course) == 100


def test_callbacks_alone_make_the_total() -> None:
    found = report({(BILLING, Media.CALLBACK): {"10:00": tally(30, 6)}}, threshold=T20)
    assert found.total.share == Share(within=6, denominator=30)
    assert sum(row.counts.answered for row in found.course) == 30


def test_no_traffic_is_no_zero() -> None:
    found = report({})
    assert found.empty
    assert found.silent == found.queues
    assert found.total.share == Share(within=0, denominator=0)
    assert (found.total.worst, found.changed) == (None, None)
    assert len(found.course) == 24


def test_the_order_is_off_target_by_contribution_then_on_target_then_not_rated_then_few() -> None:
    fax = Queue(id=QueueId("Fax"), name="Fax")
    now = {
        **voice(BILLING, tally(100, 70)),
        **voice(SUPPORT, tally(1000, 780)),
        **voice(SALES, tally(400, 390)),
        **voice(RETENTION, tally(19, 0)),
        **voice(fax, tally(500, 0)),
    }
    usual = together(usually(BILLING, 710), usually(SUPPORT, 820), usually(SALES, 990))
    found = report(now, *usual, queues=[BILLING, SUPPORT, SALES, RETENTION, fax])
    assert [line.queue for line in found.lines] == [SUPPORT, BILLING, SALES, fax, RETENTION]


def test_times_of_different_media_have_no_average() -> None:
    now = {
        **voice(BILLING, tally(10, 9, aht=300)),
        (SALES, Media.CHAT): {"10:00": tally(10, 9, aht=900)},
    }
    found = report(now, threshold=T20)
    assert {line.aht for line in found.lines} == {timedelta(seconds=300), timedelta(seconds=900)}
    assert found.total.aht is None
    alone = report(voice(BILLING, tally(40, 30, aht=600)) | voice(SALES, tally(960, 900, aht=240)))
    assert alone.total.aht == timedelta(seconds=254.4)


@pytest.mark.parametrize(
    ("halves", "threshold", "worst"),
    [
        pytest.param({"09:00": (100, 70), "10:00": (10, 4)}, None, "09:00", id="ten beyond the target, against four"),
        pytest.param({"09:00": (100, 80), "10:00": (10, 9)}, None, None, id="nothing beyond the target"),
        pytest.param({"09:00": (100, 70), "10:30": (50, 30)}, None, "09:00", id="the first of two that are equal"),
        pytest.param({"09:00": (100, 90), "10:00": (100, 80)}, T30, "10:00", id="no target for it: its own share"),
        pytest.param({"09:00": (100, 90), "10:00": (100, 90)}, T30, "09:00", id="equally bad all the time"),
        pytest.param({"09:00": (100, 100)}, T30, None, id="nothing missed"),
        pytest.param({"04:00": (1, 0), "09:00": (100, 90)}, None, None, id="one at night, of a promise that is kept"),
        pytest.param({"04:00": (5, 3), "09:00": (100, 90)}, None, "04:00", id="five at night are worth a look"),
        pytest.param({"04:00": (1, 0), "09:00": (100, 80)}, None, "04:00", id="the one that breaks the promise"),
    ],
)
def test_the_worst_half_hour(
    halves: dict[str, tuple[int, int]], threshold: timedelta | None, worst: str | None
) -> None:
    counted = {clock: tally(*both, threshold=threshold or T20) for clock, both in halves.items()}
    found = report({(BILLING, Media.VOICE): counted}, threshold=threshold)
    line = found.lines[0]
    assert (line.worst.bucket.start if line.worst else None) == (at(worst) if worst else None)
    if line.worst and worst:
        assert line.worst.bucket.end - line.worst.bucket.start == timedelta(minutes=30)
        assert line.worst.share == Share(within=halves[worst][1], denominator=halves[worst][0])


def test_half_hours_are_summed_to_the_course_by_hour() -> None:
    found = report({(BILLING, Media.VOICE): {"09:00": tally(5, 4), "09:30": tally(7, 1), "10:00": tally(1, 1)}})
    assert [(row.counts.answered, row.counts.within) for row in found.course[9:11]] == [(12, 5), (1, 1)]


OPEN = [f"{hour:02}:{minute}" for hour in range(8, 18) for minute in ("00", "30")]
BAD = ("10:00", "10:30", "11:00")


def incident(bad: Sequence[str] = BAD, *, aht: int = 330) -> dict[Line, dict[str, Tally]]:
    """Twenty contacts each half hour, 16 in time; in the bad ones four."""
    return {(BILLING, Media.VOICE): {clock: tally(20, 4 if clock in bad else 16, aht=aht) for clock in OPEN}}


def test_what_changed_names_the_queue_the_hours_and_what_moved() -> None:
    found = report(incident(), *usually(BILLING, 800, aht=300))
    assert found.changed
    assert found.changed.line.queue == BILLING
    assert found.changed.line.excess == pytest.approx(36)
    assert found.changed.stretch
    assert (found.changed.stretch.start, found.changed.stretch.end) == (at("10:00"), at("11:30"))
    assert found.changed.stretch.name == "2025-11-04 10:00..11:30"
    assert found.changed.offered == pytest.approx(400 / 250 - 1)
    assert found.changed.aht == pytest.approx(0.1)


def test_a_factor_that_hardly_moved_is_not_named() -> None:
    usual = [{(BILLING, Media.VOICE): tally(400, 320, aht=300)}] * 4
    found = report(incident(aht=330), *usual)
    assert found.changed
    assert (found.changed.offered, found.changed.aht) == (None, pytest.approx(0.1))
    assert report(incident(aht=314), *usual).changed is None


def test_misses_all_over_the_day_have_no_hours() -> None:
    found = report(incident(OPEN[::2]), *usually(BILLING, 800, aht=300))
    assert found.changed
    assert found.changed.stretch is None


@pytest.mark.parametrize(
    ("answered", "within"),
    [
        pytest.param(400, 400, id="better than usual"),
        pytest.param(40, 30, id="two of forty are chance"),
        pytest.param(19, 0, id="few contacts are not worth a sentence"),
        pytest.param(200, 100, id="fewer contacts, as long as ever, explain nothing"),
    ],
)
def test_nothing_changed_that_is_worth_a_sentence(answered: int, within: int) -> None:
    found = report(voice(BILLING, tally(answered, within, aht=300)), *usually(BILLING, 800, aht=300))
    assert found.changed is None


def test_what_changed_is_the_largest_that_is_not_chance() -> None:
    now = {**voice(BILLING, tally(400, 280)), **voice(SUPPORT, tally(4000, 3000)), **voice(SALES, tally(9, 0))}
    usual = together(usually(BILLING, 800), usually(SUPPORT, 760), usually(SALES, 800))
    found = report(now, *usual)
    assert found.changed
    assert found.changed.line.queue == BILLING


def test_callbacks_are_never_what_changed() -> None:
    now = {**voice(BILLING, tally(100, 80)), (BILLING, Media.CALLBACK): {"10:00": tally(400, 0)}}
    usual = [{(BILLING, Media.VOICE): tally(25, 20), (BILLING, Media.CALLBACK): tally(100, 90)}] * 4
    assert report(now, *usual, threshold=T20).changed is None


@pytest.mark.parametrize("days", [28, 31])
def test_months_of_other_lengths_are_compared_by_the_day(days: int) -> None:
    """February against longer months has less of everything, and is not quieter for it."""
    february = Period(
        start=datetime(2026, 2, 1, tzinfo=UTC), end=datetime(2026, 3, 1, tzinfo=UTC), zone=LONDON, name="last-month"
    )
    frame = frame_of(february)
    assert frame.form is Form.MONTH
    key = TallyKey(BILLING.id, Media.VOICE, None)
    now = {key._replace(bucket_start=february.start): tally(days * 100, days * 50)}
    past = [{key: tally((step.end - step.start).days * 100, (step.end - step.start).days * 80)} for step in frame.steps]
    found = digest_report(
        SlaQuestion(queues=(), threshold=None, period=february),
        frame=frame,
        queues=[BILLING],
        switches=Switches(),
        tallies=Tallies(as_of=february.end, by_period=(now, *past), bodies=()),
    )
    assert (found.changed is None) == (days == 28)


def test_a_period_of_too_many_days_is_refused() -> None:
    with pytest.raises(BadPeriod):
        frame_of(replace(DAY, start=DAY.start - timedelta(days=100)))
