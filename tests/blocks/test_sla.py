"""An answer as a supervisor reads it; the whole messages are under tests/golden/sla."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.blocks.kit import without_data_blocks
from bot.blocks.sla import EVERY_MORNING, REFRESH, SHARE, WHY, basis, headline, left_out, sla_message
from bot.domain.ids import UserId
from bot.domain.questions import Formula, Grouping
from bot.domain.queues import Media, Target
from bot.domain.sla import Share, Switches
from tests.blocks.conftest import counts, queue, report
from tests.blocks.conftest import row as row_of

T20 = timedelta(seconds=20)


def text_of(message) -> str:
    """Everything a reader sees, in order."""
    parts: list[str] = []

    def walk(node: object) -> None:
        if isinstance(node, dict):
            if isinstance(node.get("text"), str):
                parts.append(node["text"])
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(message["blocks"])
    return "\n".join(parts)


def actions_of(message) -> dict[str, str]:
    (block,) = [block for block in message["blocks"] if block["type"] == "actions"]
    return {button["action_id"]: button["value"] for button in block["elements"]}


def test_every_message_is_the_one_on_record(named_report, golden):
    name, report = named_report

    golden(f"sla/{name}.json", sla_message(report, token="token"))


def test_the_shared_copy_is_the_one_on_record(the_report, golden):
    golden("sla/shared.json", sla_message(the_report("on_target"), token="token", shared_by=UserId("U0ANA")))


def test_the_text_for_older_workspaces_is_the_one_on_record(the_report, golden):
    golden("sla/by_day_as_text.json", without_data_blocks(sla_message(the_report("by_day"), token="token")))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("on_target", "Billing: 80.7 % answered within 20 s, last week. Target met: 80 % in 20 s (+0.7 pp)"),
        ("below_target", "Billing: 72.5 % answered within 20 s, last week. Target missed: 80 % in 20 s (-7.5 pp)"),
        (
            "another_threshold",
            "Billing: 80.7 % answered within 30 s, last week. The queue's own target is 80 % in 20 s",
        ),
        ("small_sample", "Billing: 80 % (likely 38–96 %) answered within 30 s, last week."),
        ("running", "Billing: 82.5 % answered within 30 s, today so far."),
        ("sixty_queues", "All 72 queues: 71.9 % answered within 20 s, last week. Below target: 44 of 60"),
        ("no_contacts", "Billing: no contacts, last week."),
        ("without_target", "Walk-ins: 63 contacts last week, but no target to count with."),
        ("awkward_name", "Sales &amp; &lt;Support&gt; *VIP* &lt;!here&gt;: 81.7 % answered within 30 s, last week"),
    ],
)
def test_the_notification_carries_the_point_with_its_number(the_report, name, said):
    assert sla_message(the_report(name), token="t")["text"].startswith(said)


@pytest.mark.parametrize(
    ("promises", "within", "verdict"),
    [
        pytest.param([20] * 3, [90, 90, 90], "All 3 rows meet their target", id="all"),
        pytest.param([20] * 2, [90, 90], "Both rows meet their target", id="two are both"),
        pytest.param([20] * 3, [90, 0, 90], "Below target: 1 of 3 rows", id="one of all"),
        pytest.param(
            [20, 20, 30, 30, None],
            [90, 90, 0, 90, 90],
            "2 of 5 rows can be held against a target at 20 s; both meet it",
            id="three rows without a verdict, one of them at nothing",
        ),
        pytest.param(
            [20, 20, 20, 30], [90, 90, 90, 0], "3 of 4 rows can be held against a target at 20 s; all 3 meet it", id="3"
        ),
        pytest.param(
            [20, 20, 30], [90, 0, 0], "2 of 3 rows can be held against a target at 20 s; 1 of them below it", id="one"
        ),
        pytest.param(
            [20, 20, 30], [0, 0, 90], "2 of 3 rows can be held against a target at 20 s; both are below it", id="none"
        ),
    ],
)
def test_a_verdict_says_for_how_many_of_the_rows_it_holds(promises, within, verdict):
    """Asked within 20 s of queues that promise it, or another time, or nothing; out of a hundred contacts each."""
    rows = []
    for number, (seconds, answered) in enumerate(zip(promises, within, strict=True)):
        target = Target(share=0.8, threshold=timedelta(seconds=seconds)) if seconds else None
        of = queue(f"Team {number}", targets={Media.VOICE: target} if target else {})
        counted = row_of(counts(answered, 100), queue=of, media=Media.VOICE, target=target, threshold=T20)
        rows.append(counted)
    made = report(rows, queues=tuple(each.queue for each in rows), asked=(), threshold=T20)

    assert verdict in text_of(sla_message(made, token="t")).splitlines()


def test_no_contacts_is_never_zero_percent(the_report):
    message = sla_message(the_report("no_contacts"), token="t")

    assert "%" not in message["text"] + text_of(message)


def test_contacts_that_nobody_answered_or_lost_have_no_share(the_report):
    report = the_report("on_target")
    nothing = Share(within=0, denominator=0)
    (row,) = report.rows
    report = replace(report, rows=(replace(row, share=nothing),), total=replace(report.total, share=nothing))

    assert headline(report) == "Billing: 1,240 contacts last week, but none to divide by"


def test_the_buttons_bring_the_token_back(the_report):
    message = sla_message(the_report("on_target"), token="opaque")

    assert actions_of(message) == dict.fromkeys((REFRESH, SHARE, WHY, EVERY_MORNING), "opaque")


def test_the_shared_copy_names_who_shared_it_and_cannot_be_shared_again(the_report):
    message = sla_message(the_report("on_target"), token="opaque", shared_by=UserId("U0ANA"))

    assert "Shared by <@U0ANA>" in text_of(message)
    assert actions_of(message) == {WHY: "opaque"}


@pytest.mark.parametrize(
    ("formula", "switches", "basis"),
    [
        (
            Formula.GENESYS,
            Switches(),
            "÷ (answered + abandoned): 981 ÷ 1,216 · Counted as in Genesys: abandons count, short",
        ),
        (
            Formula.GENESYS,
            Switches(include_flow_outs=True, include_short_abandons=False),
            "÷ (answered + abandoned + flow-outs − short abandons): 981 ÷ 1,216 · Counted as in Genesys: ",
        ),
        (
            Formula.GENESYS,
            Switches(include_abandons=False),
            "÷ answered: 981 ÷ 1,216 · Counted as in Genesys: abandons do not count; flow-outs do not",
        ),
        (Formula.ANSWERED, Switches(), "÷ answered: 981 ÷ 1,216\n"),
        (Formula.OFFERED, Switches(), "÷ offered: 981 ÷ 1,216\n"),
    ],
)
def test_the_small_print_says_what_was_divided(the_report, formula, switches, basis):
    report = the_report("on_target")
    report = replace(report, question=replace(report.question, formula=formula), switches=switches)

    assert f"Answered within 20 s {basis}" in text_of(sla_message(report, token="t"))


def test_the_period_and_the_moment_have_a_zone(the_report):
    said = text_of(sla_message(the_report("on_target"), token="t"))

    assert "Mon 9 – Sun 15 Nov 2026, Europe/Paris · As of Sat 21 Nov 2026, 09:30, Europe/Paris" in said
    assert "+1.7 pp against 78.9 % for Mon 2 – Sun 8 Nov 2026" in said


def test_a_comparison_with_nothing_is_said_to_be_none(the_report):
    report = the_report("on_target")
    report = replace(report, total=replace(report.total, previous=Share(within=0, denominator=0)))

    assert "No comparison: no contacts for Mon 2 – Sun 8 Nov 2026" in text_of(sla_message(report, token="t"))


def test_a_long_list_is_cut_visibly_and_says_how_to_narrow(the_report):
    said = text_of(sla_message(the_report("sixty_queues"), token="t"))

    assert "The 30 worst of 60; narrow with a name or a wildcard" in said
    assert "No contacts: Team 61, Team 62, Team 63, Team 64 and 8 more" in said
    assert "Team 30" in said
    assert "Team 31" not in said


def test_callbacks_are_told_apart_from_the_total(the_report):
    message = sla_message(the_report("media_and_callbacks"), token="t")

    (rows,) = [block["rows"] for block in message["blocks"] if block["type"] == "table"]
    assert [row[0]["text"] for row in rows] == ["Queue", "Claims · voice · 20 s", "Claims · email · 4 h", "Total"]
    assert "Apart from the total: Claims · callbacks · 30 min: 82 % (likely 67–91 %), 31 of 38" in text_of(message)


def test_by_medium_callbacks_are_one_line_apart(the_report):
    report = the_report("media_and_callbacks")
    rows = tuple(replace(row, queue=None, target=None) for row in report.rows)
    report = replace(report, rows=rows, question=replace(report.question, by=Grouping.MEDIA))

    message = sla_message(report, token="t")

    (shown,) = [block["rows"] for block in message["blocks"] if block["type"] == "table"]
    assert [row[0]["text"] for row in shown] == ["Medium", "Voice · 20 s", "Email · 4 h", "Total"]
    assert "Apart from the total: Callbacks · 30 min: 82 % (likely 67–91 %), 31 of 38" in text_of(message)


def test_what_has_no_target_is_said_to_be_missing_from_the_share(the_report):
    report, bare = the_report("on_target"), the_report("without_target")
    both = replace(report, rows=(*report.rows, *bare.rows), queues=(*report.queues, *bare.queues))

    assert "Not in the share, for want of a target: Walk-ins (63 contacts)" in text_of(sla_message(both, token="t"))


@pytest.mark.parametrize(
    ("by", "told"), [(Grouping.MEDIA, "Voice (216 of its contacts)"), (Grouping.DAY, "216 contacts")]
)
def test_contacts_without_a_target_inside_joined_rows_are_counted(the_report, by, told):
    report = the_report("on_target")
    share = Share(within=800, denominator=1000)
    joined = replace(report.rows[0], queue=None, share=share)
    report = replace(report, question=replace(report.question, by=by), rows=(joined,))
    report = replace(report, total=replace(report.total, counts=joined.counts, share=share))

    assert left_out(report) == [f"Not in the share, for want of a target: {told}"]


def test_a_row_with_nothing_to_divide_by_has_no_fraction_and_is_named(the_report):
    report, waiting = the_report("on_target"), the_report("without_target")
    nothing = replace(waiting.rows[0], share=Share(within=0, denominator=0))
    said = text_of(
        sla_message(replace(report, rows=(*report.rows, nothing), queues=(*report.queues, *waiting.queues)), token="t")
    )

    assert "Nothing to divide by: Walk-ins (63 contacts)" in said
    assert "0 of 0" not in said


def test_more_answered_than_offered_is_explained(the_report):
    report = the_report("on_target")
    over = Share(within=6, denominator=2)

    assert "some had entered before the period" in basis(
        replace(report, rows=(replace(report.rows[0], share=over),), total=replace(report.total, share=over))
    )
    assert "some had entered before" not in basis(report)


def test_one_row_with_a_target_of_its_own_is_named_in_the_verdict(the_report):
    report = the_report("on_target")
    other = replace(report.rows[0], media=Media.EMAIL, target=None)

    said = text_of(sla_message(replace(report, rows=(*report.rows, other)), token="t"))

    assert "Billing · voice: target met" in said


def test_messaging_has_no_figure_for_abandonment_where_none_is_measured(the_report):
    report = the_report("another_threshold")
    chats = replace(report.rows[0], media=Media.MESSAGE, counts=replace(report.rows[0].counts, abandoned=0))

    said = text_of(sla_message(replace(report, rows=(chats,)), token="t"))

    assert "Billing · messages\n80.7 %\n981 of 1,216\n1,118\n–" in said


def test_queues_of_one_name_are_told_apart_by_division(the_report):
    report = the_report("awkward_names")
    twins = tuple(
        replace(row.queue, name="Billing", division=f"Office {n}") for n, row in enumerate(report.rows) if row.queue
    )
    rows = tuple(replace(row, queue=twin) for row, twin in zip(report.rows, twins, strict=True))

    said = text_of(sla_message(replace(report, queues=twins, rows=rows), token="t"))

    assert "Billing (Office 0)" in said
    assert "Billing (Office 4)" in said


@pytest.mark.parametrize("length", [1, 60, 500])
def test_a_long_name_never_pushes_the_number_out_of_the_headline(the_report, length):
    report = the_report("on_target")
    long = tuple(replace(queue, name="x" * length) for queue in report.queues) * 3

    said = headline(replace(report, queues=long, question=replace(report.question, threshold=timedelta(seconds=20))))

    assert len(said) <= 150
    assert said.endswith(": 80.7 % answered within 20 s, last week")


def test_older_workspaces_read_the_same_numbers(the_report):
    for name in ("sixty_queues", "by_day", "by_hour_for_a_week"):
        message = sla_message(the_report(name), token="t")
        said = text_of(without_data_blocks(message))
        for block in message["blocks"]:
            for row in block.get("rows", []):
                assert all(cell["text"] in said for cell in row[1:3] if row is not block["rows"][0])
