"""Messages made from words: what a nudge or an answer says, before any channel draws it."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import make_dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from unranked import connectors, text
from unranked.channels.base import Choice, Message, Note, Paragraph
from unranked.config import Settings
from unranked.connectors.base import Connector
from unranked.domain.pulse import Worth
from unranked.domain.tips import TOOLS
from unranked.services import spoken
from unranked.services.message_values import Between, Contact, Days, Month, Source, Tools, Week
from unranked.services.runtime import Runtime

DIGEST_CHOICES = ("help_me", "post_digest", "digest_pause", "no_digest")
NUDGE_CHOICES = ("help_me", "tokens", "something_else", "not_for_me", "away", "fewer", "stop")


def contact(runtime: Runtime) -> Contact:
    """Return whom the operator named; where nobody was named, the usual words for them."""
    named = runtime.help_contact
    unset = named == Settings.model_fields["help_contact"].default
    return Contact(text.label("help_contact") if unset else named)


def nudge_content(tip_name: str, tools: Sequence[str]) -> str:
    """Return what the outbox keeps of a nudge: which tip, and for which tools. No figure."""
    return json.dumps({"tip": tip_name, "tools": sorted(tools)})


def digest_content(practice_name: str, figure_lines: Sequence[str]) -> str:
    """Return what the outbox keeps of a manager's week: the practice, and the lines of figures.

    figure_lines: what the gate let out, in words; empty where it let out nothing.
    """
    return json.dumps({"practice": practice_name, "lines": list(figure_lines)})


def pulse_content(week: date) -> str:
    """Return what the outbox keeps of a check-in: which week it asks about."""
    return json.dumps({"pulse": week.isoformat()})


def monthly_content(month: date) -> str:
    """Return what the outbox keeps of the word that a summary is ready: the month's first day."""
    return json.dumps({"monthly": month.isoformat()})


def test_content(tip_name: str, tools: Sequence[str]) -> str:
    """Return what the outbox keeps of a tip that is sent on trial. It counts as no tip."""
    return json.dumps({"test": tip_name, "tools": sorted(tools)})


def notice_content(text_name: str, values: Mapping[str, str]) -> str:
    """Return what the outbox keeps of a word to the team: which text, and what it is filled with.

    values: the team's own words, or days; nothing of a person, and no figure.
    """
    return json.dumps({"notice": text_name, "values": dict(values)})


def week_in(content: str) -> date | None:
    """Return the week that an outbox row asks about; None where it is no check-in."""
    try:
        return date.fromisoformat(_named(content, "pulse"))
    except ValueError:
        return None


def tip_in(content: str) -> str:
    """Return the name of the tip that an outbox row stands for; empty where it is none."""
    return _named(content, "tip")


def practice_in(content: str) -> str:
    """Return the name of the practice that an outbox row stands for; empty for something else."""
    return _named(content, "practice")


TipOf = Callable[[str], text.Tip | None]
"""Returns the tip of a name in the language that is spoken, None where there is none."""


def from_content(content: str, *, token: str, tip_of: TipOf = text.tip) -> Message:
    """Return the message that an outbox row stands for.

    tip_of: `services.tips.words` with the transaction; without it only tips of the files are known.
    Raises LookupError, TypeError or ValueError where its text is gone, or where it is no content.
    """
    stored = json.loads(content)
    if "test" in stored:
        drawn = _test(stored, tip_of)
    elif draw := next((draw for what, draw in _DRAWN.items() if what in stored), None):
        drawn = draw(stored)
    else:
        drawn = nudge(_known(tip_of, stored["tip"]), stored["tools"])
    return replace(drawn, token=token)


def template(tip: text.Tip) -> text.Words:
    """Return a tip with its footer, before anybody's tools are filled in."""
    footer = text.words("nudge_footer", Tools(TOOLS))
    return text.Words(tip.title, f"{tip.body}\n\n{footer.body}")


def _named(content: str, what: str) -> str:
    try:
        stored = json.loads(content)
    except ValueError:
        return ""
    return str(stored.get(what, "")) if isinstance(stored, dict) else ""


def _known(tip_of: TipOf, name: str) -> text.Tip:
    tip = tip_of(name)
    if tip is None:
        raise LookupError(name)
    return tip


def nudge(tip: text.Tip, tools: Sequence[str]) -> Message:
    """Return a tip. Its task is for any one of the tools, its footer names them all.

    In the task the tools are named in the language of the task.
    """
    names = [tool_name(tool) for tool in tools]
    footer = text.words("nudge_footer", Tools(in_words(names)))
    with text.spoken(tip.language or text.language()):
        places = [text.label(f"place_{tool}", default=tool_name(tool)) for tool in tools]
        task = text.Words(tip.title, tip.body.replace(TOOLS, in_words(places, last="or")))
    return _message(task, footer, NUDGE_CHOICES)


def _digest(stored: Mapping[str, Any]) -> Message:
    """Return a manager's week; without figures it says so in words that never differ."""
    practice = text.practice(stored["practice"])
    figures = "\n".join(stored["lines"]) or text.words("digest_not_shown").body
    week = Week(practice.title, practice.body, practice.question, figures)
    footer = text.words("digest_footer", Source(practice.source))
    return _message(text.words("digest", week), footer, DIGEST_CHOICES)


def pulse(week: date) -> Message:
    """Return the question about a week. No answer stands out, and it stands in no order of worth.

    Each button means what it says; the bot does not repeat it in the chat.
    """
    words = text.words("pulse", Between(week_in_words(week)))
    answers = tuple(f"pulse_{worth}" for worth in Worth)
    return Message(
        title=words.title,
        parts=(
            *(Paragraph(part) for part in words.paragraphs),
            Note(text.words("pulse_footer").body),
        ),
        choices=tuple(
            Choice(action, text.label(action)) for action in (*answers, "pulse_skip", "no_check_in")
        ),
    )


def week_in_words(week: date) -> str:
    """Return the days of a week, from Monday to Sunday."""
    return days_in_words(week, week + timedelta(days=6))


def days_in_words(first: date, last: date) -> str:
    """Return days from the first to the last, such as `5 Oct to 29 Nov 2026`."""
    begins = spoken.short_day if first.year == last.year else spoken.long_day
    return text.words("week", Days(begins(first), spoken.long_day(last))).body


def _pulse(stored: Mapping[str, Any]) -> Message:
    return pulse(date.fromisoformat(stored["pulse"]))


def _monthly(stored: Mapping[str, Any]) -> Message:
    """Return the word that the summary is ready: which month, and nothing of what it says."""
    month = spoken.month(date.fromisoformat(stored["monthly"]))
    words = text.words("monthly", Month(month))
    return Message(
        title=words.title,
        parts=tuple(Paragraph(part) for part in words.paragraphs),
        choices=choices("tokens", "no_monthly"),
    )


def _test(stored: Mapping[str, Any], tip_of: TipOf) -> Message:
    """Return a tip as people get it, under a line that it is a trial, and with nothing to press."""
    drawn = nudge(_known(tip_of, stored["test"]), stored["tools"])
    on_trial = Note(text.words("test_note").body)
    return replace(drawn, parts=(on_trial, *drawn.parts), choices=())


def _notice(stored: Mapping[str, Any]) -> Message:
    """Return a word to the team, with nothing to press."""
    given: Mapping[str, str] = stored["values"]
    values = make_dataclass("Values", given)(**given) if given else text.Nothing()
    return plain(stored["notice"], values)


_DRAWN: Mapping[str, Callable[[Mapping[str, Any]], Message]] = {
    "practice": _digest,
    "pulse": _pulse,
    "monthly": _monthly,
    "notice": _notice,
}
"""How what an outbox row stands for is drawn, by a field that it has; a tip has none of them."""


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


def with_token(message: Message, token: str) -> Message:
    """Return the message with what its buttons bring back."""
    return replace(message, token=token)


def with_choices(message: Message, buttons: tuple[Choice, ...]) -> Message:
    """Return the message with these buttons and no others."""
    return replace(message, choices=buttons)


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


def cannot_see(connector: Connector) -> tuple[str, ...]:
    """Return what a connector cannot see, line by line, in the language that is spoken."""
    return text.cannot_see(connector.slug, connector.cannot_see)


@lru_cache(maxsize=1)
def _connectors() -> Mapping[str, Connector]:
    return connectors.found()


def in_words(names: Sequence[str], *, last: str = "and") -> str:
    """Return the names of tools as `spoken.listed` does; without any, words for those one has."""
    return spoken.listed(names or (text.label("your_tools"),), last)
