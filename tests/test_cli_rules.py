"""`sla-bot rules export` and `apply`: nothing changes by being written, and nothing is changed unasked."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner

from bot.cli import cli
from bot.cli_rules import apply_rules, export_rules
from bot.commands.alerts.terms import read_terms
from bot.commands.digests.order import read_order
from bot.commands.rules_reading import FileUnread
from bot.domain.ids import ChannelId, TeamId, UserId
from bot.domain.places import UNSET
from bot.domain.subscriptions import SubscriptionState
from bot.store.database import open_store
from bot.store.schema import migrate

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 21, 14, 52, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")
TEAM, BILLING, SALES, ANNA = TeamId("T0TEAM"), ChannelId("C0BILLING"), ChannelId("C0SALES"), UserId("U0ANNA")
QUEUE = '"11111111-2222-4333-8444-555555555555"'
RULES = (
    f"{QUEUE} sla 30s < 80% for 15m critical mention <@U0ANNA> escalate 15m <!subteam^S0LEAD>",
    "bil* waiting > 10 recover 3 hours 08:00-18:00 weekdays quiet hours 22:00-07:00 holidays remind never",
    "all unusual sensitive",
)


def terms(text: str):
    return read_terms(text, zone=LONDON, usual=UNSET, example="", limit=500)


async def filled(url: str) -> None:
    await migrate(url)
    async with open_store(url) as store:
        for text in RULES:
            await store.rules.create(terms(text), team=TEAM, channel=BILLING, owner=ANNA, now=NOW)
        await store.rules.create(terms("waiting > 5"), team=TEAM, channel=SALES, owner=ANNA, now=NOW)
        order = read_order(f"{QUEUE} 30s weekdays 07:45 csv", now=NOW, zone=LONDON, usual=UNSET, example="", limit=500)
        await store.subscriptions.create(
            order, team=TEAM, channel=BILLING, owner=ANNA, state=SubscriptionState.ACTIVE, now=NOW
        )


async def kept(url: str):
    async with open_store(url) as store:
        rules = await store.rules.everything(TEAM)
        return rules, await store.subscriptions.of_channels(TEAM, [BILLING, SALES])


@pytest.fixture
async def environment(database_url: str) -> dict[str, str]:
    await filled(database_url)
    return {"DATABASE_URL": database_url, "BOT_TIMEZONE": "Europe/London"}


async def apply(environment: dict[str, str], file: Path, *, yes: bool = True):
    return await apply_rules(environment, file, yes=yes, now=lambda: NOW)


def edited(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


async def test_what_was_exported_changes_nothing_when_it_is_applied(environment, tmp_path):
    before = await kept(environment["DATABASE_URL"])
    await export_rules(environment, tmp_path / "rules.yml", now=lambda: NOW)
    applied = await apply(environment, tmp_path / "rules.yml")
    assert (applied.lines, applied.summary()) == ((), "Everything is as the file says.")
    assert await kept(environment["DATABASE_URL"]) == before


async def test_without_yes_the_differences_are_told_and_nothing_is_changed(environment, tmp_path):
    file = tmp_path / "rules.yml"
    await export_rules(environment, file, now=lambda: NOW)
    before = await kept(environment["DATABASE_URL"])
    edited(file, "all unusual sensitive", "all unusual quiet")
    applied = await apply(environment, file, yes=False)
    assert applied.lines == (
        "~ T0TEAM/C0BILLING alert 3: all unusual sensitive Europe/London → all unusual quiet Europe/London",
    )
    assert "Add --yes" in applied.summary()
    assert await kept(environment["DATABASE_URL"]) == before


async def test_what_is_added_changed_and_taken_out_is_done_once_and_noted(environment, tmp_path):
    file = tmp_path / "rules.yml"
    await export_rules(environment, file, now=lambda: NOW)
    file.write_text(
        f"""
version: 1
workspaces:
  {TEAM}:
    {BILLING}:
      alerts:
      - number: 1
        owner: U0BEN
        rule: '{QUEUE} sla < 75% Europe/London'
      - owner: U0ANNA
        rule: bil* aht > 8m
      digests: []
""",
        encoding="utf-8",
    )
    applied = await apply(environment, file)
    assert [line[0] for line in applied.lines] == ["~", "+", "-", "-", "-"]
    rules, digests = await kept(environment["DATABASE_URL"])
    assert [(rule.channel, rule.number, rule.owner) for rule in rules] == [
        (BILLING, 1, "U0BEN"),
        (BILLING, 4, ANNA),
        (SALES, 1, ANNA),
    ]
    assert digests == ()
    assert (await apply(environment, file)).lines == (), "a second time changes nothing"
    async with open_store(environment["DATABASE_URL"]) as store:
        of_rules = await store.audit.of_rules(TEAM, BILLING, 4)
        of_digests = await store.audit.of_channel(TEAM, BILLING, 1)
    assert sorted(change.action for change in of_rules) == ["created", "edited", "removed", "removed"]
    assert [change.action for change in of_digests] == ["removed"]


async def test_a_file_with_one_bad_entry_changes_nothing_at_all(environment, tmp_path):
    file = tmp_path / "rules.yml"
    await export_rules(environment, file, now=lambda: NOW)
    before = await kept(environment["DATABASE_URL"])
    edited(file, "all unusual sensitive", "all unusual quiet")
    edited(file, "waiting > 5", "waiting > 5m")
    with pytest.raises(FileUnread, match=r"Line \d+: “5m” is not a whole number"):
        await apply(environment, file)
    assert await kept(environment["DATABASE_URL"]) == before


def test_exit_codes_tell_a_done_file_from_one_that_cannot_be_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    url = f"sqlite:///{tmp_path}/bot.db"
    asyncio.run(filled(url))
    terminal = CliRunner(env={"DATABASE_URL": url})
    exported = terminal.invoke(cli, ["rules", "export", "rules.yml"])
    assert exported.exit_code == 0, exported.output
    done = terminal.invoke(cli, ["rules", "apply", "rules.yml", "--yes"])
    assert done.exit_code == 0, done.output
    (tmp_path / "rules.yml").write_text("version: 2", encoding="utf-8")
    refused = terminal.invoke(cli, ["rules", "apply", "rules.yml", "--yes"])
    assert (refused.exit_code, "Line 1: “version” has to be 1" in refused.output) == (2, True)
    absent = terminal.invoke(cli, ["rules", "apply", "nothing.yml"])
    assert absent.exit_code == 2
