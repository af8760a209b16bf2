"""A message is looked for by what it carries, as far as the bot may look."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.demo.slack_coverage import ALL_SCOPES
from bot.demo.slack_faults import Drop, Fault
from bot.demo.slack_local import LocalSlack, local_slack, serving
from bot.demo.slack_people import ANA, BEN, BILLING_FLOOR, BOT
from bot.slack import history
from bot.slack.history import CLOCKS, Sight, key_metadata, look_for_message
from bot.slack.outward import Outgoing, Slack, slack_client

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
KEY = "d1:2026-11-20"
MESSAGE: Outgoing = {"text": "Billing: 80 %", "blocks": []}


class Clock:
    now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def local(clock: Clock) -> AsyncIterator[LocalSlack]:
    async with serving(local_slack(now=clock, pace=None)) as one:
        yield one


@pytest.fixture
async def slack(local: LocalSlack) -> AsyncIterator[Slack]:
    async with slack_client(local.tokens.bot, base_url=local.base_url) as one:
        yield one


async def sight(slack: Slack, channel: str = BILLING_FLOOR, *, since: datetime = NOW) -> Sight:
    seen = await look_for_message(slack, await slack.identity(), channel, key=KEY, since=since)
    return seen.sight


async def test_the_message_with_the_key_is_found(slack: Slack) -> None:
    await slack.post(BILLING_FLOOR, MESSAGE, metadata=key_metadata("d1:2026-11-19"))
    posted = await slack.post(BILLING_FLOOR, MESSAGE, metadata=key_metadata(KEY))
    await slack.post(BILLING_FLOOR, MESSAGE)
    seen = await look_for_message(slack, await slack.identity(), BILLING_FLOOR, key=KEY, since=NOW)
    assert (seen.sight, seen.ts) == (Sight.THERE, posted.ts)


async def test_others_messages_are_not_ours_whatever_they_carry(local: LocalSlack, slack: Slack) -> None:
    local.workspace.post(BILLING_FLOOR, BEN, "The same words", metadata=key_metadata(KEY))
    assert await sight(slack) is Sight.NOT_THERE


async def test_clocks_that_disagree_hide_nothing(clock: Clock, slack: Slack) -> None:
    await slack.post(BILLING_FLOOR, MESSAGE, metadata=key_metadata(KEY))
    assert await sight(slack, since=NOW + CLOCKS - timedelta(seconds=1)) is Sight.THERE
    assert await sight(slack, since=NOW - CLOCKS) is Sight.THERE


async def test_a_busy_channel_is_read_page_by_page(
    monkeypatch: pytest.MonkeyPatch, local: LocalSlack, slack: Slack
) -> None:
    monkeypatch.setattr(history, "PAGE", 3)
    await slack.post(BILLING_FLOOR, MESSAGE, metadata=key_metadata(KEY))
    for number in range(20):
        local.workspace.post(BILLING_FLOOR, BEN, f"Message {number}")
    assert await sight(slack) is Sight.THERE


async def test_a_channel_that_does_not_end_is_given_up(
    monkeypatch: pytest.MonkeyPatch, local: LocalSlack, slack: Slack
) -> None:
    monkeypatch.setattr(history, "PAGE", 1)
    for number in range(20):
        local.workspace.post(BILLING_FLOOR, BEN, f"Message {number}")
    assert await sight(slack) is Sight.BLIND
    assert len(local.calls_of("conversations.history")) == history.MOST_PAGES


async def test_direct_messages_are_found_by_the_person(slack: Slack) -> None:
    await slack.post(ANA, MESSAGE, metadata=key_metadata(KEY))
    assert await sight(slack, ANA) is Sight.THERE


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault(error="missing_scope"), Sight.BLIND),
        (Fault(error="channel_not_found"), Sight.BLIND),
        (Fault(error="something_new"), Sight.BLIND),
        (Fault(error="internal_error"), Sight.LATER),
        (Fault(error="token_revoked"), Sight.LATER),
        (Fault(status=429, retry_after=timedelta()), Sight.LATER),
    ],
)
async def test_what_hides_a_channel_and_what_passes(
    local: LocalSlack, slack: Slack, fault: Fault, expected: Sight
) -> None:
    local.faults.add("conversations.history", fault, times=None if fault.status is None else 3)
    assert await sight(slack) is expected


async def test_a_look_is_repeated_when_the_connection_breaks(local: LocalSlack, slack: Slack) -> None:
    local.faults.add("conversations.history", Fault(drop=Drop.BEFORE), times=1)
    assert await sight(slack) is Sight.NOT_THERE


async def test_only_members_may_look(local: LocalSlack, slack: Slack) -> None:
    members = local.workspace.channels[BILLING_FLOOR].members
    local.workspace.change_channel(BILLING_FLOOR, members=members - {BOT})
    assert await sight(slack) is Sight.BLIND


async def test_without_the_scope_nothing_is_seen() -> None:
    scopes = {scope for scope in ALL_SCOPES if not scope.endswith(":history")}
    async with (
        serving(local_slack(now=lambda: NOW, scopes=scopes)) as local,
        slack_client(local.tokens.bot, base_url=local.base_url) as slack,
    ):
        assert await sight(slack) is Sight.BLIND
