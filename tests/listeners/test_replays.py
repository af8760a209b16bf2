from datetime import UTC, datetime, timedelta

from bot.listeners.replays import Replays


def test_a_key_comes_first_once_and_again_when_its_lifetime_is_over():
    clock = [datetime(2026, 11, 20, 12, tzinfo=UTC)]
    replays = Replays(lifetime=timedelta(minutes=10), now=lambda: clock[0])
    assert replays.first("a")
    clock[0] += timedelta(minutes=10)
    assert not replays.first("a")
    assert replays.first("b")
    clock[0] += timedelta(seconds=1)
    assert replays.first("a")
    assert not replays.first("b")
