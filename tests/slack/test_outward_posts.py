"""What a post that failed says of itself, and what is repeated."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.demo.slack_faults import Drop, Fault
from bot.demo.slack_local import LocalSlack, local_slack, serving
from bot.demo.slack_people import BILLING_FLOOR
from bot.slack.history import key_metadata
from bot.slack.outcomes import Trouble, reason_of, retry_after_of
from bot.slack.outward import Outcome, Outgoing, Slack, slack_client

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
POST = "chat.postMessage"
MESSAGE: Outgoing = {"text": "Billing: 80 %", "blocks": [{"type": "divider"}]}
SOON = timedelta(seconds=15)


@pytest.fixture
async def local() -> AsyncIterator[LocalSlack]:
    async with serving(local_slack(now=lambda: NOW, pace=None)) as one:
        yield one


@pytest.fixture
async def slack(local: LocalSlack) -> AsyncIterator[Slack]:
    async with slack_client(local.tokens.bot, base_url=local.base_url) as one:
        yield one


async def test_a_post_carries_what_it_can_be_found_by(local: LocalSlack, slack: Slack) -> None:
    posted = await slack.post(BILLING_FLOOR, MESSAGE, metadata=key_metadata("d1:2026-11-20"), within=SOON)
    assert posted.outcome is Outcome.SENT
    assert posted.trouble is Trouble.NONE
    (message,) = local.messages(BILLING_FLOOR)
    assert message.ts == posted.ts
    assert message.metadata == {"event_type": "sla_digest", "event_payload": {"key": "d1:2026-11-20"}}


@pytest.mark.parametrize(
    ("fault", "outcome", "trouble", "error"),
    [
        (Fault(error="is_archived"), Outcome.REFUSED, Trouble.CHANNEL, "is_archived"),
        (Fault(error="token_revoked"), Outcome.REFUSED, Trouble.WORKSPACE, "token_revoked"),
        (Fault(error="org_login_required"), Outcome.REFUSED, Trouble.MIGRATING, "org_login_required"),
        (Fault(error="invalid_blocks"), Outcome.REFUSED_BLOCKS, Trouble.PAYLOAD, "invalid_blocks"),
        (Fault(error="message_limit_exceeded"), Outcome.REFUSED, Trouble.PLAN, "message_limit_exceeded"),
        (Fault(error="internal_error"), Outcome.REFUSED, Trouble.AMBIGUOUS, "internal_error"),
        (Fault(drop=Drop.AFTER), Outcome.UNKNOWN, Trouble.AMBIGUOUS, ""),
    ],
)
async def test_a_failure_is_sorted(
    local: LocalSlack, slack: Slack, fault: Fault, outcome: Outcome, trouble: Trouble, error: str
) -> None:
    local.faults.add(POST, fault, times=1)
    posted = await slack.post(BILLING_FLOOR, MESSAGE, within=SOON)
    assert (posted.outcome, posted.trouble, posted.error) == (outcome, trouble, error)


async def test_with_a_time_limit_nothing_is_repeated(local: LocalSlack, slack: Slack) -> None:
    local.faults.add(POST, Fault(status=429, retry_after=timedelta(seconds=30)), times=1)
    posted = await slack.post(BILLING_FLOOR, MESSAGE, within=SOON)
    assert (posted.trouble, posted.retry_after) == (Trouble.TRANSIENT, timedelta(seconds=30))
    assert len(local.calls_of(POST)) == 1


async def test_without_one_a_rate_limit_is_waited_for(local: LocalSlack, slack: Slack) -> None:
    local.faults.add(POST, Fault(status=429, retry_after=timedelta()), times=1)
    posted = await slack.post(BILLING_FLOOR, MESSAGE)
    assert posted.outcome is Outcome.SENT


async def test_no_answer_in_time_is_ambiguous(local: LocalSlack, slack: Slack) -> None:
    local.faults.add(POST, Fault(delay=timedelta(seconds=30)), times=1)
    posted = await slack.post(BILLING_FLOOR, MESSAGE, within=timedelta(milliseconds=200))
    assert (posted.outcome, posted.trouble) == (Outcome.UNKNOWN, Trouble.AMBIGUOUS)


async def test_without_a_connection_nothing_has_left() -> None:
    async with slack_client("xoxb-1", base_url="http://127.0.0.1:1/api/") as nowhere:
        posted = await nowhere.post(BILLING_FLOOR, MESSAGE, within=SOON)
    assert (posted.outcome, posted.trouble) == (Outcome.UNKNOWN, Trouble.TRANSIENT)


@pytest.mark.parametrize("content_type", ["text/html", "text/plain", "application/json"])
async def test_a_gateway_s_page_is_ambiguous(content_type: str) -> None:
    async def page(_: web.Request) -> web.Response:
        return web.Response(status=502, text="<html>Bad gateway</html>", content_type=content_type)

    app = web.Application()
    app.router.add_route("*", "/api/{method}", page)
    async with TestServer(app) as server, slack_client("xoxb-1", base_url=str(server.make_url("/api/"))) as slack:
        posted = await slack.post(BILLING_FLOOR, MESSAGE, within=SOON)
    assert (posted.outcome, posted.trouble, posted.error) == (Outcome.UNKNOWN, Trouble.AMBIGUOUS, "HTTP 502")


@pytest.mark.parametrize(
    ("header", "wait"),
    [(None, None), ("", None), ("30", timedelta(seconds=30)), ("0", timedelta()), ("soon", None), ("-1", None)],
)
def test_how_long_to_wait(header: str | None, wait: timedelta | None) -> None:
    assert retry_after_of(header) == wait


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("is_archived", "the channel is archived"),
        ("restricted_action", "the bot is not allowed to post in the channel"),
        ("something_new", "Slack refused the message (something_new)"),
        ("", "Slack did not answer"),
    ],
)
def test_a_refusal_in_words(error: str, words: str) -> None:
    assert reason_of(error) == words
