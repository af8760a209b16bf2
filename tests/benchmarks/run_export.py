"""One export in a process of its own, so that memory and delays are the export's. Reads and prints a line of JSON.

The line tells how to reach the platform, by the names of the bot's settings, and `start`, `days`, `folder`. With
`throw_away` the same pages are fetched and thrown away. The files are there until standard input ends.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import httpx
import msgspec
import structlog

from bot.domain.dimensions import Dimension
from bot.domain.exports import FileFormat
from bot.domain.period import Period
from bot.domain.questions import ConversationsQuestion
from bot.domain.sla import Switches
from bot.genesys.client import genesys_client
from bot.genesys.details import DetailsQuery
from bot.genesys.directory import QueueDirectory
from bot.genesys.pace import MOST_SLOW
from bot.genesys.people import People
from bot.genesys.wire_account import TOKEN_PATH
from bot.genesys.wire_details import (
    JOBS_PATH,
    PAGE_SIZE,
    QUERY_PATH,
    job_body,
    job_path,
    query_body,
    results_path,
    results_query,
)
from bot.usecases.ask import Ask
from bot.usecases.export import Exporting

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.genesys.details import DetailsSlice

UNHURRIED = 1_000_000
"""Requests a minute: the pace of a real account would be all there is to measure."""
RECORD = b'"conversationId"'
TICK = 0.005
"""Seconds between two looks at the event loop."""


class _Cursor(msgspec.Struct):
    cursor: str | None = None


def utc_now() -> datetime:
    return datetime.now(UTC)


def resident_mib(what: str) -> float:
    """`VmRSS` of now, `VmHWM` of the peak."""
    found = re.search(rf"{what}:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="utf-8"))
    assert found
    return int(found[1]) / 1024


async def shortly(seconds: float) -> None:
    """The time that jobs take is the platform's, and would flatter whoever is compared."""
    await asyncio.sleep(min(seconds, 0.1))


@asynccontextmanager
async def delays() -> AsyncIterator[list[float]]:
    """Milliseconds by which the event loop was late, one for each tick."""
    late: list[float] = []

    async def tick() -> None:
        while True:
            due = time.perf_counter() + TICK
            await asyncio.sleep(TICK)
            late.append((time.perf_counter() - due) * 1000)

    ticking = asyncio.create_task(tick())
    try:
        yield late
    finally:
        ticking.cancel()


async def export(order: dict[str, Any], period: Period) -> None:
    async with genesys_client(
        api_url=order["GENESYS_API_URL"],
        login_url=order["GENESYS_LOGIN_URL"],
        client_id=order["GENESYS_CLIENT_ID"],
        client_secret=order["GENESYS_CLIENT_SECRET"],
        now=utc_now,
        sleep=shortly,
        requests_per_minute=UNHURRIED,
    ) as client:
        people = People(client, now=utc_now)
        directory = QueueDirectory(client.queues, now=utc_now, sleep=asyncio.sleep, random=lambda: 0.5)
        ask = Ask(directory, client, people=people, switches=Switches(), choices=None, now=utc_now)
        exporting = Exporting(ask, client.conversations, people, now=utc_now, folder=Path(order["folder"]))
        queues = await directory.snapshot()
        question = ConversationsQuestion(queues=(), period=period, by=(Dimension.QUEUE,))
        if order.get("throw_away"):
            query = DetailsQuery(queues=tuple(queue.id for queue in queues), start=period.start, end=period.end)
            began = time.perf_counter()
            thrown = await throw_away(order, await client.conversations.plan(query))
            print(json.dumps({"seconds": time.perf_counter() - began, "conversations": thrown}), flush=True)
            return
        idle = resident_mib("VmRSS")
        began = time.perf_counter()
        async with (
            delays() as late,
            exporting.export(question, FileFormat.CSV, asked="conversations", on_progress=lambda _: None) as made,
        ):
            told = {
                "seconds": time.perf_counter() - began,
                "idle": idle,
                "peak": resident_mib("VmHWM"),
                "late": sorted(late),
                "conversations": made.fetched.conversations,
                "rows": made.fetched.rows,
                "duplicates": made.fetched.duplicates,
                "missing": made.fetched.missing,
                "path": str(made.files[0].path),
            }
            print(json.dumps(told), flush=True)
            await asyncio.to_thread(sys.stdin.read)


async def throw_away(order: dict[str, Any], slices: tuple[DetailsSlice, ...]) -> int:
    """Conversations on all pages of the slices, as many at once as an export has under way."""
    secret = (order["GENESYS_CLIENT_ID"], order["GENESYS_CLIENT_SECRET"])
    left = list(reversed(slices))
    thrown = 0
    hooks = {"response": [refused]}
    async with httpx.AsyncClient(base_url=order["GENESYS_API_URL"], timeout=60, event_hooks=hooks) as http:
        token = await http.post(TOKEN_PATH, auth=secret, data={"grant_type": "client_credentials"})
        http.headers["Authorization"] = f"Bearer {token.json()['access_token']}"

        async def worker() -> None:
            nonlocal thrown
            while left:
                piece = left.pop()
                found = await (one_job(http, piece) if piece.by_job else one_query(http, piece))
                thrown += found

        await asyncio.gather(*(worker() for _ in range(MOST_SLOW)))
    return thrown


async def refused(response: httpx.Response) -> None:
    response.raise_for_status()


async def one_job(http: httpx.AsyncClient, piece: DetailsSlice) -> int:
    job = (await http.post(JOBS_PATH, json=job_body(piece))).json()["jobId"]
    while (await http.get(job_path(job))).json()["state"] != "FULFILLED":
        await shortly(3)
    thrown, cursor = 0, None
    while True:
        page = await http.get(results_path(job), params=results_query(cursor))
        thrown += page.content.count(RECORD)
        cursor = msgspec.json.decode(page.content, type=_Cursor).cursor
        if cursor is None:
            return thrown


async def one_query(http: httpx.AsyncClient, piece: DetailsSlice) -> int:
    thrown = 0
    for number in range(1, -(-piece.expected // PAGE_SIZE) + 1):
        page = await http.post(QUERY_PATH, json=query_body(piece, number=number))
        thrown += page.content.count(RECORD)
    return thrown


async def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    order = json.loads(sys.stdin.readline())
    start = datetime.fromisoformat(order["start"]).replace(tzinfo=UTC)
    end = start + timedelta(days=order["days"])
    await export(order, Period(start=start, end=end, zone=ZoneInfo("UTC"), name="a month"))


asyncio.run(main())
