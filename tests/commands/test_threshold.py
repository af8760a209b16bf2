"""Thresholds as people write them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.threshold import LONGEST, SHORTEST, read_threshold, threshold_text
from bot.errors import BadWord


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        pytest.param("30", 30, id="a bare number counts seconds"),
        pytest.param("30s", 30, id="seconds"),
        pytest.param("90 sec", 90, id="a unit apart"),
        pytest.param("20 Seconds", 20, id="a whole word"),
        pytest.param("1m", 60, id="a minute"),
        pytest.param("2 min", 120, id="minutes"),
        pytest.param("1m30s", 90, id="minutes and seconds"),
        pytest.param("1m30", 90, id="seconds without their unit behind minutes"),
        pytest.param("1 m 30 s", 90, id="all apart"),
        pytest.param("1.5m", 90, id="a fraction"),
        pytest.param("1.0005s", 1, id="to the millisecond, halves to even"),
        pytest.param("0.3333h", 1199.88, id="a fraction of an hour"),
        pytest.param("4h", 14_400, id="hours, for e-mails"),
        pytest.param("1 hour 30 minutes", 5400, id="hours and minutes"),
        pytest.param("1h0m1s", 3601, id="a zero within"),
        pytest.param("٣٠s", 30, id="Arabic digits"),
        pytest.param("３０ｓ", 30, id="full-width forms"),
        pytest.param("+30s", 30, id="a plus sign"),
        pytest.param("1s", 1, id="the shortest"),
        pytest.param("168h", 604_800, id="the longest"),
    ],
)
def test_thresholds_are_read(text, seconds):
    assert read_threshold(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("0s", id="nothing"),
        pytest.param("0", id="a bare nothing"),
        pytest.param("-5", id="negative"),
        pytest.param("−30s", id="negative with a typographic minus"),
        pytest.param("0.999s", id="below a second"),
        pytest.param("168h1s", id="above seven days"),
        pytest.param("9" * 300, id="huge"),
        pytest.param("9" * 5000 + "s", id="more digits than Python converts"),
    ],
)
def test_thresholds_out_of_bounds_are_named(text):
    with pytest.raises(BadWord, match=r"is not a threshold: it goes from 1 second to 7 days\.") as raised:
        read_threshold(text, example="/sla <queue> 30s")
    assert raised.value.example == "/sla <queue> 30s"
    assert text.startswith(raised.value.word.removesuffix("…"))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("billing", id="a queue"),
        pytest.param("s", id="a unit alone"),
        pytest.param("30x", id="no such unit"),
        pytest.param("7d", id="days are a period"),
        pytest.param("30s 1m", id="two of them"),
        pytest.param("1m 30", id="a number of its own behind a threshold"),
        pytest.param("30 40", id="two numbers"),
        pytest.param("80/20", id="a target"),
        pytest.param("30²s", id="a superscript is no digit"),
        pytest.param("㉚s", id="nor is a circled number"),
        pytest.param("1.m", id="half a fraction"),
        pytest.param("2026-11-09", id="a date"),
    ],
)
def test_other_words_are_left_to_others(text):
    assert read_threshold(text) is None


@pytest.mark.parametrize(
    ("threshold", "text"),
    [
        pytest.param(timedelta(seconds=30), "30s", id="seconds"),
        pytest.param(timedelta(seconds=90), "1m30s", id="minutes and seconds"),
        pytest.param(timedelta(hours=4), "4h", id="hours"),
        pytest.param(timedelta(seconds=1, milliseconds=500), "1.5s", id="a fraction"),
        pytest.param(timedelta(minutes=1, milliseconds=5), "1m0.005s", id="milliseconds only"),
    ],
)
def test_thresholds_are_written_shortly(threshold, text):
    assert threshold_text(threshold) == text


@given(st.integers(SHORTEST // timedelta(milliseconds=1), LONGEST // timedelta(milliseconds=1)))
def test_what_is_written_reads_back(milliseconds):
    threshold = timedelta(milliseconds=milliseconds)
    assert read_threshold(threshold_text(threshold)) == threshold
