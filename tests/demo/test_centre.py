from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.demo.centre import Centre
from bot.demo.centre_organisation import HOME, Flow, Queue, Target
from bot.demo.centre_traffic import LONGEST_LIFE
from bot.demo.centre_visits import Outcome, Visit, epoch_ms

TUESDAY = datetime(2026, 11, 17, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def centre() -> Centre:
    return Centre.demo()


@pytest.fixture(scope="module")
def tuesday(centre: Centre) -> list[Visit]:
    return list(centre.visits(TUESDAY, TUESDAY + DAY))


def test_the_demo_has_more_than_a_hundred_queues_and_billing_comes_first(centre: Centre) -> None:
    assert len(centre.queues) > 100
    assert centre.queues[0].name == "Billing"


@pytest.mark.parametrize(
    "name",
    [
        "Billing EU",
        "Billing Escalations",
        "EU Sales",
        "Sales & <Support> *VIP* <!here>",
        "Réclamations",
        "Zürich Störungen",
        "Today",
        "Returns, Refunds",
        "Fraud Desk",
        "Fraud  Desk",
    ],
)
def test_the_demo_has_the_names_that_break_bots(centre: Centre, name: str) -> None:
    assert centre.queue(name).name == name


def test_queue_names_and_ids_are_unique(centre: Centre) -> None:
    assert len({queue.name for queue in centre.queues}) == len({queue.id for queue in centre.queues})
    assert len({queue.id for queue in centre.queues}) == len(centre.queues)


def test_all_thresholds_fit_into_one_query(centre: Centre) -> None:
    thresholds = {target.within for queue in centre.queues for target in queue.targets.values()}
    assert 3 < len(thresholds) <= 10


def test_a_queue_with_chats_has_no_chat_target(centre: Centre) -> None:
    support = centre.queue("Support")
    assert "chat" in support.flows
    assert "chat" not in support.targets


def test_a_queue_is_never_reached(centre: Centre) -> None:
    quiet = centre.queue("Disaster Recovery").id
    assert all(visit.queue_id != quiet for visit in centre.visits(TUESDAY - 7 * DAY, TUESDAY))


def test_a_weekday_brings_thousands_of_contacts_on_every_medium(tuesday: list[Visit]) -> None:
    assert 3_500 < len(tuesday) < 7_000
    assert {visit.media for visit in tuesday} == {"voice", "callback", "chat", "email", "message"}
    assert {visit.outcome for visit in tuesday} == set(Outcome)


def test_a_sunday_is_quieter_than_a_monday(centre: Centre) -> None:
    days = Counter(visit.offered_at.weekday() for visit in centre.visits(TUESDAY - 7 * DAY, TUESDAY))
    assert days[6] < days[0] / 3


def test_nobody_calls_an_office_at_night(centre: Centre, tuesday: list[Visit]) -> None:
    claims = centre.queue("VIP Clients").id
    first = (claims, "voice", "inbound")
    hours = {v.offered_at.hour for v in tuesday if (v.queue_id, v.media, v.direction) == first}
    assert hours
    assert hours <= set(range(8, 19))


def test_some_queues_meet_their_target_and_some_do_not(centre: Centre) -> None:
    within: Counter[str] = Counter()
    rated: Counter[str] = Counter()
    for visit in centre.visits(TUESDAY - 7 * DAY, TUESDAY):
        if visit.media == "voice" and visit.queue_id and visit.outcome in (Outcome.ANSWERED, Outcome.ABANDONED):
            rated[visit.queue_id] += 1
            within[visit.queue_id] += visit.outcome is Outcome.ANSWERED and visit.wait_ms <= 20_000
    shares = [within[queue] / count for queue, count in rated.items() if count > 50]
    assert sum(share >= 0.8 for share in shares) >= 10
    assert sum(share < 0.7 for share in shares) >= 10


@pytest.mark.parametrize("edge", [20_000, 20_001, 30_000, 30_001])
def test_some_answers_come_exactly_on_an_edge(tuesday: list[Visit], edge: int) -> None:
    assert any(visit.wait_ms == edge for visit in tuesday if visit.outcome is Outcome.ANSWERED)


def test_some_abandons_are_short(tuesday: list[Visit]) -> None:
    abandons = [visit.wait_ms for visit in tuesday if visit.outcome is Outcome.ABANDONED]
    assert 0 < sum(wait < 5_000 for wait in abandons) < len(abandons) / 2


def test_a_transferred_conversation_visits_a_second_queue(tuesday: list[Visit]) -> None:
    by_conversation: defaultdict[str, list[Visit]] = defaultdict(list)
    for visit in tuesday:
        by_conversation[visit.conversation_id].append(visit)
    pairs = [visits for visits in by_conversation.values() if len(visits) == 2]
    assert len(pairs) > 50
    for first, second in pairs:
        assert first.transferred
        assert second.offered_ms == first.talk_end_ms
        assert first.queue_id != second.queue_id


def test_the_same_day_comes_out_the_same_whatever_was_asked_before(tuesday: list[Visit]) -> None:
    other = Centre.demo()
    other.warm(TUESDAY + 3 * DAY, TUESDAY + 4 * DAY)
    assert list(other.visits(TUESDAY, TUESDAY + DAY)) == tuesday


def test_another_seed_is_another_day(tuesday: list[Visit]) -> None:
    assert list(Centre.demo(seed=8).visits(TUESDAY, TUESDAY + DAY)) != tuesday


def test_everything_is_over_in_time_transfers_of_slow_emails_included(centre: Centre) -> None:
    for days in range(30):
        day = TUESDAY - days * DAY
        noon = epoch_ms(day + DAY / 2)
        *_, table = centre.tables(noon, noon + 1)
        columns = zip(table.offered, table.wait, table.talk, table.hold, table.acw, strict=True)
        assert max(map(sum, columns)) < epoch_ms(day + DAY) + LONGEST_LIFE


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        pytest.param(date(2026, 3, 29), 23, id="clocks go forward"),
        pytest.param(date(2026, 10, 25), 25, id="clocks go back"),
        pytest.param(date(2026, 11, 17), 24, id="ordinary day"),
    ],
)
def test_a_local_day_has_the_hours_its_zone_gives_it(day: date, hours: int) -> None:
    always = Queue.named("Night", voice=Flow(weekday=3_000, hours="always"))
    centre = Centre.of([always])
    start = datetime.combine(day, datetime.min.time(), centre.zone)
    noon = start + timedelta(hours=12)
    visits = centre.visits(noon - DAY, noon + DAY)
    local = Counter(v.offered_ms // 3_600_000 for v in visits if v.offered_at.astimezone(centre.zone).date() == day)
    assert len(local) == hours


def test_nothing_happened_before_the_centre_opened() -> None:
    centre = Centre.demo(opened=date(2026, 11, 17))
    assert not list(centre.visits(TUESDAY - DAY, TUESDAY))
    assert list(centre.visits(TUESDAY, TUESDAY + DAY))


def test_given_visits_come_back_as_they_were_given() -> None:
    queue = Queue.named("Billing")
    visits = [
        Visit(conversation_id="b", queue_id=queue.id, offered_ms=2_000, outcome=Outcome.ANSWERED, wait_ms=20_000),
        Visit(conversation_id="a", queue_id=None, offered_ms=1_000, outcome=Outcome.OUTBOUND, direction="outbound"),
    ]
    centre = Centre.of([queue], visits)
    everything = centre.visits(datetime.fromtimestamp(0, UTC), datetime.fromtimestamp(60, UTC))
    assert sorted(everything, key=lambda visit: visit.conversation_id) == [visits[1], visits[0]]


def test_a_visit_to_an_unknown_queue_is_refused() -> None:
    stray = Visit(conversation_id="a", queue_id=Queue.named("Else").id, offered_ms=0, outcome=Outcome.ABANDONED)
    with pytest.raises(KeyError):
        Centre.of([Queue.named("Billing")], [stray])


def test_a_renamed_queue_keeps_its_id_and_a_removed_one_leaves_the_list() -> None:
    first, second = Queue.named("One"), Queue.named("Two")
    centre = Centre.of([first, second], [])
    centre.rename(first.id, "Eins")
    centre.remove(second.id)
    assert [(queue.id, queue.name) for queue in centre.queues] == [(first.id, "Eins")]


def test_a_new_target_holds_from_its_instant_on() -> None:
    queue = Queue.named("Billing")
    centre = Centre.of([queue], [])
    stricter = Target(share=0.9, within=timedelta(seconds=10))
    centre.retarget(queue.id, "voice", stricter, since=TUESDAY)
    at = epoch_ms(TUESDAY)
    assert centre.target_at(0, "voice", at - 1) == queue.targets["voice"]
    assert centre.target_at(0, "voice", at) == stricter
    assert centre.queues[0].targets["voice"] == stricter


def test_a_division_is_known_for_every_queue(centre: Centre) -> None:
    known = {division.id for division in centre.organisation.divisions}
    assert HOME.id in known
    assert {queue.division_id for queue in centre.queues} == known


def test_a_change_of_settings_leaves_the_traffic_as_it_was(tuesday: list[Visit]) -> None:
    centre = Centre.demo()
    billing = centre.queue("Billing").id
    centre.rename(billing, "Invoices")
    centre.retarget(billing, "voice", Target(share=0.5, within=timedelta(seconds=77)), since=TUESDAY)
    assert list(centre.visits(TUESDAY, TUESDAY + DAY)) == tuesday
