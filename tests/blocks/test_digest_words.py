"""Digests in words: what, when, in what state."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.blocks.digests.words import (
    days_words,
    followed_words,
    last_words,
    next_words,
    option_words,
    period_words,
    state_words,
    table_words,
    topic_words,
    troubled,
    typed_days,
    when_words,
)
from bot.domain.deliveries import Stage
from bot.domain.dimensions import Dimension
from bot.domain.questions import Formula
from bot.domain.queues import Media
from bot.domain.schedule import Days, Rhythm, Schedule
from bot.domain.subscriptions import SubscriptionState, Table
from tests.digests import LONDON, MORNING, delivery, subscription


def on(*weekdays: int) -> Days:
    return Days(rhythm=Rhythm.DAYS, weekdays=frozenset(weekdays))


@pytest.mark.parametrize(
    ("days", "words", "typed"),
    [
        pytest.param(on(0, 1, 2, 3, 4), "weekdays", "weekdays", id="the working week has a name"),
        pytest.param(on(*range(7)), "every day", "daily", id="and so has the whole"),
        pytest.param(on(3), "Thursdays", "thu", id="one day, about a day"),
        pytest.param(on(3, 0), "Mon and Thu", "mon,thu", id="in the week's order"),
        pytest.param(on(0, 2, 4, 6), "Mon, Wed, Fri and Sun", "mon,wed,fri,sun", id="four"),
        pytest.param(
            Days(rhythm=Rhythm.WEEKLY, weekdays=frozenset({0})), "weekly on Monday", "weekly mon", id="about a week"
        ),
        pytest.param(Days(rhythm=Rhythm.MONTHLY, day=1), "monthly on day 1", "monthly 1", id="about a month"),
        pytest.param(
            Days(rhythm=Rhythm.MONTHLY, day=31),
            "monthly on day 31 (or the month's last)",
            "monthly 31",
            id="a day that not every month has",
        ),
    ],
)
def test_days_have_words_for_people_and_for_commands(days, words, typed):
    assert (days_words(days), typed_days(days)) == (words, typed)


def test_a_schedule_names_its_zone():
    schedule = Schedule(days=on(0), at=time(7, 5), zone=ZoneInfo("Asia/Kathmandu"))

    assert when_words(schedule) == "Mondays at 07:05, Asia/Kathmandu"


@pytest.mark.parametrize(
    ("changes", "names", "words"),
    [
        ({}, "Billing and Sales", "Service levels of Billing and Sales, yesterday"),
        ({"threshold": timedelta(seconds=30)}, "", "Service levels of all queues, yesterday, within 30 s"),
        ({"formula": Formula.ANSWERED}, "Billing", "Service levels of Billing, yesterday, of answered"),
        ({"period": "last-week", "table": Table()}, "Billing", "Report of Billing, last week, by queue and media"),
    ],
)
def test_a_topic_says_what_is_asked_of_which_queues(changes, names, words):
    order = subscription().order

    assert topic_words(replace(order, topic=replace(order.topic, **changes)), names) == words


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (Table(by=(Dimension.DAY,)), "by day"),
        (
            Table(by=(Dimension.QUEUE, Dimension.HOUR), metrics=("offered", "aht_seconds"), media=(Media.VOICE,)),
            "by queue and hour: offered, aht, voice only",
        ),
        (Table(by=(Dimension.AGENT,), compared=True), "by agent, against the period before"),
    ],
)
def test_a_table_says_its_rows_and_columns(table, words):
    assert table_words(table) == words


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("last-week", "last week"),
        ("yesterday", "yesterday"),
        ("2026-11-09..2026-11-15", "2026-11-09..2026-11-15"),
        ("2026-11-09", "2026-11-09"),
        ("yesterday 08:00..18:00", "yesterday 08:00..18:00"),
    ],
)
def test_a_period_is_said_without_the_hyphens_of_a_command(typed, words):
    assert period_words(typed) == words


def test_what_is_special_about_sending_is_said_and_nothing_else():
    order = subscription().order

    assert option_words(order) == ""
    assert option_words(replace(order, csv=True, skip_empty=True)) == (
        "with a CSV file, not sent when there was no traffic"
    )


@pytest.mark.parametrize(
    ("given", "last", "words", "trouble"),
    [
        pytest.param({}, delivery(), "Active", False, id="all is well"),
        pytest.param({}, None, "Active", False, id="nothing was due yet"),
        pytest.param({"state": SubscriptionState.PAUSED}, delivery(), "Paused", False, id="a person wanted it so"),
        pytest.param(
            {"state": SubscriptionState.PAUSED, "reason": "Ana is away"},
            None,
            "Paused: Ana is away",
            False,
            id="and why",
        ),
        pytest.param(
            {"state": SubscriptionState.PAUSED},
            delivery(Stage.MISSED),
            "Paused",
            False,
            id="missed, but not wanted now",
        ),
        pytest.param(
            {"state": SubscriptionState.STOPPED, "reason": "the channel is archived"},
            None,
            "Stopped: the channel is archived",
            True,
            id="trouble",
        ),
        pytest.param(
            {"state": SubscriptionState.STOPPED},
            None,
            "Stopped: the channel does not take messages",
            True,
            id="trouble of an unknown kind",
        ),
        pytest.param(
            {"state": SubscriptionState.UNCONFIRMED},
            None,
            "Waits until an administrator confirms it: the channel is shared with others",
            True,
            id="a person has to act",
        ),
        pytest.param(
            {},
            delivery(Stage.MISSED, note="the bot was not running"),
            "Active, but the one due Wed 5 Nov, 07:45 was missed: the bot was not running",
            True,
            id="missed",
        ),
        pytest.param(
            {}, delivery(Stage.UNCLEAR), "Active, but the one due Wed 5 Nov, 07:45 was perhaps sent", True, id="unclear"
        ),
    ],
)
def test_a_state_is_said_in_words_with_its_reason(given, last, words, trouble):
    digest = subscription(**given)

    assert (state_words(digest, last), troubled(digest, last)) == (words, trouble)


@pytest.mark.parametrize(
    ("last", "words"),
    [
        (None, "not sent yet"),
        (delivery(), "last sent Wed 5 Nov, 07:45"),
        (
            delivery(late=True, settled_at=MORNING + timedelta(minutes=40)),
            "last sent Wed 5 Nov, 08:25, late",
        ),
        (delivery(Stage.SKIPPED), "nothing to send on Wed 5 Nov, 07:45: no traffic"),
        (delivery(Stage.CLAIMED), "the one due Wed 5 Nov, 07:45 is on its way"),
    ],
)
def test_the_last_delivery_is_told_with_its_local_time(last, words):
    assert last_words(last, LONDON) == words


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("yesterday", "last-week", "It now covers last week: “covering yesterday” goes on with yesterday."),
        ("last-week", "last-month", "It now covers last month: “covering last-week” goes on with last week."),
    ],
)
def test_a_period_that_followed_the_days_is_told_with_the_words_that_keep_it(before, after, words):
    assert followed_words(before, after) == words


def test_the_next_time_is_told_where_there_is_one():
    assert next_words(MORNING, ZoneInfo("Asia/Kathmandu")) == "next Wed 5 Nov, 13:30"
    assert next_words(None, LONDON) == ""
