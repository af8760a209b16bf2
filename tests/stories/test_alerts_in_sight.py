"""Alerts of channels that may show some queues only: what is watched, told, listed and handed over there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.demo.slack_people import BILLING_FLOOR
from bot.store.schema import migrate
from tests.stories.mornings import SALES, Clock, open_world
from tests.stories.watching import a_day, at, centre_of, open_watcher, shown, standing, watching

if TYPE_CHECKING:
    from pathlib import Path

RULE = "sales waiting > 10 for 2m"


async def test_a_limit_that_is_set_holds_for_alerts_from_the_next_minute_on() -> None:
    centre = centre_of(a_day(), standing(SALES, 14, at("10:10"), at("10:40")))
    async with watching(centre, at("10:04"), RULE) as bot:
        await bot.watch("10:08")
        await bot.says("/digest settings limit billing")
        await bot.watch("10:30")
        assert [one.text for one in bot.alerts()] == []


@pytest.mark.parametrize("typed", ["/alert handover", "/alert list", "/alert list everywhere", "/alert show 1"])
async def test_what_fired_of_a_queue_that_is_hidden_since_is_not_told_there(typed: str) -> None:
    """Said before the next look: by then it is over, and still not theirs to read."""
    centre = centre_of(a_day(), standing(SALES, 14, at("10:05"), at("10:40")))
    async with watching(centre, at("10:04"), RULE) as bot:
        await bot.watch("10:10")
        before = shown(await bot.says(typed))
        await bot.says("/digest settings limit billing")
        after = shown(await bot.says(typed))
        assert ("Sales" in before, "Sales" in after) == (True, False)


async def test_a_limited_channel_is_told_that_genesys_cannot_be_seen_also_after_a_restart(tmp_path: Path) -> None:
    clock, database = Clock(at("10:04")), {"DATABASE_URL": f"sqlite:///{tmp_path}/bot.db"}
    await migrate(database["DATABASE_URL"])
    centre = centre_of(a_day())
    async with open_world(clock, centre=centre) as stage:
        async with open_watcher(stage, clock, **database) as bot:
            await bot.adds("billing waiting > 10 for 2m")
            await bot.says("/digest settings limit billing")
        bot.world.faults.set("down")
        async with open_watcher(stage, clock, **database) as bot:
            await bot.watch("10:12")
            (notice,) = bot.alerts(BILLING_FLOOR)
            assert notice.text.startswith("I cannot see Genesys since 10:0")
