"""A digest as a supervisor reads it in the morning; the whole messages are under tests/golden/digest."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from bot.blocks.digests.message import (
    DETAILS,
    MANAGE,
    WHY,
    day_words,
    digest_message,
    headline,
    report_digest_message,
    what_changed,
)
from bot.blocks.kit import without_data_blocks
from bot.blocks.report import report_message
from bot.domain.digest import Form, WhatChanged
from bot.domain.ids import UserId
from bot.domain.period import Period, instant
from bot.domain.queues import Media, Target
from bot.domain.sla import Share
from tests import reports
from tests.blocks.messages import buttons, kinds, said
from tests.digests import (
    DIP,
    LONDON,
    REPORTS,
    TARGET,
    TUESDAY,
    counts,
    course,
    few,
    first_of_all,
    hours,
    imprint,
    line,
    long_day,
    made,
    nothing,
    nothing_stands_out,
    period,
    queue,
    sixty_queues,
    tuesday,
    unexplained,
    week,
    worst,
)

T20 = TARGET.threshold
HALF = Target(share=0.5, threshold=TARGET.threshold)
HOUR = Target(share=0.8, threshold=timedelta(hours=1))


def table_of(message) -> list[list[str]]:
    return [[cell["text"] for cell in row] for block in message["blocks"] if "rows" in block for row in block["rows"]]


def chart_of(message) -> dict[str, dict[str, float]]:
    (chart,) = [block["chart"] for block in message["blocks"] if block["type"] == "data_visualization"]
    return {line["name"]: {point["label"]: point["value"] for point in line["data"]} for line in chart["series"]}


@pytest.mark.parametrize("name", REPORTS)
def test_every_message_is_the_one_on_record(name, golden):
    golden(f"digest/{name}.json", digest_message(REPORTS[name](), imprint()))


def test_the_text_for_older_workspaces_is_the_one_on_record(golden):
    golden("digest/tuesday_as_text.json", without_data_blocks(digest_message(tuesday(), imprint())))


def test_a_digest_that_is_a_report_is_the_one_on_record(golden):
    report = reports.compared()
    golden("digest/report.json", report_digest_message(report_message(report, token="t"), report, imprint()))


@pytest.mark.parametrize(
    ("name", "point"),
    [
        pytest.param(
            "tuesday",
            "5 queues: 80.7 % answered within 20 s, Tue 4 Nov (target 80 %) ▼ 3.9 points vs usual",
            id="the number, the day, the target, and a change that is no chance",
        ),
        pytest.param(
            "nothing_stands_out",
            "Billing and Sales: 86.9 % answered within 20 s, Tue 4 Nov (target 80 %)",
            id="no arrow for what may be chance",
        ),
        pytest.param(
            "first_of_all",
            "Billing: 85.6 % answered within 20 s, Tue 4 Nov (target 80 %)",
            id="nothing to compare with",
        ),
        pytest.param(
            "media",
            "Claims: 75.4 % answered within target, Tue 4 Nov (1 of 2 off target) ▼ 4.6 points vs usual",
            id="several promises: how many are missed",
        ),
        pytest.param(
            "another_threshold",
            "Billing: 78.2 % answered within 30 s, Tue 4 Nov ▼ 4.8 points vs usual",
            id="another threshold is not held against the target",
        ),
        pytest.param(
            "few",
            "Billing and Sales: 83 % (likely 55–95 %) answered within 20 s, Tue 4 Nov (target 80 %)",
            id="a handful of contacts has its range",
        ),
        pytest.param("nothing", "Billing and Sales: no contacts, Tue 4 Nov", id="no contacts is no zero"),
        pytest.param(
            "without_target",
            "Walk-ins: 60 contacts, but no target to count with, Tue 4 Nov",
            id="nothing to count with",
        ),
        pytest.param(
            "so_far",
            "Billing: 82.5 % answered within 20 s, Tue 4 Nov, 00:00–12:00 so far (target 80 %)",
            id="a part of a day",
        ),
        pytest.param(
            "week",
            "Billing and Sales: 81.0 % answered within 20 s, Mon 27 Oct – Sun 2 Nov (target 80 %) "
            "▼ 4.0 points vs usual",
            id="a week",
        ),
        pytest.param("month", "Billing: 81.8 % answered within 20 s, October 2025 (target 80 %)", id="a month"),
        pytest.param(
            "ninety_days", "Billing: 81.8 % answered within 20 s, Thu 7 Aug – Tue 4 Nov (target 80 %)", id="other days"
        ),
    ],
)
def test_the_headline_has_the_number_that_matters(name, point):
    report = REPORTS[name]()

    assert headline(report) == point
    assert digest_message(report, imprint())["text"].startswith(point)


def test_long_names_never_push_the_number_out_of_the_headline():
    lines = [line(counts(412, 371, 38, 268), queue(f"{n} {'Réclamations ' * 9}"), usual=0.81) for n in range(3)]
    point = headline(made(lines, of=period(TUESDAY, TUESDAY), usual=0.81))

    assert point.endswith(": 65.5 % answered within 20 s, Tue 4 Nov (target 80 %) ▼ 15.5 points vs usual")
    assert len(point) <= 150


def test_without_a_usual_the_headline_compares_with_a_week_before():
    report = made([line(counts(412, 371, 38, 268), queue("Billing"))], of=period(TUESDAY, TUESDAY), before=0.85)

    assert headline(report).endswith("▼ 19.5 points vs a week before")


def test_the_year_is_said_where_it_is_not_the_reader_s():
    new_year = period(date(2024, 12, 30), date(2025, 1, 5), "last-week")
    report = made([line(counts(9, 9, 0, 9), queue("Billing"))], of=new_year, form=Form.WEEK)

    assert day_words(report) == "Mon 30 Dec 2024 – Sun 5 Jan 2025"


@pytest.mark.parametrize(
    ("report", "told"),
    [
        pytest.param(
            tuesday,
            "What changed: Billing missed 64 more contacts than usual, most of them 10:00–11:30, "
            "with 12 % more contacts and 8 % longer handling",
            id="the queue, its hours and what moved",
        ),
        pytest.param(
            week,
            "What changed: Billing missed 237 more contacts than usual, most of them on Tue 28 – Wed 29 Oct, "
            "with 27 % more contacts",
            id="days of a week",
        ),
        pytest.param(
            unexplained,
            "What changed: Billing missed 64 more contacts than usual",
            id="worse than chance, and nothing tells why",
        ),
        pytest.param(nothing_stands_out, "Nothing stands out against usual", id="changes that may be chance"),
        pytest.param(first_of_all, "", id="no comparison was asked of the past"),
    ],
)
def test_what_changed_names_the_queue_the_hours_and_the_cause(report, told):
    assert what_changed(report()) == told


def test_what_changed_tells_fewer_and_shorter_as_well():
    report = tuesday()
    assert report.changed
    other = replace(report, changed=WhatChanged(line=report.lines[0], stretch=None, offered=-0.2, aht=-0.054))

    assert what_changed(other) == (
        "What changed: Billing missed 64 more contacts than usual, with 20 % fewer contacts and 5 % shorter handling"
    )


def test_what_changed_until_midnight_ends_at_24():
    report = tuesday()
    evening = Period(
        start=instant(TUESDAY, time(22), LONDON),
        end=instant(date(2025, 11, 5), time(), LONDON),
        zone=LONDON,
        name="stretch",
    )
    other = replace(report, changed=WhatChanged(line=report.lines[0], stretch=evening, offered=None, aht=None))

    assert what_changed(other).endswith("most of them 22:00–24:00")


def test_a_better_day_is_said_as_well():
    report = made(
        [line(counts(412, 371, 38, 400), queue("Billing"), usual=0.8)], of=period(TUESDAY, TUESDAY), usual=0.8
    )

    assert what_changed(report) == "Better than usual: Billing"


def test_the_first_weeks_of_a_queue_have_no_usual():
    report = replace(first_of_all(), usual=tuesday().usual)

    assert what_changed(report) == "No usual to compare with yet"


def test_the_table_holds_each_queue_against_its_target_in_words():
    assert table_of(digest_message(tuesday(), imprint())) == [
        ["Queue", "Share", "Target", "vs usual", "Offered", "Abandoned", "Worst half hour", "vs week before"],
        ["Billing", "65.5 %", "missed 80 %", "▼ 15.6 pp", "412", "38", "10:30, 34.1 %", "▼ 16.2 pp"],
        ["Support", "81.0 %", "met 80 %", "-1.7 pp", "903", "35", "11:00, 57.7 %", "-1.6 pp"],
        ["Sales", "90.1 %", "met 80 %", "+0.6 pp", "655", "15", "16:30, 64.5 %", "+1.0 pp"],
        ["Total", "80.7 %", "met 80 %", "▼ 3.9 pp", "1,984", "89", "–", "▼ 3.2 pp"],
    ]


def test_half_hours_of_hardly_any_contacts_have_counts_and_no_percentage():
    report = first_of_all()
    night = worst(instant(TUESDAY, time(4), LONDON), timedelta(minutes=30), 0, 1)
    message = digest_message(replace(report, lines=(replace(report.lines[0], worst=night),)), imprint())

    assert table_of(message)[1][-1] == "04:00, 0 of 1"


def test_a_usual_that_was_rounded_to_whole_contacts_is_compared_as_it_was():
    report = nothing_stands_out()
    total = replace(
        report.total,
        share=Share(within=500, denominator=1000),
        usual=Share(within=6, denominator=10),
        usual_rate=Fraction(37, 60),
    )

    assert table_of(digest_message(replace(report, total=total), imprint()))[-1][3] == "-11.7 pp"


def test_columns_without_a_figure_are_left_out():
    assert table_of(digest_message(first_of_all(), imprint())) == [
        ["Queue", "Share", "Target", "Offered", "Abandoned"],
        ["Billing", "85.6 %", "met 80 %", "412", "38"],
    ]


def test_few_contacts_closed_queues_and_silent_hours_stand_under_the_table():
    assert (
        "Few contacts: Retention 71 % (10 of 14; likely 45–88 %)\n"
        "No contacts: Overnight\n"
        "Not in the chart, without contacts: 00:00–08:00 and 18:00–24:00"
    ) in said(digest_message(tuesday(), imprint()))


def test_where_all_queues_have_few_contacts_the_table_has_them_with_their_range():
    shares = [row[1] for row in table_of(digest_message(few(), imprint()))]

    assert shares == ["Share", "80 % (likely 38–96 %)", "86 % (likely 49–97 %)", "83 % (likely 55–95 %)"]


def test_a_digest_of_many_queues_has_the_worst_and_says_how_many_more():
    message = digest_message(sixty_queues(), imprint())

    assert len(table_of(message)) == 14
    assert any("48 more lines, 20 of them off target: Details has them" in text for text in said(message))


@pytest.mark.parametrize("name", ["tuesday", "nothing_stands_out", "media", "long_day", "week", "month"])
def test_a_digest_is_read_in_a_minute(name):
    """Fewer than 150 words, numbers and the chart's points not counted."""
    words = re.findall(r"[^\W\d_]+", " ".join(said(digest_message(REPORTS[name](), imprint()))))

    assert len(words) < 150


def test_the_chart_has_the_hours_with_contacts_and_the_target_beside_them():
    chart = chart_of(digest_message(tuesday(), imprint()))

    assert list(chart) == ["Service level", "Target"]
    assert list(chart["Service level"]) == [f"{hour:02}:00" for hour in range(8, 18)]
    assert chart["Service level"]["10:00"] == 41.9
    assert set(chart["Target"].values()) == {80.0}


@pytest.mark.parametrize(
    ("promises", "goal"),
    [
        pytest.param([TARGET, HOUR], {80.0}, id="the same share in another time"),
        pytest.param([TARGET, HALF], None, id="two shares"),
        pytest.param([TARGET, None], None, id="one that promises nothing"),
    ],
)
def test_the_chart_has_the_target_where_all_lines_promise_the_same_share(promises, goal):
    lines = []
    for number, target in enumerate(promises):
        of = queue(f"Team {number}", {Media.VOICE: target} if target else {})
        lines.append(line(counts(412, 371, 38, 268), of, threshold=target.threshold if target else T20))
    of = period(TUESDAY, TUESDAY)
    chart = chart_of(digest_message(made(lines, of=of, rows=course(hours(of), DIP)), imprint()))

    assert (set(chart["Target"].values()) if "Target" in chart else None) == goal


def test_a_day_with_contacts_around_the_clock_joins_its_hours_by_two():
    message = digest_message(long_day(), imprint())

    assert list(chart_of(message)["Target"]) == [f"{hour:02}:00" for hour in range(0, 24, 2)]
    assert any("Each point of the chart joins 2 hours" in text for text in said(message))
    assert any("Sun 26 Oct 2025 (25-hour day), Europe/London" in text for text in said(message))


def test_an_hour_that_the_clock_shows_twice_is_two_points():
    sunday = date(2025, 10, 26)
    of = period(sunday, sunday)
    rates = [0.8, 0.7, 0.6, 0.9, *[None] * 21]
    message = digest_message(
        made([line(counts(640, 640, 0, 480), queue("Emergency"))], of=of, rows=course(hours(of), rates)), imprint()
    )

    assert list(chart_of(message)["Target"]) == ["00:00", "01:00 BST", "01:00 GMT", "02:00"]


def test_hours_with_contacts_but_no_figure_are_not_called_silent():
    of = period(TUESDAY, TUESDAY)
    rows = list(course(hours(of), DIP))
    rows[9] = replace(rows[9], share=Share(within=0, denominator=0))
    message = digest_message(replace(first_of_all(), course=tuple(rows)), imprint())

    assert any(
        "Not in the chart, without a figure: 00:00–08:00, 09:00–10:00 and 18:00–24:00" in text for text in said(message)
    )


def test_hours_with_hardly_any_contacts_are_no_cliff_to_zero():
    of = period(TUESDAY, TUESDAY)
    rows = list(course(hours(of), DIP))
    rows[3] = replace(rows[3], counts=counts(2, 2, 0, 0), share=Share(within=0, denominator=2))
    message = digest_message(replace(first_of_all(), course=tuple(rows)), imprint())

    assert list(chart_of(message)["Service level"]) == [f"{hour:02}:00" for hour in range(8, 18)]
    assert any(
        "Not in the chart, with hardly any contacts: 00:00–08:00 and 18:00–24:00" in text for text in said(message)
    )


@pytest.mark.parametrize(
    ("busiest", "there"),
    [
        pytest.param(10, False, id="four are no point beside ten"),
        pytest.param(9, True, id="four are as good as any where nine are most"),
    ],
)
def test_an_hour_of_four_contacts_is_a_point_where_all_hours_have_few(busiest, there):
    of = period(TUESDAY, TUESDAY)
    rows = list(course(hours(of), DIP, contacts=busiest))
    rows[7] = replace(rows[7], counts=counts(4, 4, 0, 0), share=Share(within=0, denominator=4))
    message = digest_message(replace(first_of_all(), course=tuple(rows)), imprint())

    assert ("07:00" in chart_of(message)["Service level"]) == there


def test_where_contacts_are_always_few_every_hour_is_in_the_chart():
    of = period(TUESDAY, TUESDAY)
    message = digest_message(replace(first_of_all(), course=course(hours(of), DIP, contacts=2)), imprint())

    assert len(chart_of(message)["Service level"]) == 10


@pytest.mark.parametrize(
    ("within", "told", "cell"),
    [
        pytest.param(
            [(90, TARGET), (80, TARGET), (70, HOUR)], "", "–", id="silent where all is well as far as it can be said"
        ),
        pytest.param([(90, TARGET), (50, TARGET), (70, HOUR)], " (1 off target)", "1 missed", id="misses are told"),
        pytest.param(
            [(90, TARGET), (50, HALF)], " (all on target)", "0 of 2 missed", id="every line held against its own"
        ),
        pytest.param([(50, TARGET), (50, HALF)], " (1 of 2 off target)", "1 of 2 missed", id="some of all"),
    ],
)
def test_targets_are_spoken_of_where_they_can_be_held_against_the_share(within, told, cell):
    lines = [
        line(counts(100, 100, 0, count), queue(f"Team {n}", {Media.VOICE: target}), threshold=TARGET.threshold)
        for n, (count, target) in enumerate(within)
    ]
    report = made(lines, of=period(TUESDAY, TUESDAY), threshold=TARGET.threshold)

    assert headline(report).endswith(f"Tue 4 Nov{told}")
    total = table_of(digest_message(report, imprint()))[-1]
    assert total[2] == cell


def test_a_single_hour_is_no_course():
    of = period(TUESDAY, TUESDAY)
    rows = course(hours(of), [*[None] * 12, 0.8, *[None] * 11])

    assert "data_visualization" not in kinds(digest_message(replace(first_of_all(), course=rows), imprint()))


def test_a_day_without_contacts_is_one_line():
    message = digest_message(nothing(), imprint())

    assert message["text"] == "Billing and Sales: no contacts, Tue 4 Nov."
    assert kinds(message) == ["section", "context", "context", "actions"]
    assert buttons(message) == {"Manage": (MANAGE, "token")}


def test_the_imprint_says_which_digest_it_is_when_the_next_comes_and_whose_it_is():
    message = digest_message(tuesday(), imprint())

    assert "Digest 3 · Next: Thu 6 Nov, 07:45 · Owner: <@U0ANA>" in said(message)
    assert "Tue 4 Nov 2025, Europe/London · As of Wed 5 Nov, 07:45" in said(message)
    assert buttons(message) == {"Why?": (WHY, "token"), "Details": (DETAILS, "token"), "Manage": (MANAGE, "token")}


def test_a_digest_without_a_next_one_says_so():
    assert "Digest 3 · No next one · Owner: <@U0ANA>" in said(digest_message(tuesday(), imprint(next_run=None)))


def test_times_in_another_zone_than_the_period_name_theirs():
    elsewhere = imprint(zone=ZoneInfo("America/New_York"))

    assert "Tue 4 Nov 2025, Europe/London · As of Wed 5 Nov 2025, 02:45, America/New_York" in said(
        digest_message(tuesday(), elsewhere)
    )


@pytest.mark.parametrize(
    ("late", "because", "told"),
    [
        (timedelta(minutes=40, seconds=12), "", "Sent 40 min late: the bot was not running at 07:45"),
        (timedelta(seconds=20), "", "Sent 1 min late: the bot was not running at 07:45"),
        (timedelta(minutes=95), "Genesys could not be reached", "Sent 1 h 35 min late: Genesys could not be reached"),
    ],
)
def test_a_late_digest_says_how_late_and_why(late, because, told):
    assert told in said(digest_message(tuesday(), imprint(late=late, because=because)))


def test_a_digest_out_of_its_turn_says_who_asked_for_it():
    assert "Sent now for <@U0BEN>" in said(digest_message(tuesday(), imprint(asked_by=UserId("U0BEN"))))


def test_a_preview_says_so_and_has_nothing_to_press():
    message = digest_message(tuesday(), imprint(preview=True))

    assert "Preview: only you see it, and nothing was sent" in said(message)
    assert buttons(message) == {}
    assert not any("Owner" in text for text in said(message))


def test_a_report_as_a_digest_keeps_its_answer_and_loses_its_buttons():
    report = reports.compared()
    answer = report_message(report, token="answer")
    message = report_digest_message(answer, report, imprint(late=timedelta(minutes=5)))

    assert message["text"] == answer["text"]
    assert message["blocks"][0] == answer["blocks"][0]
    assert "Sent 5 min late: the bot was not running at 07:45" in said(message)
    assert all(block in message["blocks"] for block in answer["blocks"][:-1])
    assert buttons(message) == {"Details": (DETAILS, "token"), "Manage": (MANAGE, "token")}


def test_an_empty_report_as_a_digest_is_one_line():
    report = reports.nothing()
    message = report_digest_message(report_message(report, token="t"), report, imprint())

    assert message["text"] == "Billing and Claims: nothing happened, last week."
    assert kinds(message) == ["section", "context", "actions"]
