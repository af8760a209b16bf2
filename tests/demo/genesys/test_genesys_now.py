"""Live counts and records, at an instant chosen by the test."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.demo.centre import Centre
from bot.demo.centre_organisation import Agent, AgentId, Queue
from bot.demo.centre_visits import Outcome, Visit, epoch_ms

ANNA = Agent(id=AgentId("a0000000-0000-4000-8000-000000000001"), name="Anna")
BILLING, SALES = Queue.named("Billing"), Queue.named("Sales")
TEN = datetime(2026, 11, 16, 10, tzinfo=UTC)
STAFFED = Queue(id=BILLING.id, name="Billing", targets=BILLING.targets, members=(ANNA.id,))


def call(name: str, at: timedelta = timedelta(0), outcome: Outcome = Outcome.ANSWERED, **more: Any) -> Visit:
    details: dict[str, Any] = {"queue_id": BILLING.id, "wait_ms": 20_000, "alert_ms": 5_000, "talk_ms": 60_000}
    details |= {"agent_id": ANNA.id, "acw_ms": 30_000} if outcome is Outcome.ANSWERED else {"alert_ms": 0, "talk_ms": 0}
    return Visit(conversation_id=name, offered_ms=epoch_ms(TEN + at), outcome=outcome, **(details | more))


@pytest.fixture
def open_with(open_site: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """Open a platform with these visits at ten o'clock."""

    async def start(*visits: Visit, now: datetime = TEN) -> Any:
        return await open_site(Centre.of([STAFFED, SALES], visits, agents=[ANNA]), now=now)

    return start


async def observed(site: Any, *metrics: str, details: tuple[str, ...] = (), queue: Queue = BILLING) -> dict[str, Any]:
    """Rows by (medium, metric) of one queue."""
    condition = {"type": "or", "predicates": [{"dimension": "queueId", "value": queue.id}]}
    body = {"filter": condition, "metrics": metrics, "detailMetrics": details}
    reply = await site.ask(site.OBSERVATIONS, body)
    return {
        (result["group"].get("mediaType"), row["metric"], row.get("qualifier")): row
        for result in reply["results"]
        for row in result["data"]
    }


@pytest.mark.parametrize(
    ("seconds", "state"),
    [
        pytest.param(0, "oWaiting", id="the instant it is offered"),
        pytest.param(14.999, "oWaiting", id="before it rings"),
        pytest.param(15, "oAlerting", id="ringing"),
        pytest.param(20, "oInteracting", id="answered"),
        pytest.param(79.999, "oInteracting", id="last word"),
        pytest.param(80, None, id="after-call work"),
        pytest.param(-0.001, None, id="not yet"),
    ],
)
async def test_a_call_is_in_one_place_at_a_time(
    open_with: Callable[..., Awaitable[Any]], seconds: float, state: str | None
) -> None:
    site = await open_with(call("a"), now=TEN + timedelta(seconds=seconds))
    states = ("oWaiting", "oAlerting", "oInteracting")
    rows = await observed(site, *states)
    assert {name: rows["voice", name, None]["stats"]["count"] for name in states} == {
        name: int(name == state) for name in states
    }


async def test_idle_media_are_explicit_zeros(open_with: Callable[..., Awaitable[Any]]) -> None:
    rows = await observed(await open_with(), "oWaiting", "oInteracting", queue=SALES)
    assert {media for media, _, _ in rows} == {"voice", "callback", "chat", "email", "message", "video"}
    assert {row["stats"]["count"] for row in rows.values()} == {0}
    assert ("video", "oWaiting", None) not in rows


async def test_people_are_a_group_without_a_medium(open_with: Callable[..., Awaitable[Any]]) -> None:
    site = await open_with(call("a"), now=TEN + timedelta(seconds=30))
    rows = await observed(site, "oMemberUsers", "oOnQueueUsers", "oUserRoutingStatuses")
    assert {(media, name, qualifier): row["stats"]["count"] for (media, name, qualifier), row in rows.items()} == {
        (None, "oMemberUsers", None): 1,
        (None, "oOnQueueUsers", "INTERACTING"): 1,
        (None, "oUserRoutingStatuses", "INTERACTING"): 1,
    }


async def test_details_are_oldest_first_and_keep_both_ends(open_with: Callable[..., Awaitable[Any]]) -> None:
    waiting = [call(f"{n}", timedelta(seconds=n), Outcome.ABANDONED, wait_ms=3_600_000) for n in range(130)]
    site = await open_with(*waiting, now=TEN + timedelta(minutes=30))
    row = (await observed(site, "oWaiting", "oLongestWaiting", details=("oWaiting",)))["voice", "oWaiting", None]
    assert row["stats"]["count"] == 130
    assert row["truncated"] is True
    shown = [observation["conversationId"] for observation in row["observations"]]
    assert shown == [str(n) for n in (*range(50), *range(80, 130))]
    assert row["observations"][0]["observationDate"] == "2026-11-16T10:00:00.000Z"


async def test_the_longest_wait_is_an_epoch(open_with: Callable[..., Awaitable[Any]]) -> None:
    site = await open_with(call("a"), call("b", timedelta(seconds=2)), now=TEN + timedelta(seconds=3))
    rows = await observed(site, "oLongestWaiting")
    assert rows["voice", "oLongestWaiting", None]["stats"] == {"calculatedMetricValue": epoch_ms(TEN)}


async def test_foreign_and_removed_queues_yield_nothing(open_with: Callable[..., Awaitable[Any]]) -> None:
    site = await open_with()
    site.centre.remove(BILLING.id)
    assert await observed(site, "oWaiting") == {}
    assert await observed(site, "oWaiting", queue=Queue.named("Elsewhere")) == {}


async def test_the_estimate_is_the_mean_of_recent_waits(open_with: Callable[..., Awaitable[Any]]) -> None:
    site = await open_with(call("a", wait_ms=10_000), call("b", wait_ms=50_000), now=TEN + timedelta(minutes=5))
    path = f"/api/v2/routing/queues/{BILLING.id}/mediatypes/{{}}/estimatedwaittime"
    assert (await site.client.get(path.format("call"))).json()["results"] == [
        {"intent": "CALL", "formula": "BEST", "estimatedWaitTimeSeconds": 30}
    ]
    assert (await site.client.get(path.format("chat"))).json() == {"results": []}
    assert (await site.client.get(path.format("voice"))).status_code == 400


DAY = {"interval": "2026-11-16T12:00:00Z/2026-11-16T13:00:00Z"}


async def test_a_record_matches_by_its_start_day(open_with: Callable[..., Awaitable[Any]]) -> None:
    midnight, moment = timedelta(hours=-10), timedelta(milliseconds=1)
    day = {"first": midnight, "last": midnight + timedelta(days=1) - moment}
    around = {"before": midnight - moment, "after": midnight + timedelta(days=1)}
    site = await open_with(*(call(name, at) for name, at in (day | around).items()), now=TEN + timedelta(days=2))
    reply = await site.ask(site.DETAILS, DAY)
    assert (reply["totalHits"], [c["conversationId"] for c in reply["conversations"]]) == (2, ["first", "last"])


async def test_a_transfer_is_one_record_with_two_queues(open_with: Callable[..., Awaitable[Any]]) -> None:
    first = call("a", transfer="blind")
    second = call("a", timedelta(seconds=80), queue_id=SALES.id)
    site = await open_with(first, second, now=TEN + timedelta(hours=3))
    (record,) = (await site.ask(site.DETAILS, DAY))["conversations"]
    assert [p["purpose"] for p in record["participants"]] == ["customer", "acd", "agent", "acd", "agent"]
    assert [p["participantName"] for p in record["participants"] if p["purpose"] == "acd"] == ["Billing", "Sales"]
    agent = record["participants"][2]
    assert agent["userId"] == ANNA.id
    metrics = {metric["name"]: metric["value"] for metric in agent["sessions"][0]["metrics"]}
    assert metrics["tAnswered"] == 20_000
    assert metrics["tHandle"] == 90_000
    assert metrics["nBlindTransferred"] == 1


async def test_an_open_conversation_has_no_end(open_with: Callable[..., Awaitable[Any]]) -> None:
    site = await open_with(call("a"), now=TEN + timedelta(seconds=30))
    (record,) = (await site.ask(site.DETAILS, DAY))["conversations"]
    assert "conversationEnd" not in record
    ended = [{"type": "and", "predicates": [{"dimension": "conversationEnd", "operator": "exists"}]}]
    assert await site.ask(site.DETAILS, DAY | {"conversationFilters": ended}) == {"totalHits": 0}
    site.clock.advance(minutes=5)
    assert (await site.ask(site.DETAILS, DAY | {"conversationFilters": ended}))["totalHits"] == 1


@pytest.mark.parametrize(("bounds", "hits"), [({"lte": 20_000}, 1), ({"lt": 20_000}, 0), ({"gt": 20_000}, 1)])
async def test_records_can_be_chosen_by_wait(
    open_with: Callable[..., Awaitable[Any]], bounds: dict[str, int], hits: int
) -> None:
    site = await open_with(call("a"), call("b", wait_ms=30_000), now=TEN + timedelta(hours=3))
    chosen = [{"type": "and", "predicates": [{"type": "metric", "metric": "tAnswered", "range": bounds}]}]
    assert (await site.ask(site.DETAILS, DAY | {"conversationFilters": chosen}))["totalHits"] == hits


async def test_past_the_end_there_are_no_conversations(open_with: Callable[..., Awaitable[Any]]) -> None:
    visits = [call(f"{n}", timedelta(minutes=n)) for n in range(5)]
    site = await open_with(*visits, now=TEN + timedelta(hours=3))
    pages = [await site.ask(site.DETAILS, DAY | {"paging": {"pageSize": 2, "pageNumber": n}}) for n in (1, 3, 4)]
    assert [[c["conversationId"] for c in page.get("conversations", [])] for page in pages] == [["0", "1"], ["4"], []]
    assert "conversations" not in pages[-1]
    backwards = await site.ask(site.DETAILS, DAY | {"order": "desc"})
    assert [c["conversationId"] for c in backwards["conversations"]] == ["4", "3", "2", "1", "0"]


async def test_pages_may_overlap_and_totals_move_while_data_arrives(open_with: Callable[..., Awaitable[Any]]) -> None:
    site = await open_with(*(call(f"{n}", timedelta(minutes=n)) for n in range(5)), now=TEN + timedelta(hours=3))
    site.options.restless_details = True
    pages = [await site.ask(site.DETAILS, DAY | {"paging": {"pageSize": 3, "pageNumber": n}}) for n in (1, 2)]
    assert [[c["conversationId"] for c in page["conversations"]] for page in pages] == [
        ["0", "1", "2"],
        ["2", "3", "4"],
    ]
    assert len({page["totalHits"] for page in pages}) == 2
