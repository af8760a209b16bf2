"""What is unusual is told one by one until the fourth message of a day, which collects the rest."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.alerts.readings import Evidence, Found, Outcome, Reading
from bot.domain.alerts.rules import Kind, RuleId, Terms
from bot.domain.alerts.states import AlertState, Decision, Notice, Status, Watched
from bot.domain.ids import QueueId
from bot.domain.queues import Media
from bot.usecases.alerts.chronicle import Story
from bot.usecases.alerts.story import Happening, Narrator
from tests.usecases.alert_turns import FLOOR, LONDON, minute
from tests.usecases.test_alert_looking import rule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.alerts.states import Bulletin

UNUSUAL = Terms(queues=(), kind=Kind.UNUSUAL, zone=LONDON)


def fires(number: int, at: datetime) -> Happening:
    """In a queue of its own."""
    found = (Found(measure="offered", figure=40),)
    state = AlertState(status=Status.FIRING, opened_at=at, fired_at=at, notified_at=at, firings=(at,))
    return Happening(
        rule=rule(UNUSUAL),
        watched=Watched(RuleId("r1"), QueueId(f"q{number}"), Media.VOICE),
        title="unusual",
        queue_name=f"Queue {number}",
        before=AlertState(),
        decision=Decision(state=state, notices=(Notice.FIRED,)),
        reading=Reading(at=at, outcome=Outcome.BREACH, found=found),
        evidence=Evidence(at=at, found=found),
    )


def story_of(moments: Sequence[datetime]) -> Story:
    """An alert of another queue at each of them."""
    story = Story(bulletins={}, incidents={})
    for number, at in enumerate(moments):
        today = sum(
            one.opened_at.astimezone(LONDON).date() == at.astimezone(LONDON).date() for one in story.bulletins.values()
        )
        Narrator(story, now=at, zone_of=lambda _: LONDON, anomalies_today={FLOOR: today}).tell([fires(number, at)])
    return story


def in_order(story: Story) -> list[Bulletin]:
    return sorted(story.bulletins.values(), key=lambda one: one.opened_at)


def messages_of(moments: Sequence[datetime]) -> list[int]:
    """How many alerts each message tells of, in the order of the messages."""
    story = story_of(moments)
    return [len(story.of(one.id)) for one in in_order(story)]


HOURS = [minute(60 * (8 + number)) for number in range(7)]
LATE = minute(24 * 60 - 5)


@pytest.mark.parametrize(
    ("moments", "told"),
    [
        pytest.param(HOURS[:3], [1, 1, 1], id="three are told one by one"),
        pytest.param(HOURS[:4], [1, 1, 1, 1], id="the fourth has a message"),
        pytest.param(HOURS, [1, 1, 1, 4], id="and takes all that come after it"),
        pytest.param([*HOURS[:4], LATE, minute(24 * 60 + 20)], [1, 1, 1, 2, 1], id="another day begins anew"),
        pytest.param([HOURS[0], HOURS[0] + timedelta(minutes=9)], [2], id="a storm is one message anyway"),
    ],
)
def test_anomalies_of_a_day(moments: list[datetime], told: list[int]) -> None:
    assert messages_of(moments) == told


def test_the_message_that_collects_the_rest_says_so_and_which_preset_would_say_less() -> None:
    notes = [one.note for one in in_order(story_of(HOURS[:4]))]
    assert notes[:3] == ["", "", ""]
    assert notes[3].endswith("collected here. Rule 1 would say less as “unusual quiet”.")


def test_an_incident_counts_its_own_firings_and_not_those_of_the_incident_before() -> None:
    story, once = Story(bulletins={}, incidents={}), fires(1, minute(600))
    state = replace(once.decision.state, firings=(minute(500), minute(600)))
    again = replace(once, decision=replace(once.decision, state=state))
    Narrator(story, now=minute(600), zone_of=lambda _: LONDON, anomalies_today={}).tell([again])
    assert [one.firings for one in story.incidents.values()] == [1]
