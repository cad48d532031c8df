"""What a column of text may hold. There is none for what somebody writes to an AI tool."""

from collections.abc import Mapping
from enum import StrEnum


class Text(StrEnum):
    """Where the text in a column comes from.

    KEY: a random key of the program, or a hash. CODE: one of a few words of the program itself.
    PROVIDER: a provider's own name for a tool, a model or a project. ROSTER: what a list of people
    says, such as a department or a time zone. NAMES: who somebody is; in the vault alone.
    FILLED: the name of a text of ours, and what fills its {names}. SAID: an error of the program.
    TEAM: words of the enablement team, about no person.
    """

    KEY = "a random key or a hash"
    CODE = "one of the program's own words"
    PROVIDER = "a provider's name for a tool, a model or a project"
    ROSTER = "what a list of people says"
    NAMES = "who somebody is"
    FILLED = "the name of one of our texts, and what fills it"
    SAID = "a message of the program, without anybody's data"
    TEAM = "words of the enablement team, about no person"


NOT_OF_PEOPLE = frozenset({Text.SAID, Text.TEAM})
"""Texts that stand in no row of a person: there they could be about the person."""


def texts(**columns: str) -> Mapping[str, Text]:
    """Return the texts of columns, by kind: `texts(code="state kind", key="claim")`."""
    return {
        column: Text[kind.upper()] for kind, names in columns.items() for column in names.split()
    }
