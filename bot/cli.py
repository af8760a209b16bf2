"""The console command `sla-bot`: reads argv and the environment, and turns what happens into words and an exit code.

Exit codes: 0 answered, 1 could not be answered, 2 could not be read.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import tempfile
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from dotenv import dotenv_values
from rich.console import Console

from bot.cli_logging import log_to_stderr
from bot.cli_words import NOT_ANSWERED, NOT_READ, exit_code, explanation
from bot.errors import BotError, Explainable

if TYPE_CHECKING:
    from collections.abc import Mapping

cli = typer.Typer(
    name="sla-bot",
    help="Service levels of Genesys Cloud queues, asked and answered in Slack.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

rules = typer.Typer(help="The alerts and digests of all channels as a file.", no_args_is_help=True)
cli.add_typer(rules, name="rules")


def main() -> None:
    """The console entry: whatever goes wrong, a person reads a sentence and not a traceback."""
    try:
        cli()
    except BotError as error:
        _tell(explanation(error))
        raise SystemExit(exit_code(error)) from None
    except Exception as error:  # noqa: BLE001  the last stop before the terminal
        _tell(f"sla-bot stopped: {_unexpected(error)}")
        raise SystemExit(NOT_ANSWERED) from None


@cli.command()
def run() -> None:
    """Run the bot: Socket Mode when SLACK_APP_TOKEN is set, HTTP when not."""
    from bot.cli_run import run_bot  # noqa: PLC0415  so that the other commands start without it
    from bot.settings import Settings  # noqa: PLC0415

    asyncio.run(run_bot(Settings.from_env(_environment())))


@cli.command()
def demo(
    port: Annotated[int, typer.Option(help="Port of the page; 0 for any free one.", min=0, max=65535)] = 0,
    browser: Annotated[bool, typer.Option(help="Open the page in the browser.")] = True,
) -> None:
    """Try it without any account: a simulated contact centre, a local Slack in the browser, and the bot."""
    from bot.cli_run import run_demo  # noqa: PLC0415  so that the other commands start without it

    asyncio.run(run_demo(port=port, open_browser=browser))


@cli.command()
def ask(
    text: Annotated[
        list[str], typer.Argument(help='A command as typed in Slack, such as "/sla billing 30s last-week".')
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
    out: Annotated[
        Path | None, typer.Option(help="Write a /report to this file, .csv or .json, and a manifest beside it.")
    ] = None,
) -> None:
    """Answer a command in the terminal."""
    from bot.cli_ask import ask_once, show  # noqa: PLC0415  so that the other commands start without it
    from bot.cli_saving import bar  # noqa: PLC0415

    log_to_stderr(logging.ERROR)
    with bar(Console(stderr=True)) as tell:
        answer = asyncio.run(ask_once(" ".join(text), _environment(), out=out, tell=tell))
    if as_json:
        typer.echo(json.dumps(answer.data(), ensure_ascii=False, indent=2))
    else:
        show(answer, Console(highlight=False))
    if answer.saved is not None and answer.saved.missing:
        raise typer.Exit(NOT_ANSWERED)


@cli.command()
def check() -> None:
    """Check settings, Slack, Genesys Cloud and the database, a line each."""
    from bot.cli_check import check_everything  # noqa: PLC0415  so that the other commands start without it

    log_to_stderr(logging.ERROR)
    raise typer.Exit(asyncio.run(check_everything(_environment(), Console(highlight=False))))


@cli.command()
def migrate() -> None:
    """Bring the database to the newest schema."""
    from bot.settings import StoreSettings  # noqa: PLC0415
    from bot.store.schema import migrate as to_newest  # noqa: PLC0415

    asyncio.run(to_newest(StoreSettings.from_env(_environment()).database_url))
    typer.echo("The database is at the newest schema.")


@cli.command()
def manifest(
    prefix: Annotated[str, typer.Option(help="Put this in front of every command's name: cc- makes /cc-sla.")] = "",
    url: Annotated[str, typer.Option(help="HTTP mode at this https:// address, instead of Socket Mode.")] = "",
) -> None:
    """Print the Slack app manifest."""
    from bot.manifest import manifest_yaml  # noqa: PLC0415  so that the other commands start without it
    from bot.settings import HouseSettings  # noqa: PLC0415

    if url and not url.startswith("https://"):
        raise typer.BadParameter(
            "Slack calls https:// addresses only, such as https://bot.example.com.", param_hint="--url"
        )
    HouseSettings.from_env({"COMMAND_PREFIX": prefix})  # complains about a prefix that Slack would not take
    typer.echo(manifest_yaml(prefix=prefix, url=url), nl=False)


@cli.command()
def backtest(
    rows: Annotated[
        str, typer.Argument(metavar="ROWS.jsonl", help="A file of 15-minute rows; - reads standard input.")
    ],
    rule: Annotated[
        str, typer.Option(help='"unusual" with quiet, default or sensitive; "zscore", or "zscore 3".')
    ] = "unusual default",
    timezone: Annotated[
        str | None, typer.Option(help="The zone of the queues' hours, such as Europe/London; else BOT_TIMEZONE.")
    ] = None,
    holidays: Annotated[Path | None, typer.Option(help="A file with a date a line, such as 2026-12-25.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write the alerts to this file.")] = None,
) -> None:
    """Tell when a rule would have alerted on rows of the past, as JSON lines."""
    from bot.cli_backtest import alert_lines, read_backtest, run_backtest, summary, write  # noqa: PLC0415  as above

    try:
        asked = read_backtest(rows, rule=rule, timezone=timezone, holidays=holidays, environment=_environment())
        replayed = run_backtest(asked)
        if out is not None:
            write(alert_lines(replayed), out)
    except Explainable as error:
        _tell(explanation(error))
        raise typer.Exit(NOT_READ) from None
    if out is None:
        typer.echo(alert_lines(replayed), nl=False)
    _tell(summary(replayed))


@rules.command("export")
def export_rules(
    file: Annotated[Path | None, typer.Argument(help="Where to write it; without one it is printed.")] = None,
) -> None:
    """Write the alerts and digests of every channel as YAML, each as its command."""
    from bot.cli_rules import export_rules as written  # noqa: PLC0415  so that the other commands start without it

    log_to_stderr(logging.ERROR)
    text = asyncio.run(written(_environment(), file))
    if file is None:
        typer.echo(text, nl=False)
    else:
        _tell(f"Written to {file}.")


@rules.command("apply")
def apply_rules(
    file: Annotated[Path, typer.Argument(help="A file as “rules export” writes it.")],
    yes: Annotated[bool, typer.Option("--yes", help="Make the changes, instead of only showing them.")] = False,
) -> None:
    """Show how alerts and digests differ from a file, and with --yes make them as it says."""
    from bot.cli_rules import apply_rules as applied  # noqa: PLC0415  so that the other commands start without it
    from bot.commands.rules_reading import FileUnread  # noqa: PLC0415

    log_to_stderr(logging.ERROR)
    try:
        found = asyncio.run(applied(_environment(), file, yes=yes))
    except FileUnread as error:
        _tell(explanation(error))
        raise typer.Exit(NOT_READ) from None
    for line in found.lines:
        typer.echo(line)
    for line in found.overtaken:
        _tell(f"Not made: {line}")
    _tell(found.summary())
    if found.overtaken:
        raise typer.Exit(NOT_ANSWERED)


def _environment() -> Mapping[str, str]:
    """The process's environment over the file `.env` of the working directory."""
    filed = {name: value for name, value in dotenv_values(".env").items() if value is not None}
    return filed | os.environ


def _tell(words: str) -> None:
    typer.echo(words, err=True)


def _unexpected(error: Exception) -> str:
    """One line, with the place where the details are kept for whoever mends it."""
    kept = Path(tempfile.mkstemp(prefix="sla-bot-", suffix=".txt")[1])
    kept.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
    return f"{type(error).__name__}: {error}\nPlease report this; the details are in {kept}"
