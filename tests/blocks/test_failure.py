"""A failure says what was wrong, what to do, and offers one thing to press or copy."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.blocks.failure import CHOOSE, RETRY, apology, explained, failure_message
from bot.blocks.sla import REFRESH
from bot.errors import (
    BadPeriod,
    BadWord,
    Busy,
    Explainable,
    GenesysBadCredentials,
    GenesysBroken,
    GenesysError,
    GenesysForbidden,
    GenesysLimited,
    GenesysRefused,
    GenesysTooSlow,
    GenesysUnreachable,
    GenesysUnreadable,
    NotAllowed,
    UnknownQueue,
)

CHOICES = [("q1", "Billing"), ("q2", "Billing EU")]


def buttons_of(message) -> list[tuple[str, str, str]]:
    return [
        (button["action_id"], button["text"]["text"], button["value"])
        for block in message["blocks"]
        if block["type"] == "actions"
        for button in block["elements"]
    ]


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            BadWord("30x", "a threshold, a period or an option", suggestion="30s"),
            "“30x” is not a threshold, a period or an option. Did you mean “30s”?",
        ),
        (BadWord("30x", "a threshold"), "“30x” is not a threshold."),
        (BadWord("Compare", "a threshold", suggestion="compare"), "“Compare” is not a threshold."),
        (BadPeriod("That period lies in the future."), "That period lies in the future."),
        (
            UnknownQueue("biling", CHOICES),
            "No queue is called “biling”. Did you mean one of these? Billing, Billing EU",
        ),
        (UnknownQueue("biling", CHOICES[:1]), "No queue is called “biling”. Did you mean “Billing”?"),
        (UnknownQueue("zzz"), "No queue is called “zzz”. Check the spelling, or use a wildcard such as bill*."),
        (NotAllowed("Guests cannot ask this bot."), "Guests cannot ask this bot."),
        (Busy("Two of your questions are still open."), "Two of your questions are still open."),
        (
            GenesysForbidden("a:b:view"),
            "The bot is not permitted to read this in Genesys Cloud. " + GenesysForbidden("a:b:view").remedy,
        ),
        (
            GenesysLimited(retry_after=timedelta(seconds=40)),
            "Genesys Cloud is limiting how often it may be asked. Try again in 40 s.",
        ),
    ],
)
def test_every_family_has_its_sentence(error, sentence):
    message = failure_message(error)

    assert explained(error) == sentence
    assert message["text"] == sentence
    assert message["blocks"][0]["text"]["text"] == sentence


@pytest.mark.parametrize(
    "kind",
    [
        GenesysUnreachable,
        GenesysTooSlow,
        GenesysBroken,
        GenesysUnreadable,
        GenesysBadCredentials,
        GenesysForbidden,
        GenesysRefused,
    ],
)
def test_a_failure_of_genesys_says_what_to_do_and_quotes_its_reference(kind: type[GenesysError]):
    error = kind("detail", correlation_id="c-1")

    message = failure_message(error, retry="again")

    assert message["text"].startswith(kind.summary)
    assert len(message["text"]) > len(kind.summary) + 10
    assert message["blocks"][1]["elements"][0]["text"] == "Reference for Genesys support: c-1"
    assert buttons_of(message) == [(RETRY, "Try Again", "again")]


def test_trying_again_is_refreshing():
    assert RETRY == REFRESH


def test_trying_again_asks_the_command_that_failed():
    message = failure_message(GenesysUnreachable(), retry="again", retry_action="queue_refresh")

    assert buttons_of(message) == [("queue_refresh", "Try Again", "again")]


@pytest.mark.parametrize("error", [BadWord("x", "a period"), BadPeriod("No."), NotAllowed("No."), Busy("No.")])
def test_what_trying_again_cannot_mend_has_no_such_button(error: Explainable):
    assert buttons_of(failure_message(error, retry="again")) == []


def test_the_nearest_queues_are_buttons_that_bring_the_callers_value_back():
    message = failure_message(UnknownQueue("bil", CHOICES), choice_values={"q1": "one", "q2": "two"})

    assert buttons_of(message) == [(f"{CHOOSE}0", "Billing", "one"), (f"{CHOOSE}1", "Billing EU", "two")]


def test_a_queue_that_the_caller_cannot_choose_has_no_button():
    message = failure_message(UnknownQueue("bil", CHOICES), choice_values={"q2": "two"})

    assert buttons_of(message) == [(f"{CHOOSE}1", "Billing EU", "two")]


def test_queues_that_are_called_alike_are_told_apart_by_their_divisions():
    error = UnknownQueue("fraud desk", [("q1", "Fraud Desk"), ("q2", "Fraud  Desk")], divisions=["Europe", ""])

    message = failure_message(error, choice_values={"q1": "one", "q2": "two"})

    assert message["text"] == ("Several queues are called “fraud desk”. Which one? Fraud Desk (Europe), Fraud Desk")
    assert [label for _, label, _ in buttons_of(message)] == ["Fraud Desk (Europe)", "Fraud Desk"]


def test_at_most_five_queues_are_offered():
    many = [(f"q{n}", f"Queue {n}") for n in range(9)]

    assert len(buttons_of(failure_message(UnknownQueue("x", many), choice_values=dict(many)))) == 5


def test_the_example_is_code_to_copy():
    message = failure_message(BadWord("x", "a period"), example="/sla Billing 30s last-week")

    runs = message["blocks"][1]["elements"][0]["elements"]
    assert runs[1] == {"type": "text", "text": "/sla Billing 30s last-week", "style": {"code": True}}


def test_what_was_typed_is_echoed_inert():
    message = failure_message(UnknownQueue("<!here> & \u202eevil", [("q", "<!channel>")]), choice_values={"q": "v"})

    assert message["text"].startswith("No queue is called “&lt;!here&gt; &amp; evil”.")
    assert message["blocks"][0]["text"]["type"] == "plain_text"
    assert buttons_of(message)[0][1] == "<!channel>"


def test_an_apology_has_a_reference_for_the_administrator():
    message = apology("a1b2c3d4")

    assert "was not answered" in message["text"]
    assert message["text"].endswith("tell your administrator this reference: a1b2c3d4")
