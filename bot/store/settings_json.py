"""Settings of a place as the JSON text they are kept as; written in full and read strictly, as orders are."""

from __future__ import annotations

from typing import Literal

import msgspec

from bot.domain.places import PlaceSettings
from bot.domain.questions import Formula
from bot.store.order_json import Word, threshold_kept, threshold_read, words_kept, words_read, zone_read


class _Settings(msgspec.Struct, forbid_unknown_fields=True):
    zone: str | None = None
    queues: tuple[Word, ...] = ()
    threshold_ms: int | None = None
    formula: Formula | None = None
    limit: tuple[Word, ...] | None = None
    v: Literal[1] = 1


_decoder = msgspec.json.Decoder(_Settings)


def write_settings(settings: PlaceSettings) -> str:
    """The same text for equal settings."""
    kept = _Settings(
        zone=settings.zone.key if settings.zone else None,
        queues=words_kept(settings.queues),
        threshold_ms=threshold_kept(settings.threshold),
        formula=settings.formula,
        limit=None if settings.limit is None else words_kept(settings.limit),
    )
    return msgspec.json.encode(kept).decode()


def read_settings(text: str) -> PlaceSettings:
    """Raises ValueError, saying what is wrong with the text."""
    kept = _decoder.decode(text)
    return PlaceSettings(
        zone=None if kept.zone is None else zone_read(kept.zone),
        queues=words_read(kept.queues),
        threshold=threshold_read(kept.threshold_ms),
        formula=kept.formula,
        limit=None if kept.limit is None else words_read(kept.limit),
    )
