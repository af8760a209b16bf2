"""What owners are told by direct message."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.blocks.digests.listed import EDIT
from bot.blocks.digests.notices import (
    RESUME,
    SEND_AGAIN,
    hello_message,
    missed_notice,
    stopped_notice,
    touched_notice,
    unclear_notice,
)
from bot.domain.deliveries import Stage
from bot.domain.subscriptions import SubscriptionState
from tests.blocks.messages import buttons, kinds, said
from tests.digests import delivery, entry, subscription

MISSED = entry(3, last=delivery(Stage.MISSED), place="#billing-floor")


def test_a_stopped_digest_says_why_and_can_be_resumed(golden):
    message = stopped_notice(entry(3, state=SubscriptionState.STOPPED, place="#floor"), "the channel is archived")

    golden("digest/stopped.json", message)
    assert message["text"] == "Digest 3 in #floor is stopped: the channel is archived."
    assert buttons(message)["Resume"] == (RESUME, subscription(3).id)


def test_missed_digests_are_a_line_each_and_can_be_sent_again(golden):
    message = missed_notice([MISSED, entry(5)], "The bot was not running from 07:30 to 11:00.")

    golden("digest/missed.json", message)
    assert message["text"] == "2 digests were not sent: The bot was not running from 07:30 to 11:00."
    assert said(message)[1] == (
        "Digest 3 in #billing-floor: Service levels of Billing, Sales, yesterday, due Wed 5 Nov, 07:45"
    )
    assert buttons(missed_notice([MISSED], "why")) == {"Send Again": (SEND_AGAIN, f"{subscription(3).id}:2025-11-05")}


def test_a_digest_that_was_missed_on_several_days_names_them_all_and_is_sent_again_for_the_latest():
    gone = [date(2025, 11, day) for day in (3, 4, 5)]
    message = missed_notice([MISSED, MISSED], "the bot was not running", days=[gone, ()])

    assert message["text"] == "4 digests were not sent: the bot was not running."
    assert said(message)[1].endswith(", due Mon 3 Nov, Tue 4 Nov and Wed 5 Nov")
    assert "Send Again sends that of Wed 5 Nov" in said(message)[2]
    assert said(message)[3].endswith(", due Wed 5 Nov, 07:45")


def test_a_notice_of_a_day_before_the_last_one_sends_that_day_again():
    message = missed_notice([MISSED], "the bot was not running", days=[[date(2025, 11, 3)]])

    assert said(message)[1].endswith(", due Mon 3 Nov")
    assert buttons(message) == {"Send Again": (SEND_AGAIN, f"{subscription(3).id}:2025-11-03")}


def test_what_its_channels_limit_keeps_back_is_to_be_edited_and_not_sent_again():
    message = missed_notice([replace(MISSED, hidden=True)], "not shown", days=[[date(2025, 11, 3), date(2025, 11, 4)]])

    assert buttons(message) == {"Edit": (EDIT, subscription(3).id)}
    assert "Send Again" not in "".join(said(message))


def test_an_owner_reads_in_a_line_who_touched_their_digest():
    message = touched_notice(entry(3, place="#floor"), "paused", "Ben Carter")

    assert message["text"] == (
        "Ben Carter paused your digest 3 in #floor: "
        "Service levels of Billing, Sales, yesterday, weekdays at 07:45, Europe/London"
    )
    assert touched_notice(entry(3), "removed", "")["text"].startswith("Somebody removed your digest 3: ")


def test_hundreds_of_missed_digests_are_twenty_lines_and_a_number():
    message = missed_notice([MISSED] * 300, "Slack was down")

    assert kinds(message).count("section") == 21
    assert said(message)[-1] == "… and 280 more, in the Home tab"


def test_an_unclear_delivery_asks_to_look_first():
    assert unclear_notice([MISSED])["text"] == (
        "A digest was perhaps not sent: Slack did not answer, and the bot may not read the channel to look. "
        "Look there before you send again."
    )
    assert unclear_notice([MISSED] * 2, "")["text"].startswith("2 digests were perhaps not sent: ")
    assert stopped_notice(MISSED, " ")["text"].endswith("is stopped: the reason is not known.")


def test_the_greeting_in_a_channel_is_one_line_with_the_next_step():
    message = hello_message("/cc-digest")

    assert message["text"].endswith("Try /cc-digest add billing 30s weekdays 07:45")
    assert kinds(message) == ["rich_text", "actions"]
