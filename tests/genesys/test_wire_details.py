from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.ids import QueueId
from bot.domain.queues import Media
from bot.errors import GenesysBroken, GenesysRefused, GenesysUnreadable
from bot.genesys.details import DetailsSlice
from bot.genesys.visits import Wanted, conversation
from bot.genesys.wire_details import (
    JobStatus,
    job_body,
    query_body,
    read_availability,
    read_nothing,
    read_records,
    read_status,
    read_submitted,
    read_total,
    results_query,
)
from bot.genesys.wire_errors import Reply
from tests.official_client import judged

if TYPE_CHECKING:
    from collections.abc import Callable

BILLING = QueueId("0c9b7e0e-5f3b-4a53-9a9a-3f4f8d1d0b11")
WEEK = DetailsSlice(
    start=datetime(2026, 11, 8, 23, tzinfo=UTC),
    end=datetime(2026, 11, 15, 23, tzinfo=UTC),
    queues=(BILLING,),
    media=frozenset({Media.VOICE, Media.EMAIL}),
    personal=False,
    expected=7,
    by_job=False,
)


def reply(answer: bytes | dict[str, Any], status: int = 200) -> Reply:
    raw = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    return Reply(status=status, headers={}, body=raw, received=datetime(2026, 11, 21, tzinfo=UTC))


def test_a_query_asks_for_one_page_in_the_order_of_starting() -> None:
    body = query_body(WEEK, number=3)
    assert body["interval"] == "2026-11-08T23:00:00.000Z/2026-11-15T23:00:00.000Z"
    assert (body["order"], body["orderBy"]) == ("asc", "conversationStart")
    assert body["paging"] == {"pageSize": 100, "pageNumber": 3}


def test_queue_and_medium_have_to_hold_of_the_same_segment() -> None:
    (condition,) = query_body(WEEK, number=1)["segmentFilters"]
    assert condition["type"] == "and"
    assert [
        (clause["type"], [(one["dimension"], one["value"]) for one in clause["predicates"]])
        for clause in condition["clauses"]
    ] == [
        ("or", [("queueId", BILLING)]),
        ("or", [("mediaType", "email"), ("mediaType", "voice")]),
    ]


def test_a_job_has_no_pages_and_looks_back_to_the_first_day_only() -> None:
    body = job_body(WEEK)
    assert "paging" not in body
    assert body["startOfDayIntervalMatching"] is True


@pytest.mark.parametrize("media", [frozenset(), frozenset(Media)])
@pytest.mark.parametrize("queues", [1, 100])
def test_every_body_is_one_the_official_client_would_send(media: frozenset[Media], queues: int) -> None:
    wanted = DetailsSlice(
        start=WEEK.start,
        end=WEEK.end,
        queues=tuple(QueueId(f"queue-{number}") for number in range(queues)),
        media=media,
        personal=True,
        expected=0,
        by_job=True,
    )
    query = judged("ConversationQuery", query_body(wanted, number=1, size=1))
    assert len(query.segment_filters[0].clauses[0].predicates) == queues
    assert judged("AsyncConversationQuery", job_body(wanted)).start_of_day_interval_matching is True


def test_the_first_page_of_results_has_no_cursor() -> None:
    assert results_query(None) == {"pageSize": "1000"}
    assert results_query("a+b=") == {"pageSize": "1000", "cursor": "a+b="}


def test_a_recorded_page_is_read(recorded: Callable[[str], bytes]) -> None:
    page = read_records(reply(recorded("conversations")))
    assert (page.read, page.total, page.cursor) == (3, 3, None)
    told = [conversation(record, Wanted(frozenset({BILLING}))) for record in page.conversations]
    assert [[visit.outcome for visit in one.visits] for one in told if one] == [
        ["answered"],
        ["abandoned"],
        ["outbound"],
    ]


def test_past_the_end_there_are_no_records() -> None:
    page = read_records(reply({"totalHits": 300}))
    assert (list(page.conversations), page.read, page.total) == ([], 0, 300)


def test_an_empty_cursor_is_no_cursor() -> None:
    assert read_records(reply({"conversations": [], "cursor": ""})).cursor is None


@pytest.mark.parametrize(
    "record",
    [
        pytest.param({"conversationStart": "yesterday"}, id="not an instant"),
        pytest.param({"conversationStart": "2026-11-16T09:08:02.919"}, id="an instant without an offset"),
        pytest.param({"participants": {}}, id="another type"),
        pytest.param("no record", id="no object"),
    ],
)
def test_a_record_of_another_shape_is_unreadable(record: Any) -> None:
    page = read_records(reply({"conversations": [record]}))
    with pytest.raises(GenesysUnreadable):
        list(page.conversations)


def test_a_count_without_a_number_is_unreadable_and_not_zero() -> None:
    assert read_total(reply({"totalHits": 0})) == 0
    with pytest.raises(GenesysUnreadable, match="cannot be read"):
        read_total(reply({}))


def test_a_job_is_taken_with_202() -> None:
    assert read_submitted(reply({"jobId": "j-1"}, status=202)) == "j-1"
    with pytest.raises(GenesysRefused):
        read_submitted(reply({}, status=400))


def test_the_state_of_a_job_may_come_with_a_reason() -> None:
    assert read_status(reply({"state": "PENDING"})) == JobStatus("PENDING")
    assert read_status(reply({"state": "FAILED", "errorMessage": "why"})) == JobStatus("FAILED", "why")


@pytest.mark.parametrize("status", [200, 202, 204])
def test_a_deletion_has_nothing_to_read(status: int) -> None:
    read_nothing(reply(b"", status=status))


def test_a_deletion_that_fails_is_an_error() -> None:
    with pytest.raises(GenesysBroken):
        read_nothing(reply(b"", status=503))


def test_availability_is_an_instant_in_utc_or_unknown() -> None:
    told = read_availability(reply({"dataAvailabilityDate": "2026-11-20T12:00:00+02:00"}))
    assert told == datetime(2026, 11, 20, 10, tzinfo=UTC)
    assert read_availability(reply({})) is None
