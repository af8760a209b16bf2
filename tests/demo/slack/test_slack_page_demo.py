"""The page in a real browser: forms with everything in them, threads, what befalls channels, and the clock."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import expect

from bot.demo.clock import DemoClock, tomorrow
from bot.demo.slack_guide import Clock, Step
from bot.demo.slack_journal import What
from bot.demo.slack_local import LocalSlack, local_slack, serving
from bot.demo.slack_page import Guide
from bot.demo.slack_people import ANA, BILLING_FLOOR

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, Page
    from slack_bolt.async_app import AsyncApp
    from slack_sdk.web.async_client import AsyncWebClient

pytestmark = pytest.mark.browser

LONDON = ZoneInfo("Europe/London")
MONDAY_NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def option(text: str) -> dict[str, Any]:
    return {"text": plain(text), "value": text.lower()}


def field(label: str, element: dict[str, Any], **more: Any) -> dict[str, Any]:
    element = {"action_id": label.lower(), **element}
    return {"type": "input", "block_id": label.lower(), "label": plain(label), "element": element, **more}


PERIODS = [option("Yesterday"), option("Last week")]
DIGEST = {
    "type": "modal",
    "callback_id": "form",
    "title": plain("New Digest"),
    "submit": plain("Create Digest"),
    "blocks": [
        field("Queues", {"type": "multi_external_select", "min_query_length": 0, "max_selected_items": 2}),
        field("Time", {"type": "timepicker", "initial_time": "07:45"}),
        field("Period", {"type": "radio_buttons", "options": PERIODS, "initial_option": PERIODS[0]}),
        field("Extras", {"type": "checkboxes", "options": [option("File"), option("Quiet")]}, optional=True),
        field(
            "Channel",
            {
                "type": "conversations_select",
                "default_to_current_conversation": True,
                "filter": {"include": ["public", "private"], "exclude_external_shared_channels": True},
            },
        ),
    ],
}


@pytest.fixture
def demo_clock() -> DemoClock:
    return DemoClock(real=lambda: MONDAY_NOON)


@pytest.fixture
async def slack(demo_clock: DemoClock) -> AsyncIterator[LocalSlack]:
    steps = (
        Step(key="tomorrow", label="Tomorrow 07:44", to=partial(tomorrow, at=time(7, 44), zone=LONDON)),
        Step(key="hour", label="+1 hour", to=lambda now: now + timedelta(hours=1)),
    )
    clock = Clock(now=demo_clock.now, jump=demo_clock.jump, zone=LONDON, steps=steps)
    local = local_slack(now=demo_clock.now, wall=lambda: MONDAY_NOON, pace=None, guide=Guide(clock=clock))
    demo_clock.on_jump(partial(local.workspace.journal.write, What.CLOCK))
    async with serving(local) as served:
        yield served


@pytest.fixture
async def page(slack: LocalSlack, browser: Browser) -> AsyncIterator[Page]:
    """The page as Ana sees it; any error in its scripts fails the test."""
    opened = await browser.new_page(viewport={"width": 1280, "height": 800}, timezone_id="Europe/London")
    opened.set_default_timeout(20_000)
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    await opened.goto(slack.origin)
    await expect(opened.get_by_role("textbox", name="Message")).to_be_visible()
    yield opened
    assert errors == []
    await opened.close()


async def enter(page: Page, words: str) -> None:
    box = page.get_by_role("textbox", name="Message")
    await box.fill(words)
    await box.press("Enter")


async def test_a_digest_is_made_with_the_keyboard_alone(page: Page, bot: AsyncApp) -> None:
    sent: list[Any] = []

    @bot.command("/digest")
    async def digest(ack: Any, body: Any, client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=DIGEST)

    @bot.options("queues")
    async def queues(ack: Any, payload: Any) -> None:
        names = ("Billing", "Billing EU", "Sales")
        await ack(options=[option(name) for name in names if payload["value"].lower() in name.lower()])

    @bot.view("form")
    async def form(ack: Any, view: Any) -> None:
        sent.append(view["state"]["values"])
        await ack()

    await enter(page, "/digest add")
    dialog = page.get_by_role("dialog", name="New Digest")
    box = dialog.get_by_role("combobox", name="Queues")
    await expect(box).to_be_focused()
    offered = dialog.get_by_role("listbox", name="Queues").get_by_role("option")
    await expect(offered).to_have_count(0)
    await box.press("ArrowDown")
    await expect(offered).to_have_text(["Billing", "Billing EU", "Sales"])
    chosen = dialog.get_by_role("list", name="Queues: chosen").get_by_role("listitem")
    for typed, found in (("sal", ["Sales"]), ("eu", ["Billing EU"]), ("bil", ["Billing", "Billing EU"])):
        await box.press_sequentially(typed)
        await expect(offered).to_have_text(found)
        await box.press("Enter")
    await expect(chosen).to_have_text(["Sales×", "Billing EU×"])
    await expect(dialog.get_by_text("No more than 2")).to_have_count(1)
    await box.press("Backspace")
    await expect(chosen).to_have_text(["Sales×"])
    await dialog.get_by_label("Time").fill("08:15")
    await dialog.get_by_role("radio", name="Yesterday").focus()
    await page.keyboard.press("ArrowDown")
    await dialog.get_by_role("checkbox", name="File").press("Space")
    menu = dialog.get_by_role("combobox", name="Channel")
    await expect(menu.get_by_role("option")).to_have_text(["Choose one", "#billing-floor", "#service-desk"])
    await expect(menu).to_have_value(BILLING_FLOOR)
    await dialog.get_by_role("button", name="Create Digest").press("Enter")
    await expect(dialog).to_have_count(0)
    assert sent == [
        {
            "queues": {"queues": {"type": "multi_external_select", "selected_options": [option("Sales")]}},
            "time": {"time": {"type": "timepicker", "selected_time": "08:15"}},
            "period": {"period": {"type": "radio_buttons", "selected_option": PERIODS[1]}},
            "extras": {"extras": {"type": "checkboxes", "selected_options": [option("File")]}},
            "channel": {"channel": {"type": "conversations_select", "selected_conversation": BILLING_FLOOR}},
        }
    ]


async def test_what_was_filled_in_before_is_shown_and_sent(page: Page, bot: AsyncApp) -> None:
    sent: list[Any] = []
    form = {
        **DIGEST,
        "blocks": [field("Queues", {"type": "multi_external_select", "initial_options": [option("Sales")]})],
    }

    @bot.command("/digest")
    async def digest(ack: Any, body: Any, client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=form)

    @bot.view("form")
    async def take(ack: Any, view: Any) -> None:
        sent.append(view["state"]["values"]["queues"]["queues"]["selected_options"])
        if len(sent) == 1:
            await ack(response_action="update", view={**form, "title": plain("Edit Digest")})
        else:
            await ack()

    await enter(page, "/digest edit")
    await page.get_by_role("button", name="Create Digest").click()
    dialog = page.get_by_role("dialog", name="Edit Digest")
    await dialog.get_by_role("button", name="Remove Sales").click()
    await expect(dialog.get_by_role("listitem")).to_have_count(0)
    await dialog.get_by_role("button", name="Create Digest").click()
    await expect(dialog.get_by_text("Please complete this required field.")).to_be_visible()
    assert sent == [[option("Sales")]]


async def test_the_clock_jumps_to_tomorrow_and_messages_stand_under_their_day(
    page: Page, slack: LocalSlack, client: AsyncWebClient, demo_clock: DemoClock
) -> None:
    clock = page.get_by_role("region", name="Simulated time")
    await expect(clock).to_contain_text("12:00")
    await expect(clock).to_contain_text("Monday 16 November 2026")
    await client.chat_postMessage(channel=BILLING_FLOOR, text="before")
    await clock.get_by_role("button", name="Tomorrow 07:44").click()
    await expect(clock).to_contain_text("07:44")
    await expect(clock).to_contain_text("Tuesday 17 November 2026")
    await client.chat_postMessage(channel=BILLING_FLOOR, text="after")
    days = page.get_by_role("log").get_by_role("separator")
    await expect(days).to_have_text(["Monday 16 November", "Tuesday 17 November"])
    demo_clock.jump(demo_clock.now() + timedelta(hours=1))
    await expect(clock).to_contain_text("08:44")


async def test_a_thread_shows_its_replies_and_files(page: Page, client: AsyncWebClient) -> None:
    parent = await client.chat_postMessage(channel=BILLING_FLOOR, text="digest")
    await client.chat_postMessage(channel=BILLING_FLOOR, text="next message")
    await client.files_upload_v2(
        content="queue,share", filename="sla.csv", channel=BILLING_FLOOR, thread_ts=parent["ts"]
    )
    log = page.get_by_role("log")
    await expect(log.get_by_text("1 reply")).to_be_visible()
    await expect(log.get_by_role("article").nth(1).get_by_role("link", name="sla.csv")).to_be_visible()
    await expect(log.get_by_role("article").nth(2)).to_contain_text("next message")


async def test_what_befalls_a_channel_is_seen_and_told(page: Page, slack: LocalSlack, bot: AsyncApp) -> None:
    told: list[str] = []

    async def hear(event: dict[str, Any]) -> None:
        told.append(event["type"])

    for name in ("channel_archive", "channel_unarchive", "channel_left", "channel_id_changed", "channel_deleted"):
        bot.event(name)(hear)

    async def befall(what: str, channel: str = "billing-floor") -> None:
        await page.get_by_role("button", name=f"What can happen to #{channel}").click()
        await page.get_by_role("menuitem", name=what).click()

    channels = page.get_by_role("navigation", name="Channels")
    await channels.get_by_role("button", name="billing-floor").click()
    await expect(page).to_have_url(re.compile(BILLING_FLOOR))
    await befall("Archive the channel")
    await expect(page.get_by_text("This channel is archived")).to_be_visible()
    await expect(page.get_by_role("textbox", name="Message")).to_be_hidden()
    await expect(channels.get_by_role("button", name="billing-floor")).to_contain_text("archived")
    await befall("Bring the channel back")
    await expect(page.get_by_text("This channel is archived")).to_be_hidden()
    await befall("Remove Queue SLA")
    await page.get_by_role("button", name="What can happen to #billing-floor").click()
    await expect(page.get_by_role("menuitem", name="Invite Queue SLA")).to_be_visible()
    await page.keyboard.press("Escape")
    await befall("Give the channel another id")
    await expect(page).not_to_have_url(re.compile(BILLING_FLOOR))
    await expect(page.get_by_role("heading", name="# billing-floor")).to_be_visible()
    await befall("Delete the channel")
    await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    await expect(channels.get_by_role("button", name="billing-floor")).to_have_count(0)
    await expect(page.get_by_role("heading", name="# service-desk")).to_be_visible()
    assert told == ["channel_archive", "channel_unarchive", "channel_left", "channel_id_changed", "channel_deleted"]


async def test_direct_messages_have_a_list_of_their_own(page: Page, client: AsyncWebClient) -> None:
    red = ":red_circle: *Daily digest* could not be sent: <#C0BILLING> is archived."
    await client.chat_postMessage(channel=ANA, text=red)
    entry = page.get_by_role("navigation", name="Direct messages").get_by_role("button", name="Queue SLA messages")
    await expect(entry.get_by_role("img", name="unread")).to_be_visible()
    await entry.click()
    await expect(page.get_by_role("article")).to_contain_text("🔴 Daily digest could not be sent: #billing-floor")
