"""When a queue is usually open, told from its contacts."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.alerts.rules import Hours
from bot.domain.alerts.samples import Place, Sample
from bot.domain.ids import QueueId
from bot.domain.queues import Media
from bot.usecases.alerts.openings import hours_of

LONDON = ZoneInfo("Europe/London")
PLACE = Place(QueueId("q1"), Media.VOICE)
MONDAY = date(2026, 11, 2)
WORKING = frozenset(range(5))


def contacts(*times: str, weeks: int = 4, days: frozenset[int] = WORKING) -> list[Sample]:
    dates = [MONDAY + timedelta(days=7 * week + day) for week in range(weeks) for day in sorted(days)]
    return [
        Sample(place=PLACE, start=datetime.combine(day, time.fromisoformat(at), LONDON).astimezone(UTC), offered=3)
        for day in dates
        for at in times
    ]


def test_it_is_open_from_the_first_to_the_last_quarter_hour_with_contacts():
    found = hours_of(contacts("08:00", "12:15", "17:45"), zone=LONDON)
    assert found == Hours(days=WORKING, start=time(8), end=time(18))


def test_one_call_in_one_night_is_no_opening():
    night = contacts("03:00", weeks=1, days=frozenset({2}))
    found = hours_of([*night, *contacts("08:00", "17:45")], zone=LONDON)
    assert found == Hours(days=WORKING, start=time(8), end=time(18))


def test_a_queue_that_is_called_day_and_night_has_no_hours():
    assert hours_of(contacts("00:15", "23:45", days=frozenset(range(7))), zone=LONDON) is None


def test_without_contacts_nothing_is_known():
    assert hours_of([], zone=LONDON) is None
