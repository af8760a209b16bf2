"""Are Slack's tokens good, and what do they permit? For the preflight check."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import Explainable

if TYPE_CHECKING:
    from collections.abc import Iterator

_PATIENCE = aiohttp.ClientTimeout(total=10)


class SlackRefused(Explainable):
    """Slack said no to a token, or nothing. `code` is Slack's own word, `invalid_auth` say; empty without a reply."""

    remedy = "Run `sla-bot check`: it tells for each token whether it is good, and what to do."

    def __init__(self, token: str, code: str = "") -> None:
        self.code = code
        super().__init__(f"Slack refuses the {token}: {code}." if code else "Slack cannot be reached.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """What a bot token stands for."""

    workspace: str
    scopes: frozenset[str]


async def probe_bot_token(token: str, *, base_url: str) -> Installed:
    """Workspace and scopes of a bot token. Raises SlackRefused. Source: `auth.test`, header `x-oauth-scopes`."""
    async with aiohttp.ClientSession(timeout=_PATIENCE) as session:
        client = AsyncWebClient(token=token, base_url=_folder(base_url), session=session)
        with refusal_of("bot token"):
            reply = await client.auth_test()
    headers = {name.lower(): value for name, value in reply.headers.items()}
    scopes = (scope.strip() for scope in headers.get("x-oauth-scopes", "").split(","))
    return Installed(workspace=str(reply.get("team", "")), scopes=frozenset(filter(None, scopes)))


async def probe_app_token(token: str, *, base_url: str) -> None:
    """Return if the token may open a Socket Mode connection; none is opened. Raises SlackRefused.

    Source: `apps.connections.open`.
    """
    async with aiohttp.ClientSession(timeout=_PATIENCE) as session:
        client = AsyncWebClient(base_url=_folder(base_url), session=session)
        with refusal_of("app token"):
            await client.apps_connections_open(app_token=token)


@contextmanager
def refusal_of(token: str) -> Iterator[None]:
    """Raises SlackRefused for whatever Slack, or the way to it, says against `token` in the block."""
    try:
        yield
    except SlackApiError as error:
        raise SlackRefused(token, _code(error)) from error
    except (aiohttp.ClientError, TimeoutError) as error:
        raise SlackRefused(token) from error


def _code(error: SlackApiError) -> str:
    said = error.response.data
    # A gateway's web page arrives as text.
    return str(said["error"]) if isinstance(said, dict) and "error" in said else f"status {error.response.status_code}"


def _folder(base_url: str) -> str:
    return base_url if base_url.endswith("/") else base_url + "/"
