"""Who is told of an incident as it goes on, and when nobody is."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import TYPE_CHECKING

import pytest

from bot.domain.alerts.rules import Hours, Severity
from bot.domain.alerts.states import Ended, Handling, Notice, Status
from tests.domain.alerts.told import (
    ACKED,
    AT_ONCE,
    BREACH,
    CLEAR,
    CRITICAL,
    LOW,
    MIRA,
    NIGHT,
    NODATA,
    Told,
    at,
    minutes,
)

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.alerts.readings import Outcome

OK, PENDING, FIRING, RECOVERING, NO_DATA = Status

# Saying it again


def test_it_is_said_again_each_hour_while_nobody_has_acknowledged() -> None:
    alert = Told().each_minute(0, 130)
    assert alert.notices == [(0, Notice.FIRED), (60, Notice.STILL), (120, Notice.STILL)]


def test_it_is_not_said_again_when_nobody_wants_that() -> None:
    alert = Told(replace(AT_ONCE, renotify=None)).each_minute(0, 130)
    assert alert.notices == [(0, Notice.FIRED)]


def test_it_is_not_said_again_after_it_was_acknowledged() -> None:
    alert = Told().reads((0, BREACH))
    alert.handling = ACKED
    alert.each_minute(1, 130)
    assert alert.notices == [(0, Notice.FIRED)]


@pytest.mark.parametrize("outcome", [CLEAR, LOW, NODATA])
def test_nothing_is_said_again_of_what_is_not_seen_to_fire(outcome: Outcome) -> None:
    alert = Told(replace(AT_ONCE, recover_for=minutes(300), hold_low=minutes(300))).reads((0, BREACH), (55, outcome))
    alert.wait(61)
    assert alert.notices == [(0, Notice.FIRED)]


def test_what_got_worse_is_nobodys_any_more_and_says_so_once() -> None:
    alert = Told().reads((0, BREACH))
    alert.handling = ACKED
    alert.read(5, BREACH, worse=True)
    alert.read(6, BREACH, worse=True)
    assert (alert.handling, alert.notices[1:]) == (Handling(), [(5, Notice.STILL)])


def test_what_got_worse_while_snoozed_is_nobodys_any_more_and_stays_snoozed() -> None:
    alert = Told().reads((0, BREACH))
    alert.handling = replace(ACKED, snoozed_by=MIRA, snoozed_until=at(30))
    alert.read(5, BREACH, worse=True)
    assert (alert.handling.acked_by, alert.handling.snoozed_until, alert.notices) == (None, at(30), [(0, Notice.FIRED)])


# Escalation


def test_each_step_is_taken_once_when_nobody_has_acknowledged() -> None:
    alert = Told(CRITICAL).each_minute(0, 50)
    assert (alert.notices[1:], alert.steps) == ([(15, Notice.ESCALATED), (30, Notice.ESCALATED)], [0, 1])


def test_a_warning_does_not_escalate() -> None:
    alert = Told(replace(CRITICAL, severity=Severity.WARNING)).each_minute(0, 50)
    assert alert.steps == []


def test_an_acknowledgement_stops_the_next_step() -> None:
    alert = Told(CRITICAL).each_minute(0, 20)
    alert.handling = ACKED
    alert.each_minute(21, 50)
    assert alert.steps == [0]


def test_steps_that_were_taken_are_not_taken_again_when_it_is_reopened() -> None:
    alert = Told(CRITICAL).each_minute(0, 20).reads((21, CLEAR), (31, CLEAR)).each_minute(40, 80)
    assert alert.steps == [0, 1]


def test_a_step_waits_for_its_time_after_the_end_of_a_snooze() -> None:
    alert = Told(CRITICAL).reads((0, BREACH))
    alert.handling = Handling(snoozed_by=MIRA, snoozed_until=at(20))
    alert.each_minute(1, 36)
    assert alert.notices[1:] == [(20, Notice.STILL), (35, Notice.ESCALATED)]


def test_saying_it_again_and_a_step_may_fall_together() -> None:
    terms = replace(CRITICAL, renotify=minutes(15))
    alert = Told(terms).reads((0, BREACH))
    alert.wait(15)
    assert alert.notices[1:] == [(15, Notice.STILL), (15, Notice.ESCALATED)]


# Silence


def test_a_snooze_is_silent_and_its_end_is_told_once_if_it_still_fires() -> None:
    alert = Told(replace(AT_ONCE, renotify=minutes(15))).reads((0, BREACH))
    alert.handling = Handling(acked_by=MIRA, snoozed_by=MIRA, snoozed_until=at(60))
    alert.each_minute(1, 70)
    assert alert.notices == [(0, Notice.FIRED), (60, Notice.STILL)]


def test_the_end_of_a_snooze_says_nothing_when_it_is_over() -> None:
    alert = Told().reads((0, BREACH))
    alert.handling = Handling(snoozed_by=MIRA, snoozed_until=at(60))
    alert.reads((5, CLEAR), (15, CLEAR))
    alert.wait(60)
    assert (alert.notices, alert.ends) == ([(0, Notice.FIRED)], [(15, Ended.RESOLVED)])


def test_what_was_expected_today_is_never_told_again() -> None:
    alert = Told(CRITICAL).reads((0, BREACH))
    alert.handling = Handling(expected_by=MIRA)
    alert.each_minute(1, 100)
    assert alert.notices == [(0, Notice.FIRED)]


def test_quiet_hours_hold_a_warning_and_tell_it_when_they_end() -> None:
    alert = Told(NIGHT).each_minute(0, 70)
    assert alert.notices == [(60, Notice.FIRED)]


def test_quiet_hours_tell_nothing_of_what_came_and_went_in_them() -> None:
    alert = Told(NIGHT).each_minute(0, 10).each_minute(11, 21, CLEAR)
    alert.wait(60)
    assert (alert.notices, alert.ends) == ([], [(21, Ended.RESOLVED)])


def test_quiet_hours_let_critical_alerts_pass() -> None:
    alert = Told(replace(NIGHT, severity=Severity.CRITICAL)).reads((0, BREACH))
    assert alert.notices == [(0, Notice.FIRED)]


def test_what_recovers_at_the_end_of_quiet_hours_waits_for_what_becomes_of_it() -> None:
    alert = Told(replace(NIGHT, recover_for=minutes(30))).each_minute(0, 50).reads((59, CLEAR))
    alert.wait(60)
    alert.read(61, BREACH)
    assert alert.notices == [(61, Notice.FIRED)]


def test_a_mute_records_and_tells_nothing() -> None:
    alert = Told()
    alert.muted = True
    alert.reads((0, BREACH), (5, CLEAR), (15, CLEAR))
    assert (alert.notices, alert.ends) == ([], [(15, Ended.RESOLVED)])


def test_at_the_end_of_a_mute_what_fired_in_it_is_told() -> None:
    alert = Told()
    alert.muted = True
    alert.reads((0, BREACH))
    alert.muted = False
    alert.each_minute(30, 40)
    assert alert.notices == [(30, Notice.FIRED)]


def test_at_the_end_of_a_mute_what_was_told_before_it_is_told_once_more() -> None:
    alert = Told().reads((0, BREACH))
    alert.muted = True
    alert.each_minute(1, 20)
    alert.muted = False
    alert.each_minute(21, 30)
    assert alert.notices == [(0, Notice.FIRED), (21, Notice.STILL)]


def test_a_new_incident_that_a_mute_held_back_is_told_as_new() -> None:
    alert = Told().reads((0, BREACH), (5, CLEAR), (15, CLEAR))
    alert.muted = True
    alert.reads((60, BREACH))
    alert.muted = False
    alert.wait(80)
    assert (alert.notices[-1], alert.state.fired_at) == ((80, Notice.FIRED), at(80))


def test_what_got_worse_in_quiet_hours_is_told_when_they_end() -> None:
    terms = replace(NIGHT, quiet=Hours(days=frozenset(range(7)), start=time(9, 10), end=time(9, 40)))
    alert = Told(terms).reads((0, BREACH))
    alert.handling = ACKED
    alert.read(20, BREACH, worse=True)
    alert.wait(40)
    assert alert.notices == [(0, Notice.FIRED), (40, Notice.STILL)]


# Coming back


def test_who_fires_again_soon_is_the_same_incident() -> None:
    alert = Told().reads((0, BREACH), (5, CLEAR), (15, CLEAR), (45, BREACH))
    assert (alert.notices[-1], alert.state.opened_at, alert.state.ended_at) == ((45, Notice.REOPENED), at(0), None)


def test_who_fires_again_later_is_a_new_incident_without_what_people_did_about_the_last() -> None:
    alert = Told().reads((0, BREACH))
    alert.handling = Handling(acked_by=MIRA, snoozed_by=MIRA, snoozed_until=at(4), expected_by=None)
    alert.reads((5, CLEAR), (15, CLEAR), (46, BREACH))
    assert (alert.notices[-1], alert.state.opened_at, alert.handling) == ((46, Notice.FIRED), at(46), Handling())


def test_a_reopened_incident_is_nobodys_and_stays_snoozed() -> None:
    alert = Told().reads((0, BREACH))
    alert.handling = replace(ACKED, snoozed_by=MIRA, snoozed_until=at(60))
    alert.reads((5, CLEAR), (15, CLEAR), (20, BREACH))
    alert.each_minute(21, 61)
    assert (alert.handling.acked_by, alert.notices) == (None, [(0, Notice.FIRED), (60, Notice.STILL)])


def flaps(alert: Told, *fires: float) -> Told:
    """It fires at each of these minutes, and is good from 3 to 13 minutes later on."""
    for minute in fires:
        alert.reads((minute, BREACH), (minute + 3, CLEAR), (minute + 13, CLEAR))
    return alert


def test_the_third_firing_in_two_hours_is_unstable() -> None:
    alert = flaps(Told(), 0, 20)
    alert.read(40, BREACH)
    assert (alert.notices[-2:], alert.state.unstable_since) == (
        [(40, Notice.REOPENED), (40, Notice.UNSTABLE)],
        at(0),
    )


@pytest.mark.parametrize(
    ("minute", "since"),
    [pytest.param(120, at(0), id="in two hours"), pytest.param(121, None, id="in more than two hours")],
)
def test_the_third_firing_counts_to_the_end_of_two_hours(minute: int, since: datetime | None) -> None:
    alert = flaps(Told(), 0, 60)
    alert.read(minute, BREACH)
    assert alert.state.unstable_since == since


def test_a_recovering_alert_that_goes_on_has_not_fired_again() -> None:
    alert = Told().reads((0, BREACH), (5, CLEAR), (6, BREACH), (7, CLEAR), (8, BREACH), (9, CLEAR), (10, BREACH))
    assert alert.notices == [(0, Notice.FIRED)]


def test_who_is_unstable_needs_twice_as_long_to_be_over() -> None:
    alert = flaps(Told(), 0, 20).reads((40, BREACH), (43, CLEAR), (62, CLEAR))
    early = alert.status
    alert.read(63, CLEAR)
    assert (early, alert.status) == (RECOVERING, OK)


def test_who_is_unstable_was_said_to_be_and_comes_and_goes_in_silence() -> None:
    alert = flaps(Told(), 0, 20).reads(
        (40, BREACH), (43, CLEAR), (63, CLEAR), (110, BREACH), (111, CLEAR), (131, CLEAR)
    )
    assert (alert.notices[-1], alert.state.opened_at) == ((40, Notice.UNSTABLE), at(0))


def test_two_hours_without_a_change_make_it_stable_again() -> None:
    alert = flaps(Told(), 0, 20).reads((40, BREACH), (43, CLEAR), (63, CLEAR), (182, CLEAR))
    before = alert.state.unstable_since
    alert.read(183, CLEAR)
    assert (before, alert.state.unstable_since) == (at(0), None)


def test_who_fires_after_it_was_stable_again_is_a_new_incident() -> None:
    alert = flaps(Told(), 0, 20).reads((40, BREACH), (43, CLEAR), (63, CLEAR), (183, BREACH))
    assert (alert.notices[-1], alert.state.opened_at) == ((183, Notice.FIRED), at(183))
