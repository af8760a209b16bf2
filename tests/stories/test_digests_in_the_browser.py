"""A supervisor subscribes on the demo's page, lets the night pass, reads the digest and presses its buttons."""

from __future__ import annotations

import re
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.app import running
from bot.commands.catalogue import COMMANDS
from bot.demo.clock import DemoClock
from bot.demo.slack_desk import Command
from bot.demo.world import world
from bot.settings import Settings
from tests.stories.mornings import quiet_centre

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, Locator, Page

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

TUESDAY = datetime(2026, 11, 17, 16, 0, tzinfo=UTC)
FRIDAY = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
PATIENT_MS = 60_000


@asynccontextmanager
async def opened(browser: Browser, now: datetime) -> AsyncIterator[Page]:
    """The demo as `sla-bot demo` starts it, with a small centre and from `now` on."""
    began = datetime.now(UTC)
    clock = DemoClock(real=lambda: now + (datetime.now(UTC) - began))
    commands = [Command(name=f"/{command.name}", description=command.summary) for command in COMMANDS]
    async with world(clock=clock, commands=commands, centre=quiet_centre()) as stage:
        stage.slack.ack_within = timedelta(milliseconds=PATIENT_MS)
        settings = Settings.from_env(stage.environment | {"PORT": "0", "DATABASE_URL": "sqlite:///:memory:"})
        async with running(settings, host="127.0.0.1", now=clock.now):
            page = await browser.new_page(viewport={"width": 1280, "height": 1000})
            page.set_default_timeout(PATIENT_MS)
            await page.goto(stage.page)
            yield page
            await page.close()


async def send(page: Page, text: str) -> None:
    box = page.get_by_role("textbox", name="Message", exact=True)
    await box.fill(text)
    await box.press("Escape")
    await page.get_by_role("button", name="Send", exact=True).click()


async def jump(page: Page, *steps: str) -> None:
    for step in steps:
        async with page.expect_response("**/page/clock"):
            await page.get_by_role("button", name=step, exact=True).click()


def said(page: Page, text: str | re.Pattern[str]) -> Locator:
    return page.get_by_role("article").filter(has_text=text)


async def test_subscribed_in_a_window_the_digest_is_there_in_the_morning_and_can_be_managed(browser: Browser):
    async with opened(browser, TUESDAY) as page:
        await send(page, "/digest add")
        form = page.get_by_role("dialog", name="New Digest")
        await form.get_by_role("combobox", name="Queues").fill("bil")
        await page.get_by_role("option", name="Billing", exact=True).click()
        await form.get_by_role("combobox", name="Queues").fill("sal")
        await page.get_by_role("option", name="Sales", exact=True).click()
        await form.get_by_label("Answered within").fill("soon")
        await form.get_by_label("Table as a CSV file in the thread").check()
        await form.get_by_role("button", name="Subscribe").click()
        await form.get_by_role("alert").filter(has_text="“soon”").wait_for()
        await form.get_by_label("Answered within").fill("20s")
        await form.get_by_role("button", name="Subscribe").click()
        saved = page.get_by_role("dialog", name="Digest 1")
        await saved.get_by_text("Weekdays at 07:45, Europe/London · next Wed 18 Nov, 07:45").wait_for()
        await saved.get_by_role("button", name="Done").click()
        await saved.wait_for(state="detached")

        await jump(page, "Tomorrow 07:44", "+1 minute")
        digest = said(page, "Digest 1 · Next: Thu 19 Nov, 07:45")
        await digest.wait_for()
        headline = digest.get_by_text(re.compile(r"^Billing and Sales: [\d.]+ % answered within 20 s, Tue 17 Nov"))
        assert await headline.is_visible()
        assert await digest.get_by_role("row").filter(has_text=re.compile("Billing|Sales|Total")).count() == 3
        assert await digest.locator("svg").first.is_visible()
        await page.get_by_role("link", name=re.compile(r"\.csv$")).wait_for()

        await digest.get_by_role("button", name="Why?").click()
        why = page.get_by_role("dialog", name="Why This Figure")
        await why.get_by_text("Of offered:").wait_for()
        await why.get_by_text("summed over Tue 10 Nov 2026").wait_for()
        await page.keyboard.press("Escape")
        await why.wait_for(state="detached")

        await digest.get_by_role("button", name="Manage").click()
        edit = page.get_by_role("dialog", name="Edit Digest")
        assert await edit.get_by_label("Answered within").input_value() == "20 s"
        await edit.get_by_label("Days", exact=True).select_option("On the days chosen below")
        await edit.get_by_role("button", name="Save").click()
        await edit.get_by_role("alert").filter(has_text="Choose at least one day.").wait_for()
        await edit.get_by_role("combobox", name="Which days").click()
        await page.get_by_role("option", name="Monday", exact=True).click()
        await edit.get_by_role("button", name="Save").click()
        changed = page.get_by_role("dialog", name="Digest 1")
        await changed.get_by_text("Mondays at 07:45, Europe/London · next Mon 23 Nov, 07:45").wait_for()
        assert await changed.get_by_text("last week").is_visible(), "the usual period goes with the days"


async def test_what_befalls_a_digest_is_told_to_its_owner_and_shown_at_home(browser: Browser):
    async with opened(browser, FRIDAY) as page:
        await send(page, "/digest add billing 20s weekdays 07:45")
        await said(page, "next Mon 23 Nov, 07:45").wait_for()
        await page.get_by_text("Slack token revoked").click()
        await jump(page, "Monday 07:44", "+1 minute", "+1 minute")
        await page.get_by_text("Slack token revoked").click()
        await said(page, "Digest 1 · Next: Tue 24 Nov, 07:45").wait_for()

        await page.get_by_role("button", name="What can happen to #billing-floor").click()
        await page.get_by_role("menuitem", name="Archive the channel").click()
        await page.get_by_role("button", name="Queue SLA messages").click()
        await said(page, "Digest 1 is stopped: the channel is archived").wait_for()
        await page.get_by_role("button", name="Queue SLA Home").click()
        home = page.get_by_role("region", name="App Home")
        await home.get_by_text("Needs you").wait_for()
        assert "🔴 1 · Weekdays at 07:45, Europe/London" in await home.inner_text()
        assert await home.get_by_role("button", name="Resume: digest 1").is_visible()
