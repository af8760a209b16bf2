"""An incident on the demo's page, from its first message to its last edit, with a button pressed in between."""

from __future__ import annotations

import re
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import Expect

from bot.cli_run import demo_bot
from bot.commands.catalogue import COMMANDS
from bot.demo.centre import Centre
from bot.demo.clock import DemoClock
from bot.demo.slack_desk import Command
from bot.demo.world import ZONE, world
from bot.settings import Settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

MONDAY = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
PATIENT_MS = 240_000
expect = Expect()
expect.set_options(timeout=PATIENT_MS)


@asynccontextmanager
async def opened(browser: Browser) -> AsyncIterator[Page]:
    """The demo as `sla-bot demo` starts it, on a Monday morning; any error in the page's scripts fails the test."""
    began = datetime.now(UTC)
    clock = DemoClock(real=lambda: MONDAY + (datetime.now(UTC) - began))
    commands = [Command(name=f"/{command.name}", description=command.summary) for command in COMMANDS]
    async with world(clock=clock, commands=commands, centre=Centre.demo(zone=ZONE)) as stage:
        stage.slack.ack_within = timedelta(milliseconds=PATIENT_MS)
        settings = Settings.from_env(stage.environment | {"PORT": "0", "DATABASE_URL": "sqlite:///:memory:"})
        async with demo_bot(settings, clock):
            page = await browser.new_page(viewport={"width": 1280, "height": 1000})
            page.set_default_timeout(PATIENT_MS)
            errors: list[str] = []
            page.on("pageerror", lambda error: errors.append(str(error)))
            await page.goto(stage.page)
            yield page
            assert errors == []
            await page.close()


async def press(page: Page, label: str) -> None:
    await page.get_by_role("button", name=label, exact=True).click()


async def test_half_the_agents_leave_somebody_takes_the_alert_and_it_is_over_when_they_are_back(browser: Browser):
    async with opened(browser) as page:
        box = page.get_by_role("textbox", name="Message", exact=True)
        await box.fill("/alert add billing voice waiting > 10 for 2m")
        await box.press("Escape")
        await press(page, "Send")
        await page.get_by_text("Rule 1 is set.").wait_for()

        await press(page, "Half the agents leave Billing")
        await press(page, "+10 minutes")
        await press(page, "+10 minutes")
        alert = page.get_by_role("article").filter(has_text=re.compile(r"Billing: \d+ contacts waiting since 10:\d\d"))
        await expect(alert).to_have_count(1)
        await expect(alert.get_by_role("button", name="Details")).to_be_visible()
        await alert.get_by_role("button", name="Acknowledge").click()
        await expect(alert.get_by_text("Warning, acknowledged")).to_be_visible()
        await expect(alert.get_by_text(re.compile(r"^Acknowledged by"))).to_contain_text("ana")
        await expect(alert.get_by_role("button", name="Acknowledge")).to_have_count(0)

        await press(page, "Agents come back to Billing")
        await press(page, "+1 hour")
        over = page.get_by_role("article").filter(
            has_text=re.compile(
                r"Billing: over at \d\d:\d\d, after .*; worst \d+ contacts waiting at \d\d:\d\d.*It was:"
            )
        )
        await expect(over).to_have_count(1)
        await expect(over).to_contain_text("Taken by @ana")
        await expect(page.get_by_role("combobox", name=re.compile("Snooze"))).to_have_count(0)
        await expect(alert).to_have_count(0)
