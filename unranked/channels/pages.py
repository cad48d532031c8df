"""A page and a form for one person, in no channel's own format."""

from dataclasses import dataclass
from enum import StrEnum

from unranked.channels.base import Part


@dataclass(frozen=True, slots=True)
class Confirm:
    """What is asked before a button does something that is easily pressed by mistake."""

    title: str
    text: str
    yes: str
    no: str


@dataclass(frozen=True, slots=True)
class Button:
    """Something to press. value: opaque; it says which of several things is meant."""

    action: str
    label: str
    value: str = ""
    confirm: Confirm | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One fact and what can be done about it. title: words of ours, never a name or a figure."""

    text: str
    title: str = ""
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page under a title of its own: words, then rows."""

    title: str
    parts: tuple[Part, ...] = ()
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """What one person sees when they come to the bot. Nobody else sees it."""

    sections: tuple[Section, ...]


class FieldKind(StrEnum):
    """How a field is filled in: one of a list, some of a list, or a day as 2026-03-02."""

    ONE = "one"
    SOME = "some"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Option:
    """A value of a list and what it says."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """Something to fill in. chosen: the values that are filled in already."""

    name: str
    label: str
    kind: FieldKind
    options: tuple[Option, ...] = ()
    chosen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """Fields that are sent together. name: what comes back with them."""

    name: str
    title: str
    parts: tuple[Part, ...]
    fields: tuple[Field, ...]
    send: str
    cancel: str
