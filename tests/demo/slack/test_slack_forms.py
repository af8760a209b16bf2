"""Forms: what Slack fills in, offers, takes and refuses before the app hears of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.demo.slack_blocks import check_view
from bot.demo.slack_people import ANA, BEN, BILLING_FLOOR, OPS_SHARED, SERVICE_DESK, direct_id
from bot.demo.slack_workspace import Channel, ChannelId, Kind

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncApp

    from bot.demo.slack_local import LocalSlack
    from bot.demo.slack_workspace import View

LEADS = ChannelId("C0LEADS")


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def option(text: str, value: str | None = None) -> dict[str, Any]:
    return {"text": plain(text), "value": value or text.lower()}


def field(block_id: str, element: dict[str, Any], **more: Any) -> dict[str, Any]:
    element = {"action_id": block_id, **element}
    return {"type": "input", "block_id": block_id, "label": plain(block_id), "element": element, **more}


def form(*blocks: dict[str, Any], title: str = "New Digest") -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": "form",
        "title": plain(title),
        "submit": plain("Create"),
        "blocks": list(blocks),
    }


DAYS = [option("Mon"), option("Tue"), option("Wed")]
WHERE = {"type": "conversations_select", "default_to_current_conversation": True}


def faults_of(element: dict[str, Any]) -> list[str]:
    return [fault.pointer for fault in check_view(form(field("f", element)), "modal")]


@pytest.mark.parametrize(
    "element",
    [
        pytest.param({"type": "checkboxes", "options": DAYS, "initial_options": DAYS[:2]}, id="two boxes checked"),
        pytest.param({"type": "radio_buttons", "options": DAYS, "initial_option": DAYS[1]}, id="one of three"),
        pytest.param(
            {
                "type": "static_select",
                "option_groups": [{"label": plain("x"), "options": DAYS}],
                "initial_option": DAYS[2],
            },
            id="an option within a group",
        ),
        pytest.param({"type": "external_select", "initial_option": option("Billing")}, id="one nobody listed"),
        pytest.param({"type": "multi_external_select", "initial_options": [option("Billing")]}, id="several of those"),
        pytest.param({"type": "timepicker", "initial_time": "07:45"}, id="a time"),
        pytest.param({"type": "datepicker", "initial_date": "2026-03-30"}, id="a date"),
        pytest.param({"type": "datetimepicker", "initial_date_time": 1774851300}, id="an instant"),
        pytest.param(WHERE | {"filter": {"include": ["public", "private"]}}, id="channels, but no people"),
        pytest.param(
            {"type": "multi_conversations_select", "initial_conversations": [BILLING_FLOOR]}, id="channels chosen"
        ),
    ],
)
def test_an_element_may_be_filled_in(element: dict[str, Any]) -> None:
    assert faults_of(element) == []


@pytest.mark.parametrize(
    ("element", "pointer"),
    [
        pytest.param(
            {"type": "checkboxes", "options": DAYS, "initial_options": []}, "initial_options", id="an empty list"
        ),
        pytest.param(
            {"type": "checkboxes", "options": DAYS, "initial_options": [option("Sun")]},
            "initial_options",
            id="an option that is not there",
        ),
        pytest.param(
            {"type": "radio_buttons", "options": DAYS, "initial_option": option("Monday", "mon")},
            "initial_option",
            id="the right value under another text",
        ),
        pytest.param({"type": "timepicker", "initial_time": "7:45"}, "initial_time", id="an hour of one digit"),
        pytest.param({"type": "timepicker", "initial_time": "24:00"}, "initial_time", id="no such hour"),
        pytest.param({"type": "datepicker", "initial_date": "30/03/2026"}, "initial_date", id="a date of another kind"),
        pytest.param({"type": "datetimepicker", "initial_date_time": 1}, "initial_date_time", id="long ago"),
        pytest.param(WHERE | {"filter": {}}, "filter", id="a filter of nothing"),
        pytest.param(WHERE | {"filter": {"include": ["channels"]}}, "filter/include", id="no such kind"),
        pytest.param(WHERE | {"filter": {"exclude_bots": True}}, "filter/exclude_bots", id="no such rule"),
        pytest.param(
            {"type": "multi_external_select", "max_selected_items": 0}, "max_selected_items", id="none may be chosen"
        ),
        pytest.param({"type": "conversations_select", "initial_conversation": ""}, "initial_conversation", id="no id"),
    ],
)
def test_what_cannot_be_filled_in_is_refused(element: dict[str, Any], pointer: str) -> None:
    assert faults_of(element) == [f"/blocks/0/element/{pointer}"]


@pytest.fixture
def sent(bot: AsyncApp) -> list[dict[str, Any]]:
    """The `state.values` of every submission that reached the bot."""
    taken: list[dict[str, Any]] = []

    @bot.view("form")
    async def take(ack: Any, view: Any) -> None:
        taken.append({block: next(iter(state.values())) for block, state in view["state"]["values"].items()})
        await ack()

    return taken


async def opened(slack: LocalSlack, bot: AsyncApp, *blocks: dict[str, Any], channel: ChannelId = BILLING_FLOOR) -> View:
    @bot.command("/digest")
    async def digest(ack: Any, body: Any, client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=form(*blocks))

    return await (await slack.command(ANA, channel, "/digest")).modal("New Digest")


async def test_what_nobody_touches_is_sent_as_it_stood(slack: LocalSlack, bot: AsyncApp, sent: list[Any]) -> None:
    queues = [option("Billing", "q-1"), option("Sales", "q-2")]
    await opened(
        slack,
        bot,
        field("queues", {"type": "multi_external_select", "initial_options": queues}),
        field("days", {"type": "checkboxes", "options": DAYS, "initial_options": DAYS[:1]}),
        field("at", {"type": "timepicker", "initial_time": "07:45"}),
        field("period", {"type": "radio_buttons", "options": DAYS, "initial_option": DAYS[2]}),
        field("where", WHERE),
        field("note", {"type": "plain_text_input"}, optional=True),
        field("extra", {"type": "checkboxes", "options": DAYS}, optional=True),
        field("target", {"type": "static_select", "options": DAYS}, optional=True),
    )
    assert (await slack.submit(ANA)).errors == {}
    assert sent == [
        {
            "queues": {"type": "multi_external_select", "selected_options": queues},
            "days": {"type": "checkboxes", "selected_options": DAYS[:1]},
            "at": {"type": "timepicker", "selected_time": "07:45"},
            "period": {"type": "radio_buttons", "selected_option": DAYS[2]},
            "where": {"type": "conversations_select", "selected_conversation": BILLING_FLOOR},
            "note": {"type": "plain_text_input", "value": None},
            "extra": {"type": "checkboxes", "selected_options": []},
            "target": {"type": "static_select", "selected_option": None},
        }
    ]


@pytest.mark.parametrize(
    ("menu", "channel", "filled"),
    [
        pytest.param(WHERE, BILLING_FLOOR, BILLING_FLOOR, id="where the form was opened"),
        pytest.param(WHERE, direct_id(ANA), direct_id(ANA), id="also in the conversation with the app"),
        pytest.param(
            WHERE | {"initial_conversation": SERVICE_DESK}, BILLING_FLOOR, SERVICE_DESK, id="unless one is named"
        ),
        pytest.param(
            WHERE | {"filter": {"include": ["public", "private"]}}, direct_id(ANA), None, id="unless it is filtered out"
        ),
        pytest.param(
            WHERE | {"filter": {"exclude_external_shared_channels": True}}, OPS_SHARED, None, id="or shared outside"
        ),
        pytest.param(WHERE | {"filter": {"exclude_bot_users": True}}, direct_id(ANA), None, id="or a talk with an app"),
    ],
)
async def test_the_current_conversation_is_filled_in(
    slack: LocalSlack, bot: AsyncApp, sent: list[Any], menu: Any, channel: ChannelId, filled: ChannelId | None
) -> None:
    await opened(slack, bot, field("where", menu, optional=True), channel=channel)
    await slack.submit(ANA)
    assert sent[0]["where"]["selected_conversation"] == filled


async def test_only_what_the_menu_offers_can_be_chosen(slack: LocalSlack, bot: AsyncApp, sent: list[Any]) -> None:
    leads = Channel(id=LEADS, name="leads", members=frozenset({BEN}), kind=Kind.PRIVATE)
    slack.workspace.channels[LEADS] = leads
    rules = {"include": ["public", "private"], "exclude_external_shared_channels": True}
    await opened(slack, bot, field("where", WHERE | {"filter": rules}))
    for channel in (LEADS, OPS_SHARED, direct_id(ANA), "C0NOWHERE"):
        with pytest.raises(LookupError, match="does not offer"):
            await slack.submit(ANA, entered={"where": channel})
    await slack.submit(ANA, entered={"where": SERVICE_DESK})
    assert sent[0]["where"]["selected_conversation"] == SERVICE_DESK


NUMBER = {"type": "number_input", "is_decimal_allowed": False, "min_value": "1", "max_value": "100"}


@pytest.mark.parametrize(
    ("element", "entered", "complaint"),
    [
        pytest.param({"type": "checkboxes", "options": DAYS}, [], "required", id="no box checked"),
        pytest.param({"type": "timepicker"}, None, "required", id="no time"),
        pytest.param(NUMBER, "101", "from 1 to 100", id="a number too large"),
        pytest.param(NUMBER, "2.5", "whole", id="a fraction"),
        pytest.param(NUMBER, "many", "number", id="no number"),
        pytest.param({"type": "plain_text_input", "min_length": 3}, "ab", "3 to 3000", id="a text too short"),
        pytest.param(
            {"type": "multi_static_select", "options": DAYS, "max_selected_items": 1},
            ["mon", "tue"],
            "1 at most",
            id="too many chosen",
        ),
    ],
)
async def test_a_field_says_what_is_wrong_with_it(
    slack: LocalSlack, bot: AsyncApp, sent: list[Any], element: Any, entered: Any, complaint: str
) -> None:
    await opened(slack, bot, field("f", element))
    reply = await slack.submit(ANA, entered={"f": entered})
    assert complaint in reply.errors["f"]
    assert sent == []


async def test_a_pushed_form_stands_where_the_first_was_opened(slack: LocalSlack, bot: AsyncApp) -> None:
    pushed = form(field("where", WHERE), title="Where to")

    @bot.view("form")
    async def push(ack: Any) -> None:
        await ack(response_action="push", view=pushed)

    await opened(slack, bot, field("note", {"type": "plain_text_input"}, optional=True))
    await slack.submit(ANA)
    assert [view.title for view in slack.workspace.modals[ANA]] == ["New Digest", "Where to"]
    assert slack.workspace.modals[ANA][-1].opened_in == BILLING_FLOOR
