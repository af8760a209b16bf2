"""A conversation's record told as its visits of queues. Pure.

Source: participants, sessions, metrics and segments of POST /api/v2/analytics/conversations/details/query.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from bot.domain.conversations import Conversation, Direction, Outcome, Personal, Visit
from bot.domain.ids import AgentId, QueueId, WrapUpId
from bot.domain.queues import Media

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.genesys.wire_details import Participant, Record, Segment, Session

_ENDINGS = MappingProxyType(
    {"tAnswered": Outcome.ANSWERED, "tAbandon": Outcome.ABANDONED, "tFlowOut": Outcome.FLOW_OUT}
)
"""The metric that tells how long the wait was, by how it ended. An answer outweighs what else is said."""
_READ = frozenset({*_ENDINGS, "tAcd"})
_SUMMED = frozenset({"tTalkComplete", "tHeldComplete", "tAcw", "nTransferred"})
_MEDIA = MappingProxyType({str(media): media for media in Media})
_DIRECTIONS = MappingProxyType({str(direction): direction for direction in Direction})
_CUSTOMERS = frozenset({"customer", "external"})


class Wanted(NamedTuple):
    """What of a record is asked about."""

    queues: frozenset[QueueId]
    media: frozenset[Media] = frozenset()
    """Empty: all."""
    personal: bool = False


@dataclass(slots=True)
class _Part:
    """A session in a queue: the queue's own, or an agent's."""

    queue: QueueId
    began: datetime
    user: str | None
    session: Session
    metrics: dict[str, float] = field(default_factory=dict)


@dataclass(slots=True)
class _Stay:
    """A visit while its parts are gathered."""

    opened: _Part
    queued: bool
    """Whether it began in the queue; otherwise an agent began it."""
    agents: list[_Part] = field(default_factory=list)


def conversation(record: Record, wanted: Wanted) -> Conversation | None:
    """The conversation with its visits of the wanted queues; None without any, or without an id and a start."""
    if not record.id or record.start is None:
        return None
    start = record.start.astimezone(UTC)
    stays = _stays(record, wanted.queues, start)
    visits = [visit for stay in stays if _of(visit := _visit(stay, record), wanted)]
    if not visits:
        return None
    return Conversation(
        id=record.id,
        start=start,
        end=record.end.astimezone(UTC) if record.end else None,
        visits=tuple(sorted(visits, key=_entered)),
        personal=_personal(record) if wanted.personal else None,
    )


def _of(visit: Visit, wanted: Wanted) -> bool:
    return not wanted.media or visit.media in wanted.media


def _entered(visit: Visit) -> datetime:
    return visit.entered


def _stays(record: Record, queues: frozenset[QueueId], start: datetime) -> list[_Stay]:
    """Each entry into a queue, with the agents' sessions from then to the next entry into the same queue.

    An agent who calls a queue while speaking with a customer consults it: that is no visit of the customer's.
    """
    entries: list[_Part] = []
    handlings: list[_Part] = []
    for participant in record.participants or ():
        if participant.purpose == "acd":
            entries += _parts(participant, queues, start)
        elif participant.purpose == "agent":
            handlings += _parts(participant, queues, start)
    stays: defaultdict[QueueId, list[_Stay]] = defaultdict(list)
    for entry in sorted(entries, key=_began):
        stays[entry.queue].append(_Stay(entry, queued=True))
    for handling in sorted(handlings, key=_began):
        mine = stays[handling.queue]
        stay = next((s for s in reversed(mine) if s.opened.began <= handling.began), None)
        if stay is None and handling.session.direction == Direction.OUTBOUND and record.direction == Direction.INBOUND:
            continue
        if stay is None and mine and handling.session.direction != Direction.OUTBOUND:
            stay = mine[0]  # clocks of the platform's parts differ
        if stay is None:
            stay = _Stay(handling, queued=False)
            mine.insert(0, stay)
        stay.agents.append(handling)
    return [stay for mine in stays.values() for stay in mine]


def _began(part: _Part) -> datetime:
    return part.began


def _parts(participant: Participant, queues: frozenset[QueueId], start: datetime) -> Iterator[_Part]:
    for session in participant.sessions or ():
        segments = session.segments or ()
        queue = next((segment.queue for segment in segments if segment.queue), None)
        if queue is None or queue not in queues:
            continue
        begins = [segment.start for segment in segments if segment.start is not None]
        part = _Part(QueueId(queue), min(begins, default=start), participant.user, session)
        for metric in session.metrics or ():
            name, value = metric.name, metric.value
            if name is not None and value is not None:
                if name in _SUMMED:
                    part.metrics[name] = part.metrics.get(name, 0.0) + value
                elif name in _READ:
                    part.metrics[name] = value
        yield part


def _visit(stay: _Stay, record: Record) -> Visit:
    opened = stay.opened
    direction = _DIRECTIONS.get(opened.session.direction or record.direction or "", Direction.UNKNOWN)
    outcome, wait = _ending(stay, over=record.end is not None)
    if not stay.queued and direction is Direction.OUTBOUND:
        outcome, wait = Outcome.OUTBOUND, None
    return Visit(
        queue=opened.queue,
        media=_MEDIA.get(opened.session.media or "", Media.UNKNOWN),
        direction=direction,
        entered=opened.began.astimezone(UTC),
        outcome=outcome,
        agent=_agent(stay, outcome),
        wait=wait,
        talk=_time("tTalkComplete", stay),
        hold=_time("tHeldComplete", stay),
        acw=_time("tAcw", stay),
        wrap_up=_wrap_up(stay.agents),
        transfers=round(_told("nTransferred", stay)),
    )


def _ending(stay: _Stay, *, over: bool) -> tuple[Outcome, timedelta | None]:
    parts = [stay.opened, *stay.agents] if stay.queued else stay.agents
    for metric, outcome in _ENDINGS.items():
        for part in parts:
            if metric in part.metrics:
                return outcome, timedelta(milliseconds=part.metrics[metric])
    queued = stay.opened.metrics.get("tAcd") if stay.queued and over else None
    if queued is not None and any(part.metrics.get("tTalkComplete") for part in stay.agents):
        # Callbacks that ring with the customer first tell of no answer, only that they left the queue.
        return Outcome.ANSWERED, timedelta(milliseconds=queued)
    return Outcome.OPEN, None


def _told(metric: str, stay: _Stay) -> float:
    """The sum of what agents' sessions on the visit's own medium tell.

    A callback is dialled in a session of its own, on voice, which may tell the same once more: it is heard only where
    the agent's session of the callback tells nothing.
    """
    medium = stay.opened.session.media
    own: defaultdict[str | None, float] = defaultdict(float)
    dialled: defaultdict[str | None, float] = defaultdict(float)
    for part in stay.agents:
        if medium is None or part.session.media in {medium, None}:
            own[part.user] += part.metrics.get(metric, 0.0)
        elif medium == Media.CALLBACK and part.session.media == Media.VOICE:
            dialled[part.user] += part.metrics.get(metric, 0.0)
    return sum([own[user] or dialled[user] for user in {**own, **dialled}])


def _agent(stay: _Stay, outcome: Outcome) -> AgentId | None:
    """Who answered or called; where the record keeps the answer with the queue, who was the first to talk."""
    if outcome is Outcome.OUTBOUND:
        told = [part.user for part in stay.agents]
    elif outcome is Outcome.ANSWERED:
        told = [
            part.user for metric in ("tAnswered", "tTalkComplete") for part in stay.agents if metric in part.metrics
        ]
    else:
        told = []
    return next((AgentId(user) for user in told if user), None)


def _wrap_up(agents: list[_Part]) -> WrapUpId | None:
    codes: list[Segment] = [
        segment
        for part in agents
        for segment in part.session.segments or ()
        if segment.kind == "wrapup" and segment.wrap_up
    ]
    if not codes:
        return None
    timed = [segment for segment in codes if segment.start is not None]
    last = max(timed, key=_started) if timed else codes[-1]
    return WrapUpId(last.wrap_up or "")


def _started(segment: Segment) -> datetime:
    return segment.start or datetime.min.replace(tzinfo=UTC)


def _time(metric: str, stay: _Stay) -> timedelta:
    return timedelta(milliseconds=_told(metric, stay))


def _personal(record: Record) -> Personal:
    customers = [one for one in record.participants or () if one.purpose in _CUSTOMERS]
    sessions = [session for one in customers for session in one.sessions or ()]
    return Personal(
        ani=next((s.ani for s in sessions if s.ani), ""),
        dnis=next((s.dnis for s in sessions if s.dnis), ""),
        address_from=next((s.address_from for s in sessions if s.address_from), ""),
        address_to=next((s.address_to for s in sessions if s.address_to), ""),
        customer=next((one.name for one in customers if one.name), ""),
    )
