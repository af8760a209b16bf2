"""What a digest calls usual, with its counts: the part of its `Why?` that an answer to `/sla` has not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks import kit
from bot.blocks.digests.rows import MOST_LINES, change, counted, line_label
from bot.blocks.sla_rows import of_words
from bot.blocks.wording import several
from bot.domain.figures import NO_FIGURE, count, percent
from bot.domain.period import spoken
from bot.domain.sla import Share

if TYPE_CHECKING:
    from bot.blocks.kit import Block
    from bot.domain.digest import DigestLine, DigestReport


def usual_blocks(report: DigestReport) -> list[Block]:
    """The stretches of time that were summed, and each line's counts over them; empty where nothing is usual."""
    if report.total.usual is None:
        return []
    label, shown = line_label(report), report.lines[:MOST_LINES]
    told = [[kit.bold(f"{label(line)}: "), kit.words(_line(line))] for line in shown]
    if more := len(report.lines) - len(shown):
        told.append([kit.words(f"… and {count(more)} more")])
    if len(counted(report)) > 1:
        told.append([kit.bold("Total: "), kit.words(_total(report.total))])
    steps = [spoken(step, zone=False) for step in report.usual]
    return [
        kit.header("What is usual"),
        kit.context(f"Answered in time, summed over {several(steps, len(steps))}"),
        kit.bullets(told),
    ]


def _line(line: DigestLine) -> str:
    """As "957 of 1,691 = 56.6 %, now -3.2 pp"."""
    if line.usual is None:
        return "none yet, fewer than two of them had contacts; in the total it counts as it is now"
    return f"{of_words(line.usual)} = {percent(line.usual)}, now {change(line.share, line.usual)}"


def _total(total: DigestLine) -> str:
    """As "1,660.1 of 1,962 = 84.6 %": how many of this period's contacts the lines' usual shares let expect."""
    rate, share = total.usual_rate, total.share
    if rate is None or share is None or total.usual is None:
        return NO_FIGURE
    exact = Share(within=rate.numerator, denominator=rate.denominator)
    return (
        "the usual shares weighted with this period's contacts, "
        f"{float(rate * share.denominator):,.1f} of {count(share.denominator)} = {percent(exact)}, "
        f"now {change(share, total.usual, rate)}"
    )
