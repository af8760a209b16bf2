from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.conversations import Conversation, Outcome, Personal
from bot.domain.ids import AgentId, QueueId, WrapUpId
from bot.files.rows import columns, rows
from tests.files.conversations import BILLING, NOON, READER, conversation, seconds, visit

if TYPE_CHECKING:
    from bot.domain.conversations import Visit
    from bot.files.rows import Reader

ANSWERED = replace(
    visit(outcome=Outcome.ANSWERED),
    agent=AgentId("a-1"),
    talk=seconds(200.5),
    hold=seconds(0),
    acw=seconds(15),
    wrap_up=WrapUpId("w-1"),
    transfers=1,
)


def told(*visits: Visit, reader: Reader = READER, **changes: Any) -> list[dict[str, object]]:
    """The rows of one conversation, by the names of their columns."""
    whole: Conversation = replace(conversation(1, *visits), **changes)
    names = [column.name for column in columns(personal=reader.personal)]
    return [dict(zip(names, row, strict=True)) for row in rows([whole], reader)]


def test_an_answered_visit_is_told_with_names_and_seconds() -> None:
    assert told(ANSWERED) == [
        {
            "conversation_id": "c-1",
            "start": NOON,
            "end": NOON + seconds(300),
            "utc_offset_hours": 1,
            "duration_seconds": 300,
            "queue": "Billing",
            "media": "voice",
            "direction": "inbound",
            "agent": "Ana",
            "wait_seconds": 12.5,
            "talk_seconds": 200.5,
            "hold_seconds": 0,
            "acw_seconds": 15,
            "outcome": "answered",
            "wrap_up": "Resolved",
            "transfers": 1,
            "queue_id": BILLING,
            "agent_id": "a-1",
            "wrap_up_id": "w-1",
        }
    ]


def test_what_nobody_handled_has_no_handling_rather_than_none_of_it() -> None:
    (row,) = told(visit(outcome=Outcome.ABANDONED))
    assert [row[name] for name in ("agent", "talk_seconds", "hold_seconds", "acw_seconds", "wrap_up")] == [None] * 5
    assert (row["queue_id"], row["agent_id"], row["wrap_up_id"]) == (BILLING, None, None)


def test_two_agents_of_the_same_name_are_two_in_the_file() -> None:
    namesakes = replace(READER, agents={AgentId("a-1"): "Ana", AgentId("a-2"): "Ana"})
    found = told(ANSWERED, replace(ANSWERED, agent=AgentId("a-2")), reader=namesakes)
    assert [(row["agent"], row["agent_id"]) for row in found] == [("Ana", "a-1"), ("Ana", "a-2")]


def test_personal_columns_come_last() -> None:
    names = [column.name for column in columns(personal=True)]
    assert names[: len(columns(personal=False))] == [column.name for column in columns(personal=False)]
    assert names[-8:-5] == ["queue_id", "agent_id", "wrap_up_id"]


def test_a_conversation_that_goes_on_has_neither_end_nor_duration() -> None:
    (row,) = told(end=None)
    assert (row["end"], row["duration_seconds"]) == (None, None)


def test_a_contact_still_waiting_has_no_wait() -> None:
    (row,) = told(replace(visit(outcome=Outcome.OPEN), wait=None))
    assert row["wait_seconds"] is None


def test_each_visit_is_a_row() -> None:
    assert [row["queue"] for row in told(visit(BILLING), visit(QueueId("gone")))] == ["Billing", "gone"]


def test_an_id_without_a_name_is_shown_as_it_is() -> None:
    (row,) = told(replace(ANSWERED, agent=AgentId("a-9"), wrap_up=WrapUpId("w-9")))
    assert (row["agent"], row["wrap_up"]) == ("a-9", "w-9")


@pytest.mark.parametrize(
    ("start", "hours"),
    [
        pytest.param(NOON.replace(month=10, day=25, hour=0, minute=30), 2, id="02:30 in summer time"),
        pytest.param(NOON.replace(month=10, day=25, hour=1, minute=30), 1, id="02:30 once more, in winter time"),
    ],
)
def test_the_offset_tells_apart_the_hour_that_occurs_twice(start: object, hours: int) -> None:
    (row,) = told(start=start)
    assert row["utc_offset_hours"] == hours


PERSONAL = Personal(ani="+4930123456", customer="Max")


def test_personal_data_is_shown_where_it_is_allowed() -> None:
    (row,) = told(reader=replace(READER, personal=True), personal=PERSONAL)
    shown = [row[name] for name in ("ani", "dnis", "address_from", "address_to", "customer")]
    assert shown == ["+4930123456", None, None, None, "Max"]


def test_personal_data_is_left_out_where_it_is_not_allowed_even_if_it_was_read() -> None:
    (row,) = told(personal=PERSONAL)
    assert {"ani", "customer"}.isdisjoint(row)
    assert not {"+4930123456", "Max"} & set(map(str, row.values()))


def test_a_record_without_personal_data_has_empty_cells() -> None:
    (row,) = told(reader=replace(READER, personal=True))
    assert row["customer"] is None


def test_every_column_is_explained() -> None:
    assert all(column.meaning.endswith((".", "…")) for column in columns(personal=True))
