"""Finding the elements of blocks, and how what a person entered into them travels."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bot.demo.slack_workspace import Json

Entered = str | list[str] | Json | None
"""What a person entered: text or an option's value, several values, or a whole option for a type-ahead menu."""

VALUE_KEYS = {
    "plain_text_input": "value",
    "number_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "conversations_select": "selected_conversation",
    "channels_select": "selected_channel",
    "users_select": "selected_user",
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "overflow": "selected_option",
    "checkboxes": "selected_options",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "multi_conversations_select": "selected_conversations",
    "multi_channels_select": "selected_channels",
    "multi_users_select": "selected_users",
}
"""Type of element to the key under which its value travels."""

INITIAL_KEYS = {
    "value": "initial_value",
    **{key: key.replace("selected_", "initial_") for key in VALUE_KEYS.values() if key.startswith("selected_")},
}


def elements_of(blocks: Iterable[Mapping[str, Any]]) -> Iterator[tuple[Json, Json]]:
    """Every interactive element with the block it stands in, containers and table cells included."""
    for block in blocks:
        candidates = [block.get("accessory"), block.get("element"), *_listed(block, "elements", "actions")]
        for row in _listed(block, "rows"):
            candidates += [cell.get("element") for cell in row if isinstance(cell, dict)]
        for element in candidates:
            if isinstance(element, dict) and "action_id" in element:
                yield dict(block), element
        yield from elements_of(_listed(block, "child_blocks", "blocks"))


def options_of(element: Mapping[str, Any]) -> list[Json]:
    """The options of a menu, those in groups included."""
    grouped = [option for group in _listed(element, "option_groups") for option in group["options"]]
    return [*_listed(element, "options"), *grouped]


def entered_state(element: Mapping[str, Any], entered: Entered) -> Json:
    """The element's entry in `state.values`, as Slack builds it from what was entered."""
    kind = element["type"]
    key = VALUE_KEYS.get(kind, "value")
    if kind == "checkboxes" or kind.startswith("multi_"):
        chosen = entered if isinstance(entered, list) else []
        return {"type": kind, key: [_option(element, one) for one in chosen] if key == "selected_options" else chosen}
    return {"type": kind, key: _option(element, entered) if key == "selected_option" else entered or None}


def initial_entry(element: Mapping[str, Any]) -> Any:
    """What stands in the element before anybody touches it."""
    return element.get(INITIAL_KEYS[VALUE_KEYS.get(element["type"], "value")])


def _option(element: Mapping[str, Any], entered: Any) -> Any:
    if not isinstance(entered, str) or not entered:
        return entered or None
    for option in options_of(element):
        if option.get("value") == entered:
            return option
    raise LookupError(f"{element.get('action_id')} has no option with the value {entered!r}")


def _listed(holder: Mapping[str, Any], *keys: str) -> list[Any]:
    return [item for key in keys for item in (holder.get(key) if isinstance(holder.get(key), list) else ()) or ()]
