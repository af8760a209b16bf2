"""A centre with as many conversations as wanted: the n-th is computed from n, so that nothing has to be kept."""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from bot.demo.centre import Centre
from bot.demo.centre_cast import demo_organisation
from bot.demo.centre_organisation import MEDIA
from bot.demo.centre_table import ABANDONED, ANSWERED, DIRECTIONS, FLOW_OUT, NOBODY, OUTBOUND, Row, VisitTable, visit_of
from bot.demo.centre_visits import epoch_ms

if TYPE_CHECKING:
    from datetime import date

    from bot.demo.centre_conversations import Spot
    from bot.demo.centre_organisation import Organisation
    from bot.demo.centre_visits import Visit

_HOUR = 3_600_000
_DAY = 24 * _HOUR
_INBOUND, _OUTWARD = DIRECTIONS.index("inbound"), DIRECTIONS.index("outbound")
_64_BITS = (1 << 64) - 1


class BulkCentre(Centre):
    """The demo's organisation with `size` conversations that begin evenly spread over `days` UTC days from `start` on.

    Two in a hundred are calls made by agents; of the others one in ten is abandoned, two in a hundred flow out, and
    one answered conversation in eight is passed on to a second queue. Tables are made for aggregates only.
    """

    def __init__(self, size: int, *, start: date, days: int) -> None:
        organisation = demo_organisation()
        super().__init__(organisation, zone="UTC", opened=start)
        opened_ms = epoch_ms(datetime.combine(start, time(), UTC))
        self._computed = self.conversations = ComputedConversations(organisation, size, opened_ms, days * _DAY)

    def conversation(self, number: int) -> list[Visit]:
        """The visits of conversation `number`, 0 being the first to begin: what an export has to show."""
        return self._computed.visits(number, _64_BITS)

    def _made(self, day: date) -> VisitTable:
        start = epoch_ms(datetime.combine(day, time(), UTC))
        numbers = self._computed.begun(start, start + _DAY)
        rows = (row for number in numbers for row in self._computed.rows(number))
        return VisitTable(rows, self._computed.conversation_id)


class ComputedConversations:
    """See `Conversations`. A conversation's number is its place in the order of starts."""

    longest_life = _HOUR

    def __init__(self, organisation: Organisation, size: int, opened_ms: int, span_ms: int) -> None:
        self._organisation = organisation
        self._size = size
        self._opened = opened_ms
        self._span = span_ms
        self._places = [
            (queue, MEDIA.index(media))
            for queue, configured in enumerate(organisation.queues)
            for media, flow in configured.flows.items()
            for _ in range(1 + int(flow.weekday / 10))
        ]
        agents = {agent.id: index for index, agent in enumerate(organisation.agents)}
        self._teams = [[agents[member] for member in queue.members] for queue in organisation.queues]

    def begun(self, start_ms: int, end_ms: int) -> range:
        """See `Conversations`."""
        everything = range(self._size)
        first, last = (bisect_left(everything, at, key=self._start) for at in (start_ms, end_ms))
        return range(first, last)

    def spots(self, number: int, now_ms: int) -> list[Spot]:
        """See `Conversations`."""
        dice = _dice(number)
        if _passed_on(dice):
            return [row[:3] for row in self.rows(number) if row.offered <= now_ms]
        queue, media = self._places[dice % len(self._places)]
        return [(queue, media, _OUTWARD if _outcome(dice) == OUTBOUND else _INBOUND)]

    def span(self, number: int) -> tuple[int, int]:
        """See `Conversations`."""
        last = self.rows(number)[-1]
        return self._start(number), last.offered + last.wait + last.talk + last.hold + last.acw

    def visits(self, number: int, now_ms: int) -> list[Visit]:
        """See `Conversations`."""
        name = self.conversation_id(number)
        return [visit_of(row, name, self._organisation) for row in self.rows(number) if row.offered <= now_ms]

    def rows(self, number: int) -> list[Row]:
        """The visits in indexes, the future included."""
        dice = _dice(number)
        place = self._places[dice % len(self._places)]
        first = self._row(number, dice, place, self._start(number), _outcome(dice))
        if not _passed_on(dice):
            return [first]
        again, outcome = _dice(~number), ABANDONED if number % 9 == 0 else ANSWERED
        elsewhere = (place[0] + 7) % len(self._organisation.queues), place[1]
        moved = first.offered + first.wait + first.talk + first.hold
        return [first._replace(transfer=1 + number % 2), self._row(number, again, elsewhere, moved, outcome)]

    def conversation_id(self, number: int) -> str:
        """An id of the platform's shape; ids are in the order of starts."""
        dice = _dice(number)
        return f"{number:08x}-{dice & 0xFFFF:04x}-4000-8000-{dice >> 16:012x}"

    def _start(self, number: int) -> int:
        slot = self._span // self._size
        return self._opened + number * self._span // self._size + _dice(number) % slot

    def _row(self, number: int, dice: int, place: tuple[int, int], offered: int, outcome: int) -> Row:
        queue, media = place
        wait = 1_000 + (dice >> 13) % 90_000
        team = self._teams[queue]
        row = Row(
            queue=queue,
            media=media,
            direction=_OUTWARD if outcome == OUTBOUND else _INBOUND,
            offered=offered,
            wait=wait,
            outcome=outcome,
            conversation=number,
        )
        if outcome not in (ANSWERED, OUTBOUND):
            return row
        return row._replace(
            agent=team[(dice >> 17) % len(team)] if team else NOBODY,
            alert=min(wait, 2_000 + (dice >> 23) % 3_000) if outcome == ANSWERED else 0,
            talk=30_000 + (dice >> 29) % 570_000,
            hold=0 if (dice >> 33) % 5 else 5_000 + (dice >> 37) % 60_000,
            acw=(dice >> 41) % 60_000,
            wrap_up=(dice >> 47) % len(self._organisation.wrap_up_codes),
        )


def _dice(number: int) -> int:
    """64 bits that look random and follow from the number (SplitMix64's finish)."""
    mixed = (number + 1) * 0x9E3779B97F4A7C15 & _64_BITS
    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9 & _64_BITS
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB & _64_BITS
    return mixed ^ mixed >> 31


def _outcome(dice: int) -> int:
    hundred = (dice >> 7) % 100
    if hundred < 2:
        return OUTBOUND
    if hundred < 4:
        return FLOW_OUT
    return ABANDONED if hundred < 14 else ANSWERED


def _passed_on(dice: int) -> bool:
    return (dice >> 53) % 8 == 0 and _outcome(dice) == ANSWERED
