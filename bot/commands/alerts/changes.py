"""What `/alert edit` changes, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.domain.alerts.rules import Kind, Preset, Severity
from bot.errors import BadWord

if TYPE_CHECKING:
    from datetime import timedelta
    from fractions import Fraction
    from zoneinfo import ZoneInfo

    from bot.domain.alerts.rules import Condition, Hours, Step, Terms
    from bot.domain.questions import QueueWord
    from bot.domain.queues import Media


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What was said of a rule; None and False for what was not."""

    queues: tuple[QueueWord, ...] | None = None
    """Empty: every queue. As they were typed."""
    media: tuple[Media, ...] | None = None
    conditions: tuple[Condition, ...] | None = None
    """All of them; the rule has a threshold then."""
    preset: Preset | None = None
    """Given when `unusual` was said."""
    z: Fraction | None = None
    """Given when `zscore` was said."""
    window: timedelta | None = None
    minimum: int | None = None
    pending: timedelta | None = None
    recover_for: timedelta | None = None
    severity: Severity | None = None
    zone: ZoneInfo | None = None
    hours: Hours | None = None
    no_hours: bool = False
    """Whether it is to hold at any hour."""
    quiet: Hours | None = None
    no_quiet: bool = False
    holidays: bool | None = None
    mention: tuple[str, ...] | None = None
    """Empty: nobody any more."""
    escalation: tuple[Step, ...] | None = None
    """Empty: to nobody any more."""
    renotify: timedelta | None = None
    no_renotify: bool = False
    """Whether nothing is said again."""

    def apply(self, terms: Terms) -> Terms:
        """`terms` with the changes. A rule that is no longer critical loses its escalation.

        Raises BadWord when steps of escalation were said of a rule that is not critical.
        """
        kind, conditions = terms.kind, terms.conditions
        if self.conditions is not None:
            kind, conditions = Kind.THRESHOLD, self.conditions
        elif self.preset is not None:
            kind, conditions = Kind.UNUSUAL, ()
        elif self.z is not None:
            kind, conditions = Kind.ZSCORE, ()
        severity = self.severity or terms.severity
        if self.escalation and severity is not Severity.CRITICAL:
            expected = "part of a warning: only critical rules escalate, so “critical” goes with it"
            raise BadWord("escalate", expected, example="/alert edit 2 critical escalate 15m @lead")
        escalation = terms.escalation if self.escalation is None else self.escalation
        return replace(
            terms,
            queues=terms.queues if self.queues is None else self.queues,
            kind=kind,
            media=terms.media if self.media is None else self.media,
            conditions=conditions,
            preset=self.preset or (terms.preset if kind is terms.kind else Preset.DEFAULT),
            z=self.z or terms.z,
            window=self.window or terms.window,
            minimum=terms.minimum if self.minimum is None else self.minimum,
            pending=terms.pending if self.pending is None else self.pending,
            recover_for=terms.recover_for if self.recover_for is None else self.recover_for,
            severity=severity,
            zone=self.zone or terms.zone,
            hours=None if self.no_hours else self.hours or terms.hours,
            quiet=None if self.no_quiet else self.quiet or terms.quiet,
            holidays=terms.holidays if self.holidays is None else self.holidays,
            mention=terms.mention if self.mention is None else self.mention,
            escalation=escalation if severity is Severity.CRITICAL else (),
            renotify=None if self.no_renotify else self.renotify or terms.renotify,
        )
