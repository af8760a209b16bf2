"""When a rule would have fired: one sentence, and the list behind it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.blocks import forms, kit
from bot.blocks.alerts.evidence import short_words
from bot.blocks.alerts.words import plural, queue_words, span_words
from bot.blocks.wording import moment
from bot.domain.figures import count

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from bot.blocks.alerts.entry import Fire, Replay
    from bot.blocks.kit import Block

MOST_FIRES = 40
_DAY = timedelta(days=1)
_TWO_WEEKS = 14
_OFTEN = 2
"""Fires a day from which on a channel stops reading."""


def replay_words(replay: Replay) -> str:
    """As “Would have fired 6 times in the last 4 weeks, longest 22 min.”"""
    if replay.live:
        return "It looks at live figures, which are not kept: how often it would have fired is not known."
    if replay.learning:
        return "There is too little history yet for a usual range: three weeks are needed, and until then it is silent."
    stretch = _stretch(replay)
    fires = replay.fires
    if not fires:
        return f"Would not have fired in {stretch}."
    times = {1: "once", 2: "twice"}.get(len(fires), f"{count(len(fires))} times")
    longest = max((replay.end if fire.ended_at is None else fire.ended_at) - fire.fired_at for fire in fires)
    said = (
        f"Would have fired {times} in {stretch}, {'lasting' if len(fires) == 1 else 'longest'} {span_words(longest)}."
    )
    days = max((replay.end - replay.start) / _DAY, 1.0)
    if len(fires) / days >= _OFTEN:
        said += f" That is about {round(len(fires) / days)} a day: a stricter limit or a longer time makes it quieter."
    return said


def _stretch(replay: Replay) -> str:
    days = max(round((replay.end - replay.start) / _DAY), 1)
    if days >= _TWO_WEEKS:
        return f"the last {plural(round(days / 7), 'week')}"
    return "the last day" if days == 1 else f"the last {days} days"


def fire_line(fire: Fire, *, zone: ZoneInfo) -> str:
    """As “Tue 17 Nov, 10:05 · Billing · 22 min · worst 41 %”."""
    lasted = span_words(fire.ended_at - fire.fired_at) if fire.ended_at else "still open"
    worst = f" · worst {short_words(fire.worst)}" if fire.worst else ""
    return f"{moment(fire.fired_at, zone)} · {queue_words(fire.queue_name, fire.media)} · {lasted}{worst}"


def fire_blocks(replay: Replay, *, zone: ZoneInfo) -> list[Block]:
    """The latest forty, latest first."""
    fires = sorted(replay.fires, key=lambda fire: (fire.fired_at, fire.queue_name), reverse=True)
    if not fires:
        return []
    blocks = kit.bullet_lists([[kit.words(fire_line(fire, zone=zone))] for fire in fires[:MOST_FIRES]])
    left = len(fires) - MOST_FIRES
    return [*blocks, kit.context(f"… and {count(left)} earlier")] if left > 0 else blocks


def replay_view(replay: Replay, title: str, *, zone: ZoneInfo) -> Block:
    """A back-test in a window over the form: the sentence, then date, queue, duration and worst value of each."""
    return forms.modal(
        "Back-Test",
        [
            kit.paragraph(kit.bold(replay_words(replay))),
            kit.context(f"{kit.shorten(kit.clean(title), 300)} · {moment(replay.start, zone)} to now, {zone.key}"),
            *fire_blocks(replay, zone=zone),
            kit.context("Played back from finished quarter hours. Mutes and quiet hours are left out of account."),
        ],
        close="Back",
    )
