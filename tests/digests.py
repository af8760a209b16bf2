"""Sample digests, for everything that renders them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.blocks.digests.listed import Entry
from bot.blocks.digests.message import Imprint
from bot.domain.deliveries import Delivery, Stage
from bot.domain.digest import DigestLine, DigestReport, Form, WhatChanged, Worst
from bot.domain.ids import ChannelId, QueueId, SubscriptionId, TeamId, UserId
from bot.domain.period import Bucket, Period, instant, midnight
from bot.domain.questions import Formula, QueueWord, SlaQuestion
from bot.domain.queues import Media, Queue, Target
from bot.domain.schedule import Days, Rhythm, Schedule
from bot.domain.sla import Counts, Share, SlaRow, Switches
from bot.domain.subscriptions import Order, Subscription, SubscriptionState, Topic

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

LONDON = ZoneInfo("Europe/London")
TARGET = Target(share=0.8, threshold=timedelta(seconds=20))
MAIL = Target(share=0.9, threshold=timedelta(hours=4))
TUESDAY = date(2025, 11, 4)
MORNING = datetime(2025, 11, 5, 7, 45, tzinfo=UTC)
WEEKDAYS = Days(rhythm=Rhythm.DAYS, weekdays=frozenset(range(5)))
_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)


def period(first: date, last: date, name: str = "yesterday", zone: ZoneInfo = LONDON) -> Period:
    return Period(start=midnight(first, zone), end=midnight(last + _DAY, zone), zone=zone, name=name)


def queue(name: str, targets: dict[Media, Target] | None = None) -> Queue:
    targets = {Media.VOICE: TARGET} if targets is None else targets
    return Queue(id=QueueId(f"id of {name}"), name=name, division="Home", targets=targets)


def counts(offered: int, answered: int, abandoned: int, within: int, *, short: int = 0) -> Counts:
    return Counts(
        offered=offered, answered=answered, abandoned=abandoned, short_abandoned=short, flow_out=0, within=within
    )


def line(counted: Counts, of: Queue | None = None, *, usual: float | None = None, **given: object) -> DigestLine:
    """Measured by the queue's own target on voice, unless told otherwise; `usual` is a rate."""
    media = given.pop("media", Media.VOICE if of else None)
    target = of.targets.get(media) if of else None
    threshold = given.pop("threshold", target.threshold if target else None)
    divided = counted.denominator(Formula.GENESYS, Switches())
    share = Share(within=counted.within, denominator=divided) if threshold is not None or of is None else None
    basis = 4 * divided
    rated = None if usual is None else Share(within=round(usual * basis), denominator=basis)
    return DigestLine(
        queue=of,
        media=media,
        threshold=threshold,
        target=target,
        counts=counted,
        share=share,
        usual=rated,
        excess=None if usual is None else (divided - counted.within) - divided * (1 - usual),
        **given,
    )


def worst(start: datetime, length: timedelta, within: int, of: int) -> Worst:
    bucket = Bucket(start=start, end=start + length)
    return Worst(bucket=bucket, counts=counts(of, of, 0, within), share=Share(within=within, denominator=of))


def hours(of: Period) -> list[Bucket]:
    n = int(of.length / _HOUR)
    return [Bucket(start=of.start + k * _HOUR, end=of.start + (k + 1) * _HOUR) for k in range(n)]


def days(of: Period, step: int = 1) -> list[Bucket]:
    first, last = of.local_start.date(), of.local_end.date()
    cuts = [first + n * _DAY for n in range(0, (last - first).days, step)] + [last]
    return [Bucket(start=midnight(start, of.zone), end=midnight(end, of.zone)) for start, end in pairwise(cuts)]


def course(buckets: Sequence[Bucket], rates: Sequence[float | None], contacts: int = 160) -> tuple[SlaRow, ...]:
    """A row for each bucket; None stands for silence."""
    rows = []
    for bucket, rate in zip(buckets, rates, strict=True):
        n = 0 if rate is None else contacts
        counted = counts(n, n, 0, round((rate or 0) * n))
        rows.append(
            SlaRow(
                bucket=bucket,
                counts=counted,
                share=Share(within=counted.within, denominator=n),
                threshold=TARGET.threshold,
            )
        )
    return tuple(rows)


def made(
    lines: Sequence[DigestLine],
    *,
    of: Period,
    form: Form = Form.DAY,
    silent: tuple[Queue, ...] = (),
    rows: tuple[SlaRow, ...] = (),
    usual: float | None = None,
    changed: WhatChanged | None = None,
    threshold: timedelta | None = None,
    asked: Sequence[str] = ("billing",),
    before: float | None = None,
) -> DigestReport:
    summed = [each for each in lines if each.media is not Media.CALLBACK] or list(lines)
    thresholds = {each.threshold for each in summed}
    total = line(
        sum((each.counts for each in summed), Counts()),
        usual=usual,
        threshold=thresholds.pop() if len(thresholds) == 1 else None,
    )
    if all(each.share is None for each in summed):
        total = replace(total, share=None)
    if before is not None and total.share:
        total = replace(total, before=Share(within=round(before * 2000), denominator=2000))
    back = 7 * _DAY
    earlier = tuple(
        Period(start=of.start - n * back, end=of.end - n * back, zone=of.zone, name=f"{n} before") for n in (1, 2, 3, 4)
    )
    queues = {each.queue.id: each.queue for each in lines if each.queue} | {each.id: each for each in silent}
    return DigestReport(
        question=SlaQuestion(
            queues=tuple(QueueWord(text=text) for text in asked),
            threshold=threshold,
            period=of,
            formula=Formula.GENESYS,
        ),
        form=form,
        switches=Switches(),
        queues=tuple(sorted(queues.values(), key=lambda each: each.name)),
        as_of=MORNING,
        before=earlier[0] if before is not None or usual is not None else None,
        usual=earlier if usual is not None else (),
        lines=tuple(lines),
        silent=silent,
        total=total,
        course=rows,
        changed=changed,
    )


def _half_hour(day: date, clock: time, within: int, of: int) -> Worst:
    return worst(instant(day, clock, LONDON), _HOUR / 2, within, of)


NIGHT: list[float | None] = [None] * 8
DIP: list[float | None] = [*NIGHT, 0.95, 0.91, 0.42, 0.55, 0.78, 0.88, 0.9, 0.86, 0.81, 0.84, *[None] * 6]


def tuesday() -> DigestReport:
    """The example of the metrics reference: Billing fell in the morning."""
    of = period(TUESDAY, TUESDAY)
    billing = line(
        counts(412, 371, 38, 268, short=6),
        queue("Billing"),
        usual=0.812,
        before=Share(within=331, denominator=405),
        worst=_half_hour(TUESDAY, time(10, 30), 14, 41),
    )
    lines = [
        billing,
        line(
            counts(903, 868, 35, 731, short=9),
            queue("Support"),
            usual=0.826,
            before=Share(within=752, denominator=911),
            worst=_half_hour(TUESDAY, time(11), 30, 52),
        ),
        line(
            counts(655, 640, 15, 590, short=4),
            queue("Sales"),
            usual=0.895,
            before=Share(within=570, denominator=640),
            worst=_half_hour(TUESDAY, time(16, 30), 20, 31),
        ),
        line(counts(14, 13, 1, 10), queue("Retention"), usual=0.84),
    ]
    stretch = Period(
        start=instant(TUESDAY, time(10), LONDON),
        end=instant(TUESDAY, time(11, 30), LONDON),
        zone=LONDON,
        name="stretch",
    )
    return made(
        lines,
        of=of,
        silent=(queue("Overnight"),),
        rows=course(hours(of), DIP),
        usual=0.846,
        before=0.839,
        changed=WhatChanged(line=billing, stretch=stretch, offered=0.12, aht=0.08),
        asked=("billing", "support", "sales", "retention", "overnight"),
    )


def nothing_stands_out() -> DigestReport:
    of = period(TUESDAY, TUESDAY)
    lines = [
        line(counts(412, 371, 38, 335), queue("Billing"), usual=0.812, before=Share(within=331, denominator=405)),
        line(counts(655, 640, 15, 590), queue("Sales"), usual=0.895, before=Share(within=570, denominator=640)),
    ]
    return made(lines, of=of, rows=course(hours(of), DIP), usual=0.86, before=0.85, asked=("billing", "sales"))


def unexplained() -> DigestReport:
    """Worse than usual, and neither contacts nor handling time tell why."""
    of = period(TUESDAY, TUESDAY)
    lines = [line(counts(412, 371, 38, 268), queue("Billing"), usual=0.812)]
    return made(lines, of=of, rows=course(hours(of), DIP), usual=0.812)


def first_of_all() -> DigestReport:
    """One queue, and nothing to compare with."""
    of = period(TUESDAY, TUESDAY)
    return made([line(counts(412, 371, 38, 350), queue("Billing"))], of=of, rows=course(hours(of), DIP))


def nothing() -> DigestReport:
    of = period(TUESDAY, TUESDAY)
    return made([], of=of, silent=(queue("Billing"), queue("Sales")), rows=course(hours(of), [None] * 24))


def few() -> DigestReport:
    """All lines rest on a handful of contacts."""
    of = period(TUESDAY, TUESDAY)
    lines = [line(counts(5, 5, 0, 4), queue("Billing")), line(counts(7, 6, 1, 6), queue("Sales"))]
    return made(lines, of=of, rows=course(hours(of), [*NIGHT, 0.8, 0.9, *[None] * 14], 6))


def long_day() -> DigestReport:
    """25 hours, with contacts in all of them."""
    sunday = date(2025, 10, 26)
    of = period(sunday, sunday)
    lines = [
        line(
            counts(3000, 2900, 100, 2500),
            queue("Emergency"),
            usual=0.83,
            worst=worst(datetime(2025, 10, 26, 1, 30, tzinfo=UTC), _HOUR / 2, 31, 62),
        )
    ]
    rates = [0.7 + (n % 10) / 40 for n in range(25)]
    return made(lines, of=of, rows=course(hours(of), rates), usual=0.83, before=0.84, asked=("emergency",))


def media() -> DigestReport:
    """Voice, e-mail with a promise of its own, and callbacks, which stand apart."""
    callback = Target(share=0.85, threshold=timedelta(minutes=30))
    claims = queue("Claims", {Media.VOICE: TARGET, Media.EMAIL: MAIL, Media.CALLBACK: callback})
    of = period(TUESDAY, TUESDAY)
    lines = [
        line(counts(960, 900, 60, 640, short=12), claims, usual=0.75),
        line(counts(433, 433, 0, 410), claims, media=Media.EMAIL, usual=0.93),
        line(counts(38, 36, 2, 31), claims, media=Media.CALLBACK),
    ]
    return made(lines, of=of, rows=course(hours(of), DIP), usual=0.8, asked=("claims",))


def another_threshold() -> DigestReport:
    of = period(TUESDAY, TUESDAY)
    asked = timedelta(seconds=30)
    lines = [line(counts(412, 371, 38, 320), queue("Billing"), threshold=asked, usual=0.83)]
    return made(lines, of=of, rows=course(hours(of), DIP), usual=0.83, threshold=asked)


def without_target() -> DigestReport:
    of = period(TUESDAY, TUESDAY)
    lines = [line(counts(60, 57, 3, 0), queue("Walk-ins", {}))]
    rows = tuple(replace(row, share=None, threshold=None) for row in course(hours(of), DIP))
    return made(lines, of=of, rows=rows, asked=("walk-ins",))


def so_far() -> DigestReport:
    of = Period(
        start=midnight(TUESDAY, LONDON), end=instant(TUESDAY, time(12), LONDON), zone=LONDON, name="today", running=True
    )
    lines = [line(counts(212, 200, 12, 175), queue("Billing"), usual=0.82)]
    return made(lines, of=of, rows=course(hours(of), DIP[:12]), usual=0.82)


def week() -> DigestReport:
    of = period(date(2025, 10, 27), date(2025, 11, 2), "last-week")
    billing = line(
        counts(2060, 1870, 190, 1390),
        queue("Billing"),
        usual=0.79,
        before=Share(within=1600, denominator=2010),
        worst=worst(midnight(date(2025, 10, 28), LONDON), _DAY, 201, 398),
    )
    lines = [billing, line(counts(3300, 3200, 100, 2950), queue("Sales"), usual=0.895)]
    stretch = Period(
        start=midnight(date(2025, 10, 28), LONDON),
        end=midnight(date(2025, 10, 30), LONDON),
        zone=LONDON,
        name="stretch",
    )
    return made(
        lines,
        of=of,
        form=Form.WEEK,
        rows=course(days(of), [0.81, 0.55, 0.61, 0.84, 0.86, 0.9, None]),
        usual=0.85,
        before=0.85,
        changed=WhatChanged(line=billing, stretch=stretch, offered=0.27, aht=None),
        asked=("billing", "sales"),
    )


def month() -> DigestReport:
    of = period(date(2025, 10, 1), date(2025, 10, 31), "last-month")
    lines = [
        line(
            counts(8800, 8100, 700, 7200),
            queue("Billing"),
            usual=0.8,
            worst=worst(midnight(date(2025, 10, 28), LONDON), _DAY, 201, 398),
        )
    ]
    return made(
        lines, of=of, form=Form.MONTH, rows=course(days(of, 7), [0.81, 0.83, 0.84, 0.79, 0.82]), usual=0.8, before=0.81
    )


def ninety_days() -> DigestReport:
    of = period(date(2025, 8, 7), TUESDAY, "last-90-days")
    rates = [0.7 + (n % 10) / 40 for n in range(90)]
    lines = [line(counts(8800, 8100, 700, 7200), queue("Billing"))]
    return made(lines, of=of, form=Form.OTHER, rows=course(days(of), rates), before=0.81)


def sixty_queues() -> DigestReport:
    of = period(TUESDAY, TUESDAY)
    lines = [
        line(
            counts(900, 850, 50, 560 + 5 * n, short=9),
            queue(f"Team {n:02}"),
            usual=0.8,
            worst=_half_hour(TUESDAY, time(10, 30), 14, 41),
        )
        for n in range(60)
    ]
    silent = tuple(queue(f"Team {n}") for n in range(60, 72))
    return made(lines, of=of, silent=silent, rows=course(hours(of), DIP), usual=0.8, before=0.8, asked=())


def awkward_names() -> DigestReport:
    names = (
        "Sales & <Support> *VIP* <!here>",
        "`rm -rf` <https://evil.example|Reset password>",
        "\u202eknil a ton\u202c @channel\n# heading",
        "Ouvertures de comptes professionnels et réclamations, deuxième niveau, équipe du soir — Île-de-France",
        "\u0000\u200b",
    )
    of = period(TUESDAY, TUESDAY)
    lines = [line(counts(120, 100, 20, 60 + 5 * n), queue(name), usual=0.8) for n, name in enumerate(names)]
    return made(lines, of=of, silent=(queue(names[0] + "!"),), rows=course(hours(of), DIP), usual=0.8, asked=("*",))


REPORTS: dict[str, Callable[[], DigestReport]] = {
    each.__name__: each
    for each in (
        tuesday,
        nothing_stands_out,
        unexplained,
        first_of_all,
        nothing,
        few,
        long_day,
        media,
        another_threshold,
        without_target,
        so_far,
        week,
        month,
        ninety_days,
        sixty_queues,
        awkward_names,
    )
}


def subscription(number: int = 3, **given: object) -> Subscription:
    order = Order(
        topic=Topic(queues=(QueueWord(text="id of Billing", quoted=True),), period="yesterday", threshold=None),
        schedule=Schedule(days=WEEKDAYS, at=time(7, 45), zone=LONDON),
    )
    made: dict[str, object] = {
        "id": SubscriptionId(f"{number:032x}"),
        "number": number,
        "team": TeamId("T0TEAM"),
        "channel": ChannelId("C0FLOOR"),
        "owner": UserId("U0ANA"),
        "order": order,
        "state": SubscriptionState.ACTIVE,
        "since": MORNING,
        "created_at": MORNING,
        "changed_at": MORNING,
    }
    return Subscription(**(made | given))


def imprint(**given: object) -> Imprint:
    made: dict[str, object] = {
        "subscription": subscription(),
        "value": "token",
        "next_run": MORNING + _DAY,
        "zone": LONDON,
    }
    return Imprint(**(made | given))


def delivery(stage: Stage = Stage.SENT, **given: object) -> Delivery:
    made: dict[str, object] = {
        "subscription": subscription().id,
        "day": MORNING.date(),
        "due_at": MORNING,
        "order": subscription().order,
        "channel": ChannelId("C0FLOOR"),
        "stage": stage,
        "holder": "one",
        "claimed_until": MORNING,
        "settled_at": MORNING + timedelta(seconds=2),
    }
    return Delivery(**(made | given))


def entry(number: int = 3, **given: object) -> Entry:
    """Of a digest that was sent this morning; `given` are fields of the entry and of its subscription."""
    of_entry = {key: given.pop(key) for key in ("names", "last", "next_run", "place") if key in given}
    made: dict[str, object] = {"names": "Billing, Sales", "last": delivery(), "next_run": MORNING + _DAY}
    return Entry(subscription=subscription(number, **given), **(made | of_entry))
