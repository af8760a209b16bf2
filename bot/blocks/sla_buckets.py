"""An answer by hour or by day: a chart of what was, a table with the counts, and a word about what was not."""

from __future__ import annotations

from itertools import chain, groupby
from itertools import count as count_from
from operator import itemgetter
from typing import TYPE_CHECKING

from bot.blocks import kit
from bot.blocks.data_blocks import MOST_POINTS, MOST_TITLE, cell, line_chart, table
from bot.blocks.sla_rows import figures, share_words
from bot.blocks.wording import several, subject
from bot.domain.figures import exact, percent_number
from bot.domain.questions import Grouping
from bot.domain.sla import Counts, Share, SlaRow

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.blocks.kit import Block
    from bot.domain.queues import Target
    from bot.domain.sla import SlaReport

MOST_CHARTS = 2
"""As many as a message may hold."""

_STEPS = (1, 2, 3, 4, 6, 12, 24)
_FEW = 6
_ENOUGH = 20


def bucket_blocks(report: SlaReport) -> list[Block]:
    """Charts and a table of the buckets with contacts; those without have no point and are named instead."""
    label = bucket_label(report)
    rows, step = _joined(report, MOST_CHARTS * MOST_POINTS)
    notes = []
    if step > 1:
        notes.append(f"Each row and point joins {step} {_unit(report)}s")
    silent = _silence(report)
    if silent:
        notes.append(f"No contacts: {several(silent, _FEW)}")
    return [
        *_charts(report, [row for row in rows if row.share and row.share.denominator]),
        *([kit.context(" · ".join(notes))] if notes else []),
        _table(report, rows, label),
    ]


def lowest(report: SlaReport) -> str:
    """The takeaway beside the chart: the worst hour or day that has enough contacts to say so."""
    rows, _ = _joined(report, MOST_CHARTS * MOST_POINTS)
    rated = [
        (value, row)
        for row in rows
        if row.share and row.share.denominator >= _ENOUGH and (value := exact(row.share)) is not None
    ]
    if len(rated) < 2:
        return ""
    _, worst = min(rated, key=itemgetter(0))
    return f"Lowest: {bucket_label(report)(worst)} with {share_words(worst.share)}"


def _unit(report: SlaReport) -> str:
    return "hour" if report.by is Grouping.HOUR else "day"


def _charts(report: SlaReport, rows: Sequence[SlaRow]) -> list[Block]:
    """One chart, or two halves."""
    if len(rows) <= MOST_POINTS:
        return [_chart(report, rows)] if rows else []
    half = -(-len(rows) // 2)
    return [_chart(report, rows[:half], " (1 of 2)"), _chart(report, rows[half:], " (2 of 2)")]


def _chart(report: SlaReport, rows: Sequence[SlaRow], part: str = "") -> Block:
    label = bucket_label(report)
    points = [(label(row), percent_number(row.share)) for row in rows if row.share]
    plotted = [(name, value) for name, value in points if value is not None]
    series = {"Service level": [value for _, value in plotted]}
    target = common_target(report)
    if target is not None:
        series["Target"] = [round(100 * target.share, 1)] * len(plotted)
    about = f": service level by {_unit(report)}{part}"
    return line_chart(
        kit.shorten_middle(subject(report), MOST_TITLE - len(about)) + about,
        [name for name, _ in plotted],
        series,
        across=_unit(report).capitalize(),
        upward="Answered in time (%)",
    )


def common_target(report: SlaReport) -> Target | None:
    """The one promise of all queues asked about, when the answer was counted with its threshold."""
    targets = {target for queue in report.queues for target in queue.targets.values()}
    if len(targets) != 1:
        return None
    target = targets.pop()
    return target if report.question.threshold in {None, target.threshold} else None


def _table(report: SlaReport, rows: Sequence[SlaRow], label: Callable[[SlaRow], str]) -> Block:
    heads = [_unit(report).capitalize(), "Share", "In time", "Answered", "Abandoned"]
    total = [cell("Total"), *figures(report.total)] if len(rows) > 1 else None
    return table(heads, [[cell(label(row)), *figures(row)] for row in rows], last=total)


def bucket_label(report: SlaReport) -> Callable[[SlaRow], str]:
    """Local time or date of a bucket; where the clock shows an hour twice, with the zone's abbreviation."""
    zone = report.question.period.zone
    starts = [row.bucket.start.astimezone(zone) for row in report.rows if row.bucket]
    one_day = len({start.date() for start in starts}) == 1

    def label(row: SlaRow) -> str:
        if row.bucket is None:
            return ""
        start = row.bucket.start.astimezone(zone)
        if report.by is Grouping.DAY:
            return f"{start:%a} {start.day} {start:%b}"
        twice = start.replace(fold=0).utcoffset() != start.replace(fold=1).utcoffset()
        hour = f"{start:%H:%M %Z}" if twice else f"{start:%H:%M}"
        return hour if one_day else f"{start:%a} {start.day} {hour}"

    return label


def _silence(report: SlaReport) -> list[str]:
    """Stretches without contacts: "00:00–07:00", "Sat 14 Nov to Sun 15 Nov"."""
    label = bucket_label(report)
    stretches = []
    for silent, group in groupby(report.rows, key=lambda row: row.counts.silent):
        rows = list(group)
        if not silent or rows[-1].bucket is None:
            continue
        if report.by is Grouping.HOUR:
            end = rows[-1].bucket.end.astimezone(report.question.period.zone)
            closing = "24:00" if (end.hour, end.minute) == (0, 0) else f"{end:%H:%M}"
            stretches.append(f"{label(rows[0])}–{closing}")
        else:
            stretches.append(label(rows[0]) if len(rows) == 1 else f"{label(rows[0])} to {label(rows[-1])}")
    return stretches


def _joined(report: SlaReport, most: int) -> tuple[list[SlaRow], int]:
    """The buckets with contacts, joined to at most `most`, and how many were joined to one; cut at local midnight."""
    for step in chain(_STEPS, count_from(2 * _STEPS[-1], _STEPS[-1])):
        groups: dict[object, list[SlaRow]] = {}
        for row in report.rows:
            groups.setdefault(_position(report, row, step), []).append(row)
        heard = [group for group in groups.values() if not all(row.counts.silent for row in group)]
        if len(heard) <= most:
            return [_sum(group) for group in heard], step
    raise AssertionError("some step joins everything")


def _position(report: SlaReport, row: SlaRow, step: int) -> object:
    """Which step on the wall calendar a bucket belongs to; alone, an hour that the clock shows twice stays two."""
    if row.bucket is None or step == 1:
        return row.bucket
    start = row.bucket.start.astimezone(report.question.period.zone)
    since = start.toordinal() - report.question.period.local_start.toordinal()
    return (since * 24 + start.hour if report.by is Grouping.HOUR else since) // step


def _sum(rows: Sequence[SlaRow]) -> SlaRow:
    shares = [row.share for row in rows if row.share]
    share = None
    if shares:
        share = Share(within=sum(s.within for s in shares), denominator=sum(s.denominator for s in shares))
    return SlaRow(bucket=rows[0].bucket, counts=sum((row.counts for row in rows), Counts()), share=share)
