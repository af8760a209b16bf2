"""What several answers about alerts have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.listeners.home import show_home

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from bot.blocks.alerts.entry import Replay
    from bot.domain.alerts.keeping import Holiday
    from bot.domain.alerts.rules import Rule
    from bot.domain.alerts.states import Incident
    from bot.domain.ids import UserId
    from bot.listeners.desk import Desk
    from bot.usecases.naming import Sight


async def replayed(desk: Desk, rule: Rule) -> Replay:
    """When it would have fired in the last four weeks."""
    return await desk.alerts.trials.replay(rule)


def home_changed(desk: Desk, *users: UserId) -> None:
    """Their Home tabs show what is true now."""
    for user in dict.fromkeys(users):
        show_home(desk, user)


def in_sight(incidents: Iterable[Incident], *sights: Sight | None) -> tuple[Incident, ...]:
    """Those of queues that all of these show: what fired before a channel was limited is told there no more."""
    limits = [sight for sight in sights if sight is not None]
    return tuple(one for one in incidents if all(one.watched.queue in sight for sight in limits))


def names_of_days(days: Sequence[Holiday], now: datetime, command: str) -> str:
    """The organisation's holidays from today on, as a list."""
    coming = [each for each in days if each.day >= now.date()]
    if not coming:
        return f"No holidays are set. Add one: {command} holidays add 2026-12-25 Christmas"
    lines = [f"{each.day:%a %-d %b %Y} {each.name}".rstrip() for each in coming]
    return "Nothing is judged on these days, and nothing is learnt from them:\n" + "\n".join(lines)
