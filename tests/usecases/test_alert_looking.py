"""What the watch looks at: plans, windows, detectors, evidence, and whether Genesys can be seen at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from bot.domain.alerts.readings import Outcome
from bot.domain.alerts.rules import Compare, Condition, Kind, Rule, RuleId, Terms
from bot.domain.alerts.samples import QUARTER, Place, Sample
from bot.domain.alerts.states import AlertState, Status, Watched
from bot.domain.live import Contacts, Observed
from bot.domain.queues import Media, Target
from bot.domain.sla import Switches
from bot.errors import GenesysBadCredentials, GenesysUnreachable
from bot.store.database import open_store
from bot.usecases.alerts.detecting import Detecting
from bot.usecases.alerts.evaluating import Evaluating, View
from bot.usecases.alerts.evidencing import Evidencing
from bot.usecases.alerts.plan import Plan, plan_of
from bot.usecases.alerts.seeing import Eyes
from bot.usecases.alerts.windows import Windows
from bot.usecases.samples.history import History
from tests.usecases.alert_turns import ANA, BILLING, DAY, FLOOR, LONDON, SALES, TEAM, minute, waiting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.domain.ids import QueueId
    from bot.errors import GenesysError

VOICE = Place(BILLING.id, Media.VOICE)
NOON = minute(12 * 60)
DOWN, REFUSED = GenesysUnreachable(), GenesysBadCredentials()
PROMISED = replace(BILLING, targets={Media.VOICE: Target(share=0.8, threshold=timedelta(seconds=20))})


def rule(terms: Terms, number: int = 1) -> Rule:
    return Rule(
        id=RuleId(f"r{number}"),
        number=number,
        team=TEAM,
        channel=FLOOR,
        owner=ANA,
        terms=terms,
        created_at=DAY,
        changed_at=DAY,
    )


def plan(*terms: Terms) -> Plan:
    rules = [rule(each, number) for number, each in enumerate(terms)]
    return plan_of(rules, found=lambda *_: (PROMISED,), sights={}, titled=lambda _: "")


def level(threshold: int | None = None, window: int = 15) -> Terms:
    """Service level below 80 %."""
    condition = Condition(
        measure="service_level",
        compare=Compare.BELOW,
        limit=Fraction(8, 10),
        recovery=Fraction(85, 100),
        threshold=timedelta(seconds=threshold) if threshold else None,
    )
    length = timedelta(minutes=window)
    return Terms(queues=(), kind=Kind.THRESHOLD, conditions=(condition,), zone=LONDON, window=length)


UNUSUAL = Terms(queues=(), kind=Kind.UNUSUAL, zone=LONDON)


def sample(end_minutes_before: int = 0, place: Place = VOICE, **counts: int) -> Sample:
    within = {timedelta(seconds=20): counts.pop("within_20", 0), timedelta(seconds=60): counts.pop("within_60", 0)}
    start = NOON - timedelta(minutes=end_minutes_before) - QUARTER
    return Sample(place=place, start=start, within=within, **counts)


def view(*samples: Sample, seen: Mapping[QueueId, Observed] | None = None, **changes: object) -> View:
    usual = View(
        now=NOON,
        seen=seen,
        seen_at=NOON,
        windows=Windows(sorted(samples, key=lambda one: one.start), switches=Switches(), end=NOON),
        end=NOON,
        fresh=True,
        overdue=False,
        detecting=None,
        holidays=frozenset(),
    )
    return replace(usual, **changes)


def outcomes(planned: Plan, seen: View, states: Mapping[Watched, AlertState] | None = None) -> list[object]:
    """Of each medium that is judged."""
    judged = Evaluating(planned, seen, states or {}).judged()
    return [(one.watched.media, one.reading.outcome if one.reading else None) for one in judged]


def test_a_rule_that_nobody_can_judge_does_not_stop_the_others() -> None:
    odd = waiting(10, 8)
    odd = replace(odd, conditions=(replace(odd.conditions[0], measure="of a later version"),))
    assert [each.rule.id for each in plan(odd, waiting(10, 8)).planned] == ["r1"]


def test_windows_add_up_what_ended_in_them() -> None:
    windows = view(sample(30, answered=4), sample(15, answered=2), sample(answered=1)).windows
    lengths = [windows.sums(VOICE, NOON, timedelta(minutes=each))(None).answered for each in (15, 30, 45)]
    assert lengths == [1, 3, 7]


def test_windows_end_where_they_are_asked_to() -> None:
    windows = view(sample(15, answered=2), sample(answered=1)).windows
    assert windows.sums(VOICE, NOON - QUARTER, QUARTER)(None).answered == 2


BAD = {"offered": 40, "answered": 40, "within_20": 10}


@pytest.mark.parametrize(
    ("terms", "seen", "found"),
    [
        pytest.param(level(), view(sample(**BAD)), Outcome.BREACH, id="a new quarter hour is judged"),
        pytest.param(level(), view(sample(**BAD), fresh=False), None, id="and only once"),
        pytest.param(level(), view(sample(**BAD), overdue=True), Outcome.NODATA, id="what is overdue is not known"),
        pytest.param(waiting(1, 1), view(sample(**BAD)), Outcome.NODATA, id="Genesys did not answer"),
        pytest.param(waiting(1, 1), view(sample(**BAD), seen={}), Outcome.NODATA, id="it said nothing of the queue"),
        pytest.param(UNUSUAL, view(sample(**BAD)), None, id="what is usual is not learnt yet"),
    ],
)
def test_what_is_read(terms: Terms, seen: View, found: Outcome | None) -> None:
    assert outcomes(plan(terms), seen) == [(Media.VOICE, found)]


def test_a_medium_without_a_target_has_no_service_level() -> None:
    chat = Place(BILLING.id, Media.CHAT)
    assert outcomes(plan(level()), view(sample(place=chat, **BAD))) == [(Media.CHAT, Outcome.LOW)]


def test_an_open_alert_is_judged_though_its_medium_has_no_contacts_any_more() -> None:
    key = Watched(RuleId("r0"), BILLING.id, Media.EMAIL)
    still = {key: AlertState(status=Status.FIRING, opened_at=DAY, fired_at=DAY)}
    seen = view(seen={BILLING.id: Observed(contacts=(Contacts(media=Media.VOICE, waiting=0),))})
    found = dict(outcomes(plan(waiting(1, 1)), seen, still))
    assert found == {Media.EMAIL: Outcome.NODATA, Media.VOICE: Outcome.CLEAR}


async def test_each_threshold_of_a_queue_has_its_own_reach() -> None:
    planned = plan(level(20), level(60))
    counts = {"offered": 40, "answered": 40, "within_20": 10, "within_60": 20}
    seen = view(sample(**counts))
    async with open_store("sqlite:///:memory:") as store:
        await store.samples.record(
            [NOON - QUARTER],
            [sample(**counts)],
            thresholds=frozenset({timedelta(seconds=20), timedelta(seconds=60)}),
            fetched_at=NOON,
        )
        evaluating = Evaluating(planned, seen, {})
        judged = list(evaluating.judged())
        history = History(store.samples, switches=Switches())
        evidence = await Evidencing(store.samples, history, switches=Switches()).of(judged, seen, evaluating)
    assert {watched.rule: told.reach[0].within for watched, told in evidence.items()} == {"r0": 10, "r1": 20}


def test_a_detector_is_fed_once_for_each_quarter_hour() -> None:
    detecting = Detecting(plan(UNUSUAL), holidays=frozenset(), normal_since={}, end=NOON - 2 * QUARTER)
    detecting.feed([sample(15, offered=3), sample(offered=3)], [], [NOON - 2 * QUARTER, NOON - QUARTER])
    assert detecting.end == NOON
    assert detecting.places(BILLING.id) == [VOICE]
    assert detecting.places(SALES.id) == []


@pytest.mark.parametrize(
    ("error", "minutes", "told"),
    [
        pytest.param(DOWN, 2, False, id="what is over soon is not worth a word"),
        pytest.param(DOWN, 3, True, id="three minutes are"),
        pytest.param(REFUSED, 0, False, id="refused once may be an accident"),
        pytest.param(REFUSED, 1, True, id="refused credentials do not mend by waiting"),
    ],
)
def test_when_blindness_is_told(error: GenesysError, minutes: int, told: bool) -> None:
    eyes = Eyes()
    for number in range(minutes + 1):
        eyes.opened()
        eyes.failed(error, minute(number))
    blind = eyes.blind(minute(minutes))
    assert (blind is not None) is told
    assert blind is None or blind[0] == minute(0)


def test_a_look_of_which_one_half_failed_is_no_look() -> None:
    eyes = Eyes()
    eyes.opened()
    eyes.failed(DOWN, minute(0))
    eyes.saw(minute(0))
    assert eyes.blind(minute(5)) is not None


def test_who_takes_over_knows_since_when() -> None:
    eyes = Eyes()
    eyes.opened()
    eyes.failed(DOWN, minute(10))
    eyes.recall(minute(2), "Genesys Cloud cannot be reached.")
    assert eyes.blind(minute(10)) == (minute(2), str(DOWN.summary))


def test_who_takes_over_and_sees_is_not_blind() -> None:
    eyes = Eyes()
    eyes.opened()
    eyes.saw(minute(10))
    eyes.recall(minute(2), "Genesys Cloud cannot be reached.")
    assert eyes.blind(minute(10)) is None
