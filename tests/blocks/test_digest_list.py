"""The digests of a channel, and what is said when one of them changes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.blocks.digests import listed
from bot.blocks.digests.listed import (
    changed_message,
    confirm_request,
    created_message,
    digest_list,
    entry_blocks,
    removed_message,
)
from bot.blocks.digests.log import log_message
from bot.blocks.home import home_view
from bot.domain.audit import Action, Change
from bot.domain.deliveries import Stage
from bot.domain.ids import ChannelId, SubscriptionId, TeamId, UserId
from bot.domain.subscriptions import Damaged, SubscriptionState
from tests.blocks.messages import buttons, said
from tests.digests import LONDON, MORNING, delivery, entry, subscription

if TYPE_CHECKING:
    from bot.domain.questions import QueueWord

STATES = [
    entry(1),
    entry(2, state=SubscriptionState.STOPPED, reason="the channel is archived"),
    entry(3, state=SubscriptionState.PAUSED, next_run=None),
    entry(4, state=SubscriptionState.UNCONFIRMED, last=None, next_run=None),
    entry(5, last=delivery(Stage.MISSED, note="the bot was not running")),
]


def test_the_list_is_the_one_on_record(golden):
    golden("digest/list.json", digest_list(STATES))


def test_an_empty_list_teaches_by_example(golden):
    message = digest_list([], place="#billing-floor", command="/cc-digest")

    golden("digest/list_empty.json", message)
    assert "/cc-digest add billing 30s weekdays 07:45" in said(message)
    assert buttons(message) == {"New Digest": (listed.NEW, "")}


def test_a_digest_is_told_by_when_what_state_and_whose_it_is():
    assert said({"blocks": entry_blocks(entry(1))}) == [
        "1 · Weekdays at 07:45, Europe/London\nService levels of Billing, Sales, yesterday",
        "Active · last sent Wed 5 Nov, 07:45 · next Thu 6 Nov, 07:45 · Owner: <@U0ANA>",
    ]


@pytest.mark.parametrize(
    ("of", "labels"),
    [
        (STATES[0], ["Edit", "Pause", "Send Now"]),
        (STATES[1], ["Resume", "Edit"]),
        (STATES[2], ["Resume", "Edit", "Send Now"]),
        (STATES[3], ["Confirm", "Edit"]),
        (replace(STATES[3], may_confirm=False), ["Edit"]),
        (STATES[4], ["Send Again", "Edit", "Pause"]),
        (replace(STATES[4], hidden=True), ["Edit", "Pause"]),
    ],
    ids=lambda of: getattr(of, "state", ""),
)
def test_what_can_be_pressed_follows_from_the_state(of, labels):
    found = buttons({"blocks": entry_blocks(of)})

    assert list(found) == labels
    assert {value for _, value in found.values()} == {of.subscription.id}


def test_trouble_is_marked_by_a_sign_and_told_in_words():
    marked = said({"blocks": entry_blocks(STATES[1])})[0]

    assert marked.startswith("🔴 2 · ")
    assert marked.endswith("\nStopped: the channel is archived")
    assert digest_list(STATES)["text"].startswith("5 digests in this channel, 3 of them need attention: ")
    assert digest_list(STATES[:1])["text"].startswith("1 digest in this channel: 1 Service levels of ")
    assert digest_list(STATES[1:2])["text"].startswith("1 digest in this channel, which needs attention: ")


def test_beyond_fifteen_a_digest_has_a_line_and_is_reached_by_command():
    message = digest_list([entry(n) for n in range(1, 41)])

    lines = said(message)
    assert sum(line.startswith("16 · ") for line in lines) == 1
    assert "These are changed by their number: /digest edit 16" in lines
    assert len(message["blocks"]) <= 50


@pytest.mark.parametrize(
    ("message", "text"),
    [
        (
            created_message(entry(3)),
            "Digest 3 is set: Service levels of Billing, Sales, yesterday. Weekdays at 07:45, Europe/London",
        ),
        (
            created_message(STATES[3]),
            (
                "Digest 4 is set, but waits for an administrator: Service levels of Billing, Sales, yesterday. "
                "Weekdays at 07:45, Europe/London"
            ),
        ),
        (
            changed_message(STATES[2], "paused"),
            "Digest 3 is paused: Service levels of Billing, Sales, yesterday. Weekdays at 07:45, Europe/London",
        ),
        (
            removed_message(entry(3)),
            "Digest 3 is removed: Service levels of Billing, Sales, yesterday, weekdays at 07:45, Europe/London",
        ),
    ],
)
def test_a_change_is_confirmed_with_what_comes_when(message, text):
    assert message["text"] == text


def test_a_new_digest_says_when_it_comes_first():
    message = created_message(entry(3))

    assert said(message)[1:] == [
        "Weekdays at 07:45, Europe/London · next Thu 6 Nov, 07:45",
        "On Mondays yesterday is Sunday: “covering last-weekday” tells of Friday then.",
    ]
    assert buttons(message)["Edit"] == (listed.EDIT, subscription(3).id)


def test_who_set_a_digest_in_a_shared_channel_reads_how_it_is_confirmed_and_has_no_button_that_only_refuses():
    message = created_message(STATES[3], command="/cc-digest")

    assert said(message)[-1].endswith("An administrator confirms it there: /cc-digest confirm 4")
    assert list(buttons(message)) == ["Edit"]


@pytest.mark.parametrize(
    ("same", "told"),
    [
        ((1,), "Digest 1 says the same at the same time."),
        ((1, 3), "Digests 1 and 3 say the same at the same time."),
    ],
)
def test_whoever_sets_the_same_twice_is_told(same, told):
    assert told in said(created_message(replace(STATES[0], same=same)))[2]


def test_digests_of_several_channels_are_told_with_their_channels():
    message = digest_list([replace(entry(n), place="#floor") for n in range(1, 17)], placed=True)

    assert sum("In <#C0FLOOR>" in line for line in said(message)) == 15
    assert any(line.startswith("16 · ") and ", in #floor. Active" in line for line in said(message))
    assert "These are changed in their channel, by number: /digest edit 16" in said(message)


def test_what_is_special_about_sending_is_confirmed_as_well():
    order = replace(subscription().order, csv=True)

    assert said(created_message(entry(3, order=order)))[1].endswith(" · with a CSV file")
    assert "yesterday, with a CSV file" in said({"blocks": entry_blocks(entry(3, order=order))})[0]


def test_an_administrator_is_asked_before_others_read_the_figures(golden):
    message = confirm_request(STATES[3], UserId("U0BEN"))

    golden("digest/confirm_request.json", message)
    assert "In <#C0FLOOR> · Asked by <@U0BEN>" in said(message)
    assert buttons(message)["Confirm"] == (listed.CONFIRM, subscription(4).id)


def capitals(words: tuple[QueueWord, ...]) -> list[str]:
    return [word.text.upper() for word in words]


def change(action: Action, **given: object) -> Change:
    made = {"at": MORNING, "team": TeamId("T0TEAM"), "user": UserId("U0ANA"), "channel": ChannelId("C0FLOOR")}
    return Change(action=action, **(made | given))


@pytest.mark.parametrize(
    ("of", "line"),
    [
        pytest.param(
            change(
                Action.EDITED,
                subject="id",
                before='{"topic": {"threshold_ms": 20000, "period": "yesterday"}, "csv": false}',
                after='{"topic": {"threshold_ms": 30000, "period": "last-week"}, "csv": true}',
            ),
            "Wed 5 Nov, 07:45 · <@U0ANA> changed digest 3 in <#C0FLOOR>: "
            "threshold 20 s → 30 s, period yesterday → last week, csv off → on",
            id="what it was and what it is",
        ),
        pytest.param(
            change(
                Action.EDITED,
                subject="id",
                before='{"queues": [{"text": "q1", "quoted": true}], "threshold_ms": 20000, "formula": "genesys"}',
                after='{"queues": [], "threshold_ms": null, "formula": "offered"}',
            ),
            "Wed 5 Nov, 07:45 · <@U0ANA> changed digest 3 in <#C0FLOOR>: "
            "queues Q1 → none named, threshold 20 s → own target, formula as Genesys counts → of offered",
            id="also what is set no more",
        ),
        pytest.param(
            change(
                Action.EDITED,
                subject="id",
                before='{"threshold_ms": "soon", "metrics": ["aht"], "at": "07:45", "queues": 1}',
                after='{"threshold_ms": 20000, "metrics": [], "at": "08:00", "queues": 2}',
            ),
            "Wed 5 Nov, 07:45 · <@U0ANA> changed digest 3 in <#C0FLOOR>: "
            "threshold, columns, time 07:45 → 08:00, queues",
            id="what cannot be read, and what has no words, by its name",
        ),
        pytest.param(
            change(Action.SETTINGS, after='{"zone": "Europe/London", "queues": [], "threshold_ms": 30000, "v": 1}'),
            "Wed 5 Nov, 07:45 · <@U0ANA> changed the settings of <#C0FLOOR>: "
            "zone not set → Europe/London, threshold own target → 30 s",
            id="the first settings of a place",
        ),
        pytest.param(
            change(
                Action.EDITED,
                subject="id",
                before='{"schedule": {"rhythm": "days", "weekdays": [1], "at": "07:45"}}',
                after='{"schedule": {"rhythm": "weekly", "weekdays": [2], "at": "08:00"}}',
            ),
            "Wed 5 Nov, 07:45 · <@U0ANA> changed digest 3 in <#C0FLOOR>: "
            "days Tuesdays → weekly on Wednesday, time 07:45 → 08:00",
            id="in people's words, each once",
        ),
        pytest.param(
            change(Action.PAUSED, subject="id", before='{"state": "active"}', after='{"state": "paused"}'),
            "Wed 5 Nov, 07:45 · <@U0ANA> paused digest 3 in <#C0FLOOR>",
            id="what the verb says is not said twice",
        ),
        pytest.param(
            change(Action.CREATED, subject="id", after='{"csv": true}'),
            "Wed 5 Nov, 07:45 · <@U0ANA> made digest 3 in <#C0FLOOR>",
            id="of what is new, nothing differs",
        ),
        pytest.param(
            change(Action.STOPPED, subject="gone", user=None),
            "Wed 5 Nov, 07:45 · the bot stopped a digest in <#C0FLOOR>",
            id="by the bot, of a digest that is no more",
        ),
        pytest.param(
            change(Action.SENT_NOW, subject="id"),
            "Wed 5 Nov, 07:45 · <@U0ANA> sent now: digest 3 in <#C0FLOOR>",
            id="out of its turn",
        ),
        pytest.param(
            change(Action.LIMIT),
            "Wed 5 Nov, 07:45 · <@U0ANA> changed the queues that may be seen in <#C0FLOOR>",
            id="a limit",
        ),
        pytest.param(
            change(Action.SETTINGS, channel=ChannelId("U0ANA"), before="[]", after="not JSON"),
            "Wed 5 Nov, 07:45 · <@U0ANA> changed the settings of direct messages",
            id="a person's own, and nothing that can be compared",
        ),
    ],
)
def test_the_log_says_who_changed_what(of, line):
    assert said(log_message([of], LONDON, numbers={"id": 3}, names=capitals))[1] == line


def test_without_names_the_log_says_only_that_queues_changed():
    of = change(Action.EDITED, before='{"queues": []}', after='{"queues": [{"text": "q1", "quoted": true}]}')

    assert said(log_message([of], LONDON))[1].endswith("changed a digest in <#C0FLOOR>: queues")


def test_a_long_log_says_how_much_more_there_is():
    message = log_message([change(Action.PAUSED)] * 50, LONDON)

    assert said(message)[0] == "50 changes, times in Europe/London"
    assert said(message)[-1] == "… and 10 more"
    assert log_message([], LONDON)["text"] == "Nothing has been changed here yet."


@pytest.mark.parametrize("readable", [0, 1, 40])
def test_digests_that_cannot_be_read_are_told_beside_the_others_and_fit(readable):
    damaged = [
        Damaged(
            id=SubscriptionId(f"s{number}"),
            number=number,
            team=subscription().team,
            channel=subscription().channel,
            owner=subscription().owner,
            changed_at=subscription().changed_at,
        )
        for number in range(50, 60)
    ]
    message = digest_list([entry(number) for number in range(1, readable + 1)], damaged=damaged)

    assert len(message["blocks"]) <= 50
    told = "\n".join(said(message))
    assert "🔴 50 · Damaged. What it shows and when cannot be read, so that it is not sent." in told
    assert "… and 5 more that cannot be read" in told
    stuck = [entry(number, state=SubscriptionState.STOPPED) for number in range(1, 200)]
    home = home_view(["Billing", "Sales"], entries=stuck, notes=["Slack was away."], damaged=damaged)
    assert len(home["blocks"]) <= 100
