"""Is the bot alive, and is it of use? For orchestrators and for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping


def health_routes(checks: Mapping[str, Callable[[], Awaitable[bool]]]) -> list[web.RouteDef]:
    """`/healthz` answers while the process lives; `/readyz` is 503 while one of `checks` is false, and names it."""

    async def alive(_: web.Request) -> web.Response:
        return web.json_response({"alive": True})

    async def ready(_: web.Request) -> web.Response:
        found = {name: await check() for name, check in checks.items()}
        return web.json_response(found, status=200 if all(found.values()) else 503)

    return [web.get("/healthz", alive), web.get("/readyz", ready)]
