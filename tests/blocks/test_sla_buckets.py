"""An answer by hour or by day: nothing is drawn where nothing was, and nothing is hidden."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.blocks.sla_buckets import bucket_blocks, bucket_label, common_target, lowest
from bot.domain.period import Bucket
from bot.domain.questions import Grouping
from bot.domain.sla import Counts, Share


def charts_of(report):
    return [block["chart"] for block in bucket_blocks(report) if block["type"] == "data_visualization"]


def notes_of(report) -> str:
    return "\n".join(
        element["text"]
        for block in bucket_blocks(report)
        if block["type"] == "context"
        for element in block["elements"]
    )


def test_an_hour_without_contacts_has_no_point_and_is_named(the_report):
    (chart,) = charts_of(the_report("by_hour"))

    assert chart["axis_config"]["categories"][0] == "07:00"
    assert len(chart["axis_config"]["categories"]) == 13
    assert notes_of(the_report("by_hour")) == "No contacts: 00:00–07:00 and 20:00–24:00"


def test_a_week_of_hours_is_joined_at_local_hours_and_drawn_in_two_charts(the_report):
    first, second = charts_of(the_report("by_hour_for_a_week"))

    labels = first["axis_config"]["categories"] + second["axis_config"]["categories"]
    assert labels[:3] == ["Mon 9 06:00", "Mon 9 09:00", "Mon 9 12:00"]
    assert len(labels) == 35
    assert "Each row and point joins 3 hours" in notes_of(the_report("by_hour_for_a_week"))


def test_joining_loses_no_contact(the_report):
    report = the_report("by_hour_for_a_week")
    (rows,) = [block["rows"] for block in bucket_blocks(report) if block["type"] == "table"]

    lines, total = rows[1:-1], rows[-1]

    assert sum(row[3]["value"] for row in lines) == total[3]["value"] == 4935
    assert total[2]["text"] == "4,055 of 5,301"


def test_the_one_target_of_all_queues_is_drawn_beside_the_figure(the_report):
    (chart,) = charts_of(the_report("by_day"))

    assert [series["name"] for series in chart["series"]] == ["Service level", "Target"]
    assert {point["value"] for point in chart["series"][1]["data"]} == {80.0}


def test_no_target_is_drawn_when_another_threshold_was_asked_or_several_are_promised(the_report):
    report = the_report("by_day")
    asked = replace(report.question, threshold=timedelta(seconds=45))

    assert common_target(replace(report, question=asked)) is None
    assert common_target(replace(report, queues=the_report("media_and_callbacks").queues)) is None


@pytest.mark.parametrize(
    ("within", "said"),
    [
        pytest.param((90, 70, 80), "Lowest: Tue 10 Nov with 70.0 %", id="the worst day"),
        pytest.param((90, None, 80), "Lowest: Wed 11 Nov with 80.0 %", id="a day without contacts is not the worst"),
        pytest.param((90, None, None), "", id="one day has nothing to be compared with"),
    ],
)
def test_the_takeaway_names_the_worst_day(the_report, within, said):
    report = the_report("by_day")
    rows = [
        replace(
            row,
            counts=Counts(offered=200, answered=200, within=2 * n) if n is not None else Counts(),
            share=Share(within=2 * n, denominator=200) if n is not None else Share(within=0, denominator=0),
        )
        for row, n in zip(report.rows, within, strict=False)
    ]

    assert lowest(replace(report, rows=tuple(rows))) == said


def test_a_day_of_few_contacts_is_not_called_the_worst(the_report):
    report = the_report("by_day")
    quiet = replace(report.rows[0], share=Share(within=0, denominator=19))

    assert lowest(replace(report, rows=(quiet, *report.rows[1:]))) == "Lowest: Sat 14 Nov with 63.0 %"


def test_the_hour_that_the_clock_shows_twice_has_two_labels(the_report):
    report = the_report("by_hour")
    first = datetime(2026, 10, 24, 22, tzinfo=UTC)
    hours = [Bucket(start=first + timedelta(hours=n), end=first + timedelta(hours=n + 1)) for n in range(25)]
    rows = tuple(replace(report.rows[9], bucket=hour) for hour in hours)
    period = replace(report.question.period, start=first, end=first + timedelta(hours=25))
    report = replace(report, rows=rows, question=replace(report.question, period=period))

    labels = [bucket_label(report)(row) for row in rows]

    assert labels[1:5] == ["01:00", "02:00 CEST", "02:00 CET", "03:00"]
    assert sum(len(chart["axis_config"]["categories"]) for chart in charts_of(report)) == 25


def test_a_month_of_days_is_drawn_whole(the_report):
    report = the_report("by_day")
    days = [replace(report.rows[0], bucket=shifted(report.rows[0].bucket, n)) for n in range(31)]

    assert [len(chart["axis_config"]["categories"]) for chart in charts_of(replace(report, rows=tuple(days)))] == [
        16,
        15,
    ]


def test_a_year_of_days_is_joined_until_it_fits(the_report):
    report = the_report("by_day")
    days = [replace(report.rows[0], bucket=shifted(report.rows[0].bucket, n)) for n in range(2000)]
    report = replace(report, rows=tuple(days))

    assert report.by is Grouping.DAY
    assert sum(len(chart["axis_config"]["categories"]) for chart in charts_of(report)) <= 40
    assert "Each row and point joins 72 days" in notes_of(report)


def shifted(bucket: Bucket, days: int) -> Bucket:
    return Bucket(start=bucket.start + timedelta(days=days), end=bucket.end + timedelta(days=days))
