"""The list of Slack's methods the local Slack knows: served, or known and not served. All others are unknown."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """A method of the Web API; a bot token needs `scope`, or one of several, to call it."""

    name: str
    served: bool = True
    scopes: frozenset[str] = frozenset()
    remark: str = ""
    tier: int | None = None
    """Of Slack's rate limits; None for methods with a pace of their own, or with so much that nobody meets it."""


def _served(name: str, *scopes: str, tier: int | None = None, remark: str = "") -> Method:
    return Method(name=name, scopes=frozenset(scopes), tier=tier, remark=remark)


def _not_served(name: str, remark: str) -> Method:
    return Method(name=name, served=False, remark=remark)


READ = ("channels:read", "groups:read", "im:read", "mpim:read")
HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")

METHODS = (
    _served("apps.connections.open", remark="needs the app-level token"),
    _served("auth.test"),
    _served("blocks.validate", remark="same rules as every posting method; no token needed"),
    _served("bots.info", "users:read", tier=3),
    _served("chat.delete", "chat:write", tier=3),
    _served("chat.getPermalink", remark="an address on the local page"),
    _served("chat.postEphemeral", "chat:write", tier=4),
    _served("chat.postMessage", "chat:write", remark="threads are kept; reply_broadcast is ignored"),
    _served("chat.update", "chat:write", tier=3),
    _served("conversations.history", *HISTORY, tier=3),
    _served("conversations.info", *READ, tier=3),
    _served("conversations.join", "channels:join", tier=3),
    _served("conversations.list", *READ, tier=2),
    _served("conversations.members", *READ, tier=4),
    _served("conversations.open", "im:write", tier=3, remark="direct conversations with one person"),
    _served("conversations.replies", *HISTORY, tier=3),
    _served("files.completeUploadExternal", "files:write", tier=4, remark="scanned after the first look at files.info"),
    _served("files.getUploadURLExternal", "files:write", tier=4),
    _served("files.info", "files:read", tier=4),
    _served("team.info", "team:read", tier=3),
    _served("usergroups.list", "usergroups:read", tier=2),
    _served("usergroups.users.list", "usergroups:read", tier=2),
    _served("users.conversations", *READ, tier=2, remark="of any person; only channels the bot can see"),
    _served("users.info", "users:read", tier=4),
    _served("users.list", "users:read", tier=2),
    _served("views.open", tier=4),
    _served("views.publish", tier=4),
    _served("views.push", tier=4),
    _served("views.update", tier=4),
    _not_served("chat.deleteScheduledMessage", "nothing is scheduled"),
    _not_served("chat.scheduleMessage", "content would be fixed before the figures exist; post when due instead"),
    _not_served("chat.scheduledMessages.list", "nothing is scheduled"),
    _not_served("chat.unfurl", "links are not unfurled"),
    _not_served("files.upload", "retired by Slack"),
    _not_served("oauth.v2.access", "the workspace is installed from the start"),
    _not_served("reactions.add", "messages carry no reactions"),
    _not_served("users.lookupByEmail", "people have no e-mail addresses here"),
)

ALL_SCOPES = frozenset({"commands", "chat:write.public"}.union(*(method.scopes for method in METHODS)))


def method_named(name: str) -> Method | None:
    """The entry of the list, or None for a method nobody wrote down."""
    return next((method for method in METHODS if method.name == name), None)
