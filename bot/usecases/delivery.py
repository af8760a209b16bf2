"""Files on their way to whoever asked for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain.exports import Delivery
from bot.slack.uploads import UploadRefused, refuse_shared, upload

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from bot.domain.exports import Link, WrittenFile
    from bot.files.object_store import ObjectStore
    from bot.slack.outward import Slack


_LINKS_STAY = "The links came to you alone, since they open the files to whoever has them. Pass them on as you see fit."


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where somebody wants files."""

    direct: Callable[[], Awaitable[str]]
    """Opens the conversation between the person and the bot and returns its own id; called only when it is needed."""
    channel: str | None
    """Where they were asked for; None for the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """Where the files are."""

    links: tuple[Link, ...] = ()
    """One for each file in their order; none when they were uploaded to Slack."""
    in_channel: bool = False
    """Whether everybody in the channel sees them."""
    instead: str = ""
    """Why they went to the person and not to the channel; empty when they went where they should."""


class Courier:
    """To an object store, when there is one, as links that expire; else to Slack."""

    def __init__(self, slack: Slack, vault: ObjectStore | None, *, usual: Delivery) -> None:
        self._slack = slack
        self._vault = vault
        self._usual = usual

    async def deliver(
        self, files: Sequence[WrittenFile], to: Address, *, comment: str, share: bool = False
    ) -> Delivered:
        """`share` asks for the channel; without it the administrator's choice counts.

        A channel that does not take files, or that other organisations read, is no reason to lose them: they go to the
        person then. Raises StoreRefused
        and UploadRefused, and what `to.direct` raises.
        """
        if self._vault is not None:
            links = tuple([await self._vault.put(file) for file in files])
            return Delivered(links=links, instead=_LINKS_STAY if share and to.channel else "")
        instead = ""
        if to.channel and (share or self._usual is Delivery.CHANNEL):
            try:
                await refuse_shared(self._slack, to.channel)
                await upload(self._slack, channel=to.channel, files=files, comment=comment)
            except UploadRefused as refusal:
                if refusal.unknown:
                    raise
                instead = f"{refusal} The files came to you instead."
            else:
                return Delivered(in_channel=True)
        await upload(self._slack, channel=await to.direct(), files=files, comment=comment)
        return Delivered(instead=instead)
