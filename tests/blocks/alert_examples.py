"""Alerts to render: one Tuesday morning in London, in words that people would see."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from bot.blocks.alerts.entry import Entry, Fire, Replay, Tested
from bot.domain.alerts.readings import Causes, Evidence, Found, Outcome, Reach, Signal
from bot.domain.alerts.rules import Compare, Condition, Kind, Rule, RuleId, Severity, Terms
from bot.domain.alerts.states import (
    Bulletin,
    BulletinId,
    BulletinKind,
    Ended,
    Handling,
    Incident,
    IncidentId,
    Watched,
)
from bot.domain.ids import ChannelId, QueueId, TeamId, UserId
from bot.domain.questions import QueueWord
from bot.domain.queues import Media, Target
from bot.domain.sla import Share

LONDON = ZoneInfo("Europe/London")
TEAM, CHANNEL = TeamId("T0TEAM"), ChannelId("C0FLOOR")
ANNA, BEN = UserId("U0ANNA"), UserId("U0BEN")
TARGET = Target(share=0.8, threshold=timedelta(seconds=20))
MINUTE = timedelta(minutes=1)
HALF_HOUR = 30 * MINUTE


def at(clock: str, day: int = 24) -> datetime:
    """November 2026 in London, which is UTC then; the 24th is a Tuesday."""
    hours, minutes = clock.split(":")
    return datetime(2026, 11, day, int(hours), int(minutes), tzinfo=UTC)


NOW = at("10:42")
BAD = Found(
    measure="service_level",
    figure=Share(within=25, denominator=61),
    limit=Fraction(8, 10),
    threshold=timedelta(seconds=20),
    window=HALF_HOUR,
    usual=(Share(within=79, denominator=100), Share(within=90, denominator=100)),
    weeks=8,
    worst=True,
)
BUSY = Causes(
    offered=Fraction(38, 100),
    aht=Fraction(2, 100),
    on_queue=9,
    on_queue_usual=13,
    waiting=14,
    oldest_wait=timedelta(minutes=6, seconds=12),
)
TODAY = Reach(name="today", target=TARGET, within=370, rated=500, expected=60, needed=52)
HALF = Reach(name="this half hour", target=TARGET, within=25, rated=61, expected=12, lost=True)
MISSED = Found(
    measure="service_level",
    figure=Share(within=42, denominator=61),
    window=HALF_HOUR,
    usual=(Share(within=79, denominator=100), Share(within=90, denominator=100)),
    weeks=8,
    worst=True,
    signal=Signal.MISSED,
)
FEW = Found(
    measure="offered", figure=12, window=HALF_HOUR, usual=(40, 48), weeks=8, worst=True, signal=Signal.VOLUME_LOW
)
WAITING = Found(measure="waiting", figure=14, limit=Fraction(10))
OLDEST = Found(measure="oldest_wait", figure=timedelta(minutes=6, seconds=12), limit=Fraction(240))


def evidence(*found: Found, clock: str = "10:30", causes: Causes = BUSY, reach: tuple[Reach, ...] = ()) -> Evidence:
    return Evidence(at=at(clock), found=found or (BAD,), causes=causes, reach=reach)


def share(found: Found, within: int, of: int) -> Found:
    return replace(found, figure=Share(within=within, denominator=of))


def terms(**given: Any) -> Terms:
    low = Condition(measure="service_level", compare=Compare.BELOW, limit=Fraction(8, 10), recovery=Fraction(85, 100))
    known: dict[str, Any] = {
        "queues": (QueueWord(text="q-billing", quoted=True),),
        "kind": Kind.THRESHOLD,
        "conditions": (low,),
        "zone": LONDON,
    }
    return Terms(**{**known, **given})


def rule(number: int = 3, **given: Any) -> Rule:
    known: dict[str, Any] = {
        "id": RuleId(f"rule-{number}"),
        "number": number,
        "team": TEAM,
        "channel": CHANNEL,
        "owner": ANNA,
        "terms": terms(),
        "created_at": at("08:00", 20),
        "changed_at": at("08:00", 20),
    }
    return Rule(**{**known, **given})


def bulletin(**given: Any) -> Bulletin:
    known: dict[str, Any] = {
        "id": BulletinId("b1f0c5d2a7e84913b6aa0421"),
        "team": TEAM,
        "channel": CHANNEL,
        "kind": BulletinKind.ALERT,
        "opened_at": at("10:06"),
        "revision": 4,
    }
    return Bulletin(**{**known, **given})


def incident(name: str = "Billing", *, media: Media | None = Media.VOICE, **given: Any) -> Incident:
    told = given.pop("evidence", evidence(reach=(TODAY, HALF)))
    known: dict[str, Any] = {
        "id": IncidentId(f"incident of {name} {media}"),
        "watched": Watched(RuleId("rule-3"), QueueId(f"q-{name}"), media),
        "team": TEAM,
        "channel": CHANNEL,
        "bulletin": BulletinId("b1f0c5d2a7e84913b6aa0421"),
        "severity": Severity.CRITICAL,
        "title": "service level < 80 % for 10 min",
        "queue_name": name,
        "opened_at": at("10:05"),
        "fired_at": at("10:15"),
        "evidence": told,
        "worst": evidence(clock="10:20"),
    }
    return Incident(**{**known, **given})


ACKNOWLEDGED = Handling(acked_by=ANNA, acked_at=at("10:42"))
SNOOZED = Handling(snoozed_by=BEN, snoozed_until=at("11:45"))
OVER: dict[str, Any] = {"ended_at": at("10:52"), "ended": Ended.RESOLVED}
FOREVER = datetime.max.replace(tzinfo=UTC)
WEEKS = timedelta(weeks=4)


def entry(number: int = 3, **told: Any) -> Entry:
    about: dict[str, Any] = {
        "rule": rule(number, **told.pop("rule", {})),
        "title": "service level < 80 % (30 min) for 10 min",
        "text": '"Billing" sla < 80%',
        "names": "Billing",
    }
    return Entry(**{**about, **told})


def fire(day: int, minutes: int = 22, **told: Any) -> Fire:
    began = at("10:05", day)
    known: dict[str, Any] = {
        "queue_name": "Billing",
        "media": Media.VOICE,
        "fired_at": began,
        "ended_at": began + minutes * MINUTE,
        "worst": share(BAD, 20 + day, 61),
    }
    return Fire(**{**known, **told})


SIX = Replay(start=NOW - WEEKS, end=NOW, fires=tuple(fire(day) for day in (3, 5, 10, 12, 17, 19)))
TESTED = (
    Tested(queue_name="Sales", media=Media.EMAIL, outcome=Outcome.LOW, found=(share(BAD, 1, 3),)),
    Tested(queue_name="Claims", media=Media.VOICE, outcome=Outcome.CLOSED),
    Tested(queue_name="Billing", media=Media.VOICE, outcome=Outcome.BREACH, found=(BAD,)),
    Tested(queue_name="Night", media=None, outcome=Outcome.NODATA, reason="It has no agents"),
)
