"""What `sla-bot check` makes of a Slack app that is installed, but not as the manifest says."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from bot.cli_check import Finding, findings
from bot.commands.catalogue import COMMANDS
from bot.demo.genesys_options import PERMISSIONS, Options
from bot.demo.slack_desk import Command
from bot.demo.world import world
from bot.manifest import OPTIONAL_SCOPES, SCOPES
from tests.files.s3 import BUCKET, KEY_ID, REGION, SECRET, s3_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def slack() -> AsyncIterator[tuple[str, set[str]]]:
    """A Slack whose bot token has the scopes in the set, which tests may change."""
    granted = set(SCOPES)

    async def handler(_: web.Request) -> web.Response:
        return web.json_response({"ok": True, "team": "Acme"}, headers={"x-oauth-scopes": ",".join(granted)})

    app = web.Application()
    app.router.add_post("/api/auth.test", handler)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/api", granted
    await runner.cleanup()


async def bot_token(url: str) -> Finding:
    environment = {
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_SIGNING_SECRET": "8f742231",
        "SLACK_API_URL": url,
        "DATABASE_URL": "sqlite://",
    }
    found = [finding async for finding in findings(environment, now=lambda: datetime.now(UTC))]
    return next(finding for finding in found if finding.what == "Slack bot token")


async def test_every_scope_of_the_manifest_is_in_order(slack: tuple[str, set[str]]) -> None:
    finding = await bot_token(slack[0])
    assert finding.ok
    assert "workspace Acme" in finding.detail


@pytest.mark.parametrize("scope", sorted(set(SCOPES) - set(OPTIONAL_SCOPES)))
async def test_a_missing_scope_is_named_with_where_to_add_it(slack: tuple[str, set[str]], scope: str) -> None:
    slack[1].remove(scope)
    finding = await bot_token(slack[0])
    assert not finding.ok
    assert finding.detail == f"lacks the scopes {scope}"
    assert "reinstall" in finding.remedy


@pytest.mark.parametrize("scope", OPTIONAL_SCOPES)
async def test_an_optional_scope_may_be_left_out(slack: tuple[str, set[str]], scope: str) -> None:
    slack[1].remove(scope)
    finding = await bot_token(slack[0])
    assert finding.ok
    assert scope in finding.detail


async def found_here(*, options: Options | None = None, **environment: str) -> dict[str, Finding]:
    """The findings against the stand-ins, by what was checked."""
    commands = [Command(name=f"/{command.name}", description=command.summary) for command in COMMANDS]
    async with world(now=lambda: datetime.now(UTC), commands=commands, options=options) as stage:
        settings = stage.environment | {"DATABASE_URL": "sqlite://"} | environment
        return {found.what: found async for found in findings(settings, now=lambda: datetime.now(UTC))}


async def test_everything_that_reports_need_is_looked_at() -> None:
    found = await found_here()
    assert all(finding.ok for finding in found.values())
    assert found["Genesys conversations"].detail == "analytics:conversationDetail:view"
    assert found["Genesys wrap-up codes"].detail == "routing:wrapupCode:view"
    assert "Object store" not in found


async def test_a_bot_that_may_not_read_conversations_is_in_order_and_told_what_it_cannot_do() -> None:
    without = Options(permissions=PERMISSIONS - {"analytics:conversationDetail:view"})
    finding = (await found_here(options=without))["Genesys conversations"]
    assert finding.ok
    assert finding.detail == "no analytics:conversationDetail:view: `/report conversations` is refused"


async def test_the_object_store_is_written_read_and_linked_to() -> None:
    with s3_server() as s3:
        access = {
            "AWS_ACCESS_KEY_ID": KEY_ID,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_REGION": REGION,
            "AWS_ENDPOINT_URL": s3.url,
        }
        found = await found_here(EXPORT_URL=f"s3://{BUCKET}/exports", **access)
        assert found["Object store"] == Finding(
            what="Object store", ok=True, detail=f"s3://{BUCKET}/exports can be written, read and linked to"
        )
        missing = (await found_here(EXPORT_URL="s3://no-such-bucket/exports", **access))["Object store"]
    assert not missing.ok
    assert "EXPORT_URL" in missing.remedy
