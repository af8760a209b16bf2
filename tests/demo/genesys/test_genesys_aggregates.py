import random
from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.demo.centre import Centre
from bot.demo.centre_organisation import Agent, AgentId, Flow, Queue, Target, WrapUpCode, WrapUpId
from bot.demo.centre_visits import Outcome, Visit, epoch_ms
from bot.demo.genesys_aggregates import aggregates_query
from bot.demo.genesys_aggregates_reply import aggregates_reply
from bot.demo.genesys_options import Options

Open = Callable[..., Awaitable[Any]]
BILLING = Queue.named("Billing")
ANNA = Agent(id=AgentId("a0000000-0000-4000-8000-000000000001"), name="Anna")
RESOLVED = WrapUpCode(id=WrapUpId("c0000000-0000-4000-8000-000000000001"), name="Resolved")
START = datetime(2026, 11, 16, 8, tzinfo=UTC)
HOUR = "2026-11-16T08:00:00.000Z/2026-11-16T09:00:00.000Z"
DAY = "2026-11-16T00:00:00.000Z/2026-11-17T00:00:00.000Z"
EVERYTHING = [
    "nOffered", "tAnswered", "tAbandon", "tShortAbandon", "tFlowOut", "tAcd", "tWait", "oServiceLevel",
    "oServiceTarget", "nOverSla", "nConnected", "tTalk", "tTalkComplete", "tHeld", "tHeldComplete", "tAcw", "tHandle",
    "tAlert", "tNotResponding", "nTransferred", "nBlindTransferred", "nConsultTransferred", "nOutbound",
]  # fmt: skip


def contact(
    number: int,
    outcome: Outcome = Outcome.ANSWERED,
    wait_ms: int = 10_000,
    *,
    at: timedelta = timedelta(0),
    **more: Any,
) -> Visit:
    more.setdefault("queue_id", BILLING.id)
    return Visit(
        conversation_id=f"conversation-{number}",
        offered_ms=epoch_ms(START + at),
        outcome=outcome,
        wait_ms=wait_ms,
        agent_id=ANNA.id if outcome in (Outcome.ANSWERED, Outcome.OUTBOUND) else None,
        **more,
    )


def centre_of(*visits: Visit, queue: Queue = BILLING) -> Centre:
    return Centre.of([queue], visits, agents=[ANNA], wrap_up_codes=[RESOLVED])


def stats(result: dict[str, Any], bucket: int = 0) -> dict[str, Any]:
    return {entry["metric"]: entry["stats"] for entry in result["data"][bucket].get("metrics", [])}


def views(result: dict[str, Any], bucket: int = 0) -> dict[str, Any]:
    return {entry["name"]: entry["stats"] for entry in result["data"][bucket].get("views", [])}


def view(name: str, target: str = "tAnswered", **bounds: int) -> dict[str, Any]:
    return {"name": name, "target": target, "function": "rangeBound", "range": bounds}


async def test_timers_have_count_sum_min_max_and_counters_a_count(open_site: Open) -> None:
    site = await open_site(centre_of(contact(1, wait_ms=10_000), contact(2, wait_ms=30_000)))
    (result,) = await site.aggregates(HOUR, ["nOffered", "tAnswered"])
    assert result["group"] == {"mediaType": "voice", "queueId": BILLING.id}
    assert result["data"][0]["interval"] == HOUR
    assert stats(result) == {
        "nOffered": {"count": 2},
        "tAnswered": {"count": 2, "sum": 40_000, "min": 10_000, "max": 30_000},
    }


async def test_what_did_not_happen_is_absent(open_site: Open) -> None:
    site = await open_site(centre_of(contact(1, Outcome.ABANDONED)))
    (result,) = await site.aggregates(DAY, ["nOffered", "tAnswered", "tFlowOut"], granularity="PT1H")
    assert [entry["interval"] for entry in result["data"]] == [HOUR]
    assert set(stats(result)) == {"nOffered"}
    assert await site.aggregates(DAY, ["tAnswered"]) == []
    assert await site.aggregates("2026-11-15T00:00:00Z/2026-11-16T00:00:00Z", ["nOffered"]) == []


async def test_a_contact_is_offered_in_one_bucket_and_answered_in_the_next(open_site: Open) -> None:
    late = contact(1, wait_ms=240_000, at=timedelta(minutes=28), talk_ms=45 * 60_000)
    site = await open_site(centre_of(late))
    (result,) = await site.aggregates(DAY, ["nOffered", "tAnswered", "tTalkComplete"], granularity="PT30M")
    assert [entry["interval"][11:16] for entry in result["data"]] == ["08:00", "08:30", "09:00"]
    assert [set(stats(result, bucket)) for bucket in range(3)] == [{"nOffered"}, {"tAnswered"}, {"tTalkComplete"}]


async def test_a_bucket_begins_with_its_instant_and_ends_before_the_next(open_site: Open) -> None:
    site = await open_site(centre_of(contact(1, wait_ms=3_600_000), contact(2, wait_ms=3_599_999)))
    first = await site.aggregates(HOUR, ["tAnswered"])
    second = await site.aggregates("2026-11-16T09:00:00Z/2026-11-16T10:00:00Z", ["tAnswered"])
    assert stats(first[0])["tAnswered"]["max"] == 3_599_999
    assert stats(second[0])["tAnswered"]["max"] == 3_600_000


async def test_what_comes_later_has_not_happened_yet(open_site: Open) -> None:
    site = await open_site(centre_of(contact(1, wait_ms=10_000)), now=START - timedelta(milliseconds=1))
    assert await site.aggregates(DAY, ["nOffered", "tAnswered"]) == []
    site.clock.advance(milliseconds=1)
    assert set(stats((await site.aggregates(DAY, ["nOffered", "tAnswered"]))[0])) == {"nOffered"}
    site.clock.advance(seconds=10)
    assert set(stats((await site.aggregates(DAY, ["nOffered", "tAnswered"]))[0])) == {"nOffered", "tAnswered"}


@pytest.mark.parametrize(
    ("bounds", "values"),
    [
        pytest.param({"lt": 30_001}, [20_000, 30_000], id="within 30 s, inclusive"),
        pytest.param({"lt": 30_000}, [20_000], id="lt is exclusive"),
        pytest.param({"gte": 30_000, "lt": 30_002}, [30_000, 30_001], id="gte is inclusive"),
        pytest.param({"gte": 20_001}, [30_000, 30_001], id="gte alone"),
    ],
)
async def test_views_count_to_the_millisecond(open_site: Open, bounds: dict[str, int], values: list[int]) -> None:
    site = await open_site(centre_of(*(contact(wait, wait_ms=wait) for wait in (20_000, 30_000, 30_001))))
    (result,) = await site.aggregates(HOUR, ["nOffered"], views=[view("chosen", **bounds)])
    expected = {"count": len(values), "sum": sum(values), "min": min(values), "max": max(values)}
    assert views(result) == {"chosen": expected}


async def test_a_view_without_values_is_absent_or_zero(open_site: Open) -> None:
    site = await open_site(centre_of(contact(1)))
    (absent,) = await site.aggregates(HOUR, ["nOffered"], views=[view("none", gte=99_999)])
    site.options.empty_views = True
    (zero,) = await site.aggregates(HOUR, ["nOffered"], views=[view("none", gte=99_999)])
    assert "views" not in absent["data"][0]
    assert views(zero) == {"none": {"count": 0}}


RATED = [
    contact(1, wait_ms=20_000),
    contact(2, wait_ms=20_001),
    contact(3, Outcome.ABANDONED, 4_999),
    contact(4, Outcome.ABANDONED, 60_000),
    contact(5, Outcome.FLOW_OUT, 90_000),
]


@pytest.mark.parametrize(
    ("flow_outs", "short_abandons", "abandons", "denominator"),
    [
        (False, True, True, 4),
        (True, True, True, 5),
        (False, False, True, 3),
        (True, False, True, 4),
        (False, True, False, 2),
        (False, False, False, 2),
        (True, False, False, 3),
    ],
)
async def test_the_service_level_follows_the_three_switches_also_for_the_past(
    open_site: Open, flow_outs: bool, short_abandons: bool, abandons: bool, denominator: int
) -> None:
    site = await open_site(centre_of(*RATED))
    site.options.include_flow_outs = flow_outs
    site.options.include_short_abandons = short_abandons
    site.options.include_abandons = abandons
    (result,) = await site.aggregates(HOUR, ["oServiceLevel", "nOverSla"])
    assert stats(result) == {
        "nOverSla": {"count": 1},
        "oServiceLevel": {"ratio": 1 / denominator, "numerator": 1, "denominator": denominator, "target": 0.8},
    }


async def test_with_nothing_to_rate_only_the_target_remains(open_site: Open) -> None:
    site = await open_site(centre_of(contact(1, Outcome.FLOW_OUT)))
    (result,) = await site.aggregates(HOUR, ["tAnswered", "oServiceLevel", "oServiceTarget"])
    assert stats(result) == {"oServiceTarget": {"current": 0.8}}
    assert await site.aggregates(HOUR, ["oServiceTarget"]) == [result], "asked alone as well"


async def test_a_medium_without_settings_is_not_rated(open_site: Open) -> None:
    site = await open_site(centre_of(contact(1, media="chat")))
    (result,) = await site.aggregates(HOUR, ["nOffered", "oServiceLevel", "oServiceTarget"])
    assert set(stats(result)) == {"nOffered"}


async def test_a_later_threshold_does_not_judge_earlier_answers(open_site: Open) -> None:
    centre = centre_of(contact(1, wait_ms=25_000))
    site = await open_site(centre)
    centre.retarget(
        BILLING.id, "voice", Target(share=0.7, within=timedelta(seconds=60)), since=START + timedelta(days=1)
    )
    (result,) = await site.aggregates(HOUR, ["oServiceLevel"])
    assert stats(result)["oServiceLevel"] == {"ratio": 0.0, "numerator": 0, "denominator": 1, "target": 0.7}


@pytest.mark.parametrize(
    ("interval", "more", "lengths"),
    [
        pytest.param(
            "2026-03-28T00:00:00+01:00/2026-03-31T00:00:00+02:00",
            {"granularity": "P1D", "timeZone": "Europe/Berlin"},
            [24, 23, 24],
            id="spring, local days",
        ),
        pytest.param(
            "2026-10-24T00:00:00+02:00/2026-10-27T00:00:00+01:00",
            {"granularity": "P1D", "timeZone": "Europe/Berlin"},
            [24, 25, 24],
            id="autumn, local days",
        ),
        pytest.param(
            "2026-10-24T00:00:00+02:00/2026-10-27T00:00:00+01:00",
            {"granularity": "P1D"},
            [24, 24, 24, 1],
            id="autumn, fixed steps and an uneven end",
        ),
        pytest.param(
            "2026-10-19T00:00:00+02:00/2026-11-02T00:00:00+01:00",
            {"granularity": "P1W", "timeZone": "Europe/Berlin"},
            [169, 168],
            id="a week with a change",
        ),
        pytest.param(
            "2026-10-25T00:00:00+02:00/2026-10-25T06:00:00+01:00",
            {"granularity": "PT1H", "timeZone": "Europe/Berlin"},
            [1] * 7,
            id="an hour is an hour",
        ),
        pytest.param(
            "2026-01-01T00:00:00Z/2026-03-01T00:00:00Z", {"granularity": "P1M"}, [31 * 24, 28 * 24], id="months"
        ),
        pytest.param("2026-01-01T00:00:00Z/2026-01-04T00:00:00Z", {"granularity": "P1DT12H"}, [36, 36], id="mixed"),
    ],
)
async def test_days_have_the_hours_their_zone_gives_them(
    open_site: Open, interval: str, more: dict[str, str], lengths: list[int]
) -> None:
    start, end = (datetime.fromisoformat(part) for part in interval.split("/"))
    hours = int((end - start) / timedelta(hours=1))
    site = await open_site(centre_of(*(contact(n, at=start - START + timedelta(hours=n)) for n in range(hours))))
    (result,) = await site.aggregates(interval, ["nOffered"], **more)
    assert [stats(result, bucket)["nOffered"]["count"] for bucket in range(len(result["data"]))] == lengths
    parts = [tuple(map(datetime.fromisoformat, entry["interval"].split("/"))) for entry in result["data"]]
    assert [(until - since) / timedelta(hours=1) for since, until in parts] == lengths
    assert parts[0][0] == start


async def test_bucket_instants_are_local_with_a_zone_unless_switched(open_site: Open) -> None:
    site = await open_site(centre_of(contact(1)))
    (local,) = await site.aggregates(HOUR, ["nOffered"], timeZone="Europe/Paris")
    site.options.bucket_offsets_local = False
    (utc,) = await site.aggregates(HOUR, ["nOffered"], timeZone="Europe/Paris")
    assert local["data"][0]["interval"].startswith("2026-11-16T09:00:00.000+01:00/")
    assert utc["data"][0]["interval"] == HOUR


async def test_a_metric_without_an_agent_is_grouped_without_one(open_site: Open) -> None:
    site = await open_site(centre_of(contact(1, talk_ms=60_000, wrap_up_id=RESOLVED.id)))
    by_user = await site.aggregates(HOUR, ["nOffered", "tTalkComplete", "tAnswered"], groupBy=["queueId", "userId"])
    assert {result["group"].get("userId"): set(stats(result)) for result in by_user} == {
        None: {"nOffered"},
        ANNA.id: {"tTalkComplete", "tAnswered"},
    }
    by_code = await site.aggregates(HOUR, ["tAnswered", "tTalkComplete"], groupBy=["wrapUpCode"])
    assert {result["group"].get("wrapUpCode"): set(stats(result)) for result in by_code} == {
        None: {"tAnswered"},
        RESOLVED.id: {"tTalkComplete"},
    }


async def test_calls_outside_any_queue_make_a_group_without_one(open_site: Open) -> None:
    direct = contact(2, Outcome.OUTBOUND, direction="outbound", queue_id=None, talk_ms=5_000)
    site = await open_site(centre_of(contact(1, talk_ms=1_000), direct))
    both = await site.aggregates(HOUR, ["tHandle"])
    assert {result["group"].get("queueId") for result in both} == {BILLING.id, None}
    only = {"type": "or", "predicates": [{"dimension": "queueId", "value": BILLING.id}]}
    (one,) = await site.aggregates(HOUR, ["tHandle"], filter=only)
    assert one["group"]["queueId"] == BILLING.id


VOICE, CHAT, ANI = ("mediaType", "voice"), ("mediaType", "chat"), ("ani", "tel:1")


@pytest.mark.parametrize(
    ("kind", "wanted", "found"),
    [
        pytest.param("and", [VOICE], {"voice"}, id="one value"),
        pytest.param("or", [VOICE, CHAT], {"voice", "chat"}, id="either of two"),
        pytest.param("and", [VOICE, CHAT], set(), id="both at once"),
        pytest.param("and", [("divisionId", BILLING.division_id)], {"voice", "chat", "email"}, id="division"),
        pytest.param("and", [ANI], set(), id="dimension nobody simulates"),
    ],
)
async def test_filters_choose(open_site: Open, kind: str, wanted: list[tuple[str, str]], found: set[str]) -> None:
    site = await open_site(centre_of(*(contact(n, media=m) for n, m in enumerate(["voice", "chat", "email"]))))
    predicates = [{"dimension": name, "value": value} for name, value in wanted]
    by_clause = {"type": "and", "clauses": [{"type": kind, "predicates": predicates}]}
    direct = {"type": kind, "predicates": predicates}
    for chosen in (by_clause, direct):
        results = await site.aggregates(HOUR, ["nOffered"], filter=chosen)
        assert {result["group"]["mediaType"] for result in results} == found


async def test_exists_and_not_exists_choose_by_presence(open_site: Open) -> None:
    site = await open_site(centre_of(contact(1, talk_ms=1_000)))
    for operator, found in (("exists", {"tAnswered"}), ("notExists", {"nOffered"})):
        condition = {"type": "and", "predicates": [{"dimension": "userId", "operator": operator}]}
        (result,) = await site.aggregates(HOUR, ["nOffered", "tAnswered"], filter=condition)
        assert set(stats(result)) == found


async def test_the_medium_is_in_every_group_and_the_order_of_metrics_is_not_the_requests(open_site: Open) -> None:
    site = await open_site(centre_of(*RATED))
    (result,) = await site.aggregates(HOUR, EVERYTHING, groupBy=[])
    assert result["group"] == {"mediaType": "voice"}
    shown = [entry["metric"] for entry in result["data"][0]["metrics"]]
    assert shown != [metric for metric in EVERYTHING if metric in shown]
    assert await site.aggregates(HOUR, EVERYTHING, groupBy=[]) == [result], "but the same each time"


async def test_too_many_rows_are_refused(open_site: Open) -> None:
    site = await open_site(centre_of(*(contact(n, at=timedelta(minutes=n)) for n in range(5))))
    site.options.most_rows = 4
    body = {"interval": HOUR, "metrics": ["nOffered"], "groupBy": ["conversationId"]}
    refused = await site.client.post(site.AGGREGATES, json=body)
    assert refused.status_code == 400
    assert "Result set is larger than result limit" in refused.json()["message"]
    site.options.most_rows = 5
    assert len((await site.ask(site.AGGREGATES, body))["results"]) == 5


async def test_too_many_buckets_are_refused_before_counting(site: Any) -> None:
    body = {"interval": "2026-01-01T00:00:00Z/2026-11-01T00:00:00Z", "metrics": ["nOffered"], "granularity": "PT1S"}
    assert "Result set is larger" in (await site.client.post(site.AGGREGATES, json=body)).json()["message"]


@pytest.mark.parametrize(
    ("interval", "predicates", "status"),
    [
        pytest.param(DAY, 2, 200, id="light enough"),
        pytest.param("2026-11-15T00:00:00Z/2026-11-17T00:00:00Z", 2, 504, id="too long"),
        pytest.param(DAY, 3, 504, id="too many queues"),
    ],
)
async def test_a_query_can_be_too_heavy(site: Any, interval: str, predicates: int, status: int) -> None:
    site.options.timeout_interval = timedelta(days=1)
    site.options.timeout_predicates = 2
    condition = {"type": "or", "predicates": [{"dimension": "queueId", "value": BILLING.id}] * predicates}
    body = {"interval": interval, "metrics": ["nOffered"], "filter": condition}
    assert (await site.client.post(site.AGGREGATES, json=body)).status_code == status


def test_random_queries_agree_with_a_count_over_the_visits() -> None:
    chance = random.Random(5)  # the same questions in every run
    queues = [
        Queue.named("One", voice=Flow(weekday=300), email=Flow(weekday=40, hours="always")),
        Queue.named("Two", threshold=timedelta(seconds=30), voice=Flow(weekday=200, strain=1.5), chat=Flow(weekday=90)),
    ]
    centre = Centre.of(queues, agents=[ANNA], wrap_up_codes=[RESOLVED])
    everything = list(centre.visits(START - timedelta(days=12), START + timedelta(days=4)))
    for _ in range(40):
        start = START - timedelta(minutes=chance.randrange(5 * 24 * 60))
        end = start + timedelta(minutes=chance.randrange(1, 3 * 24 * 60))
        now = start + (end - start) * chance.uniform(0.3, 2)
        threshold = chance.choice([5_000, 20_000, 30_000, 60_000])
        step = chance.choice([None, 1, 24])
        body = {
            "interval": f"{start.isoformat()}/{end.isoformat()}",
            "metrics": EVERYTHING,
            "groupBy": ["queueId"],
            "views": [view("within", lt=threshold + 1)],
            "granularity": f"PT{step}H" if step else None,
        }
        query = aggregates_query(body, longest=timedelta(days=31))
        reply = aggregates_reply(centre, query, Options(), now_ms=epoch_ms(now))
        assert _counted(reply) == _by_hand(everything, queues, start, end, now, threshold, step)


def _counted(reply: dict[str, Any]) -> dict[tuple[Any, ...], Any]:
    told: dict[tuple[Any, ...], Any] = {}
    for result in reply["results"]:
        for entry in result["data"]:
            begun = epoch_ms(datetime.fromisoformat(entry["interval"].split("/")[0]))
            key = (result["group"].get("queueId"), result["group"]["mediaType"], begun)
            for shown in entry.get("metrics", []):
                if shown["metric"] == "oServiceLevel":
                    told[*key, "oServiceLevel"] = (shown["stats"]["numerator"], shown["stats"]["denominator"])
                elif shown["metric"] != "oServiceTarget":
                    told[*key, shown["metric"]] = (shown["stats"]["count"], shown["stats"].get("sum"))
            for shown in entry.get("views", []):
                told[*key, shown["name"]] = (shown["stats"]["count"], shown["stats"]["sum"])
    return told


def _by_hand(
    visits: list[Visit],
    queues: list[Queue],
    start: datetime,
    end: datetime,
    now: datetime,
    threshold: int,
    step: int | None,
) -> dict[tuple[Any, ...], Any]:
    targets = {queue.id: queue.targets for queue in queues}
    values: defaultdict[tuple[Any, ...], list[int]] = defaultdict(list)
    for visit in visits:
        emitted = [(e.metric, e.at_ms, e.value) for e in visit.emissions()]
        if visit.outcome is Outcome.ABANDONED and visit.wait_ms < 5_000:
            emitted.append(("tShortAbandon", visit.left_ms, visit.wait_ms))
        if visit.outcome is Outcome.ANSWERED:
            target = targets[visit.queue_id][visit.media].within if visit.queue_id else timedelta.max
            if visit.wait_ms > target / timedelta(milliseconds=1):
                emitted.append(("nOverSla", visit.left_ms, 1))
            if visit.wait_ms <= threshold:
                emitted.append(("within", visit.left_ms, visit.wait_ms))
        for metric, at, value in emitted:
            if epoch_ms(start) <= at < epoch_ms(end) and at <= epoch_ms(now):
                passed = (at - epoch_ms(start)) // (step * 3_600_000) if step else 0
                begun = epoch_ms(start) + passed * (step or 0) * 3_600_000
                values[visit.queue_id, visit.media, begun, metric].append(value)
    told: dict[tuple[Any, ...], Any] = {
        key: (len(kept), None if key[3].startswith("n") else sum(kept)) for key, kept in values.items()
    }
    for queue, media, begun in {key[:3] for key in values}:
        answered = len(values.get((queue, media, begun, "tAnswered"), []))
        abandoned = len(values.get((queue, media, begun, "tAbandon"), []))
        late = len(values.get((queue, media, begun, "nOverSla"), []))
        if queue and answered + abandoned:
            told[queue, media, begun, "oServiceLevel"] = (answered - late, answered + abandoned)
    return told


def test_local_days_are_counted_from_local_midnight() -> None:
    zone = ZoneInfo("Europe/Berlin")
    first = datetime(2026, 10, 24, tzinfo=zone)
    queue = Queue.named("Night", voice=Flow(weekday=2_000, hours="always"))
    centre = Centre.of([queue], zone="Europe/Berlin")
    body = {
        "interval": f"{first.isoformat()}/{datetime(2026, 10, 27, tzinfo=zone).isoformat()}",
        "metrics": ["nOffered"],
        "granularity": "P1D",
        "timeZone": "Europe/Berlin",
        "groupBy": ["queueId"],
    }
    query = aggregates_query(body, longest=timedelta(days=31))
    (result,) = aggregates_reply(centre, query, Options(), now_ms=2**42)["results"]
    counts = [stats(result, bucket)["nOffered"]["count"] for bucket in range(3)]
    days = [first, datetime(2026, 10, 25, tzinfo=zone), datetime(2026, 10, 26, tzinfo=zone)]
    by_hand = [
        sum(v.offered_at.astimezone(zone).date() == day.date() for v in centre.visits(first, first + timedelta(days=5)))
        for day in days
    ]
    assert counts == by_hand
