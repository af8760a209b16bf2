"""What windows of digests and settings show when saving takes its time, when the bot is broken, and when it stops."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.demo.slack_acks import Outcome
from bot.demo.slack_people import ANA
from bot.listeners import submitting
from bot.store.schema import migrate
from tests.stories.mornings import THURSDAY, Clock, Morning, last_word, open_bot, open_world

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

GONE = {"text": {"type": "plain_text", "text": "Gone"}, "value": "00000000-0000-5000-8000-000000000000"}


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is done in the time that Slack waits for a submission."""
    monkeypatch.setattr(submitting, "IN_TIME_SECONDS", 0.0)


@pytest.fixture
async def breakable(tmp_path: Path) -> AsyncIterator[Morning]:
    """A bot whose database is a file."""
    clock, database = Clock(), f"sqlite:///{tmp_path}/bot.db"
    await migrate(database)
    async with open_world(clock) as stage, open_bot(stage, clock, DATABASE_URL=database) as morning:
        yield morning


async def broken(tmp_path: Path) -> None:
    """Nobody can be welcomed any more, for a reason that no error of the bot's knows."""

    def drop() -> None:
        with closing(sqlite3.connect(tmp_path / "bot.db")) as connection:
            connection.execute("ALTER TABLE place_settings RENAME TO lost")

    await asyncio.to_thread(drop)


async def settings_window(morning: Morning) -> Any:
    told = await morning.says("/digest settings")
    return await morning.window(await morning.presses(told, "settings_edit"), "Settings")


async def digest_window(morning: Morning) -> Any:
    return await morning.window(await morning.types("/digest add"), "New Digest")


def top(morning: Morning) -> Any:
    """The window that is uppermost."""
    return morning.world.slack.workspace.modals[ANA][-1].body


@pytest.mark.usefixtures("unhurried")
async def test_settings_that_take_their_time_are_told_in_the_window(morning: Morning, read):
    form = await settings_window(morning)
    assert (await morning.sends(form, {"within": "45s"})).errors == {}
    shown = read(top(morning))
    assert "Settings of #billing-floor" in shown
    assert "45 s" in shown


@pytest.mark.usefixtures("unhurried")
async def test_a_digest_that_takes_its_time_is_told_in_the_window(morning: Morning, read):
    assert (await morning.sends(await digest_window(morning), {})).errors == {}
    assert "Digest 1 is set: Service levels of all queues" in read(top(morning))


@pytest.mark.usefixtures("unhurried")
@pytest.mark.parametrize(("opened", "field"), [(settings_window, "usual_queues"), (digest_window, "queues")])
async def test_what_is_wrong_and_found_late_is_told_in_the_window(morning: Morning, read, opened: Any, field: str):
    form = await opened(morning)
    await morning.world.slack.suggest(ANA, form, "queue_search", "", block_id=field)
    entered = {f"{field}/queue_search": [GONE]} if field == "usual_queues" else {field: [GONE]}
    assert (await morning.sends(form, entered)).errors == {}
    assert "is gone from Genesys Cloud" in read(top(morning))


@pytest.mark.parametrize(("opened", "field"), [(settings_window, "within"), (digest_window, "days")])
async def test_a_defect_is_told_with_its_reference_and_keeps_what_was_entered(
    breakable: Morning, tmp_path: Path, opened: Any, field: str
):
    form = await opened(breakable)
    await broken(tmp_path)
    reply = await breakable.sends(form, {"within": "45s"})
    assert "Something went wrong inside the bot" in reply.errors[field]
    assert "reference" in reply.errors[field]


@pytest.mark.usefixtures("unhurried")
@pytest.mark.parametrize("opened", [settings_window, digest_window])
async def test_a_defect_found_late_is_told_in_the_window(breakable: Morning, tmp_path: Path, read, opened: Any):
    form = await opened(breakable)
    await broken(tmp_path)
    assert (await breakable.sends(form, {"within": "45s"})).errors == {}
    assert "Something went wrong inside the bot" in read(top(breakable))
    assert "reference" in read(top(breakable))


@pytest.mark.parametrize("opened", [settings_window, digest_window])
async def test_a_bot_that_stops_takes_no_window_and_says_so(morning: Morning, opened: Any):
    form = await opened(morning)
    await morning.app.promises.drain(timedelta())
    (told,) = (await morning.sends(form, {"within": "45s"})).errors.values()
    assert told == "The bot is restarting. Ask again in a minute."


@pytest.mark.parametrize("button", ["digest_why", "digest_form_preview", "sla_why"])
async def test_no_window_keeps_reading_when_the_bot_is_broken(breakable: Morning, tmp_path: Path, read, button: str):
    place = await _with_button(breakable, button)
    await broken(tmp_path)
    await breakable.presses(place, button)
    await breakable.app.promises.settled()
    assert "Something went wrong inside the bot." in read(top(breakable))


async def _with_button(morning: Morning, button: str) -> Any:
    match button:
        case "digest_why":
            await morning.says("/digest add billing 07:45")
            await morning.at(THURSDAY)
            return morning.posted()[-1]
        case "sla_why":
            return await morning.says("/sla billing 30s yesterday")
    return await digest_window(morning)


async def test_remove_in_the_window_shows_there_that_it_is_done(morning: Morning, read):
    await morning.says("/digest add billing 07:45")
    listed = await morning.says("/digest list")
    form = await morning.window(await morning.presses(listed, "digest_open_edit"), "Edit Digest")
    await morning.presses(form, "digest_remove")
    await morning.app.promises.settled()
    assert "Digest 1 is removed" in read(top(morning))
    assert "submit" not in top(morning)
    assert morning.direct() == []


async def test_a_storm_over_the_home_tab_costs_nobody_a_question(morning: Morning):
    slack = morning.world.slack
    slack.fail_next("views.publish", delay=timedelta(minutes=5))
    await asyncio.gather(*(slack.open_home(ANA) for _ in range(8)))
    answer = await last_word(await morning.types("/sla billing 30s yesterday"))
    assert answer.text.startswith("Billing: ")
    assert len(slack.calls_of("views.publish")) <= 1
    await morning.app.promises.drain(timedelta())


async def test_a_menu_that_cannot_tell_what_may_be_seen_is_empty_and_does_not_fail(breakable: Morning, tmp_path: Path):
    form = await digest_window(breakable)
    await broken(tmp_path)
    shown = await breakable.world.slack.suggest(ANA, form, "queue_search", "bil", block_id="queues")
    assert shown.ack.outcome is Outcome.ACKNOWLEDGED
    assert shown.ack.payload == {"options": []}
