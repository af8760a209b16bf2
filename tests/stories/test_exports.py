"""A supervisor types `/report conversations`, watches the export in direct messages and gets a file."""

from __future__ import annotations

import asyncio
import csv
import hashlib
import io
import json
import random
import re
import sqlite3
import time
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import aiohttp
import pytest
from yarl import URL

from bot.app import Tempo
from bot.demo.centre import Centre
from bot.demo.centre_organisation import Agent, AgentId, Queue, WrapUpCode, WrapUpId, stable_id
from bot.demo.centre_visits import Outcome, Visit, epoch_ms, instant_of
from bot.demo.faults import DETAILS_QUERY
from bot.demo.slack_faults import Fault
from bot.demo.slack_people import ADMIN, ANA, BEN, BILLING_FLOOR, OPS_SHARED, direct_id
from bot.genesys import details_plan
from bot.listeners import export_orders
from bot.store.schema import migrate
from tests.files.s3 import BUCKET, KEY_ID, REGION, SECRET, s3_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.files.s3 import S3

LONDON = ZoneInfo("Europe/London")
LONGEST = timedelta(days=3)
DAYS = 6
QUEUES = BILLING, SALES = Queue.named("Billing"), Queue.named("Sales")
ANNA = Agent(id=AgentId(stable_id("agent", "Anna Bauer")), name="Anna Bauer")
REFUND = WrapUpCode(id=WrapUpId(stable_id("code", "Refund")), name="Refund")
VERY_FAST = Tempo(clock=lambda: time.monotonic() * 2_000, sleep=lambda seconds: asyncio.sleep(seconds / 2_000))
"""For what is tried again and again, for minutes."""


def midnight(days_ago: int) -> datetime:
    """In London."""
    today = datetime.now(LONDON).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    return (today - timedelta(days=days_ago)).replace(tzinfo=LONDON)


def busy_centre(number: int, *, days: int = 1) -> Centre:
    """So many calls in Billing, over as many days until this morning; the same whenever it is asked for."""
    chance = random.Random(5)
    begun = epoch_ms(midnight(days)) + 3_600_000
    visits = [
        Visit(
            conversation_id=f"c{each:05}",
            queue_id=BILLING.id,
            offered_ms=begun + chance.randrange(days * 86_400_000 - 2 * 3_600_000),
            outcome=Outcome.ANSWERED,
            wait_ms=chance.randrange(60_000),
            talk_ms=chance.randrange(300_000),
            agent_id=ANNA.id,
            wrap_up_id=REFUND.id,
        )
        for each in range(number)
    ]
    return Centre.of(QUEUES, visits, agents=[ANNA], wrap_up_codes=[REFUND])


@pytest.fixture
def a_slice_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even for little traffic, and the message follows at once."""
    monkeypatch.setattr(details_plan, "HANDY", 20)
    monkeypatch.setattr(export_orders, "EVERY", timedelta(milliseconds=20))


@pytest.fixture
def s3() -> Iterator[S3]:
    with s3_server() as server:
        yield server


REFUSED_NOTICE = """
    CREATE TRIGGER refused BEFORE UPDATE OF notice_ts ON exports WHEN NEW.notice_ts IS NOT NULL
    BEGIN SELECT RAISE(ABORT, 'the disk is full'); END
"""


def seconds(ms: int) -> str:
    return str(ms / 1000)


def rows_by_hand(centre: Centre, queue_id: str, start: datetime, end: datetime) -> list[dict[str, str]]:
    """Of conversations that began in the period, told from the raw visits."""
    agents = {agent.id: agent.name for agent in centre.organisation.agents}
    codes = {code.id: code.name for code in centre.organisation.wrap_up_codes}
    visits = list(centre.visits(start - LONGEST, end + LONGEST))
    began: dict[str, int] = {}
    for visit in visits:
        began[visit.conversation_id] = min(visit.offered_ms, began.get(visit.conversation_id, visit.offered_ms))
    found = []
    for visit in visits:
        first = began[visit.conversation_id]
        if visit.queue_id != queue_id or not epoch_ms(start) <= first < epoch_ms(end):
            continue
        handled = visit.agent_id is not None
        row = {
            "Conversation": visit.conversation_id,
            "Start": f"{instant_of(first).astimezone(LONDON):%Y-%m-%d %H:%M:%S}",
            "Media": visit.media,
            "Direction": visit.direction,
            "Agent": agents[visit.agent_id] if visit.agent_id else "",
            "Wait (s)": "" if visit.outcome is Outcome.OUTBOUND else seconds(visit.wait_ms),
            "Talk (s)": seconds(visit.talk_ms) if handled else "",
            "Hold (s)": seconds(visit.hold_ms) if handled else "",
            "After-call work (s)": seconds(visit.acw_ms) if handled else "",
            "Outcome": visit.outcome.value.replace("_", "-"),
            "Wrap-up code": codes[visit.wrap_up_id] if visit.wrap_up_id else "",
            "Transfers": str(int(visit.transferred)),
        }
        found.append(((first, visit.conversation_id, visit.offered_ms), row))
    return [row for _, row in sorted(found, key=lambda one: one[0])]


def read_csv(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def living(reply: Any, user: Any = ANA) -> list[str]:
    """What the message that tells the progress said, one after the other."""
    versions = [message for message in reply.versions() if message.channel == direct_id(user)]
    return [message.text for message in versions if message.key == versions[0].key]


async def told(reply: Any, beginning: str) -> Any:
    """The message in direct messages that begins so."""
    return await reply.until(
        lambda message: message.channel.startswith("D") and message.text.startswith(beginning),
        within=timedelta(seconds=15),
    )


async def failure(reply: Any) -> Any:
    """The same, when it says why there is no file."""
    return await reply.until(
        lambda message: message.channel.startswith("D") and " failed. " in message.text, within=timedelta(seconds=15)
    )


async def export(floor: Any, text: str, **where: Any) -> Any:
    return await floor.types(f"conversations {text}", command="/report", **where)


async def test_every_visit_of_the_period_is_a_row(floor, downloaded: Callable[..., Any]):
    """Of a week ago: whoever came then has been served by now."""
    day = f"{midnight(8):%Y-%m-%d}"
    reply = await export(floor, f"billing {day} csv")
    accepted = (await reply.messages())[0]
    assert accepted.ephemeral_to == ANA
    assert accepted.text.startswith("Exporting conversations of Billing, ")
    assert accepted.text.endswith(". Follow it in our direct messages.")
    finished = await told(reply, "Complete: ")
    watched, sent = floor.direct()
    assert watched.key == finished.key
    rows, manifest = await downloaded(sent)
    expected = rows_by_hand(floor.world.centre, floor.world.centre.queue("Billing").id, midnight(8), midnight(7))
    found = read_csv(rows.content)
    assert [{title: row[title] for title in expected[0]} for row in found] == expected
    assert {row["Queue"] for row in found} == {"Billing"}
    assert "ANI" not in found[0]
    conversations = len({row["Conversation"] for row in expected})
    assert finished.text.startswith(f"Complete: {len(expected)} rows of {conversations} conversations.")
    about = json.loads(manifest.content)
    assert (about["rows"], about["complete"]) == (len(expected), True)
    assert about["query"]["text"] == f'conversations "Billing" {day} csv'
    digest = hashlib.sha256(rows.content).hexdigest()
    assert about["files"] == [{"name": f"conversations-billing-{day}.csv", "size": len(rows.content), "sha256": digest}]
    assert digest in str(finished.blocks)


@pytest.mark.usefixtures("a_slice_a_day")
async def test_one_message_tells_how_far_it_is_and_ends_with_what_was_found(opened):
    async with opened(centre=busy_centre(700, days=DAYS)) as floor:
        floor.world.faults.set("slow", delay_seconds=0.05, prefix=DETAILS_QUERY)
        reply = await export(floor, f"billing last-{DAYS}-days json")
        await told(reply, "Complete: 700 rows of 700 conversations")
        said = [text.split(": ", 1) for text in living(reply)]
        steps = [point for _, point in said[:-1]]
        assert "Finding out how much there is" in steps
        shares = [int(share) for step in steps for share in re.findall(r"Fetching conversations: (\d+) %", step)]
        assert shares == sorted(shares)
        assert len(set(shares)) > 2
        (watched, sent) = floor.direct()
        assert watched.text == f"Complete: 700 rows of 700 conversations. Conversations of Billing, last {DAYS} days"
        assert [file["name"].rpartition(".")[2] for file in sent.files] == ["json", "json"]


@pytest.mark.usefixtures("a_slice_a_day")
async def test_a_message_that_stands_is_not_written_again(opened):
    async with opened(centre=busy_centre(700, days=DAYS)) as floor:
        floor.world.faults.set("slow", delay_seconds=0.2, prefix=DETAILS_QUERY)
        reply = await export(floor, f"billing last-{DAYS}-days")
        finished = await told(reply, "Complete: 700 rows")
        versions = [message for message in reply.versions() if message.key == finished.key]
        assert len(versions) > 3
        assert all(one.blocks != other.blocks for one, other in pairwise(versions))


@pytest.mark.usefixtures("a_slice_a_day")
async def test_a_message_that_slack_does_not_let_change_is_tried_seldom(opened):
    async with opened(centre=busy_centre(700, days=DAYS)) as floor:
        floor.world.faults.set("slow", delay_seconds=0.2, prefix=DETAILS_QUERY)
        floor.world.slack.faults.add("chat.update", Fault(error="message_not_found"), times=500)
        reply = await export(floor, f"billing last-{DAYS}-days")
        finished = await told(reply, "Complete: 700 rows")
        assert finished.key != floor.direct()[0].key
        assert sum(call.method == "chat.update" for call in floor.world.slack.api.calls) < 10


@pytest.mark.usefixtures("a_slice_a_day")
async def test_cancel_stops_the_calls_and_says_that_there_is_no_file(opened):
    async with opened(centre=busy_centre(2_000, days=DAYS)) as floor:
        floor.world.faults.set("slow", delay_seconds=0.1, prefix=DETAILS_QUERY)
        reply = await export(floor, f"billing last-{DAYS}-days")
        watched = await reply.until(lambda message: "Fetching" in message.text)
        await floor.presses(watched, "export_cancel")
        cancelled = await told(reply, "Cancelled: ")
        assert cancelled.text == f"Cancelled: conversations of Billing, last {DAYS} days. There is no file."
        assert cancelled.key == watched.key
        assert len(floor.direct()) == 1
        counts = []
        for user in (BEN, ADMIN):  # as slow as the calls that were under way, which have arrived after the first
            await told(await export(floor, "sales yesterday", user=user), "Complete: ")
            counts.append(sum(BILLING.id in str(one.body) for one in floor.world.requests.to(DETAILS_QUERY)))
        assert counts[0] == counts[1] < 2_000 * DAYS / 100 / 2, "far less than all pages of a hundred"
        floor.world.slack.workspace.messages[watched.key] = watched  # as a client shows it that was not online
        late = await floor.presses(watched, "export_cancel")
        await late.until(lambda message: message.text == "This export is over already.")


@pytest.mark.usefixtures("a_slice_a_day")
async def test_each_has_one_export_at_a_time_and_the_third_person_waits_for_a_place(opened):
    async with opened(centre=busy_centre(700, days=DAYS)) as floor:
        floor.world.faults.set("slow", delay_seconds=0.1, prefix=DETAILS_QUERY)
        anas = await export(floor, f"billing last-{DAYS}-days")
        watched = await told(anas, "Exporting")
        second = await floor.answered("conversations sales yesterday", command="/report")
        assert second.text == "You have an export under way. Wait until it is done, or cancel it."
        bens = await export(floor, f"billing last-{DAYS}-days", user=BEN)
        await told(bens, "Exporting")
        miras = await export(floor, "billing yesterday", user=ADMIN)
        waiting = await told(miras, "Exporting")
        assert waiting.text == "Exporting conversations of Billing, yesterday: Yours is next."

        shown_to_ben = replace(watched, channel=BILLING_FLOOR)
        floor.world.slack.workspace.messages[shown_to_ben.key] = shown_to_ben
        pressed = await floor.presses(shown_to_ben, "export_cancel", user=BEN)
        refused = await pressed.until(lambda message: message.ephemeral_to == BEN)
        assert refused.text.startswith("Only the person who asked for an export can cancel it.")

        floor.world.faults.clear()
        await asyncio.gather(*(told(reply, "Complete: ") for reply in (anas, bens, miras)))


@pytest.mark.usefixtures("a_slice_a_day")
async def test_a_question_does_not_wait_for_an_export(opened):
    async with opened(centre=busy_centre(2_000, days=DAYS)) as floor:
        floor.world.faults.set("slow", after=13, delay_seconds=0.15, prefix=DETAILS_QUERY)
        reply = await export(floor, f"billing last-{DAYS}-days")
        await reply.until(lambda message: "Fetching" in message.text)
        before = len(floor.world.requests.entries)
        answer = await floor.answered("billing yesterday", user=BEN)
        assert "answered within" in answer.text
        assert len(floor.world.requests.entries) - before <= 8
        assert "Fetching" in living(reply)[-1]
        floor.world.faults.clear()
        await told(reply, "Complete: 2,000 rows")


async def test_an_export_that_breaks_off_is_labelled_incomplete_with_the_reason(opened, read, downloaded):
    async with opened(centre=busy_centre(250), tempo=VERY_FAST) as floor:
        floor.world.faults.set("server_error", after=2, prefix=DETAILS_QUERY)
        reply = await export(floor, "billing yesterday")
        finished = await told(reply, "INCOMPLETE: 100 rows of 100 conversations. ")
        assert "Genesys Cloud reported a failure of its own" in read(finished.blocks)
        assert "export_again" in str(finished.blocks)
        sent = await reply.until(lambda message: bool(message.files))
        assert sent.text.startswith("INCOMPLETE: Conversations of Billing, yesterday. ")
        rows, manifest = await downloaded(sent)
        assert len(read_csv(rows.content)) == 100
        about = json.loads(manifest.content)
        assert about["complete"] is False
        assert "failure of its own" in about["missing"]
        floor.world.faults.clear()
        again = await floor.presses(finished, "export_again")
        await told(again, "Complete: 250 rows")
        assert floor.world.slack.workspace.messages[finished.key].text == finished.text


async def test_an_export_that_fails_says_why_and_trying_again_makes_it(opened, downloaded):
    async with opened(centre=busy_centre(250), tempo=VERY_FAST) as floor:
        floor.world.faults.set("server_error", after=1, prefix=DETAILS_QUERY)
        reply = await export(floor, "billing yesterday")
        failed = await failure(reply)
        assert failed.text.startswith("Exporting conversations of Billing, yesterday failed. Genesys Cloud ")
        floor.world.faults.clear()
        again = await floor.presses(failed, "export_again")
        accepted = await again.until(lambda message: message.ephemeral_to == ANA)
        assert accepted.text == "Exporting conversations of Billing, yesterday. Follow it in our direct messages."
        await told(again, "Complete: 250 rows")
        sent = await again.until(lambda message: bool(message.files))
        rows, _ = await downloaded(sent)
        assert len(read_csv(rows.content)) == 250


async def test_a_full_disk_is_told_in_a_sentence(opened, monkeypatch):
    monkeypatch.setattr("tempfile.mkdtemp", _no_disk)
    async with opened(centre=busy_centre(10)) as floor:
        reply = await export(floor, "billing yesterday")
        failed = await failure(reply)
        assert "The machine of the bot could not keep the file: No space left on device." in failed.text
        assert "Errno" not in failed.text
        assert "export_again" in str(failed.blocks)


def _no_disk(*_: Any, **__: Any) -> str:
    raise OSError(28, "No space left on device")


async def test_a_database_that_does_not_keep_where_an_export_is_watched_costs_no_export(opened, tmp_path):
    database = f"sqlite:///{tmp_path}/bot.db"
    await migrate(database)
    with closing(sqlite3.connect(tmp_path / "bot.db")) as connection:
        connection.execute(REFUSED_NOTICE)
    async with opened(centre=busy_centre(10), DATABASE_URL=database) as floor:
        reply = await export(floor, "billing yesterday")
        await told(reply, "Complete: 10 rows")
        assert any(message.files for message in floor.direct())


async def test_a_name_that_is_no_queue_brings_choices_at_once(opened):
    async with opened() as floor:
        asked = await floor.answered(f"conversations bilingg {midnight(8):%Y-%m-%d} json", command="/report")
        assert "No queue is called" in asked.text
        assert floor.direct() == []
        chosen = await floor.presses(asked, "sla_choose_0")
        await told(chosen, "Complete: ")
        assert (await chosen.until(lambda one: bool(one.files))).files[0]["name"].endswith(".json")


async def test_a_day_that_has_only_just_begun_is_told_at_once(opened):
    now = midnight(0).astimezone(UTC) + timedelta(seconds=30)
    async with opened(centre=busy_centre(10), now=lambda: now) as floor:
        refused = await floor.answered("conversations billing today", command="/report")
        assert refused.text.startswith("“today” has only just begun")
        assert floor.direct() == []


@pytest.mark.parametrize("by", [pytest.param({}, id="share"), pytest.param({"EXPORT_DELIVERY": "channel"}, id="set")])
async def test_the_files_go_to_the_channel_on_request_or_by_setting(opened, read, by):
    async with opened(centre=busy_centre(10), **by) as floor:
        reply = await export(floor, "billing yesterday" if by else "billing yesterday share")
        finished = await told(reply, "Complete: 10 rows")
        sent = await reply.until(lambda message: bool(message.files))
        assert (sent.channel, sent.text) == (BILLING_FLOOR, "Conversations of Billing, yesterday")
        assert "Uploaded to the channel" in read(finished.blocks)
        assert len(floor.direct()) == 1


@pytest.mark.parametrize("text", ["conversations billing yesterday share", "billing yesterday csv share"])
async def test_no_file_goes_into_a_channel_that_another_organisation_reads(opened, text):
    async with opened(centre=busy_centre(10)) as floor:
        reply = await floor.types(text, command="/report", channel=OPS_SHARED)
        why = await reply.until(lambda message: "shared with another organisation" in message.text)
        assert "The files came to you instead." in why.text
        assert any(message.files for message in floor.direct())
        assert not [message for message in floor.world.slack.messages(OPS_SHARED) if message.files]


@pytest.mark.parametrize("text", ["conversations {} yesterday share", "{} yesterday csv share"])
async def test_no_name_of_a_queue_calls_the_channel(opened, text):
    hostile = Queue.named("<!channel> & <@U0BEN>")
    centre = Centre.of(
        [hostile],
        [replace(each, queue_id=hostile.id) for each in busy_centre(3).visits(midnight(1), midnight(0))],
        agents=[ANNA],
        wrap_up_codes=[REFUND],
    )
    async with opened(centre=centre) as floor:
        reply = await floor.types(text.format(f'"{hostile.name}"'), command="/report")
        sent = await reply.until(lambda message: bool(message.files))
        assert sent.channel == BILLING_FLOOR
        assert "&lt;!channel&gt; &amp; &lt;@U0BEN&gt;, yesterday" in sent.text


def vault(s3: S3) -> dict[str, str]:
    return {
        "EXPORT_URL": f"s3://{BUCKET}/sla-bot",
        "AWS_ACCESS_KEY_ID": KEY_ID,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_REGION": REGION,
        "AWS_ENDPOINT_URL": s3.url,
        "EXPORT_LINK_TTL": "2h",
    }


async def by_anybody(link: str) -> tuple[int, bytes]:
    """Status and content of a link that is opened without any credentials."""
    async with aiohttp.ClientSession() as session, session.get(URL(link, encoded=True)) as reply:
        return reply.status, await reply.read()


async def test_with_an_object_store_the_message_has_links_that_need_no_credentials_and_expire(opened, read, s3):
    async with opened(centre=busy_centre(10), **vault(s3)) as floor:
        reply = await export(floor, "billing yesterday")
        finished = await told(reply, "Complete: 10 rows")
        links = re.findall(r"'url': '([^']+)'", str(finished.blocks))
        assert len(links) == 2
        (_, rows), (_, manifest) = [await by_anybody(link) for link in links]
        assert len(read_csv(rows)) == 10
        assert json.loads(manifest)["files"][0]["sha256"] == hashlib.sha256(rows).hexdigest()
        assert re.search(r"Whoever has the link can read it until .+ Europe/London", read(finished.blocks))
        s3.door.ahead = timedelta(hours=2, minutes=1)
        assert (await by_anybody(links[0]))[0] == 403
        assert not [message for message in floor.direct() if message.files]
        assert floor.direct()[-1].key == finished.key
        table = await floor.types("billing yesterday csv share", command="/report")
        await table.until(lambda message: message.text.startswith("The links came to you alone"))
        assert not [message for message in floor.world.slack.messages(BILLING_FLOOR) if message.ephemeral_to is None]


async def test_links_are_told_again_when_slack_fails_at_the_end(opened, s3, monkeypatch):
    monkeypatch.setattr(export_orders, "PAUSES", (timedelta(milliseconds=20),) * 3)
    async with opened(centre=busy_centre(10), **vault(s3)) as floor:
        floor.world.faults.set("slow", delay_seconds=0.3, prefix=DETAILS_QUERY)
        reply = await export(floor, "billing yesterday")
        await told(reply, "Exporting")
        floor.world.slack.faults.add("chat.postMessage", Fault(status=503), times=2)
        finished = await told(reply, "Complete: 10 rows")
        assert len(re.findall(r"'url': '([^']+)'", str(finished.blocks))) == 2


async def test_an_object_store_that_refuses_is_told_with_what_to_do(opened, read, s3):
    async with opened(centre=busy_centre(10), **vault(s3)) as floor:
        s3.door.refused = re.compile("^P(UT|OST) ")
        reply = await export(floor, "billing yesterday")
        failed = await failure(reply)
        assert "object store" in read(failed.blocks)
        assert "export_again" in str(failed.blocks)
        table = await floor.answered("billing yesterday csv", command="/report")
        assert "object store" in table.text
