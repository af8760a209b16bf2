"""The rules to begin with are rules like any other."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.commands.alerts.command import read_alert
from bot.commands.alerts.starter import starter_rules
from bot.commands.alerts.text import rule_text
from bot.domain.questions import QueueWord

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 21, 14, 52, tzinfo=UTC)
A, B, C = (QueueWord(text=name, quoted=True) for name in "abc")


def texts(*queues: QueueWord, **targets: float) -> list[str]:
    rules = starter_rules(queues, zone=LONDON, target_of=lambda word: targets.get(word.text))
    return [rule_text(rule, zone=LONDON) for rule in rules]


def test_they_are_written_as_commands():
    assert texts() == [
        "all waiting >= 1 and on-queue < 1 critical",
        "all longest-wait > 4m and waiting >= 4 for 1m critical",
        "all sla < 70%",
        "all abandon% > 10% over 1h",
        "all unusual",
    ]


def test_they_read_back():
    for rule in starter_rules((A, B), zone=LONDON):
        assert read_alert(f"add {rule_text(rule)}", now=NOW, zone=LONDON).terms == rule


def test_a_service_level_is_ten_points_under_each_queues_own_target():
    levels = [text for text in texts(A, B, C, a=0.9, b=0.85, c=0.9) if "sla" in text]
    assert levels == ['"a", "c" sla < 80%', '"b" sla < 75%']


def test_a_target_that_leaves_no_room_is_still_a_limit():
    assert '"a" sla < 5%' in texts(A, a=0.1)
