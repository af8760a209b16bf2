"""People at their desks and an app of Slack's own framework: what each gets to see."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from bot.demo.slack_acks import Outcome
from bot.demo.slack_journal import What
from bot.demo.slack_local import local_slack, serving
from bot.demo.slack_people import ANA, BEN, BILLING_FLOOR, GUEST, OPS_SHARED, SERVICE_DESK, STRANGER
from bot.demo.slack_replies import NothingCameError

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncApp
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.demo.slack_local import LocalSlack
    from bot.demo.slack_workspace import Message, View

SOON = timedelta(milliseconds=50)


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def option(value: str) -> dict[str, Any]:
    return {"text": plain(value.title()), "value": value}


def field(block_id: str, element: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "input", "block_id": block_id, "label": plain(block_id.title()), "element": element, **more}


def modal(title: str, *blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "modal", "callback_id": "form", "title": plain(title), "blocks": list(blocks), **more}


WHY = {"type": "button", "action_id": "why", "value": "7", "text": plain("Why?")}
PICK = {"type": "static_select", "action_id": "pick", "options": [option("eu"), option("us")]}
BUTTONS = [{"type": "actions", "block_id": "act", "elements": [WHY, PICK]}]
NAME = field("name", {"type": "plain_text_input", "action_id": "name", "max_length": 10})
QUEUE = field("queue", {"type": "external_select", "action_id": "queue_search", "min_query_length": 1})
FORM = modal("New Alert", NAME, QUEUE, submit=plain("Save"), notify_on_close=True)


class Heard:
    """The payloads a bot was given."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []

    @property
    def last(self) -> dict[str, Any]:
        return self.bodies[-1]


@pytest.fixture
def heard(bot: AsyncApp) -> Heard:
    """A bot that answers a command with two buttons, a button with a form, and keeps what it was told."""
    told = Heard()

    @bot.command("/sla")
    async def sla(ack: Any, respond: Any, body: Any) -> None:
        told.bodies.append(body)
        await ack()
        await respond(text="Reading …")
        await respond(text="71 %", blocks=BUTTONS, replace_original=True)

    @bot.action("why")
    async def why(ack: Any, body: Any, client: Any) -> None:
        told.bodies.append(body)
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)

    @bot.action("pick")
    async def pick(ack: Any, body: Any) -> None:
        told.bodies.append(body)
        await ack()

    @bot.options("queue_search")
    async def queue_search(ack: Any, body: Any) -> None:
        told.bodies.append(body)
        await ack(options=[option("billing")] if body["value"] == "bil" else [])

    return told


async def answer_to(slack: LocalSlack) -> Message:
    reply = await slack.command(ANA, BILLING_FLOOR, "/sla", "billing 30s")
    return await reply.until(lambda message: "71 %" in message.text)


async def form_of(slack: LocalSlack) -> View:
    reply = await slack.click(ANA, await answer_to(slack), "why")
    return await reply.modal("New Alert")


async def test_a_command_arrives_with_all_its_fields(slack: LocalSlack, heard: Heard) -> None:
    reply = await slack.command(ANA, BILLING_FLOOR, "/sla", "billing 30s")
    assert reply.ack.ok
    assert reply.ack.ms < 1000
    wanted = {
        "command": "/sla",
        "text": "billing 30s",
        "user_id": ANA,
        "channel_id": BILLING_FLOOR,
        "team_id": "T0LOCAL",
    }
    assert wanted.items() <= heard.last.items()


async def test_the_loading_message_is_replaced_and_nobody_else_sees_it(slack: LocalSlack, heard: Heard) -> None:
    reply = await slack.command(ANA, BILLING_FLOOR, "/sla")
    await reply.until(lambda message: message.text == "71 %")
    assert [message.text for message in reply.versions()] == ["Reading …", "71 %"]
    assert [message.text for message in reply.shown()] == ["71 %"]
    assert slack.messages(BILLING_FLOOR, seen_by=BEN) == []


async def test_an_acknowledgement_may_be_the_answer(slack: LocalSlack, bot: AsyncApp) -> None:
    @bot.command("/sla")
    async def sla(ack: Any) -> None:
        await ack("Which queue?")

    reply = await slack.command(ANA, BILLING_FLOOR, "/sla")
    assert [(m.text, m.ephemeral_to) for m in await reply.messages()] == [("Which queue?", ANA)]


async def test_an_answer_for_all_shows_the_typed_command_too(slack: LocalSlack, bot: AsyncApp) -> None:
    @bot.command("/sla")
    async def sla(ack: Any) -> None:
        await ack({"response_type": "in_channel", "text": "71 %"})

    await slack.command(ANA, BILLING_FLOOR, "/sla", "billing")
    shown = [(message.user, message.text) for message in slack.messages(BILLING_FLOOR, seen_by=BEN)]
    assert shown == [(ANA, "/sla billing"), (slack.workspace.bot, "71 %")]


async def test_an_acknowledgement_with_blocks_slack_refuses_is_a_failed_dispatch(
    slack: LocalSlack, bot: AsyncApp
) -> None:
    @bot.command("/sla")
    async def sla(ack: Any) -> None:
        await ack({"text": "x", "blocks": [{"type": "alert", "text": plain("not here")}]})

    reply = await slack.command(ANA, BILLING_FLOOR, "/sla")
    assert reply.ack.outcome is Outcome.FAILED
    assert notices(slack) == ['/sla failed with the error "dispatch_failed"']


async def test_who_acknowledges_too_late_leaves_the_user_with_a_timeout(slack: LocalSlack, bot: AsyncApp) -> None:
    slack.ack_within = SOON

    @bot.command("/sla")
    async def sla() -> None:
        """Acknowledges never."""

    reply = await slack.command(ANA, BILLING_FLOOR, "/sla")
    assert reply.ack.outcome is Outcome.TIMED_OUT
    assert notices(slack) == ['/sla failed with the error "operation_timeout"']


async def test_without_a_bot_the_dispatch_fails(slack: LocalSlack) -> None:
    assert (await slack.command(ANA, BILLING_FLOOR, "/sla")).ack.outcome is Outcome.FAILED


async def test_commands_are_for_members_of_channel_and_workspace(slack: LocalSlack) -> None:
    for user, channel, command in (
        (GUEST, SERVICE_DESK, "/sla"),
        (STRANGER, OPS_SHARED, "/sla"),
        (ANA, BILLING_FLOOR, "/unheard-of"),
    ):
        with pytest.raises(LookupError):
            await slack.command(user, channel, command)


async def test_names_are_escaped_where_the_command_asks_for_it(slack: LocalSlack, bot: AsyncApp) -> None:
    texts: list[str] = []

    @bot.command("/digest")
    async def digest(ack: Any, body: Any) -> None:
        texts.append(body["text"])
        await ack()

    await slack.command(ANA, BILLING_FLOOR, "/digest", "on #service-desk for @ben not @nobody")
    assert texts == ["on <#C0SERVICE|service-desk> for <@U0BEN|ben> not @nobody"]


async def test_a_click_says_who_pressed_what_and_where(slack: LocalSlack, heard: Heard) -> None:
    await slack.click(ANA, await answer_to(slack), "why")
    body = heard.last
    assert (body["type"], body["user"]["id"], body["channel"]["id"]) == ("block_actions", ANA, BILLING_FLOOR)
    assert [(a["action_id"], a["value"]) for a in body["actions"]] == [("why", "7")]
    assert body["container"]["is_ephemeral"]
    assert "message" not in body


async def test_a_choice_from_a_menu_travels_as_the_whole_option(slack: LocalSlack, heard: Heard) -> None:
    await slack.click(ANA, await answer_to(slack), "pick", value="us")
    assert heard.last["actions"][0]["selected_option"] == option("us")
    assert heard.last["state"]["values"]["act"]["pick"]["selected_option"] == option("us")


async def test_a_stranger_can_press_a_button_in_a_shared_channel(
    slack: LocalSlack, client: AsyncWebClient, heard: Heard
) -> None:
    await client.chat_postMessage(channel=OPS_SHARED, text="71 %", blocks=BUTTONS)
    [message] = slack.messages(OPS_SHARED)
    await slack.click(STRANGER, message, "pick", value="eu")
    assert heard.last["user"]["team_id"] == "T0OTHER"
    assert heard.last["message"]["ts"] == message.ts


async def test_nobody_presses_what_is_not_there_or_not_shown(slack: LocalSlack, heard: Heard) -> None:
    message = await answer_to(slack)
    with pytest.raises(LookupError, match="does not see"):
        await slack.click(BEN, message, "why")
    with pytest.raises(LookupError, match=r"\['why', 'pick'\]"):
        await slack.click(ANA, message, "share")


async def test_a_form_is_opened_filled_with_help_and_submitted(slack: LocalSlack, bot: AsyncApp, heard: Heard) -> None:
    @bot.view("form")
    async def form(ack: Any, body: Any) -> None:
        heard.bodies.append(body)
        await ack()

    view = await form_of(slack)
    suggested = await slack.suggest(ANA, view, "queue_search", "bil")
    assert suggested.options == (option("billing"),)
    reply = await slack.submit(ANA, entered={"name": "Floor", "queue_search": "billing"})
    assert reply.ack.ok
    assert heard.last["view"]["state"]["values"] == {
        "name": {"name": {"type": "plain_text_input", "value": "Floor"}},
        "queue": {"queue_search": {"type": "external_select", "selected_option": option("billing")}},
    }
    assert slack.workspace.modals[ANA] == []


@pytest.mark.parametrize(
    ("entered", "wrong"),
    [
        pytest.param({}, {"name", "queue"}, id="nothing entered"),
        pytest.param({"name": "x" * 11, "queue": option("billing")}, {"name"}, id="a name too long"),
    ],
)
async def test_slack_itself_refuses_what_fields_forbid(
    slack: LocalSlack, heard: Heard, entered: dict[str, Any], wrong: set[str]
) -> None:
    await form_of(slack)
    told = len(heard.bodies)
    assert (await slack.submit(ANA, entered=entered)).errors.keys() == wrong
    assert len(heard.bodies) == told


@pytest.mark.parametrize(
    ("answer", "titles"),
    [
        pytest.param({}, [], id="empty closes"),
        pytest.param({"response_action": "clear"}, [], id="clear closes all"),
        pytest.param({"response_action": "update", "view": modal("Saving …")}, ["Saving …"], id="update"),
        pytest.param({"response_action": "push", "view": modal("Sure?")}, ["New Alert", "Sure?"], id="push"),
        pytest.param(
            {"response_action": "errors", "errors": {"name": "Taken."}}, ["New Alert"], id="errors leave it open"
        ),
    ],
)
async def test_the_answer_to_a_submission_decides_what_is_shown(
    slack: LocalSlack, bot: AsyncApp, heard: Heard, answer: dict[str, Any], titles: list[str]
) -> None:
    @bot.view("form")
    async def form(ack: Any) -> None:
        await ack(**answer)

    await form_of(slack)
    reply = await slack.submit(ANA, entered={"name": "Floor", "queue": option("billing")})
    assert [view.title for view in slack.workspace.modals[ANA]] == titles
    assert reply.errors == answer.get("errors", {})


async def test_a_form_that_names_a_channel_may_answer_there(slack: LocalSlack, bot: AsyncApp) -> None:
    where = {"type": "conversations_select", "action_id": "where", "response_url_enabled": True}

    @bot.command("/sla")
    async def sla(ack: Any, body: Any, client: Any) -> None:
        await ack()
        await client.views_open(
            trigger_id=body["trigger_id"], view=modal("Share", field("where", where), submit=plain("Share"))
        )

    @bot.view("form")
    async def form(ack: Any, body: Any) -> None:
        await ack()
        [place] = body["response_urls"]
        async with aiohttp.ClientSession() as http:
            await respond(http, place["response_url"], {"text": "71 %", "response_type": "in_channel"})

    await (await slack.command(ANA, BILLING_FLOOR, "/sla")).modal("Share")
    reply = await slack.submit(ANA, entered={"where": SERVICE_DESK})
    assert [(m.channel, m.text) for m in await reply.messages()] == [(SERVICE_DESK, "71 %")]


async def test_errors_belong_to_inputs(slack: LocalSlack, bot: AsyncApp, heard: Heard) -> None:
    @bot.view("form")
    async def form(ack: Any) -> None:
        await ack(response_action="errors", errors={"elsewhere": "Taken."})

    await form_of(slack)
    reply = await slack.submit(ANA, entered={"name": "Floor", "queue": option("billing")})
    assert reply.ack.outcome is Outcome.FAILED


async def test_an_update_keeps_what_was_entered(
    slack: LocalSlack, bot: AsyncApp, client: AsyncWebClient, heard: Heard
) -> None:
    @bot.view("form")
    async def form(ack: Any, body: Any) -> None:
        heard.bodies.append(body)
        await ack(response_action="update", view=FORM)

    await form_of(slack)
    await slack.submit(ANA, entered={"name": "Floor", "queue": option("billing")})
    await slack.submit(ANA)
    assert heard.last["view"]["state"]["values"]["name"]["name"]["value"] == "Floor"


async def test_closing_is_told_to_apps_that_asked_for_it(slack: LocalSlack, bot: AsyncApp, heard: Heard) -> None:
    @bot.view_closed("form")
    async def closed(ack: Any, body: Any) -> None:
        heard.bodies.append(body)
        await ack()

    await form_of(slack)
    await slack.close(ANA, cleared=True)
    assert (heard.last["type"], heard.last["is_cleared"]) == ("view_closed", True)
    assert slack.workspace.modals[ANA] == []


async def test_a_trigger_opens_one_modal(slack: LocalSlack, client: AsyncWebClient, heard: Heard) -> None:
    await form_of(slack)
    with pytest.raises(SlackApiError) as refused:
        await client.views_open(trigger_id=heard.last["trigger_id"], view=modal("Again"))
    assert refused.value.response["error"] == "exchanged_trigger_id"


async def test_only_three_modals_lie_on_each_other(
    slack: LocalSlack, bot: AsyncApp, client: AsyncWebClient, heard: Heard
) -> None:
    more = modal("More", {"type": "actions", "block_id": "a", "elements": [{**WHY, "action_id": "deeper"}]})
    errors: list[str] = []

    @bot.command("/digest")
    async def digest(ack: Any, body: Any) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=more)

    @bot.action("deeper")
    async def deeper(ack: Any, body: Any) -> None:
        await ack()
        try:
            await client.views_push(trigger_id=body["trigger_id"], view=more)
        except SlackApiError as refused:
            errors.append(refused.response["error"])

    reply = await slack.command(ANA, BILLING_FLOOR, "/digest")
    for depth in (2, 3):
        reply = await slack.click(ANA, await reply.modal(), "deeper")
        await reply.modal()
        assert len(slack.workspace.modals[ANA]) == depth
    await slack.click(ANA, slack.workspace.modals[ANA][-1], "deeper")
    await bot.client.auth_test()
    assert errors == ["push_limit_reached"]


async def test_opening_the_app_publishes_a_home_tab(slack: LocalSlack, bot: AsyncApp) -> None:
    @bot.event("app_home_opened")
    async def opened(event: Any, client: Any) -> None:
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": [{"type": "divider"}]})

    view = await (await slack.open_home(BEN)).home()
    assert [block["type"] for block in view.body["blocks"]] == ["divider"]


async def test_an_event_nobody_acknowledges_is_delivered_again(slack: LocalSlack, bot: AsyncApp) -> None:
    slack.ack_within = SOON
    attempts: list[Any] = []

    @bot.middleware
    async def remember(request: Any) -> None:
        attempts.append(request.headers["x-slack-retry-num"])

    await slack.open_home(ANA)
    assert attempts == [["0"], ["1"]]


async def test_waiting_in_vain_says_what_was_seen(slack: LocalSlack, heard: Heard) -> None:
    reply = await slack.command(ANA, BILLING_FLOOR, "/sla")
    await reply.until(lambda message: message.text == "71 %")
    with pytest.raises(NothingCameError, match=r"no 2 message\(s\) within 0.05 s; acknowledged: .*; shown: '71 %'"):
        await reply.messages(2, within=SOON)


async def test_a_response_url_takes_five_answers(slack: LocalSlack, heard: Heard) -> None:
    await answer_to(slack)
    url = heard.last["response_url"]
    async with aiohttp.ClientSession() as http:
        answers = [await respond(http, url, {"text": "more"}) for _ in range(4)]
    assert answers == [(200, "ok")] * 3 + [(404, '{"ok": false, "error": "used_url"}')]


async def test_a_response_url_lives_for_half_an_hour(slack: LocalSlack, heard: Heard, clock: Any) -> None:
    await answer_to(slack)
    clock.pass_by(timedelta(minutes=30, seconds=1))
    async with aiohttp.ClientSession() as http:
        assert (await respond(http, heard.last["response_url"], {"text": "late"}))[0] == 404


@pytest.mark.parametrize(
    ("body", "texts"),
    [
        pytest.param({"text": "x"}, ["71 %", "x"], id="an answer is added"),
        pytest.param({"text": "x", "replace_original": True}, ["x"], id="replaces the message with the button"),
        pytest.param({"delete_original": True}, [], id="deletes it"),
    ],
)
async def test_a_click_can_be_answered_in_place(
    slack: LocalSlack, heard: Heard, body: dict[str, Any], texts: list[str]
) -> None:
    await slack.click(ANA, await answer_to(slack), "pick", value="eu")
    async with aiohttp.ClientSession() as http:
        assert await respond(http, heard.last["response_url"], body) == (200, "ok")
    assert [message.text for message in slack.messages(BILLING_FLOOR, seen_by=ANA)] == texts


async def test_an_ephemeral_message_stays_ephemeral(slack: LocalSlack, heard: Heard) -> None:
    await slack.click(ANA, await answer_to(slack), "pick", value="eu")
    body = {"text": "for all?", "replace_original": True, "response_type": "in_channel"}
    async with aiohttp.ClientSession() as http:
        await respond(http, heard.last["response_url"], body)
    assert slack.messages(BILLING_FLOOR, seen_by=BEN) == []


async def test_an_old_trigger_is_refused(slack: LocalSlack, client: AsyncWebClient, heard: Heard, clock: Any) -> None:
    await slack.click(ANA, await answer_to(slack), "pick", value="eu")
    clock.pass_by(timedelta(seconds=3, milliseconds=1))
    with pytest.raises(SlackApiError) as refused:
        await client.views_open(trigger_id=heard.last["trigger_id"], view=FORM)
    assert refused.value.response["error"] == "expired_trigger_id"


async def test_any_command_may_be_typed_where_none_are_declared(clock: Any) -> None:
    async with serving(local_slack(now=clock)) as slack:
        assert (await slack.command(ANA, BILLING_FLOOR, "/anything")).ack.outcome is Outcome.FAILED


def notices(slack: LocalSlack) -> list[str]:
    return [entry.text for entry in slack.workspace.journal.since(0) if entry.what is What.NOTICE]


async def respond(http: aiohttp.ClientSession, url: str, body: dict[str, Any]) -> tuple[int, str]:
    async with http.post(url, json=body) as answer:
        return answer.status, await answer.text()
