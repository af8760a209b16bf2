from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.dimensions import Dimension
from bot.domain.places import UNSET, PlaceSettings
from bot.domain.questions import Formula, QueueWord
from bot.domain.queues import Media
from bot.domain.schedule import Days, Rhythm, Schedule
from bot.domain.subscriptions import Order, Table, Topic
from bot.store.order_json import read_order, write_order
from bot.store.settings_json import read_settings, write_settings
from tests.store.digests import EVERY_MORNING

WRITTEN = (
    '{"topic":{"period":"yesterday","queues":[{"text":"7f1c","quoted":true},{"text":"bil*","quoted":false}],'
    '"threshold_ms":30000,"formula":"genesys","table":null},'
    '"schedule":{"rhythm":"days","at":"07:45","zone":"Europe/London","weekdays":[0,1,2,3,4],"day":null},'
    '"csv":false,"skip_empty":false,"v":1}'
)
"""Never to be edited: databases are full of it. A new key needs a default, and another text beside this one."""

ZONES = st.sampled_from(["Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"])
WORDS = st.lists(st.builds(QueueWord, text=st.text(max_size=20), quoted=st.booleans()), max_size=3).map(tuple)
THRESHOLDS = st.none() | st.integers(0, 86_400_000).map(lambda each: timedelta(milliseconds=each))
TABLES = st.builds(
    Table,
    by=st.lists(st.sampled_from(Dimension), unique=True).map(tuple),
    metrics=st.lists(st.sampled_from(["offered", "aht"])).map(tuple),
    media=st.lists(st.sampled_from(Media)).map(tuple),
    compared=st.booleans(),
)
WEEKDAYS = st.integers(0, 6)
DAYS = st.one_of(
    st.builds(Days, rhythm=st.just(Rhythm.DAYS), weekdays=st.frozensets(WEEKDAYS, min_size=1)),
    st.builds(Days, rhythm=st.just(Rhythm.WEEKLY), weekdays=WEEKDAYS.map(lambda each: frozenset({each}))),
    st.builds(Days, rhythm=st.just(Rhythm.MONTHLY), day=st.integers(1, 31)),
)
ORDERS = st.builds(
    Order,
    topic=st.builds(
        Topic,
        queues=WORDS,
        period=st.text(max_size=20),
        threshold=THRESHOLDS,
        formula=st.sampled_from(Formula),
        table=st.none() | TABLES,
    ),
    schedule=st.builds(
        Schedule,
        days=DAYS,
        at=st.builds(time, st.integers(0, 23), st.integers(0, 59)),
        zone=ZONES.map(ZoneInfo),
    ),
    csv=st.booleans(),
    skip_empty=st.booleans(),
)
SETTINGS = st.builds(
    PlaceSettings,
    zone=st.none() | ZONES.map(ZoneInfo),
    queues=WORDS,
    threshold=THRESHOLDS,
    formula=st.none() | st.sampled_from(Formula),
    limit=st.none() | WORDS,
)


@settings(deadline=None)
@given(ORDERS)
def test_an_order_is_read_as_it_was_written(order: Order) -> None:
    assert read_order(write_order(order)) == order


@settings(deadline=None)
@given(SETTINGS)
def test_settings_are_read_as_they_were_written(kept: PlaceSettings) -> None:
    assert read_settings(write_settings(kept)) == kept


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (Order, {"topic", "schedule", "csv", "skip_empty"}),
        (Topic, {"queues", "period", "threshold", "formula", "table"}),
        (Table, {"by", "metrics", "media", "compared"}),
        (Schedule, {"days", "at", "zone"}),
        (Days, {"rhythm", "weekdays", "day"}),
        (QueueWord, {"text", "quoted"}),
        (PlaceSettings, {"zone", "queues", "threshold", "formula", "limit"}),
    ],
)
def test_nothing_of_a_value_is_forgotten_to_be_written(value: type, kept: set[str]) -> None:
    """Who adds a field adds it to the text, to the values that are tried above, and here."""
    assert {field.name for field in fields(value)} == kept


def test_what_the_first_release_wrote_is_read() -> None:
    assert read_order(WRITTEN) == EVERY_MORNING


def test_everything_is_written_so_that_no_new_default_changes_an_order() -> None:
    assert write_order(EVERY_MORNING) == WRITTEN


@pytest.mark.parametrize(
    ("text", "order"),
    [
        pytest.param(
            '{"topic":{"period":"last-week"},"schedule":{"rhythm":"monthly","at":"09:00","zone":"UTC","day":31}}',
            Order(
                topic=Topic(queues=(), period="last-week"),
                schedule=Schedule(days=Days(rhythm=Rhythm.MONTHLY, day=31), at=time(9), zone=ZoneInfo("UTC")),
            ),
            id="all that may be missing is",
        ),
        pytest.param(
            '{"topic":{"period":"today","queues":[{"text":"all"}],"table":{}},'
            '"schedule":{"rhythm":"weekly","at":"18:30","zone":"Asia/Kathmandu","weekdays":[6]}}',
            Order(
                topic=Topic(queues=(QueueWord(text="all"),), period="today", table=Table()),
                schedule=Schedule(
                    days=Days(rhythm=Rhythm.WEEKLY, weekdays=frozenset({6})),
                    at=time(18, 30),
                    zone=ZoneInfo("Asia/Kathmandu"),
                ),
            ),
            id="a report of which nothing is said",
        ),
    ],
)
def test_a_key_that_an_older_release_did_not_write_has_its_default(text: str, order: Order) -> None:
    assert read_order(text) == order


def altered(path: str, value: Any) -> str:
    """What the first release wrote, with one value set, whether it was there or not."""
    order = json.loads(WRITTEN)
    *groups, last = path.split(".")
    place = order
    for group in groups:
        place = place[group]
    place[last] = value
    return json.dumps(order)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        pytest.param("", "truncated", id="nothing"),
        pytest.param(WRITTEN[:-9], "truncated", id="cut short"),
        pytest.param(altered("v", 2), "v", id="a version that no default can repair"),
        pytest.param(altered("topic.division", "East"), "division", id="a later release asks for less: not for all"),
        pytest.param(altered("topic.formula", "of waited"), "formula", id="a formula that is not known here"),
        pytest.param(altered("topic.threshold_ms", "30s"), "threshold_ms", id="a word for a number"),
        pytest.param(altered("topic.threshold_ms", 30.5), "threshold_ms", id="a fraction of a millisecond"),
        pytest.param(altered("schedule.rhythm", "hourly"), "rhythm", id="a rhythm that is not known here"),
        pytest.param(altered("schedule.weekdays", [7]), "weekdays", id="an eighth day of the week"),
        pytest.param(altered("schedule.day", 32), "day", id="a 32nd day of the month"),
        pytest.param(altered("schedule.day", 31), "no day of the month", id="weekdays and a day of the month"),
        pytest.param(altered("schedule.at", "24:61"), "24:61|minute|hour", id="no time of a day"),
        pytest.param(altered("schedule.at", "07:45:30"), "whole minute", id="a time that is no whole minute"),
        pytest.param(altered("schedule.at", "07:45+01:00"), "without a zone", id="a time that brings a zone"),
        pytest.param(altered("schedule.zone", "Europe/Atlantis"), "Europe/Atlantis", id="an unknown zone"),
        pytest.param(altered("schedule.zone", "../../etc/passwd"), "passwd", id="a path for a zone"),
        pytest.param(altered("schedule.zone", "Europe"), "Europe", id="a folder for a zone"),
    ],
)
def test_what_cannot_be_understood_whole_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        read_order(text)


def test_settings_of_an_older_release_are_read() -> None:
    assert read_settings("{}") == UNSET
    assert read_settings('{"zone":"Europe/Paris","limit":[{"text":"bil*"}]}') == PlaceSettings(
        zone=ZoneInfo("Europe/Paris"), limit=(QueueWord(text="bil*"),)
    )


def test_a_limit_to_nothing_is_not_the_absence_of_a_limit() -> None:
    closed = replace(UNSET, limit=())
    assert read_settings(write_settings(closed)) == closed != UNSET


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('{"limits":[]}', id="a key of a later release"),
        pytest.param('{"v":2}', id="a later version"),
        pytest.param('{"zone":"Europe/Atlantis"}', id="an unknown zone"),
        pytest.param("null", id="nothing"),
    ],
)
def test_settings_that_cannot_be_understood_whole_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_settings(text)
