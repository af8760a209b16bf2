"""What stands behind a coloured line goes out with a message, and goes away when the next has none."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bot.demo.slack_local import LocalSlack, local_slack, serving
from bot.demo.slack_people import BILLING_FLOOR
from bot.slack.outward import Outcome, Outgoing, Slack, slack_client

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
PLAIN: Outgoing = {"text": "Billing: 80 %", "blocks": [{"type": "divider"}]}
RED: Outgoing = {
    **PLAIN,
    "attachments": [{"color": "#c0392b", "fallback": "Critical", "blocks": [{"type": "divider"}]}],
}


@pytest.fixture
async def local() -> AsyncIterator[LocalSlack]:
    async with serving(local_slack(now=lambda: NOW, pace=None)) as one:
        yield one


@pytest.fixture
async def slack(local: LocalSlack) -> AsyncIterator[Slack]:
    async with slack_client(local.tokens.bot, base_url=local.base_url) as one:
        yield one


async def test_a_post_has_its_coloured_line(local: LocalSlack, slack: Slack) -> None:
    await slack.post(BILLING_FLOOR, RED)

    (message,) = local.messages(BILLING_FLOOR)
    assert [each["color"] for each in message.attachments] == ["#c0392b"]


async def test_an_edit_changes_it_and_one_without_it_takes_it_away(local: LocalSlack, slack: Slack) -> None:
    posted = await slack.post(BILLING_FLOOR, PLAIN)

    assert await slack.rewrite(BILLING_FLOOR, posted.ts, RED) is Outcome.SENT
    assert len(local.messages(BILLING_FLOOR)[0].attachments) == 1
    assert await slack.rewrite(BILLING_FLOOR, posted.ts, PLAIN) is Outcome.SENT
    assert local.messages(BILLING_FLOOR)[0].attachments == ()
