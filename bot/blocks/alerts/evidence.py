"""What was found, in words: what and how bad, what is usual, what may cause it, and whether the target can be met.

Never a z-score: people compare counts and ranges.
"""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from bot.blocks.alerts.words import (
    capital,
    figure_words,
    plural,
    range_words,
    rate_words,
    share_words,
    wait_words,
)
from bot.blocks.wording import promise
from bot.domain.alerts.measures import BY_NAME
from bot.domain.alerts.readings import Signal
from bot.domain.alerts.samples import quarter_of
from bot.domain.figures import count, duration
from bot.domain.sla import Share

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

    from bot.domain.alerts.readings import Causes, Evidence, Found, Reach
    from bot.domain.metrics import Figure

_NOTABLE = Fraction(1, 10)
_OLDEST = frozenset({"oldest_wait", "longest_waiting"})
_SHARES = {
    "service_level": "answered {within}",
    "breach_share": "not answered {within}",
    "abandon_share": "abandoned",
    "answered_share": "answered",
}
_COUNTS = {
    "waiting": ("contact waiting", "contacts waiting", "nobody waiting"),
    "interacting": ("contact being handled", "contacts being handled", "no contact being handled"),
    "on_queue": ("agent on queue", "agents on queue", "nobody on queue"),
    "available": ("agent available", "agents available", "no agent available"),
    "offered": ("contact", "contacts", "no contacts"),
    "answered": ("contact answered", "contacts answered", "no contact answered"),
    "abandoned": ("contact abandoned", "contacts abandoned", "no contact abandoned"),
    "short_abandoned": ("short abandon", "short abandons", "no short abandon"),
    "flow_out": ("flow-out", "flow-outs", "no flow-out"),
    "over_target": ("contact answered too late", "contacts answered too late", "no contact answered too late"),
    "handled": ("contact handled", "contacts handled", "no contact handled"),
    "transferred": ("contact transferred", "contacts transferred", "no contact transferred"),
}
_TIMES = {
    "oldest_wait": "oldest wait",
    "longest_waiting": "oldest wait",
    "asa_seconds": "average speed of answer",
    "average_wait_seconds": "average wait",
    "aht_seconds": "average handle time",
    "talk_seconds": "average talk time",
    "hold_seconds": "average hold time",
    "acw_seconds": "average after-call work",
}
_BETTER_LOW = frozenset({"service_level", "answered_share"})


def point_words(evidence: Evidence) -> str:
    """What and how bad, as after a queue’s name: “41 % of contacts answered in 20 s and 14 contacts waiting”."""
    return " and ".join(map(_point, evidence.found)) or "no figures"


def point_with_usual(evidence: Evidence, *, limits: bool = True) -> tuple[str, str]:
    """The same, and apart from it what is usual, as “usually 10–21 %”. Of several findings each has its own usual range
    beside it, in brackets, and nothing is apart. `limits` False: only of what has no limit.
    """
    usual = [usually(each) if limits or each.limit is None else "" for each in evidence.found]
    if len(usual) < 2:
        return point_words(evidence), "".join(usual)
    told = [f"{_point(each)}{f' ({its})' if its else ''}" for each, its in zip(evidence.found, usual, strict=True)]
    return " and ".join(told), ""


def _point(found: Found) -> str:
    figure = found.figure
    match found.signal, figure:
        case Signal.MISSED, Share():
            missed = _missed(figure)
            return f"{share_words(missed)} of contacts not answered in time"
        case Signal.ABANDONED, Share():
            return f"{share_words(figure)} of contacts abandoned"
        case ((Signal.VOLUME_LOW | Signal.VOLUME_HIGH), int()):
            return f"{plural(figure, 'contact') if figure else 'no contacts'}{_in_window(found)}"
    match figure:
        case Share() if figure.denominator <= 0:
            return f"no contacts{_in_window(found)}"
        case Share():
            said = _SHARES.get(found.measure, name_words(found.measure)).format(within=_within(found.threshold))
            return f"{share_words(figure, found.limit)} of contacts {said}"
        case timedelta():
            return f"{_TIMES.get(found.measure, name_words(found.measure))} {wait_words(figure)}"
        case int():
            one, many, nothing = _COUNTS.get(found.measure, (name_words(found.measure),) * 3)
            return (f"{count(figure)} {one if figure == 1 else many}" if figure else nothing) + _in_window(found)
        case _:
            return f"no {name_words(found.measure)} known"


def short_words(found: Found) -> str:
    """The figure by itself, for “worst 41 % at 10:20”."""
    figure = found.figure
    if found.signal is Signal.MISSED and isinstance(figure, Share):
        return f"{share_words(_missed(figure))} missed"
    if isinstance(figure, int):
        return _point(found)
    return figure_words(figure, found.limit)


def worst_words(worst: Evidence) -> str:
    """Of an incident, as after “worst”: of several conditions the first tells."""
    return short_words(worst.found[0]) if worst.found else ""


def detail_words(evidence: Evidence) -> str:
    """The counts behind the point, and the limit: “25 of 61 contacts in the last 30 min, limit 80 %.”; may be empty."""
    told = [counted for found in evidence.found if (counted := _counted(found))]
    limits = [limit_words(found.limit, found.figure) for found in evidence.found if found.limit is not None]
    if limits:
        told.append(f"{'limit' if len(limits) == 1 else 'limits'} {' and '.join(limits)}")
    return f"{capital(', '.join(told))}." if told else ""


def _counted(found: Found) -> str:
    figure = found.figure
    last = f"the last {duration(found.window)}" if found.window else ""
    if isinstance(figure, Share) and figure.denominator > 0:
        counted = _missed(figure) if found.signal is Signal.MISSED else figure
        return f"{count(counted.within)} of {plural(counted.denominator, 'contact')}{last and f' in {last}'}"
    return f"over {last}" if last and isinstance(figure, timedelta) else ""


def limit_words(limit: Fraction, figure: Figure) -> str:
    """A limit in the unit of its figure."""
    match figure:
        case Share():
            return rate_words(limit)
        case timedelta():
            return wait_words(timedelta(seconds=float(limit)))
        case _:
            return f"{float(limit):g}"


def usual_words(evidence: Evidence, zone: ZoneInfo) -> str:
    """As “Usual for Tuesday 10:00: 10–21 %. The worst Tuesday 10:00 in 8 weeks.”; empty where nothing is known."""
    told = []
    for found in evidence.found:
        if found.usual is None:
            continue
        start = quarter_of(evidence.at - (found.window or timedelta())).astimezone(zone)
        hour = f"{start:%A} {start:%H:%M}"
        low, high = found.usual
        said = f"Usual for {hour}: {_usual_range(found, low, high)}."
        if found.worst and found.weeks > 1:
            most = {Signal.VOLUME_LOW: "lowest", Signal.VOLUME_HIGH: "busiest"}.get(found.signal, "worst")  # type: ignore[arg-type]
            said += f" The {most} {hour} in {found.weeks} weeks."
        told.append(said)
    return " ".join(told)


def usually(found: Found) -> str:
    """As “usually 10–21 %”; empty where nothing is known."""
    return f"usually {_usual_range(found, *found.usual)}" if found.usual else ""


def _usual_range(found: Found, low: Figure, high: Figure) -> str:
    if found.signal is Signal.MISSED and isinstance(low, Share) and isinstance(high, Share):
        return range_words(_missed(high), _missed(low))
    return range_words(low, high)


def cause_words(evidence: Evidence, *, said: Iterable[Found] = ()) -> str:
    """As “38 % more contacts than usual, handle time as usual, 9 agents on queue (usually 13). 14 waiting, the oldest
    for 6 min 12 s.”; without what the point says already, nor `said`: what other lines of the same message say.
    """
    causes, told = evidence.causes, {found.measure for found in (*evidence.found, *said)}
    parts = [_volume(causes) if "offered" not in told else "", _handling(causes) if "aht_seconds" not in told else ""]
    parts.append(_staff(causes) if "on_queue" not in told else "")
    behind = ", ".join(part for part in parts if part)
    queue = _queue_now(causes, told)
    return " ".join(f"{capital(part)}." for part in (behind, queue) if part)


def _volume(causes: Causes) -> str:
    if causes.offered is None:
        return ""
    if abs(causes.offered) < _NOTABLE:
        return "as many contacts as usual"
    return f"{_percent(causes.offered)} {'more' if causes.offered > 0 else 'fewer'} contacts than usual"


def _handling(causes: Causes) -> str:
    if causes.aht is None:
        return ""
    if abs(causes.aht) < _NOTABLE:
        return "handle time as usual"
    return f"handle time {_percent(causes.aht)} {'longer' if causes.aht > 0 else 'shorter'}"


def _staff(causes: Causes) -> str:
    if causes.on_queue is None:
        return ""
    said = plural(causes.on_queue, "agent") + " on queue" if causes.on_queue else "nobody on queue"
    usual = causes.on_queue_usual
    if usual is None:
        return said
    return f"{said} (as usual)" if usual == causes.on_queue else f"{said} (usually {count(usual)})"


def _queue_now(causes: Causes, told: set[str]) -> str:
    waiting = causes.waiting if "waiting" not in told else None
    oldest = causes.oldest_wait if not told & _OLDEST else None
    if waiting == 0 or (causes.waiting == 0 and oldest is not None):
        return "nobody is waiting now"
    if waiting is None:
        return f"oldest wait {wait_words(oldest)}" if oldest else ""
    return f"{count(waiting)} waiting" + (f", the oldest for {wait_words(oldest)}" if oldest else "")


def reach_words(evidence: Evidence) -> str:
    """Whether running stretches of time can still meet their target, a line each; may be empty."""
    return "\n".join(reach_line(each) for each in evidence.reach)


def reach_line(reach: Reach) -> str:
    """As “80 % in 20 s today: of the about 60 contacts that usually still come, 52 must be answered in time (so far
    71 %).”
    """
    so_far = Share(within=reach.within, denominator=reach.rated)
    limit = Fraction(f"{reach.target.share:.6f}")
    now = f" (so far {share_words(so_far, limit)})" if reach.rated > 0 else ""
    return f"{promise(reach.target)} {reach.name}: {_verdict(reach)}{now}."


def _verdict(reach: Reach) -> str:
    if reach.safe:
        return "already safe"
    if reach.lost:
        return "already lost"
    if not reach.needed:
        return "met so far"
    if not reach.expected:
        return f"the next {plural(reach.needed, 'contact')} must be answered in time"
    usual = f"the about {plural(reach.expected, 'contact')} that usually still come"
    if reach.needed >= reach.expected:
        return f"all of {usual} must be answered in time"
    return f"of {usual}, {count(reach.needed)} must be answered in time"


def badness(evidence: Evidence) -> float:
    """To put the worst first: how much of all is missed or lost, 0 to 1; of counts and times nothing is said."""
    for found in evidence.found:
        figure = found.figure
        if isinstance(figure, Share) and figure.denominator > 0:
            share = figure.within / figure.denominator
            return 1 - share if found.measure in _BETTER_LOW else share
    return 0.0


def name_words(measure: str) -> str:
    """A measure that has no words of its own here."""
    known = BY_NAME.get(measure)
    return known.title.lower() if known else measure.removesuffix("_seconds").replace("_", " ")


def _missed(share: Share) -> Share:
    """What was not in time, of a share of what was."""
    return Share(within=max(0, share.denominator - share.within), denominator=share.denominator)


def _within(threshold: timedelta | None) -> str:
    return f"in {duration(threshold)}" if threshold else "in time"


def _in_window(found: Found) -> str:
    return f" in {duration(found.window)}" if found.window else ""


def _percent(change: Fraction) -> str:
    return f"{int(abs(change) * 100 + Fraction(1, 2))} %"
