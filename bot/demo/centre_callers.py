"""The people who call and write: invented, with numbers and addresses from the ranges kept free for fiction."""

from __future__ import annotations

from typing import NamedTuple
from zlib import crc32

_FIRST = (
    "Alva", "Basil", "Cosima", "Dario", "Edda", "Fabian", "Gwen", "Hanno", "Imke", "Jasper", "Kalle", "Lotte", "Milan",
    "Nadja", "Ottilie", "Pippa", "Rufus", "Selma", "Theo", "Ursula",
)  # fmt: skip
_LAST = (
    "Ashdown", "Brambleby", "Caldera", "Dunmore", "Eastwell", "Fenwick", "Grünwald", "Holloway", "Ingram", "Juniper",
    "Kestrel", "Longbottom", "Marlowe", "Nightingale", "Østby", "Pemberton", "Quill", "Ravenscroft", "St. John",
    "-Anonymous-",
)  # fmt: skip
_NOTES = (
    "Will call again on {number}.",
    "=see ticket 1042, customer is {name}",
    "- refund promised,\n- letter to {address}",
    'Says "nobody ever calls back"; {name}',
)
"""Notes as agents type them, beginnings that spreadsheets take for formulas included."""


class Caller(NamedTuple):
    """A customer. The numbers are of the range that Ofcom keeps for drama."""

    name: str
    number: str
    address: str

    def note(self, dice: int) -> str:
        """What an agent writes down after the contact."""
        return _NOTES[dice % len(_NOTES)].format(number=self.number, name=self.name, address=self.address)


def caller_of(conversation_id: str) -> Caller:
    """Who is on the other side of a conversation, always the same."""
    dice = crc32(conversation_id.encode())
    first, last = _FIRST[dice % len(_FIRST)], _LAST[dice // 32 % len(_LAST)]
    number = dice // 1024 % 1000
    return Caller(f"{first} {last}", f"+447700900{number:03}", f"{first.lower()}.{number:03}@example.com")


def line_of(queue_id: str | None) -> str:
    """The number by which a queue is called."""
    return f"+448081570{crc32((queue_id or '').encode()) % 1000:03}"
