"""Who is asking, as `users.info` tells, and what is taken for granted when it does not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.demo.slack_local import LocalSlack, local_slack, serving
from bot.demo.slack_people import ADMIN, ANA, BEN, GUEST, STRANGER
from bot.slack import people
from bot.slack.outward import Slack, slack_client
from bot.slack.people import MEMORY, People, Person

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


class Clock:
    now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
async def local() -> AsyncIterator[LocalSlack]:
    async with serving(local_slack(now=lambda: NOON)) as one:
        yield one


@pytest.fixture
async def slack(local: LocalSlack) -> AsyncIterator[Slack]:
    async with slack_client(local.tokens.bot, base_url=local.base_url) as one:
        yield one


async def test_zone_guests_and_strangers_are_told_apart(slack: Slack) -> None:
    found = People(slack, now=Clock())
    assert await found.person(BEN) == Person(id=BEN, name="Ben Carter", zone=ZoneInfo("America/New_York"))
    assert (await found.person(GUEST)).guest
    assert (await found.person(STRANGER)).stranger


@pytest.mark.parametrize("flag", ["is_admin", "is_owner", "is_primary_owner"])
async def test_administrators_and_owners_decide_alike(flag: str) -> None:
    async def users_info(_: web.Request) -> web.Response:
        return web.json_response({"ok": True, "user": {"id": BEN, "name": "ben", flag: True}})

    app = web.Application()
    app.add_routes([web.get("/api/users.info", users_info)])
    async with TestServer(app) as server, slack_client("xoxb-x", base_url=str(server.make_url("/api/"))) as slack:
        assert await People(slack, now=Clock()).person(BEN) == Person(id=BEN, name="ben", admin=True)


async def test_the_administrator_of_the_workspace_is_one_and_others_are_not(slack: Slack) -> None:
    found = People(slack, now=Clock())
    assert [(await found.person(user)).admin for user in (ADMIN, ANA, STRANGER)] == [True, False, False]


async def test_a_person_is_looked_up_once_in_hours(local: LocalSlack, slack: Slack) -> None:
    clock = Clock()
    found = People(slack, now=clock)
    await found.person(ANA)
    await found.person(ANA)
    assert len(local.calls_of("users.info")) == 1
    clock.now += MEMORY
    await found.person(ANA)
    assert len(local.calls_of("users.info")) == 2


async def test_somebody_slack_does_not_know_is_a_member_without_a_zone(slack: Slack) -> None:
    assert await People(slack, now=Clock()).person("U0NOBODY") == Person(id="U0NOBODY")


async def test_what_was_known_outlives_a_slack_that_fails(local: LocalSlack, slack: Slack) -> None:
    clock = Clock()
    found = People(slack, now=clock)
    known = await found.person(GUEST)
    clock.now += MEMORY
    local.fail_next("users.info", error="fatal_error", times=9)
    assert await found.person(GUEST) == known


async def test_a_slow_slack_is_not_waited_for(local: LocalSlack, slack: Slack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "PATIENCE", timedelta(seconds=0.05))
    local.fail_next("users.info", retry_after=timedelta(seconds=30), times=3)
    assert await People(slack, now=Clock()).person(ANA) == Person(id=ANA)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("America", id="the name of a folder of zones"),
        pytest.param("Mars/Base", id="no such zone"),
        pytest.param("../../etc/passwd", id="a path"),
        pytest.param("", id="nothing"),
    ],
)
async def test_a_zone_that_is_none_is_left_out(name: str) -> None:
    async def users_info(_: web.Request) -> web.Response:
        return web.json_response({"ok": True, "user": {"id": GUEST, "tz": name, "is_restricted": True}})

    app = web.Application()
    app.add_routes([web.get("/api/users.info", users_info)])
    async with TestServer(app) as server, slack_client("xoxb-x", base_url=str(server.make_url("/api/"))) as slack:
        assert await People(slack, now=Clock()).person(GUEST) == Person(id=GUEST, guest=True)
