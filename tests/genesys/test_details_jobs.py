"""Conversations by job: submitted once, waited for, read by cursor, and never left behind."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import pytest

from bot.errors import GenesysBadCredentials
from bot.genesys import details_jobs
from bot.genesys.details_jobs import JobFailed
from tests.genesys.records_platform import (
    DAY,
    HOUR,
    MONDAY,
    Contact,
    RecordsPlatform,
    contacts,
    ids,
    piece,
    refusal,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp import web

    from bot.genesys.details import Page

WHOLE = piece(MONDAY, MONDAY + 7 * DAY, by_job=True)


async def all_of(platform: RecordsPlatform) -> list[Page]:
    async with platform.client() as client:
        return [page async for page in client.conversations.pages(WHOLE)]


async def read_into(read: list[Page], platform: RecordsPlatform) -> None:
    async with platform.client() as client:
        async for page in client.conversations.pages(WHOLE):
            read.append(page)  # noqa: PERF401  what came before an error counts


async def turns_of_the_loop(number: int) -> None:
    for _ in range(number):
        await asyncio.sleep(0)


def when(method: str, ending: str, act: Callable[[], web.Response | None]) -> Any:
    """What the platform does with requests of this kind."""

    def refuse(request: web.Request, _body: dict[str, Any]) -> web.Response | None:
        return act() if request.method == method and request.path.endswith(ending) else None

    return refuse


async def test_a_job_is_submitted_waited_for_and_read_to_its_last_cursor() -> None:
    platform = RecordsPlatform(contacts(2500))
    pages = await all_of(platform)
    assert [page.read for page in pages] == [1000, 1000, 500]
    assert ids(pages) == [contact.id for contact in contacts(2500)]
    assert platform.cursors == [None, "1000", "2000"]
    assert len(platform.submitted) == 1
    assert platform.deleted == ["job-1"]


async def test_a_job_is_looked_at_after_three_seconds_and_then_less_and_less_often() -> None:
    platform = RecordsPlatform([], job_states=("QUEUED",) * 3 + ("PENDING",) * 7 + ("FULFILLED",))
    await all_of(platform)
    waits = [wait for wait in platform.waits if wait > 1]
    assert waits[:3] == pytest.approx([3, 3.9, 5.07])
    assert waits == sorted(waits)
    assert waits[-1] == 15


async def test_what_was_active_in_the_interval_but_began_earlier_is_left_out() -> None:
    night = Contact("night", MONDAY - HOUR, lasting=2 * HOUR)
    platform = RecordsPlatform([night, *contacts(2)])
    (page,) = await all_of(platform)
    assert page.read == 3
    assert "night" not in ids([page])


async def test_the_next_page_is_asked_for_while_this_one_is_used() -> None:
    platform = RecordsPlatform(contacts(2500))
    async with platform.client() as client, aclosing(client.conversations.pages(WHOLE)) as pages:
        await anext(pages)
        await platform.until(lambda: len(platform.cursors) == 2)


@pytest.mark.parametrize(
    ("states", "said"),
    [
        pytest.param(("FAILED",), "failed: too much of it", id="failed"),
        pytest.param(("PENDING", "CANCELLED"), "cancelled", id="cancelled by somebody else"),
        pytest.param(("EXPIRED",), "expired", id="expired"),
        pytest.param(("PENDING",), "not done after 30 minutes", id="never done"),
    ],
)
async def test_a_job_that_does_not_end_well_says_why(states: tuple[str, ...], said: str) -> None:
    platform = RecordsPlatform(contacts(5), job_states=states, job_error="too much of it")
    with pytest.raises(JobFailed, match=said):
        await all_of(platform)
    assert platform.deleted == ["job-1"]


@pytest.mark.parametrize("status", [400, 403, 404, 500, 503, 504])
async def test_a_submission_that_is_refused_is_made_once(status: int) -> None:
    platform, made = RecordsPlatform([]), []
    platform.refuse = when("POST", "/jobs", lambda: made.append(1) or refusal("no jobs today", status=status))
    with pytest.raises(JobFailed):
        await all_of(platform)
    assert len(made) == 1
    assert platform.deleted == []


async def test_a_submission_that_was_limited_is_made_again() -> None:
    platform, made = RecordsPlatform(contacts(1)), []

    def limited() -> web.Response | None:
        made.append(1)
        return refusal("later", status=429) if len(made) == 1 else None

    platform.refuse = when("POST", "/jobs", limited)
    assert len(ids(await all_of(platform))) == 1
    assert len(platform.submitted) == 1


async def test_refused_credentials_are_not_a_matter_of_the_job() -> None:
    platform = RecordsPlatform([])
    platform.refuse = when("POST", "/jobs", lambda: refusal("who are you", status=401))
    with pytest.raises(GenesysBadCredentials):
        await all_of(platform)


async def test_results_that_are_gone_halfway_fail_the_job() -> None:
    platform = RecordsPlatform(contacts(2500))
    platform.refuse = when(
        "GET", "/results", lambda: refusal("expired", status=404) if len(platform.cursors) == 2 else None
    )
    read: list[Page] = []
    with pytest.raises(JobFailed, match="expired"):
        await read_into(read, platform)
    assert [page.read for page in read] == [1000, 1000]
    assert platform.deleted == ["job-1"]


async def test_a_cursor_that_does_not_move_fails_the_job() -> None:
    platform = RecordsPlatform(contacts(2500), results_page=0)
    with pytest.raises(JobFailed, match="does not move"):
        await all_of(platform)


async def test_closing_early_deletes_the_job_and_stops_the_calls() -> None:
    platform = RecordsPlatform(contacts(9000))
    async with platform.client() as client:
        async with aclosing(client.conversations.pages(WHOLE)) as pages:
            await anext(pages)
        assert platform.deleted == ["job-1"]
        asked = len(platform.cursors)
        await client.conversations.available_until()
    assert len(platform.cursors) == asked <= 2


async def test_cancelling_while_the_job_runs_deletes_it() -> None:
    platform = RecordsPlatform(contacts(5), job_states=("PENDING",))
    waiting = asyncio.Event()

    async def looked(request: web.Request, _body: dict[str, Any]) -> None:
        if request.method == "GET":
            waiting.set()

    platform.before = looked
    async with platform.client() as client:
        reading = asyncio.create_task(anext(client.conversations.pages(WHOLE)))
        await waiting.wait()
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        assert platform.deleted == ["job-1"]


@pytest.mark.parametrize("cancels", [1, 3])
async def test_cancelling_while_the_job_is_submitted_deletes_it_once_its_id_is_known(cancels: int) -> None:
    platform = RecordsPlatform(contacts(5))
    arrived, gate = asyncio.Event(), asyncio.Event()

    async def slow(request: web.Request, _body: dict[str, Any]) -> None:
        if request.method == "POST":
            arrived.set()
            await gate.wait()

    platform.before = slow
    async with platform.client() as client:
        reading = asyncio.create_task(anext(client.conversations.pages(WHOLE)))
        await arrived.wait()
        for _ in range(cancels):
            reading.cancel()
            await turns_of_the_loop(10)
        assert reading.done() == (cancels > 1), "it waits for the job, but not against all odds"
        gate.set()
        await asyncio.gather(reading, return_exceptions=True)
        assert reading.cancelled()
        await platform.until(lambda: platform.deleted == ["job-1"])


async def test_a_job_that_cannot_be_deleted_does_not_hold_up_who_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(details_jobs, "LONGEST_FAREWELL", 0.05)
    platform = RecordsPlatform(contacts(9000))
    over = asyncio.Event()

    async def hangs(request: web.Request, _body: dict[str, Any]) -> None:
        if request.method == "DELETE":
            await over.wait()

    platform.before = hangs
    async with platform.client() as client:
        async with aclosing(client.conversations.pages(WHOLE)) as pages:
            await anext(pages)
        over.set()
    assert platform.deleted in ([], ["job-1"])


async def test_a_job_that_is_refused_its_deletion_is_left_to_expire() -> None:
    platform = RecordsPlatform(contacts(9000))
    platform.refuse = when("DELETE", "", lambda: refusal("no", status=404))
    async with platform.client() as client, aclosing(client.conversations.pages(WHOLE)) as pages:
        await anext(pages)
    assert platform.deleted == []
