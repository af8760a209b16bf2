"""The rows of an answer as a table: worst first, totals last, never wider than a phone can bear."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks.data_blocks import cell, table
from bot.blocks.wording import promise, told_apart
from bot.domain.figures import NO_FIGURE, count, duration, gap, likely, percent, percent_number, points
from bot.domain.queues import Media
from bot.domain.statistics import small_sample

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.blocks.kit import Block
    from bot.domain.queues import Target
    from bot.domain.sla import Share, SlaReport, SlaRow

MOST_SHOWN = 30
"""Rows of a table before the rest is only counted: nobody reads further in a channel."""

MEDIA_WORDS = {
    Media.VOICE: "voice",
    Media.CALLBACK: "callbacks",
    Media.CHAT: "chat",
    Media.EMAIL: "email",
    Media.MESSAGE: "messages",
    Media.COBROWSE: "co-browsing",
    Media.INTERNALMESSAGE: "internal messages",
    Media.SCREENMONITORING: "screen monitoring",
    Media.SCREENSHARE: "screen shares",
    Media.UNKNOWN: "unknown medium",
    Media.VIDEO: "video",
}


def medium_words(media: Media | None) -> str:
    """What people call a medium; empty without one."""
    return MEDIA_WORDS[media] if media else ""


def main_rows(report: SlaReport) -> tuple[SlaRow, ...]:
    """The rows that `total` sums."""
    if not report.apart:
        return report.rows
    return tuple(row for row in report.rows if row.media is not Media.CALLBACK)


def apart_rows(report: SlaReport) -> tuple[SlaRow, ...]:
    """Callbacks that `total` leaves out, in the rows' own grouping where it is by medium."""
    callbacks = tuple(row for row in report.rows if row.queue is None and row.media is Media.CALLBACK)
    return callbacks if report.apart and callbacks else report.apart


def row_label(report: SlaReport) -> Callable[[SlaRow], str]:
    """What a row is called: "Billing", or "Billing · email · 4 h" where media and thresholds differ."""
    name = told_apart(report.queues)
    rows = (*report.rows, *report.apart)
    differing = len({row.threshold for row in rows if row.threshold is not None}) > 1
    only_voice = {row.media for row in rows} <= {Media.VOICE}

    def label(row: SlaRow) -> str:
        words = medium_words(row.media)
        medium = "" if only_voice else words
        parts = [name(row.queue), medium] if row.queue else [words[:1].upper() + words[1:]]
        if differing and row.threshold is not None:
            parts.append(duration(row.threshold))
        return " · ".join(part for part in parts if part)

    return label


def own_target(row: SlaRow) -> Target | None:
    """The queue's promise, when the row was counted with its threshold, so that the two may be compared."""
    return row.target if row.target is not None and row.threshold == row.target.threshold else None


def share_words(share: Share | None, target: Target | None = None) -> str:
    """As "80.7 %", or "80 % (likely 38–96 %)" when it rests on too little."""
    if share is None:
        return NO_FIGURE
    interval = small_sample(share)
    if interval is None:
        return percent(share, target=target)
    return f"{percent(share, target=target, decimals=0)} (likely {likely(interval)})"


def of_words(share: Share | None) -> str:
    """As "981 of 1,216"; no figure over zero."""
    return f"{count(share.within)} of {count(share.denominator)}" if share and share.denominator else NO_FIGURE


def abandoned_words(row: SlaRow, *, short: bool = True) -> str:
    """As "98 (22 short)", or "98". Messaging knows no abandonment: there none is no figure."""
    counts = row.counts
    if row.media is Media.MESSAGE and not counts.abandoned:
        return NO_FIGURE
    told = f" ({count(counts.short_abandoned)} short)" if short and counts.short_abandoned else ""
    return count(counts.abandoned) + told


def sla_table(report: SlaReport) -> Block:
    """Every row with its share, counts and the differences that can be told; a total when there are several rows."""
    rows = main_rows(report)
    label = row_label(report)
    shown = rows[:MOST_SHOWN]
    promised = any(own_target(row) for row in rows)
    compared = any(row.previous is not None for row in (*rows, report.total))
    heads = ["Medium" if rows and rows[0].queue is None else "Queue", "Share", "In time", "Answered", "Abandoned"]
    # A share within another time than the promised one is not held against the promise; the promise is shown.
    promises = not promised and any(row.target is not None for row in rows)
    heads += ["vs target"] * promised + ["Own target"] * promises + ["vs before"] * compared

    def cells(row: SlaRow, name: str) -> list[Block]:
        target = own_target(row)
        line = [cell(name), *figures(row, target)]
        if promised:
            line.append(cell(gap(row.share, target) or NO_FIGURE if row.share and target else NO_FIGURE))
        if promises:
            line.append(cell(promise(row.target) if row.target else NO_FIGURE))
        if compared:
            line.append(cell(points(row.share, row.previous) or NO_FIGURE if row.share and row.previous else NO_FIGURE))
        return line

    total = cells(report.total, "Total") if len(rows) > 1 else None
    return table(heads, [cells(row, label(row)) for row in shown], last=total)


def figures(row: SlaRow, target: Target | None = None) -> Sequence[Block]:
    """Share, in time, answered, abandoned."""
    abandoned = abandoned_words(row)
    return (
        cell(share_words(row.share, target), percent_number(row.share) if row.share else None),
        cell(of_words(row.share)),
        cell(count(row.counts.answered), row.counts.answered),
        cell(abandoned, None if abandoned == NO_FIGURE else row.counts.abandoned),
    )
