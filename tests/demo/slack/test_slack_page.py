"""The page in a real browser: what a person sees, types and presses."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from playwright.async_api import expect

from bot.demo.slack_local import local_slack, serving
from bot.demo.slack_people import ANA, BILLING_FLOOR, OPS_SHARED, SERVICE_DESK

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, Page
    from slack_bolt.async_app import AsyncApp
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.demo.slack_local import LocalSlack


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def option(text: str) -> dict[str, Any]:
    return {"text": plain(text), "value": text.lower()}


def button(action_id: str, text: str, **more: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": action_id, "text": plain(text), **more}


def field(label: str, element: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "input", "block_id": label.lower(), "label": plain(label), "element": element, **more}


def number(value: float) -> dict[str, Any]:
    return {"type": "raw_number", "value": value, "text": str(value)}


def text(value: str) -> dict[str, Any]:
    return {"type": "raw_text", "text": value}


FORM = {
    "type": "modal",
    "callback_id": "form",
    "title": plain("New Alert"),
    "submit": plain("Create Alert"),
    "blocks": [
        field("Queue", {"type": "external_select", "action_id": "queue_search", "min_query_length": 1}),
        field("Name", {"type": "plain_text_input", "action_id": "name"}),
        field("Days", {"type": "checkboxes", "action_id": "days", "options": [option("Weekdays"), option("Weekend")]}),
        field("Channel", {"type": "conversations_select", "action_id": "c", "default_to_current_conversation": True}),
        field("From", {"type": "timepicker", "action_id": "from", "initial_time": "08:00"}),
    ],
}
TABLE = {
    "type": "data_table",
    "caption": "All queues",
    "page_size": 2,
    "rows": [
        [text("Queue"), text("SLA")],
        [text("Billing"), number(9.5)],
        [text("Sales"), number(80)],
        [text("Returns"), number(71)],
    ],
}
CHART = {
    "type": "data_visualization",
    "title": "Billing by day (%)",
    "chart": {
        "type": "line",
        "series": [{"name": "SLA", "data": [{"label": "Mon", "value": 82.4}, {"label": "Tue", "value": 77.9}]}],
        "axis_config": {"categories": ["Mon", "Tue"], "y_label": "Service level (%)"},
    },
}


@pytest.fixture
async def page(slack: LocalSlack, browser: Browser) -> AsyncIterator[Page]:
    """The page as Ana sees it; any error in its scripts fails the test."""
    opened = await browser.new_page(viewport={"width": 1280, "height": 800})
    opened.set_default_timeout(5000)
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    await opened.goto(slack.origin)
    await expect(opened.get_by_role("textbox", name="Message")).to_be_visible()
    yield opened
    assert errors == []


async def enter(page: Page, words: str) -> None:
    box = page.get_by_role("textbox", name="Message")
    await box.fill(words)
    await box.press("Enter")


@pytest.mark.browser
async def test_a_command_is_completed_sent_answered_and_remembered(page: Page, bot: AsyncApp) -> None:
    @bot.command("/sla")
    async def sla(ack: Any, respond: Any, body: Any) -> None:
        await ack()
        await respond(text=f"71 % for {body['text']}")

    box = page.get_by_role("textbox", name="Message")
    await box.press_sequentially("/s")
    await expect(page.get_by_role("listbox", name="Commands").get_by_role("option")).to_have_count(1)
    await box.press("Enter")
    await expect(box).to_have_value("/sla ")
    await box.press_sequentially("billing 30s")
    await page.get_by_role("button", name="Send").click()
    answer = page.get_by_role("article").filter(has_text="71 % for billing 30s")
    await expect(answer).to_contain_text("Only visible to you")
    await expect(page.get_by_role("log")).to_contain_text("acknowledged in")
    await box.press("ArrowUp")
    await expect(box).to_have_value("/sla billing 30s")


@pytest.mark.browser
async def test_foreign_text_stays_text(page: Page, client: AsyncWebClient) -> None:
    hostile = "<script>document.title='taken'</script><img src=x onerror=\"document.title='taken'\">"
    escaped = hostile.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    blocks = [
        {"type": "section", "text": plain(hostile)},
        mrkdwn(escaped),
        mrkdwn("<javascript:document.title='taken'|press me>"),
        {"type": "header", "text": plain("Sales & <Support> *VIP* <!here>")},
    ]
    await client.chat_postMessage(channel=BILLING_FLOOR, text="x", blocks=blocks)
    article = page.get_by_role("article")
    await expect(article.get_by_text(hostile)).to_have_count(2)
    await expect(article.get_by_role("heading", name="Sales & <Support> *VIP* <!here>")).to_be_visible()
    await expect(article.get_by_role("link")).to_have_count(0)
    assert await page.title() == "Local Slack"


@pytest.mark.browser
async def test_mrkdwn_is_rendered(page: Page, client: AsyncWebClient) -> None:
    words = "*bold* _slanted_ ~gone~ `code` <https://example.com|a link> <@U0BEN> <#C0SERVICE> <!here> 3 * 4 * 5"
    await client.chat_postMessage(channel=BILLING_FLOOR, text=words)
    article = page.get_by_role("article")
    for tag, shown in (("strong", "bold"), ("em", "slanted"), ("s", "gone"), ("code", "code"), ("a", "a link")):
        await expect(article.locator(f".mrkdwn {tag}")).to_have_text(shown)
    await expect(article.locator(".mention")).to_have_text(["@ben", "#service-desk", "@here"])
    await expect(article).to_contain_text("3 * 4 * 5")


@pytest.mark.browser
async def test_tables_sort_and_charts_can_be_read(page: Page, client: AsyncWebClient) -> None:
    await client.chat_postMessage(channel=BILLING_FLOOR, text="x", blocks=[TABLE, CHART])
    table = page.get_by_role("table", name="All queues")
    await expect(table.get_by_role("rowheader")).to_have_text(["Billing", "Sales"])
    await table.get_by_role("button", name="SLA").click()
    await expect(table.get_by_role("rowheader")).to_have_text(["Billing", "Returns"])
    await page.get_by_role("button", name="Next").click()
    await expect(table.get_by_role("rowheader")).to_have_text(["Sales"])

    chart = page.get_by_role("img", name="Billing by day (%)")
    await expect(chart).to_contain_text("82.4")
    await expect(chart).to_contain_text("Service level (%)")
    await page.get_by_text("Show values").click()
    await expect(page.get_by_role("row", name="Tue 77.9")).to_be_visible()


@pytest.mark.browser
async def test_a_form_is_filled_in_corrected_and_sent(page: Page, slack: LocalSlack, bot: AsyncApp) -> None:
    sent: list[Any] = []

    @bot.command("/sla")
    async def sla(ack: Any, body: Any, client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)

    @bot.options("queue_search")
    async def queues(ack: Any, payload: Any) -> None:
        await ack(options=[option(name) for name in ("Billing EU", "Sales") if payload["value"] in name.lower()])

    @bot.view("form")
    async def form(ack: Any, view: Any) -> None:
        sent.append(view["state"]["values"])
        if len(sent) == 1:
            await ack(response_action="errors", errors={"name": "This name is taken."})
        else:
            await ack()

    await enter(page, "/sla alert")
    dialog = page.get_by_role("dialog", name="New Alert")
    await dialog.get_by_role("button", name="Create Alert").click()
    await expect(dialog.get_by_text("Please complete this required field.")).to_have_count(3)
    await dialog.get_by_role("combobox", name="Queue").press_sequentially("bil")
    await dialog.get_by_role("option", name="Billing EU").click()
    await dialog.get_by_label("Name").fill("Floor")
    await dialog.get_by_role("checkbox", name="Weekdays").check()
    await dialog.get_by_role("button", name="Create Alert").click()
    await expect(dialog.get_by_text("This name is taken.")).to_be_visible()
    await dialog.get_by_label("Name").fill("Floor 2")
    await dialog.get_by_role("button", name="Create Alert").click()
    await expect(dialog).to_have_count(0)
    assert sent[1] == {
        "queue": {"queue_search": {"type": "external_select", "selected_option": option("Billing EU")}},
        "name": {"name": {"type": "plain_text_input", "value": "Floor 2"}},
        "days": {"days": {"type": "checkboxes", "selected_options": [option("Weekdays")]}},
        "channel": {"c": {"type": "conversations_select", "selected_conversation": BILLING_FLOOR}},
        "from": {"from": {"type": "timepicker", "selected_time": "08:00"}},
    }
    assert slack.workspace.modals[ANA] == []


@pytest.mark.browser
async def test_a_risky_press_is_asked_for_first_and_the_message_changes_in_place(
    page: Page, bot: AsyncApp, client: AsyncWebClient
) -> None:
    @bot.action("stop")
    async def stop(ack: Any, respond: Any) -> None:
        await ack()
        await respond(text="Stopped by Ana", replace_original=True)

    question = {
        "title": plain("Stop the digest?"),
        "text": plain("Sure?"),
        "confirm": plain("Stop"),
        "deny": plain("Keep"),
    }
    blocks = [{"type": "actions", "elements": [button("stop", "Stop Digest", style="danger", confirm=question)]}]
    await client.chat_postMessage(channel=BILLING_FLOOR, text="Daily digest", blocks=blocks)
    await page.get_by_role("button", name="Stop Digest").click()
    await page.get_by_role("dialog", name="Stop the digest?").get_by_role("button", name="Keep").click()
    await page.get_by_role("button", name="Stop Digest").click()
    await page.get_by_role("dialog", name="Stop the digest?").get_by_role("button", name="Stop", exact=True).click()
    await expect(page.get_by_role("article")).to_contain_text("Stopped by Ana")
    await expect(page.get_by_role("button", name="Stop Digest")).to_have_count(0)


@pytest.mark.browser
async def test_the_home_tab_is_shown_when_the_app_is_opened(page: Page, bot: AsyncApp) -> None:
    @bot.event("app_home_opened")
    async def opened(event: Any, client: Any) -> None:
        blocks = [{"type": "header", "text": plain("Your digests")}, mrkdwn("None yet")]
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

    await page.get_by_role("button", name="Queue SLA Home").click()
    await expect(
        page.get_by_role("region", name="App Home").get_by_role("heading", name="Your digests")
    ).to_be_visible()


@pytest.mark.browser
async def test_each_person_has_a_view_of_their_own(page: Page, client: AsyncWebClient) -> None:
    await client.chat_postEphemeral(channel=BILLING_FLOOR, user=ANA, text="for Ana alone")
    await client.chat_postMessage(channel=OPS_SHARED, text="for everybody")
    await expect(page.get_by_text("for Ana alone")).to_be_visible()
    await page.get_by_label("You are").select_option(label="Ben Carter")
    await expect(page.get_by_role("heading", name="Welcome to #billing-floor")).to_be_visible()
    await page.get_by_label("You are").select_option(label="Sato Ito (from another company)")
    await expect(page.get_by_text("for everybody")).to_be_visible()
    await expect(page.get_by_role("navigation", name="Channels").get_by_role("button")).to_have_count(1)


@pytest.mark.browser
async def test_an_app_that_does_not_answer_is_reported(page: Page, slack: LocalSlack, bot: AsyncApp) -> None:
    slack.ack_within = timedelta(milliseconds=30)

    @bot.command("/sla")
    async def sla() -> None:
        """Acknowledges never."""

    await enter(page, "/sla billing")
    await expect(page.get_by_role("status")).to_contain_text('/sla failed with the error "operation_timeout"')


@pytest.mark.browser
async def test_messages_elsewhere_are_announced(page: Page, client: AsyncWebClient) -> None:
    await client.chat_postMessage(channel=SERVICE_DESK, text="news")
    entry = page.get_by_role("button", name="service-desk")
    await expect(entry.get_by_role("img", name="unread")).to_be_visible()
    await entry.click()
    await expect(page.get_by_role("article")).to_contain_text("news")
    await expect(entry.get_by_role("img", name="unread")).to_have_count(0)


@pytest.mark.browser
async def test_a_newcomer_finds_an_example_to_press_and_faults_to_switch_on(
    page: Page, bot: AsyncApp, switched: dict[str, bool]
) -> None:
    @bot.command("/sla")
    async def sla(ack: Any, body: Any) -> None:
        await ack(f"71 % for {body['text']}")

    await page.get_by_role("button", name="/sla billing 30s").click()
    await expect(page.get_by_role("article")).to_contain_text("71 % for billing 30s")
    await page.get_by_role("switch", name="Genesys down").check()
    await expect(page.get_by_role("switch", name="Genesys down")).to_be_checked()
    assert switched == {"down": True}
    await expect(page.get_by_role("link", name="Dashboard")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.browser
async def test_nothing_is_wider_than_a_phone(page: Page, client: AsyncWebClient, scheme: Any) -> None:
    await page.emulate_media(color_scheme=scheme)
    await page.set_viewport_size({"width": 360, "height": 700})
    wide = {"type": "table", "rows": [[text("A rather long heading")] * 8, [text("x")] * 8]}
    await client.chat_postMessage(channel=BILLING_FLOOR, text="x", blocks=[wide, CHART, TABLE])
    await expect(page.get_by_role("article")).to_be_visible()
    assert await page.evaluate("document.getElementById('log').scrollWidth <= innerWidth")
    await page.get_by_role("button", name="Channels and people").click()
    await expect(page.get_by_role("navigation", name="Channels")).to_be_in_viewport()


async def test_other_sites_cannot_act_through_the_page(slack: LocalSlack) -> None:
    async with aiohttp.ClientSession() as http:
        async with http.post(f"{slack.origin}/page/say", data={"user": ANA, "text": "x"}) as answer:
            assert answer.status == 415
        headers = {"Origin": "https://elsewhere.example"}
        async with http.get(f"{slack.origin}/page/live", headers=headers) as answer:
            assert answer.status == 403
    assert slack.messages(BILLING_FLOOR) == []


@pytest.mark.browser
async def test_a_long_modal_scrolls_within_the_window(page: Page, bot: AsyncApp) -> None:
    long = {"type": "modal", "title": plain("Why?"), "blocks": [mrkdwn("one\ntwo\nthree")] * 40}

    @bot.command("/sla")
    async def sla(ack: Any, body: Any, client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=long)

    await enter(page, "/sla why")
    dialog = page.get_by_role("dialog", name="Why?")
    await expect(dialog).to_be_in_viewport(ratio=1)
    await dialog.get_by_role("button", name="Close", exact=True).click()
    await expect(dialog).to_have_count(0)


async def test_an_open_page_does_not_keep_the_server_from_stopping(clock: Any) -> None:
    async with aiohttp.ClientSession() as http:
        async with asyncio.timeout(1), serving(local_slack(now=clock)) as slack:
            socket = await http.ws_connect(f"{slack.origin}/page/live")
            assert (await socket.receive_json())["you"] == ANA
        assert (await socket.receive()).type is aiohttp.WSMsgType.CLOSE


@pytest.mark.browser
async def test_an_uploaded_file_is_shown_with_name_and_size_and_can_be_saved(
    page: Page, client: AsyncWebClient
) -> None:
    await client.files_upload_v2(
        channel=BILLING_FLOOR, content=b"x" * 530_000, filename="export.csv", title="Export", initial_comment="Here"
    )
    shown = page.get_by_role("article").filter(has_text="Here")
    await expect(shown).to_contain_text("export.csv, 530 kB")
    async with page.expect_download() as saving:
        await shown.get_by_role("link", name="Export").click()
    saved = await saving.value
    assert saved.suggested_filename == "export.csv"
    assert (await saved.path()).stat().st_size == 530_000
