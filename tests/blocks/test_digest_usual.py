"""Whoever doubts "vs usual" can check it with a pencil."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from bot.blocks.digests.rows import MOST_LINES
from bot.blocks.digests.usual import usual_blocks
from bot.domain.digest import steps_before
from tests.blocks.messages import said
from tests.digests import first_of_all, sixty_queues, tuesday, week


def told(report) -> list[str]:
    steps = steps_before(report.question.period, report.form)
    return said({"blocks": usual_blocks(replace(report, usual=steps))})


def test_each_line_has_its_counts_and_the_total_says_how_it_is_made():
    report = tuesday()
    lines = (*report.lines[:-1], replace(report.lines[-1], usual=None))
    total = replace(report.total, usual_rate=Fraction(84_618, 100_000))

    assert told(replace(report, lines=lines, total=total)) == [
        "What is usual",
        "Answered in time, summed over Tue 28 Oct 2025, Tue 21 Oct 2025, Tue 14 Oct 2025 and Tue 7 Oct 2025",
        "Billing: 1,328 of 1,636 = 81.2 %, now ▼ 15.6 pp",
        "Support: 2,984 of 3,612 = 82.6 %, now -1.7 pp",
        "Sales: 2,345 of 2,620 = 89.5 %, now +0.6 pp",
        "Retention: none yet, fewer than two of them had contacts; in the total it counts as it is now",
        "Total: the usual shares weighted with this period's contacts, 1,676.3 of 1,981 = 84.6 %, now ▼ 3.9 pp",
    ]


def test_weeks_are_called_by_their_days():
    assert "Mon 20 – Sun 26 Oct 2025" in told(week())[1]


def test_many_lines_are_cut_visibly():
    lines = told(sixty_queues())[2:]

    assert len(lines) == MOST_LINES + 2
    assert lines[-2] == "… and 48 more"


def test_nothing_is_told_where_nothing_is_usual():
    assert usual_blocks(first_of_all()) == []
