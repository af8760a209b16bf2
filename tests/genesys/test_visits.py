"""A record is told as the visits of queues that it holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.conversations import Conversation, Direction, Outcome, Personal
from bot.domain.ids import AgentId, QueueId, WrapUpId
from bot.domain.queues import Media
from bot.genesys.visits import Wanted, conversation
from bot.genesys.wire_details import Record

BILLING, CLAIMS = QueueId("0c9b7e0e"), QueueId("51d3aa20")
WANTED = Wanted(queues=frozenset({BILLING}))
BOTH = Wanted(queues=frozenset({BILLING, CLAIMS}))
START = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
NOTHING = timedelta()

Json = dict[str, Any]


def at(seconds: float) -> str:
    return (START + timedelta(seconds=seconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def session(queue: str | None, begins: float, kind: str = "interact", **metrics: float) -> Json:
    """A session of one segment."""
    named = {"queueId": queue} if queue else {}
    return {
        "mediaType": "voice",
        "direction": "inbound",
        "metrics": [{"name": name, "value": value, "emitDate": at(begins)} for name, value in metrics.items()],
        "segments": [{"segmentType": kind, "segmentStart": at(begins), **named}],
    }


def acd(queue: str, begins: float, **metrics: float) -> Json:
    return {"purpose": "acd", "participantName": "Billing", "sessions": [session(queue, begins, nOffered=1, **metrics)]}


def agent(user: str, queue: str | None, begins: float, *, code: str = "", ends: float = 0, **metrics: float) -> Json:
    mine = session(queue, begins, **metrics)
    if code:
        mine["segments"].append(
            {"segmentType": "wrapup", "segmentStart": at(ends or begins + 1), "queueId": queue, "wrapUpCode": code}
        )
    return {"purpose": "agent", "userId": user, "sessions": [mine]}


def outbound(participant: Json) -> Json:
    for one in participant["sessions"]:
        one["direction"] = "outbound"
    return participant


def on(media: str, participant: Json) -> Json:
    for one in participant["sessions"]:
        one["mediaType"] = media
    return participant


def record(*participants: Json, **fields: Any) -> Json:
    return {
        "conversationId": "2f0c",
        "conversationStart": at(0),
        "conversationEnd": at(300),
        "originatingDirection": "inbound",
        "participants": [{"purpose": "customer", "sessions": [session(None, 0)]}, *participants],
    } | fields


def read(told: Json, wanted: Wanted = WANTED) -> Conversation | None:
    return conversation(msgspec.convert(told, Record), wanted)


def visits(told: Json, wanted: Wanted = WANTED) -> tuple[Any, ...]:
    found = read(told, wanted)
    return found.visits if found else ()


HANDLED = record(
    acd(BILLING, 30, tAcd=18_290),
    agent(
        "anna",
        BILLING,
        45,
        code="paid",
        tAlert=3_100,
        tAnswered=18_290,
        tTalkComplete=201_000,
        tHeldComplete=15_000,
        tAcw=30_000,
        tHandle=246_000,
    ),
)


def test_a_contact_that_was_answered_is_told_whole() -> None:
    found = read(HANDLED)
    assert found is not None
    assert (found.id, found.start, found.end) == ("2f0c", START, START + timedelta(seconds=300))
    assert found.personal is None
    (visit,) = found.visits
    assert (visit.queue, visit.media, visit.direction) == (BILLING, Media.VOICE, Direction.INBOUND)
    assert visit.entered == START + timedelta(seconds=30)
    assert (visit.outcome, visit.agent, visit.wrap_up) == (Outcome.ANSWERED, AgentId("anna"), WrapUpId("paid"))
    assert visit.wait == timedelta(milliseconds=18_290)
    assert (visit.talk, visit.hold, visit.acw) == (
        timedelta(seconds=201),
        timedelta(seconds=15),
        timedelta(seconds=30),
    )


@pytest.mark.parametrize(
    ("participants", "outcome", "wait"),
    [
        pytest.param(
            [acd(BILLING, 30), agent("anna", BILLING, 45, tAnswered=18_290)],
            Outcome.ANSWERED,
            18_290,
            id="the answer is told with the agent",
        ),
        pytest.param(
            [acd(BILLING, 30, tAnswered=18_290), agent("anna", BILLING, 45, tTalkComplete=1)],
            Outcome.ANSWERED,
            18_290,
            id="the answer is told with the queue",
        ),
        pytest.param([acd(BILLING, 30, tAbandon=9_000)], Outcome.ABANDONED, 9_000, id="hung up while waiting"),
        pytest.param([acd(BILLING, 30, tFlowOut=60_000)], Outcome.FLOW_OUT, 60_000, id="left another way"),
        pytest.param([acd(BILLING, 30)], Outcome.OPEN, None, id="still waiting"),
        pytest.param(
            [acd(BILLING, 30, tAbandon=9_000), agent("anna", BILLING, 35, tAlert=4_000)],
            Outcome.ABANDONED,
            9_000,
            id="it rang with somebody before it hung up",
        ),
        pytest.param(
            [acd(BILLING, 30, tAbandon=9_000), agent("anna", BILLING, 35, tAnswered=9_000)],
            Outcome.ANSWERED,
            9_000,
            id="an answer outweighs what the queue says",
        ),
        pytest.param(
            [acd(BILLING, 30, tAnswered=0.0), agent("anna", BILLING, 30, tTalkComplete=1)],
            Outcome.ANSWERED,
            0,
            id="answered at once is a wait of nothing",
        ),
        pytest.param(
            [acd(BILLING, 30, tAcd=18_290), agent("anna", BILLING, 45, tTalkComplete=60_000)],
            Outcome.ANSWERED,
            18_290,
            id="nobody tells of an answer, but it left the queue and an agent talked",
        ),
        pytest.param(
            [acd(BILLING, 30, tAcd=18_290), agent("anna", BILLING, 45, tAlert=8_000)],
            Outcome.OPEN,
            None,
            id="it left the queue and nobody talked",
        ),
        pytest.param(
            [acd(BILLING, 30, tAcd=9_000, tFlowOut=9_000), agent("anna", BILLING, 45, tTalkComplete=60_000)],
            Outcome.FLOW_OUT,
            9_000,
            id="that it left another way outweighs that somebody talked",
        ),
    ],
)
def test_the_outcome_and_the_wait_are_found_wherever_they_are_told(
    participants: list[Json], outcome: Outcome, wait: float | None
) -> None:
    (visit,) = visits(record(*participants))
    assert visit.outcome is outcome
    assert visit.wait == (None if wait is None else timedelta(milliseconds=wait))
    assert (visit.agent is not None) == (outcome is Outcome.ANSWERED)


def test_whoever_talks_in_a_conversation_that_goes_on_may_not_have_been_told_to_answer_yet() -> None:
    told = record(acd(BILLING, 30, tAcd=18_290), agent("anna", BILLING, 45, tTalkComplete=60_000))
    del told["conversationEnd"]
    (visit,) = visits(told)
    assert (visit.outcome, visit.wait) == (Outcome.OPEN, None)


CALLBACK = "callback"


@pytest.mark.parametrize(
    ("legs", "talk", "acw"),
    [
        pytest.param(
            [on(CALLBACK, agent("anna", BILLING, 45, tTalkComplete=60_000, tAcw=5_000))],
            60,
            5,
            id="the callback alone tells of the talk",
        ),
        pytest.param(
            [
                on(CALLBACK, agent("anna", BILLING, 45, tTalkComplete=60_000, tAcw=5_000)),
                outbound(agent("anna", BILLING, 50, tTalkComplete=58_000, tAcw=5_000)),
            ],
            60,
            5,
            id="the call that was dialled for it is the same talk",
        ),
        pytest.param(
            [
                on(CALLBACK, agent("anna", BILLING, 45, tAlert=3_000, tAcw=5_000)),
                outbound(agent("anna", BILLING, 50, tTalkComplete=58_000)),
            ],
            58,
            5,
            id="only the call tells of the talk, only the callback of the work after it",
        ),
        pytest.param(
            [
                on(CALLBACK, agent("anna", BILLING, 45, tTalkComplete=60_000)),
                outbound(agent("ben", BILLING, 110, tTalkComplete=20_000)),
            ],
            80,
            0,
            id="the call of another agent is another talk",
        ),
    ],
)
def test_a_callback_and_the_call_dialled_for_it_are_one_talk(legs: list[Json], talk: float, acw: float) -> None:
    (visit,) = visits(record(on(CALLBACK, acd(BILLING, 30, tAcd=15_000)), *legs))
    assert (visit.media, visit.outcome, visit.agent) == (Media.CALLBACK, Outcome.ANSWERED, "anna")
    assert (visit.talk, visit.acw) == (timedelta(seconds=talk), timedelta(seconds=acw))


def test_a_call_has_no_talk_of_what_its_agent_did_on_another_medium() -> None:
    told = record(
        acd(BILLING, 30),
        agent("anna", BILLING, 45, tAnswered=15_000, tTalkComplete=60_000),
        on(CALLBACK, agent("anna", BILLING, 90, tTalkComplete=7_000)),
    )
    (visit,) = visits(told)
    assert visit.talk == timedelta(seconds=60)


CONSULTS = outbound(agent("anna", CLAIMS, 100, tTalkComplete=40_000))


@pytest.mark.parametrize(
    ("others", "there"),
    [
        pytest.param([], [], id="nobody there was offered it"),
        pytest.param(
            [acd(CLAIMS, 101, tAcd=4_000), agent("ben", CLAIMS, 105, tAnswered=4_000, tTalkComplete=30_000)],
            [(Outcome.ANSWERED, "ben", timedelta(seconds=30))],
            id="somebody there answered",
        ),
        pytest.param(
            [acd(CLAIMS, 101, tAbandon=9_000)],
            [(Outcome.ABANDONED, None, NOTHING)],
            id="nobody there answered in time",
        ),
    ],
)
def test_an_agent_who_consults_another_queue_makes_no_outbound_visit(
    others: list[Json], there: list[tuple[Outcome, str | None, timedelta]]
) -> None:
    speaking = agent("anna", BILLING, 45, tAnswered=15_000, tTalkComplete=60_000)
    first, *rest = visits(record(acd(BILLING, 30), speaking, CONSULTS, *others), BOTH)
    assert (first.queue, first.agent, first.talk) == (BILLING, "anna", timedelta(seconds=60))
    assert [(visit.outcome, visit.agent, visit.talk) for visit in rest] == there


def test_who_only_let_it_ring_did_not_answer() -> None:
    told = record(
        acd(BILLING, 30),
        agent("rang", BILLING, 32, tNotResponding=8_000),
        agent("anna", BILLING, 42, tAnswered=15_000),
    )
    (visit,) = visits(told)
    assert visit.agent == "anna"


def test_a_second_agent_of_the_same_queue_adds_to_the_visit() -> None:
    told = record(
        acd(BILLING, 30),
        agent(
            "anna", BILLING, 45, code="passed on", tAnswered=15_000, tTalkComplete=60_000, nTransferred=1, tAcw=5_000
        ),
        agent("ben", BILLING, 105, code="paid", tTalkComplete=30_000, tHeldComplete=2_000, tAcw=7_000),
    )
    (visit,) = visits(told)
    assert (visit.agent, visit.wrap_up, visit.transfers) == ("anna", "paid", 1)
    assert (visit.talk, visit.hold, visit.acw) == (
        timedelta(seconds=90),
        timedelta(seconds=2),
        timedelta(seconds=12),
    )


def test_a_queue_that_was_visited_twice_has_two_visits_each_with_its_own_agents() -> None:
    told = record(
        agent("ben", BILLING, 210, tAnswered=10_000, tTalkComplete=20_000),
        acd(BILLING, 200),
        agent("anna", BILLING, 45, code="again", ends=220, tAnswered=15_000, tTalkComplete=90_000, nTransferred=1),
        acd(BILLING, 30),
    )
    first, second = visits(told)
    assert (first.agent, first.wrap_up, first.talk, first.transfers) == ("anna", "again", timedelta(seconds=90), 1)
    assert (second.agent, second.wrap_up, second.talk, second.transfers) == ("ben", None, timedelta(seconds=20), 0)


def test_visits_of_several_queues_are_told_in_the_order_of_entering() -> None:
    told = record(
        acd(CLAIMS, 100, tAbandon=5_000),
        acd(BILLING, 30),
        agent("anna", BILLING, 45, tAnswered=15_000),
    )
    assert [(visit.queue, visit.outcome) for visit in visits(told, BOTH)] == [
        (BILLING, Outcome.ANSWERED),
        (CLAIMS, Outcome.ABANDONED),
    ]


def test_visits_of_other_queues_are_left_out() -> None:
    told = record(acd(CLAIMS, 100, tAbandon=5_000), acd(BILLING, 30))
    assert [visit.queue for visit in visits(told)] == [BILLING]


def test_visits_on_other_media_are_left_out() -> None:
    email = acd(BILLING, 100)
    email["sessions"][0]["mediaType"] = "email"
    told = record(acd(BILLING, 30), email)
    wanted = WANTED._replace(media=frozenset({Media.EMAIL}))
    assert [visit.media for visit in visits(told, wanted)] == [Media.EMAIL]


def test_a_conversation_without_a_wanted_visit_is_none() -> None:
    assert read(record(acd(CLAIMS, 30))) is None
    assert read(record(agent("anna", None, 30))) is None


def test_an_agent_who_calls_out_for_a_queue_is_an_outbound_visit() -> None:
    told = record(
        outbound(agent("anna", BILLING, 5, code="reached", tTalkComplete=60_000, nOutbound=1)),
        outbound(agent("ben", BILLING, 80, tTalkComplete=30_000)),
        originatingDirection="outbound",
    )
    (visit,) = visits(told)
    assert (visit.outcome, visit.direction, visit.agent) == (Outcome.OUTBOUND, Direction.OUTBOUND, "anna")
    assert (visit.wait, visit.talk, visit.entered) == (None, timedelta(seconds=90), START + timedelta(seconds=5))


def test_an_outbound_call_that_comes_back_through_the_queue_is_a_second_visit() -> None:
    told = record(
        outbound(agent("anna", BILLING, 5, tTalkComplete=60_000)),
        acd(BILLING, 80),
        agent("ben", BILLING, 90, tAnswered=10_000),
        originatingDirection="outbound",
    )
    assert [(visit.outcome, visit.agent) for visit in visits(told)] == [
        (Outcome.OUTBOUND, "anna"),
        (Outcome.ANSWERED, "ben"),
    ]


def test_a_contact_of_a_campaign_that_waited_in_the_queue_was_answered() -> None:
    told = record(outbound(acd(BILLING, 30)), outbound(agent("anna", BILLING, 45, tAnswered=15_000)))
    (visit,) = visits(told)
    assert (visit.outcome, visit.direction) == (Outcome.ANSWERED, Direction.OUTBOUND)


def test_an_agent_whose_clock_is_behind_the_queue_s_still_belongs_to_the_visit() -> None:
    told = record(acd(BILLING, 30), agent("anna", BILLING, 29.9, tAnswered=0))
    (visit,) = visits(told)
    assert visit.agent == "anna"


def test_an_agent_who_has_an_inbound_contact_without_the_queue_s_part_is_a_visit() -> None:
    (visit,) = visits(record(agent("anna", BILLING, 30, tAnswered=1_000)))
    assert (visit.outcome, visit.agent, visit.direction) == (Outcome.ANSWERED, "anna", Direction.INBOUND)


def test_the_direction_is_the_conversation_s_where_the_session_has_none() -> None:
    entry = acd(BILLING, 30)
    del entry["sessions"][0]["direction"]
    assert visits(record(entry))[0].direction is Direction.INBOUND
    assert visits(record(entry, originatingDirection="sideways"))[0].direction is Direction.UNKNOWN


def test_a_medium_that_is_new_is_unknown() -> None:
    entry = acd(BILLING, 30)
    entry["sessions"][0]["mediaType"] = "telepathy"
    assert visits(record(entry))[0].media is Media.UNKNOWN


def test_without_the_time_of_entering_a_visit_begins_with_the_conversation() -> None:
    entry = acd(BILLING, 30)
    del entry["sessions"][0]["segments"][0]["segmentStart"]
    assert visits(record(entry))[0].entered == START


def test_an_open_conversation_has_no_end() -> None:
    told = record(acd(BILLING, 30))
    del told["conversationEnd"]
    found = read(told)
    assert found is not None
    assert found.end is None


@pytest.mark.parametrize("field", ["conversationId", "conversationStart"])
def test_what_cannot_be_placed_in_an_export_is_none(field: str) -> None:
    told = dict(HANDLED)
    del told[field]
    assert read(told) is None


def test_the_customer_is_only_told_when_asked_for() -> None:
    told = record(acd(BILLING, 30))
    told["participants"][0] |= {"participantName": "Jane Doe"}
    told["participants"][0]["sessions"][0] |= {"ani": "tel:1", "dnis": "tel:2", "addressFrom": "a@b.test"}
    found = read(told, WANTED._replace(personal=True))
    assert found is not None
    assert found.personal == Personal(ani="tel:1", dnis="tel:2", address_from="a@b.test", customer="Jane Doe")


@st.composite
def thinned(draw: st.DrawFn, value: Any) -> Any:
    """The same with any of its fields and items missing, or null."""
    fates = st.sampled_from(("kept",) * 6 + ("gone", "null"))
    if isinstance(value, dict):
        fated = [(name, part, draw(fates)) for name, part in value.items()]
        return {name: draw(thinned(part)) if fate == "kept" else None for name, part, fate in fated if fate != "gone"}
    if isinstance(value, list):
        return [draw(thinned(part)) for part in value if draw(fates) == "kept"]
    return value


MUCH = record(
    acd(BILLING, 30, tAcd=15_000),
    agent("anna", BILLING, 45, code="again", tAnswered=15_000, tTalkComplete=90_000, nTransferred=1),
    acd(BILLING, 150, tFlowOut=100),
    acd(CLAIMS, 200, tAbandon=100),
    outbound(agent("ben", CLAIMS, 10, tTalkComplete=90_000)),
)


@given(thinned(MUCH), st.booleans())
def test_whatever_is_missing_is_read_as_missing(told: Json, personal: bool) -> None:
    found = conversation(msgspec.json.decode(msgspec.json.encode(told), type=Record), BOTH._replace(personal=personal))
    assert found is None or (found.visits and all(visit.talk >= NOTHING for visit in found.visits))
