"""The way in: correlation ids, the log, faults, and errors turned into the platform's bodies."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING
from uuid import uuid4

from aiohttp import web

from bot.demo.genesys_errors import ApiError, not_found, too_large
from bot.demo.genesys_log import DROPPED, Asked, RequestLog
from bot.demo.genesys_tokens import too_many

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from bot.demo.faults import Fault, Faults
    from bot.demo.genesys_options import Options
    from bot.demo.genesys_tokens import Pace, Tokens

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_FAILURES = {
    "server_error": (500, "internal.server.error", "The server encountered an unexpected condition."),
    "bad_gateway": (502, "bad.gateway", "Bad gateway."),
    "unavailable": (503, "service.unavailable", "Service unavailable."),
    "gateway_timeout": (504, "request.timeout", "The request timed out."),
}
SIGN_IN = "/oauth/token"
FAULT = web.RequestKey("fault", str)
"""Where a request carries the mode of the fault it met, for handlers that act it out."""
_HOUR = 3600
_PAGE = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


class Door:
    """Every request passes here once, whatever comes of it."""

    def __init__(
        self, *, now: Callable[[], datetime], tokens: Tokens, faults: Faults, options: Options, log: RequestLog
    ) -> None:
        self._now = now
        self._tokens = tokens
        self._faults = faults
        self._options = options
        self._log = log

    async def passes(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer the request through the handler, or as the active fault has it."""
        correlation_id = str(uuid4())
        fault = self._faults.take(request.path)
        pace = None if request.path == SIGN_IN else self._tokens.pace(request.headers.get("Authorization"), self._now())
        body = b""
        try:
            body = await request.read()
            response = await self._answer(request, handler, fault, pace)
        except ApiError as error:
            response = web.json_response(error.body(correlation_id), status=error.status, headers=error.headers)
        except web.HTTPRequestEntityTooLarge:
            refusal = too_large(self._options.largest_body)
            response = web.json_response(refusal.body(correlation_id), status=refusal.status)
        except (web.HTTPNotFound, web.HTTPMethodNotAllowed):
            refusal = not_found(f"{request.method} {request.path}")
            response = web.json_response(refusal.body(correlation_id), status=refusal.status)
        response.headers["ININ-Correlation-Id"] = correlation_id
        if pace is not None and self._options.rate_headers:
            response.headers.update(pace.headers())
        dropped = fault is not None and fault.mode == "down"
        self._log.add(
            Asked(
                at=self._now(),
                method=request.method,
                path=request.path,
                query=request.query_string,
                body=_parsed(body),
                status=DROPPED if dropped else response.status,
            )
        )
        if dropped:
            _hang_up(request)
        elif fault is not None and fault.mode == "truncated":
            return await _cut_short(request, response)
        return response

    async def _answer(
        self, request: web.Request, handler: Handler, fault: Fault | None, pace: Pace | None
    ) -> web.StreamResponse:
        if fault is not None:
            request[FAULT] = fault.mode
            instead = await self._trouble(fault)
            if instead is not None:
                return instead
        if pace is not None:
            self._tokens.check(request.headers.get("Authorization"), self._now())
            self._tokens.check_pace(pace)
        return await handler(request)

    async def _trouble(self, fault: Fault) -> web.Response | None:
        """What the fault answers in the platform's place; None when the platform still answers."""
        mode = fault.mode
        if mode in _FAILURES:
            raise ApiError(*_FAILURES[mode])
        if mode in ("rate_limited", "rate_limited_silent", "rate_limited_long"):
            seconds = _HOUR if mode == "rate_limited_long" else fault.retry_after_seconds
            raise too_many(seconds, with_header=mode != "rate_limited_silent")
        if mode == "html":
            return web.Response(text=_PAGE, status=502, content_type="text/html")
        if mode == "wrong_secret":
            return wrong_secret(self._options.wrong_secret_status)
        if mode == "slow":
            await asyncio.sleep(fault.delay_seconds)
        elif mode == "expired_token":
            self._tokens.revoke_all()
        return None


def wrong_secret(status: int) -> web.Response:
    """The token endpoint's refusal, in OAuth's words rather than the API's."""
    return oauth_error(status, "invalid_client", "client not found or wrong secret")


def oauth_error(status: int, code: str, description: str) -> web.Response:
    """A failure of the token endpoint."""
    return web.json_response({"error": code, "error_description": description}, status=status)


def _parsed(body: bytes) -> object:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _hang_up(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()


async def _cut_short(request: web.Request, response: web.StreamResponse) -> web.StreamResponse:
    """Promise the whole body, send half of it, hang up."""
    whole = response.body if isinstance(response, web.Response) and isinstance(response.body, bytes) else b""
    cut = web.StreamResponse(status=response.status, headers=response.headers)
    cut.content_length = len(whole)
    await cut.prepare(request)
    await cut.write(whole[: len(whole) // 2])
    _hang_up(request)
    return cut
