"""The door to an object store. What is behind it, an optional extra, is loaded only where a place is set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import Explainable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime, timedelta

    from bot.files.object_store import ObjectStore


class StoreRefused(Explainable):
    """The object store did not take a file, or cannot be used at all. `code` is its own word, empty without one."""

    def __init__(self, sentence: str, remedy: str, *, code: str = "") -> None:
        self.code = code
        self.remedy = remedy
        super().__init__(sentence)


def object_store(
    url: str, *, credentials: Mapping[str, str], link_life: timedelta, now: Callable[[], datetime]
) -> ObjectStore:
    """The place that `EXPORT_URL` names, with the store's own variables by their names.

    What is not among `credentials` is looked for where the store's clients look: roles of the machine, web identity.
    Nothing is asked of the store yet. Raises StoreRefused when the extra or something of the settings is missing.
    """
    try:
        from bot.files.object_store import ObjectStore  # noqa: PLC0415  needs the extra
    except ModuleNotFoundError:
        raise StoreRefused(
            "EXPORT_URL is set, but this installation cannot speak to object stores.",
            "Install the bot with its extra “export”: pip install 'sla-bot[export]'.",
        ) from None
    return ObjectStore(url, credentials=credentials, link_life=link_life, now=now)
