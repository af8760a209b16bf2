"""Rules, incidents and bulletins to keep."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot.domain.alerts.keeping import Round, Watch
from bot.domain.alerts.readings import Evidence, Found
from bot.domain.alerts.rules import Compare, Condition, Kind, RuleId, Severity, Terms
from bot.domain.alerts.states import (
    Bulletin,
    BulletinId,
    BulletinKind,
    Incident,
    IncidentId,
    Line,
    LineKind,
    Watched,
)
from bot.domain.ids import QueueId
from bot.domain.questions import QueueWord
from bot.domain.queues import Media
from tests.store.digests import ANA, BILLING, MINUTE, NOON, TEAM

if TYPE_CHECKING:
    from bot.domain.alerts.keeping import Lease
    from bot.domain.alerts.rules import Rule
    from bot.store.database import Store

QUEUE = QueueId("7f1c")
VOICE = Watched(RuleId("r1"), QUEUE, Media.VOICE)
FIRST = BulletinId("b1")

MANY_WAIT = Terms(
    queues=(QueueWord(text="7f1c", quoted=True),),
    kind=Kind.THRESHOLD,
    conditions=(Condition(measure="waiting", compare=Compare.ABOVE, limit=Fraction(10), recovery=Fraction(8)),),
    zone=ZoneInfo("Europe/London"),
)
EVIDENCE = Evidence(at=NOON, found=(Found(measure="waiting", figure=14, limit=Fraction(10)),))


async def ruled(store: Store, **other: Any) -> Rule:
    """A new rule; `other` replaces what it is made of."""
    usual = {"terms": MANY_WAIT, "team": TEAM, "channel": BILLING, "owner": ANA, "now": NOON}
    return await store.rules.create(**usual | other)


def bulletin(id_: str = FIRST, **other: Any) -> Bulletin:
    usual = {
        "id": BulletinId(id_),
        "team": TEAM,
        "channel": BILLING,
        "kind": BulletinKind.ALERT,
        "opened_at": NOON,
        "revision": 1,
    }
    return Bulletin(**usual | other)


def incident(id_: str = "i1", **other: Any) -> Incident:
    usual = {
        "id": IncidentId(id_),
        "watched": VOICE,
        "team": TEAM,
        "channel": BILLING,
        "bulletin": FIRST,
        "severity": Severity.WARNING,
        "title": "waiting > 10",
        "queue_name": "Billing",
        "opened_at": NOON,
        "fired_at": NOON,
        "evidence": EVIDENCE,
        "worst": EVIDENCE,
    }
    return Incident(**usual | other)


def line(key: str = "joined:i1", **other: Any) -> Line:
    usual = {"bulletin": FIRST, "key": key, "kind": LineKind.JOINED, "at": NOON, "text": "Sales, too"}
    return Line(**usual | other)


async def leased(store: Store, holder: str = "p", minutes: int = 0) -> Lease:
    """From so many minutes after noon, and for one."""
    now = NOON + timedelta(minutes=minutes)
    lease = await store.alerts.lease(TEAM, holder, now=now, until=now + MINUTE)
    assert lease is not None
    return lease


async def done(store: Store, minutes: int = 0, **what: Any) -> None:
    """A round, by somebody who may."""
    lease = await leased(store, minutes=minutes)
    watch = Watch(last_tick=NOON + timedelta(minutes=minutes))
    assert await store.alerts.commit(lease, Round(**{"watch": watch} | what))


async def told(store: Store, number: int = 1) -> tuple[Incident, ...]:
    """A bulletin with so many open incidents, each of another queue."""
    open_ = tuple(
        incident(f"i{each}", watched=Watched(RuleId("r1"), QueueId(f"q{each}"), Media.VOICE))
        for each in range(1, number + 1)
    )
    await done(store, bulletins=(bulletin(),), incidents=open_)
    return open_
