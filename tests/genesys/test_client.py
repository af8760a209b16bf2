"""The client where no request is looked at."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from bot.domain.ids import QueueId
from bot.domain.period import Grain, Period
from bot.genesys.client import genesys_client
from bot.genesys.tallies import TallyQuery

if TYPE_CHECKING:
    from collections.abc import Iterator

START = datetime(2026, 11, 9, tzinfo=UTC)
WEEK = Period(start=START, end=START + timedelta(days=7), zone=ZoneInfo("UTC"), name="week")
HOURS = 7 * 24


class Noting(dict[QueueId, frozenset[timedelta]]):
    """Notes in which threads a queue was looked up."""

    def __init__(self, queues: Iterator[QueueId]) -> None:
        super().__init__((queue, frozenset()) for queue in queues)
        self.threads: set[int] = set()

    def __getitem__(self, key: QueueId) -> frozenset[timedelta]:
        self.threads.add(threading.get_ident())
        return super().__getitem__(key)


@pytest.mark.parametrize(
    ("queues", "beside"),
    [pytest.param(1, False, id="a few counts at once"), pytest.param(20, True, id="many beside the loop")],
)
async def test_adding_up_many_counts_does_not_hold_up_the_loop(queues: int, beside: bool) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/oauth/token":
            return httpx.Response(200, json={"access_token": "t", "expires_in": 3600})
        asked = json.loads(request.content)["filter"]["clauses"][0]["predicates"]
        return httpx.Response(200, json={"results": [counted(one["value"]) for one in asked]})

    wanted = Noting(QueueId(str(n)) for n in range(queues))
    async with genesys_client(
        api_url="http://genesys",
        login_url="http://genesys",
        client_id="id",
        client_secret="secret",
        now=lambda: WEEK.end + timedelta(days=1),
        transport=httpx.MockTransport(answer),
    ) as client:
        found = await client.tallies(TallyQuery(thresholds=wanted, periods=(WEEK,), grain=Grain.HOUR))
    assert sum(tally.offered for tally in found.by_period[0].values()) == queues * HOURS
    assert (threading.get_ident() not in wanted.threads) is beside


def counted(queue: str) -> dict[str, Any]:
    hours = [START + timedelta(hours=n) for n in range(HOURS)]
    metrics = [{"metric": "nOffered", "stats": {"count": 1}}]
    return {
        "group": {"queueId": queue, "mediaType": "voice"},
        "data": [
            {"interval": f"{hour.isoformat()}/{(hour + timedelta(hours=1)).isoformat()}", "metrics": metrics}
            for hour in hours
        ],
    }
