"""Phrases about alerts that messages, lists and windows share: times, lengths, shares, who and how."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from bot.blocks import kit
from bot.blocks.wording import moment
from bot.domain import figures
from bot.domain.alerts.rules import RuleState, Severity
from bot.domain.queues import Media
from bot.domain.sla import Share

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from zoneinfo import ZoneInfo

    from bot.domain.alerts.rules import Rule
    from bot.domain.metrics import Figure

MOST_NAME = 60
FOREVER = datetime.max.replace(tzinfo=UTC)
SEVERITIES = {Severity.CRITICAL: "Critical", Severity.WARNING: "Warning"}

_SECOND = timedelta(seconds=1)
_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_MOST_DECIMALS = 4
_MOST_REASON = 300
_MENTION = re.compile(r"<@[A-Z0-9]{1,40}>|<!subteam\^[A-Z0-9]{1,40}>")
_MEDIA = {Media.VOICE: "voice", Media.INTERNALMESSAGE: "internal message"}


def queue_words(name: str, media: Media | None) -> str:
    """As “Billing”, or “Billing · email”: voice is what people think of, and goes without saying."""
    shown = kit.shorten_middle(kit.clean(name) or "(unnamed queue)", MOST_NAME)
    return shown if media in {None, Media.VOICE} else f"{shown} · {media_words(media)}"


def media_words(media: Media | None) -> str:
    """As “voice”; empty for none."""
    return "" if media is None else _MEDIA.get(media, media.value)


def time_words(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """As “10:05”, and “Mon 23 Nov, 10:05” on any other day than that of `now`."""
    local = at.astimezone(zone)
    return f"{local:%H:%M}" if local.date() == now.astimezone(zone).date() else moment(at, zone)


def span_words(length: timedelta) -> str:
    """How long something took, for the eye: “47 min”, “2 h 10 min”, “3 days 4 h”; under a minute it says so."""
    minutes = length // _MINUTE
    if minutes < 1:
        return "less than a minute"
    if length < _HOUR:
        return f"{minutes} min"
    if length < 2 * _DAY:
        return figures.duration(minutes * _MINUTE)
    days, rest = divmod(length, _DAY)
    hours = rest // _HOUR
    return f"{days} days{f' {hours} h' if hours else ''}"


def wait_words(length: timedelta) -> str:
    """A waiting or handling time to the second, not to be taken for a time of day: “6 min 12 s”; from an hour on to the
    minute.
    """
    unit = _MINUTE if length >= _HOUR else _SECOND
    return figures.duration(max(length // unit, 0) * unit)


def share_words(share: Share, limit: Fraction | None = None) -> str:
    """In whole percents, and in finer ones where these would hide on which side of `limit` it is: “79.6 %”."""
    value = figures.exact(share)
    if value is None or limit is None:
        return figures.percent(share, decimals=0)
    decimals = 0
    while decimals < _MOST_DECIMALS and _side(_rounded(value, decimals), limit) != _side(value, limit):
        decimals += 1
    return figures.percent(share, decimals=decimals)


def rate_words(rate: Fraction) -> str:
    """A limit: “80 %”, “97.5 %”."""
    number = f"{float(100 * rate):.4f}".rstrip("0").rstrip(".")
    return f"{number} %"


def figure_words(figure: Figure, limit: Fraction | None = None) -> str:
    """A figure by itself: “41 %”, “14”, “6 min 12 s”."""
    match figure:
        case None:
            return figures.NO_FIGURE
        case Share():
            return share_words(figure, limit)
        case timedelta():
            return wait_words(figure)
        case _:
            return figures.count(figure)


def range_words(low: Figure, high: Figure) -> str:
    """As “10–21 %”, “40–48”, “1 min 20 s to 3 min”; one number where both look alike."""
    first, last = figure_words(low), figure_words(high)
    if first == last:
        return first
    if isinstance(low, timedelta) or isinstance(high, timedelta):
        return f"{first} to {last}"
    if first.endswith(" %") and last.endswith(" %") and first[:1].isdigit() and last[:1].isdigit():
        first = first.removesuffix(" %")
    return f"{first}–{last}"


def calls(mentions: Iterable[str]) -> str:
    """Those of `mentions` that are people or user groups as Slack writes them, once each."""
    found = [match for mention in mentions for match in _MENTION.findall(mention)]
    return " ".join(dict.fromkeys(found))


def plural(n: int, one: str, many: str = "") -> str:
    """As “1 alert”, “3 alerts”."""
    return f"{figures.count(n)} {one if n == 1 else many or one + 's'}"


def listed(names: Sequence[str], most: int = 5) -> str:
    """As “Billing, Sales and 3 more”, without the same name twice."""
    unique = list(dict.fromkeys(names))
    shown = unique if len(unique) <= most else [*unique[: most - 1], f"{figures.count(len(unique) - most + 1)} more"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def muted_words(rule: Rule, *, zone: ZoneInfo, now: datetime) -> str:
    """As “Muted until 11:10”, “Muted”; empty when it is not."""
    until = rule.muted_until
    if until is None or until <= now:
        return ""
    return "Muted" if until >= FOREVER - _DAY else f"Muted until {time_words(until, zone, now)}"


def state_words(rule: Rule, *, zone: ZoneInfo, now: datetime) -> str:
    """How a rule stands apart from what is open: “Watching”, “Muted until 11:10”, “Stopped: …”."""
    reason = kit.shorten(kit.clean(rule.reason), _MOST_REASON)
    match rule.state:
        case RuleState.STOPPED:
            return f"Stopped: {reason or 'the channel does not take messages'}"
        case RuleState.UNCONFIRMED:
            return reason or "Waits until an administrator confirms it: the channel is shared with others"
        case RuleState.ACTIVE:
            return muted_words(rule, zone=zone, now=now) or "Watching"


def capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def sentence(text: str, otherwise: str = "", most: int = _MOST_REASON) -> str:
    """What others wrote, as one sentence with its full stop."""
    said = kit.shorten(kit.clean(text), most) or otherwise
    return said if not said or said.endswith((".", "!", "?", "…")) else f"{said}."


def _rounded(value: Fraction, decimals: int) -> Fraction:
    """Of a share, as `figures.percent` rounds it: half up."""
    scale = 100 * 10**decimals
    return Fraction(int(value * scale + Fraction(1, 2)), scale)


def _side(value: Fraction, limit: Fraction) -> int:
    return (value > limit) - (value < limit)
