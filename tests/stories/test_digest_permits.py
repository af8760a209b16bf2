"""Who may do what with the digests of a channel, wherever they type or press."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import update

from bot.demo.slack_people import ADMIN, ANA, BEN, BILLING_FLOOR, BOT, GUEST, OPS_SHARED, SERVICE_DESK, STRANGER
from bot.store.schema import migrate
from bot.store.tables import subscriptions
from tests.store.digests import on_database
from tests.stories.mornings import (
    FRIDAY,
    MONDAY,
    SATURDAY,
    THURSDAY,
    TUESDAY,
    Clock,
    Morning,
    open_bot,
    open_morning,
    open_world,
)

if TYPE_CHECKING:
    from pathlib import Path

    from bot.demo.slack_workspace import Message

ADD = "/digest add billing 30s daily 07:45"
JUST_LEFT = timedelta(minutes=6)
"""The bot remembers for five who is in a channel."""
MEMBERS_ONLY = "Only members of that channel can change its digests. Join it first."
NOT_YOURS = "Only Ana Lopez (who made it) or an administrator can remove it."
GUESTS = "Guests cannot ask this bot."
DEEDS = ("list", "add", "edit", "pause", "resume", "now", "remove")
UNCONFIRMED = "an administrator has to confirm this digest first"


@pytest.mark.parametrize(
    ("user", "refusals"),
    [
        pytest.param(ANA, {}, id="who made it"),
        pytest.param(BEN, {"remove": f"{NOT_YOURS} Pause it instead: /digest pause 1"}, id="a member"),
        pytest.param(ADMIN, {}, id="an administrator"),
        pytest.param(GUEST, dict.fromkeys(DEEDS, GUESTS), id="a guest"),
    ],
)
async def test_who_may_what_in_the_channel(morning: Morning, user: Any, refusals: dict[str, str]):
    await morning.says(ADD)
    for deed, typed, done in (
        ("list", "/digest list", "1 digest in this channel"),
        ("add", "/digest add claims 08:00", "Digest 2 is set"),
        ("edit", "/digest edit 1 08:15", "Digest 1 is changed"),
        ("pause", "/digest pause 1", "Digest 1 is paused"),
        ("resume", "/digest resume 1", "Digest 1 is resumed"),
        ("now", "/digest now 1", ""),
        ("remove", "/digest remove 1", "Digest 1 is removed"),
    ):
        said = await morning.says(typed, user=user)
        assert said.text.startswith(refusals.get(deed, done)), deed
    assert len(morning.posted()) == (0 if user == GUEST else 1)
    left = await morning.says("/digest list")
    assert left.text.startswith("2 digests" if user == BEN else "1 digest")


@pytest.mark.parametrize(
    ("user", "action", "refusal"),
    [
        pytest.param(BEN, "digest_pause", MEMBERS_ONLY, id="a former member pauses"),
        pytest.param(BEN, "digest_send_now", MEMBERS_ONLY, id="a former member sends it now"),
        pytest.param(ANA, "digest_pause", MEMBERS_ONLY, id="who made it, and left, pauses"),
        pytest.param(ADMIN, "digest_pause", "", id="an administrator who left pauses"),
        pytest.param(ADMIN, "digest_send_now", "", id="an administrator who left sends it now"),
    ],
)
async def test_who_may_what_from_a_home_tab_that_is_older_than_their_leaving(
    morning: Morning, user: Any, action: str, refusal: str
):
    await morning.says(ADD, channel=SERVICE_DESK)
    home = await morning.home(user)
    morning.world.slack.workspace.change_channel(SERVICE_DESK, members=frozenset({ANA, BEN, ADMIN, BOT} - {user}))
    morning.clock.jump(by=JUST_LEFT)
    await morning.presses(home, action, user=user)
    await morning.app.promises.settled()
    if refusal:
        assert [message.text for message in morning.direct(user)] == [refusal]
    listed = await morning.says("/digest list", user=ADMIN if user != ADMIN else ANA, channel=SERVICE_DESK)
    paused = "Paused" in str(listed.blocks)
    assert paused is (action == "digest_pause" and not refusal)
    assert len(morning.posted(SERVICE_DESK)) == (action == "digest_send_now" and not refusal)


@pytest.mark.parametrize(("user", "refused"), [(BEN, True), (ANA, False), (ADMIN, False)])
async def test_who_may_remove_from_the_edit_window(morning: Morning, user: Any, refused: bool):
    await morning.says(ADD)
    listed = await morning.says("/digest list", user=user)
    form = await morning.window(await morning.presses(listed, "digest_open_edit", user=user), "Edit Digest")
    await morning.presses(form, "digest_remove", user=user)
    await morning.app.promises.settled()
    assert (await morning.says("/digest list")).text.startswith("1 digest" if refused else "No digests")
    assert any(NOT_YOURS in message.text for message in morning.direct(user)) is refused


async def test_a_person_sees_the_digests_of_their_own_channels_only(morning: Morning, read):
    morning.world.slack.workspace.change_channel(SERVICE_DESK, members=frozenset({ANA, ADMIN, BOT}))
    await morning.says("/digest add claims 07:45", channel=SERVICE_DESK)
    assert "Claims, yesterday" not in read((await morning.home(BEN)).body)
    assert "Claims, yesterday" in read((await morning.home(ANA)).body)
    assert (await morning.says("/digest list everywhere", user=BEN)).text.startswith("No digests")


async def test_a_guest_reads_the_digest_and_its_buttons_refuse_them(morning: Morning, read):
    await morning.says(ADD)
    await morning.at(THURSDAY)
    (digest,) = morning.posted()
    assert (await morning.told(digest, "digest_details", user=GUEST)).text.startswith(GUESTS)
    assert (await morning.told(digest, "digest_manage", user=GUEST)).text.startswith(GUESTS)
    await morning.presses(digest, "digest_why", user=GUEST)
    await morning.app.promises.settled()
    window = read(morning.world.slack.workspace.modals[GUEST][-1].body)
    assert GUESTS in window
    assert "÷" not in window
    assert "Digest" not in read((await morning.home(GUEST)).body).replace("New Digest", "")


async def test_a_shared_channel_waits_until_an_administrator_confirms(read):
    async with open_morning(BOT_ADMINS=ADMIN) as morning:
        said = await morning.says(ADD, channel=OPS_SHARED)
        assert said.text.startswith("Digest 1 is set, but waits for an administrator")
        (request,) = morning.direct(ADMIN)
        assert f"Asked by <@{ANA}>" in read(request.blocks)
        await morning.at(THURSDAY)
        assert morning.posted(OPS_SHARED) == []
        assert (
            "Only an administrator can confirm it."
            in (await morning.says("/digest confirm 1", user=BEN, channel=OPS_SHARED)).text
        )
        for attempt in ("now", "resume 1"):
            told = await morning.says(f"/digest {attempt}", channel=OPS_SHARED)
            assert "administrator" in told.text, attempt
        await morning.says("/digest pause 1", channel=OPS_SHARED)
        await morning.says("/digest resume 1", channel=OPS_SHARED)
        await morning.at(FRIDAY)
        assert morning.posted(OPS_SHARED) == [], "a pause is no way around it"
        done = await morning.told(request, "digest_confirm", user=ADMIN)
        assert done.text.startswith("Digest 1 is confirmed")
        await morning.tick()
        assert morning.posted(OPS_SHARED) == [], "what was due while it waited is not made up for"
        await morning.at(SATURDAY)
        assert len(morning.posted(OPS_SHARED)) == 1
        (told,) = morning.direct(ANA)
        assert told.text.startswith("Mira Patel confirmed your digest 1: ")


async def test_where_nobody_else_reads_along_there_is_nothing_to_confirm(morning: Morning):
    await morning.says(ADD)
    for user in (ANA, ADMIN):
        said = await morning.says("/digest confirm 1", user=user)
        assert said.text == "Digest 1 does not wait to be confirmed."


async def test_only_who_may_confirm_has_a_button_for_it(morning: Morning):
    await morning.says(ADD, channel=OPS_SHARED)
    for user, shown in ((ANA, False), (ADMIN, True)):
        listed = await morning.says("/digest list", user=user, channel=OPS_SHARED)
        assert ("digest_confirm" in str(listed.blocks)) is shown
        assert ("digest_confirm" in str((await morning.home(user)).body)) is shown


async def test_an_administrator_who_subscribes_has_confirmed(morning: Morning):
    said = await morning.says(ADD, user=ADMIN, channel=OPS_SHARED)
    assert said.text.startswith("Digest 1 is set: ")
    await morning.at(THURSDAY)
    assert len(morning.posted(OPS_SHARED)) == 1


async def test_what_a_shared_digest_shows_is_confirmed_anew_and_its_hour_is_not(morning: Morning, read):
    await morning.says(ADD, user=ADMIN, channel=OPS_SHARED)
    hour = await morning.says("/digest edit 1 08:15", channel=OPS_SHARED)
    assert "waits" not in hour.text + read(hour.blocks)
    topic = await morning.says("/digest edit 1 claims", channel=OPS_SHARED)
    assert topic.text.startswith("Digest 1 is changed")
    await morning.at(THURSDAY, after=timedelta(hours=1))
    assert morning.posted(OPS_SHARED) == []
    listed = await morning.says("/digest list", user=ADMIN, channel=OPS_SHARED)
    await morning.told(listed, "digest_confirm", user=ADMIN)
    await morning.at(FRIDAY, after=timedelta(hours=1))
    (digest,) = morning.posted(OPS_SHARED)
    assert digest.text.startswith("Claims: ")


async def test_an_edit_of_a_digest_that_waits_asks_nobody_again():
    async with open_morning(BOT_ADMINS=ADMIN) as morning:
        await morning.says(ADD, channel=OPS_SHARED)
        listed = await morning.says("/digest list", channel=OPS_SHARED)
        form = await morning.window(await morning.presses(listed, "digest_open_edit"), "Edit Digest")
        await morning.sends(form, {"time": "08:00"})
        await morning.says("/digest edit 1 08:30", channel=OPS_SHARED)
        assert len(morning.direct(ADMIN)) == 1


@pytest.mark.parametrize("road", ["command", "button"])
async def test_a_pause_takes_nothing_from_what_was_confirmed_and_asks_where_nothing_was(read, road: str):
    async with open_morning(BOT_ADMINS=ADMIN) as morning:

        def asked() -> list[Message]:
            return [told for told in morning.direct(ADMIN) if "waits for an administrator" in told.text]

        async def resumed(number: int) -> str:
            await morning.says(f"/digest pause {number}", channel=OPS_SHARED)
            if road == "command":
                return (await morning.says(f"/digest resume {number}", user=BEN, channel=OPS_SHARED)).text
            listed = await morning.says("/digest list", user=BEN, channel=OPS_SHARED)
            return (await morning.told(listed, "digest_resume", user=BEN)).text

        await morning.says(ADD, user=ADMIN, channel=OPS_SHARED)
        assert (await resumed(1)).startswith("Digest 1 is resumed: ")
        assert asked() == []
        await morning.says("/digest remove 1", user=ADMIN, channel=OPS_SHARED)
        await morning.says(ADD.replace("billing", "claims"), channel=OPS_SHARED)
        assert len(asked()) == 1
        assert (await resumed(2)).startswith("Digest 2 is resumed, but waits for an administrator: ")
        _, again = asked()
        assert f"Asked by <@{BEN}>" in read(again.blocks)


async def test_a_stranger_reads_a_confirmed_digest_and_presses_in_vain(morning: Morning, read):
    await morning.says(ADD, user=ADMIN, channel=OPS_SHARED)
    await morning.at(THURSDAY)
    (digest,) = morning.posted(OPS_SHARED)
    for action in ("digest_details", "digest_manage"):
        told = await morning.told(digest, action, user=STRANGER)
        assert "Only members of this workspace" in told.text
    await morning.presses(digest, "digest_why", user=STRANGER)
    await morning.app.promises.settled()
    assert "÷" not in read(morning.world.slack.workspace.modals[STRANGER][-1].body)


async def test_a_shared_channel_gets_no_file(morning: Morning):
    await morning.says(f"{ADD} csv", user=ADMIN, channel=OPS_SHARED)
    await morning.at(THURSDAY)
    await morning.filed()
    assert len(morning.posted(OPS_SHARED)) == 1
    assert not [message for message in morning.world.slack.messages(OPS_SHARED) if message.files]


async def test_a_channel_that_is_shared_later_waits_from_then_on(read):
    async with open_morning(BOT_ADMINS=ADMIN) as morning:
        await morning.says(ADD)
        await morning.at(THURSDAY)
        await morning.befalls(morning.world.slack.happenings.share(BILLING_FLOOR))
        (request,) = morning.direct(ADMIN)
        assert "Confirm" in read(request.blocks)
        await morning.at(FRIDAY)
        assert len(morning.posted()) == 1
        assert UNCONFIRMED in read((await morning.home()).body)
        await morning.told(request, "digest_confirm", user=ADMIN)
        await morning.at(MONDAY)
        assert len(morning.posted()) == 2


@pytest.mark.parametrize("shared", ["is_ext_shared", "is_pending_ext_shared"])
async def test_a_channel_that_was_shared_while_the_bot_was_down_reads_nothing_unconfirmed(
    tmp_path: Path, read, shared: str
):
    clock, environment = Clock(), {"DATABASE_URL": f"sqlite:///{tmp_path}/bot.db", "BOT_ADMINS": ADMIN}
    await migrate(environment["DATABASE_URL"])
    async with open_world(clock) as stage:
        async with open_bot(stage, clock, **environment) as morning:
            await morning.says(ADD)
            await morning.says(ADD, channel=SERVICE_DESK)
        stage.slack.workspace.change_channel(BILLING_FLOOR, **{shared: True})
        clock.jump(THURSDAY)
        stage.slack.fail_next("users.conversations", error="fatal_error", times=2)
        async with open_bot(stage, clock, **environment) as morning:
            await morning.tick()
            await morning.tick()
            assert morning.posted() == []
            assert len(morning.posted(SERVICE_DESK)) == 1
            assert [told.text[:12] for told in morning.direct()] == ["Digest 1 wai"]
            (request,) = morning.direct(ADMIN)
            assert "Confirm" in read(request.blocks)
            await morning.told(request, "digest_confirm", user=ADMIN)
            await morning.at(FRIDAY)
            assert len(morning.posted()) == 1


async def test_an_owner_is_told_when_their_digest_begins_to_wait_also_where_no_administrator_is_named(
    morning: Morning, read
):
    await morning.says(ADD)
    await morning.says(ADD.replace("billing", "claims"), user=BEN)
    await morning.befalls(morning.world.slack.happenings.share(BILLING_FLOOR))
    for _ in range(3):
        await morning.tick()
        morning.clock.jump(by=timedelta(minutes=5))
    for user, number in ((ANA, 1), (BEN, 2)):
        (told,) = morning.direct(user)
        assert told.text.startswith(f"Digest {number} waits for an administrator: the channel is shared with another")
        assert f"In <#{BILLING_FLOOR}>" in read(told.blocks)


async def test_an_owner_is_told_when_a_colleague_makes_their_digest_wait(morning: Morning):
    await morning.says(ADD, channel=OPS_SHARED)
    listed = await morning.says("/digest list", user=ADMIN, channel=OPS_SHARED)
    await morning.told(listed, "digest_confirm", user=ADMIN)
    await morning.says("/digest edit 1 claims", channel=OPS_SHARED)
    await morning.tick()
    await morning.says("/digest confirm 1", user=ADMIN, channel=OPS_SHARED)
    await morning.says("/digest edit 1 sales", user=BEN, channel=OPS_SHARED)
    await morning.tick()
    assert [told.text.partition(":")[0] for told in morning.direct()] == [
        "Mira Patel confirmed your digest 1",
        "Mira Patel confirmed your digest 1",
        "Digest 1 waits for an administrator",
    ], "who makes their own wait reads so in the answer"
    assert morning.direct(BEN) == []


@pytest.mark.parametrize("user", [ANA, BEN])
async def test_an_owner_is_told_once_of_each_thing_that_somebody_else_does_to_their_digest(
    morning: Morning, read, user: Any
):
    await morning.says(ADD)
    for typed in ("edit 1 08:15", "edit 1 08:15", "pause 1", "pause 1", "resume 1"):
        await morning.says(f"/digest {typed}", user=user)
    listed = await morning.says("/digest list", user=user)
    await morning.told(listed, "digest_pause", user=user)
    form = await morning.window(await morning.presses(listed, "digest_open_edit", user=user), "Edit Digest")
    await morning.sends(form, {"time": "08:30"}, user=user)
    await morning.says("/digest remove 1", user=ADMIN)
    done = [told.text.partition(":")[0] for told in morning.direct()]
    bens = [f"Ben Carter {what} your digest 1" for what in ("changed", "paused", "resumed", "paused", "changed")]
    assert done == (bens if user == BEN else []) + ["Mira Patel removed your digest 1"]
    assert f"In <#{BILLING_FLOOR}>" in read(morning.direct()[-1].blocks)


async def test_who_touches_a_digest_is_answered_although_its_owner_cannot_be_told(morning: Morning):
    await morning.says(ADD)
    morning.world.slack.fail_next("chat.postMessage", error="user_not_found")
    assert (await morning.says("/digest pause 1", user=BEN)).text.startswith("Digest 1 is paused")


async def test_a_channel_that_is_shared_no_more_is_resumed_by_anybody_in_it(morning: Morning):
    await morning.says(ADD)
    await morning.befalls(morning.world.slack.happenings.share(BILLING_FLOOR))
    await morning.befalls(morning.world.slack.happenings.unshare(BILLING_FLOOR))
    assert (await morning.says("/digest resume 1", user=BEN)).text.startswith("Digest 1 is resumed")
    await morning.at(TUESDAY)
    assert len(morning.posted()) == 1


async def test_a_digest_that_cannot_be_read_is_listed_and_can_be_removed_by_its_owner(tmp_path: Path, read):
    database = f"sqlite:///{tmp_path}/bot.db"
    await migrate(database)
    async with open_morning(DATABASE_URL=database) as morning:
        await morning.says(ADD)
        await morning.says(ADD.replace("billing", "claims"))
        await on_database(database, update(subscriptions).where(subscriptions.c.number == 1).values(order_json="{"))
        await morning.at(THURSDAY)
        assert [message.text.partition(":")[0] for message in morning.posted()] == ["Claims"]
        listed = await morning.says("/digest list", user=BEN)
        assert "🔴 1 · Damaged. What it shows and when cannot be read" in read(listed.blocks)
        assert "1 · Damaged" in read((await morning.home()).body)
        assert NOT_YOURS in (await morning.told(listed, "digest_remove_damaged", user=BEN)).text
        listed = await morning.says("/digest list")
        gone = await morning.told(listed, "digest_remove_damaged")
        assert gone.text == "Digest 1, which could not be read, is removed."
        assert "Damaged" not in read((await morning.says("/digest list")).blocks)
        assert "Damaged" not in read((await morning.home()).body)


async def test_the_bot_that_is_invited_says_what_to_do_next(morning: Morning, read):
    await morning.says("/digest settings limit claims")
    await morning.befalls(morning.world.slack.happenings.remove_bot(BILLING_FLOOR))
    await morning.befalls(morning.world.slack.happenings.invite_bot(BILLING_FLOOR))
    (hello,) = morning.posted()
    assert "/digest add Claims 30s weekdays 07:45" in read(hello.blocks)
    await morning.window(await morning.presses(hello, "digest_open_new", user=BEN), "New Digest")
