"""What goes wrong on a real connection: the right answer or the clear error, and the right number of calls."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
import structlog
from aiohttp import web

from bot.domain.ids import QueueId
from bot.domain.period import Period
from bot.domain.queues import Media
from bot.errors import (
    GenesysBadCredentials,
    GenesysBroken,
    GenesysError,
    GenesysForbidden,
    GenesysLimited,
    GenesysRefused,
    GenesysTooSlow,
    GenesysUnreachable,
    GenesysUnreadable,
)
from bot.genesys.pace import Priority
from bot.genesys.tallies import Tallies, TallyKey, TallyQuery

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Act = Callable[[web.Request], Awaitable[web.StreamResponse]]

TOKEN = "/oauth/token"
AGGREGATES = "/api/v2/analytics/conversations/aggregates/query"
QUEUES = "/api/v2/routing/queues"
LIMITS = "/api/v2/organizations/limits/namespaces/platform.api"

A, B = QueueId("a"), QueueId("b")
PERSON, DIGEST = Priority.PERSON, Priority.DIGEST
UTC_ZONE = ZoneInfo("UTC")
HOUR = Period(
    start=datetime(2026, 11, 16, 10, tzinfo=UTC), end=datetime(2026, 11, 16, 11, tzinfo=UTC), zone=UTC_ZONE, name="hour"
)
DAY = Period(
    start=datetime(2026, 11, 16, tzinfo=UTC), end=datetime(2026, 11, 17, tzinfo=UTC), zone=UTC_ZONE, name="day"
)
THIRTY = timedelta(seconds=30)


def ask(*queues: QueueId, period: Period = HOUR) -> TallyQuery:
    return TallyQuery(thresholds={queue: frozenset({THIRTY}) for queue in queues}, periods=(period,))


def answered(tallies: Tallies, queue: QueueId = A) -> int:
    return tallies.by_period[0][TallyKey(queue, Media.VOICE, None)].answered


async def seven_each(request: web.Request) -> web.Response:
    """Each queue of the request answered seven calls."""
    body = await request.json()
    queues = [predicate["value"] for predicate in body["filter"]["clauses"][0]["predicates"]]
    metrics = [{"metric": "tAnswered", "stats": {"count": 7}}]
    return web.json_response(
        {
            "results": [
                {"group": {"queueId": q, "mediaType": "voice"}, "data": [{"interval": "", "metrics": metrics}]}
                for q in queues
            ]
        }
    )


def status(code: int, **headers: str) -> Act:
    async def act(_request: web.Request) -> web.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        body = {"message": "as scripted", "code": "scripted", "status": code, "contextId": "context-1"}
        return web.json_response(body, status=code, headers=named)

    return act


def text(content: str, content_type: str = "text/html") -> Act:
    async def act(_request: web.Request) -> web.Response:
        return web.Response(text=content, content_type=content_type)

    return act


async def drop(request: web.Request) -> web.Response:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def cut_short(request: web.Request) -> web.StreamResponse:
    """The first half of a whole answer, then nothing."""
    whole = (await seven_each(request)).body
    assert isinstance(whole, bytes)
    reply = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": str(len(whole))})
    await reply.prepare(request)
    await reply.write(whole[: len(whole) // 2])
    assert request.transport is not None
    request.transport.close()
    return reply


HTML = text("<html>Sign in to the guest network</html>")
HALF_JSON = text('{"results": [{"group": {"queueId": "a", "media', "application/json")


@pytest.mark.parametrize(
    ("fault", "priority", "waits"),
    [
        pytest.param(drop, PERSON, [3], id="the connection drops"),
        pytest.param(cut_short, PERSON, [3], id="the body is cut short"),
        pytest.param(HTML, PERSON, [3], id="a proxy answers with a page"),
        pytest.param(HALF_JSON, PERSON, [3], id="half of the JSON"),
        pytest.param(status(500), PERSON, [3], id="500"),
        pytest.param(status(502), PERSON, [3], id="502"),
        pytest.param(status(503), PERSON, [3], id="503"),
        pytest.param(status(504), PERSON, [3], id="504 for what cannot be split"),
        pytest.param(status(429, Retry_After="7"), PERSON, [7.5], id="429 that says when"),
        pytest.param(status(429), PERSON, [3.5], id="429 that does not"),
        pytest.param(status(429, Retry_After="170"), DIGEST, [170.5], id="429 a digest waits out"),
    ],
)
async def test_a_fault_that_passes_costs_a_wait_and_a_second_call(
    script: Any, fault: Act, priority: Priority, waits: list[float]
) -> None:
    script.play(AGGREGATES, fault, seven_each)
    async with script.client() as client:
        tallies = await client.tallies(ask(A), priority=priority)
    assert answered(tallies) == 7
    assert script.count(AGGREGATES) == 2
    assert script.long_waits[:1] == waits


@pytest.mark.parametrize(
    ("fault", "priority", "error", "calls"),
    [
        pytest.param(drop, PERSON, GenesysUnreachable, 3, id="the connection keeps dropping"),
        pytest.param(drop, DIGEST, GenesysUnreachable, 6, id="a digest tries longer"),
        pytest.param(cut_short, PERSON, GenesysUnreachable, 3, id="every body is cut short"),
        pytest.param(HTML, DIGEST, GenesysUnreadable, 2, id="a proxy stays in the way"),
        pytest.param(HALF_JSON, DIGEST, GenesysUnreadable, 2, id="always half of the JSON"),
        pytest.param(status(500), DIGEST, GenesysBroken, 2, id="500 is repeated once"),
        pytest.param(status(502), PERSON, GenesysBroken, 3, id="502 stays"),
        pytest.param(status(503), DIGEST, GenesysBroken, 6, id="503 stays for long"),
        pytest.param(status(429, Retry_After="61"), PERSON, GenesysLimited, 1, id="longer than a person waits"),
        pytest.param(status(429, Retry_After="7200"), DIGEST, GenesysLimited, 1, id="a daily limit"),
        pytest.param(status(400), DIGEST, GenesysRefused, 1, id="400"),
        pytest.param(status(403), DIGEST, GenesysForbidden, 1, id="403"),
        pytest.param(status(404), DIGEST, GenesysRefused, 1, id="404"),
        pytest.param(status(413), DIGEST, GenesysRefused, 1, id="413"),
        pytest.param(status(415), DIGEST, GenesysRefused, 1, id="415"),
        pytest.param(status(302, Location="/elsewhere"), DIGEST, GenesysRefused, 1, id="a redirect is not followed"),
    ],
)
async def test_a_fault_that_stays_is_a_clear_error(
    script: Any, fault: Act, priority: Priority, error: type[GenesysError], calls: int
) -> None:
    script.play(AGGREGATES, fault)
    async with script.client() as client:
        with pytest.raises(error):
            await client.tallies(ask(A), priority=priority)
    assert script.count(AGGREGATES) == calls


async def test_the_error_carries_the_platform_s_reference(script: Any) -> None:
    script.play(AGGREGATES, status(400, ININ_Correlation_Id="abc-1"))
    async with script.client() as client:
        with pytest.raises(GenesysRefused) as raised:
            await client.tallies(ask(A))
    assert raised.value.correlation_id == "abc-1"


async def test_the_error_keeps_its_cause_for_the_log(script: Any) -> None:
    script.play(AGGREGATES, drop)
    async with script.client() as client:
        with pytest.raises(GenesysUnreachable) as raised:
            await client.tallies(ask(A))
    assert type(raised.value.__cause__).__module__ == "httpx"


async def test_a_refusal_says_when_to_come_back(script: Any) -> None:
    script.play(AGGREGATES, status(429, Retry_After="90"))
    async with script.client() as client:
        with pytest.raises(GenesysLimited) as raised:
            await client.tallies(ask(A))
        assert raised.value.remedy == "Try again in 90 s."
        script.seconds += 60
        with pytest.raises(GenesysLimited) as raised:
            await client.tallies(ask(B, period=DAY))
    assert raised.value.retry_after == timedelta(seconds=90)
    assert script.count(AGGREGATES) == 2


async def test_who_comes_during_a_long_refusal_is_told_without_a_call(script: Any) -> None:
    script.play(AGGREGATES, status(429, Retry_After="90"))
    script.play(QUEUES, status(200))
    async with script.client() as client:
        with pytest.raises(GenesysLimited):
            await client.tallies(ask(A))
        with pytest.raises(GenesysLimited):
            await client.queues()
    assert script.count(QUEUES) == 0


async def test_a_reply_that_does_not_come_is_too_slow(script: Any) -> None:
    async def hang(_request: web.Request) -> web.Response:
        await script.over.wait()
        return web.Response()

    script.play(AGGREGATES, hang)
    async with script.client(timeout=timedelta(milliseconds=100)) as client:
        with pytest.raises(GenesysTooSlow, match="took too long"):
            await client.tallies(ask(A))
        script.over.set()
    assert script.count(AGGREGATES) == 3


@pytest.mark.parametrize(
    ("priority", "calls"),
    [
        pytest.param(PERSON, 1, id="a person has waited long enough"),
        pytest.param(DIGEST, 3, id="a digest asks for the parts"),
    ],
)
async def test_a_query_that_outlasts_our_own_patience(script: Any, priority: Priority, calls: int) -> None:
    async def hang_over_a_whole_day(request: web.Request) -> web.StreamResponse:
        whole = (await request.json())["interval"].endswith("2026-11-16T00:00:00.000Z/2026-11-17T00:00:00.000Z")
        if whole:
            await script.over.wait()
        return await seven_each(request)

    script.play(AGGREGATES, hang_over_a_whole_day)
    async with script.client(timeout=timedelta(milliseconds=200)) as client:
        asked = asyncio.create_task(client.tallies(ask(A, period=DAY), priority=priority))
        await asyncio.wait([asked])
        script.over.set()
    assert script.count(AGGREGATES) == calls
    if priority is PERSON:
        assert isinstance(asked.exception(), GenesysTooSlow)
    else:
        assert answered(asked.result()) == 14


async def test_nobody_at_the_address_is_unreachable(script: Any, unused_tcp_port: int) -> None:
    async with script.client(api_url=f"http://127.0.0.1:{unused_tcp_port}") as client:
        with pytest.raises(GenesysUnreachable) as raised:
            await client.queues()
    assert raised.value.__cause__ is not None


async def test_a_query_too_heavy_is_asked_in_two_parts_at_once(script: Any) -> None:
    script.play(AGGREGATES, status(504), seven_each)
    async with script.client() as client:
        tallies = await client.tallies(ask(A, B))
    assert (answered(tallies, A), answered(tallies, B)) == (7, 7)
    assert script.count(AGGREGATES) == 3
    assert script.long_waits == []


async def test_a_day_too_heavy_is_asked_in_two_halves_that_add_up(script: Any) -> None:
    script.play(AGGREGATES, status(504), seven_each)
    async with script.client() as client:
        tallies = await client.tallies(ask(A, period=DAY))
    assert answered(tallies) == 14
    assert [body["interval"] for body in script.bodies[1:]] == [
        "2026-11-16T00:00:00.000Z/2026-11-16T12:00:00.000Z",
        "2026-11-16T12:00:00.000Z/2026-11-17T00:00:00.000Z",
    ]


async def test_half_an_answer_is_never_given(script: Any) -> None:
    script.play(AGGREGATES, status(504), seven_each, status(400))
    async with script.client() as client:
        with pytest.raises(GenesysRefused):
            await client.tallies(ask(A, period=DAY))


async def test_a_token_that_ends_in_mid_flight_is_renewed_once_and_the_call_repeated(script: Any) -> None:
    script.play(AGGREGATES, seven_each, status(401), seven_each)
    async with script.client() as client:
        await client.tallies(ask(A))
        tallies = await client.tallies(ask(B))
    assert answered(tallies, B) == 7
    assert script.tokens_seen == ["Bearer token-1", "Bearer token-1", "Bearer token-2"]
    assert script.long_waits == []


async def test_many_who_find_the_token_ended_renew_it_together(script: Any) -> None:
    async def only_new_tokens(request: web.Request) -> web.StreamResponse:
        old = request.headers["Authorization"] == "Bearer token-1"
        return await (status(401)(request) if old else seven_each(request))

    script.play(AGGREGATES, only_new_tokens)
    periods = [
        Period(start=DAY.start + n * timedelta(hours=1), end=DAY.end, zone=UTC_ZONE, name=str(n)) for n in range(5)
    ]
    async with script.client() as client:
        answers = await asyncio.gather(*(client.tallies(ask(A, period=period)) for period in periods))
    assert [answered(tallies) for tallies in answers] == [7] * 5
    assert script.count(TOKEN) == 2


async def test_a_fresh_token_refused_is_bad_credentials(script: Any) -> None:
    script.play(AGGREGATES, status(401))
    async with script.client() as client:
        with pytest.raises(GenesysBadCredentials):
            await client.tallies(ask(A))
    assert (script.count(AGGREGATES), script.count(TOKEN)) == (2, 2)


@pytest.mark.parametrize("code", [400, 401])
async def test_a_refused_secret_is_asked_once(script: Any, code: int) -> None:
    script.play(TOKEN, status(code))
    async with script.client() as client:
        with pytest.raises(GenesysBadCredentials):
            await client.verify()
    assert script.count(TOKEN) == 1


async def test_a_login_host_that_stumbles_is_asked_again(script: Any) -> None:
    async def token(_request: web.Request) -> web.Response:
        return web.json_response({"access_token": "t", "token_type": "bearer", "expires_in": 300})

    script.play(TOKEN, status(503), token)
    async with script.client() as client:
        await client.verify()
    assert script.count(TOKEN) == 2


async def test_the_secret_travels_in_the_header_and_only_the_grant_in_the_form(script: Any) -> None:
    seen: list[tuple[str, str]] = []

    async def token(request: web.Request) -> web.Response:
        seen.append((request.headers["Authorization"], await request.text()))
        return web.json_response({"access_token": "t", "token_type": "bearer", "expires_in": 300})

    script.play(TOKEN, token)
    async with script.client() as client:
        await client.verify()
    assert seen == [("Basic aWQ6c2VjcmV0", "grant_type=client_credentials")]


def page(number: int, pages: int, *names: str) -> Act:
    async def act(request: web.Request) -> web.Response:
        assert request.query["pageNumber"] == str(number)
        return web.json_response(
            {"entities": [{"id": name, "name": name} for name in names], "pageNumber": number, "pageCount": pages}
        )

    return act


@pytest.mark.parametrize(
    ("pages", "names"),
    [
        pytest.param([page(1, 1, "a", "b")], ["a", "b"], id="one page"),
        pytest.param([page(1, 3, "a"), page(2, 3, "b"), page(3, 3, "c")], ["a", "b", "c"], id="three pages"),
        pytest.param([page(1, 2, "a", "b"), page(2, 2, "b", "c")], ["a", "b", "c"], id="one that moved between pages"),
        pytest.param([page(1, 9, "a"), page(2, 9)], ["a"], id="an empty page is the end"),
        pytest.param([page(1, 0)], [], id="no queues"),
    ],
)
async def test_the_listing_is_read_to_its_end(script: Any, pages: list[Act], names: list[str]) -> None:
    script.play(QUEUES, *pages)
    async with script.client() as client:
        assert [queue.name for queue in await client.queues()] == names
    assert script.count(QUEUES) == len(pages)


async def test_a_listing_with_a_page_missing_is_no_listing(script: Any) -> None:
    script.play(QUEUES, page(1, 2, "a"), status(403))
    async with script.client() as client:
        with pytest.raises(GenesysForbidden):
            await client.queues()


async def test_a_listing_without_end_is_not_read_for_ever(script: Any) -> None:
    async def more(request: web.Request) -> web.Response:
        name = request.query["pageNumber"]
        return web.json_response({"entities": [{"id": name, "name": name}], "pageCount": 10**6})

    script.play(QUEUES, more)
    async with script.client() as client:
        with pytest.raises(GenesysUnreadable):
            await client.queues()
    assert script.count(QUEUES) == 200


async def test_the_pace_follows_the_published_limit(script: Any) -> None:
    async def limits(_request: web.Request) -> web.Response:
        key = "client.credentials.token.rate.per.minute"
        return web.json_response({"entities": [{"namespace": "platform.api", "key": key, "value": 75}]})

    script.play(LIMITS, limits)
    script.play(QUEUES, page(1, 1, "a"))
    async with script.client() as client:
        assert await client.limits() == {"client.credentials.token.rate.per.minute": 75}
        for _ in range(12):
            await client.queues()
    assert script.waits == pytest.approx([1.0, 1.0, 1.0], abs=0.01)


async def test_the_log_names_the_call_and_never_the_token_or_the_body(script: Any) -> None:
    script.play(AGGREGATES, status(503, ININ_Correlation_Id="abc-1"), seven_each)
    with structlog.testing.capture_logs() as entries:
        async with script.client() as client:
            await client.tallies(ask(A))
    failed, worked = (entry for entry in entries if entry["path"] == AGGREGATES)
    assert (failed["method"], failed["status"], failed["attempt"], failed["correlation_id"]) == (
        "POST",
        503,
        1,
        "abc-1",
    )
    assert (worked["status"], worked["attempt"], worked["log_level"]) == (200, 2, "info")
    assert all(word not in str(entries) for word in ("token-1", "secret", "queueId"))
