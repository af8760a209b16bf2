"""The present moment: who waits, who talks, who is free."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from zlib import crc32

from bot.demo.centre_effects import leaves
from bot.demo.centre_organisation import MEDIA, stable_id
from bot.demo.centre_table import ABANDONED, ANSWERED, FLOW_OUT, NOBODY
from bot.demo.centre_visits import instant_of
from bot.demo.genesys_errors import bad_request, invalid_value
from bot.demo.genesys_filters import Junction, Vocabulary, filter_of
from bot.demo.genesys_intervals import written_instant
from bot.demo.genesys_shapes import a_list, a_word, an_object
from bot.demo.genesys_vocabulary import OBSERVATION_METRICS, SETTINGS_KEY

if TYPE_CHECKING:
    from bot.demo.centre import Centre

MOST_PREDICATES = 200
MOST_DETAILS = 100
_WORDS = Vocabulary(dimensions=("queueId", "mediaType"), dimension_type="QueueObservationDimension")
_CONTACT_METRICS = ("oWaiting", "oInteracting", "oAlerting")
_LONGEST = {"oLongestWaiting": "oWaiting", "oLongestInteracting": "oInteracting"}
_STATUSES = ("OFF_QUEUE", "IDLE", "INTERACTING", "NOT_RESPONDING", "COMMUNICATING")
_PRESENCES = {name: stable_id("presence", name) for name in ("ON_QUEUE", "AVAILABLE", "OFFLINE")}
_A_LINE = 4
"""Waiting calls from which on nobody is idle. With fewer the next agent is just being found."""
_HALF_HOUR = 30 * 60_000
_EWT_MEDIA = frozenset({"all", "call", "chat", "callback", "email", "videoComm", "message"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservationsQuery:
    """A query that passed."""

    filter: Junction
    metrics: tuple[str, ...]
    details: frozenset[str]


@dataclass(slots=True)
class _Now:
    """Contacts under way: by queue and medium, (since, conversation id, direction) per state."""

    contacts: dict[tuple[int, str], dict[str, list[tuple[int, str, str]]]] = field(default_factory=dict)
    busy: defaultdict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    """Agents at work, each with the queues of what they do."""


def observations_query(body: object) -> ObservationsQuery:
    """Read a request body; ApiError 400 for anything the platform refuses."""
    fields = an_object(body, "the query", knows=("filter", "metrics", "detailMetrics"))
    if "filter" not in fields:
        raise bad_request("filter is required")
    condition = filter_of(fields["filter"], _WORDS)
    if condition.size() > MOST_PREDICATES:
        raise bad_request(f"A query may have at most {MOST_PREDICATES} predicates, found {condition.size()}")
    metrics = tuple(
        a_word(metric, "QueueObservationMetric", OBSERVATION_METRICS) for metric in a_list(fields, "metrics")
    )
    if not metrics:
        raise bad_request("metrics must name at least one metric")
    details = frozenset(
        a_word(metric, "QueueObservationMetric", OBSERVATION_METRICS) for metric in a_list(fields, "detailMetrics")
    )
    return ObservationsQuery(filter=condition, metrics=tuple(dict.fromkeys(metrics)), details=details)


def observations_reply(centre: Centre, query: ObservationsQuery, *, now_ms: int) -> dict[str, Any]:
    """Two kinds of group per queue: its people, and its contacts by medium with explicit zeros."""
    now = _under_way(centre, now_ms)
    agents = {agent.id: number for number, agent in enumerate(centre.organisation.agents)}
    results: list[dict[str, Any]] = []
    living = {queue.id for queue in centre.queues}
    for index, queue in enumerate(centre.organisation.queues):
        if queue.id not in living:
            continue
        if query.filter.holds({"queueId": queue.id}):
            members = [agents[member] for member in queue.members]
            people = _people(query, _statuses(centre, index, members, now, now_ms))
            if people:
                results.append({"group": {"queueId": queue.id}, "data": people})
        for media in (*MEDIA, "video"):
            if query.filter.holds({"queueId": queue.id, "mediaType": media}):
                contacts = _contacts(query, media, now.contacts.get((index, media), {}))
                if contacts:
                    results.append({"group": {"queueId": queue.id, "mediaType": media}, "data": contacts})
    mappings = {presence: [presence_id] for presence, presence_id in _PRESENCES.items()}
    return {"systemToOrganizationMappings": mappings, "results": results}


def estimated_wait(centre: Centre, queue_id: str, media: str, *, now_ms: int) -> dict[str, Any]:
    """Mean wait of the last half hour's answers; no results when there were none."""
    if media not in _EWT_MEDIA:
        raise invalid_value(media, "MediaType", sorted(_EWT_MEDIA))
    waits: list[int] = []
    for table in centre.tables(now_ms - _HALF_HOUR, now_ms + 1):
        series = centre.series(table, "tAnswered")
        if series is None:
            continue
        for number, cell in enumerate(table.cells):
            named = cell.queue != NOBODY and centre.organisation.queues[cell.queue].id == queue_id
            if named and media in ("all", SETTINGS_KEY.get(cell.media, cell.media)):
                part = slice(series.offsets[number], series.offsets[number + 1])
                recent = zip(series.at[part], series.values[part], strict=True)
                waits += [value for at, value in recent if now_ms - _HALF_HOUR <= at <= now_ms]
    if not waits:
        return {"results": []}
    seconds = round(sum(waits) / len(waits) / 1000)
    return {"results": [{"intent": media.upper(), "formula": "BEST", "estimatedWaitTimeSeconds": seconds}]}


def _under_way(centre: Centre, now_ms: int) -> _Now:
    now = _Now()
    for table in centre.tables(now_ms, now_ms + 1):
        columns = zip(
            table.offered, table.wait, table.talk, table.hold, table.acw, table.alert, table.outcome, strict=True
        )
        for row, (offered, wait, talk, hold, acw, alert, outcome) in enumerate(columns):
            left = offered + wait
            if not offered <= now_ms < left + talk + hold + acw:
                continue
            if now_ms >= left:
                now.busy[table.agent[row]].add(table.queue[row])
                if now_ms >= left + talk + hold:
                    continue
                state, since = "oInteracting", left
            elif outcome == ANSWERED and now_ms >= left - alert:
                state, since = "oAlerting", left - alert
            elif outcome in (ANSWERED, ABANDONED, FLOW_OUT):
                state, since = "oWaiting", offered
            else:
                continue
            cell = now.contacts.setdefault((table.queue[row], MEDIA[table.media[row]]), defaultdict(list))
            direction = "inbound" if table.direction[row] == 0 else "outbound"
            cell[state].append((since, table.conversation_id(table.conversation[row]), direction))
    return now


def _statuses(centre: Centre, queue: int, members: list[int], now: _Now, now_ms: int) -> Counter[str]:
    """Members by routing status: the busy ones as they are, the others by shift and a fixed throw of dice.

    Half of them are off queue where they have left; nobody is idle where callers stand in line.
    """
    short = centre.befallen("agents_leave", queue, now_ms)
    line = len(now.contacts.get((queue, "voice"), {}).get("oWaiting", ()))
    pressed = line >= (1 if short else _A_LINE)
    local = instant_of(now_ms).astimezone(centre.zone)
    at_work = 7 <= local.hour < 22 and (local.weekday() < 5 or local.hour < 14)
    statuses: Counter[str] = Counter()
    for member in members:
        dice = crc32(f"{member}/{local:%Y%m%d%H}".encode()) % 20
        if short and leaves(member) and queue not in now.busy.get(member, ()):
            statuses["OFF_QUEUE"] += 1
        elif member in now.busy:
            statuses["INTERACTING"] += 1
        elif at_work and dice < 9:
            statuses["INTERACTING" if pressed else "IDLE"] += 1
        elif at_work and dice == 9:
            statuses["NOT_RESPONDING"] += 1
        elif at_work and dice == 10:
            statuses["COMMUNICATING"] += 1
        else:
            statuses["OFF_QUEUE"] += 1
    return statuses


def _people(query: ObservationsQuery, statuses: Counter[str]) -> list[dict[str, Any]]:
    on_queue = {status: statuses[status] for status in _STATUSES[1:] if statuses[status]}
    joined = sum(on_queue.values())
    away = statuses["OFF_QUEUE"]
    presences = {_PRESENCES["ON_QUEUE"]: joined, _PRESENCES["OFFLINE"]: away}
    plain = {"oMemberUsers": joined + away, "oActiveUsers": joined + away // 2}
    qualified = {
        "oOnQueueUsers": on_queue,
        "oOffQueueUsers": {_PRESENCES["OFFLINE"]: away},
        "oUserPresences": presences,
        "oUserRoutingStatuses": {status: statuses[status] for status in _STATUSES},
    }
    data: list[dict[str, Any]] = []
    for metric in query.metrics:
        if metric in plain:
            data.append({"metric": metric, "stats": {"count": plain[metric]}})
        counts = qualified.get(metric, {})
        data += [
            {"metric": metric, "qualifier": qualifier, "stats": {"count": count}}
            for qualifier, count in counts.items()
            if count
        ]
    return data


def _contacts(
    query: ObservationsQuery, media: str, states: dict[str, list[tuple[int, str, str]]]
) -> list[dict[str, Any]]:
    data: list[dict[str, Any]] = []
    for metric in query.metrics:
        if metric in _LONGEST:
            contacts = states.get(_LONGEST[metric], [])
            if contacts:
                data.append({"metric": metric, "stats": {"calculatedMetricValue": min(contacts)[0]}})
        elif metric in _CONTACT_METRICS and (media != "video" or metric == "oInteracting"):
            contacts = sorted(states.get(metric, []))
            entry: dict[str, Any] = {"metric": metric, "stats": {"count": len(contacts)}}
            if metric in query.details:
                entry |= _detailed(contacts)
            data.append(entry)
    return data


def _detailed(contacts: list[tuple[int, str, str]]) -> dict[str, Any]:
    half = MOST_DETAILS // 2
    truncated = len(contacts) > MOST_DETAILS
    shown = [*contacts[:half], *contacts[-half:]] if truncated else contacts
    observations = [
        {
            "observationDate": written_instant(since),
            "conversationId": conversation,
            "direction": direction,
            "routingPriority": 0,
        }
        for since, conversation, direction in shown
    ]
    return {"truncated": truncated, "observations": observations}
