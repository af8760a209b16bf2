"""Both stand-ins on sockets of this machine, and the settings with which the bot finds them."""

from __future__ import annotations

import time
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from aiohttp import web

from bot.demo.centre import Centre
from bot.demo.centre_warming import Warming
from bot.demo.clock import utc_now
from bot.demo.clock_walk import Walk
from bot.demo.faults import Faults
from bot.demo.genesys_log import RequestLog
from bot.demo.genesys_server import genesys_app
from bot.demo.panel import ZONE, guide
from bot.demo.provoke import Provoke
from bot.demo.slack_coverage import ALL_SCOPES
from bot.demo.slack_journal import What
from bot.demo.slack_local import DEFAULT_PACE, LocalSlack, local_slack
from bot.demo.slack_local import serving as slack_serving
from bot.demo.slack_pace import WORKSPACE_PACE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Sequence
    from datetime import datetime

    from bot.demo.clock import DemoClock
    from bot.demo.genesys_options import Options
    from bot.demo.slack_desk import Command
    from bot.demo.slack_pace import Pace
    from bot.demo.slack_workspace import Workspace

__all__ = ["ZONE", "World", "world"]

HOST = "127.0.0.1"
CLIENT_ID, CLIENT_SECRET = "demo-client", "demo-secret"


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The stand-ins while they run."""

    centre: Centre
    slack: LocalSlack
    genesys_url: str
    faults: Faults
    requests: RequestLog
    provoke: Provoke
    """Scenarios to begin and end: `provoke.start("agents-leave")`, `provoke.stop("agents-leave")`."""
    walk: Walk | None
    """Moves the clock minute by minute; None where time is real."""
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
        provoke = Provoke(centre, now=now)
        walk = Walk(clock) if clock else None
        if walk is not None:
            stack.push_async_callback(walk.close)
        slack = local_slack(
            now=now,
            commands=commands,
            request_url=request_url,
            guide=guide(faults=faults, slack=lambda: slack, provoke=provoke, clock=clock, walk=walk),
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
        provoke.on_change(partial(slack.workspace.journal.write, What.SWITCHES))
        await stack.enter_async_context(slack_serving(slack, host=HOST, port=port))
        yield World(
            centre=centre,
            slack=slack,
            genesys_url=f"http://{HOST}:{runner.addresses[0][1]}",
            faults=faults,
            requests=requests,
            provoke=provoke,
            walk=walk,
            socket_mode=request_url is None,
        )
