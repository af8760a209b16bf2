"""`Why?` can be held up in a meeting: formulas, counts, and what Genesys itself says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.blocks.why import explaining_switches, failed_view, loading_view, why_modal
from bot.domain.questions import Formula
from bot.domain.sla import Reported, Switches
from bot.errors import GenesysTooSlow


def said(view) -> str:
    parts: list[str] = []

    def walk(node: object) -> None:
        if isinstance(node, dict):
            if isinstance(node.get("text"), str):
                parts.append(node["text"])
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            if node and all(isinstance(run, dict) and run.get("type") == "text" for run in node):
                parts.append("".join(run["text"] for run in node))
            else:
                for value in node:
                    walk(value)

    walk(view)
    return "\n".join(parts)


def reported(report, numerator: int, denominator: int):
    (row,) = report.rows
    return replace(report, rows=(replace(row, reported=Reported(numerator=numerator, denominator=denominator)),))


def test_the_modal_is_the_one_on_record(the_report, golden):
    golden("sla/why.json", why_modal(reported(the_report("on_target"), 981, 1240)))


def test_all_three_formulas_have_their_value(the_report):
    text = said(why_modal(the_report("on_target")))

    assert "As Genesys counts (asked): answered within 20 s ÷ (answered + abandoned) = 981 ÷ 1,216 = 80.7 %" in text
    assert "Of answered: answered within 20 s ÷ answered = 981 ÷ 1,118 = 87.7 %" in text
    assert "Of offered: answered within 20 s ÷ offered = 981 ÷ 1,240 = 79.1 %" in text


def test_the_formula_asked_for_is_marked(the_report):
    report = the_report("on_target")
    share = replace(report.total.share, denominator=1118)
    asked = replace(report.question, formula=Formula.ANSWERED)

    text = said(why_modal(replace(report, question=asked, total=replace(report.total, share=share))))

    assert "Of answered (asked): " in text
    assert "As Genesys counts: " in text


def test_contacts_without_a_target_are_said_to_be_left_out(the_report):
    report = the_report("on_target")
    share = replace(report.total.share, denominator=1000)

    text = said(why_modal(replace(report, total=replace(report.total, share=share))))

    assert "981 ÷ 1,000 = 98.1 %\nSome of the contacts have no target" in text


def test_the_counts_of_the_first_rows_and_the_query_are_shown(the_report):
    text = said(why_modal(the_report("sixty_queues")))

    assert "Team 01: 500 within 20 s, 850 answered, 50 (9 short) abandoned, 0 left another way, 900 offered" in text
    assert "… and 49 more" in text
    assert '"interval": "2026-11-08T23:00:00.000Z/2026-11-15T23:00:00.000Z"' in text


def test_a_long_query_is_cut_visibly(the_report):
    text = said(why_modal(replace(the_report("on_target"), query="x" * 9000)))

    assert "… and 6,040 more characters" in text


def test_an_answer_about_nothing_has_nothing_to_divide(the_report):
    assert "There is nothing to divide." in said(why_modal(the_report("no_contacts")))


def test_hours_are_called_by_their_clock(the_report):
    assert "07:00: 44 within 30 s" in said(why_modal(the_report("by_hour")))


@pytest.mark.parametrize(
    ("numerator", "denominator", "reason"),
    [
        pytest.param(981, 1216, "It is the same: 981 of 1,216 (80.7 %)", id="nothing to explain"),
        pytest.param(
            981, 1240, "your administrator can set SERVICE_LEVEL_INCLUDE_FLOW_OUTS=true", id="flow-outs are counted"
        ),
        pytest.param(
            981, 1194, "can set SERVICE_LEVEL_INCLUDE_SHORT_ABANDONS=false", id="short abandons are not counted"
        ),
        pytest.param(981, 1118, "can set SERVICE_LEVEL_INCLUDE_ABANDONS=false", id="abandons are not counted"),
        pytest.param(
            981,
            1218,
            "can set SERVICE_LEVEL_INCLUDE_FLOW_OUTS=true and SERVICE_LEVEL_INCLUDE_SHORT_ABANDONS=false",
            id="two options differ",
        ),
        pytest.param(981, 1217, "No combination of the organisation's three", id="no option explains it"),
        pytest.param(980, 1216, "Both divide by the same; what counts as in time differs", id="another numerator"),
    ],
)
def test_a_difference_to_genesys_names_the_setting_that_explains_it(the_report, numerator, denominator, reason):
    assert reason in said(why_modal(reported(the_report("on_target"), numerator, denominator)))


def test_an_explanation_must_hold_for_every_row(the_report):
    report = the_report("sixty_queues")
    rows = [replace(row, reported=Reported(numerator=1, denominator=891)) for row in report.rows[:2]]
    odd = replace(rows[1], reported=Reported(numerator=1, denominator=850))

    assert explaining_switches(rows, Switches()) == Switches(include_short_abandons=False)
    assert explaining_switches([rows[0], odd], Switches()) is None
    assert explaining_switches(report.rows, Switches()) is None, "Genesys said nothing about these"


def test_many_rows_that_agree_are_told_in_one_sentence(the_report):
    report = the_report("sixty_queues")
    rows = tuple(
        replace(row, reported=Reported(numerator=row.counts.within, denominator=row.share.denominator))
        for row in report.rows
    )

    assert "60 lines can be compared; all equal Genesys's figure" in said(why_modal(replace(report, rows=rows)))
    mixed = replace(report, rows=(*rows[:2], *report.rows[2:]))
    assert "2 lines can be compared; both equal Genesys's figure" in said(why_modal(mixed))


def test_waiting_and_failing_have_views_of_their_own():
    assert "Reading Genesys …" in said(loading_view())
    text = said(failed_view("Why This Figure", GenesysTooSlow()))
    assert "Genesys Cloud took too long to answer. Try again, or ask for fewer queues or a shorter period." in text
