"""What a limited channel is told while Genesys is away, and of digests about queues that it does not show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.demo.slack_people import SERVICE_DESK
from bot.store.schema import migrate
from tests.stories.mornings import BILLING, Clock, Morning, last_word, open_bot, open_world

if TYPE_CHECKING:
    from pathlib import Path

ONLY_BILLING = "/digest settings limit billing"
HIDDEN = "a queue that this channel does not show"


@pytest.fixture
async def limited(morning: Morning) -> Morning:
    """Digests of several queues in a channel that shows Billing alone since, and of Sales in another."""
    await morning.says("/digest add billing,sales,claims 30s 07:45")
    await morning.says("/digest add sal* 30s 08:00")
    await morning.says("/digest add sales 30s 07:45", channel=SERVICE_DESK)
    await morning.says(ONLY_BILLING)
    return morning


def names_hidden(text: str) -> list[str]:
    return [name for name in ("sales", "claims", "sal*") if name in text.lower()]


@pytest.mark.parametrize(
    "typed",
    ["/digest list", "/digest list everywhere", "/digest pause 1", "/digest edit 2 09:00", "/digest remove 1"],
)
async def test_what_is_said_of_digests_of_before_names_no_hidden_queue(limited: Morning, read, typed: str):
    said = await limited.says(typed)
    assert HIDDEN in said.text + read(said.blocks)
    assert names_hidden(said.text + read(said.blocks)) == []


async def test_the_edit_window_of_a_digest_of_before_names_no_hidden_queue_and_keeps_it(limited: Morning, read):
    form = await limited.window(await limited.types("/digest edit 1"), "Edit Digest")
    assert HIDDEN in read(form.body)
    assert names_hidden(read(form.body)) == []
    assert (await limited.sends(form, {"time": "07:30"})).errors == {}
    await limited.says("/digest settings limit all")
    assert "Billing, Sales and Claims" in (await limited.says("/digest list")).text


async def test_home_and_another_channel_name_what_each_channel_shows(limited: Morning, read):
    home = read((await limited.home()).body)
    assert home.count("Service levels of Sales,") == 1, "of the other channel"
    assert f"Service levels of Billing and {HIDDEN}," in home
    assert f"Service levels of {HIDDEN}," in home
    assert "Sales" in (await limited.says("/digest list", channel=SERVICE_DESK)).text


async def test_a_limit_that_would_hide_usual_queues_names_them_to_whoever_sets_it(morning: Morning, read):
    await morning.says("/digest settings queues billing,sales")
    said = await morning.says(ONLY_BILLING)
    assert said.text.startswith("The usual queues here would not be seen any more: Sales.")
    told = await morning.says("/digest settings")
    form = await morning.window(await morning.presses(told, "settings_edit"), "Settings")
    await morning.world.slack.suggest(form.user, form, "queue_search", "", block_id="limit")
    reply = await morning.sends(form, {"limited": "only", "limit/queue_search": [BILLING.id]})
    assert "Sales" in reply.errors["limit"]
    both = await morning.says(f"{ONLY_BILLING} queues billing")
    assert "Sales" not in read(both.blocks)
    assert both.text.startswith("Settings of this channel")


@pytest.mark.parametrize("typed", ["/sla billing yesterday", "/queue billing", "/report yesterday", "/digest list"])
async def test_a_limited_channel_is_told_that_genesys_is_away(tmp_path: Path, typed: str):
    clock, database = Clock(), {"DATABASE_URL": f"sqlite:///{tmp_path}/bot.db"}
    await migrate(database["DATABASE_URL"])
    async with open_world(clock) as stage:
        async with open_bot(stage, clock, **database) as morning:
            await morning.says(ONLY_BILLING)
        stage.faults.set("server_error")
        async with open_bot(stage, clock, **database) as morning:
            said = await last_word(await morning.types(typed))
            assert said.text.startswith("Genesys Cloud reported a failure of its own.")
            stage.faults.clear()
