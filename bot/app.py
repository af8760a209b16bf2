"""The composition root: the one place that knows every concrete part, and the only one that reads the clock."""

from __future__ import annotations

import asyncio
import random
import time
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from aiohttp import web

from bot.app_alerts import alert_parts
from bot.app_digests import digest_parts
from bot.errors import GenesysError
from bot.files.place import object_store
from bot.genesys.client import genesys_client
from bot.genesys.directory import QueueDirectory
from bot.genesys.people import People as CentrePeople
from bot.housekeeping import keep_house
from bot.jobs import TICK, timetable
from bot.listeners.desk import Desk
from bot.listeners.door import front_door, http_mode, socket_mode
from bot.listeners.export_orders import tell_interrupted
from bot.listeners.promises import Promises
from bot.shutdown import PATIENCE, wind_up
from bot.slack.outward import slack_client
from bot.slack.people import People
from bot.store.database import open_store
from bot.usecases.ask import Ask
from bot.usecases.delivery import Courier
from bot.usecases.export import Exporting
from bot.usecases.exports import Exports
from bot.usecases.samples.stored import Stored
from bot.usecases.table_files import TableFiles
from bot.web.health import health_routes
from bot.web.server import serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from bot.app_alerts import AlertParts
    from bot.files.object_store import ObjectStore
    from bot.genesys.client import GenesysClient
    from bot.settings import AskSettings, Settings
    from bot.store.database import Store
    from bot.usecases.alerts.watch import Watch
    from bot.usecases.digests.engine import Digests

ACKNOWLEDGING = 0.2
"""Seconds. Bolt looks for acknowledgements every 10 ms; the last ones leave before the connection closes."""


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tempo:
    """How fast seconds pass for retries and pace; tests let them run."""

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    tick: timedelta = TICK
    """How often the timetable looks what is due; of real time."""


REAL = Tempo()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verbs:
    """What can be asked for, whoever asks."""

    ask: Ask
    exporting: Exporting
    tables: TableFiles
    genesys: GenesysClient
    directory: QueueDirectory


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """The running bot."""

    ask: Ask
    digests: Digests
    alerts: AlertParts
    promises: Promises
    port: int
    """Of the web part: Slack's requests in HTTP mode, and health."""


@asynccontextmanager
async def asking(
    settings: AskSettings,
    *,
    store: Store | None = None,
    now: Callable[[], datetime] = utc_now,
    tempo: Tempo = REAL,
    lasting: bool = False,
) -> AsyncIterator[Verbs]:
    """Genesys and the questions, without Slack: all that the terminal needs.

    `lasting`, for a process that lives long: asks for the platform's limits, and reads the queues again and again.
    """
    hosts = settings.genesys_hosts
    async with genesys_client(
        api_url=hosts.api_url,
        login_url=hosts.login_url,
        client_id=settings.genesys_client_id,
        client_secret=settings.genesys_client_secret.get_secret_value(),
        now=now,
        clock=tempo.clock,
        sleep=tempo.sleep,
    ) as genesys:
        directory = QueueDirectory(genesys.queues, now=now, sleep=asyncio.sleep, random=random.random)
        choices = store.choices if store else None
        async with _kept_fresh(genesys, directory) if lasting else nullcontext():
            people = CentrePeople(genesys, now=now)
            ask = Ask(
                directory,
                genesys,
                people=people,
                switches=settings.switches,
                choices=choices,
                now=now,
                digesting=Stored(store.samples, genesys, now=now) if store else None,
            )
            exporting = Exporting(
                ask,
                genesys.conversations,
                people,
                now=now,
                personal=settings.export_personal_data,
                separator=settings.export_csv_separator,
                sleep=tempo.sleep,
            )
            tables = TableFiles(separator=settings.export_csv_separator)
            yield Verbs(ask=ask, exporting=exporting, tables=tables, genesys=genesys, directory=directory)


@asynccontextmanager
async def _kept_fresh(genesys: GenesysClient, directory: QueueDirectory) -> AsyncIterator[None]:
    """Nobody waits for either: a Genesys that is down at the start may be up at the first question."""
    async with directory.running():
        limits = asyncio.create_task(_learn_limits(genesys))
        try:
            yield
        finally:
            limits.cancel()


async def _learn_limits(genesys: GenesysClient) -> None:
    with suppress(GenesysError):  # the default pace is below every published limit, and replies correct it
        await genesys.limits()


@asynccontextmanager
async def running(
    settings: Settings,
    *,
    now: Callable[[], datetime] = utc_now,
    tempo: Tempo = REAL,
    host: str = "0.0.0.0",  # noqa: S104 reached by Slack
) -> AsyncIterator[App]:
    """The bot, receiving until the end of the block; then it takes no more, and finishes what it promised.

    Raises SlackRefused when Slack refuses a token: better at the start than in silence.
    """
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_store(settings.database_url))
        verbs = await stack.enter_async_context(asking(settings, store=store, now=now, tempo=tempo, lasting=True))
        token = settings.slack_bot_token.get_secret_value()
        slack = await stack.enter_async_context(slack_client(token, base_url=settings.slack_api_url))
        identity, people, promises = await slack.identity(), People(slack, now=now), Promises()
        parts = digest_parts(
            settings,
            ask=verbs.ask,
            tables=verbs.tables,
            store=store,
            slack=slack,
            identity=identity,
            people=people,
            now=now,
            clock=tempo.clock,
            sleep=tempo.sleep,
        )
        alerts = alert_parts(
            settings,
            ask=verbs.ask,
            genesys=verbs.genesys,
            directory=verbs.directory,
            digests=parts,
            store=store,
            slack=slack,
            identity=identity,
            promises=promises,
            now=now,
            clock=tempo.clock,
            sleep=tempo.sleep,
        )
        exports = Exports(verbs.exporting.export, store.exports, now=now)
        desk = Desk(
            ask=verbs.ask,
            subscribing=parts.subscribing,
            digests=parts.digests,
            entries=parts.entries,
            owners=parts.owners,
            alerts=alerts.desk,
            exports=exports,
            courier=Courier(slack, _vault(settings, now), usual=settings.export_delivery),
            tables=verbs.tables,
            slack=slack,
            people=people,
            channels=parts.channels,
            permits=parts.permits,
            places=parts.places,
            promises=promises,
            claims=store.claims,
            identity=identity,
            zone=settings.bot_timezone,
            admins=settings.bot_admins,
            prefix=settings.command_prefix,
            clock=now,
        )
        secret = settings.slack_signing_secret
        signing_secret = secret.get_secret_value() if secret else ""
        door = front_door(desk, token=token, signing_secret=signing_secret)
        stack.push_async_callback(_wind_up, parts.digests, alerts.watch, exports, promises)
        await stack.enter_async_context(_tended(exports, desk))
        housekeeping = partial(keep_house, store, parts.watch, now)
        await stack.enter_async_context(
            timetable(digests=parts.digests.tick, alerts=alerts.watch.beat, housekeeping=housekeeping, tick=tempo.tick)
        )
        checks: dict[str, Callable[[], Awaitable[bool]]] = {"queues": verbs.ask.naming.known, "database": store.answers}
        if settings.slack_app_token is None:
            site = http_mode(door, signing_secret=signing_secret)
        else:
            site = web.Application()
            app_token = settings.slack_app_token.get_secret_value()
            checks["slack"] = await stack.enter_async_context(socket_mode(door, desk, app_token=app_token))
        site.add_routes(health_routes(checks))
        port = await stack.enter_async_context(serving(site, host=host, port=settings.port))
        stack.push_async_callback(_last_acknowledgements, promises)
        yield App(ask=verbs.ask, digests=parts.digests, alerts=alerts, promises=promises, port=port)


@asynccontextmanager
async def _tended(exports: Exports, desk: Desk) -> AsyncIterator[None]:
    """This process says that its exports are alive, and tells the owners of those whose process is gone."""
    tending = asyncio.create_task(exports.tend(partial(tell_interrupted, desk)))
    try:
        yield
    finally:
        tending.cancel()
        with suppress(asyncio.CancelledError):
            await tending


def _vault(settings: Settings, now: Callable[[], datetime]) -> ObjectStore | None:
    if not settings.export_url:
        return None
    return object_store(
        settings.export_url, credentials=settings.export_credentials, link_life=settings.export_link_ttl, now=now
    )


async def _wind_up(digests: Digests, watch: Watch, exports: Exports, promises: Promises) -> None:
    await wind_up(
        {
            "digests": digests.drain(PATIENCE),
            "alerts": watch.drain(PATIENCE),
            "exports": exports.drain(),
            "promises": promises.drain(PATIENCE),
        }
    )


async def _last_acknowledgements(promises: Promises) -> None:
    promises.draining = True
    await asyncio.sleep(ACKNOWLEDGING)
