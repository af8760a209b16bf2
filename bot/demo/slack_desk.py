"""A person at the desk: types commands, presses buttons, fills in modals, opens the Home tab.

The page in the browser and the tests act through it.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.demo import slack_events as events
from bot.demo.slack_acks import Ack, Form, Outcome
from bot.demo.slack_block_elements import check_option
from bot.demo.slack_block_texts import Faults
from bot.demo.slack_calls import ApiError, Back
from bot.demo.slack_dispatch import Dispatch
from bot.demo.slack_elements import elements_of, options_of
from bot.demo.slack_forms import Forms, Given, action_of, find_element
from bot.demo.slack_replies import Reply
from bot.demo.slack_responses import Responses
from bot.demo.slack_submissions import after_submission
from bot.demo.slack_workspace import ChannelId, Json, Message, Person, UserId, View

MOST_SUGGESTIONS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A slash command as the manifest declares it."""

    name: str
    description: str
    usage_hint: str = ""
    should_escape: bool = False


class Desk:
    """Everything a person can do in the local Slack."""

    def __init__(
        self,
        *,
        back: Back,
        responses: Responses,
        dispatch: Dispatch,
        commands: Sequence[Command],
    ) -> None:
        self.workspace = back.workspace
        self.commands = tuple(commands)
        self.dispatch = dispatch
        self._back = back
        self._responses = responses
        self._forms = Forms(back.workspace)

    def say(self, user: UserId, channel: ChannelId, text: str) -> Message:
        """Write a plain message. The bot is not told: it subscribes to no messages."""
        self._writing(user, channel)
        return self.workspace.post(channel, user, text)

    async def command(self, user: UserId, channel: ChannelId, command: str, text: str = "") -> Reply:
        """Type a slash command; LookupError where the person cannot type, or for a command nobody declared."""
        person = self._writing(user, channel)
        if person.team_id != self.workspace.team_id:
            raise LookupError("commands are for members of the workspace that installed the app")
        declared = next((one for one in self.commands if one.name == command), None)
        if declared is None and self.commands:
            raise LookupError(f"{command} is not a command of this workspace")
        since, typed_at = len(self.workspace.journal), self.workspace.next_ts()
        url = self._back.permits.response_url(user, channel)
        sent = events.escaped(self.workspace, text) if declared and declared.should_escape else text
        payload = events.command_payload(
            self.workspace,
            person,
            self.workspace.channels[channel],
            command,
            sent,
            response_url=self._address(url.key),
            trigger=self._back.permits.trigger(user, channel=channel),
        )
        ack = await self.dispatch.deliver(Form.COMMAND, payload)
        if ack.payload is not None:
            if ack.payload.get("response_type") == "in_channel":
                self.workspace.post(channel, user, f"{command} {text}".strip(), ts=typed_at)
            if ack.payload.get("text") or ack.payload.get("blocks") or ack.payload.get("attachments"):
                try:
                    self._responses.answer(url, ack.payload)
                except ApiError as error:
                    ack = Ack(outcome=Outcome.FAILED, after=ack.after, payload={"error": error.error, **error.fields})
        if not ack.ok:
            self.workspace.notify(user, f'{command} failed with the error "{ack.outcome}"')
        return self._reply(user, ack, since, via={url.key})

    async def click(
        self,
        user: UserId,
        place: Message | View,
        action_id: str,
        *,
        block_id: str | None = None,
        value: Any = None,
        entered: Given | None = None,
    ) -> Reply:
        """Press a button or choose from a menu, a date and so on, in a message, modal or Home tab.

        `value` is what was chosen: an option's value, a list of them, text, an id. `entered` is what was entered
        elsewhere in the same place before, by `action_id`, `block_id` or `block_id/action_id`.
        """
        place = self._current(user, place)
        block, element = find_element(place, action_id, block_id)
        since = len(self.workspace.journal)
        chosen = self._forms.resolved(place, element, value)
        state = self._forms.state(user, place, {**(entered or {}), f"{block['block_id']}/{action_id}": chosen})
        action = action_of(block, element, chosen, self.workspace.next_ts())
        person = self.workspace.people[user]
        via: set[str] = set()
        if isinstance(place, View):
            trigger = self._back.permits.trigger(user, place)
            payload = events.view_click(self.workspace, person, place, action, state=state, trigger=trigger)
        else:
            url = self._back.permits.response_url(user, place.channel, place)
            via.add(url.key)
            payload = events.message_click(
                self.workspace,
                person,
                place,
                action,
                state=state,
                response_url=self._address(url.key),
                trigger=self._back.permits.trigger(user, channel=place.channel),
            )
        ack = await self.dispatch.deliver(Form.INTERACTIVE, payload)
        if not ack.ok:
            self.workspace.notify(user, f"The app did not respond to the click ({ack.outcome}).")
        return self._reply(user, ack, since, via=via)

    async def submit(self, user: UserId, view: View | None = None, entered: Given | None = None) -> Reply:
        """Submit a modal, by default the topmost. What a field forbids is shown at the field and not sent."""
        view = self._modal(user, view)
        since = len(self.workspace.journal)
        state = self._forms.state(user, view, entered or {})
        if wrong := self._forms.wrong(view, state):
            return self._reply(user, Ack(outcome=Outcome.ACKNOWLEDGED, after=timedelta()), since, errors=wrong)
        urls = [
            self._view_response_url(user, block, element, state)
            for block, element in elements_of(view.body["blocks"])
            if element.get("response_url_enabled")
            and state[block["block_id"]][element["action_id"]].get("selected_conversation")
        ]
        payload = events.submission(
            self.workspace,
            self.workspace.people[user],
            view,
            state=state,
            trigger=self._back.permits.trigger(user, view),
            response_urls=urls,
        )
        ack = await self.dispatch.deliver(Form.INTERACTIVE, payload)
        errors: Mapping[str, str] = {}
        if ack.ok:
            try:
                errors = after_submission(self._back, view, ack.payload or {})
            except ApiError as error:
                ack = Ack(outcome=Outcome.FAILED, after=ack.after, payload={"error": error.error, **error.fields})
        if not ack.ok:
            self.workspace.notify(user, f"The app did not take the form ({ack.outcome}). Try again?")
        via = {url["response_url"].rpartition("/")[2] for url in urls}
        return self._reply(user, ack, since, errors=errors, via=via)

    async def close(self, user: UserId, *, cleared: bool = False) -> Reply:
        """Close the topmost modal, or the whole stack; apps that asked for it are told."""
        view = self._modal(user, None)
        since = len(self.workspace.journal)
        stack = self.workspace.modals[user]
        self.workspace.show_modals(user, [] if cleared or view.body.get("clear_on_close") else stack[:-1])
        ack = Ack(outcome=Outcome.ACKNOWLEDGED, after=timedelta())
        if view.body.get("notify_on_close"):
            person = self.workspace.people[user]
            payload = events.closing(self.workspace, person, view, cleared=cleared)
            ack = await self.dispatch.deliver(Form.INTERACTIVE, payload)
        return self._reply(user, ack, since)

    async def suggest(
        self, user: UserId, place: Message | View, action_id: str, typed: str, *, block_id: str | None = None
    ) -> Reply:
        """Type into a type-ahead menu; the reply's `options` are what it shows, none when the app failed."""
        place = self._current(user, place)
        block, element = find_element(place, action_id, block_id)
        since = len(self.workspace.journal)
        payload = events.suggestion(
            self.workspace,
            self.workspace.people[user],
            place,
            block_id=block["block_id"],
            action_id=action_id,
            typed=typed,
        )
        ack = await self.dispatch.deliver(Form.INTERACTIVE, payload)
        options = options_of(ack.payload or {})
        faults = Faults()
        for number, option in enumerate(options):
            check_option(option, f"/options/{number}", faults)
        if faults.found or len(options) > MOST_SUGGESTIONS:
            wrong = [fault.message for fault in faults.found] or [f"more than {MOST_SUGGESTIONS} options"]
            ack, options = Ack(outcome=Outcome.FAILED, after=ack.after, payload={"errors": wrong}), []
        self._forms.offer(place, element, options)
        return self._reply(user, ack, since, options=options)

    async def open_home(self, user: UserId, tab: str = "home") -> Reply:
        """Open the app; an event that is not acknowledged is delivered once more."""
        channel = self.workspace.direct_channel(user)
        if channel is None:
            raise LookupError(f"{user} has no conversation with the app")
        since = len(self.workspace.journal)
        view = self.workspace.homes.get(user) if tab == "home" else None
        opened = events.home_opened(self.workspace, self.workspace.people[user], channel, tab=tab, view=view)
        return self._reply(user, await self.send_event(opened), since)

    @property
    def ack_within(self) -> timedelta:
        """How long the bot has to acknowledge."""
        return self.dispatch.ack_within

    @ack_within.setter
    def ack_within(self, within: timedelta) -> None:
        self.dispatch.ack_within = within

    async def send_event(self, inner: Json) -> Ack:
        """Deliver any event; see `Dispatch.send_event`."""
        return await self.dispatch.send_event(inner)

    def _reply(
        self,
        user: UserId,
        ack: Ack,
        since: int,
        *,
        via: AbstractSet[str] = frozenset(),
        errors: Mapping[str, str] | None = None,
        options: Iterable[Json] = (),
    ) -> Reply:
        return Reply(
            workspace=self.workspace,
            user=user,
            ack=ack,
            since=since,
            via=frozenset(via),
            errors=errors or {},
            options=tuple(options),
        )

    def _writing(self, user: UserId, channel: ChannelId) -> Person:
        person = self._present(user, channel)
        if self.workspace.channels[channel].is_archived:
            raise LookupError("nobody can write in an archived channel")
        return person

    def _present(self, user: UserId, channel: ChannelId) -> Person:
        found = self.workspace.channels.get(channel)
        if found is None or user not in found.members:
            raise LookupError(f"{user} is not in {channel}")
        return self.workspace.people[user]

    def _current(self, user: UserId, place: Message | View) -> Message | View:
        """The place as it stands now; raises LookupError if the person does not see it."""
        if isinstance(place, Message):
            self._present(user, place.channel)
            message = self.workspace.messages.get(place.key)
            if message is None or not message.seen_by(user):
                raise LookupError(f"{user} does not see the message {place.ts}")
            return message
        home = self.workspace.homes.get(user)
        if home is not None and home.id == place.id:
            return home
        return self._modal(user, place)

    def _modal(self, user: UserId, view: View | None) -> View:
        stack = self.workspace.modals.get(user, [])
        for one in reversed(stack):
            if view is None or one.id == view.id:
                return one
        raise LookupError(f"{user} has no such modal open")

    def _view_response_url(self, user: UserId, block: Json, element: Json, state: Json) -> Json:
        channel = ChannelId(state[block["block_id"]][element["action_id"]]["selected_conversation"])
        url = self._back.permits.response_url(user, channel)
        return {
            "block_id": block["block_id"],
            "action_id": element["action_id"],
            "channel_id": channel,
            "response_url": self._address(url.key),
        }

    def _address(self, key: str) -> str:
        return f"{self._back.origin()}/response/{key}"
