"""The windows "New Digest" and "Edit Digest", and "Send This Every Morning" under an answer."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.demo.slack_people import ANA, BEN, BILLING_FLOOR, BOT, GUEST, SERVICE_DESK, direct_id
from bot.demo.slack_workspace import Channel, ChannelId, Kind
from tests.stories.mornings import (
    BILLING,
    CLAIMS,
    FRIDAY,
    MONDAY,
    SALES,
    THURSDAY,
    Clock,
    Morning,
    open_bot,
    open_world,
)

if TYPE_CHECKING:
    from bot.demo.slack_workspace import Message, View

PRIVATE = ChannelId("C0PRIVATE")


async def new_digest(morning: Morning, *, user: Any = ANA, channel: Any = BILLING_FLOOR) -> View:
    """The window, opened by command, with all queues that people name in it on offer."""
    reply = await morning.types("/digest add", user=user, channel=channel)
    return await with_queues(morning, await morning.window(reply, "New Digest"), user=user)


async def with_queues(morning: Morning, form: View, *, user: Any = ANA) -> View:
    await morning.world.slack.suggest(user, form, "queue_search", "", block_id="queues")
    return form


def prefilled(form: View) -> dict[str, Any]:
    """What stands in the fields."""
    found: dict[str, Any] = {}
    for block in form.body["blocks"]:
        for key, value in block.get("element", {}).items():
            if key.startswith("initial_"):
                found[block["block_id"]] = value
    return found


async def test_the_window_subscribes_and_says_what_was_set(morning: Morning, read):
    form = await new_digest(morning)
    reply = await morning.sends(form, {"queues": [BILLING.id, SALES.id], "within": "30s", "days": "daily"})
    assert reply.errors == {}
    done = await morning.window(reply, "Digest 1")
    assert "Digest 1 is set: Service levels of Billing and Sales, yesterday, within 30 s" in read(done.body)
    assert "next Thu 12 Nov, 07:45" in read(done.body)
    await morning.at(THURSDAY)
    assert [message.text.partition(":")[0] for message in morning.posted()] == ["Billing and Sales"]


async def test_windows_buttons_and_events_come_by_signed_http_as_well(read, unused_tcp_port: int):
    clock, url = Clock(), f"http://127.0.0.1:{unused_tcp_port}/slack/events"
    async with (
        open_world(clock, request_url=url) as stage,
        open_bot(stage, clock, PORT=str(unused_tcp_port)) as morning,
    ):
        form = await new_digest(morning)
        assert "soon" in (await morning.sends(form, {"within": "soon"})).errors["within"]
        assert (await morning.sends(form, {"queues": [BILLING.id], "within": "30s"})).errors == {}
        await morning.at(THURSDAY)
        (digest,) = morning.posted()
        assert (await morning.told(digest, "digest_details")).text.startswith("Billing: ")
        await morning.befalls(stage.slack.happenings.archive(BILLING_FLOOR))
        assert "is stopped: the channel is archived." in morning.direct()[0].text
        assert "Stopped. The channel is archived" in read((await morning.home()).body)


@pytest.mark.parametrize("where", ["home", "empty list"])
async def test_the_window_opens_wherever_nothing_is_subscribed_yet(morning: Morning, where: str):
    place: View | Message = await morning.home() if where == "home" else await morning.says("/digest list")
    form = await morning.window(await morning.presses(place, "digest_open_new"), "New Digest")
    await with_queues(morning, form)
    assert prefilled(form).get("channel") == (None if where == "home" else BILLING_FLOOR)
    assert prefilled(form)["zone"] == "Europe/London"
    reply = await morning.sends(form, {"channel": BILLING_FLOOR, "queues": [CLAIMS.id]})
    assert reply.errors == {}
    assert (await morning.says("/digest list")).text.startswith("1 digest in this channel: 1 Service levels of Claims")


async def test_no_queue_means_every_queue(morning: Morning, read):
    reply = await morning.sends(await new_digest(morning), {})
    assert "Service levels of all queues, yesterday. " not in read((await morning.window(reply, "Digest 1")).body)
    assert "Service levels of all queues, yesterday" in read((await morning.window(reply, "Digest 1")).body)


@pytest.mark.parametrize(
    ("entered", "field", "told"),
    [
        pytest.param({"within": "soon"}, "within", "soon", id="a threshold that is none"),
        pytest.param({"within": "0s"}, "within", "from 1 second to 7 days", id="a threshold out of bounds"),
        pytest.param({"within": "30s by hour"}, "within", "30s by hour", id="more than a threshold"),
        pytest.param({"zone": "Londn"}, "zone", "Did you mean “Europe/London”?", id="a zone that is none"),
        pytest.param({"zone": "Mars/Olympus"}, "zone", "Mars/Olympus", id="a zone that is nowhere"),
        pytest.param({"days": "chosen"}, "weekdays", "Choose at least one day.", id="no day chosen"),
        pytest.param({"time": ""}, "time", "Please complete this required field.", id="no time: Slack itself asks"),
    ],
)
async def test_an_error_is_told_at_its_field_and_the_window_stays(
    morning: Morning, entered: dict[str, Any], field: str, told: str
):
    form = await new_digest(morning)
    reply = await morning.sends(form, entered)
    assert list(reply.errors) == [field]
    assert told in reply.errors[field]
    assert morning.world.slack.workspace.modals[ANA][-1].title == "New Digest"
    right = {"within": "30s", "zone": "Europe/London", "days": "weekdays", "time": "07:45"}
    assert (await morning.sends(form, right)).errors == {}


async def test_a_queue_that_went_while_the_window_was_open_is_told_at_its_field(morning: Morning):
    form = await new_digest(morning)
    gone = {"text": {"type": "plain_text", "text": "Gone"}, "value": "00000000-0000-5000-8000-000000000000"}
    reply = await morning.sends(form, {"queues": [gone]})
    assert list(reply.errors) == ["queues"]


async def test_a_private_channel_that_the_bot_cannot_see_asks_for_an_invitation(morning: Morning):
    channel = Channel(id=PRIVATE, name="secret", members=frozenset({ANA}), kind=Kind.PRIVATE, creator=ANA)
    morning.world.slack.workspace.channels[PRIVATE] = channel
    reply = await morning.sends(await new_digest(morning), {"channel": PRIVATE})
    assert reply.errors == {"channel": "The bot cannot see this channel. Type /invite @queue-sla there first."}


async def test_a_channel_that_somebody_is_not_in_is_refused_at_its_field(morning: Morning):
    """Slack's menu offers public channels that a person is not in."""
    morning.world.slack.workspace.change_channel(SERVICE_DESK, members=frozenset({BEN, BOT}))
    reply = await morning.sends(await new_digest(morning), {"channel": SERVICE_DESK})
    assert reply.errors == {"channel": "Only members of that channel can add digests to it. Join it first."}
    assert morning.world.slack.messages(SERVICE_DESK) == []


async def test_a_guest_gets_no_window(morning: Morning):
    said = await morning.says("/digest add", user=GUEST)
    assert "Guests" in said.text
    assert not morning.world.slack.workspace.modals.get(GUEST)


async def test_preview_shows_the_message_over_the_form_and_keeps_what_was_entered(morning: Morning, read):
    form = await new_digest(morning)
    entered = {"queues": [BILLING.id], "within": "30s", "days": "weekly mon"}
    reply = await morning.world.slack.click(ANA, form, "digest_form_preview", entered=entered)
    await morning.app.promises.settled()
    shown = read((await morning.window(reply, "Preview")).body)
    assert "Billing: " in shown
    assert "Mon 2 – Sun 8 Nov" in shown, "a weekly digest is about the week before"
    assert "Preview: only you see it, and nothing was sent" in shown
    await morning.world.slack.close(ANA)
    saved = await morning.sends(form, {})
    assert "Weekly on Monday at 07:45" in read((await morning.window(saved, "Digest 1")).body)
    assert morning.posted() == []


async def test_a_preview_of_what_cannot_be_read_says_so(morning: Morning, read):
    form = await new_digest(morning)
    reply = await morning.world.slack.click(ANA, form, "digest_form_preview", entered={"zone": "Londn"})
    await morning.app.promises.settled()
    assert "Did you mean “Europe/London”?" in read((await morning.window(reply, "Preview")).body)


async def test_the_window_asks_for_everything_that_the_command_takes(morning: Morning, read):
    entered = {
        "queues": [BILLING.id],
        "within": "1m",
        "days": "chosen",
        "weekdays": ["mon", "thu"],
        "time": "06:15",
        "zone": "America/New_York",
        "period": "last-7-days",
        "options": ["csv", "skip_empty"],
    }
    await morning.sends(await new_digest(morning), entered)
    listed = read((await morning.says("/digest list")).blocks)
    assert "1 · Mon and Thu at 06:15, America/New_York" in listed
    assert "Service levels of Billing, last 7 days, within 1 min" in listed
    assert "with a CSV file, not sent when there was no traffic" in listed


async def test_the_edit_window_opens_with_what_is_set_and_changes_only_that(morning: Morning, read):
    await morning.says("/digest add billing 30s of answered mon,thu 06:15 America/New_York csv")
    listed = await morning.says("/digest list")
    form = await morning.window(await morning.presses(listed, "digest_open_edit"), "Edit Digest")
    given = prefilled(form)
    assert [one["text"]["text"] for one in given["queues"]] == ["Billing"]
    assert [one["value"] for one in given["weekdays"]] == ["mon", "thu"]
    assert (given["time"], given["zone"]) == ("06:15", "America/New_York")
    reply = await morning.sends(form, {"time": "07:00"})
    done = read((await morning.window(reply, "Digest 1")).body)
    assert "Service levels of Billing, yesterday, within 30 s, of answered" in done
    assert "Mon and Thu at 07:00, America/New_York" in done
    assert "with a CSV file" in done


async def test_the_edit_window_of_a_report_keeps_its_table(morning: Morning, read):
    await morning.says("/digest add report billing,sales by hour offered aht mon 08:00")
    listed = await morning.says("/digest list")
    form = await morning.window(await morning.presses(listed, "digest_open_edit"), "Edit Digest")
    assert "by hour: offered, aht" in read(form.body)
    await with_queues(morning, form)
    reply = await morning.sends(form, {"queues": [CLAIMS.id], "time": "07:45"})
    done = read((await morning.window(reply, "Digest 1")).body)
    assert "Report of Claims, last week, by hour: offered, aht" in done
    await morning.at(MONDAY)
    (digest,) = morning.posted()
    assert "Hour" in read(digest.blocks)


async def test_the_edit_window_removes_after_asking(morning: Morning):
    await morning.says("/digest add billing 07:45")
    listed = await morning.says("/digest list")
    form = await morning.window(await morning.presses(listed, "digest_open_edit"), "Edit Digest")
    await morning.presses(form, "digest_remove")
    await morning.app.promises.settled()
    assert (await morning.says("/digest list")).text.startswith("No digests in this channel yet.")


async def test_a_window_over_a_digest_that_was_removed_meanwhile_says_so(morning: Morning):
    await morning.says("/digest add billing 07:45")
    listed = await morning.says("/digest list")
    form = await morning.window(await morning.presses(listed, "digest_open_edit"), "Edit Digest")
    await morning.says("/digest remove 1")
    reply = await morning.sends(form, {"time": "07:00"})
    assert any("has been removed" in told for told in reply.errors.values())


async def test_an_answer_is_sent_every_morning_from_its_button(morning: Morning, read):
    answer = await morning.says("/sla billing,sales 30s of answered yesterday")
    form = await morning.window(await morning.presses(answer, "sla_every_morning"), "New Digest")
    given = prefilled(form)
    assert [one["text"]["text"] for one in given["queues"]] == ["Billing", "Sales"]
    assert given["channel"] == BILLING_FLOOR
    reply = await morning.sends(form, {})
    assert reply.errors == {}
    said = "Service levels of Billing and Sales, yesterday, within 30 s, of answered"
    assert said in read((await morning.window(reply, "Digest 1")).body)
    await morning.at(THURSDAY)
    (digest,) = morning.posted()
    assert "Answered within 30 s ÷ answered" in read(digest.blocks)


async def test_in_direct_messages_the_window_needs_no_channel_but_offers_one(morning: Morning):
    form = await new_digest(morning, channel=direct_id(ANA))
    reply = await morning.sends(form, {"channel": BILLING_FLOOR, "queues": [BILLING.id]})
    assert reply.errors == {}
    await morning.at(FRIDAY - timedelta(days=1))
    assert len(morning.posted()) == 1


async def test_type_ahead_needs_no_request_to_genesys(morning: Morning):
    form = await new_digest(morning)
    before = len(morning.world.requests.entries)
    shown = await morning.world.slack.suggest(ANA, form, "queue_search", "bil", block_id="queues")
    assert [option["text"]["text"] for option in shown.options] == ["Billing"]
    assert len(morning.world.requests.entries) == before
