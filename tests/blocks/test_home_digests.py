"""The Home tab of a person who has digests."""

from __future__ import annotations

from bot.blocks import home, place_settings
from bot.blocks.digests import listed
from bot.blocks.home import home_view
from bot.domain.deliveries import Stage
from bot.domain.subscriptions import SubscriptionState
from tests.blocks.messages import buttons, said
from tests.digests import delivery, entry

CALM = entry(1)
STOPPED = entry(2, state=SubscriptionState.STOPPED, reason="the channel is archived")
MISSED = entry(3, last=delivery(Stage.MISSED, note="Slack was down"))


def headings(view) -> list[str]:
    return [block["text"]["text"] for block in view["blocks"] if block["type"] == "header"]


def test_what_needs_the_reader_comes_first_marked_by_a_sign_and_a_word(golden):
    view = home_view(["Billing", "Sales"], entries=[CALM, STOPPED, MISSED])

    golden("digest/home.json", view)
    assert headings(view) == [
        "Needs you",
        "Your digests and those of your channels",
        "Service levels, asked and answered in Slack",
    ]
    first = said(view)[1]
    assert first.startswith("🔴 2 · ")
    assert "Stopped: the channel is archived" in first
    assert "3 digests, 2 of them need attention" in said(view)


def test_every_digest_names_its_channel_and_owner():
    view = home_view([], entries=[CALM])

    assert "Active · last sent Wed 5 Nov, 07:45 · next Thu 6 Nov, 07:45 · In <#C0FLOOR> · Owner: <@U0ANA>" in said(view)
    assert headings(view)[0] == "Your digests and those of your channels"


def test_where_all_need_attention_nothing_is_shown_twice():
    view = home_view([], entries=[STOPPED])

    assert "All of them are above." in said(view)
    assert sum("2 · Weekdays" in text for text in said(view)) == 1


def test_a_first_visit_asks_first_and_then_teaches_digests(golden):
    view = home_view(["Sales & Service", "Claims"], digest="/cc-digest")

    golden("digest/home_first_visit.json", view)
    assert headings(view) == ["Service levels, asked and answered in Slack", "The same every morning"]
    assert '/cc-digest add "Sales & Service" 30s weekdays 07:45' in said(view)


def test_settings_are_behind_a_button_and_a_menu_of_channels():
    view = home_view([], entries=[CALM])
    elements = [each for block in view["blocks"] if block["type"] == "actions" for each in block["elements"]]

    assert buttons(view)["New Digest"] == (listed.NEW, "")
    assert buttons(view)["Your Settings"] == (place_settings.EDIT_SETTINGS, "")
    assert [each["action_id"] for each in elements if each["type"] == "conversations_select"] == [home.CHANNEL_SETTINGS]


def test_notes_are_said_before_anything_else():
    view = home_view([], notes=["Digests were not sent between 07:30 and 11:00."])

    assert said(view)[:2] == ["Needs you", "Digests were not sent between 07:30 and 11:00."]


def test_hundreds_of_digests_fit():
    view = home_view(["Billing"], entries=[CALM, STOPPED, MISSED] * 200)

    assert len(view["blocks"]) <= 100
    assert headings(view)[-1] == "Service levels, asked and answered in Slack"
    assert any(block["type"] == "actions" and block["elements"][0]["action_id"] == home.ASK for block in view["blocks"])
