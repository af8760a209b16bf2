"""Small pieces: what is foreign stays inert, what is too long is visibly cut."""

from __future__ import annotations

import pytest

from bot.blocks import kit
from bot.blocks.data_blocks import cell, line_chart, table


@pytest.mark.parametrize(
    ("foreign", "left"),
    [
        pytest.param("Billing", "Billing", id="nothing to clean"),
        pytest.param("  a \t b\n c ", "a b c", id="one line, single spaces"),
        pytest.param("\u202eevil\u202c", "evil", id="direction marks"),
        pytest.param("a\x00b\x1b", "a b", id="control characters"),
        pytest.param("a\ud800b", "ab", id="a lone surrogate"),
        pytest.param("می\u200cخواهم", "می\u200cخواهم", id="a joiner that Persian needs"),
        pytest.param("\u200b\ufeff", "", id="nothing visible"),
    ],
)
def test_foreign_text_is_cleaned(foreign, left):
    assert kit.clean(foreign) == left


@pytest.mark.parametrize(
    ("text", "limit", "cut"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdefg", 6, "abc…fg"),
        ("Claims Germany North", 15, "Claims…y North"),
    ],
)
def test_names_are_cut_in_the_middle(text, limit, cut):
    assert kit.shorten_middle(text, limit) == cut


def test_an_entity_is_never_cut_in_two():
    assert kit.escaped("a&b", 4) == "a…"
    assert kit.escaped("<!here> & co", 100) == "&lt;!here&gt; &amp; co"
    assert kit.escaped("&amp;", 100) == "&amp;amp;", "what looks escaped already is text too"


def test_a_long_list_says_how_many_are_missing():
    items = [[kit.words("x" * 500)] for _ in range(20)]

    lines = kit.bullets(items)["elements"][0]["elements"]

    assert len(lines) == 6
    assert lines[-1]["elements"][0]["text"] == "… and 15 more"
    assert sum(len(part["elements"][0]["elements"]) for part in kit.bullet_lists(items)) == 20


def test_a_message_of_too_many_blocks_says_so():
    blocks = kit.message("x", *(kit.divider() for _ in range(70)))["blocks"]

    assert len(blocks) == 50
    assert blocks[-1]["elements"][0]["text"] == "… and 21 more parts"


def test_small_print_of_too_many_lines_says_so():
    elements = kit.context(*(str(n) for n in range(15)))["elements"]

    assert [element["text"] for element in elements][-2:] == ["8", "… and 6 more"]


def test_a_table_drops_rows_from_the_end_but_keeps_its_totals():
    rows = [[cell(f"row {n}"), cell("1", 1)] for n in range(200)]

    shown = table(["Row", "Number"], rows, last=[cell("Total"), cell("200", 200)])["rows"]

    assert len(shown) == 100
    assert shown[-2][0]["text"] == "… and 103 more"
    assert shown[-1][0]["text"] == "Total"


def test_a_table_of_long_words_keeps_within_its_characters():
    shown = table(["Row"], [[cell("x" * 500)] for _ in range(90)])["rows"]

    assert sum(len(row[0]["text"]) for row in shown) <= 10_000
    assert shown[-1][0]["text"] == "… and 41 more"


def test_a_cell_shows_its_words_and_sorts_by_its_number():
    assert cell("80.7 %", 80.7) == {"type": "raw_number", "value": 80.7, "text": "80.7 %"}
    assert cell("–", None) == {"type": "raw_text", "text": "–"}
    assert cell("", float("nan")) == {"type": "raw_text", "text": "–"}


def test_labels_that_would_collide_after_cutting_are_numbered():
    chart = line_chart("t", ["a" * 30, "a" * 40, "b"], {"s": [1, 2, 3]}, across="x", upward="y")["chart"]

    assert chart["axis_config"]["categories"] == ["a" * 19 + "…", "a" * 15 + "… (2)", "b"]


def test_a_person_is_named_and_nothing_else_is_live():
    (element,) = kit.by_person("Shared <!here> by", "U0ANA><!here")["elements"]

    assert element["text"] == "Shared &lt;!here&gt; by <@U0ANA>"
    assert element["verbatim"] is True
