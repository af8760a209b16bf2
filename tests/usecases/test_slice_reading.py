"""How often a slice is read, and when it counts as whole, from records over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.usecases.slice_reading import READINGS, SliceReading
from tests.genesys.records_platform import DAY, MONDAY, RecordsPlatform, contacts, ids, piece

if TYPE_CHECKING:
    from aiohttp import web

    from bot.genesys.details import Page
    from bot.usecases.stretches import Gap


async def read(
    platform: RecordsPlatform, *, surplus: int = 0, by_job: bool = False
) -> tuple[set[str], tuple[Gap, ...]]:
    """What was found in a day of which so many more were counted, and what is missing."""
    taken: list[Page] = []

    async def take(page: Page) -> None:
        taken.append(page)

    async with platform.client() as client:
        reading = SliceReading(client.conversations, sleep=platform.sleep)
        day = piece(MONDAY, MONDAY + DAY, expected=len(platform.contacts) + surplus, by_job=by_job)
        gaps = await reading.read(day, take)
    return set(ids(taken)), gaps


def readings(platform: RecordsPlatform) -> int:
    return platform.pages.count(1)


async def test_what_is_listed_as_it_is_counted_is_read_once() -> None:
    platform = RecordsPlatform(contacts(150))
    assert await read(platform) == ({contact.id for contact in platform.contacts}, ())
    assert readings(platform) == 1


@pytest.mark.parametrize(
    ("listed", "surplus"),
    [
        pytest.param(1, 1, id="one, of however few"),
        pytest.param(80, 1, id="one, of some"),
        pytest.param(990, 1, id="one, of many"),
    ],
)
async def test_little_that_is_missing_twice_was_never_there(listed: int, surplus: int) -> None:
    platform = RecordsPlatform(contacts(listed), surplus=surplus)
    assert await read(platform) == ({contact.id for contact in platform.contacts}, ())
    assert readings(platform) == 2


@pytest.mark.parametrize(
    ("listed", "surplus", "told"),
    [
        pytest.param(98, 2, "Genesys Cloud counts 100 conversations and listed 98.", id="two, of a hundred"),
        pytest.param(1200, 2, "Genesys Cloud counts 1,202 conversations and listed 1,200.", id="two, of many"),
        pytest.param(0, 2, "Genesys Cloud counts 2 conversations and listed 0.", id="all"),
    ],
)
async def test_much_that_is_missing_at_every_reading_is_told(listed: int, surplus: int, told: str) -> None:
    platform = RecordsPlatform(contacts(listed), surplus=surplus)
    found, (gap,) = await read(platform)
    assert len(found) == listed
    assert (gap.start, gap.end, gap.partly, gap.reason) == (MONDAY, MONDAY + DAY, True, told)
    assert readings(platform) == READINGS


async def test_readings_that_differ_do_not_confirm_each_other() -> None:
    """The last contact takes the first one's place, so that both readings list one of the two."""
    everything = contacts(50)
    platform = RecordsPlatform(everything[1:], surplus=1)

    def moves(_request: web.Request, body: dict[str, Any]) -> web.Response | None:
        platform.contacts = everything[1:] if not readings(platform) else everything[:-1]
        return None

    platform.refuse = moves
    found, gaps = await read(platform)
    assert found == {contact.id for contact in everything}
    assert gaps == ()
    assert readings(platform) == READINGS


@pytest.mark.parametrize(("surplus", "by_query"), [(0, False), (1, False), (2, True)])
async def test_a_job_that_brings_less_than_was_counted_is_read_by_query(surplus: int, by_query: bool) -> None:
    platform = RecordsPlatform(contacts(150))
    assert await read(platform, surplus=surplus, by_job=True) == ({contact.id for contact in platform.contacts}, ())
    assert readings(platform) == by_query
