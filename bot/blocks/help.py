"""What a command understands, with examples that work here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from bot.blocks import kit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.blocks.kit import Message


class HelpText(Protocol):
    """What there is to say about a command."""

    @property
    def title(self) -> str: ...
    @property
    def paragraphs(self) -> Sequence[str]: ...
    @property
    def examples(self) -> Sequence[tuple[str, str]]:
        """A command to type, and what it answers."""


def help_message(text: HelpText) -> Message:
    """The title, the examples first because they are what people copy, then the rules."""
    first = f" For example: {text.examples[0][0]}" if text.examples else ""
    blocks = [kit.header(text.title)]
    if text.examples:
        blocks.append(example_list(text.examples))
    blocks += [_paragraph(paragraph) for paragraph in text.paragraphs]
    return kit.message(f"{text.title}.{first}", *blocks)


def _paragraph(text: str) -> kit.Block:
    """With what it is about in bold: "Queues: one name, ..." """
    about, colon, rest = text.partition(": ")
    return kit.paragraph(kit.bold(f"{about}: "), kit.words(rest)) if colon else kit.section(text)


def example_list(examples: Sequence[tuple[str, str]]) -> kit.Block:
    """Commands to copy, each with what it answers."""
    return kit.bullets(
        [[kit.code(kit.clean(command)), kit.words(f"  {kit.clean(what)}")] for command, what in examples]
    )
