"""The lines of a digest: what each is called, which target it is held against, and the table of those that matter."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.blocks.data_blocks import cell, table
from bot.blocks.sla import left_out
from bot.blocks.sla_rows import abandoned_words, apart_rows, of_words, own_target, row_label, share_words
from bot.blocks.wording import promise, queue_name, several
from bot.domain.digest import HARDLY_ANY, Form
from bot.domain.figures import (
    NO_FIGURE,
    count,
    likely,
    meets,
    percent,
    percent_number,
    points,
    target_percent,
)
from bot.domain.questions import Grouping
from bot.domain.queues import Media
from bot.domain.sla import SlaReport, SlaRow
from bot.domain.statistics import wilson

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from fractions import Fraction

    from bot.blocks.kit import Block
    from bot.domain.digest import DigestLine, DigestReport, Worst
    from bot.domain.queues import Target
    from bot.domain.sla import Share

MOST_LINES = 12
"""Of the table: the rest is on target, or missed less than these. A digest is read in a minute."""
FEW = 20
"""Contacts under which a share says little: such lines stand under the table, with their range."""

BEFORE = {
    Form.DAY: "a week before",
    Form.WEEK: "the week before",
    Form.MONTH: "the month before",
    Form.OTHER: "the days before",
}
_HEADS = {
    Form.DAY: "vs week before",
    Form.WEEK: "vs week before",
    Form.MONTH: "vs month before",
    Form.OTHER: "vs before",
}
_MOST_NAMED = 5


def as_row(line: DigestLine) -> SlaRow:
    return SlaRow(
        queue=line.queue,
        media=line.media,
        threshold=line.threshold,
        target=line.target,
        counts=line.counts,
        share=line.share,
        previous=line.before,
    )


def as_sla(report: DigestReport) -> SlaReport:
    """The same figures as the answer to `/sla`, for what both say in the same words."""
    rows = tuple(as_row(line) for line in report.lines)
    others = any(row.media is not Media.CALLBACK for row in rows)
    return SlaReport(
        question=replace(report.question, by=Grouping.QUEUE),
        switches=report.switches,
        queues=report.queues,
        as_of=report.as_of,
        compared_with=report.before,
        rows=rows,
        silent=report.silent,
        total=as_row(report.total),
        apart=tuple(row for row in rows if row.media is Media.CALLBACK) if others else (),
    )


def line_label(report: DigestReport) -> Callable[[DigestLine], str]:
    """As "Billing", or "Billing · email · 4 h" where media and thresholds differ."""
    label = row_label(as_sla(report))
    return lambda line: label(as_row(line))


def counted(report: DigestReport) -> tuple[DigestLine, ...]:
    """The lines that the total sums."""
    calls = tuple(line for line in report.lines if line.media is not Media.CALLBACK)
    return calls or report.lines


def common_target(report: DigestReport) -> Target | None:
    """The one promise that all lines of the total were counted with; None when there are several, or none."""
    rated = [line for line in counted(report) if line.share]
    targets = {own_target(as_row(line)) for line in rated}
    return targets.pop() if len(targets) == 1 else None


def common_share(report: DigestReport) -> float | None:
    """The share that all lines of the total promise, 0 to 1, in whatever time each; None when they differ, or where
    one is not counted with its own promise.
    """
    targets = [own_target(as_row(line)) for line in counted(report) if line.share]
    shares = {target.share if target else None for target in targets}
    return shares.pop() if len(shares) == 1 else None


def off_target(lines: Sequence[DigestLine]) -> tuple[int, int, bool]:
    """How many miss their own target, of how many that were counted with it, and whether all with a share were.

    Where the threshold asked for is the promised one of some only, "0 of 2" would sound like all being well.
    """
    rated = [line for line in lines if line.share and line.share.denominator > 0]
    verdicts = [meets(line.share, target) for line in rated if line.share and (target := own_target(as_row(line)))]
    return verdicts.count(False), len(verdicts), 0 < len(verdicts) == len(rated)


def told_lines(report: DigestReport) -> tuple[list[DigestLine], list[DigestLine]]:
    """The lines for the table, and those with too few contacts for one; when all have few, the table has them all."""
    lines = counted(report)
    few = [line for line in lines if line.share and 0 < line.share.denominator < FEW]
    if len(few) == len(lines):
        return list(lines), []
    return [line for line in lines if line not in few], few


def digest_table(report: DigestReport) -> Block:
    """The lines that matter most; columns that would be empty are left out."""
    lines, _ = told_lines(report)
    label = line_label(report)
    shown = lines[:MOST_LINES]
    summed = len(counted(report)) > 1
    told = [*shown, *([report.total] if summed else [])]
    columns: list[tuple[str, Callable[[DigestLine], Block]]] = [
        ("Share", lambda line: cell(share_words(line.share, own_target(as_row(line))), _number(line.share))),
        ("Target", lambda line: cell(_verdict(line) if line.queue or line.media else _overall(report))),
        # Tables scroll sideways below some 1,300 pixels: what is judged stands before what it rests on.
        ("vs usual", lambda line: cell(change(line.share, line.usual, line.usual_rate))),
        ("Offered", lambda line: cell(count(line.counts.offered), line.counts.offered)),
        ("Abandoned", lambda line: cell(abandoned_words(as_row(line), short=False))),
        (
            "Worst half hour" if report.form is Form.DAY else "Worst day",
            lambda line: cell(_worst(report, line.worst)),
        ),
        (_HEADS[report.form], lambda line: cell(change(line.share, line.before))),
    ]
    kept = [
        (head, made)
        for head, made in columns
        if head in {"Share", "Offered"} or any(made(line)["text"] != NO_FIGURE for line in told)
    ]
    rows = [[cell(label(line)), *(made(line) for _, made in kept)] for line in shown]
    total = [cell("Total"), *(made(report.total) for _, made in kept)] if summed else None
    return table(["Queue", *(head for head, _ in kept)], rows, last=total)


def leftovers(report: DigestReport) -> list[str]:
    """What the table leaves out: lines with few contacts, lines beyond the most, callbacks, silent queues."""
    lines, few = told_lines(report)
    label, sla = line_label(report), as_sla(report)
    said = []
    if rest := lines[MOST_LINES:]:
        missed, _, all_judged = off_target(rest)
        verdict = f", {count(missed)} of them off target" if missed or all_judged else ""
        said.append(f"{count(len(rest))} more lines{verdict}: Details has them")
    if few:
        said.append(f"Few contacts: {several([f'{label(line)} {_range(line.share)}' for line in few], _MOST_NAMED)}")
    said += left_out(sla)
    if sla.apart:
        row_name = row_label(sla)
        told = [f"{row_name(row)}: {share_words(row.share)}, {of_words(row.share)}" for row in apart_rows(sla)]
        said.append(f"Apart from the total: {several(told, _MOST_NAMED)}")
    if report.silent:
        said.append(f"No contacts: {several([queue_name(queue) for queue in report.silent], _MOST_NAMED)}")
    return said


def _number(share: Share | None) -> float | None:
    return percent_number(share) if share else None


def _verdict(line: DigestLine) -> str:
    """As "missed 80 %"; a promise that the line was not counted with is only told."""
    target = own_target(as_row(line))
    if target is None:
        return promise(line.target) if line.target else NO_FIGURE
    met = meets(line.share, target) if line.share else None
    return NO_FIGURE if met is None else f"{'met' if met else 'missed'} {target_percent(target)}"


def _overall(report: DigestReport) -> str:
    """The same of the total: against the promise that all lines share, or how many missed theirs."""
    target, share = common_target(report), report.total.share
    if target is not None and share is not None and share.denominator > 0:
        return f"{'met' if meets(share, target) else 'missed'} {target_percent(target)}"
    missed, judged, all_judged = off_target(counted(report))
    if missed and not all_judged:
        return f"{count(missed)} missed"
    return f"{count(missed)} of {count(judged)} missed" if all_judged else NO_FIGURE


def change(share: Share | None, reference: Share | None, rate: Fraction | None = None) -> str:
    """As "-1.2 pp", and "▼ 3.1 pp" only when it is large and not just chance. `rate` as in `points`."""
    return (points(share, reference, rate) if share and reference else None) or NO_FIGURE


def _worst(report: DigestReport, worst: Worst | None) -> str:
    """As "10:30, 41.2 %", "Tue 4 Nov, 41.2 %"; of hardly any contacts "04:00, 0 of 1"."""
    if worst is None:
        return NO_FIGURE
    start = worst.bucket.start.astimezone(report.question.period.zone)
    level = of_words(worst.share) if worst.share.denominator < HARDLY_ANY else percent(worst.share)
    if report.form is not Form.DAY:
        return f"{start:%a} {start.day} {start:%b}, {level}"
    twice = start.replace(fold=0).utcoffset() != start.replace(fold=1).utcoffset()
    return f"{start:%H:%M %Z}, {level}" if twice else f"{start:%H:%M}, {level}"


def _range(share: Share | None) -> str:
    """As "71 % (10 of 14; likely 45–88 %)"."""
    interval = wilson(share.within, share.denominator) if share else None
    if share is None or interval is None:
        return NO_FIGURE
    return f"{percent(share, decimals=0)} ({of_words(share)}; likely {likely(interval)})"
