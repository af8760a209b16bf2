"""`/digest` as people type it."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.commands.digests.command import (
    Add,
    Audit,
    Confirm,
    DigestCommand,
    Edit,
    Help,
    List,
    Now,
    Pause,
    Preview,
    Remove,
    Resume,
    Settings,
    check,
    is_help,
    order_text,
    parse_digest,
    with_queue,
)
from bot.commands.reader import CARRIED_LIMIT, TYPED_LIMIT
from bot.domain.dimensions import Dimension
from bot.domain.places import UNSET, PlaceSettings
from bot.domain.questions import Formula, QueueWord
from bot.domain.queues import Media
from bot.domain.schedule import ALL_DAYS, WEEKDAYS, WEEKEND, Days, Rhythm, Schedule
from bot.domain.subscriptions import Order, Table, Topic
from bot.errors import BadPeriod, BadWord

LONDON, PARIS = ZoneInfo("Europe/London"), ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 21, 14, 52, tzinfo=LONDON)  # a Saturday
HALF_MINUTE = timedelta(seconds=30)


def read(text: str, *, now: datetime = NOW, usual: PlaceSettings = UNSET) -> DigestCommand:
    return parse_digest(text, now=now, zone=LONDON, usual=usual)


def order(text: str, *, now: datetime = NOW, usual: PlaceSettings = UNSET) -> Order:
    command = read(f"add {text}", now=now, usual=usual)
    assert isinstance(command, Add)
    assert command.order is not None
    return command.order


def refused(text: str) -> BadWord:
    with pytest.raises(BadWord) as raised:
        read(text)
    return raised.value


def names(found: Order) -> list[str]:
    return [word.text for word in found.topic.queues]


def on(*weekdays: int) -> Days:
    return Days(rhythm=Rhythm.DAYS, weekdays=frozenset(weekdays))


def weekly(weekday: int) -> Days:
    return Days(rhythm=Rhythm.WEEKLY, weekdays=frozenset({weekday}))


def monthly(day: int) -> Days:
    return Days(rhythm=Rhythm.MONTHLY, day=day)


def test_the_order_of_the_issue():
    found = order("billing,sales 30s weekdays 07:45")
    assert found == Order(
        topic=Topic(
            queues=(QueueWord(text="billing"), QueueWord(text="sales")), period="yesterday", threshold=HALF_MINUTE
        ),
        schedule=Schedule(days=WEEKDAYS, at=time(7, 45), zone=LONDON),
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("07:45 weekdays 30s billing, sales", id="the other way round"),
        pytest.param("billing, sales every weekday at 7:45 30s", id="as it is spoken"),
        pytest.param("billing and sales 30s at 07:45".replace(" and", ","), id="without days"),
        pytest.param("weekdays billing, sales 07.45am 30s yesterday", id="names between"),
        pytest.param("/sla billing, sales 30s weekdays 07:45", id="copied from the command"),
        pytest.param("sla billing, sales 30s mon-fri 07:45 share", id="the same without its slash"),
        pytest.param("BILLING,SALES 30S WEEKDAYS 07:45".replace("BILLING,SALES", "billing,sales"), id="in capitals"),
        pytest.param("billing, sales 30s weekdays 7:45 EUROPE/LONDON no csv send-empty", id="everything said"),
    ],
)
def test_the_same_in_other_words(text):
    assert order(text) == order("billing,sales 30s weekdays 07:45")


@pytest.mark.parametrize(
    ("text", "days"),
    [
        pytest.param("", WEEKDAYS, id="nothing said: weekdays"),
        pytest.param("weekdays", WEEKDAYS, id="weekdays"),
        pytest.param("every weekday", WEEKDAYS, id="every weekday"),
        pytest.param("on workdays", WEEKDAYS, id="workdays"),
        pytest.param("weekends", Days(rhythm=Rhythm.DAYS, weekdays=WEEKEND), id="weekends"),
        pytest.param("daily", Days(rhythm=Rhythm.DAYS, weekdays=ALL_DAYS), id="daily"),
        pytest.param("every day", Days(rhythm=Rhythm.DAYS, weekdays=ALL_DAYS), id="every day"),
        pytest.param("every morning", Days(rhythm=Rhythm.DAYS, weekdays=ALL_DAYS), id="every morning"),
        pytest.param("mornings", Days(rhythm=Rhythm.DAYS, weekdays=ALL_DAYS), id="mornings"),
        pytest.param("every weekday morning", WEEKDAYS, id="every weekday morning"),
        pytest.param("weekday mornings", WEEKDAYS, id="weekday mornings"),
        pytest.param("on monday and thursday mornings", on(0, 3), id="mornings of some days"),
        pytest.param("mon,thu", on(0, 3), id="two with a comma"),
        pytest.param("mon thu", on(0, 3), id="two with a space"),
        pytest.param("monday, wednesday and friday", on(0, 2, 4), id="three as they are spoken"),
        pytest.param("every tues & thurs", on(1, 3), id="other abbreviations"),
        pytest.param("on mondays", on(0), id="mondays"),
        pytest.param("monday", on(0), id="a day of the week is one of sending, not a period"),
        pytest.param("tue-thu", on(1, 2, 3), id="a range with a dash"),
        pytest.param("fri..mon", on(4, 5, 6, 0), id="a range over the weekend"),
        pytest.param("mon to wed and sat", on(0, 1, 2, 5), id="a range in words, and a day"),
        pytest.param("weekdays and sat", on(0, 1, 2, 3, 4, 5), id="weekdays and a day"),
        pytest.param("weekly", weekly(0), id="weekly: on Monday"),
        pytest.param("weekly mon", weekly(0), id="weekly on a day"),
        pytest.param("weekly on Friday", weekly(4), id="weekly as it is said"),
        pytest.param("every week", weekly(0), id="every week"),
        pytest.param("monthly", monthly(1), id="monthly: on its first day"),
        pytest.param("monthly 15", monthly(15), id="monthly on a day"),
        pytest.param("monthly on the 3rd", monthly(3), id="monthly as it is spoken"),
        pytest.param("monthly on day 1", monthly(1), id="monthly as it is said"),
        pytest.param("monthly on the last day", monthly(31), id="monthly at the end"),
        pytest.param("every month", monthly(1), id="every month"),
    ],
)
def test_days_are_read(text, days):
    assert order(f"billing {text} 07:45").schedule.days == days
    assert names(order(f"billing {text} 07:45")) == ["billing"]
    assert order(f"{text} 07:45 billing").schedule.days == days


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        pytest.param("", "08:00", id="nothing said: eight"),
        pytest.param("07:45", "07:45", id="a time"),
        pytest.param("7:45", "07:45", id="without its zero"),
        pytest.param("at 07:45", "07:45", id="with at"),
        pytest.param("at 8", "08:00", id="an hour behind at is no threshold"),
        pytest.param("at 7.45", "07:45", id="a point behind at"),
        pytest.param("at 0745", "07:45", id="four digits behind at"),
        pytest.param("at 745", "07:45", id="three digits behind at"),
        pytest.param("745am", "07:45", id="three digits with am"),
        pytest.param("1230 pm", "12:30", id="four digits with pm, spaced"),
        pytest.param("7.45", "07:45", id="a point without at"),
        pytest.param("20.15", "20:15", id="a point in the evening"),
        pytest.param("7.45s", "08:00", id="with its unit it is a threshold"),
        pytest.param("7.45 sec", "08:00", id="with its unit behind a space"),
        pytest.param("30.5", "08:00", id="no time of day has one digit behind its point"),
        pytest.param("7.45am", "07:45", id="with am"),
        pytest.param("7:45 pm", "19:45", id="with pm, spaced"),
        pytest.param("8am", "08:00", id="an hour with am"),
        pytest.param("8 a.m.", "08:00", id="with points"),
        pytest.param("12am", "00:00", id="midnight"),
        pytest.param("12pm", "12:00", id="noon"),
        pytest.param("19:00", "19:00", id="the evening"),
        pytest.param("at noon", "12:00", id="a word for it"),
        pytest.param("00:00", "00:00", id="midnight by the clock"),
    ],
)
def test_times_are_read(text, clock):
    assert order(f"billing weekdays {text}").schedule.at == time.fromisoformat(clock)
    assert names(order(f"{text} billing")) == ["billing"]


@pytest.mark.parametrize(
    ("text", "clock", "threshold"),
    [
        pytest.param("add claims 0745", "07:45", "745s", id="four digits"),
        pytest.param("add claims 745", "07:45", "745s", id="three digits"),
        pytest.param("add claims 120", "01:20", "120s", id="what may well be a threshold"),
        pytest.param("add report claims 1930 weekdays", "19:30", "1930s", id="of a report"),
        pytest.param("preview claims 0745", "07:45", "745s", id="previewed"),
        pytest.param("add claims 0745 at 8", "07:45", "745s", id="no threshold begins with 0"),
        pytest.param("edit 1 830", "08:30", "830s", id="edited"),
        pytest.param("edit 1 8", "08:00", "8s", id="an hour, edited"),
        pytest.param("edit 1 20", "20:00", "20s", id="an hour or a usual threshold, edited"),
    ],
)
def test_a_number_that_may_be_a_time_or_a_threshold_is_not_guessed(text, clock, threshold):
    error = refused(text)
    assert error.expected == f"clear: a time is written {clock}, a threshold {threshold}"
    assert error.word in text.split()
    assert error.example.endswith(f" {clock}")
    assert error.example.split()[1] == ("edit" if text.startswith("edit") else "add")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        pytest.param("30", 30, id="two digits"),
        pytest.param("120s", 120, id="with its unit"),
        pytest.param("120 sec", 120, id="with its unit behind a space"),
        pytest.param("120 07:45", 120, id="the time is there already"),
        pytest.param("360", 360, id="no time has sixty minutes"),
        pytest.param("2400", 2400, id="the end of a day is no time"),
    ],
)
def test_a_number_that_can_only_be_a_threshold_is_one(text, seconds):
    assert order(f"billing {text}").topic.threshold == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        pytest.param("", "Europe/London", id="nothing said: the channel's"),
        pytest.param("Europe/Paris", "Europe/Paris", id="a name"),
        pytest.param("europe/paris", "Europe/Paris", id="in small letters"),
        pytest.param("America/New York", "America/New_York", id="a space for the underscore"),
        pytest.param("zone America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires", id="announced"),
        pytest.param("utc", "UTC", id="UTC"),
        pytest.param("timezone Japan", "Japan", id="a name without a slash, announced"),
    ],
)
def test_zones_are_read(text, zone):
    assert order(f"billing 08:00 {text}").schedule.zone == ZoneInfo(zone)
    assert names(order(f"{text} 08:00 billing")) == ["billing"]


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        pytest.param("billing 08:00 London", "Europe/London", id="a city behind the time"),
        pytest.param("billing 08:00 new york", "America/New_York", id="a city of two words"),
        pytest.param("billing zone London", "Europe/London", id="a city, announced"),
        pytest.param("billing zone Lodnon", "Europe/London", id="announced and misspelt"),
        pytest.param("billing zone Mars/Olympus", "", id="announced, and nowhere on earth"),
        pytest.param("billing Europe/Lodnon", "Europe/London", id="misspelt"),
        pytest.param("billing Europe/Lodnon 08:00 csv", "Europe/London", id="misspelt, and more behind it"),
        pytest.param("billing zone new york 08:00 csv", "America/New_York", id="a city of two words, announced"),
        pytest.param("billing Europe/Munich", "Europe/Zurich", id="a city without a zone: one that is near in letters"),
        pytest.param("billing CET 08:00", "Europe/Paris", id="an abbreviation in capitals"),
        pytest.param("billing 08:00 pst", "America/Los_Angeles", id="an abbreviation where no name can be"),
        pytest.param("billing GMT+1", "Europe/Paris", id="an offset"),
        pytest.param("billing utc-05:00", "America/New_York", id="an offset with minutes"),
        pytest.param("billing gmt+13", "", id="an offset of few"),
    ],
)
def test_what_is_no_zone_gets_one_suggested(text, suggestion):
    error = refused(f"add {text}")
    assert error.suggestion == suggestion
    assert error.word in text
    assert "08:00 csv" not in error.word
    assert "the name of a time zone" in str(error)


@pytest.mark.parametrize(
    "name", ["London", "London billing", "Met Office", "Zone 3 desk".replace("3 ", ""), "Atlantic"]
)
def test_queues_may_be_called_like_cities(name):
    assert names(order(f"{name} 08:00")) == [name]
    assert names(order(f"billing, {name} 08:00")) == ["billing", name]


@pytest.mark.parametrize("name", ["Morning Desk", "Morning", "The Morning"])
def test_queues_may_be_called_like_a_morning(name):
    assert names(order(f"{name} 08:00")) == [name]
    assert names(order(f"mon {name} 08:00")) == [name]


@pytest.mark.parametrize(
    ("text", "period"),
    [
        pytest.param("weekdays", "yesterday", id="days: the day before"),
        pytest.param("weekly mon", "last-week", id="weekly: the week before"),
        pytest.param("mon", "last-week", id="once a week, too"),
        pytest.param("monthly", "last-month", id="monthly: the month before"),
        pytest.param("weekly mon yesterday", "yesterday", id="said without covering"),
        pytest.param("covering last week", "last-week", id="in two words"),
        pytest.param("daily covering friday 08:00", "friday", id="a weekday covered"),
        pytest.param("about last 7 days", "last-7-days", id="another word for it"),
        pytest.param("for today 19:00", "today", id="today, sent in the evening"),
        pytest.param("today 08:00..12:00 12:15", "today 08:00..12:00", id="a part of the day, and a time"),
        pytest.param("12:15 covering today 08:00 .. 12:00", "today 08:00..12:00", id="the same, spaced"),
        pytest.param("weekly mon covering monday..friday 08:00", "monday..friday", id="days covered, and a time"),
        pytest.param("last monday 08:00", "monday", id="last Monday is a period"),
        pytest.param("monday 08:00..12:00 07:30", "monday 08:00..12:00", id="hours of a weekday are a period"),
        pytest.param("this-month", "this-month", id="a period that runs"),
    ],
)
def test_periods_are_read(text, period):
    found = order(f"billing {text}")
    assert found.topic.period == period
    assert names(found) == ["billing"]


def test_a_period_is_judged_by_the_next_occasion_and_not_by_now():
    early = NOW.replace(hour=7)
    assert order("daily 19:00 covering today 08:00..12:00", now=early).topic.period == "today 08:00..12:00"
    with pytest.raises(BadPeriod, match="lies in the future"):
        order("daily 07:45 covering today 08:00..12:00")
    with pytest.raises(BadPeriod, match="only just begun"):
        order("daily 00:00 today")


@pytest.mark.parametrize(
    ("text", "at", "later"),
    [
        pytest.param("covering today 08:00..10:00", "08:00", "10:30", id="no time said: eight, when it begins"),
        pytest.param("07:45 covering today 08:00..12:00", "07:45", "12:30", id="before it begins"),
        pytest.param("09:30 covering today 10:00..", "09:30", "10:30", id="without an end: when some of it is over"),
        pytest.param("00:00 today", "00:00", "00:30", id="a day that begins"),
        pytest.param("07:10 covering today 23:00..23:59", "07:10", "23:30", id="no time of the day is behind it"),
    ],
)
def test_a_time_of_sending_before_its_period_is_named_with_one_that_works(text, at, later):
    with pytest.raises(BadPeriod) as raised:
        order(f"claims daily {text}")
    assert str(raised.value).startswith(f"At {at}, when the digest is sent, “today")
    assert raised.value.remedy == f"Say a later time, such as {later}."
    assert order(f"claims {later} daily {text.removeprefix(at)}").schedule.at == time.fromisoformat(later)


@pytest.mark.parametrize("text", ["covering 2026-11-09", "2026-11-09..2026-11-15", "2026-11-09.."])
def test_a_digest_moves_with_its_days(text):
    with pytest.raises(BadPeriod, match="stays the same") as raised:
        order(f"billing {text}")
    assert "yesterday" in raised.value.remedy


def test_an_order_can_be_checked_again():
    found = order("daily 19:00 covering today 08:00..12:00")
    check(found, now=NOW)
    earlier = Order(topic=found.topic, schedule=Schedule(days=found.schedule.days, at=time(7), zone=LONDON))
    with pytest.raises(BadPeriod):
        check(earlier, now=NOW)


@pytest.mark.parametrize(
    ("text", "csv", "skip_empty"),
    [
        pytest.param("", False, False, id="neither"),
        pytest.param("csv", True, False, id="csv"),
        pytest.param("with csv skip-empty", True, True, id="both"),
        pytest.param("without csv skip empty", False, True, id="in two words"),
        pytest.param("no skip-empty", False, False, id="not skipping"),
        pytest.param("without skip empty", False, False, id="not skipping, in three words"),
        pytest.param("no send-empty", False, True, id="not sending is skipping"),
        pytest.param("no-csv send empty", False, False, id="neither, said"),
    ],
)
def test_files_and_empty_days_are_read(text, csv, skip_empty):
    found = order(f"billing {text} weekdays")
    assert (found.csv, found.skip_empty, names(found)) == (csv, skip_empty, ["billing"])


def test_behind_report_stands_a_question_of_report():
    found = order("report billing by agent,hour voice aht transfers compare mon 08:00 csv 20s of offered")
    assert found.topic == Topic(
        queues=(QueueWord(text="billing"),),
        period="last-week",
        threshold=timedelta(seconds=20),
        formula=Formula.OFFERED,
        table=Table(
            by=(Dimension.AGENT, Dimension.HOUR),
            metrics=("aht_seconds", "transferred"),
            media=(Media.VOICE,),
            compared=True,
        ),
    )
    assert found.csv
    assert found.schedule.days == on(0)
    assert order("/report billing by day weekly").topic.table == Table(by=(Dimension.DAY,))


def test_what_is_not_said_is_as_usual_here():
    place = PlaceSettings(
        queues=(QueueWord(text="q-1", quoted=True),), threshold=HALF_MINUTE, formula=Formula.ANSWERED, zone=PARIS
    )
    topic = order("weekdays", usual=place).topic
    assert (topic.queues, topic.threshold, topic.formula) == (place.queues, HALF_MINUTE, Formula.ANSWERED)
    topic = order("all own target of genesys", usual=place).topic
    assert (topic.queues, topic.threshold, topic.formula) == ((), None, Formula.GENESYS)
    assert order("08:00").topic == Topic(queues=(), period="yesterday")


@pytest.mark.parametrize(
    ("text", "word", "expected"),
    [
        pytest.param("billing weekdays daily", "daily", "the only choice of days: “weekdays”", id="two sets of days"),
        pytest.param("billing 07:45 08:00", "08:00", "the only time: “07:45”", id="two times"),
        pytest.param("billing UTC Europe/Paris", "Europe/Paris", "the only zone: “UTC”", id="two zones"),
        pytest.param("billing today yesterday", "yesterday", "the only period: “today”", id="two periods"),
        pytest.param("billing csv no csv", "no csv", "the only csv: “csv”", id="csv and not"),
        pytest.param("billing weekly mon,tue", "mon,tue", "one day of the week", id="weekly on two days"),
        pytest.param("billing monthly 32", "32", "they go from 1 to 31", id="no day of a month"),
        pytest.param("billing 25:00", "25:00", "they go from 00:00 to 23:59", id="no time of day"),
        pytest.param("billing 24:00", "24:00", "they go from 00:00 to 23:59", id="the end of a day is no time"),
        pytest.param("billing 13pm", "13pm", "they go from 00:00 to 23:59", id="no hour of an afternoon"),
        pytest.param("billing covering", "covering", "complete: a period follows it", id="nothing covered"),
        pytest.param("billing covering the", "the", "a period, which follows “covering”", id="no period covered"),
        pytest.param("billing by agent", "by", "a table of figures begins “report”", id="rows of service levels"),
        pytest.param("report conversations billing", "conversations", "which brings figures", id="conversations"),
        pytest.param("report billing json", "json", "which is csv", id="another file"),
        pytest.param("billing 30s sales", "sales", "a day or time of sending", id="a word between"),
        pytest.param('"Billing', '"Billing', "its closing quote is missing", id="an open quote"),
    ],
)
def test_what_cannot_be_read_is_explained(text, word, expected):
    error = refused(f"add {text}")
    assert error.word == word.replace("mon,tue", "mon, tue")
    assert expected in error.expected
    assert error.example.startswith("/digest add ")


def test_a_misspelt_word_between_gets_one_suggested():
    assert refused("add billing 30s wekdays").suggestion == "weekdays"


@pytest.mark.parametrize(
    ("text", "command"),
    [
        pytest.param("", List(), id="nothing: what there is"),
        pytest.param("  ", List(), id="spaces"),
        pytest.param("list", List(), id="list"),
        pytest.param("list all", List(everywhere=True), id="of all channels"),
        pytest.param("LIST everywhere", List(everywhere=True), id="the same in capitals"),
        pytest.param("help", Help(), id="help"),
        pytest.param("?", Help(), id="a question mark"),
        pytest.param("add", Add(), id="add: opens the window"),
        pytest.param("edit", Edit(), id="edit: opens the window"),
        pytest.param("edit 2", Edit(number=2), id="edit one: opens the window"),
        pytest.param("pause", Pause(), id="pause"),
        pytest.param("pause 2", Pause(number=2), id="pause one"),
        pytest.param("resume #12", Resume(number=12), id="a number as it is shown"),
        pytest.param("remove 2", Remove(number=2), id="remove"),
        pytest.param("delete 2", Remove(number=2), id="another word for it"),
        pytest.param("now", Now(), id="now"),
        pytest.param("confirm 3", Confirm(number=3), id="confirm"),
        pytest.param("preview", Preview(), id="preview"),
        pytest.param("preview 2", Preview(number=2), id="preview one"),
        pytest.param("settings", Settings(), id="settings: shows them"),
        pytest.param("log", Audit(), id="log"),
        pytest.param("history", Audit(), id="another word for it"),
        pytest.param("stop 2", Pause(number=2), id="stop"),
        pytest.param("disable 2", Pause(number=2), id="disable"),
        pytest.param("unpause 2", Resume(number=2), id="unpause"),
        pytest.param("enable 2", Resume(number=2), id="enable"),
        pytest.param("send 2", Now(number=2), id="send"),
        pytest.param("test 2", Preview(number=2), id="test"),
        pytest.param("show", List(), id="show"),
    ],
)
def test_what_to_do_is_read(text, command):
    assert read(text) == command


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("2 sales", id="of digest 2, or within 2 seconds"),
        pytest.param("#2 sales", id="the same as it is shown"),
        pytest.param("30, sales 08:00", id="a comma between"),
        pytest.param("2 minus", id="no unit, though it begins like one"),
    ],
)
def test_a_number_before_other_words_of_a_preview_is_not_guessed(text):
    error = refused(f"preview {text}")
    number = error.word.removeprefix("#")
    assert f"“preview {number}” alone shows digest {number}" in error.expected
    assert f"a threshold has its unit, “{number}s”" in error.expected
    assert error.example == f"/digest preview {number}"


@pytest.mark.parametrize("text", ["30s billing", "30 sec billing", "billing 30"])
def test_a_threshold_of_a_preview_is_one(text):
    assert read(f"preview {text}") == Preview(order=order("billing 30s"))


def test_a_preview_takes_what_add_takes():
    text = "billing 30s weekly mon 08:00"
    assert read(f"preview {text}") == Preview(order=order(text))


@pytest.mark.parametrize(
    ("text", "word", "suggestion", "example"),
    [
        pytest.param("ad billing 08:00", "ad", "add", "/digest add billing 08:00", id="a letter short"),
        pytest.param("lst", "lst", "list", "/digest list", id="a vowel short"),
        pytest.param("puase 2", "puase", "pause", "/digest pause 2", id="letters swapped"),
        pytest.param("billing 08:00", "billing", "", "/digest add billing 08:00", id="add left out"),
        pytest.param('"Billing EU" 30s', '"Billing', "", '/digest add "Billing EU" 30s', id="the same with quotes"),
        pytest.param("weekdays 30s 40s", "weekdays", "", "/digest add <queue> 30s weekdays 07:45", id="neither"),
        pytest.param("pause billing", "billing", "", "/digest pause 2", id="a name for a number"),
        pytest.param("2", "2", "edit 2", "/digest edit 2", id="a number alone"),
        pytest.param("#2 pause", "#2", "pause 2", "/digest pause 2", id="a number first"),
        pytest.param("2 stop", "2", "pause 2", "/digest pause 2", id="a number first, and another word for it"),
        pytest.param("30 billing", "30", "", "/digest add 30 billing", id="add left out, a threshold first"),
        pytest.param("pause 0", "0", "", "/digest pause 2", id="no number"),
        pytest.param("delete x", "x", "", "/digest remove 2", id="another word for it"),
        pytest.param("list billing", "billing", "", "/digest list all", id="a list of what"),
        pytest.param("log 2", "2", "", "/digest log", id="a log of what"),
        pytest.param("edit 2 25:00", "25:00", "", "/digest edit 2 weekdays 07:30", id="an edit"),
    ],
)
def test_what_was_probably_meant_is_said(text, word, suggestion, example):
    error = refused(text)
    assert (error.word, error.suggestion, error.example) == (word, suggestion, example)


@pytest.mark.parametrize("text", ["pause 1 2", "pause 1, #2 and 3", "remove all", "now everywhere"])
def test_what_is_done_to_several_is_done_one_at_a_time(text):
    assert "they go one at a time" in refused(text).expected


def test_too_long_a_text_is_refused():
    assert refused(f"add {'x' * TYPED_LIMIT}").expected.startswith("short enough")
    parse_digest(f"add {'x' * TYPED_LIMIT}", now=NOW, zone=LONDON, limit=CARRIED_LIMIT)


def test_help_is_told_apart():
    assert is_help("help")
    assert is_help(" ？ ")
    assert not is_help("")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("billing 30s weekdays 07:45", "billing 30s weekdays 07:45 Europe/London", id="an order"),
        pytest.param("07:45", "all weekdays 07:45 Europe/London", id="every queue"),
        pytest.param("mon, thu", "all mon,thu 08:00 Europe/London", id="days"),
        pytest.param(
            "weekly covering yesterday", "all weekly mon 08:00 Europe/London covering yesterday", id="a period"
        ),
        pytest.param("billing at, csv", "billing at, weekdays 08:00 Europe/London csv", id="a name that goes on"),
        pytest.param("30s, report", "sla report 30s weekdays 08:00 Europe/London", id="a queue called report"),
        pytest.param(
            "report billing by day voice aht monthly skip-empty",
            "report billing by day voice aht monthly 1 08:00 Europe/London skip-empty",
            id="a report",
        ),
        pytest.param(
            "weekly covering monday..fridayT12:00",
            "all weekly mon 08:00 Europe/London covering monday..fridayT12:00",
            id="an end that is no time of sending",
        ),
    ],
)
def test_orders_are_written(text, expected):
    assert order_text(order(text)) == expected
    assert order(expected) == order(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("add bilng 08:00", 'add "Level 2" 08:00', id="added"),
        pytest.param(
            "add report aht bilng, sales by day mon", 'add report aht "Level 2", sales by day mon', id="a report"
        ),
        pytest.param("edit 2 bilng", 'edit 2 "Level 2"', id="edited"),
        pytest.param("preview bilng weekly", 'preview "Level 2" weekly', id="previewed"),
        pytest.param(
            "settings queues bilng 30s limit bilng, x",
            'settings queues "Level 2" 30s limit "Level 2", x',
            id="in two places",
        ),
        pytest.param("add sales 08:00", "add sales 08:00", id="not there"),
        pytest.param("list", "list", id="no queue at all"),
    ],
)
def test_a_queue_is_replaced_where_it_stands(text, expected):
    assert with_queue(text, word="bilng", name="Level 2") == expected
