"""Phrases that several messages share: which queues, when, within what, divided by what."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from bot.blocks import kit
from bot.domain.figures import count, duration, target_percent
from bot.domain.period import spoken
from bot.domain.questions import Formula

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime, timedelta
    from zoneinfo import ZoneInfo

    from bot.domain.digest import DigestReport
    from bot.domain.period import Period
    from bot.domain.queues import Queue, Target
    from bot.domain.sla import SlaReport, Switches

MOST_NAME = 60
_FEW_NAMES = 3
_SPOKEN_NAME = re.compile(r"today|yesterday|(this|last)-(week|month)|last-\d+-days")
_WEEKDAY = re.compile(r"(mon|tues|wednes|thurs|fri|satur|sun)day")


def queue_name(queue: Queue, limit: int = MOST_NAME) -> str:
    return kit.shorten_middle(kit.clean(queue.name) or "(unnamed queue)", limit)


def told_apart(queues: Sequence[Queue]) -> Callable[[Queue], str]:
    """Names for these queues, with the division where two of them look alike."""
    seen = Counter(queue_name(queue) for queue in queues)

    def name(queue: Queue) -> str:
        alone = queue_name(queue)
        if seen[alone] < 2 or not kit.clean(queue.division):
            return alone
        return f"{alone} ({kit.shorten_middle(kit.clean(queue.division), 30)})"

    return name


def several(names: Sequence[str], most: int = _FEW_NAMES) -> str:
    """As "Billing", "Billing and Sales", "Billing, Sales and 12 more"."""
    shown = list(names) if len(names) <= most else [*names[: most - 1], f"{count(len(names) - most + 1)} more"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def subject(report: SlaReport | DigestReport) -> str:
    """Whom the answer is about: the queues by name while they are few, else how many."""
    if report.queues and len(report.queues) <= _FEW_NAMES:
        return several([queue_name(queue) for queue in report.queues])
    return f"{'All ' if not report.question.queues else ''}{count(len(report.queues))} queues"


def when(period: Period) -> str:
    """The period as said in a sentence, without its zone: "last week", "on Monday", "Mon 9 – Sun 15 Nov 2026"."""
    name = period.name.lower()
    if _WEEKDAY.fullmatch(name):
        said = f"on {name.capitalize()}"
    elif _SPOKEN_NAME.fullmatch(name):
        said = name.replace("-", " ")
    else:
        return spoken(period, zone=False)
    return f"{said} so far" if period.running else said


def clock(moment: datetime, zone: ZoneInfo, *, seconds: bool = False) -> str:
    """As "Sat 21 Nov 2026, 09:30, Europe/Paris", or to the second."""
    local = moment.astimezone(zone)
    time = f"{local:%H:%M:%S}" if seconds else f"{local:%H:%M}"
    return f"{local:%a} {local.day} {local:%b %Y}, {time}, {zone.key}"


def moment(at: datetime, zone: ZoneInfo) -> str:
    """As "Mon 23 Nov, 07:45", where the zone is said elsewhere."""
    local = at.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b}, {local:%H:%M}"


def promise(target: Target) -> str:
    """As "80 % in 20 s"."""
    return f"{target_percent(target)} in {duration(target.threshold)}"


def within(threshold: timedelta | None) -> str:
    """As "within 30 s"; without a threshold each queue and medium was measured by its own."""
    return f"within {duration(threshold)}" if threshold is not None else "within target"


def divisor(formula: Formula, switches: Switches) -> str:
    """What answered-in-time is divided by: "answered + abandoned"."""
    if formula is Formula.ANSWERED:
        return "answered"
    if formula is Formula.OFFERED:
        return "offered"
    parts = "answered"
    if switches.include_abandons:
        parts += " + abandoned"
    if switches.include_flow_outs:
        parts += " + flow-outs"
    if switches.include_abandons and not switches.include_short_abandons:
        parts += " − short abandons"
    return parts


def option_words(switches: Switches) -> str:
    """The organisation's three options as a sentence."""
    if not switches.include_abandons:
        abandons = "abandons do not count"
    elif switches.include_short_abandons:
        abandons = "abandons count, short ones too"
    else:
        abandons = "abandons count, short ones do not"
    flow_outs = "flow-outs count" if switches.include_flow_outs else "flow-outs do not"
    return f"{abandons}; {flow_outs}"
