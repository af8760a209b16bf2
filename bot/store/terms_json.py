"""Terms of rules as the JSON text they are kept as.

Written in full and read strictly, as `order_json` does and for its reasons. Numbers of conditions are fractions as
text: they are compared exactly.
"""

from __future__ import annotations

from datetime import time, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import Annotated, Literal

import msgspec

from bot.domain.alerts.rules import Compare, Condition, Hours, Kind, Preset, Severity, Step, Terms
from bot.domain.queues import Media
from bot.store.order_json import Word, threshold_kept, threshold_read, words_kept, words_read, zone_read

_MILLISECOND = timedelta(milliseconds=1)
_KEPT_IN_MEMORY = 16_384
"""Terms that need not be read again whenever rules changed."""


class _Condition(msgspec.Struct, forbid_unknown_fields=True):
    measure: str
    compare: Compare
    limit: str
    """`4/5`."""
    recovery: str
    threshold_ms: int | None = None


class _Hours(msgspec.Struct, forbid_unknown_fields=True):
    days: tuple[Annotated[int, msgspec.Meta(ge=0, le=6)], ...]
    start: str
    """`07:45`."""
    end: str


class _Step(msgspec.Struct, forbid_unknown_fields=True):
    after_ms: int
    mention: str


class _Terms(msgspec.Struct, forbid_unknown_fields=True):
    queues: tuple[Word, ...]
    kind: Kind
    zone: str
    media: tuple[Media, ...] = ()
    conditions: tuple[_Condition, ...] = ()
    preset: Preset = Preset.DEFAULT
    z: str = "2"
    window_ms: int = 1_800_000
    minimum: int = 10
    pending_ms: int = 600_000
    recover_for_ms: int = 600_000
    severity: Severity = Severity.WARNING
    hours: _Hours | None = None
    quiet: _Hours | None = None
    holidays: bool = True
    mention: tuple[str, ...] = ()
    escalation: tuple[_Step, ...] = ()
    renotify_ms: int | None = 3_600_000
    cooldown_ms: int = 1_800_000
    nodata_after_ms: int = 900_000
    hold_low_ms: int = 3_600_000
    v: Literal[1] = 1


_decoder = msgspec.json.Decoder(_Terms)


def write_terms(terms: Terms) -> str:
    """The same text for equal terms."""
    kept = _Terms(
        queues=words_kept(terms.queues),
        kind=terms.kind,
        zone=terms.zone.key,
        media=terms.media,
        conditions=tuple(_condition_kept(each) for each in terms.conditions),
        preset=terms.preset,
        z=str(terms.z),
        window_ms=_kept(terms.window),
        minimum=terms.minimum,
        pending_ms=_kept(terms.pending),
        recover_for_ms=_kept(terms.recover_for),
        severity=terms.severity,
        hours=_hours_kept(terms.hours),
        quiet=_hours_kept(terms.quiet),
        holidays=terms.holidays,
        mention=terms.mention,
        escalation=tuple(_Step(after_ms=_kept(step.after), mention=step.mention) for step in terms.escalation),
        renotify_ms=threshold_kept(terms.renotify),
        cooldown_ms=_kept(terms.cooldown),
        nodata_after_ms=_kept(terms.nodata_after),
        hold_low_ms=_kept(terms.hold_low),
    )
    return msgspec.json.encode(kept).decode()


@lru_cache(_KEPT_IN_MEMORY)
def read_terms(text: str) -> Terms:
    """Raises ValueError, saying what is wrong with the text."""
    kept = _decoder.decode(text)
    return Terms(
        queues=words_read(kept.queues),
        kind=kept.kind,
        zone=zone_read(kept.zone),
        media=kept.media,
        conditions=tuple(_condition_read(each) for each in kept.conditions),
        preset=kept.preset,
        z=_fraction(kept.z),
        window=kept.window_ms * _MILLISECOND,
        minimum=kept.minimum,
        pending=kept.pending_ms * _MILLISECOND,
        recover_for=kept.recover_for_ms * _MILLISECOND,
        severity=kept.severity,
        hours=_hours_read(kept.hours),
        quiet=_hours_read(kept.quiet),
        holidays=kept.holidays,
        mention=kept.mention,
        escalation=tuple(Step(after=step.after_ms * _MILLISECOND, mention=step.mention) for step in kept.escalation),
        renotify=threshold_read(kept.renotify_ms),
        cooldown=kept.cooldown_ms * _MILLISECOND,
        nodata_after=kept.nodata_after_ms * _MILLISECOND,
        hold_low=kept.hold_low_ms * _MILLISECOND,
    )


def _condition_kept(condition: Condition) -> _Condition:
    return _Condition(
        measure=condition.measure,
        compare=condition.compare,
        limit=str(condition.limit),
        recovery=str(condition.recovery),
        threshold_ms=threshold_kept(condition.threshold),
    )


def _condition_read(kept: _Condition) -> Condition:
    return Condition(
        measure=kept.measure,
        compare=kept.compare,
        limit=_fraction(kept.limit),
        recovery=_fraction(kept.recovery),
        threshold=threshold_read(kept.threshold_ms),
    )


def _hours_kept(hours: Hours | None) -> _Hours | None:
    if hours is None:
        return None
    return _Hours(days=tuple(sorted(hours.days)), start=_clock(hours.start), end=_clock(hours.end))


def _hours_read(kept: _Hours | None) -> Hours | None:
    if kept is None:
        return None
    start, end = time.fromisoformat(kept.start), time.fromisoformat(kept.end)
    if start.tzinfo or end.tzinfo:
        raise ValueError("hours are without a zone of their own")
    return Hours(days=frozenset(kept.days), start=start, end=end)


def _clock(at: time) -> str:
    return at.isoformat("auto") if at.second or at.microsecond else at.isoformat("minutes")


def _fraction(text: str) -> Fraction:
    try:
        return Fraction(text)
    except ZeroDivisionError as error:
        raise ValueError(f"{text} is no number") from error


def _kept(length: timedelta) -> int:
    return length // _MILLISECOND
