"""Reports to render, and the messages they must become."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from bot.domain.ids import QueueId
from bot.domain.live import Agents, Contacts, QueueNow, QueueReport, busiest, half_hour_of
from bot.domain.period import Bucket, Period
from bot.domain.questions import Formula, Grouping, QueueQuestion, QueueWord, SlaQuestion
from bot.domain.queues import Media, Queue, Target
from bot.domain.sla import Counts, Share, SlaReport, SlaRow, Switches

if TYPE_CHECKING:
    from collections.abc import Callable

GOLDEN = Path(__file__).parent.parent / "golden"
AS_DELIVERED = Switches()
PARIS = ZoneInfo("Europe/Paris")
TARGET = Target(share=0.8, threshold=timedelta(seconds=20))
BILLING = Queue(id=QueueId("q-billing"), name="Billing", division="Home", targets={Media.VOICE: TARGET})
LAST_WEEK = Period(
    start=datetime(2026, 11, 8, 23, tzinfo=UTC),
    end=datetime(2026, 11, 15, 23, tzinfo=UTC),
    zone=PARIS,
    name="last-week",
)
WEEK_BEFORE = Period(
    start=LAST_WEEK.start - timedelta(days=7),
    end=LAST_WEEK.start,
    zone=PARIS,
    name="2026-11-02..2026-11-08",
)
AS_OF = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)


def counts(within: int, answered: int, abandoned: int = 0, *, short: int = 0, flow_out: int = 0) -> Counts:
    return Counts(
        offered=answered + abandoned + flow_out,
        answered=answered,
        abandoned=abandoned,
        short_abandoned=short,
        flow_out=flow_out,
        within=within,
    )


def row(
    counted: Counts, *, switches: Switches = AS_DELIVERED, formula: Formula = Formula.GENESYS, **given: Any
) -> SlaRow:
    denominator = counted.denominator(formula, switches)
    threshold = given.pop("threshold", timedelta(seconds=30))
    share = Share(within=counted.within, denominator=denominator) if threshold else None
    return SlaRow(counts=counted, share=share, threshold=threshold, **given)


def added(rows: list[SlaRow], previous: Share | None = None) -> SlaRow:
    thresholds = {row.threshold for row in rows}
    shares = [row.share for row in rows if row.share]
    return SlaRow(
        counts=sum((row.counts for row in rows), Counts()),
        share=Share(within=sum(s.within for s in shares), denominator=sum(s.denominator for s in shares)),
        threshold=thresholds.pop() if len(thresholds) == 1 else None,
        previous=previous,
    )


def report(
    rows: list[SlaRow],
    *,
    queues: tuple[Queue, ...] = (BILLING,),
    asked: tuple[str, ...] = ("billing",),
    threshold: timedelta | None = timedelta(seconds=30),
    period: Period = LAST_WEEK,
    by: Grouping = Grouping.QUEUE,
    formula: Formula = Formula.GENESYS,
    previous: Share | None = None,
    apart: tuple[SlaRow, ...] = (),
    **given: Any,
) -> SlaReport:
    blended = [row for row in rows if row not in apart]
    return SlaReport(
        question=SlaQuestion(
            queues=tuple(QueueWord(text=text) for text in asked),
            threshold=threshold,
            period=period,
            by=by,
            formula=formula,
        ),
        switches=given.pop("switches", AS_DELIVERED),
        queues=queues,
        as_of=AS_OF,
        compared_with=WEEK_BEFORE if previous else None,
        rows=tuple(rows),
        silent=given.pop("silent", ()),
        total=added(blended, previous),
        apart=apart,
        query=given.pop("query", '{\n  "interval": "2026-11-08T23:00:00.000Z/2026-11-15T23:00:00.000Z"\n}'),
    )


def queue(name: str, *, targets: dict[Media, Target] | None = None, division: str = "Home") -> Queue:
    targets = {Media.VOICE: TARGET} if targets is None else targets
    return Queue(id=QueueId(f"id of {name} in {division}"), name=name, division=division, targets=targets)


def on_target() -> SlaReport:
    before = Share(within=955, denominator=1210)
    line = row(
        counts(981, 1118, 98, short=22, flow_out=24),
        queue=BILLING,
        media=Media.VOICE,
        threshold=TARGET.threshold,
        target=TARGET,
        previous=before,
    )
    return report([line], threshold=None, previous=before)


def below_target() -> SlaReport:
    before = Share(within=955, denominator=1210)
    line = row(
        counts(881, 1118, 98, short=22),
        queue=BILLING,
        media=Media.VOICE,
        threshold=TARGET.threshold,
        target=TARGET,
        previous=before,
    )
    return report([line], threshold=None, previous=before)


def another_threshold() -> SlaReport:
    return report([row(counts(981, 1118, 98, short=22), queue=BILLING, media=Media.VOICE, target=TARGET)])


def no_contacts() -> SlaReport:
    return report([], silent=(BILLING,))


def small_sample() -> SlaReport:
    return report([row(counts(4, 5), queue=BILLING, media=Media.VOICE, target=TARGET)])


def awkward_names() -> SlaReport:
    names = (
        "Sales & <Support> *VIP* <!here>",
        "`rm -rf` <https://evil.example|Reset password>",
        "\u202eknil a ton\u202c @channel\n# heading",
        "Ouvertures de comptes professionnels et réclamations, deuxième niveau, équipe du soir — Île-de-France",
        "\u0000\u200b",
    )
    queues = tuple(queue(name, division="<!channel>") for name in names)
    rows = [
        row(counts(60 + 5 * n, 100, 20, short=n), queue=each, media=Media.VOICE, target=TARGET)
        for n, each in enumerate(queues)
    ]
    return report(rows, queues=queues, asked=("*",))


def awkward_name() -> SlaReport:
    odd = queue("Sales & <Support> *VIP* <!here>")
    return report([row(counts(98, 110, 10), queue=odd, media=Media.VOICE)], queues=(odd,), asked=("sales*",))


def sixty_queues() -> SlaReport:
    queues = tuple(queue(f"Team {n:02}") for n in range(1, 73))
    rows = [
        row(
            counts(500 + 5 * n, 850, 50, short=9),
            queue=each,
            media=Media.VOICE,
            threshold=TARGET.threshold,
            target=TARGET,
            previous=Share(within=600, denominator=900),
        )
        for n, each in enumerate(queues[:60])
    ]
    return report(
        rows,
        queues=queues,
        asked=(),
        threshold=None,
        silent=queues[60:],
        previous=Share(within=36_000, denominator=54_000),
    )


def media_and_callbacks() -> SlaReport:
    promises = {
        Media.VOICE: TARGET,
        Media.EMAIL: Target(share=0.9, threshold=timedelta(hours=4)),
        Media.CALLBACK: Target(share=0.85, threshold=timedelta(minutes=30)),
    }
    both = queue("Claims", targets=promises)
    rows = [
        row(c, queue=both, media=m, threshold=promises[m].threshold, target=promises[m])
        for m, c in (
            (Media.VOICE, counts(640, 900, 60, short=12)),
            (Media.CALLBACK, counts(31, 36, 2)),
            (Media.EMAIL, counts(410, 433)),
        )
    ]
    return report(rows, queues=(both,), asked=("claims",), threshold=None, apart=(rows[1],))


def _buckets(start: datetime, step: timedelta, number: int) -> list[Bucket]:
    return [Bucket(start=start + n * step, end=start + (n + 1) * step) for n in range(number)]


def by_hour() -> SlaReport:
    day = replace(LAST_WEEK, end=LAST_WEEK.start + timedelta(days=1), name="monday")
    rows = []
    for n, bucket in enumerate(_buckets(day.start, timedelta(hours=1), 24)):
        calls = 0 if n < 7 or n > 19 else 40 + 7 * (n % 5)
        counted = counts(calls * (75 + n) // 100, calls, calls // 12, short=calls // 40)
        rows.append(row(counted, bucket=bucket))
    return report(rows, period=day, by=Grouping.HOUR)


def by_hour_for_a_week() -> SlaReport:
    rows = []
    for n, bucket in enumerate(_buckets(LAST_WEEK.start, timedelta(hours=1), 168)):
        calls = 0 if n % 24 < 7 or n % 24 > 19 else 40 + 7 * (n % 5)
        rows.append(row(counts(calls * (70 + n % 24) // 100, calls, calls // 12), bucket=bucket))
    return report(rows, by=Grouping.HOUR)


def by_day() -> SlaReport:
    rows = []
    for n, bucket in enumerate(_buckets(LAST_WEEK.start, timedelta(days=1), 7)):
        calls = (210, 190, 188, 197, 240, 93, 0)[n]
        counted = counts(calls * (88 - 4 * n) // 100, calls, calls // 12)
        rows.append(row(counted, bucket=bucket, threshold=TARGET.threshold))
    return report(rows, by=Grouping.DAY, threshold=None)


def running() -> SlaReport:
    today = Period(
        start=datetime(2026, 11, 20, 23, tzinfo=UTC),
        end=datetime(2026, 11, 21, 8, 30, tzinfo=UTC),
        zone=PARIS,
        name="today",
        running=True,
    )
    return report([row(counts(52, 60, 3), queue=BILLING, media=Media.VOICE, target=TARGET)], period=today)


def without_target() -> SlaReport:
    bare = queue("Walk-ins", targets={})
    line = row(counts(0, 60, 3), queue=bare, media=Media.VOICE, threshold=None)
    return replace(
        report([line], queues=(bare,), asked=("walk-ins",), threshold=None), total=replace(line, queue=None, media=None)
    )


def contacts(media: Media, waiting: int, handled: int, ringing: int = 0, longest: int | None = None) -> Contacts:
    return Contacts(
        media=media,
        waiting=waiting,
        interacting=handled,
        alerting=ringing,
        longest_wait=None if longest is None else timedelta(seconds=longest),
    )


def agents(available: int, interacting: int = 0, off_queue: int = 0, **others: int) -> Agents:
    states = {"available": available, "interacting": interacting, "communicating": 0, "not_responding": 0} | others
    return Agents(on_queue=sum(states.values()), off_queue=off_queue, **states)


def level(of: Queue, within: int, answered: int, media: Media = Media.VOICE) -> SlaRow:
    return row(counts(within, answered), queue=of, media=media, threshold=TARGET.threshold, target=TARGET)


def live(rows: list[QueueNow], *, asked: tuple[str, ...] = ("billing",), **given: Any) -> QueueReport:
    return QueueReport(
        question=QueueQuestion(
            queues=tuple(QueueWord(text=text) for text in asked), zone=PARIS, most=given.pop("most", None)
        ),
        as_of=AS_OF + timedelta(seconds=12),
        half_hour=half_hour_of(AS_OF, PARIS),
        rows=busiest(rows),
        considered=given.pop("considered", len(rows)),
        unreported=given.pop("unreported", ()),
        **given,
    )


def busy() -> QueueReport:
    claims = queue("Claims")
    return live(
        [
            QueueNow(
                queue=BILLING,
                contacts=(
                    contacts(Media.VOICE, 2, 7, 1, longest=61),
                    contacts(Media.EMAIL, 40, 0, longest=11_000),
                    contacts(Media.CHAT, 0, 0),
                ),
                agents=agents(4, 7, 12, communicating=1),
                so_far=(level(BILLING, 8, 10),),
                estimates=((Media.VOICE, timedelta(seconds=95)),),
            ),
            QueueNow(
                queue=claims,
                contacts=(contacts(Media.VOICE, 3, 0, longest=245),),
                agents=agents(0, 0, 9),
                so_far=(level(claims, 0, 1),),
            ),
        ],
        asked=("billing", "claims"),
    )


def one_queue() -> QueueReport:
    only = QueueNow(
        queue=BILLING,
        contacts=(contacts(Media.VOICE, 2, 7, longest=61),),
        agents=agents(4, 7, 12),
        so_far=(level(BILLING, 8, 10),),
    )
    return live([only])


def quiet() -> QueueReport:
    return live([QueueNow(queue=BILLING, contacts=(contacts(Media.VOICE, 0, 0),), agents=agents(4, 0, 12))])


def missing() -> QueueReport:
    lost, half = queue("Lost"), queue("Half")
    rows = [
        QueueNow(queue=lost, contacts=(), agents=None),
        QueueNow(queue=half, contacts=(Contacts(media=Media.VOICE, interacting=3),), agents=None),
        QueueNow(queue=BILLING, contacts=(contacts(Media.VOICE, 1, 1, longest=9),), agents=agents(1, 1)),
    ]
    return live(rows, asked=("*",), unreported=(lost, half), estimates_missing=True)


def nothing_reported() -> QueueReport:
    return live([QueueNow(queue=BILLING, contacts=(), agents=None)], unreported=(BILLING,))


def awkward_queues() -> QueueReport:
    names = (
        "Sales & <Support> *VIP* <!here>",
        "`rm -rf` <https://evil.example|Reset password>",
        "\u202eknil a ton\u202c @channel\n# heading",
        "Ouvertures de comptes professionnels et réclamations, deuxième niveau, équipe du soir — Île-de-France",
        "\u0000\u200b",
    )
    rows = [
        QueueNow(
            queue=queue(name, division="<!channel>"),
            contacts=(contacts(Media.VOICE, n, 1, longest=60 * n),),
            agents=agents(0) if n % 2 else agents(n),
        )
        for n, name in enumerate(names)
    ]
    return live(rows, asked=())


def many_queues() -> QueueReport:
    rows = [
        QueueNow(
            queue=queue(f"Team {n:02}"),
            contacts=(contacts(Media.VOICE, n % 7, n % 5, longest=30 * n if n % 7 else None),),
            agents=agents(n % 4, n % 5, 3),
        )
        for n in range(1, 73)
    ]
    return live(rows, asked=())


def ten_busiest() -> QueueReport:
    every = many_queues().rows
    return live(list(every[:10]), asked=(), most=10, considered=72)


LIVE: dict[str, Callable[[], QueueReport]] = {
    made.__name__: made
    for made in (busy, one_queue, quiet, missing, nothing_reported, awkward_queues, many_queues, ten_busiest)
}


@pytest.fixture(params=LIVE)
def named_live_report(request: pytest.FixtureRequest) -> tuple[str, QueueReport]:
    """Every report about this minute, with its name."""
    return request.param, LIVE[request.param]()


@pytest.fixture
def the_live_report() -> Callable[[str], QueueReport]:
    """One of them by name."""
    return lambda name: LIVE[name]()


REPORTS: dict[str, Callable[[], SlaReport]] = {
    made.__name__: made
    for made in (
        on_target,
        below_target,
        another_threshold,
        no_contacts,
        small_sample,
        awkward_name,
        awkward_names,
        sixty_queues,
        media_and_callbacks,
        by_hour,
        by_hour_for_a_week,
        by_day,
        running,
        without_target,
    )
}


@pytest.fixture(params=REPORTS)
def named_report(request: pytest.FixtureRequest) -> tuple[str, SlaReport]:
    """Every report there is, with its name."""
    return request.param, REPORTS[request.param]()


@pytest.fixture
def the_report() -> Callable[[str], SlaReport]:
    """A report by name."""
    return lambda name: REPORTS[name]()


@pytest.fixture
def golden() -> Callable[[str, object], None]:
    """Compare with a file under tests/golden; with REWRITE_GOLDEN=1 in the environment, write it instead."""

    def compare(name: str, made: object) -> None:
        path = GOLDEN / name
        if os.environ.get("REWRITE_GOLDEN") == "1":
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(made, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        assert made == json.loads(path.read_text(encoding="utf-8"))

    return compare
