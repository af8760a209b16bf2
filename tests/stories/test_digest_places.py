"""The settings of a place, and the limit: what a channel may see at all, whichever way somebody asks."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.demo.faults import DETAILS_QUERY
from bot.demo.slack_people import ADMIN, ANA, BEN, BILLING_FLOOR, SERVICE_DESK, direct_id
from bot.store.schema import migrate
from tests.stories.mornings import (
    BILLING,
    CLAIMS,
    PATIENT,
    SALES,
    THURSDAY,
    Clock,
    Morning,
    last_word,
    open_bot,
    open_morning,
    open_world,
)

if TYPE_CHECKING:
    from pathlib import Path

HIDDEN = ("Sales", "Claims", "Night Line")
NOT_SHOWN = "This channel does not show the queue"
ONLY_BILLING = "/digest settings limit billing"


async def limited(morning: Morning) -> None:
    """#billing-floor shows Billing alone from now on; Ana made the channel."""
    said = await morning.says(ONLY_BILLING)
    assert said.text.startswith("Settings of this channel")


def names_hidden(text: str) -> list[str]:
    return [name for name in HIDDEN if name.lower() in text.lower()]


async def test_settings_are_told_and_changed_by_words(morning: Morning, read):
    before = read((await morning.says("/digest settings")).blocks)
    assert "Time zone:   not set (the asker's own)" in before
    assert "Queues that may be seen here:   all" in before
    said = read(
        (await morning.says("/digest settings zone America/New_York queues billing,sales 30s of answered")).blocks
    )
    for told in ("America/New_York", "Billing, Sales", "30 s", "of answered"):
        assert told in said
    changed, _, all_of_them = said.partition("bullet")
    assert "Changed: Time zone not set (the asker's own) → America/New_York; Usual queues not set" in changed
    bens = read((await morning.says("/digest settings", user=BEN)).blocks)
    assert "Changed" not in bens
    assert bens.endswith(all_of_them), "they are the channel's"
    elsewhere = read((await morning.says("/digest settings", channel=SERVICE_DESK)).blocks)
    assert "not set (every queue)" in elsewhere


async def test_the_zone_of_a_channel_is_what_yesterday_means_there(morning: Morning, read):
    await morning.says("/digest settings zone Asia/Kathmandu")
    here = await morning.says("/sla billing 30s yesterday")
    assert "Tue 10 Nov 2026, Asia/Kathmandu" in read(here.blocks)
    elsewhere = await morning.says("/sla billing 30s yesterday", channel=SERVICE_DESK)
    assert "Tue 10 Nov 2026, Europe/London" in read(elsewhere.blocks)


async def test_usual_queues_and_threshold_hold_wherever_nothing_is_said(morning: Morning, read):
    await morning.says("/digest settings queues claims 10s")
    assert (await morning.says("/sla yesterday")).text.startswith("Claims: ")
    assert "answered within 10 s" in (await morning.says("/sla yesterday")).text
    assert "answered within 10 s" in (await morning.says("/sla billing yesterday")).text
    assert "answered within 25 s" in (await morning.says("/sla yesterday 25s")).text
    report = read((await morning.says("/report yesterday")).blocks)
    assert "Claims" in report
    assert "Billing" not in report
    live = read((await morning.says("/queue")).blocks)
    assert "Claims" in live
    assert "Billing" not in live
    said = await morning.says("/digest add 07:45")
    assert "Service levels of Claims, yesterday, within 10 s" in said.text
    every = read((await morning.says("/sla all yesterday")).blocks)
    assert "Billing" in every, "who says all means all"


async def test_a_digest_keeps_what_it_was_made_with_when_the_settings_change(morning: Morning):
    await morning.says("/digest settings queues claims 10s")
    await morning.says("/digest add 07:45")
    await morning.says("/digest settings queues billing 30s zone America/New_York")
    await morning.at(THURSDAY)
    (digest,) = morning.posted()
    assert digest.text.startswith("Claims: ")
    assert "within 10 s" in digest.text


async def test_the_settings_of_a_person_hold_in_their_direct_messages_and_where_a_channel_has_none(morning: Morning):
    told = await morning.says("/digest settings queues sales 15s", channel=direct_id(ANA))
    assert told.text.startswith("Your settings, used wherever a channel has set none: ")
    assert (await morning.says("/sla yesterday", channel=direct_id(ANA))).text.startswith("Sales: ")
    assert (await morning.says("/sla yesterday")).text.startswith("Sales: ")
    assert not (await morning.says("/sla yesterday", user=BEN)).text.startswith("Sales: ")
    await morning.says("/digest settings queues billing")
    assert (await morning.says("/sla yesterday")).text.startswith("Billing: ")


async def test_the_settings_window_opens_from_home_and_from_the_settings_and_saves(morning: Morning, read):
    home = await morning.home()
    form = await morning.window(await morning.presses(home, "settings_of", value=BILLING_FLOOR), "Settings")
    assert "#billing-floor" in read(form.body)
    await morning.world.slack.suggest(ANA, form, "queue_search", "", block_id="usual_queues")
    wrong = await morning.sends(form, {"zone": "Londn"})
    assert "Europe/London" in wrong.errors["zone"]
    wrong = await morning.sends(form, {"zone": "Europe/London", "within": "soon"})
    assert "soon" in wrong.errors["within"]
    reply = await morning.sends(form, {"within": "45s", "usual_queues/queue_search": [SALES.id], "formula": "offered"})
    assert reply.errors == {}
    told = await morning.says("/digest settings")
    assert all(one in read(told.blocks) for one in ("Sales", "45 s", "of offered", "Europe/London"))
    bens = await morning.says("/digest settings", user=BEN)
    again = await morning.window(await morning.presses(bens, "settings_edit", user=BEN), "Settings")
    assert "limited" not in [block.get("block_id") for block in again.body["blocks"]], "Ben may not limit"


async def test_the_window_limits_and_lifts_the_limit(morning: Morning, read):
    told = await morning.says("/digest settings")
    form = await morning.window(await morning.presses(told, "settings_edit"), "Settings")
    shown = await morning.world.slack.suggest(ANA, form, "queue_search", "", block_id="limit")
    assert len(shown.options) == 4
    nothing = await morning.sends(form, {"limited": "only"})
    assert nothing.errors == {"limit": "Choose the queues that may be seen here, or “All queues” above."}
    assert (await morning.sends(form, {"limited": "only", "limit/queue_search": [BILLING.id]})).errors == {}
    assert NOT_SHOWN in (await morning.says("/sla sales yesterday")).text
    told = await morning.says("/digest settings")
    form = await morning.window(await morning.presses(told, "settings_edit"), "Settings")
    assert (await morning.sends(form, {"limited": "all"})).errors == {}
    assert "Sales" in (await morning.says("/sla sales yesterday")).text


@pytest.mark.parametrize(
    ("user", "typed", "refusal"),
    [
        pytest.param(ANA, ONLY_BILLING, "", id="who made the channel"),
        pytest.param(ADMIN, ONLY_BILLING, "", id="an administrator"),
        pytest.param(BEN, ONLY_BILLING, "Only Ana Lopez (who made this channel) or an administrator", id="a member"),
        pytest.param(BEN, "/digest settings 30s", "", id="a member, about anything else"),
    ],
)
async def test_who_may_change_what_a_channel_may_see(morning: Morning, user: Any, typed: str, refusal: str):
    said = await morning.says(typed, user=user)
    assert said.text.startswith(refusal or "Settings of this channel")
    log = str((await morning.says("/digest log")).blocks)
    assert ("changed the" in log) is not bool(refusal)


async def test_whoever_is_named_in_the_settings_of_the_bot_may_limit(read):
    async with open_morning(BOT_ADMINS=BEN) as morning:
        assert (await morning.says(ONLY_BILLING, user=BEN)).text.startswith("Settings of this channel")
        log = read((await morning.says("/digest log")).blocks)
        assert f"<@{BEN}> changed the queues that may be seen in <#{BILLING_FLOOR}>" in log


async def test_a_member_who_may_not_limit_does_not_lift_the_limit_by_saving_the_window(morning: Morning):
    await limited(morning)
    told = await morning.says("/digest settings", user=BEN)
    form = await morning.window(await morning.presses(told, "settings_edit", user=BEN), "Settings")
    assert (await morning.sends(form, {"within": "45s"}, user=BEN)).errors == {}
    assert NOT_SHOWN in (await morning.says("/sla sales yesterday")).text
    assert "answered within 45 s" in (await morning.says("/sla billing yesterday")).text


@pytest.mark.parametrize(
    "typed",
    [
        "/sla sales 30s yesterday",
        "/sla billing,sales yesterday",
        '/sla "night line" yesterday',
        "/sla sal* yesterday",
        "/queue sales",
        "/queue sal*",
        "/report sales yesterday",
        "/report sales yesterday csv",
        "/report conversations sales yesterday",
        "/digest add sales 07:45",
        "/digest add report sales by agent 07:45",
        "/digest preview sales",
        "/digest settings queues sales",
    ],
)
async def test_a_hidden_queue_is_refused_whichever_way_somebody_asks(morning: Morning, read, typed: str):
    await limited(morning)
    said = await morning.says(typed)
    assert NOT_SHOWN in said.text or "No queue" in said.text
    offered = [name for name in names_hidden(read(said.blocks)) if name.lower()[:3] not in typed]
    assert offered == []


@pytest.mark.parametrize(
    "typed",
    [
        "/sla all yesterday", "/sla yesterday", "/sla * yesterday", "/queue", "/queue all", "/report all yesterday",
        "/report yesterday by hour", "/digest preview all", "/sla help", "/digest help", "/sla bilingg",
        "/sla billing 25q", "/report saless yesterday", "/digest add bilingg 07:45", "/digest pause 3", "/digest list",
        "/queue help",
    ],
)  # fmt: skip
async def test_what_is_not_refused_names_no_hidden_queue(morning: Morning, read, typed: str):
    await limited(morning)
    said = await morning.says(typed)
    typed_names = [name for name in HIDDEN if name.lower() in typed]
    assert [name for name in names_hidden(said.text + read(said.blocks)) if name not in typed_names] == []


async def test_a_choice_remembered_elsewhere_does_not_open_a_hidden_queue(morning: Morning, read):
    asked = await morning.says("/sla claimz yesterday", channel=SERVICE_DESK)
    assert (await morning.told(asked, "sla_choose_0")).text.startswith("Claims: ")
    assert (await morning.says("/sla claimz yesterday", channel=SERVICE_DESK)).text.startswith("Claims: ")
    await limited(morning)
    said = await morning.says("/sla claimz yesterday")
    assert names_hidden(said.text + read(said.blocks)) == []


async def test_a_queue_offered_before_the_limit_was_set_cannot_be_chosen_any_more(morning: Morning):
    asked = await morning.says("/sla claimz yesterday")
    await limited(morning)
    said = await morning.told(asked, "sla_choose_0")
    assert NOT_SHOWN in said.text
    assert "answered within" not in said.text


@pytest.mark.parametrize("button", ["sla_refresh", "sla_share"])
async def test_the_buttons_of_an_answer_of_before_obey_the_limit(morning: Morning, button: str):
    answer = await morning.says("/sla sales 30s yesterday")
    await limited(morning)
    reply = await morning.presses(answer, button, user=ANA)
    told = await reply.until(lambda message: NOT_SHOWN in message.text, within=PATIENT)
    assert told.ephemeral_to == ANA
    assert morning.posted() == []


@pytest.mark.parametrize(
    ("typed", "button"), [("/report sales yesterday", "report_refresh"), ("/queue sales", "queue_refresh")]
)
async def test_the_buttons_of_other_answers_of_before_obey_it_too(morning: Morning, typed: str, button: str):
    answer = await morning.says(typed)
    await limited(morning)
    reply = await morning.presses(answer, button)
    assert await reply.until(lambda message: NOT_SHOWN in message.text, within=PATIENT)


async def test_why_of_an_answer_of_before_obeys_the_limit(morning: Morning, read):
    answer = await morning.says("/sla sales 30s yesterday share")
    await limited(morning)
    (shared,) = morning.posted()
    for place in (shared, answer):
        if "sla_why" not in str(place.blocks):
            continue
        await morning.presses(place, "sla_why", user=BEN)
        await morning.app.promises.settled()
        window = read(morning.world.slack.workspace.modals[BEN][-1].body)
        assert NOT_SHOWN in window
        assert "÷" not in window


async def test_the_file_under_an_answer_of_before_obeys_the_limit(morning: Morning):
    answer = await morning.says("/report sales yesterday")
    await limited(morning)
    button = next(
        element["action_id"]
        for block in answer.blocks
        for element in block.get("elements", ())
        if "csv" in str(element.get("text")).lower() or "csv" in str(element.get("action_id")).lower()
    )
    reply = await morning.presses(answer, button)
    assert await reply.until(lambda message: NOT_SHOWN in message.text, within=PATIENT)
    await morning.app.promises.settled()
    assert not [message for message in morning.direct() if message.files]


async def test_the_digests_of_before_obey_the_limit_and_the_owner_is_told(morning: Morning, read):
    await morning.says("/digest add sales 07:45")
    await morning.says("/digest add all 07:45")
    await morning.says("/digest add report all by queue 07:45")
    await limited(morning)
    await morning.at(THURSDAY)
    for message in morning.posted():
        assert names_hidden(message.text + read(message.blocks)) == []
    assert len(morning.posted()) == 2
    (told,) = morning.direct()
    assert told.text == "A digest was not sent: This channel does not show the queue that was asked about."


async def test_a_digest_that_the_limit_keeps_back_says_so_before_it_is_due(morning: Morning, read):
    await morning.says("/digest add billing 07:45")
    await morning.says("/digest add billing, sales 07:45")
    told = read((await morning.says(ONLY_BILLING)).blocks)
    assert "Digest 2 shows a queue that may not be seen here, and is not sent until somebody edits it" in told
    listed = await morning.says("/digest list")
    assert listed.text.startswith("2 digests in this channel, 1 of them needs attention")
    await morning.at(THURSDAY)
    (notice,) = morning.direct()
    assert [block["accessory"]["text"]["text"] for block in notice.blocks if "accessory" in block] == ["Edit"]
    form = await morning.window(await morning.presses(notice, "digest_open_edit"), "Edit Digest")
    await morning.world.slack.suggest(ANA, form, "queue_search", "", block_id="queues")
    assert (await morning.sends(form, {"queues": [BILLING.id]})).errors == {}
    assert "not sent until" not in read((await morning.says("/digest settings")).blocks)


async def test_the_settings_window_says_which_digests_its_limit_keeps_back(morning: Morning, read):
    await morning.says("/digest add sales 07:45")
    told = await morning.says("/digest settings")
    form = await morning.window(await morning.presses(told, "settings_edit"), "Settings")
    await morning.world.slack.suggest(ANA, form, "queue_search", "", block_id="limit")
    assert (await morning.sends(form, {"limited": "only", "limit/queue_search": [BILLING.id]})).errors == {}
    assert "Digest 1 shows a queue" in read(morning.world.slack.workspace.modals[ANA][-1].body)


async def test_the_buttons_of_a_digest_of_before_obey_the_limit(morning: Morning, read):
    await morning.says("/digest add sales 30s 07:45")
    await morning.at(THURSDAY)
    (digest,) = morning.posted()
    await limited(morning)
    assert NOT_SHOWN in (await morning.told(digest, "digest_details")).text
    await morning.presses(digest, "digest_why")
    await morning.app.promises.settled()
    assert NOT_SHOWN in read(morning.world.slack.workspace.modals[ANA][-1].body)
    listed = await morning.says("/digest list")
    assert "digest_send_now" not in str(listed.blocks), "it would be refused"
    assert NOT_SHOWN in (await morning.says("/digest now 1")).text
    assert len(morning.posted()) == 1


async def test_type_ahead_offers_only_what_the_channel_shows(morning: Morning):
    await limited(morning)
    form = await morning.window(await morning.types("/digest add"), "New Digest")
    shown = await morning.world.slack.suggest(ANA, form, "queue_search", "", block_id="queues")
    assert [option["text"]["text"] for option in shown.options] == ["Billing"]
    told = await morning.says("/digest settings", user=BEN)
    settings = await morning.window(await morning.presses(told, "settings_edit", user=BEN), "Settings")
    shown = await morning.world.slack.suggest(BEN, settings, "queue_search", "", block_id="usual_queues")
    assert [option["text"]["text"] for option in shown.options] == ["Billing"]


async def test_a_window_for_another_channel_obeys_the_limit_of_that_channel(morning: Morning):
    await limited(morning)
    form = await morning.window(await morning.types("/digest add", channel=SERVICE_DESK), "New Digest")
    await morning.world.slack.suggest(ANA, form, "queue_search", "", block_id="queues")
    reply = await morning.sends(form, {"channel": BILLING_FLOOR, "queues": [CLAIMS.id]})
    assert list(reply.errors) in (["channel"], ["queues"])
    assert any("does not show" in told for told in reply.errors.values())


async def test_a_new_queue_that_fits_a_pattern_of_the_limit_is_seen(morning: Morning):
    assert (await morning.says("/digest settings limit bil*, sal*")).text.startswith("Settings of this channel")
    assert (await morning.says("/sla sales yesterday")).text.startswith("Sales: ")
    assert NOT_SHOWN in (await morning.says("/sla claims yesterday")).text


async def test_an_export_of_all_conversations_has_those_that_the_channel_shows(morning: Morning, downloaded):
    await limited(morning)
    reply = await morning.types("/report conversations yesterday")
    done = await reply.until(lambda message: bool(message.files), within=PATIENT)
    rows, manifest = await downloaded(done)
    assert b"Billing" in rows.content
    for file in (rows, manifest):
        assert names_hidden(file.content.decode()) == []


async def test_try_again_of_an_export_pressed_in_direct_messages_obeys_the_limit_of_its_channel(tmp_path: Path):
    clock, database = Clock(), {"DATABASE_URL": f"sqlite:///{tmp_path}/bot.db"}
    await migrate(database["DATABASE_URL"])
    async with open_world(clock) as stage:
        async with open_bot(stage, clock, **database) as morning:
            stage.faults.set("slow", delay_seconds=5, prefix=DETAILS_QUERY)
            reply = await morning.types("/report conversations sales yesterday")
            await reply.until(lambda message: message.channel == direct_id(ANA), within=PATIENT)
        stage.faults.clear()
        clock.jump(by=timedelta(minutes=5))
        async with open_bot(stage, clock, **database) as morning:
            told = await reply.until(lambda message: message.text.startswith("No file"), within=PATIENT)
            await limited(morning)
            said = await last_word(await morning.presses(told, "export_again"))
            assert NOT_SHOWN in said.text
            await morning.app.promises.settled()
            assert not [message for message in morning.direct() if message.files]
