"""`sla-bot rules export` and `sla-bot rules apply`: rules and digests of all channels as a file.

On the database alone: neither Slack nor Genesys is asked.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.app import utc_now
from bot.cli_saving import NotSaved
from bot.commands.rules_file import differences, rules_yaml, step_line
from bot.commands.rules_reading import FileUnread, Problem, read_rules
from bot.domain.alerts.rules import Rule, Terms
from bot.settings import HouseSettings, StoreSettings
from bot.store.database import engine_on
from bot.store.inhabited import Inhabited
from bot.store.rules import Rules
from bot.store.schema import prepare
from bot.store.subscriptions import Subscriptions
from bot.store.urls import driven
from bot.usecases.alerts.rule_file import RuleFile

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    from bot.domain.rule_file import Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What `apply` found, and did."""

    lines: tuple[str, ...]
    """One for each rule or digest that is not as the file says."""
    done: bool
    """False for a dry run."""
    overtaken: tuple[str, ...] = ()
    """Those of the lines that were not done: somebody changed them at the same moment."""

    def summary(self) -> str:
        """A sentence for the end."""
        if not self.lines:
            return "Everything is as the file says."
        if not self.done:
            return f"{_counted(len(self.lines))} would be made. Add --yes to make {_them(len(self.lines))}."
        if self.overtaken:
            return f"{_counted(len(self.overtaken))} not made: somebody else was faster. Run it again."
        return f"{_counted(len(self.lines))} made."


async def export_rules(
    environment: Mapping[str, str], file: Path | None, *, now: Callable[[], datetime] = utc_now
) -> str:
    """The file's text; written to `file` when there is one. Raises NotSaved, SettingsError and the store's errors."""
    async with _opened(environment, now) as rule_file:
        text = rules_yaml(await rule_file.everything())
    if file is not None:
        _write(file, text)
    return text


async def apply_rules(
    environment: Mapping[str, str], file: Path, *, yes: bool, now: Callable[[], datetime] = utc_now
) -> Applied:
    """Make rules and digests as `file` says; without `yes` only tell what would be done.

    Raises FileUnread before the database is opened, SettingsError and the store's errors.
    """
    zone = HouseSettings.from_env(environment).bot_timezone
    wanted = read_rules(_text(file), now=now(), zone=zone)
    async with _opened(environment, now) as rule_file:
        steps = differences(wanted, await rule_file.everything())
        overtaken = await rule_file.apply(steps) if yes else ()
    return Applied(lines=_lines(steps), done=yes, overtaken=_lines(overtaken))


@asynccontextmanager
async def _opened(environment: Mapping[str, str], now: Callable[[], datetime]) -> AsyncIterator[RuleFile]:
    url = StoreSettings.from_env(environment).database_url
    await prepare(url)
    async with engine_on(driven(url)) as engine:
        yield RuleFile(Rules(engine), Subscriptions(engine), Inhabited(engine), now=now)


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise NotSaved(error) from error


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise FileUnread((Problem(0, f"{file} is no text in UTF-8."),)) from error
    except OSError as error:
        raise FileUnread((Problem(0, f"{file} cannot be read: {error.strerror or error}."),)) from error


def _lines(steps: tuple[Step, ...]) -> tuple[str, ...]:
    return tuple(step_line(step, "alert" if _is_rule(step) else "digest") for step in steps)


def _is_rule(step: Step) -> bool:
    return isinstance(step.seen, Rule) or (step.wish is not None and isinstance(step.wish.terms, Terms))


def _counted(number: int) -> str:
    return f"{number} change" if number == 1 else f"{number} changes"


def _them(number: int) -> str:
    return "it" if number == 1 else "them"
