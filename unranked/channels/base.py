"""What a channel is, and a message in no channel's own format.

A message is a value. Every channel draws the same facts and the same choices from it. What it says
to somebody stays out of `repr`, and so out of tracebacks and logs.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from unranked.domain.people import ChatMember


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Plain words. A line that starts with a hyphen and a blank is an item of a list."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Note:
    """Plain words of less weight: where figures come from, who sees them."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure in words, under a name of its own, which has no line end."""

    name: str = field(repr=False)
    words: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Facts:
    """Figures, one below the other, in a fixed order."""

    items: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Series:
    """One line of bars in a chart: its name and one value for each category."""

    name: str = field(repr=False)
    values: tuple[float, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars. `words` says the same without a picture; a channel shows it always, not as a fallback.

    unit: what the values are in, such as `USD`.
    """

    title: str = field(repr=False)
    unit: str
    categories: tuple[str, ...] = field(repr=False)
    series: tuple[Series, ...]
    words: tuple[str, ...] = field(repr=False)


Part = Paragraph | Note | Facts | Chart


def lines_of(part: Part) -> tuple[str, ...]:
    """Return what a part says, line by line, for whoever reads words alone."""
    if isinstance(part, Chart):
        return part.words
    if isinstance(part, Facts):
        return tuple(f"{fact.name}: {fact.words}" for fact in part.items)
    return tuple(part.text.split("\n"))


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that the reader can press. `action` is what it means; `label` what it says.

    dangerous: what it does cannot be undone; channels that can show it do.
    url: an address that is opened instead. It may hold a secret.
    """

    action: str
    label: str = field(repr=False)
    prominent: bool = False
    dangerous: bool = False
    url: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Message:
    """Words and choices for one person. `title` is neutral: it may show on a locked screen.

    token: opaque; a choice brings it back. It says which message was pressed, and nothing else.
    """

    title: str = field(repr=False)
    parts: tuple[Part, ...] = ()
    choices: tuple[Choice, ...] = ()
    token: str = ""


class Outcome(StrEnum):
    """How one attempt to send ended.

    LATER: certainly not sent; the workspace asks us to wait.
    UNCLEAR: sent or not, nobody knows.
    REFUSED: certainly not sent, and never will be to this person.
    BROKEN: certainly not sent; the whole workspace refuses until somebody mends it.
    """

    SENT = "sent"
    LATER = "later"
    UNCLEAR = "unclear"
    REFUSED = "refused"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What came of one attempt. `reason` is the channel's own word for it, never free text.

    conversation and stamp: where the message is, once it is sent.
    """

    outcome: Outcome
    reason: str = ""
    conversation: str = field(default="", repr=False)
    stamp: str = ""
    wait: timedelta = timedelta(0)
    hint: str = ""


class Presence(StrEnum):
    """What a look into a conversation found."""

    THERE = "there"
    ABSENT = "absent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Look:
    """What a look for a message found; `stamp` where it is there, `reason` where unknown.

    wait: how long the chat asked us to wait before another look.
    """

    presence: Presence
    stamp: str = ""
    reason: str = ""
    wait: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class File:
    """A file for one person. name: with its suffix."""

    name: str
    title: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Posted:
    """A message of the bot in a conversation: its stamp, its key, and the ids of its files."""

    stamp: str
    key: str = ""
    files: tuple[str, ...] = ()


class Channel(Protocol):
    """A chat that people can be written to. One file for each.

    A sending method never tries twice by itself: what is unclear is settled by `look`.
    """

    name: str

    def workspace(self) -> str:
        """Return the workspace's own id. Raises RosterError."""

    def members(self) -> Iterator[ChatMember]:
        """Yield every member of the workspace, all pages. Raises RosterError."""

    def locale(self, member_id: str) -> str:
        """Return a member's locale, such as `de-DE`; empty where the chat does not say."""

    def group(self, group_id: str) -> frozenset[str] | None:
        """Return the member ids of a group of the chat; None where it does not say them now."""

    def conversation(self, member_id: str) -> Receipt:
        """Open the conversation with a member, or find it: safe to repeat. Sends nothing."""

    def send(self, conversation: str, message: Message, *, key: str) -> Receipt:
        """Send once. `key` goes into the message's metadata, so that `look` can find it."""

    def look(self, conversation: str, *, key: str, since: datetime) -> Look:
        """Look for the message with `key` among those sent in the conversation after `since`."""

    def send_file(self, conversation: str, file: File, *, words: str) -> Receipt:
        """Send a file once, introduced by `words`. Tried again, it may be there twice."""

    def posted(self, conversation: str) -> list[Posted] | None:
        """Return what the bot wrote in the conversation; None where it cannot be read."""

    def delete(self, conversation: str, message: Posted) -> Receipt:
        """Take a message of the bot away, its files first. SENT: it is gone, or was already."""

    def show_home(self, member_id: str, parts: Sequence[Part]) -> Receipt:
        """Put words, and nothing else, on the member's page with the bot; safe to repeat."""
