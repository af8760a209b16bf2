"""How fast Slack lets an app call: posting per channel and in the whole workspace, all else by the method's tier."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.demo.slack_coverage import method_named


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How many calls are taken: `burst` at once, then one per `every`."""

    every: timedelta = timedelta(seconds=1)
    burst: int = 5


WORKSPACE_PACE = Pace(every=timedelta(seconds=0.2), burst=60)
"""Of `chat.postMessage` in all channels together: 300 a minute. Slack says "several hundred" and no number."""

TIERS = {1: 1, 2: 20, 3: 50, 4: 100}
"""Tier to calls a minute. Slack allows "some burst" above it: here a minute's calls may come at once."""


class PostPace:
    """Counts calls per channel, or of the workspace under one name; the clock is monotonic, in seconds."""

    def __init__(self, pace: Pace | None, *, clock: Callable[[], float]) -> None:
        self._pace = pace
        self._clock = clock
        self._free_at: dict[str, float] = {}

    def wait_for(self, channel: str) -> timedelta | None:
        """Take a place in the channel's pace: None if there is one, else how long until there is one."""
        wait = self.wait(channel)
        if wait is None:
            self.take(channel)
        return wait

    def wait(self, channel: str) -> timedelta | None:
        """How long until there is a place; None if there is one."""
        if self._pace is None:
            return None
        now = self._clock()
        excess = max(self._free_at.get(channel, now), now) - now - self._every * (self._pace.burst - 1)
        return timedelta(seconds=excess) if excess > 1e-9 else None

    def take(self, channel: str) -> None:
        """Take a place."""
        now = self._clock()
        self._free_at[channel] = max(self._free_at.get(channel, now), now) + self._every

    @property
    def _every(self) -> float:
        return self._pace.every.total_seconds() if self._pace else 0.0


class Limits:
    """The limits of all methods. Refused calls take no place."""

    def __init__(self, *, channel: Pace | None, workspace: Pace | None, clock: Callable[[], float]) -> None:
        """`channel` None lifts every limit; `workspace` None only that of posting in all channels together."""
        self._on = channel is not None
        self._posts_here = PostPace(channel, clock=clock)
        self._posts = PostPace(workspace, clock=clock)
        self._tiers = {
            tier: PostPace(Pace(every=timedelta(minutes=1) / calls, burst=calls), clock=clock)
            for tier, calls in TIERS.items()
        }

    def wait_for(self, method: str, channel: str) -> timedelta | None:
        """Take a place for this call: None if there is one, else how long to wait. `channel` may be empty."""
        if not self._on:
            return None
        if method == "chat.postMessage":
            if (wait := self._posts.wait(method) or self._posts_here.wait(channel)) is None:
                self._posts.take(method)
                self._posts_here.take(channel)
            return wait
        known = method_named(method)
        return self._tiers[known.tier].wait_for(method) if known and known.tier else None
