from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.ids import QueueId
from bot.domain.live import Contacts, QueueNow, busiest, contacts_by_load, half_hour_of
from bot.domain.queues import Media, Queue


def now(name: str, waiting: int | None, longest: int = 0, handled: int = 0) -> QueueNow:
    contacts = Contacts(
        media=Media.VOICE,
        waiting=waiting,
        interacting=handled,
        alerting=0,
        longest_wait=timedelta(seconds=longest) if waiting else None,
    )
    return QueueNow(queue=Queue(id=QueueId(name), name=name), contacts=(contacts,), agents=None)


def test_busiest_is_most_waiting_then_longest_wait_then_most_handled_and_the_unknown_last() -> None:
    rows = [now("unknown", None), now("a", 0), now("b", 0, handled=3), now("c", 2, 10), now("d", 2, 90), now("e", 5, 1)]
    assert [row.queue.name for row in busiest(rows)] == ["e", "d", "c", "b", "a", "unknown"]


def test_those_who_hold_the_line_come_before_those_who_do_not() -> None:
    email = Contacts(media=Media.EMAIL, waiting=40, interacting=0, alerting=0)
    voice = Contacts(media=Media.VOICE, waiting=1, interacting=0, alerting=0)
    assert contacts_by_load([email, voice]) == (voice, email)


@pytest.mark.parametrize(
    ("moment", "zone", "start"),
    [
        pytest.param("2026-11-21T09:30:00", "Europe/Paris", "2026-11-21T09:30:00", id="on the half hour"),
        pytest.param("2026-11-21T09:29:59.999", "Europe/Paris", "2026-11-21T09:00:00", id="just before it"),
        pytest.param("2026-11-21T09:20:00", "Asia/Kathmandu", "2026-11-21T09:15:00", id="an offset of 5:45 hours"),
        pytest.param("2026-10-25T00:45:00", "Europe/London", "2026-10-25T00:30:00", id="before clocks go back"),
        pytest.param("2026-10-25T01:45:00", "Europe/London", "2026-10-25T01:30:00", id="after"),
    ],
)
def test_the_half_hour_is_that_of_the_clock_on_the_wall(moment: str, zone: str, start: str) -> None:
    found = half_hour_of(datetime.fromisoformat(moment).replace(tzinfo=UTC), ZoneInfo(zone))
    begins = datetime.fromisoformat(start).replace(tzinfo=UTC)
    assert (found.start, found.end) == (begins, begins + timedelta(minutes=30))


def test_who_asks_later_in_the_half_hour_asks_for_the_same() -> None:
    zone = ZoneInfo("Europe/Paris")
    first = datetime(2026, 11, 21, 9, 31, tzinfo=UTC)
    assert half_hour_of(first, zone) == half_hour_of(first + timedelta(minutes=20, microseconds=1), zone)


def test_nothing_known_is_no_sum_and_something_known_is() -> None:
    lost = QueueNow(queue=Queue(id=QueueId("q"), name="q"), contacts=(), agents=None)
    assert (lost.waiting, lost.longest_wait, lost.reported, lost.quiet) == (None, None, False, False)
    assert now("a", 0).waiting == 0
    assert now("a", 0).quiet


def test_video_is_known_without_who_waits() -> None:
    assert Contacts(media=Media.VIDEO, interacting=0).reported
    assert not Contacts(media=Media.VOICE, interacting=0).reported
