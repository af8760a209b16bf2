"""Everything that can go wrong, as one tree.

    BotError
    ├── Explainable               may be shown to a person as it stands
    │   ├── BadWord               a word of a command cannot be read
    │   ├── BadPeriod             a period that can be read but not answered
    │   ├── UnknownQueue          no queue of that name; carries the nearest ones
    │   │   └── QueueGone             kept by its id, and no longer there
    │   ├── NotAllowed            guests, people of other organisations, foreign buttons
    │   ├── Outdated              a button of another version of the bot
    │   ├── NoSuchDigest          removed, of another channel, or never there
    │   ├── ChangedMeanwhile      by somebody else, while a person was about to change it
    │   ├── SlackSilent           what Slack did not say about a channel           (bot.slack.channels)
    │   ├── SlackRefused          a token that Slack does not accept              (bot.slack.probe)
    │   ├── StoreRefused          an object store that does not take a file         (bot.files.place)
    │   ├── UploadRefused         a file that did not reach Slack                 (bot.slack.uploads)
    │   ├── NotSaved              the disk does not take a file                   (bot.cli_saving)
    │   ├── Unreadable            a row that another version wrote, or a damaged one (bot.store.reading)
    │   ├── Busy                  too many questions of one person at once, or shutting down
    │   └── GenesysError          the contact-centre platform did not give an answer
    │       ├── GenesysUnreachable      no connection, or it broke
    │       ├── GenesysTooSlow          no reply in time, or the query was too heavy
    │       ├── GenesysLimited          rate limited for longer than a person waits
    │       ├── GenesysBroken           their side failed (5xx)
    │       ├── GenesysUnreadable       a reply that is not what the platform documents
    │       ├── GenesysBadCredentials   client id or secret refused
    │       ├── GenesysForbidden        a permission or a division is missing
    │       ├── GenesysTooMuch          more than it hands out, however the question is cut
    │       └── GenesysRefused          the request was refused (400, 404 ...): a defect of ours
    ├── SettingsError             every missing or malformed variable, named at once
    ├── SchemaNotReady            the database waits for `sla-bot migrate`        (bot.store.schema)
    ├── DatabaseUnreachable       no connection to the database                   (bot.store.schema)
    └── PortTaken                 another program listens there                   (bot.cli_run)

`str(error)` is the sentence for the person who asked; `error.remedy` is what they, or their administrator, can do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta


class BotError(Exception):
    """Root of every error raised on purpose."""


class Explainable(BotError):
    """Safe and useful to show to a person as it stands."""

    remedy: str = ""
    """What the reader can do about it; one sentence, or empty when the message already says it."""


class BadWord(Explainable):
    """One word of a command cannot be read.

    `example` is a whole command that would work; listeners put a queue of the organisation into it.
    """

    def __init__(self, word: str, expected: str, *, example: str = "", suggestion: str = "") -> None:
        self.word = word
        self.expected = expected
        self.example = example
        self.suggestion = suggestion
        super().__init__(f"“{word}” is not {expected}.")


class BadPeriod(Explainable):
    """A period that can be read but not answered: empty, reversed, in the future or too long."""


class UnknownQueue(Explainable):
    """No queue is called that, or several are when nothing but letters' case, accents and spaces tells them apart.

    `choices` are the nearest queues as (id, name), nearest first, at most five. `divisions` are theirs, in the same
    order, when the queues are called alike; else it is empty.
    """

    def __init__(
        self, word: str, choices: Sequence[tuple[str, str]] = (), *, example: str = "", divisions: Sequence[str] = ()
    ) -> None:
        self.word = word
        self.choices = tuple(choices)
        self.example = example
        self.divisions = tuple(divisions)
        super().__init__(f"{'Several queues are' if divisions else 'No queue is'} called “{word}”.")

    @property
    def labels(self) -> tuple[str, ...]:
        """The choices as people tell them apart: names, with the divisions of queues that are called alike."""
        names = [name for _, name in self.choices]
        if not self.divisions:
            return tuple(names)
        places = zip(names, self.divisions, strict=True)
        return tuple(f"{name} ({division})" if division else name for name, division in places)


class QueueGone(UnknownQueue):
    """A queue that was known, and kept by its id, which nobody can read."""

    remedy = "Edit the digest, or ask again, with the queues that there are."

    def __init__(self) -> None:
        super().__init__("")
        self.args = ("A queue that was asked about is gone from Genesys Cloud.",)


class NotAllowed(Explainable):
    """The person may not do this."""


class Outdated(Explainable):
    """What a button carries is not what this version writes."""

    def __init__(self) -> None:
        super().__init__("This button is from another version of the bot. Ask the question again.")


class NoSuchDigest(Explainable):
    """Removed, of another channel, or never there."""


class NoSuchRule(Explainable):
    """An alert rule that was removed, is of another channel, or was never there."""


class ChangedMeanwhile(Explainable):
    """Somebody else changed what a person saw and was about to change; nothing of theirs was overwritten."""


class Busy(Explainable):
    """The bot takes no more work of this kind at the moment."""


class GenesysError(Explainable):
    """Genesys Cloud did not give an answer. The family is closed: its members are in this file.

    `correlation_id` is the platform's id of the failed request, to be quoted to its support; empty without a reply.
    """

    summary: ClassVar[str] = "Genesys Cloud did not answer."
    advice: ClassVar[str] = "Try again in a moment."

    def __init__(self, detail: str = "", *, correlation_id: str = "", status: int | None = None) -> None:
        self.detail = detail
        self.correlation_id = correlation_id
        self.status = status
        self.remedy = self.advice
        super().__init__(self.summary)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.detail!r}, status={self.status}, correlation_id={self.correlation_id!r})"


class GenesysUnreachable(GenesysError):
    """No connection, or it broke before the reply was whole, also after the retries."""

    summary = "Genesys Cloud cannot be reached."
    advice = "Try again in a minute; if it stays, ask your administrator to check the network and Genesys status."


class GenesysTooSlow(GenesysError):
    """No reply in time, or the platform itself gave up on a query that could not be split further."""

    summary = "Genesys Cloud took too long to answer."
    advice = "Try again, or ask for fewer queues or a shorter period."


class GenesysLimited(GenesysError):
    """Rate limited for longer than a person should wait. `retry_after` says for how long."""

    summary = "Genesys Cloud is limiting how often it may be asked."

    def __init__(self, detail: str = "", *, retry_after: timedelta, correlation_id: str = "") -> None:
        super().__init__(detail, correlation_id=correlation_id, status=429)
        self.retry_after = retry_after
        seconds = max(1, round(retry_after.total_seconds()))
        wait = f"{seconds} s" if seconds < 120 else f"{-(-seconds // 60)} min"
        self.remedy = f"Try again in {wait}."


class GenesysBroken(GenesysError):
    """The platform answered with a failure of its own (5xx), also after the retries."""

    summary = "Genesys Cloud reported a failure of its own."
    advice = "Try again in a minute; if it stays, look at Genesys Cloud's status page."


class GenesysUnreadable(GenesysError):
    """A reply that is not what the platform documents: HTML, cut short, or a field of another type."""

    summary = "Genesys Cloud sent a reply that cannot be read."
    advice = "Try again in a minute; if it stays, tell your administrator: a proxy may be answering in its place."


class GenesysBadCredentials(GenesysError):
    """The OAuth client was refused, also with a fresh token."""

    summary = "Genesys Cloud refuses the bot's credentials."
    advice = "Ask your administrator to check the Genesys client id, secret and region, then run `sla-bot check`."


class GenesysForbidden(GenesysError):
    """The OAuth client's roles lack a permission or a division. `detail` names it when the platform does."""

    summary = "The bot is not permitted to read this in Genesys Cloud."

    def __init__(self, detail: str = "", *, correlation_id: str = "", status: int | None = 403) -> None:
        super().__init__(detail, correlation_id=correlation_id, status=status)
        missing = f" ({detail})" if detail else ""
        self.remedy = f"Ask your administrator to add the permission{missing} to a role of the bot's OAuth client."


class GenesysTooMuch(GenesysError):
    """More than the platform hands out for one stretch of time, and no way left to cut it."""

    summary = "That is more than Genesys Cloud hands out at once."
    advice = "Ask for fewer queues or one medium, or ask again in two days: what is older comes another way."


class GenesysRefused(GenesysError):
    """The platform refused the request as wrong. A defect of ours, so the reader can only report it."""

    summary = "Genesys Cloud refused the question."
    advice = "Please report this to whoever runs the bot, with the reference below."


class SettingsError(BotError):
    """Settings are missing or malformed. `problems` has a sentence for each variable."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))
