"""What befalls a queue while somebody watches: waits grow and shrink, and nothing that was seen changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import pytest

from bot.demo.centre import Centre
from bot.demo.centre_cast import demo_organisation
from bot.demo.centre_effects import KINDS
from bot.demo.centre_visits import Outcome, epoch_ms
from bot.demo.genesys_observations import observations_query, observations_reply

if TYPE_CHECKING:
    from bot.demo.centre_effects import Kind
    from bot.demo.centre_organisation import QueueId
    from bot.demo.centre_visits import Visit

TEN = datetime(2026, 11, 20, 10, 5, tzinfo=UTC)
MORNING = TEN.replace(hour=0)
NIGHT = MORNING + timedelta(hours=24)


def minutes(count: int) -> datetime:
    """An instant so long after the effects of these tests begin."""
    return TEN + timedelta(minutes=count)


def small_centre() -> Centre:
    """The demo's billing queues and everybody who works there."""
    whole = demo_organisation()
    return Centre.of(whole.queues[:3], agents=whole.agents, wrap_up_codes=whole.wrap_up_codes)


@pytest.fixture
def centre() -> Centre:
    return small_centre()


def billing(centre: Centre) -> QueueId:
    return centre.queue("Billing").id


def calls(centre: Centre, start: datetime, end: datetime) -> list[Visit]:
    queue = billing(centre)
    visits = centre.visits(start, end)
    return [v for v in visits if v.queue_id == queue and v.media == "voice" and v.direction == "inbound"]


def seen(centre: Centre, until: datetime) -> list[tuple[object, ...]]:
    """Everything that has shown up to an instant, of every queue."""
    at = epoch_ms(until)
    return sorted(
        (visit.conversation_id, visit.queue_id, emission.metric, emission.at_ms, emission.value)
        for visit in centre.visits(MORNING, until)
        for emission in visit.emissions()
        if emission.at_ms <= at
    )


class Live(NamedTuple):
    waiting: int
    idle: int
    on_queue: int


def live(centre: Centre, at: datetime) -> Live:
    query = observations_query(
        {
            "filter": {"type": "or", "predicates": [{"dimension": "queueId", "value": billing(centre)}]},
            "metrics": ["oWaiting", "oOnQueueUsers"],
        }
    )
    results = observations_reply(centre, query, now_ms=epoch_ms(at))["results"]
    found = {
        (group["group"].get("mediaType"), entry["metric"], entry.get("qualifier")): entry["stats"]["count"]
        for group in results
        for entry in group["data"]
    }
    people = {qualifier: count for (_, metric, qualifier), count in found.items() if metric == "oOnQueueUsers"}
    return Live(found["voice", "oWaiting", None], people.get("IDLE", 0), sum(people.values()))


def share_in_time(visits: list[Visit]) -> float:
    answered = [visit for visit in visits if visit.outcome is Outcome.ANSWERED]
    lost = sum(visit.outcome is Outcome.ABANDONED for visit in visits)
    return sum(visit.wait_ms <= 20_000 for visit in answered) / (len(answered) + lost)


def test_more_than_ten_wait_within_a_quarter_of_an_hour_after_half_the_agents_left(centre: Centre) -> None:
    before = live(centre, TEN)
    centre.provoke("agents_leave", billing(centre), at=TEN)
    after = live(centre, minutes(15))
    assert before.waiting < 5
    assert after.waiting > 10


def test_the_agents_are_gone_at_once_and_nobody_is_idle_while_callers_wait(centre: Centre) -> None:
    before = live(centre, TEN)
    centre.provoke("agents_leave", billing(centre), at=TEN)
    assert live(centre, TEN).on_queue < 0.8 * before.on_queue
    assert live(centre, minutes(10)).idle == 0


def test_the_service_level_falls_and_more_callers_give_up(centre: Centre) -> None:
    usual = calls(centre, TEN, minutes(40))
    centre.provoke("agents_leave", billing(centre), at=TEN)
    hard = calls(centre, TEN, minutes(40))
    assert share_in_time(usual) > 0.6
    assert share_in_time(hard) < 0.2
    assert sum(v.outcome is Outcome.ABANDONED for v in hard) > 2 * sum(v.outcome is Outcome.ABANDONED for v in usual)


def test_after_the_agents_came_back_the_line_is_worked_off_and_the_day_goes_on_as_it_would_have(centre: Centre) -> None:
    usual = calls(centre, minutes(90), NIGHT)
    centre.provoke("agents_leave", billing(centre), at=TEN)
    centre.relent("agents_leave", billing(centre), at=minutes(30))
    assert live(centre, minutes(31)).waiting > 5
    assert calls(centre, minutes(90), NIGHT) == usual


def test_twice_as_many_calls_come_while_they_are_doubled(centre: Centre) -> None:
    usual = len(calls(centre, minutes(15), minutes(60)))
    centre.provoke("calls_double", billing(centre), at=TEN)
    assert 1.8 * usual < len(calls(centre, minutes(15), minutes(60))) < 2.2 * usual
    assert live(centre, minutes(30)).waiting > 10


def test_hardly_a_call_comes_while_calls_stop(centre: Centre) -> None:
    usual = len(calls(centre, TEN, minutes(60)))
    centre.provoke("calls_stop", billing(centre), at=TEN)
    assert len(calls(centre, TEN, minutes(60))) < 0.1 * usual


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("later", [0, 1, 7, 30, 100])
def test_what_was_seen_stays_when_an_effect_begins_and_when_it_ends(centre: Centre, kind: Kind, later: int) -> None:
    untouched = seen(centre, TEN)
    centre.provoke(kind, billing(centre), at=TEN)
    assert seen(centre, TEN) == untouched
    until = minutes(later)
    during = seen(centre, until)
    centre.relent(kind, billing(centre), at=until)
    assert seen(centre, until) == during


def test_what_was_seen_stays_when_effects_follow_and_overlap(centre: Centre) -> None:
    queue = billing(centre)
    for at, kind, begins in (
        (0, "agents_leave", True),
        (12, "calls_double", True),
        (25, "agents_leave", False),
        (40, "calls_stop", True),
        (55, "calls_double", False),
        (70, "calls_stop", False),
        (75, "agents_leave", True),
    ):
        before = seen(centre, minutes(at))
        (centre.provoke if begins else centre.relent)(kind, queue, at=minutes(at))  # type: ignore[arg-type]
        assert seen(centre, minutes(at)) == before, (at, kind)


def test_the_same_seed_makes_the_same_trouble() -> None:
    first, second = small_centre(), small_centre()
    second.warm(MORNING, NIGHT)
    for centre in (first, second):
        centre.provoke("agents_leave", billing(centre), at=TEN)
    assert calls(first, MORNING, NIGHT) == calls(second, MORNING, NIGHT)


def test_a_call_that_is_passed_on_arrives_next_door_when_the_first_agent_lets_go(centre: Centre) -> None:
    centre.provoke("agents_leave", billing(centre), at=TEN)
    by_name: dict[str, list[Visit]] = {}
    for visit in centre.visits(TEN, minutes(60)):
        by_name.setdefault(visit.conversation_id, []).append(visit)
    passed_on = [pair for pair in by_name.values() if len(pair) == 2 and pair[0].queue_id == billing(centre)]
    assert passed_on
    assert all(second.offered_ms == first.talk_end_ms for first, second in passed_on)


def test_an_effect_lasts_into_the_next_days_until_it_is_ended(centre: Centre) -> None:
    monday = TEN + timedelta(days=3)
    centre.provoke("agents_leave", billing(centre), at=TEN)
    assert share_in_time(calls(centre, monday, monday + timedelta(hours=1))) < 0.3


def test_beginning_twice_is_beginning_once(centre: Centre) -> None:
    centre.provoke("calls_double", billing(centre), at=TEN)
    once = calls(centre, TEN, minutes(60))
    centre.provoke("calls_double", billing(centre), at=minutes(0))
    assert calls(centre, TEN, minutes(60)) == once


def test_a_queue_that_does_not_exist_cannot_be_provoked(centre: Centre) -> None:
    with pytest.raises(KeyError):
        centre.provoke("calls_stop", "nowhere", at=TEN)  # type: ignore[arg-type]
