"""`/digest edit` and `/digest settings` change what was said, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.commands.digests.changes import Changes, SettingsChanges, TableChanges
from bot.commands.digests.command import Add, Edit, Settings, order_text, parse_digest
from bot.domain.dimensions import Dimension
from bot.domain.places import UNSET, PlaceSettings
from bot.domain.questions import Formula, QueueWord
from bot.domain.queues import Media
from bot.domain.schedule import Days, Rhythm
from bot.domain.subscriptions import Order, Table
from bot.errors import BadPeriod, BadWord

LONDON, PARIS = ZoneInfo("Europe/London"), ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 21, 14, 52, tzinfo=LONDON)
HALF_MINUTE = timedelta(seconds=30)
BILLING, SALES = QueueWord(text="billing"), QueueWord(text="sales")
MONDAYS = Days(rhythm=Rhythm.WEEKLY, weekdays=frozenset({0}))


def order(text: str) -> Order:
    command = parse_digest(f"add {text}", now=NOW, zone=LONDON)
    assert isinstance(command, Add)
    assert command.order is not None
    return command.order


def changes(text: str, *, now: datetime = NOW) -> Changes:
    command = parse_digest(f"edit 2 {text}", now=now, zone=LONDON)
    assert isinstance(command, Edit)
    assert command.number == 2
    assert command.changes is not None
    return command.changes


def setting(text: str) -> SettingsChanges:
    command = parse_digest(f"settings {text}", now=NOW, zone=LONDON)
    assert isinstance(command, Settings)
    assert command.changes is not None
    return command.changes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("07:30", Changes(at=time(7, 30)), id="the time"),
        pytest.param("at 00:00", Changes(at=time()), id="midnight is a time"),
        pytest.param("weekly mon", Changes(days=MONDAYS), id="the days"),
        pytest.param("Europe/Paris", Changes(zone=PARIS), id="the zone"),
        pytest.param("billing, sales", Changes(queues=(BILLING, SALES)), id="the queues"),
        pytest.param("all", Changes(queues=()), id="every queue"),
        pytest.param("30s", Changes(threshold=HALF_MINUTE), id="the threshold"),
        pytest.param("own target", Changes(own_target=True), id="each queue's own target"),
        pytest.param("of answered", Changes(formula=Formula.ANSWERED), id="the formula"),
        pytest.param("covering last 7 days", Changes(period="last-7-days"), id="the period"),
        pytest.param("csv", Changes(csv=True), id="with a file"),
        pytest.param("no csv", Changes(csv=False), id="without a file"),
        pytest.param("skip-empty", Changes(skip_empty=True), id="nothing on empty days"),
        pytest.param("send-empty", Changes(skip_empty=False), id="a line on empty days"),
        pytest.param("report by agent", Changes(table=TableChanges(by=(Dimension.AGENT,))), id="a report's rows"),
        pytest.param("report", Changes(table=TableChanges()), id="a report as usual"),
        pytest.param("share", Changes(), id="nothing"),
    ],
)
def test_what_is_said_is_read_and_nothing_else(text, expected):
    assert changes(text) == expected


def test_a_number_is_the_digests_and_not_a_threshold():
    assert parse_digest("edit 30", now=NOW, zone=LONDON) == Edit(number=30)
    assert parse_digest("edit 30 40", now=NOW, zone=LONDON) == Edit(
        number=30, changes=Changes(threshold=timedelta(seconds=40))
    )
    assert parse_digest("edit 30s", now=NOW, zone=LONDON) == Edit(changes=Changes(threshold=HALF_MINUTE))
    assert parse_digest("edit 7:30", now=NOW, zone=LONDON) == Edit(changes=Changes(at=time(7, 30)))


def test_changes_leave_everything_else():
    before = order("billing 30s of answered mon,thu 07:45 Europe/Paris covering last-7-days csv skip-empty")
    assert Changes().apply(before) == before
    after = changes("08:15").apply(before)
    assert after == replace(before, schedule=replace(before.schedule, at=time(8, 15)))
    after = changes("sales own target no csv").apply(before)
    assert after == replace(before, topic=replace(before.topic, queues=(SALES,), threshold=None), csv=False)


@pytest.mark.parametrize(
    ("before", "text", "period"),
    [
        pytest.param("weekdays", "weekly mon", "last-week", id="from days to a week"),
        pytest.param("weekly mon", "monthly 1", "last-month", id="from a week to a month"),
        pytest.param("monthly 1", "daily", "yesterday", id="and back"),
        pytest.param("weekdays", "mon,thu", "yesterday", id="other days"),
        pytest.param("weekdays", "mon", "last-week", id="one day a week"),
        pytest.param("weekdays covering today 19:00", "weekly mon", "today", id="one that was chosen stays"),
        pytest.param("weekdays", "weekly mon yesterday", "yesterday", id="one that is said counts"),
        pytest.param("weekdays", "07:30", "yesterday", id="without other days"),
    ],
)
def test_the_usual_period_follows_the_days(before, text, period):
    assert changes(text).apply(order(before)).topic.period == period


def test_a_report_stays_a_report_and_keeps_what_was_not_said():
    before = order("report billing by agent aht voice compare mon")
    assert changes("sales 07:30").apply(before).topic.table == before.topic.table
    after = changes("report by hour chat").apply(before).topic.table
    assert after == Table(by=(Dimension.HOUR,), metrics=("aht_seconds",), media=(Media.CHAT,), compared=True)


def test_service_levels_become_a_report_when_it_is_said():
    before = order("billing 30s")
    assert changes("report by agent").apply(before).topic == replace(before.topic, table=Table(by=(Dimension.AGENT,)))


def test_a_period_in_an_edit_is_one_that_can_be_covered():
    early = NOW.replace(hour=0, minute=0)
    assert changes("covering today 08:00..12:00", now=early).period == "today 08:00..12:00"
    with pytest.raises(BadPeriod, match="in the future"):
        changes("covering today 08:00..12:00 at 7")
    with pytest.raises(BadPeriod, match="stays the same"):
        changes("covering 2026-11-09")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("zone Europe/Paris", SettingsChanges(zone=PARIS), id="the zone"),
        pytest.param("europe/paris", SettingsChanges(zone=PARIS), id="a zone needs no word before it"),
        pytest.param("queues billing,sales", SettingsChanges(queues=(BILLING, SALES)), id="queues"),
        pytest.param("queue billing", SettingsChanges(queues=(BILLING,)), id="one queue"),
        pytest.param("queues none", SettingsChanges(queues=()), id="no usual queues"),
        pytest.param("queues all", SettingsChanges(queues=()), id="all are no usual queues"),
        pytest.param('queues "none"', SettingsChanges(queues=(QueueWord(text="none", quoted=True),)), id="in quotes"),
        pytest.param("30s", SettingsChanges(threshold=HALF_MINUTE), id="a threshold"),
        pytest.param("threshold 30", SettingsChanges(threshold=HALF_MINUTE), id="a threshold, announced"),
        pytest.param("own target", SettingsChanges(own_target=True), id="each queue's own target"),
        pytest.param("of answered", SettingsChanges(formula=Formula.ANSWERED), id="a formula"),
        pytest.param("limit billing*", SettingsChanges(limit=(QueueWord(text="billing*"),)), id="a limit"),
        pytest.param("limit none", SettingsChanges(no_limit=True), id="no limit"),
        pytest.param(
            "30s queues billing of answered limit billing, sales zone Europe/Paris",
            SettingsChanges(
                zone=PARIS,
                queues=(BILLING,),
                threshold=HALF_MINUTE,
                formula=Formula.ANSWERED,
                limit=(BILLING, SALES),
            ),
            id="everything at once",
        ),
    ],
)
def test_settings_are_read(text, expected):
    assert setting(text) == expected
    assert expected.limits is ("limit" in text)


@pytest.mark.parametrize(
    ("text", "word", "expected"),
    [
        pytest.param("billing", "billing", "names go behind “queues” or “limit”", id="a name alone"),
        pytest.param("queues", "queues", "queues follow it", id="no names"),
        pytest.param("limit 30s", "limit", "queues follow it", id="no names for the limit"),
        pytest.param("queues billing queues sales", "queues", "the only “queues”", id="two lists"),
        pytest.param("30s queues billing 40s", "40s", "the only threshold: “30s”", id="two thresholds"),
        pytest.param("zone UTC limit x zone UTC", "zone UTC", "the only zone", id="two zones"),
        pytest.param("zone", "zone", "the name of a time zone", id="no zone"),
        pytest.param("zone 30s", "30s", "the name of a time zone", id="something else for a zone"),
        pytest.param("queues billing today", "today", "which period it is about", id="a period"),
        pytest.param("by hour", "by hour", "what its rows are", id="rows"),
    ],
)
def test_what_is_no_setting_is_explained(text, word, expected):
    with pytest.raises(BadWord) as raised:
        setting(text)
    assert raised.value.word == word
    assert expected in raised.value.expected
    assert raised.value.example.startswith("/digest settings ")


def test_settings_leave_everything_else():
    place = PlaceSettings(
        zone=LONDON, queues=(BILLING,), threshold=HALF_MINUTE, formula=Formula.OFFERED, limit=(SALES,)
    )
    assert SettingsChanges().apply(place) == place
    assert setting("zone Europe/Paris limit none").apply(place) == replace(place, zone=PARIS, limit=None)
    assert setting("queues none own target").apply(place) == replace(place, queues=(), threshold=None)
    assert setting("limit billing of genesys").apply(UNSET) == PlaceSettings(limit=(BILLING,), formula=Formula.GENESYS)


def test_a_zone_that_is_only_guessed_at_is_left_out_of_what_is_written():
    found = order("billing")
    fixed = replace(found, schedule=replace(found.schedule, zone=ZoneInfo("CET")))
    assert order_text(fixed) == "billing weekdays 08:00"
