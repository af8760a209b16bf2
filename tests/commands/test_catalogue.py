"""The commands and their help agree with what can be read."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.commands.alerts import spoken
from bot.commands.alerts.command import read_alert
from bot.commands.catalogue import COMMANDS, alert_help, digest_help, queue_help, sla_help
from bot.commands.digests.command import Add, Preview, parse_digest
from bot.commands.queue import BUSIEST, parse_queue
from bot.commands.reader import QUEUE, exemplified
from bot.commands.sla import parse_sla
from bot.domain.calendar import PERIOD_WORDS, WEEKDAYS, read_period
from bot.domain.questions import Formula, Grouping, QueueWord

NOW = datetime(2026, 11, 21, 14, 52, tzinfo=ZoneInfo("Europe/London"))
HELP = sla_help(["Billing EU", "Sales"], "/cc-sla")


def part(name: str) -> str:
    return next(text for text in HELP.paragraphs if text.startswith(f"{name}: "))


def test_names_and_summaries_fit_what_slack_shows():
    for command in COMMANDS:
        assert re.fullmatch(r"[a-z]{1,28}", command.name)
        assert len(command.summary) <= 100
        assert len(command.usage_hint) <= 60
        assert command.should_escape is (command.name == "alert"), "only alerts mention people"


@pytest.mark.parametrize("example", COMMANDS[0].examples)
def test_every_example_can_be_read_whatever_the_queue_is_called(example):
    for name in ("Billing", "Sales & <Support> *VIP*", "Today", '"', ""):
        arguments = exemplified(example, name, "sla").removeprefix("/sla ")
        command = parse_sla(arguments, now=NOW)
        expected = () if QUEUE not in example or not name else (name,)
        assert tuple(word.text for word in command.question.queues) == expected


@pytest.mark.parametrize("example", COMMANDS[1].examples)
def test_every_example_of_this_minute_can_be_read_whatever_the_queue_is_called(example):
    for name in ("Billing", "Level 2", "Today", '"', ""):
        arguments = exemplified(example, name, "queue").removeprefix("/queue").strip()
        command = parse_queue(arguments, now=NOW)
        expected = () if QUEUE not in example or not name else (name,)
        assert tuple(word.text for word in command.question.queues) == expected


@pytest.mark.parametrize("example", next(command.examples for command in COMMANDS if command.name == "digest"))
def test_every_example_of_a_digest_can_be_read_whatever_the_queue_is_called(example):
    for name in ("Billing", "Level 2", "Today", "Weekdays", "report", "On", "CET", "UTC", "Mondays", '"', ""):
        arguments = exemplified(example, name, "cc-digest").removeprefix("/cc-digest ")
        command = parse_digest(arguments, now=NOW, zone=NOW.tzinfo)
        if QUEUE in example and isinstance(command, Add | Preview):
            assert [word.text for word in command.order.topic.queues] == ([name] if name else [])
        else:
            assert QUEUE not in example


def test_help_of_digests_names_days_times_and_periods_as_they_are_read():
    help_text = digest_help(["Billing EU"], "/cc-digest")
    said = {part.partition(": ")[0]: part for part in help_text.paragraphs}
    for words in ("weekdays", "weekends", "daily", "mon,thu", "weekly mon", "monthly 1", "monthly 31"):
        assert words in said["Days"]
    for words in ("07:45", "7.45am", "at 8", "08:00", "Europe/London"):
        assert words in said["Time"]
    for words in ("covering last-7-days", "covering today 08:00..12:00", "covering last-weekday"):
        assert words in said["Period"]
    typed = "Billing mon,thu 7.45am Europe/London covering today 05:00..07:00 csv skip-empty"
    order = parse_digest(f"add {typed}", now=NOW, zone=NOW.tzinfo).order
    assert order.schedule.said == "Mon and Thu at 07:45, Europe/London"
    assert (order.topic.period, order.csv, order.skip_empty) == ("today 05:00..07:00", True, True)
    assert help_text.examples[0][0] == '/cc-digest add "Billing EU" 30s weekdays 07:45'


def test_help_of_this_minute_says_how_many_queues_come_without_a_name():
    help_text = queue_help(["Billing EU"], "/cc-queue")
    words = {10: "ten"}
    assert f"the {words[BUSIEST]} with most waiting" in help_text.paragraphs[0]
    assert [command for command, _ in help_text.examples] == [
        '/cc-queue "Billing EU"',
        "/cc-queue",
        "/cc-queue all share",
    ]


def test_help_shows_the_commands_as_they_are_typed_here():
    assert HELP.title.startswith("/cc-sla: ")
    commands = [command for command, _ in HELP.examples]
    assert commands[:2] == ['/cc-sla "Billing EU" 30s last-week', "/cc-sla Sales"]
    assert all(answer for _, answer in HELP.examples)
    assert QUEUE not in "".join(commands)


def test_help_without_queues_speaks_of_all():
    assert sla_help([]).examples[0][0] == "/sla all 30s last-week"


def test_help_names_every_period_and_no_other():
    text = part("Period")
    assert all(word in text for word in PERIOD_WORDS if word not in WEEKDAYS)
    for written in re.findall(r"[0-9]{4}-[0-9-]+|\w+\.\.\w+|yesterday \S+\.\.[0-9:]+", text):
        assert read_period(written, now=NOW)


def test_help_names_every_threshold_and_option_as_it_is_read():
    for written in re.findall(r"\d[\dms]*(?: sec)?|4h", part("Threshold")):
        assert parse_sla(written, now=NOW).question.threshold
    for grouping in Grouping:
        assert f"by {grouping}" in part("Rows")
    for formula in (Formula.ANSWERED, Formula.OFFERED):
        assert f"of {formula}" in part("Formula")
    assert parse_sla("share", now=NOW).share
    assert parse_sla('"today"', now=NOW).question.queues == (QueueWord(text="today", quoted=True),)


@pytest.mark.parametrize("example", next(command.examples for command in COMMANDS if command.name == "alert"))
def test_every_example_of_an_alert_can_be_read_whatever_the_queue_is_called(example):
    for name in ("Billing", "Level 2", "Waiting", "critical", "unusual", "On", "CET", "Hours", "a < b", '"', ""):
        arguments = exemplified(example, name, "cc-alert").removeprefix("/cc-alert ")
        command = read_alert(arguments, now=NOW, zone=NOW.tzinfo)
        if QUEUE in example and isinstance(command, spoken.Add | spoken.Trial):
            assert [word.text for word in command.terms.queues] == ([name] if name else [])
        else:
            assert QUEUE not in example


def test_help_of_alerts_names_what_can_be_read():
    help_text = alert_help(["Billing EU"], "/cc-alert")
    assert help_text.examples[0][0] == '/cc-alert add "Billing EU" sla < 80% for 10m'
    said = "; ".join(help_text.paragraphs)
    readable = (
        *("recover 85%", "recover for 15m", "min 20", "over 1h", "for 0m", "hours 08:00-18:00 weekdays"),
        *("quiet 22:00-07:00", "remind 2h", "remind never", "holidays"),
    )
    for words in readable:
        assert words in said
        assert read_alert(f"add billing sla < 80% {words}", now=NOW, zone=NOW.tzinfo).terms
    for words in ("unusual", "unusual quiet", "unusual sensitive", "zscore 3"):
        assert words in said
        assert read_alert(f"add billing {words}", now=NOW, zone=NOW.tzinfo).terms
