"""What is set for a channel, as a message and as a form."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.blocks import place_settings as place
from bot.blocks.place_settings import EnteredSettings, read_settings, settings_form, settings_lines, settings_message
from bot.demo.slack_blocks import check_view
from bot.domain.places import DAMAGED, UNSET, PlaceSettings
from bot.domain.questions import Formula, QueueWord
from tests.blocks.messages import buttons, said
from tests.blocks.test_digest_form import entered
from tests.digests import LONDON

FULL = PlaceSettings(
    zone=LONDON,
    queues=(QueueWord(text="q-billing", quoted=True),),
    threshold=timedelta(seconds=90),
    formula=Formula.ANSWERED,
    limit=(QueueWord(text="q-billing", quoted=True), QueueWord(text="sales*")),
)


def test_the_message_says_all_that_is_set(golden):
    message = settings_message(
        FULL, place_name="#floor", queues=["Billing"], limit=["Billing", "sales*"], value="C0FLOOR"
    )

    golden("digest/settings.json", message)
    assert said(message) == [
        "Settings of #floor",
        "Time zone: Europe/London",
        "Usual queues: Billing",
        "Answered within: 1 min 30 s",
        "Formula: of answered",
        "Queues that may be seen here: Billing, sales*",
    ]
    assert buttons(message) == {"Change Settings": (place.EDIT_SETTINGS, "C0FLOOR")}


@pytest.mark.parametrize(
    ("numbers", "which", "whom"),
    [
        ([2], "Digest 2 shows a queue that may not be seen here, and is", "it: /digest edit 2"),
        ([1, 3], "Digests 1 and 3 show queues that may not be seen here, and are", "them: /digest edit 1"),
    ],
    ids=["one", "several"],
)
def test_digests_that_are_not_sent_for_the_limit_are_told_first(numbers: list[int], which: str, whom: str):
    message = settings_message(FULL, place_name="#floor", hidden=numbers)

    assert said(message)[1] == f"🔴 {which} not sent until somebody edits {whom}"


def test_what_cannot_be_read_is_told_with_what_to_do():
    told = said(settings_message(DAMAGED, place_name="this channel"))

    assert told[1].startswith("🔴 What was set here cannot be read, so that no queue is shown")
    assert "type settings limit all, or settings limit and their names" in told[1]
    assert told[-1] == "Queues that may be seen here: none"


def test_what_is_not_set_says_what_holds_instead():
    message = settings_message(UNSET, place_name="", may_change=False)

    assert said(message) == [
        "Settings of this channel",
        "Time zone: not set (the asker's own)",
        "Usual queues: not set (every queue)",
        "Answered within: each queue's own target",
        "Formula: not set (as Genesys counts)",
        "Queues that may be seen here: all",
    ]
    assert buttons(message) == {}
    assert said(settings_message(UNSET, place_name="#floor"))[0] == "Settings of #floor"


def test_what_was_changed_comes_first():
    before = settings_lines(replace(FULL, threshold=None, formula=None), queues=["Billing"], limit=["Billing"])
    message = settings_message(FULL, place_name="#floor", queues=["Billing"], limit=["Billing"], before=before)

    assert said(message)[1] == (
        "Changed: Answered within each queue's own target → 1 min 30 s; "
        "Formula not set (as Genesys counts) → of answered"
    )
    same = settings_lines(FULL, queues=["Billing"], limit=["Billing"])
    told = said(settings_message(FULL, place_name="#floor", queues=["Billing"], limit=["Billing"], before=same))
    assert "Changed" not in "".join(told)


def test_ones_own_settings_say_that_they_hold_in_channels_too():
    told = said(settings_message(UNSET, place_name="your direct messages", own=True))

    assert told[0] == "Your settings, used wherever a channel has set none"
    assert "seen here" not in " ".join(told), "only a channel limits"
    form = settings_form(UNSET, may_limit=False, place_name="your direct messages", own=True)
    assert said(form)[0] == "Your settings, used wherever a channel has set none."


def test_a_form_that_is_saved_as_it_stands_changes_nothing(golden):
    view = settings_form(
        FULL,
        may_limit=True,
        place_name="#floor",
        queues=[("q-billing", "Billing")],
        limit=[("q-billing", "Billing"), ("sales*", "sales*")],
    )

    golden("digest/settings_form.json", view)
    assert check_view(view, "modal") == []
    assert read_settings(entered(view)) == EnteredSettings(
        zone="Europe/London",
        queues=("q-billing",),
        threshold="1 min 30 s",
        formula=Formula.ANSWERED,
        may_limit=True,
        limit=("q-billing", "sales*"),
    )


def test_nothing_set_comes_back_as_nothing_set():
    view = settings_form(UNSET, may_limit=True, place_name="#floor")

    assert read_settings(entered(view)) == EnteredSettings(
        zone="", queues=(), threshold="", formula=None, may_limit=True, limit=None
    )


def test_without_the_right_to_limit_the_limit_is_told_and_not_asked_for():
    view = settings_form(FULL, may_limit=False, place_name="#floor", limit=[("q", "Billing"), ("sales*", "sales*")])

    assert said(view)[-1] == "Only these queues may be seen here: Billing, sales*"
    assert read_settings(entered(view)).may_limit is False
    assert "seen here" not in " ".join(said(settings_form(UNSET, may_limit=False, place_name="#floor")))
