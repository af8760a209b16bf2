from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.errors import GenesysBadCredentials, GenesysError, GenesysUnreachable
from bot.genesys.auth import Tokens
from bot.genesys.pace import Priority
from bot.genesys.wire_account import Token

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    Virtually = Callable[[Coroutine[Any, Any, Any]], Any]

PERSON = Priority.PERSON


@dataclass
class Login:
    """Issues numbered tokens of an hour, each after a second; or fails."""

    failures: list[GenesysError] = field(default_factory=list)
    issued: int = 0

    async def issue(self, _priority: Priority) -> Token:
        await asyncio.sleep(1)
        if self.failures:
            raise self.failures.pop(0)
        self.issued += 1
        return Token(text=f"token-{self.issued}", life=timedelta(hours=1))

    def tokens(self) -> Tokens:
        return Tokens(self.issue, clock=asyncio.get_running_loop().time)


def test_first_callers_share_one_request(virtually: Virtually) -> None:
    async def story() -> None:
        login = Login()
        tokens = login.tokens()
        assert set(await asyncio.gather(*(tokens.current(PERSON) for _ in range(20)))) == {"token-1"}
        assert login.issued == 1

    virtually(story())


@pytest.mark.parametrize(
    ("after", "token"),
    [
        pytest.param(3200, "token-1", id="before nine tenths of its life"),
        pytest.param(3250, "token-2", id="after"),
    ],
)
def test_a_token_is_renewed_early(virtually: Virtually, after: float, token: str) -> None:
    async def story() -> str:
        tokens = Login().tokens()
        await tokens.current(PERSON)
        await asyncio.sleep(after)
        return await tokens.current(PERSON)

    assert virtually(story()) == token


@pytest.mark.parametrize(
    ("after", "served"),
    [
        pytest.param(3300, True, id="the old one still lives"),
        pytest.param(3700, False, id="the old one is dead"),
    ],
)
def test_when_the_early_renewal_fails_the_old_token_serves_to_its_end(
    virtually: Virtually, after: float, served: bool
) -> None:
    async def story() -> bool:
        login = Login()
        tokens = login.tokens()
        await tokens.current(PERSON)
        await asyncio.sleep(after)
        login.failures.append(GenesysUnreachable())
        try:
            return await tokens.current(PERSON) == "token-1"
        except GenesysUnreachable:
            return False

    assert virtually(story()) is served


def test_refused_credentials_are_told_at_once(virtually: Virtually) -> None:
    async def story() -> None:
        login = Login()
        tokens = login.tokens()
        await tokens.current(PERSON)
        await asyncio.sleep(3300)
        login.failures.append(GenesysBadCredentials())
        with pytest.raises(GenesysBadCredentials):
            await tokens.current(PERSON)

    virtually(story())


def test_after_a_failure_the_next_caller_asks_again(virtually: Virtually) -> None:
    async def story() -> str:
        tokens = Login(failures=[GenesysUnreachable()]).tokens()
        with pytest.raises(GenesysUnreachable):
            await tokens.current(PERSON)
        return await tokens.current(PERSON)

    assert virtually(story()) == "token-1"


def test_dropping_an_old_token_keeps_the_new_one(virtually: Virtually) -> None:
    async def story() -> str:
        tokens = Login().tokens()
        old = await tokens.current(PERSON)
        tokens.drop(old)
        await tokens.current(PERSON)
        tokens.drop(old)
        return await tokens.current(PERSON)

    assert virtually(story()) == "token-2"


def test_a_caller_who_leaves_does_not_take_the_request_along(virtually: Virtually) -> None:
    async def story() -> str:
        login = Login()
        tokens = login.tokens()
        first, second = (asyncio.create_task(tokens.current(PERSON)) for _ in range(2))
        await asyncio.sleep(0.5)
        first.cancel()
        token = await second
        assert login.issued == 1
        return token

    assert virtually(story()) == "token-1"
