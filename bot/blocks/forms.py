"""Views and their fields: modals and the Home tab, within Slack's limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.blocks import kit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import time

    from bot.blocks.kit import Block

MOST_TITLE = 24
MOST_BLOCKS = 100
MOST_METADATA = 3000
MOST_OPTIONS = 100
MOST_OPTION = 75
MOST_TICKS = 10
MOST_PLACEHOLDER = 150
MOST_LABEL = 2000


def modal(
    title: str,
    blocks: Sequence[Block],
    *,
    callback_id: str = "",
    submit: str = "",
    close: str = "Close",
    metadata: str = "",
) -> Block:
    """A modal; `submit` is needed as soon as there is an input. `metadata` comes back untouched, so it is never cut."""
    if len(metadata) > MOST_METADATA:
        raise ValueError(f"a view carries at most {MOST_METADATA} characters")
    view: Block = {
        "type": "modal",
        "title": kit.plain(title, MOST_TITLE),
        "close": kit.plain(close, MOST_TITLE),
        "blocks": list(blocks[:MOST_BLOCKS]),
    }
    if callback_id:
        view["callback_id"] = callback_id
    if submit:
        view["submit"] = kit.plain(submit, MOST_TITLE)
    if metadata:
        view["private_metadata"] = metadata
    return view


def home(blocks: Sequence[Block]) -> Block:
    return {"type": "home", "blocks": list(blocks[:MOST_BLOCKS])}


def option(text: str, value: str, description: str = "") -> Block:
    """A choice; `value` comes back untouched and has at most 75 characters, which a queue id is far under."""
    if len(value) > MOST_OPTION:
        raise ValueError(f"an option carries at most {MOST_OPTION} characters")
    built: Block = {"text": kit.plain(kit.shorten_middle(kit.clean(text), MOST_OPTION), MOST_OPTION), "value": value}
    if kit.clean(description):
        built["description"] = kit.plain(kit.shorten_middle(kit.clean(description), MOST_OPTION), MOST_OPTION)
    return built


def field(block_id: str, label: str, element: Block, *, optional: bool = False, hint: str = "") -> Block:
    built: Block = {
        "type": "input",
        "block_id": block_id,
        "label": kit.plain(label, MOST_LABEL),
        "element": element,
        "optional": optional,
    }
    if hint:
        built["hint"] = kit.plain(hint, MOST_LABEL)
    return built


def type_ahead(action: str, placeholder: str) -> Block:
    """A menu whose options are asked for at every keystroke, and once when it opens."""
    return {
        "type": "external_select",
        "action_id": action,
        "min_query_length": 0,
        "placeholder": kit.plain(placeholder, MOST_PLACEHOLDER),
    }


def type_ahead_many(action: str, placeholder: str, *, chosen: Sequence[Block] = ()) -> Block:
    """The same for several; `chosen` are options, at most a hundred."""
    built = {**type_ahead(action, placeholder), "type": "multi_external_select"}
    if chosen:
        built["initial_options"] = list(chosen[:MOST_OPTIONS])
    return built


def ticks(action: str, options: Sequence[Block], *, chosen: Sequence[Block] = ()) -> Block:
    """Boxes to tick, at most ten."""
    built: Block = {"type": "checkboxes", "action_id": action, "options": list(options[:MOST_TICKS])}
    if chosen:
        built["initial_options"] = list(chosen)
    return built


def clock_face(action: str, shown: time) -> Block:
    """A time of day; comes back as `selected_time`, "07:45"."""
    return {"type": "timepicker", "action_id": action, "initial_time": f"{shown:%H:%M}"}


def channel_menu(action: str, placeholder: str, *, chosen: str = "", here: bool = False) -> Block:
    """Channels that the person sees, public and private; `here` starts with the one the form was opened in."""
    built: Block = {
        "type": "conversations_select",
        "action_id": action,
        "placeholder": kit.plain(placeholder, MOST_PLACEHOLDER),
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
    }
    if chosen:
        built["initial_conversation"] = chosen
    elif here:
        built["default_to_current_conversation"] = True
    return built


def menu(action: str, options: Sequence[Block], *, chosen: Block | None = None) -> Block:
    built: Block = {"type": "static_select", "action_id": action, "options": list(options[:MOST_OPTIONS])}
    if chosen is not None:
        built["initial_option"] = chosen
    return built


def menu_many(action: str, placeholder: str, options: Sequence[Block], *, chosen: Sequence[Block] = ()) -> Block:
    """Several of a few, in the height of one line until it is opened."""
    built: Block = {
        "type": "multi_static_select",
        "action_id": action,
        "placeholder": kit.plain(placeholder, MOST_PLACEHOLDER),
        "options": list(options[:MOST_OPTIONS]),
    }
    if chosen:
        built["initial_options"] = list(chosen)
    return built


def line(action: str, placeholder: str, *, most: int = 100, filled: str = "") -> Block:
    """A text field of one line, `filled` with what is there to be changed."""
    built: Block = {
        "type": "plain_text_input",
        "action_id": action,
        "max_length": most,
        "placeholder": kit.plain(placeholder, MOST_PLACEHOLDER),
    }
    if kit.clean(filled):
        built["initial_value"] = kit.shorten(kit.clean(filled), most)
    return built


def entered(values: Mapping[str, Mapping[str, Mapping[str, Any]]], block: str, action: str, key: str = "value") -> str:
    """What was entered in one field of `state.values`; empty when nothing was, or the form has no such field."""
    return str(values.get(block, {}).get(action, {}).get(key) or "").strip()


def chosen_values(values: Mapping[str, Mapping[str, Mapping[str, Any]]], block: str, action: str) -> tuple[str, ...]:
    """The values of the options chosen in a menu or ticked in boxes."""
    field = values.get(block, {}).get(action, {})
    one = field.get("selected_option")
    return tuple(str(option["value"]) for option in (field.get("selected_options") or ([one] if one else [])))
