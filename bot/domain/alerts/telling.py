"""Who is told of an open incident as time goes on, without anything new being known of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.domain.alerts.hours import is_quiet
from bot.domain.alerts.rules import Severity
from bot.domain.alerts.states import Decision, Notice, Status

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.alerts.rules import Terms
    from bot.domain.alerts.states import AlertState, Handling


def silence(terms: Terms, handling: Handling, *, now: datetime, muted: bool) -> str | None:
    """Why nobody is told anything at `now`; None when nothing stands against it."""
    if muted:
        return "the rule is muted"
    if handling.expected_by is not None:
        return "somebody expected it today"
    if handling.snoozed_until is not None and now < handling.snoozed_until:
        return "somebody snoozed it"
    if terms.severity is not Severity.CRITICAL and is_quiet(terms, now):
        return "these are quiet hours"
    return None


def tend(
    terms: Terms, state: AlertState, handling: Handling, *, now: datetime, muted: bool = False, worse: bool = False
) -> Decision:
    """What time alone brings; asked each minute for every open alert, and again after each reading.

    What was held back is told once it may be, a snooze that is over says that it still fires, nobody's incident is said
    again after `renotify`, and escalates. All of it only while it fires and is seen to: an alert that recovers, has too
    few contacts or no data says nothing. `worse`: what was acknowledged was less than this.
    """
    if not state.open:
        return Decision(state=state)
    silent = silence(terms, handling, now=now, muted=muted)
    if silent:
        # Of these something is told at the end of the silence even where the incident was told of before it.
        held = state.held or muted or worse
        return Decision(state=state if held is state.held else replace(state, held=True), reason=silent)
    if state.status is not Status.FIRING or state.unseen_since is not None or state.low_since is not None:
        return Decision(state=state)
    if state.notified_at is None:
        told = replace(state, fired_at=now, notified_at=now, held=False)
        return Decision(state=told, notices=(Notice.FIRED,), reason="it was held back until now")
    still = _still(terms, state, handling, state.notified_at, now=now, worse=worse)
    if still:
        state = replace(state, notified_at=now, held=False)
    notices = (Notice.STILL,) if still else ()
    if not _escalates(terms, state, handling, now=now):
        return Decision(state=state, notices=notices, reason=still)
    return Decision(
        state=replace(state, notified_at=now, escalated=state.escalated + 1),
        notices=(*notices, Notice.ESCALATED),
        step=state.escalated,
        reason=still or "nobody has acknowledged it",
    )


def _still(
    terms: Terms, state: AlertState, handling: Handling, notified: datetime, *, now: datetime, worse: bool
) -> str:
    """Why it is said again; empty when it is not."""
    if state.held:
        return "it was held back until now"
    if worse:
        return "it is worse than what was acknowledged"
    # Whatever was said after the end of a snooze has said it.
    if handling.snoozed_until is not None and notified < handling.snoozed_until:
        return "a snooze is over"
    if handling.acked_by is None and terms.renotify is not None and now - notified >= terms.renotify:
        return "nobody has acknowledged it"
    return ""


def _escalates(terms: Terms, state: AlertState, handling: Handling, *, now: datetime) -> bool:
    """Whether the next step is due: so long after it fired last, or after the end of a snooze."""
    if terms.severity is not Severity.CRITICAL or handling.acked_by is not None or state.fired_at is None:
        return False
    if state.escalated >= len(terms.escalation):
        return False
    since = max(state.fired_at, *state.firings, handling.snoozed_until or state.fired_at)
    return now - since >= terms.escalation[state.escalated].after
