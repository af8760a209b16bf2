"""A conversation as a record: participants, their sessions, the segments of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zlib import crc32

from bot.demo.centre_callers import Caller, caller_of, line_of
from bot.demo.centre_visits import Outcome
from bot.demo.genesys_intervals import written_instant

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.demo.centre_organisation import Organisation
    from bot.demo.centre_visits import Visit

Record = dict[str, Any]
_HANDLED = (Outcome.ANSWERED, Outcome.OUTBOUND)


class Recorder:
    """Writes records as of an instant. `attributes` are those of participants, which only jobs show."""

    def __init__(self, organisation: Organisation, now_ms: int, *, attributes: bool = False) -> None:
        self._now = now_ms
        self._attributes = attributes
        self._queues = {queue.id: queue for queue in organisation.queues}

    def record(self, visits: Sequence[Visit]) -> Record:
        """The conversation these visits make up, as far as it has happened."""
        first, end = visits[0], visits[-1].handled_ms
        caller = caller_of(first.conversation_id)
        participants = [self._customer(visits, caller)]
        record: Record = {
            "conversationId": first.conversation_id,
            "conversationStart": written_instant(first.offered_ms),
            "originatingDirection": first.direction,
            "divisionIds": sorted({self._queues[visit.queue_id].division_id for visit in visits if visit.queue_id}),
            "participants": participants,
        }
        if end <= self._now:
            record["conversationEnd"] = written_instant(end)
        for visit in visits:
            of_queue, of_agent = self._metrics(visit)
            if visit.outcome is not Outcome.OUTBOUND:
                participants.append(self._acd(visit, caller, of_queue))
            if visit.outcome in _HANDLED and (visit.left_ms <= self._now or visit.outcome is Outcome.OUTBOUND):
                participants.append(self._agent(visit, caller, of_agent))
        return record

    def _customer(self, visits: Sequence[Visit], caller: Caller) -> Record:
        first, last = visits[0], visits[-1]
        segment: Record = {"segmentType": "interact", "segmentStart": written_instant(first.offered_ms)}
        if last.talk_end_ms <= self._now:
            segment["segmentEnd"] = written_instant(last.talk_end_ms)
        participant: Record = {
            "purpose": "customer",
            "participantName": caller.name,
            "participantId": _participant_id("customer", first),
            "sessions": [_session(first, caller, segments=[segment])],
        }
        if self._attributes:
            participant["attributes"] = {"Customer Number": caller.number[-6:], "Verified": "yes"}
        return participant

    def _acd(self, visit: Visit, caller: Caller, metrics: list[Record]) -> Record:
        segment: Record = {
            "segmentType": "interact",
            "queueId": visit.queue_id,
            "segmentStart": written_instant(visit.offered_ms),
        }
        if visit.left_ms <= self._now:
            segment["segmentEnd"] = written_instant(visit.left_ms)
            segment["disconnectType"] = "peer" if visit.outcome is Outcome.ABANDONED else "transfer"
        return {
            "purpose": "acd",
            "participantName": self._queues[visit.queue_id].name if visit.queue_id else "",
            "participantId": _participant_id("acd", visit),
            "sessions": [_session(visit, caller, metrics=metrics, segments=[segment])],
        }

    def _agent(self, visit: Visit, caller: Caller, metrics: list[Record]) -> Record:
        segments = _agent_segments(visit, caller, self._now)
        participant: Record = {
            "purpose": "agent",
            "participantId": _participant_id("agent", visit),
            "sessions": [_session(visit, caller, metrics=metrics, segments=segments)],
        }
        if visit.agent_id is not None:
            participant["userId"] = visit.agent_id
        return participant

    def _metrics(self, visit: Visit) -> tuple[list[Record], list[Record]]:
        """The queue's and the agent's. Waiting time is computed per query and never stored on records."""
        of_queue: list[Record] = []
        of_agent: list[Record] = []
        for metric, at_ms, value, user in visit.emissions():
            if at_ms <= self._now and metric != "tWait":
                entry = {"name": metric, "value": value, "emitDate": written_instant(at_ms)}
                (of_agent if user else of_queue).append(entry)
        return of_queue, of_agent


def conversation_facts(visits: Sequence[Visit], organisation: Organisation, now_ms: int) -> Record:
    """What conversation filters look at; metrics by their largest value."""
    ended = visits[-1].handled_ms
    facts: Record = {
        "conversationId": visits[0].conversation_id,
        "originatingDirection": visits[0].direction,
        "conversationStart": written_instant(visits[0].offered_ms),
        "divisionId": next((q.division_id for q in organisation.queues if q.id == visits[0].queue_id), None),
    }
    if ended <= now_ms:
        facts["conversationEnd"] = written_instant(ended)
        facts["tConversationDuration"] = ended - visits[0].offered_ms
    for visit in visits:
        for emission in visit.emissions():
            if emission.at_ms <= now_ms:
                facts[emission.metric] = max(emission.value, facts.get(emission.metric, 0))
    return facts


def segment_facts(visits: Sequence[Visit], now_ms: int) -> list[Record]:
    """What segment filters look at: one entry per segment that has begun."""
    facts: list[Record] = []
    caller = caller_of(visits[0].conversation_id)
    for visit in visits:
        shared = {"queueId": visit.queue_id, **_session(visit, caller)}
        if visit.outcome is not Outcome.OUTBOUND:
            facts.append({**shared, "purpose": "acd", "segmentType": "interact"})
        facts += [
            {**shared, "purpose": "agent", "userId": visit.agent_id, **_only(segment, "segmentType", "wrapUpCode")}
            for segment in _agent_segments(visit, caller, now_ms)
        ]
    return facts


def _session(visit: Visit, caller: Caller, **more: object) -> Record:
    """Medium, direction, and who is reached how, as the medium has it."""
    session: Record = {"mediaType": visit.media, "direction": visit.direction, **more}
    line, media = line_of(visit.queue_id), visit.media
    if media == "voice":
        inbound = visit.direction == "inbound"
        session["ani"], session["dnis"] = (
            f"tel:{number}" for number in ((caller.number, line) if inbound else (line, caller.number))
        )
    elif media == "callback":
        session["callbackNumbers"], session["callbackUserName"] = [caller.number], caller.name
    elif media == "email":
        session["addressFrom"], session["addressTo"] = caller.address, "service@example.com"
    elif media == "message":
        session["addressFrom"], session["addressTo"] = caller.number, line
    return session


def _agent_segments(visit: Visit, caller: Caller, now_ms: int) -> list[Record]:
    segments: list[Record] = []
    for kind, start, end in _stretches(visit):
        if start > now_ms:
            break
        segment: Record = {"segmentType": kind, "segmentStart": written_instant(start)}
        if visit.queue_id is not None:
            segment["queueId"] = visit.queue_id
        if end <= now_ms:
            segment["segmentEnd"] = written_instant(end)
            if kind == "wrapup" and visit.wrap_up_id is not None:
                segment["wrapUpCode"] = visit.wrap_up_id
                if visit.acw_ms % 3 == 1:
                    segment["wrapUpNote"] = caller.note(visit.acw_ms // 3)
        segments.append(segment)
    return segments


def _stretches(visit: Visit) -> list[tuple[str, int, int]]:
    """What an agent does with a contact, from when to when."""
    if visit.outcome not in _HANDLED:
        return []
    stretches = [("alert", visit.left_ms - visit.alert_ms, visit.left_ms)] if visit.alert_ms else []
    if visit.outcome is Outcome.OUTBOUND:
        stretches = [("dialing", visit.offered_ms, visit.left_ms)]
    if visit.hold_ms:
        half = visit.left_ms + visit.talk_ms // 2
        stretches += [("interact", visit.left_ms, half), ("hold", half, half + visit.hold_ms)]
        stretches += [("interact", half + visit.hold_ms, visit.talk_end_ms)]
    else:
        stretches += [("interact", visit.left_ms, visit.talk_end_ms)]
    if visit.acw_ms or visit.wrap_up_id is not None:
        stretches += [("wrapup", visit.talk_end_ms, visit.handled_ms)]
    return stretches


def _participant_id(purpose: str, visit: Visit) -> str:
    """The conversation's id with another beginning: an id costs too much to draw afresh for every participant."""
    return f"{crc32(f'{purpose}/{visit.offered_ms}'.encode()):08x}{visit.conversation_id[8:]}"


def _only(record: Record, *names: str) -> Record:
    return {name: record[name] for name in names if name in record}
