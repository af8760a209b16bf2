from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.dimensions import Dimension
from bot.domain.ids import QueueId
from bot.domain.period import Grain, Period
from bot.errors import GenesysBroken, GenesysRefused, GenesysTooMuch, GenesysTooSlow
from bot.genesys.fetching import pack
from bot.genesys.tallies import WHOLE, Tallies, Tally, TallyKey, TallyQuery

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    Virtually = Callable[[Coroutine[Any, Any, Any]], Any]

UTC_ZONE = ZoneInfo("UTC")
QUEUES = tuple(QueueId(f"queue-{n}") for n in range(6))
WEEK = Period(
    start=datetime(2026, 11, 9, tzinfo=UTC), end=datetime(2026, 11, 16, tzinfo=UTC), zone=UTC_ZONE, name="last-week"
)
WEEK_BEFORE = Period(start=WEEK.start - timedelta(days=7), end=WEEK.start, zone=UTC_ZONE, name="the week before")


def seconds(*values: float) -> frozenset[timedelta]:
    return frozenset(timedelta(seconds=value) for value in values)


def some_visits(visit: Any, seed: int = 7, count: int = 400) -> list[Any]:
    chance = random.Random(seed)
    return [
        visit(
            queue=chance.choice(QUEUES),
            offered=chance.randrange(20 * 86_400),
            wait_ms=chance.choice([0, 1000, 19_999, 20_000, 20_001, 30_000, 30_001, 3_600_000]),
            outcome=chance.choice(["tAnswered", "tAnswered", "tAbandon", "tFlowOut"]),
            media=chance.choice(["voice", "voice", "email"]),
            agent=chance.choice(["ana", "bo", ""]),
        )
        for _ in range(count)
    ]


wants = st.dictionaries(
    st.integers(0, 400).map(lambda n: QueueId(f"q{n}")),
    st.frozensets(st.integers(1, 30).map(lambda n: timedelta(seconds=n)), max_size=14),
    max_size=250,
)


@given(wants)
@settings(max_examples=50)
def test_every_queue_is_asked_with_every_threshold_within_the_platform_s_limits(
    wants: dict[QueueId, frozenset[timedelta]],
) -> None:
    covered: dict[QueueId, set[timedelta]] = {}
    for request in pack(wants):
        assert len(request.thresholds) <= 10
        assert len(request.queues) == len(set(request.queues)) <= 100
        for queue in request.queues:
            covered.setdefault(queue, set()).update(request.thresholds)
    assert set(covered) == set(wants)
    assert all(thresholds <= covered[queue] for queue, thresholds in wants.items())


@pytest.mark.parametrize(
    ("queues", "thresholds", "requests"),
    [
        pytest.param(100, [seconds(20)], 1, id="a hundred queues"),
        pytest.param(101, [seconds(20)], 2, id="one more"),
        pytest.param(50, [seconds(n) for n in range(1, 11)], 1, id="ten thresholds among them"),
        pytest.param(50, [seconds(n) for n in range(1, 12)], 2, id="eleven"),
        pytest.param(1, [seconds(*range(1, 26))], 3, id="a queue with twenty-five"),
        pytest.param(3, [seconds()], 1, id="no thresholds at all"),
    ],
)
def test_few_requests_carry_many_queues(queues: int, thresholds: list[frozenset[timedelta]], requests: int) -> None:
    wanted = {QueueId(f"q{n}"): thresholds[n % len(thresholds)] for n in range(queues)}
    assert len(pack(wanted)) == requests


def the_whole(in_process: Any, centre: Any, wanted: TallyQuery, virtually: Virtually) -> tuple[Tallies, int]:
    async def story() -> tuple[Tallies, int]:
        genesys = in_process(centre)
        async with genesys.client() as client:
            return await client.tallies(wanted), len(genesys.requests)

    result: tuple[Tallies, int] = virtually(story())
    return result


def test_a_queue_with_more_thresholds_than_a_request_takes_gets_them_all(
    in_process: Any, tiny_centre: Any, visit: Any, virtually: Virtually
) -> None:
    centre = tiny_centre(some_visits(visit))
    many = TallyQuery(thresholds={QUEUES[0]: seconds(*range(15, 40))}, periods=(WEEK,))
    few = TallyQuery(thresholds={QUEUES[0]: seconds(20, 30)}, periods=(WEEK,))
    (by_many, requests), (by_few, _) = (the_whole(in_process, centre, q, virtually) for q in (many, few))
    assert requests == 3
    for key, tally in by_few.by_period[0].items():
        assert tally.within.items() <= by_many.by_period[0][key].within.items()
        assert tally.answered == by_many.by_period[0][key].answered


@given(
    queues=st.sets(st.sampled_from(QUEUES), min_size=1),
    compared=st.booleans(),
    grain=st.sampled_from([None, *Grain]),
    most_queues=st.integers(1, 6),
    most_hours=st.sampled_from([6, 30, 100, 400]),
    how=st.sampled_from(["504", "too large", "too long"]),
    by=st.sampled_from([frozenset(), frozenset({Dimension.AGENT})]),
    times=st.booleans(),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_merged_parts_equal_the_whole(
    in_process: Any,
    tiny_centre: Any,
    visit: Any,
    virtually: Virtually,
    queues: set[QueueId],
    compared: bool,
    grain: Grain | None,
    most_queues: int,
    most_hours: int,
    how: str,
    by: frozenset[Dimension],
    times: bool,
) -> None:
    def heavy(body: dict[str, Any]) -> httpx.Response | None:
        start, end = (datetime.fromisoformat(part) for part in body["interval"].split("/"))
        many = len(body["filter"]["clauses"][0]["predicates"]) > most_queues
        long = end - start > timedelta(hours=most_hours)
        if how == "504" and (many or long):
            return httpx.Response(504, json={"code": "request.timeout"})
        if how == "too large" and (many or long):
            return httpx.Response(400, json={"message": "Result set is larger than result limit: 30000"})
        if how == "too long" and long:
            return httpx.Response(400, json={"message": "The interval is too long"})
        return None

    visits = some_visits(visit)
    wanted = TallyQuery(
        thresholds={queue: seconds(20, 30) for queue in sorted(queues)},
        periods=(WEEK, WEEK_BEFORE) if compared else (WEEK,),
        grain=grain,
        by=by,
        times=times,
    )
    whole, _ = the_whole(in_process, tiny_centre(visits), wanted, virtually)
    try:
        parts, _ = the_whole(in_process, tiny_centre(visits, heavy), wanted, virtually)
    except (GenesysTooSlow, GenesysTooMuch, GenesysRefused):
        # Thirty-two parts of the longest request were still too heavy: an error, and never a part of the sum.
        assert len(queues) / most_queues * 14 * 24 / most_hours > 8
    else:
        assert parts.by_period == whole.by_period


@pytest.mark.parametrize("failing", range(1, 4))
def test_one_part_that_fails_fails_the_question(
    in_process: Any, tiny_centre: Any, visit: Any, virtually: Virtually, failing: int
) -> None:
    calls = 0

    def one_breaks(body: dict[str, Any]) -> httpx.Response | None:
        nonlocal calls
        calls += 1
        return httpx.Response(500, json={}) if QueueId(f"queue-{failing * 100 - 1}") in str(body) else None

    wanted = TallyQuery(thresholds={QueueId(f"queue-{n}"): seconds(20) for n in range(300)}, periods=(WEEK,))
    with pytest.raises(GenesysBroken):
        the_whole(in_process, tiny_centre(some_visits(visit), one_breaks), wanted, virtually)
    assert calls >= 2


def test_a_400_about_anything_else_is_not_tried_in_parts(
    in_process: Any, tiny_centre: Any, visit: Any, virtually: Virtually, recorded: Callable[[str], bytes]
) -> None:
    asked: list[dict[str, Any]] = []

    def refuse(body: dict[str, Any]) -> httpx.Response:
        asked.append(body)
        return httpx.Response(400, content=recorded("invalid_value"))

    wanted = TallyQuery(thresholds={queue: seconds(20) for queue in QUEUES}, periods=(WEEK,))
    with pytest.raises(GenesysRefused):
        the_whole(in_process, tiny_centre(some_visits(visit), refuse), wanted, virtually)
    assert len(asked) == 1


def test_more_rows_than_the_platform_gives_however_it_is_cut_is_no_defect_of_ours(
    in_process: Any, tiny_centre: Any, visit: Any, virtually: Virtually
) -> None:
    def refuse(body: dict[str, Any]) -> httpx.Response:
        return httpx.Response(400, json={"message": "Result set is larger than result limit: 30000"})

    wanted = TallyQuery(thresholds={QUEUES[0]: seconds(20)}, periods=(WEEK,), by=frozenset({Dimension.AGENT}))
    with pytest.raises(GenesysTooMuch, match="more than Genesys Cloud hands out") as failed:
        the_whole(in_process, tiny_centre(some_visits(visit), refuse), wanted, virtually)
    assert "shorter period" in failed.value.remedy


def test_what_is_told_apart_adds_up_to_what_is_not(
    in_process: Any, tiny_centre: Any, visit: Any, virtually: Virtually
) -> None:
    centre = tiny_centre(some_visits(visit))
    wanted = TallyQuery(thresholds=dict.fromkeys(QUEUES, seconds(20)), periods=(WEEK,), grain=Grain.DAY, times=True)
    (together, _), (apart, _) = (
        the_whole(in_process, centre, question, virtually)
        for question in (wanted, replace(wanted, by=frozenset({Dimension.AGENT})))
    )
    sums: dict[TallyKey, Tally] = {}
    for key, tally in apart.by_period[0].items():
        whole = key._replace(facet=WHOLE)
        sums[whole] = sums.get(whole, Tally()) + tally
    assert {key.facet.agent for key in apart.by_period[0]} == {"ana", "bo", None}
    assert sums == together.by_period[0]
    assert any(tally.times.answered.count for tally in sums.values())
