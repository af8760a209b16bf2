"""One export: from a question about conversations to files on this machine's disk.

exporting = Exporting(ask, genesys.conversations, people, now=utc_now)
async with exporting.export(question, FileFormat.CSV, asked=text, on_progress=show) as export:
    …                                # export.files are there until the block ends; cancelling removes them, too
"""

from __future__ import annotations

import asyncio
from contextlib import ExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.exports import Export, Fetched, FileFormat
from bot.files.csv_file import Separator, write_csv
from bot.files.json_file import write_json
from bot.files.manifest import write_manifest
from bot.files.names import file_name, manifest_name
from bot.files.rows import Reader, columns, rows
from bot.genesys.details import DetailsQuery
from bot.usecases.export_fetching import Fetching, Names
from bot.usecases.export_folder import export_folder
from bot.usecases.export_progress import ExportProgress
from bot.usecases.file_writing import FileWriting
from bot.usecases.grouping import Grouping
from bot.usecases.labels import Labels
from bot.usecases.slice_reading import SliceReading
from bot.usecases.stretches import missing, stretches
from bot.usecases.summary import Summary

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
    from datetime import datetime
    from pathlib import Path

    from bot.domain.conversations import Conversation
    from bot.domain.exports import Progress, WrittenFile
    from bot.domain.questions import ConversationsQuestion
    from bot.genesys.details import Details
    from bot.genesys.people import People
    from bot.usecases.ask import Ask
    from bot.usecases.naming import Asker

SETTLING = timedelta(minutes=1)
"""The platform may not list yet what began so recently: a period is read when it is over for so long."""


class Exporting:
    """Makes exports. They ask Genesys after people and digests."""

    def __init__(
        self,
        ask: Ask,
        conversations: Details,
        people: People,
        *,
        now: Callable[[], datetime],
        personal: bool = False,
        separator: Separator = Separator.COMMA,
        clock: Callable[[], float] | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        folder: Path | None = None,
    ) -> None:
        """`personal`: whether files may identify customers. `clock`: in seconds; by default the loop's.

        `folder`: where files lie meanwhile; by default where the system keeps what is temporary.
        """
        self._ask = ask
        self._conversations = conversations
        self._people = people
        self._now = now
        self._personal = personal
        self._separator = separator
        self._clock = clock
        self._sleep = sleep
        self._folder = folder

    @asynccontextmanager
    async def export(
        self,
        question: ConversationsQuestion,
        file_format: FileFormat,
        *,
        asked: str,
        name: str | None = None,
        asker: Asker | None = None,
        on_progress: Callable[[Progress], None],
    ) -> AsyncIterator[Export]:
        """The export; its files are gone at the end of the block. `on_progress` is called at every change.

        `asked` is the question in the words of the command, for the manifest; `name` is what the file is called, by
        default after the question.

        It is complete, or `fetched.missing` says what is not. Raises UnknownQueue, BadWord, BadPeriod, OSError when the
        disk is full, and the GenesysError family when nothing could be read at all.
        """
        async with export_folder(self._folder, now=self._now()) as folder:
            yield await self._made(question, file_format, asked, name, asker, on_progress, folder)

    async def _made(
        self,
        question: ConversationsQuestion,
        file_format: FileFormat,
        asked: str,
        name: str | None,
        asker: Asker | None,
        on_progress: Callable[[Progress], None],
        folder: Path,
    ) -> Export:
        progress = ExportProgress(on_progress, clock=self._clock or asyncio.get_running_loop().time)
        period = question.period
        queues = await self._ask.queues(question, asker=asker)
        unsettled = period.end + SETTLING - self._now()
        if unsettled > timedelta():
            await self._sleep(unsettled.total_seconds())
        query = DetailsQuery(
            queues=tuple(queue.id for queue in queues),
            start=period.start,
            end=period.end,
            media=frozenset(question.media),
            personal=self._personal,
        )
        reading = SliceReading(self._conversations, sleep=self._sleep)
        slices = await reading.patiently(lambda: self._conversations.plan(query))
        progress.planned(slices)
        names = Names(self._people)
        reader = Reader(
            queues={queue.id: queue.name for queue in queues},
            agents=names.agents,
            wrap_ups=names.wrap_ups,
            zone=period.zone,
            personal=self._personal,
        )
        summary = Summary(Grouping(question.by, zone=period.zone, queues=queues))
        named = [queue.name for queue in queues] if question.queues else []
        path = folder / (name or file_name("conversations", named, period, file_format))
        with ExitStack() as spools:
            async with FileWriting(
                lambda arriving: self._write(path, file_format, reader, arriving), summary
            ) as writing:
                fetching = Fetching(reading, names=names, progress=progress, folder=folder, spools=spools)
                await fetching.fetch(stretches(slices), writing.take)
                as_of = self._now()
                progress.writing()
                file = await writing.finished()
        if not writing.conversations and reading.latest is not None:
            raise reading.latest
        fetched = Fetched(
            conversations=writing.conversations,
            rows=writing.rows,
            duplicates=writing.duplicates,
            missing=missing(fetching.gaps, period.zone),
        )
        labels = Labels(zone=period.zone, queues=queues, agents=names.agents, wrap_ups=names.wrap_ups)
        groups = await asyncio.to_thread(summary.groups, labels)
        export = Export(question=question, as_of=as_of, fetched=fetched, files=(file,), summary=groups)
        manifest = await asyncio.to_thread(
            write_manifest,
            folder / manifest_name(file.name),
            export,
            asked=asked,
            columns=columns(personal=self._personal),
            personal=self._personal,
        )
        return replace(export, files=(file, manifest))

    def _write(
        self, path: Path, file_format: FileFormat, reader: Reader, arriving: Iterable[Conversation]
    ) -> WrittenFile:
        table, told = columns(personal=reader.personal), rows(arriving, reader)
        if file_format is FileFormat.JSON:
            return write_json(path, table, told, zone=reader.zone)
        return write_csv(path, table, told, zone=reader.zone, separator=self._separator)
