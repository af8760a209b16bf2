from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.demo.centre_bulk import BulkCentre
from bot.demo.centre_visits import Outcome, epoch_ms

OCTOBER = datetime(2026, 10, 1, tzinfo=UTC)
SIZE = 5_000


@pytest.fixture(scope="module")
def centre() -> BulkCentre:
    return BulkCentre(SIZE, start=OCTOBER.date(), days=31)


def test_conversations_begin_in_the_order_of_their_numbers_within_the_days_given(centre: BulkCentre) -> None:
    starts = [centre.conversation(number)[0].offered_ms for number in range(SIZE)]
    assert starts == sorted(starts)
    assert epoch_ms(OCTOBER) <= starts[0] < starts[-1] < epoch_ms(OCTOBER + timedelta(days=31))


def test_ids_are_unique_and_in_the_same_order(centre: BulkCentre) -> None:
    names = [centre.conversation(number)[0].conversation_id for number in range(SIZE)]
    assert names == sorted(set(names))


@pytest.mark.parametrize("number", [0, 1, SIZE // 2, SIZE - 1])
def test_a_stretch_of_one_start_has_one_conversation(centre: BulkCentre, number: int) -> None:
    start = centre.conversation(number)[0].offered_ms
    assert list(centre.conversations.begun(start, start + 1)) == [number]
    assert not centre.conversations.begun(start, start)


def test_there_is_some_of_everything(centre: BulkCentre) -> None:
    conversations = [centre.conversation(number) for number in range(SIZE)]
    outcomes = Counter(visits[0].outcome for visits in conversations)
    assert all(outcomes[outcome] > 50 for outcome in Outcome)
    assert 400 < sum(len(visits) == 2 for visits in conversations) < 700
    assert {visit.media for visits in conversations for visit in visits} == {
        "voice", "callback", "chat", "email", "message",
    }  # fmt: skip


def test_a_second_visit_follows_the_first_in_another_queue(centre: BulkCentre) -> None:
    for first, second in (visits for visits in map(centre.conversation, range(SIZE)) if len(visits) == 2):
        assert second.offered_ms == first.talk_end_ms
        assert second.queue_id != first.queue_id
        assert first.transferred
        assert not second.transferred


def test_spots_and_spans_agree_with_the_visits(centre: BulkCentre) -> None:
    later = epoch_ms(OCTOBER + timedelta(days=60))
    queues = [queue.id for queue in centre.organisation.queues]
    for number in range(SIZE):
        visits = centre.conversation(number)
        assert [queues[spot[0]] for spot in centre.conversations.spots(number, later)] == [v.queue_id for v in visits]
        begin, end = centre.conversations.span(number)
        assert (begin, end) == (visits[0].offered_ms, visits[-1].handled_ms)
        assert end - begin < centre.conversations.longest_life


def test_the_tables_for_aggregates_hold_the_same_conversations() -> None:
    centre = BulkCentre(300, start=date(2026, 10, 1), days=3)
    told = sorted(centre.visits(OCTOBER, OCTOBER + timedelta(days=4)), key=lambda visit: visit.offered_ms)
    made = [visit for number in range(300) for visit in centre.conversation(number)]
    assert told == sorted(made, key=lambda visit: visit.offered_ms)
