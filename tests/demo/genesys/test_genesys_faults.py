import time
from typing import Any

import httpx
import pytest

from bot.demo.faults import LABELS, MODES, Faults

QUEUES = "/api/v2/routing/queues"


def test_every_mode_has_a_label() -> None:
    assert set(MODES) == set(LABELS)


async def test_down_drops_the_connection(site: Any) -> None:
    site.faults.set("down")
    with pytest.raises(httpx.TransportError):
        await site.client.get(QUEUES)
    site.faults.clear()
    assert (await site.client.get(QUEUES)).status_code == 200
    assert [asked.status for asked in site.log.to(QUEUES)] == [0, 200]


async def test_slow_waits_before_answering(site: Any) -> None:
    site.faults.set("slow", delay_seconds=0.05)
    begun = time.perf_counter()
    assert (await site.client.get(QUEUES)).status_code == 200
    assert time.perf_counter() - begun >= 0.05


@pytest.mark.parametrize(
    ("mode", "status", "retry_after"),
    [
        ("rate_limited", 429, "7"),
        ("rate_limited_silent", 429, None),
        ("rate_limited_long", 429, "3600"),
        ("server_error", 500, None),
        ("bad_gateway", 502, None),
        ("unavailable", 503, None),
        ("gateway_timeout", 504, None),
    ],
)
async def test_a_failing_reply_has_the_standard_body(
    site: Any, mode: Any, status: int, retry_after: str | None
) -> None:
    site.faults.set(mode, retry_after_seconds=7)
    reply = await site.client.get(QUEUES)
    assert (reply.status_code, reply.json()["status"]) == (status, status)
    assert reply.headers.get("Retry-After") == retry_after


async def test_html_is_not_json(site: Any) -> None:
    site.faults.set("html")
    reply = await site.client.get(QUEUES)
    assert reply.headers["Content-Type"].startswith("text/html")


async def test_a_truncated_body_breaks_off(site: Any) -> None:
    site.faults.set("truncated")
    with pytest.raises(httpx.RemoteProtocolError):
        await site.client.get(QUEUES)


async def test_a_revoked_token_fails_once_and_a_new_one_works(site: Any) -> None:
    site.faults.set("expired_token")
    assert (await site.client.get(QUEUES)).json()["code"] == "bad.credentials"
    assert (await site.client.get(QUEUES)).json()["code"] == "bad.credentials"
    await site.sign_in()
    assert (await site.client.get(QUEUES)).status_code == 200


async def test_a_wrong_secret_meets_the_token_request_only(site: Any) -> None:
    site.faults.set("wrong_secret", requests=1)
    assert (await site.client.get(QUEUES)).status_code == 200
    sign_in = {"data": {"grant_type": "client_credentials"}, "auth": httpx.BasicAuth("bot", "secret")}
    assert (await site.client.post("/oauth/token", **sign_in)).json()["error"] == "invalid_client"
    assert (await site.client.post("/oauth/token", **sign_in)).status_code == 200


async def test_a_fault_can_be_meant_for_a_few_requests_to_some_paths(site: Any) -> None:
    site.faults.set("unavailable", requests=2, prefix="/api/v2/routing")
    users = [(await site.client.get("/api/v2/users")).status_code for _ in range(2)]
    queues = [(await site.client.get(QUEUES)).status_code for _ in range(3)]
    assert (users, queues) == ([200, 200], [503, 503, 200])
    assert site.faults.met == 2


def test_the_oldest_fitting_fault_comes_first() -> None:
    faults = Faults()
    faults.set("unavailable", requests=1)
    faults.set("server_error")
    met = [faults.take("/") for _ in range(3)]
    assert [fault.mode for fault in met if fault] == ["unavailable", "server_error", "server_error"]


async def test_the_log_tells_what_was_asked(site: Any) -> None:
    await site.client.post(site.AGGREGATES, json={"metrics": []})
    (asked,) = site.log.to(site.AGGREGATES)
    assert (asked.method, asked.body, asked.status) == ("POST", {"metrics": []}, 400)
    assert site.log.counts[site.AGGREGATES] == 1
