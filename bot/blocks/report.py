"""The answer to `/report` as a message: the point with its numbers, the table, what it rests on, what to press."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks import kit
from bot.blocks.report_rows import fitting, group_label
from bot.blocks.sla_rows import medium_words
from bot.blocks.wording import clock, divisor, option_words, queue_name, several, when, within
from bot.domain.figures import change_text, count, figure_text
from bot.domain.metrics import Unit
from bot.domain.period import spoken
from bot.domain.questions import Formula
from bot.domain.queues import Media
from bot.domain.sla import Share

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.blocks.kit import Block, Message
    from bot.domain.ids import UserId
    from bot.domain.metrics import Figure, Metric
    from bot.domain.report import Report, ReportRow

REFRESH = "report_refresh"
SHARE = "report_share"
CSV = "report_csv"

_FEW = 5
_NAMED = 3
_RATED = frozenset({"service_level", "breach_share"})


def report_message(report: Report, *, token: str, shared_by: UserId | None = None) -> Message:
    """The answer, within Slack's limits whatever the groups are called and however many there are.

    `token` is opaque, at most 2000 characters, and comes back as the value of every button (action ids `REFRESH`,
    `SHARE`, `CSV`). With `shared_by` it is the copy for the channel: it names who shared it and has no buttons.
    """
    point, said = headline(report), remarks(report)
    blocks: list[Block] = [kit.header(point)]
    if shared_by is not None:
        blocks.append(kit.by_person("Shared by", shared_by))
    if said:
        blocks.append(kit.section("\n".join(said)))
    shown = 0
    if not report.empty:
        table, shown = fitting(report)
        blocks.append(table)
    small_print = ("\n".join(leftovers(report, shown, "CSV brings them all")), basis(report), times(report))
    blocks += [kit.context(line) for line in small_print if line]
    if shared_by is None:
        blocks.append(_buttons(token, empty=report.empty))
    return kit.message(". ".join([point, *said[:1]]), *blocks)


def headline(report: Report) -> str:
    """The point with its numbers, in one sentence that fits a header: names are shortened, never the numbers."""
    period = when(report.question.period)
    if report.empty:
        told = f": nothing happened, {period}"
    else:
        told = f": {', '.join(_said(metric, report.total) for metric in _telling(report))}, {period}"
    return kit.shorten_middle(_subject(report), kit.MOST_HEADER - len(told)) + told


def remarks(report: Report) -> list[str]:
    """What a supervisor asks next: is that more than before, and what now."""
    if report.empty:
        return ["No figures for these queues and this period. Try another period, for example last-month."]
    if report.compared_with is None:
        return []
    period, before = spoken(report.compared_with, zone=False), report.total.previous
    if before is None:
        return [f"No comparison: nothing happened on {period}"]
    changes = [
        f"{_name(metric)} {change}"
        for metric in _telling(report)
        if (change := change_text(metric.of(report.total.amounts), metric.of(before)))
    ]
    return [f"Against {period}: {', '.join(changes)}"] if changes else []


def leftovers(report: Report, shown: int, remedy: str) -> list[str]:
    """What the answer leaves out, or mixes: rows beyond the most, callbacks, media, silent queues."""
    lines = []
    if 0 < shown < len(report.rows):
        lines.append(f"The first {count(shown)} of {count(len(report.rows))} rows; {remedy}")
    if report.callbacks_unrated and any(metric.name in _RATED for metric in report.metrics):
        mixing = any(Media.CALLBACK in row.media and len(row.media) > 1 for row in report.rows)
        of_total = "" if mixing else " of the total"
        lines.append(f"Callbacks are not in the service level{of_total}: the customer chose that wait")
    if mixed := _mixed(report):
        lines.append(mixed)
    if any(_over(metric.of(row.amounts)) for row in (*report.rows, report.total) for metric in report.metrics):
        lines.append("Capped at 100 %: some had entered before")
    if report.silent and not report.empty:
        lines.append(f"Nothing happened: {several([queue_name(queue) for queue in report.silent], _FEW)}")
    return lines


def _over(figure: Figure) -> bool:
    """More than all of them: what is answered now may have been offered in the row before."""
    return isinstance(figure, Share) and figure.within > figure.denominator > 0


def basis(report: Report) -> str:
    """The formulas of what was divided, as they were used."""
    if report.empty:
        return ""
    told = [_formula(report, metric) for metric in report.metrics if metric.unit is not Unit.COUNT]
    return " · ".join(told)


def times(report: Report) -> str:
    """The period with its zone, the one compared with, and when the figures were taken."""
    period = report.question.period
    parts = [spoken(period)]
    if report.compared_with is not None and not report.empty:
        parts.append(f"Changes are against {spoken(report.compared_with, zone=False)}")
    return " · ".join([*parts, f"As of {clock(report.as_of, period.zone)}"])


def _subject(report: Report) -> str:
    queues = report.queues
    named = 0 < len(queues) <= _NAMED
    who = several([queue_name(queue) for queue in queues]) if named else f"{count(len(queues))} queues"
    if not report.question.queues and not named:
        who = f"All {who}"
    media = [medium_words(medium) for medium in report.question.media]
    return f"{who}, {several(media)}" if media else who


def _telling(report: Report) -> list[Metric]:
    """The metrics that the headline tells: the first count, share and time, in the order of the columns.

    Of the shares a service level comes first. Left to the table is what nobody knows, and a time over several media:
    an ASA of an hour that only emails have waited would be read as the telephone's.
    """
    known = [metric for metric in report.metrics if _known(metric, report.total)]
    if len(report.total.media) > 1:
        known = [metric for metric in known if metric.unit is not Unit.TIME] or known
    known = known or list(report.metrics[:1])
    rated = [metric for metric in known if metric.name == "service_level"]
    firsts: dict[Unit, Metric] = {metric.unit: metric for metric in rated[:1]}
    for metric in known:
        firsts.setdefault(metric.unit, metric)
    return [metric for metric in known if firsts[metric.unit] is metric]


def _known(metric: Metric, row: ReportRow) -> bool:
    figure = metric.of(row.amounts)
    return figure is not None and not (isinstance(figure, Share) and figure.value is None)


def _said(metric: Metric, row: ReportRow) -> str:
    """As "1,240 offered", "service level 80.7 %", "AHT 360 s"."""
    figure = figure_text(metric.of(row.amounts))
    return f"{figure} {_name(metric)}" if metric.unit is Unit.COUNT else f"{_name(metric)} {figure}"


def _name(metric: Metric) -> str:
    """The title inside a sentence; abbreviations stay."""
    title = metric.title.removesuffix(" %") + (" share" if metric.title.endswith(" %") else "")
    return title if title.isupper() else f"{title[:1].lower()}{title[1:]}"


def _formula(report: Report, metric: Metric) -> str:
    question = report.question
    if metric.name not in _RATED:
        return f"{metric.title}: {metric.formula.replace(' / ', ' ÷ ').replace(' - ', ' − ')}"
    under = divisor(question.formula, report.switches)
    under = f"({under})" if " " in under else under
    level = f"answered {within(question.threshold)} ÷ {under}"
    if metric.name == "breach_share":
        return f"{metric.title}: 100 % − {level}"
    counted = f", counted as in Genesys: {option_words(report.switches)}" if question.formula is Formula.GENESYS else ""
    return f"{metric.title}: {level}{counted}"


def _mixed(report: Report) -> str:
    """Times of several media together: an e-mail waits otherwise than a call."""
    if not any(metric.unit is Unit.TIME for metric in report.metrics):
        return ""
    mixed = [row for row in report.rows if len(row.media) > 1]
    if not mixed and len(report.total.media) < 2:
        return ""
    where = "the total" if not mixed else f"{group_label(report, mixed[0])}" if len(mixed) == 1 else "rows"
    media = sorted({medium_words(medium) for row in mixed or [report.total] for medium in row.media})
    hint = "" if not mixed else "; “by media” tells them apart"
    return f"Times of {where} mix {several(media, _FEW)}{hint}"


def _buttons(token: str, *, empty: bool) -> Block:
    buttons: Iterator[Block] = (
        kit.button(label, action=action, value=token, spoken=spoken_label)
        for label, action, spoken_label in (
            ("Refresh", REFRESH, ""),
            ("Share in Channel", SHARE, ""),
            ("CSV", CSV, "CSV. Brings the whole table as a file"),
        )
        if not (empty and action == CSV)
    )
    return kit.actions(*buttons)
