"""From what Genesys reported of this minute to the rows of an answer; pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.live import PATIENT, Contacts, Observed, QueueNow, QueueReport, contacts_by_load
from bot.genesys.wire_observations import Estimable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from bot.domain.ids import QueueId
    from bot.domain.period import Period
    from bot.domain.questions import QueueQuestion
    from bot.domain.queues import Media, Queue
    from bot.domain.sla import SlaRow


def queues_now(queues: Iterable[Queue], seen: Mapping[QueueId, Observed]) -> tuple[QueueNow, ...]:
    """A row for each queue, in their order.

    A medium that the queue has a target for and that is missing among those reported is unknown, not zero.
    """
    rows = []
    for queue in queues:
        observed = seen.get(queue.id, Observed())
        contacts = observed.contacts
        if contacts:
            reported = {each.media for each in contacts}
            contacts += tuple(Contacts(media=media) for media in queue.targets if media not in reported)
        rows.append(QueueNow(queue=queue, contacts=contacts_by_load(contacts), agents=observed.agents))
    return tuple(rows)


def longest_waiting(rows: Iterable[QueueNow]) -> tuple[Estimable, ...]:
    """Queues and media in which somebody waits, those who hold the line first, then the longest wait."""
    waiting = [(row.queue, each) for row in rows for each in row.contacts if each.waiting]
    waiting.sort(key=_by_wait)
    return tuple(Estimable(queue.id, each.media) for queue, each in waiting)


def _by_wait(place: tuple[Queue, Contacts]) -> tuple[bool, timedelta, int, str]:
    queue, each = place
    return each.media in PATIENT, -(each.longest_wait or timedelta()), -(each.waiting or 0), queue.name


def queue_report(
    question: QueueQuestion,
    *,
    half_hour: Period,
    as_of: datetime,
    every: Sequence[QueueNow],
    shown: Sequence[QueueNow],
    levels: Iterable[SlaRow],
    estimates: Mapping[Estimable, timedelta],
    estimates_missing: bool,
) -> QueueReport:
    """`shown` is those of `every` queue looked at that are in the answer, busiest first."""
    by_queue: dict[QueueId, list[SlaRow]] = defaultdict(list)
    for level in levels:
        if level.queue is not None:
            by_queue[level.queue.id].append(level)
    told: dict[QueueId, list[tuple[Media, timedelta]]] = defaultdict(list)
    for (queue, media), wait in estimates.items():
        told[queue].append((media, wait))
    return QueueReport(
        question=question,
        as_of=as_of,
        half_hour=half_hour,
        rows=tuple(
            replace(row, so_far=tuple(by_queue[row.queue.id]), estimates=tuple(told[row.queue.id])) for row in shown
        ),
        considered=len(every),
        unreported=tuple(row.queue for row in every if not row.reported or row.agents is None),
        estimates_missing=estimates_missing,
    )
