"""The official SDK's models judge every body that is sent: unknown fields and values fail."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import PureCloudPlatformClientV2 as sdk  # noqa: N813  a package name nobody wants to repeat
import pytest
from aiohttp import web

from bot.domain.ids import AgentId, QueueId
from bot.domain.period import Grain, Period
from bot.genesys.tallies import APART, TallyQuery
from bot.genesys.wire_observations import observations_body
from bot.genesys.wire_people import USERS_PATH, WRAP_UPS_PATH
from tests.official_client import is_dimension, is_metric, judge_aggregates, judge_observations, judged

if TYPE_CHECKING:
    from bot.domain.dimensions import Dimension

BERLIN = ZoneInfo("Europe/Berlin")
QUEUES = tuple(QueueId(f"queue-{n}") for n in range(150))


def day(number: int) -> datetime:
    return datetime(2026, 10, number, tzinfo=BERLIN).astimezone(UTC)


def period(first: int, last: int) -> Period:
    return Period(start=day(first), end=day(last), zone=BERLIN, name="any")


@pytest.mark.parametrize("grain", [None, *Grain])
@pytest.mark.parametrize("periods", [(period(19, 26),), (period(19, 26), period(12, 19)), (period(8, 9), period(1, 2))])
@pytest.mark.parametrize("thresholds", [0, 1, 12])
@pytest.mark.parametrize(("times", "by"), [(False, frozenset()), (True, APART)])
async def test_every_body_is_one_the_official_client_would_send(
    in_process: Any,
    tiny_centre: Any,
    periods: tuple[Period, ...],
    grain: Grain | None,
    thresholds: int,
    times: bool,
    by: frozenset[Dimension],
) -> None:
    within = frozenset(timedelta(seconds=n + 1) for n in range(thresholds))
    wanted = TallyQuery(thresholds=dict.fromkeys(QUEUES, within), periods=periods, grain=grain, times=times, by=by)
    genesys = in_process(tiny_centre([]))
    async with genesys.client() as client:
        await client.tallies(wanted)
        await client.permissions.count()
    assert genesys.bodies
    for body in genesys.bodies:
        judge_aggregates(body)


@pytest.mark.parametrize("queues", [1, 100])
def test_every_body_about_this_minute_is_one_the_official_client_would_send(queues: int) -> None:
    judge_observations(observations_body(QUEUES[:queues]))


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # the official client leaves its connections open
async def test_names_are_asked_for_as_the_official_client_asks(script: Any) -> None:
    asked: list[tuple[str, dict[str, str]]] = []

    async def note(request: web.Request) -> web.Response:
        asked.append((request.path, dict(request.query)))
        return web.json_response({"entities": []})

    script.play(USERS_PATH, note)
    script.play(WRAP_UPS_PATH, note)
    ids = [AgentId("a-1"), AgentId("a-2")]
    async with script.client() as client:
        assert await client.agents(ids) == {}
        assert await client.wrap_up_codes() == {}
    ours = asked[:]
    asked.clear()
    official = sdk.ApiClient(host=script.url)
    users, routing = sdk.UsersApi(official), sdk.RoutingApi(official)
    await asyncio.to_thread(users.get_users, id=ids, state="any", page_number=1, page_size=100)
    await asyncio.to_thread(
        routing.get_routing_wrapupcodes, page_number=1, page_size=100, sort_by="id", sort_order="ascending"
    )
    assert ours == asked


def test_the_judge_knows_what_is_wrong() -> None:
    with pytest.raises(AssertionError, match="no such field"):
        judged("ConversationAggregationQuery", {"interval": "", "pageSize": 25})
    with pytest.raises(AssertionError, match="cannot be in"):
        judged("ConversationAggregateQueryPredicate", {"dimension": "queueId", "operator": "in"})
    with pytest.raises(AssertionError, match="cannot be asked"):
        judge_observations(observations_body(QUEUES[:1]) | {"metrics": ["oQueueing"]})
    assert not is_metric("nAnswered")
    assert not is_dimension("queue")
