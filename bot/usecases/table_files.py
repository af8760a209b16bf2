"""A report as files: its table, and a manifest beside it."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bot.domain.exports import FileFormat
from bot.domain.questions import USUAL_GROUPS
from bot.domain.report_rows import report_columns
from bot.files.csv_file import write_csv
from bot.files.json_file import write_json
from bot.files.manifest import write_report_manifest
from bot.files.names import file_name, manifest_name
from bot.files.table import Column, Kind

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.domain.exports import WrittenFile
    from bot.domain.questions import ReportQuestion
    from bot.domain.report import Report
    from bot.files.csv_file import Separator


class TableFiles:
    """Writes reports as an administrator wants CSV to look."""

    def __init__(self, *, separator: Separator) -> None:
        self._separator = separator

    @asynccontextmanager
    async def written(
        self, report: Report, file_format: FileFormat, *, asked: str, name: str | None = None
    ) -> AsyncIterator[tuple[WrittenFile, ...]]:
        """The table and its manifest, which are gone at the end of the block. `asked` is the question in words;
        `name` is what the table is called, by default after its question.

        Raises OSError when the disk is full.
        """
        folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="report-"))
        try:
            yield await asyncio.to_thread(self._write, folder, report, file_format, asked, name)
        finally:
            await asyncio.to_thread(shutil.rmtree, folder)

    def _write(
        self, folder: Path, report: Report, file_format: FileFormat, asked: str, name: str | None
    ) -> tuple[WrittenFile, ...]:
        question = report.question
        heads, rows = report_columns(report)
        columns = [
            Column(
                name=head.key,
                title=head.title,
                kind=Kind.NUMBER if head.metric else Kind.TEXT,
                meaning=head.metric.formula if head.metric else "",
            )
            for head in heads
        ]
        names = [queue.name for queue in report.queues] if question.queues else []
        path = folder / (name or file_name(_kind(question), names, question.period, file_format))
        zone = question.period.zone
        if file_format is FileFormat.JSON:
            table = write_json(path, columns, rows, zone=zone)
        else:
            table = write_csv(path, columns, rows, zone=zone, separator=self._separator)
        beside = folder / manifest_name(path.name)
        return table, write_report_manifest(beside, report, table, asked=asked, columns=columns)


def _kind(question: ReportQuestion) -> str:
    """As "report", or "report-by-hour": two tables of the same queues and days are two files."""
    return "report" if question.by == USUAL_GROUPS else f"report-by-{'-'.join(question.by)}"
