"""`/digest` on the road of all commands. None of it answers with figures, so that all of it goes apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.commands.digests.command import EXAMPLE, is_help, parse_digest, with_queue
from bot.domain.period import zone_of
from bot.listeners.answering import Road
from bot.listeners.digests.deeds import DEEDS

if TYPE_CHECKING:
    from datetime import datetime

    from bot.commands.digests.command import DigestCommand
    from bot.domain.places import PlaceSettings
    from bot.listeners.answering import Errand, Said
    from bot.listeners.desk import Desk, Seat
    from bot.listeners.reply import Reply


def _read(text: str, now: datetime, limit: int, usual: PlaceSettings) -> DigestCommand:
    return parse_digest(text, now=now, zone=zone_of(now), usual=usual, limit=limit)


def _apart(command: DigestCommand) -> Errand:
    async def errand(desk: Desk, seat: Seat, reply: Reply, _: datetime) -> None:
        await DEEDS[type(command)](desk, seat, reply, command)

    return errand


async def _never(*_: object) -> Said:
    raise TypeError("a digest is no answer")


DIGEST: Road[Any] = Road(
    name="digest",
    example=EXAMPLE,
    with_queue=with_queue,
    wants_help=is_help,
    read=_read,
    about=lambda _: "the digest",
    ask=_never,
    apart=_apart,
    refresh="digest_again",
    share="digest_share",
)
