"""`sla-bot ask`: a command read, asked and shown in the terminal."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from rich.text import Text

from bot.app import asking, utc_now
from bot.cli_json import queue_json, report_json, sla_json
from bot.cli_queue_table import queue_table
from bot.cli_report_table import report_table
from bot.cli_saving import Saved, format_of, save, show_saved
from bot.cli_table import sla_table
from bot.commands import queue, report, sla
from bot.commands.catalogue import COMMANDS, HELP, HelpText
from bot.commands.digests import command as digest
from bot.commands.reader import exemplified
from bot.domain.live import QueueReport
from bot.domain.report import Report
from bot.errors import BadWord, SettingsError, UnknownQueue
from bot.settings import AskSettings, HouseSettings

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from rich.console import Console, RenderableType

    from bot.commands.report import ReportCommand
    from bot.domain.exports import Progress
    from bot.domain.sla import SlaReport
    from bot.usecases.ask import Ask

Question = TypeVar("Question")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Verb(Generic[Question]):
    """How one command is read and asked."""

    example: str
    wants_help: Callable[[str], bool]
    read: Callable[[str, datetime], Question]
    ask: Callable[[Ask, Question], Awaitable[SlaReport | QueueReport | Report]]
    saved_as: Callable[[Question, Path | None], ReportCommand | None]
    """The command as one that writes files; None for an answer on the screen. Raises BadWord for a file in vain."""


def _no_file(_: object, out: Path | None) -> None:
    if out is not None:
        raise BadWord("--out", "for this command: only /report writes files")


def _report_file(command: ReportCommand, out: Path | None) -> ReportCommand | None:
    """Conversations are always a file, and a report when the command or `out` says so."""
    return command if format_of(command, out) else None


_VERBS: Mapping[str, _Verb[Any]] = MappingProxyType(
    {
        "sla": _Verb(
            example=sla.EXAMPLE,
            wants_help=sla.is_help,
            read=lambda text, now: sla.parse_sla(text, now=now).question,
            ask=lambda ask, question: ask.sla(question),
            saved_as=_no_file,
        ),
        "queue": _Verb(
            example=queue.EXAMPLE,
            wants_help=queue.is_help,
            read=lambda text, now: queue.parse_queue(text, now=now).question,
            ask=lambda ask, question: ask.queue(question),
            saved_as=_no_file,
        ),
        "report": _Verb(
            example=report.EXAMPLE,
            wants_help=report.is_help,
            read=lambda text, now: report.parse_report(text, now=now),
            ask=lambda ask, command: ask.report(command.question),
            saved_as=_report_file,
        ),
    }
)
"""By the command's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A report, or help when that was asked for."""

    report: SlaReport | QueueReport | Report | None = None
    saved: Saved | None = None
    help: HelpText | None = None

    def data(self) -> dict[str, Any]:
        """For `--json`."""
        match self.report:
            case QueueReport() as now:
                return queue_json(now)
            case Report() as figures:
                return report_json(figures)
            case None:
                pass
            case levels:
                return sla_json(levels)
        if self.saved is not None:
            return self.saved.data()
        return {"command": "help", "commands": [f"/{command.name} {command.usage_hint}" for command in COMMANDS]}


async def ask_once(
    text: str,
    environment: Mapping[str, str],
    *,
    out: Path | None = None,
    tell: Callable[[Progress], None] = lambda _: None,
    now: Callable[[], datetime] = utc_now,
) -> Answer:
    """Answer the command `text` with Genesys's figures; the zone is BOT_TIMEZONE.

    A command that asks for files writes them, to `out` or into the working directory, and tells how far it is. Raises
    BadWord, BadPeriod and UnknownQueue, the GenesysError family, NotSaved and SettingsError. What cannot be read is
    told before anything is asked of Genesys, and help needs no settings at all.
    """
    try:
        house = HouseSettings.from_env(environment)
    except SettingsError:
        AskSettings.from_env(environment)  # names these problems and all the others
        raise
    called, arguments = _command(text, house.command_prefix)
    name, verb = f"/{house.command_prefix}{called}", _VERBS.get(called)
    if verb is None and not digest.is_help(arguments):
        expected = "a command of the terminal: what comes by itself comes to a channel of Slack"
        raise BadWord(name, expected, example=exemplified(sla.EXAMPLE, "", f"/{house.command_prefix}sla"))
    if verb is None or verb.wants_help(arguments):
        return Answer(help=HELP[called]((), name))
    queue_names: Sequence[str] = ()
    try:
        command = verb.read(arguments, now().astimezone(house.bot_timezone))
        saved_as = verb.saved_as(command, out)
        settings = AskSettings.from_env(environment)
        async with asking(settings, now=now) as verbs:
            try:
                if saved_as is not None:
                    return Answer(saved=await save(verbs, saved_as, asked=arguments, out=out, tell=tell))
                return Answer(report=await verb.ask(verbs.ask, command))
            finally:
                queue_names = verbs.ask.naming.examples()
    except (BadWord, UnknownQueue) as error:
        near = [choice for _id, choice in error.choices] if isinstance(error, UnknownQueue) else []
        error.example = exemplified(error.example or verb.example, next(iter([*near, *queue_names]), ""), name)
        raise


def show(answer: Answer, console: Console) -> None:
    """Print for a person."""
    if answer.report is not None:
        for part in _table(answer.report):
            console.print(part)
    elif answer.saved is not None:
        show_saved(answer.saved, console)
    elif answer.help is not None:
        console.print(Text(answer.help.title, style="bold"))
        for example, what in answer.help.examples:
            console.print(Text(f"\n  {example}\n    {what}"))
        for paragraph in answer.help.paragraphs:
            console.print(Text(f"\n{paragraph}"))


def _table(report: SlaReport | QueueReport | Report) -> Iterator[RenderableType]:
    match report:
        case QueueReport():
            return queue_table(report)
        case Report():
            return report_table(report)
        case _:
            return sla_table(report)


def _command(text: str, prefix: str) -> tuple[str, str]:
    """The command's name in the catalogue, and what stands behind it.

    The slash may be left out, and so may the prefix: some shells take the one for a path.
    """
    typed, _, arguments = text.strip().partition(" ")
    called = typed.lower().removeprefix("/").removeprefix(prefix)
    names = [command.name for command in COMMANDS]
    if called in names:
        return called, arguments
    near = get_close_matches(called, names, n=1)
    raise BadWord(
        typed,
        f"a command; there is {' or '.join(f'/{prefix}{name}' for name in names)}",
        example=exemplified(sla.EXAMPLE, "", f"/{prefix}sla"),
        suggestion=f"/{prefix}{near[0]}" if near else "",
    )
