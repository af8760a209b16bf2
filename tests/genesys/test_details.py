"""Conversations by query: how a period is cut, and what is read of a slice."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.ids import QueueId
from bot.domain.queues import Media
from bot.errors import GenesysBroken, GenesysTooMuch, GenesysUnreadable
from bot.genesys import details_plan
from bot.genesys.details import Page, ShortSlice
from bot.genesys.details_jobs import JobFailed
from tests.genesys.records_platform import (
    BILLING,
    CLAIMS,
    DAY,
    HOUR,
    MINUTE,
    MONDAY,
    Contact,
    RecordsPlatform,
    contacts,
    ids,
    piece,
    query,
    refusal,
)

if TYPE_CHECKING:
    from aiohttp import web

    from bot.genesys.details import DetailsQuery, DetailsSlice

WEEK = query(MONDAY, MONDAY + 7 * DAY)


@pytest.fixture
def small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Thousandths of the real limits."""
    monkeypatch.setattr(details_plan, "HANDY", 20)
    monkeypatch.setattr(details_plan, "READABLE", 90)
    monkeypatch.setattr(details_plan, "MANY", 50)


async def planned(platform: RecordsPlatform, wanted: DetailsQuery) -> list[tuple[float, float, int, bool]]:
    """First and last hour of each slice after Monday 0:00 UTC, its conversations, and whether it is a job's."""
    async with platform.client() as client:
        return [
            ((one.start - MONDAY) / HOUR, (one.end - MONDAY) / HOUR, one.expected, one.by_job)
            for one in await client.conversations.plan(wanted)
        ]


async def all_of(platform: RecordsPlatform, slice_: DetailsSlice) -> list[Page]:
    async with platform.client() as client:
        return [page async for page in client.conversations.pages(slice_)]


async def read_into(read: list[Page], platform: RecordsPlatform, slice_: DetailsSlice) -> None:
    """As `all_of`, for what does not end well."""
    async with platform.client() as client:
        async for page in client.conversations.pages(slice_):
            read.append(page)  # noqa: PERF401  what came before an error counts


async def test_a_small_period_is_one_slice_and_costs_one_request() -> None:
    platform = RecordsPlatform(contacts(300))
    assert await planned(platform, WEEK) == [(0, 168, 300, False)]
    assert [body["paging"] for body in platform.counts] == [{"pageSize": 1, "pageNumber": 1}]


async def test_an_empty_period_is_no_slices() -> None:
    platform = RecordsPlatform([])
    assert await planned(platform, WEEK) == []
    assert await planned(platform, query(MONDAY, MONDAY)) == []


@pytest.mark.usefixtures("small_limits")
async def test_a_larger_period_is_halved_at_midnights_until_the_parts_are_handy() -> None:
    platform = RecordsPlatform(contacts(42, every=4 * HOUR))
    assert await planned(platform, WEEK) == [(0, 48, 12, False), (48, 96, 12, False), (96, 168, 18, False)]


@pytest.mark.usefixtures("small_limits")
async def test_the_first_and_the_last_day_may_be_cut_short() -> None:
    platform = RecordsPlatform(contacts(48, every=HOUR), matches_whole_days=False)
    assert await planned(platform, query(MONDAY + 10 * HOUR, MONDAY + 34 * HOUR)) == [
        (10, 24, 14, False),
        (24, 34, 10, False),
    ]


@pytest.mark.usefixtures("small_limits")
async def test_a_day_that_can_be_read_whole_is_not_cut() -> None:
    platform = RecordsPlatform(contacts(88, every=MINUTE), matches_whole_days=False)
    assert await planned(platform, query(MONDAY, MONDAY + DAY)) == [(0, 24, 88, False)]


@pytest.mark.usefixtures("small_limits")
async def test_a_day_that_cannot_be_read_whole_is_cut_where_the_platform_tells_hours_apart() -> None:
    platform = RecordsPlatform(contacts(144, every=10 * MINUTE), matches_whole_days=False)
    assert await planned(platform, query(MONDAY, MONDAY + DAY)) == [(0, 12, 72, False), (12, 24, 72, False)]


@pytest.mark.usefixtures("small_limits")
async def test_a_day_that_cannot_be_cut_by_time_is_cut_by_queue() -> None:
    platform = RecordsPlatform([*contacts(60), *contacts(60, queues=(CLAIMS,))])
    async with platform.client() as client:
        slices = await client.conversations.plan(query(MONDAY, MONDAY + DAY, BILLING, CLAIMS))
    assert [one.queues for one in slices] == [(BILLING,), (CLAIMS,)]
    assert all(one.wanted == {BILLING, CLAIMS} for one in slices)


@pytest.mark.usefixtures("small_limits")
async def test_a_day_that_cannot_be_cut_at_all_is_an_error() -> None:
    with pytest.raises(GenesysTooMuch, match="hands out at once") as raised:
        await planned(RecordsPlatform(contacts(144)), query(MONDAY, MONDAY + DAY))
    assert "144 conversations" in raised.value.detail


async def test_what_is_too_heavy_to_be_counted_is_counted_in_parts() -> None:
    platform = RecordsPlatform(contacts(28, every=6 * HOUR))

    def too_heavy(_request: web.Request, body: dict[str, Any]) -> web.Response | None:
        start, end = (datetime.fromisoformat(part) for part in body["interval"].split("/"))
        return refusal("too heavy", status=504) if end - start > 4 * DAY else None

    platform.refuse = too_heavy
    assert await planned(platform, WEEK) == [(0, 96, 16, False), (96, 168, 12, False)]
    assert len(platform.counts) == 2
    assert not [wait for wait in platform.waits if wait > 1], "the heavy one is not repeated"


async def test_no_request_is_about_more_than_31_days() -> None:
    platform = RecordsPlatform(contacts(200, every=12 * HOUR))
    slices = await planned(platform, query(MONDAY + HOUR, MONDAY + 92 * DAY))
    assert [(start / 24, end / 24) for start, end, *_ in slices] == [(1 / 24, 31), (31, 62), (62, 92)]


async def test_more_than_a_hundred_queues_are_several_slices_of_the_same_stretch() -> None:
    queues = [QueueId(f"queue-{number:03}") for number in range(150)]
    both = Contact("both", MONDAY, queues=(queues[0], queues[149]))
    platform = RecordsPlatform([both])
    async with platform.client() as client:
        slices = await client.conversations.plan(query(MONDAY, MONDAY + DAY, *queues))
        found = [page for one in slices async for page in client.conversations.pages(one)]
    assert [len(one.queues) for one in slices] == [100, 50]
    assert ids(found) == ["both", "both"]
    for page in found:
        assert [visit.queue for visit in page.conversations[0].visits] == [queues[0], queues[149]]


@pytest.mark.usefixtures("small_limits")
async def test_a_large_period_is_read_by_jobs_where_they_know_everything() -> None:
    platform = RecordsPlatform(contacts(192, every=HOUR), available_until=MONDAY + 4 * DAY + 7 * HOUR)
    assert await planned(platform, query(MONDAY + HOUR, MONDAY + 8 * DAY)) == [
        (1, 96, 96, True),
        *((day * 24, day * 24 + 24, 24, False) for day in range(4, 8)),
    ]


@pytest.mark.usefixtures("small_limits")
async def test_a_day_that_just_became_available_is_not_yet_a_job_s() -> None:
    platform = RecordsPlatform(contacts(96, every=HOUR), available_until=MONDAY + 2 * DAY + 5 * HOUR)
    slices = await planned(platform, query(MONDAY, MONDAY + 4 * DAY))
    assert [(start, end) for start, end, _, by_job in slices if by_job] == [(0, 24)]


@pytest.mark.usefixtures("small_limits")
async def test_a_job_is_about_seven_days_at_most() -> None:
    platform = RecordsPlatform(contacts(200, every=3 * HOUR), available_until=MONDAY + 40 * DAY)
    slices = await planned(platform, query(MONDAY + HOUR, MONDAY + 20 * DAY))
    assert [(start / 24, end / 24) for start, end, *_ in slices] == [(1 / 24, 7), (7, 14), (14, 20)]
    assert all(by_job for *_, by_job in slices)


@pytest.mark.usefixtures("small_limits")
async def test_without_jobs_a_large_period_is_read_by_query() -> None:
    slices = await planned(RecordsPlatform(contacts(192, every=HOUR)), query(MONDAY, MONDAY + 8 * DAY))
    assert [(start / 24, end / 24, by_job) for start, end, _, by_job in slices] == [
        (day, day + 1, False) for day in range(8)
    ]


@pytest.mark.usefixtures("small_limits")
async def test_a_slice_whose_job_failed_is_planned_again_by_query() -> None:
    platform = RecordsPlatform(contacts(48, every=HOUR), available_until=MONDAY + 40 * DAY)
    async with platform.client() as client:
        again = await client.conversations.without_jobs(piece(MONDAY, MONDAY + 2 * DAY, expected=48, by_job=True))
    assert [((one.end - one.start) / DAY, one.expected, one.by_job) for one in again] == [(1, 24, False)] * 2


async def test_a_slice_is_read_page_by_page_in_order_with_what_began_in_it() -> None:
    platform = RecordsPlatform(contacts(1000))
    pages = await all_of(platform, piece(MONDAY + HOUR, MONDAY + 10 * HOUR, expected=1000))
    assert ids(pages) == [f"160000-{number:06}" for number in range(60, 600)]
    assert [page.read for page in pages] == [100] * 10


async def test_the_next_pages_are_asked_for_ahead() -> None:
    platform = RecordsPlatform(contacts(1000))
    gate = asyncio.Event()

    async def together(_request: web.Request, _body: dict[str, Any]) -> None:
        if platform.under_way == 3:
            gate.set()
        await gate.wait()
        await asyncio.sleep(0)

    platform.before = together
    pages = await all_of(platform, piece(MONDAY, MONDAY + DAY, expected=1000))
    assert len(ids(pages)) == 1000
    assert platform.most_under_way == 3


async def test_no_page_past_the_end_is_asked_for_ahead() -> None:
    platform = RecordsPlatform(contacts(250))
    await all_of(platform, piece(MONDAY, MONDAY + DAY, expected=250))
    assert sorted(platform.pages) == [1, 2, 3]


async def test_a_slice_that_has_grown_is_read_to_its_new_end() -> None:
    platform = RecordsPlatform(contacts(730))
    assert len(ids(await all_of(platform, piece(MONDAY, MONDAY + DAY, expected=120)))) == 730


async def test_a_slice_that_has_shrunk_ends_where_the_records_end() -> None:
    platform = RecordsPlatform(contacts(100))
    assert len(ids(await all_of(platform, piece(MONDAY, MONDAY + DAY, expected=950)))) == 100


async def test_closing_early_stops_the_calls() -> None:
    platform = RecordsPlatform(contacts(1000))
    async with platform.client() as client:
        async with aclosing(client.conversations.pages(piece(MONDAY, MONDAY + DAY, expected=1000))) as pages:
            await anext(pages)
        asked = len(platform.pages)
        await client.conversations.available_until()
    assert len(platform.pages) == asked <= 4


async def test_what_arrives_on_a_page_that_was_read_is_noticed() -> None:
    platform = RecordsPlatform(contacts(300))

    def arrives(_request: web.Request, body: dict[str, Any]) -> web.Response | None:
        if body["paging"]["pageNumber"] == 2:
            platform.contacts = [*contacts(300), Contact("late", MONDAY)]
        return None

    platform.refuse = arrives
    read: list[Page] = []
    with pytest.raises(ShortSlice) as raised:
        await read_into(read, platform, piece(MONDAY, MONDAY + DAY, expected=100))
    assert (raised.value.read, raised.value.expected) == (300, 301)
    assert len(ids(read)) == 301, "the last of the first page comes twice"
    assert set(ids(read)) == {contact.id for contact in contacts(300)}
    assert "late" in ids(await all_of(platform, piece(MONDAY, MONDAY + DAY, expected=301)))


async def test_more_than_the_platform_hands_out_is_an_error_and_not_a_short_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.genesys.details.MOST_RESULTS", 300)
    platform = RecordsPlatform(contacts(301))
    read: list[Page] = []
    with pytest.raises(GenesysTooMuch):
        await read_into(read, platform, piece(MONDAY, MONDAY + DAY, expected=301))
    assert len(ids(read)) == 300
    assert max(platform.pages) == 3


async def test_a_page_that_fails_for_good_fails_the_slice() -> None:
    platform = RecordsPlatform(contacts(500))

    def broken(_request: web.Request, body: dict[str, Any]) -> web.Response | None:
        return refusal("no", status=500) if body["paging"]["pageNumber"] == 3 else None

    platform.refuse = broken
    read: list[Page] = []
    with pytest.raises(GenesysBroken):
        await read_into(read, platform, piece(MONDAY, MONDAY + DAY, expected=500))
    assert len(ids(read)) == 200


@pytest.mark.parametrize("by_job", [False, True])
async def test_a_number_beyond_all_bounds_is_unreadable(by_job: bool) -> None:
    platform = RecordsPlatform(contacts(150, wait_ms=1e300))
    with pytest.raises(JobFailed if by_job else GenesysUnreadable):
        await all_of(platform, piece(MONDAY, MONDAY + DAY, expected=150, by_job=by_job))


async def test_only_the_wanted_media_are_asked_for_and_told() -> None:
    platform = RecordsPlatform([*contacts(3), *contacts(2, start=MONDAY + HOUR, media="email")])
    slice_ = piece(MONDAY, MONDAY + DAY, expected=2)
    found = await all_of(platform, replace(slice_, media=frozenset({Media.EMAIL})))
    assert ids(found) == ["160100-000000", "160100-000001"]


async def test_jobs_are_available_until_the_instant_that_the_platform_tells() -> None:
    platform = RecordsPlatform([], available_until=MONDAY + timedelta(hours=5, milliseconds=7))
    async with platform.client() as client:
        assert await client.conversations.available_until() == platform.available_until
        platform.available_until = None
        assert await client.conversations.available_until() is None
