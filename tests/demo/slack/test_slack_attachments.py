"""Alerts as Slack carries them: coloured attachments with blocks, clicks in them, updates and threads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from slack_sdk.errors import SlackApiError

from bot.demo.slack_people import ANA, BILLING_FLOOR, SHIFT_LEADS

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncApp
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.demo.slack_local import LocalSlack
    from bot.demo.slack_workspace import Message


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def option(value: str) -> dict[str, Any]:
    return {"text": plain(value.title()), "value": value}


def button(action_id: str) -> dict[str, Any]:
    return {"type": "button", "action_id": action_id, "text": plain(action_id.title()), "value": "7"}


ELEMENTS: list[dict[str, Any]] = [
    button("acknowledge"),
    {"type": "static_select", "action_id": "snooze", "options": [option("15m"), option("1h")]},
    {"type": "multi_static_select", "action_id": "who", "options": [option("ana"), option("ben")]},
    {"type": "overflow", "action_id": "more", "options": [option("useless"), option("expected")]},
]
ALERT: dict[str, Any] = {
    "color": "#c0392b",
    "fallback": "Billing: 14 waiting",
    "blocks": [
        {"type": "section", "text": {"type": "mrkdwn", "text": "14 waiting"}},
        {"type": "actions", "block_id": "presses", "elements": ELEMENTS},
    ],
}


async def posted(slack: LocalSlack, client: AsyncWebClient, **more: Any) -> Message:
    answer = await client.chat_postMessage(
        channel=BILLING_FLOOR, text="Billing: 14 waiting", attachments=[ALERT], **more
    )
    return slack.workspace.messages[BILLING_FLOOR, answer["ts"]]


@pytest.fixture
def pressed(bot: AsyncApp) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = []
    for action_id in ("acknowledge", "snooze", "who", "more"):

        @bot.action(action_id)
        async def hear(ack: Any, body: dict[str, Any]) -> None:
            told.append(body)
            await ack()

    return told


async def test_attachments_are_numbered_and_their_blocks_named(slack: LocalSlack, client: AsyncWebClient) -> None:
    answer = await client.chat_postMessage(channel=BILLING_FLOOR, text="x", attachments=[{"color": "good"}, ALERT])
    first, second = answer["message"]["attachments"]
    assert (first["id"], first["fallback"]) == (1, "[no preview available]")
    assert (second["id"], second["fallback"], second["color"]) == (2, "Billing: 14 waiting", "#c0392b")
    assert all(block["block_id"] for block in second["blocks"])


async def test_a_press_in_an_attachment_says_where_it_was_and_carries_the_whole_message(
    slack: LocalSlack, client: AsyncWebClient, pressed: list[dict[str, Any]]
) -> None:
    message = await posted(slack, client)
    assert (await slack.click(ANA, message, "acknowledge")).ack.ok
    body = pressed[-1]
    assert body["container"] == {
        "type": "message_attachment",
        "attachment_id": 1,
        "message_ts": message.ts,
        "channel_id": BILLING_FLOOR,
        "is_ephemeral": False,
        "is_app_unfurl": False,
    }
    assert body["message"]["attachments"][0]["color"] == "#c0392b"
    assert {"action_id": "acknowledge", "block_id": "presses", "value": "7"}.items() <= body["actions"][0].items()


CHOICES = [
    pytest.param("snooze", "1h", "selected_option", option("1h"), id="a menu"),
    pytest.param("more", "expected", "selected_option", option("expected"), id="an overflow menu"),
    pytest.param("who", ["ana", "ben"], "selected_options", [option("ana"), option("ben")], id="a menu of many"),
]


@pytest.mark.parametrize(("action_id", "value", "key", "chosen"), CHOICES)
async def test_a_choice_in_an_attachment_travels_as_the_whole_option(
    slack: LocalSlack,
    client: AsyncWebClient,
    pressed: list[dict[str, Any]],
    action_id: str,
    value: Any,
    key: str,
    chosen: Any,
) -> None:
    await slack.click(ANA, await posted(slack, client), action_id, value=value)
    assert pressed[-1]["actions"][0][key] == chosen


async def test_what_is_chosen_in_an_attachment_stands_in_the_state(
    slack: LocalSlack, client: AsyncWebClient, pressed: list[dict[str, Any]]
) -> None:
    message = await posted(slack, client)
    await slack.click(ANA, message, "snooze", value="1h")
    await slack.click(ANA, message, "acknowledge")
    assert pressed[-1]["state"]["values"]["presses"]["snooze"]["selected_option"] == option("1h")


async def test_a_press_in_a_thread_names_the_thread(
    slack: LocalSlack, client: AsyncWebClient, pressed: list[dict[str, Any]]
) -> None:
    parent = await posted(slack, client)
    reply = await posted(slack, client, thread_ts=parent.ts)
    await slack.click(ANA, reply, "acknowledge")
    assert pressed[-1]["container"]["thread_ts"] == parent.ts


WRONG = [
    pytest.param([{"blocks": [{"type": "alert", "text": plain("x")}]}], "/attachments/0/blocks/0", id="modals only"),
    pytest.param([{"blocks": [{"type": "header", "text": plain("x" * 151)}]}], "/attachments/0/blocks/0", id="length"),
    pytest.param(["red"], "/attachments/0", id="no object"),
    pytest.param([{"color": "good", "text": "x"}] * 101, "/attachments", id="more than a hundred"),
]


@pytest.mark.parametrize(("attachments", "pointer"), WRONG)
async def test_attachments_are_checked_like_blocks(client: AsyncWebClient, attachments: Any, pointer: str) -> None:
    with pytest.raises(SlackApiError) as refused:
        await client.chat_postMessage(channel=BILLING_FLOOR, text="x", attachments=attachments)
    assert refused.value.response["error"] == "invalid_blocks"
    assert pointer in refused.value.response["errors"][0]


async def test_an_update_changes_colour_and_buttons_without_a_mark_and_keeps_the_metadata(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    metadata = {"event_type": "alert", "event_payload": {"key": "incident:7"}}
    message = await posted(slack, client, metadata=metadata)
    over = {"color": "#2e7d32", "fallback": "Over", "blocks": ALERT["blocks"][:1]}
    await client.chat_update(channel=BILLING_FLOOR, ts=message.ts, text="Over", attachments=[over])
    now = slack.workspace.messages[message.key]
    assert (now.attachments[0]["color"], len(now.attachments[0]["blocks"])) == ("#2e7d32", 1)
    assert now.metadata == metadata
    assert not now.edited


async def test_attachments_stay_until_an_update_takes_them_away(slack: LocalSlack, client: AsyncWebClient) -> None:
    message = await posted(slack, client)
    blocks = ALERT["blocks"][:1]
    await client.chat_update(channel=BILLING_FLOOR, ts=message.ts, text="Over", blocks=blocks)
    assert slack.workspace.messages[message.key].attachments
    await client.chat_update(channel=BILLING_FLOOR, ts=message.ts, text="Over", blocks=blocks, attachments=[])
    assert not slack.workspace.messages[message.key].attachments


async def test_a_message_has_an_address(slack: LocalSlack, client: AsyncWebClient) -> None:
    message = await posted(slack, client)
    answer = await client.chat_getPermalink(channel=BILLING_FLOOR, message_ts=message.ts)
    assert answer["permalink"] == f"{slack.origin}/#{BILLING_FLOOR}/{message.ts}"


async def test_the_shift_leads_are_a_group_that_can_be_mentioned(
    slack: LocalSlack, client: AsyncWebClient, bot: AsyncApp
) -> None:
    groups = {group["id"]: group for group in (await client.usergroups_list(include_users=True))["usergroups"]}
    assert (groups[SHIFT_LEADS]["handle"], groups[SHIFT_LEADS]["name"]) == ("shift-leads", "Shift leads")
    assert ANA in groups[SHIFT_LEADS]["users"]
    typed: list[str] = []

    @bot.command("/digest")
    async def hear(ack: Any, body: dict[str, Any]) -> None:
        typed.append(body["text"])
        await ack()

    await slack.command(ANA, BILLING_FLOOR, "/digest", "mention @shift-leads and @ben")
    assert typed == [f"mention <!subteam^{SHIFT_LEADS}|@shift-leads> and <@U0BEN|ben>"]
