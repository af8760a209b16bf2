"""No digest, list, notice or form, however odd what is in it, breaks a limit of Slack or carries live markup.

The rules are those of the local Slack, and the ones written down in `test_limits`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.blocks import kit
from bot.blocks.digests.form import Given, digest_form, preview_view
from bot.blocks.digests.listed import changed_message, confirm_request, created_message, digest_list, removed_message
from bot.blocks.digests.log import log_message
from bot.blocks.digests.message import digest_message, report_digest_message
from bot.blocks.digests.notices import hello_message, missed_notice, stopped_notice, unclear_notice
from bot.blocks.home import home_view
from bot.blocks.place_settings import settings_form, settings_message
from bot.blocks.report import report_message
from bot.demo.slack_blocks import check_message, check_view
from bot.domain.audit import Action, Change
from bot.domain.deliveries import Stage
from bot.domain.digest import DigestLine, DigestReport, Form, WhatChanged
from bot.domain.ids import ChannelId, QueueId, TeamId, UserId
from bot.domain.places import PlaceSettings
from bot.domain.questions import QueueWord
from bot.domain.queues import Media, Queue, Target
from bot.domain.sla import Counts, Share
from bot.domain.subscriptions import SubscriptionState
from tests import reports
from tests.blocks.test_limits import ANY, NUMBERS, faults_of_message
from tests.digests import LONDON, MORNING, REPORTS, delivery, entry, imprint, subscription

MENTION = re.compile(r"<[@#][A-Z0-9]+>")
LIVE = re.compile(r"<|>")


def faults(sent: Any) -> list[str]:
    """What Slack refuses in a message or a view, and what it would take for markup."""
    found = check_message(sent["blocks"]) if "text" in sent else check_view(sent, sent["type"])
    return [*map(str, found), *live(sent)]


def live(node: Any) -> list[str]:
    """Markup in `mrkdwn` that is not a mention of ours, and elements that Slack would not take literally."""
    if isinstance(node, list):
        return [fault for each in node for fault in live(each)]
    if not isinstance(node, dict):
        return []
    if node.get("type") == "mrkdwn":
        rest = MENTION.sub("", node["text"])
        return [f"live: {node['text']}"] if LIVE.search(rest) or node.get("verbatim") is not True else []
    own = [f"live {node['type']}"] if node.get("type") in {"link", "user", "channel", "broadcast", "markdown"} else []
    return own + [fault for each in node.values() for fault in live(each)]


SHARES = st.none() | st.builds(lambda within, more: Share(within=within, denominator=more), NUMBERS, NUMBERS)
COUNTS = st.builds(
    Counts,
    offered=NUMBERS,
    answered=NUMBERS,
    abandoned=NUMBERS,
    short_abandoned=NUMBERS,
    flow_out=NUMBERS,
    within=NUMBERS,
)
THRESHOLDS = st.none() | st.integers(1, 604_800_000).map(lambda ms: timedelta(milliseconds=ms))
FACTORS = st.none() | st.floats(-1, 1000)


@st.composite
def digests(draw: st.DrawFn) -> DigestReport:
    """A report whose period, course and form are those of a sample, with any lines."""
    sample = REPORTS[draw(st.sampled_from(sorted(REPORTS)))]()
    names = draw(st.lists(ANY, min_size=1, max_size=4))
    promise = Target(share=draw(st.floats(0, 1)), threshold=timedelta(seconds=20))
    queues = tuple(
        Queue(id=QueueId(f"q{n}"), name=name, division=name, targets={Media.VOICE: promise})
        for n, name in enumerate(names)
    )
    worsts = [None, *(line.worst for line in REPORTS["tuesday"]().lines)]

    def line(queue: Queue | None, media: Media | None) -> DigestLine:
        return DigestLine(
            queue=queue,
            media=media,
            threshold=draw(THRESHOLDS),
            target=draw(st.sampled_from([None, promise])),
            counts=draw(COUNTS),
            share=draw(SHARES),
            before=draw(SHARES),
            usual=draw(SHARES),
            worst=draw(st.sampled_from(worsts)),
            excess=draw(st.none() | st.floats(-(10**7), 10**7)),
        )

    pairs = draw(st.lists(st.tuples(st.sampled_from(queues), st.sampled_from(Media)), max_size=5, unique=True))
    lines = tuple(line(queue, media) for queue, media in pairs)
    rows = tuple(replace(row, share=draw(SHARES), counts=draw(COUNTS)) for row in sample.course)
    changed = None
    if lines and draw(st.booleans()):
        stretches = [None, sample.question.period, REPORTS["tuesday"]().changed.stretch]
        changed = WhatChanged(
            line=draw(st.sampled_from(lines)),
            stretch=draw(st.sampled_from(stretches)),
            offered=draw(FACTORS),
            aht=draw(FACTORS),
        )
    return replace(
        sample,
        form=draw(st.sampled_from(Form)),
        queues=queues,
        lines=lines,
        silent=queues,
        total=line(None, None),
        course=rows,
        changed=changed,
    )


@pytest.mark.parametrize("name", REPORTS)
def test_every_sample_fits(name):
    message = digest_message(REPORTS[name](), imprint(value="v" * 2000))

    assert faults(message) == faults(kit.without_data_blocks(message)) == []
    assert faults_of_message(message) == []
    assert faults(preview_view(message)) == []


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(report=digests(), because=ANY, late=st.none() | st.timedeltas(timedelta(), timedelta(days=9)))
def test_no_report_breaks_a_limit(report, because, late):
    message = digest_message(report, imprint(because=because, late=late, asked_by=UserId(because)))

    assert faults(message) == []
    assert faults_of_message(message) == []
    assert faults(kit.without_data_blocks(message)) == []
    assert faults(preview_view(message)) == []


def test_a_queue_with_an_endless_name_and_five_hundred_of_them_fit():
    line = REPORTS["tuesday"]().lines[0]
    names = [f"{n} {'<!channel> ' * 1000}" for n in range(500)]
    queues = tuple(Queue(id=QueueId(str(n)), name=name) for n, name in enumerate(names))
    report = replace(
        REPORTS["tuesday"](), queues=queues, lines=tuple(replace(line, queue=queue) for queue in queues), silent=queues
    )
    message = digest_message(report, imprint())

    assert faults(message) == faults(preview_view(message)) == []


def test_a_report_digest_of_a_full_answer_fits():
    for made in reports.REPORTS.values():
        report = made()
        message = report_digest_message(
            report_message(report, token="t"), report, imprint(late=timedelta(hours=1), asked_by=UserId("U0ANA"))
        )
        assert faults(message) == []
        assert faults(preview_view(message)) == []


@settings(max_examples=60, deadline=None)
@given(
    words=st.lists(ANY, min_size=1, max_size=4),
    states=st.lists(st.sampled_from(SubscriptionState), max_size=40),
    stage=st.sampled_from(Stage),
    number=st.integers(1, 10**6),
)
def test_no_list_notice_or_home_breaks_a_limit(words, states, stage, number):
    word = words[0]
    entries = [
        entry(
            number + n,
            state=state,
            reason=words[n % len(words)],
            names=word,
            place=word,
            owner=UserId(word),
            channel=ChannelId(word),
            last=delivery(stage, note=word) if n % 3 else None,
        )
        for n, state in enumerate(states)
    ]
    one = entries[0] if entries else entry()

    sent = [
        digest_list(entries, place=word, command=f"/{word[:30]}"),
        created_message(one),
        changed_message(one, word),
        removed_message(one),
        confirm_request(one, UserId(word)),
        stopped_notice(one, word),
        missed_notice(entries or [one], word),
        unclear_notice(entries or [one], word),
        hello_message(word),
        home_view(words, entries=entries, notes=words),
    ]

    for message in sent:
        assert faults(message) == []


@settings(max_examples=60, deadline=None)
@given(word=ANY, names=st.lists(ANY, max_size=200), ids=st.text("abc-*?", min_size=1, max_size=80))
def test_no_form_or_setting_breaks_a_limit(word, names, ids):
    choices = [(f"{n}{ids}", name) for n, name in enumerate(names)]
    kept = PlaceSettings(zone=LONDON, queues=(QueueWord(text=word),), limit=tuple(QueueWord(text=n) for n in names))

    for view in (
        digest_form(given=Given(queues=choices, period=word, zone=word), metadata="m" * 3000, remove=subscription().id),
        digest_form(title="Edit Digest", given=Given(queues=choices, period=word[:75], zone=word[:9])),
        settings_form(kept, may_limit=True, place_name=word, queues=choices, limit=choices),
        settings_form(kept, may_limit=False, place_name=word, queues=choices, limit=choices),
        settings_message(kept, place_name=word, queues=names, limit=names),
    ):
        assert faults(view) == []


@settings(max_examples=60, deadline=None)
@given(word=ANY, actions=st.lists(st.sampled_from(Action), max_size=60), user=st.none() | ANY.map(UserId))
def test_no_log_breaks_a_limit(word, actions, user):
    changes = [
        Change(
            at=MORNING,
            team=TeamId("T"),
            user=user,
            action=action,
            channel=ChannelId(word),
            subject=word,
            before='{"a":1}',
            after=f'{{"{word}":2}}',
        )
        for action in actions
    ]

    assert faults(log_message(changes, LONDON, numbers={word: 3})) == []


def test_the_rules_catch_live_markup():
    assert live({"type": "mrkdwn", "text": "<!here>", "verbatim": True})
    assert live({"type": "mrkdwn", "text": "hello"})
    assert live([{"elements": [{"type": "user", "user_id": "U1"}]}])
    assert not live({"type": "mrkdwn", "text": "<@U1> in <#C1>", "verbatim": True})
