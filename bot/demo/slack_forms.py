"""What people have entered into modals and messages and not yet sent."""

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from bot.demo.slack_attachments import all_blocks
from bot.demo.slack_choosing import current, offers
from bot.demo.slack_elements import VALUE_KEYS, Entered, elements_of, entered_state, initial_entry
from bot.demo.slack_workspace import Json, Message, UserId, View, Workspace

Given = Mapping[str, Entered]
"""What was entered, by `block_id/action_id`, `action_id` or `block_id`."""

REQUIRED = "Please complete this required field."
LONGEST_ENTRY = 3000


class Forms:
    """Entries per place; an element that keeps its block id and action id through an update keeps what was entered."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._entered: dict[str, dict[str, Entered]] = {}
        self._offered: dict[str, dict[str, Json]] = {}

    def offer(self, place: Message | View, element: Json, options: Iterable[Json]) -> None:
        """Remember the options a type-ahead menu was given, so that one can be chosen by its value."""
        offered = self._offered.setdefault(f"{_name(place)}/{element['action_id']}", {})
        offered.update({str(option["value"]): option for option in options})

    def resolved(self, place: Message | View, element: Json, entered: Any) -> Any:
        """The whole option for a value chosen from a type-ahead menu; anything else as it is."""
        offered = self._offered.get(f"{_name(place)}/{element['action_id']}", {})
        if element["type"] == "external_select" and isinstance(entered, str):
            return offered.get(entered, entered)
        if element["type"] == "multi_external_select" and isinstance(entered, list):
            return [offered.get(one, one) if isinstance(one, str) else one for one in entered]
        return entered

    def state(self, user: UserId, place: Message | View, given: Given) -> Json:
        """`state.values` of the place after `given` was entered as well; LookupError for what a menu does not offer."""
        blocks = place.body["blocks"] if isinstance(place, View) else all_blocks(place)
        kept = self._entered.setdefault(_name(place), {})
        values: Json = {}
        for block, element in elements_of(blocks):
            if element["type"] not in VALUE_KEYS or element["type"] == "overflow":
                continue
            key = f"{block['block_id']}/{element['action_id']}"
            for name in (key, element["action_id"], block["block_id"]):
                if name in given:
                    kept[key] = self.resolved(place, element, given[name])
                    self._check_choice(user, element, kept[key])
                    break
            entry = kept[key] if key in kept else self._initial(user, place, element)
            values.setdefault(block["block_id"], {})[element["action_id"]] = entered_state(element, entry)
        return values

    def wrong(self, view: View, state: Json) -> dict[str, str]:
        """What Slack refuses before sending, by block id: required fields left empty, and values out of bounds."""
        found: dict[str, str] = {}
        for block, element in elements_of(view.body["blocks"]):
            if block["type"] != "input":
                continue
            value = state[block["block_id"]][element["action_id"]][VALUE_KEYS[element["type"]]]
            if not value:
                if not block.get("optional"):
                    found[block["block_id"]] = REQUIRED
            elif reason := out_of_bounds(element, value):
                found[block["block_id"]] = reason
        return found

    def _initial(self, user: UserId, place: Message | View, element: Json) -> Any:
        initial = initial_entry(element)
        if initial is None and isinstance(place, View):
            return current(self._workspace, element, place.opened_in, user)
        return initial

    def _check_choice(self, user: UserId, element: Json, entered: Any) -> None:
        if VALUE_KEYS[element["type"]].removesuffix("s") not in {"selected_conversation", "selected_channel"}:
            return
        for chosen in entered if isinstance(entered, list) else [entered] if entered else []:
            channel = self._workspace.channels.get(chosen)
            if channel is None or not offers(element, channel, user):
                raise LookupError(f"{element['action_id']} does not offer {chosen}")


def out_of_bounds(element: Json, value: Any) -> str | None:
    """Why Slack does not take this value, in the words shown at the field; None if it does."""
    if element["type"] == "number_input":
        return _wrong_number(element, str(value))
    if isinstance(value, str) and element["type"].endswith("_input"):
        least, most = element.get("min_length", 0), element.get("max_length", LONGEST_ENTRY)
        return None if least <= len(value) <= most else f"Please enter {least} to {most} characters."
    if isinstance(value, list) and len(value) > element.get("max_selected_items", len(value)):
        return f"Please choose {element['max_selected_items']} at most."
    return None


def _wrong_number(element: Json, value: str) -> str | None:
    try:
        number = Decimal(value)
    except InvalidOperation:
        return "Please enter a number."
    if not number.is_finite() or (not element["is_decimal_allowed"] and number != number.to_integral_value()):
        return "Please enter a whole number."
    least, most = (Decimal(str(element.get(key, number))) for key in ("min_value", "max_value"))
    return None if least <= number <= most else f"Please enter a number from {least} to {most}."


def find_element(place: Message | View, action_id: str, block_id: str | None = None) -> tuple[Json, Json]:
    """The block and the element with this `action_id`; raises LookupError naming those that are there."""
    blocks = place.body["blocks"] if isinstance(place, View) else all_blocks(place)
    there = [(b, e) for b, e in elements_of(blocks) if block_id in (None, b.get("block_id"))]
    for block, element in there:
        if element["action_id"] == action_id:
            return block, element
    raise LookupError(f"no element {action_id!r} here, only {[element['action_id'] for _, element in there]}")


def action_of(block: Json, element: Json, chosen: Any, ts: str) -> Json:
    """What a click tells: the element, and what was chosen; a button repeats what the app gave it."""
    action = {
        "type": element["type"],
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "action_ts": ts,
    }
    if element["type"] == "button":
        return action | {key: element[key] for key in ("text", "value", "style", "url") if key in element}
    return action | entered_state(element, chosen)


def _name(place: Message | View) -> str:
    return place.id if isinstance(place, View) else f"{place.channel}/{place.ts}"
