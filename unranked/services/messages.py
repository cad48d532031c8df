"""Messages made from words: what a nudge or an answer says, before any channel draws it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date

from unranked import text
from unranked.channels.base import Choice, Message, Note, Paragraph

LOCALE = "en"

NUDGE_CHOICES = ("help_me", "tokens", "something_else", "not_for_me", "away", "fewer", "stop")


@dataclass(frozen=True, slots=True)
class Tools:
    """The tools that a person has a seat for, in words."""

    tools: str


@dataclass(frozen=True, slots=True)
class Until:
    """The first day back."""

    until: str


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to ask for help."""

    contact: str


def nudge_content(segment: str, tools: Sequence[str]) -> str:
    """Return what the outbox keeps of a nudge: which text, and for which tools. No figure."""
    return json.dumps({"message": f"nudge_{segment}", "tools": sorted(tools)})


def from_content(content: str, *, token: str) -> Message:
    """Return the message that an outbox row stands for."""
    stored = json.loads(content)
    tools = Tools(in_words([tool_name(tool) for tool in stored["tools"]]))
    words, footer = text.words(stored["message"], tools), text.words("nudge_footer", tools)
    return Message(
        title=words.title,
        parts=(*(Paragraph(part) for part in words.paragraphs), Note(footer.body)),
        choices=choices(*NUDGE_CHOICES),
        token=token,
    )


def plain(name: str, values: object | None = None, *, buttons: Sequence[str] = ()) -> Message:
    """Return a message that is only words, and perhaps buttons."""
    words = text.words(name) if values is None else text.words(name, values)
    return Message(
        title=words.title,
        parts=tuple(Paragraph(part) for part in words.paragraphs),
        choices=choices(*buttons),
    )


def choices(*actions: str) -> tuple[Choice, ...]:
    """Return the buttons of these actions; the first is the prominent one."""
    return tuple(
        Choice(action, text.label(action), prominent=number == 0)
        for number, action in enumerate(actions)
    )


def tool_name(slug: str) -> str:
    """Return what people call the tool of a connector."""
    return text.label(slug, default=slug.replace("_", " ").title())


def in_words(names: Sequence[str]) -> str:
    """Return `a`, `a and b`, or `a, b and c`."""
    *most, last = names or ("your AI tools",)
    return f"{', '.join(most)} and {last}" if most else last


def day_in_words(day: date) -> str:
    """Return a day such as `Thu 19 Nov 2026`."""
    return format_date(day, "EEE d MMM y", locale=LOCALE)
