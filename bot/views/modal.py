"""Forms and screens as Slack's modals: plain values in, blocks out; and what was filled in.

Slack's limits are those of slack.md 11 and 12. Nothing is cut; what Slack would refuse raises
ValueError.
"""

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from bot.views.home import View, sections
from bot.views.words import plain
from unranked.channels import blocks
from unranked.channels.blocks import Block
from unranked.channels.pages import Field, FieldKind, Form, Option, Screen

TITLE_MOST = 24
"""Characters of a modal's title and of its buttons."""

OPTIONS_MOST = 100
WORDS_MOST = 3_000


def form(made: Form) -> View:
    """Return the modal. Raises ValueError for a title or a button longer than Slack takes."""
    return {
        **_modal(made.name, made.title, made.cancel, made.context),
        "submit": _short(made.send),
        "blocks": [*blocks.said(made.parts), *map(_input, made.fields)],
    }


def screen(made: Screen) -> View:
    """Return the modal, which nothing is filled into. Raises ValueError as `form` does."""
    drawn = sections(made.sections, title=made.title)
    return {**_modal(made.name, made.title, made.close, made.context), "blocks": drawn}


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
    for said in (state.get("selected_date"), state.get("value")):
        if said:
            yield str(said)


def _modal(name: str, title: str, close: str, context: str) -> View:
    return {
        "type": "modal",
        "callback_id": name,
        "title": _short(title),
        "close": _short(close),
        **({"private_metadata": context} if context else {}),
    }


def _short(words: str) -> Block:
    if len(words) > TITLE_MOST:
        raise ValueError("Slack does not take the title or a button of this modal.")
    return plain(words)


def _input(field: Field) -> Block:
    return {
        "type": "input",
        "block_id": field.name,
        "label": plain(field.label),
        "element": {"action_id": field.name, **_ELEMENTS[field.kind](field)},
        **({"optional": True} if field.optional else {}),
        **({"hint": plain(field.hint)} if field.hint else {}),
    }


def _day(field: Field) -> Block:
    filled = {"initial_date": field.chosen[0]} if field.chosen else {}
    return {"type": "datepicker", **filled, "placeholder": plain(field.label)}


def _words(field: Field) -> Block:
    filled = {"initial_value": field.chosen[0]} if field.chosen and field.chosen[0] else {}
    return {
        "type": "plain_text_input",
        "multiline": field.kind is FieldKind.LINES,
        "max_length": field.most or WORDS_MOST,
        **filled,
    }


def _some(field: Field) -> Block:
    chosen = _chosen(field)
    filled = {"initial_options": chosen} if chosen else {}  # Slack takes no empty list
    return {"type": "checkboxes", "options": [_option(one) for one in field.options], **filled}


def _many(field: Field) -> Block:
    if len(field.options) > OPTIONS_MOST and not all(one.group for one in field.options):
        raise ValueError(f"A list of {len(field.options)} options is longer than Slack takes.")
    chosen = _chosen(field)
    return {
        "type": "multi_static_select",
        **_grouped(field),
        "placeholder": plain(field.label),
        **({"initial_options": chosen} if chosen else {}),
        **({"max_selected_items": field.most} if field.most else {}),
    }


def _one(field: Field) -> Block:
    chosen = _chosen(field)
    return {
        "type": "static_select",
        **_grouped(field),
        "placeholder": plain(field.label),
        **({"initial_option": chosen[0]} if chosen else {}),
    }


_ELEMENTS = {
    FieldKind.DAY: _day,
    FieldKind.WORDS: _words,
    FieldKind.LINES: _words,
    FieldKind.SOME: _some,
    FieldKind.MANY: _many,
    FieldKind.ONE: _one,
}


def _grouped(field: Field) -> Block:
    """Return the options, under their headings where they have any; those stand together."""
    if not any(one.group for one in field.options):
        return {"options": [_option(one) for one in field.options]}
    groups = groupby(field.options, key=lambda one: one.group)
    return {
        "option_groups": [
            {"label": plain(label), "options": [_option(one) for one in own]}
            for label, own in groups
        ]
    }


def _chosen(field: Field) -> list[Block]:
    return [_option(one) for one in field.options if one.value in field.chosen]


def _option(option: Option) -> Block:
    return {"text": plain(option.label), "value": option.value}
