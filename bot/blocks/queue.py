"""The answer to `/queue` as a message: the point with its number, the rows, the agents, what is not in them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.blocks import kit
from bot.blocks.queue_rows import (
    MOST_AGENTS,
    MOST_SHOWN,
    agents_blocks,
    estimates,
    lines,
    queue_label,
    queue_table,
    wait_words,
)
from bot.blocks.sla_rows import medium_words
from bot.blocks.wording import clock, queue_name, several
from bot.domain.figures import count
from bot.domain.live import PATIENT
from bot.domain.queues import Media

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.blocks.kit import Block, Message
    from bot.blocks.queue_rows import Line
    from bot.domain.ids import UserId
    from bot.domain.live import Agents, Contacts, QueueNow, QueueReport

REFRESH = "queue_refresh"
SHARE = "queue_share"

_FEW = 5
_NAMED = 3


def queue_message(report: QueueReport, *, token: str, shared_by: UserId | None = None) -> Message:
    """The answer, within Slack's limits whatever the queues are called and however many there are.

    `token` is opaque, at most 2000 characters, and comes back as the value of every button (action ids `REFRESH`,
    `SHARE`). With `shared_by` it is the copy for the channel: it names who shared it and has no buttons.
    """
    point, remarks, every = headline(report), _remarks(report), lines(report)
    blocks: list[Block] = [kit.header(point)]
    if shared_by is not None:
        blocks.append(kit.by_person("Shared by", shared_by))
    if remarks:
        blocks.append(kit.section("\n".join(remarks)))
    if every:
        blocks.append(queue_table(report, every[:MOST_SHOWN]))
    blocks += agents_blocks(report)
    told = estimates(report, every)
    estimated = f"Estimated wait: {several(told, len(told))}" if told else ""
    small_print = (estimated, "\n".join(leftovers(report, every)), basis(report), as_of(report))
    blocks += [kit.context(line) for line in small_print if line]
    if shared_by is None:
        blocks.append(
            kit.actions(
                kit.button("Refresh", action=REFRESH, value=token),
                kit.button("Share in Channel", action=SHARE, value=token),
            )
        )
    return kit.message(". ".join([point, *remarks[:1]]), *blocks)


def headline(report: QueueReport) -> str:
    """The point with its number, in one sentence that fits a header: names are shortened, never the number."""
    told = f" now: {_waiting(report)}"
    if len(report.rows) == 1:
        told += _free(report.rows[0].agents)
    return kit.shorten_middle(_subject(report), kit.MOST_HEADER - len(told)) + told


def leftovers(report: QueueReport, every: Sequence[Line]) -> list[str]:
    """What the answer leaves out: rows beyond the most, queues in which nothing is going on, what was not reported."""
    told = []
    if len(every) > MOST_SHOWN:
        told.append(
            f"The {MOST_SHOWN} busiest of {count(len(every))} rows; narrow with a name or a wildcard, like bill*"
        )
    if len(report.rows) > MOST_AGENTS:
        told.append(f"Agents of the {MOST_AGENTS} busiest queues; name others to see theirs")
    name = queue_label(report)
    quiet = [name(row) for row in report.rows if row.quiet]
    if quiet and len(report.rows) > 1:
        told.append(f"Nothing going on: {several(quiet, _FEW)}")
    if report.unreported:
        names = [queue_name(queue) for queue in report.unreported]
        told.append(f"Not fully reported by Genesys: {several(names, _FEW)}; – is unknown, not zero")
    if report.estimates_missing:
        told.append("Estimated waits are left out: Genesys did not give them in time")
    return told


def basis(report: QueueReport) -> str:
    """What the service level covers."""
    if not any(row.so_far for row in report.rows):
        return ""
    start, end = report.half_hour.local_start, report.half_hour.local_end
    return f"In time: answered within the queue's own target, {start:%H:%M}–{end:%H:%M} so far"


def as_of(report: QueueReport) -> str:
    """When it was so, to the second."""
    return f"As of {clock(report.as_of, report.question.zone, seconds=True)}"


def _subject(report: QueueReport) -> str:
    shown, considered = len(report.rows), report.considered
    if shown < considered:
        return f"The busiest {count(shown)} of {count(considered)} queues"
    if 0 < shown <= _NAMED:
        return several(
            [queue_name(row.queue) for row in sorted(report.rows, key=lambda row: row.queue.name.casefold())]
        )
    return f"{'All ' if not report.question.queues else ''}{count(shown)} queues"


def _waiting(report: QueueReport) -> str:
    lacking = sum(1 for row in report.rows if row.waiting is None)
    if lacking == len(report.rows):
        return "not reported by Genesys" if report.rows else "none to look at"
    in_part = sum(1 for row in report.rows if not row.waiting_known) - lacking
    by_medium = _by_medium(report)
    told = "nobody known to be waiting" if lacking or in_part else "nobody waiting"
    if by_medium:
        total = sum(each.waiting or 0 for _, each in _waiters(report))
        told = f"{count(total)} waiting"
    if len(by_medium) > 1:
        told += f" ({', '.join(f'{medium_words(media)} {count(waiting)}' for media, waiting, _ in by_medium)})"
    for media, _, longest in by_medium[:1] if len(by_medium) == 1 else ():
        told += f" ({medium_words(media)})" if media is not Media.VOICE else ""
        told += f", longest {wait_words(longest[0])}" if longest and len(report.rows) == 1 else ""
    if in_part:
        which = "" if len(report.rows) == 1 else f"{count(lacking + in_part)} "
        return f"{told}; {which}not fully reported"
    return f"{told}; {count(lacking)} not reported" if lacking else told


def _free(agents: Agents | None) -> str:
    if agents is None:
        return ""
    if not agents.on_queue:
        return ", no agent on queue"
    return f", {count(agents.available)} of {count(agents.on_queue)} agents free"


def _remarks(report: QueueReport) -> list[str]:
    """What a supervisor does something about: where they wait longest, and where nobody can serve them."""
    return [remark for remark in (_longest(report), _unserved(report)) if remark]


def _longest(report: QueueReport) -> str:
    """The longest wait on each medium: a call waits otherwise than an e-mail."""
    by_medium = _by_medium(report)
    where = len(report.rows) > 1
    told = [
        f"{medium_words(media)} {wait_words(longest[0])}{f' ({longest[1]})' if where else ''}"
        for media, _, longest in by_medium
        if longest is not None
    ]
    return f"Longest wait: {', '.join(told)}" if told and (where or len(by_medium) > 1) else ""


def _by_medium(report: QueueReport) -> list[tuple[Media, int, tuple[timedelta, str] | None]]:
    """How many wait on each medium where somebody does, and the longest wait with its queue; calls first."""
    name = queue_label(report)
    totals: dict[Media, int] = {}
    longest: dict[Media, tuple[timedelta, str]] = {}
    for row, each in _waiters(report):
        totals[each.media] = totals.get(each.media, 0) + (each.waiting or 0)
        if each.longest_wait is not None and each.longest_wait > longest.get(each.media, (timedelta(-1), ""))[0]:
            longest[each.media] = (each.longest_wait, name(row))
    order = sorted(totals, key=lambda media: (media in PATIENT, list(Media).index(media)))
    return [(media, totals[media], longest.get(media)) for media in order]


def _waiters(report: QueueReport) -> Iterator[tuple[QueueNow, Contacts]]:
    return ((row, each) for row in report.rows for each in row.contacts if each.waiting)


def _unserved(report: QueueReport) -> str:
    name = queue_label(report)
    unserved = [
        f"{name(row)} ({count(row.waiting)})"
        for row in report.rows
        if row.waiting and row.agents is not None and not row.agents.on_queue
    ]
    if not unserved or len(report.rows) == 1:
        return ""
    return f"Waiting with no agent on queue: {several(unserved, _FEW)}"
