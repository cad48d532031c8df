"""A tip that the enablement team writes in chat: what it says, and what may not stand in it.

It goes to hundreds of people, so that it names nobody's address and opens nothing. Whoever has not
used AI yet gets only what can do no harm. There is always a task of steps, something to understand
and a human to ask, and empty words are none of these.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from unranked.domain.constants import (
    TIP_ASK_LONGEST,
    TIP_OWNER_LONGEST,
    TIP_PARAGRAPHS_MOST,
    TIP_REASON_LONGEST,
    TIP_REVIEW_WITHIN,
    TIP_SOURCE_LONGEST,
    TIP_TASK_LONGEST,
    TIP_TITLE_LONGEST,
    TIP_TOOLS_MOST,
    TIP_UNDERSTAND_LONGEST,
)
from unranked.domain.segments import NUDGED, Segment
from unranked.domain.tip_risk import Risk
from unranked.domain.tip_substance import is_a_task, is_something_to_understand, names_a_human

TOOLS = "{tools}"
"""Where the names of the reader's own tools belong: nothing else may stand in braces."""

NEWCOMERS = frozenset({Segment.NEVER_USED, Segment.NO_RECORDED_USE})
"""Whoever has not used AI yet, as far as anybody knows."""


class State(StrEnum):
    """Whether a tip may be sent: it is written, it is in use, or its time is over."""

    DRAFT = "draft"
    IN_USE = "in_use"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a tip in one language. title: its name in lists; people do not get it.

    task: of ten minutes. understand: what the reader can say afterwards. ask: a human to ask.
    """

    title: str = field(repr=False)
    task: str = field(repr=False)
    understand: str = field(repr=False)
    ask: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything that is written in the form of a tip.

    owner: a team or a role that reads it again by the day of `review`, and never a person's
    address. review: None where no day was chosen. risk_reason: why the risk is what it is, or what
    holds it down. source: where the advice comes from.
    """

    words: Words
    segment: str
    language: str
    owner: str = field(repr=False)
    review: date | None
    risk: str
    risk_reason: str = field(repr=False)
    source: str = field(repr=False)


class Part(StrEnum):
    """A part of a tip, by the name of its field in the form."""

    TITLE = "tip_title"
    SEGMENT = "tip_segment"
    LANGUAGE = "tip_language"
    TASK = "tip_task"
    UNDERSTAND = "tip_understand"
    ASK = "tip_ask"
    RISK = "tip_risk"
    RISK_REASON = "tip_risk_reason"
    SOURCE = "tip_source"
    OWNER = "tip_owner"
    REVIEW = "tip_review"


LONGEST: Mapping[Part, int] = {
    Part.TITLE: TIP_TITLE_LONGEST,
    Part.TASK: TIP_TASK_LONGEST,
    Part.UNDERSTAND: TIP_UNDERSTAND_LONGEST,
    Part.ASK: TIP_ASK_LONGEST,
    Part.RISK_REASON: TIP_REASON_LONGEST,
    Part.SOURCE: TIP_SOURCE_LONGEST,
    Part.OWNER: TIP_OWNER_LONGEST,
}
"""Characters of each part that is written freely."""


class Problem(StrEnum):
    """What is wrong with a part of a tip; its words stand in `text`."""

    EMPTY = "empty"
    SAYS_NOTHING = "says_nothing"
    TOO_LONG = "too_long"
    BRACES = "braces"
    ADDRESS = "address"
    OPENS = "opens"
    UNKNOWN = "unknown"
    NOT_A_DAY = "not_a_day"
    TOO_RISKY = "too_risky"


def problems(draft: Draft, today: date, *, languages: Collection[str]) -> Mapping[Part, Problem]:
    """Return what keeps a tip from being used, by part; empty when nothing does.

    languages: those that can be spoken.
    """
    found = {
        **word_problems(draft.words),
        Part.OWNER: _of_owner(draft.owner),
        Part.RISK_REASON: _of_line(Part.RISK_REASON, draft.risk_reason),
        Part.SOURCE: _of_line(Part.SOURCE, draft.source),
        Part.SEGMENT: None if draft.segment in NUDGED else Problem.UNKNOWN,
        Part.LANGUAGE: None if draft.language in languages else Problem.UNKNOWN,
        Part.RISK: _of_risk(draft),
        Part.REVIEW: None if _may_be_reviewed_on(draft.review, today) else Problem.NOT_A_DAY,
    }
    return {part: problem for part, problem in found.items() if problem is not None}


def word_problems(words: Words) -> Mapping[Part, Problem]:
    """Return what is wrong with the words of a tip in one language, by part."""
    found = {
        Part.TITLE: _of_line(Part.TITLE, words.title) or _braces(words.title, most=0),
        Part.TASK: _of_words(Part.TASK, words.task),
        Part.UNDERSTAND: _of_words(Part.UNDERSTAND, words.understand),
        Part.ASK: _of_words(Part.ASK, words.ask),
    }
    return {part: problem for part, problem in found.items() if problem is not None}


def body(words: Words, opening: str) -> str:
    """Return what people get of a tip: the task, what to understand, and whom to ask.

    opening: stands before a task that does not say itself where the tools' names belong.
    """
    parts = [] if TOOLS in words.task else [opening]
    parts += _paragraphs(words.task)
    return "\n\n".join((*parts, *_paragraphs(words.understand), *_paragraphs(words.ask)))


def tidy(said: str) -> str:
    """Return what was typed as it is kept: nothing unseen, nothing blank at its ends."""
    seen = (" " if one == "\t" else one for one in unicodedata.normalize("NFC", said))
    lines = "".join(one for one in seen if one == "\n" or not _UNSEEN.match(one)).split("\n")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in lines)).strip()


def _paragraphs(said: str) -> list[str]:
    """Return the paragraphs; so many that a message could not hold them become lines of one."""
    parts = [part for part in re.split(r"\n\s*\n", said.strip()) if part.strip()]
    most = TIP_PARAGRAPHS_MOST
    return parts if len(parts) <= most else [*parts[: most - 1], "\n".join(parts[most - 1 :])]


def _of_line(part: Part, said: str) -> Problem | None:
    if not any(unicodedata.category(one)[0] in "LN" for one in said):
        return Problem.EMPTY
    if len(said) > LONGEST[part]:
        return Problem.TOO_LONG
    plain = _as_read(said)
    if _opens(plain):
        return Problem.OPENS
    return Problem.ADDRESS if _ADDRESS.search(plain) else None


def _of_words(part: Part, said: str) -> Problem | None:
    """Return what is wrong with a part that people read."""
    wrong = _of_line(part, said) or _braces(said, most=TIP_TOOLS_MOST)
    if wrong is not None:
        return wrong
    return None if _SAYS[part](said.replace(TOOLS, "")) else Problem.SAYS_NOTHING


_SAYS: Mapping[Part, Callable[[str], bool]] = {
    Part.TASK: is_a_task,
    Part.UNDERSTAND: is_something_to_understand,
    Part.ASK: names_a_human,
}
"""Whether a part says what it is there for."""


def _of_owner(owner: str) -> Problem | None:
    problem = _of_line(Part.OWNER, owner)
    return Problem.ADDRESS if problem is None and "@" in _as_read(owner) else problem


def _braces(said: str, *, most: int) -> Problem | None:
    others = said.replace(TOOLS, "")
    wrong = "{" in others or "}" in others or said.count(TOOLS) > most
    return Problem.BRACES if wrong else None


def _of_risk(draft: Draft) -> Problem | None:
    if draft.risk not in list(Risk):
        return Problem.UNKNOWN
    too_risky = draft.segment in NEWCOMERS and draft.risk != Risk.LOW
    return Problem.TOO_RISKY if too_risky else None


def _may_be_reviewed_on(review: date | None, today: date) -> bool:
    return review is not None and today < review <= today + TIP_REVIEW_WITHIN


def _as_read(said: str) -> str:
    """Return the words as a reader takes them: wide letters as plain ones, nothing unseen."""
    plain = unicodedata.normalize("NFKC", said)
    return "".join(one for one in plain if unicodedata.category(one) != "Cf")


def _opens(said: str) -> bool:
    """Return whether something looks like a key, or like a link that opens more to whoever has it.

    The address of a page that everybody may find is none.
    """
    if _KEY.search(said):
        return True
    return any(_IN_A_LINK.search(link.group()) for link in _LINK.finditer(said))


_UNSEEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""Characters that nobody sees, and those that turn the order of others. A joined emoji is kept."""

_ADDRESS = re.compile(r"[\w.+-]@\w|[(\[]\s*at\s*[)\]]|<[@!#]|\bmailto:", re.IGNORECASE)
"""What an e-mail address or a mention looks like, however it is written."""

_LINK = re.compile(r"(?:\w+://|\bwww\.)\S+|\b[\w-]+(?:\.[\w-]+)+[/?#:]\S*", re.IGNORECASE)

_RANDOM = (
    r"\b(?=[a-z_]*\d)(?=[\d_]*[a-z])\w{20,}|\w{32,}"
    r"|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"
)
_IN_A_LINK = re.compile(rf"\?\S*=|#\S*=|://[^/\s]*@|{_RANDOM}", re.IGNORECASE)
"""What makes a link open something to whoever has it: a value, a password, a long code."""

_KEY = re.compile(
    r"\b(?:sk|pk|rk|xox\w|xapp|gh[a-z]|github_pat|glpat)[-_][\w-]{8,}"
    r"|\b(?=\w*\d)(?=\w*[a-z])(?=\w*[A-Z])\w{24,}|\b(?:eyJ\w{8,}\.)|-----BEGIN"
)
"""What a key looks like that stands on its own."""
