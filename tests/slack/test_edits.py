"""Editing a message: what is changed, what Slack's words mean, and that there is one attempt."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.demo.slack_faults import Drop, Fault
from bot.demo.slack_local import LocalSlack, local_slack, serving
from bot.demo.slack_people import BILLING_FLOOR
from bot.slack.edits import Edited, edit
from bot.slack.history import ALERT_EVENT, Sight, key_metadata, look_for_message
from bot.slack.outcomes import Trouble
from bot.slack.outward import Slack, slack_client

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.slack.outward import Outgoing

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SOON = timedelta(seconds=15)
UPDATE = "chat.update"


def message(text: str) -> Outgoing:
    section = {"type": "section", "text": {"type": "plain_text", "text": text}}
    return {"text": text, "blocks": [section], "attachments": [{"blocks": [section]}]}


@pytest.fixture
async def local() -> AsyncIterator[LocalSlack]:
    async with serving(local_slack(now=lambda: NOW, pace=None)) as one:
        yield one


@pytest.fixture
async def slack(local: LocalSlack) -> AsyncIterator[Slack]:
    async with slack_client(local.tokens.bot, base_url=local.base_url) as one:
        yield one


async def test_all_of_a_message_changes_but_its_key(local: LocalSlack, slack: Slack) -> None:
    key = key_metadata("b1", event=ALERT_EVENT)
    posted = await slack.post(BILLING_FLOOR, message("one"), metadata=key)
    assert await edit(slack, BILLING_FLOOR, posted.ts, message("two"), within=SOON) == Edited()
    (shown,) = local.messages(BILLING_FLOOR)
    assert (shown.text, shown.metadata) == ("two", key)
    assert shown.blocks[0]["text"]["text"] == shown.attachments[0]["blocks"][0]["text"]["text"] == "two"


@pytest.mark.parametrize(
    ("fault", "trouble", "gone"),
    [
        pytest.param(Fault(error="message_not_found"), Trouble.OTHER, True, id="deleted"),
        pytest.param(Fault(error="cant_update_message"), Trouble.OTHER, True, id="somebody else's"),
        pytest.param(Fault(error="edit_window_closed"), Trouble.OTHER, True, id="too old"),
        pytest.param(Fault(error="is_inactive"), Trouble.OTHER, True, id="archived"),
        pytest.param(Fault(error="hash_conflict"), Trouble.OTHER, False, id="changed meanwhile"),
        pytest.param(Fault(error="channel_not_found"), Trouble.CHANNEL, False, id="no such channel"),
        pytest.param(Fault(error="token_revoked"), Trouble.WORKSPACE, False, id="the bot was removed"),
        pytest.param(Fault(error="invalid_blocks"), Trouble.PAYLOAD, False, id="its form"),
        pytest.param(Fault(status=429), Trouble.TRANSIENT, False, id="too many"),
        pytest.param(Fault(drop=Drop.BEFORE), Trouble.AMBIGUOUS, False, id="no answer"),
    ],
)
async def test_why_it_was_not_taken(
    local: LocalSlack, slack: Slack, fault: Fault, trouble: Trouble, *, gone: bool
) -> None:
    posted = await slack.post(BILLING_FLOOR, message("one"))
    local.faults.add(UPDATE, fault, times=None)
    edited = await edit(slack, BILLING_FLOOR, posted.ts, message("two"), within=SOON)
    assert (edited.trouble, edited.gone) == (trouble, gone)
    assert len(local.calls_of(UPDATE)) <= 1


async def test_how_long_to_wait_is_passed_on(local: LocalSlack, slack: Slack) -> None:
    local.faults.add(UPDATE, Fault(status=429, retry_after=timedelta(seconds=7)), times=1)
    edited = await edit(slack, BILLING_FLOOR, "1.0", message("two"), within=SOON)
    assert edited.retry_after == timedelta(seconds=7)


@pytest.mark.parametrize(
    ("key", "event", "sight"),
    [
        pytest.param("b1:l1", ALERT_EVENT, Sight.THERE, id="the line"),
        pytest.param("b1:l2", ALERT_EVENT, Sight.NOT_THERE, id="another line"),
        pytest.param("b1:l1", "sla_digest", Sight.NOT_THERE, id="another kind of message"),
    ],
)
async def test_a_line_is_found_in_its_thread(
    local: LocalSlack, slack: Slack, key: str, event: str, sight: Sight
) -> None:
    parent = await slack.post(BILLING_FLOOR, message("one"))
    metadata = key_metadata("b1:l1", event=ALERT_EVENT)
    line = await slack.post(BILLING_FLOOR, message("line"), metadata=metadata, thread=parent.ts)
    seen = await look_for_message(
        slack, await slack.identity(), BILLING_FLOOR, key=key, since=NOW, event=event, thread=parent.ts
    )
    assert (seen.sight, seen.ts) == (sight, line.ts if sight is Sight.THERE else "")
    assert local.calls_of("conversations.replies")
