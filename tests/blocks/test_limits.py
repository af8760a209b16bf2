"""No input, however odd, makes a message that Slack would refuse or that carries live markup.

The rules are Slack's, written down here a second time on purpose: nothing of them is taken from the builders.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import chain
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.blocks import kit
from bot.blocks.ask_form import ask_form, queue_options
from bot.blocks.data_blocks import cell, line_chart, table
from bot.blocks.failure import apology, failure_message
from bot.blocks.help import help_message
from bot.blocks.home import home_view
from bot.blocks.loading import loading_message, note_message
from bot.blocks.queue import queue_message
from bot.blocks.sla import sla_message
from bot.blocks.why import failed_view, loading_view, why_modal
from bot.domain.ids import QueueId, UserId
from bot.domain.live import Contacts, QueueNow
from bot.domain.queues import Media, Queue, Target
from bot.domain.sla import Counts, Share, SlaReport, SlaRow
from bot.errors import BadPeriod, BadWord, Busy, GenesysForbidden, GenesysUnreachable, NotAllowed, UnknownQueue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

MESSAGE_BLOCKS = {"header", "section", "context", "actions", "divider", "rich_text", "table", "data_visualization"}
VIEW_BLOCKS = {"header", "section", "context", "actions", "divider", "rich_text", "input"}
LIVE = re.compile(r"<[^>]*>|<")


def faults_of_message(message: kit.Message) -> list[str]:
    """What Slack would refuse in a message, or show with markup."""
    faults = list(_text("text", message["text"], 4000))
    if LIVE.search(message["text"]):
        faults.append(f"the notification has markup: {message['text']!r}")
    blocks = message["blocks"]
    if not 1 <= len(blocks) <= 50:
        faults.append(f"{len(blocks)} blocks")
    kinds = [block["type"] for block in blocks]
    faults += [f"no {kind} in a message" for kind in kinds if kind not in MESSAGE_BLOCKS]
    if kinds.count("table") > 1 or kinds.count("data_visualization") > 2:
        faults.append("too many tables or charts")
    return faults + [fault for block in blocks for fault in _block(block)] + list(_bytes(message))


def faults_of_view(view: dict[str, Any]) -> list[str]:
    """What Slack would refuse in a modal or a Home tab."""
    faults = [f"no {block['type']} in a view" for block in view["blocks"] if block["type"] not in VIEW_BLOCKS]
    if not 1 <= len(view["blocks"]) <= 100:
        faults.append(f"{len(view['blocks'])} blocks")
    if view["type"] == "modal":
        for key in ("title", "submit", "close"):
            if key in view:
                faults += _plain(key, view[key], 24)
        if any(block["type"] == "input" for block in view["blocks"]) and "submit" not in view:
            faults.append("inputs without submit")
        if len(view.get("private_metadata", "")) > 3000:
            faults.append("private_metadata")
    ids = [block["block_id"] for block in view["blocks"] if "block_id" in block]
    if len(set(ids)) != len(ids):
        faults.append("block_id twice")
    if len(json.dumps(view)) > 250_000:
        faults.append("view too large")
    return faults + [fault for block in view["blocks"] for fault in _block(block)] + list(_bytes(view))


def _bytes(payload: object) -> Iterator[str]:
    try:
        json.dumps(payload, ensure_ascii=False, allow_nan=False).encode()
    except ValueError as error:
        yield f"cannot be sent: {error}"


def _text(where: str, text: str, most: int) -> Iterator[str]:
    if not 1 <= len(text) <= most:
        yield f"{where} has {len(text)} characters of {most}"
    for char in text:
        if char not in "\n\u200c\u200d" and unicodedata.category(char) in {"Cc", "Cf", "Cs"}:
            yield f"{where} has {char!a}"


def _plain(where: str, text: dict[str, Any], most: int) -> Iterator[str]:
    if text["type"] != "plain_text":
        yield f"{where} is {text['type']}"
    yield from _text(where, text["text"], most)


def _block(block: dict[str, Any]) -> Iterator[str]:
    rule = RULES.get(block["type"])
    if rule is None:
        yield f"unknown block {block['type']}"
    else:
        yield from rule(block)


def _actions(block: dict[str, Any]) -> Iterator[str]:
    if not 1 <= len(block["elements"]) <= 25:
        yield "actions"
    ids = [element["action_id"] for element in block["elements"]]
    if len(set(ids)) != len(ids):
        yield "action_id twice"
    for element in block["elements"]:
        yield from _button(element) if element["type"] == "button" else _element(element)


def _input(block: dict[str, Any]) -> Iterator[str]:
    yield from _plain("label", block["label"], 2000)
    yield from _element(block["element"])


def _context(block: dict[str, Any]) -> Iterator[str]:
    if not 1 <= len(block["elements"]) <= 10:
        yield "context"
    for element in block["elements"]:
        if element["type"] == "mrkdwn":
            rest = re.sub(r"<@[A-Z0-9]+>", "", element["text"])
            if LIVE.search(rest) or element.get("verbatim") is not True:
                yield f"live markup: {element['text']!r}"
            yield from _text("context", element["text"], 3000)
        else:
            yield from _plain("context", element, 3000)


def _button(button: dict[str, Any]) -> Iterator[str]:
    yield from _plain("button", button["text"], 75)
    if not 1 <= len(button["action_id"]) <= 255 or not len(button.get("value", "")) <= 2000:
        yield "button ids"
    if len(button.get("accessibility_label", "")) > 75 or button.get("style", "primary") != "primary":
        yield "button looks"


def _rich_text(block: dict[str, Any]) -> Iterator[str]:
    total = 0
    for part in block["elements"]:
        runs = part["elements"]
        if part["type"] == "rich_text_list":
            runs = [run for line in part["elements"] for run in line["elements"]]
            if not part["elements"] or not all(line["elements"] for line in part["elements"]):
                yield "empty list"
        for run in runs:
            if run["type"] != "text":
                yield f"live {run['type']}"
            total += len(run["text"])
            yield from _text("run", run["text"], 3000)
    if not 1 <= total <= 3000:
        yield f"rich text of {total} characters"


def _table(block: dict[str, Any]) -> Iterator[str]:
    rows = block["rows"]
    if not 1 <= len(rows) <= 100 or not 1 <= len(rows[0]) <= 20:
        yield f"{len(rows)} rows"
    if {len(row) for row in rows} != {len(block["column_settings"])}:
        yield "ragged"
    if sum(len(each["text"]) for each in chain.from_iterable(rows)) > 10_000:
        yield "too much text in cells"
    for each in chain.from_iterable(rows):
        yield from _text("cell", each["text"], 10_000)
        if each["type"] == "raw_number" and not math.isfinite(each["value"]):
            yield "cell without a number"


def _chart(block: dict[str, Any]) -> Iterator[str]:
    chart = block["chart"]
    categories = chart["axis_config"]["categories"]
    names = [series["name"] for series in chart["series"]]
    yield from _text("title", block["title"], 50)
    for label in (*categories, *names):
        yield from _text("label", label, 20)
    for axis in ("x_label", "y_label"):
        yield from _text(axis, chart["axis_config"][axis], 50)
    if not 1 <= len(names) <= 6 or len(set(names)) != len(names):
        yield f"series {names}"
    if not 1 <= len(categories) <= 20 or len(set(categories)) != len(categories):
        yield f"categories {categories}"
    for series in chart["series"]:
        if [point["label"] for point in series["data"]] != categories:
            yield "a series without a number for every category"
        if not all(math.isfinite(point["value"]) for point in series["data"]):
            yield "not a number"


def _element(element: dict[str, Any]) -> Iterator[str]:
    if "placeholder" in element:
        yield from _plain("placeholder", element["placeholder"], 150)
    if element.get("max_length", 1) > 3000:
        yield "max_length"
    if element["type"] == "static_select":
        if not 1 <= len(element["options"]) <= 100:
            yield "options"
        if "initial_option" in element and element["initial_option"] not in element["options"]:
            yield "initial option"
        for option in element["options"]:
            yield from _option(option)


def _option(option: dict[str, Any]) -> Iterator[str]:
    yield from _plain("option", option["text"], 75)
    if "description" in option:
        yield from _plain("description", option["description"], 75)
    if not 1 <= len(option["value"]) <= 75:
        yield "option value"


RULES: dict[str, Callable[[dict[str, Any]], Iterable[str]]] = {
    "header": lambda block: _plain("header", block["text"], 150),
    "section": lambda block: _plain("section", block["text"], 3000),
    "context": _context,
    "actions": _actions,
    "divider": lambda _: (),
    "rich_text": _rich_text,
    "table": _table,
    "data_visualization": _chart,
    "input": _input,
}


@dataclass(frozen=True, kw_only=True)
class Text:
    """A help text, as any command may have it."""

    title: str
    paragraphs: tuple[str, ...]
    examples: tuple[tuple[str, str], ...]


NASTY = st.sampled_from(
    [
        "Sales & <Support> *VIP* <!here>",
        "<https://evil.example|Reset password>",
        "<@U123> <#C123> <!subteam^S1>",
        "&lt;!channel&gt; &amp;",
        "`code` _it_ ~no~ > quote",
        "\u202eevil\u202c \u2066x\u2069",
        "\x00\x1b[31m",
        "\ud800",
        "",
        " \t\n\u2028",
        "🧑‍💻" * 60,
        "&" * 5000,
        "<!here>" * 2000,
        "א" * 200,
        "x" * 10_000,
    ]
)
ANY = st.one_of(NASTY, st.text(st.characters(exclude_categories=()), max_size=200))
NUMBERS = st.integers(0, 10**7)


TEMPLATES = ("sixty_queues", "by_hour_for_a_week", "by_day", "media_and_callbacks")


def filled(
    template: SlaReport, *, names: list[str], figures: list[tuple[int, ...]], media: list[Media], promised: float
) -> SlaReport:
    """A report of the template's kind with these names, counts and media; every third share is undefined."""
    target = Target(share=promised, threshold=timedelta(seconds=20))
    queues = tuple(
        Queue(id=QueueId(f"q{n}"), name=name, division=name, targets={Media.VOICE: target})
        for n, name in enumerate(names)
    )

    def row(n: int, row: SlaRow) -> SlaRow:
        within, denominator, answered, abandoned, offered = figures[n % len(figures)]
        counts = Counts(within=within, answered=answered, abandoned=abandoned, short_abandoned=n, offered=offered)
        share = None if n % 3 == 2 else Share(within=within, denominator=denominator)
        named = {"queue": queues[n % len(queues)], "media": media[n % len(media)]} if row.queue and queues else {}
        return replace(row, counts=counts, share=share, previous=share, **named)

    rows = tuple(row(n, each) for n, each in enumerate(template.rows))
    return replace(
        template,
        queues=queues,
        rows=rows,
        silent=queues,
        apart=tuple(each for each in rows if each.media is Media.CALLBACK),
        total=row(len(names), template.total),
        query="".join(names),
    )


def test_every_sample_report_fits(named_report):
    _, report = named_report

    for message in (
        sla_message(report, token="t" * 2000),
        sla_message(report, token="", shared_by=UserId("U0ANA")),
        kit.without_data_blocks(sla_message(report, token="t")),
    ):
        assert faults_of_message(message) == []
    assert faults_of_view(why_modal(report)) == []


@pytest.mark.parametrize("template", TEMPLATES)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    names=st.lists(ANY, max_size=5),
    figures=st.lists(st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS, NUMBERS), min_size=1, max_size=9),
    media=st.lists(st.sampled_from(Media), min_size=1, max_size=4),
    promised=st.floats(0, 1),
)
def test_no_report_breaks_a_limit(the_report, template, names, figures, media, promised):
    report = filled(the_report(template), names=names, figures=figures, media=media, promised=promised)

    message = sla_message(report, token="t")

    assert faults_of_message(message) == []
    assert faults_of_message(kit.without_data_blocks(message)) == []
    assert faults_of_view(why_modal(report)) == []


@settings(max_examples=50, deadline=None)
@given(word=ANY, names=st.lists(ANY, max_size=8), reference=ANY)
def test_no_failure_breaks_a_limit(word, names, reference):
    choices = [(f"q{n}", name) for n, name in enumerate(names)]
    errors = (
        BadWord(word, "a threshold or a period", example=word, suggestion=word),
        UnknownQueue(word, choices, example=word),
        GenesysUnreachable(word, correlation_id=reference),
        GenesysForbidden(word, correlation_id=reference),
        BadPeriod(word),
        NotAllowed(word),
        Busy(word),
    )
    for error in errors:
        message = failure_message(error, example=word, choice_values=dict(choices and [("q0", "v")]), retry="again")
        assert faults_of_message(message) == []
        assert faults_of_view(failed_view(word, error)) == []
    assert faults_of_message(apology(reference)) == []


def test_every_sample_of_this_minute_fits(named_live_report):
    _, report = named_live_report
    for message in (
        queue_message(report, token="t" * 2000),
        queue_message(report, token="t", shared_by=UserId("U0ANA")),
    ):
        assert faults_of_message(message) == []
        assert faults_of_message(kit.without_data_blocks(message)) == []


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    names=st.lists(ANY, max_size=120),
    figures=st.lists(st.none() | st.integers(0, 10**9), min_size=120, max_size=120),
    media=st.lists(st.sampled_from(Media), max_size=11, unique=True),
)
def test_no_report_of_this_minute_breaks_a_limit(the_live_report, names, figures, media):
    template = the_live_report("missing")
    rows = [
        QueueNow(
            queue=Queue(id=QueueId(f"q{n}"), name=name, division=name),
            contacts=tuple(
                Contacts(
                    media=medium,
                    waiting=figure,
                    interacting=figures[-n],
                    longest_wait=None if figure is None else timedelta(milliseconds=figure),
                )
                for medium in media
            ),
            agents=None,
        )
        for n, (name, figure) in enumerate(zip(names, figures, strict=False))
    ]
    message = queue_message(replace(template, rows=tuple(rows), considered=len(rows)), token="t")
    assert faults_of_message(message) == []
    assert faults_of_message(kit.without_data_blocks(message)) == []


@settings(max_examples=40, deadline=None)
@given(words=st.lists(ANY, min_size=1, max_size=120))
def test_no_form_help_or_home_breaks_a_limit(words):
    queues = [Queue(id=QueueId(f"q{n}"), name=word, division=word) for n, word in enumerate(words)]
    options = queue_options(queues)

    assert len(options) <= 100
    assert [fault for option in options for fault in _option(option)] == []
    assert faults_of_view(ask_form(metadata="m" * 3000)) == []
    assert faults_of_view(home_view(words, words[0], words[-1])) == []
    assert faults_of_view(loading_view(words[0])) == []
    text = Text(title=words[0], paragraphs=tuple(words), examples=tuple((word, word) for word in words))
    assert faults_of_message(help_message(text)) == []
    assert faults_of_message(loading_message(words[0])) == []
    assert faults_of_message(note_message(words[0])) == []


@settings(max_examples=40, deadline=None)
@given(words=st.lists(ANY, min_size=1, max_size=130), numbers=st.lists(st.floats(), min_size=130, max_size=130))
def test_no_builder_breaks_a_limit(words, numbers):
    heads = words[:25]
    cells = [cell(word, number) for word, number in zip(heads, numbers, strict=False)]
    rows = [cells] * len(numbers)
    values = [number if math.isfinite(number) else 0.0 for number in numbers[: len(words)]]

    message = kit.message(
        words[0],
        kit.paragraph(*(kit.bold(word) for word in words)),
        kit.bullets([[kit.code(word), kit.words(word)] for word in words]),
        kit.preformatted("\n".join(words)),
        kit.context(*words),
        kit.by_person(words[0], UserId(words[-1] + "U1")),
        kit.actions(*(kit.button(word, action=f"a{n}", value="", spoken=word) for n, word in enumerate(words))),
        table(heads, rows, last=rows[0]),
        line_chart(words[0], words, dict.fromkeys(words, values), across=words[0], upward=words[0]),
        *(kit.divider() for _ in range(60)),
    )

    assert faults_of_message(message) == []
    assert faults_of_message(kit.without_data_blocks(message)) == []


@pytest.mark.parametrize(
    ("message", "fault"),
    [
        pytest.param({"text": "<!here>", "blocks": [kit.divider()]}, "markup", id="a mention in the notification"),
        pytest.param({"text": "", "blocks": [kit.divider()]}, "text has 0", id="no notification"),
        pytest.param({"text": "x", "blocks": [kit.divider()] * 51}, "51 blocks", id="too many blocks"),
        pytest.param({"text": "x", "blocks": [kit.header("x") | {"text": kit.plain("x" * 151)}]}, "151", id="header"),
        pytest.param({"text": "x\u202e", "blocks": [kit.divider()]}, "u202e", id="a direction mark"),
        pytest.param({"text": "x", "blocks": [table(["a"], [[cell("x")]])] * 2}, "tables", id="two tables"),
    ],
)
def test_the_rules_catch_what_they_should(message, fault):
    assert any(fault in found for found in faults_of_message(message))


def test_an_opaque_value_is_refused_rather_than_cut():
    with pytest.raises(ValueError, match="2000"):
        kit.button("Refresh", action="a", value="t" * 2001)
    with pytest.raises(ValueError, match="3000"):
        ask_form(metadata="m" * 3001)
    with pytest.raises(ValueError, match="75"):
        queue_options([Queue(id=QueueId("q" * 76), name="Billing")])


@pytest.mark.parametrize("name", ["by_hour", "by_hour_for_a_week", "by_day"])
def test_no_hour_or_day_is_cut_from_the_table(the_report, name):
    (rows,) = [
        block["rows"] for block in sla_message(the_report(name), token="t")["blocks"] if block["type"] == "table"
    ]

    assert not any("more" in row[0]["text"] for row in rows)
