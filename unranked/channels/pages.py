"""A page and a form for one person, in no channel's own format.

What they say stays out of `repr`, as that of a message does.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from unranked.channels.base import Part


@dataclass(frozen=True, slots=True)
class Confirm:
    """What is asked before a button does something that is easily pressed by mistake."""

    title: str = field(repr=False)
    text: str = field(repr=False)
    yes: str = field(repr=False)
    no: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Button:
    """Something to press. value: opaque; it says which of several things is meant."""

    action: str
    label: str = field(repr=False)
    value: str = ""
    confirm: Confirm | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One fact and what can be done about it. title: words of ours, never a name or a figure."""

    text: str = field(repr=False)
    title: str = field(default="", repr=False)
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page under a title of its own: words, then rows."""

    title: str = field(repr=False)
    parts: tuple[Part, ...] = ()
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """What one person sees when they come to the bot. Nobody else sees it."""

    sections: tuple[Section, ...]


class FieldKind(StrEnum):
    """How a field is filled in: one of a list, some of a list, a day as 2026-03-02, or words.

    SOME shows every option; MANY, for long lists, shows those that are chosen. WORDS is one line,
    LINES are several. CONVERSATION is one of the chat's own, of people of the company alone: which
    one it is stays with the chat, and an answer to the form can be posted there.
    """

    ONE = "one"
    SOME = "some"
    MANY = "many"
    DAY = "day"
    WORDS = "words"
    LINES = "lines"
    CONVERSATION = "conversation"


@dataclass(frozen=True, slots=True)
class Option:
    """A value of a list and what it says. group: the heading that it stands under, in a MANY."""

    value: str = field(repr=False)
    label: str = field(repr=False)
    group: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Field:
    """Something to fill in. chosen: the values that are filled in already; of words, the words.

    hint: what is said below it. most: so many characters of words, or options of MANY; 0: as many
    as the channel takes.
    """

    name: str
    label: str = field(repr=False)
    kind: FieldKind
    options: tuple[Option, ...] = ()
    chosen: tuple[str, ...] = field(default=(), repr=False)
    optional: bool = False
    hint: str = field(default="", repr=False)
    most: int = 0


@dataclass(frozen=True, slots=True)
class Form:
    """Fields that are sent together. name and context come back with them.

    context: opaque; what the form is about, such as a key and a revision. Never words of people.
    """

    name: str
    title: str = field(repr=False)
    parts: tuple[Part, ...]
    fields: tuple[Field, ...]
    send: str = field(repr=False)
    cancel: str = field(repr=False)
    context: str = ""


@dataclass(frozen=True, slots=True)
class Screen:
    """Something to read, over the page, with buttons. name and context as for a form."""

    name: str
    title: str = field(repr=False)
    sections: tuple[Section, ...]
    close: str = field(repr=False)
    context: str = ""
