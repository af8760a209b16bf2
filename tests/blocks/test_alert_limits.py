"""No name, number or note makes a message that Slack would refuse, or that calls somebody.

The rules are those of the local Slack, which shares nothing with the builders.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as examples
from hypothesis import strategies as st

from bot.blocks.alerts import answers
from bot.blocks.alerts.backtest import replay_view
from bot.blocks.alerts.details import Quarter, details_view
from bot.blocks.alerts.form import Given, rule_form
from bot.blocks.alerts.handover import handover_message
from bot.blocks.alerts.lines import line_text
from bot.blocks.alerts.listed import alert_list, rule_message
from bot.blocks.alerts.message import alert_message
from bot.blocks.alerts.notices import Passed, absence_message, absence_note, blind_message
from bot.blocks.alerts.trial import trial_message
from bot.demo.slack_blocks import check_message, check_view
from bot.domain.alerts.rules import RuleId, Severity
from bot.domain.alerts.states import Handling, Line, LineKind
from bot.domain.ids import UserId
from bot.domain.queues import Media
from tests.blocks import alert_examples as known
from tests.blocks.alert_examples import LONDON, NOW, SIX, TESTED, at, bulletin, entry, evidence, incident, rule

HERE: Any = {"now": NOW, "zone": LONDON}
CALLS = re.compile(r"<!(?:here|channel|everyone)|<@U0EVIL>")
NASTY = st.one_of(
    st.text(max_size=200),
    st.sampled_from(["", "<!channel>", "<@U0EVIL>", "*b* _i_ `c`", "a" * 5000, "\u202eevil\n\n", "&amp;<", "\ud800"]),
)
FOUND = st.sampled_from([known.BAD, known.MISSED, known.FEW, known.WAITING, known.OLDEST])
HANDLED = st.sampled_from([Handling(), known.ACKNOWLEDGED, known.SNOOZED, Handling(expected_by=UserId("<!channel>"))])


@st.composite
def incidents(draw: st.DrawFn) -> Any:
    told = evidence(*draw(st.lists(FOUND, max_size=3)))
    one = incident(
        draw(NASTY),
        media=draw(st.sampled_from([None, *Media])),
        title=draw(NASTY),
        severity=draw(st.sampled_from(Severity)),
        evidence=told,
        worst=told,
        handling=draw(HANDLED),
        firings=draw(st.integers(1, 9)),
        unstable_since=draw(st.sampled_from([None, at("10:20")])),
    )
    return replace(one, **known.OVER) if draw(st.booleans()) else one


def faults(message: Any) -> list[Any]:
    attached = message.get("attachments", [])
    found: list[Any] = list(check_message(message["blocks"], attached))
    found += [f"text of {len(message['text'])}"] * (not 1 <= len(message["text"]) <= 4000)
    found += [each for part in (message["text"], *_markup(message)) for each in CALLS.findall(part)]
    json.dumps(message, ensure_ascii=False).encode()  # lone surrogates cannot be sent
    found += ["fallback"] * any(not each["fallback"] for each in attached)
    return found


def _markup(node: Any) -> list[str]:
    if isinstance(node, dict):
        if node.get("type") == "mrkdwn":
            return [node["text"]]
        return [text for value in node.values() for text in _markup(value)]
    return [text for value in node for text in _markup(value)] if isinstance(node, list) else []


CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60)


@CALM
@examples(
    told=st.lists(incidents(), min_size=1, max_size=40),
    blind=st.sampled_from([None, NOW]),
    considered=st.sampled_from([None, 0, 12]),
)
def test_a_message_is_never_refused(told: Any, blind: Any, considered: Any) -> None:
    message = alert_message(
        bulletin(), told, blind_since=blind, considered=considered, mention=("<!channel>", "<@U0ANNA>"), **HERE
    )

    assert faults(message) == []
    assert len(message["attachments"]) == 1


@CALM
@examples(one=incidents(), kind=st.sampled_from(LineKind), note=NASTY)
def test_a_line_calls_nobody_and_fits(one: Any, kind: Any, note: str) -> None:
    told = line_text(kind, at=NOW, zone=LONDON, incident=one, note=note, mention="<!channel>")

    assert 1 <= len(told) <= 2000
    assert not CALLS.search(told)


@CALM
@examples(name=NASTY, title=NASTY, told=st.lists(incidents(), max_size=30))
def test_lists_and_answers_are_never_refused(name: str, title: str, told: Any) -> None:
    one = entry(names=name, title=title, text=title, place=name, open=tuple(told))
    live = [(bulletin(revision=number), told) for number in range(3)] if told else []
    rules = [one] * 40

    assert faults(alert_list(rules, bulletins=live, damaged=[rule(9)] * 9, place=name, placed=True, **HERE)) == []
    assert faults(rule_message(one, recent=told, **HERE)) == []
    assert faults(answers.added_message(one, replay=SIX, **HERE)) == []
    assert faults(answers.muted_message(rules, **HERE)) == []
    assert faults(answers.stopped_message(one, title)) == []
    assert faults(trial_message(one, [replace(each, queue_name=name) for each in TESTED * 20], **HERE)) == []
    assert faults(handover_message(at("06:00"), NOW, told * 9, zone=LONDON, place=name)) == []


@CALM
@examples(name=NASTY, title=NASTY, told=st.lists(incidents(), min_size=1, max_size=20))
def test_windows_are_never_refused(name: str, title: str, told: Any) -> None:
    rows = [Quarter(start=at("10:00"), offered=10**9)] * 40
    lines = [
        Line(
            bulletin=bulletin().id, key=str(number), kind=LineKind.STILL, at=NOW, text=f"{'x' * 140} <@U0ANNA> {number}"
        )
        for number in range(90)
    ]
    views = [
        details_view(
            bulletin(),
            told,
            rules={RuleId("rule-3"): entry(names=name, title=title)},
            course={each.id: rows for each in told},
            lines=lines,
            permalink=title,
            **HERE,
        ),
        rule_form(Given(queues=[("q-1", name)], limit=title, hours=title, more=title)),
        replay_view(replace(SIX, fires=SIX.fires * 40), title, zone=LONDON),
    ]

    assert [each for view in views for each in check_view(view, "modal")] == []


@pytest.mark.parametrize("note", ["", "x" * 9000, "<!channel>", "credentials were refused."])
def test_notices_are_never_refused(note: str) -> None:
    one = bulletin(note=note)
    many = absence_note([Passed(queue_name=note, title=note, began=NOW)] * 99, zone=LONDON, live_rules=3)

    assert faults(blind_message(one, alerts=3, **HERE)) == []
    assert faults(blind_message(replace(one, closed_at=NOW), **HERE)) == []
    assert faults(absence_message(one, **HERE)) == []
    assert faults(absence_message(replace(one, note=many), **HERE)) == []
