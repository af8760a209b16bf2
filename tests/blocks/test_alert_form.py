"""The form of a rule: what stands in it, and that the command reads back whatever was entered."""

from __future__ import annotations

from datetime import time, timedelta
from fractions import Fraction
from typing import Any

import pytest

from bot.blocks.alerts.actions import BACKTEST, REMOVE
from bot.blocks.alerts.form import (
    COMPARE,
    EDIT,
    HOURS,
    LIMIT,
    MEASURE,
    MENTION,
    NEW,
    PENDING,
    QUEUES,
    SEVERITY,
    THRESHOLD,
    WINDOW,
    WORSE,
    Given,
    read_form,
    rule_form,
)
from bot.commands.alerts.command import read_alert
from bot.commands.alerts.spoken import Add, Edit
from bot.domain.alerts.measures import MEASURES
from bot.domain.alerts.rules import Compare, Condition, Hours, Kind, Preset, Severity, Terms
from bot.domain.questions import QueueWord
from tests.blocks.alert_examples import ANNA, CHANNEL, LONDON, NOW, terms
from tests.blocks.messages import buttons

BILLING = [("q-billing", "Billing")]


def state(**entered: Any) -> dict[str, Any]:
    """As Slack sends it; what is left out was left empty."""
    chosen = {MEASURE: "sla", COMPARE: WORSE, SEVERITY: "warning"} | entered
    values: dict[str, Any] = {
        QUEUES: {
            "queue_search": {"selected_options": [{"value": each} for each in entered.get(QUEUES, ["q-billing"])]}
        },
        MENTION: {MENTION: {"selected_users": entered.get(MENTION, [])}},
    }
    for block in (MEASURE, COMPARE, SEVERITY):
        values[block] = {block: {"selected_option": {"value": chosen[block]}}}
    for block in (LIMIT, THRESHOLD, PENDING, WINDOW, HOURS):
        values[block] = {block: {"value": entered.get(block)}}
    return values


def added(**entered: Any) -> Terms:
    read = read_alert(f"add {read_form(state(**entered)).text}", now=NOW, zone=LONDON)
    assert isinstance(read, Add)
    assert read.terms is not None
    return read.terms


def test_the_form_of_a_new_rule_is_as_it_was_approved(golden):
    view = rule_form(Given(channel=CHANNEL))

    golden("alert/form_new.json", view)
    assert view["callback_id"] == NEW
    assert buttons(view)["Back-Test"][0] == BACKTEST


def test_the_form_of_a_rule_that_is_there_has_what_it_says(golden):
    about = terms(mention=("<@U0ANNA>", "<!subteam^S0LEADS>"), pending=timedelta(minutes=5))
    view = rule_form(Given.of(about, BILLING, CHANNEL), title="Edit Rule", remove="rule-3")

    golden("alert/form_edit.json", view)
    assert view["callback_id"] == EDIT
    assert buttons(view)["Remove"] == (REMOVE, "rule-3")


def test_everything_that_can_be_watched_is_in_the_menu():
    menu = next(block for block in rule_form(Given())["blocks"] if block.get("block_id") == MEASURE)
    words = [option["value"] for option in menu["element"]["options"]]

    assert words[0] == "sla"
    assert {measure.words[0] for measure in MEASURES} < set(words)
    assert {f"unusual {preset}" for preset in Preset} < set(words)


def test_what_is_entered_is_read_by_the_command():
    read = added(
        limit="80%",
        threshold="30s",
        pending="5m",
        window="1h",
        severity="critical",
        hours="08:00-18:00 weekdays",
        mention=["U0ANNA"],
    )

    assert read.queues == (QueueWord(text="q-billing", quoted=True),)
    (condition,) = read.conditions
    assert (condition.measure, condition.compare, condition.limit, condition.threshold) == (
        "service_level",
        Compare.BELOW,
        Fraction(8, 10),
        timedelta(seconds=30),
    )
    assert (read.pending, read.window) == (timedelta(minutes=5), timedelta(hours=1))
    assert read.severity is Severity.CRITICAL
    assert read.hours == Hours(days=frozenset(range(5)), start=time(8), end=time(18))
    assert read.mention == ("<@U0ANNA>",)


@pytest.mark.parametrize("preset", list(Preset))
def test_what_is_unusual_needs_no_limit(preset):
    read = added(measure=f"unusual {preset}", limit="80%", queues=[])

    assert (read.kind, read.preset, read.queues) == (Kind.UNUSUAL, preset, ())


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.name)
def test_worse_is_the_bad_side_of_every_measure(measure):
    limit = {"share": "10%", "count": "3", "seconds": "5m"}[measure.unit]
    (condition,) = added(measure=measure.words[0], limit=limit).conditions

    assert condition.measure == measure.name
    assert condition.compare is (Compare.BELOW if measure.low_is_bad else Compare.ABOVE)


def test_patterns_stay_patterns_beside_names():
    read = added(queues=["Bill*", "q-2"], measure="waiting", limit="10")

    assert read.queues == (QueueWord(text="Bill*"), QueueWord(text="q-2", quoted=True))


def test_a_limit_that_was_forgotten_is_asked_for_in_its_field():
    assert read_form(state()).problems == {LIMIT: "Say from where on it is bad: 80%, 10 or 5m."}
    assert read_form(state(measure="unusual default")).problems == {}


@pytest.mark.parametrize(
    ("word", "field"),
    [("soon", PENDING), ("80 apples", LIMIT), ("noonish", HOURS), ("what", MEASURE)],
)
def test_a_word_that_cannot_be_read_is_told_at_its_field(word, field):
    entered = read_form(state(limit="80 apples", pending="soon", hours="noonish"))

    assert entered.field_of(word) == field


def test_an_edit_says_only_what_was_changed():
    given = Given.of(terms(mention=("<@U0ANNA>", "<!subteam^S0LEADS>")), BILLING)
    same = {"compare": "<", "limit": "80%", "pending": "10m", "window": "30m", "mention": [ANNA]}

    assert read_form(state(**same), given).text == ""
    assert read_form(state(**{**same, "limit": "75%"}), given).text == "sla < 75%"
    assert read_form(state(**{**same, "mention": []}), given).text == "mention <!subteam^S0LEADS>"
    assert read_form(state(**{**same, "queues": []}), given).text == "all"


def test_what_was_cleared_in_an_edit_is_gone():
    hours = Hours(days=frozenset(range(7)), start=time(8), end=time(18))
    given = Given.of(terms(mention=("<@U0ANNA>",), hours=hours, window=timedelta(hours=1)), BILLING)
    text = read_form(state(compare="<", limit="80%", pending="10m"), given).text
    read = read_alert(f"edit 3 {text}", now=NOW, zone=LONDON)

    assert given.hours == "08:00-18:00"
    assert text == "over 30m no hours mention nobody"
    assert isinstance(read, Edit)
    assert read.changes is not None
    assert read.changes.no_hours
    assert read.changes.mention == ()


@pytest.mark.parametrize(
    ("measure", "limit", "typed"),
    [
        ("service_level", Fraction(975, 1000), "97.5%"),
        ("waiting", Fraction(10), "10"),
        ("oldest_wait", Fraction(330), "5m30s"),
        ("aht_seconds", Fraction(3600), "1h"),
    ],
)
def test_a_limit_stands_in_the_field_as_it_is_typed(measure, limit, typed):
    one = Condition(measure=measure, compare=Compare.ABOVE, limit=limit, recovery=limit)

    assert Given.of(terms(conditions=(one,)), BILLING).limit == typed


def test_several_conditions_are_told_and_not_asked_for():
    two = Condition(measure="waiting", compare=Compare.ABOVE, limit=Fraction(10), recovery=Fraction(8))
    about = terms(conditions=(*terms().conditions, two))
    view = rule_form(Given.of(about, BILLING, title="service level < 80 % and waiting > 10"), title="Edit Rule")
    fields = [block.get("block_id") for block in view["blocks"]]

    assert MEASURE not in fields
    assert "True when: service level < 80 % and waiting > 10" in view["blocks"][1]["text"]["text"]
