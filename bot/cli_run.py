"""`sla-bot run` and `demo`: the processes that live until they are stopped."""

from __future__ import annotations

import asyncio
import errno
import gc
import logging
import os
import shlex
import signal
import sys
import webbrowser
from contextlib import asynccontextmanager
from datetime import timedelta
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import typer

from bot.app import Tempo, running
from bot.cli_logging import log_to_stderr
from bot.commands.catalogue import COMMANDS
from bot.demo.clock import DemoClock
from bot.demo.slack_desk import Command
from bot.demo.world import world
from bot.errors import BotError
from bot.manifest import EVENTS, SCOPES
from bot.settings import Settings
from bot.store.schema import prepare

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from bot.app import App

LOOPBACK = "127.0.0.1"
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
"""Slack's SDK sends even requests for this machine through a proxy, whatever NO_PROXY says; the demo has no others."""

DEMO_TICK = timedelta(seconds=1)
"""Whoever tries the demo looks at nothing else."""


class PortTaken(BotError):
    """Another program listens there already."""


async def run_bot(settings: Settings) -> None:
    """The bot until SIGINT or SIGTERM; what it promised is finished first.

    Raises SchemaNotReady and DatabaseUnreachable, SlackRefused and PortTaken before anybody is answered.
    """
    log_to_stderr(logging.INFO)
    stopped = stop_signal()
    await prepare(settings.database_url)
    async with _port_free("PORT", settings.port), running(settings) as app:
        # What was imported and set up lives as long as the process: looking through it for garbage takes a tenth of a
        # second, again and again, in which nobody is acknowledged.
        gc.freeze()
        how = "Socket Mode" if settings.socket_mode else f"HTTP mode, with /slack/events on port {app.port}"
        typer.echo(f"sla-bot is running in {how}. Health: http://{LOOPBACK}:{app.port}/healthz. Ctrl+C stops it.")
        await stopped.wait()
        typer.echo("Stopping: finishing what was promised.")


async def run_demo(*, port: int, open_browser: bool) -> None:
    """The bot between a simulated contact centre and a local Slack, until SIGINT or SIGTERM. Raises PortTaken."""
    log_to_stderr(logging.ERROR)
    for name in _PROXIES:
        os.environ.pop(name, None)
    stopped = stop_signal()
    commands = tuple(
        Command(
            name=f"/{command.name}",
            description=command.summary,
            usage_hint=command.usage_hint,
            should_escape=command.should_escape,
        )
        for command in COMMANDS
    )
    clock = DemoClock()
    stand_ins = world(clock=clock, commands=commands, port=port, scopes=SCOPES, subscriptions=EVENTS)
    # A file, not memory: a statement that is cut short takes its connection with it, and a database in memory as well.
    with TemporaryDirectory(prefix="sla-bot-demo-") as folder:
        async with _port_free("--port", port), stand_ins as stage:
            settings = Settings.from_env(
                stage.environment | {"DATABASE_URL": f"sqlite:///{folder}/demo.db", "PORT": "0"}
            )
            await prepare(settings.database_url)
            async with demo_bot(settings, clock):
                typer.echo(_welcome(stage.page, stage.genesys_environment))
                if open_browser and _has_screen():
                    await asyncio.to_thread(webbrowser.open, stage.page)
                await stopped.wait()


@asynccontextmanager
async def demo_bot(settings: Settings, clock: DemoClock) -> AsyncIterator[App]:
    """The bot by the demo's clock: alerts miss no minute, however fast that walks, and presses are shown at once."""
    async with running(settings, host=LOOPBACK, now=clock.now, tempo=Tempo(tick=DEMO_TICK)) as app:
        clock.each_minute(app.alerts.watch.beat)
        yield app


def stop_signal() -> asyncio.Event:
    """Set by the first SIGINT or SIGTERM from now on; a second one ends the process at once."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()

    def stop() -> None:
        stopped.set()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    return stopped


def _welcome(page: str, genesys: Mapping[str, str]) -> str:
    variables = " ".join(f"{name}={shlex.quote(value)}" for name, value in genesys.items())
    return (
        f"The demo is at {page}\n"
        "Type there: /sla billing 30s last-week\n\n"
        f'Or in another terminal:\n{variables} {sys.argv[0]} ask "/sla billing 30s last-week"\n\n'
        "Ctrl+C stops it."
    )


def _has_screen() -> bool:
    """Without one a browser of the terminal might take the terminal over."""
    return sys.platform != "linux" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


@asynccontextmanager
async def _port_free(setting: str, port: int) -> AsyncIterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise PortTaken(f"Port {port} is taken by another program: set {setting} to another one, or to 0.") from error
