"""Alerts on the page in a real browser: coloured bar, buttons, history in the thread, and what can be provoked."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import expect
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.clock import DemoClock
from bot.demo.slack_people import BILLING_FLOOR
from bot.demo.world import World, world

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, Page

pytestmark = pytest.mark.browser

MORNING = datetime(2026, 11, 20, 10, 5, tzinfo=UTC)


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


PRESSES: dict[str, Any] = {
    "type": "actions",
    "block_id": "presses",
    "elements": [
        {"type": "button", "action_id": "acknowledge", "text": plain("Acknowledge"), "value": "7"},
        {"type": "overflow", "action_id": "more", "options": [{"text": plain("Not useful"), "value": "useless"}]},
    ],
}
FIRED: dict[str, Any] = {
    "color": "#c0392b",
    "fallback": "Billing: 14 waiting",
    "blocks": [section("*Billing: 14 waiting* · <!subteam^S0LEADS> <@U0LENA>"), PRESSES],
}


@pytest.fixture
async def stage() -> AsyncIterator[World]:
    async with world(clock=DemoClock(real=lambda: MORNING), commands=(), pace=None) as both:
        yield both


@pytest.fixture
async def client(stage: World) -> AsyncWebClient:
    return AsyncWebClient(base_url=stage.slack.base_url, token=stage.slack.tokens.bot)


@pytest.fixture
async def page(stage: World, browser: Browser) -> AsyncIterator[Page]:
    """The page as Ana sees it; any error in its scripts fails the test."""
    opened = await browser.new_page(viewport={"width": 1280, "height": 900}, timezone_id="Europe/London")
    opened.set_default_timeout(20_000)
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    await opened.goto(stage.page)
    await expect(opened.get_by_role("textbox", name="Message")).to_be_visible()
    yield opened
    assert errors == []
    await opened.close()


async def test_an_alert_is_pressed_in_place_and_its_colour_changes(
    page: Page, stage: World, client: AsyncWebClient
) -> None:
    app = AsyncApp(client=client, signing_secret=stage.slack.tokens.signing_secret)
    handler = AsyncSocketModeHandler(app, stage.slack.tokens.app)
    chosen: list[str] = []

    @app.action("acknowledge")
    async def acknowledge(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        over = {"color": "#2e7d32", "fallback": "Over", "blocks": [section("*Billing: over*")]}
        place = body["container"]
        await client.chat_update(
            channel=place["channel_id"], ts=place["message_ts"], text="Billing: over", attachments=[over]
        )

    @app.action("more")
    async def more(ack: Any, action: dict[str, Any]) -> None:
        await ack()
        chosen.append(action["selected_option"]["value"])

    await handler.connect_async()
    await stage.slack.socket.connected()
    await client.chat_postMessage(channel=BILLING_FLOOR, text="Billing: 14 waiting", attachments=[FIRED])
    message = page.get_by_role("log").get_by_role("article")
    bar = message.locator(".attachment")
    await expect(bar).to_contain_text("@shift-leads @lena")
    await expect(bar).to_have_css("border-left-color", "rgb(192, 57, 43)")
    await message.get_by_role("button", name="More actions").click()
    await message.get_by_role("menuitem", name="Not useful").click()
    await message.get_by_role("button", name="Acknowledge").click()
    await expect(bar).to_have_css("border-left-color", "rgb(46, 125, 50)")
    await expect(message.get_by_role("button")).to_have_count(0)
    await expect(message).not_to_contain_text("(edited)")
    assert chosen == ["useless"]
    await handler.close_async()


async def test_a_long_history_is_folded_until_somebody_unfolds_it(page: Page, client: AsyncWebClient) -> None:
    parent = await client.chat_postMessage(channel=BILLING_FLOOR, text="alert", attachments=[FIRED])

    async def note(number: int) -> None:
        await client.chat_postMessage(channel=BILLING_FLOOR, text=f"note {number}", thread_ts=parent["ts"])

    log = page.get_by_role("log")
    for number in range(1, 4):
        await note(number)
    await expect(log.get_by_text("note 3")).to_be_visible()
    await note(4)
    await expect(log.get_by_text("4 replies")).to_be_visible()
    await expect(log.get_by_text("note 3")).to_be_hidden()
    await log.get_by_text("4 replies").click()
    await expect(log.get_by_text("note 4")).to_be_visible()
    await note(5)
    await expect(log.get_by_text("note 5")).to_be_visible()


async def test_the_address_of_a_message_leads_to_it(page: Page, stage: World, client: AsyncWebClient) -> None:
    posts = [await client.chat_postMessage(channel=BILLING_FLOOR, text=f"post {n}") for n in range(40)]
    link = await client.chat_getPermalink(channel=BILLING_FLOOR, message_ts=posts[2]["ts"])
    await page.goto("about:blank")
    await page.goto(link["permalink"])
    await expect(page.get_by_text("post 2", exact=True)).to_be_in_viewport()


async def test_half_the_agents_leave_and_come_back_at_the_press_of_a_button(page: Page, stage: World) -> None:
    provoke = page.get_by_role("region", name="Provoke")
    await provoke.get_by_role("button", name="Half the agents leave Billing").click()
    await expect(provoke.get_by_role("status")).to_have_text("Half the agents leave Billing: under way")
    assert stage.provoke.lasts("agents-leave")
    await provoke.get_by_role("button", name="Agents come back to Billing").click()
    await expect(provoke.get_by_role("button", name="Half the agents leave Billing")).to_be_visible()
    assert not stage.provoke.lasts("agents-leave")


async def test_time_goes_by_in_steps_and_faster(page: Page, stage: World) -> None:
    clock = page.get_by_role("region", name="Simulated time")
    await clock.get_by_role("button", name="+10 minutes").click()
    await expect(clock).to_contain_text("10:15")
    faster = clock.get_by_role("button", name="60× faster")
    await faster.click()
    await expect(faster).to_have_attribute("aria-pressed", "true")
    await expect(clock).to_contain_text(re.compile(r"10:(1[7-9]|[2-5]\d)"))
    await faster.click()
    await expect(faster).to_have_attribute("aria-pressed", "false")
