"""Administrators are asked to let a digest speak where another organisation reads along."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks.digests.listed import confirm_request

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.domain.ids import UserId
    from bot.domain.subscriptions import Subscription
    from bot.slack.outward import Slack
    from bot.usecases.digests.entries import Entries


class Confirming:
    """By direct message, with a button."""

    def __init__(self, slack: Slack, entries: Entries, *, admins: Collection[UserId]) -> None:
        """`admins` are those who are named in the settings; any other finds the digest in the channel's list."""
        self._slack = slack
        self._entries = entries
        self._admins = sorted(admins)

    async def ask(self, subscription: Subscription, asked_by: UserId) -> None:
        """`asked_by` is who wants it to speak."""
        if not self._admins:
            return
        request = confirm_request(await self._entries.one(subscription), asked_by)
        for admin in self._admins:
            await self._slack.post(admin, request)
