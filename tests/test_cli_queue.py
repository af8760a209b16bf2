"""This minute in the terminal: as tables for people and as JSON for scripts."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from rich.console import Console

from bot.cli_ask import Answer, ask_once, show
from bot.cli_json import queue_json
from bot.commands.catalogue import COMMANDS
from bot.domain.ids import QueueId
from bot.domain.live import Agents, Contacts, QueueNow, QueueReport, half_hour_of
from bot.domain.questions import QueueQuestion
from bot.domain.queues import Media, Queue, Target
from bot.domain.sla import Counts, Share, SlaRow

PARIS = ZoneInfo("Europe/Paris")
AS_OF = datetime(2026, 11, 20, 14, 3, 12, 680_000, tzinfo=UTC)
TARGET = Target(share=0.8, threshold=timedelta(seconds=20))
BILLING = Queue(id=QueueId("q-1"), name="[red]Billing & <Support>[/]", targets={Media.VOICE: TARGET})
LOST = Queue(id=QueueId("q-2"), name="Lost")
REPORT = QueueReport(
    question=QueueQuestion(queues=(), zone=PARIS),
    as_of=AS_OF,
    half_hour=half_hour_of(AS_OF, PARIS),
    rows=(
        QueueNow(
            queue=BILLING,
            contacts=(
                Contacts(media=Media.VOICE, waiting=2, interacting=7, alerting=0, longest_wait=timedelta(seconds=61.2)),
                Contacts(media=Media.EMAIL, interacting=1),
            ),
            agents=Agents(on_queue=11, available=4, interacting=7, communicating=0, not_responding=0, off_queue=12),
            so_far=(
                SlaRow(
                    queue=BILLING,
                    media=Media.VOICE,
                    threshold=TARGET.threshold,
                    target=TARGET,
                    counts=Counts(offered=10, answered=10, within=8),
                    share=Share(within=8, denominator=10),
                ),
            ),
            estimates=((Media.VOICE, timedelta(seconds=95)),),
        ),
        QueueNow(queue=LOST, contacts=(), agents=None),
    ),
    considered=2,
    unreported=(LOST,),
)


def test_json_has_the_promised_shape_and_null_for_what_is_unknown() -> None:
    assert queue_json(REPORT) == {
        "command": "queue",
        "as_of": "2026-11-20T14:03:12Z",
        "half_hour": {"start": "2026-11-20T14:00:00Z", "end": "2026-11-20T14:30:00Z", "timezone": "Europe/Paris"},
        "rows": [
            {
                "queue": {"id": "q-1", "name": "[red]Billing & <Support>[/]"},
                "media": [
                    {
                        "media": "voice",
                        "waiting": 2,
                        "interacting": 7,
                        "alerting": 0,
                        "longest_wait_seconds": 61.2,
                        "estimated_wait_seconds": 95,
                        "service_level": {"within": 8, "denominator": 10, "share": 0.8},
                    },
                    {
                        "media": "email",
                        "waiting": None,
                        "interacting": 1,
                        "alerting": None,
                        "longest_wait_seconds": None,
                        "estimated_wait_seconds": None,
                        "service_level": None,
                    },
                ],
                "agents": {
                    "on_queue": 11,
                    "available": 4,
                    "interacting": 7,
                    "communicating": 0,
                    "not_responding": 0,
                    "off_queue": 12,
                },
            },
            {
                "queue": {"id": "q-2", "name": "Lost"},
                "media": None,
                "agents": {
                    "on_queue": None,
                    "available": None,
                    "interacting": None,
                    "communicating": None,
                    "not_responding": None,
                    "off_queue": None,
                },
            },
        ],
        "not_reported": [{"id": "q-2", "name": "Lost"}],
    }


def test_the_tables_show_what_is_known_and_no_zero_for_the_rest() -> None:
    printed = io.StringIO()
    show(Answer(report=REPORT), Console(file=printed, width=80, highlight=False))
    lines = printed.getvalue().splitlines()
    assert max(map(len, lines)) <= 80
    text = " ".join(" ".join(lines).split())
    assert "[red]Billing & <Support>[/]" in text
    assert "80 % (8 of 10) 1 min 35 s" in text
    (lost,) = [line.split() for line in lines if line.startswith("Lost ") and len(line.split()) == 7 and "–" in line][
        :1
    ]
    assert lost == ["Lost", *["–"] * 6]
    assert "As of Fri 20 Nov 2026, 15:03:12, Europe/Paris" in text


async def test_every_command_of_the_catalogue_is_answered_in_the_terminal() -> None:
    for command in COMMANDS:
        answer = await ask_once(f"/{command.name} help", {})
        assert answer.help is not None
        assert answer.help.title.startswith(f"/{command.name}: ")
