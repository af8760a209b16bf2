"""An export from its acceptance to its files, as messages to whoever asked for it."""

from __future__ import annotations

from itertools import zip_longest
from math import ceil
from typing import TYPE_CHECKING

from bot.blocks import kit
from bot.blocks.export_rows import summary_table
from bot.blocks.failure import explained
from bot.blocks.wording import clock, several, when
from bot.domain.exports import Stage
from bot.domain.figures import count
from bot.domain.period import spoken

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from bot.blocks.kit import Block, Message
    from bot.domain.exports import Export, Link, Progress, WrittenFile
    from bot.domain.period import Period
    from bot.errors import Explainable

CANCEL = "export_cancel"
AGAIN = "export_again"

_BAR = 20
_ALMOST = 0.99
"""The number expected is approximate: it may be reached before everything is there."""
_KILO = 1000
_UNITS = ("kB", "MB", "GB", "TB")
_CHECKSUM = "SHA-256"
_ROLES = ("", ", which says how the rows were made")
"""Of an export's files, in their order."""
_STAGES = {
    Stage.PLANNING: "Finding out how much there is",
    Stage.FETCHING: "Fetching conversations",
    Stage.WRITING: "Writing the file",
    Stage.DELIVERING: "Delivering the file",
}


def told_as(noun: str, names: Sequence[str], period: Period) -> str:
    """What messages and files are about, as "conversations of Billing and Sales, last week"; no names: all queues."""
    return f"{noun} of {several(names) if names else 'all queues'}, {when(period)}"


def accepted_message(*, about: str, direct: bool = False) -> Message:
    """The first answer, where it was asked for; `about` is as "conversations of Billing, last week".

    `direct`: that was in direct messages, where everything else comes, too.
    """
    said = f"Exporting {kit.clean(about)}. Follow it {'below' if direct else 'in our direct messages'}."
    return kit.message(said, kit.section(said))


def progress_message(progress: Progress, *, about: str, export_id: str) -> Message:
    """Where the export is, to be put in place of itself; with a Cancel button (`CANCEL`, value `export_id`).

    Not while the file is delivered.
    """
    title = f"Exporting {kit.clean(about)}"
    if progress.stage is Stage.QUEUED:
        point = _queued(progress.position)
        blocks = [kit.section(f"{title}\n{point}")]
    else:
        point = f"{_STAGES[progress.stage]}{_share(progress)}"
        blocks = [kit.section(f"{title}\n{point}")]
        if bar := _bar(progress):
            blocks.append(kit.preformatted(bar))
        if facts := _facts(progress):
            blocks.append(kit.context(facts))
    if progress.stage is not Stage.DELIVERING:  # what is on its way to Slack may be there, whoever cancels
        blocks.append(kit.actions(kit.button("Cancel", action=CANCEL, value=export_id, spoken="Cancel this export")))
    return kit.message(f"{title}: {point}", *blocks)


def progress_words(progress: Progress) -> str:
    """Where the export is, as one line: "Fetching conversations: 38 % · 7 of 18 slices · …"."""
    if progress.stage is Stage.QUEUED:
        return _queued(progress.position)
    return " · ".join(part for part in (f"{_STAGES[progress.stage]}{_share(progress)}", _facts(progress)) if part)


def cancelled_message(*, about: str) -> Message:
    """It was stopped by its owner; nothing is kept."""
    said = f"Cancelled: {kit.clean(about)}. There is no file."
    return kit.message(said, kit.section(said))


def failed_message(error: Explainable, *, about: str, again: str = "") -> Message:
    """It did not reach its end, and why; `again` is the value of a Try Again button (`AGAIN`)."""
    said = f"Exporting {kit.clean(about)} failed. {explained(error)}"
    return kit.message(said, kit.section(said), *_again(again))


def interrupted_message(*, about: str, again: str = "") -> Message:
    """The bot was restarted meanwhile; `again` as of a failure."""
    said = f"No file: the bot was restarted while exporting {kit.clean(about)}. Start it again if you still need it."
    return kit.message(said, kit.section(said), *_again(again))


def finished_message(
    export: Export, *, about: str, links: Sequence[Link] = (), in_channel: bool = False, again: str = ""
) -> Message:
    """What was found: whether it is everything first, then the file, then the figures of each group.

    `links` has one for each file, in their order; without them the files are uploaded right below, or `in_channel`.
    `again` as of a failure, for a file that is not everything.
    """
    period, fetched = export.question.period, export.fetched
    # A sentence of ours, and the first thing to know: whoever counts with half a file must not take it for a whole one.
    state = "Complete" if fetched.complete else "INCOMPLETE"
    rows = f"{_plural(fetched.rows, 'row')} of {_plural(fetched.conversations, 'conversation')}"
    point = f"{state}: {rows}"
    blocks: list[Block] = [kit.header(point)]
    if not fetched.complete:
        blocks.append(kit.section(f"Not everything is in the file. {fetched.missing}"))
    blocks.append(kit.section(f"{_capital(kit.clean(about))}\n{spoken(period)}"))
    blocks += _files(export.files, links, period.zone, in_channel=in_channel)
    if export.summary:
        blocks.append(summary_table(export))
    proof = [_duplicates(fetched.duplicates), *_checksum(export.files), f"As of {clock(export.as_of, period.zone)}"]
    blocks.append(kit.context(" · ".join(proof)))
    if not fetched.complete:
        blocks += _again(again)
    said = [point, fetched.missing.rstrip("."), _capital(kit.clean(about))]
    return kit.message(". ".join(part for part in said if part), *blocks)


def upload_comment(export: Export, *, about: str) -> str:
    """What stands above the files, also for those who do not see the message: that they are not everything."""
    fetched = export.fetched
    return file_comment(about=about) if fetched.complete else file_comment(about=about, missing=fetched.missing)


def file_comment(*, about: str, missing: str = "") -> str:
    """What stands above files; `missing` is why they are not everything. Slack reads it as `mrkdwn`."""
    told = _capital(kit.clean(about))
    return kit.escaped(f"INCOMPLETE: {told}. {missing}" if missing else told)


def table_file_message(
    files: Sequence[WrittenFile],
    *,
    about: str,
    rows: int,
    zone: ZoneInfo,
    links: Sequence[Link] = (),
    in_channel: bool = False,
) -> Message:
    """A report as a file, `/report … csv`, and its manifest; `links` and `in_channel` as of an export."""
    point = f"{_capital(kit.clean(about))}: {_plural(rows, 'row')}"
    blocks = _files(files, links, zone, in_channel=in_channel)
    return kit.message(point, kit.section(point), *blocks, kit.context(*_checksum(files)))


def _queued(position: int | None) -> str:
    if position is None:
        return "Waiting for its turn."
    before = position - 1
    if before <= 0:
        return "Yours is next."
    return "1 export is before yours." if before == 1 else f"{count(before)} exports are before yours."


def _done(progress: Progress) -> float | None:
    """0 to 1; None while it is not known how much there is. Never all of it before the last slice is in."""
    if progress.stage is not Stage.FETCHING or not progress.slices:
        return None
    done = progress.slices_done / progress.slices
    if done < 1 and progress.expected:
        return max(done, min(_ALMOST, progress.conversations / progress.expected))
    return min(1.0, done)


def _share(progress: Progress) -> str:
    done = _done(progress)
    return "" if done is None else f": {int(100 * done)} %"


def _bar(progress: Progress) -> str:
    done = _done(progress)
    if done is None:
        return ""
    full = int(_BAR * done)
    return "█" * full + "░" * (_BAR - full)


def _facts(progress: Progress) -> str:
    facts = []
    if progress.slices is not None:
        facts.append(f"{count(progress.slices_done)} of {_plural(progress.slices, 'slice')}")
    if progress.conversations or progress.slices is not None:
        expected = f" of about {count(progress.expected)}" if progress.expected is not None else ""
        facts.append(f"{count(progress.conversations)}{expected} conversations so far")
    if progress.left is not None:
        seconds = progress.left.total_seconds()
        facts.append(f"{'under a minute' if seconds < 60 else f'about {_minutes(seconds)}'} left")
    return " · ".join(facts)


def _minutes(seconds: float) -> str:
    return f"{count(ceil(seconds / 60))} min"


def _files(files: Sequence[WrittenFile], links: Sequence[Link], zone: ZoneInfo, *, in_channel: bool) -> list[Block]:
    """Each file with its size and its address; the manifest says how the rows were made."""
    lines = []
    for file, link, role in zip_longest(files, links[: len(files)], _ROLES[: len(files)]):
        line = [kit.code(file.name), kit.words(f" ({_size(file.size)}){role or ''}")]
        lines.append([*line, kit.words(": "), kit.link("download", link.url)] if link else line)
    if not lines:
        return []
    if links:
        where = f"Whoever has the link can read it until {clock(min(link.expires for link in links), zone)}"
    else:
        where = "Uploaded to the channel" if in_channel else "Uploaded below"
    return [kit.bullets(lines), kit.context(where)]


def _checksum(files: Sequence[WrittenFile]) -> list[str]:
    return [f"{_CHECKSUM} {files[0].sha256}"] if files else []


def _duplicates(number: int) -> str:
    return f"{_plural(number, 'duplicate')} removed" if number else "No duplicates"


def _size(size: int) -> str:
    """As "640 bytes", "12.3 kB", "1.2 GB"."""
    if size < _KILO:
        return _plural(size, "byte")
    value, unit = size / _KILO, 0
    while value >= _KILO and unit + 1 < len(_UNITS):
        value, unit = value / _KILO, unit + 1
    return f"{value:,.1f} {_UNITS[unit]}"


def _plural(number: int, noun: str) -> str:
    return f"{count(number)} {noun}{'' if number == 1 else 's'}"


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _again(value: str) -> list[Block]:
    return [kit.actions(kit.button("Try Again", action=AGAIN, value=value))] if value else []
