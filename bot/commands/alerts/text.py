"""A rule in words: as the command that makes it, and as people say it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.commands.alerts.amounts import amount_text
from bot.commands.alerts.conditions import condition_text
from bot.commands.alerts.hours import hours_text
from bot.commands.alerts.lengths import length_text
from bot.commands.alerts.people import steps_text
from bot.commands.alerts.terms import USUAL_Z, read_changes, usual_pending
from bot.commands.reader import CARRIED_LIMIT, queues_text
from bot.commands.zones import zone_text
from bot.domain.alerts.measures import BY_NAME
from bot.domain.alerts.rules import Condition, Kind, Preset, Severity, Terms
from bot.domain.metrics import Unit
from bot.domain.places import UNSET
from bot.errors import BadWord

if TYPE_CHECKING:
    from fractions import Fraction
    from zoneinfo import ZoneInfo

    from bot.domain.questions import QueueWord

_COMPARED = {"<": "<", "<=": "≤", ">": ">", ">=": "≥"}
_MINUTE = timedelta(minutes=1)


def rule_text(terms: Terms, *, zone: ZoneInfo | None = None) -> str:
    """The shortest text behind `/alert add` that reads back as `terms` where `zone` is usual, and nothing else is set.

    Without `zone` the rule's own is always written. For people, put the names of queues for their ids first:
    `replace(terms, queues=…)`.
    """
    said = " ".join([*terms.media, *_judged(terms)])
    parts = [_names(terms.queues, said), said, *_times(terms), *_schedule(terms), *_people(terms)]
    parts += [zone_text(terms.zone)] if zone is None or zone.key != terms.zone.key else []
    return " ".join(part for part in parts if part)


def rule_title(terms: Terms) -> str:
    """For people: “service level < 80 % (30 min) for 10 min”. Without queues and media."""
    match terms.kind:
        case Kind.UNUSUAL:
            return "unusual" if terms.preset is Preset.DEFAULT else f"unusual ({terms.preset})"
        case Kind.ZSCORE:
            return f"z-score over {float(terms.z):g}"
        case Kind.THRESHOLD:
            pass
    titles = [_condition_title(condition, terms.window) for condition in terms.conditions]
    lasting = f" for {spoken_length(terms.pending)}" if terms.pending else ""
    return " and ".join(titles) + lasting


def spoken_length(length: timedelta) -> str:
    """For people: “1 h 30 min”, “90 s” as “1 min 30 s”."""
    minutes, rest = divmod(length, _MINUTE)
    hours, minutes = divmod(minutes, 60)
    parts = [f"{hours} h"] * bool(hours) + [f"{minutes} min"] * bool(minutes)
    parts += [f"{rest.total_seconds():g} s"] if rest or not parts else []
    return " ".join(parts)


def spoken_amount(value: Fraction, unit: Unit) -> str:
    """For people: “80 %”, “10”, “5 min”."""
    match unit:
        case Unit.SHARE:
            return f"{float(round(value * 100, 1)):g} %"
        case Unit.COUNT:
            return amount_text(value, unit)
        case Unit.TIME:
            return spoken_length(timedelta(milliseconds=round(value * 1000)))


def _condition_title(condition: Condition, window: timedelta) -> str:
    measure = BY_NAME[condition.measure]
    # “Service level” goes on in small letters, “ASA” does not.
    title = measure.title if measure.title[1:2].isupper() else measure.title[:1].lower() + measure.title[1:]
    title = title.replace(" %", " rate")
    title += f" ({spoken_length(condition.threshold)})" if condition.threshold else ""
    title += f" {_COMPARED[condition.compare.value]} {spoken_amount(condition.limit, measure.unit)}"
    return title if measure.live else f"{title} ({spoken_length(window)})"


def _judged(terms: Terms) -> list[str]:
    match terms.kind:
        case Kind.UNUSUAL:
            return ["unusual"] + [terms.preset.value] * (terms.preset is not Preset.DEFAULT)
        case Kind.ZSCORE:
            return ["zscore"] + [f"{float(terms.z):g}"] * (terms.z != USUAL_Z)
        case Kind.THRESHOLD:
            return [" and ".join(condition_text(one, BY_NAME[one.measure]) for one in terms.conditions)]


def _times(terms: Terms) -> list[str]:
    usual = Terms(queues=(), kind=Kind.UNUSUAL, zone=terms.zone)
    parts = []
    if terms.pending != usual_pending(terms.kind, terms.conditions):
        parts.append(f"for {length_text(terms.pending)}")
    if terms.recover_for != usual.recover_for:
        parts.append(f"recover for {length_text(terms.recover_for)}")
    if terms.window != usual.window:
        parts.append(f"over {length_text(terms.window)}")
    if terms.minimum != usual.minimum:
        parts.append(f"min {terms.minimum}")
    return parts


def _schedule(terms: Terms) -> list[str]:
    parts = ["critical"] * (terms.severity is Severity.CRITICAL)
    parts += [f"hours {hours_text(terms.hours)}"] if terms.hours else []
    parts += [f"quiet hours {hours_text(terms.quiet)}"] if terms.quiet else []
    parts += ["holidays"] * (not terms.holidays)
    return parts


def _people(terms: Terms) -> list[str]:
    parts = [f"mention {' '.join(terms.mention)}"] if terms.mention else []
    parts += [f"escalate {steps_text(terms.escalation)}"] if terms.escalation else []
    usual = Terms(queues=(), kind=Kind.UNUSUAL, zone=terms.zone).renotify
    if terms.renotify != usual:
        parts.append(f"remind {length_text(terms.renotify)}" if terms.renotify else "remind never")
    return parts


def _names(queues: tuple[QueueWord, ...], following: str) -> str:
    """The names, with a comma behind them where they would run into what follows: “longest” before “wait > 5m”."""
    names = queues_text(queues, next_word_is_free=False)
    if not queues or queues[-1].quoted or _apart(names, following, queues):
        return names
    return f"{names},"


def _apart(names: str, following: str, queues: tuple[QueueWord, ...]) -> bool:
    try:
        read = read_changes(f"{names} {following}", usual=UNSET, example="", limit=CARRIED_LIMIT)
    except BadWord:
        return False
    return read.queues == queues
