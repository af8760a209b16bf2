"""Genesys cannot be seen: that is said once, nothing is taken for good or bad meanwhile, and then it goes on."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.demo.slack_people import SERVICE_DESK
from bot.store.schema import migrate
from tests.stories.mornings import SALES, Clock, open_world
from tests.stories.watching import a_day, at, bar, buttons, centre_of, open_watcher, shown, standing, watching

RULE = "sales waiting > 10 for 2m"
GREY, GREEN, AMBER = "#8a8f98", "#2e8b57", "#d9822b"

if TYPE_CHECKING:
    from pathlib import Path

    from bot.demo.slack_workspace import Message
    from tests.stories.watching import Watcher


def notices(bot: Watcher, channel: str = "C0BILLING") -> list[Message]:
    return [one for one in bot.alerts(channel) if "see Genesys" in one.text and "alert_details" not in buttons(one)]


def news(bot: Watcher) -> list[Message]:
    return [one for one in bot.alerts() if "alert_details" in buttons(one)]


async def test_an_alert_keeps_its_state_while_genesys_is_down_and_goes_on_afterwards() -> None:
    centre = centre_of(a_day(), standing(SALES, 14, at("10:05"), at("10:55")))
    async with watching(centre, at("10:04"), RULE) as bot:
        await bot.adds("billing waiting > 10 for 2m", channel=SERVICE_DESK)
        await bot.watch("10:09")
        bot.world.faults.set("down")
        await bot.watch("10:12")
        assert notices(bot) == [], "a failure that is over within three minutes is not worth a word"
        await bot.watch("10:14")
        (notice,) = notices(bot)
        assert notice.text.startswith("I cannot see Genesys since 10:10")
        assert "1 alert keeps its state" in shown(notice)
        assert bar(notice) == GREY
        (alert,) = news(bot)
        assert "I cannot see Genesys since 10:10; this is how it stood then." in shown(alert)
        assert bar(alert) == GREY
        lines = bot.thread(alert)
        assert len(notices(bot, SERVICE_DESK)) == 1, "one in each channel that relies on it"

        await bot.watch("10:30")
        assert len(notices(bot)) == 1
        assert bot.thread(alert) == lines
        bot.world.faults.clear()
        await bot.watch("10:32")
        (clear,) = notices(bot)
        assert clear.ts == notice.ts
        assert clear.text.startswith("I see Genesys again since 10:3")
        assert bar(clear) == GREEN
        (alert,) = news(bot)
        assert bar(alert) == AMBER
        assert "I cannot see" not in shown(alert)
        assert bot.thread(alert) == lines, "it goes on as if nothing had been"
        await bot.watch("11:06")
        (alert,) = news(bot)
        assert alert.text.startswith("Sales: over at 11:05, after 1 h")


async def test_what_was_bad_before_and_good_after_is_not_resolved_by_silence() -> None:
    centre = centre_of(a_day(), standing(SALES, 14, at("10:05"), at("10:12")))
    async with watching(centre, at("10:04"), RULE) as bot:
        await bot.watch("10:08")
        bot.world.faults.set("unavailable")
        await bot.watch("10:40")
        (alert,) = news(bot)
        assert "over" not in alert.text
        bot.world.faults.clear()
        await bot.watch("10:45")
        assert "over" not in news(bot)[0].text, "ten minutes of good must be seen"
        await bot.watch("10:55")
        assert "over at 10:5" in news(bot)[0].text


async def test_nothing_fires_because_nothing_is_seen() -> None:
    async with watching(
        centre_of(a_day()), at("10:04"), RULE, "sales sla < 80% for 10m", "sales offered < 5 for 10m", "sales unusual"
    ) as bot:
        bot.world.faults.set("down")
        await bot.watch("10:50")
        assert news(bot) == []
        assert len(notices(bot)) == 1
        bot.world.faults.clear()
        await bot.watch("11:20")
        assert news(bot) == []


async def test_refused_credentials_are_told_soon_and_in_their_own_words() -> None:
    async with watching(centre_of(a_day()), at("10:04"), RULE) as bot:
        bot.world.faults.set("wrong_secret")
        bot.world.faults.set("expired_token")
        await bot.watch("10:07")
        (notice,) = notices(bot)
        assert "credential" in shown(notice).lower() or "client" in shown(notice).lower()
        bot.world.faults.clear()
        await bot.watch("10:09")
        assert bar(notices(bot)[0]) == GREEN


async def test_a_hiccup_of_two_minutes_is_not_worth_a_word() -> None:
    centre = centre_of(a_day(), standing(SALES, 14, at("10:05"), at("10:30")))
    async with watching(centre, at("10:04"), RULE) as bot:
        await bot.watch("10:08")
        bot.world.faults.set("bad_gateway")
        await bot.watch("10:10")
        bot.world.faults.clear()
        await bot.watch("10:20")
        assert notices(bot) == []
        assert bar(news(bot)[0]) == AMBER


async def test_a_bot_that_starts_while_genesys_is_down_knows_since_when_and_says_it_once(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'bot.db'}"
    await migrate(database)
    centre = centre_of(a_day(), standing(SALES, 14, at("10:05"), at("11:00")))
    clock = Clock(at("10:04"))
    async with open_world(clock, centre=centre) as stage:
        async with open_watcher(stage, clock, DATABASE_URL=database) as bot:
            await bot.adds(RULE)
            await bot.watch("10:08")
            stage.faults.set("unavailable")
            await bot.watch("10:30")
            (before,) = notices(bot)
            (alert,) = news(bot)
        clock.jump(by=timedelta(minutes=1))
        stage.faults.clear()
        stage.faults.set("unavailable", prefix="/api/v2/analytics")
        async with open_watcher(stage, clock, DATABASE_URL=database) as bot:
            await bot.watch("10:40")
            assert [one.text for one in notices(bot)] == [before.text]
            assert [one.text for one in news(bot)] == [alert.text]
            stage.faults.clear()
            await bot.watch("10:42")
            assert [bar(one) for one in notices(bot)] == [GREEN]
            assert [bar(one) for one in news(bot)] == [AMBER]
            assert bot.thread(news(bot)[0]) == []
