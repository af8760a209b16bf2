"""What people should be told, by a second and simpler way: a table, and looking back over everything that was read.

Minutes are whole numbers here. It shares nothing with `bot.domain.alerts.decide` but the names of outcomes and notices.
"""

from __future__ import annotations

from dataclasses import dataclass, field

TABLE = {
    "ok": {"breach": "pending"},
    "pending": {"breach": "pending", "between": "ok", "clear": "ok", "low": "ok", "closed": "ok"},
    "firing": {"clear": "recovering", "closed": "ok"},
    "recovering": {"breach": "firing", "between": "firing", "closed": "ok"},
}
"""What is not here stays."""
FLAPPING = 120


@dataclass
class Choices:
    """A rule's, in minutes."""

    pending: int
    recover_for: int
    renotify: int | None
    cooldown: int
    nodata_after: int
    hold_low: int
    critical: bool
    steps: tuple[int, ...]
    quiet: range


@dataclass
class People:
    acked: bool = False
    snoozed_until: int | None = None
    expected: bool = False
    muted: bool = False


@dataclass
class Incident:
    opened: int
    fired: int
    last_fired: int
    told: int | None = None
    owed: bool = False
    steps: int = 0
    open: bool = True


@dataclass
class Model:
    choices: Choices
    people: People = field(default_factory=People)
    read_so_far: list[tuple[int, str, str]] = field(default_factory=list)
    """When, what, and how it stood then."""
    incident: Incident | None = None
    changes: list[int] = field(default_factory=list)
    """When it fired or was over."""
    firings: list[int] = field(default_factory=list)
    unstable: bool = False

    @property
    def status(self) -> str:
        return self.read_so_far[-1][2] if self.read_so_far else "ok"

    def read(self, now: int, at: int, outcome: str, *, worse: bool) -> list[str]:
        seen = [when for when, what, _ in self.read_so_far if what != "nodata"]
        if seen and at <= max(seen):
            return self.wait(now)
        if outcome != "nodata" and self.unstable and at - self.changes[-1] >= FLAPPING:
            self.unstable, self.firings = False, []
        before = next((status for *_, status in reversed(self.read_so_far) if status != "no_data"), "ok")
        after = self._becomes(before, at, outcome)
        self.read_so_far.append((at, outcome, after))
        if after == "firing" and before in {"ok", "pending"}:
            return self._fires(now, at)
        if after == "ok" and self.incident and self.incident.open:
            return self._ends(now, at, outcome)
        if worse and self.people.acked and self.incident and self.incident.open:
            self.people.acked = False
            return self.wait(now, worse=True)
        return self.wait(now)

    def wait(self, now: int, *, worse: bool = False) -> list[str]:
        incident = self.incident
        if incident is None or not incident.open:
            return []
        if self._silent(now):
            incident.owed = incident.owed or self.people.muted or worse
            return []
        if self.status != "firing" or self.read_so_far[-1][1] in {"nodata", "low"}:
            return []
        if incident.told is None:
            incident.told, incident.fired, incident.owed = now, now, False
            return ["fired"]
        told = []
        snooze, ours = self.people.snoozed_until, self.choices
        forgotten = ours.renotify is not None and not self.people.acked and now - incident.told >= ours.renotify
        if incident.owed or worse or (snooze is not None and incident.told < snooze) or forgotten:
            told.append("still")
        steps = ours.steps if ours.critical and not self.people.acked else ()
        since = max(incident.fired, incident.last_fired, snooze or 0)
        if incident.steps < len(steps) and now - since >= steps[incident.steps]:
            told.append("escalated")
            incident.steps += 1
        if "still" in told:
            incident.owed = False
        if told:
            incident.told = now
        return told

    def _becomes(self, before: str, at: int, outcome: str) -> str:
        ours = self.choices
        if outcome == "nodata":
            blind = self.status == "no_data" or at - self._run_of_outcomes("nodata", at) >= ours.nodata_after
            return "no_data" if blind and before in {"ok", "firing"} else before
        if self.status == "no_data" and outcome == "clear":
            return before
        after = TABLE[before].get(outcome, before)
        if after == "pending" and at - self._run_of_status("pending", at) >= ours.pending:
            return "firing"
        enough = ours.recover_for * (2 if self.unstable else 1)
        if after == "recovering" and outcome == "clear" and at - self._run_of_status("recovering", at) >= enough:
            return "ok"
        few = outcome == "low" and before in {"firing", "recovering"}
        if few and at - self._run_of_outcomes("low", at) >= ours.hold_low:
            return "ok"
        return after

    def _run_of_status(self, status: str, at: int, before: list[tuple[int, str, str]] | None = None) -> int:
        """Since when it stands like that without a break."""
        start, after, seen = at, at, at
        for when, what, then in reversed(self.read_so_far if before is None else before):
            if then != status:
                break
            if what == "nodata" and seen - when >= self.choices.nodata_after:
                # Nobody saw for so long that it went on.
                return after
            if what != "nodata":
                seen = after = when
            start = when
        return start

    def _run_of_outcomes(self, outcome: str, at: int) -> int:
        start = at
        for when, what, _ in reversed(self.read_so_far):
            if what != outcome:
                break
            start = when
        return start

    def _fires(self, now: int, at: int) -> list[str]:
        last, was_unstable = self.incident, self.unstable
        again = last is not None and (self.unstable or at - self.changes[-1] <= self.choices.cooldown)
        self.firings = [when for when in self.firings if at - when <= FLAPPING] + [at]
        self.changes.append(at)
        self.unstable = self.unstable or len(self.firings) >= 3
        if last is not None and again:
            incident = last
            incident.open, incident.last_fired = True, at
            self.people.acked = False
        else:
            began = self._run_before_this()
            incident = self.incident = Incident(opened=began, fired=now, last_fired=at)
            self.people.acked, self.people.snoozed_until, self.people.expected = False, None, False
        if self._silent(now):
            incident.owed = True
            return []
        if was_unstable and incident.told is not None:
            return []
        told = ["reopened" if incident.told is not None else "fired"]
        incident.told, incident.owed = now, False
        return [*told, "unstable"] if self.unstable and not was_unstable else told

    def _run_before_this(self) -> int:
        *before, (at, *_) = self.read_so_far
        return self._run_of_status("pending", at, before)

    def _ends(self, now: int, at: int, outcome: str) -> list[str]:
        assert self.incident is not None
        self.incident.open, self.incident.owed = False, False
        self.changes.append(at)
        if self._silent(now) or self.incident.told is None or self.unstable:
            return []
        self.incident.told = now
        return [{"clear": "resolved", "closed": "closed", "low": "faded"}[outcome]]

    def _silent(self, now: int) -> bool:
        people = self.people
        snoozed = people.snoozed_until is not None and now < people.snoozed_until
        quiet = not self.choices.critical and now in self.choices.quiet
        return people.muted or people.expected or snoozed or quiet
