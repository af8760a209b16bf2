"""What a channel reads of an alert, from its first minute to its end."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from bot.blocks.alerts.actions import ACKNOWLEDGE, DETAILS, MORE, SNOOZE, MoreChoice, SnoozeChoice, read_choice
from bot.blocks.alerts.message import alert_message
from bot.blocks.alerts.standing import CRITICAL, OVER, TAKEN, UNSEEN, WARNING
from bot.domain.alerts.readings import Causes
from bot.domain.alerts.rules import Severity
from bot.domain.alerts.states import Ended, Handling
from bot.domain.queues import Media
from tests.blocks import alert_examples as given
from tests.blocks.alert_examples import LONDON, NOW, at, bulletin, evidence, incident, share
from tests.blocks.messages import said


def shown(*incidents: Any, **told: Any) -> Any:
    return alert_message(bulletin(), incidents or (incident(),), **{"now": NOW, "zone": LONDON, **told})


def body(message: Any) -> list[str]:
    return said(message["attachments"][0])


def pressable(message: Any) -> dict[str, Any]:
    return {
        element["action_id"]: element
        for block in message["attachments"][0]["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
    }


UNUSUAL = incident(severity=Severity.WARNING, title="unusual", evidence=evidence(given.MISSED))
FEW = incident(
    severity=Severity.WARNING,
    title="unusual",
    evidence=evidence(given.FEW, causes=Causes(on_queue=13, on_queue_usual=13, waiting=0)),
)
TAKEN_ONE = incident(handling=given.ACKNOWLEDGED)
OVER_ONE = incident(handling=given.ACKNOWLEDGED, **given.OVER)
STORM = [
    incident(name, evidence=evidence(share(given.BAD, within, 61)))
    for name, within in [("Billing", 25), ("Sales", 40), ("Claims EU", 44), ("Support", 47), ("Retail", 30)]
]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("first", shown(mention=("<@U0ANNA>", "<!subteam^S0LEADS>"))),
        ("acknowledged", shown(TAKEN_ONE)),
        ("snoozed", shown(incident(handling=given.SNOOZED))),
        ("over", shown(OVER_ONE, now=at("10:53"))),
        ("blind", shown(blind_since=NOW)),
        ("unusual", shown(UNUSUAL)),
        ("few_contacts", shown(FEW)),
        ("unstable", shown(incident(unstable_since=at("10:20"), firings=3))),
        ("storm", shown(*STORM[:3], TAKEN_ONE, replace(STORM[3], **given.OVER), considered=12, now=at("10:55"))),
        ("storm_over", shown(*(replace(each, **given.OVER) for each in STORM), now=at("10:55"))),
    ],
)
def test_a_message_reads_as_it_was_approved(name, message, golden):
    golden(f"alert/{name}.json", message)


def test_five_questions_are_answered_in_their_order():
    message = shown()

    assert message["text"] == "Billing: 41 % of contacts answered in 20 s since 10:05"
    told = "\n".join(body(message))
    answers = ["25 of 61 contacts", "limit 80 %", "Usual for Tuesday 10:00: 79–90 %", "38 % more contacts than usual"]
    answers += ["9 agents on queue (usually 13)", "14 waiting, the oldest for 6 min 12 s"]
    answers += ["usually still come, 52 must"]
    assert [told.index(answer) for answer in answers] == sorted(told.index(answer) for answer in answers)


@pytest.mark.parametrize(
    ("told", "colour", "word"),
    [
        (shown(), CRITICAL, "Critical"),
        (shown(UNUSUAL), WARNING, "Warning"),
        (shown(TAKEN_ONE), TAKEN, "Critical, acknowledged"),
        (shown(incident(handling=given.SNOOZED)), TAKEN, "Critical, snoozed"),
        (shown(incident(handling=Handling(expected_by=given.BEN))), TAKEN, "Critical, expected today"),
        (shown(blind_since=NOW), UNSEEN, "Critical, not visible"),
        (shown(OVER_ONE), OVER, "Over"),
        (shown(OVER_ONE, blind_since=NOW), OVER, "Over"),
        (shown(incident(), replace(UNUSUAL, queue_name="Sales")), CRITICAL, "Critical"),
        (shown(TAKEN_ONE, replace(UNUSUAL, queue_name="Sales")), WARNING, "Critical"),
    ],
)
def test_the_colour_is_never_the_only_sign(told, colour, word):
    assert told["attachments"][0]["color"] == colour
    assert body(told)[0] == word
    assert told["attachments"][0]["fallback"].startswith(word.split(",")[0])


def test_it_can_be_taken_put_to_sleep_looked_into_and_judged():
    buttons = pressable(shown(UNUSUAL))

    assert list(buttons) == [ACKNOWLEDGE, SNOOZE, DETAILS, MORE]
    assert buttons[ACKNOWLEDGE]["value"] == buttons[DETAILS]["value"] == bulletin().id
    assert [read_choice(each["value"]) for each in buttons[SNOOZE]["options"]] == [
        (choice, bulletin().id) for choice in SnoozeChoice
    ]
    assert [read_choice(each["value"])[0] for each in buttons[MORE]["options"]] == list(MoreChoice)


def test_nobody_calls_a_broken_limit_normal():
    choices = [read_choice(each["value"])[0] for each in pressable(shown())[MORE]["options"]]

    assert choices == [MoreChoice.NOT_USEFUL, MoreChoice.EXPECTED]


def test_what_was_acknowledged_is_not_asked_for_again_and_what_is_over_only_for_its_details():
    assert list(pressable(shown(TAKEN_ONE))) == [SNOOZE, DETAILS, MORE]
    assert list(pressable(shown(OVER_ONE))) == [DETAILS]


def test_the_id_of_the_buttons_moves_with_the_revision_and_their_actions_stay():
    one, two = (alert_message(bulletin(revision=n), [incident()], now=NOW, zone=LONDON) for n in (4, 5))

    assert [each["attachments"][0]["blocks"][-1]["block_id"][-2:] for each in (one, two)] == [":4", ":5"]
    assert list(pressable(one)) == list(pressable(two))


def test_it_says_who_has_it_and_until_when_it_sleeps():
    both = replace(given.ACKNOWLEDGED, snoozed_by=given.BEN, snoozed_until=at("11:45"))

    assert "Acknowledged by <@U0ANNA> · 10:42" in body(shown(TAKEN_ONE))
    assert "Snoozed until 11:45 by <@U0BEN> · Acknowledged by <@U0ANNA> · 10:42" in body(shown(incident(handling=both)))


def test_a_snooze_that_is_past_is_none():
    message = shown(incident(handling=given.SNOOZED), now=at("11:45"))

    assert message["attachments"][0]["color"] == CRITICAL
    assert ACKNOWLEDGE in pressable(message)
    assert "Snoozed" not in str(message["attachments"][0]["blocks"][:-1])


@pytest.mark.parametrize(
    ("ended", "words"),
    [
        (Ended.RESOLVED, "Billing: over at 10:52, after 47 min; worst 41 % at 10:20"),
        (Ended.CLOSED, "Billing: over at 10:52, after 47 min: the queue closed; worst 41 % at 10:20"),
        (Ended.FADED, "Billing: over at 10:52, after 47 min: too few contacts to judge; worst 41 % at 10:20"),
        (Ended.REMOVED, "Billing: over at 10:52, after 47 min: its rule was changed or removed; worst 41 % at 10:20"),
    ],
)
def test_when_it_is_over_it_says_how_long_it_took_and_how_bad_it_was(ended, words):
    message = shown(replace(OVER_ONE, ended=ended), mention=("<@U0ANNA>",))

    assert message["text"] == words
    assert "Taken by <@U0ANNA>" in body(message)


def test_when_genesys_cannot_be_seen_it_says_so_and_keeps_what_it_knew():
    message = shown(blind_since=NOW)

    assert message["text"].endswith("I cannot see Genesys since 10:42; this is how it stood then.")
    assert "25 of 61 contacts" in "\n".join(body(message))


def test_those_who_are_called_stand_in_the_text_and_nothing_else_calls_anybody():
    message = shown(incident("<!channel> & <@U0EVIL>"), mention=("<@U0ANNA>", "<!subteam^S0LEADS>", "<!channel>", "x"))

    assert message["text"].endswith(" <@U0ANNA> <!subteam^S0LEADS>")
    assert message["text"].startswith("&lt;!channel&gt; &amp; &lt;@U0EVIL&gt;: 41 %")
    assert message["blocks"][1]["elements"][0]["text"] == "For <@U0ANNA> <!subteam^S0LEADS>"


def test_what_is_unusual_is_told_with_its_range_and_never_with_a_score():
    message = shown(UNUSUAL)

    assert message["text"] == "Billing: 31 % of contacts not answered in time (usually 10–21 %) since 10:05"
    assert (
        "19 of 61 contacts in the last 30 min. Usual for Tuesday 10:00: 10–21 %. The worst Tuesday 10:00 in 8 weeks."
        in "\n".join(body(message))
    )


def test_too_few_contacts_ask_whether_they_reach_us():
    assert shown(FEW)["text"] == (
        "Billing: 12 contacts in 30 min (usually 40–48) since 10:05: are contacts reaching us?"
    )


def test_three_queues_are_told_by_their_number_and_the_worst():
    message = shown(*STORM, considered=12)

    assert message["text"] == (
        "5 of 12 voice queues: service level &lt; 80 % for 10 min since 10:05. "
        "Worst: Billing, 41 % of contacts answered in 20 s"
    )
    lines = [line for line in body(message) if "contacts answered" in line]
    assert [line.split(":")[0] for line in lines] == ["Billing", "Retail", "Sales", "Claims EU", "Support"]


def test_two_queues_are_told_by_name():
    mail = incident("Sales", media=Media.EMAIL, severity=Severity.WARNING, evidence=evidence(given.WAITING))

    assert shown(mail, incident())["text"] == (
        "Billing: 41 % of contacts answered in 20 s since 10:05; Sales · email: 14 contacts waiting since 10:05"
    )


def test_many_queues_with_few_contacts_ask_for_a_holiday():
    several = [replace(incident(name), evidence=FEW.evidence, severity=Severity.WARNING) for name in "ABCD"]
    message = shown(*several, considered=12, command="/cc-alert")

    assert message["text"].startswith(
        "4 of 12 voice queues: fewer contacts than usual since 10:05. Are contacts reaching us?"
    )
    assert "Is today a holiday? /cc-alert holidays says so, and it is neither judged nor learnt" in body(message)


def test_what_is_over_is_struck_through_and_stands_below():
    message = shown(replace(STORM[0], **given.OVER), STORM[1], STORM[2], now=at("10:55"))
    lists = [block for block in message["attachments"][0]["blocks"] if block["type"] == "rich_text"]
    last = lists[-1]["elements"][0]["elements"][-1]["elements"]

    assert last[0]["style"] == {"strike": True}
    assert last[1]["text"].strip() == "over at 10:52, after 47 min; worst 41 % at 10:20"


def test_a_share_never_hides_on_which_side_of_its_limit_it_is():
    near = replace(given.BAD, figure=given.Share(within=1999, denominator=2500), limit=Fraction(8, 10), usual=None)

    assert shown(incident(evidence=evidence(near)))["text"].startswith("Billing: 79.96 % of contacts")


def test_on_another_day_times_have_a_date():
    message = shown(incident(), now=at("08:00", 25))

    assert message["text"] == "Billing: 41 % of contacts answered in 20 s since Tue 24 Nov, 10:05"


def test_a_message_about_nothing_is_a_defect():
    with pytest.raises(ValueError, match="an incident at least"):
        alert_message(bulletin(), [], now=NOW, zone=LONDON)


def ruled(one: Any, rule: str, **given: Any) -> Any:
    """The same queue, as another rule tells of it."""
    return replace(one, id=f"{one.id} {rule}", watched=one.watched._replace(rule=rule), **given)


def test_what_two_rules_say_in_the_same_words_of_a_queue_is_read_once():
    message = shown(incident(), ruled(incident(), "rule-4"))
    assert said(message)[0] == "Billing: 41 % of contacts answered in 20 s since 10:05"
    assert sum("41 %" in line for line in body(message)) == 1


def test_of_several_findings_each_has_its_own_usual_range_beside_it():
    both = incident(severity=Severity.WARNING, title="unusual", evidence=evidence(given.MISSED, given.OLDEST))
    told = "31 % of contacts not answered in time (usually 10–21 %) and oldest wait 6 min 12 s"
    assert said(shown(both))[0] == f"Billing: {told} since 10:05"
    assert f"Billing: {told} since 10:05" in body(shown(both, incident("Sales", severity=Severity.WARNING)))


def test_what_is_behind_it_is_the_newest_that_is_known_of_the_queue_and_repeats_no_line():
    older = incident()
    newer = ruled(
        older,
        "rule-4",
        title="waiting > 10",
        evidence=evidence(given.WAITING, clock="10:40", causes=replace(given.BUSY, on_queue=7, waiting=14)),
    )
    (behind,) = (line for line in body(shown(older, newer)) if "agents on queue" in line)
    assert behind.endswith("7 agents on queue (usually 13). Oldest wait 6 min 12 s.")


def test_one_person_who_took_alerts_of_a_queue_at_two_times_is_named_once():
    later = replace(given.ACKNOWLEDGED, acked_at=at("10:50"))
    message = shown(ruled(TAKEN_ONE, "rule-4", title="another", handling=later), TAKEN_ONE)
    assert [line for line in body(message) if "cknowledged by" in line] == ["Acknowledged by <@U0ANNA> · 10:42"]
