"""What Slack hands out for a moment: trigger ids (once, 3 seconds) and response URLs (five uses, 30 minutes)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

from bot.demo.slack_workspace import ChannelId, Message, Now, UserId, View

TRIGGER_LIFE = timedelta(seconds=3)
RESPONSE_URL_LIFE = timedelta(minutes=30)
RESPONSE_URL_USES = 5


class Refused(Exception):
    """A permit that is unknown, used up or too old; the text is Slack's error code."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


@dataclass(slots=True, kw_only=True)
class Trigger:
    """The right to open one modal for one person."""

    id: str
    user: UserId
    made: datetime
    view: View | None
    """The modal in which the click happened; pushing needs one."""
    channel: ChannelId | None = None
    """Where the person was at that moment, as far as it is a conversation."""
    used: bool = False


@dataclass(slots=True, kw_only=True)
class ResponseUrl:
    """The right to answer a command or a click without a token."""

    key: str
    user: UserId
    channel: ChannelId
    made: datetime
    original: tuple[ChannelId, str] | None = None
    """The message that `replace_original` rewrites: the one with the button, or the latest answer to a command."""
    of_command: bool = False
    uses: int = 0


class Permits:
    """All trigger ids and response URLs handed out so far."""

    def __init__(self, *, now: Now) -> None:
        self._now = now
        self._numbers = count(1)
        self._triggers: dict[str, Trigger] = {}
        self._urls: dict[str, ResponseUrl] = {}

    def trigger(self, user: UserId, view: View | None = None, *, channel: ChannelId | None = None) -> str:
        """A new trigger id."""
        number = next(self._numbers)
        trigger_id = f"{number}.{int(self._now().timestamp())}.{number:032x}"
        self._triggers[trigger_id] = Trigger(
            id=trigger_id, user=user, made=self._now(), view=view, channel=view.opened_in if view else channel
        )
        return trigger_id

    def pull(self, trigger_id: str) -> Trigger:
        """Use a trigger; raises Refused with `invalid_trigger_id`, `exchanged_trigger_id` or `expired_trigger_id`."""
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise Refused("invalid_trigger_id")
        if trigger.used:
            raise Refused("exchanged_trigger_id")
        if self._now() - trigger.made > TRIGGER_LIFE:
            raise Refused("expired_trigger_id")
        trigger.used = True
        return trigger

    def response_url(self, user: UserId, channel: ChannelId, message: Message | None = None) -> ResponseUrl:
        """A new response URL, for a command or for a click on `message`."""
        key = f"{next(self._numbers):024d}"
        original = message.key if message else None
        self._urls[key] = ResponseUrl(
            key=key, user=user, channel=channel, made=self._now(), original=original, of_command=message is None
        )
        return self._urls[key]

    def use(self, key: str) -> ResponseUrl:
        """Count one use; raises Refused with `invalid_url`, `expired_url` or `used_url`."""
        url = self._urls.get(key)
        if url is None:
            raise Refused("invalid_url")
        if self._now() - url.made > RESPONSE_URL_LIFE:
            raise Refused("expired_url")
        if url.uses >= RESPONSE_URL_USES:
            raise Refused("used_url")
        url.uses += 1
        return url
