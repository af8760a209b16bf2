"""Reading messages and views as a person does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


def kinds(message: Any) -> list[str]:
    return [block["type"] for block in message["blocks"]]


def said(message: Any) -> list[str]:
    """The texts of all blocks in their order, those of buttons and charts left out."""
    return [text for block in message["blocks"] for text in _texts(block)]


def buttons(message: Any) -> dict[str, tuple[str, str]]:
    """Label to action id and value; of labels that come twice, the last."""
    elements = [
        element
        for block in message["blocks"]
        for element in (*(block["elements"] if block["type"] == "actions" else ()), block.get("accessory"))
        if element and element["type"] == "button"
    ]
    return {each["text"]["text"]: (each["action_id"], each.get("value", "")) for each in elements}


def _texts(block: Any) -> Iterator[str]:
    match block["type"]:
        case "header" | "section":
            yield block["text"]["text"]
        case "context":
            yield from (element["text"] for element in block["elements"])
        case "table":
            yield from (cell["text"] for row in block["rows"] for cell in row)
        case "rich_text":
            for part in block["elements"]:
                lines = part["elements"] if part["type"] == "rich_text_list" else [part]
                yield from ("".join(run["text"] for run in line["elements"]) for line in lines)
        case "input":
            yield block["label"]["text"]
