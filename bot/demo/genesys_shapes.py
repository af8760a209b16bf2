"""Reading request bodies strictly: a field nobody knows is an error, not a surprise ignored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.demo.genesys_errors import bad_request, invalid_value

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

Fields = dict[str, Any]


def an_object(value: object, what: str, *, knows: Collection[str]) -> Fields:
    """The value as an object of known fields only; fields that are null count as left out."""
    if not isinstance(value, dict):
        raise bad_request(f"{what} must be a JSON object")
    unknown = sorted(set(value) - set(knows))
    if unknown:
        raise bad_request(f"Unrecognized field [{unknown[0]}] in {what}")
    return {name: content for name, content in value.items() if content is not None}


def a_list(fields: Mapping[str, Any], name: str) -> list[Any]:
    """The field as a list; empty when left out."""
    value = fields.get(name, [])
    if not isinstance(value, list):
        raise bad_request(f"{name} must be a list")
    return value


def a_word(value: object, field_type: str, allowed: Collection[str]) -> str:
    """The value as one of the allowed words."""
    if not isinstance(value, str) or value not in allowed:
        raise invalid_value(value, field_type, sorted(allowed))
    return value


def a_text(fields: Mapping[str, Any], name: str) -> str | None:
    """The field as text; None when left out."""
    value = fields.get(name)
    if value is not None and not isinstance(value, str):
        raise bad_request(f"{name} must be a string")
    return value


def a_number(fields: Mapping[str, Any], name: str) -> float | None:
    """The field as a number; None when left out."""
    value = fields.get(name)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise bad_request(f"{name} must be a number")
    return value


def a_count(fields: Mapping[str, Any], name: str, default: int) -> int:
    """The field as a whole number of at least 1."""
    value = fields.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise bad_request(f"{name} must be a positive integer")
    return value
