"""What owners of digests have to know is told them by direct message."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from bot.blocks.digests.notices import missed_notice, stopped_notice, unclear_notice, waiting_notice
from bot.blocks.kit import without_data_blocks
from bot.slack.outcomes import Trouble
from bot.slack.outward import Outcome
from bot.usecases.digests.words import About

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from bot.blocks.kit import Message
    from bot.domain.ids import UserId
    from bot.slack.outward import Slack
    from bot.usecases.digests.entries import Entries
    from bot.usecases.digests.words import Word

_LATER = frozenset({Trouble.WORKSPACE, Trouble.MIGRATING, Trouble.TRANSIENT})
"""Nobody can be told anything now, but somebody may be later."""


class Owners:
    """Tells each person in as few messages as there are things to tell."""

    def __init__(self, slack: Slack, entries: Entries) -> None:
        self._slack = slack
        self._entries = entries

    async def tell(self, owner: UserId, words: Sequence[Word]) -> bool:
        """False when it has to be told later: Slack certainly took nothing, and may take it another time.

        A person who can never be reached, and a message of which Slack did not say whether it arrived, count as told:
        Home shows the same.
        """
        told = [await self._taken(owner, message) async for message in self._messages(words)]
        return all(told)

    async def _messages(self, words: Sequence[Word]) -> AsyncIterator[Message]:
        for word in words:
            if word.about is About.STOPPED:
                yield stopped_notice(await self._entries.one(word.subscription), word.because)
            elif word.about is About.WAITING:
                yield waiting_notice(await self._entries.one(word.subscription))
        for about, notice in ((About.MISSED, missed_notice), (About.UNCLEAR, unclear_notice)):
            same = sorted((word for word in words if word.about is about), key=lambda word: word.because)
            for because, group in groupby(same, key=lambda word: word.because):
                several = list(group)
                entries = await self._entries.of([word.subscription for word in several])
                yield notice(entries, because, days=[word.days for word in several])

    async def _taken(self, owner: UserId, message: Message) -> bool:
        posted = await self._slack.post(owner, message)
        if posted.outcome is Outcome.REFUSED_BLOCKS:
            posted = await self._slack.post(owner, without_data_blocks(message))
        return posted.outcome is not Outcome.REFUSED or posted.trouble not in _LATER
