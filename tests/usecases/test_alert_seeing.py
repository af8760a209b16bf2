"""Whether Genesys can be seen, where a round of looks asks more than one thing."""

from __future__ import annotations

from bot.errors import GenesysForbidden, GenesysUnreachable
from bot.usecases.alerts.seeing import Eyes
from tests.usecases.alert_turns import minute


def test_counts_that_are_refused_for_long_are_told_although_the_moment_is_seen() -> None:
    """Each minute the look at this moment succeeds first, and must not start the clock of the other again."""
    eyes = Eyes()
    for number in range(4):
        eyes.opened()
        eyes.saw(minute(number))
        eyes.failed(GenesysForbidden(), minute(number))
    since, _ = eyes.blind(minute(3)) or (None, "")
    assert since == minute(0)


def test_what_failed_once_and_was_seen_since_begins_anew() -> None:
    eyes = Eyes()
    for number, fails in enumerate([True, False, True]):
        eyes.opened()
        eyes.saw(minute(number))
        if fails:
            eyes.failed(GenesysUnreachable(), minute(number))
    assert eyes.blind(minute(4)) is None
