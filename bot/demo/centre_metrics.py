"""How each metric is read off a table of visits: one line per metric, the whole column at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.demo.centre_table import ABANDONED, ANSWERED, FLOW_OUT, OUTBOUND, TRANSFERS

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.demo.centre_table import Triple, VisitTable


def _left_as(outcome: int) -> Callable[[VisitTable], list[Triple]]:
    def derive(t: VisitTable) -> list[Triple]:
        return [
            (o + w, w, r) for r, (o, w, x) in enumerate(zip(t.offered, t.wait, t.outcome, strict=True)) if x == outcome
        ]

    return derive


def _offered(t: VisitTable) -> list[Triple]:
    return [(o, 1, r) for r, (o, x) in enumerate(zip(t.offered, t.outcome, strict=True)) if x != OUTBOUND]


def _left(t: VisitTable) -> list[Triple]:
    return [
        (o + w, w, r) for r, (o, w, x) in enumerate(zip(t.offered, t.wait, t.outcome, strict=True)) if x != OUTBOUND
    ]


def _outbound(t: VisitTable) -> list[Triple]:
    return [(o, 1, r) for r, (o, x) in enumerate(zip(t.offered, t.outcome, strict=True)) if x == OUTBOUND]


def _connected(t: VisitTable) -> list[Triple]:
    columns = zip(t.offered, t.wait, t.outcome, strict=True)
    return [(o + w, 1, r) for r, (o, w, x) in enumerate(columns) if x in (ANSWERED, OUTBOUND)]


def _alert(t: VisitTable) -> list[Triple]:
    columns = zip(t.offered, t.wait, t.alert, t.outcome, strict=True)
    return [(o + w, a, r) for r, (o, w, a, x) in enumerate(columns) if x == ANSWERED]


def _not_responding(t: VisitTable) -> list[Triple]:
    columns = zip(t.offered, t.wait, t.alert, t.missed, t.outcome, strict=True)
    return [(o + w - a, m, r) for r, (o, w, a, m, x) in enumerate(columns) if x == ANSWERED and m]


def _handled_rows(t: VisitTable) -> list[tuple[int, int, int, int, int]]:
    """Row, connect, talk, hold, after-call work of every visit an agent had."""
    columns = zip(t.offered, t.wait, t.talk, t.hold, t.acw, t.outcome, strict=True)
    return [(r, o + w, k, h, a) for r, (o, w, k, h, a, x) in enumerate(columns) if x in (ANSWERED, OUTBOUND)]


def _talk(t: VisitTable) -> list[Triple]:
    stretches: list[Triple] = []
    for r, begun, k, h, _ in _handled_rows(t):
        before = k // 2
        if h:
            stretches.append((begun + before, before, r))
        stretches.append((begun + k + h, k - before if h else k, r))
    return stretches


def _talk_complete(t: VisitTable) -> list[Triple]:
    return [(begun + k + h, k, r) for r, begun, k, h, _ in _handled_rows(t)]


def _held(t: VisitTable) -> list[Triple]:
    return [(begun + k // 2 + h, h, r) for r, begun, k, h, _ in _handled_rows(t) if h]


def _held_complete(t: VisitTable) -> list[Triple]:
    return [(begun + k + h, h, r) for r, begun, k, h, _ in _handled_rows(t) if h]


def _acw(t: VisitTable) -> list[Triple]:
    return [(begun + k + h + a, a, r) for r, begun, k, h, a in _handled_rows(t) if a]


def _handle(t: VisitTable) -> list[Triple]:
    return [(begun + k + h + a, k + h + a, r) for r, begun, k, h, a in _handled_rows(t)]


def _transferred(*kinds: str) -> Callable[[VisitTable], list[Triple]]:
    wanted = {TRANSFERS.index(kind) for kind in TRANSFERS if kind in kinds}

    def derive(t: VisitTable) -> list[Triple]:
        return [(begun + k + h, 1, r) for r, begun, k, h, _ in _handled_rows(t) if t.transfer[r] in wanted]

    return derive


DERIVATIONS: dict[str, Callable[[VisitTable], list[Triple]]] = {
    "nOffered": _offered,
    "tAnswered": _left_as(ANSWERED),
    "tAbandon": _left_as(ABANDONED),
    "tFlowOut": _left_as(FLOW_OUT),
    "tAcd": _left,
    "tWait": _left,
    "nConnected": _connected,
    "nOutbound": _outbound,
    "tAlert": _alert,
    "tNotResponding": _not_responding,
    "tTalk": _talk,
    "tTalkComplete": _talk_complete,
    "tHeld": _held,
    "tHeldComplete": _held_complete,
    "tAcw": _acw,
    "tHandle": _handle,
    "nTransferred": _transferred("blind", "consult"),
    "nBlindTransferred": _transferred("blind"),
    "nConsultTransferred": _transferred("consult"),
}
"""Metrics that depend on the visits alone. nOverSla and tShortAbandon need the centre's settings besides."""

OF_AGENTS = frozenset(
    {"nOverSla", "tAnswered", "nConnected", "nOutbound", "tAlert", "tTalk", "tTalkComplete", "tHeld", "tHeldComplete"}
    | {"tAcw", "tHandle", "nTransferred", "nBlindTransferred", "nConsultTransferred"}
)
"""Metrics recorded on the agent's part of a conversation; the others have no userId."""

OF_HANDLING = OF_AGENTS - {"nOverSla", "tAnswered", "nConnected", "nOutbound", "tAlert"}
"""Metrics that carry the wrap-up code."""
