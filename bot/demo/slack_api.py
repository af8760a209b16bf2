"""The Web API over HTTP: tokens, scopes, parameters, rate limits and faults around the methods themselves."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from aiohttp import web

from bot.demo.slack_api_channels import CHANNELS
from bot.demo.slack_api_chat import CHAT
from bot.demo.slack_api_files import Files
from bot.demo.slack_api_history import HISTORY
from bot.demo.slack_api_lookups import LOOKUPS
from bot.demo.slack_api_views import VIEWS
from bot.demo.slack_calls import ApiError, Back, Handler, Params
from bot.demo.slack_coverage import METHODS, method_named
from bot.demo.slack_faults import Fault, Faults, Silence
from bot.demo.slack_pace import Limits
from bot.demo.slack_socket import SocketMode
from bot.demo.slack_workspace import Json

TOKENLESS = {"blocks.validate"}
SOCKET_PATH = "/link"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """The secrets of the installation."""

    bot: str
    app: str
    signing_secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call as it was answered."""

    method: str
    params: Mapping[str, Any]
    status: int
    answer: Json = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether Slack said so."""
        return bool(self.answer.get("ok"))


class WebApi:
    """Answers `/api/{method}`."""

    def __init__(
        self, *, back: Back, tokens: Tokens, socket: SocketMode, faults: Faults, limits: Limits, silence: Silence
    ) -> None:
        self._back = back
        self._tokens = tokens
        self._socket = socket
        self._faults = faults
        self._limits = limits
        self._silence = silence
        self.files = Files()
        self.calls: list[Call] = []
        """Every call so far, with its answer."""
        self.handlers: dict[str, Handler] = {
            "apps.connections.open": self._open_connection,
            **CHANNELS,
            **CHAT,
            **HISTORY,
            **LOOKUPS,
            **VIEWS,
            **self.files.handlers(),
        }

    async def serve(self, request: web.Request) -> web.Response:
        """One call."""
        method = request.match_info["method"]
        params = await read_params(request)
        fault = self._faults.take(method, params.text("channel"))
        if fault is None:
            return self._answer(method, params, token=_token(request, params))
        if fault.effective:
            response = self._answer(method, params, token=_token(request, params))
        if fault.spoils:
            response = self._failed(method, params, fault)
        await self._silence(fault.delay)
        if fault.drop is not None:
            _hang_up(request)
        return response

    def _answer(self, method: str, params: Params, *, token: str) -> web.Response:
        wait = self._limits.wait_for(method, params.text("channel"))
        if wait is not None:
            return self._limited(method, params, wait)
        try:
            self._admit(method, token)
            answer = {"ok": True, **self.handlers[method](self._back, params)}
        except ApiError as error:
            answer = {"ok": False, "error": error.error, **error.fields}
        self.calls.append(Call(method=method, params=params.given, status=HTTPStatus.OK, answer=answer))
        return web.json_response(answer, headers={"x-oauth-scopes": ",".join(sorted(self._back.scopes))})

    def _admit(self, method: str, token: str) -> None:
        """Raise unless the method is served and the token may call it."""
        known = method_named(method)
        if known is None or not known.served:
            remark = known.remark if known else "not in the list of methods"
            messages = [f"[ERROR] the local Slack does not serve {method}: {remark}"]
            raise ApiError("unknown_method", req_method=method, response_metadata={"messages": messages})
        if method in TOKENLESS:
            return
        if not token:
            raise ApiError("not_authed")
        wanted, other = self._tokens.bot, self._tokens.app
        if method == "apps.connections.open":
            wanted, other = other, wanted
        if token != wanted:
            raise ApiError("not_allowed_token_type" if token == other else "invalid_auth")
        if self._back.revoked and wanted == self._tokens.bot:
            raise ApiError(self._back.revoked)
        if known.scopes and not known.scopes & self._back.scopes:
            needed, provided = ",".join(sorted(known.scopes)), ",".join(sorted(self._back.scopes))
            raise ApiError("missing_scope", needed=needed, provided=provided)

    def _open_connection(self, back: Back, _params: Params) -> Json:
        host = back.origin().partition("://")[2]
        return {"url": f"ws://{host}{SOCKET_PATH}?ticket={self._socket.ticket()}"}

    def _limited(self, method: str, params: Params, wait: timedelta) -> web.Response:
        status = HTTPStatus.TOO_MANY_REQUESTS
        answer: Json = {"ok": False, "error": "ratelimited"}
        self.calls.append(Call(method=method, params=params.given, status=status, answer=answer))
        return web.json_response(answer, status=status, headers=_retry_after(wait))

    def _failed(self, method: str, params: Params, fault: Fault) -> web.Response:
        status = fault.status or HTTPStatus.OK
        answer: Json = {"ok": False, "error": fault.error or ("ratelimited" if status == 429 else "internal_error")}
        if not fault.effective:
            self.calls.append(Call(method=method, params=params.given, status=status, answer=answer))
        headers = _retry_after(fault.retry_after) if fault.retry_after is not None else None
        return web.json_response(answer, status=status, headers=headers)


async def read_params(request: web.Request) -> Params:
    """Query, form and JSON body together; the body wins."""
    given: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        body = await request.text()
        given |= json.loads(body) if body else {}
    elif request.content_type in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        given |= await request.post()
    return Params(given)


def served_methods() -> frozenset[str]:
    """What the list says is served."""
    return frozenset(method.name for method in METHODS if method.served)


def _token(request: web.Request, params: Params) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" else params.text("token")


def _retry_after(wait: timedelta) -> dict[str, str]:
    return {"Retry-After": str(math.ceil(wait.total_seconds()))}


def _hang_up(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.close()
