from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.demo.centre import Centre
from bot.demo.centre_organisation import Queue
from bot.demo.centre_visits import Outcome, Visit, epoch_ms
from bot.demo.faults import DETAILS_JOBS as JOBS

BILLING = Queue.named("Billing")
SALES = Queue.named("Sales")
TEN = datetime(2026, 11, 16, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
HOURS = {"interval": "2026-11-16T10:00:00Z/2026-11-16T12:00:00Z"}
OTHERS = {"segmentFilters": [{"type": "or", "predicates": [{"dimension": "queueId", "value": SALES.id}]}]}


def call(name: str, at: timedelta = timedelta(), talk: timedelta = timedelta(minutes=1), **more: Any) -> Visit:
    details: dict[str, Any] = {"queue_id": BILLING.id, "outcome": Outcome.ANSWERED, "wait_ms": 10_000}
    details |= {"offered_ms": epoch_ms(TEN + at), "talk_ms": talk // timedelta(milliseconds=1)}
    return Visit(conversation_id=name, **details | more)


@pytest.fixture
def open_with(open_site: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """Two days later, when the data of the day is complete."""

    async def start(*visits: Visit, now: datetime = TEN + timedelta(days=2)) -> Any:
        return await open_site(Centre.of([BILLING, SALES], visits), now=now)

    return start


async def submitted(site: Any, body: Any = None) -> str:
    reply = await site.client.post(JOBS, json=HOURS | (body or {}))
    assert reply.status_code == 202, reply.text
    job_id: str = reply.json()["jobId"]
    return job_id


async def status(site: Any, job_id: str) -> Any:
    return (await site.client.get(f"{JOBS}/{job_id}")).json()


async def results(site: Any, job_id: str, **query: Any) -> Any:
    reply = await site.client.get(f"{JOBS}/{job_id}/results", params=query)
    assert reply.status_code == 200, reply.text
    return reply.json()


async def finished(site: Any, body: Any = None) -> str:
    job_id = await submitted(site, body)
    site.clock.advance(seconds=8)
    assert (await status(site, job_id))["state"] == "FULFILLED"
    return job_id


async def found(site: Any, body: Any = None) -> list[str]:
    page = await results(site, await finished(site, body))
    return [record["conversationId"] for record in page["conversations"]]


async def test_a_job_is_done_after_a_while(open_with: Callable[..., Awaitable[Any]]) -> None:
    site = await open_with(call("a"))
    job_id = await submitted(site)
    assert await status(site, job_id) == {"state": "QUEUED", "submissionDate": "2026-11-18T10:00:00.000Z"}
    assert (await status(site, job_id))["state"] == "PENDING"
    site.clock.advance(seconds=8)
    assert await status(site, job_id) == {
        "state": "FULFILLED",
        "submissionDate": "2026-11-18T10:00:00.000Z",
        "completionDate": "2026-11-18T10:00:08.000Z",
        "expirationDate": "2026-11-19T10:00:08.000Z",
    }


async def test_a_job_is_done_after_some_looks_when_the_clock_stands_still(site: Any) -> None:
    job_id = await submitted(site)
    assert [(await status(site, job_id))["state"] for _ in range(3)] == ["QUEUED", "PENDING", "FULFILLED"]


async def test_results_come_in_pages_until_there_is_no_cursor(open_with: Callable[..., Awaitable[Any]]) -> None:
    site = await open_with(*(call(f"{n}", timedelta(minutes=n)) for n in range(5)))
    job_id = await finished(site)
    pages = [await results(site, job_id, pageSize=2)]
    while "cursor" in pages[-1]:
        pages.append(await results(site, job_id, pageSize=2, cursor=pages[-1]["cursor"]))
    assert [[record["conversationId"] for record in page["conversations"]] for page in pages] == [
        ["0", "1"],
        ["2", "3"],
        ["4"],
    ]
    assert {page["dataAvailabilityDate"] for page in pages} == {"2026-11-18T04:00:00.000Z"}


async def test_a_job_without_matches_has_one_empty_page(site: Any) -> None:
    page = await results(site, await finished(site))
    assert (page["conversations"], "cursor" in page) == ([], False)


@pytest.mark.parametrize(
    ("same_day", "expected"),
    [
        pytest.param(False, ["yesterday", "morning", "within"], id="activity in the interval"),
        pytest.param(True, ["morning", "within"], id="but begun on its first day"),
    ],
)
async def test_conversations_with_activity_in_the_interval_match(
    open_with: Callable[..., Awaitable[Any]], same_day: bool, expected: list[str]
) -> None:
    site = await open_with(
        call("yesterday", -11 * HOUR, talk=12 * HOUR),
        call("morning", -1 * HOUR, talk=2 * HOUR),
        call("over before", -1 * HOUR),
        call("within"),
        call("after", 2 * HOUR),
    )
    assert await found(site, {"startOfDayIntervalMatching": same_day}) == expected


async def test_a_job_takes_filters_an_order_and_a_limit(open_with: Callable[..., Awaitable[Any]]) -> None:
    site = await open_with(call("a"), call("b", HOUR, queue_id=SALES.id), call("c", HOUR, queue_id=SALES.id))
    assert await found(site, OTHERS) == ["b", "c"]
    assert await found(site, OTHERS | {"order": "desc", "limit": 1}) == ["c"]


async def test_the_data_of_jobs_is_hours_behind(open_with: Callable[..., Awaitable[Any]]) -> None:
    site = await open_with(call("early"), call("recent", HOUR), now=TEN + timedelta(hours=1))
    site.options.jobs_behind = timedelta(minutes=59, seconds=30)
    reply = await site.client.get(f"{JOBS}/availability")
    assert reply.json() == {"dataAvailabilityDate": "2026-11-16T10:00:30.000Z"}
    page = await results(site, await finished(site))
    (record,) = page["conversations"]
    assert (record["conversationId"], "conversationEnd" in record) == ("early", False)


async def test_records_of_jobs_carry_attributes_and_those_of_queries_do_not(
    open_with: Callable[..., Awaitable[Any]],
) -> None:
    site = await open_with(call("a"))
    (by_job,) = (await results(site, await finished(site)))["conversations"]
    (by_query,) = (await site.ask(site.DETAILS, HOURS))["conversations"]
    assert by_job["participants"][0].pop("attributes")
    assert by_job == by_query


async def test_a_cancelled_job_has_no_results(site: Any) -> None:
    job_id = await submitted(site)
    assert (await site.client.delete(f"{JOBS}/{job_id}")).status_code == 204
    assert (await status(site, job_id))["state"] == "CANCELLED"
    assert (await site.client.get(f"{JOBS}/{job_id}/results")).status_code == 400


async def test_results_are_gone_in_the_end(site: Any) -> None:
    job_id = await finished(site)
    site.clock.advance(hours=24)
    await site.sign_in()
    assert (await status(site, job_id))["state"] == "EXPIRED"
    assert (await site.client.get(f"{JOBS}/{job_id}/results")).status_code == 404


async def test_only_so_many_jobs_are_at_work_at_once(site: Any) -> None:
    site.options.job_slots = 2
    first, _ = await submitted(site), await submitted(site)
    reply = await site.client.post(JOBS, json=HOURS)
    assert (reply.status_code, reply.json()["code"]) == (429, "too.many.requests.retry.after")
    assert int(reply.headers["Retry-After"]) > 0
    await site.client.delete(f"{JOBS}/{first}")
    await submitted(site)
    limits = await site.client.get("/api/v2/organizations/limits/namespaces/analytics")
    assert {limit["key"]: limit["value"] for limit in limits.json()["entities"]} == {
        "details.jobs.concurrent.access.max": 2
    }


async def test_a_job_can_fail(site: Any) -> None:
    site.faults.set("failed_job", requests=1, after=1)
    well, ill = await finished(site), await submitted(site)
    site.clock.advance(seconds=8)
    told = await status(site, ill)
    assert (told["state"], bool(told["errorMessage"])) == ("FAILED", True)
    assert (await site.client.get(f"{JOBS}/{ill}/results")).status_code == 400
    assert (await status(site, well))["state"] == "FULFILLED"


async def test_a_job_can_expire_while_it_is_read(open_with: Callable[..., Awaitable[Any]]) -> None:
    site = await open_with(call("a"), call("b"))
    site.faults.set("expired_job", requests=1)
    job_id = await finished(site)
    page = await results(site, job_id, pageSize=1)
    reply = await site.client.get(f"{JOBS}/{job_id}/results", params={"cursor": page["cursor"]})
    assert (reply.status_code, reply.json()["code"]) == (404, "not.found")
    assert (await status(site, job_id))["state"] == "EXPIRED"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param({"paging": {"pageSize": 100}}, "paging", id="there is no paging"),
        pytest.param({"aggregations": []}, "aggregations", id="there are no facets"),
        pytest.param({"interval": None}, "interval", id="no interval"),
        pytest.param({"limit": 0}, "limit", id="limit of nothing"),
        pytest.param({"startOfDayIntervalMatching": "yes"}, "startOfDay", id="a word where yes or no is meant"),
        pytest.param({"order": "up"}, "unordered", id="unknown order"),
        pytest.param({"evaluationFilters": [{}]}, "not simulated", id="evaluations"),
    ],
)
async def test_a_submission_outside_the_documented_shape_is_refused(
    site: Any, change: dict[str, Any], said: str
) -> None:
    reply = await site.client.post(JOBS, json=HOURS | change)
    assert reply.status_code == 400
    assert said in reply.json()["message"]


@pytest.mark.parametrize("query", [{"pageSize": 1001}, {"pageSize": 0}, {"pageSize": "x"}, {"cursor": "bm8"}], ids=str)
async def test_impossible_pages_of_results_are_refused(site: Any, query: dict[str, Any]) -> None:
    reply = await site.client.get(f"{JOBS}/{await finished(site)}/results", params=query)
    assert (reply.status_code, reply.json()["code"]) == (400, "invalid.query.param.value")


async def test_a_cursor_belongs_to_its_job(open_with: Callable[..., Awaitable[Any]]) -> None:
    site = await open_with(call("a"), call("b"))
    cursor = (await results(site, await finished(site), pageSize=1))["cursor"]
    reply = await site.client.get(f"{JOBS}/{await finished(site)}/results", params={"cursor": cursor})
    assert reply.status_code == 400


@pytest.mark.parametrize("path", ["", "/results"])
async def test_an_unknown_job_is_not_found(site: Any, path: str) -> None:
    assert (await site.client.get(f"{JOBS}/nothing{path}")).status_code == 404
