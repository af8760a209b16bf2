"""The manifest against Slack's rules for manifests, and against everything else that names commands."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.commands.catalogue import COMMANDS, HELP
from bot.manifest import EVENTS, OPTIONAL_SCOPES, SCOPES, manifest, manifest_yaml

ROOT = Path(__file__).parents[1]
ENDPOINT = "https://bot.example.com/slack/events"

BOOLEAN, TEXT = bool, str
SHAPE: dict[str, Any] = {
    "_metadata": {"major_version": int, "minor_version": int},
    "display_information": {
        "name": 35,
        "description": 140,
        "long_description": (175, 4000),
        "background_color": (4, 7),
    },
    "features": {
        "app_home": {
            "home_tab_enabled": BOOLEAN,
            "messages_tab_enabled": BOOLEAN,
            "messages_tab_read_only_enabled": BOOLEAN,
        },
        "bot_user": {"display_name": 80, "always_online": BOOLEAN},
        "slash_commands": [
            {"command": (2, 32), "url": TEXT, "description": 2000, "usage_hint": 1000, "should_escape": BOOLEAN}
        ],
    },
    "oauth_config": {"scopes": {"bot": [50], "bot_optional": [50]}},
    "settings": {
        "event_subscriptions": {"request_url": TEXT, "bot_events": [TEXT]},
        "interactivity": {"is_enabled": BOOLEAN, "request_url": TEXT, "message_menu_options_url": TEXT},
        "org_deploy_enabled": BOOLEAN,
        "socket_mode_enabled": BOOLEAN,
        "token_rotation_enabled": BOOLEAN,
    },
}
"""Allowed keys; a number is the greatest length of a text, a pair the least and greatest. Source: Slack's schema."""
REQUIRED = ("display_information.name", "features.bot_user.display_name")
MOST = {"features.slash_commands": 50, "settings.event_subscriptions.bot_events": 100, "oauth_config.scopes.bot": 255}


def breaches(value: Any, shape: Any = SHAPE, place: str = "") -> list[str]:
    """Everything in `value` that Slack would refuse."""
    match shape:
        case dict():
            if not isinstance(value, dict):
                return [f"{place} is no object"]
            unknown = [f"{place}.{key} is unknown" for key in value.keys() - shape.keys()]
            known = [
                breaches(value[key], shape[key], f"{place}.{key}".lstrip(".")) for key in value.keys() & shape.keys()
            ]
            return unknown + [breach for found in known for breach in found]
        case [item]:
            if not isinstance(value, list) or len(value) > MOST.get(place, 255):
                return [f"{place} is no list, or too long"]
            return [
                breach for number, each in enumerate(value) for breach in breaches(each, item, f"{place}[{number}]")
            ]
        case (least, greatest):
            fits = isinstance(value, str) and least <= len(value) <= greatest
            return [] if fits else [f"{place} has not {least} to {greatest} characters"]
        case int() if not isinstance(shape, bool):
            return breaches(value, (1, shape), place)
        case type():
            return [] if type(value) is shape else [f"{place} is no {shape.__name__}"]
    raise AssertionError(f"no rule for {place}")


def all_breaches(app: dict[str, Any]) -> list[str]:
    found = breaches(app)
    scopes = app["oauth_config"]["scopes"]
    found += [f"{scope} is optional but not asked for" for scope in set(scopes["bot_optional"]) - set(scopes["bot"])]
    for dotted in REQUIRED:
        inside: Any = app
        for key in dotted.split("."):
            inside = inside.get(key, {})
        found += [f"{dotted} is missing"] if not inside else []
    for command in app["features"]["slash_commands"]:
        if not re.fullmatch(r"/[a-z0-9_-]+", command["command"]):
            found.append(f"{command['command']} is no name for a command")
        if ("url" in command) is app["settings"]["socket_mode_enabled"]:
            found.append(f"{command['command']} has a URL in Socket Mode, or none without")
    return found


VARIANTS = [
    pytest.param({}, id="Socket Mode"),
    pytest.param({"url": "https://bot.example.com"}, id="HTTP"),
    pytest.param({"url": "https://bot.example.com/", "prefix": "cc-"}, id="HTTP with a prefix and a trailing slash"),
    pytest.param({"prefix": "a" * 20}, id="the longest prefix"),
]


@pytest.mark.parametrize("variant", VARIANTS)
def test_slack_accepts_the_manifest(variant: dict[str, str]) -> None:
    assert all_breaches(manifest(**variant)) == []


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_text_reads_back_as_the_manifest(variant: dict[str, str]) -> None:
    assert yaml.safe_load(manifest_yaml(**variant)) == manifest(**variant)


def test_the_checker_sees_what_slack_would_refuse() -> None:
    app = manifest()
    app["display_information"]["name"] = "n" * 36
    app["display_information"]["long_description"] = "too short"
    app["features"]["slash_commands"][0]["scope"] = "?"
    app["oauth_config"]["scopes"]["bot_optional"] = ["files:read"]
    assert len(all_breaches(app)) == 4


def test_every_address_of_the_http_variant_is_the_same() -> None:
    app = manifest(url="https://bot.example.com/")
    addresses = {command["url"] for command in app["features"]["slash_commands"]}
    addresses |= {app["settings"]["event_subscriptions"]["request_url"]}
    addresses |= {app["settings"]["interactivity"][key] for key in ("request_url", "message_menu_options_url")}
    assert addresses == {ENDPOINT}
    assert app["settings"]["socket_mode_enabled"] is False


def test_the_prefix_renames_every_command() -> None:
    named = [command["command"] for command in manifest(prefix="cc-")["features"]["slash_commands"]]
    assert named == [f"/cc-{command.name}" for command in COMMANDS]


def test_the_file_in_the_repository_is_what_the_command_prints() -> None:
    assert (ROOT / "manifest.yml").read_text() == manifest_yaml()


def test_manifest_catalogue_help_and_readme_name_the_same_commands() -> None:
    in_catalogue = {f"/{command.name}" for command in COMMANDS}
    in_manifest = {command["command"] for command in manifest()["features"]["slash_commands"]}
    in_readme = set(re.findall(r"^\| `(/[a-z-]+)", (ROOT / "README.md").read_text(), flags=re.MULTILINE))
    in_help = {
        example.split()[0] for name, help_of in HELP.items() for example, _ in help_of(("Billing",), name).examples
    }
    assert in_catalogue == in_manifest == in_readme == in_help


def test_every_event_that_the_bot_is_told_has_its_scopes() -> None:
    needed = {scope for scopes in EVENTS.values() for scope in scopes}
    assert needed <= set(SCOPES)
    assert manifest()["settings"]["event_subscriptions"]["bot_events"] == list(EVENTS)


def test_what_a_digest_stands_on_cannot_be_left_out() -> None:
    needed = {scope for scopes in EVENTS.values() for scope in scopes} | {"chat:write", "commands", "users:read"}
    assert needed.isdisjoint(OPTIONAL_SCOPES)


def test_the_setup_guide_explains_every_scope_and_no_other() -> None:
    table = (ROOT / "docs" / "setup.md").read_text().partition("| Scope | Why |")[2].partition("###")[0]
    explained = set(re.findall(r"`([a-z:.]+)`", table))
    assert explained == set(SCOPES)
