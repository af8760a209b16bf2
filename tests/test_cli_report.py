"""One report, as a table for people and as JSON for scripts."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from bot.cli_ask import Answer, show
from bot.cli_json import sla_json
from bot.domain.ids import QueueId
from bot.domain.period import Bucket, Period
from bot.domain.questions import Grouping, QueueWord, SlaQuestion
from bot.domain.queues import Media, Queue, Target
from bot.domain.sla import Counts, Share, SlaReport, SlaRow, Switches

PARIS = ZoneInfo("Europe/Paris")
HALF_A_MINUTE = timedelta(seconds=30)
LAST_WEEK = Period(
    start=datetime(2026, 11, 8, 23, tzinfo=UTC),
    end=datetime(2026, 11, 15, 23, tzinfo=UTC),
    zone=PARIS,
    name="last-week",
)
WEEK_BEFORE = Period(
    start=datetime(2026, 11, 1, 23, tzinfo=UTC),
    end=datetime(2026, 11, 8, 23, tzinfo=UTC),
    zone=PARIS,
    name="week before",
)
AS_OF = datetime(2026, 11, 16, 8, 30, 12, 345000, tzinfo=UTC)

BILLING = Queue(id=QueueId("q-1"), name="Billing", targets={Media.VOICE: Target(share=0.8, threshold=HALF_A_MINUTE)})
AWKWARD = Queue(id=QueueId("q-2"), name="[red]Sales & <Support> *VIP* <!here>[/]")
QUIET = Queue(id=QueueId("q-3"), name="Quiet")
BUSY_COUNTS = Counts(offered=1240, answered=1118, abandoned=98, short_abandoned=22, flow_out=24, within=955)


def row(queue: Queue, counts: Counts, *, threshold: timedelta | None = HALF_A_MINUTE, **rest: Any) -> SlaRow:
    share = Share(within=counts.within, denominator=counts.answered + counts.abandoned) if threshold else None
    media = rest.pop("media", Media.VOICE)
    return SlaRow(
        queue=queue,
        media=media,
        threshold=threshold,
        target=queue.targets.get(media),
        counts=counts,
        share=share,
        **rest,
    )


def report(*rows: SlaRow, by: Grouping = Grouping.QUEUE, threshold: timedelta | None = HALF_A_MINUTE) -> SlaReport:
    counts = sum((each.counts for each in rows if each.media is not Media.CALLBACK), Counts())
    total = SlaRow(
        threshold=threshold,
        counts=counts,
        share=Share(within=counts.within, denominator=counts.answered + counts.abandoned),
        previous=Share(within=900, denominator=1000),
    )
    question = SlaQuestion(queues=(QueueWord(text="all"),), threshold=threshold, period=LAST_WEEK, by=by)
    return SlaReport(
        question=question,
        switches=Switches(),
        queues=(BILLING, QUIET, AWKWARD),
        as_of=AS_OF,
        compared_with=WEEK_BEFORE,
        rows=rows,
        silent=(QUIET,),
        total=total,
        apart=tuple(each for each in rows if each.media is Media.CALLBACK),
    )


BUSY = report(
    row(BILLING, BUSY_COUNTS, previous=Share(within=900, denominator=1000)),
    row(AWKWARD, Counts(offered=5, answered=5, within=4)),
    row(BILLING, Counts(offered=9, answered=7, abandoned=2, within=3), media=Media.CALLBACK),
)


def shown(answer: SlaReport, *, width: int = 80, colour: bool = False) -> str:
    written = io.StringIO()
    show(
        Answer(report=answer),
        Console(
            file=written, width=width, highlight=False, force_terminal=colour, no_color=not colour, legacy_windows=False
        ),
    )
    return written.getvalue()


def test_json_has_exactly_the_promised_shape() -> None:
    assert sla_json(BUSY) == {
        "command": "sla",
        "threshold_seconds": 30,
        "formula": "genesys",
        "period": {"start": "2026-11-08T23:00:00Z", "end": "2026-11-15T23:00:00Z", "timezone": "Europe/Paris"},
        "as_of": "2026-11-16T08:30:12Z",
        "rows": [
            {
                "queue": {"id": "q-1", "name": "Billing"},
                "media": "voice",
                "offered": 1240,
                "answered": 1118,
                "within": 955,
                "abandoned": 98,
                "short_abandoned": 22,
                "denominator": 1216,
                "share": 0.7854,
            },
            {
                "queue": {"id": "q-2", "name": "[red]Sales & <Support> *VIP* <!here>[/]"},
                "media": "voice",
                "offered": 5,
                "answered": 5,
                "within": 4,
                "abandoned": 0,
                "short_abandoned": 0,
                "denominator": 5,
                "share": 0.8,
            },
            {
                "queue": {"id": "q-1", "name": "Billing"},
                "media": "callback",
                "offered": 9,
                "answered": 7,
                "within": 3,
                "abandoned": 2,
                "short_abandoned": 0,
                "denominator": 9,
                "share": 0.3333,
            },
        ],
        "total": {
            "offered": 1245,
            "answered": 1123,
            "within": 959,
            "abandoned": 98,
            "short_abandoned": 22,
            "denominator": 1221,
            "share": 0.7854,
        },
    }


def test_json_keeps_every_letter() -> None:
    assert json.loads(json.dumps(sla_json(BUSY)))["rows"][1]["queue"]["name"] == AWKWARD.name


def test_a_share_over_zero_is_null() -> None:
    data = sla_json(report(row(BILLING, Counts(offered=3, flow_out=3))))
    assert data["rows"][0]["denominator"] == 0
    assert data["rows"][0]["share"] is None
    assert data["total"]["share"] is None


def test_without_a_threshold_the_queues_own_was_used() -> None:
    data = sla_json(report(row(AWKWARD, Counts(offered=3, answered=3), threshold=None), threshold=None))
    assert data["threshold_seconds"] is None
    assert (data["rows"][0]["within"], data["rows"][0]["share"]) == (None, None)
    assert data["rows"][0]["denominator"] == 3


@pytest.mark.parametrize(("threshold", "seconds"), [(timedelta(minutes=2), 120), (timedelta(milliseconds=1500), 1.5)])
def test_a_whole_threshold_is_an_integer(threshold: timedelta, seconds: float) -> None:
    told = sla_json(report(row(BILLING, BUSY_COUNTS), threshold=threshold))["threshold_seconds"]
    assert (told, type(told)) == (seconds, type(seconds))


def test_by_media_a_row_names_its_medium_only() -> None:
    data = sla_json(report(SlaRow(media=Media.EMAIL, counts=BUSY_COUNTS, share=None), by=Grouping.MEDIA))
    assert data["rows"][0]["media"] == "email"
    assert "queue" not in data["rows"][0]


@pytest.mark.parametrize("by", [Grouping.HOUR, Grouping.DAY])
def test_by_hour_and_by_day_a_row_names_its_start_and_end(by: Grouping) -> None:
    bucket = Bucket(start=LAST_WEEK.start, end=LAST_WEEK.start + timedelta(hours=1))
    data = sla_json(report(SlaRow(bucket=bucket, counts=Counts(), share=Share(within=0, denominator=0)), by=by))
    assert (data["rows"][0]["start"], data["rows"][0]["end"]) == ("2026-11-08T23:00:00Z", "2026-11-09T00:00:00Z")
    assert data["rows"][0]["share"] is None
    assert "queue" not in data["rows"][0]


def test_the_table_says_what_it_rests_on() -> None:
    words = " ".join(shown(BUSY).split())
    assert "answered within 30 s" in words
    assert "955/1,216" in words
    assert "98 (22)" in words
    assert "Abandoned (n): n of them short" in words
    assert "answered + abandoned" in words
    assert "959 ÷ 1,221" in words
    assert "Europe/Paris" in words
    assert "As of Mon 16 Nov 2026, 09:30" in words
    assert "No contacts: Quiet" in words


def test_callbacks_are_told_apart_from_the_total() -> None:
    words = " ".join(shown(BUSY).split())
    assert "Callbacks, apart from the total: Billing · callbacks 3 of 9" in words


def test_the_table_fits_80_columns() -> None:
    assert max(map(len, shown(BUSY).splitlines())) <= 80


def test_a_missed_target_is_a_sign_and_not_only_a_colour() -> None:
    assert " -1.5 " in shown(BUSY)
    assert "\x1b[" not in shown(BUSY, colour=False)
    assert "\x1b[31m" in shown(BUSY, colour=True)


def test_a_share_of_few_contacts_shows_its_likely_range() -> None:
    assert "80 % (38–96)" in shown(BUSY)
    assert "likely range" in shown(BUSY)


def test_a_queues_name_is_never_markup() -> None:
    assert "[red]Sales & <Support> *VIP* <!here>[/]" in shown(BUSY, width=200)


def test_a_long_list_is_shortened_visibly_and_its_total_is_not() -> None:
    queues = [Queue(id=QueueId(f"q-{n}"), name=f"Queue {n:03}") for n in range(100)]
    words = shown(report(*(row(queue, Counts(offered=10, answered=10, within=5)) for queue in queues)))
    assert "Queue 039" in words
    assert "Queue 040" not in words
    assert "60 more rows are left out; --json has them all" in words
    assert "500/1,000" in words


def test_the_hour_that_comes_twice_is_told_apart() -> None:
    first = Bucket(start=datetime(2026, 10, 25, 0, tzinfo=UTC), end=datetime(2026, 10, 25, 1, tzinfo=UTC))
    again = Bucket(start=datetime(2026, 10, 25, 1, tzinfo=UTC), end=datetime(2026, 10, 25, 2, tzinfo=UTC))
    rows = [
        SlaRow(bucket=bucket, counts=BUSY_COUNTS, share=Share(within=1, denominator=2)) for bucket in (first, again)
    ]
    words = shown(report(*rows, by=Grouping.HOUR))
    assert "Sun 25 Oct 02:00 CEST" in words
    assert "Sun 25 Oct 02:00 CET" in words


def test_an_hour_without_contacts_says_so() -> None:
    bucket = Bucket(start=LAST_WEEK.start, end=LAST_WEEK.start + timedelta(hours=1))
    silent = SlaRow(bucket=bucket, counts=Counts(), share=Share(within=0, denominator=0))
    heard = SlaRow(bucket=bucket, counts=BUSY_COUNTS, share=Share(within=1, denominator=2))
    words = shown(report(silent, heard, by=Grouping.HOUR))
    assert "no contacts" in words
    assert "0.0 %" not in words
