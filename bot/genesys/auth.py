"""One access token for the process."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.errors import GenesysBadCredentials, GenesysError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

    from bot.genesys.pace import Priority
    from bot.genesys.wire_account import Token

RENEW_AT = 0.9
"""Part of a token's life after which the next caller renews it."""


class Tokens:
    """Holds the token, renews it early, and lets simultaneous callers share one request."""

    def __init__(self, fetch: Callable[[Priority], Coroutine[Any, Any, Token]], *, clock: Callable[[], float]) -> None:
        self._fetch = fetch
        self._clock = clock
        self._token: Token | None = None
        self._born = 0.0
        self._fetching: asyncio.Task[Token] | None = None

    async def current(self, priority: Priority) -> str:
        """A token that should be good. Raises GenesysError.

        When an early renewal fails, the old one serves until it ends, unless the credentials themselves were refused.
        """
        if self._token is not None and self._age < RENEW_AT * self._life:
            return self._token.text
        if self._fetching is None:
            self._fetching = asyncio.get_running_loop().create_task(self._renew(priority))
            self._fetching.add_done_callback(self._settled)
        try:
            token = await asyncio.shield(self._fetching)
        except GenesysBadCredentials:
            raise
        except GenesysError:
            if self._token is None or self._age >= self._life:
                raise
            token = self._token
        return token.text

    def drop(self, text: str) -> None:
        """Forget a token that was refused; a newer one stays."""
        if self._token is not None and self._token.text == text:
            self._token = None

    def close(self) -> None:
        """Stop a renewal that is under way."""
        if self._fetching is not None:
            self._fetching.cancel()

    @property
    def _age(self) -> float:
        return self._clock() - self._born

    @property
    def _life(self) -> float:
        return self._token.life.total_seconds() if self._token is not None else 0.0

    async def _renew(self, priority: Priority) -> Token:
        asked = self._clock()
        token = await self._fetch(priority)
        self._token, self._born = token, asked
        return token

    def _settled(self, task: asyncio.Task[Token]) -> None:
        self._fetching = None
        if not task.cancelled():
            task.exception()  # read, so that a failure nobody waits for any more is not reported as lost
