"""What may go wrong on the way of a digest: it arrives once, or its owner is told and can do something about it."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.demo.slack_faults import Drop
from bot.demo.slack_people import ANA, BEN, BILLING_FLOOR, SERVICE_DESK, direct_id
from bot.demo.slack_workspace import ChannelId, Kind
from bot.store.schema import migrate
from tests.stories.mornings import (
    FRIDAY,
    MONDAY,
    PATIENT,
    SATURDAY,
    SOON,
    THURSDAY,
    TUESDAY,
    Clock,
    Morning,
    open_bot,
    open_world,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bot.demo.slack_workspace import Message

ADD = "/digest add billing 30s daily 07:45"
MOVED_TO = ChannelId("C0BILLING2")
POST = "chat.postMessage"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def said(messages: list[Message]) -> list[str]:
    return [message.text for message in messages]


def days(messages: list[Message]) -> list[str]:
    """What the digests among them are about."""
    return [m.text.split("within 30 s, ")[1].split(". ")[0].split(" (")[0] for m in messages]


async def later(morning: Morning, by: timedelta, *, steps: int = 1) -> None:
    """Time passes, and the bot looks now and then."""
    for _ in range(steps):
        morning.clock.jump(by=by / steps)
        await morning.tick()


def archived(morning: Morning) -> None:
    morning.world.slack.workspace.change_channel(BILLING_FLOOR, is_archived=True)


def deleted(morning: Morning) -> None:
    morning.world.slack.workspace.remove_channel(BILLING_FLOOR)


def read_only(morning: Morning) -> None:
    morning.world.slack.workspace.change_channel(BILLING_FLOOR, refuses_posts="restricted_action_read_only_channel")


def private_without_the_bot(morning: Morning) -> None:
    morning.world.slack.workspace.change_channel(BILLING_FLOOR, kind=Kind.PRIVATE, members=frozenset({ANA, BEN}))


@pytest.mark.parametrize(
    ("befallen", "why"),
    [
        pytest.param(archived, "the channel is archived", id="archived"),
        pytest.param(deleted, "the channel was deleted, or it is private and the bot is no longer in it", id="deleted"),
        pytest.param(read_only, "the bot is not allowed to post in the channel", id="read only"),
        pytest.param(
            private_without_the_bot,
            "the channel was deleted, or it is private and the bot is no longer in it",
            id="private, without the bot",
        ),
    ],
)
async def test_a_channel_that_takes_no_message_stops_its_digests_and_the_owner_hears_it_once(
    morning: Morning, read, befallen: Callable[[Morning], None], why: str
):
    """No event told the bot: Slack promises none."""
    await morning.says(ADD)
    befallen(morning)
    await morning.at(THURSDAY)
    await later(morning, 4 * HOUR, steps=8)
    await morning.at(FRIDAY)
    (told,) = morning.direct()
    assert "is stopped" in told.text
    assert why in told.text
    assert "Resume" in read(told.blocks)
    home = read((await morning.home()).body)
    assert "Needs you" in home
    assert "🔴 1 ·" in home
    assert f"Stopped. {why[0].upper()}{why[1:]}" in home
    assert not [m for m in morning.world.slack.workspace.messages.values() if m.text.startswith("Billing:")]


async def test_an_archived_channel_stops_at_once_and_is_resumed_when_it_is_back(morning: Morning, read):
    await morning.says(ADD)
    await morning.befalls(morning.world.slack.happenings.archive(BILLING_FLOOR))
    (told,) = morning.direct()
    assert "is stopped: the channel is archived." in told.text
    await morning.at(THURSDAY)
    refused = await morning.told(told, "digest_resume")
    assert "#billing-floor is archived and takes no messages. Unarchive it first." in refused.text
    await morning.befalls(morning.world.slack.happenings.unarchive(BILLING_FLOOR))
    assert (await morning.told(told, "digest_resume")).text.startswith("Digest 1 is resumed")
    await morning.tick()
    assert morning.posted() == [], "Thursday was over before it was resumed"
    await morning.at(FRIDAY)
    assert days(morning.posted()) == ["Thu 12 Nov"]
    assert "🔴" not in read((await morning.home()).body)


@pytest.mark.parametrize(
    ("happening", "why"),
    [
        ("delete", "the channel was deleted"),
        ("remove_bot", "the bot was removed from the channel"),
        ("archive", "the channel is archived"),
    ],
)
async def test_each_owner_is_told_at_once_of_what_befell_their_channel(morning: Morning, happening: str, why: str):
    await morning.says(ADD)
    await morning.says("/digest add sales 08:00 Europe/London", user=BEN)
    await morning.says("/digest add claims 08:00", channel=SERVICE_DESK)
    await morning.befalls(getattr(morning.world.slack.happenings, happening)(BILLING_FLOOR))
    await morning.at(THURSDAY, after=HOUR)
    for owner, number in ((ANA, 1), (BEN, 2)):
        (told,) = morning.direct(owner)
        assert told.text.startswith(f"Digest {number}")
        assert told.text.endswith(f"is stopped: {why}.")
    assert len(morning.posted(SERVICE_DESK)) == 1, "other channels go on"


async def test_an_owner_who_cannot_be_told_at_once_is_told_later(morning: Morning):
    await morning.says(ADD)
    morning.world.slack.fail_next(POST, error="service_unavailable", channel=ChannelId(ANA), times=2)
    await morning.befalls(morning.world.slack.happenings.archive(BILLING_FLOOR))
    await later(morning, 5 * MINUTE, steps=5)
    assert said(morning.direct()) == ["Digest 1 is stopped: the channel is archived."]


async def test_a_bot_that_is_invited_again_goes_on_when_somebody_resumes(morning: Morning):
    await morning.says(ADD)
    await morning.befalls(morning.world.slack.happenings.remove_bot(BILLING_FLOOR))
    (told,) = morning.direct()
    await morning.befalls(morning.world.slack.happenings.invite_bot(BILLING_FLOOR))
    assert (await morning.told(told, "digest_resume")).text.startswith("Digest 1 is resumed")
    await morning.at(THURSDAY)
    assert days(morning.posted()[-1:]) == ["Wed 11 Nov"]


async def test_a_channel_that_gets_another_id_keeps_its_digests_and_settings(morning: Morning, read):
    await morning.says("/digest settings zone Europe/Paris limit billing, claims")
    await morning.says(ADD)
    await morning.at(THURSDAY)
    await morning.befalls(morning.world.slack.happenings.change_id(BILLING_FLOOR, MOVED_TO))
    await later(morning, HOUR, steps=4)
    await morning.at(FRIDAY)
    assert days(morning.posted(MOVED_TO)) == ["Wed 11 Nov", "Thu 12 Nov"]
    assert morning.direct() == []
    listed = await morning.says("/digest list", channel=MOVED_TO)
    assert "Every day at 07:45, Europe/Paris" in read(listed.blocks)
    assert "does not show" in (await morning.says("/sla sales yesterday", channel=MOVED_TO)).text
    before = morning.posted(MOVED_TO)[0]
    assert "Wed 11 Nov" in read((await morning.told(before, "digest_details")).blocks), "buttons of before answer"
    assert f"moved digest 1 in <#{MOVED_TO}>" in read((await morning.says("/digest log", channel=MOVED_TO)).blocks)


async def test_a_token_that_is_good_again_within_the_grace_loses_nothing(morning: Morning, read):
    await morning.says(ADD)
    morning.world.slack.revoke()
    await morning.at(THURSDAY)
    await later(morning, 30 * MINUTE, steps=6)
    assert morning.posted() == []
    morning.world.slack.restore()
    await later(morning, 30 * MINUTE, steps=6)
    assert days(morning.posted()) == ["Wed 11 Nov"]
    text = read(morning.posted()[0].blocks)
    assert "late: the Slack app was removed from the workspace" in text
    assert morning.direct() == []
    await morning.at(FRIDAY)
    assert "late:" not in read(morning.posted()[1].blocks)


async def test_a_token_that_is_good_again_after_the_grace_brings_a_word_and_the_digest_on_request(
    morning: Morning, read
):
    await morning.says(ADD)
    await morning.says("/digest add claims 30s daily 07:45", channel=SERVICE_DESK)
    morning.world.slack.revoke("account_inactive")
    await morning.at(THURSDAY)
    await later(morning, 4 * HOUR, steps=8)
    morning.world.slack.restore()
    await later(morning, HOUR, steps=6)
    assert morning.posted() == []
    (told,) = morning.direct()
    assert told.text == "2 digests were not sent: the Slack app was removed from the workspace."
    home = read((await morning.home()).body)
    assert "Active, but the one due Thu 12 Nov, 07:45 was missed: the Slack app was removed" in home
    # The first of the two lines; impatient people press twice.
    await asyncio.gather(*(morning.presses(told, "digest_send_again") for _ in range(2)))
    await morning.app.promises.settled()
    assert days(morning.posted() + morning.posted(SERVICE_DESK)) == ["Wed 11 Nov"]
    again = await morning.told(told, "digest_send_again")
    assert again.text.startswith("There is nothing to send again")
    await morning.at(FRIDAY)
    assert days(morning.posted() + morning.posted(SERVICE_DESK))[-1] == "Thu 12 Nov"


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param({"drop": Drop.AFTER}, id="the connection broke behind it"),
        pytest.param({"drop": Drop.BEFORE}, id="the connection broke before it"),
        pytest.param({"status": 500, "took_effect": True}, id="an error of the server, although it was taken"),
        pytest.param({"error": "internal_error", "took_effect": True}, id="an internal error, although it was taken"),
        pytest.param({"error": "fatal_error"}, id="a fatal error, and it was not taken"),
    ],
)
async def test_nobody_knows_whether_it_arrived_and_it_is_there_once(morning: Morning, fault: dict[str, Any]):
    await morning.says(ADD)
    morning.world.slack.fail_next(POST, channel=BILLING_FLOOR, **fault)
    await morning.at(THURSDAY)
    await later(morning, 30 * MINUTE, steps=15)
    assert days(morning.posted()) == ["Wed 11 Nov"]
    assert morning.direct() == []


@pytest.mark.parametrize(("drop", "there"), [(Drop.AFTER, 1), (Drop.BEFORE, 0)])
async def test_where_the_bot_may_not_look_its_owner_decides(morning: Morning, read, drop: Drop, there: int):
    slack = morning.world.slack
    slack.scopes = slack.scopes - {"channels:history"}
    await morning.says(ADD)
    slack.fail_next(POST, channel=BILLING_FLOOR, drop=drop)
    await morning.at(THURSDAY)
    await later(morning, 3 * HOUR, steps=12)
    assert len(morning.posted()) == there, "it is not sent again by itself"
    (told,) = morning.direct()
    assert told.text.startswith("A digest was perhaps not sent: ")
    assert told.text.endswith("Look there before you send again.")
    assert "Active, but the one due Thu 12 Nov, 07:45 was perhaps sent" in read((await morning.home()).body)
    await asyncio.gather(*(morning.presses(told, "digest_send_again") for _ in range(2)))
    await morning.app.promises.settled()
    await later(morning, HOUR, steps=4)
    assert days(morning.posted()) == ["Wed 11 Nov"] * (there + 1)
    assert "🔴" not in read((await morning.home()).body)


async def test_too_many_messages_hold_up_one_channel_until_slack_says_so(morning: Morning, read):
    await morning.says(ADD)
    await morning.says(ADD, channel=SERVICE_DESK)
    wait = timedelta(seconds=90)
    morning.world.slack.fail_next(POST, status=429, retry_after=wait, channel=BILLING_FLOOR)
    await morning.at(THURSDAY)
    assert (len(morning.posted()), len(morning.posted(SERVICE_DESK))) == (0, 1)
    await later(morning, wait - SOON)
    assert morning.posted() == []
    await later(morning, 2 * SOON)
    assert days(morning.posted()) == ["Wed 11 Nov"]
    assert "late" not in read(morning.posted()[0].blocks)


async def test_a_slack_that_is_unavailable_for_minutes_gets_it_when_it_is_back(morning: Morning):
    await morning.says(ADD)
    morning.world.slack.fail_next(POST, error="service_unavailable", channel=BILLING_FLOOR, times=3)
    await morning.at(THURSDAY)
    await later(morning, 20 * MINUTE, steps=20)
    assert days(morning.posted()) == ["Wed 11 Nov"]
    assert morning.direct() == []


async def test_a_workspace_without_charts_and_tables_gets_the_same_figures_as_lists(morning: Morning, read):
    await morning.says(ADD)
    await morning.at(THURSDAY)
    morning.world.slack.refused_blocks.update({"data_visualization", "table", "data_table"})
    await morning.at(FRIDAY)
    rich, plain = morning.posted()
    assert not {"data_visualization", "table"} & {block["type"] for block in plain.blocks}
    assert "Billing" in read(plain.blocks)
    assert "÷" in read(plain.blocks)
    assert "digest_details" in str(plain.blocks)
    assert {"table", "data_visualization"} <= {block["type"] for block in rich.blocks}


async def test_a_message_that_slack_refuses_in_every_form_but_text_is_sent_as_text(morning: Morning):
    await morning.says(ADD)
    morning.world.slack.fail_next(POST, error="invalid_blocks", channel=BILLING_FLOOR, times=2)
    await morning.at(THURSDAY)
    await later(morning, 30 * MINUTE, steps=5)
    (digest,) = morning.posted()
    assert days([digest]) == ["Wed 11 Nov"]
    assert digest.blocks == ()


@pytest.mark.parametrize(
    ("method", "fault"),
    [
        ("files.getUploadURLExternal", {"error": "service_unavailable", "times": 3}),
        ("files.getUploadURLExternal", {"status": 502, "times": 5}),
        ("files.completeUploadExternal", {"drop": Drop.AFTER}),
        ("files.completeUploadExternal", {"drop": Drop.BEFORE}),
    ],
)
async def test_a_table_that_slack_does_not_take_at_once_is_in_the_thread_once(
    morning: Morning, method: str, fault: dict[str, Any]
):
    await morning.says(f"{ADD} csv")
    morning.world.slack.fail_next(method, **fault)
    await morning.at(THURSDAY)
    for _ in range(8):
        await morning.filed()
        await later(morning, 5 * MINUTE)
    await morning.filed()
    (digest,) = morning.posted()
    (table,) = [m for m in morning.world.slack.messages(BILLING_FLOOR) if m.thread_ts == digest.ts]
    assert table.files


async def test_genesys_is_away_at_the_minute_and_back_within_the_grace(morning: Morning, read):
    await morning.says(ADD)
    morning.world.faults.set("down")
    await morning.at(THURSDAY)
    await later(morning, 30 * MINUTE, steps=6)
    assert morning.posted() == []
    morning.world.faults.clear()
    await later(morning, 12 * MINUTE, steps=4)
    assert days(morning.posted()) == ["Wed 11 Nov"]
    text = read(morning.posted()[0].blocks)
    assert " min late: Genesys" in text
    assert morning.direct() == []


async def test_genesys_is_away_for_longer_than_a_digest_is_of_use(morning: Morning, read):
    await morning.says(ADD)
    morning.world.faults.set("down")
    await morning.at(THURSDAY)
    await later(morning, 3 * HOUR, steps=6)
    (told,) = morning.direct()
    assert told.text.startswith("A digest was not sent: Genesys")
    morning.world.faults.clear()
    await later(morning, HOUR, steps=4)
    assert morning.posted() == []
    assert "🔴 1 ·" in read((await morning.home()).body)
    await morning.told(told, "digest_send_again")
    assert days(morning.posted()) == ["Wed 11 Nov"]
    await morning.at(FRIDAY)
    assert days(morning.posted()) == ["Wed 11 Nov", "Thu 12 Nov"]
    assert "🔴" not in read((await morning.home()).body)


async def test_an_owner_who_is_gone_keeps_nobody_else_from_their_digests(morning: Morning):
    await morning.says(f"{ADD} Europe/London", user=BEN)
    archived(morning)
    morning.world.slack.fail_next(POST, error="user_disabled", channel=ChannelId(BEN), times=None)
    await morning.says(ADD, channel=SERVICE_DESK)
    await morning.at(THURSDAY)
    await later(morning, HOUR, steps=4)
    assert len(morning.posted(SERVICE_DESK)) == 1
    assert morning.direct(BEN) == []


@pytest.fixture
async def database(tmp_path: Path) -> dict[str, str]:
    """One that outlives the bot."""
    url = f"sqlite:///{tmp_path}/bot.db"
    await migrate(url)
    return {"DATABASE_URL": url}


async def test_a_bot_that_was_not_running_at_the_minute_sends_it_late_and_says_so(database: dict[str, str], read):
    clock = Clock()
    async with open_world(clock) as stage:
        async with open_bot(stage, clock, **database) as morning:
            await morning.says(ADD)
        clock.jump(THURSDAY + HOUR)
        async with open_bot(stage, clock, **database) as morning:
            await morning.tick()
            assert days(morning.posted()) == ["Wed 11 Nov"]
            assert "Sent 1 h late: the bot was not running at 07:45" in read(morning.posted()[0].blocks)
        async with open_bot(stage, clock, **database) as morning:
            await morning.tick()
            assert len(morning.posted()) == 1
            assert morning.direct() == []


async def test_a_weekend_without_the_bot_brings_each_owner_one_word_for_all(database: dict[str, str], read):
    clock = Clock()
    async with open_world(clock) as stage:
        async with open_bot(stage, clock, **database) as morning:
            await morning.says(ADD)
            await morning.says("/digest add claims 30s daily 06:00", channel=SERVICE_DESK)
            await morning.says("/digest add sales 30s daily 07:00 Europe/London", user=BEN)
            await morning.at(THURSDAY)
            await morning.at(FRIDAY)
        sent = len(morning.posted()) + len(morning.posted(SERVICE_DESK))
        clock.jump(MONDAY + 5 * HOUR)
        async with open_bot(stage, clock, **database) as morning:
            await morning.tick()
            await later(morning, HOUR, steps=4)
            assert len(morning.posted()) + len(morning.posted(SERVICE_DESK)) == sent
            assert said(morning.direct()) == ["6 digests were not sent: the bot was not running at its time."]
            assert said(morning.direct(BEN)) == ["3 digests were not sent: the bot was not running at its time."]
            (told,) = morning.direct()
            assert read(told.blocks).count("due Sat 14 Nov, Sun 15 Nov and Mon 16 Nov") == 2
            assert "Send Again sends that of Mon 16 Nov" in read(told.blocks)
            await morning.at(TUESDAY)
            assert days(morning.posted())[-1] == "Mon 16 Nov"


async def test_a_bot_that_is_back_on_monday_morning_sends_mondays_and_tells_of_the_weekend(
    database: dict[str, str], read
):
    clock = Clock()
    async with open_world(clock) as stage:
        async with open_bot(stage, clock, **database) as morning:
            await morning.says(ADD)
            await morning.at(THURSDAY)
            await morning.at(FRIDAY)
        clock.jump(MONDAY + 20 * MINUTE)
        async with open_bot(stage, clock, **database) as morning:
            await morning.tick()
            assert days(morning.posted()) == ["Wed 11 Nov", "Thu 12 Nov", "Sun 15 Nov"]
            assert "Sent 20 min late" in read(morning.posted()[-1].blocks)
            (told,) = morning.direct()
            assert told.text.startswith("2 digests were not sent")
            assert "due Sat 14 Nov and Sun 15 Nov" in read(told.blocks)
            await morning.told(told, "digest_send_again")
            assert days(morning.posted())[3:] == ["Sat 14 Nov"], "the one that it offers, and not the latest"


@pytest.mark.parametrize(
    "database_url", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)
async def test_two_bots_on_one_database_send_each_digest_once(database_url: str):
    await migrate(database_url)
    clock = Clock()
    async with AsyncExitStack() as stack:
        stage = await stack.enter_async_context(open_world(clock))
        one, other = [
            await stack.enter_async_context(open_bot(stage, clock, DATABASE_URL=database_url)) for _ in range(2)
        ]
        for channel in (BILLING_FLOOR, SERVICE_DESK, direct_id(ANA)):
            await one.says(ADD, channel=channel)
            await one.says("/digest add claims 30s daily 07:45", channel=channel)
        for at in (THURSDAY, FRIDAY, SATURDAY):
            clock.jump(at + SOON)
            await asyncio.gather(one.tick(), other.tick(), one.tick(), other.tick())
        await asyncio.wait_for(one.app.promises.settled(), PATIENT.total_seconds())
        for channel in (BILLING_FLOOR, SERVICE_DESK, direct_id(ANA)):
            here = sorted(message.text.partition(":")[0] for message in one.posted(channel))
            assert here == ["Billing"] * 3 + ["Claims"] * 3
