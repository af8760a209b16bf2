"""A table of figures as a supervisor reads it; the whole messages are under tests/golden/report."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.blocks.kit import without_data_blocks
from bot.blocks.report import CSV, REFRESH, SHARE, headline, report_message
from bot.blocks.report_rows import MOST_SHOWN, fitting
from bot.cli_json import report_json
from bot.domain.dimensions import Dimension, Label
from bot.domain.ids import QueueId, UserId
from bot.domain.queues import Media, Queue
from bot.domain.report_rows import report_columns
from tests.blocks.test_limits import faults_of_message
from tests.reports import EVERY, REPORTS, D, amounts, by_hour, by_queue, compared, made, nothing, row

if TYPE_CHECKING:
    from bot.domain.report import Report


@pytest.mark.parametrize("name", REPORTS)
def test_every_message_is_the_one_on_record(name, golden) -> None:
    golden(f"report/{name}.json", report_message(REPORTS[name](), token="token"))


def test_the_shared_copy_is_the_one_on_record(golden) -> None:
    golden("report/shared.json", report_message(by_queue(), token="t", shared_by=UserId("U0ANA")))


def test_the_text_for_older_workspaces_is_the_one_on_record(golden) -> None:
    golden("report/by_queue_as_text.json", without_data_blocks(report_message(by_queue(), token="token")))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("by_queue", "Billing and Claims: 1,550 offered, service level 78.8 %, ASA 18 s, last week"),
        ("by_hour", "Billing, voice: 2,625 offered, service level 57.1 %, ASA 18 s, last week"),
        ("by_agent", "Billing and Claims: 81 answered, ASA 18 s, last week"),
        ("nothing", "Billing and Claims: nothing happened, last week"),
    ],
)
def test_the_headline_has_the_numbers_that_matter(name, said) -> None:
    report = REPORTS[name]()
    assert headline(report) == said
    assert report_message(report, token="t")["text"].startswith(said)


def test_long_names_never_push_the_numbers_out() -> None:
    queues = tuple(Queue(id=QueueId(str(n)), name="Réclamations " * 9) for n in range(3))
    said = headline(replace(by_queue(), queues=queues))
    assert said.endswith(": 1,550 offered, service level 78.8 %, ASA 18 s, last week")
    assert len(said) <= 150


def test_a_metric_that_nobody_has_is_not_the_point() -> None:
    report = by_queue()
    question = replace(report.question, metrics=("service_level", "abandoned"))
    unrated = replace(report.total, amounts=replace(report.total.amounts, rated=0, in_time=0))
    assert headline(replace(report, question=question, total=unrated)) == (
        "Billing and Claims: 108 abandoned, last week"
    )


def buttons(message) -> list[tuple[str, str]]:
    found = [element for block in message["blocks"] if block["type"] == "actions" for element in block["elements"]]
    return [(element["action_id"], element.get("value", "")) for element in found]


def test_every_button_carries_the_token_and_the_shared_copy_has_none() -> None:
    assert buttons(report_message(by_queue(), token="t")) == [(REFRESH, "t"), (SHARE, "t"), (CSV, "t")]
    assert buttons(report_message(nothing(), token="t")) == [(REFRESH, "t"), (SHARE, "t")]
    assert buttons(report_message(by_queue(), token="t", shared_by=UserId("U0ANA"))) == []


def small_print(report: Report) -> str:
    blocks = report_message(report, token="t")["blocks"]
    return "\n".join(each["text"] for block in blocks if block["type"] == "context" for each in block["elements"])


def test_rows_that_are_not_shown_are_counted() -> None:
    assert f"The first {MOST_SHOWN} of 50 rows; CSV brings them all" in small_print(by_hour())


def test_rows_that_slack_has_no_room_for_are_counted_too() -> None:
    report = by_hour()
    rows = tuple(
        replace(each, group=(Label(str(n), "x" * 500),), previous=each.amounts) for n, each in enumerate(report.rows)
    )
    crowded = replace(
        report, rows=rows, question=replace(report.question, by=(D.WRAPUP,), metrics=EVERY, compared=True)
    )
    table, shown = fitting(crowded)
    assert 0 < shown < MOST_SHOWN
    assert len(table["rows"]) == 1 + shown + 1
    assert "more" not in table["rows"][-2][0]["text"]
    assert f"The first {shown} of 50 rows" in small_print(crowded)


@pytest.mark.parametrize(
    ("name", "said", "unsaid"),
    [
        ("mixed_media", "Callbacks are not in the service level", "Times of the total"),
        ("mixed_media", "Times of Billing mix callbacks, email and voice; “by media” tells them apart", ""),
        ("compared", "Times of the total mix email and voice", "by media"),
        ("by_queue", "answered within 30 s ÷ (answered + abandoned), counted as in Genesys", "Times of"),
        ("every_metric", "Breach %: 100 % − answered within target ÷ offered", "as in Genesys"),
        ("every_metric", "Nothing happened: Night", "Offered:"),
        ("by_agent", "AHT: talk, hold and after-call work ÷ contacts handled", "Service level"),
    ],
)
def test_the_small_print_says_what_the_figures_rest_on(name, said, unsaid) -> None:
    told = small_print(REPORTS[name]())
    assert said in told
    assert not unsaid or unsaid not in told


def test_without_anything_before_there_is_no_comparison() -> None:
    report = compared()
    before = replace(report, total=replace(report.total, previous=None))
    assert "No comparison: nothing happened on Mon 2 – Sun 8 Nov 2026" in report_message(before, token="t")["text"]


AMOUNTS = st.builds(lambda numbers: amounts(*sorted(numbers, reverse=True)), st.tuples(*[st.integers(0, 10**7)] * 3))


@settings(max_examples=60, deadline=None)
@given(
    names=st.lists(st.text(st.characters(), max_size=300), min_size=1, max_size=120),
    figures=st.lists(AMOUNTS, min_size=1, max_size=5),
    by=st.lists(st.sampled_from(Dimension), min_size=1, unique=True),
    is_compared=st.booleans(),
)
def test_no_report_breaks_slacks_limits(names, figures, by, is_compared) -> None:
    rows = [
        row(
            tuple(Label(f"{n}", name) for _ in by),
            figures[n % len(figures)],
            figures[-1] if is_compared and n % 3 else None,
            *list(Media)[: n % 4],
        )
        for n, name in enumerate(names)
    ]
    queues = tuple(Queue(id=QueueId(str(n)), name=name) for n, name in enumerate(names))
    report = made(rows, *by, queues=queues, silent=queues, metrics=EVERY, compared=is_compared)
    message = report_message(report, token="t" * 2000)
    assert faults_of_message(message) == []
    assert faults_of_message(without_data_blocks(message)) == []
    assert len(headline(report)) <= 150
    assert len(report_columns(report)[1]) == len(names) + 1
    assert len(report_json(report)["rows"]) == len(names)
