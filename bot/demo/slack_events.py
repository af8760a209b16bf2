"""The payloads Slack sends to an app: commands, clicks, submissions, type-ahead and events. Values in, values out."""

import re
from collections.abc import Mapping
from typing import Any

from bot.demo.slack_attachments import attachment_of
from bot.demo.slack_workspace import Channel, Json, Kind, Message, Person, View, Workspace

TOKEN = "verification-token"  # noqa: S105  Slack's deprecated field, not a secret


def command_payload(
    workspace: Workspace, person: Person, channel: Channel, command: str, text: str, *, response_url: str, trigger: str
) -> Json:
    """A slash command; over HTTP the same keys are form fields."""
    return {
        "token": TOKEN,
        "team_id": workspace.team_id,
        "team_domain": workspace.team_domain,
        "channel_id": channel.id,
        "channel_name": {Kind.DIRECT: "directmessage", Kind.PRIVATE: "privategroup"}.get(channel.kind, channel.name),
        "user_id": person.id,
        "user_name": person.name,
        "command": command,
        "text": text,
        "api_app_id": workspace.app_id,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": trigger,
    }


def message_click(
    workspace: Workspace,
    person: Person,
    message: Message,
    action: Json,
    *,
    state: Json,
    response_url: str,
    trigger: str,
) -> Json:
    """A click in a message. On an ephemeral message the message itself is left out, as Slack may do."""
    channel = workspace.channels[message.channel]
    payload = _interaction(workspace, person, "block_actions") | {
        "container": _container(message, action["block_id"]),
        "trigger_id": trigger,
        "channel": {"id": channel.id, "name": channel.name or "directmessage"},
        "state": {"values": state},
        "response_url": response_url,
        "actions": [action],
    }
    if message.ephemeral_to is None:
        payload["message"] = message_payload(workspace, message)
    return payload


def _container(message: Message, block_id: str) -> Json:
    """Where a block of a message stands: in the message itself, or in one of its attachments."""
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": message.channel,
        "is_ephemeral": message.ephemeral_to is not None,
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    number = attachment_of(message, block_id)
    if number is None:
        return container
    return container | {"type": "message_attachment", "attachment_id": number, "is_app_unfurl": False}


def view_click(workspace: Workspace, person: Person, view: View, action: Json, *, state: Json, trigger: str) -> Json:
    """A click in a modal or on the Home tab."""
    return _interaction(workspace, person, "block_actions") | {
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": trigger,
        "view": view_payload(workspace, view, state),
        "actions": [action],
    }


def submission(
    workspace: Workspace, person: Person, view: View, *, state: Json, trigger: str, response_urls: list[Json]
) -> Json:
    """A modal that was submitted."""
    return _interaction(workspace, person, "view_submission") | {
        "trigger_id": trigger,
        "view": view_payload(workspace, view, state),
        "response_urls": response_urls,
    }


def closing(workspace: Workspace, person: Person, view: View, *, cleared: bool) -> Json:
    """A modal that was closed; `cleared` when the whole stack went with it."""
    return _interaction(workspace, person, "view_closed") | {
        "view": view_payload(workspace, view, {}),
        "is_cleared": cleared,
    }


def suggestion(
    workspace: Workspace, person: Person, place: Message | View, *, block_id: str, action_id: str, typed: str
) -> Json:
    """A keystroke in a type-ahead menu."""
    payload = _interaction(workspace, person, "block_suggestion") | {
        "action_id": action_id,
        "block_id": block_id,
        "value": typed,
    }
    if isinstance(place, View):
        payload |= {"container": {"type": "view", "view_id": place.id}, "view": view_payload(workspace, place, {})}
    else:
        payload |= {
            "container": _container(place, block_id),
            "channel": {"id": place.channel, "name": workspace.channels[place.channel].name},
            "message": message_payload(workspace, place),
        }
    return payload


def event(workspace: Workspace, event_id: str, inner: Json) -> Json:
    """Any event in its wrapper."""
    return {
        "token": TOKEN,
        "type": "event_callback",
        "team_id": workspace.team_id,
        "api_app_id": workspace.app_id,
        "event_id": event_id,
        "event_time": int(workspace.now().timestamp()),
        "event": inner,
        "is_ext_shared_channel": False,
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": workspace.team_id,
                "user_id": workspace.bot,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
    }


def home_opened(workspace: Workspace, person: Person, channel: Channel, *, tab: str, view: View | None) -> Json:
    """The inner event of somebody opening the app; `view` is what the Home tab shows, if anything was published."""
    opened: Json = {
        "type": "app_home_opened",
        "user": person.id,
        "channel": channel.id,
        "tab": tab,
        "event_ts": workspace.next_ts(),
    }
    if view is not None:
        opened["view"] = view_payload(workspace, view, {})
    return opened


def message_payload(workspace: Workspace, message: Message) -> Json:
    """A message as the Web API and payloads show it."""
    author = workspace.people[message.user]
    shown: Json = {"type": "message", "user": author.id, "ts": message.ts, "text": message.text, "team": author.team_id}
    if author.is_bot:
        shown |= {"bot_id": workspace.bot_id, "app_id": workspace.app_id}
    if message.blocks:
        shown["blocks"] = list(message.blocks)
    if message.attachments:
        shown["attachments"] = list(message.attachments)
    if message.files:
        shown |= {"subtype": "file_share", "files": list(message.files)}
    if message.thread_ts:
        shown["thread_ts"] = message.thread_ts
    if message.edited:
        shown["edited"] = {"user": author.id, "ts": message.ts}
    return shown


def view_payload(workspace: Workspace, view: View, state: Mapping[str, Any]) -> Json:
    """A view as Slack hands it back: what the bot sent, with ids, hash and state."""
    return {
        "private_metadata": "",
        "callback_id": "",
        "external_id": "",
        "title": None,
        "submit": None,
        "close": None,
        "clear_on_close": False,
        "notify_on_close": False,
        **view.body,
        "id": view.id,
        "team_id": workspace.team_id,
        "app_id": workspace.app_id,
        "bot_id": workspace.bot_id,
        "root_view_id": view.root_id,
        "previous_view_id": view.previous_id,
        "hash": view.hash,
        "state": {"values": dict(state)},
    }


def escaped(workspace: Workspace, text: str) -> str:
    """Names of people, user groups and channels as mentions, the way `should_escape` asks for."""
    people = {person.name: person for person in workspace.people.values()}
    groups = {handle: group for group, (handle, _) in workspace.user_groups.items()}
    channels = {channel.name: channel for channel in workspace.channels.values() if channel.name}

    def mention(match: re.Match[str]) -> str:
        kind, name = match.groups()
        if kind == "@" and name in people:
            return f"<@{people[name].id}|{name}>"
        if kind == "@" and name in groups:
            return f"<!subteam^{groups[name]}|@{name}>"
        if kind == "#" and name in channels:
            return f"<#{channels[name].id}|{name}>"
        return match.group()

    return re.sub(r"([@#])([\w-]+)", mention, text)


def _interaction(workspace: Workspace, person: Person, kind: str) -> Json:
    return {
        "type": kind,
        "token": TOKEN,
        "team": {"id": workspace.team_id, "domain": workspace.team_domain},
        "user": {"id": person.id, "username": person.name, "name": person.name, "team_id": person.team_id},
        "api_app_id": workspace.app_id,
        "enterprise": None,
        "is_enterprise_install": False,
    }
