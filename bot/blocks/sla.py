"""The answer to `/sla` as a message: the point with its number, the rows, what it rests on, what to press."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks import kit
from bot.blocks.sla_buckets import bucket_blocks, common_target, lowest
from bot.blocks.sla_outlook import outlook_lines
from bot.blocks.sla_rows import (
    MOST_SHOWN,
    apart_rows,
    main_rows,
    medium_words,
    of_words,
    own_target,
    row_label,
    share_words,
    sla_table,
)
from bot.blocks.wording import clock, divisor, option_words, promise, queue_name, several, subject, when, within
from bot.domain.figures import count, duration, gap, meets, points
from bot.domain.period import spoken
from bot.domain.questions import Formula, Grouping

if TYPE_CHECKING:
    from datetime import timedelta

    from bot.blocks.kit import Block, Message
    from bot.domain.ids import UserId
    from bot.domain.queues import Target
    from bot.domain.sla import SlaReport, SlaRow

REFRESH = "sla_refresh"
SHARE = "sla_share"
WHY = "sla_why"
EVERY_MORNING = "sla_every_morning"

_FEW = 5
_SEVERAL = 2
_BUCKETS = frozenset({Grouping.HOUR, Grouping.DAY})


def sla_message(report: SlaReport, *, token: str, shared_by: UserId | None = None) -> Message:
    """The answer, within Slack's limits whatever the queues are called and however many there are.

    `token` is opaque, at most 2000 characters, and comes back as the value of every button (action ids `REFRESH`,
    `SHARE`, `WHY`, `EVERY_MORNING`). With `shared_by` it is the copy for the channel: it names who shared it and
    keeps only Why?.
    """
    point, remarks = headline(report), _remarks(report)
    blocks: list[Block] = [kit.header(point)]
    if shared_by is not None:
        blocks.append(kit.by_person("Shared by", shared_by))
    if remarks:
        blocks.append(kit.section("\n".join(remarks)))
    if not report.empty:
        blocks += bucket_blocks(report) if report.by in _BUCKETS else [sla_table(report)]
    blocks += [kit.context(line) for line in (_leftovers(report), basis(report), _time(report)) if line]
    blocks.append(kit.actions(*_buttons(token, shared=shared_by is not None)))
    return kit.message(". ".join([point, *remarks[:1]]), *blocks)


def headline(report: SlaReport) -> str:
    """The point with its number, in one sentence that fits a header: names are shortened, never the number."""
    period, total = when(report.question.period), report.total
    who = subject(report)
    if report.empty:
        after = f": no contacts, {period}"
    elif total.share is None:
        after = f": {_contacts(total)} {period}, but no target to count with"
    elif not total.share.denominator:
        after = f": {_contacts(total)} {period}, but none to divide by"
    else:
        after = f": {share_words(total.share, judged_by(report))} answered {within(total.threshold)}, {period}"
    return kit.shorten_middle(who, kit.MOST_HEADER - len(after)) + after


def judged_by(report: SlaReport) -> Target | None:
    """The target that the total may be held against; None when there are several, or another threshold was asked."""
    if report.by in _BUCKETS:
        return common_target(report)
    rows = main_rows(report)
    return own_target(rows[0]) if len(rows) == 1 else None


def basis(report: SlaReport) -> str:
    """The formula in words with its counts, and the switches behind it."""
    formula, share = report.question.formula, report.total.share
    if share is None or report.empty:
        return ""
    under = divisor(formula, report.switches)
    under = f"({under})" if " " in under else under
    line = f"Answered {within(report.total.threshold)} ÷ {under}: {count(share.within)} ÷ {count(share.denominator)}"
    if formula is Formula.GENESYS:
        line += f" · Counted as in Genesys: {option_words(report.switches)}"
    shares = [row.share for row in (*report.rows, *report.apart, report.total) if row.share]
    if any(share.within > share.denominator > 0 for share in shares):
        line += " · Capped at 100 %: some had entered before the period"
    return line


def left_out(report: SlaReport) -> list[str]:
    """Contacts without a share, and why: the rows they are, or how many there are inside rows that join queues."""
    share, counts = report.total.share, report.total.counts
    if report.empty or share is None:
        return []
    if report.by in _BUCKETS:
        missing = counts.denominator(report.question.formula, report.switches) - share.denominator
        return [_unrated(f"{count(missing)} contacts")] if missing > 0 else []
    label, rows = row_label(report), [row for row in main_rows(report) if not row.counts.silent]
    without = [row for row in rows if row.share is None]
    idle = [row for row in rows if row.share is not None and not row.share.denominator]
    named = [f"{label(row)} ({_contacts(row)})" for row in without]
    for row in rows:
        if row.share is not None:
            missing = row.counts.denominator(report.question.formula, report.switches) - row.share.denominator
            named += [f"{label(row)} ({count(missing)} of its contacts)"] if missing > 0 else []
    lines = [_unrated(several(named, _FEW))] if named else []
    if idle:
        lines.append(f"Nothing to divide by: {several([f'{label(row)} ({_contacts(row)})' for row in idle], _FEW)}")
    return lines


def _unrated(what: str) -> str:
    return f"Not in the share, for want of a target: {what}"


def _contacts(row: SlaRow) -> str:
    n = row.counts.offered or row.counts.answered + row.counts.abandoned + row.counts.flow_out
    return f"{count(n)} contact{'' if n == 1 else 's'}"


def _remarks(report: SlaReport) -> list[str]:
    """What a supervisor asks next: is that good, is it better than before, and what now."""
    if report.empty:
        return ["Nothing entered, was answered or was abandoned. Try another period, for example last-month."]
    if report.total.share is None:
        return ["Name a threshold, for example 30s, or set a service-level target for the queue in Genesys Cloud."]
    remarks = [_by_medium(report), _verdict(report), *outlook_lines(report.outlook), _change(report)]
    remarks.append(lowest(report) if report.by in _BUCKETS else "")
    return [remark for remark in remarks if remark]


def _by_medium(report: SlaReport) -> str:
    """The shares behind the total of one queue: its voice may be fine while e-mail pulls the total down."""
    rows = sorted(main_rows(report), key=lambda row: -row.counts.offered)
    if report.by is not Grouping.QUEUE or len(report.queues) != 1 or len(rows) < _SEVERAL:
        return ""
    told = ", ".join(f"{medium_words(row.media)} {share_words(row.share, own_target(row))}" for row in rows)
    return told[:1].upper() + told[1:]


def _verdict(report: SlaReport) -> str:
    rows, share, target = main_rows(report), report.total.share, judged_by(report)
    if target is not None and share is not None and share.denominator:
        return f"Target {'met' if meets(share, target) else 'missed'}: {promise(target)} ({gap(share, target)})"
    if len(rows) == 1 and rows[0].target is not None:
        return f"The queue's own target is {promise(rows[0].target)}"
    judged = [row for row in rows if row.share and row.share.denominator and own_target(row)]
    missed = [row for row in judged if row.share and (own := own_target(row)) and not meets(row.share, own)]
    if len(judged) == 1:
        return f"{row_label(report)(judged[0])}: target {'missed' if missed else 'met'}"
    shown = sum(not row.counts.silent for row in rows)
    if judged and len(judged) < shown:
        return _of_some(len(judged), shown, len(missed), report.question.threshold)
    if missed:
        return f"Below target: {count(len(missed))} of {count(len(judged))} rows"
    return f"{_all(len(judged))} rows meet their target".capitalize() if judged else ""


def _of_some(judged: int, shown: int, missed: int, threshold: timedelta | None) -> str:
    """Whoever reads the table sees more rows than have a verdict."""
    at = f" at {duration(threshold)}" if threshold else ""
    told = f"{count(judged)} of {count(shown)} rows can be held against a target{at}"
    if missed == judged:
        return f"{told}; {_all(judged)} are below it"
    return f"{told}; {count(missed)} of them below it" if missed else f"{told}; {_all(judged)} meet it"


def _all(number: int) -> str:
    return "both" if number == _SEVERAL else f"all {count(number)}"


def _change(report: SlaReport) -> str:
    share, before = report.total.share, report.total.previous
    if report.compared_with is None or share is None:
        return ""
    period = spoken(report.compared_with, zone=False)
    if before is None or not before.denominator:
        return f"No comparison: no contacts for {period}"
    return f"{points(share, before)} against {share_words(before)} for {period}"


def _leftovers(report: SlaReport) -> str:
    """Rows that the table or the total leaves out, and queues without contacts."""
    lines = []
    rows = main_rows(report)
    if len(rows) > MOST_SHOWN and report.by not in _BUCKETS:
        lines.append(f"The {MOST_SHOWN} worst of {count(len(rows))}; narrow with a name or a wildcard, like bill*")
    label = row_label(report)
    lines += left_out(report)
    if report.apart:
        told = [f"{label(row)}: {share_words(row.share)}, {of_words(row.share)}" for row in apart_rows(report)]
        lines.append(f"Apart from the total: {several(told, _FEW)}")
    if report.silent and not report.empty:
        lines.append(f"No contacts: {several([queue_name(queue) for queue in report.silent], _FEW)}")
    return "\n".join(lines)


def _time(report: SlaReport) -> str:
    period = report.question.period
    return f"{spoken(period)} · As of {clock(report.as_of, period.zone)}"


def _buttons(token: str, *, shared: bool) -> list[Block]:
    why = kit.button("Why?", action=WHY, value=token, spoken="Why? Opens the formula, the counts and the query")
    if shared:
        return [why]
    return [
        kit.button("Refresh", action=REFRESH, value=token),
        kit.button("Share in Channel", action=SHARE, value=token),
        why,
        kit.button("Send This Every Morning", action=EVERY_MORNING, value=token),
    ]
