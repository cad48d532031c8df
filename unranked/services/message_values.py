"""What the texts of messages are filled with, each by the names that its words use."""

from dataclasses import dataclass


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
class Between:
    """A week, in words."""

    week: str


@dataclass(frozen=True, slots=True)
class Days:
    """The first and the last day of a week, in words."""

    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Month:
    """A month, in words."""

    month: str


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
