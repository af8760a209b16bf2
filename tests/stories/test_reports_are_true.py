"""Every metric by every grouping against a count by hand over the centre's raw visits."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

import pytest

from bot.app import asking
from bot.demo.centre import Centre
from bot.demo.centre_visits import Outcome
from bot.demo.genesys_options import Options
from bot.demo.world import ZONE, world
from bot.domain.dimensions import Dimension
from bot.domain.metrics import METRICS, known_by
from bot.domain.period import Period, midnight
from bot.domain.questions import Formula, Grouping, QueueWord, ReportQuestion, SlaQuestion
from bot.domain.queues import Media
from bot.domain.sla import Share
from bot.settings import AskSettings
from tests.official_client import judge_aggregates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from bot.app import Tempo
    from bot.demo.centre_visits import Visit
    from bot.domain.amounts import Amounts
    from bot.domain.metrics import Figure
    from bot.domain.report import Report, ReportRow
    from bot.domain.sla import SlaReport

NOW = datetime(2026, 11, 5, 14, 37, 21, tzinfo=UTC)
AGGREGATES = "/api/v2/analytics/conversations/aggregates/query"
CHANGES = {
    "Europe/London": datetime(2026, 10, 25, tzinfo=UTC),
    "America/New_York": datetime(2026, 11, 1, tzinfo=UTC),
    "Asia/Kathmandu": datetime(2026, 10, 28, tzinfo=UTC),
}
"""Around which periods are chosen: in the first two the clocks change, the third is three quarters off the hour."""
QUEUES = ("Billing", "Sales", "Support", "Claims", "Web Chat", "Email Triage")
D = Dimension
GROUPINGS = (
    *[(dimension,) for dimension in Dimension],
    (D.QUEUE, D.MEDIA),
    (D.AGENT, D.WRAPUP),
    (D.DAY, D.DIRECTION),
    (D.DIVISION, D.HOUR),
    (D.HOUR, D.DAY),
    (D.MEDIA, D.DIVISION),
    (D.WRAPUP, D.DIRECTION, D.QUEUE),
    (D.DAY, D.AGENT),
)
QUESTIONS_EACH = 4


class Event(NamedTuple):
    """Something that happened to a visit; what takes time counts when it ends."""

    what: str
    at: int
    """Milliseconds since 1970."""
    took: int
    queue: str
    media: str
    direction: str
    agent: str = ""
    code: str = ""


def events(visit: Visit) -> Iterator[Event]:
    """By the definitions of the platform: what the queue does has no agent, and an answer has no code yet."""
    assert visit.queue_id
    line = visit.queue_id, visit.media, visit.direction
    left = visit.offered_ms + visit.wait_ms
    agent, code = visit.agent_id or "", visit.wrap_up_id or ""
    if visit.outcome is not Outcome.OUTBOUND:
        yield Event("offered", visit.offered_ms, 0, *line)
        yield Event("queued", left, visit.wait_ms, *line)
    if visit.outcome is Outcome.ABANDONED:
        yield Event("abandoned", left, visit.wait_ms, *line)
    elif visit.outcome is Outcome.FLOW_OUT:
        yield Event("flow_out", left, visit.wait_ms, *line)
    else:
        if visit.outcome is Outcome.ANSWERED:
            yield Event("answered", left, visit.wait_ms, *line, agent)
        parted = left + visit.talk_ms + visit.hold_ms
        yield Event("talked", parted, visit.talk_ms, *line, agent, code)
        yield Event("held", parted, visit.hold_ms, *line, agent, code)
        if visit.transfer:
            yield Event("transferred", parted, 0, *line, agent, code)
        handled = parted + visit.acw_ms
        yield Event("wrapped_up", handled, visit.acw_ms, *line, agent, code)
        yield Event("handled", handled, visit.talk_ms + visit.hold_ms + visit.acw_ms, *line, agent, code)


@dataclass
class Counted:
    """A group, counted by hand: how long each event took, by what happened and on which medium."""

    took: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    entered_or_left: set[str] = field(default_factory=set)
    """Media of which anything was offered, answered or lost."""
    late: int = 0
    short: int = 0
    rated: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    """By medium: answered in time, and what that is divided by."""

    def __getitem__(self, what: str) -> int:
        return len(self.took[what])

    def mean(self, what: str, among: str) -> timedelta | None:
        return timedelta(milliseconds=sum(self.took[what])) / self[among] if self[among] else None

    @property
    def in_time(self) -> int:
        return sum(within for within, _ in self._rated())

    @property
    def divided_by(self) -> int:
        return sum(of for _, of in self._rated())

    def _rated(self) -> list[list[int]]:
        """Callbacks have a promise of another kind: they are rated alone or not at all."""
        alone = not self.entered_or_left - {"callback"}
        return [pair for media, pair in self.rated.items() if alone or media != "callback"]


BY_HAND: Mapping[str, Callable[[Counted], Figure]] = {
    "offered": lambda c: c["offered"],
    "answered": lambda c: c["answered"],
    "answered_share": lambda c: Share(within=c["answered"], denominator=c["offered"]),
    "service_level": lambda c: Share(within=c.in_time, denominator=c.divided_by),
    "breach_share": lambda c: Share(within=max(0, c.divided_by - c.in_time), denominator=c.divided_by),
    "over_target": lambda c: c.late,
    "abandoned": lambda c: c["abandoned"],
    "abandon_share": lambda c: Share(within=c["abandoned"] - c.short, denominator=max(0, c["offered"] - c.short)),
    "short_abandoned": lambda c: c.short,
    "flow_out": lambda c: c["flow_out"],
    "asa_seconds": lambda c: c.mean("answered", "answered"),
    "average_wait_seconds": lambda c: c.mean("queued", "queued"),
    "longest_wait_seconds": lambda c: timedelta(milliseconds=max(c.took["queued"])) if c["queued"] else None,
    "handled": lambda c: c["handled"],
    "aht_seconds": lambda c: c.mean("handled", "handled"),
    "talk_seconds": lambda c: c.mean("talked", "handled"),
    "hold_seconds": lambda c: c.mean("held", "handled"),
    "acw_seconds": lambda c: c.mean("wrapped_up", "handled"),
    "transferred": lambda c: c["transferred"],
}


class Raw:
    """Everything that happened in the queues in question, in the order of time."""

    def __init__(self, centre: Centre, start: datetime, end: datetime) -> None:
        asked = {centre.queue(name).id for name in QUEUES}
        visits = [visit for visit in centre.visits(start, end) if visit.queue_id in asked]
        self.events = sorted((event for visit in visits for event in events(visit)), key=lambda event: event.at)
        self.queues = {queue.id: queue for queue in centre.queues}
        self.divisions = {division.id: division.name for division in centre.organisation.divisions}

    def counted(self, report: Report, period: Period) -> tuple[dict[tuple[str, ...], Counted], Counted]:
        """Each group by the ids of its labels, and everything together."""
        asked = report.question
        queues = {queue.id: queue for queue in report.queues}
        first, last = (round(moment.timestamp() * 1000) for moment in (period.start, period.end))
        groups: dict[tuple[str, ...], Counted] = defaultdict(Counted)
        total = Counted()
        for event in self.events:
            outside = not first <= event.at < last or event.queue not in queues
            if outside or (asked.media and event.media not in asked.media):
                continue
            target = self.queues[event.queue].targets.get(event.media)
            own = target.within if target else None
            key = tuple(self.label(dimension, event, period) for dimension in asked.by)
            for group in (groups[key], total):
                add(group, event, own=own, threshold=asked.threshold or own, formula=asked.formula)
        return groups, total

    def label(self, dimension: Dimension, event: Event, period: Period) -> str:
        match dimension:
            case Dimension.QUEUE:
                return event.queue
            case Dimension.DIVISION:
                return self.divisions[self.queues[event.queue].division_id]
            case Dimension.MEDIA:
                return event.media
            case Dimension.AGENT:
                return event.agent
            case Dimension.WRAPUP:
                return event.code
            case Dimension.DIRECTION:
                return event.direction
            case Dimension.DAY:
                return datetime.fromtimestamp(event.at / 1000, period.zone).date().isoformat()
            case Dimension.HOUR:
                local = datetime.fromtimestamp(event.at // 1000, period.zone)
                begun = datetime.fromtimestamp(event.at // 1000 - local.minute * 60 - local.second, period.zone)
                return max(begun, period.start.astimezone(period.zone)).isoformat()


def add(group: Counted, event: Event, *, own: timedelta | None, threshold: timedelta | None, formula: Formula) -> None:
    group.took[event.what].append(event.took)
    if event.what in {"offered", "answered", "abandoned", "flow_out"}:
        group.entered_or_left.add(event.media)
    took = timedelta(milliseconds=event.took)
    if event.what == "answered" and own is not None and took > own:
        group.late += 1
    if event.what == "abandoned" and took < timedelta(seconds=5):
        group.short += 1
    if threshold is not None:
        divided_by = {
            Formula.GENESYS: {"answered", "abandoned"},
            Formula.ANSWERED: {"answered"},
            Formula.OFFERED: {"offered"},
        }
        group.rated[event.media][0] += event.what == "answered" and took <= threshold
        group.rated[event.media][1] += event.what in divided_by[formula]


@pytest.fixture(scope="module")
def centre() -> Centre:
    return Centre.demo(zone=ZONE)


@pytest.fixture(scope="module")
def raw(centre: Centre) -> Raw:
    return Raw(centre, NOW - timedelta(days=40), NOW)


def a_period(chance: random.Random) -> Period:
    zone = ZoneInfo(chance.choice(sorted(CHANGES)))
    around = CHANGES[zone.key]
    if chance.random() < 0.6:
        first = around.date() - timedelta(days=chance.randrange(5))
        start, end = midnight(first, zone), midnight(first + timedelta(days=chance.choice([1, 2, 4])), zone)
    else:
        start = around + chance.randrange(-4 * 96, 2 * 96) * timedelta(minutes=15)
        end = start + chance.randrange(1, 2 * 96) * timedelta(minutes=15)
    return Period(start=start, end=end, zone=zone, name="any")


def a_question(chance: random.Random, by: tuple[Dimension, ...]) -> ReportQuestion:
    names = chance.sample(QUEUES, chance.randrange(1, len(QUEUES) + 1))
    return ReportQuestion(
        queues=tuple(QueueWord(text=name, quoted=True) for name in names),
        period=a_period(chance),
        by=by,
        metrics=tuple(metric.name for metric in METRICS if known_by(metric, by)),
        media=chance.choice([(), (), (Media.VOICE,), (Media.VOICE, Media.CALLBACK), (Media.CALLBACK,)]),
        threshold=chance.choice([None, timedelta(seconds=20), timedelta(minutes=5)]),
        formula=chance.choice([Formula.GENESYS, *Formula]),
        compared=not {D.HOUR, D.DAY} & set(by) and chance.random() < 0.5,
    )


def figures(report: Report, amounts: Amounts) -> dict[str, Figure]:
    return {metric.name: metric.of(amounts) for metric in report.metrics}


def by_hand(report: Report, counted: Counted) -> dict[str, Figure]:
    return {metric.name: BY_HAND[metric.name](counted) for metric in report.metrics}


def heard(groups: Mapping[tuple[str, ...], Counted], by: Iterable[Dimension]) -> set[tuple[str, ...]]:
    """Groups that have anything to show."""
    shown = {"offered", "queued", "answered", "transferred", "handled", "talked"}
    if D.AGENT in by or D.WRAPUP in by:
        shown = {"transferred", "handled", "talked"} | ({"answered"} if D.WRAPUP not in by else set())
    return {key for key, group in groups.items() if any(group.took[what] for what in shown)}


def ids(row: ReportRow) -> tuple[str, ...]:
    return tuple(label.id for label in row.group)


@pytest.mark.parametrize("by", GROUPINGS, ids="-".join)
async def test_every_metric_equals_the_count_by_hand(centre: Centre, raw: Raw, tempo: Tempo, by: tuple[Dimension, ...]):
    chance = random.Random("-".join(by))
    async with (
        world(now=lambda: NOW, commands=(), centre=centre) as stage,
        asking(AskSettings.from_env(stage.genesys_environment), now=lambda: NOW, tempo=tempo) as verbs,
    ):
        rows = 0
        for _ in range(QUESTIONS_EACH):
            asked = a_question(chance, by)
            report = await verbs.ask.report(asked)
            rows += len(report.rows)
            groups, total = raw.counted(report, asked.period)
            assert {ids(row) for row in report.rows} == heard(groups, by), asked
            for row in report.rows:
                assert figures(report, row.amounts) == by_hand(report, groups[ids(row)]), (row.group, asked)
            assert figures(report, report.total.amounts) == by_hand(report, total), asked
            if report.compared_with:
                before, _ = raw.counted(report, report.compared_with)
                for row in report.rows:
                    if row.previous is None:
                        assert not heard({(): before[ids(row)]}, ()), asked
                    elif row.media != {"callback"}:
                        assert figures(report, row.previous) == by_hand(report, before[ids(row)]), (row.group, asked)
        assert rows, "nothing happened in any of the periods"
        for sent in stage.requests.to(AGGREGATES):
            judge_aggregates(sent.body)


@pytest.mark.parametrize("grouping", Grouping)
async def test_a_report_and_sla_have_the_same_service_level(centre: Centre, tempo: Tempo, grouping: Grouping):
    chance = random.Random(grouping)
    by = {Grouping.QUEUE: (D.QUEUE, D.MEDIA), Grouping.MEDIA: (D.MEDIA,)}.get(grouping) or (D(grouping.value),)
    async with (
        world(now=lambda: NOW, commands=(), centre=centre) as stage,
        asking(AskSettings.from_env(stage.genesys_environment), now=lambda: NOW, tempo=tempo) as verbs,
    ):
        for _ in range(3):
            asked = a_question(chance, by)
            report = await verbs.ask.report(
                ReportQuestion(queues=(), period=asked.period, by=by, threshold=asked.threshold, formula=asked.formula)
            )
            sla = await verbs.ask.sla(
                SlaQuestion(
                    queues=(), period=asked.period, by=grouping, threshold=asked.threshold, formula=asked.formula
                )
            )
            assert level(report.total) == (sla.total.share or NOTHING)
            shares = levels(sla, asked.period)
            for row in report.rows:
                if row.media != {Media.CALLBACK} or grouping in {Grouping.QUEUE, Grouping.MEDIA}:
                    assert level(row) == shares.get(ids(row), NOTHING), row.group


@pytest.mark.parametrize(
    ("by", "limit"),
    [
        pytest.param((D.AGENT, D.WRAPUP), 800, id="agents and codes"),
        pytest.param((D.QUEUE, D.HOUR), 200, id="hours"),
        pytest.param((D.DAY, D.DIRECTION, D.AGENT), 800, id="days, directions and agents"),
    ],
)
async def test_a_report_that_comes_in_many_parts_is_the_same_report(
    centre: Centre, tempo: Tempo, by: tuple[Dimension, ...], limit: int
):
    zone = ZoneInfo("Europe/London")
    period = Period(
        start=midnight(date(2026, 10, 24), zone), end=midnight(date(2026, 10, 27), zone), zone=zone, name="any"
    )
    asked = ReportQuestion(queues=tuple(QueueWord(text=name, quoted=True) for name in QUEUES), period=period, by=by)
    reports, refusals = [], []
    for most_rows in (100_000, limit):
        options = Options(most_rows=most_rows)
        async with (
            world(now=lambda: NOW, commands=(), centre=centre, options=options) as stage,
            asking(AskSettings.from_env(stage.genesys_environment), now=lambda: NOW, tempo=tempo) as verbs,
        ):
            reports.append(await verbs.ask.report(asked))
            refusals.append(sum(sent.status == 400 for sent in stage.requests.to(AGGREGATES)))
    whole, parts = reports
    assert refusals[0] == 0 < refusals[1]
    assert (parts.rows, parts.total) == (whole.rows, whole.total)


NOTHING = Share(within=0, denominator=0)


def level(row: ReportRow) -> Share:
    return Share(within=row.amounts.in_time, denominator=row.amounts.rated)


def levels(sla: SlaReport, period: Period) -> dict[tuple[str, ...], Share]:
    shares: dict[tuple[str, ...], Share] = {}
    for row in sla.rows:
        if row.bucket:
            local = row.bucket.start.astimezone(period.zone)
            key: tuple[str, ...] = (local.isoformat() if sla.by is Grouping.HOUR else local.date().isoformat(),)
        else:
            key = (row.queue.id, row.media or "") if row.queue else (row.media or "",)
        shares[key] = row.share or NOTHING
    return shares
