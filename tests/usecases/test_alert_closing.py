"""What is unusual when a queue closes, of a rule that knows no opening hours."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.alerts.readings import Outcome
from bot.domain.alerts.samples import QUARTER, Sample
from bot.usecases.alerts.detecting import Detecting
from tests.usecases.test_alert_looking import NOON, UNUSUAL, VOICE, outcomes, plan, view

CLOSING = NOON + timedelta(hours=6)
OPENING = timedelta(hours=8)
"""Hours are UTC, and so are London's in November; six weeks back they are one later."""


def closed(rows_after: int) -> Detecting:
    """Five weeks of thirty calls in a quarter hour; in the last hour before closing hardly any is answered in time."""
    start = CLOSING - timedelta(weeks=5)
    detecting = Detecting(plan(UNUSUAL), holidays=frozenset(), normal_since={}, end=start)
    starts = [start + number * QUARTER for number in range((CLOSING - start) // QUARTER + rows_after)]
    samples = []
    for at in starts:
        since = at - at.replace(hour=0, minute=0)
        if OPENING <= since < OPENING + timedelta(hours=10):
            in_time = 3 if at >= CLOSING - timedelta(hours=1) else 26
            within = {timedelta(seconds=20): in_time}
            samples.append(Sample(place=VOICE, start=at, offered=30, answered=28, abandoned=2, within=within))
    detecting.feed(samples, [], starts)
    return detecting


def test_what_is_unusual_in_the_last_row_before_closing_is_not_so_all_night() -> None:
    found = []
    for rows in (0, 1):
        seen = view(detecting=closed(rows), seen={}, fresh=False)
        found += [outcome for _, outcome in outcomes(plan(UNUSUAL), seen)]
    assert found == [Outcome.BREACH, Outcome.LOW]
