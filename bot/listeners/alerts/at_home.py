"""What the Home tab shows of alerts: what is open in the reader's channels, and the rules there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.blocks.alerts.at_home import AlertsAtHome
from bot.domain.alerts.rules import RuleState
from bot.domain.ids import ChannelId
from bot.domain.period import zone_of
from bot.usecases.naming import narrower

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.blocks.alerts.entry import DamagedRule, Entry
    from bot.blocks.alerts.listed import Told
    from bot.domain.alerts.rules import Rule
    from bot.listeners.desk import Desk, Seat
    from bot.usecases.naming import Sight


async def alerts_at_home(desk: Desk, seat: Seat) -> AlertsAtHome:
    """Of the channels that the reader is in, and of their direct messages; nothing of other channels.

    Each channel's part as far as that channel may see queues. Costs a few reads of the database for each channel that
    has rules.
    """
    ruling, pressing, user = desk.alerts.ruling, desk.alerts.pressing, seat.visitor.user
    rules = await ruling.of_places(frozenset(await ruling.channels_of(user)))
    places = dict.fromkeys([*(rule.channel for rule in rules), ChannelId(user)])
    sights = await desk.places.sights(places)
    bulletins: list[Told] = []
    damaged: list[DamagedRule] = []
    for place in places:
        sight = sights.get(place)
        for bulletin, incidents in await pressing.open_in(place):
            shown = [one for one in incidents if sight is None or one.watched.queue in sight]
            bulletins += [(bulletin, shown)] if shown else []
        damaged += await ruling.damaged(place)
    return AlertsAtHome(
        now=seat.now,
        zone=zone_of(seat.now),
        entries=await _entries(desk, seat, rules, sights),
        bulletins=bulletins,
        damaged=damaged,
        # Whoever has no rules is not kept from anything by a Genesys that cannot be seen.
        blind_since=await pressing.blind_since() if rules else None,
        command=desk.typed("alert"),
        example=f"add {_word(ruling.example(seat.asker.sight))} sla < 80% for 10m",
    )


async def _entries(
    desk: Desk, seat: Seat, rules: tuple[Rule, ...], sights: Mapping[ChannelId, Sight | None]
) -> list[Entry]:
    """Each with the names that its own channel and the reader's place both show."""
    waiting = any(rule.state is RuleState.UNCONFIRMED for rule in rules)
    admin = not waiting or await desk.permits.is_admin(seat.visitor.user)
    entries = desk.alerts.entries.read_by(await desk.alerts.entries.of(rules), admin=admin)
    named = []
    for entry in entries:
        sight = narrower(sights.get(entry.rule.channel), seat.asker.sight)
        terms = entry.rule.terms
        names = desk.alerts.ruling.names_of(terms, sight) if terms.queues else ""
        open_ones = tuple(one for one in entry.open if sight is None or one.watched.queue in sight)
        named.append(replace(entry, names=names, open=open_ones))
    return named


def _word(name: str) -> str:
    return f'"{name}"' if " " in name or "," in name else name
