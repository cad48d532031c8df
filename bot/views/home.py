"""A page as Slack's Home tab and a form as a modal: plain values in, blocks out.

Like messages they are plain text, or rich text of our own: nothing in a name can become mark-up.
Nothing is cut; what Slack would refuse raises ValueError.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from unranked.channels import blocks
from unranked.channels.blocks import Block
from unranked.channels.pages import Button, Field, FieldKind, Form, Option, Page, Row, Section

BLOCKS_MOST = 100
TITLE_MOST = 24
"""Characters of a modal's title and of its buttons."""

View = dict[str, Any]


def page(made: Page) -> View:
    """Return the Home tab. Raises ValueError for more blocks than Slack takes."""
    drawn: list[Block] = []
    for section in made.sections:
        drawn.extend([{"type": "divider"}] if drawn else [])
        drawn.extend(_section(section))
    if len(drawn) > BLOCKS_MOST:
        raise ValueError(f"A page of {len(drawn)} blocks is longer than Slack takes.")
    return {"type": "home", "blocks": drawn}


def form(made: Form) -> View:
    """Return the modal. Raises ValueError for a title or a button longer than Slack takes."""
    if max(len(words) for words in (made.title, made.send, made.cancel)) > TITLE_MOST:
        raise ValueError("Slack does not take the title or a button of this form.")
    return {
        "type": "modal",
        "callback_id": made.name,
        "title": _plain(made.title),
        "submit": _plain(made.send),
        "close": _plain(made.cancel),
        "blocks": [*blocks.said(made.parts), *map(_input, made.fields)],
    }


def typed(view: Mapping[str, Any]) -> Mapping[str, tuple[str, ...]]:
    """Return what was filled in, by the name of the field."""
    values = (view.get("state") or {}).get("values") or {}
    return {
        str(name): tuple(_values(state))
        for name, block in values.items()
        for state in block.values()
    }


def _values(state: Mapping[str, Any]) -> Iterator[str]:
    one = state.get("selected_option")
    for option in (*(state.get("selected_options") or ()), *([one] if one else ())):
        yield str(option.get("value", ""))
    if day := state.get("selected_date"):
        yield str(day)


def _section(section: Section) -> Iterator[Block]:
    yield {"type": "header", "text": _plain(section.title)}
    yield from blocks.said(section.parts)
    for row in section.rows:
        yield from _row(row)


def _row(row: Row) -> Iterator[Block]:
    """A fact with a title has its buttons below; one without has at most one, beside it."""
    if not row.title:
        said = {"type": "section", "text": _plain(row.text)}
        for button in row.buttons[:1]:
            said["accessory"] = _button(button)
        yield said
        return
    words = [_text(row.title, bold=True), _text(f"\n{row.text}")]
    yield {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": words}]}
    if row.buttons:
        yield {"type": "actions", "elements": [_button(button) for button in row.buttons]}


def _button(button: Button) -> Block:
    drawn = {"type": "button", "action_id": button.action, "text": _plain(button.label)}
    if button.value:
        drawn["value"] = button.value
    if button.confirm is not None:
        drawn["confirm"] = {
            "title": _plain(button.confirm.title),
            "text": _plain(button.confirm.text),
            "confirm": _plain(button.confirm.yes),
            "deny": _plain(button.confirm.no),
        }
    return drawn


def _input(field: Field) -> Block:
    return {
        "type": "input",
        "block_id": field.name,
        "label": _plain(field.label),
        "element": {"action_id": field.name, **_element(field)},
    }


def _element(field: Field) -> Block:
    if field.kind is FieldKind.DAY:
        (day,) = field.chosen
        return {"type": "datepicker", "initial_date": day, "placeholder": _plain(field.label)}
    options = [_option(option) for option in field.options]
    chosen = [option for option in options if option["value"] in field.chosen]
    if field.kind is FieldKind.SOME:
        filled = {"initial_options": chosen} if chosen else {}  # Slack takes no empty list
        return {"type": "checkboxes", "options": options, **filled}
    return {
        "type": "static_select",
        "options": options,
        "placeholder": _plain(field.label),
        **({"initial_option": chosen[0]} if chosen else {}),
    }


def _option(option: Option) -> Block:
    return {"text": _plain(option.label), "value": option.value}


def _text(words: str, *, bold: bool = False) -> Block:
    return {"type": "text", "text": words, **({"style": {"bold": True}} if bold else {})}


def _plain(words: str) -> Block:
    return {"type": "plain_text", "text": words, "emoji": False}
