"""The course of a digest's period as a chart: by hour of a day, by day, or by week, beside the target."""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from bot.blocks import kit
from bot.blocks.data_blocks import MOST_POINTS, MOST_TITLE, line_chart
from bot.blocks.digests.rows import common_share
from bot.blocks.wording import several, subject
from bot.domain.digest import HARDLY_ANY, Form
from bot.domain.figures import percent_number
from bot.domain.sla import Share

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from bot.blocks.kit import Block
    from bot.domain.digest import DigestReport
    from bot.domain.sla import SlaRow

_UNITS = {Form.DAY: "hour", Form.WEEK: "day", Form.MONTH: "week", Form.OTHER: "day"}
_FEWEST = 2
"""A single point is no course."""
_FEW = 4
_LULL = 0.1
"""Of the busiest bucket's contacts. A single email at night, not read within thirty seconds, is no cliff to zero."""


def course_chart(report: DigestReport) -> tuple[list[Block], str]:
    """The chart, if there is one, and what it leaves out or joins, in words.

    A bucket without a figure, or with hardly any contacts, is dropped from every series: Slack's charts know no gaps,
    and a zero would be a lie.
    """
    points, step = _points(report)
    if len(points) < _FEWEST:
        return [], ""
    unit = _UNITS[report.form]
    values = [value for _, _, value in points]
    series = {"Service level": values}
    promised = common_share(report)
    if promised is not None:
        series["Target"] = [round(100 * promised, 1)] * len(values)
    about = f": service level by {unit}"
    chart = line_chart(
        kit.shorten_middle(subject(report), MOST_TITLE - len(about)) + about,
        [_label(report, first, last) for first, last, _ in points],
        series,
        across=unit.capitalize(),
        upward="Answered in time (%)",
    )
    notes = [f"Each point of the chart joins {step} {unit}s"] if step > 1 else []
    if missing := _missing(report):
        notes.append(f"Not in the chart, {_lacking(report)}: {several(missing, _FEW)}")
    return [chart], "\n".join(notes)


_Point = tuple["SlaRow", "SlaRow", float]
"""The first and last bucket of a point, and its percentage."""


def _points(report: DigestReport) -> tuple[list[_Point], int]:
    """The points that can be plotted, joined to at most 20, and how many buckets are joined to one."""
    step = 1
    while True:
        points = [point for group in _joined(report, step) if (point := _point(group, _least(report)))]
        if len(points) <= MOST_POINTS:
            return points, step
        step += 1


def _joined(report: DigestReport, step: int) -> Iterator[list[SlaRow]]:
    """Neighbours on the wall clock: of a day the same two or three hours, whether one of them comes twice or not."""
    for _, group in groupby(enumerate(report.course), key=lambda entry: _position(report, entry[0], entry[1], step)):
        yield [row for _, row in group]


def _position(report: DigestReport, number: int, row: SlaRow, step: int) -> int:
    if report.form is not Form.DAY or row.bucket is None or step == 1:
        return number // step
    start = _local(report, row.bucket.start)
    since = start.toordinal() - report.question.period.local_start.toordinal()
    return (since * 24 + start.hour) // step


def _least(report: DigestReport) -> float:
    """How many contacts a bucket needs for a place in the chart; joined buckets need no more.

    Where the busiest has few itself, each is as good as the others.
    """
    busiest = max((row.share.denominator for row in report.course if row.share), default=0)
    return max(_LULL * busiest, HARDLY_ANY if busiest >= 2 * HARDLY_ANY else 0)


def _point(rows: Sequence[SlaRow], least: float = 0) -> _Point | None:
    shares = [row.share for row in rows if row.share is not None]
    joined = Share(within=sum(share.within for share in shares), denominator=sum(share.denominator for share in shares))
    value = percent_number(joined)
    return None if value is None or joined.denominator < least else (rows[0], rows[-1], value)


def _lacking(report: DigestReport) -> str:
    missing = [row for row in report.course if _point([row], _least(report)) is None]
    if any(_point([row]) for row in missing):
        return "with hardly any contacts"
    return "without contacts" if all(row.counts.silent for row in missing) else "without a figure"


def _missing(report: DigestReport) -> list[str]:
    """Stretches without a point: "00:00–07:00", "Sat 8 Nov to Sun 9 Nov"."""
    stretches, least = [], _least(report)
    for there, group in groupby(report.course, key=lambda row: _point([row], least) is not None):
        rows = list(group)
        if there or rows[0].bucket is None or rows[-1].bucket is None:
            continue
        if report.form is Form.DAY:
            start, end = _local(report, rows[0].bucket.start), _local(report, rows[-1].bucket.end)
            closing = "24:00" if (end.hour, end.minute) == (0, 0) else f"{end:%H:%M}"
            stretches.append(f"{start:%H:%M}–{closing}")
        else:
            first, last = _label(report, rows[0], rows[0]), _label(report, rows[-1], rows[-1])
            stretches.append(first if first == last else f"{first} to {last}")
    return stretches


def _label(report: DigestReport, first: SlaRow, last: SlaRow) -> str:
    """As "07:00", "01:00 GMT" where the clock shows it twice, "Tue 4 Nov", "3–9 Nov"."""
    if first.bucket is None or last.bucket is None:
        return ""
    start = _local(report, first.bucket.start)
    if report.form is Form.DAY:
        twice = start.replace(fold=0).utcoffset() != start.replace(fold=1).utcoffset()
        return f"{start:%H:%M %Z}" if twice else f"{start:%H:%M}"
    end = _local(report, last.bucket.end - timedelta(microseconds=1))
    if report.form is not Form.MONTH or start.date() == end.date():
        return f"{start:%a} {start.day} {start:%b}"
    month = f" {start:%b}" if start.month != end.month else ""
    return f"{start.day}{month}–{end.day} {end:%b}"


def _local(report: DigestReport, moment: datetime) -> datetime:
    return moment.astimezone(report.question.period.zone)
