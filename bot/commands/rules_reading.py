"""The YAML file of rules and digests as it is read, with the line of everything that cannot be."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import yaml

from bot.commands.alerts.terms import read_terms
from bot.commands.digests.order import read_order
from bot.commands.rules_file import VERSION
from bot.domain.folding import clipped
from bot.domain.ids import ChannelId, TeamId, UserId
from bot.domain.places import UNSET
from bot.domain.rule_file import Wanted, Wish
from bot.errors import BadPeriod, BadWord, Explainable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from bot.domain.alerts.rules import Terms
    from bot.domain.subscriptions import Order

LONGEST_FILE = 5_000_000
"""Characters."""
LONGEST_TEXT = 20_000
"""Of one rule: hundreds of queues, each by its id."""
_TEAM = re.compile(r"[TE][A-Z0-9]{1,30}")
_CHANNEL = re.compile(r"[CGDUW][A-Z0-9]{1,30}")
_OWNER = re.compile(r"[UW][A-Z0-9]{1,30}")
_NUMBER = re.compile(r"[1-9][0-9]{0,6}")
_HEADINGS = {"alerts": "rule", "digests": "digest"}


class Problem(NamedTuple):
    line: int
    """From 1; 0: of the file as a whole."""
    sentence: str


class FileUnread(Explainable):
    """A file of rules that cannot be read, as a whole or in some of its entries; nothing of it is applied."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        lines = (f"Line {each.line}: {each.sentence}" if each.line else each.sentence for each in problems)
        super().__init__("\n".join(lines))


def read_rules(text: str, *, now: datetime, zone: ZoneInfo) -> tuple[Wanted, ...]:
    """What the file wants. `zone` is that of entries that name none. Raises FileUnread, with every problem in it."""
    reading = _Reading(now, zone)
    wanted = reading.file(text)
    if reading.problems:
        raise FileUnread(tuple(sorted(reading.problems)))
    return wanted


class _Reading:
    def __init__(self, now: datetime, zone: ZoneInfo) -> None:
        self.problems: list[Problem] = []
        self._read: Mapping[str, Callable[[str], Terms | Order]] = {
            "rule": lambda text: read_terms(text, zone=zone, usual=UNSET, example="", limit=LONGEST_TEXT),
            "digest": lambda text: read_order(text, now=now, zone=zone, usual=UNSET, example="", limit=LONGEST_TEXT),
        }

    def file(self, text: str) -> tuple[Wanted, ...]:
        if len(text) > LONGEST_FILE:
            self.problems.append(Problem(1, "The file is too long to be one of rules."))
            return ()
        try:
            root = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            why = getattr(error, "problem", None) or "it cannot be taken apart"
            self.problems.append(Problem(mark.line + 1 if mark else 1, f"This is no YAML: {why}."))
            return ()
        except RecursionError:
            self.problems.append(Problem(1, "This is nested too deeply to be a file of rules."))
            return ()
        if root is None:
            self.problems.append(Problem(1, "The file is empty; without “workspaces” it says nothing."))
            return ()
        top = self._keys(root, "The file", ("version", "workspaces"))
        self._version(top.get("version"), root)
        if "workspaces" not in top:
            self._wrong(root, "“workspaces” is missing.")
            return ()
        found: list[Wanted] = []
        for team_key, channels in self._named(top["workspaces"], "“workspaces”", _TEAM, "the id of a workspace"):
            for channel_key, content in self._named(channels, f"“{team_key}”", _CHANNEL, "the id of a channel"):
                found.append(self._place(TeamId(team_key), ChannelId(channel_key), content))
        return tuple(found)

    def _version(self, node: yaml.Node | None, root: yaml.Node) -> None:
        if not isinstance(node, yaml.ScalarNode) or node.value != str(VERSION):
            self._wrong(node or root, f"“version” has to be {VERSION}, which is what this program reads.")

    def _place(self, team: TeamId, channel: ChannelId, content: yaml.Node) -> Wanted:
        parts = self._keys(content, f"“{channel}”", tuple(_HEADINGS))
        wishes = {name: self._wishes(parts[name], name) for name in _HEADINGS if name in parts}
        return Wanted(team=team, channel=channel, rules=wishes.get("alerts"), digests=wishes.get("digests"))

    def _wishes(self, node: yaml.Node, heading: str) -> tuple[Wish, ...]:
        if not isinstance(node, yaml.SequenceNode):
            self._wrong(node, f"“{heading}” has a list under it, each entry with a dash; [] stands for none.")
            return ()
        found: list[Wish] = []
        numbers: set[int] = set()
        for item in node.value:
            wish = self._wish(item, _HEADINGS[heading])
            if wish is None:
                continue
            if wish.number is not None and wish.number in numbers:
                self._wrong(item, f"Number {wish.number} is in the list already.")
            numbers |= {wish.number} if wish.number is not None else set()
            found.append(wish)
        return tuple(found)

    def _wish(self, node: yaml.Node, key: str) -> Wish | None:
        before = len(self.problems)
        parts = self._keys(node, "An entry", ("number", "owner", key))
        if len(self.problems) > before:
            return None
        number = self._scalar(parts.get("number"))
        if "number" in parts and not _NUMBER.fullmatch(number):
            self._wrong(parts["number"], f"“{clipped(number)}” is no number of a {key}; a new one has none.")
        owner, text = self._scalar(parts.get("owner")), self._scalar(parts.get(key))
        if not _OWNER.fullmatch(owner):
            self._wrong(parts.get("owner", node), "“owner” is missing, or no id of a person: U0123ABCD.")
        if not text.strip():
            self._wrong(parts.get(key, node), f"“{key}” is missing: the text behind the command.")
            return None
        terms = self._terms(text, key, parts[key])
        if terms is None or len(self.problems) > before:
            return None
        return Wish(
            line=_line(node),
            number=int(number) if number else None,
            owner=UserId(owner),
            text=text.strip(),
            terms=terms,
        )

    def _terms(self, text: str, key: str, node: yaml.Node) -> Terms | Order | None:
        try:
            return self._read[key](text)
        except (BadWord, BadPeriod) as error:
            hint = f" Did you mean “{error.suggestion}”?" if isinstance(error, BadWord) and error.suggestion else ""
            self._wrong(node, f"{error}{hint}")
            return None

    def _named(
        self, node: yaml.Node, where: str, pattern: re.Pattern[str], what: str
    ) -> tuple[tuple[str, yaml.Node], ...]:
        found: list[tuple[str, yaml.Node]] = []
        for key, key_node, value in self._pairs(node, where):
            if pattern.fullmatch(key):
                found.append((key, value))
            else:
                self._wrong(key_node, f"“{clipped(key)}” is not {what}.")
        return tuple(found)

    def _keys(self, node: yaml.Node, where: str, allowed: tuple[str, ...]) -> dict[str, yaml.Node]:
        found: dict[str, yaml.Node] = {}
        for key, key_node, value in self._pairs(node, where):
            if key in allowed:
                found[key] = value
            else:
                self._wrong(key_node, f"{where} has no “{clipped(key)}”: there is {', '.join(allowed)}.")
        return found

    def _pairs(self, node: yaml.Node, where: str) -> tuple[tuple[str, yaml.Node, yaml.Node], ...]:
        if not isinstance(node, yaml.MappingNode):
            self._wrong(node, f"{where} is no list of names with a colon behind each.")
            return ()
        found: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        for key_node, value in node.value:
            key = self._scalar(key_node)
            if key in found:
                self._wrong(key_node, f"“{clipped(key)}” is there twice.")
            found[key] = (key_node, value)
        return tuple((key, *pair) for key, pair in found.items())

    @staticmethod
    def _scalar(node: yaml.Node | None) -> str:
        return str(node.value) if isinstance(node, yaml.ScalarNode) else ""

    def _wrong(self, node: yaml.Node, sentence: str) -> None:
        self.problems.append(Problem(_line(node), sentence))


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
