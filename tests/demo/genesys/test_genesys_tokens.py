import base64
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from bot.demo.centre import Centre
from bot.demo.centre_organisation import Queue
from bot.demo.genesys_options import PERMISSIONS, Options

QUEUES = "/api/v2/routing/queues"
GRANT = {"grant_type": "client_credentials"}


async def test_the_right_secret_in_a_basic_header_gets_a_bearer_token(site: Any) -> None:
    reply = await site.client.post("/oauth/token", data=GRANT, auth=httpx.BasicAuth("bot", "secret"))
    body = reply.json()
    assert (reply.status_code, body["token_type"], body["expires_in"]) == (200, "bearer", 86_399)
    assert body["access_token"]


@pytest.mark.parametrize(
    ("headers", "data"),
    [
        pytest.param({}, GRANT, id="no credentials"),
        pytest.param({}, GRANT | {"client_id": "bot", "client_secret": "secret"}, id="credentials in the body only"),
        pytest.param({"Authorization": "Basic " + base64.b64encode(b"bot:wrong").decode()}, GRANT, id="another secret"),
        pytest.param({"Authorization": "Basic ???"}, GRANT, id="not base64"),
        pytest.param({"Authorization": "Basic " + base64.b64encode(b"bot:secret").decode()}, {}, id="no grant type"),
    ],
)
async def test_anything_else_is_refused_in_oauth_words(
    site: Any, headers: dict[str, str], data: dict[str, str]
) -> None:
    async with httpx.AsyncClient(base_url=site.base_url) as stranger:
        reply = await stranger.post("/oauth/token", data=data, headers=headers)
    assert reply.status_code == 400
    assert {"error", "error_description"} == set(reply.json())


async def test_a_wrong_secret_can_be_a_401_as_well(site: Any) -> None:
    site.options.wrong_secret_status = 401
    reply = await site.client.post("/oauth/token", data=GRANT, auth=httpx.BasicAuth("bot", "wrong"))
    assert (reply.status_code, reply.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        pytest.param({"Authorization": ""}, "authentication.required", id="none"),
        pytest.param({"Authorization": "Bearer made-up"}, "bad.credentials", id="unknown"),
    ],
)
async def test_a_call_without_a_good_token_is_refused(site: Any, headers: dict[str, str], code: str) -> None:
    reply = await site.client.get(QUEUES, headers=headers)
    assert (reply.status_code, reply.json()["code"]) == (401, code)


async def test_a_token_lives_as_long_as_it_said(
    open_site: Callable[..., Awaitable[Any]],
) -> None:
    site = await open_site(Centre.of([], []), options=Options(token_life=timedelta(minutes=5)))
    site.clock.advance(seconds=299)
    assert (await site.client.get(QUEUES)).status_code == 200
    site.clock.advance(seconds=1)
    assert (await site.client.get(QUEUES)).json()["code"] == "bad.credentials"
    await site.sign_in()
    assert (await site.client.get(QUEUES)).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "permission"),
    [
        ("GET", QUEUES, "routing:queue:view"),
        ("GET", f"{QUEUES}/{Queue.named('Billing').id}", "routing:queue:view"),
        ("GET", f"{QUEUES}/divisionviews", "routing:queue:search"),
        ("GET", f"{QUEUES}/divisionviews/all", "routing:queue:search"),
        ("GET", "/api/v2/routing/wrapupcodes", "routing:wrapupCode:view"),
        ("POST", "/api/v2/analytics/conversations/aggregates/query", "analytics:conversationAggregate:view"),
        ("POST", "/api/v2/analytics/queues/observations/query", "analytics:queueObservation:view"),
        ("POST", "/api/v2/analytics/conversations/details/query", "analytics:conversationDetail:view"),
    ],
)
async def test_a_missing_permission_is_named(site: Any, method: str, path: str, permission: str) -> None:
    site.options.permissions = PERMISSIONS - {permission}
    reply = await site.client.request(method, path, json={} if method == "POST" else None)
    assert (reply.status_code, reply.json()["code"]) == (403, "missing.any.permissions")
    assert permission in reply.json()["message"]
    site.options.permissions = PERMISSIONS
    assert (await site.client.request(method, path, json={} if method == "POST" else None)).status_code != 403


@pytest.mark.parametrize("path", ["/api/v2/users", "/api/v2/authorization/divisions"])
async def test_some_listings_need_no_permission(site: Any, path: str) -> None:
    site.options.permissions = frozenset()
    assert (await site.client.get(path)).status_code == 200


async def test_every_reply_says_where_the_token_stands(site: Any) -> None:
    first, second = await site.client.get(QUEUES), await site.client.get("/api/v2/nowhere")
    assert [reply.headers["inin-ratelimit-count"] for reply in (first, second)] == ["1", "2"]
    assert {reply.headers["inin-ratelimit-allowed"] for reply in (first, second)} == {"300"}
    site.clock.advance(seconds=42)
    assert (await site.client.get(QUEUES)).headers["inin-ratelimit-reset"] == "18"
    assert first.headers["ININ-Correlation-Id"] != second.headers["ININ-Correlation-Id"]


async def test_the_rate_headers_can_be_missing(site: Any) -> None:
    site.options.rate_headers = False
    assert not [name for name in (await site.client.get(QUEUES)).headers if name.startswith("inin-ratelimit")]


async def test_request_301_of_a_minute_is_one_too_many(site: Any) -> None:
    replies = [await site.client.get("/api/v2/authorization/divisions") for _ in range(300)]
    assert {reply.status_code for reply in replies} == {200}
    site.clock.advance(seconds=18)
    refused = await site.client.get(QUEUES)
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "42"
    assert refused.json()["code"] == "too.many.requests.retry.after"
    assert refused.json()["message"] == "Rate limit exceeded the maximum. Retry the request in [42] seconds"
    await site.sign_in()
    assert (await site.client.get(QUEUES)).status_code == 200, "the limit belongs to the token"


async def test_the_window_opens_again(site: Any) -> None:
    site.options.rate_limit = 2
    statuses = [(await site.client.get(QUEUES)).status_code for _ in range(3)]
    site.clock.advance(seconds=60)
    assert [*statuses, (await site.client.get(QUEUES)).status_code] == [200, 200, 429, 200]


async def test_older_layers_do_not_say_when_to_retry(site: Any) -> None:
    site.options.rate_limit = 0
    site.options.retry_after = False
    refused = await site.client.get(QUEUES)
    assert refused.status_code == 429
    assert "Retry-After" not in refused.headers
