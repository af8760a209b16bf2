"""What Slack sends, reduced to the fields relied upon. Shapes are Slack's; every key may be absent where it says so."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict


class SlashCommand(TypedDict):
    command: str
    text: NotRequired[str]
    team_id: str
    channel_id: str
    user_id: str
    response_url: str
    trigger_id: str
    enterprise_id: NotRequired[str | None]


def typed_text(command: SlashCommand) -> str:
    """What was typed behind the command. Whether Slack escapes `&`, `<` and `>` there is not documented."""
    text = command.get("text") or ""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


class PayloadUser(TypedDict):
    id: str
    team_id: NotRequired[str]
    """The person's own workspace: in a shared channel it may be another organisation's."""


class PayloadTeam(TypedDict):
    """A workspace, or an Enterprise organisation."""

    id: str


class PayloadChannel(TypedDict):
    id: str


class Chosen(TypedDict):
    value: str


class Action(TypedDict):
    action_id: str
    value: NotRequired[str]
    selected_option: NotRequired[Chosen | None]
    """Of menus, an overflow menu included."""
    selected_conversation: NotRequired[str | None]
    action_ts: NotRequired[str]


class Container(TypedDict):
    type: str
    message_ts: NotRequired[str]
    is_ephemeral: NotRequired[bool]
    view_id: NotRequired[str]


class Click(TypedDict):
    """`block_actions`."""

    user: PayloadUser
    team: NotRequired[PayloadTeam | None]
    enterprise: NotRequired[PayloadTeam | None]
    channel: NotRequired[PayloadChannel]
    """Absent for clicks in a modal or in App Home."""
    container: Container
    actions: list[Action]
    view: NotRequired[View]
    """Of clicks in a modal or in App Home."""
    response_url: NotRequired[str]
    trigger_id: str


class ViewState(TypedDict):
    values: dict[str, dict[str, dict[str, Any]]]
    """block_id -> action_id -> the element's state."""


class View(TypedDict):
    id: str
    type: NotRequired[str]
    """`home` or `modal`."""
    callback_id: NotRequired[str]
    private_metadata: NotRequired[str]
    state: NotRequired[ViewState]
    hash: NotRequired[str]


class Submission(TypedDict):
    """`view_submission`."""

    user: PayloadUser
    team: NotRequired[PayloadTeam | None]
    enterprise: NotRequired[PayloadTeam | None]
    view: View
    trigger_id: str


class HomeOpened(TypedDict):
    """`app_home_opened`."""

    user: str
    tab: str


class ChannelEvent(TypedDict):
    """`channel_archive` and others that tell of a channel."""

    type: str
    channel: NotRequired[str]
    user: NotRequired[str]
    old_channel_id: NotRequired[str]
    new_channel_id: NotRequired[str]
    """These two of `channel_id_changed`, which has no `channel`."""


class Suggestion(TypedDict):
    """`block_suggestion`: a key was pressed in a menu that asks for its options."""

    user: PayloadUser
    team: NotRequired[PayloadTeam | None]
    value: NotRequired[str]
    block_id: NotRequired[str]
    view: NotRequired[View]
