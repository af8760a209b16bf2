"""The digest as a message: the point with its number, what changed, the lines, the course, and whose it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.blocks import kit
from bot.blocks.digests.chart import course_chart
from bot.blocks.digests.rows import (
    BEFORE,
    change,
    common_target,
    counted,
    digest_table,
    leftovers,
    line_label,
    off_target,
)
from bot.blocks.digests.rows import as_sla as as_answer
from bot.blocks.mentions import person, small_print
from bot.blocks.report import headline as report_headline
from bot.blocks.sla import basis
from bot.blocks.sla_rows import share_words
from bot.blocks.wording import clock, moment, several, subject, within
from bot.domain.digest import Form
from bot.domain.figures import count, duration, target_percent
from bot.domain.period import midnight, spoken

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from bot.blocks.kit import Block, Message
    from bot.blocks.mentions import Mention
    from bot.domain.digest import DigestLine, DigestReport, WhatChanged
    from bot.domain.ids import UserId
    from bot.domain.period import Period
    from bot.domain.report import Report
    from bot.domain.subscriptions import Subscription

WHY = "digest_why"
DETAILS = "digest_details"
MANAGE = "digest_manage"

_MINUTE = timedelta(minutes=1)
_MOST_ALERTS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Imprint:
    """What a message says of the digest that it is."""

    subscription: Subscription
    value: str = ""
    """Opaque, at most 2000 characters: comes back with every button."""
    next_run: datetime | None = None
    zone: ZoneInfo
    """In which times are told."""
    late: timedelta | None = None
    """Sent so much later than planned."""
    because: str = ""
    """Why it is late, as the end of a sentence; empty: the bot was not running."""
    preview: bool = False
    """Shown to one person only: it has no buttons."""
    asked_by: UserId | None = None
    """Who asked for it out of its turn."""


def digest_message(report: DigestReport, imprint: Imprint, *, alerts: str = "") -> Message:
    """A digest of service levels, within Slack's limits whatever the queues are called and however many there are.

    `alerts` is a line about the channel's alerts in its period, as `alerts.weekly.tally_line` says it. Its
    buttons have the action ids `WHY`, `DETAILS` and `MANAGE`, and the imprint's value.
    """
    point = headline(report)
    about_alerts = [kit.context(kit.shorten(kit.clean(alerts), _MOST_ALERTS))] if kit.clean(alerts) else []
    if report.empty:
        blocks = [kit.section(f"{point}."), *about_alerts, _times(report, imprint), *_imprint(imprint)]
        return kit.message(f"{point}.", *_preface(imprint), *blocks, *_buttons(imprint, MANAGE))
    changed = what_changed(report)
    chart, note = course_chart(report)
    small = "\n".join(line for line in (*leftovers(report), note) if line)
    return kit.message(
        ". ".join(part for part in (point, changed) if part),
        kit.header(point),
        *_preface(imprint),
        *([kit.section(remark)] if (remark := changed or _advice(report)) else []),
        digest_table(report),
        *chart,
        *([kit.context(small)] if small else []),
        *about_alerts,
        *(kit.context(line) for line in [basis(as_answer(report))] if line),
        _times(report, imprint),
        *_imprint(imprint),
        *_buttons(imprint, WHY, DETAILS, MANAGE),
    )


def report_digest_message(said: Message, report: Report, imprint: Imprint) -> Message:
    """A digest that is a `/report`: `said` is its answer, whose buttons give way to those of a digest.

    There is no Why?: the answer tells the formulas of all its columns.
    """
    head, *others = [block for block in said["blocks"] if block["type"] != "actions"]
    if report.empty:
        point = f"{report_headline(report)}."
        return kit.message(
            point, *_preface(imprint), kit.section(point), *_imprint(imprint), *_buttons(imprint, MANAGE)
        )
    room = kit.MOST_BLOCKS - 5
    return {
        "text": said["text"],
        "blocks": [
            head,
            *_preface(imprint),
            *others[:room],
            *_imprint(imprint),
            *_buttons(imprint, DETAILS, MANAGE),
        ],
    }


def headline(report: DigestReport) -> str:
    """The point with its numbers in one line that fits a header: names are shortened, never the numbers."""
    total, day = report.total, day_words(report)
    if report.empty:
        after = f": no contacts, {day}"
    elif total.share is None or not total.share.denominator:
        lacking = "no target to count with" if total.share is None else "none to divide by"
        n = total.counts.offered
        after = f": {count(n)} contact{'' if n == 1 else 's'}, but {lacking}, {day}"
    else:
        level = f"{share_words(total.share, common_target(report))} answered {within(total.threshold)}"
        after = f": {level}, {day}{_goal(report)}{_trend(report)}"
    return kit.shorten_middle(subject(report), kit.MOST_HEADER - len(after)) + after


def what_changed(report: DigestReport) -> str:
    """The line that missed most beyond its usual, when, and what explains it; else what is better, or nothing is."""
    label, changed = line_label(report), report.changed
    if changed is None:
        return _unexplained(report)
    told = f"What changed: {label(changed.line)} {_missed(changed.line)}"
    if changed.stretch is not None:
        told += f", most of them {_stretch(changed.stretch, report)}"
    factors = _factors(changed)
    return f"{told}, with {' and '.join(factors)}" if factors else told


def _unexplained(report: DigestReport) -> str:
    label, rated = line_label(report), [line for line in counted(report) if line.usual is not None]
    if not report.usual:
        return ""
    if not rated:
        return "No usual to compare with yet"
    worse = [line for line in rated if change(line.share, line.usual)[:1] == "▼"]
    if worse:
        most = max(worse, key=lambda line: line.excess or 0)
        return f"What changed: {label(most)} {_missed(most)}"
    better = [label(line) for line in rated if change(line.share, line.usual)[:1] == "▲"]
    return f"Better than usual: {several(better)}" if better else "Nothing stands out against usual"


def _missed(line: DigestLine) -> str:
    more = round(line.excess or 0)
    return f"missed {count(more)} more contact{'' if more == 1 else 's'} than usual" if more > 0 else "is below usual"


def day_words(report: DigestReport) -> str:
    """What the digest is about, in few words: "Tue 4 Nov", "October 2026"."""
    period = report.question.period
    start, last = period.local_start, period.local_end
    whole = period.start == midnight(start.date(), period.zone) and period.end == midnight(last.date(), period.zone)
    if report.form is Form.DAY and whole:
        return f"{start:%a} {start.day} {start:%b}"
    if report.form is Form.MONTH and whole:
        return f"{start:%B %Y}"
    return _spoken(period, report)


def _spoken(period: Period, report: DigestReport) -> str:
    """Without the year, while it is the one in which the message is read."""
    years = {moment.astimezone(period.zone).year for moment in (period.start, period.end, report.as_of)}
    said = spoken(period, zone=False)
    return said.replace(f" {years.pop()}", "") if len(years) == 1 else said


def _advice(report: DigestReport) -> str:
    if report.total.share is not None:
        return ""
    return "Give this digest a threshold (Manage), or the queue a service-level target in Genesys Cloud."


def _goal(report: DigestReport) -> str:
    target = common_target(report)
    if target is not None:
        return f" (target {target_percent(target)})"
    missed, judged, all_judged = off_target(counted(report))
    if all_judged:
        return f" ({count(missed)} of {count(judged)} off target)" if missed else " (all on target)"
    return f" ({count(missed)} off target)" if missed else ""


def _trend(report: DigestReport) -> str:
    """An arrow, only where the change is large and not just chance; against usual where there is one."""
    total: DigestLine = report.total
    named = ((total.usual, total.usual_rate, "usual"), (total.before, None, BEFORE[report.form]))
    for reference, rate, name in named:
        if reference is not None and reference.denominator > 0 and total.share is not None:
            told = change(total.share, reference, rate)
            return f" {told.removesuffix(' pp')} points vs {name}" if told[:1] in {"▲", "▼"} else ""
    return ""


def _stretch(stretch: Period, report: DigestReport) -> str:
    start, end = stretch.local_start, stretch.local_end
    closes = midnight(end.date(), stretch.zone) == stretch.end
    if stretch.length.days >= 1:
        return f"on {_spoken(stretch, report)}"
    return f"{start:%H:%M}–{'24:00' if closes else f'{end:%H:%M}'}"


def _factors(changed: WhatChanged) -> list[str]:
    """As "38 % more contacts", "12 % longer handling"."""
    told = []
    if changed.offered:
        told.append(f"{abs(changed.offered):.0%} {'more' if changed.offered > 0 else 'fewer'} contacts")
    if changed.aht:
        told.append(f"{abs(changed.aht):.0%} {'longer' if changed.aht > 0 else 'shorter'} handling")
    return [factor.replace("%", " %") for factor in told]


def _preface(imprint: Imprint) -> list[Block]:
    """Why this message stands here now, where that is out of the ordinary."""
    lines: list[Block] = []
    if imprint.preview:
        lines.append(kit.context("Preview: only you see it, and nothing was sent"))
    if imprint.asked_by is not None:
        lines.append(small_print("Sent now for ", person(imprint.asked_by)))
    if imprint.late is not None:
        planned = f"{imprint.subscription.order.schedule.at:%H:%M}"
        because = kit.shorten(kit.clean(imprint.because), kit.MOST_HEADER)
        late = duration(max(round(imprint.late / _MINUTE), 1) * _MINUTE)
        lines.append(kit.context(f"Sent {late} late: {because or f'the bot was not running at {planned}'}"))
    return lines


def _times(report: DigestReport, imprint: Imprint) -> Block:
    period = report.question.period
    as_of = moment if imprint.zone == period.zone else clock
    return kit.context(f"{spoken(period)} · As of {as_of(report.as_of, imprint.zone)}")


def _imprint(imprint: Imprint) -> list[Block]:
    """Which digest it is, when the next comes, and who answers for it."""
    if imprint.preview:
        return []
    subscription = imprint.subscription
    following = f"Next: {moment(imprint.next_run, imprint.zone)}" if imprint.next_run else "No next one"
    owner: tuple[str | Mention, ...] = (" · Owner: ", person(subscription.owner))
    return [small_print(f"Digest {subscription.number} · {following}", *owner)]


def _buttons(imprint: Imprint, *actions: str) -> list[Block]:
    if imprint.preview:
        return []
    labels = {
        WHY: ("Why?", "Why? Opens the formula, the counts and the query"),
        DETAILS: ("Details", "Details. Brings all rows, to you only"),
        MANAGE: ("Manage", "Manage this digest"),
    }
    return [
        kit.actions(
            *(
                kit.button(labels[action][0], action=action, value=imprint.value, spoken=labels[action][1])
                for action in actions
            )
        )
    ]
