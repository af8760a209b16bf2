"""`/sla` as people type it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.commands.reader import CARRIED_LIMIT, TYPED_LIMIT, exemplified, with_queue
from bot.commands.sla import EXAMPLE, command_text, is_help, parse_sla
from bot.domain.questions import Formula, Grouping, QueueWord
from bot.errors import BadPeriod, BadWord

NOW = datetime(2026, 11, 21, 14, 52, tzinfo=ZoneInfo("Europe/London"))


def word(text: str) -> QueueWord:
    return QueueWord(text=text)


def name(text: str) -> QueueWord:
    return QueueWord(text=text, quoted=True)


@pytest.mark.parametrize(
    ("text", "queues", "seconds", "period"),
    [
        pytest.param("billing 30s last-week", [word("billing")], 30, "last-week", id="as in the usage line"),
        pytest.param("last-week billing 30s", [word("billing")], 30, "last-week", id="period first"),
        pytest.param("30s last-week billing", [word("billing")], 30, "last-week", id="queue last"),
        pytest.param("billing", [word("billing")], None, "today", id="a queue alone"),
        pytest.param("30s", [], 30, "today", id="a threshold alone: every queue"),
        pytest.param("last-week", [], None, "last-week", id="a period alone: every queue"),
        pytest.param("all 30s", [], 30, "today", id="all: every queue"),
        pytest.param('"all" 30s', [name("all")], 30, "today", id="a queue called all"),
        pytest.param("all, billing", [word("all"), word("billing")], None, "today", id="all among others"),
        pytest.param("Billing EU 30s last-week", [word("Billing EU")], 30, "last-week", id="a name of two words"),
        pytest.param("Billing, EU Sales 30s", [word("Billing"), word("EU Sales")], 30, "today", id="commas"),
        pytest.param("30s,last-week,billing", [word("billing")], 30, "last-week", id="commas between the parts"),
        pytest.param("Billing 30s", [word("Billing")], 30, "today", id="capitals stay"),
        pytest.param('"Level 2, Night" 30s', [name("Level 2, Night")], 30, "today", id="quotes keep everything"),
        pytest.param('"Billing" "Sales"', [name("Billing"), name("Sales")], None, "today", id="names without a comma"),
        pytest.param('"Billing" 30s "Sales"', [name("Billing"), name("Sales")], 30, "today", id="names apart"),
        pytest.param("“Today” yesterday", [name("Today")], None, "yesterday", id="a queue named like a period"),
        pytest.param("Driver’s Line 1m", [word("Driver’s Line")], 60, "today", id="an apostrophe"),
        pytest.param("bil*, ?ales 30s", [word("bil*"), word("?ales")], 30, "today", id="wildcards"),
        pytest.param("Bank of Scotland 30s", [word("Bank of Scotland")], 30, "today", id="of within a name"),
        pytest.param("billing 90 sec last 7 days", [word("billing")], 90, "last-7-days", id="parts of several words"),
        pytest.param("billing 1 h 30 min 7d", [word("billing")], 5400, "last-7-days", id="7d is a period"),
        pytest.param("7 days billing", [word("billing")], None, "last-7-days", id="so is 7 days"),
        pytest.param(
            "billing yesterday 8:00 .. 12:00 30s", [word("billing")], 30, "yesterday 08:00..12:00", id="hours, spaced"
        ),
        pytest.param(
            "billing 2026-11-09 08:00..2026-11-10 12:00",
            [word("billing")],
            None,
            "2026-11-09 08:00..2026-11-10 12:00",
            id="hours over days",
        ),
        pytest.param("billing last, monday", [word("billing last")], None, "monday", id="a comma parts words"),
        pytest.param("bill\u202eing\u0000 30\u00a0s", [word("billing")], 30, "today", id="unseen characters go"),
        pytest.param("¯ today", [word("¯")], None, "today", id="a lone accent does not melt into the next word"),
        pytest.param("客服 30s", [word("客服")], 30, "today", id="any script"),
        pytest.param("", [], None, "today", id="nothing"),
        pytest.param(",,, ,", [], None, "today", id="commas alone"),
    ],
)
def test_queues_threshold_and_period_are_read_in_any_order(text, queues, seconds, period):
    question = parse_sla(text, now=NOW).question
    assert question.queues == tuple(queues)
    assert question.threshold == (None if seconds is None else timedelta(seconds=seconds))
    assert question.period.name == period
    assert (question.by, question.formula) == (Grouping.QUEUE, Formula.GENESYS)


@pytest.mark.parametrize(
    ("text", "by", "formula", "share"),
    [
        pytest.param("billing by hour", Grouping.HOUR, Formula.GENESYS, False, id="by hour"),
        pytest.param("by DAYS billing", Grouping.DAY, Formula.GENESYS, False, id="plural, first"),
        pytest.param("billing by medium", Grouping.MEDIA, Formula.GENESYS, False, id="singular of media"),
        pytest.param("billing by queue", Grouping.QUEUE, Formula.GENESYS, False, id="the default"),
        pytest.param("billing of answered", Grouping.QUEUE, Formula.ANSWERED, False, id="of answered"),
        pytest.param("of offered billing", Grouping.QUEUE, Formula.OFFERED, False, id="of offered, first"),
        pytest.param("share billing", Grouping.QUEUE, Formula.GENESYS, True, id="share"),
        pytest.param("billing share share", Grouping.QUEUE, Formula.GENESYS, True, id="twice does no harm"),
        pytest.param("by hour of answered share billing 1m", Grouping.HOUR, Formula.ANSWERED, True, id="all of them"),
    ],
)
def test_options_are_read_anywhere(text, by, formula, share):
    command = parse_sla(text, now=NOW)
    assert (command.question.by, command.question.formula, command.share) == (by, formula, share)
    assert command.question.queues == (word("billing"),)


@pytest.mark.parametrize(
    ("text", "bad", "sentence", "suggestion"),
    [
        pytest.param(
            "billing 30s lst-week", "lst-week", "a threshold, a period or an option", "last-week", id="misspelt"
        ),
        pytest.param("lst-week 30s billing", "lst-week", "a threshold, a period or an option", "last-week", id="first"),
        pytest.param("billing 30s sales", "sales", "a comma goes between two queues", "", id="a second name"),
        pytest.param("billing 30s 1m", "1m", "the only threshold: “30s” is there already", "", id="two thresholds"),
        pytest.param(
            "team 2 30s", "30s", "a queue's name with a number in it goes in quotes", "", id="a number's name"
        ),
        pytest.param("monday billing friday", "friday", "a range is written monday..wednesday", "", id="two periods"),
        pytest.param("by hour billing by day", "by day", "the only grouping: “by hour”", "", id="two groupings"),
        pytest.param("of offered of answered", "of answered", "the only formula: “of offered”", "", id="two formulas"),
        pytest.param(
            "billing by our", "our", "queue, media, hour or day, one of which follows “by”", "hour", id="by what"
        ),
        pytest.param("billing by", "by", "complete: queue, media, hour or day follows it", "", id="by nothing"),
        pytest.param("billing by, hour", "by", "complete", "", id="by and a comma"),
        pytest.param('billing by "hour"', "by", "complete", "", id="by and a name"),
        pytest.param(
            "billing of anwsered",
            "anwsered",
            "answered or offered, one of which follows “of”",
            "answered",
            id="of what",
        ),
        pytest.param("billing of", "of", "complete: answered or offered follows it", "", id="of nothing"),
        pytest.param("billing of today", "today", "answered or offered", "", id="of a period"),
        pytest.param("of billing", "billing", "answered or offered", "", id="of without a name before it"),
        pytest.param("billing 0s", "0s", "a threshold: it goes from 1 second to 7 days", "", id="no time at all"),
        pytest.param("billing -30s", "-30s", "a threshold", "", id="less than none"),
        pytest.param("billing 200 hours", "200 hours", "a threshold", "", id="too long"),
        pytest.param(
            "billing monday..frday", "monday..frday", "a period; a range goes from a day to a day", "", id="a range"
        ),
        pytest.param(
            "billing 09/11/2026", "09/11/2026", "a date; dates are written year-month-day", "", id="a local date"
        ),
        pytest.param("billing 9.11.2026", "9.11.2026", "a date", "", id="a date with dots"),
        pytest.param(
            '"billing 30s', '"billing 30s', "a whole name: its closing quote is missing", "", id="an open quote"
        ),
        pytest.param(
            "x" * 501, "x" * 59 + "…", "short enough to read: a command has at most 500 characters", "", id="long"
        ),
    ],
)
def test_what_cannot_be_read_is_named_with_what_was_expected_and_an_example_that_works(text, bad, sentence, suggestion):
    with pytest.raises(BadWord) as raised:
        parse_sla(text, now=NOW)
    error = raised.value
    assert (error.word, error.suggestion) == (bad, suggestion)
    assert sentence in error.expected
    assert str(error) == f"“{error.word}” is not {error.expected}."
    working = exemplified(error.example, "Billing EU", "sla").removeprefix("/sla ")
    assert parse_sla(working, now=NOW).question.queues == (name("Billing EU"),)


def test_a_period_that_cannot_be_answered_says_so():
    with pytest.raises(BadPeriod, match="lies in the future"):
        parse_sla("billing 30s 2026-12-24", now=NOW)


def test_a_day_just_begun_has_no_default_period():
    with pytest.raises(BadPeriod, match="only just begun"):
        parse_sla("billing", now=NOW.replace(hour=0, minute=0))


def test_what_buttons_carry_may_be_longer_than_what_people_type():
    long = "x" * (TYPED_LIMIT + 1)
    assert parse_sla(long, now=NOW, limit=CARRIED_LIMIT).question.queues == (word(long),)


@pytest.mark.parametrize("text", ["", "  ", "help", "HELP ", "?", "？", "\u200b"])
def test_help_is_asked_for_by_nothing_or_by_name(text):
    assert is_help(text)


@pytest.mark.parametrize("text", ["billing", '"help"', "help me", "all"])
def test_anything_else_is_a_question(text):
    assert not is_help(text)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        pytest.param("30s Billing 7d", "Billing 30s last-7-days", id="in the order of the usage line"),
        pytest.param("90 sec", "all 1m30s today", id="what was left out is said"),
        pytest.param("'Driver's Line', sales", '"Driver\'s Line", sales today', id="quoted names stay quoted"),
        pytest.param("billing last, monday", "billing last, monday", id="a name that ends in last"),
        pytest.param("billing last 30s, monday", "billing last 30s monday", id="and is followed by something else"),
        pytest.param("share x of answered by day", "x today by day of answered share", id="options"),
        pytest.param("billing by queue", "billing today", id="the default grouping goes without saying"),
    ],
)
def test_a_command_is_written_so_that_it_reads_back(text, written):
    command = parse_sla(text, now=NOW)
    assert command_text(command) == written
    assert parse_sla(written, now=NOW) == command


@pytest.mark.parametrize(
    ("text", "typed", "chosen", "expected"),
    [
        pytest.param("bilin 30s last-week", "bilin", "Billing", '"Billing" 30s last-week', id="a word"),
        pytest.param("30s bilin  EU, sales", "bilin EU", "Billing EU", '30s "Billing EU", sales', id="several words"),
        pytest.param('"bilin 30s" 30s', "bilin 30s", "Billing", '"Billing" 30s', id="a quoted name"),
        pytest.param("x, bil* monday", "bil*", 'Team "A"', 'x, "Team ""A""" monday', id="quotes in the name"),
        pytest.param("b\u200bilin", "bilin", "Billing", '"Billing"', id="unseen characters"),
        pytest.param("EU bilin, bilin", "bilin", "Billing", 'EU bilin, "Billing"', id="whole names only"),
        pytest.param('"a"bilin 2099-01-01', "bilin", "Billing", '"a" "Billing" 2099-01-01', id="beside a quote"),
        pytest.param("sales 30s", "bilin", "Billing", "sales 30s", id="not there"),
        pytest.param("a, b", "a ,", "Billing", "a, b", id="a comma is no part of a name"),
    ],
)
def test_a_chosen_queue_takes_the_place_of_the_word_that_named_none(text, typed, chosen, expected):
    assert with_queue(text, word=typed, name=chosen, example=EXAMPLE) == expected


@pytest.mark.parametrize(
    ("example", "queue", "command", "expected"),
    [
        pytest.param(EXAMPLE, "Billing", "/sla", "/sla Billing 30s last-week", id="a plain name"),
        pytest.param(EXAMPLE, "Billing EU", "/cc-sla", '/cc-sla "Billing EU" 30s last-week', id="quotes, a prefix"),
        pytest.param(EXAMPLE, "", "cc-sla", "/cc-sla all 30s last-week", id="no queue known, no slash"),
        pytest.param("<queue> 30s", "Today", "/sla", '/sla "Today" 30s', id="an example without the command"),
    ],
)
def test_examples_are_filled_in_for_this_organisation(example, queue, command, expected):
    assert exemplified(example, queue, command) == expected
