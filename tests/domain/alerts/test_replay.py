"""Rows of several queues through one rule."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.alerts.quarters import Quarter
from bot.domain.alerts.readings import Outcome, Signal
from bot.domain.alerts.replay import Begun, Named, OutOfOrder, Row, replay
from bot.domain.alerts.unusual import Verdict

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
BILLING, SALES, CHAT = Named("Billing", ""), Named("Sales", ""), Named("Billing", "chat")


class Over:
    """Alarms while more than ten are offered."""

    def __init__(self) -> None:
        self.on = False

    def feed(self, row: Quarter) -> Verdict | None:
        before, self.on = self.on, row.offered > 10
        outcome = Outcome.BREACH if self.on else Outcome.CLEAR
        fired = (Signal.VOLUME_HIGH,) if self.on and not before else ()
        return Verdict(at=row.end, fired=fired, began=bool(fired), alarmed=self.on, outcome=outcome)


def row(place: Named, number: int, offered: int) -> Row:
    return Row(place, Quarter(START + number * timedelta(minutes=15), offered=offered))


def test_each_place_has_its_own_alarm_and_is_told_when_it_begins() -> None:
    rows = [row(place, number, 20 if number > 1 else 5) for number in range(5) for place in (BILLING, SALES, CHAT)]
    told = replay(rows, Over)
    at = START + timedelta(minutes=45)
    assert told.begun == tuple(Begun(place, at, (Signal.VOLUME_HIGH,)) for place in (BILLING, SALES, CHAT))
    assert (told.rows, told.places, told.repeated) == (15, 3, 0)
    assert (told.first, told.last) == (START, START + timedelta(hours=1))


def test_places_need_not_be_in_step() -> None:
    rows = [row(BILLING, 0, 1), row(BILLING, 1, 20), row(SALES, 0, 20)]
    assert [begun.place for begun in replay(rows, Over).begun] == [BILLING, SALES]


def test_a_row_that_comes_twice_is_left_out() -> None:
    assert replay([row(BILLING, 0, 1), row(BILLING, 0, 20)], Over).repeated == 1


def test_a_place_that_goes_back_in_time_is_refused() -> None:
    with pytest.raises(OutOfOrder):
        replay([row(BILLING, 1, 1), row(BILLING, 0, 1)], Over)


def test_no_rows_no_alarms() -> None:
    assert replay([], Over).first is None
