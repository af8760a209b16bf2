"""Filters: and/or over clauses of predicates, one level deep."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from bot.demo.genesys_errors import bad_request
from bot.demo.genesys_shapes import a_list, a_number, a_word, an_object

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

_OPERATORS = frozenset({"matches", "exists", "notExists"})
_BOUNDS = {"gt": operator.gt, "gte": operator.ge, "lt": operator.lt, "lte": operator.le}


class Condition(Protocol):
    """Something that holds or does not hold of what is known about a piece of traffic."""

    def holds(self, facts: Mapping[str, Any]) -> bool:
        """Whether it holds; a dimension that is absent has no value."""

    def dimensions(self) -> frozenset[str]:
        """What it looks at."""

    def size(self) -> int:
        """How many predicates it has."""


@dataclass(frozen=True, slots=True)
class Predicate:
    """One dimension compared with one value."""

    dimension: str
    operator: str
    value: str | None

    def holds(self, facts: Mapping[str, Any]) -> bool:
        """See `Condition`."""
        known = facts.get(self.dimension)
        if self.operator == "exists":
            return known is not None
        if self.operator == "notExists":
            return known is None
        return known is not None and known == self.value

    def dimensions(self) -> frozenset[str]:
        """See `Condition`."""
        return frozenset({self.dimension})

    def size(self) -> int:
        """See `Condition`."""
        return 1


@dataclass(frozen=True, slots=True)
class Measured:
    """One metric compared with bounds."""

    metric: str
    range: Mapping[str, float]

    def holds(self, facts: Mapping[str, Any]) -> bool:
        """See `Condition`."""
        value = facts.get(self.metric)
        return value is not None and all(_BOUNDS[bound](value, limit) for bound, limit in self.range.items())

    def dimensions(self) -> frozenset[str]:
        """See `Condition`."""
        return frozenset({self.metric})

    def size(self) -> int:
        """See `Condition`."""
        return 1


@dataclass(frozen=True, slots=True)
class Junction:
    """Conditions joined by and / or."""

    joined: Callable[[Any], bool]
    parts: tuple[Condition, ...]

    def holds(self, facts: Mapping[str, Any]) -> bool:
        """See `Condition`."""
        return self.joined(part.holds(facts) for part in self.parts)

    def dimensions(self) -> frozenset[str]:
        """See `Condition`."""
        return frozenset().union(*(part.dimensions() for part in self.parts))

    def size(self) -> int:
        """See `Condition`."""
        return sum(part.size() for part in self.parts)


EVERYTHING = Junction(all, ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """The words one kind of filter may use."""

    dimensions: Collection[str]
    dimension_type: str
    """How the refusal of an unknown dimension calls the field's type."""
    metrics: Collection[str] = ()
    """Metrics that can be compared with a range; most filters have none."""


def filter_of(value: object, words: Vocabulary) -> Junction:
    """Read a filter: clauses, predicates, or both."""
    fields = an_object(value, "filter", knows=("type", "clauses", "predicates"))
    joined = _junction(fields)
    clauses = tuple(_clause(clause, words) for clause in a_list(fields, "clauses"))
    predicates = _predicates(fields, words)
    if not clauses and not predicates:
        raise bad_request("A filter needs at least one clause or predicate")
    return Junction(joined, (*clauses, *predicates))


def _clause(value: object, words: Vocabulary) -> Junction:
    fields = an_object(value, "filter clause", knows=("type", "predicates"))
    joined = _junction(fields)
    predicates = _predicates(fields, words)
    if not predicates:
        raise bad_request("A filter clause needs at least one predicate")
    return Junction(joined, predicates)


def _junction(fields: Mapping[str, Any]) -> Callable[[Any], bool]:
    return all if a_word(fields.get("type"), "QueryFilterType", ("and", "or")) == "and" else any


def _predicates(fields: Mapping[str, Any], words: Vocabulary) -> tuple[Condition, ...]:
    return tuple(_predicate(value, words) for value in a_list(fields, "predicates"))


def _predicate(value: object, words: Vocabulary) -> Condition:
    knows = ("type", "dimension", "operator", "value", "range", *(("metric",) if words.metrics else ()))
    fields = an_object(value, "filter predicate", knows=knows)
    a_word(
        fields.get("type", "dimension"),
        "QueryPredicateType",
        ("dimension", "metric") if words.metrics else ("dimension",),
    )
    bounds = an_object(fields.get("range", {}), "predicate range", knows=_BOUNDS)
    if "metric" in fields:
        metric = a_word(fields["metric"], "ConversationMetric", words.metrics)
        if not bounds:
            raise bad_request(f"The predicate on [{metric}] needs a range")
        return Measured(metric, {bound: a_number(bounds, bound) or 0 for bound in bounds})
    dimension = a_word(fields.get("dimension"), words.dimension_type, words.dimensions)
    comparison = a_word(fields.get("operator", "matches"), "QueryOperator", _OPERATORS)
    if comparison == "matches" and not bounds and not isinstance(fields.get("value"), str):
        raise bad_request(f"The predicate on [{dimension}] needs a value")
    return Predicate(dimension, comparison, fields.get("value"))
