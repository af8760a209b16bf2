"""Time zones as people type them, and which one was probably meant."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, available_timezones

from bot.domain.folding import clipped, fold
from bot.domain.names import nearest_word
from bot.errors import BadWord

if TYPE_CHECKING:
    from collections.abc import Mapping

_ABBREVIATIONS: Mapping[str, str] = MappingProxyType(
    {
        "gmt": "Europe/London",
        "bst": "Europe/London",
        "wet": "Europe/Lisbon",
        "cet": "Europe/Paris",
        "cest": "Europe/Paris",
        "met": "Europe/Paris",
        "eet": "Europe/Athens",
        "eest": "Europe/Athens",
        "msk": "Europe/Moscow",
        "est": "America/New_York",
        "edt": "America/New_York",
        "cst": "America/Chicago",
        "cdt": "America/Chicago",
        "mst": "America/Denver",
        "mdt": "America/Denver",
        "pst": "America/Los_Angeles",
        "pdt": "America/Los_Angeles",
        "hst": "Pacific/Honolulu",
        "ist": "Asia/Kolkata",
        "sgt": "Asia/Singapore",
        "hkt": "Asia/Hong_Kong",
        "jst": "Asia/Tokyo",
        "aest": "Australia/Sydney",
        "aedt": "Australia/Sydney",
        "nzst": "Pacific/Auckland",
        "nzdt": "Pacific/Auckland",
    }
)
"""Several zones share most of these, and they name one half of the year only: guesses to be confirmed, never taken."""
_OFFSETS: Mapping[float, str] = MappingProxyType(
    {
        -8: "America/Los_Angeles",
        -7: "America/Denver",
        -6: "America/Chicago",
        -5: "America/New_York",
        -3: "America/Sao_Paulo",
        0: "Europe/London",
        1: "Europe/Paris",
        2: "Europe/Athens",
        3: "Europe/Istanbul",
        4: "Asia/Dubai",
        5.5: "Asia/Kolkata",
        5.75: "Asia/Kathmandu",
        7: "Asia/Bangkok",
        8: "Asia/Singapore",
        9: "Asia/Tokyo",
        10: "Australia/Sydney",
        12: "Pacific/Auckland",
    }
)
_OFFSET = re.compile(r"(?:utc|gmt)(?P<sign>[-+])(?P<hours>[0-9]{1,2})(?::?(?P<minutes>[0-9]{2}))?")
_EXPECTED = "the name of a time zone; they are named by their cities, such as Europe/London"


def zone_called(text: str, *, bare: bool) -> ZoneInfo | None:
    """The zone of that IANA name, whatever its capitals and with spaces for underscores.

    `bare` is for a word that nothing announces as a zone: only `UTC` and names with a slash are one then.
    """
    folded = fold(text).replace(" ", "_")
    if folded in _ABBREVIATIONS or (bare and "/" not in folded and folded != "utc"):
        return None
    key = _by_folded_key().get(folded)
    return ZoneInfo(key) if key else None


def zone_text(zone: ZoneInfo) -> str:
    """The words that read back as `zone`; empty for one of the keys that are guessed at instead."""
    if fold(zone.key) in _ABBREVIATIONS:
        return ""
    return zone.key if "/" in zone.key or zone.key == "UTC" else f"zone {zone.key}"


def meant_as_zone(text: str, *, announced: bool = False, stray: bool = False) -> bool:
    """Whether `text` is no zone's name, and yet must have been meant as one.

    `announced`: `zone` stands before it. `stray`: it stands where a queue's name cannot.
    """
    folded = fold(text)
    area, slash, place = folded.partition("/")
    if _OFFSET.fullmatch(folded) or (slash and place and (announced or area in _areas())):
        return True
    if folded in _ABBREVIATIONS:
        return announced or stray or text.isupper()  # “Met Office” is a name
    if not (announced or stray):
        return False
    return is_city(text) or (announced and _near(_squeezed(text)) != "")


def is_city(text: str) -> bool:
    return _squeezed(text) in _cities()


def bad_zone(text: str, *, bare: bool) -> BadWord:
    """The error for what is no zone's name, with the one that was probably meant."""
    expected = f"{_EXPECTED}; a queue of that name goes in quotes" if bare else _EXPECTED
    return BadWord(clipped(text), expected, suggestion=_meant(text))


def _meant(text: str) -> str:
    folded = fold(text)
    if folded in _ABBREVIATIONS:
        return _ABBREVIATIONS[folded]
    if offset := _OFFSET.fullmatch(folded):
        hours = int(offset["hours"]) + int(offset["minutes"] or 0) / 60
        return _OFFSETS.get(-hours if offset["sign"] == "-" else hours, "")
    if is_city(text):
        return _cities()[_squeezed(text)]
    near = nearest_word(folded.replace(" ", "_"), _by_folded_key()) if "/" in folded else ""
    if near:
        return _by_folded_key()[near]
    city = _near(_squeezed(folded.rpartition("/")[2]))
    return _cities()[city] if city else ""


@lru_cache(maxsize=1024)
def _near(squeezed: str) -> str:
    return nearest_word(squeezed, _cities())


def _squeezed(text: str) -> str:
    return re.sub(r"[-_ ]", "", fold(text))


@cache
def _by_folded_key() -> Mapping[str, str]:
    # Sorted: nearest_word takes the first of equals, and a set has another order in each process.
    return MappingProxyType({fold(key): key for key in sorted(available_timezones())})


@cache
def _areas() -> frozenset[str]:
    return frozenset(key.partition("/")[0] for key in _by_folded_key() if "/" in key)


@cache
def _cities() -> Mapping[str, str]:
    """Zones by the names of their cities, squeezed; of several, the shortest: `America/Indianapolis`."""
    keys = [key for key in _by_folded_key().values() if "/" in key and not key.startswith(("Etc/", "US/", "SystemV/"))]
    keys.sort(key=lambda key: (-len(key), key))
    return MappingProxyType({_squeezed(key.rpartition("/")[2]): key for key in keys})
