"""What one person sees on the page: the whole state at first, then what each entry of the journal changes."""

from bot.demo.slack_desk import Desk
from bot.demo.slack_events import message_payload, view_payload
from bot.demo.slack_guide import Guide
from bot.demo.slack_journal import Entry, What
from bot.demo.slack_workspace import Json, Kind, Message, UserId


class Sight:
    """Turns the workspace into what the page's scripts read."""

    def __init__(self, *, desk: Desk, guide: Guide) -> None:
        self._desk = desk
        self._workspace = desk.workspace
        self._guide = guide

    def state(self, user: UserId) -> Json:
        """Everything at once."""
        workspace = self._workspace
        return {
            "type": "state",
            "team": workspace.team_name,
            "you": user,
            "bot": workspace.bot,
            "people": [
                {
                    "id": person.id,
                    "name": person.name,
                    "real_name": person.real_name,
                    "is_bot": person.is_bot,
                    "role": self._role(user=person.id),
                }
                for person in workspace.people.values()
            ],
            "groups": {group: handle for group, (handle, _) in workspace.user_groups.items()},
            **self._channels(user),
            "commands": [
                {"name": c.name, "description": c.description, "usage_hint": c.usage_hint} for c in self._desk.commands
            ],
            "examples": self._guide.examples,
            "notes": self._guide.notes,
            "links": [{"label": link.label, "url": link.url} for link in self._guide.links],
            "switches": self.switches(),
            "clock": self.clock(),
            "modals": self._modals(user),
            "home": self._home_view(user),
        }

    def _channels(self, user: UserId) -> Json:
        """What a channel's fate changes: the channels this person is in, the names of all, and what was said there."""
        workspace = self._workspace
        return {
            "channels": [
                {
                    "id": channel.id,
                    "name": channel.name or workspace.people[workspace.bot].real_name,
                    "direct": channel.kind is Kind.DIRECT,
                    "private": channel.kind is Kind.PRIVATE,
                    "shared": channel.is_ext_shared,
                    "archived": channel.is_archived,
                    "with_bot": workspace.bot in channel.members,
                    "topic": channel.topic,
                    "members": len(channel.members),
                }
                for channel in workspace.channels.values()
                if user in channel.members
            ],
            "channel_names": {c.id: c.name for c in workspace.channels.values() if c.name},
            "messages": [self._message(m) for m in workspace.messages.values() if self._sees(user, m)],
        }

    def clock(self) -> Json | None:
        """The demo's time in milliseconds since 1970, where it is shown, and how it can be moved."""
        clock = self._guide.clock
        if clock is None:
            return None
        return {
            "now": int(clock.now().timestamp() * 1000),
            "zone": clock.zone.key,
            "steps": [{"key": step.key, "label": step.label} for step in clock.steps],
            "fast": clock.walk.fast if clock.walk else None,
        }

    def _role(self, user: UserId) -> str:
        person = self._workspace.people[user]
        if person.team_id != self._workspace.team_id:
            return "from another company"
        if person.is_restricted:
            return "guest"
        return "workspace admin" if person.is_admin else ""

    def told(self, entry: Entry, user: UserId) -> Json | None:
        """What an entry changes for this person; None if nothing."""
        if entry.what is What.CHANNELS:
            return {"type": "channels", **self._channels(user)}
        if entry.what is What.CLOCK:
            return {"type": "clock", "clock": self.clock()}
        if entry.what is What.SWITCHES:
            return {"type": "switches", "switches": self.switches()}
        message = entry.message
        if message is not None:
            if not self._sees(user, message):
                return None
            return {"type": "message", "message": self._message(message), "deleted": message.deleted}
        if entry.user != user:
            return None
        match entry.what:
            case What.MODALS:
                return {"type": "modals", "modals": self._modals(user)}
            case What.HOME:
                return {"type": "home", "home": self._home_view(user)}
            case _:
                return {"type": "notice", "text": entry.text}

    def _sees(self, user: UserId, message: Message) -> bool:
        channel = self._workspace.channels.get(message.channel)
        return channel is not None and message.seen_by(user) and user in channel.members

    def _message(self, message: Message) -> Json:
        shown = message_payload(self._workspace, message)
        return shown | {"channel": message.channel, "ephemeral": message.ephemeral_to is not None}

    def _modals(self, user: UserId) -> list[Json]:
        stack = self._workspace.modals.get(user, ())
        return [view_payload(self._workspace, view, {}) | {"opened_in": view.opened_in} for view in stack]

    def _home_view(self, user: UserId) -> Json | None:
        view = self._workspace.homes.get(user)
        return view_payload(self._workspace, view, {}) if view else None

    def switches(self) -> list[Json]:
        """How the switches stand."""
        return [{"key": s.key, "label": s.label, "undo": s.undo, "on": s.get()} for s in self._guide.switches]
