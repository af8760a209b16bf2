"""This minute as tables for a terminal 80 columns wide. Colour repeats what a figure says, and adds nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from bot.blocks.queue import as_of, basis, headline, leftovers
from bot.blocks.queue_rows import MOST_AGENTS, MOST_SHOWN, level_words, lines, longest_words, queue_label, wait_words
from bot.domain.figures import NO_FIGURE, count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import RenderableType

    from bot.blocks.queue_rows import Line
    from bot.domain.live import QueueReport


def queue_table(report: QueueReport) -> Iterator[RenderableType]:
    """What is printed, in order: the point, the contacts, the agents, what is not in them, what it rests on.

    Foreign text is never read as markup.
    """
    yield Text(headline(report), style="bold")
    every = lines(report)
    if every:
        yield _contacts(every[:MOST_SHOWN], single=len(report.rows) == 1)
    if report.rows:
        yield Text()
        yield _agents(report)
    for line in (*leftovers(report, every), basis(report), as_of(report)):
        if line:
            yield Text(line, style="dim")


def _contacts(shown: Sequence[Line], *, single: bool) -> Table:
    estimated = any(line.estimate is not None for line in shown)
    table = _table(
        "Medium" if single else "Queue",
        "Waiting",
        "Longest",
        "Handled",
        "Ringing",
        "In time",
        *["Est. wait"] * estimated,
    )
    for line in shown:
        each = line.contacts
        table.add_row(
            Text(line.label),
            Text(_figure(each.waiting if each else None), style="bold" if each and each.waiting else ""),
            Text(longest_words(each)),
            Text(_figure(each.interacting if each else None)),
            Text(_figure(each.alerting if each else None)),
            Text(level_words(line.level)),
            *[Text(wait_words(line.estimate))] * estimated,
        )
    return table


def _agents(report: QueueReport) -> Table:
    table = _table("Agents", "On queue", "Available", "Interacting", "Communic.", "No reply", "Off queue")
    name = queue_label(report)
    for row in report.rows[:MOST_AGENTS]:
        agents = row.agents
        counts: tuple[int | None, ...] = (None,) * 6
        if agents is not None:
            counts = (
                agents.on_queue,
                agents.available,
                agents.interacting,
                agents.communicating,
                agents.not_responding,
                agents.off_queue,
            )
        unserved = agents is not None and not agents.on_queue and row.waiting
        table.add_row(Text(name(row)), *(Text(_figure(n)) for n in counts), style="red" if unserved else "")
    return table


def _table(first: str, *figures: str) -> Table:
    table = Table(box=None, pad_edge=False, collapse_padding=True, header_style="bold")
    table.add_column(first, overflow="fold")
    for head in figures:
        table.add_column(head, justify="right", no_wrap=True)
    return table


def _figure(number: int | None) -> str:
    return NO_FIGURE if number is None else count(number)
