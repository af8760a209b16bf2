"""The rows of this minute as a table, and the agents as a list."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.blocks import kit
from bot.blocks.data_blocks import cell, table
from bot.blocks.sla_rows import medium_words, of_words
from bot.blocks.wording import told_apart
from bot.domain.figures import NO_FIGURE, count, duration, percent
from bot.domain.queues import Media

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bot.blocks.kit import Block
    from bot.domain.live import Agents, Contacts, QueueNow, QueueReport
    from bot.domain.sla import SlaRow

MOST_SHOWN = 30
"""Rows of a table before the rest is only counted."""
MOST_AGENTS = 10
"""Queues whose agents are listed."""

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the table: a queue on one medium, or a queue of which nothing was reported."""

    label: str
    queue: QueueNow
    contacts: Contacts | None

    @property
    def level(self) -> SlaRow | None:
        return self.queue.sla(self.contacts.media) if self.contacts else None

    @property
    def estimate(self) -> timedelta | None:
        return self.queue.estimate(self.contacts.media) if self.contacts else None


def lines(report: QueueReport) -> tuple[Line, ...]:
    """Queues and media in which something is going on, went on in this half hour, or is not known; busiest first."""
    name = queue_label(report)
    found = [
        Line(label=name(row), queue=row, contacts=each)
        for row in report.rows
        for each in (row.contacts or (None,))
        if each is None or each.active or not each.reported or row.sla(each.media)
    ]
    if len(report.rows) == 1:
        return tuple(replace(line, label=_capital(line.contacts)) if line.contacts else line for line in found)
    if {line.contacts.media for line in found if line.contacts} <= {Media.VOICE}:
        return tuple(found)
    return tuple(
        replace(line, label=f"{line.label} · {medium_words(line.contacts.media)}") if line.contacts else line
        for line in found
    )


def queue_label(report: QueueReport) -> Callable[[QueueNow], str]:
    """What a queue is called, told apart from the others of the answer."""
    name = told_apart([row.queue for row in report.rows])
    return lambda row: name(row.queue)


def queue_table(report: QueueReport, shown: Sequence[Line]) -> Block:
    """Every line with its counts, never wider than a phone can bear.

    Of several queues each has its free agents; of one, each medium has its estimated wait, where there is one.
    """
    single = len(report.rows) == 1
    estimated = single and any(line.estimate is not None for line in shown)
    heads = ["Medium" if single else "Queue", "Waiting", "Longest", "Handled", "Ringing"]
    heads += [*["Free agents"] * (not single), "In time", *["Est. wait"] * estimated]

    def cells(line: Line) -> list[Block]:
        each = line.contacts
        row = [
            cell(line.label),
            _figure(each.waiting if each else None),
            cell(longest_words(each), each.longest_wait.total_seconds() if each and each.longest_wait else None),
            _figure(each.interacting if each else None),
            _figure(each.alerting if each else None),
        ]
        row += [cell(free_words(line.queue.agents))] * (not single)
        row += [cell(level_words(line.level)), *[cell(wait_words(line.estimate))] * estimated]
        return row

    return table(heads, [cells(line) for line in shown])


def estimates(report: QueueReport, every: Sequence[Line]) -> list[str]:
    """The estimated waits of several queues, as "Billing · voice 1 min 35 s"."""
    if len(report.rows) == 1:
        return []
    return [f"{line.label} {wait_words(line.estimate)}" for line in every if line.estimate is not None]


def agents_blocks(report: QueueReport) -> list[Block]:
    """What the agents do: a line for one queue, a list for several."""
    if len(report.rows) == 1:
        return [kit.paragraph(kit.bold("Agents: "), kit.words(agents_words(report.rows[0].agents)))]
    name = queue_label(report)
    items = [[kit.bold(f"{name(row)}: "), kit.words(agents_words(row.agents))] for row in report.rows[:MOST_AGENTS]]
    return [kit.paragraph(kit.bold("Agents")), kit.bullets(items)] if items else []


def agents_words(agents: Agents | None) -> str:
    """As "11 on queue: 4 available, 7 interacting, 0 communicating, 0 not responding; 12 off queue"."""
    if agents is None:
        return "not reported"
    doing = ", ".join(_doing(agents))
    return f"{count(agents.on_queue)} on queue: {doing}; {count(agents.off_queue)} off queue"


def free_words(agents: Agents | None) -> str:
    """As "4 of 11": available of those on queue."""
    return f"{count(agents.available)} of {count(agents.on_queue)}" if agents else NO_FIGURE


def longest_words(each: Contacts | None) -> str:
    return wait_words(each.longest_wait if each else None)


def wait_words(length: timedelta | None) -> str:
    """As "1 min 1 s", "2 h 5 min": whole seconds, from an hour on whole minutes."""
    if length is None:
        return NO_FIGURE
    unit = timedelta(minutes=1) if length >= _HOUR else timedelta(seconds=1)
    return duration(length // unit * unit)


def level_words(row: SlaRow | None) -> str:
    """As "80 % (4 of 5)"; a half hour has few contacts, so the count stands beside the share."""
    if row is None or row.share is None or not row.share.denominator:
        return NO_FIGURE
    return f"{percent(row.share, target=row.target, decimals=0)} ({of_words(row.share)})"


def _capital(each: Contacts) -> str:
    words = medium_words(each.media)
    return words[:1].upper() + words[1:]


def _figure(number: int | None) -> Block:
    return cell(NO_FIGURE) if number is None else cell(count(number), number)


def _doing(agents: Agents) -> Iterator[str]:
    yield f"{count(agents.available)} available"
    yield f"{count(agents.interacting)} interacting"
    yield f"{count(agents.communicating)} communicating"
    yield f"{count(agents.not_responding)} not responding"
