"""Faults in blocks, and the rules for texts, lengths and ids that all kinds of block share."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

LONGEST_ID = 255
LONGEST_TEXT = 3000


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockError:
    """One fault: where (a JSON pointer), of what kind, and a sentence."""

    pointer: str
    code: str
    message: str


class Faults:
    """Collects the faults of one payload."""

    def __init__(self) -> None:
        self.found: list[BlockError] = []

    def add(self, pointer: str, code: str, message: str) -> None:
        """Note a fault."""
        self.found.append(BlockError(pointer=pointer, code=code, message=message))

    def string(self, holder: Mapping[str, Any], key: str, at: str, *, most: int, required: bool = False) -> None:
        """A plain string of 1 to `most` characters."""
        value = holder.get(key)
        if value is None:
            if required:
                self.missing(at, key)
        elif not isinstance(value, str):
            self.add(f"{at}/{key}", "bad_type", f"{key} must be a string")
        elif required and not value:
            self.add(f"{at}/{key}", "too_short", f"{key} must be more than 0 characters")
        elif len(value) > most:
            self.add(f"{at}/{key}", "too_long", f"{key} must be less than {most + 1} characters")

    def text(
        self,
        holder: Mapping[str, Any],
        key: str,
        at: str,
        *,
        most: int = LONGEST_TEXT,
        plain: bool = False,
        required: bool = False,
    ) -> None:
        """A text object of 1 to `most` characters; `plain` forbids mrkdwn."""
        value = holder.get(key)
        if value is None:
            if required:
                self.missing(at, key)
            return
        self.text_object(value, f"{at}/{key}", most=most, plain=plain)

    def text_object(self, value: Any, at: str, *, most: int = LONGEST_TEXT, plain: bool = False) -> None:
        """The text object itself."""
        if not isinstance(value, dict) or value.get("type") not in ("plain_text", "mrkdwn"):
            self.add(at, "bad_type", "must be a text object of type plain_text or mrkdwn")
            return
        if plain and value["type"] != "plain_text":
            self.add(f"{at}/type", "bad_value", "must be plain_text here")
        if value["type"] == "mrkdwn" and "emoji" in value:
            self.add(f"{at}/emoji", "unsupported", "emoji belongs to plain_text only")
        if value["type"] == "plain_text" and "verbatim" in value:
            self.add(f"{at}/verbatim", "unsupported", "verbatim belongs to mrkdwn only")
        self.string(value, "text", at, most=most, required=True)

    def items(self, holder: Mapping[str, Any], key: str, at: str, *, most: int, least: int = 1) -> list[Any]:
        """A list of `least` to `most` items; returns what is there to look at."""
        value = holder.get(key)
        if not isinstance(value, list):
            self.missing(at, key)
            return []
        if len(value) > most:
            self.add(f"{at}/{key}", "too_many", f"no more than {most} items allowed")
        if len(value) < least:
            self.add(f"{at}/{key}", "too_few", f"at least {least} items needed")
        return value

    def objects(
        self, holder: Mapping[str, Any], key: str, at: str, *, most: int, least: int = 1
    ) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """The objects of such a list, each with its pointer; anything else in it is a fault."""
        for number, item in enumerate(self.items(holder, key, at, most=most, least=least)):
            if isinstance(item, dict):
                yield f"{at}/{key}/{number}", item
            else:
                self.add(f"{at}/{key}/{number}", "bad_type", "must be an object")

    def one_of(
        self, holder: Mapping[str, Any], key: str, at: str, allowed: set[str], *, required: bool = False
    ) -> None:
        """A value of a closed list."""
        value = holder.get(key)
        if value is None and not required:
            return
        if not isinstance(value, str) or value not in allowed:
            names = ", ".join(sorted(allowed))
            self.add(f"{at}/{key}", "bad_value", f"{key} must be one of {names}")

    def whole(self, holder: Mapping[str, Any], key: str, at: str, *, least: int, most: int) -> None:
        """A whole number between two bounds, if given."""
        value = holder.get(key)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most):
            self.add(f"{at}/{key}", "bad_value", f"{key} must be a whole number from {least} to {most}")

    def missing(self, at: str, key: str) -> None:
        """Note that a field is absent."""
        self.add(at, "missing_field", f"missing required field: {key}")
