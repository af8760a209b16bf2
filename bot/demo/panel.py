"""What the demo offers on its page: things to type, faults to switch on, things to provoke, time that goes faster."""

from __future__ import annotations

from datetime import time as clock_time
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.demo.clock import next_monday, next_weekday, tomorrow
from bot.demo.provoke import BILLING, SCENARIOS
from bot.demo.slack_faults import Drop
from bot.demo.slack_guide import Clock, Guide, Step, Switch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from bot.demo.clock import DemoClock
    from bot.demo.clock_walk import Walk
    from bot.demo.faults import Faults, Mode
    from bot.demo.provoke import Provoke, Scenario
    from bot.demo.slack_local import LocalSlack

ZONE = "Europe/London"
POSTING = "chat.postMessage"
MORNING = clock_time(7, 44)
"""A minute before the digest of the examples."""
BUSY = clock_time(10, 30)
"""When calls come and people are at work."""

SWITCHES: tuple[tuple[str, str, Mode], ...] = (
    ("genesys-down", "Genesys down", "down"),
    ("genesys-slow", "Genesys slow", "slow"),
    ("genesys-429", "Genesys says 429", "rate_limited"),
)
REFUSED = "genesys-credentials"
RETRY_AFTER_SECONDS = 61
"""Longer than the bot lets a person wait, so that it says so; short enough to see it recover."""
EXAMPLES = (
    "/sla billing 30s last-week",
    "/sla billing, sales yesterday by hour",
    "/sla all last-week",
    "/sla bil*",
    "/queue",
    "/queue billing",
    "/report billing last-week by day",
    "/report support yesterday by agent",
    "/report conversations billing yesterday",
    "/digest add billing, sales 30s weekdays 07:45",
    "/digest list",
    "/alert add billing waiting > 10 for 2m",
    "/alert list",
    "/sla biling today",
    "/sla help",
)
NOTES = (
    "Everything here runs on this machine: a simulated contact centre, a local Slack, and the real bot between them.",
    "Switch a fault on, ask again, and see how the bot bears it.",
    "Type /alert add billing waiting > 10 for 2m, let half the agents leave Billing, and let time run 60× faster.",
    "When the alert comes, press Acknowledge. Then let the agents come back, and see it resolve.",
    "Add a digest and let the clock jump to the morning on which it is due: it arrives a minute later.",
)


def guide(
    *, faults: Faults, slack: Callable[[], LocalSlack], provoke: Provoke, clock: DemoClock | None, walk: Walk | None
) -> Guide:
    """All of it. `slack` is asked for when it is used: the local Slack is made with the guide."""
    genesys = (_switch(faults, *row) for row in SWITCHES)
    provoked = (_scenario(provoke, one) for one in SCENARIOS) if provoke.possible() else ()
    switches = (*genesys, _refusal(faults), *_slack_switches(slack), *provoked)
    return Guide(examples=EXAMPLES, notes=NOTES, switches=switches, clock=_hands(clock, walk))


def _scenario(provoke: Provoke, scenario: Scenario) -> Switch:
    """A scenario of the billing queue; the page is told when nothing would be seen of it."""

    def turn(wanted: bool) -> None:
        if not wanted:
            provoke.stop(scenario.key)
        elif reason := provoke.worth_it(scenario.key):
            raise ValueError(reason)
        else:
            provoke.start(scenario.key)

    return Switch(
        key=scenario.key,
        label=scenario.begin.format(BILLING),
        undo=scenario.end.format(BILLING),
        get=partial(provoke.lasts, scenario.key),
        set=turn,
    )


def _refusal(faults: Faults) -> Switch:
    """Credentials are refused from now on, and the token in use no longer helps."""

    def turn(wanted: bool) -> None:
        faults.lift("wrong_secret")
        faults.lift("expired_token")
        if wanted:
            faults.set("expired_token")
            faults.set("wrong_secret")

    def on() -> bool:
        return any(fault.mode == "wrong_secret" for fault in faults.active)

    return Switch(key=REFUSED, label="Genesys refuses the credentials", get=on, set=turn)


def _slack_switches(slack: Callable[[], LocalSlack]) -> Iterator[Switch]:
    """Asked for when they are used: the local Slack is made with them."""

    def revoke(wanted: bool) -> None:
        if wanted:
            slack().revoke()
        else:
            slack().restore()

    def lose_answers(wanted: bool) -> None:
        slack().faults.lift(POSTING)
        if wanted:
            slack().fail_next(POSTING, drop=Drop.AFTER, times=None)

    yield Switch(key="slack-revoked", label="Slack token revoked", get=lambda: slack().revoked, set=revoke)
    yield Switch(
        key="slack-mute", label="Slack loses answers", get=lambda: slack().faults.lasts(POSTING), set=lose_answers
    )


def _hands(clock: DemoClock | None, walk: Walk | None) -> Clock | None:
    if clock is None:
        return None
    zone = ZoneInfo(ZONE)
    steps = (
        Step(key="tomorrow", label=f"Tomorrow {MORNING:%H:%M}", to=partial(tomorrow, at=MORNING, zone=zone)),
        Step(key="monday", label=f"Monday {MORNING:%H:%M}", to=partial(next_monday, at=MORNING, zone=zone)),
        Step(key="busy", label=f"Next weekday {BUSY:%H:%M}", to=partial(next_weekday, at=BUSY, zone=zone)),
        Step(key="hour", label="+1 hour", to=partial(_later, by=timedelta(hours=1)), walked=True),
        Step(key="ten", label="+10 minutes", to=partial(_later, by=timedelta(minutes=10)), walked=True),
        Step(key="minute", label="+1 minute", to=partial(_later, by=timedelta(minutes=1)), walked=True),
    )
    return Clock(now=clock.now, jump=clock.jump, zone=zone, steps=steps, walk=walk)


def _later(now: datetime, *, by: timedelta) -> datetime:
    return now + by


def _switch(faults: Faults, key: str, label: str, mode: Mode) -> Switch:
    def on() -> bool:
        return any(fault.mode == mode for fault in faults.active)

    def turn(wanted: bool) -> None:
        faults.lift(mode)
        if wanted:
            faults.set(mode, retry_after_seconds=RETRY_AFTER_SECONDS)

    return Switch(key=key, label=label, get=on, set=turn)
