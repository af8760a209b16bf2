"""What one person is told of rules: set, changed, muted, removed, tested, listed; and of their presses."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.blocks.alerts import actions, answers, presses
from bot.blocks.alerts.backtest import replay_view, replay_words
from bot.blocks.alerts.listed import alert_list, rule_message
from bot.blocks.alerts.trial import trial_message
from bot.domain.alerts.rules import Kind, Preset, RuleState
from tests.blocks import alert_examples as given
from tests.blocks.alert_examples import (
    ANNA,
    FOREVER,
    LONDON,
    NOW,
    SIX,
    TESTED,
    at,
    bulletin,
    entry,
    fire,
    incident,
    rule,
    terms,
)
from tests.blocks.messages import buttons, said

HERE: Any = {"now": NOW, "zone": LONDON}


def test_a_new_rule_is_told_with_its_number_its_words_and_its_past(golden):
    message = answers.added_message(entry(), replay=SIX, **HERE)

    golden("alert/added.json", message)
    assert message["text"] == (
        "Rule 3 is set. Billing: service level &lt; 80 % (30 min) for 10 min. "
        "Would have fired 6 times in the last 4 weeks, longest 22 min."
    )
    assert list(buttons(message)) == ["Edit", "Test", "Mute 1 h", "Remove"]
    assert {value for _, value in buttons(message).values()} == {rule(3).id}


def test_where_others_read_along_it_waits_for_an_administrator():
    message = answers.added_message(entry(rule={"state": RuleState.UNCONFIRMED}), command="/cc-alert", **HERE)

    assert message["text"].startswith("Rule 3 is set, but waits for an administrator.")
    assert "An administrator confirms it there: /cc-alert confirm 3" in "\n".join(said(message))
    assert "Confirm" not in buttons(message)


def test_what_the_title_leaves_out_can_be_read_as_it_was_typed():
    told = entry(text='"Billing" sla < 80% remind never', rule={"terms": terms(renotify=None)})

    assert 'As it is typed: /alert add "Billing" sla < 80% remind never' in said(answers.added_message(told, **HERE))
    assert not [line for line in said(answers.added_message(entry(), **HERE)) if "typed" in line]


def test_a_rule_that_says_what_others_say_names_them():
    assert "Rules 5 and 6 watch the same." in said(answers.added_message(entry(same=(5, 6)), **HERE))


@pytest.mark.parametrize(
    ("replay", "words"),
    [
        (SIX, "Would have fired 6 times in the last 4 weeks, longest 22 min."),
        (replace(SIX, fires=(fire(3),)), "Would have fired once in the last 4 weeks, lasting 22 min."),
        (replace(SIX, fires=(fire(3), fire(5, 90))), "Would have fired twice in the last 4 weeks, longest 1 h 30 min."),
        (replace(SIX, fires=()), "Would not have fired in the last 4 weeks."),
        (replace(SIX, start=NOW - timedelta(days=9), fires=()), "Would not have fired in the last 9 days."),
        (replace(SIX, start=NOW - timedelta(hours=5), fires=()), "Would not have fired in the last day."),
        (replace(SIX, fires=(fire(24, ended_at=None),)), "Would have fired once in the last 4 weeks, lasting 37 min."),
        (
            replace(SIX, live=True),
            "It looks at live figures, which are not kept: how often it would have fired is not known.",
        ),
        (
            replace(SIX, learning=True),
            "There is too little history yet for a usual range: three weeks are needed, and until then it is silent.",
        ),
    ],
)
def test_the_past_is_one_sentence(replay, words):
    assert replay_words(replay) == words


def test_a_rule_that_would_speak_all_day_is_told_how_to_be_quieter():
    told = replay_words(replace(SIX, fires=tuple(fire(3) for _ in range(100))))

    assert told.endswith("That is about 4 a day: a stricter limit or a longer time makes it quieter.")


def test_a_back_test_lists_what_would_have_fired_latest_first(golden):
    view = replay_view(SIX, "Billing: service level < 80 %", zone=LONDON)

    golden("alert/back_test.json", view)
    lines = [line for line in said(view) if "Billing · 22 min" in line]
    assert lines[0] == "Thu 19 Nov, 10:05 · Billing · 22 min · worst 64 %"
    assert len(lines) == 6


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        (
            [entry(rule={"muted_until": at("11:42")})],
            (
                "Muted until 11:42: rule 3 (Billing: service level < 80 % (30 min) for 10 min). "
                "It is judged and recorded, and nobody is told."
            ),
        ),
        (
            [entry(1, rule={"muted_until": FOREVER}), entry(2)],
            "Muted: rules 1 and 2. They are judged and recorded, and nobody is told.",
        ),
        ([], "There is no rule to mute here."),
    ],
)
def test_a_mute_says_until_when_and_that_everything_is_still_recorded(entries, words):
    assert said(answers.muted_message(entries, **HERE)) == [words]


def test_what_is_heard_again_tells_what_is_open():
    message = answers.unmuted_message([entry(open=(incident(),))], **HERE)

    assert said(message)[0].endswith("is heard again. 1 alert is open, and told from now on.")
    assert said(answers.unmuted_message([], **HERE)) == ["There is no rule to unmute here."]


def test_a_removed_rule_takes_its_open_alerts_with_it():
    assert said(answers.removed_message(entry(), open_ended=1)) == [
        "Rule 3 is removed. 1 open alert is over with it. Billing: service level < 80 % (30 min) for 10 min"
    ]


def test_its_owner_reads_why_a_rule_was_stopped():
    message = answers.stopped_message(entry(place="#floor"), "the channel is archived")

    assert message["text"] == "Alert rule 3 in #floor is stopped: the channel is archived."
    assert buttons(message)["Resume"] == (actions.RESUME, rule(3).id)


def test_starter_rules_are_listed_with_their_numbers():
    message = answers.starter_message([entry(1), entry(2)], kept=1)

    assert message["text"].startswith("2 starter rules are set. 1 rule was here before and stayed.")
    assert answers.starter_message([], kept=6)["text"] == (
        "Nothing was added: this channel has the starter rules. 6 rules were here before and stayed."
    )


def test_a_test_tells_queue_by_queue_why_it_would_fire_or_not(golden):
    message = trial_message(entry(), TESTED, replay=SIX, **HERE)

    golden("alert/test.json", message)
    assert message["text"].endswith("Right now it is true for 1 of 4 queues.")
    assert said(message)[2:6] == [
        "Billing: 41 % of contacts answered in 20 s (25 of 61); fires once it has held for 10 min.",
        "Night: Genesys said nothing of it. It has no agents.",
        "Sales · email: 33 % of contacts answered in 20 s (1 of 3); too few contacts to judge, under 10.",
        "Claims: not judged: outside its hours, or a holiday.",
    ]


def test_too_few_contacts_are_said_once_and_with_a_number_only_where_the_rule_has_one():
    few = replace(TESTED[0], reason="There are too few contacts to judge.")
    unusual = entry(rule={"terms": terms(kind=Kind.UNUSUAL, conditions=())})

    assert "(1 of 3); too few contacts to judge, under 10." in said(trial_message(entry(), [few], **HERE))[2]
    assert said(trial_message(unusual, [few], **HERE))[2].endswith("too few contacts to judge.")


def test_what_is_no_rule_yet_is_tested_with_the_command_that_makes_it_one():
    message = trial_message(entry(), TESTED[2:3], saved=False, **HERE)

    assert said(message)[-1] == 'To set it: /alert add "Billing" sla < 80%'
    assert buttons(message) == {}
    assert "Right now it is true." in said(message)


def test_a_rule_that_looks_at_no_queue_says_so():
    sentence = "Nothing is known of its queues yet: no contacts in the last day, or no counts so far."
    assert sentence in said(trial_message(entry(), [], **HERE))


def test_a_channel_without_rules_is_offered_the_starter_rules_and_an_example(golden):
    message = alert_list([], command="/cc-alert", **HERE)

    golden("alert/list_empty.json", message)
    assert buttons(message) == {"Add Starter Rules": (actions.STARTER, ""), "New Rule": (actions.NEW, "")}
    assert said(message)[-1] == "Or type your own, for example: /cc-alert add billing sla < 80% for 10m"


def test_a_list_has_what_is_open_first_then_what_needs_somebody(golden):
    message = alert_list(
        [
            entry(3, open=(incident(),), last_fired=at("10:15"), fired=6, votes=2),
            entry(4, rule={"state": RuleState.STOPPED, "reason": "the channel is archived"}),
            entry(5, rule={"muted_until": at("11:42")}),
        ],
        bulletins=[(bulletin(), [incident(handling=given.ACKNOWLEDGED), incident("Sales")])],
        damaged=[rule(9)],
        place="#floor",
        **HERE,
    )

    golden("alert/list.json", message)
    lines = said(message)
    assert lines[0] == "2 alerts open, 4 rules, 2 need attention in #floor"
    places = ["Sales: 41 %", "🔴 4 · ", "3 · Billing", "5 · Billing", "🔴 9 · Damaged"]
    found = [next(at for at, line in enumerate(lines) if start in line) for start in places]
    assert found == sorted(found)
    assert "1 open · Watching · last fired 10:15 · 6 times in 4 weeks, 2 marked not useful · Owner: <@U0ANNA>" in lines


def test_an_open_alert_is_listed_with_its_age_and_who_has_it():
    lines = said(alert_list([entry()], bulletins=[(bulletin(), [incident()])], **HERE))

    assert "Billing: 41 % of contacts answered in 20 s since 10:05\nCritical, open for 37 min" in lines
    assert "Nobody has it yet" in lines


def test_a_rule_is_shown_with_its_command_and_its_last_alerts(golden):
    message = rule_message(
        entry(last_fired=at("10:15")), recent=[incident(), incident(opened_at=at("09:00"), **given.OVER)], **HERE
    )

    golden("alert/show.json", message)
    assert 'As it is typed: /alert add "Billing" sla < 80%' in said(message)
    assert "It has not fired yet." in said(rule_message(entry(), **HERE))


def test_who_presses_second_is_told_who_was_first():
    assert presses.acknowledged_before(ANNA, at("10:42"), **HERE)["text"] == "<@U0ANNA> acknowledged it at 10:42."
    assert presses.acknowledged_before(ANNA, at("10:42"), you=True, **HERE)["text"] == "You acknowledged it at 10:42."


def test_who_presses_late_is_told_that_it_was_over():
    assert presses.over_before(at("10:52"), **HERE)["text"] == "It was over at 10:52: nothing was changed."


@pytest.mark.parametrize(
    ("about", "advice"),
    [
        ({"kind": Kind.UNUSUAL, "conditions": ()}, "To hear less of it: /alert edit 3 unusual quiet"),
        (
            {"kind": Kind.UNUSUAL, "conditions": (), "preset": Preset.SENSITIVE},
            "To hear less of it: /alert edit 3 unusual default",
        ),
        (
            {"kind": Kind.UNUSUAL, "conditions": (), "preset": Preset.QUIET},
            "To hear less of it, give rule 3 a stricter limit or a longer time.",
        ),
        ({}, "To hear less of it, give rule 3 a stricter limit or a longer time."),
    ],
)
def test_not_useful_is_answered_with_how_to_hear_less(about, advice):
    message = presses.not_useful_message(entry(rule={"terms": terms(**about)}))

    assert message["text"].endswith(advice)


def test_who_takes_several_alerts_reads_that_nobody_is_reminded_of_them():
    assert presses.acknowledged_message(1)["text"] == "You have 1 alert: nobody is reminded of it any more."
    assert presses.acknowledged_message(2)["text"] == "You have 2 alerts: nobody is reminded of them any more."


@pytest.mark.parametrize(
    ("n", "until", "words"),
    [
        (2, at("11:42"), "2 alerts snoozed until 11:42. What is not over then is told once more."),
        (1, None, "1 alert snoozed until the queue opens tomorrow. What is not over then is told once more."),
        (0, None, "Nothing is open here."),
    ],
)
def test_a_snooze_says_until_when(n, until, words):
    assert said(presses.snoozed_message(n, until, **HERE)) == [words]
