"""What the playground's page shows, as values: the templates draw them and decide nothing.

Nothing here is the product's: it is what Slack's own client would show, and what only a demo may
show of what happened behind it.
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Tab(StrEnum):
    """The two tabs of the app in Slack's client."""

    MESSAGES = "messages"
    HOME = "home"


@dataclass(frozen=True, slots=True)
class Part:
    """Somebody to be. slug: stands in addresses; no name and no id does."""

    slug: str
    title: str
    says: str
    unread: int = 0


@dataclass(frozen=True, slots=True)
class Cast:
    """A heading of the list on the left, and who stands below it."""

    title: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """One entry of the conversation.

    container: `message`, `ephemeral` for what only this person sees until the next reload, or
        `post` for what they had the bot post elsewhere. where: the name of that conversation.
    own: written by the person and not by the bot. when: the person's own local time, in words.
    ref: what an interaction brings back to say which entry it belongs to.
    files: id and name. problem: what Slack refused, in words.
    """

    container: str
    ref: str
    when: str
    text: str = ""
    where: str = ""
    blocks: Sequence[Mapping[str, Any]] = ()
    own: bool = False
    edited: bool = False
    files: tuple[tuple[str, str], ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Conversation:
    """The Messages tab. version: another one after every change of it."""

    version: int
    entries: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Home:
    """The Home tab. view_id is empty while the bot has published none."""

    version: int
    view_id: str = ""
    blocks: Sequence[Mapping[str, Any]] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Modal:
    """The modal on top.

    errors: by block id. typed: `{block_id: {action_id: value}}`, so that what was typed survives an
    error; a value is text, or a list of texts where several can be chosen. What is typed while the
    same form stands there is the page's own: it draws no form again, so it is not compared.
    """

    view_id: str
    title: str
    close: str = "Cancel"
    submit: str = ""
    blocks: Sequence[Mapping[str, Any]] = ()
    errors: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of the pane on the right."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Table:
    """A small table of the pane on the right. rows: as many cells as there are columns."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    empty: str = "Nothing yet."


@dataclass(frozen=True, slots=True)
class Behind:
    """What happened behind the conversation. Visible in the demo alone.

    person: truth, segment, reason, watermark, arm. refusals: what Slack refused. promises: what
    must hold, each with whether it does and with the count that shows it.
    """

    person: tuple[Fact, ...]
    messages: Table
    jobs: Table
    refusals: Table
    promises: tuple[tuple[str, bool, str], ...]

    @property
    def version(self) -> int:
        """Another one when anything of it is."""
        return zlib.crc32(repr(self).encode())


@dataclass(frozen=True, slots=True)
class Move:
    """Where the clock can be moved. slug: `morning`, `week` or `quarter`."""

    slug: str
    title: str


@dataclass(frozen=True, slots=True)
class Clock:
    """The world's time, and a move that is under way.

    now: in words, UTC. moving: the title of the move under way, else empty; doing: what happens
    now; done: 0 to 100. ended: why there is no further move, else empty. problem: what went wrong.
    """

    now: str
    moves: tuple[Move, ...]
    moving: str = ""
    doing: str = ""
    done: int = 0
    ended: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Switch:
    """A fault that can be switched on. says: what it does, and what to look at."""

    slug: str
    title: str
    says: str
    on: bool


@dataclass(frozen=True, slots=True)
class Page:
    """The whole page.

    who: the slug of the person one is; about: that person in a sentence. turn: so many things that
    this person did were answered.
    """

    who: str
    about: str
    casts: tuple[Cast, ...]
    tab: Tab
    conversation: Conversation
    home: Home
    modal: Modal | None
    behind: Behind
    clock: Clock
    switches: tuple[Switch, ...]
    company: str
    turn: int = 0
