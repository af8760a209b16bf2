"""Slack's rules for blocks: what each kind may hold, where it may stand, and how many fit in a message or view."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from bot.demo import slack_block_data as data
from bot.demo.slack_block_elements import IN_ACTIONS, IN_INPUTS, IN_SECTIONS, Rule, check_element
from bot.demo.slack_block_texts import LONGEST_ID, BlockError, Faults

__all__ = ["BlockError", "check_message", "check_view"]

MOST_BLOCKS = {"message": 50, "modal": 100, "home": 100}
LONGEST_METADATA = 3000
MOST_ATTACHMENTS = 100
RICH_TEXT_PARTS = {"rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote"}
ALERT_LEVELS = {"default", "info", "warning", "error", "success"}


def _section(block: Mapping[str, Any], at: str, faults: Faults) -> None:
    if "text" not in block and "fields" not in block:
        faults.missing(at, "text")
    faults.text(block, "text", at)
    if "fields" in block:
        for number, field in enumerate(faults.items(block, "fields", at, most=10)):
            faults.text_object(field, f"{at}/fields/{number}", most=2000)
    if "accessory" in block:
        accessory = block["accessory"]
        if isinstance(accessory, dict) and accessory.get("type") == "image":
            _image(accessory, f"{at}/accessory", faults)
        else:
            check_element(accessory, f"{at}/accessory", faults, IN_SECTIONS)


def _header(block: Mapping[str, Any], at: str, faults: Faults) -> None:
    faults.text(block, "text", at, most=150, plain=True, required=True)
    faults.whole(block, "level", at, least=1, most=4)


def _context(block: Mapping[str, Any], at: str, faults: Faults) -> None:
    for number, element in enumerate(faults.items(block, "elements", at, most=10)):
        if isinstance(element, dict) and element.get("type") == "image":
            _image(element, f"{at}/elements/{number}", faults)
        else:
            faults.text_object(element, f"{at}/elements/{number}")


def _actions(block: Mapping[str, Any], at: str, faults: Faults) -> None:
    elements = faults.items(block, "elements", at, most=25)
    for number, element in enumerate(elements):
        check_element(element, f"{at}/elements/{number}", faults, IN_ACTIONS)
    ids = [str(e["action_id"]) for e in elements if isinstance(e, dict) and "action_id" in e]
    if len(set(ids)) != len(ids):
        faults.add(f"{at}/elements", "duplicate", "action_id must be unique within a block")


def _input(block: Mapping[str, Any], at: str, faults: Faults) -> None:
    faults.text(block, "label", at, most=2000, plain=True, required=True)
    faults.text(block, "hint", at, most=2000, plain=True)
    check_element(block.get("element"), f"{at}/element", faults, IN_INPUTS)


def _image(block: Mapping[str, Any], at: str, faults: Faults) -> None:
    faults.string(block, "alt_text", at, most=2000, required=True)
    faults.string(block, "image_url", at, most=3000)
    faults.text(block, "title", at, most=2000, plain=True)
    if ("image_url" in block) == ("slack_file" in block):
        faults.add(at, "bad_value", "exactly one of image_url and slack_file is needed")


def _divider(_block: Mapping[str, Any], _at: str, _faults: Faults) -> None:
    """Nothing can be wrong with a divider."""


def _rich_text(block: Mapping[str, Any], at: str, faults: Faults) -> None:
    for part_at, part in faults.objects(block, "elements", at, most=1000):
        faults.one_of(part, "type", part_at, RICH_TEXT_PARTS, required=True)
        faults.items(part, "elements", part_at, most=1000, least=0)


def _markdown(block: Mapping[str, Any], at: str, faults: Faults) -> None:
    faults.string(block, "text", at, most=data.MOST_MARKDOWN_CHARACTERS, required=True)


def _alert(block: Mapping[str, Any], at: str, faults: Faults) -> None:
    faults.text(block, "text", at, most=200, required=True)
    faults.one_of(block, "level", at, ALERT_LEVELS)


def _card(block: Mapping[str, Any], at: str, faults: Faults) -> None:
    for key, most in (("title", 150), ("subtitle", 150), ("body", 200), ("subtext", 200)):
        faults.text(block, key, at, most=most)
    if "actions" in block:
        for number, button in enumerate(faults.items(block, "actions", at, most=3)):
            check_element(button, f"{at}/actions/{number}", faults, {"button": IN_ACTIONS["button"]})


def _container(block: Mapping[str, Any], at: str, faults: Faults) -> None:
    faults.text(block, "title", at, most=150)
    faults.text(block, "subtitle", at, most=150)
    for number, child in enumerate(faults.items(block, "child_blocks", at, most=10)):
        _check_block(child, f"{at}/child_blocks/{number}", faults, IN_CONTAINERS)


EVERYWHERE: dict[str, Rule] = {
    "section": _section,
    "header": _header,
    "context": _context,
    "actions": _actions,
    "divider": _divider,
    "image": _image,
    "rich_text": _rich_text,
    "input": _input,
}
IN_CONTAINERS: dict[str, Rule] = {**EVERYWHERE, "table": data.table, "markdown": _markdown}
SURFACES: dict[str, dict[str, Rule]] = {
    "message": {
        **EVERYWHERE,
        "markdown": _markdown,
        "table": data.table,
        "data_table": data.data_table,
        "data_visualization": data.chart,
        "card": _card,
        "container": _container,
    },
    "modal": {**EVERYWHERE, "alert": _alert, "card": _card},
    "home": {
        **EVERYWHERE,
        "table": data.table,
        "data_table": data.data_table,
        "card": _card,
        "container": _container,
    },
}
"""Where which kind of block may stand. Charts are documented for messages only."""


def check_message(
    blocks: Sequence[Any], attachments: Sequence[Any] = (), *, unknown: AbstractSet[str] = frozenset()
) -> list[BlockError]:
    """Faults in the blocks of a message, those within attachments included; `unknown` types are refused too."""
    faults = Faults()
    _check_blocks(blocks, "/blocks", faults, "message", unknown)
    inside: list[Any] = []
    if len(attachments) > MOST_ATTACHMENTS:
        faults.add("/attachments", "too_many", f"no more than {MOST_ATTACHMENTS} items allowed")
    for number, attachment in enumerate(attachments):
        if not isinstance(attachment, dict):
            faults.add(f"/attachments/{number}", "bad_type", "must be an object")
            continue
        held = attachment.get("blocks", [])
        if not isinstance(held, list):
            faults.add(f"/attachments/{number}/blocks", "bad_type", "must be a list")
            continue
        _check_blocks(held, f"/attachments/{number}/blocks", faults, "message", unknown)
        inside += held
    data.check_together([block for block in (*blocks, *inside) if isinstance(block, dict)], faults)
    return faults.found


def check_view(view: Mapping[str, Any], surface: str, *, unknown: AbstractSet[str] = frozenset()) -> list[BlockError]:
    """Faults in a modal or a Home tab."""
    faults = Faults()
    if view.get("type") != surface or surface not in {"modal", "home"}:
        faults.add("/type", "bad_value", f"the view must be of type {surface}")
        return faults.found
    blocks = view.get("blocks")
    if not isinstance(blocks, list):
        faults.missing("", "blocks")
        return faults.found
    if surface == "modal":
        _check_modal(view, blocks, faults)
    faults.string(view, "private_metadata", "", most=LONGEST_METADATA)
    faults.string(view, "callback_id", "", most=LONGEST_ID)
    faults.string(view, "external_id", "", most=LONGEST_ID)
    _check_blocks(blocks, "/blocks", faults, surface, unknown)
    data.check_together([block for block in blocks if isinstance(block, dict)], faults)
    return faults.found


def _check_modal(view: Mapping[str, Any], blocks: Sequence[Any], faults: Faults) -> None:
    faults.text(view, "title", "", most=24, plain=True, required=True)
    faults.text(view, "submit", "", most=24, plain=True)
    faults.text(view, "close", "", most=24, plain=True)
    if "submit" not in view and any(isinstance(block, dict) and block.get("type") == "input" for block in blocks):
        faults.add("", "missing_field", "missing required field: submit, because the view has inputs")


def _check_blocks(blocks: Sequence[Any], at: str, faults: Faults, surface: str, unknown: AbstractSet[str]) -> None:
    if len(blocks) > MOST_BLOCKS[surface]:
        faults.add(at, "too_many", f"no more than {MOST_BLOCKS[surface]} items allowed")
    allowed = {kind: rule for kind, rule in SURFACES[surface].items() if kind not in unknown}
    for number, block in enumerate(blocks):
        _check_block(block, f"{at}/{number}", faults, allowed)
    ids = [str(block["block_id"]) for block in blocks if isinstance(block, dict) and block.get("block_id")]
    for twice in sorted({one for one in ids if ids.count(one) > 1}):
        faults.add(at, "duplicate", f"`block_id` {twice} already exists")


def _check_block(block: Any, at: str, faults: Faults, allowed: Mapping[str, Rule]) -> None:
    rule = allowed.get(str(block.get("type"))) if isinstance(block, dict) else None
    if rule is None:
        kind = block.get("type") if isinstance(block, dict) else block
        faults.add(at, "unsupported", f"unsupported type: {kind}")
        return
    faults.string(block, "block_id", at, most=LONGEST_ID)
    rule(block, at, faults)
