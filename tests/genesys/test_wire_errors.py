from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from bot.errors import (
    GenesysBadCredentials,
    GenesysBroken,
    GenesysError,
    GenesysForbidden,
    GenesysLimited,
    GenesysRefused,
    GenesysTooSlow,
    GenesysUnreadable,
)
from bot.genesys.wire_errors import Quota, Reply, error_for, quota, read, retry_after

if TYPE_CHECKING:
    from collections.abc import Callable

RECEIVED = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def reply(status: int = 200, body: bytes = b"", **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status=status, headers=named, body=body, received=RECEIVED)


@pytest.mark.parametrize(
    ("status", "family"),
    [
        pytest.param(400, GenesysRefused, id="a request of ours is wrong"),
        pytest.param(401, GenesysBadCredentials, id="the token is refused"),
        pytest.param(403, GenesysForbidden, id="a permission is missing"),
        pytest.param(404, GenesysRefused, id="no such thing"),
        pytest.param(408, GenesysTooSlow, id="they waited for us"),
        pytest.param(413, GenesysRefused, id="the body is too large"),
        pytest.param(415, GenesysRefused, id="not the right kind of body"),
        pytest.param(302, GenesysRefused, id="a redirect, which the platform never sends"),
        pytest.param(429, GenesysLimited, id="too often"),
        pytest.param(500, GenesysBroken, id="their defect"),
        pytest.param(502, GenesysBroken, id="their gateway"),
        pytest.param(503, GenesysBroken, id="their maintenance"),
        pytest.param(504, GenesysTooSlow, id="their gateway gave up"),
    ],
)
def test_each_status_has_its_error_also_with_a_page_of_a_proxy_as_body(status: int, family: type[GenesysError]) -> None:
    error = error_for(reply(status, b"<html>Bad Gateway</html>", inin_correlation_id="abc"))
    assert type(error) is family
    assert (error.status, error.correlation_id) == (status, "abc")


def test_the_detail_has_code_and_message(recorded: Callable[[str], bytes]) -> None:
    error = error_for(reply(400, recorded("invalid_value")))
    assert error.detail.startswith("invalid.value: Value [] is not valid for field type [QueryFilterType]")


def test_without_the_header_the_correlation_id_comes_from_the_body(recorded: Callable[[str], bytes]) -> None:
    assert error_for(reply(400, recorded("invalid_value"))).correlation_id == "7dafa55d-d99c-4c98-991f-6ed70459b64a"


def test_a_missing_permission_is_named_in_the_remedy(recorded: Callable[[str], bytes]) -> None:
    error = error_for(reply(403, recorded("missing_permission")))
    assert error.detail == "analytics:conversationAggregate:view"
    assert "(analytics:conversationAggregate:view)" in error.remedy


@pytest.mark.parametrize(
    ("text", "wait"),
    [
        pytest.param("42", timedelta(seconds=42), id="seconds"),
        pytest.param(" 3.5 ", timedelta(seconds=3.5), id="with a fraction"),
        pytest.param("-1", timedelta(0), id="already over"),
        pytest.param("Sat, 21 Nov 2026 12:01:00 GMT", timedelta(seconds=60), id="a date"),
        pytest.param("Sat, 21 Nov 2026 11:00:00 GMT", timedelta(0), id="a date gone by"),
        pytest.param("soon", None, id="a word"),
        pytest.param("1e400", None, id="for ever"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_retry_after_is_read(text: str, wait: timedelta | None) -> None:
    assert retry_after(reply(429, retry_after=text)) == wait


def test_a_429_that_does_not_say_holds_for_three_seconds() -> None:
    error = error_for(reply(429))
    assert isinstance(error, GenesysLimited)
    assert error.retry_after == timedelta(seconds=3)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        pytest.param(
            {
                "inin-ratelimit-allowed": "300",
                "inin-ratelimit-count": "12",
                "inin-ratelimit-reset": "61",
            },
            Quota(allowed=300, used=12, resets_in=timedelta(seconds=61)),
            id="all three",
        ),
        pytest.param({"inin-ratelimit-allowed": "300"}, None, id="some replies lack them"),
        pytest.param(
            {"inin-ratelimit-allowed": "0", "inin-ratelimit-count": "1", "inin-ratelimit-reset": "1"},
            None,
            id="nothing allowed makes no sense",
        ),
        pytest.param(
            {"inin-ratelimit-allowed": "300", "inin-ratelimit-count": "1", "inin-ratelimit-reset": "86400"},
            None,
            id="a window of a day makes no sense",
        ),
        pytest.param(
            {"inin-ratelimit-allowed": "many", "inin-ratelimit-count": "1", "inin-ratelimit-reset": "1"},
            None,
            id="not a number",
        ),
    ],
)
def test_the_quota_is_believed_only_when_it_makes_sense(headers: dict[str, str], expected: Quota | None) -> None:
    assert quota(headers) == expected


class Point(msgspec.Struct):
    x: int


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        pytest.param(b"<html>Sign in to the guest network</html>", "text/html", id="a page of a proxy"),
        pytest.param(b'{"x": 1}', "text/html; charset=utf-8", id="JSON that claims to be a page"),
        pytest.param(b'{"x": ', "application/json", id="cut short"),
        pytest.param(b"", "application/json", id="empty"),
        pytest.param(b'{"x": "one"}', "application/json", id="a field of another type"),
        pytest.param(b"[]", "application/json", id="another shape"),
        pytest.param(b"\xff\xfe", "application/json", id="not UTF-8"),
    ],
)
def test_what_is_not_the_documented_reply_is_unreadable(body: bytes, content_type: str) -> None:
    with pytest.raises(GenesysUnreadable) as raised:
        read(reply(200, body, content_type=content_type, inin_correlation_id="abc"), Point)
    assert raised.value.correlation_id == "abc"


def test_fields_nobody_asked_for_are_passed_over() -> None:
    assert read(reply(200, b'{"x": 1, "y": {}}', content_type="application/json"), Point) == Point(x=1)
