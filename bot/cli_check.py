"""`sla-bot check`: everything the bot depends on, a line each, and what to do about what is not in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from rich.text import Text

from bot.app import utc_now
from bot.errors import BotError, GenesysError, GenesysForbidden, SettingsError
from bot.files.place import StoreRefused, object_store
from bot.genesys.client import genesys_client
from bot.manifest import OPTIONAL_SCOPES, SCOPES
from bot.settings import DeliverySettings, GenesysSettings, Settings, SlackSettings, StoreSettings
from bot.slack.probe import SlackRefused, probe_app_token, probe_bot_token
from bot.store.schema import Schema, schema_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
    from datetime import datetime

    from rich.console import Console

    from bot.environment import FromEnvironment
    from bot.genesys.client import GenesysClient

Part = TypeVar("Part", bound="FromEnvironment")

_CONNECTION_SCOPE = "connections:write"
_NETWORK = "Check the network and SLACK_API_URL."
_REINSTALL = "Add them under OAuth & Permissions, then reinstall the app."


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of the check. `remedy` says what to do, and is empty when there is nothing to do."""

    what: str
    ok: bool
    detail: str
    remedy: str = ""


async def check_everything(
    environment: Mapping[str, str], console: Console, *, now: Callable[[], datetime] = utc_now
) -> int:
    """Print each finding as soon as it is known; 0 when all is well, 1 when anything failed."""
    failed = 0
    async for finding in findings(environment, now=now):
        console.print(_line(finding), soft_wrap=True)
        failed += not finding.ok
    console.print(Text(f"{failed} failed." if failed else "Everything is in order."))
    return 1 if failed else 0


async def findings(environment: Mapping[str, str], *, now: Callable[[], datetime]) -> AsyncIterator[Finding]:
    """Every check is made, also after another failed; only what lacks its settings cannot be."""
    try:
        Settings.from_env(environment)
        yield Finding(what="Settings", ok=True, detail="complete")
    except SettingsError as error:
        for problem in error.problems:
            yield Finding(what="Settings", ok=False, detail=problem)
    slack = _part(SlackSettings, environment)
    if slack:
        async for finding in _slack(slack):
            yield finding
    else:
        yield _unchecked("Slack")
    genesys = _part(GenesysSettings, environment)
    if genesys:
        async for finding in _genesys(genesys, now):
            yield finding
    else:
        yield _unchecked("Genesys Cloud")
    delivery = _part(DeliverySettings, environment)
    if delivery and delivery.export_url:
        yield await _object_store(delivery, now)
    store = _part(StoreSettings, environment)
    yield await _database(store) if store else _unchecked("Database")


def _part(kind: type[Part], environment: Mapping[str, str]) -> Part | None:
    try:
        return kind.from_env(environment)
    except SettingsError:
        return None


def _unchecked(what: str) -> Finding:
    return Finding(what=what, ok=False, detail="not checked", remedy="Complete the settings named above.")


async def _slack(settings: SlackSettings) -> AsyncIterator[Finding]:
    yield await _bot_token(settings)
    if settings.slack_app_token is None:
        yield Finding(what="Slack HTTP mode", ok=True, detail="signing secret set; Slack's first request will prove it")
        return
    try:
        await probe_app_token(settings.slack_app_token.get_secret_value(), base_url=settings.slack_api_url)
    except SlackRefused as error:
        remedy = f"Basic Information → App-Level Tokens: make one with {_CONNECTION_SCOPE}, and enable Socket Mode."
        yield Finding(what="Slack app token", ok=False, detail=_said(error), remedy=remedy if error.code else _NETWORK)
    else:
        yield Finding(what="Slack app token", ok=True, detail="may open a Socket Mode connection")


async def _bot_token(settings: SlackSettings) -> Finding:
    what = "Slack bot token"
    try:
        installed = await probe_bot_token(settings.slack_bot_token.get_secret_value(), base_url=settings.slack_api_url)
    except SlackRefused as error:
        remedy = "OAuth & Permissions: install the app and copy the Bot User OAuth Token again."
        return Finding(what=what, ok=False, detail=_said(error), remedy=remedy if error.code else _NETWORK)
    missing = [scope for scope in SCOPES if scope not in installed.scopes]
    required = [scope for scope in missing if scope not in OPTIONAL_SCOPES]
    if required:
        return Finding(what=what, ok=False, detail=f"lacks the scopes {', '.join(required)}", remedy=_REINSTALL)
    without = f", without the optional {', '.join(missing)}" if missing else ""
    return Finding(what=what, ok=True, detail=f"workspace {installed.workspace}, every scope{without}")


async def _genesys(settings: GenesysSettings, now: Callable[[], datetime]) -> AsyncIterator[Finding]:
    hosts = settings.genesys_hosts
    async with genesys_client(
        api_url=hosts.api_url,
        login_url=hosts.login_url,
        client_id=settings.genesys_client_id,
        client_secret=settings.genesys_client_secret.get_secret_value(),
        now=now,
    ) as client:
        checks: tuple[tuple[str, Callable[[GenesysClient], Awaitable[None]], str], ...] = (
            ("Genesys sign-in", lambda asked: asked.verify(), f"signed in at {hosts.login_url}"),
            ("Genesys queues", lambda asked: asked.permissions.list_queues(), "routing:queue:view"),
            ("Genesys figures", lambda asked: asked.permissions.count(), "analytics:conversationAggregate:view"),
            ("Genesys right now", lambda asked: asked.permissions.observe(), "analytics:queueObservation:view"),
            ("Genesys wrap-up codes", lambda asked: asked.permissions.name_wrap_up_codes(), "routing:wrapupCode:view"),
        )
        for what, probe, proves in checks:
            try:
                await probe(client)
            except GenesysError as error:
                yield Finding(what=what, ok=False, detail=_with_reference(error), remedy=error.remedy)
            else:
                yield Finding(what=what, ok=True, detail=proves)
        yield await _conversations(client)


async def _conversations(client: GenesysClient) -> Finding:
    """Not everybody lets a bot read single conversations: without them it does everything but export them."""
    what, permission = "Genesys conversations", "analytics:conversationDetail:view"
    try:
        await client.permissions.read_conversations()
    except GenesysForbidden:
        return Finding(what=what, ok=True, detail=f"no {permission}: `/report conversations` is refused")
    except GenesysError as error:
        return Finding(what=what, ok=False, detail=_with_reference(error), remedy=error.remedy)
    return Finding(what=what, ok=True, detail=permission)


def _with_reference(error: GenesysError) -> str:
    return f"{_said(error)} (correlation id {error.correlation_id})" if error.correlation_id else _said(error)


async def _object_store(settings: DeliverySettings, now: Callable[[], datetime]) -> Finding:
    what = "Object store"
    try:
        await object_store(
            settings.export_url, credentials=settings.export_credentials, link_life=settings.export_link_ttl, now=now
        ).check()
    except StoreRefused as error:
        return Finding(what=what, ok=False, detail=_said(error), remedy=error.remedy)
    return Finding(what=what, ok=True, detail=f"{settings.export_url} can be written, read and linked to")


async def _database(settings: StoreSettings) -> Finding:
    what = "Database"
    try:
        found = await schema_of(settings.database_url)
    except BotError as error:
        return Finding(what=what, ok=False, detail=str(error))
    match found:
        case Schema.CURRENT:
            return Finding(what=what, ok=True, detail="reachable, at the newest schema")
        case Schema.EMPTY if settings.database_url.startswith("sqlite"):
            return Finding(what=what, ok=True, detail="reachable, empty; `sla-bot run` creates the tables")
        case Schema.NEWER:
            return Finding(what=what, ok=False, detail="migrated by a newer sla-bot", remedy="Update this one.")
        case _:
            return Finding(what=what, ok=False, detail="not at the newest schema", remedy="Run `sla-bot migrate`.")


def _said(error: BotError) -> str:
    return str(error).rstrip(".")


def _line(finding: Finding) -> Text:
    verdict = Text("ok    ", style="green") if finding.ok else Text("failed", style="bold red")
    told = ". ".join(filter(None, (finding.detail, finding.remedy)))
    return Text(" ").join([verdict, Text(f"{finding.what}:", style="bold"), Text(told)])
