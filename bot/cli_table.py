"""A report as a table for a terminal 80 columns wide. Colour repeats what a sign or a word says, and adds nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from bot.blocks.sla import basis, headline, left_out
from bot.blocks.sla_rows import main_rows, of_words, own_target, row_label, share_words
from bot.blocks.wording import clock, queue_name, several
from bot.domain.figures import NO_FIGURE, count, gap, likely, meets, percent, points
from bot.domain.period import spoken
from bot.domain.questions import Grouping
from bot.domain.queues import Media
from bot.domain.statistics import small_sample

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import RenderableType

    from bot.domain.sla import SlaReport, SlaRow

MOST_SHOWN = 40
"""Rows before the rest is only counted; hours and days are shown in full."""
_FEW_SILENT = 8


def sla_table(report: SlaReport) -> Iterator[RenderableType]:
    """What is printed, in order: the point, the rows with their total, what is not in them, what it rests on.

    Foreign text is never read as markup.
    """
    yield Text(headline(report), style="bold")
    if not report.empty:
        yield _table(report)
    for line in (*_leftovers(report), *_basis(report)):
        if line:
            yield Text(line, style="dim")


def _table(report: SlaReport) -> Table:
    rows = main_rows(report)
    promised = any(own_target(row) for row in rows)
    compared = any(row.previous is not None for row in (*rows, report.total))
    table = Table(box=None, pad_edge=False, collapse_padding=True, header_style="bold")
    table.add_column(_first_head(report), overflow="fold")
    for head in ("Share", "In time", "Answered", "Abandoned", *["Target"] * promised, *["Before"] * compared):
        table.add_column(head, justify="right", no_wrap=True)

    def add(row: SlaRow, name: str, style: str = "") -> None:
        share, target = row.share, own_target(row)
        missed = share is not None and target is not None and meets(share, target) is False
        cells = [
            Text(name),
            Text(_share(row), style="red" if missed else ""),
            Text(f"{count(share.within)}/{count(share.denominator)}" if share and share.denominator else NO_FIGURE),
            Text(count(row.counts.answered)),
            Text(_abandoned(row)),
        ]
        if promised:
            cells.append(_difference(gap(share, target) if share and target else None))
        if compared:
            cells.append(_difference(points(share, row.previous) if share and row.previous else None))
        table.add_row(*cells, style=style)

    label = _label(report)
    for row in _shown(report):
        add(row, label(row))
    if len(rows) > 1:
        table.add_section()
        add(report.total, "Total", style="bold")
    return table


def _shown(report: SlaReport) -> tuple[SlaRow, ...]:
    rows = main_rows(report)
    return rows if report.by in {Grouping.HOUR, Grouping.DAY} else rows[:MOST_SHOWN]


def _difference(words: str | None) -> Text:
    return Text(words.removesuffix(" pp") if words else NO_FIGURE)


def _share(row: SlaRow) -> str:
    if row.counts.silent:
        return "no contacts"
    share, target = row.share, own_target(row)
    if share is None:
        return NO_FIGURE
    interval = small_sample(share)
    if interval is None:
        return percent(share, target=target)
    return f"{percent(share, target=target, decimals=0)} ({likely(interval).removesuffix(' %')})"


def _abandoned(row: SlaRow) -> str:
    if row.media is Media.MESSAGE and not row.counts.abandoned:
        return NO_FIGURE
    short = row.counts.short_abandoned
    return f"{count(row.counts.abandoned)} ({count(short)})" if short else count(row.counts.abandoned)


def _key(report: SlaReport) -> Iterator[str]:
    """What the brackets and differences mean, where there are any."""
    lines = (*_shown(report), report.total)
    if any(row.share and small_sample(row.share) for row in lines):
        yield "Share (low–high): the likely range, since contacts are few"
    if any(row.counts.short_abandoned for row in lines):
        yield "Abandoned (n): n of them short"
    promised, compared = any(own_target(row) for row in lines), any(row.previous for row in lines)
    if heads := ["Target"] * promised + ["Before"] * compared:
        yield f"{', '.join(heads)}: difference in percentage points"


def _first_head(report: SlaReport) -> str:
    heads = {Grouping.QUEUE: "Queue", Grouping.MEDIA: "Medium", Grouping.HOUR: "Hour", Grouping.DAY: "Day"}
    return heads[report.by]


def _label(report: SlaReport) -> Callable[[SlaRow], str]:
    if report.by not in {Grouping.HOUR, Grouping.DAY}:
        return row_label(report)
    zone = report.question.period.zone

    def label(row: SlaRow) -> str:
        if row.bucket is None:
            return ""
        start = row.bucket.start.astimezone(zone)
        day = f"{start:%a} {start.day} {start:%b}"
        # With the zone's abbreviation, because the hour in which clocks are set back comes twice.
        return day if report.by is Grouping.DAY else f"{day} {start:%H:%M %Z}"

    return label


def _leftovers(report: SlaReport) -> Iterator[str]:
    hidden = len(main_rows(report)) - len(_shown(report))
    if hidden:
        yield f"{count(hidden)} more rows are left out; --json has them all"
    yield from left_out(report)
    if report.apart:
        label = row_label(report)
        told = [f"{label(row)} {of_words(row.share)} ({share_words(row.share)})" for row in report.apart]
        yield f"Callbacks, apart from the total: {several(told, _FEW_SILENT)}"
    if report.silent and not report.empty:
        yield f"No contacts: {several([queue_name(queue) for queue in report.silent], _FEW_SILENT)}"


def _basis(report: SlaReport) -> Iterator[str]:
    zone = report.question.period.zone
    if not report.empty:
        yield " · ".join(_key(report))
    yield basis(report)
    yield spoken(report.question.period)
    if report.compared_with and not report.empty:
        yield f"Before: {spoken(report.compared_with)}"
    yield f"As of {clock(report.as_of, zone)}"
