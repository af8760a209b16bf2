"""The front door: Bolt with every listener, over Socket Mode or over signed HTTP."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse

from bot.listeners import (
    answer_buttons,
    ask_form,
    channel_events,
    commands,
    export_buttons,
    home,
    place_forms,
)
from bot.listeners.alerts import buttons as alert_buttons
from bot.listeners.alerts import forms as alert_forms
from bot.listeners.digests import buttons as digest_buttons
from bot.listeners.digests import forms as digest_forms
from bot.listeners.replays import Replays
from bot.slack.signature import signed_by_slack

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from slack_bolt.request.async_request import AsyncBoltRequest

    from bot.listeners.desk import Desk

log = structlog.get_logger()

EVENTS_PATH = "/slack/events"


def front_door(desk: Desk, *, token: str, signing_secret: str) -> AsyncApp:
    """Bolt with every listener. Requests need no look-up of their own: one workspace, known since the start.

    With an empty signing secret (Socket Mode, where Slack authenticates the connection) HTTP requests are all refused.
    """
    me = AuthorizeResult(
        enterprise_id=desk.identity.enterprise_id,
        team_id=desk.identity.team_id,
        bot_token=token,
        bot_id=desk.identity.bot_id,
        bot_user_id=desk.identity.bot_user_id,
    )

    async def authorize() -> AuthorizeResult:
        return me

    app = AsyncApp(client=desk.slack.without_token(), signing_secret=signing_secret, authorize=authorize)
    replays = Replays(lifetime=timedelta(minutes=10), now=desk.clock)

    @app.middleware
    async def once(
        req: AsyncBoltRequest,
        body: dict[str, Any],
        next: Callable[[], Awaitable[None]],  # noqa: A002 Bolt fills it in by this name
    ) -> BoltResponse | None:
        """Slack's own words for a request come once: a second time they are somebody else's, or a repeated event."""
        signature = req.headers.get("x-slack-signature", [""])[0]
        if signature and not replays.first(f"signature:{signature}"):
            return BoltResponse(status=401, body={"error": "invalid request"})
        told = body.get("event_id") or body.get("trigger_id")
        if told and not replays.first(f"told:{told}"):
            return BoltResponse(status=200, body="")
        await next()
        return None

    @app.error
    async def unanswered(error: Exception, response: BoltResponse | None) -> BoltResponse | None:
        # Listeners acknowledge first and promise the rest, so this is reached by defects only.
        log.error("a listener failed", exc_info=error)
        if response is None:
            return None
        return BoltResponse(status=200, body={"response_type": "ephemeral", "text": "That failed here. Try it again."})

    for listeners in (
        commands,
        answer_buttons,
        digest_buttons,
        digest_forms,
        alert_buttons,
        alert_forms,
        export_buttons,
        ask_form,
        place_forms,
        home,
        channel_events,
    ):
        listeners.register(app, desk)
    return app


@asynccontextmanager
async def socket_mode(app: AsyncApp, desk: Desk, *, app_token: str) -> AsyncIterator[Callable[[], Awaitable[bool]]]:
    """Receive over a WebSocket until the end of the block; yields whether the connection stands.

    Raises SlackRefused when the app-level token is refused: Bolt would try for ever.
    """
    url = await desk.slack.socket_url(app_token)
    handler = AsyncSocketModeHandler(app, app_token)
    handler.client.wss_uri = url
    await handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt does not annotate it
    try:
        yield handler.client.is_connected
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]  # nor this


def http_mode(app: AsyncApp, *, signing_secret: str) -> web.Application:
    """Slack's requests at `EVENTS_PATH`."""

    @web.middleware
    async def only_slack(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        # Bolt reads the body before it judges the signature, and fails (500) on one that was never Slack's.
        if request.path != EVENTS_PATH:
            return await handler(request)
        body = await request.read()
        if signed_by_slack(signing_secret, request.headers, body):
            return await handler(request)
        # Slack looks at certificates now and then, unsigned.
        status = 200 if b"ssl_check=1" in body.split(b"&") else 401
        return web.json_response({} if status == 200 else {"error": "invalid request"}, status=status)

    inner = app.web_app(path=EVENTS_PATH)
    inner.middlewares.append(only_slack)
    return inner
