"""Text as people mean it: case, accents, quotes, dashes, digits and spacing made alike."""

from __future__ import annotations

import unicodedata

_QUOTES = dict.fromkeys("“”„‟«»″＂", '"') | dict.fromkeys("‘’‚‛‹›`´ʼ′＇", "'")
_DASHES = dict.fromkeys("‐‑‒–—―−﹘﹣－", "-")
_LETTERS = {"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"}
"""Letters that no normalisation form takes apart, after case folding."""
_ALIKE = str.maketrans(_QUOTES | _DASHES | _LETTERS)
_UNSEEN = frozenset({"Cc", "Cf", "Cs"})
"""Control characters, format characters (bidirectional overrides, zero-width ones) and lone surrogates."""


def visible(text: str) -> str:
    """`text` without what cannot be seen: every kind of white space becomes one space, unseen characters go."""
    return "".join(" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c) not in _UNSEEN)


def fold(text: str) -> str:
    """The form in which two spellings of one name are equal; folding it again changes nothing.

    Not for showing: accents are gone, full-width forms and other scripts' decimal digits are ASCII.
    """
    decomposed = unicodedata.normalize(
        "NFKD", unicodedata.normalize("NFKD", visible(text).translate(_ALIKE)).casefold()
    )
    letters = "".join(_digit(c) for c in decomposed.translate(_ALIKE) if not unicodedata.combining(c))
    return " ".join(visible(letters).split())


def clipped(text: str, length: int = 60) -> str:
    """`text`, or its beginning when it is too long to be repeated to a person."""
    return text if len(text) <= length else text[: length - 1] + "…"


def _digit(character: str) -> str:
    return str(unicodedata.decimal(character)) if character.isdecimal() else character
