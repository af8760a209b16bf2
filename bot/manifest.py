"""The Slack app manifest, from the catalogue of commands.

Paste it at https://api.slack.com/apps → Create New App → From a manifest. Shape: Slack's manifest schema, version 2.
"""

from __future__ import annotations

from typing import Any

import yaml

from bot.commands.catalogue import COMMANDS

SCOPES = {
    "commands": "people type them",
    "chat:write": "answers, answers shared with a channel, digests and alerts",
    "chat:write.public": "sharing in public channels the bot was not invited to; people may leave it out",
    "files:write": "exports and the figures of digests, as files",
    "users:read": "the asker's time zone, and whether they are a guest or an admin",
    "channels:read": "who is in a public channel, who shares it, and that it was archived or renumbered",
    "groups:read": "the same for private channels",
    "channels:history": "finding out whether a digest whose sending was cut short has arrived; people may leave it out",
    "groups:history": "the same for private channels",
}
"""Bot scopes, each with what it is for."""

OPTIONAL_SCOPES = ("chat:write.public", "channels:history", "groups:history")
"""Without history, a digest that may have arrived is not sent again; its owner is told."""

EVENTS = {
    "app_home_opened": (),
    "channel_archive": ("channels:read",),
    "channel_deleted": ("channels:read",),
    "channel_id_changed": ("channels:read", "groups:read"),
    "channel_left": ("channels:read",),
    "channel_shared": ("channels:read", "groups:read"),
    "channel_unarchive": ("channels:read",),
    "channel_unshared": ("channels:read", "groups:read"),
    "group_archive": ("groups:read",),
    "group_deleted": ("groups:read",),
    "group_left": ("groups:read",),
    "group_unarchive": ("groups:read",),
    "member_joined_channel": ("channels:read", "groups:read"),
}
"""Events the bot is told, each with the scopes it takes; where there are two, one for each kind of channel."""

_LONG_DESCRIPTION = (
    "Ask for the service level of a Genesys Cloud queue where you are already talking: the share of contacts answered "
    "in time, with the formula, the counts and the period it rests on. Compare it with the queue's own target and with "
    "the period before, look at it by hour or by day, and share the answer with the channel. And see who is "
    "waiting and which agents are free this minute. Reports bring any metrics by queue, agent, day or hour as a table "
    "or a file, and exports every conversation of a period. A channel that subscribes to a digest has its figures "
    "every morning before the stand-up, and one with alerts is told when a queue is in trouble, once, in a message "
    "that lives until it is over."
)


def manifest(*, prefix: str = "", url: str = "") -> dict[str, Any]:
    """The manifest as Slack reads it. `prefix` goes in front of every command's name (`cc-` makes `/cc-sla`).

    Without `url` the app uses Socket Mode. With it, Slack calls `<url>/slack/events`; `url` begins with https://.
    """
    endpoint = f"{url.rstrip('/')}/slack/events" if url else ""
    commands = []
    for command in COMMANDS:
        entry: dict[str, Any] = {"command": f"/{prefix}{command.name}"}
        if endpoint:
            entry["url"] = endpoint
        entry |= {
            "description": command.summary,
            "usage_hint": command.usage_hint,
            "should_escape": command.should_escape,
        }
        commands.append(entry)
    events: dict[str, Any] = {"request_url": endpoint} if endpoint else {}
    interactivity: dict[str, Any] = {"is_enabled": True}
    if endpoint:
        interactivity |= {"request_url": endpoint, "message_menu_options_url": endpoint}
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": "Queue SLA",
            "description": "Service levels of Genesys Cloud queues, asked and answered in Slack",
            "long_description": _LONG_DESCRIPTION,
            "background_color": "#1a3d5c",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": True,
            },
            "bot_user": {"display_name": "queue-sla", "always_online": False},
            "slash_commands": commands,
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES), "bot_optional": list(OPTIONAL_SCOPES)}},
        "settings": {
            "event_subscriptions": events | {"bot_events": list(EVENTS)},
            "interactivity": interactivity,
            "org_deploy_enabled": False,
            "socket_mode_enabled": not endpoint,
            "token_rotation_enabled": False,
        },
    }


def manifest_yaml(*, prefix: str = "", url: str = "") -> str:
    """`manifest` as the text of a file."""
    return yaml.safe_dump(manifest(prefix=prefix, url=url), sort_keys=False, allow_unicode=True, width=100)
