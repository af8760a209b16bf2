"""Details of an alert, the handover of a shift, the digest's line and the Home tab."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.blocks.alerts import actions
from bot.blocks.alerts.at_home import AlertsAtHome
from bot.blocks.alerts.details import Quarter, details_view
from bot.blocks.alerts.handover import handover_message, median_of
from bot.blocks.alerts.lines import line_text
from bot.blocks.alerts.weekly import AlertTally, tally_line
from bot.blocks.digests.message import digest_message
from bot.blocks.home import home_view
from bot.domain.alerts.rules import RuleId
from bot.domain.alerts.states import Line, LineKind
from bot.domain.sla import Share
from tests.blocks import alert_examples as given
from tests.blocks.alert_examples import ANNA, BEN, FOREVER, LONDON, MINUTE, NOW, at, bulletin, entry, incident, rule
from tests.blocks.messages import buttons, said
from tests.digests import imprint, nothing, tuesday

SHIFT = (at("06:00"), at("14:00"))


def line(kind, clock, **told):
    text = line_text(kind, at=at(clock), zone=LONDON, **told)
    return Line(bulletin=bulletin().id, key=kind.value, kind=kind, at=at(clock), text=text)


def test_details_tell_the_rule_the_course_and_the_history(golden):
    one, two = incident(), incident("Sales", ended_at=at("10:30"))
    rows = [
        Quarter(
            start=at(f"10:{minute:02}"),
            offered=60 + minute,
            share=Share(within=25, denominator=60 + minute),
            aht=timedelta(seconds=372),
            on_queue=9,
        )
        for minute in (0, 15, 30)
    ]
    lines = [line(LineKind.ACKNOWLEDGED, "10:30", by=ANNA), line(LineKind.JOINED, "10:20", incident=two)]
    view = details_view(
        bulletin(),
        [two, one],
        now=NOW,
        zone=LONDON,
        rules={RuleId("rule-3"): entry()},
        course={one.id: rows},
        lines=lines,
        permalink="https://acme.slack.com/archives/C0FLOOR/p1764230400",
    )

    golden("alert/details.json", view)
    told = said(view)
    assert told[0] == "Billing: 41 % of contacts answered in 20 s since 10:05"
    assert " from  in time  offered   AHT  agents\n10:00     42 %       60  6:12       9" in told[3]
    assert told[-3].splitlines() == [
        "10:06 · First told",
        "10:20 · Also Sales: 41 % of contacts answered in 20 s since 10:05",
        "10:30 · <@U0ANNA> acknowledged it at 10:30",
    ]
    assert view["blocks"][-2]["elements"][0]["elements"][0]["url"].startswith("https://acme.slack.com/")


def test_a_rule_that_is_gone_and_an_address_that_is_odd_do_no_harm():
    view = details_view(bulletin(), [incident()], now=NOW, zone=LONDON, rules={}, permalink="javascript:alert(1)")

    assert "Its rule was removed: service level < 80 % for 10 min" in "\n".join(said(view))
    assert "javascript" not in str(view)


def test_a_handover_has_what_is_open_first_then_what_was_and_who_took_it(golden):
    message = handover_message(
        *SHIFT,
        [
            incident(handling=given.ACKNOWLEDGED),
            incident("Sales", **given.OVER),
            incident("Claims", handling=given.ACKNOWLEDGED, votes=(BEN,), **given.OVER),
        ],
        zone=LONDON,
        place="#floor",
        muted=[rule(4, muted_until=FOREVER), rule(5, muted_until=at("18:00"))],
        blind=[(at("09:00"), at("09:20"))],
    )

    golden("alert/handover.json", message)
    told = said(message)
    assert told[0] == "Handover: 06:00 to 14:00"
    assert told.index("Still open") < told.index("Over")
    assert "Sales: 10:05–10:52, 47 min, worst 41 %, nobody took it (service level < 80 % for 10 min)" in told
    assert told[-3:] == [
        "Taken by <@U0ANNA> (Billing and Claims)",
        "Genesys could not be seen from 09:00 to 09:20",
        "Muted: rules 4 and 5 (until 18:00)",
    ]
    assert buttons(message) == {"Share in Channel": (actions.SHARE_HANDOVER, "2026-11-24T06:00:00+00:00")}


def test_a_shift_in_which_nothing_fired_says_so():
    message = handover_message(*SHIFT, [], zone=LONDON, shared_by=ANNA)

    assert message["text"] == "Handover 06:00 to 14:00: Nothing fired in this shift."
    assert "Shared by <@U0ANNA>" in said(message)
    assert buttons(message) == {}


def test_a_long_shift_fits():
    many = [incident(f"Queue {number}", **given.OVER) for number in range(300)]
    message = handover_message(*SHIFT, many, zone=LONDON)

    assert "… and 280 more" in said(message)
    assert len(message["blocks"]) < 15


@pytest.mark.parametrize(
    ("delays", "middle"),
    [((), None), ((4,), 4), ((9, 1, 4), 4), ((2, 4), 3), ((8, 2, 4, 100), 6)],
)
def test_the_median_is_the_middle(delays, middle):
    found = median_of([minutes * MINUTE for minutes in delays])

    assert found == (None if middle is None else middle * MINUTE)


@pytest.mark.parametrize(
    ("tally", "words"),
    [
        (
            AlertTally(fired=9, acknowledged=8, to_acknowledge=4 * MINUTE, not_useful=(("Billing unusual", 1),)),
            "Alerts last week: 9 fired, 8 acknowledged (median 4 min), 1 marked not useful (Billing unusual)",
        ),
        (AlertTally(fired=0), "Alerts last week: none fired"),
        (AlertTally(fired=2, still_open=1), "Alerts last week: 2 fired, none acknowledged, 1 still open"),
        (
            AlertTally(fired=9, not_useful=(("a", 2), ("b", 1), ("c", 1), ("d", 1))),
            "Alerts last week: 9 fired, none acknowledged, 5 marked not useful (a 2×, b, c and 1 other)",
        ),
    ],
)
def test_a_digest_has_its_alerts_in_one_line(tally, words):
    assert tally_line(tally, "last week") == words


@pytest.mark.parametrize("report", [tuesday, nothing])
def test_a_digest_tells_of_alerts_in_small_print(report):
    line_of_alerts = tally_line(AlertTally(fired=2, acknowledged=2), "yesterday")

    assert line_of_alerts in said(digest_message(report(), imprint(), alerts=line_of_alerts))
    assert not any("Alerts" in each for each in said(digest_message(report(), imprint())))


def test_home_has_open_alerts_before_anything_else(golden):
    alerts = AlertsAtHome(
        now=NOW,
        zone=LONDON,
        entries=[entry(3, open=(incident(),), last_fired=at("10:15"), fired=1)],
        bulletins=[(bulletin(), [incident()])],
    )
    view = home_view(["Billing"], alerts=alerts, notes=["Something else."])

    golden("alert/home.json", view)
    told = said(view)
    assert told[0] == "1 open alert"
    assert (
        told.index("1 open alert") < told.index("Needs you") < told.index("Your alert rules and those of your channels")
    )


def test_home_says_that_genesys_cannot_be_seen_even_when_nothing_is_open():
    view = home_view([], alerts=AlertsAtHome(now=NOW, zone=LONDON, blind_since=at("10:30")))

    assert said(view)[:2] == [
        "Genesys cannot be seen",
        "I cannot see Genesys since 10:30: alerts stay as they were then.",
    ]


def test_a_first_visit_learns_that_there_are_alerts():
    view = home_view([], alerts=AlertsAtHome(now=NOW, zone=LONDON, command="/cc-alert"))

    assert "/cc-alert add billing sla < 80% for 10m" in said(view)


def test_hundreds_of_rules_and_open_alerts_leave_room_for_digests():
    alerts = AlertsAtHome(
        now=NOW,
        zone=LONDON,
        entries=[entry(number) for number in range(200)],
        bulletins=[
            (bulletin(revision=number), [replace(incident(), queue_name=f"Q{number}")] * 9) for number in range(30)
        ],
        damaged=[rule(number) for number in range(20)],
    )
    view = home_view(["Billing"], alerts=alerts)

    assert len(view["blocks"]) <= 100
    assert said(view).index("The same every morning") > 0
