"""The rules for what stands in an element before anybody touches it, and for which conversations a menu offers."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.demo.slack_block_texts import Faults
from bot.demo.slack_elements import VALUE_KEYS

DATE, TIME = re.compile(r"\d{4}-(0\d|1[0-2])-[0-3]\d"), re.compile(r"([01]\d|2[0-3]):[0-5]\d")
FILTER_KEYS = {"include", "exclude_external_shared_channels", "exclude_bot_users"}
FILTER_KINDS = {"im", "mpim", "private", "public"}
SHAPES = {"initial_date": (DATE, "2026-03-30"), "initial_time": (TIME, "07:45")}


def check_initial(element: Mapping[str, Any], at: str, faults: Faults) -> None:
    """Initial values of any element."""
    value_key = VALUE_KEYS.get(element["type"], "")
    key = value_key.replace("selected_", "initial_")
    if key == value_key or key not in element:
        return
    given, at = element[key], f"{at}/{key}"
    if key in {"initial_option", "initial_options"}:
        many = key.endswith("s")
        if many and not (isinstance(given, list) and given):
            faults.add(at, "too_few", "at least 1 items needed")
        else:
            _among(element, given if many else [given], at, faults)
    elif key in SHAPES:
        shape, example = SHAPES[key]
        if not isinstance(given, str) or not shape.fullmatch(given):
            faults.add(at, "bad_value", f"{key} must look like {example}")
    elif key == "initial_date_time":
        faults.whole(element, key, at.removesuffix(f"/{key}"), least=10**9, most=10**10 - 1)
    elif key.endswith("s"):
        if not (isinstance(given, list) and given and all(isinstance(one, str) and one for one in given)):
            faults.add(at, "bad_type", f"{key} must be a list of ids")
    elif not isinstance(given, str) or not given:
        faults.add(at, "bad_type", f"{key} must be an id")


def check_filter(element: Mapping[str, Any], at: str, faults: Faults) -> None:
    """The `filter` of a menu of conversations."""
    rules = element.get("filter")
    if rules is None:
        return
    at = f"{at}/filter"
    if not isinstance(rules, dict) or not rules:
        faults.add(at, "bad_value", f"filter must have at least one of {', '.join(sorted(FILTER_KEYS))}")
        return
    for key in sorted(rules.keys() - FILTER_KEYS):
        faults.add(f"{at}/{key}", "unsupported", f"filter has no {key}")
    if "include" in rules:
        kinds = faults.items(rules, "include", at, most=len(FILTER_KINDS))
        if unknown := [str(kind) for kind in kinds if not isinstance(kind, str) or kind not in FILTER_KINDS]:
            faults.add(f"{at}/include", "bad_value", f"include knows no {', '.join(unknown)}")
    for key in ("exclude_external_shared_channels", "exclude_bot_users"):
        if not isinstance(rules.get(key, False), bool):
            faults.add(f"{at}/{key}", "bad_type", f"{key} must be true or false")


def _among(element: Mapping[str, Any], given: Sequence[Any], at: str, faults: Faults) -> None:
    if "external" in element["type"]:
        return
    groups = element.get("option_groups")
    holders = [element, *(groups if isinstance(groups, list) else ())]
    lists = [holder.get("options") for holder in holders if isinstance(holder, dict)]
    known = [_identity(option) for options in lists if isinstance(options, list) for option in options]
    for option in given:
        if _identity(option) not in known:
            faults.add(at, "bad_value", "must be one of the options, with the same text and value")


def _identity(option: Any) -> Any:
    if not isinstance(option, dict) or not isinstance(option.get("text"), dict):
        return option
    return option.get("value"), option["text"].get("text")
