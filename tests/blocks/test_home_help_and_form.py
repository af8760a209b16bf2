"""The way in: help, the Home tab and the form teach by examples that work here."""

from __future__ import annotations

from dataclasses import dataclass

from bot.blocks import home
from bot.blocks.ask_form import BY, CALLBACK, PERIOD, PERIODS, QUEUE, QUEUE_SEARCH, THRESHOLD, ask_form, queue_options
from bot.blocks.ask_form import refused as refused_form
from bot.blocks.help import help_message
from bot.blocks.home import home_view
from bot.blocks.loading import loading_message, note_message
from bot.domain.ids import QueueId
from bot.domain.queues import Queue


@dataclass(frozen=True, kw_only=True)
class Text:
    """Help as a command gives it."""

    title: str = "Ask for a service level"
    paragraphs: tuple[str, ...] = ("Periods: today, yesterday, last-week.",)
    examples: tuple[tuple[str, str], ...] = (("/sla Billing 30s last-week", "share answered within 30 s"),)


def code_in(blocks) -> list[str]:
    found: list[str] = []

    def walk(node: object) -> None:
        if isinstance(node, dict):
            if node.get("style") == {"code": True}:
                found.append(node["text"])
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(blocks)
    return found


def test_help_starts_with_what_can_be_copied():
    message = help_message(Text())

    assert message["text"] == "Ask for a service level. For example: /sla Billing 30s last-week"
    assert [block["type"] for block in message["blocks"]] == ["header", "rich_text", "rich_text"]
    assert code_in(message["blocks"]) == ["/sla Billing 30s last-week"]


def test_help_without_examples_is_still_help():
    assert help_message(Text(examples=()))["text"] == "Ask for a service level."


def test_home_offers_one_thing_to_try_with_a_real_queue_and_one_button():
    view = home_view(["Sales & Service", "Claims"], "/cc-sla")

    assert code_in(view["blocks"])[0] == '/cc-sla "Sales & Service" 30s last-week'
    button = next(each for block in view["blocks"] if block["type"] == "actions" for each in block["elements"])
    assert (button["action_id"], button["text"]["text"]) == (home.ASK, "Ask About a Queue")
    assert view["blocks"][-1]["elements"][0]["text"] == "Some of your queues: Sales & Service · Claims"


def test_home_has_an_example_before_any_queue_is_known():
    assert code_in(home_view([])["blocks"])[0] == "/sla billing 30s last-week"


def test_home_shows_no_queue_name_that_could_not_be_typed():
    assert code_in(home_view(['A "quoted" name', "x" * 200, "\u202e", "Claims"])["blocks"])[0].startswith("/sla Claims")


def test_the_form_asks_for_what_the_command_takes():
    form = ask_form(metadata="m")

    assert form["callback_id"] == CALLBACK
    assert form["private_metadata"] == "m"
    assert [block["block_id"] for block in form["blocks"]] == [QUEUE, PERIOD, THRESHOLD, BY]
    assert [block["optional"] for block in form["blocks"]] == [False, False, True, False]
    assert form["blocks"][0]["element"]["action_id"] == QUEUE_SEARCH
    assert form["blocks"][0]["element"]["min_query_length"] == 0
    assert form["blocks"][1]["element"]["initial_option"]["value"] == "last-week"
    assert [option["value"] for option in form["blocks"][1]["element"]["options"]] == [word for word, _ in PERIODS]


def test_queues_are_offered_by_name_and_told_apart_by_division():
    queues = [
        Queue(id=QueueId("1"), name="Billing", division="Paris"),
        Queue(id=QueueId("2"), name="Billing", division="Lyon"),
        Queue(id=QueueId("3"), name="Claims", division="Lyon"),
        Queue(id=QueueId("4"), name="A long name " * 10 + "(night)"),
    ]

    options = queue_options(queues)

    assert [option["value"] for option in options] == ["1", "2", "3", "4"]
    assert [option.get("description", {}).get("text") for option in options] == ["Paris", "Lyon", None, None]
    assert options[3]["text"]["text"].endswith("long name (night)")
    assert len(queue_options(queues * 40)) == 100


def test_a_refused_field_says_why_under_it():
    assert refused_form(THRESHOLD, "“30x” is not a threshold.") == {THRESHOLD: "“30x” is not a threshold."}


def test_waiting_and_remarks_are_said_literally():
    assert loading_message("Mon 9 Nov 2026")["text"] == "Reading Genesys for Mon 9 Nov 2026 …"
    assert note_message("<!here>")["text"] == "&lt;!here&gt;"
    assert note_message("<!here>")["blocks"][0]["text"]["text"] == "<!here>"
