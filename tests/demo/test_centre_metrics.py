from collections import defaultdict
from datetime import UTC, datetime, timedelta

from bot.demo.centre import Centre
from bot.demo.centre_metrics import DERIVATIONS, OF_AGENTS
from bot.demo.centre_organisation import Queue, Target
from bot.demo.centre_visits import Outcome, Visit, epoch_ms

TUESDAY = datetime(2026, 11, 17, tzinfo=UTC)


def test_columns_hold_what_the_visits_themselves_emit() -> None:
    centre = Centre.demo()
    (table,) = (t for t in centre.tables(epoch_ms(TUESDAY), epoch_ms(TUESDAY) + 1) if _covers(t, TUESDAY))
    told: defaultdict[str, list[tuple[int, int, int]]] = defaultdict(list)
    agents: dict[str, set[bool]] = defaultdict(set)
    for row in range(len(table)):
        for emission in table.visit(row, centre.organisation).emissions():
            told[emission.metric].append((emission.at_ms, emission.value, row))
            agents[emission.metric].add(emission.user)
    assert set(told) == set(DERIVATIONS)
    for metric in DERIVATIONS:
        series = centre.series(table, metric)
        assert series is not None
        assert sorted(zip(series.at, series.values, series.rows, strict=True)) == sorted(told[metric]), metric
    assert {metric for metric, users in agents.items() if users == {True}} == OF_AGENTS - {"nOverSla"}


def test_late_answers_keep_the_judgement_of_their_moment() -> None:
    queue = Queue.named("Billing", threshold=timedelta(seconds=20))
    visits = [
        Visit(
            conversation_id=f"{wait}/{hour}",
            queue_id=queue.id,
            offered_ms=epoch_ms(TUESDAY + timedelta(hours=hour)),
            outcome=Outcome.ANSWERED,
            wait_ms=wait,
        )
        for wait in (20_000, 20_001, 30_001)
        for hour in (8, 10)
    ]
    centre = Centre.of([queue], visits)
    assert _late(centre) == 4
    centre.retarget(
        queue.id, "voice", Target(share=0.8, within=timedelta(seconds=30)), since=TUESDAY + timedelta(hours=9)
    )
    assert _late(centre) == 3
    centre.retarget(queue.id, "voice", None, since=TUESDAY + timedelta(hours=9))
    assert _late(centre) == 2


def test_an_abandon_at_the_limit_is_not_short() -> None:
    queue = Queue.named("Billing")
    visits = [
        Visit(conversation_id=str(w), queue_id=queue.id, offered_ms=0, outcome=Outcome.ABANDONED, wait_ms=w)
        for w in (4_999, 5_000)
    ]
    centre = Centre.of([queue], visits)
    (table,) = centre.tables(0, 10_000)
    series = centre.series(table, "tShortAbandon")
    assert series is not None
    assert list(series.values) == [4_999]


def _late(centre: Centre) -> int:
    (table,) = centre.tables(epoch_ms(TUESDAY), epoch_ms(TUESDAY + timedelta(days=1)))
    series = centre.series(table, "nOverSla")
    assert series is not None
    return len(series.at)


def _covers(table: object, day: datetime) -> bool:
    first = min(table.offered)  # type: ignore[attr-defined]  # only the column is needed here
    return epoch_ms(day) <= first < epoch_ms(day + timedelta(days=1))
