"""A newcomer opens the demo's page in Chromium, types the command, reads the figure and presses the buttons."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.async_api import Browser, Page

pytestmark = pytest.mark.browser

LONDON = ZoneInfo("Europe/London")


async def opened_page(browser: Browser, url: str) -> Page:
    page = await browser.new_page(viewport={"width": 1280, "height": 860})
    page.set_default_timeout(10_000)
    await page.goto(url)
    return page


async def send(page: Page, text: str) -> None:
    box = page.get_by_role("textbox", name="Message", exact=True)
    await box.fill(text)
    await box.press("Escape")
    await page.get_by_role("button", name="Send").click()


async def test_the_figure_read_on_the_page_equals_a_count_by_hand(
    opened: Any, browser: Browser, by_hand: Callable[..., Any], tmp_path: Path
):
    async with opened() as floor:
        page = await opened_page(browser, floor.world.page)
        await send(page, "/sla billing 30s last-week")
        answer = page.get_by_role("article").filter(has_text="answered within 30 s").first
        await answer.wait_for()
        assert await answer.get_by_text("Only visible to you").is_visible()

        today = datetime.now(LONDON).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
        monday = today - timedelta(days=today.weekday())
        start, end = (monday - timedelta(days=7)).replace(tzinfo=LONDON), monday.replace(tzinfo=LONDON)
        queue = floor.world.centre.queue("Billing")
        voice = by_hand(floor.world.centre, queue.id, "voice", start, end, timedelta(seconds=30), now=end)
        row = answer.get_by_role("row").filter(has_text="Billing · voice")
        assert f"{voice.within:,} of {voice.answered + voice.abandoned:,}" in await row.inner_text()

        await answer.get_by_role("button", name="Share in Channel").click()
        shared = page.get_by_role("article").filter(has_text="Shared by")
        await shared.wait_for()
        assert not await shared.get_by_text("Only visible to you").is_visible()

        await answer.get_by_role("button", name="Why?").click()
        why = page.get_by_role("dialog", name="Why This Figure")
        await why.get_by_text("Of offered:").wait_for()
        assert await page.screenshot(path=tmp_path / "why.png")


async def test_a_chart_is_drawn_by_the_hour(opened: Any, browser: Browser):
    async with opened() as floor:
        page = await opened_page(browser, floor.world.page)
        await send(page, "/sla sales yesterday by hour")
        answer = page.get_by_role("article").filter(has_text="answered within")
        await answer.locator("svg").first.wait_for()
        assert await answer.get_by_role("row").filter(has_text="10:00").count() == 1


async def test_who_is_waiting_right_now_is_read_refreshed_and_shared(opened: Any, browser: Browser):
    async with opened() as floor:
        page = await opened_page(browser, floor.world.page)
        await send(page, "/queue billing")
        answer = page.get_by_role("article").filter(has_text="Billing now:").first
        await answer.wait_for()
        assert await answer.get_by_text("Only visible to you").is_visible()
        assert "on queue" in await answer.inner_text()
        await answer.get_by_role("button", name="Refresh").click()
        await answer.get_by_role("button", name="Share in Channel").click()
        shared = page.get_by_role("article").filter(has_text="Shared by")
        await shared.wait_for()
        assert "Billing now:" in await shared.inner_text()


async def test_a_week_is_read_day_by_day(opened: Any, browser: Browser):
    async with opened() as floor:
        page = await opened_page(browser, floor.world.page)
        await send(page, "/report billing last-week by day")
        answer = page.get_by_role("article").filter(has_text="Billing:").first
        await answer.get_by_role("row").filter(has_text="Total").wait_for()
        assert await answer.get_by_role("row").count() == 9
        assert await answer.get_by_text("Only visible to you").is_visible()
        await answer.get_by_role("button", name="CSV").click()
        await page.get_by_role("article").filter(has_text="The file is in our direct messages.").wait_for()
        assert await answer.get_by_role("row").count() == 9


async def test_conversations_are_exported_watched_and_downloaded(opened: Any, browser: Browser, tmp_path: Path):
    async with opened() as floor:
        page = await opened_page(browser, floor.world.page)
        await send(page, "/report conversations billing yesterday")
        await page.get_by_role("article").filter(has_text="Follow it in our direct messages").wait_for()
        await page.get_by_role("button", name="Queue SLA messages").click()
        finished = page.get_by_role("article").filter(has_text="Complete:").first
        await finished.get_by_role("row").filter(has_text="Billing").wait_for()
        rows = page.get_by_role("link", name=re.compile(r"\.csv$"))
        async with page.expect_download() as download:
            await rows.click()
        await (await download.value).save_as(tmp_path / "rows.csv")
        lines = (tmp_path / "rows.csv").read_text("utf-8-sig").splitlines()
        assert lines[0].startswith("Conversation,Start,")
        assert f"Complete: {len(lines) - 1} rows" in await finished.inner_text()


async def test_genesys_is_switched_off_on_the_page_and_the_bot_says_so(opened: Any, browser: Browser):
    async with opened() as floor:
        page = await opened_page(browser, floor.world.page)
        await send(page, "/sla help")
        await page.get_by_role("article").filter(has_text="last-week").wait_for()
        await page.get_by_text("Genesys down").click()
        await send(page, "/sla billing last-week")
        failed = page.get_by_role("article").filter(has_text="cannot be reached")
        await failed.wait_for()
        await page.get_by_text("Genesys down").click()
        await failed.get_by_role("button", name="Try Again").click()
        await page.get_by_role("article").filter(has_text="answered within target").wait_for()


async def test_the_form_completes_names_and_answers_by_message(opened: Any, browser: Browser):
    async with opened() as floor:
        page = await opened_page(browser, floor.world.page)
        await page.get_by_role("button", name="Queue SLA Home").click()
        await page.get_by_role("button", name="Ask About a Queue").click()
        form = page.get_by_role("dialog", name="Ask About a Queue")
        await form.get_by_role("combobox", name="Queue").fill("claim")
        await page.get_by_role("option", name="Claims", exact=True).click()
        await form.get_by_role("button", name="Ask", exact=True).click()
        await form.wait_for(state="detached")
        await page.get_by_role("button", name="Queue SLA messages").click()
        await page.get_by_role("article").filter(has_text="Claims").wait_for()
