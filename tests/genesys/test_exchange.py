from __future__ import annotations

import asyncio
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.ids import QueueId
from bot.domain.period import Grain, Period
from bot.errors import GenesysError, GenesysTooSlow, GenesysUnreachable, GenesysUnreadable
from bot.genesys.exchange import Account, Call, Exchange, Surroundings
from bot.genesys.pace import Pace, Priority
from bot.genesys.tallies import TallyQuery

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    Virtually = Callable[[Coroutine[Any, Any, Any]], Any]

DAY = Period(
    start=datetime(2026, 11, 16, tzinfo=UTC), end=datetime(2026, 11, 17, tzinfo=UTC), zone=ZoneInfo("UTC"), name="day"
)
A = QueueId("a")


@pytest.mark.parametrize(
    ("size", "beside"),
    [
        pytest.param(1_000, False, id="a small reply is read at once"),
        pytest.param(1_000_000, True, id="a large one beside the loop"),
    ],
)
async def test_a_large_reply_does_not_hold_up_the_loop(size: int, beside: bool) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/oauth/token":
            return httpx.Response(200, json={"access_token": "t", "expires_in": 3600})
        return httpx.Response(200, content=b" " * size)

    surroundings = Surroundings(
        now=lambda: datetime.now(UTC), clock=time.monotonic, sleep=asyncio.sleep, random=lambda: 0.5
    )
    async with httpx.AsyncClient(base_url="http://genesys", transport=httpx.MockTransport(answer)) as http:
        exchange = Exchange(
            http,
            account=Account(login_url="http://genesys", client_id="id", client_secret="secret"),
            pace=Pace(clock=time.monotonic, sleep=asyncio.sleep),
            surroundings=surroundings,
            timeout=timedelta(seconds=5),
        )
        call = Call(method="GET", path="/api/v2/anything")
        read_in = await exchange.ask(call, lambda _: threading.get_ident(), Priority.PERSON)
    assert (read_in != threading.get_ident()) is beside


async def test_large_replies_are_read_one_at_a_time(in_process: Any) -> None:
    inside, most = 0, 0
    waiting = threading.Event()

    def read(_reply: Any) -> None:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        waiting.wait(0.01)
        inside -= 1

    genesys = in_process(lambda _: httpx.Response(200, content=b" " * 1_000_000))
    async with genesys.client() as client:
        call = Call(method="GET", path="/api/v2/anything")
        await asyncio.gather(*(client._exchange.ask(call, read, Priority.PERSON) for _ in range(4)))
    assert most == 1


@pytest.mark.parametrize(
    ("failure", "family"),
    [
        pytest.param(httpx.ConnectError("refused"), GenesysUnreachable, id="nobody listens"),
        pytest.param(httpx.ConnectTimeout("no route"), GenesysUnreachable, id="no answer to the connection"),
        pytest.param(httpx.ReadTimeout("silence"), GenesysTooSlow, id="no answer to the request"),
        pytest.param(httpx.RemoteProtocolError("cut"), GenesysUnreachable, id="a reply that breaks off"),
        pytest.param(httpx.ProxyError("407"), GenesysUnreachable, id="a proxy that does not let through"),
        pytest.param(httpx.DecodingError("gzip"), GenesysUnreachable, id="a body that does not unpack"),
    ],
)
def test_what_breaks_on_the_way_has_its_error(
    in_process: Any, virtually: Virtually, failure: httpx.RequestError, family: type[GenesysError]
) -> None:
    def fail(_request: httpx.Request) -> httpx.Response:
        raise failure

    async def story() -> None:
        async with in_process(fail).client() as client:
            with pytest.raises(family) as raised:
                await client.queues()
        assert raised.value.__cause__ is failure

    virtually(story())


def test_a_person_has_the_error_within_half_a_minute_of_failing_attempts(in_process: Any, virtually: Virtually) -> None:
    async def story() -> float:
        async with in_process(lambda _request: httpx.Response(503)).client() as client:
            with pytest.raises(GenesysError):
                await client.tallies(TallyQuery(thresholds={A: frozenset()}, periods=(DAY,)))
        return asyncio.get_running_loop().time()

    assert virtually(story()) < 30


def test_a_digest_outlasts_an_outage_of_a_minute(in_process: Any, virtually: Virtually) -> None:
    def back_after_a_minute(_request: httpx.Request) -> httpx.Response:
        up = asyncio.get_running_loop().time() > 60
        return httpx.Response(200, json={}) if up else httpx.Response(503)

    async def story() -> None:
        async with in_process(back_after_a_minute).client() as client:
            wanted = TallyQuery(thresholds={A: frozenset()}, periods=(DAY,))
            await client.tallies(wanted, priority=Priority.DIGEST)

    virtually(story())


def test_a_trickle_is_too_slow_even_if_every_byte_comes_in_time(in_process: Any, virtually: Virtually) -> None:
    async def trickle(_request: httpx.Request) -> httpx.Response:
        for _ in range(1000):
            await asyncio.sleep(1)
        return httpx.Response(200, json={})

    async def story() -> float:
        async with in_process(trickle).client() as client:
            with pytest.raises(GenesysTooSlow):
                await client.queues()
        return asyncio.get_running_loop().time()

    assert virtually(story()) == pytest.approx(20)


def test_six_hundred_questions_of_a_minute_stay_within_the_platform_s_limit(
    in_process: Any, virtually: Virtually
) -> None:
    async def story() -> None:
        genesys = in_process(lambda _request: httpx.Response(200, json={}))
        async with genesys.client() as client:
            periods = [
                Period(start=DAY.start + n * timedelta(minutes=1), end=DAY.end, zone=DAY.zone, name=str(n))
                for n in range(600)
            ]
            await asyncio.gather(
                *(client.tallies(TallyQuery(thresholds={A: frozenset()}, periods=(period,))) for period in periods)
            )
        times = genesys.arrived
        assert max(sum(1 for other in times if start <= other < start + 60) for start in times) <= 250

    virtually(story())


def test_the_account_does_not_print_its_secret() -> None:
    account = Account(login_url="https://login.test", client_id="id", client_secret="hush")
    assert "hush" not in repr(account)


def test_numbers_beyond_all_bounds_cannot_be_read(in_process: Any, virtually: Virtually) -> None:
    body = b"""{
        "entities": [
            {"id": "a", "mediaSettings": {"call": {"serviceLevel": {"percentage": 0.8, "durationMs": 1e300}}}}
        ],
        "results": [
            {"group": {"queueId": "a"}, "data": [{"metrics": [{"metric": "nOffered", "stats": {"count": 1e400}}]}]}
        ]
    }"""

    async def story() -> None:
        async with in_process(lambda _request: httpx.Response(200, content=body)).client() as client:
            for question in (client.queues(), client.permissions.count()):
                with pytest.raises(GenesysUnreadable):
                    await question

    virtually(story())


scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
stats = st.dictionaries(st.sampled_from(["count", "sum", "numerator", "denominator", "ratio"]), scalars)
metrics = st.lists(
    st.fixed_dictionaries(
        {}, optional={"metric": st.sampled_from(["nOffered", "tAnswered", "oServiceLevel"]) | scalars, "stats": stats}
    )
)
intervals = scalars | st.sampled_from(["2026-11-16T00:00:00.000Z/2026-11-16T01:00:00.000Z", "0001-01-01T00:00+14:00/x"])
results = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "group": scalars
            | st.fixed_dictionaries({}, optional={"queueId": scalars | st.just("a"), "mediaType": scalars}),
            "data": st.lists(
                st.fixed_dictionaries({}, optional={"interval": intervals, "metrics": metrics, "views": metrics})
            ),
        },
    )
)
replies = st.fixed_dictionaries({}, optional={"results": results | scalars, "entities": results | scalars})


@given(reply=replies, grain=st.sampled_from([None, Grain.HOUR]))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_comes_back_there_is_an_answer_or_the_documented_error(
    in_process: Any, virtually: Virtually, reply: dict[str, Any], grain: Grain | None
) -> None:
    async def story() -> None:
        async with in_process(lambda _request: httpx.Response(200, json=reply)).client() as client:
            wanted = TallyQuery(thresholds={A: frozenset({timedelta(seconds=30)})}, periods=(DAY,), grain=grain)
            outcomes = await asyncio.gather(
                client.tallies(wanted), client.queues(), client.limits(), return_exceptions=True
            )
        for outcome in outcomes:
            assert not isinstance(outcome, BaseException) or isinstance(outcome, GenesysUnreadable)

    virtually(story())
