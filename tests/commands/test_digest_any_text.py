"""No text, however odd, makes `/digest` fail in any other way than by an answer; and what it means can be written."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.commands.digests.command import (
    EXAMPLE,
    Add,
    DigestCommand,
    Edit,
    Preview,
    Settings,
    check,
    is_help,
    order_text,
    parse_digest,
    with_queue,
)
from bot.commands.digests.settings import settings_text
from bot.commands.reader import CARRIED_LIMIT, exemplified
from bot.domain.calendar import PERIOD_WORDS
from bot.domain.dimensions import Dimension
from bot.domain.folding import fold, visible
from bot.domain.metrics import METRICS
from bot.domain.names import BESIDE_DIGEST
from bot.domain.places import UNSET, PlaceSettings
from bot.domain.questions import Formula, QueueWord
from bot.domain.queues import Media
from bot.domain.schedule import Days, Rhythm, Schedule
from bot.domain.subscriptions import Order, Table, Topic
from bot.errors import BadPeriod, BadWord

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 21, 14, 52, tzinfo=LONDON)
NOWS = st.datetimes(datetime(2001, 1, 1), datetime(2099, 1, 1), timezones=st.just(LONDON))  # noqa: DTZ001  aware by `timezones`
VERBS = ("add", "add report", "add sla", "edit", "edit 2", "edit report", "preview", "settings", "list", "pause 2", "")
ODD = """
    billing EU Driver's all by of and & + hour, agent media queue queues limit none answered genesys offered share last
    this 7d 30 30s 90 csv json no with compare conversations voice report sla help bil* ? , "Level “EU Sales” ② ¯ . ..
    2026-02-30 2026-11-09 monday.. mon mon-fri mon..fri tues saturdays every each on at the day week month 1st 31 32 0
    weekly monthly daily weekdays weekend 07:45 7.45am 7 am pm 25:00 24:00 19:00pm noon midnight @ 08:00..12:00
    covering about for today own target threshold zone tz Europe/London europe/paris Europe/Lodnon America/New York
    CET gmt+1 London UTC Japan skip-empty skip empty send-empty 2 #2 T08:00 yesterday..today12:00
""".split()  # noqa: SIM905  a hundred literals read worse
PIECES = st.one_of(
    st.sampled_from(ODD),
    st.sampled_from(PERIOD_WORDS),
    st.sampled_from(BESIDE_DIGEST.words),
    st.sampled_from(["yesterday 08:00..12:00", "monday .. friday 08:00", "today ..12:00", "every weekday at 8"]),
    st.text(max_size=5),
)
REST = st.builds(
    lambda pieces, joint: joint.join(pieces), st.lists(PIECES, max_size=9), st.sampled_from([" ", " ", ", ", ""])
)
TEXTS = st.one_of(
    st.text(st.characters()),
    REST,
    st.builds(lambda verb, rest: f"{verb} {rest}", st.sampled_from(VERBS), REST),
)
NAMES = st.text(st.characters(), min_size=1, max_size=30).map(visible).filter(fold)
WORDS = st.lists(st.builds(lambda name: QueueWord(text=name, quoted=True), NAMES), max_size=3).map(tuple)
PLACES = st.builds(
    PlaceSettings,
    queues=WORDS,
    threshold=st.sampled_from([None, timedelta(seconds=20)]),
    formula=st.sampled_from([None, *Formula]),
)
DAYS = st.one_of(
    st.sets(st.integers(0, 6), min_size=1).map(lambda days: Days(rhythm=Rhythm.DAYS, weekdays=frozenset(days))),
    st.integers(0, 6).map(lambda day: Days(rhythm=Rhythm.WEEKLY, weekdays=frozenset({day}))),
    st.integers(1, 31).map(lambda day: Days(rhythm=Rhythm.MONTHLY, day=day)),
)
SCHEDULES = st.builds(
    lambda days, hour, minute, zone: Schedule(days=days, at=time(hour, minute), zone=ZoneInfo(zone)),
    DAYS,
    st.integers(0, 23),
    st.integers(0, 59),
    st.sampled_from(["Europe/London", "America/Argentina/Buenos_Aires", "UTC", "Etc/GMT+5", "Japan", "GB-Eire"]),
)
MEDIA = [Media.VOICE, Media.CALLBACK, Media.CHAT, Media.EMAIL, Media.MESSAGE]
TABLES = st.builds(
    Table,
    by=st.lists(st.sampled_from(Dimension), min_size=1, unique=True).map(tuple),
    metrics=st.lists(st.sampled_from([metric.name for metric in METRICS]), unique=True).map(tuple),
    media=st.lists(st.sampled_from(MEDIA), unique=True).map(tuple),
    compared=st.booleans(),
)
PERIODS = ("yesterday", "last-week", "last-month", "last-3-days", "friday", "monday..friday", "this-week", "this-month")


def _answerable(order: Order) -> bool:
    """Not so: this month, at its first minute."""
    try:
        check(order, now=NOW)
    except BadPeriod:
        return False
    return True


ORDERS = st.builds(
    Order,
    topic=st.builds(
        Topic,
        queues=WORDS,
        period=st.sampled_from(
            [*PERIODS, "yesterday 08:00..12:00", "monday..friday 12:00", "monday 08:00..friday 12:00"]
        ),
        threshold=st.one_of(st.none(), st.integers(1000, 604_800_000).map(lambda count: timedelta(milliseconds=count))),
        formula=st.sampled_from(Formula),
        table=st.one_of(st.none(), TABLES),
    ),
    schedule=SCHEDULES,
    csv=st.booleans(),
    skip_empty=st.booleans(),
).filter(_answerable)


def read(text: str, *, now: datetime = NOW, usual: PlaceSettings = UNSET) -> DigestCommand:
    return parse_digest(text, now=now, zone=LONDON, usual=usual, limit=CARRIED_LIMIT)


def outcome(text: str, now: datetime = NOW) -> DigestCommand | BadWord | BadPeriod:
    try:
        return read(text, now=now)
    except (BadWord, BadPeriod) as error:
        return error


@settings(max_examples=400, deadline=None)
@given(text=TEXTS, now=NOWS)
@example(text="add billing 25:00", now=NOW)
@example(text="add foo at, 30 csv", now=NOW)
@example(text="add 30s report", now=NOW)
@example(text="add today ..12:00", now=NOW)
@example(text="settings limit foo on, zone Japan", now=NOW)
def test_any_text_is_a_command_that_can_be_written_or_an_explanation(text, now):
    is_help(text)
    found = outcome(text, now)
    match found:
        case BadWord():
            assert visible(found.word) == found.word
            assert 0 < len(found.word) <= 60
            read(exemplified(found.example, "Level 2", "digest").removeprefix("/digest").strip())
        case BadPeriod():
            assert str(found)
            assert found.remedy
        case Add(order=Order() as order) | Preview(order=Order() as order):
            assert read(f"add {order_text(order)}", now=now) == Add(order=order)
            check(order, now=now)
            for word in order.topic.queues:
                chosen = read(with_queue(text, word=word.text, name="Level 2"), now=now)
                assert QueueWord(text="Level 2", quoted=True) in chosen.order.topic.queues
        case Settings(changes=changes) if changes:
            assert read(f"settings {settings_text(changes)}") == found


@settings(max_examples=150, deadline=None)
@given(order=ORDERS, place=PLACES)
def test_any_order_is_written_so_that_it_reads_back(order, place):
    assert read(f"add {order_text(order)}") == Add(order=order)
    assert read(f"add {order_text(order, usual=place)}", usual=place) == Add(order=order)


@settings(deadline=None)
@given(order=ORDERS, other=ORDERS)
def test_an_edit_that_says_everything_makes_the_order_anew(order, other):
    if other.topic.table is None:
        order = Order(
            topic=Topic(queues=order.topic.queues, period=order.topic.period, formula=order.topic.formula),
            schedule=order.schedule,
        )
    said = order_text(other, usual=PlaceSettings(threshold=timedelta(seconds=1), formula=_another(other)))
    said += f" covering {other.topic.period}" * (other.topic.period == other.schedule.days.usual_period)
    said += "" if other.csv else " no csv"
    said += "" if other.skip_empty else " send-empty"
    edit = read(f"edit 2 {said}")
    assert isinstance(edit, Edit)
    assert edit.changes is not None
    changed = edit.changes.apply(order)
    assert (changed.schedule, changed.csv, changed.skip_empty) == (other.schedule, other.csv, other.skip_empty)
    assert changed.topic.queues == other.topic.queues
    assert (changed.topic.period, changed.topic.formula) == (other.topic.period, other.topic.formula)
    if other.topic.threshold != timedelta(seconds=1):
        assert changed.topic.threshold == other.topic.threshold


def _another(order: Order) -> Formula:
    return next(formula for formula in Formula if formula is not order.topic.formula)


@settings(deadline=None)
@given(name=NAMES)
def test_any_name_can_stand_in_an_example(name):
    typed = exemplified(EXAMPLE, name, "digest").removeprefix("/digest ")
    command = read(typed)
    assert isinstance(command, Add)
    assert command.order is not None
    assert [word.text for word in command.order.topic.queues] == [name]
