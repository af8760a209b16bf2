"""The demo's organisation: a bank with a telephone, and every kind of name that has ever broken a bot."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from random import Random

from bot.demo.centre_organisation import (
    HOME,
    Agent,
    AgentId,
    AgentState,
    Division,
    DivisionId,
    Flow,
    Media,
    Organisation,
    Queue,
    QueueId,
    Target,
    WrapUpCode,
    WrapUpId,
    stable_id,
)

_DIVISIONS = (HOME, *(Division(id=DivisionId(stable_id("division", n)), name=n) for n in ("Europe", "Retail Banking")))
_HOME, _EUROPE, _RETAIL = _DIVISIONS

_VOICE = Target(share=0.8, within=timedelta(seconds=20))
_TARGETS: dict[Media, Target] = {
    "voice": _VOICE,
    "callback": Target(share=0.8, within=timedelta(minutes=15)),
    "chat": Target(share=0.8, within=timedelta(seconds=30)),
    "email": Target(share=0.8, within=timedelta(days=1)),
    "message": Target(share=0.8, within=timedelta(seconds=60)),
}

_AWKWARD = (
    "Sales & <Support> *VIP* <!here>",
    "Réclamations",
    "Zürich Störungen",
    'The "Gold" Line',
    "Happy Customers 🎉",
    "Today",
    "Returns, Refunds",
    "Fraud Desk",
    "Fraud  Desk",
    "Pensions and Life Insurance Enquiries for Customers of the Former Northern Mutual Building Society Overflow Team",
)
_PRODUCTS = (
    "Cards",
    "Loans",
    "Mortgages",
    "Savings",
    "Insurance",
    "Onboarding",
    "Payments",
    "Disputes",
    "Online Banking",
)
_PLACES = ("UK", "DE", "FR", "ES", "IT", "NL", "PL", "SE", "PT", "IE")

_FIRST = (
    "Amelia", "Bjorn", "Chiara", "Dmitri", "Elena", "Farid", "Greta", "Hugo", "Ines", "Jonas", "Keiko", "Liam", "Maya",
    "Noor", "Oskar", "Priya", "Quentin", "Rosa", "Samir", "Tilda",
)  # fmt: skip
_LAST = (
    "Adeyemi", "Bauer", "Costa", "Dubois", "Eriksen", "Fischer", "Garcia", "Haddad", "Ivanova", "Jansen", "Kowalski",
    "Lindqvist",
)  # fmt: skip
_CODES = (
    "Resolved", "Follow-up needed", "Callback promised", "Complaint", "Wrong department", "Payment taken",
    "Technical fault", "Customer hung up", "Escalated", "Sale closed", "Duplicate contact", "Spam",
)  # fmt: skip


def demo_organisation() -> Organisation:
    """About 120 queues in three divisions, 240 agents (a few have left), a dozen wrap-up codes; always the same."""
    agents = tuple(
        Agent(
            id=AgentId(stable_id("agent", f"{first} {last}")),
            name=f"{first} {last}",
            division_id=_DIVISIONS[number % len(_DIVISIONS)].id,
            state=_state(number),
        )
        for number, (first, last) in enumerate(product(_FIRST, _LAST))
    )
    codes = tuple(WrapUpCode(id=WrapUpId(stable_id("code", name)), name=name) for name in _CODES)
    return Organisation(
        queues=(*_main_queues(agents), *_awkward_queues(agents), *_regional_queues(agents)),
        agents=agents,
        wrap_up_codes=codes,
        divisions=_DIVISIONS,
    )


def _state(number: int) -> AgentState:
    if number % 40 == 17:
        return "deleted"
    return "inactive" if number % 24 == 11 else "active"


def _main_queues(agents: tuple[Agent, ...]) -> tuple[Queue, ...]:
    def queue(
        name: str,
        division: Division,
        *,
        within: int | None = None,
        share: float = 0.8,
        strain: float = 1.0,
        **volumes: float,
    ) -> Queue:
        targets = dict(_TARGETS)
        if within is not None:
            targets["voice"] = Target(share=share, within=timedelta(seconds=within))
        return _queue(agents, name, division, targets, volumes, strain)

    support = queue("Support", _HOME, voice=420, chat=160, message=120, email=60, strain=1.35)
    without_chat: dict[Media, Target] = {media: target for media, target in support.targets.items() if media != "chat"}
    return (
        queue("Billing", _HOME, voice=900, message=45, email=40, strain=1.05),
        queue("Billing EU", _EUROPE, voice=150, email=25, strain=1.2),
        queue("Billing Escalations", _HOME, within=45, share=0.9, voice=28, strain=1.5),
        queue("Billing Callbacks", _HOME, callback=40),
        queue("Sales", _HOME, within=30, share=0.85, voice=310, chat=110, strain=0.8),
        queue("EU Sales", _EUROPE, within=30, voice=140, chat=60, strain=0.95),
        queue("Sales Callbacks", _HOME, callback=55, strain=1.2),
        Queue(
            id=support.id,
            name=support.name,
            division_id=support.division_id,
            targets=without_chat,
            flows=support.flows,
            members=support.members,
        ),
        queue("Support EU", _EUROPE, voice=180, message=70, strain=1.1),
        queue("Support Tier 2", _HOME, within=60, voice=60, strain=1.6),
        queue("Claims", _HOME, voice=190, email=80, strain=1.25),
        queue("Claims EU", _EUROPE, voice=90, email=30, strain=0.9),
        queue("Emergency Card Block", _HOME, within=10, share=0.9, voice=70, strain=0.6),
        queue("VIP Clients", _RETAIL, within=10, share=0.95, voice=30, strain=0.7),
        queue("Complaints", _HOME, within=60, voice=45, email=50, strain=1.3),
        queue("Retention", _RETAIL, within=30, voice=85, strain=1.0),
        queue("Email Triage", _HOME, email=140, strain=1.4),
        queue("Web Chat", _RETAIL, chat=220, strain=1.15),
        queue("WhatsApp", _RETAIL, message=210, strain=1.0),
        queue("Disaster Recovery", _HOME),
    )


def _awkward_queues(agents: tuple[Agent, ...]) -> tuple[Queue, ...]:
    chance = Random(11)
    return tuple(
        _queue(
            agents,
            name,
            chance.choice(_DIVISIONS),
            _TARGETS,
            {"voice": chance.randint(12, 60)},
            chance.uniform(0.7, 1.4),
        )
        for name in _AWKWARD
    )


def _regional_queues(agents: tuple[Agent, ...]) -> tuple[Queue, ...]:
    chance = Random(13)
    queues = []
    for name, place in product(_PRODUCTS, _PLACES):
        volumes: dict[str, float] = {"voice": chance.choice((4, 7, 9, 14, 20, 28, 40))}
        if chance.random() < 0.3:
            volumes["email"] = chance.choice((3, 6, 9))
        if chance.random() < 0.25:
            volumes["message"] = chance.choice((4, 8, 12))
        division = _EUROPE if place != "UK" else _RETAIL
        queues.append(_queue(agents, f"{name} {place}", division, _TARGETS, volumes, chance.uniform(0.65, 1.5)))
    return tuple(queues)


def _queue(
    agents: tuple[Agent, ...],
    name: str,
    division: Division,
    targets: dict[Media, Target],
    volumes: dict[str, float],
    strain: float,
) -> Queue:
    flows: dict[Media, Flow] = {
        media: Flow(weekday=volumes[media], strain=strain, hours="always" if media == "email" else "long")
        if media in ("email", "message", "callback")
        else Flow(weekday=volumes[media], strain=strain, hours="office" if volumes[media] < 100 else "long")
        for media in targets
        if media in volumes
    }
    team = Random(f"team/{name}").sample(agents, k=min(40, 5 + int(sum(volumes.values()) / 8)))
    return Queue(
        id=QueueId(stable_id("queue", name)),
        name=name,
        division_id=division.id,
        targets=targets,
        flows=flows,
        members=tuple(agent.id for agent in team),
    )
