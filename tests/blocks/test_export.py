"""An export as its owner follows it; the whole messages are under tests/golden/export."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.blocks.export import (
    AGAIN,
    CANCEL,
    accepted_message,
    cancelled_message,
    failed_message,
    finished_message,
    interrupted_message,
    progress_message,
    progress_words,
    table_file_message,
)
from bot.blocks.kit import without_data_blocks
from bot.domain.dimensions import Dimension, Label
from bot.domain.exports import Export, Fetched, GroupSummary, Link, Progress, Stage, WrittenFile
from bot.domain.period import Period
from bot.domain.questions import ConversationsQuestion, QueueWord
from bot.errors import GenesysUnreachable
from tests.blocks.test_limits import faults_of_message

PARIS = ZoneInfo("Europe/Paris")
ABOUT = "conversations of Billing & <Co>, last week"
LAST_WEEK = Period(
    start=datetime(2026, 11, 8, 23, tzinfo=UTC),
    end=datetime(2026, 11, 15, 23, tzinfo=UTC),
    zone=PARIS,
    name="last-week",
)
FILE = WrittenFile(
    path=Path("spool/rows.csv"),
    name="conversations-billing-2026-11-09-to-2026-11-15.csv",
    size=12_345_678,
    sha256="ab" * 32,
)
MANIFEST = replace(FILE, name="conversations-billing-2026-11-09-to-2026-11-15.csv.manifest.json", size=812)
LINK = Link(url="https://files.example.com/x?signature=1&expires=2", expires=datetime(2026, 11, 22, 8, tzinfo=UTC))
LINKS = (LINK, replace(LINK, url="https://files.example.com/y?signature=1&expires=2"))
BILLING = GroupSummary(
    group=(Label("q-1", "Billing"),),
    conversations=48_210,
    visits=50_001,
    average_duration=timedelta(seconds=412.6),
    talk_ratio=0.6214,
    hold_ratio=0.0812,
    efficiency=95.94,
    wrap_up_codes=14,
    p50_wait=timedelta(seconds=17.2),
    p90_wait=timedelta(seconds=732),
)
EMPTY = GroupSummary(
    group=(Label("", "No queue"),),
    conversations=3,
    visits=3,
    average_duration=None,
    talk_ratio=None,
    hold_ratio=None,
    efficiency=None,
    wrap_up_codes=0,
    p50_wait=None,
    p90_wait=None,
)
COMPLETE = Export(
    question=ConversationsQuestion(queues=(QueueWord(text="billing"),), period=LAST_WEEK),
    as_of=datetime(2026, 11, 21, 8, tzinfo=UTC),
    fetched=Fetched(conversations=48_213, rows=50_004, duplicates=12),
    files=(FILE, MANIFEST),
    summary=(BILLING, EMPTY),
)
PARTIAL = replace(
    COMPLETE,
    fetched=replace(
        COMPLETE.fetched,
        duplicates=0,
        missing="Genesys Cloud did not give Tue 10 Nov 2026, 09:00–10:00: it reported a failure of its own.",
    ),
)
FETCHING = Progress(
    stage=Stage.FETCHING,
    slices_done=7,
    slices=18,
    conversations=19_400,
    expected=48_000,
    left=timedelta(seconds=131),
)


def progress(what: Progress):
    return progress_message(what, about=ABOUT, export_id="e-1")


MESSAGES = {
    "accepted": accepted_message(about=ABOUT),
    "queued": progress(Progress(stage=Stage.QUEUED, position=3)),
    "planning": progress(Progress(stage=Stage.PLANNING)),
    "fetching": progress(FETCHING),
    "delivering": progress(replace(FETCHING, stage=Stage.DELIVERING, slices_done=18, left=None)),
    "cancelled": cancelled_message(about=ABOUT),
    "failed": failed_message(GenesysUnreachable("timed out"), about=ABOUT, again="v"),
    "interrupted": interrupted_message(about=ABOUT, again="v"),
    "finished": finished_message(COMPLETE, about=ABOUT),
    "finished_with_link": finished_message(COMPLETE, about=ABOUT, links=LINKS),
    "finished_in_channel": finished_message(COMPLETE, about=ABOUT, in_channel=True),
    "incomplete": finished_message(PARTIAL, about=ABOUT),
    "table_file": table_file_message([FILE, MANIFEST], about="report of Billing, last week", rows=1, zone=PARIS),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_every_message_is_the_one_on_record_and_fits(name, golden) -> None:
    golden(f"export/{name}.json", MESSAGES[name])
    faults = faults_of_message(MESSAGES[name])
    assert faults == (["live link", "live link"] if name == "finished_with_link" else [])


@pytest.mark.parametrize(
    ("position", "said"),
    [
        (1, "Yours is next."),
        (2, "1 export is before yours."),
        (3, "2 exports are before yours."),
        (None, "Waiting for its turn."),
    ],
)
def test_who_waits_is_told_how_many_are_before(position, said) -> None:
    assert progress(Progress(stage=Stage.QUEUED, position=position))["text"].endswith(said)


@pytest.mark.parametrize(
    ("change", "said", "unsaid"),
    [
        pytest.param(
            {}, "7 of 18 slices · 19,400 of about 48,000 conversations so far · about 3 min left", "", id="all"
        ),
        pytest.param({"left": timedelta(seconds=5)}, "under a minute left", "about 1 min", id="nearly there"),
        pytest.param({"left": None}, "conversations so far", "left", id="nobody knows how long"),
        pytest.param({"expected": None}, "19,400 conversations so far", "of about", id="nobody knows how many"),
        pytest.param({"slices": 1, "slices_done": 0}, "0 of 1 slice ·", "slices", id="one slice"),
    ],
)
def test_progress_says_what_is_known_and_no_more(change, said, unsaid) -> None:
    told = str(progress(replace(FETCHING, **change))["blocks"])
    assert said in told
    assert not unsaid or unsaid not in told


@pytest.mark.parametrize(
    ("what", "said"),
    [
        pytest.param(Progress(stage=Stage.QUEUED, position=1), "Yours is next.", id="queued"),
        pytest.param(Progress(stage=Stage.PLANNING), "Finding out how much there is", id="nothing known yet"),
        pytest.param(
            replace(FETCHING, left=None, expected=None),
            "Fetching conversations: 38 % · 7 of 18 slices · 19,400 conversations so far",
            id="under way",
        ),
    ],
)
def test_progress_fits_a_line_of_the_terminal(what, said) -> None:
    assert progress_words(what) == said


def test_the_bar_is_full_only_when_everything_is_in() -> None:
    def bar(done: int) -> str:
        blocks = progress(replace(FETCHING, slices_done=done, slices=1000, conversations=0))["blocks"]
        return blocks[1]["elements"][0]["elements"][0]["text"]

    assert (bar(0), bar(999), bar(1000)) == ("░" * 20, "█" * 19 + "░", "█" * 20)
    assert "99 %" in progress(replace(FETCHING, slices_done=999, slices=1000))["text"]
    assert "99 %" in progress(replace(FETCHING, conversations=60_000))["text"]


def test_a_long_slice_is_not_without_progress_until_its_end() -> None:
    assert "Fetching conversations: 25 %" in progress(replace(FETCHING, slices_done=0, conversations=12_000))["text"]


def test_what_is_not_everything_says_so_first() -> None:
    message = MESSAGES["incomplete"]
    assert message["text"].startswith("INCOMPLETE: 50,004 rows of 48,213 conversations")
    assert PARTIAL.fetched.missing.rstrip(".") in message["text"]
    assert message["blocks"][1]["text"]["text"].endswith(PARTIAL.fetched.missing)


def test_whoever_may_have_to_press_something_has_it() -> None:
    def pressed(name: str) -> list[tuple[str, str]]:
        rows = [block["elements"] for block in MESSAGES[name]["blocks"] if block["type"] == "actions"]
        return [(each["action_id"], each["value"]) for row in rows for each in row]

    assert pressed("queued") == pressed("fetching") == [(CANCEL, "e-1")]
    assert pressed("failed") == pressed("interrupted") == [(AGAIN, "v")]
    assert pressed("delivering") == pressed("finished") == pressed("cancelled") == []
    assert len(failed_message(GenesysUnreachable(), about=ABOUT)["blocks"]) == 1


@pytest.mark.parametrize(
    ("size", "said"),
    [(1, "1 byte"), (999, "999 bytes"), (1000, "1.0 kB"), (12_345_678, "12.3 MB"), (5 * 10**15, "5,000.0 TB")],
)
def test_sizes_are_said_in_the_unit_that_fits(size, said) -> None:
    message = table_file_message([replace(FILE, size=size)], about="a", rows=2, zone=PARIS)
    assert f"({said})" in str(message)


@settings(max_examples=40, deadline=None)
@given(
    about=st.text(st.characters(), max_size=400),
    names=st.lists(st.text(st.characters(), max_size=300), max_size=60),
    missing=st.text(st.characters(), max_size=4000),
    by=st.lists(st.sampled_from(Dimension), min_size=1, unique=True).map(tuple),
)
def test_no_name_breaks_slacks_limits(about, names, missing, by) -> None:
    summary = tuple(replace(BILLING, group=tuple(Label(name, name) for _ in by)) for name in names)
    question = replace(COMPLETE.question, by=by)
    export = replace(COMPLETE, question=question, summary=summary, fetched=replace(COMPLETE.fetched, missing=missing))
    for message in (
        finished_message(export, about=about),
        without_data_blocks(finished_message(export, about=about)),
        progress_message(FETCHING, about=about, export_id="e"),
        accepted_message(about=about),
        cancelled_message(about=about),
        interrupted_message(about=about, again="v"),
    ):
        assert faults_of_message(message) == []
