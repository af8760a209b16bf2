"""The file of rules and digests: what it says wrong is named by its line, and only what differs is a step."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.commands.alerts.terms import read_terms
from bot.commands.rules_file import differences, rules_yaml, step_line
from bot.commands.rules_reading import FileUnread, read_rules
from bot.domain.alerts.rules import Rule, RuleId
from bot.domain.ids import ChannelId, TeamId, UserId
from bot.domain.places import UNSET
from bot.domain.rule_file import Kept, Turn

NOW = datetime(2026, 11, 21, 14, 52, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")
TEAM, CHANNEL, ANNA = TeamId("T0TEAM"), ChannelId("C0BILLING"), UserId("U0ANNA")


def rule(number: int, text: str) -> Rule:
    return Rule(
        id=RuleId(f"{number}"),
        number=number,
        team=TEAM,
        channel=CHANNEL,
        owner=ANNA,
        terms=read_terms(text, zone=LONDON, usual=UNSET, example="", limit=500),
        created_at=NOW,
        changed_at=NOW,
    )


KEPT = Kept(team=TEAM, channel=CHANNEL, rules=(rule(1, "billing sla < 80%"), rule(3, '"a: #b" unusual')))


def file(entries: str) -> str:
    lines = "".join(f"      {line}\n" for line in entries.splitlines())
    return f"version: 1\nworkspaces:\n  {TEAM}:\n    {CHANNEL}:\n{lines}"


def steps(entries: str):
    return differences(read_rules(file(entries), now=NOW, zone=LONDON), (KEPT,))


def lines(entries: str) -> list[str]:
    return [step_line(step, "alert") for step in steps(entries)]


def test_what_was_written_is_what_there_is():
    assert differences(read_rules(rules_yaml([KEPT]), now=NOW, zone=LONDON), (KEPT,)) == ()


def test_a_channel_without_anything_is_not_in_the_file():
    empty = Kept(team=TEAM, channel=ChannelId("C0EMPTY"))
    assert read_rules(rules_yaml([empty]), now=NOW, zone=LONDON) == ()


def test_alerts_and_digests_without_their_heading_stay():
    assert steps("digests: []") == ()


def test_an_empty_list_takes_all_of_them():
    assert [step.turn for step in steps("alerts: []")] == [Turn.REMOVED, Turn.REMOVED]


def test_each_difference_is_one_line():
    entries = """alerts:
- number: 1
  owner: U0ANNA
  rule: billing sla < 75%
- owner: U0BEN
  rule: waiting > 10"""
    assert lines(entries) == [
        "~ T0TEAM/C0BILLING alert 1: billing sla < 80% Europe/London → billing sla < 75%",
        "+ T0TEAM/C0BILLING alert: waiting > 10 (U0BEN)",
        '- T0TEAM/C0BILLING alert 3: "a: #b" unusual Europe/London',
    ]


def test_another_owner_is_a_difference():
    entries = """alerts:
- number: 1
  owner: U0BEN
  rule: billing sla < 80% Europe/London
- number: 3
  owner: U0ANNA
  rule: '"a: #b" unusual'"""
    assert lines(entries) == ["~ T0TEAM/C0BILLING alert 1: billing sla < 80% Europe/London (U0ANNA → U0BEN)"]


@pytest.mark.parametrize(
    ("number", "reason"),
    [("", "none: it is found by what it says"), ("number: 9", "one that is not there: the same")],
)
def test_what_says_the_same_is_not_added_again(number, reason):
    entries = f"""alerts:
- owner: U0ANNA
  rule: sla < 80% billing for 10m
  {number}
- number: 3
  owner: U0ANNA
  rule: '"a: #b" unusual'"""
    assert lines(entries) == [], reason


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", 1, "empty"),
        ("version: 2\nworkspaces: {}", 1, "“version” has to be 1"),
        ("version: 1", 1, "“workspaces” is missing"),
        ("version: 1\nworkspaces:\n  nobody: {}", 3, "“nobody” is not the id of a workspace"),
        ("version: 1\nworkspaces: {T1: {billing: {}}}", 2, "“billing” is not the id of a channel"),
        (file("alarms: []"), 5, "has no “alarms”: there is alerts, digests"),
        (file("alerts:"), 5, "has a list under it"),
        (file("alerts:\n- owner: U1\n  rule: sla < 80"), 7, "“80” is not a percentage with its sign"),
        (file("alerts:\n- owner: U1\n  rule: waitng > 8"), 7, "Did you mean “waiting”?"),
        (file("alerts:\n- owner: anna\n  rule: waiting > 8"), 6, "“owner” is missing, or no id of a person"),
        (file("alerts:\n- owner: U1\n  number: 0\n  rule: waiting > 8"), 7, "“0” is no number of a rule"),
        (file("alerts:\n- owner: U1"), 6, "“rule” is missing"),
        (
            file("alerts:\n- {owner: U1, number: 1, rule: unusual}\n- {owner: U1, number: 1, rule: unusual}"),
            7,
            "already",
        ),
        (file("alerts: []\nalerts: []"), 6, "“alerts” is there twice"),
        (file("digests:\n- owner: U1\n  digest: billing 25:00"), 7, "is not a time of day"),
        ("version: 1\nworkspaces: [", 2, "This is no YAML"),
        ("[[[[[" * 3000, 1, ""),
    ],
)
def test_what_cannot_be_read_is_named_by_its_line(text, line, said):
    with pytest.raises(FileUnread) as raised:
        read_rules(text, now=NOW, zone=LONDON)
    problem = raised.value.problems[0]
    assert (problem.line, said in problem.sentence) == (line, True), problem


def test_every_problem_is_named_at_once():
    with pytest.raises(FileUnread) as raised:
        read_rules(file("alerts:\n- {owner: U1, rule: sla < 80}\n- {owner: U1, rule: nothing}"), now=NOW, zone=LONDON)
    assert [problem.line for problem in raised.value.problems] == [6, 7]


@settings(deadline=None)
@given(
    text=st.text(st.characters())
    | st.text("[]{}:-&*!|>'\"%@#, \n\tab1")
    | st.lists(st.text("[]{}:-&*!|>'\"%@#, \nab1", max_size=20)).map(lambda some: file("\n".join(some)))
)
def test_any_text_is_a_file_or_named_by_line(text):
    problems = ()
    try:
        read_rules(text, now=NOW, zone=LONDON)
    except FileUnread as error:
        problems = error.problems or (None,)
    assert all(problem.line >= 1 and problem.sentence for problem in problems)
