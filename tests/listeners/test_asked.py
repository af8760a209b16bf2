"""What buttons carry survives the way to Slack and back."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ids import QueueId
from bot.errors import Outdated
from bot.listeners.asked import Asked, Choice

AUTUMN = datetime(2026, 10, 25, 1, 30, tzinfo=ZoneInfo("Europe/London"), fold=1)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_a_question_comes_back_as_it_was_asked(text):
    asked = Asked(command="queue", text=text, at=AUTUMN)
    back = Asked.from_value(asked.value())
    assert (back.text, back.at.timestamp(), back.at.tzinfo) == (text, AUTUMN.timestamp(), AUTUMN.tzinfo)


def test_a_choice_comes_back_as_it_was_offered():
    choice = Choice(command="queue", text='bil "a b" 30s', word="bil", queue=QueueId("q-1"))
    assert Choice.from_value(choice.value()) == choice


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("", id="a button without a value"),
        pytest.param("7", id="a number"),
        pytest.param("{}", id="nothing in it"),
        pytest.param('{"t":"billing","at":"soon","z":"UTC"}', id="no instant"),
        pytest.param('{"t":"billing","at":"2026-11-20T12:00:00+00:00","z":"Mars/Base"}', id="no zone"),
        pytest.param('{"t":"billing","at":"2026-11-20T12:00:00+00:00","z":"America"}', id="a folder of zones"),
        pytest.param('{"t":"billing","at":"0001-01-01T00:00:00+00:00","z":"America/New_York"}', id="before all time"),
    ],
)
def test_a_value_of_another_version_is_explained(value):
    with pytest.raises(Outdated, match="another version"):
        Asked.from_value(value)
    with pytest.raises(Outdated, match="another version"):
        Choice.from_value(value)


def test_asking_again_keeps_words_and_zone_and_takes_the_new_moment():
    later = datetime(2026, 11, 21, 9, tzinfo=ZoneInfo("America/New_York"))
    again = Asked(command="queue", text="billing", at=AUTUMN).again(later)
    assert again.at == later
    assert again.at.tzinfo == ZoneInfo("Europe/London")


def test_a_button_from_before_there_were_other_commands_belongs_to_the_first():
    assert Asked.from_value('{"t":"billing","at":"2026-11-20T12:00:00+00:00","z":"UTC"}').command == "sla"
    assert Choice.from_value('{"t":"billing","w":"bil","q":"q-1"}').command == "sla"
    assert Asked.from_value(Asked(command="queue", text="", at=AUTUMN).value()).command == "queue"
