"""HTTP mode: what a request URL receives, and that Slack's own framework accepts the signature."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest
from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.slack_acks import Envelope, Form, Outcome
from bot.demo.slack_http import encoded, signature
from bot.demo.slack_local import local_slack, serving
from bot.demo.slack_people import ANA, BILLING_FLOOR

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from bot.demo.slack_local import LocalSlack

PATH = "/slack/events"


@asynccontextmanager
async def answering(app: web.Application) -> AsyncIterator[LocalSlack]:
    """A local Slack in HTTP mode that sends everything to `app`."""
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    local = local_slack(now=lambda: datetime.now(UTC), request_url=f"http://127.0.0.1:{port}{PATH}")
    try:
        async with serving(local) as slack:
            yield slack
    finally:
        await runner.cleanup()


def one_answer(answer: Callable[[web.Request], Awaitable[web.Response]]) -> web.Application:
    app = web.Application()
    app.router.add_post(PATH, answer)
    return app


def test_the_signature_is_the_one_slack_documents() -> None:
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
        b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
        b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    assert signature("8f742231b10e8888abcd99yyyzzz85a5", "1531420618", body) == (
        "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    )


@pytest.mark.parametrize(
    ("form", "read"),
    [
        pytest.param(Form.COMMAND, lambda body: parse_qs(body)["text"][0], id="commands are form fields"),
        pytest.param(
            Form.INTERACTIVE,
            lambda body: json.loads(parse_qs(body)["payload"][0])["text"],
            id="clicks: one field of JSON",
        ),
        pytest.param(Form.EVENT, lambda body: json.loads(body)["text"], id="events are JSON"),
    ],
)
def test_each_kind_of_payload_has_its_encoding(form: Form, read: Callable[[str], str]) -> None:
    body = encoded(Envelope(id="e", form=form, payload={"text": "billing & sales 30s"}))
    assert read(body.decode()) == "billing & sales 30s"


async def test_slacks_own_framework_accepts_and_answers() -> None:
    app = AsyncApp(signing_secret="local-signing-secret", client=AsyncWebClient(token="xoxb-local-bot"))

    @app.command("/sla")
    async def sla(ack: Any, respond: Any) -> None:
        await ack("Reading …")
        await respond(text="71 %")

    @app.event("app_home_opened")
    async def opened(event: Any, client: Any) -> None:
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": [{"type": "divider"}]})

    async with answering(app.web_app(path=PATH)) as slack:
        app.client.base_url = slack.base_url
        reply = await slack.command(ANA, BILLING_FLOOR, "/sla", "billing")
        assert reply.ack.ok
        assert {message.text for message in await reply.messages(2)} == {"Reading …", "71 %"}
        assert (await (await slack.open_home(ANA)).home()).user == ANA


async def test_another_secret_is_refused() -> None:
    app = AsyncApp(signing_secret="another-secret", client=AsyncWebClient(token="xoxb-local-bot"))
    async with answering(app.web_app(path=PATH)) as slack:
        assert (await slack.command(ANA, BILLING_FLOOR, "/sla")).ack.outcome is Outcome.FAILED


@pytest.mark.parametrize("status", [404, 500])
async def test_anything_but_200_is_a_failed_dispatch(status: int) -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=status, text="sorry")

    async with answering(one_answer(answer)) as slack:
        assert (await slack.command(ANA, BILLING_FLOOR, "/sla")).ack.outcome is Outcome.FAILED


async def test_nobody_at_the_request_url_is_a_failed_dispatch() -> None:
    local = local_slack(now=lambda: datetime.now(UTC), request_url="http://127.0.0.1:1/slack/events")
    async with serving(local) as slack:
        assert (await slack.command(ANA, BILLING_FLOOR, "/sla")).ack.outcome is Outcome.FAILED


async def test_an_event_is_repeated_with_number_and_reason() -> None:
    seen: list[tuple[str | None, str | None]] = []

    async def answer(request: web.Request) -> web.Response:
        seen.append((request.headers.get("X-Slack-Retry-Num"), request.headers.get("X-Slack-Retry-Reason")))
        return web.Response(status=500)

    async with answering(one_answer(answer)) as slack:
        await slack.open_home(ANA)
    assert seen == [(None, None), ("1", "http_error")]


async def test_the_clock_of_the_acknowledgement_runs_over_http_too() -> None:
    silence = asyncio.Event()

    async def answer(_request: web.Request) -> web.Response:
        await silence.wait()
        return web.Response()

    async with answering(one_answer(answer)) as slack:
        slack.ack_within = timedelta(milliseconds=40)
        outcome = (await slack.command(ANA, BILLING_FLOOR, "/sla")).ack.outcome
        silence.set()
    assert outcome is Outcome.TIMED_OUT
