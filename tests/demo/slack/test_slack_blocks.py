"""Slack's rules for blocks: what is refused, where, and that nothing makes the rules themselves fail."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pytest

from bot.demo.slack_blocks import check_message, check_view

if TYPE_CHECKING:
    from collections.abc import Iterator


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def section(text: str = "x", **more: Any) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


def button(**more: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": "press", "text": plain("Press"), **more}


def option(value: str = "v", text: str = "t") -> dict[str, Any]:
    return {"text": plain(text), "value": value}


def select(count: int) -> dict[str, Any]:
    return {"type": "static_select", "action_id": "s", "options": [option(str(n)) for n in range(count)]}


def text_cell(text: str = "x") -> dict[str, Any]:
    return {"type": "raw_text", "text": text}


def table(rows: int = 2, columns: int = 2, text: str = "x", kind: str = "table", **more: Any) -> dict[str, Any]:
    return {"type": kind, "rows": [[text_cell(text)] * columns for _ in range(rows)], **more}


def chart(values: dict[str, float], *, categories: list[str] | None = None, **more: Any) -> dict[str, Any]:
    points = [{"label": label, "value": value} for label, value in values.items()]
    drawing = {
        "type": "line",
        "series": [{"name": "SLA", "data": points}],
        "axis_config": {"categories": list(values) if categories is None else categories},
    }
    return {"type": "data_visualization", "title": "SLA", "chart": drawing | more}


def pie(value: float) -> dict[str, Any]:
    drawing = {"type": "pie", "segments": [{"label": "Voice", "value": value}]}
    return {"type": "data_visualization", "title": "Media", "chart": drawing}


def field(element: dict[str, Any]) -> dict[str, Any]:
    return {"type": "input", "label": plain("Queue"), "element": element}


TYPED = {"type": "plain_text_input", "action_id": "name"}


@pytest.mark.parametrize(
    "block",
    [
        pytest.param(section("x" * 3000), id="a section of 3000 characters"),
        pytest.param({"type": "section", "fields": [plain("x" * 2000)] * 10}, id="ten fields"),
        pytest.param({"type": "header", "text": plain("x" * 150), "level": 2}, id="a header with a level"),
        pytest.param({"type": "context", "elements": [plain("x")] * 10}, id="ten pieces of context"),
        pytest.param(actions(button(style="danger", value="v" * 2000)), id="a dangerous button"),
        pytest.param(actions(select(100)), id="a menu of 100 options"),
        pytest.param(table(rows=100, columns=20), id="the largest table"),
        pytest.param(table(rows=201, kind="data_table", caption="All"), id="the longest data table"),
        pytest.param(chart({str(n): n - 3 for n in range(20)}), id="a chart of 20 points, some negative"),
        pytest.param(pie(0.1), id="a pie"),
        pytest.param({"type": "markdown", "text": "**x**"}, id="markdown"),
        pytest.param(
            {"type": "container", "title": plain("x"), "child_blocks": [section(), table()]}, id="a container"
        ),
    ],
)
def test_what_slack_takes_is_taken(block: dict[str, Any]) -> None:
    assert check_message([block]) == []


@pytest.mark.parametrize(
    ("blocks", "pointer", "code"),
    [
        pytest.param([{"type": "divider"}] * 51, "/blocks", "too_many", id="51 blocks"),
        pytest.param([None], "/blocks/0", "unsupported", id="null, as the SDK's classes produce for unknown blocks"),
        pytest.param([{"type": "alert", "text": plain("x")}], "/blocks/0", "unsupported", id="an alert in a message"),
        pytest.param([section(""), section()], "/blocks/0/text/text", "too_short", id="an empty text"),
        pytest.param([section("x" * 3001)], "/blocks/0/text/text", "too_long", id="a section over 3000 characters"),
        pytest.param([{"type": "section"}], "/blocks/0", "missing_field", id="a section of nothing"),
        pytest.param(
            [{"type": "section", "fields": [plain("x")] * 11}], "/blocks/0/fields", "too_many", id="eleven fields"
        ),
        pytest.param(
            [{"type": "section", "fields": [plain("x" * 2001)]}],
            "/blocks/0/fields/0/text",
            "too_long",
            id="a field over 2000 characters",
        ),
        pytest.param(
            [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
            "/blocks/0/text/type",
            "bad_value",
            id="mrkdwn in a header",
        ),
        pytest.param(
            [actions(button(), button())], "/blocks/0/elements", "duplicate", id="one action_id twice in a block"
        ),
        pytest.param(
            [section(block_id="same"), section(block_id="same")], "/blocks", "duplicate", id="one block_id twice"
        ),
        pytest.param(
            [actions(button(text=plain("x" * 76)))],
            "/blocks/0/elements/0/text/text",
            "too_long",
            id="a button over 75 characters",
        ),
        pytest.param(
            [actions(button(style="warning"))], "/blocks/0/elements/0/style", "bad_value", id="a style nobody knows"
        ),
        pytest.param([actions(select(101))], "/blocks/0/elements/0/options", "too_many", id="101 options"),
        pytest.param(
            [actions({"type": "overflow", "action_id": "o", "options": [option()] * 6})],
            "/blocks/0/elements/0/options",
            "too_many",
            id="six options of an overflow menu",
        ),
        pytest.param(
            [actions(button(confirm={"title": plain("?")}))],
            "/blocks/0/elements/0/confirm",
            "missing_field",
            id="half a confirmation",
        ),
        pytest.param([actions(TYPED)], "/blocks/0/elements/0", "unsupported", id="a text field outside an input"),
        pytest.param([table(rows=101)], "/blocks/0/rows", "too_many", id="101 rows"),
        pytest.param([table(columns=21)], "/blocks/0/rows/0", "bad_value", id="21 columns"),
        pytest.param([table(text="")], "/blocks/0/rows/0/0/text", "too_short", id="an empty cell"),
        pytest.param([table(), table()], "/blocks", "only_one_table_allowed", id="two tables"),
        pytest.param([table(rows=4, text="x" * 2000)], "/blocks", "too_long", id="over 10 000 characters in cells"),
        pytest.param(
            [table(rows=1, kind="data_table", caption="x")], "/blocks/0/rows", "too_few", id="a header and no rows"
        ),
        pytest.param([table(kind="data_table")], "/blocks/0", "missing_field", id="a data table without caption"),
        pytest.param(
            [{"type": "data_table", "caption": "x", "rows": [[text_cell()] * 2, [text_cell()]]}],
            "/blocks/0/rows/1",
            "bad_value",
            id="a ragged data table",
        ),
        pytest.param([chart({"Mon": 1})] * 3, "/blocks", "too_many", id="three charts"),
        pytest.param(
            [chart({"Mon": math.nan})],
            "/blocks/0/chart/series/0/data/0/value",
            "bad_value",
            id="a point that is no number",
        ),
        pytest.param(
            [chart({"Mon": 1}, categories=["Mon", "Tue"])],
            "/blocks/0/chart/series/0/data",
            "bad_value",
            id="a category without a point",
        ),
        pytest.param(
            [chart({str(n): n for n in range(21)})],
            "/blocks/0/chart/axis_config/categories",
            "too_many",
            id="21 points",
        ),
        pytest.param(
            [chart({"x" * 21: 1})], "/blocks/0/chart/axis_config/categories/0", "bad_value", id="a label too long"
        ),
        pytest.param([pie(0)], "/blocks/0/chart/segments/0/value", "bad_value", id="a slice of nothing"),
        pytest.param(
            [{"type": "markdown", "text": "x" * 7000}] * 2, "/blocks", "too_long", id="over 12 000 of markdown"
        ),
    ],
)
def test_what_slack_refuses_is_refused_where_it_stands(blocks: list[Any], pointer: str, code: str) -> None:
    assert (pointer, code) in [(fault.pointer, fault.code) for fault in check_message(blocks)]


def test_blocks_in_attachments_follow_the_same_rules() -> None:
    [fault] = check_message([table()], [{"color": "#c0392b", "blocks": [table()]}])
    assert fault.code == "only_one_table_allowed"


def test_a_workspace_may_not_have_charts_yet() -> None:
    [fault] = check_message([chart({"Mon": 1})], unknown={"data_visualization"})
    assert fault.message == "unsupported type: data_visualization"


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        pytest.param({"title": plain("x" * 25)}, "/title/text", id="a title over 24 characters"),
        pytest.param({"title": None}, "", id="no title"),
        pytest.param({"submit": None}, "", id="inputs and no submit"),
        pytest.param({"private_metadata": "x" * 3001}, "/private_metadata", id="too much private metadata"),
        pytest.param({"blocks": [{"type": "divider"}] * 101}, "/blocks", id="101 blocks"),
        pytest.param({"blocks": [table()]}, "/blocks/0", id="a table in a modal"),
        pytest.param({"type": "home"}, "/type", id="a Home tab where a modal belongs"),
    ],
)
def test_modals_have_rules_of_their_own(change: dict[str, Any], pointer: str) -> None:
    view = {"type": "modal", "title": plain("Alert"), "submit": plain("Save"), "blocks": [field(TYPED)]}
    assert check_view(view, "modal") == []
    changed = {key: value for key, value in (view | change).items() if value is not None}
    assert pointer in [fault.pointer for fault in check_view(changed, "modal")]


def test_the_home_tab_takes_tables_but_no_charts() -> None:
    assert check_view({"type": "home", "blocks": [table()]}, "home") == []
    [fault] = check_view({"type": "home", "blocks": [chart({"Mon": 1})]}, "home")
    assert fault.code == "unsupported"


SOUND: tuple[dict[str, Any], ...] = (
    {"type": "section", "text": plain("x"), "fields": [plain("x")], "accessory": button(confirm={"title": plain("?")})},
    actions({"type": "static_select", "option_groups": [{"label": plain("x"), "options": [option()]}]}),
    {"type": "context", "elements": [{"type": "image", "image_url": "https://example.com/x.png", "alt_text": "x"}]},
    {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": []}]},
    {"type": "container", "child_blocks": [{"type": "card", "title": plain("x"), "actions": [button()]}]},
    {"type": "header", "text": plain("x"), "level": 1, "block_id": "x"},
    table(column_settings=[{"align": "right"}]),
    table(kind="data_table", caption="x", row_header_column_index=0),
    chart({"Mon": 1}),
    pie(1),
    field(TYPED),
    actions({"type": "static_select", "options": [option()], "initial_option": option()}),
    actions({"type": "multi_external_select", "initial_options": [option()], "max_selected_items": 3}),
    actions({"type": "conversations_select", "filter": {"include": ["im"]}, "default_to_current_conversation": True}),
    actions({"type": "timepicker", "initial_time": "07:45"}, {"type": "checkboxes", "options": [option()]}),
)
ODD = (None, True, 7, math.nan, "x", [], {}, [None], [[]], [{}], {"type": []})


def spoiled(value: Any) -> Iterator[Any]:
    """The value with each of its parts in turn replaced by each odd thing."""
    yield from ODD
    if isinstance(value, dict):
        for key, part in value.items():
            yield from ({**value, key: other} for other in spoiled(part))
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from ([*value[:number], other, *value[number + 1 :]] for other in spoiled(part))


@pytest.mark.parametrize("block", SOUND, ids=lambda block: block["type"])
def test_no_block_however_odd_breaks_the_rules_themselves(block: dict[str, Any]) -> None:
    for odd in spoiled([block]):
        blocks = odd if isinstance(odd, list) else [odd]
        check_message(blocks, [{"blocks": odd}, odd])
        check_view({"type": "modal", "title": odd, "blocks": odd}, "modal")
