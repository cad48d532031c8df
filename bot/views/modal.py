"""Forms and screens as Slack's modals: plain values in, blocks out; and what was filled in.

Slack's limits are those of slack.md 11 and 12. Nothing is cut; what Slack would refuse raises
ValueError.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, groupby
from typing import Any

from bot.views.home import View, sections
from bot.views.words import plain
from unranked.channels import blocks
from unranked.channels.blocks import Block
from unranked.channels.pages import Field, FieldKind, Form, Option, Screen

TITLE_MOST = 24
"""Characters of a modal's title and of its buttons."""

OPTIONS_MOST = 100
"""Options of a list or of a group, and groups of a list."""

WORDS_MOST = 3_000
_KEYS = {
    "plain_text_input": ("value",),
    "datepicker": ("selected_date",),
    "static_select": ("selected_option",),
    "multi_static_select": ("selected_options",),
    "checkboxes": ("selected_options",),
    "conversations_select": ("selected_conversation",),
}
"""Where the state of an element holds what was filled in, by the element's type."""

_ANY = tuple(dict.fromkeys(key for keys in _KEYS.values() for key in keys))
_UNSENDABLE = re.compile("[\x00\ud800-\udfff]")
"""No part of any text: half a character, and what no database keeps."""


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
    """Return what was filled in, by the name of the field; none of it where it cannot be read."""
    return {name: said for name, said in _filled_in(view) if said is not None}


def unreadable(view: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the fields with a value of no kind that Slack sends: what was meant is not known."""
    return tuple(name for name, said in _filled_in(view) if said is None)


def clean(said: object) -> str:
    """Return a text that came back, without what is part of none; empty for what is no text."""
    return _UNSENDABLE.sub("", said) if isinstance(said, str) else ""


def _filled_in(view: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...] | None]]:
    """Yield every field with what was filled in, None where that cannot be read."""
    kinds = _kinds(view.get("blocks"))
    for name, block in _mapping(_mapping(view.get("state")).get("values")).items():
        states = list(_mapping(block).values())
        if not states:
            yield clean(name), None
        for state in states:
            yield clean(name), _values(_mapping(state), kinds.get(name, ""))


def _kinds(drawn: object) -> Mapping[str, str]:
    """Return of what kind each field is, by its name, as the view itself says."""
    inputs = map(_mapping, drawn if isinstance(drawn, list) else ())
    return {
        str(one.get("block_id")): str(_mapping(one.get("element")).get("type")) for one in inputs
    }


def _values(state: Mapping[str, Any], kind: str) -> tuple[str, ...] | None:
    """Return what a field holds; empty for one that is left empty, None for what makes no sense."""
    held = [_held(key, state[key]) for key in _KEYS.get(kind, _ANY) if key in state]
    found = [one for one in held if one is not None]
    if not found or len(found) < len(held):
        return None
    return tuple(filter(None, map(clean, chain.from_iterable(found))))


def _held(key: str, given: object) -> Sequence[str] | None:
    match given:
        case list() if key == "selected_options":
            found = [value for one in given if isinstance(value := _mapping(one).get("value"), str)]
            return found if len(found) == len(given) else None
        case {"value": str(value)} if key == "selected_option":
            return [value]
        case str() if key in {"value", "selected_date", "selected_conversation"}:
            return [given]
        case None if key != "selected_options":
            return []
    return None


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


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


def _conversation(field: Field) -> Block:
    """Slack's own list of conversations, with an address to post to, also where the bot is not.

    Not those that people outside the company share, and no direct message.
    """
    return {
        "type": "conversations_select",
        "placeholder": plain(field.label),
        "response_url_enabled": True,
        "filter": {
            "include": ["public", "private", "mpim"],
            "exclude_bot_users": True,
            "exclude_external_shared_channels": True,
        },
    }


_ELEMENTS = {
    FieldKind.DAY: _day,
    FieldKind.WORDS: _words,
    FieldKind.LINES: _words,
    FieldKind.SOME: _some,
    FieldKind.MANY: _many,
    FieldKind.ONE: _one,
    FieldKind.CONVERSATION: _conversation,
}


def _grouped(field: Field) -> Block:
    """Return the options, under their headings where they have any; those stand together."""
    if not any(one.group for one in field.options):
        if len(field.options) > OPTIONS_MOST:
            raise ValueError(f"A list of {len(field.options)} options is longer than Slack takes.")
        return {"options": [_option(one) for one in field.options]}
    groups = [
        {"label": plain(label), "options": [_option(one) for one in own]}
        for heading, together in groupby(field.options, key=lambda one: one.group)
        for label, own in _parts(heading, list(together))
    ]
    if len(groups) > OPTIONS_MOST:
        raise ValueError(f"A list of {len(groups)} groups is longer than Slack takes.")
    return {"option_groups": groups}


def _parts(heading: str, options: Sequence[Option]) -> Iterator[tuple[str, Sequence[Option]]]:
    """Yield a group under its heading; one that is longer than Slack takes in numbered parts."""
    starts = range(0, len(options), OPTIONS_MOST)
    for number, start in enumerate(starts, start=1):
        label = f"{heading} ({number})" if len(starts) > 1 else heading
        yield label, options[start : start + OPTIONS_MOST]


def _chosen(field: Field) -> list[Block]:
    return [_option(one) for one in field.options if one.value in field.chosen]


def _option(option: Option) -> Block:
    return {"text": plain(option.label), "value": option.value}
