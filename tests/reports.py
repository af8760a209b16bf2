"""Sample reports, for everything that renders them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.domain.amounts import Amounts, Spells, Times
from bot.domain.dimensions import Dimension, Group, Label
from bot.domain.ids import QueueId
from bot.domain.metrics import METRICS
from bot.domain.period import Period
from bot.domain.questions import Formula, QueueWord, ReportQuestion
from bot.domain.queues import Media, Queue
from bot.domain.report import Report, ReportRow
from bot.domain.sla import Switches

if TYPE_CHECKING:
    from collections.abc import Callable

PARIS = ZoneInfo("Europe/Paris")
LAST_WEEK = Period(
    start=datetime(2026, 11, 8, 23, tzinfo=UTC),
    end=datetime(2026, 11, 15, 23, tzinfo=UTC),
    zone=PARIS,
    name="last-week",
)
WEEK_BEFORE = Period(
    start=datetime(2026, 11, 1, 23, tzinfo=UTC), end=LAST_WEEK.start, zone=PARIS, name="before last-week"
)
AS_OF = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)
BILLING, CLAIMS = Queue(id=QueueId("q-b"), name="Billing"), Queue(id=QueueId("q-c"), name="Claims")
EVERY = tuple(metric.name for metric in METRICS)
D = Dimension
NASTY = "Sales & <Support> *VIP* <!here> `x` \u202eevil"


def spells(count: int, average: float, longest: float = 0) -> Spells:
    return Spells(count, timedelta(seconds=average) * count, timedelta(seconds=longest or average))


def amounts(offered: int, answered: int, in_time: int, *, short: int = 0, flow_out: int = 0) -> Amounts:
    abandoned = offered - answered - flow_out
    return Amounts(
        offered=offered,
        answered=answered,
        abandoned=abandoned,
        short_abandoned=short,
        flow_out=flow_out,
        over_target=answered - in_time,
        in_time=in_time,
        rated=answered + abandoned,
        times=Times(
            queued=spells(offered, 24.4, 745),
            answered=spells(answered, 18.3, 312),
            abandoned=spells(abandoned, 61, 745),
            handled=spells(answered, 360),
            talked=spells(answered, 290),
            held=spells(answered // 4, 40),
            wrapped_up=spells(answered, 60),
            transferred=answered // 20,
        ),
    )


def row(group: Group, figures: Amounts, before: Amounts | None = None, *media: Media) -> ReportRow:
    return ReportRow(group=group, amounts=figures, previous=before, media=frozenset(media or (Media.VOICE,)))


def made(
    rows: list[ReportRow],
    *by: Dimension,
    queues: tuple[Queue, ...] = (BILLING, CLAIMS),
    asked: tuple[str, ...] = ("billing", "claims"),
    silent: tuple[Queue, ...] = (),
    unrated: bool = False,
    **options: object,
) -> Report:
    question = ReportQuestion(queues=tuple(QueueWord(text=text) for text in asked), period=LAST_WEEK, by=by, **options)
    before = [each.previous for each in rows if each.previous]
    return Report(
        question=question,
        switches=Switches(),
        queues=queues,
        as_of=AS_OF,
        compared_with=WEEK_BEFORE if question.compared else None,
        rows=tuple(rows),
        total=ReportRow(
            group=(),
            amounts=sum((each.amounts for each in rows), Amounts()),
            previous=sum(before, Amounts()) if before else None,
            media=frozenset(medium for each in rows for medium in each.media),
        ),
        silent=silent,
        callbacks_unrated=unrated,
    )


def queue_label(queue: Queue) -> Label:
    return Label(queue.id, queue.name)


def medium(media: Media) -> Label:
    return Label(media.value, media.value)


def by_queue() -> Report:
    return made(
        [
            row((queue_label(BILLING), medium(Media.VOICE)), amounts(1240, 1118, 981, short=22, flow_out=24)),
            row((queue_label(CLAIMS), medium(Media.VOICE)), amounts(310, 300, 222)),
        ],
        D.QUEUE,
        D.MEDIA,
        threshold=timedelta(seconds=30),
    )


def compared() -> Report:
    return made(
        [
            row(
                (queue_label(BILLING), medium(Media.VOICE)),
                amounts(1240, 1118, 981, short=22),
                amounts(1000, 910, 850, short=20),
            ),
            row((queue_label(CLAIMS), medium(Media.EMAIL)), amounts(310, 300, 222), None, Media.EMAIL),
        ],
        D.QUEUE,
        D.MEDIA,
        compared=True,
    )


def mixed_media() -> Report:
    return made(
        [row((queue_label(BILLING),), amounts(1240, 1118, 981), None, Media.VOICE, Media.EMAIL, Media.CALLBACK)],
        D.QUEUE,
        queues=(BILLING,),
        asked=("billing",),
        unrated=True,
    )


def by_hour() -> Report:
    rows = [
        row(
            (Label(f"2026-11-{day:02}T{hour:02}:00:00+01:00", f"{name} {day} Nov {hour:02}:00"),),
            amounts(40 + hour, 36 + hour, 30),
        )
        for day, name in enumerate(("Mon", "Tue", "Wed", "Thu", "Fri"), start=9)
        for hour in range(8, 18)
    ]
    return made(rows, D.HOUR, queues=(BILLING,), asked=("billing",), media=(Media.VOICE,))


def by_agent() -> Report:
    people = (("a-1", "Ana García"), ("a-2", NASTY), ("", "No agent"))
    return made(
        [row((Label(*who), medium(Media.VOICE)), amounts(0, 40 - 13 * n, 0)) for n, who in enumerate(people)],
        D.AGENT,
        D.MEDIA,
        asked=(),
    )


def every_metric() -> Report:
    report = by_queue()
    silent = replace(BILLING, name="Night")
    rows = (*report.rows, row((queue_label(silent), medium(Media.CHAT)), Amounts(offered=3), None, Media.CHAT))
    question = replace(report.question, metrics=EVERY, formula=Formula.OFFERED, threshold=None)
    return replace(report, rows=rows, question=question, silent=(silent,))


def nothing() -> Report:
    return made([], D.QUEUE, D.MEDIA, silent=(BILLING, CLAIMS))


REPORTS: dict[str, Callable[[], Report]] = {
    each.__name__: each for each in (by_queue, compared, mixed_media, by_hour, by_agent, every_metric, nothing)
}
