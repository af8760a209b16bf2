"""A channel subscribes, and the morning message is there: by command, and what its buttons do."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from bot.demo.centre import Centre
from bot.demo.slack_people import ADMIN, ANA, BEN, BILLING_FLOOR, SERVICE_DESK, direct_id
from tests.stories.mornings import (
    BILLING,
    CLAIMS,
    FRIDAY,
    MONDAY,
    SALES,
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    Morning,
    open_morning,
    quiet_centre,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.demo.slack_workspace import Message

ADD = "/digest add billing,sales 30s weekdays 07:45"
DAY = timedelta(days=1)


def midnight(morning: datetime) -> datetime:
    """London keeps UTC in November."""
    return datetime(morning.year, morning.month, morning.day, tzinfo=UTC)


def basis(by_hand: Callable[..., Any], morning: datetime, *queues: Any, seconds: int = 30, days: int = 1) -> str:
    """The counts on which the share of the days before `morning` rests, as the message prints them."""
    end = midnight(morning)
    counted = [
        by_hand(quiet_centre(), queue.id, "voice", end - days * DAY, end, timedelta(seconds=seconds), now=morning)
        for queue in queues
    ]
    within, denominator = sum(one.within for one in counted), sum(one.answered + one.abandoned for one in counted)
    return f"Answered within {seconds} s ÷ (answered + abandoned): {within:,} ÷ {denominator:,}"


def files(morning: Morning, channel: Any = BILLING_FLOOR) -> list[Message]:
    return [message for message in morning.world.slack.messages(channel) if message.files]


async def test_a_command_subscribes_and_the_digest_is_there_the_next_morning_once(morning: Morning, read, by_hand):
    said = await morning.says(ADD)
    assert said.text.startswith("Digest 1 is set: Service levels of Billing and Sales, yesterday, within 30 s")
    assert said.ephemeral_to == ANA
    assert "next Thu 12 Nov, 07:45" in read(said.blocks)
    await morning.at(THURSDAY - timedelta(minutes=1))
    assert morning.posted() == []
    await morning.at(THURSDAY)
    for later in (1, 5, 60):
        await morning.at(THURSDAY + timedelta(minutes=later))
    (digest,) = morning.posted()
    text = read(digest.blocks)
    assert digest.text.startswith("Billing and Sales: ")
    assert "answered within 30 s, Wed 11 Nov" in digest.text
    assert basis(by_hand, THURSDAY, BILLING, SALES) in text
    assert "Wed 11 Nov 2026, Europe/London · As of Thu 12 Nov, 07:45" in text
    assert f"Digest 1 · Next: Fri 13 Nov, 07:45 · Owner: <@{ANA}>" in text


async def test_every_row_of_the_digest_is_what_a_count_by_hand_finds(morning: Morning, by_hand):
    await morning.says("/digest add 30s daily 07:45")
    await morning.at(THURSDAY)
    (digest,) = morning.posted()
    (table,) = [block for block in digest.blocks if block["type"] == "table"]
    heads, *told = [[_cell(cell) for cell in row] for row in table["rows"]]
    offered, abandoned = heads.index("Offered"), heads.index("Abandoned")
    rows = {cells[0]: (cells[offered], cells[abandoned].split(" ")[0]) for cells in told}
    end = midnight(THURSDAY)
    for queue in (BILLING, SALES, CLAIMS):
        counted = by_hand(quiet_centre(), queue.id, "voice", end - DAY, end, timedelta(seconds=30), now=THURSDAY)
        assert rows[queue.name] == (str(counted.offered), str(counted.abandoned)), queue.name
    assert "Night Line" not in rows


def _cell(cell: Any) -> str:
    if isinstance(cell, dict):
        return str(cell["text"]) if isinstance(cell.get("text"), str) else "".join(map(_cell, cell.get("elements", ())))
    return str(cell)


async def test_weekdays_leave_the_weekend_out_and_monday_is_about_sunday(morning: Morning, read):
    await morning.says(ADD)
    for day in range(12, 18):
        await morning.at(datetime(2026, 11, day, 7, 45, tzinfo=UTC))
    about = [message.text.split(", ")[1].split(". ")[0].split(" (")[0] for message in morning.posted()]
    assert about == ["Wed 11 Nov", "Thu 12 Nov", "Sun 15 Nov", "Mon 16 Nov"]


async def test_a_period_that_follows_edited_days_is_told(morning: Morning, read):
    await morning.says(ADD)
    followed = await morning.says("/digest edit 1 mon")
    keeps = "It now covers last week: “covering yesterday” goes on with yesterday."
    assert keeps in read(followed.blocks)
    said = await morning.says("/digest edit 1 covering yesterday")
    assert "It now covers" not in read(said.blocks)


async def test_a_weekly_digest_is_about_the_week_before(morning: Morning, read, by_hand):
    said = await morning.says("/digest add billing 30s weekly mon 08:00")
    assert "last week" in said.text
    await morning.at(MONDAY + timedelta(minutes=15))
    (digest,) = morning.posted()
    assert basis(by_hand, MONDAY, BILLING, days=7) in read(digest.blocks)


async def test_a_monthly_digest_is_about_the_month_before(morning: Morning, read, by_hand):
    await morning.says("/digest add billing 30s monthly 1 08:00")
    first = datetime(2026, 12, 1, 8, tzinfo=UTC)
    await morning.at(first)
    (digest,) = morning.posted()
    assert "November 2026" in digest.text
    assert basis(by_hand, first, BILLING, days=30) in read(digest.blocks)


async def test_a_report_question_is_a_digest_as_well(morning: Morning, read, by_hand):
    said = await morning.says("/digest add report billing,sales by queue daily 07:45")
    assert "Report of Billing and Sales, yesterday, by queue" in said.text
    await morning.at(THURSDAY)
    (digest,) = morning.posted()
    assert digest.text.startswith("Billing and Sales: ")
    assert digest.text.endswith("Wed 11 Nov 2026")
    counted = by_hand(
        quiet_centre(), BILLING.id, "voice", midnight(THURSDAY) - DAY, midnight(THURSDAY), timedelta(), now=THURSDAY
    )
    text = read(digest.blocks)
    assert "Billing" in text
    assert f" {counted.offered} " in text
    details = await morning.told(digest, "digest_details")
    assert details.ephemeral_to == ANA
    assert f" {counted.offered} " in read(details.blocks)


async def test_a_digest_goes_to_a_person_who_subscribes_in_direct_messages(morning: Morning):
    said = await morning.says("/digest add billing 30s 07:45", channel=direct_id(ANA))
    assert said.text.startswith("Digest 1 is set")
    await morning.at(THURSDAY)
    assert morning.posted() == []
    assert [m.text.split(":")[0] for m in morning.direct()] == ["Billing"]


async def test_the_buttons_ask_about_the_same_period_after_an_edit_and_days_later(morning: Morning, read, by_hand):
    await morning.says(ADD)
    await morning.at(THURSDAY)
    (digest,) = morning.posted()
    edited = await morning.says("/digest edit 1 claims 10s 09:00 covering last-week")
    assert "Service levels of Claims, last week, within 10 s" in edited.text
    morning.clock.jump(TUESDAY)
    counts = basis(by_hand, THURSDAY, BILLING, SALES)
    details = await morning.told(digest, "digest_details", user=BEN)
    assert details.ephemeral_to == BEN
    assert "Wed 11 Nov 2026" in read(details.blocks)
    assert counts in read(details.blocks)
    await morning.presses(digest, "digest_why", user=BEN)
    await morning.app.promises.settled()
    (why,) = morning.world.slack.workspace.modals[BEN]
    assert counts.partition(": ")[2] in read(why.body)
    assert "/2026-11-12T00:00:00.000Z" in read(why.body)
    for asked_again in (details.text, read(why.body)):
        assert "yesterday" not in asked_again, "it is Tuesday now"
    manage = await morning.window(await morning.presses(digest, "digest_manage"), "Edit Digest")
    assert "Claims" in read(manage.body)


async def test_why_has_the_counts_that_make_the_usual(morning: Morning, read, by_hand):
    await morning.says(ADD)
    await morning.at(THURSDAY)
    (digest,) = morning.posted()
    await morning.presses(digest, "digest_why")
    await morning.app.promises.settled()
    why = " ".join(read(morning.world.slack.workspace.modals[ANA][-1].body).split())
    assert "summed over Wed 4 Nov 2026, Wed 28 Oct 2026, Wed 21 Oct 2026 and Wed 14 Oct 2026" in why
    for queue in (BILLING, SALES):
        starts = [datetime(2026, 11, 11, tzinfo=ZoneInfo("Europe/London")) - back * 7 * DAY for back in range(1, 5)]
        counted = [
            by_hand(quiet_centre(), queue.id, "voice", start, start + DAY, timedelta(seconds=30), now=THURSDAY)
            for start in starts
        ]
        within, denominator = sum(one.within for one in counted), sum(one.answered + one.abandoned for one in counted)
        assert f"{queue.name}: {within:,} of {denominator:,} = " in why


async def test_details_bring_the_buttons_of_an_answer(morning: Morning, read):
    await morning.says(ADD)
    await morning.at(THURSDAY)
    details = await morning.told(morning.posted()[0], "digest_details")
    morning.clock.jump(FRIDAY)
    shared = await (await morning.presses(details, "sla_share")).until(lambda m: m.ephemeral_to is None)
    assert "Wed 11 Nov 2026" in read(shared.blocks)


async def test_the_table_is_in_the_thread_once(morning: Morning, downloaded):
    await morning.says(f"{ADD} csv")
    await morning.at(THURSDAY)
    await morning.until(lambda: bool(files(morning)))
    await morning.at(THURSDAY + timedelta(minutes=10))
    await morning.filed()
    (digest,), (upload,) = morning.posted(), files(morning)
    assert upload.thread_ts == digest.ts
    file, manifest = await downloaded(upload)
    assert file.name == "report-2-queues-2026-11-11.csv"
    assert manifest.name == f"{file.name}.manifest.json"
    text = file.content.decode("utf-8-sig")
    assert "Billing" in text
    assert "Sales" in text
    assert "Claims" not in text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param("skip-empty", [], id="nothing is sent when nobody called, if that was wanted"),
        pytest.param("", ["Night Line: no contacts, Wed 11 Nov."], id="else a line says so"),
    ],
)
async def test_a_day_without_calls(morning: Morning, read, words: str, said: list[str]):
    await morning.says(f'/digest add "Night Line" 30s 07:45 {words}')
    await morning.at(THURSDAY)
    assert [message.text for message in morning.posted()] == said
    if words:
        listed = await morning.says("/digest list")
        assert "Active · nothing to send on Thu 12 Nov, 07:45: no traffic" in read(listed.blocks)


async def test_now_sends_one_out_of_its_turn_and_the_schedule_goes_on(morning: Morning, read):
    await morning.says(ADD)
    said = await morning.says("/digest now", user=BEN)
    assert "Billing and Sales" in said.text or said.text == "Digest 1 is in the channel."
    (sent,) = morning.posted()
    assert f"Sent now for <@{BEN}>" in read(sent.blocks)
    assert "Tue 10 Nov" in sent.text
    await morning.at(THURSDAY)
    assert ["Tue 10 Nov" in m.text for m in morning.posted()] == [True, False]


async def test_send_now_pressed_twice_sends_once_and_again_later(morning: Morning):
    await morning.says(ADD)
    listed = await morning.says("/digest list")
    await asyncio.gather(*(morning.presses(listed, "digest_send_now") for _ in range(3)))
    await morning.app.promises.settled()
    assert len(morning.posted()) == 1
    morning.clock.jump(by=timedelta(seconds=4))
    said = await morning.says("/digest now 1", user=BEN)
    assert said.text.startswith("Digest 1 was asked for a moment ago. See whether it is there.")
    assert said.text.endswith("To send it again, wait 10 seconds.")
    morning.clock.jump(by=timedelta(seconds=10))
    await morning.says("/digest now 1", user=BEN)
    assert len(morning.posted()) == 2


async def test_what_could_not_be_sent_now_may_be_tried_at_once(morning: Morning):
    await morning.says(ADD)
    morning.world.faults.set("down")
    assert "Genesys Cloud cannot be reached" in (await morning.says("/digest now 1")).text
    morning.world.faults.clear()
    await morning.says("/digest now 1")
    assert len(morning.posted()) == 1


async def test_the_buttons_of_one_sent_by_hand_ask_what_it_asked_also_after_an_edit(morning: Morning, read, by_hand):
    await morning.says(ADD)
    await morning.says("/digest now")
    (sent,) = morning.posted()
    morning.clock.jump(by=timedelta(minutes=1))
    await morning.says("/digest edit 1 claims 10s covering last-week")
    morning.clock.jump(TUESDAY)
    details = await morning.told(sent, "digest_details")
    assert details.text.startswith("Billing and Sales: ")
    assert "Tue 10 Nov 2026" in read(details.blocks)
    assert basis(by_hand, WEDNESDAY, BILLING, SALES) in read(details.blocks)


async def test_preview_shows_it_to_one_person_and_sends_nothing(morning: Morning, read):
    await morning.says(ADD)
    for typed in ("/digest preview 1", "/digest preview billing,sales 30s"):
        shown = await morning.says(typed)
        assert shown.ephemeral_to == ANA
        assert "Preview: only you see it, and nothing was sent" in read(shown.blocks)
        assert "digest_why" not in str(shown.blocks)
    assert morning.posted() == []


async def test_pause_resume_edit_and_remove_by_number(morning: Morning, read):
    await morning.says(ADD)
    await morning.says("/digest add claims 20s daily 06:30")
    assert (await morning.says("/digest pause")).text.startswith("This channel has the digests 1 and 2.")
    assert (await morning.says("/digest pause 1")).text.startswith("Digest 1 is paused")
    assert (await morning.says("/digest edit 2 07:45")).text.endswith("Every day at 07:45, Europe/London")
    await morning.at(THURSDAY)
    assert [message.text.split(":")[0] for message in morning.posted()] == ["Claims"]
    assert (await morning.says("/digest resume 1")).text.startswith("Digest 1 is resumed")
    await morning.tick()
    assert len(morning.posted()) == 1, "what was due while it was paused is not made up for"
    assert (await morning.says("/digest remove 2")).text.startswith("Digest 2 is removed")
    assert "There is no digest 2 here." in (await morning.says("/digest resume 2")).text
    await morning.at(FRIDAY)
    assert [message.text.split(":")[0] for message in morning.posted()] == ["Claims", "Billing and Sales"]


async def test_a_later_hour_chosen_after_it_was_sent_holds_from_the_next_day_on(morning: Morning, read):
    await morning.says(ADD)
    await morning.at(THURSDAY)
    edited = await morning.says("/digest edit 1 09:00")
    assert "next Fri 13 Nov, 09:00" in read(edited.blocks)
    assert "Thu 12 Nov had its turn already: the next one comes Fri 13 Nov, 09:00." in read(edited.blocks)
    for place in ((await morning.says("/digest list")).blocks, (await morning.home()).body):
        assert "next Fri 13 Nov, 09:00" in read(place)
    later = await morning.says("/digest edit 1 09:15")
    assert "Thu 12 Nov had its turn already" in read(later.blocks)
    await morning.says("/digest now 1")
    assert "Next: Fri 13 Nov, 09:15" in read(morning.posted()[-1].blocks)
    await morning.says("/digest edit 1 09:00")
    await morning.at(THURSDAY + timedelta(hours=1, minutes=30))
    assert len(morning.posted()) == 2
    await morning.at(FRIDAY + timedelta(hours=1, minutes=15))
    assert len(morning.posted()) == 3


async def test_a_zone_farther_west_passes_over_the_date_that_was_served_and_says_so(morning: Morning, read):
    await morning.says("/digest add billing daily 07:45 zone Pacific/Auckland")
    await morning.at(datetime(2026, 11, 11, 18, 45, tzinfo=UTC))
    assert len(morning.posted()) == 1, "Thursday the 12th in Auckland"
    edited = await morning.says("/digest edit 1 zone America/Los_Angeles")
    assert "Thu 12 Nov had its turn already: the next one comes Fri 13 Nov, 07:45." in read(edited.blocks)
    await morning.at(datetime(2026, 11, 12, 15, 45, tzinfo=UTC))
    assert len(morning.posted()) == 1
    await morning.at(datetime(2026, 11, 13, 15, 45, tzinfo=UTC))
    assert len(morning.posted()) == 2
    assert "turn already" not in read((await morning.says("/digest edit 1 07:30")).blocks)


async def test_a_number_is_never_given_to_another_digest(morning: Morning):
    await morning.says(ADD)
    await morning.says("/digest remove 1")
    assert (await morning.says(ADD)).text.startswith("Digest 2 is set")


async def test_the_buttons_of_a_list_do_what_the_commands_do(morning: Morning, read):
    await morning.says(ADD)
    listed = await morning.says("/digest list", user=BEN)
    assert (await morning.told(listed, "digest_pause", user=BEN)).text.startswith("Digest 1 is paused")
    again = await morning.says("/digest list")
    assert "Paused" in read(again.blocks)
    assert (await morning.told(again, "digest_resume")).text.startswith("Digest 1 is resumed")
    sent = await morning.told(await morning.says("/digest list"), "digest_send_now")
    assert sent.text == "Digest 1 is in the channel." or sent.ephemeral_to is None
    assert len(morning.posted()) == 1


async def test_list_everywhere_names_the_channels_of_a_person(morning: Morning, read):
    await morning.says(ADD)
    await morning.says("/digest add claims 08:30", channel=SERVICE_DESK, user=BEN)
    await morning.says("/digest add sales 09:00", channel=direct_id(BEN), user=BEN)
    here = await morning.says("/digest list")
    assert here.text.startswith("1 digest in this channel")
    everywhere = await morning.says("/digest list everywhere", user=BEN)
    assert everywhere.text.startswith("3 digests in your channels")
    ana = await morning.says("/digest list everywhere")
    assert ana.text.startswith("2 digests in your channels"), "not those of Ben's direct messages"


async def test_the_log_says_who_did_what_latest_first(morning: Morning, read):
    await morning.says(ADD)
    await morning.says("/digest edit 1 08:15", user=BEN)
    await morning.says("/digest pause 1", user=ADMIN)
    log = read((await morning.says("/digest log")).blocks)
    for told in (
        f"<@{ADMIN}> paused digest 1 in <#{BILLING_FLOOR}>",
        f"<@{BEN}> changed digest 1 in <#{BILLING_FLOOR}>: time",
        f"<@{ANA}> made digest 1 in <#{BILLING_FLOOR}>",
    ):
        assert told in log
        log = log.partition(told)[2]


async def test_home_shows_state_last_and_next_and_its_buttons_work(morning: Morning, read):
    await morning.says(ADD)
    await morning.at(THURSDAY)
    home = await morning.home()
    text = read(home.body)
    assert "Active · last sent Thu 12 Nov, 07:45 · next Fri 13 Nov, 07:45" in text
    assert f"<#{BILLING_FLOOR}>" in text
    await morning.presses(home, "digest_pause")
    await morning.app.promises.settled()
    assert "Paused" in read(morning.world.slack.workspace.homes[ANA].body)
    bens = read((await morning.home(BEN)).body)
    assert "Paused" in bens, "digests of one's channels are there as well"


async def test_a_first_visit_teaches_by_example(morning: Morning, read):
    text = read((await morning.home()).body)
    assert "/digest add" in text
    assert "30s weekdays 07:45" in text


async def test_two_who_change_it_at_once_do_not_undo_each_other(morning: Morning):
    await morning.says(ADD)
    listed = await morning.says("/digest list")
    form = await morning.window(await morning.presses(listed, "digest_open_edit"), "Edit Digest")
    await morning.says("/digest edit 1 09:30", user=BEN)
    reply = await morning.sends(form, {"time": "10:30"})
    assert any("Ben Carter changed it meanwhile" in said for said in reply.errors.values())
    assert "09:30" in (await morning.says("/digest edit 1 csv")).text


async def test_a_channel_in_another_zone_has_its_morning_there(morning: Morning, read):
    await morning.says("/digest settings zone America/New_York")
    said = await morning.says("/digest add billing 30s 07:45")
    assert "America/New_York" in said.text
    await morning.at(THURSDAY)
    assert morning.posted() == []
    await morning.at(THURSDAY + timedelta(hours=5))
    (digest,) = morning.posted()
    assert "Wed 11 Nov 2026, America/New_York" in read(digest.blocks)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("add bilingg 07:45", "No queue is called “bilingg”"),
        ("add billing 25:00", "“25:00” is not a time of day"),
        ("add billing 07:45 covering 2026-11-01", "stays the same whenever the digest is sent"),
        ("add billing 07:45 zone Mars/Olympus", "“Mars/Olympus” is not the name of a time zone"),
        ("add billing 30s 08:00 covering tomorrow", "“tomorrow” is not a period"),
        ("pause 7", "There are no digests here yet."),
        ("puase 1", "Did you mean “pause”?"),
        ("1", "Did you mean “edit 1”?"),
        ("pause 1 2", "“1 2” is not the number of one digest: they go one at a time"),
        ("add billing 0745", "“0745” is not clear: a time is written 07:45, a threshold 745s."),
        ("preview 2 sales", "“2” is not clear: “preview 2” alone shows digest 2 as it is"),
        ("add billing covering today 08:00..10:00", "Say a later time, such as 10:30."),
    ],
)
async def test_what_cannot_be_read_is_told_with_a_way_out(morning: Morning, typed: str, told: str):
    said = await morning.says(f"/digest {typed}")
    assert told in said.text
    assert said.ephemeral_to == ANA


async def test_a_choice_among_suggested_queues_subscribes(morning: Morning):
    asked = await morning.says("/digest add bilingg 30s 07:45")
    said = await morning.told(asked, "sla_choose_0")
    assert said.text.startswith("Digest 1 is set: Service levels of Billing")


async def test_a_queue_that_gets_another_name_is_still_the_same():
    centre = Centre.of(quiet_centre().queues, quiet_centre().visits(WEDNESDAY - 40 * DAY, FRIDAY))
    async with open_morning(centre=centre) as morning:
        await morning.says("/digest add billing 30s 07:45")
        centre.rename(BILLING.id, "Invoices")
        await morning.app.ask.naming._directory.refreshed(at_most_every=timedelta())
        await morning.at(THURSDAY)
        (digest,) = morning.posted()
        assert digest.text.startswith("Invoices: ")


async def test_a_queue_that_is_gone_is_told_in_words_that_people_can_read(read):
    centre = Centre.of(quiet_centre().queues, quiet_centre().visits(WEDNESDAY - 40 * DAY, FRIDAY))
    async with open_morning(centre=centre) as morning:
        await morning.says("/digest add billing,claims 30s 07:45")
        await morning.says("/digest add sales 30s 07:45")
        centre.remove(CLAIMS.id)
        await morning.app.ask.naming._directory.refreshed(at_most_every=timedelta())
        await morning.at(THURSDAY)
        assert [message.text.partition(":")[0] for message in morning.posted()] == ["Sales"]
        (told,) = morning.direct()
        assert told.text == "A digest was not sent: A queue that was asked about is gone from Genesys Cloud."
        home = await morning.home()
        assert CLAIMS.id not in read(home.body)
        form = await morning.window(await morning.presses(home, "digest_open_edit"), "Edit Digest")
        await morning.world.slack.suggest(ANA, form, "queue_search", "", block_id="queues")
        assert (await morning.sends(form, {"queues": [BILLING.id]})).errors == {}
        await morning.at(FRIDAY)
        assert [message.text.partition(":")[0] for message in morning.posted()][1:] == ["Billing", "Sales"]
