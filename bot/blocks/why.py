"""`Why?`: the arithmetic behind an answer, for whoever has to defend it."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from bot.blocks import forms, kit
from bot.blocks.failure import explained
from bot.blocks.sla import headline
from bot.blocks.sla_buckets import bucket_label
from bot.blocks.sla_rows import abandoned_words, apart_rows, main_rows, row_label
from bot.blocks.wording import divisor, option_words, within
from bot.domain.figures import NO_FIGURE, count, percent
from bot.domain.period import spoken
from bot.domain.questions import Formula
from bot.domain.sla import Counts, Share, Switches

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.blocks.kit import Block
    from bot.domain.sla import SlaReport, SlaRow
    from bot.errors import Explainable

TITLE = "Why This Figure"

SETTINGS = {
    "include_flow_outs": "SERVICE_LEVEL_INCLUDE_FLOW_OUTS",
    "include_short_abandons": "SERVICE_LEVEL_INCLUDE_SHORT_ABANDONS",
    "include_abandons": "SERVICE_LEVEL_INCLUDE_ABANDONS",
}
"""The settings behind the fields of `Switches`."""

_MOST_ROWS = 12
_BOTH = 2
_NAMES = {
    Formula.GENESYS: "As Genesys counts",
    Formula.ANSWERED: "Of answered",
    Formula.OFFERED: "Of offered",
}


def why_modal(report: SlaReport, *, title: str = TITLE, more: Sequence[Block] = ()) -> Block:
    """The three formulas with their values, the counts, Genesys's own figure, and the query; `more` stands before
    that.
    """
    blocks = [
        kit.section(headline(report)),
        kit.context(spoken(report.question.period)),
        kit.header("The formula"),
        *_formulas(report),
        *_comparison(report),
        *_counts(report),
        *more,
    ]
    if report.query:
        blocks += [kit.header("The query sent to Genesys"), kit.preformatted(report.query)]
    return forms.modal(title, blocks)


def loading_view(title: str = TITLE) -> Block:
    """What the modal shows until Genesys has answered."""
    return forms.modal(title, [kit.section("Reading Genesys …")])


def failed_view(title: str, error: Explainable) -> Block:
    """What the modal shows when there is no answer."""
    return forms.modal(title, [kit.section(explained(error))])


def explaining_switches(rows: Sequence[SlaRow], switches: Switches) -> Switches | None:
    """The organisation's options nearest to `switches` that give Genesys's denominator in every row.

    None when no combination does, or when no row has Genesys's own figure.
    """
    compared = [row for row in rows if row.reported is not None]
    fitting = [
        candidate
        for candidate in _combinations()
        if compared
        and all(
            row.reported is not None and row.counts.denominator(Formula.GENESYS, candidate) == row.reported.denominator
            for row in compared
        )
    ]
    return min(fitting, key=lambda candidate: len(_changed(switches, candidate)), default=None)


def _combinations() -> Iterator[Switches]:
    for flow_outs, short, abandons in product((False, True), repeat=3):
        yield Switches(include_flow_outs=flow_outs, include_short_abandons=short, include_abandons=abandons)


def _changed(ours: Switches, theirs: Switches) -> list[tuple[str, bool]]:
    """Names of the settings to change, each with the value that fits."""
    return [
        (setting, getattr(theirs, field))
        for field, setting in SETTINGS.items()
        if getattr(ours, field) != getattr(theirs, field)
    ]


def _formulas(report: SlaReport) -> list[Block]:
    asked, share = report.question.formula, report.total.share
    if report.empty or share is None:
        return [kit.section("There is nothing to divide.")]
    rated = sum((row.counts for row in main_rows(report) if row.share is not None), Counts())
    if rated.denominator(asked, report.switches) != share.denominator:
        only = f"{count(share.within)} ÷ {count(share.denominator)} = {percent(share)}"
        return [kit.section(f"{_NAMES[asked]}: {only}\nSome of the contacts have no target, so they are left out.")]
    lines = []
    for formula, name in _NAMES.items():
        value = Share(within=rated.within, denominator=rated.denominator(formula, report.switches))
        under = divisor(formula, report.switches)
        told = f"answered {within(report.total.threshold)} ÷ {f'({under})' if ' ' in under else under}"
        figures = f"{count(value.within)} ÷ {count(value.denominator)} = {percent(value)}"
        mark = " (asked)" if formula is asked else ""
        lines.append([kit.bold(f"{name}{mark}: "), kit.words(f"{told} = {figures}")])
    return [
        kit.bullets(lines),
        kit.context(f"The bot's settings: {option_words(report.switches)}"),
    ]


def _comparison(report: SlaReport) -> list[Block]:
    """Genesys's own service level at the queue's target, and what would explain a difference."""
    compared = [row for row in report.rows if row.reported is not None]
    if not compared:
        return []
    differing = [row for row in compared if _ours(row, report.switches) != _theirs(row)]
    blocks = [kit.header("Beside Genesys's own figure")]
    if not differing:
        same = f"It is the same: {_pair(_ours(compared[0], report.switches))}"
        if (number := len(compared)) > 1:
            every = "both" if number == _BOTH else "all"
            same = f"{count(number)} lines can be compared; {every} equal Genesys's figure"
        return [*blocks, kit.section(same)]
    label = row_label(report)
    told = [
        [
            kit.bold(f"{label(row)}: "),
            kit.words(f"Genesys has {_pair(_theirs(row))}, the bot has {_pair(_ours(row, report.switches))}"),
        ]
        for row in differing
    ]
    return [*blocks, kit.bullets(_first(told)), kit.section(_reason(differing, compared, report.switches))]


def _reason(differing: Sequence[SlaRow], compared: Sequence[SlaRow], switches: Switches) -> str:
    if all(_ours(row, switches).denominator == _theirs(row).denominator for row in differing):
        return (
            "Both divide by the same; what counts as in time differs. Contacts at the edge of the period can do that."
        )
    fitting = explaining_switches(compared, switches)
    if fitting is None:
        return (
            "No combination of the organisation's three service-level options explains the difference. "
            "Contacts at the edge of the period, offered on one side and answered on the other, can."
        )
    changes = " and ".join(f"{name}={str(value).lower()}" for name, value in _changed(switches, fitting))
    return (
        f"The organisation's options seem to be: {option_words(fitting)}. "
        f"To count the same way, your administrator can set {changes}."
    )


def _ours(row: SlaRow, switches: Switches) -> Share:
    return Share(within=row.counts.within, denominator=row.counts.denominator(Formula.GENESYS, switches))


def _theirs(row: SlaRow) -> Share:
    if row.reported is None:
        raise ValueError("Genesys reported nothing for this row")
    return Share(within=row.reported.numerator, denominator=row.reported.denominator)


def _pair(share: Share) -> str:
    return f"{count(share.within)} of {count(share.denominator)} ({percent(share)})"


def _counts(report: SlaReport) -> list[Block]:
    rows = [row for row in (*main_rows(report), *apart_rows(report)) if not row.counts.silent]
    if not rows:
        return []
    by_bucket = any(row.bucket is not None for row in rows)
    label = bucket_label(report) if by_bucket else row_label(report)
    told = [[kit.bold(f"{label(row)}: "), kit.words(_told(row))] for row in rows]
    return [kit.header("The counts"), kit.bullets(_first(told))]


def _told(row: SlaRow) -> str:
    counts = row.counts
    in_time = f"{count(counts.within)} {within(row.threshold)}" if row.share else f"in time {NO_FIGURE}"
    abandoned = abandoned_words(row)
    lost = "" if abandoned == NO_FIGURE else f", {abandoned} abandoned"
    return (
        f"{in_time}, {count(counts.answered)} answered{lost}, "
        f"{count(counts.flow_out)} left another way, {count(counts.offered)} offered"
    )


def _first(lines: Sequence[list[Block]]) -> list[list[Block]]:
    if len(lines) <= _MOST_ROWS:
        return list(lines)
    return [*lines[: _MOST_ROWS - 1], [kit.words(f"… and {count(len(lines) - _MOST_ROWS + 1)} more")]]
