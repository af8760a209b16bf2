"""Whether the running day and half hour can still meet the target, in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.blocks.sla import sla_message
from bot.blocks.sla_outlook import outlook_lines
from bot.domain.alerts.making_target import reach
from bot.domain.queues import Media, Target
from bot.domain.sla import Prospect
from tests.blocks.conftest import BILLING, on_target
from tests.blocks.messages import said

TARGET = Target(share=0.8, threshold=timedelta(seconds=20))


def prospect(within: int, rated: int, expected: int | None, *, name="today", media=Media.VOICE) -> Prospect:
    found = reach(name=name, target=TARGET, within=within, rated=rated, expected=expected)
    return Prospect(queue=BILLING, media=media, reach=found)


@pytest.mark.parametrize(
    ("within", "rated", "expected", "words"),
    [
        pytest.param(
            80, 100, 120, "Today: of the about 120 contacts that usually still come, 96 must be in time", id="open"
        ),
        pytest.param(
            100,
            100,
            5,
            "Today: already safe, even if the about 5 contacts that usually still come are all late",
            id="safe",
        ),
        pytest.param(
            0,
            100,
            5,
            "Today: already lost, even if the about 5 contacts that usually still come are all in time",
            id="lost",
        ),
        pytest.param(
            76,
            100,
            20,
            "Today: the about 20 contacts that usually still come must all be in time",
            id="each one counts",
        ),
        pytest.param(3, 4, 1, "Today: the about 1 contact that usually still comes must be in time", id="a single one"),
        pytest.param(90, 100, 0, "Today: already safe, usually nobody comes any more", id="the day is done"),
        pytest.param(70, 100, 0, "Today: already lost, usually nobody comes any more", id="the day is done, missed"),
        pytest.param(70, 100, None, "Today: the next 50 contacts must all be in time", id="nothing usual is known"),
    ],
)
def test_what_can_still_be_met_is_said_in_whole_contacts(within: int, rated: int, expected: int | None, words: str):
    assert outlook_lines([prospect(within, rated, expected)]) == [words]


@pytest.mark.parametrize(
    ("within", "rated", "expected"),
    [
        pytest.param(0, 0, 0, id="nobody came, nobody comes"),
        pytest.param(90, 100, None, id="met so far, and nothing more is known: the verdict says it"),
    ],
)
def test_where_nothing_is_known_nothing_is_said(within: int, rated: int, expected: int | None):
    assert outlook_lines([prospect(within, rated, expected)]) == []


def test_several_media_are_told_apart():
    lines = outlook_lines([prospect(80, 100, 120), prospect(9, 10, 0, media=Media.EMAIL)])
    assert [line.split(":")[0] for line in lines] == ["Voice today", "Email today"]


def test_an_answer_says_it_below_its_verdict():
    shown = "\n".join(said(sla_message(replace(on_target(), outlook=(prospect(80, 100, 120),)), token="t")))
    assert shown.index("Target met") < shown.index("Today: of the about 120") < shown.index("against")
