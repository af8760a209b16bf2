import re
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.demo.centre import Centre
from bot.demo.genesys_coverage import COVERAGE
from bot.demo.genesys_server import genesys_app


def test_the_list_and_the_routes_agree() -> None:
    app = genesys_app(Centre.of([], []), now=lambda: datetime.now(UTC), client_id="a", client_secret="b")
    routes = {(route.method, route.resource.canonical) for route in app.router.routes() if route.resource}
    assert {(endpoint.method, endpoint.path) for endpoint in COVERAGE if endpoint.served} == routes


def test_nothing_is_listed_twice() -> None:
    assert len({(endpoint.method, endpoint.path) for endpoint in COVERAGE}) == len(COVERAGE)


@pytest.mark.parametrize("endpoint", [e for e in COVERAGE if not e.served], ids=lambda e: f"{e.method} {e.path}")
async def test_what_is_not_served_fails_by_name(site: Any, endpoint: Any) -> None:
    path = re.sub(r"\{\w+\}", "0c9b7e0e-5f3b-4a53-9a9a-3f4f8d1d0b11", endpoint.path)
    reply = await site.client.request(endpoint.method, path)
    assert (reply.status_code, reply.json()["code"]) == (404, "not.found")
    assert path in reply.json()["message"]


async def test_another_method_on_a_served_path_fails_by_name_too(site: Any) -> None:
    reply = await site.client.delete("/api/v2/routing/queues")
    assert reply.status_code == 404
    assert "DELETE /api/v2/routing/queues" in reply.json()["message"]
