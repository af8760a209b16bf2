"""`/alert` on the road of all commands. None of it answers with figures, so that all of it goes apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.commands.alerts.command import EXAMPLE, is_help, read_alert, with_queue
from bot.domain.period import zone_of
from bot.listeners.alerts.deeds import DEEDS
from bot.listeners.answering import Road

if TYPE_CHECKING:
    from datetime import datetime

    from bot.commands.alerts.spoken import AlertCommand
    from bot.domain.places import PlaceSettings
    from bot.listeners.answering import Errand, Said
    from bot.listeners.desk import Desk, Seat
    from bot.listeners.reply import Reply


def _read(text: str, now: datetime, limit: int, usual: PlaceSettings) -> AlertCommand:
    return read_alert(text, now=now, zone=zone_of(now), usual=usual, limit=limit)


def _apart(command: AlertCommand) -> Errand:
    async def errand(desk: Desk, seat: Seat, reply: Reply, _: datetime) -> None:
        await DEEDS[type(command)](desk, seat, reply, command)

    return errand


async def _never(*_: object) -> Said:
    raise TypeError("an alert is no answer")


ALERT: Road[Any] = Road(
    name="alert",
    example=EXAMPLE,
    with_queue=with_queue,
    wants_help=is_help,
    read=_read,
    about=lambda _: "the alerts",
    ask=_never,
    apart=_apart,
    refresh="alert_again",
    share="alert_share",
)
