"""How alerts stand, and what was found of them, as the JSON text they are kept as.

States are read strictly: who does not understand one whole must not go on from it. Evidence is what a message tells; in
it, keys of a later release are passed over.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from bot.domain.alerts.readings import Causes, Evidence, Found, Reach, Signal
from bot.domain.alerts.states import AlertState, Status
from bot.domain.queues import Target
from bot.domain.sla import Share

if TYPE_CHECKING:
    from bot.domain.metrics import Figure

_MICROSECOND = timedelta(microseconds=1)
"""Mean times are no whole milliseconds."""


class _State(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    status: Status = Status.OK
    since: datetime | None = None
    before: Status = Status.OK
    evaluated: datetime | None = None
    unseen_since: datetime | None = None
    low_since: datetime | None = None
    opened_at: datetime | None = None
    fired_at: datetime | None = None
    ended_at: datetime | None = None
    notified_at: datetime | None = None
    firings: tuple[datetime, ...] = ()
    unstable_since: datetime | None = None
    escalated: int = 0
    held: bool = False


class _Figure(msgspec.Struct, frozen=True, omit_defaults=True):
    """One of these; none of them for what is not known."""

    count: int | None = None
    us: int | None = None
    share: tuple[int, int] | None = None


class _Found(msgspec.Struct, omit_defaults=True):
    measure: str
    figure: _Figure = _Figure()
    limit: str | None = None
    threshold_us: int | None = None
    window_us: int | None = None
    usual: tuple[_Figure, _Figure] | None = None
    weeks: int = 0
    worst: bool = False
    signal: Signal | None = None


class _Causes(msgspec.Struct, frozen=True, omit_defaults=True):
    offered: str | None = None
    aht: str | None = None
    on_queue: int | None = None
    on_queue_usual: int | None = None
    waiting: int | None = None
    oldest_wait_us: int | None = None


class _Reach(msgspec.Struct, omit_defaults=True):
    name: str
    share: float
    threshold_us: int
    within: int
    rated: int
    expected: int | None = None
    safe: bool = False
    lost: bool = False
    needed: int | None = None


class _Evidence(msgspec.Struct, omit_defaults=True):
    at: datetime
    found: tuple[_Found, ...] = ()
    causes: _Causes = _Causes()
    reach: tuple[_Reach, ...] = ()


_state = msgspec.json.Decoder(_State)
_evidence = msgspec.json.Decoder(_Evidence)
_Text: TypeAlias = "str | bytes"


def write_state(state: AlertState) -> str:
    """The same text for equal states."""
    return msgspec.json.encode(_State(**{name: getattr(state, name) for name in _State.__struct_fields__})).decode()


def read_state(text: _Text) -> AlertState:
    """Raises ValueError."""
    kept = _state.decode(text)
    return AlertState(**{name: getattr(kept, name) for name in _State.__struct_fields__})


def write_evidence(evidence: Evidence) -> str:
    """The same text for equal evidence."""
    causes = evidence.causes
    kept = _Evidence(
        at=evidence.at,
        found=tuple(_found_kept(each) for each in evidence.found),
        causes=_Causes(
            offered=_fraction_kept(causes.offered),
            aht=_fraction_kept(causes.aht),
            on_queue=causes.on_queue,
            on_queue_usual=causes.on_queue_usual,
            waiting=causes.waiting,
            oldest_wait_us=_length_kept(causes.oldest_wait),
        ),
        reach=tuple(_reach_kept(each) for each in evidence.reach),
    )
    return msgspec.json.encode(kept).decode()


def read_evidence(text: _Text) -> Evidence:
    """Raises ValueError."""
    kept = _evidence.decode(text)
    causes = kept.causes
    return Evidence(
        at=kept.at,
        found=tuple(_found_read(each) for each in kept.found),
        causes=Causes(
            offered=_fraction_read(causes.offered),
            aht=_fraction_read(causes.aht),
            on_queue=causes.on_queue,
            on_queue_usual=causes.on_queue_usual,
            waiting=causes.waiting,
            oldest_wait=_length_read(causes.oldest_wait_us),
        ),
        reach=tuple(_reach_read(each) for each in kept.reach),
    )


def _found_kept(found: Found) -> _Found:
    return _Found(
        measure=found.measure,
        figure=_figure_kept(found.figure),
        limit=_fraction_kept(found.limit),
        threshold_us=_length_kept(found.threshold),
        window_us=_length_kept(found.window),
        usual=None if found.usual is None else (_figure_kept(found.usual[0]), _figure_kept(found.usual[1])),
        weeks=found.weeks,
        worst=found.worst,
        signal=found.signal,
    )


def _found_read(kept: _Found) -> Found:
    return Found(
        measure=kept.measure,
        figure=_figure_read(kept.figure),
        limit=_fraction_read(kept.limit),
        threshold=_length_read(kept.threshold_us),
        window=_length_read(kept.window_us),
        usual=None if kept.usual is None else (_figure_read(kept.usual[0]), _figure_read(kept.usual[1])),
        weeks=kept.weeks,
        worst=kept.worst,
        signal=kept.signal,
    )


def _reach_kept(reach: Reach) -> _Reach:
    return _Reach(
        name=reach.name,
        share=reach.target.share,
        threshold_us=reach.target.threshold // _MICROSECOND,
        within=reach.within,
        rated=reach.rated,
        expected=reach.expected,
        safe=reach.safe,
        lost=reach.lost,
        needed=reach.needed,
    )


def _reach_read(kept: _Reach) -> Reach:
    return Reach(
        name=kept.name,
        target=Target(share=kept.share, threshold=kept.threshold_us * _MICROSECOND),
        within=kept.within,
        rated=kept.rated,
        expected=kept.expected,
        safe=kept.safe,
        lost=kept.lost,
        needed=kept.needed,
    )


def _figure_kept(figure: Figure) -> _Figure:
    if isinstance(figure, timedelta):
        return _Figure(us=figure // _MICROSECOND)
    if isinstance(figure, Share):
        return _Figure(share=(figure.within, figure.denominator))
    return _Figure(count=figure)


def _figure_read(kept: _Figure) -> Figure:
    if kept.share is not None:
        within, denominator = kept.share
        return Share(within=within, denominator=denominator)
    return kept.count if kept.us is None else kept.us * _MICROSECOND


def _fraction_kept(number: Fraction | None) -> str | None:
    return None if number is None else str(number)


def _fraction_read(text: str | None) -> Fraction | None:
    try:
        return None if text is None else Fraction(text)
    except ZeroDivisionError as error:
        raise ValueError(f"{text} is no number") from error


def _length_kept(length: timedelta | None) -> int | None:
    return None if length is None else length // _MICROSECOND


def _length_read(microseconds: int | None) -> timedelta | None:
    return None if microseconds is None else microseconds * _MICROSECOND
