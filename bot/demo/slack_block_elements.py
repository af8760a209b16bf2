"""The rules for interactive elements: buttons, menus, inputs, and the options within them."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.demo.slack_block_initial import check_filter, check_initial
from bot.demo.slack_block_texts import LONGEST_ID, Faults

MOST_OPTIONS = 100
LONGEST_OPTION = 75
LONGEST_VALUE = 150
LONGEST_URL = 3000
LONGEST_PLACEHOLDER = 150

Rule = Callable[[Mapping[str, Any], str, Faults], None]


def _button(element: Mapping[str, Any], at: str, faults: Faults) -> None:
    faults.text(element, "text", at, most=75, plain=True, required=True)
    faults.string(element, "value", at, most=2000)
    faults.string(element, "url", at, most=LONGEST_URL)
    faults.string(element, "accessibility_label", at, most=75)
    faults.one_of(element, "style", at, {"primary", "danger"})
    _confirm(element, at, faults)


def _overflow(element: Mapping[str, Any], at: str, faults: Faults) -> None:
    _options(element, at, faults, most=5, plain=True)
    _confirm(element, at, faults)


def _choices(element: Mapping[str, Any], at: str, faults: Faults) -> None:
    _options(element, at, faults, most=10, plain=False)
    _confirm(element, at, faults)


def _static_menu(element: Mapping[str, Any], at: str, faults: Faults) -> None:
    _menu(element, at, faults)
    if ("options" in element) == ("option_groups" in element):
        faults.add(at, "bad_value", "exactly one of options and option_groups is needed")
    elif "options" in element:
        _options(element, at, faults, most=MOST_OPTIONS, plain=True)
    else:
        for group_at, group in faults.objects(element, "option_groups", at, most=MOST_OPTIONS):
            faults.text(group, "label", group_at, most=75, plain=True, required=True)
            _options(group, group_at, faults, most=MOST_OPTIONS, plain=True)


def _external_menu(element: Mapping[str, Any], at: str, faults: Faults) -> None:
    _menu(element, at, faults)
    initial = element.get("initial_options", [element["initial_option"]] if "initial_option" in element else [])
    for number, option in enumerate(initial if isinstance(initial, list) else ()):
        check_option(option, f"{at}/initial_options/{number}", faults)
    faults.whole(element, "min_query_length", at, least=0, most=100)


def _conversations_menu(element: Mapping[str, Any], at: str, faults: Faults) -> None:
    _menu(element, at, faults)
    check_filter(element, at, faults)
    if not isinstance(element.get("default_to_current_conversation", False), bool):
        faults.add(f"{at}/default_to_current_conversation", "bad_type", "must be true or false")


def _menu(element: Mapping[str, Any], at: str, faults: Faults) -> None:
    faults.whole(element, "max_selected_items", at, least=1, most=MOST_OPTIONS)
    faults.text(element, "placeholder", at, most=LONGEST_PLACEHOLDER, plain=True)
    _confirm(element, at, faults)


def _text_input(element: Mapping[str, Any], at: str, faults: Faults) -> None:
    faults.text(element, "placeholder", at, most=LONGEST_PLACEHOLDER, plain=True)
    faults.whole(element, "min_length", at, least=0, most=3000)
    faults.whole(element, "max_length", at, least=1, most=3000)
    faults.string(element, "initial_value", at, most=3000)


def _number_input(element: Mapping[str, Any], at: str, faults: Faults) -> None:
    faults.text(element, "placeholder", at, most=LONGEST_PLACEHOLDER, plain=True)
    if not isinstance(element.get("is_decimal_allowed"), bool):
        faults.missing(at, "is_decimal_allowed")


def _picker(element: Mapping[str, Any], at: str, faults: Faults) -> None:
    faults.text(element, "placeholder", at, most=LONGEST_PLACEHOLDER, plain=True)
    _confirm(element, at, faults)


def _confirm(element: Mapping[str, Any], at: str, faults: Faults) -> None:
    confirm = element.get("confirm")
    if confirm is None:
        return
    at = f"{at}/confirm"
    if not isinstance(confirm, dict):
        faults.add(at, "bad_type", "confirm must be an object")
        return
    faults.text(confirm, "title", at, most=100, plain=True, required=True)
    faults.text(confirm, "text", at, most=300, required=True)
    faults.text(confirm, "confirm", at, most=30, plain=True, required=True)
    faults.text(confirm, "deny", at, most=30, plain=True, required=True)
    faults.one_of(confirm, "style", at, {"primary", "danger"})


def _options(holder: Mapping[str, Any], at: str, faults: Faults, *, most: int, plain: bool) -> None:
    for number, option in enumerate(faults.items(holder, "options", at, most=most)):
        check_option(option, f"{at}/options/{number}", faults, plain=plain)


def check_option(option: Any, at: str, faults: Faults, *, plain: bool = True) -> None:
    """One option of a menu; radio buttons and checkboxes may use mrkdwn."""
    if not isinstance(option, dict):
        faults.add(at, "bad_type", "an option must be an object")
        return
    faults.text(option, "text", at, most=LONGEST_OPTION, plain=plain, required=True)
    faults.text(option, "description", at, most=LONGEST_OPTION, plain=plain)
    faults.string(option, "value", at, most=LONGEST_VALUE, required=True)


BUTTONS: dict[str, Rule] = {"button": _button}
MENUS: dict[str, Rule] = {
    "static_select": _static_menu,
    "multi_static_select": _static_menu,
    "external_select": _external_menu,
    "multi_external_select": _external_menu,
    "conversations_select": _conversations_menu,
    "multi_conversations_select": _conversations_menu,
    **dict.fromkeys((f"{many}{what}_select" for many in ("", "multi_") for what in ("users", "channels")), _menu),
}
CHOICES: dict[str, Rule] = {"checkboxes": _choices, "radio_buttons": _choices}
PICKERS: dict[str, Rule] = {"datepicker": _picker, "timepicker": _picker}
TYPED: dict[str, Rule] = {
    "plain_text_input": _text_input,
    "email_text_input": _text_input,
    "url_text_input": _text_input,
    "number_input": _number_input,
    "datetimepicker": _picker,
}
IN_ACTIONS = {**BUTTONS, "overflow": _overflow, **MENUS, **CHOICES, **PICKERS, "datetimepicker": _picker}
IN_SECTIONS = {**BUTTONS, "overflow": _overflow, **MENUS, **CHOICES, **PICKERS}
IN_INPUTS = {**MENUS, **CHOICES, **PICKERS, **TYPED}


def check_element(element: Any, at: str, faults: Faults, allowed: Mapping[str, Rule]) -> None:
    """One element, which must be of an allowed type."""
    rule = allowed.get(str(element.get("type"))) if isinstance(element, dict) else None
    if rule is None:
        kind = element.get("type") if isinstance(element, dict) else element
        faults.add(at, "unsupported", f"unsupported element here: {kind}")
        return
    faults.string(element, "action_id", at, most=LONGEST_ID)
    rule(element, at, faults)
    check_initial(element, at, faults)
