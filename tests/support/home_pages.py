"""What stands on a Home tab or in a form of Slack, read as a person would."""

from collections.abc import Iterator, Mapping
from typing import Any


def said(view: Mapping[str, Any]) -> str:
    """Return every word on a page or in a form, in order."""
    return "\n".join(_words_of(view["blocks"]))


def _words_of(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("text"), str):
            yield value["text"]
        for held in value.values():
            yield from _words_of(held)
    elif isinstance(value, list):
        for held in value:
            yield from _words_of(held)


def values_of(view: Mapping[str, Any], action: str) -> list[str]:
    """Return what the buttons of an action bring back, in order."""
    found: list[Mapping[str, Any]] = []
    for block in view["blocks"]:
        elements = block.get("elements", []) if block["type"] == "actions" else []
        found += [*elements, block.get("accessory", {})]
    return [one.get("value", "") for one in found if one.get("action_id") == action]


def days(*chosen: str) -> dict[str, Any]:
    """Return a form of weekdays as it is filled in."""
    return {"weekdays": {"weekdays": {"selected_options": [{"value": one} for one in chosen]}}}


def offered(modal: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Return the boxes of a form, and those that are ticked, in words."""
    (element,) = (block["element"] for block in modal["blocks"] if block["type"] == "input")
    lists = (element["options"], element.get("initial_options", []))
    boxes, ticked = ([one["text"]["text"] for one in some] for some in lists)
    return boxes, ticked
