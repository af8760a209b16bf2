"""Listings in pages: queues, wrap-up codes, users, divisions, limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from bot.demo.centre_organisation import AGENT_STATES
from bot.demo.genesys_errors import ApiError, invalid_value
from bot.demo.genesys_shapes import a_word
from bot.demo.genesys_vocabulary import SETTINGS_KEY

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from multidict import MultiMapping

    from bot.demo.centre_organisation import Agent, Division, DivisionId, Organisation, Queue, WrapUpCode
    from bot.demo.genesys_options import Options

Entity = dict[str, Any]
LARGEST_PAGE = 500


def page(
    path: str,
    query: MultiMapping[str],
    entities: Sequence[Entity],
    *,
    largest: int = LARGEST_PAGE,
    last: int | None = None,
) -> Entity:
    """One page in the common envelope. `last` caps the page numbers served, as the division views do."""
    size, number = _positive(query, "pageSize", 25), _positive(query, "pageNumber", 1)
    if size > largest:
        raise _invalid("pageSize", f"pageSize may not exceed {largest}")
    if last is not None and number > last:
        raise _invalid("pageNumber", f"pageNumber may not exceed {last}")
    pages = -(-len(entities) // size)

    def uri(to: int) -> str:
        asked = [(name, value) for name, value in query.items() if name not in ("pageSize", "pageNumber")]
        return f"{path}?{urlencode([*asked, ('pageSize', size), ('pageNumber', to)])}"

    reply: Entity = {
        "entities": list(entities[(number - 1) * size : number * size]),
        "pageSize": size,
        "pageNumber": number,
        "total": len(entities),
        "pageCount": pages,
        "firstUri": uri(1),
        "selfUri": uri(number),
        "lastUri": uri(max(1, pages)),
    }
    if number < pages:
        reply["nextUri"] = uri(number + 1)
    if number > 1:
        reply["previousUri"] = uri(number - 1)
    return reply


def chosen(entities: Iterable[Entity], query: MultiMapping[str]) -> list[Entity]:
    """Filter by `name` (with * at either end), `id` and `divisionId` (comma-joined or repeated), sorted by name."""
    name, ids, divisions = query.get("name"), _listed(query, "id"), _listed(query, "divisionId")
    order = query.get("sortOrder", "asc")
    if order not in ("asc", "desc", "ascending", "descending"):
        raise invalid_value(order, "SortOrder", ("asc", "desc"))
    by_id = query.get("sortBy") == "id"
    kept = [
        entity
        for entity in entities
        if (name is None or _named(entity["name"], name))
        and (ids is None or entity["id"] in ids)
        and (divisions is None or entity.get("division", {}).get("id") in divisions)
    ]
    return sorted(kept, key=lambda e: e["id"] if by_id else (e["name"].casefold(), e["id"]), reverse="desc" in order)


def in_state(agents: Iterable[Agent], query: MultiMapping[str]) -> list[Agent]:
    """Those in the asked `state`; who is not active comes only when asked for, even by id."""
    state = a_word(query.get("state", "active"), "State", (*AGENT_STATES, "any"))
    return [agent for agent in agents if state in (agent.state, "any")]


def queue_entity(queue: Queue, organisation: Organisation, *, simplified: bool = False) -> Entity:
    """A queue; the simplified form of the division views has no settings."""
    entity: Entity = {
        "id": queue.id,
        "name": queue.name,
        "division": _division(queue.division_id, organisation),
        "memberCount": len(queue.members),
        "userMemberCount": len(queue.members),
        "joinedMemberCount": len(queue.members),
        "selfUri": f"/api/v2/routing/queues/{queue.id}",
    }
    if simplified:
        return {name: entity[name] for name in ("id", "name", "division", "selfUri")}
    settings = {
        SETTINGS_KEY.get(media, media): {
            "alertingTimeoutSeconds": 8 if media == "voice" else 30,
            "serviceLevel": {"percentage": target.share, "durationMs": int(target.within.total_seconds() * 1000)},
        }
        for media, target in queue.targets.items()
    }
    return entity | {
        "mediaSettings": settings,
        "acwSettings": {"wrapupPrompt": "MANDATORY_TIMEOUT", "timeoutMs": 300_000},
        "dateModified": "2026-01-05T09:00:00.000Z",
    }


def user_entity(agent: Agent, organisation: Organisation) -> Entity:
    """An agent."""
    return {
        "id": agent.id,
        "name": agent.name,
        "email": agent.email,
        "division": _division(agent.division_id, organisation),
        "state": agent.state,
        "version": 1,
        "selfUri": f"/api/v2/users/{agent.id}",
    }


def code_entity(code: WrapUpCode, organisation: Organisation) -> Entity:
    """A wrap-up code."""
    return {
        "id": code.id,
        "name": code.name,
        "division": _division(code.division_id, organisation),
        "selfUri": f"/api/v2/routing/wrapupcodes/{code.id}",
    }


def division_entity(division: Division) -> Entity:
    """A division."""
    return {
        "id": division.id,
        "name": division.name,
        "homeDivision": division.name == "Home",
        "selfUri": f"/api/v2/authorization/divisions/{division.id}",
    }


def limits(namespace: str, options: Options) -> Entity:
    """The published limits of a namespace. 404 for one that does not exist."""
    if namespace not in options.limits:
        raise ApiError(404, "not.found", f"No limits namespace [{namespace}]")
    values = dict(options.limits[namespace])
    if namespace == "platform.api":
        values = {"client.credentials.token.rate.per.minute": options.rate_limit, **values}
    if namespace == "analytics":
        values = {"details.jobs.concurrent.access.max": options.job_slots, **values}
    return {"entities": [{"namespace": namespace, "key": key, "value": value} for key, value in values.items()]}


def _division(division_id: DivisionId, organisation: Organisation) -> Entity:
    names = {division.id: division.name for division in organisation.divisions}
    return {
        "id": division_id,
        "name": names.get(division_id, ""),
        "selfUri": f"/api/v2/authorization/divisions/{division_id}",
    }


def _listed(query: MultiMapping[str], name: str) -> frozenset[str] | None:
    """The parameter's values; None without it."""
    values = query.getall(name, [])
    return frozenset(",".join(values).split(",")) if values else None


def _named(name: str, pattern: str) -> bool:
    core = pattern.strip("*").casefold()
    folded = name.casefold()
    if pattern.startswith("*"):
        return core in folded if pattern.endswith("*") else folded.endswith(core)
    return folded.startswith(core) if pattern.endswith("*") else folded == core


def _positive(query: MultiMapping[str], name: str, default: int) -> int:
    text = query.get(name, str(default))
    if not text.isdecimal() or int(text) < 1:
        raise _invalid(name, f"Value [{text}] is not valid for {name}: a positive integer is needed")
    return int(text)


def _invalid(name: str, message: str) -> ApiError:
    return ApiError(400, "invalid.query.param.value", f"{name}: {message}")
