"""Words, quoted names and commas of a command."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.words import Kind, name_text, quoted, tokens
from bot.domain.folding import fold, visible
from bot.errors import BadWord

MARKS = {Kind.WORD: "{}", Kind.QUOTED: "<{}>", Kind.COMMA: ","}


def cut(text: str) -> list[str]:
    return [MARKS[token.kind].format(token.text) for token in tokens(text)]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        pytest.param("billing 30s  last-week", ["billing", "30s", "last-week"], id="words"),
        pytest.param("billing,sales , claims", ["billing", ",", "sales", ",", "claims"], id="commas, spaced or not"),
        pytest.param("客服，テスト", ["客服", ",", "テスト"], id="a full-width comma"),
        pytest.param('"Billing EU" 30s', ["<Billing EU>", "30s"], id="straight quotes"),
        pytest.param("“Billing EU”, ‘Sales’", ["<Billing EU>", ",", "<Sales>"], id="typographic quotes"),
        pytest.param("„Billing EU“ «Ventes» »Verkauf«", ["<Billing EU>", "<Ventes>", "<Verkauf>"], id="German, French"),
        pytest.param('"Billing EU” 30s', ["<Billing EU>", "30s"], id="a pair of which a phone replaced one"),
        pytest.param("Driver's Line", ["Driver's", "Line"], id="an apostrophe in a word"),
        pytest.param("'Driver's Line' 30s", ["<Driver's Line>", "30s"], id="an apostrophe in quotes"),
        pytest.param("‘Drivers’ Line’", ["<Drivers>", "Line’"], id="an apostrophe that ends a word ends the name"),
        pytest.param('"Drivers\' Line"', ["<Drivers' Line>"], id="double quotes keep it"),
        pytest.param("'tis billing", ["'tis", "billing"], id="an apostrophe that nothing closes"),
        pytest.param('5"7 inch', ['5"7', "inch"], id="a quote within a word"),
        pytest.param('"Team ""A""" 30s', ['<Team "A">', "30s"], id="doubled quotes stand for one"),
        pytest.param('"a, b 30s"', ["<a, b 30s>"], id="in quotes everything is the name"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_a_text_is_cut_into_pieces(text, pieces):
    assert cut(text) == pieces


def test_every_piece_knows_its_place():
    text = '30s, "Billing ""EU""" last'
    assert [text[token.start : token.end] for token in tokens(text)] == ["30s", ",", '"Billing ""EU"""', "last"]


@pytest.mark.parametrize(
    ("text", "word", "complaint"),
    [
        pytest.param('30s "billing eu', '"billing eu', "closing quote is missing", id="left open"),
        pytest.param('billing ""', '""', "not the name of a queue", id="empty"),
        pytest.param("“ ” 30s", "“ ”", "not the name of a queue", id="only a space"),
        pytest.param('"' + "x" * 400, '"' + "x" * 58 + "…", "closing quote is missing", id="long ones are clipped"),
    ],
)
def test_quotes_that_make_no_name_are_named(text, word, complaint):
    with pytest.raises(BadWord, match=complaint) as raised:
        tokens(text, example="/sla <queue>")
    assert (raised.value.word, raised.value.example) == (word, "/sla <queue>")


@given(st.text().map(visible).filter(fold))
def test_a_quoted_name_reads_back_whatever_it_is(name):
    (token,) = tokens(quoted(name))
    assert (token.kind, token.text) == (Kind.QUOTED, name)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param("Billing", "Billing", id="a word"),
        pytest.param("Après-vente", "Après-vente", id="a word with a hyphen"),
        pytest.param("Billing EU", '"Billing EU"', id="several words"),
        pytest.param("Claims,New", '"Claims,New"', id="a comma"),
        pytest.param("Line2", '"Line2"', id="a digit"),
        pytest.param("Today", '"Today"', id="a period"),
        pytest.param("Sun", '"Sun"', id="a short weekday"),
        pytest.param("last-week", '"last-week"', id="a period of two words"),
        pytest.param("ALL", '"ALL"', id="the word for every queue"),
        pytest.param("VIP*", '"VIP*"', id="a wildcard"),
        pytest.param("O'Neill", '"O\'Neill"', id="an apostrophe"),
        pytest.param("", '""', id="nothing"),
    ],
)
def test_a_name_is_quoted_where_it_could_mean_something_else(name, text):
    assert name_text(name) == text
