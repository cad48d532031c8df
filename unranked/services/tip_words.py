"""What is said of a mistake in a tip, and the names of what can be chosen."""

from collections.abc import Mapping
from dataclasses import dataclass

from unranked import text
from unranked.domain.tips import LONGEST, TOOLS, Part, Problem
from unranked.services import spoken
from unranked.services.message_values import Tools

WRONG: Mapping[Problem, str] = {
    Problem.EMPTY: "tip_wrong_empty",
    Problem.TOO_LONG: "tip_wrong_long",
    Problem.BRACES: "tip_wrong_braces",
    Problem.ADDRESS: "tip_wrong_address",
    Problem.OPENS: "tip_wrong_opens",
    Problem.UNKNOWN: "wrong_choice",
    Problem.NOT_A_DAY: "wrong_until",
    Problem.TOO_RISKY: "tip_wrong_risk",
}
"""What is said of each mistake; each says what to do."""

OWN: Mapping[tuple[Part, Problem], str] = {
    (Part.TASK, Problem.SAYS_NOTHING): "tip_wrong_no_task",
    (Part.UNDERSTAND, Problem.SAYS_NOTHING): "tip_wrong_no_understanding",
    (Part.ASK, Problem.SAYS_NOTHING): "tip_wrong_nobody_to_ask",
    (Part.UNDERSTAND, Problem.EMPTY): "tip_wrong_no_understanding",
    (Part.ASK, Problem.EMPTY): "tip_wrong_nobody_to_ask",
    (Part.TITLE, Problem.BRACES): "tip_wrong_braces_title",
}
"""What is said where a part has words of its own for a mistake."""


@dataclass(frozen=True, slots=True)
class Most:
    """The greatest number of characters."""

    most: str


def wrong(part: Part, problem: Problem) -> str:
    """Return what is said of a mistake, and what to do about it."""
    name = OWN.get((part, problem)) or WRONG[problem]
    if problem is Problem.TOO_LONG:
        return too_long(LONGEST[part])
    if problem is Problem.BRACES and part is not Part.TITLE:
        return text.words(name, Tools(TOOLS)).body
    return text.words(name).body


def too_long(most: int) -> str:
    """Return how long something may be."""
    return text.words("tip_wrong_long", Most(spoken.whole(most))).body


def segment_in_words(segment: str) -> str:
    """Return what the people of a segment did, behind `people who`."""
    return text.label(f"segment_{segment}")


def language_name(code: str) -> str:
    """Return what a language is called in the one that is spoken."""
    return text.label(f"language_{code}")
