"""Secondary attachments: what Slack adds to them, and the blocks that stand in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bot.demo.slack_workspace import Json, Message

NO_PREVIEW = "[no preview available]"


def completed(attachments: Iterable[Json], named: Callable[[Iterable[Json]], Iterable[Json]]) -> tuple[Json, ...]:
    """The attachments with a number each, a fallback, and, by `named`, a `block_id` on every block."""
    return tuple(
        {"fallback": NO_PREVIEW, **attachment, "id": number, **_blocks(attachment, named)}
        for number, attachment in enumerate(attachments, 1)
    )


def _blocks(attachment: Json, named: Callable[[Iterable[Json]], Iterable[Json]]) -> Json:
    return {"blocks": list(named(attachment["blocks"]))} if attachment.get("blocks") else {}


def all_blocks(message: Message) -> list[Json]:
    """Blocks of the message, then those of its attachments."""
    return [*message.blocks, *(block for one in message.attachments for block in one.get("blocks", ()))]


def attachment_of(message: Message, block_id: str) -> int | None:
    """The number of the attachment in which a block stands; None for a block of the message itself."""
    if any(block.get("block_id") == block_id for block in message.blocks):
        return None
    held: Any = (
        one["id"]
        for one in message.attachments
        if any(block.get("block_id") == block_id for block in one.get("blocks", ()))
    )
    return next(held, None)
