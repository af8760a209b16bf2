"""Text as people mean it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.folding import clipped, fold, visible

ANY_TEXT = st.text(st.characters(), max_size=80)  # lone surrogates included


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        pytest.param("BILLING", "billing", id="case"),
        pytest.param("Café Zürich", "cafe zurich", id="accents"),
        pytest.param("Cafe\u0301", "cafe", id="a combining accent"),
        pytest.param("Straße", "strasse", id="sharp s"),
        pytest.param("Ærø Łódź", "aero lodz", id="letters that do not decompose"),
        pytest.param("İstanbul", "istanbul", id="a dotted capital"),
        pytest.param("Driver’s “Line”", 'driver\'s "line"', id="typographic quotes"),
        pytest.param("EU–Sales — 1", "eu-sales - 1", id="typographic dashes"),
        pytest.param(" EU\u00a0 \tSales\n", "eu sales", id="any white space, collapsed"),
        pytest.param("ＢＩＬＬＩＮＧ　３０", "billing 30", id="full-width forms"),
        pytest.param("٣٠", "30", id="digits of other scripts"),
        pytest.param("b\u202eil\u200bling\x00", "billing", id="what cannot be seen"),
        pytest.param("\ud800x", "x", id="a lone surrogate"),
        pytest.param("客服 テスト", "客服 テスト", id="other scripts stay"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_spellings_that_people_take_for_the_same_fold_alike(typed, folded):
    assert fold(typed) == fold(folded) if not folded.isascii() else fold(typed) == folded


@given(ANY_TEXT)
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


@given(ANY_TEXT)
def test_nothing_unseen_is_left_and_every_space_is_plain(text):
    left = visible(text)
    assert all(c == " " or not c.isspace() for c in left)
    assert not {unicodedata.category(c) for c in left} & {"Cc", "Cf", "Cs"}


def test_a_long_text_is_clipped_with_a_mark():
    assert clipped("a" * 61) == "a" * 59 + "…"
    assert clipped("a" * 60) == "a" * 60
