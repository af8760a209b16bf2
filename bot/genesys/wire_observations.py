"""This minute on the wire: the observations query and the estimated wait. No I/O.

Sources: POST /api/v2/analytics/queues/observations/query,
GET /api/v2/routing/queues/{queueId}/mediatypes/{mediaType}/estimatedwaittime.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from bot.domain.ids import QueueId
from bot.domain.live import Agents, Contacts, Observed
from bot.domain.queues import Media
from bot.genesys.wire_errors import read

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bot.genesys.wire_errors import Reply

OBSERVATIONS_PATH = "/api/v2/analytics/queues/observations/query"

_WAITING = "oWaiting"
_CONTACTS = MappingProxyType({_WAITING: "waiting", "oInteracting": "interacting", "oAlerting": "alerting"})
_MEMBERS = "oMemberUsers"
"""Has a count even where nobody is on or off queue: it tells a queue without agents from one that was not reported."""
_ON_QUEUE = "oOnQueueUsers"
_OFF_QUEUE = "oOffQueueUsers"
_STATUSES = MappingProxyType(
    {
        "IDLE": "available",
        "INTERACTING": "interacting",
        "COMMUNICATING": "communicating",
        "NOT_RESPONDING": "not_responding",
    }
)
_ESTIMATED = MappingProxyType(
    {
        Media.VOICE: "call",
        Media.CALLBACK: "callback",
        Media.CHAT: "chat",
        Media.EMAIL: "email",
        Media.MESSAGE: "message",
    }
)


class Estimable(NamedTuple):
    """Whose wait the platform may estimate."""

    queue: QueueId
    media: Media


@dataclass(frozen=True, slots=True, kw_only=True)
class Observations:
    """This minute in some queues."""

    as_of: datetime
    """When Genesys answered, the oldest part if there are several; UTC."""
    by_queue: Mapping[QueueId, Observed]
    """A queue that is not there was not reported."""


class _Stats(msgspec.Struct):
    count: float | None = None


class _Observation(msgspec.Struct):
    since: str | None = msgspec.field(name="observationDate", default=None)


class _Data(msgspec.Struct):
    metric: str
    qualifier: str | None = None
    stats: _Stats | None = None
    observations: list[_Observation] | None = None


class _Group(msgspec.Struct):
    queue_id: str | None = msgspec.field(name="queueId", default=None)
    media_type: str | None = msgspec.field(name="mediaType", default=None)


class _Result(msgspec.Struct):
    group: _Group | None = None
    data: list[_Data] | None = None


class _Answer(msgspec.Struct):
    results: list[_Result] | None = None


class _Estimate(msgspec.Struct):
    seconds: float | None = msgspec.field(name="estimatedWaitTimeSeconds", default=None)


class _Estimates(msgspec.Struct):
    results: list[_Estimate] | None = None


def observations_body(queues: Sequence[QueueId]) -> dict[str, Any]:
    """The request for the contacts and agents of at most a hundred queues."""
    return {
        "filter": {
            "type": "or",
            "predicates": [
                {"type": "dimension", "dimension": "queueId", "operator": "matches", "value": queue} for queue in queues
            ],
        },
        "metrics": [*_CONTACTS, _MEMBERS, _ON_QUEUE, _OFF_QUEUE],
        "detailMetrics": [_WAITING],
    }


def read_observations(reply: Reply) -> Observations:
    """What was reported. Raises GenesysError.

    The platform writes zeros out for contacts, so a group or a metric that is missing is unknown. For agents it leaves
    out the states that nobody is in, but never the number of members.
    """
    contacts: dict[QueueId, list[Contacts]] = defaultdict(list)
    agents: dict[QueueId, Agents] = {}
    for result in read(reply, _Answer).results or ():
        if result.group is None or not result.group.queue_id:
            continue
        queue, data = QueueId(result.group.queue_id), result.data or []
        if result.group.media_type is not None:
            contacts[queue].append(_contacts(_media(result.group.media_type), data, seen_at=reply.received))
        elif (told := _agents(data)) is not None:
            agents[queue] = told
    by_queue = {
        queue: Observed(contacts=tuple(contacts.get(queue, ())), agents=agents.get(queue))
        for queue in dict.fromkeys((*contacts, *agents))
    }
    return Observations(as_of=reply.received, by_queue=MappingProxyType(by_queue))


def estimate_path(wanted: Estimable) -> str | None:
    """Where to ask for the estimated wait; None for media that the platform makes none for."""
    named = _ESTIMATED.get(wanted.media)
    return f"/api/v2/routing/queues/{wanted.queue}/mediatypes/{named}/estimatedwaittime" if named else None


def read_estimate(reply: Reply) -> timedelta | None:
    """The estimated wait; None when the platform has no estimate. Raises GenesysError."""
    for estimate in read(reply, _Estimates).results or ():
        if estimate.seconds is not None and estimate.seconds >= 0:
            return timedelta(seconds=round(estimate.seconds))
    return None


def _contacts(media: Media, data: Iterable[_Data], *, seen_at: datetime) -> Contacts:
    by_metric = {entry.metric: entry for entry in data}
    counts = {ours: _count(by_metric[theirs]) if theirs in by_metric else None for theirs, ours in _CONTACTS.items()}
    longest = None
    waiting = by_metric.get(_WAITING)
    if waiting is not None and counts["waiting"] and waiting.observations:
        # Sorted by the platform, the oldest first; when there are too many, it is the ones in the middle that go.
        longest = max(timedelta(), seen_at - _instant(waiting.observations[0].since or ""))
    return Contacts(media=media, longest_wait=longest, **counts)


def _agents(data: Iterable[_Data]) -> Agents | None:
    """None when nothing is said of agents, or something without its number."""
    told = [(entry, _count(entry)) for entry in data if entry.metric in (_MEMBERS, _ON_QUEUE, _OFF_QUEUE)]
    on_queue: dict[str, int] = defaultdict(int)
    off_queue = 0
    for entry, number in told:
        if number is None:
            return None
        if entry.metric == _ON_QUEUE:
            on_queue[entry.qualifier or ""] += number
        elif entry.metric == _OFF_QUEUE:
            off_queue += number
    if not told:
        return None
    by_status = {ours: on_queue[theirs] for theirs, ours in _STATUSES.items()}
    return Agents(on_queue=sum(on_queue.values()), off_queue=off_queue, **by_status)


def _count(entry: _Data) -> int | None:
    return None if entry.stats is None or entry.stats.count is None else round(entry.stats.count)


def _instant(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("an instant without an offset")
    return moment


def _media(name: str) -> Media:
    try:
        return Media(name)
    except ValueError:
        return Media.UNKNOWN
