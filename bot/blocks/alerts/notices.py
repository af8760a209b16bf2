"""What is told of the bot itself: that it cannot see Genesys, and that it was away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.blocks import kit
from bot.blocks.alerts.standing import OVER, UNSEEN
from bot.blocks.alerts.words import plural, queue_words, sentence, span_words, time_words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from bot.blocks.kit import Message
    from bot.domain.alerts.states import Bulletin

MOST_PASSED = 15
_MOST_NOTE = 2500


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """An alert that fired while the bot was away, as it was found afterwards."""

    queue_name: str
    title: str
    began: datetime
    ended: datetime | None = None
    """None: it goes on."""


def blind_message(bulletin: Bulletin, *, now: datetime, zone: ZoneInfo, alerts: int = 0) -> Message:
    """One notice for an organisation: since `bulletin.opened_at`, because of `bulletin.note` (a sentence or a part of
    one). Closed, it is the all-clear. `alerts`: how many incidents are open and keep their state.

    Always with one attachment, and no buttons.
    """
    since = time_words(bulletin.opened_at, zone, now)
    because = sentence(bulletin.note)
    if bulletin.closed_at is not None:
        lasted = span_words(bulletin.closed_at - bulletin.opened_at)
        said = f"I see Genesys again since {time_words(bulletin.closed_at, zone, now)}, after {lasted}."
        was = f"I could not see it from {since}{f': {because}' if because else '.'}"
        goes_on = (
            "Alerts are judged again. Finished contacts of that time are counted afterwards; live figures are not."
        )
        return _noticed(said, f"{was}\n{goes_on}", OVER)
    said = f"I cannot see Genesys since {since}{f': {because}' if because else '.'}"
    kept = f"{plural(alerts, 'alert keeps its state', 'alerts keep their state')}; " if alerts else ""
    rest = f"{kept}nothing will fire or resolve until I see it again."
    return _noticed(said, f"{rest[:1].upper()}{rest[1:]}", UNSEEN)


def absence_note(
    passed: Sequence[Passed] = (), *, zone: ZoneInfo, live_rules: int = 0, now: datetime | None = None
) -> str:
    """For `Bulletin.note`: what was missed and judged afterwards, as lines of plain text. `live_rules`: how many rules
    look at live figures, which could not be asked for later. `now`: of which day times need no date.
    """
    lines = []
    if passed:
        lines.append(f"Judged afterwards: {plural(len(passed), 'alert')} that I would have told you of.")
        lines += [_passed_line(each, zone=zone, now=now or each.began) for each in passed[:MOST_PASSED]]
        if len(passed) > MOST_PASSED:
            lines.append(f"… and {len(passed) - MOST_PASSED:,} more")
    else:
        lines.append("Finished contacts were judged afterwards: no alert was missed.")
    if live_rules:
        looks = plural(live_rules, "rule looks", "rules look")
        lines.append(
            f"{looks} at live figures (waiting, agents), which cannot be asked for later: nobody watched those."
        )
    return "\n".join(lines)


def _passed_line(each: Passed, *, zone: ZoneInfo, now: datetime) -> str:
    began = time_words(each.began, zone, now)
    stretch = f"{began}–{time_words(each.ended, zone, now)}, over" if each.ended else f"since {began}, still open"
    return f"• {queue_words(each.queue_name, None)}: {kit.shorten(kit.clean(each.title), 120)}, {stretch}"


def absence_message(
    bulletin: Bulletin, *, now: datetime, zone: ZoneInfo, since: datetime | None = None, until: datetime | None = None
) -> Message:
    """That the bot was stopped from `since` (else `bulletin.opened_at`) to `until` (else `bulletin.closed_at`, else
    `now`), and `bulletin.note`, which is lines as `absence_note` makes them. With one attachment.
    """
    start, end = since or bulletin.opened_at, until or bulletin.closed_at or now
    away = f"{time_words(start, zone, now)} to {time_words(end, zone, now)}"
    said = f"I was not running from {away} ({span_words(end - start)}): nobody was told of alerts in that time."
    return _noticed(said, kit.shorten(bulletin.note, _MOST_NOTE), UNSEEN)


def _noticed(said: str, rest: str, bar: str) -> Message:
    message = kit.message(f"{said} {rest.splitlines()[0]}" if rest else said, kit.paragraph(kit.bold(said)))
    blocks = [kit.section(rest)] if rest else [kit.context(said)]
    message["attachments"] = [{"color": bar, "fallback": kit.shorten(rest or said, kit.MOST_TEXT), "blocks": blocks}]
    return message
