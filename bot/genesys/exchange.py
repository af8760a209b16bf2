"""One call to the platform: signed, paced, repeated where that helps, judged, logged."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar

import httpx
import structlog

from bot.errors import GenesysError, GenesysLimited, GenesysTooSlow, GenesysUnreachable, GenesysUnreadable
from bot.genesys.auth import Tokens
from bot.genesys.retries import Attempts, wait_before_next
from bot.genesys.wire_account import TOKEN_PATH, Token, read_token
from bot.genesys.wire_errors import Reply, error_for, quota

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from datetime import datetime

    from bot.genesys.pace import Pace, Priority

Answer = TypeVar("Answer")

log = structlog.get_logger(__name__)

LARGE = 200_000
"""Bytes of a reply whose reading would hold up the loop, and with it everybody's acknowledgement: some 10 ms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What to send; nearly every call here only reads, so repeating one is harmless."""

    method: str
    path: str
    params: Mapping[str, str] | None = None
    json: Mapping[str, Any] | None = None
    splittable: bool = False
    """When it is too heavy for the platform, the caller cuts it in parts: it is not repeated as it is."""
    repeatable: bool = True
    """When not, it is repeated only where the platform is sure not to have taken it: after a 401 or a 429."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Time and chance, given from outside."""

    now: Callable[[], datetime]
    clock: Callable[[], float]
    """Seconds that never go back."""
    sleep: Callable[[float], Awaitable[object]]
    """Takes seconds."""
    random: Callable[[], float]
    """0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Where to ask for tokens, and as whom."""

    login_url: str
    client_id: str
    client_secret: str

    def __repr__(self) -> str:
        return f"Account(login_url={self.login_url!r}, client_id={self.client_id!r}, client_secret='***')"


class Exchange:
    """Sends calls and reads their replies."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        *,
        account: Account,
        pace: Pace,
        surroundings: Surroundings,
        timeout: timedelta,
    ) -> None:
        self._http = http
        self._account = account
        self._pace = pace
        self._around = surroundings
        self._timeout = timeout
        self._reading = asyncio.Lock()  # each busy thread more would add its 5 ms to every wait of the loop
        self.tokens = Tokens(self._new_token, clock=surroundings.clock)

    async def ask(self, call: Call, read: Callable[[Reply], Answer], priority: Priority) -> Answer:
        """What `read` makes of the reply. Raises GenesysError."""

        async def attempt(number: int) -> Answer:
            reply = await self._signed(call, priority, number)
            if len(reply.body) > LARGE:
                async with self._reading:
                    return await asyncio.to_thread(_understood, reply, read)
            return _understood(reply, read)

        return await self._persist(attempt, priority, splittable=call.splittable, repeatable=call.repeatable)

    async def _persist(
        self,
        attempt: Callable[[int], Awaitable[Answer]],
        priority: Priority,
        *,
        splittable: bool = False,
        repeatable: bool = True,
    ) -> Answer:
        started = self._around.clock()
        repeats = 0
        while True:
            try:
                return await attempt(repeats + 1)
            except GenesysError as error:
                so_far = Attempts(
                    repeats=repeats,
                    elapsed=timedelta(seconds=self._around.clock() - started),
                    priority=priority,
                    splittable=splittable,
                    repeatable=repeatable,
                )
                wait = wait_before_next(error, so_far, jitter=self._around.random())
                if wait is None:
                    raise
            await self._around.sleep(wait.total_seconds())
            repeats += 1

    async def _signed(self, call: Call, priority: Priority, attempt: int) -> Reply:
        reply = await self._paced(call, priority, attempt)
        if reply.status == HTTPStatus.UNAUTHORIZED:
            reply = await self._paced(call, priority, attempt)
        if reply.status == HTTPStatus.TOO_MANY_REQUESTS:
            refusal = error_for(reply)
            if isinstance(refusal, GenesysLimited):
                self._pace.hold(refusal.retry_after)
        return reply

    async def _paced(self, call: Call, priority: Priority, attempt: int) -> Reply:
        async with self._pace.turn(priority):
            token = await self.tokens.current(priority)
            request = self._http.build_request(
                call.method,
                call.path,
                params=call.params,
                json=call.json,
                headers={"Authorization": f"Bearer {token}"},
            )
            reply = await self._send(request, attempt)
        if reply.status == HTTPStatus.UNAUTHORIZED:
            self.tokens.drop(token)
        window = quota(reply.headers)
        if window is not None:
            self._pace.correct(window)
        return reply

    async def _new_token(self, priority: Priority) -> Token:
        async def attempt(number: int) -> Token:
            request = self._http.build_request(
                "POST", self._account.login_url + TOKEN_PATH, data={"grant_type": "client_credentials"}
            )
            basic = httpx.BasicAuth(self._account.client_id, self._account.client_secret)
            return _understood(await self._send(next(basic.auth_flow(request)), number), read_token)

        return await self._persist(attempt, priority)

    async def _send(self, request: httpx.Request, attempt: int) -> Reply:
        started = self._around.clock()
        entry = log.bind(method=request.method, path=request.url.path, attempt=attempt)
        try:
            async with asyncio.timeout(self._timeout.total_seconds()):
                response = await self._http.send(request)
        except (TimeoutError, httpx.RequestError) as error:
            kind = type(error).__name__
            entry.warning("genesys did not answer", elapsed=round(self._around.clock() - started, 3), error=kind)
            if isinstance(error, TimeoutError | httpx.TimeoutException) and not isinstance(error, httpx.ConnectTimeout):
                raise GenesysTooSlow(f"no reply within {self._timeout.total_seconds():g} s") from error
            raise GenesysUnreachable(kind) from error
        reply = Reply(
            status=response.status_code,
            headers={name.lower(): value for name, value in response.headers.items()},
            body=response.content,
            received=self._around.now(),
        )
        entry.log(
            logging.INFO if response.is_success else logging.WARNING,
            "genesys answered",
            status=reply.status,
            correlation_id=reply.correlation_id,
            elapsed=round(self._around.clock() - started, 3),
        )
        return reply


def _understood(reply: Reply, read: Callable[[Reply], Answer]) -> Answer:
    try:
        return read(reply)
    except (ValueError, ArithmeticError) as error:  # a number or an instant beyond all bounds
        raise GenesysUnreadable(str(error), correlation_id=reply.correlation_id, status=reply.status) from error
