"""Tokens and limits on the wire. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

import msgspec

from bot.errors import GenesysBadCredentials
from bot.genesys.wire_errors import error_for, read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.genesys.wire_errors import Reply

TOKEN_PATH = "/oauth/token"  # noqa: S105  a path
LIMITS_PATH = "/api/v2/organizations/limits/namespaces/platform.api"
TOKEN_RATE = "client.credentials.token.rate.per.minute"  # noqa: S105  the name of a limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What every call is signed with. `life` counts from its issue."""

    text: str
    life: timedelta

    def __repr__(self) -> str:
        return f"Token(text='***', life={self.life})"


class _Token(msgspec.Struct):
    access_token: str
    expires_in: float


class _Limit(msgspec.Struct):
    key: str = ""
    value: float = 0


class _Limits(msgspec.Struct):
    entities: list[_Limit] | None = None


def read_token(reply: Reply) -> Token:
    """The reply of the login host to a client-credentials grant.

    400 and 401 both mean refused credentials: which of the two is sent is not documented.
    """
    if reply.status in (HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED):
        refused = error_for(reply)
        raise GenesysBadCredentials(refused.detail, correlation_id=refused.correlation_id, status=reply.status)
    token = read(reply, _Token)
    return Token(text=token.access_token, life=timedelta(seconds=token.expires_in))


def read_limits(reply: Reply) -> Mapping[str, int]:
    """Limits of the namespace `platform.api` by key."""
    return {limit.key: int(limit.value) for limit in read(reply, _Limits).entities or ()}
