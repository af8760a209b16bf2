"""Both stand-ins on sockets of this machine, and the settings with which the bot finds them."""

from __future__ import annotations

import time
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import time as clock_time
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.demo.centre import Centre
from bot.demo.centre_warming import Warming
from bot.demo.clock import DemoClock, next_monday, tomorrow, utc_now
from bot.demo.faults import Faults, Mode
from bot.demo.genesys_log import RequestLog
from bot.demo.genesys_server import genesys_app
from bot.demo.slack_coverage import ALL_SCOPES
from bot.demo.slack_faults import Drop
from bot.demo.slack_guide import Clock, Guide, Step, Switch
from bot.demo.slack_journal import What
from bot.demo.slack_local import DEFAULT_PACE, LocalSlack, local_slack
from bot.demo.slack_local import serving as slack_serving
from bot.demo.slack_pace import WORKSPACE_PACE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
    from datetime import datetime

    from bot.demo.genesys_options import Options
    from bot.demo.slack_desk import Command
    from bot.demo.slack_pace import Pace
    from bot.demo.slack_workspace import Workspace

HOST = "127.0.0.1"
ZONE = "Europe/London"
POSTING = "chat.postMessage"
MORNING = clock_time(7, 44)
"""A minute before the digest of the examples."""
CLIENT_ID, CLIENT_SECRET = "demo-client", "demo-secret"

SWITCHES: tuple[tuple[str, str, Mode], ...] = (
    ("genesys-down", "Genesys down", "down"),
    ("genesys-slow", "Genesys slow", "slow"),
    ("genesys-429", "Genesys says 429", "rate_limited"),
)
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
    "/sla biling today",
    "/sla help",
)
NOTES = (
    "Everything here runs on this machine: a simulated contact centre, a local Slack, and the real bot between them.",
    "Switch a fault on, ask again, and see how the bot bears it.",
    "Add a digest and let the clock jump to the morning on which it is due: it arrives a minute later.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The stand-ins while they run."""

    centre: Centre
    slack: LocalSlack
    genesys_url: str
    faults: Faults
    requests: RequestLog
    socket_mode: bool

    @property
    def page(self) -> str:
        """Where the local Slack is read and typed in."""
        return f"{self.slack.origin}/"

    @property
    def genesys_environment(self) -> dict[str, str]:
        """What `sla-bot ask` needs to question the same contact centre."""
        return {
            "GENESYS_API_URL": self.genesys_url,
            "GENESYS_LOGIN_URL": self.genesys_url,
            "GENESYS_CLIENT_ID": CLIENT_ID,
            "GENESYS_CLIENT_SECRET": CLIENT_SECRET,
            "BOT_TIMEZONE": ZONE,
        }

    @property
    def environment(self) -> dict[str, str]:
        """What the bot needs to run here. `PORT` and `DATABASE_URL` are the caller's to say."""
        tokens = self.slack.tokens
        slack = {"SLACK_BOT_TOKEN": tokens.bot, "SLACK_API_URL": self.slack.base_url}
        if self.socket_mode:
            slack["SLACK_APP_TOKEN"] = tokens.app
        else:
            slack["SLACK_SIGNING_SECRET"] = tokens.signing_secret
        return self.genesys_environment | slack


@asynccontextmanager
async def world(
    *,
    commands: Sequence[Command],
    now: Callable[[], datetime] = utc_now,
    clock: DemoClock | None = None,
    port: int = 0,
    centre: Centre | None = None,
    options: Options | None = None,
    request_url: str | None = None,
    scopes: Iterable[str] = ALL_SCOPES,
    subscriptions: Iterable[str] | None = None,
    pace: Pace | None = DEFAULT_PACE,
    workspace_pace: Pace | None = WORKSPACE_PACE,
    tempo: Callable[[], float] = time.monotonic,
    workspace: Workspace | None = None,
) -> AsyncIterator[World]:
    """Run both stand-ins; `port` is the page's, by default a free one. `request_url` makes Slack use signed HTTP.

    `now` is the time of both; with `clock`, which then decides it, the page shows the time and can let it jump.
    `scopes` and `subscriptions` are those of the manifest; by default Slack allows and tells everything. `tempo`, in
    seconds, is the clock of Slack's limits. Triggers, response URLs and signatures live by the real time even when
    `now` jumps.
    """
    faults, requests = Faults(), RequestLog()
    now = clock.now if clock else now
    async with AsyncExitStack() as stack:
        if centre is None:
            centre = Centre.demo(zone=ZONE)
            warming = Warming(centre, now=now)
            stack.push_async_callback(warming.close)
            warming.start()
            if clock is not None:
                clock.on_jump(warming.start)
        genesys = genesys_app(
            centre,
            now=now,
            client_id=CLIENT_ID,
            client_secret=CLIENT_SECRET,
            faults=faults,
            options=options,
            log=requests,
        )
        runner = web.AppRunner(genesys, access_log=None, shutdown_timeout=1)
        stack.push_async_callback(runner.cleanup)
        await runner.setup()
        await web.TCPSite(runner, HOST, 0).start()
        switches = *(_switch(faults, *row) for row in SWITCHES), *_slack_switches(lambda: slack)
        slack = local_slack(
            now=now,
            commands=commands,
            request_url=request_url,
            guide=Guide(examples=EXAMPLES, notes=NOTES, switches=switches, clock=_hands(clock)),
            scopes=scopes,
            subscriptions=subscriptions,
            pace=pace,
            workspace_pace=workspace_pace,
            clock=tempo,
            wall=utc_now,
            workspace=workspace,
        )
        if clock is not None:
            clock.on_jump(partial(slack.workspace.journal.write, What.CLOCK))
        await stack.enter_async_context(slack_serving(slack, host=HOST, port=port))
        yield World(
            centre=centre,
            slack=slack,
            genesys_url=f"http://{HOST}:{runner.addresses[0][1]}",
            faults=faults,
            requests=requests,
            socket_mode=request_url is None,
        )


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


def _hands(clock: DemoClock | None) -> Clock | None:
    if clock is None:
        return None
    zone = ZoneInfo(ZONE)
    steps = (
        Step(key="tomorrow", label=f"Tomorrow {MORNING:%H:%M}", to=partial(tomorrow, at=MORNING, zone=zone)),
        Step(key="monday", label=f"Monday {MORNING:%H:%M}", to=partial(next_monday, at=MORNING, zone=zone)),
        Step(key="hour", label="+1 hour", to=partial(_later, by=timedelta(hours=1))),
        Step(key="minute", label="+1 minute", to=partial(_later, by=timedelta(minutes=1))),
    )
    return Clock(now=clock.now, jump=clock.jump, zone=zone, steps=steps)


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
