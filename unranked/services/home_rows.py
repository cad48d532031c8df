"""The pieces that the Home tab is made of, from words and labels."""

from collections.abc import Iterator

from unranked import text
from unranked.channels.pages import Button, Row, Section
from unranked.services import messages


def row(name: str, values: object | None = None, *actions: str) -> Row:
    """Return a fact under its title, with the buttons of these actions."""
    words = text.words(name) if values is None else text.words(name, values)
    return Row(words.body, words.title, tuple(button(action) for action in actions))


def button(action: str, value: str = "") -> Button:
    """Return the button of an action. value: which of several things is meant."""
    return Button(action, text.label(action), value)


def section(
    name: str, values: object | None = None, *, rows: Iterator[Row] | None = None
) -> Section:
    """Return a part of the page: words under their title, then rows."""
    message = messages.plain(name, values)
    return Section(message.title, message.parts, tuple(rows or ()))
