"""What makes exports hard: data that arrives while it is read, heavy queries, troubles in the middle, personal data."""

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest

from bot.demo.centre import Centre
from bot.demo.centre_bulk import BulkCentre
from bot.demo.centre_organisation import MEDIA, Queue, WrapUpCode, WrapUpId
from bot.demo.centre_visits import Outcome, Visit, epoch_ms
from bot.demo.faults import DETAILS_JOBS, DETAILS_QUERY
from bot.demo.genesys_options import Late

BILLING = Queue.named("Billing")
DONE = WrapUpCode(id=WrapUpId("done"), name="Done")
TEN = datetime(2026, 11, 16, 10, tzinfo=UTC)
DAY = {"interval": "2026-11-16T00:00:00Z/2026-11-17T00:00:00Z"}


def call(number: int, **more: Any) -> Visit:
    details: dict[str, Any] = {"queue_id": BILLING.id, "outcome": Outcome.ANSWERED, "wait_ms": 10_000}
    details |= {"offered_ms": epoch_ms(TEN) + 60_000 * number, "talk_ms": 60_000}
    return Visit(conversation_id=f"{number:08x}-0000-4000-8000-000000000000", **details | more)


@pytest.fixture
def open_with(open_site: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def start(*visits: Visit, now: datetime = TEN + timedelta(days=7)) -> Any:
        return await open_site(Centre.of([BILLING], visits, wrap_up_codes=[DONE]), now=now)

    return start


async def page(site: Any, number: int = 1, size: int = 10, **more: Any) -> Any:
    return await site.ask(site.DETAILS, DAY | {"paging": {"pageSize": size, "pageNumber": number}} | more)


def ids(reply: Any) -> list[str]:
    return [record["conversationId"] for record in reply.get("conversations", [])]


async def test_late_conversations_appear_while_the_pages_are_read(open_with: Callable[..., Awaitable[Any]]) -> None:
    visits = [call(number) for number in range(60)]
    site = await open_with(*visits)
    site.options.late_details = Late(one_in=4, over_pages=5)
    hits = [(await page(site))["totalHits"] for _ in range(7)]
    assert hits == sorted(hits)
    assert 40 < hits[0] < hits[2] < hits[-1] == 60
    again = [await page(site, number) for number in range(1, 7)]
    assert [name for one in again for name in ids(one)] == [visit.conversation_id for visit in visits]


async def test_pages_shift_under_a_reader_when_data_arrives(open_with: Callable[..., Awaitable[Any]]) -> None:
    site = await open_with(*(call(number) for number in range(60)))
    site.options.late_details = Late(one_in=3, over_pages=6)
    read = [name for number in range(1, 8) for name in ids(await page(site, number))]
    assert len(set(read)) < len(read)
    assert len(set(read)) < 60


async def test_new_conversations_show_within_seconds(open_with: Callable[..., Awaitable[Any]]) -> None:
    site = await open_with(call(0), call(1), now=TEN + timedelta(seconds=30))
    assert (await page(site))["totalHits"] == 1
    site.clock.advance(seconds=35)
    assert (await page(site))["totalHits"] == 2


async def test_a_details_query_over_a_long_interval_can_be_too_heavy(site: Any) -> None:
    site.options.timeout_details = timedelta(hours=12)
    reply = await site.client.post(DETAILS_QUERY, json=DAY)
    assert (reply.status_code, reply.json()["code"]) == (504, "request.timeout")
    await site.ask(DETAILS_QUERY, {"interval": "2026-11-16T00:00:00Z/2026-11-16T12:00:00Z"})


async def test_a_fault_can_be_aimed_at_the_third_page(site: Any) -> None:
    site.faults.set("truncated", requests=1, after=2, prefix=DETAILS_QUERY)
    for number in (1, 2):
        await page(site, number)
    with pytest.raises(httpx.RemoteProtocolError):
        await page(site, 3)
    await page(site, 3)


async def test_a_fault_can_be_aimed_at_the_results_of_jobs(site: Any) -> None:
    site.faults.set("bad_gateway", requests=1, prefix=DETAILS_JOBS, suffix="/results")
    job_id = (await site.client.post(DETAILS_JOBS, json=DAY)).json()["jobId"]
    statuses = [(await site.client.get(f"{DETAILS_JOBS}/{job_id}")).status_code for _ in range(3)]
    reads = [(await site.client.get(f"{DETAILS_JOBS}/{job_id}/results")).status_code for _ in range(2)]
    assert (statuses, reads) == ([200, 200, 200], [502, 200])


PHONE, OURS = r"^tel:\+447700900\d{3}$", r"^tel:\+448081570\d{3}$"


@pytest.mark.parametrize(
    ("media", "direction", "known"),
    [
        pytest.param("voice", "inbound", {"ani": PHONE, "dnis": OURS}, id="who calls and what was dialled"),
        pytest.param("voice", "outbound", {"ani": OURS, "dnis": PHONE}, id="the other way round"),
        pytest.param("callback", "inbound", {"callbackUserName": r"^\w+ \S"}, id="whom to call back"),
        pytest.param("chat", "inbound", {}, id="a chat has a name only"),
        pytest.param("email", "inbound", {"addressFrom": r"@example\.com$", "addressTo": r"@example\.com$"}, id="mail"),
        pytest.param("message", "inbound", {"addressFrom": r"^\+447700900", "addressTo": r"^\+44808"}, id="text"),
    ],
)
async def test_sessions_tell_who_is_on_the_other_side(
    open_with: Callable[..., Awaitable[Any]], media: str, direction: str, known: dict[str, str]
) -> None:
    outcome = Outcome.ANSWERED if direction == "inbound" else Outcome.OUTBOUND
    site = await open_with(call(0, media=media, direction=direction, outcome=outcome))
    (record,) = (await page(site))["conversations"]
    personal = {"ani", "dnis", "addressFrom", "addressTo", "callbackUserName"}
    assert record["participants"][0]["participantName"]
    for participant in record["participants"]:
        (session,) = participant["sessions"]
        told = {name: session[name] for name in personal & session.keys()}
        assert told.keys() == known.keys()
        assert all(re.search(pattern, told[name]) for name, pattern in known.items())


async def test_some_agents_leave_a_note(open_with: Callable[..., Awaitable[Any]]) -> None:
    site = await open_with(*(call(number, wrap_up_id=DONE.id, acw_ms=1_000 + number) for number in range(12)))
    wrapped = [
        record["participants"][-1]["sessions"][0]["segments"][-1]
        for record in (await page(site, size=12))["conversations"]
    ]
    notes = {segment["wrapUpNote"] for segment in wrapped if "wrapUpNote" in segment}
    assert any(note.startswith("=") for note in notes)
    assert len(notes) < len(wrapped)


async def test_an_outbound_call_begins_with_dialling(open_with: Callable[..., Awaitable[Any]]) -> None:
    site = await open_with(call(0, direction="outbound", outcome=Outcome.OUTBOUND))
    (record,) = (await page(site))["conversations"]
    _, agent = record["participants"]
    first = agent["sessions"][0]["segments"][0]
    assert (first["segmentType"], first["segmentStart"]) == ("dialing", "2026-11-16T10:00:00.000Z")


@pytest.mark.parametrize("media", MEDIA)
async def test_a_medium_is_found_the_same_way_alone_and_among_other_conditions(
    open_site: Callable[..., Awaitable[Any]], media: str
) -> None:
    site = await open_site(Centre.demo(), now=TEN + timedelta(days=7))
    alone = [{"type": "and", "predicates": [{"dimension": "mediaType", "value": media}]}]
    among = [{"type": "and", "predicates": [*alone[0]["predicates"], {"dimension": "purpose", "operator": "exists"}]}]
    hits = [(await page(site, segmentFilters=filters))["totalHits"] for filters in (alone, among)]
    assert hits[0] == hits[1] > 0


async def test_a_bulk_centre_is_served_like_any_other(open_site: Callable[..., Awaitable[Any]]) -> None:
    centre = BulkCentre(1_000, start=date(2026, 11, 16), days=2)
    site = await open_site(centre, now=TEN + timedelta(days=7))
    told = [name for number in range(1, 52) for name in ids(await page(site, number))]
    assert told == [centre.conversation(number)[0].conversation_id for number in range(500)]
    (result,) = (await site.ask(site.AGGREGATES, DAY | {"metrics": ["nOffered"]}))["results"][:1]
    assert result["data"][0]["metrics"][0]["stats"]["count"] > 0
