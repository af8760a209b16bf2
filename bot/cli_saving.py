"""`sla-bot ask "/report … csv" --out FILE`: files in the terminal's working directory, with a bar while they come."""

from __future__ import annotations

import asyncio
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

from bot.blocks.export import progress_words
from bot.domain.exports import FileFormat
from bot.domain.questions import ConversationsQuestion
from bot.errors import BadWord, Explainable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rich.console import Console

    from bot.app import Verbs
    from bot.commands.report import ReportCommand
    from bot.domain.exports import Progress as How
    from bot.domain.exports import WrittenFile

_ENDINGS = {".csv": FileFormat.CSV, ".json": FileFormat.JSON}


class NotSaved(Explainable):
    """The disk did not take the files."""

    remedy = "Look whether there is room and whether you may write there, then ask again."

    def __init__(self, failure: OSError) -> None:
        super().__init__(f"The file could not be written: {failure.strerror or failure}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """Files that are there."""

    files: tuple[Path, ...]
    """The rows first, then the manifest."""
    sha256: str
    """Of the rows."""
    rows: int
    missing: str = ""
    """Why the rows may not be everything; empty when they are."""

    def data(self) -> dict[str, Any]:
        """For `--json`."""
        rows, manifest = self.files
        return {
            "command": "report",
            "file": str(rows),
            "manifest": str(manifest),
            "sha256": self.sha256,
            "rows": self.rows,
            "complete": not self.missing,
            "missing": self.missing or None,
        }


def format_of(command: ReportCommand, out: Path | None) -> FileFormat | None:
    """What the file's ending says, else what the command says; None when there is to be no file.

    Raises BadWord for another ending and for a folder that is not there, so that nobody waits for an export in vain.
    """
    if out is None:
        return command.file
    if out.suffix.lower() not in _ENDINGS:
        raise BadWord(out.name, "a file ending in .csv or .json")
    if not out.parent.is_dir():
        raise BadWord(str(out.parent), "a folder that is there")
    return _ENDINGS[out.suffix.lower()]


async def save(
    verbs: Verbs, command: ReportCommand, *, asked: str, out: Path | None, tell: Callable[[How], None]
) -> Saved:
    """Ask, and put the files where `out` says, or into the working directory under their own names.

    A file that is there already is replaced, once the new one is whole. Raises what asking raises, and NotSaved.
    """
    try:
        return await _saved(verbs, command, asked=asked, out=out, tell=tell)
    except OSError as failure:
        raise NotSaved(failure) from failure


async def _saved(
    verbs: Verbs, command: ReportCommand, *, asked: str, out: Path | None, tell: Callable[[How], None]
) -> Saved:
    question = command.question
    file_format = format_of(command, out) or FileFormat.CSV
    name = out.name if out else None
    if isinstance(question, ConversationsQuestion):
        exporting = verbs.exporting.export(question, file_format, asked=asked, name=name, on_progress=tell)
        async with exporting as export:
            return await _kept(export.files, out, rows=export.fetched.rows, missing=export.fetched.missing)
    report = await verbs.ask.report(question)
    async with verbs.tables.written(report, file_format, asked=asked, name=name) as files:
        return await _kept(files, out, rows=len(report.rows))


def show_saved(saved: Saved, console: Console) -> None:
    """Print for a person."""
    rows, manifest = saved.files
    state = f"Not everything is in the file. {saved.missing}" if saved.missing else "Complete."
    console.print(Text(f"{saved.rows:,} rows in {rows}", style="bold"))
    console.print(Text(state, style="bold red" if saved.missing else ""))
    console.print(Text(f"How it was made: {manifest} · SHA-256 {saved.sha256}", style="dim"))


@contextmanager
def bar(console: Console) -> Iterator[Callable[[How], None]]:
    """A bar that appears when it is first told something, and goes at the end of the block; in a terminal only."""
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn())
    drawn = Progress(*columns, console=console, transient=True)

    def tell(progress: How) -> None:
        if not console.is_interactive:
            return
        if not drawn.tasks:
            drawn.add_task("")
            drawn.start()
        known, expected = progress.conversations, progress.expected
        total = None if expected is None else max(expected, known, 1)
        drawn.update(drawn.tasks[0].id, description=progress_words(progress), completed=known, total=total)

    try:
        yield tell
    finally:
        if drawn.tasks:
            drawn.stop()


async def _kept(files: Sequence[WrittenFile], out: Path | None, *, rows: int, missing: str = "") -> Saved:
    folder = out.parent if out else Path()
    kept = await asyncio.to_thread(lambda: tuple(_moved(file.path, folder / file.name) for file in files))
    return Saved(files=kept, sha256=files[0].sha256, rows=rows, missing=missing)


def _moved(file: Path, to: Path) -> Path:
    part = to.with_name(f"{to.name}.part")
    try:
        shutil.move(file, part)
        return part.replace(to)
    except OSError:
        part.unlink(missing_ok=True)
        raise
