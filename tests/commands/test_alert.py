"""`/alert` as people type it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from bot.commands.alerts import spoken
from bot.commands.alerts.command import EXAMPLE, read_alert, with_queue
from bot.commands.alerts.moments import FOREVER
from bot.commands.alerts.text import rule_text, rule_title
from bot.domain.alerts.rules import Compare, Condition, Hours, Kind, Preset, Severity, Step
from bot.domain.places import PlaceSettings
from bot.domain.questions import QueueWord
from bot.domain.queues import Media
from bot.errors import BadWord

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 21, 14, 52, tzinfo=LONDON)
WORKING = frozenset(range(5))
EVERY = frozenset(range(7))


def read(text, usual=None):
    return read_alert(text, now=NOW, zone=LONDON, usual=usual or PlaceSettings())


def terms(text, usual=None):
    return read(f"add {text}", usual).terms


def only(text) -> Condition:
    (condition,) = terms(text).conditions
    return condition


def refused(text) -> BadWord:
    with pytest.raises(BadWord) as raised:
        read(text)
    return raised.value


@pytest.mark.parametrize(
    ("text", "measure", "compare", "limit", "reason"),
    [
        ("billing sla < 80%", "service_level", Compare.BELOW, Fraction(4, 5), "the shortest"),
        ("billing sla&lt;80%", "service_level", Compare.BELOW, Fraction(4, 5), "as Slack escapes it, without spaces"),
        ("billing waiting &gt;= 10", "waiting", Compare.AT_LEAST, 10, "the other sign, escaped"),
        ("billing service level under 79.5 %", "service_level", Compare.BELOW, Fraction(159, 200), "in words"),
        ("sla falls below 80 percent", "service_level", Compare.BELOW, Fraction(4, 5), "as people say it"),
        ("sales longest wait > 5m", "oldest_wait", Compare.ABOVE, 300, "a measure of two words"),
        ("sales aht over 8m", "aht_seconds", Compare.ABOVE, 480, "“over” right behind a measure compares"),
        ("abandon rate > 10%", "abandon_share", Compare.ABOVE, Fraction(1, 10), "a rate"),
        ("available agents at most 0", "available", Compare.AT_MOST, 0, "at most"),
        ("agents < 1", "on_queue", Compare.BELOW, 1, "on queue"),
        ("waiting ≥ 4", "waiting", Compare.AT_LEAST, 4, "a sign from a phone's keyboard"),
        ("breach rate > 20%", "breach_share", Compare.ABOVE, Fraction(1, 5), "the other side of a service level"),
    ],
)
def test_a_condition_is_read(text, measure, compare, limit, reason):
    found = only(text)
    assert (found.measure, found.compare, found.limit) == (measure, compare, limit), reason


@pytest.mark.parametrize(
    ("text", "window", "limit", "reason"),
    [
        ("offered < 5 over 1h", 60, 5, "behind the limit it is the window"),
        ("offered over 1h < 5", 60, 5, "before a comparison, too"),
        ("aht over 8m over 45m", 45, 480, "first the comparison, then the window"),
        ("aht over 45m over 45m", 45, 2700, "even when both could be either"),
        ("sla under 80% over 24h", 1440, Fraction(4, 5), "the longest"),
    ],
)
def test_over_is_a_comparison_or_a_window_and_never_unclear(text, window, limit, reason):
    found = terms(text)
    assert (found.window, found.conditions[0].limit) == (timedelta(minutes=window), limit), reason


@pytest.mark.parametrize(
    ("text", "recovery", "reason"),
    [
        ("sla < 80%", Fraction(85, 100), "5 points better"),
        ("sla < 97%", Fraction(985, 1000), "at most half of the way"),
        ("abandon rate > 10%", Fraction(5, 100), "5 points better, downwards"),
        ("abandon rate > 3%", Fraction(15, 1000), "at most half of the way to nothing"),
        ("waiting > 10", 8, "a fifth better"),
        ("waiting > 3", 3, "rounded towards the limit"),
        ("waiting >= 1", 0, "the first good count"),
        ("available < 1", 1, "the first good count, upwards"),
        ("available <= 0", 1, "a count above the limit"),
        ("available < 5", 6, "a fifth more"),
        ("longest wait > 5m", 240, "a fifth less"),
        ("sla < 80% recover 90%", Fraction(9, 10), "as said"),
        ("sla < 80% for 5m recover at 90%", Fraction(9, 10), "as said further on"),
        ("waiting > 10 recover 10", 10, "none at all"),
    ],
)
def test_it_is_good_again_where_it_was_said_or_a_little_beyond_the_limit(text, recovery, reason):
    assert only(text).recovery == recovery, reason


@pytest.mark.parametrize(
    ("text", "minutes", "reason"),
    [
        ("waiting > 10", 2, "seen live"),
        ("available < 1 and waiting >= 1", 2, "all of it is seen live"),
        ("sla < 80%", 10, "over a window"),
        ("sla < 80% and waiting > 3", 10, "a part of it is over a window"),
        ("unusual", 0, "has its own patience"),
        ("sla < 80% for 0m", 0, "told at once"),
        ("waiting > 10 immediately", 0, "told at once, in a word"),
        ("waiting > 10 for 90 sec", 1.5, "as said"),
    ],
)
def test_how_long_it_must_last(text, minutes, reason):
    assert terms(text).pending == timedelta(minutes=minutes), reason


@pytest.mark.parametrize(
    ("text", "threshold", "reason"),
    [
        ("sla 30s < 80%", 30, "behind the measure"),
        ("sla within 1m30s < 80%", 90, "with a word"),
        ("30s sla < 80%", 30, "before it"),
        ("sla < 80% 30s", 30, "behind it all"),
        ("sla < 80%", 20, "the channel's usual one"),
        ("sla own target < 80%", None, "the queue's own in spite of it"),
        ("waiting > 3", None, "what needs none has none"),
    ],
)
def test_a_service_level_has_its_threshold(text, threshold, reason):
    (condition,) = terms(text, PlaceSettings(threshold=timedelta(seconds=20))).conditions
    assert condition.threshold == (None if threshold is None else timedelta(seconds=threshold)), reason


def test_options_come_in_any_order():
    said = (
        "critical",
        "min 20",
        "billing, sales EU,",
        "voice",
        "for 15m",
        "recover for 20m",
        "over 1h",
        "sla < 80% recover 90%",
        "hours 08:00-18:00 mon-fri",
        "quiet hours 22:00-07:00",
        "holidays",
        "mention <@U1|anna> and <!subteam^S2|@leads>",
        "escalate 30m <@U9> 15m <@U8>",
        "remind 2h",
        "Europe/Paris",
    )
    found = terms(" ".join(said))
    assert terms(" ".join(reversed(said))) == found
    assert found.queues == (QueueWord(text="billing"), QueueWord(text="sales EU"))
    assert (found.media, found.severity, found.minimum) == ((Media.VOICE,), Severity.CRITICAL, 20)
    assert (found.window, found.pending, found.recover_for) == (
        timedelta(hours=1),
        timedelta(minutes=15),
        timedelta(minutes=20),
    )
    assert found.hours == Hours(days=WORKING, start=time(8), end=time(18))
    assert found.quiet == Hours(days=EVERY, start=time(22), end=time(7))
    assert (found.holidays, found.renotify, found.zone.key) == (False, timedelta(hours=2), "Europe/Paris")
    assert found.mention == ("<@U1>", "<!subteam^S2>")
    assert found.escalation == (
        Step(after=timedelta(minutes=15), mention="<@U8>"),
        Step(after=timedelta(minutes=30), mention="<@U9>"),
    )


@pytest.mark.parametrize(
    ("text", "hours", "reason"),
    [
        ("hours 8-18", Hours(days=EVERY, start=time(8), end=time(18)), "every day when no day is said"),
        ("hours weekdays 8am-6pm", Hours(days=WORKING, start=time(8), end=time(18)), "days first"),
        ("hours 08:00 - 24:00 sat,sun", Hours(days=frozenset({5, 6}), start=time(8), end=time()), "until midnight"),
        ("hours mon-fri", Hours(days=WORKING, start=time(), end=time()), "whole days"),
        ("hours from 22.30 to 6.15 daily", Hours(days=EVERY, start=time(22, 30), end=time(6, 15)), "over midnight"),
    ],
)
def test_hours_are_read_as_people_write_them(text, hours, reason):
    assert terms(f"sla < 80% {text}").hours == hours, reason


@pytest.mark.parametrize(
    ("text", "kind", "preset", "z"),
    [
        ("billing unusual", Kind.UNUSUAL, Preset.DEFAULT, 2),
        ("billing unusual sensitive", Kind.UNUSUAL, Preset.SENSITIVE, 2),
        ("billing unusual quiet", Kind.UNUSUAL, Preset.QUIET, 2),
        ("billing unusual quiet 22:00-07:00", Kind.UNUSUAL, Preset.DEFAULT, 2),
        ("billing zscore", Kind.ZSCORE, Preset.DEFAULT, 2),
        ("billing z-score 3", Kind.ZSCORE, Preset.DEFAULT, 3),
    ],
)
def test_what_is_unusual_has_presets_and_a_z_score_a_number(text, kind, preset, z):
    found = terms(text)
    assert (found.kind, found.preset, found.z, found.conditions) == (kind, preset, z, ())


@pytest.mark.parametrize(
    ("text", "word", "suggestion", "reason"),
    [
        ("add sla < 80", "80", "80%", "a percentage without its sign"),
        ("add sla < 0.8", "0.8", "80%", "a share of one, as in spreadsheets"),
        ("add longest wait > 5", "5", "5m", "a time without its unit"),
        ("add waiting > 10m", "10m", "10", "a time for a count"),
        ("add sla > 80%", "sla > 80%", "sla < 80%", "good news"),
        ("add waiting < 3", "waiting < 3", "waiting > 3", "good news"),
        ("add sla < 180%", "180%", "", "out of range"),
        ("add waiting > 100001", "100001", "", "out of range"),
        ("add sla < 0%", "sla < 0%", "", "never true"),
        ("add waiting >= 0", "waiting >= 0", "", "always true"),
        ("add sla < 80% recover 70%", "70%", "", "a recovery on the bad side"),
        ("add billing slaa < 80%", "slaa", "sla", "a misspelt measure"),
        ("add billing waitng > 10", "waitng", "waiting", "a misspelt measure that is counted"),
        ("add billing sla", "sla", "", "a measure alone"),
        ("add billing sla 80%", "sla", "", "a measure without a comparison"),
        ("add billing", "billing", "", "no condition at all"),
        ("add waiting = 10", "=", "", "no comparison that makes an alert"),
        ("add waiting > 10 or available < 1", "or", "", "two rules in one"),
        ("add sla < 80% unusual", "unusual", "", "two kinds of rule"),
        ("add sla < 80% for 10", "10", "10m", "a time without its unit"),
        ("add sla < 80% over 20m", "20m", "", "no quarter hours"),
        ("add sla < 80% over 48h", "48h", "", "too long a window"),
        ("add sla < 80% for 5m for 10m", "for 10m", "", "said twice"),
        ("add sla < 80% mention @anna", "@anna", "", "a name that Slack did not make out"),
        ("add sla < 80% mention <!channel>", "channel", "", "everybody"),
        ("add sla < 80% escalate 15m <@U1>", "escalate", "", "a warning does not escalate"),
        ("add sla < 80% critical escalate 15m", "escalate", "", "nobody to escalate to"),
        ("add sla < 80% hours 25:00-26:00", "25:00-26:00", "", "no such hours"),
        ("add zscore 99", "99", "", "out of range"),
        ("add sla < 80% by hour", "by hour", "", "not a part of rules"),
        ("add 30s waiting > 3", "30s", "", "a threshold of nothing"),
        ("billing sla < 80%", "billing", "add", "a rule without its add"),
        ("mut 2", "mut", "mute", "a misspelt verb"),
        ("2 mute 1h", "2", "mute 2 1h", "the number first"),
        ("show two", "two", "", "no number"),
        ("snooze forever", "forever", "", "a snooze ends"),
        ("holidays add 2026-02-30", "2026-02-30", "", "no such day"),
    ],
)
def test_what_cannot_be_read_is_named_with_what_was_meant(text, word, suggestion, reason):
    error = refused(text)
    assert (error.word, error.suggestion) == (word, suggestion), reason
    read(error.example.replace("<queue>", "all").removeprefix("/alert "))


def test_nothing_behind_add_and_edit_opens_the_window():
    assert read("add") == spoken.Add()
    assert read("edit 2") == spoken.Edit(number=2)


def test_queues_that_are_not_named_are_the_usual_ones():
    usual = PlaceSettings(queues=(QueueWord(text="a", quoted=True),))
    assert terms("sla < 80%", usual).queues == usual.queues
    assert terms("all sla < 80%", usual).queues == ()
    assert read("starter", usual).queues == usual.queues


def test_an_edit_changes_what_is_said_and_nothing_else():
    rule = terms("billing sla < 80% critical escalate 15m <@U1> hours 8-18 min 20 mention <@U2>")
    later = read("edit 2 for 15m no hours mention nobody").changes.apply(rule)
    assert (later.pending, later.hours, later.mention) == (timedelta(minutes=15), None, ())
    assert (later.queues, later.conditions, later.minimum) == (rule.queues, rule.conditions, 20)
    assert later.escalation == rule.escalation
    assert read("edit 2 warning").changes.apply(rule).escalation == (), "a warning does not escalate"
    other = read("edit 2 unusual quiet").changes.apply(rule)
    assert (other.kind, other.conditions, other.preset) == (Kind.UNUSUAL, (), Preset.QUIET)
    with pytest.raises(BadWord, match="only critical rules escalate"):
        read("edit 2 escalate 15m <@U1>").changes.apply(terms("billing sla < 80%"))


@pytest.mark.parametrize(
    ("text", "command", "reason"),
    [
        ("mute", spoken.Mute(until=datetime(2026, 11, 21, 15, 52, tzinfo=UTC)), "an hour"),
        ("mute 2 for 2h", spoken.Mute(number=2, until=datetime(2026, 11, 21, 16, 52, tzinfo=UTC)), "a length"),
        ("mute all forever", spoken.Mute(until=FOREVER), "until somebody says otherwise"),
        ("mute 2 until 18:00", spoken.Mute(number=2, until=datetime(2026, 11, 21, 18, tzinfo=UTC)), "today"),
        ("mute until 9:00", spoken.Mute(until=datetime(2026, 11, 22, 9, tzinfo=UTC)), "tomorrow, as it is past"),
        ("mute until monday 08:00", spoken.Mute(until=datetime(2026, 11, 23, 8, tzinfo=UTC)), "a weekday"),
        ("mute 3 2 days", spoken.Mute(number=3, until=datetime(2026, 11, 23, 14, 52, tzinfo=UTC)), "days"),
        ("unmute", spoken.Unmute(), "all"),
        ("snooze 3", spoken.Snooze(number=3, until=datetime(2026, 11, 21, 15, 52, tzinfo=UTC)), "an hour"),
        ("snooze until tomorrow", spoken.Snooze(until=None), "until it opens"),
        ("acknowledge 4", spoken.Acknowledge(number=4), "in full"),
        ("handover", spoken.Handover(since=datetime(2026, 11, 21, 6, 52, tzinfo=UTC)), "eight hours"),
        ("handover since 15:00", spoken.Handover(since=datetime(2026, 11, 20, 15, tzinfo=UTC)), "yesterday's"),
        ("handover 12h share", spoken.Handover(since=datetime(2026, 11, 21, 2, 52, tzinfo=UTC), share=True), "shared"),
        ("list all", spoken.List(everywhere=True), "everywhere"),
        ("", spoken.List(), "nothing said"),
        ("show #7", spoken.Show(number=7), "a number as it is shown"),
        ("delete 7", spoken.Remove(number=7), "a synonym"),
        ("confirm", spoken.Confirm(), "the only one"),
        ("preview 2", spoken.Trial(number=2), "a rule that is there"),
        ("export", spoken.Export(), "a file"),
        ("holidays", spoken.Holidays(), "the list"),
        (
            "holidays add 2026-12-25..2026-12-26 Christmas Day",
            spoken.Holidays(added=(date(2026, 12, 25), date(2026, 12, 26)), name="Christmas Day"),
            "a range with a name",
        ),
        ("holidays remove 2026-12-25", spoken.Holidays(removed=(date(2026, 12, 25),)), "taken back"),
    ],
)
def test_every_verb_is_read(text, command, reason):
    assert read(text) == command, reason


def test_a_rule_is_told_as_people_say_it():
    assert rule_title(terms("billing sla < 80% for 10m")) == "service level < 80 % (30 min) for 10 min"
    assert rule_title(terms("sla 30s < 80% over 1h for 0m")) == "service level (30 s) < 80 % (1 h)"
    assert rule_title(terms("agents < 1 and waiting >= 1")) == "agents on queue < 1 and waiting ≥ 1 for 2 min"
    assert rule_title(terms("abandon% > 12.5%")) == "abandon rate > 12.5 % (30 min) for 10 min"
    assert rule_title(terms("aht over 8m")) == "AHT > 8 min (30 min) for 10 min"
    assert rule_title(terms("unusual quiet")) == "unusual (quiet)"


def test_a_rule_is_written_as_shortly_as_it_reads_back():
    assert rule_text(terms("billing sla < 80% recover 85% for 10m warning remind 1h"), zone=LONDON) == (
        "billing sla < 80%"
    )
    assert rule_text(terms("billing sla < 80%")) == "billing sla < 80% Europe/London"
    assert rule_text(terms("Billing longest, wait > 5m"), zone=LONDON) == "Billing longest average-wait > 5m"


def test_a_queue_that_was_typed_is_replaced_by_the_one_that_was_chosen():
    assert with_queue("add bilingg sla&lt;80% for 5m", word="bilingg", name="Billing EU") == (
        'add "Billing EU" sla < 80% for 5m'
    )
    assert with_queue("edit 2 bilingg", word="bilingg", name="Billing") == 'edit 2 "Billing"'
    assert read(EXAMPLE.replace("<queue>", "all").removeprefix("/alert "))
