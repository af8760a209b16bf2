"""The forms: what stands in them, and that nothing is lost on the way through Slack and back."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.blocks.ask_form import QUEUE_SEARCH
from bot.blocks.digests import form
from bot.blocks.digests.form import WEEKDAYS_ONLY, Given, digest_form, preview_view, read_form, saved_view
from bot.blocks.digests.listed import REMOVE, created_message
from bot.blocks.digests.message import digest_message
from bot.blocks.digests.words import typed_days
from bot.commands.threshold import read_threshold
from bot.demo.slack_blocks import check_view
from bot.demo.slack_elements import elements_of, entered_state, initial_entry
from bot.domain.dimensions import Dimension
from bot.domain.ids import ChannelId
from bot.domain.schedule import Days, Rhythm, Schedule
from bot.domain.subscriptions import Order, Table, Topic
from tests.blocks.messages import buttons, kinds, said
from tests.digests import entry, imprint, subscription, tuesday

DAYS = st.one_of(
    st.frozensets(st.integers(0, 6), min_size=1).map(lambda days: Days(rhythm=Rhythm.DAYS, weekdays=days)),
    st.integers(0, 6).map(lambda day: Days(rhythm=Rhythm.WEEKLY, weekdays=frozenset({day}))),
    st.integers(1, 31).map(lambda day: Days(rhythm=Rhythm.MONTHLY, day=day)),
)


def entered(view, **given):
    """What Slack sends back when a person enters `given`, by block id, and leaves the rest as it stands."""
    values: dict[str, dict[str, object]] = {}
    for block, element in elements_of(view["blocks"]):
        if block["type"] == "input":
            now = given.get(block["block_id"], initial_entry(element))
            values.setdefault(block["block_id"], {})[element["action_id"]] = entered_state(element, now)
    return values


def test_the_form_of_a_new_digest_is_the_one_on_record(golden):
    golden("digest/form_new.json", digest_form(given=Given(zone="Europe/London"), metadata="m"))


def test_the_form_of_an_edit_is_the_one_on_record(golden):
    order = replace(subscription().order, csv=True)
    view = digest_form(title="Edit Digest", given=Given.of(order, [("q-billing", "Billing")]), remove=subscription().id)

    golden("digest/form_edit.json", view)
    assert view["callback_id"] == form.EDIT
    assert form.CHANNEL not in {block.get("block_id") for block in view["blocks"]}
    assert buttons(view)["Remove"] == (REMOVE, subscription().id)
    assert buttons(view)["Preview"] == (form.PREVIEW, "")


def test_a_new_digest_starts_with_weekdays_in_the_channel_the_form_was_opened_in():
    view = digest_form(given=Given(zone="Europe/London"))
    blocks = {block.get("block_id"): block for block in view["blocks"]}

    assert blocks[form.CHANNEL]["element"]["default_to_current_conversation"] is True
    assert blocks[form.QUEUES]["element"]["action_id"] == QUEUE_SEARCH
    assert read_form(entered(view)) == form.Entered(
        channel=None,
        queues=(),
        threshold="",
        days="weekdays",
        at="07:45",
        zone="Europe/London",
        period=form.USUAL_PERIOD,
        csv=False,
        skip_empty=False,
    )


def test_what_a_person_enters_comes_back_in_the_words_of_a_command():
    view = digest_form(given=Given(zone="Europe/London", channel=ChannelId("C0FLOOR")))
    values = entered(
        view,
        days=form.CHOSEN_DAYS,
        weekdays=["mon", "thu"],
        within="30s",
        time="06:30",
        options=[form.CSV, form.SKIP_EMPTY],
        period="last-week",
    )

    assert read_form(values) == form.Entered(
        channel=ChannelId("C0FLOOR"),
        queues=(),
        threshold="30s",
        days="mon,thu",
        at="06:30",
        zone="Europe/London",
        period="last-week",
        csv=True,
        skip_empty=True,
    )


@settings(deadline=None)
@given(
    days=DAYS,
    at=st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    threshold=st.none() | st.integers(1000, 7 * 86_400_000).map(lambda ms: timedelta(milliseconds=ms)),
    csv=st.booleans(),
    skip_empty=st.booleans(),
    queues=st.dictionaries(st.text("abc*?-", min_size=1, max_size=36), st.text(max_size=90), max_size=9),
)
def test_an_edit_that_changes_nothing_changes_nothing(days, at, threshold, csv, skip_empty, queues):
    given = Given(
        days=days,
        at=at,
        threshold=threshold,
        csv=csv,
        skip_empty=skip_empty,
        queues=list(queues.items()),
        period="yesterday 08:00..18:00",
        zone="Asia/Kathmandu",
    )
    view = digest_form(title="Edit Digest", given=given)
    back = read_form(entered(view))

    assert check_view(view, "modal") == []
    assert back.days == typed_days(days)
    assert time.fromisoformat(back.at) == at
    assert (read_threshold(back.threshold) if back.threshold else None) == threshold
    assert (back.csv, back.skip_empty, back.zone) == (csv, skip_empty, "Asia/Kathmandu")
    assert back.queues == tuple(queues)
    assert back.period == "yesterday 08:00..18:00"


@pytest.mark.parametrize(
    "queues",
    [
        pytest.param([(f"q{n}", f"Team {n}") for n in range(101)], id="more than Slack's field holds"),
        pytest.param([("b*" * 40, "b*" * 40)], id="a pattern longer than Slack's options"),
    ],
)
def test_queues_that_do_not_fit_are_told_and_stay(queues):
    view = digest_form(title="Edit Digest", given=Given(queues=queues))

    assert read_form(entered(view)).queues is None
    assert any(text.endswith("These are changed by command.") for text in said(view))


def test_a_period_that_does_not_fit_is_told_and_stays():
    view = digest_form(title="Edit Digest", given=Given(period="2026-11-09 08:00.." + "2026-11-10 18:00 " * 4))

    assert read_form(entered(view)).period is None
    assert any(text.endswith("It is changed by command.") for text in said(view))


def test_a_usual_period_stays_the_usual_one_when_the_days_change():
    daily = Order(
        topic=Topic(queues=(), period="yesterday"),
        schedule=Schedule(days=WEEKDAYS_ONLY, at=time(7, 45), zone=ZoneInfo("Europe/London")),
    )
    weekly = replace(daily, topic=replace(daily.topic, period="last-week"))

    assert read_form(entered(digest_form(given=Given.of(daily, [])))).period == form.USUAL_PERIOD
    assert read_form(entered(digest_form(given=Given.of(weekly, [])))).period == "last-week"


def test_what_was_saved_says_where():
    view = saved_view(created_message(entry()), title="Digest 3", channel=ChannelId("C0FLOOR"))

    assert check_view(view, "modal") == []
    assert said(view)[-1] == "In <#C0FLOOR>"


def test_no_day_chosen_is_no_days():
    view = digest_form(given=Given())

    assert read_form(entered(view, days=form.CHOSEN_DAYS)).days == ""
    assert read_form({}).days == ""


def test_a_report_tells_its_columns_which_only_a_command_changes():
    view = digest_form(title="Edit Digest", given=Given(table=Table(by=(Dimension.DAY,), metrics=("offered",))))

    assert said(view)[0] == "A report by day: offered. Its columns are changed by command."


def test_a_preview_shows_the_numbers_without_tables_charts_and_buttons():
    view = preview_view(digest_message(tuesday(), imprint(preview=True)))

    assert check_view(view, "modal") == []
    assert set(kinds(view)) == {"header", "context", "section", "rich_text"}
    assert any(text.startswith("Billing: share 65.5 %, target missed 80 %") for text in said(view))
    assert "actions" not in kinds(preview_view(digest_message(tuesday(), imprint())))
