"""This minute as a supervisor reads it; the whole messages are under tests/golden/queue."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.blocks.kit import without_data_blocks
from bot.blocks.queue import REFRESH, SHARE, headline, queue_message
from bot.blocks.queue_rows import lines, wait_words
from bot.domain.ids import QueueId, UserId
from bot.domain.live import Contacts, QueueNow, QueueReport, half_hour_of
from bot.domain.questions import QueueQuestion, QueueWord
from bot.domain.queues import Media, Queue


def text_of(message) -> str:
    """Everything a reader sees, in order."""
    parts: list[str] = []

    def walk(node: object) -> None:
        if isinstance(node, dict):
            if isinstance(node.get("text"), str):
                parts.append(node["text"])
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(message["blocks"])
    return "\n".join(parts)


def test_every_message_is_the_one_on_record(named_live_report, golden):
    name, report = named_live_report
    golden(f"queue/{name}.json", queue_message(report, token="token"))


def test_the_shared_copy_is_the_one_on_record(the_live_report, golden):
    golden("queue/shared.json", queue_message(the_live_report("one_queue"), token="t", shared_by=UserId("U0ANA")))


def test_the_text_for_older_workspaces_is_the_one_on_record(the_live_report, golden):
    golden("queue/busy_as_text.json", without_data_blocks(queue_message(the_live_report("busy"), token="token")))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("one_queue", "Billing now: 2 waiting, longest 1 min 1 s, 4 of 11 agents free"),
        ("busy", "Billing and Claims now: 45 waiting (voice 5, email 40). Longest wait: voice 4 min 5 s (Claims)"),
        ("quiet", "Billing now: nobody waiting, 4 of 4 agents free"),
        ("missing", "Billing, Half and Lost now: 1 waiting; 2 not reported. Longest wait: voice 9 s (Billing)"),
        ("nothing_reported", "Billing now: not reported by Genesys"),
        ("many_queues", "All 72 queues now: 213 waiting. Longest wait: voice 36 min (Team 72)"),
        ("ten_busiest", "The busiest 10 of 72 queues now: 60 waiting. Longest wait: voice 34 min 30 s (Team 69)"),
    ],
)
def test_the_notification_carries_the_point_with_its_number(the_live_report, name, said):
    assert queue_message(the_live_report(name), token="t")["text"].startswith(said)


@pytest.mark.parametrize(
    ("queues", "said"),
    [
        pytest.param(
            [{"email": 0, "voice": None}], "Q0 now: nobody known to be waiting; not fully reported", id="none"
        ),
        pytest.param([{"email": None, "voice": 3}], "Q0 now: 3 waiting; not fully reported", id="some"),
        pytest.param([{"video": None, "voice": 0}], "Q0 now: nobody waiting", id="nobody is ever waiting for video"),
        pytest.param(
            [{"voice": None}, {"voice": 0}], "Q0 and Q1 now: nobody known to be waiting; 1 not reported", id="a queue"
        ),
        pytest.param(
            [{"voice": None}, {"voice": 0, "email": None}, {"voice": 2}],
            "Q0, Q1 and Q2 now: 2 waiting; 2 not fully reported",
            id="a queue, and a medium of another",
        ),
    ],
)
def test_nobody_is_said_to_be_waiting_only_where_every_medium_is_known(queues, said):
    rows = [
        QueueNow(
            queue=Queue(id=QueueId(f"q-{n}"), name=f"Q{n}"),
            contacts=tuple(
                Contacts(media=Media(media), waiting=waiting, interacting=0, alerting=None if waiting is None else 0)
                for media, waiting in by_medium.items()
            ),
            agents=None,
        )
        for n, by_medium in enumerate(queues)
    ]
    moment = datetime(2026, 11, 21, 9, 30, tzinfo=ZoneInfo("Europe/Paris"))
    report = QueueReport(
        question=QueueQuestion(queues=(QueueWord(text="q*"),), zone=ZoneInfo("Europe/Paris")),
        as_of=moment,
        half_hour=half_hour_of(moment, ZoneInfo("Europe/Paris")),
        rows=tuple(rows),
        considered=len(rows),
        unreported=(),
    )
    assert headline(report) == said


def test_those_who_wait_where_nobody_serves_are_pointed_out(the_live_report):
    text = text_of(queue_message(the_live_report("busy"), token="t"))
    assert "Waiting with no agent on queue: Claims (3)" in text


def test_what_was_not_reported_is_never_a_zero(the_live_report):
    message = queue_message(the_live_report("nothing_reported"), token="t")
    assert "0" not in text_of(message).partition("As of")[0]


def test_a_missing_estimate_is_said(the_live_report):
    assert "Estimated waits are left out" in text_of(queue_message(the_live_report("missing"), token="t"))


def test_the_time_is_the_askers_own_to_the_second(the_live_report):
    assert "As of Sat 21 Nov 2026, 09:30:12, Europe/Paris" in text_of(
        queue_message(the_live_report("quiet"), token="t")
    )


def test_the_buttons_bring_the_token_back(the_live_report):
    message = queue_message(the_live_report("quiet"), token="opaque")
    (block,) = [block for block in message["blocks"] if block["type"] == "actions"]
    assert {button["action_id"]: button["value"] for button in block["elements"]} == {
        REFRESH: "opaque",
        SHARE: "opaque",
    }


def test_media_in_which_nothing_happens_have_no_row(the_live_report):
    labels = [line.label for line in lines(the_live_report("busy"))]
    assert labels == ["Billing · voice", "Billing · email", "Claims · voice"]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(None, "–"), (0, "0 s"), (0.9, "0 s"), (61.2, "1 min 1 s"), (3599.9, "59 min 59 s"), (11_000, "3 h 3 min")],
)
def test_waits_are_told_as_finely_as_they_matter(seconds, words):
    assert wait_words(None if seconds is None else timedelta(seconds=seconds)) == words
