"""Messages made from words: what a nudge or an answer says, before any channel draws it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

from babel.dates import format_date

from unranked import connectors, text
from unranked.channels.base import Choice, Message, Note, Paragraph
from unranked.connectors.base import Connector

LOCALE = "en"

DIGEST_CHOICES = ("help_me", "no_digest")
NUDGE_CHOICES = ("help_me", "tokens", "something_else", "not_for_me", "away", "fewer", "stop")


@dataclass(frozen=True, slots=True)
class Tools:
    """The tools that a person has a seat for, in words."""

    tools: str


@dataclass(frozen=True, slots=True)
class Week:
    """A manager's week, in words."""

    practice: str
    body: str
    question: str
    figures: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where a practice comes from."""

    source: str


@dataclass(frozen=True, slots=True)
class Back:
    """The first day back, in words."""

    back: str


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to ask for help."""

    contact: str


def nudge_content(tip_name: str, tools: Sequence[str]) -> str:
    """Return what the outbox keeps of a nudge: which tip, and for which tools. No figure."""
    return json.dumps({"tip": tip_name, "tools": sorted(tools)})


def digest_content(practice_name: str, figure_lines: Sequence[str]) -> str:
    """Return what the outbox keeps of a manager's week: the practice, and the lines of figures.

    figure_lines: what the gate let out, in words; empty where it let out nothing.
    """
    return json.dumps({"practice": practice_name, "lines": list(figure_lines)})


def tip_in(content: str) -> str:
    """Return the name of the tip that an outbox row stands for; empty where it is none."""
    return _named(content, "tip")


def practice_in(content: str) -> str:
    """Return the name of the practice that an outbox row stands for; empty for something else."""
    return _named(content, "practice")


def from_content(content: str, *, token: str) -> Message:
    """Return the message that an outbox row stands for.

    Raises LookupError, TypeError or ValueError where its text is gone, or where it is no content.
    """
    stored = json.loads(content)
    drawn = _digest(stored) if "practice" in stored else _nudge(stored)
    return replace(drawn, token=token)


def _named(content: str, what: str) -> str:
    try:
        stored = json.loads(content)
    except ValueError:
        return ""
    return str(stored.get(what, "")) if isinstance(stored, dict) else ""


def _nudge(stored: Mapping[str, Any]) -> Message:
    """Return a tip. Its task is for any one of the tools, its footer names them all."""
    names = [tool_name(tool) for tool in stored["tools"]]
    places = [text.label(f"place_{tool}", default=tool_name(tool)) for tool in stored["tools"]]
    tip = text.tip(stored["tip"])
    footer = text.words("nudge_footer", Tools(in_words(names)))
    task = text.Words(tip.title, tip.body.format(tools=in_words(places, last="or")))
    return _message(task, footer, NUDGE_CHOICES)


def _digest(stored: Mapping[str, Any]) -> Message:
    """Return a manager's week; without figures it says so in words that never differ."""
    practice = text.practice(stored["practice"])
    figures = "\n".join(stored["lines"]) or text.words("digest_not_shown").body
    week = Week(practice.title, practice.body, practice.question, figures)
    footer = text.words("digest_footer", Source(practice.source))
    return _message(text.words("digest", week), footer, DIGEST_CHOICES)


def _message(words: text.Words, footer: text.Words, actions: Sequence[str]) -> Message:
    return Message(
        title=words.title,
        parts=(*(Paragraph(part) for part in words.paragraphs), Note(footer.body)),
        choices=choices(*actions),
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
    """Return what people call the tool of a connector: its label, or else the connector's title."""
    connector = _connectors().get(slug)
    return text.label(
        slug, default=connector.title if connector else slug.replace("_", " ").title()
    )


@lru_cache(maxsize=1)
def _connectors() -> Mapping[str, Connector]:
    return connectors.found()


def in_words(names: Sequence[str], *, last: str = "and") -> str:
    """Return `a`, `a and b`, or `a, b and c`; `last`: the word before the last of several."""
    *most, end = names or ("your AI tools",)
    return f"{', '.join(most)} {last} {end}" if most else end


def day_in_words(day: date) -> str:
    """Return a day such as `Thu 19 Nov 2026`."""
    return format_date(day, "EEE d MMM y", locale=LOCALE)
