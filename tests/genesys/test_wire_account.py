from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import GenesysBadCredentials, GenesysBroken, GenesysUnreadable
from bot.genesys.wire_account import Token, read_limits, read_token
from bot.genesys.wire_errors import Reply


def reply(status: int, body: bytes) -> Reply:
    return Reply(status=status, headers={}, body=body, received=datetime(2026, 11, 21, tzinfo=UTC))


def test_a_token_lives_as_long_as_the_reply_says() -> None:
    body = b'{"access_token": "abc", "token_type": "bearer", "expires_in": 86399}'
    assert read_token(reply(200, body)) == Token(text="abc", life=timedelta(seconds=86_399))


def test_a_token_does_not_print_itself() -> None:
    assert "abc" not in repr(Token(text="abc", life=timedelta(hours=1)))


@pytest.mark.parametrize("status", [400, 401])
def test_refused_credentials_are_told_by_either_status(status: int) -> None:
    body = b'{"error": "invalid_client", "error_description": "client not found"}'
    with pytest.raises(GenesysBadCredentials) as raised:
        read_token(reply(status, body))
    assert (raised.value.detail, raised.value.status) == ("invalid_client: client not found", status)


def test_a_login_host_that_fails_is_not_bad_credentials() -> None:
    with pytest.raises(GenesysBroken):
        read_token(reply(503, b""))


def test_a_token_reply_without_a_token_is_unreadable() -> None:
    with pytest.raises(GenesysUnreadable):
        read_token(reply(200, b'{"expires_in": 3}'))


def test_limits_are_read_by_key() -> None:
    body = b'{"entities": [{"namespace": "platform.api", "key": "token.rate.per.minute", "value": 300}]}'
    assert read_limits(reply(200, body)) == {"token.rate.per.minute": 300}
