"""A supervisor types `/report` and reads a table or gets it as a file, over Socket Mode and over signed HTTP."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from bot.demo.centre import Centre
from bot.demo.centre_organisation import Agent, AgentId, Queue, stable_id
from bot.demo.centre_visits import Outcome, Visit, epoch_ms
from bot.demo.genesys_options import PERMISSIONS, Options
from bot.demo.slack_people import ANA, BEN, BILLING_FLOOR, BOT, direct_id

if TYPE_CHECKING:
    from collections.abc import Callable

LONDON = ZoneInfo("Europe/London")
MEDIA = {"voice": "Voice", "message": "Messages", "email": "Email", "chat": "Chat"}
SHORT = timedelta(seconds=20)
PATIENT = timedelta(seconds=60)
BILLING, SALES, QUIET = (Queue.named(name) for name in ("Billing", "Sales", "Quiet Desk"))
ANNA, BORIS, CARLA = (
    Agent(id=AgentId(stable_id("agent", "Anna Bauer")), name="Anna Bauer"),
    Agent(id=AgentId(stable_id("agent", "Boris Okoro")), name="Boris Okoro", state="inactive"),
    Agent(id=AgentId(stable_id("agent", "Carla Diaz")), name="Carla Diaz", state="deleted"),
)


def midnight(days_ago: int) -> datetime:
    """In London."""
    today = datetime.now(LONDON).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    return (today - timedelta(days=days_ago)).replace(tzinfo=LONDON)


def small_centre() -> Centre:
    """Yesterday in Billing: four calls answered by three agents, of whom two have left since, and one abandoned.

    A week before that: two calls, both answered by Anna within the target of 20 s.
    """
    begun = epoch_ms(midnight(1) + timedelta(hours=10))
    before = epoch_ms(midnight(8) + timedelta(hours=10))
    call = partial(Visit, queue_id=BILLING.id, outcome=Outcome.ANSWERED)
    visits = [
        call(conversation_id="1", offered_ms=begun, wait_ms=10_000, talk_ms=100_000, agent_id=ANNA.id),
        call(conversation_id="2", offered_ms=begun, wait_ms=20_000, talk_ms=200_000, acw_ms=20_000, agent_id=ANNA.id),
        call(conversation_id="3", offered_ms=begun, wait_ms=30_000, talk_ms=300_000, agent_id=BORIS.id),
        call(conversation_id="4", offered_ms=begun, wait_ms=40_000, talk_ms=40_000, agent_id=CARLA.id),
        Visit(conversation_id="5", queue_id=BILLING.id, offered_ms=begun, outcome=Outcome.ABANDONED, wait_ms=60_000),
        call(conversation_id="6", offered_ms=before, wait_ms=5_000, talk_ms=60_000, agent_id=ANNA.id),
        call(conversation_id="7", offered_ms=before, wait_ms=15_000, talk_ms=60_000, agent_id=ANNA.id),
    ]
    return Centre.of((BILLING, SALES, QUIET), visits, agents=(ANNA, BORIS, CARLA))


def table(message: Any) -> dict[str, dict[str, str]]:
    """The rows by their label, each by the titles of its columns."""
    block = next(block for block in message.blocks if block["type"] == "table")
    (_, *titles), *rows = [[str(cell.get("text", "")) for cell in row] for row in block["rows"]]
    return {label: dict(zip(titles, cells, strict=True)) for label, *cells in rows}


def example(message: Any) -> str:
    return next(
        run["text"]
        for block in message.blocks
        if block["type"] == "rich_text"
        for run in block["elements"][0]["elements"]
        if run.get("style", {}).get("code")
    )


async def reported(floor: Any, text: str, **where: Any) -> Any:
    return await floor.answered(text, command="/report", **where)


async def test_the_figures_equal_a_count_by_hand(floor, by_hand: Callable[..., Any]):
    message = await reported(floor, "billing yesterday by media offered answered abandoned")
    assert message.ephemeral_to == ANA
    assert message.text.startswith("Billing: ")
    centre, counted = floor.world.centre, {}
    for medium, label in MEDIA.items():
        one = by_hand(centre, centre.queue("Billing").id, medium, midnight(1), midnight(0), SHORT, now=midnight(0))
        counted[label] = [one.offered, one.answered, one.abandoned]
    counted["Total"] = [sum(figures) for figures in zip(*counted.values(), strict=True)]
    assert {label: list(row.values()) for label, row in table(message).items()} == {
        label: [f"{figure:,}" for figure in figures] for label, figures in counted.items() if any(figures)
    }


async def test_shares_and_times_are_divided_once(opened):
    async with opened(centre=small_centre()) as floor:
        message = await reported(floor, "billing yesterday")
        assert table(message) == {
            "Billing": {
                "Offered": "5",
                "Answered": "4",
                "Service level": "40.0 %",
                "Abandoned": "1",
                "Abandon %": "20.0 %",
                "ASA": "25 s",
                "AHT": "165 s",
            }
        }
        assert message.text == "Billing: 5 offered, service level 40.0 %, ASA 25 s, yesterday"


async def test_a_comparison_says_how_much_each_figure_changed(opened, read):
    async with opened(centre=small_centre()) as floor:
        message = await reported(floor, "billing yesterday compare offered asa")
        assert table(message)["Billing"] == {"Offered": "5 (+150.0 %)", "ASA": "25 s (+150.0 %)"}
        assert f"Against {midnight(8):%a} {midnight(8).day} {midnight(8):%b %Y}: offered +150.0 %" in read(
            message.blocks
        )


async def test_agents_are_named_also_those_who_have_left(opened):
    async with opened(centre=small_centre()) as floor:
        told = table(await reported(floor, "billing yesterday by agent"))
        assert {name: (row["Answered"], row["AHT"]) for name, row in told.items()} == {
            "Anna Bauer": ("2", "160 s"),
            "Boris Okoro": ("1", "300 s"),
            "Carla Diaz": ("1", "40 s"),
            "Total": ("4", "165 s"),
        }


async def test_where_nothing_happened_no_figure_is_shown(opened, read):
    async with opened(centre=small_centre()) as floor:
        message = await reported(floor, "quiet desk yesterday")
        assert message.text.startswith("Quiet Desk: nothing happened, yesterday")
        assert not [block for block in message.blocks if block["type"] == "table"]
        assert "0" not in read(message.blocks).split("yesterday")[0]


@pytest.mark.parametrize(
    ("typed", "word", "hint"),
    [
        pytest.param("billing last-weke by day", "last-weke", "Did you mean “last-week”", id="a period misspelt"),
        pytest.param("billing by agnet", "agnet", "Did you mean “agent”", id="a grouping misspelt"),
        pytest.param("billing yesterday by agent sl", "sl", "", id="a metric that agents do not have"),
        pytest.param("conversations billing 30s", "30s", "", id="a threshold of conversations"),
        pytest.param("billing csv json", "json", "", id="two files"),
    ],
)
async def test_an_unreadable_word_is_named_with_an_example_that_works(opened, read, typed, word, hint):
    async with opened(COMMAND_PREFIX="cc-") as floor:
        message = await floor.answered(typed, command="/cc-report")
        assert message.ephemeral_to == ANA
        assert f"“{word}”" in message.text
        assert hint in read(message.blocks)
        reply = await floor.types(example(message).removeprefix("/cc-report "), command="/cc-report")
        await reply.until(lambda one: "offered" in one.text or one.text.startswith("Exporting"))


async def test_a_queue_chosen_for_an_unknown_name_keeps_the_rest_of_the_command(floor):
    asked = await reported(floor, "bilingg yesterday by hour voice asa")
    assert "No queue is called" in asked.text
    reply = await floor.presses(asked, "sla_choose_0")
    answer = await reply.until(lambda message: message.text.startswith("Billing, voice: "))
    assert answer.key == asked.key
    (row, *_) = table(answer).values()
    assert list(row) == ["ASA"]
    assert any(":00" in label for label in table(answer))


async def test_refresh_replaces_the_answer_in_place(opened):
    async with opened(centre=small_centre()) as floor:
        answer = await reported(floor, "billing today by hour")
        reply = await floor.presses(answer, "report_refresh")
        again = (await reply.messages())[0]
        assert again.key == answer.key
        assert again.text.startswith("Billing: ")


async def test_share_posts_a_copy_without_buttons_that_says_who_shared(floor, read):
    answer = await reported(floor, "billing yesterday by media")
    reply = await floor.presses(answer, "report_share")
    shared = await reply.until(lambda message: message.ephemeral_to is None)
    assert shared.channel == BILLING_FLOOR
    assert f"<@{ANA}>" in read(shared.blocks)
    assert table(shared) == table(answer)
    assert not [block for block in shared.blocks if block["type"] == "actions"]


async def test_share_in_the_command_answers_for_the_whole_channel(opened):
    async with opened(centre=small_centre()) as floor:
        message = await reported(floor, "billing yesterday share")
        assert message.ephemeral_to is None
        assert f"<@{ANA}>" in str(message.blocks)


async def test_the_button_brings_the_figures_as_a_file_and_leaves_them_on_the_screen(floor, downloaded):
    answer = await reported(floor, "billing yesterday by media")
    reply = await floor.presses(answer, "report_csv")
    sent = await reply.until(lambda message: bool(message.files))
    assert sent.channel == direct_id(ANA)
    rows, _ = await downloaded(sent)
    told = list(csv.DictReader(io.StringIO(rows.content.decode("utf-8-sig"))))
    shown = table(answer)
    assert [row["Offered"] for row in told] == [row["Offered"].replace(",", "") for row in shown.values()]
    await floor.app.promises.settled()
    assert floor.world.slack.workspace.messages[answer.key].text == answer.text


@pytest.mark.parametrize("typed", ["csv", "json"])
async def test_a_file_carries_the_same_figures_and_a_manifest_that_verifies_it(opened, downloaded, typed):
    async with opened(centre=small_centre()) as floor:
        reply = await floor.types(f"billing yesterday by agent {typed}", command="/report")
        sent = await reply.until(lambda message: bool(message.files))
        assert sent.channel == direct_id(ANA)
        rows, manifest = await downloaded(sent)
        assert rows.name == f"report-by-agent-billing-{midnight(1):%Y-%m-%d}.{typed}"
        told = json.loads(manifest.content)
        assert told["files"] == [
            {"name": rows.name, "size": len(rows.content), "sha256": hashlib.sha256(rows.content).hexdigest()}
        ]
        assert (told["complete"], told["query"]["group_by"]) == (True, ["agent"])
        if typed == "json":
            figures = [(row["agent"], row["answered"], row["aht_seconds"]) for row in json.loads(rows.content)]
        else:
            read = csv.DictReader(io.StringIO(rows.content.decode("utf-8-sig")))
            figures = [(row["Agent"], int(row["Answered"]), float(row["AHT (s)"])) for row in read]
        assert figures == [
            ("Anna Bauer", 2, 160.0),
            ("Boris Okoro", 1, 300.0),
            ("Carla Diaz", 1, 40.0),
            ("Total", 4, 165.0),
        ]
        answer = await reply.until(lambda message: message.ephemeral_to == ANA and "file is" in message.text)
        assert answer.text == "The file is in our direct messages."
        (about,) = [message for message in floor.direct() if not message.files]
        assert about.text == "Report of Billing, yesterday: 3 rows"
        assert told["files"][0]["sha256"] in str(about.blocks)


async def test_share_puts_the_file_into_the_channel(opened):
    async with opened(centre=small_centre()) as floor:
        reply = await floor.types("billing yesterday csv share", command="/report")
        sent = await reply.until(lambda message: bool(message.files))
        assert sent.channel == BILLING_FLOOR
        assert sent.text == "Report of Billing, yesterday"
        await reply.until(lambda message: message.text == "The file is in this channel.")
        assert floor.direct() == []


async def test_a_channel_without_the_bot_sends_the_file_to_the_person_and_says_why(opened):
    async with opened() as floor:
        channels = floor.world.slack.workspace.channels
        here = channels[BILLING_FLOOR]
        channels[BILLING_FLOOR] = replace(here, members=here.members - {BOT})
        reply = await floor.types("billing yesterday csv share", command="/report")
        sent = await reply.until(lambda message: bool(message.files))
        assert sent.channel == direct_id(ANA)
        note = await reply.until(lambda message: message.ephemeral_to == ANA)
        assert note.text == (
            "The bot is not in that channel, so it cannot put files there. The files came to you instead."
        )


async def test_a_file_that_slack_refuses_is_told_with_what_to_do(opened, read):
    async with opened() as floor:
        floor.world.slack.fail_next("files.getUploadURLExternal", error="file_uploads_disabled")
        reply = await floor.types("billing yesterday csv", command="/report")
        message = await reply.until(lambda one: one.ephemeral_to == ANA)
        assert "File uploads are switched off" in message.text
        assert "EXPORT_URL" in read(message.blocks)
        (left,) = floor.direct()
        assert left.text == "Report of Billing, yesterday. File uploads are switched off in this workspace."


@pytest.mark.parametrize("mode", ["down", "server_error", "gateway_timeout"])
async def test_a_failure_of_genesys_is_told_and_trying_again_asks_the_same(opened, mode):
    async with opened() as floor:
        await reported(floor, "sales yesterday")
        floor.world.faults.set(mode)
        reply = await floor.types("billing yesterday by day", command="/report")
        failure = await reply.until(lambda message: "Genesys Cloud" in message.text, within=PATIENT)
        floor.world.faults.clear()
        again = await floor.presses(failure, "report_refresh")
        answer = await again.until(lambda message: message.text.startswith("Billing: "))
        assert any(re.match(r"\w{3} \d+ \w{3}", label) for label in table(answer))


async def test_names_that_may_not_be_read_are_ids_and_the_figures_stay(opened):
    options = Options(permissions=PERMISSIONS - {"routing:wrapupCode:view"})
    async with opened(options=options) as floor:
        told = table(await reported(floor, "billing yesterday by wrapup", user=BEN))
        assert any(label.startswith("Unknown code ") for label in told)
