"""What stands in the thread of an alert, and what is told of the bot itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.blocks.alerts.lines import line_message, line_text
from bot.blocks.alerts.notices import Passed, absence_message, absence_note, blind_message
from bot.blocks.alerts.standing import OVER, UNSEEN
from bot.domain.alerts.states import BulletinKind, Line, LineKind
from tests.blocks import alert_examples as given
from tests.blocks.alert_examples import ANNA, LONDON, NOW, at, bulletin, incident
from tests.blocks.messages import said

BLIND = bulletin(kind=BulletinKind.BLIND, opened_at=NOW, note="it does not answer")
ABSENT = bulletin(kind=BulletinKind.ABSENT, opened_at=at("10:02"), closed_at=at("10:40"))


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (LineKind.JOINED, "Also Billing: 41 % of contacts answered in 20 s since 10:05"),
        (
            LineKind.REOPENED,
            "It is back, and the same alert goes on. Billing: 41 % of contacts answered in 20 s since 10:05",
        ),
        (LineKind.STILL, "Still not over, after 47 min: Billing, 41 % of contacts answered in 20 s"),
        (
            LineKind.ESCALATED,
            "Nobody has acknowledged this for 37 min: Billing: 41 % of contacts answered in 20 s since 10:05",
        ),
        (
            LineKind.UNSTABLE,
            "Billing: unstable since 10:20. It comes and goes, and that only edits the message from here on.",
        ),
        (LineKind.RESOLVED, "Billing: over at 10:52, after 47 min"),
        (LineKind.ACKNOWLEDGED, "Billing: <@U0ANNA> acknowledged it at 10:52"),
        (LineKind.SNOOZED, "Billing: <@U0ANNA> snoozed it at 10:52, until 11:07"),
        (
            LineKind.EXPECTED,
            "Billing: <@U0ANNA> said at 10:52 that it is expected today: nothing more is told of it",
        ),
        (
            LineKind.NORMAL,
            "Billing: <@U0ANNA> said at 10:52 that this is normal now: what is usual is learnt anew from here on",
        ),
        (
            LineKind.BLIND,
            "Billing: I cannot see Genesys since 10:52: it is down. It stays as it was until I see it again.",
        ),
        (LineKind.SEEN_AGAIN, "Billing: I see Genesys again since 10:52."),
    ],
)
def test_each_step_is_a_line(kind, words):
    one = incident(unstable_since=at("10:20"))
    told = line_text(kind, at=at("10:52"), zone=LONDON, incident=one, by=ANNA, until=at("11:07"), note="it is down")

    assert told == words


def test_the_end_tells_how_long_it_took_and_how_bad_it_was():
    one = incident(**given.OVER)

    assert line_text(LineKind.RESOLVED, at=at("10:52"), zone=LONDON, incident=one) == (
        "Billing: over at 10:52, after 47 min; worst 41 % at 10:20"
    )


def test_who_is_called_stands_first_and_a_queue_calls_nobody():
    one = incident("<!channel>")
    told = line_text(
        LineKind.ESCALATED, at=NOW, zone=LONDON, incident=one, mention="<!subteam^S0LEADS> <!channel> <@U0ANNA>"
    )

    assert told.startswith("<!subteam^S0LEADS> <@U0ANNA> Nobody has acknowledged this")
    assert "<!channel>" not in told


def test_a_press_on_several_says_how_many():
    assert line_text(LineKind.ACKNOWLEDGED, at=NOW, zone=LONDON, by=ANNA, several=3) == (
        "<@U0ANNA> acknowledged it at 10:42 (3 alerts)"
    )


@pytest.mark.parametrize("kind", list(LineKind))
def test_every_line_can_be_said_of_nothing_in_particular(kind):
    assert line_text(kind, at=NOW, zone=LONDON)


def test_a_line_is_sent_as_it_was_written():
    line = Line(bulletin=bulletin().id, key="k", kind=LineKind.STILL, at=NOW, text="<@U0ANNA> still &lt; 80 %")
    message = line_message(line)

    assert message["text"] == message["blocks"][0]["text"]["text"] == line.text
    assert message["blocks"][0]["text"]["verbatim"] is True


def test_blindness_is_said_once_with_what_it_means(golden):
    message = blind_message(BLIND, now=at("10:50"), zone=LONDON, alerts=3)

    golden("alert/blind_notice.json", message)
    assert message["text"] == (
        "I cannot see Genesys since 10:42: it does not answer. "
        "3 alerts keep their state; nothing will fire or resolve until I see it again."
    )
    assert message["attachments"][0]["color"] == UNSEEN


@pytest.mark.parametrize(
    ("alerts", "words"),
    [
        (0, "Nothing will fire or resolve until I see it again."),
        (1, "1 alert keeps its state; nothing will fire or resolve until I see it again."),
    ],
)
def test_blindness_counts_the_alerts_that_wait(alerts, words):
    assert said(blind_message(BLIND, now=NOW, zone=LONDON, alerts=alerts)["attachments"][0]) == [words]


def test_the_all_clear_says_how_long_it_was(golden):
    message = blind_message(replace(BLIND, closed_at=at("11:20")), now=at("11:20"), zone=LONDON)

    golden("alert/all_clear.json", message)
    assert message["text"].startswith("I see Genesys again since 11:20, after 38 min.")
    assert message["attachments"][0]["color"] == OVER


def test_an_absence_tells_what_was_missed_judged_and_not_seen(golden):
    passed = [
        Passed(queue_name="Billing", title="service level < 80 %", began=at("10:15"), ended=at("10:30")),
        Passed(queue_name="Sales", title="unusual", began=at("10:30")),
    ]
    note = absence_note(passed, zone=LONDON, live_rules=2, now=NOW)
    message = absence_message(replace(ABSENT, note=note), now=NOW, zone=LONDON)

    golden("alert/absence.json", message)
    assert note.splitlines() == [
        "Judged afterwards: 2 alerts that I would have told you of.",
        "• Billing: service level < 80 %, 10:15–10:30, over",
        "• Sales: unusual, since 10:30, still open",
        "2 rules look at live figures (waiting, agents), which cannot be asked for later: nobody watched those.",
    ]


def test_an_absence_in_which_nothing_happened_says_so():
    message = absence_message(replace(ABSENT, note=absence_note(zone=LONDON)), now=NOW, zone=LONDON)

    assert message["text"] == (
        "I was not running from 10:02 to 10:40 (38 min): nobody was told of alerts in that time. "
        "Finished contacts were judged afterwards: no alert was missed."
    )


def test_hundreds_of_missed_alerts_are_fifteen_lines_and_a_number():
    many = [Passed(queue_name="Q", title="t", began=at("10:15")) for _ in range(300)]

    assert "… and 285 more" in absence_note(many, zone=LONDON)
