"""Which words of a language model may be shown beside a person's own figures.

The rule for words: **every word stands in the facts, in our own texts about the summary or in a
short list of plain words.** So nobody is named, nothing is ordered, and there is no word for what
the facts do not speak of.

The rule for figures: **a figure in the text stands in one line of the facts, spelled the same, with
the same word behind it and the same sign or limit before it.** A figure is a word with a digit in
it, or a word for a number, such as `twelve`, `half` or `doppelt`. So nothing can be rounded, added
up or made up.

A word for other people, of comparison, of praise or of advice stands only where a line of the facts
has it, between the same two words; a cause, a denial and the name of a figure only as the facts say
it. What cannot be read with certainty is refused, too.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from unranked.domain.wording_claims import claims_more
from unranked.domain.wording_lists import ADVICE, OTHERS, PRAISE
from unranked.domain.wording_reading import (
    CLOSING,
    DASHES,
    OPENING,
    clauses,
    figures,
    sentences,
    words,
)
from unranked.domain.wording_vocabulary import Vocabulary, unknown

MOST_CHARACTERS = 700
MOST_SENTENCES = 8

_PUNCTUATION = frozenset(f" \n\u00a0\u202f%+/{DASHES}{OPENING}{CLOSING}")
_MARK_UP = frozenset("<>*_`~|[]{}@#\\^&")
_LATIN_1 = 0xFF
_NOT_LETTERS = frozenset("\u00aa\u00ba\u00b5")  # small a and o above the line, and micro
_LINK = re.compile(r"//|www\.|\b[^\W\d_]{2,}\.[^\W\d_]{2,}|(?:^|\s)/\w", re.IGNORECASE)
_LIST = re.compile(rf"\s*[{DASHES}+]\s")


class Refusal(StrEnum):
    """Why a text is not shown."""

    EMPTY = "empty"
    LONG = "long"
    MARK_UP = "mark-up"
    FIGURE = "figure"
    OTHERS = "others"
    PRAISE = "praise"
    CLAIM = "claim"
    UNKNOWN_WORD = "unknown word"


@dataclass(frozen=True, slots=True)
class FactSheet:
    """The plain lines of one person's summary, as they are shown to that person."""

    lines: tuple[str, ...] = field(repr=False)


def refusal(said: str, facts: FactSheet, known: Vocabulary) -> Refusal | None:
    """Return why the text may not be shown beside these facts; None where it may.

    known: the words of the language that is spoken.
    """
    if not said.strip():
        return Refusal.EMPTY
    if len(said) > MOST_CHARACTERS or len(sentences(said)) > MOST_SENTENCES:
        return Refusal.LONG
    given = [_without_bullet(line) for line in facts.lines]
    if not _is_plain(said, allowed=frozenset("".join(given))):
        return Refusal.MARK_UP
    return next(_against(said, given, known), None)


def _against(said: str, given: list[str], known: Vocabulary) -> Iterator[Refusal]:
    """Yield what speaks against a text that is plain and short."""
    lines = said.split("\n")
    if {*figures(lines)} - {*figures(given)}:
        yield Refusal.FIGURE
    if {*_standing(lines, OTHERS)} - {*_standing(given, OTHERS)}:
        yield Refusal.OTHERS
    if {*_standing(lines, PRAISE), *_advice(lines)} - {*_standing(given, PRAISE), *_advice(given)}:
        yield Refusal.PRAISE
    if claims_more(said, given):
        yield Refusal.CLAIM
    if any(unknown(lines, given, known)):
        yield Refusal.UNKNOWN_WORD


def _standing(lines: Iterable[str], what: re.Pattern[str]) -> Iterator[tuple[str, ...]]:
    """Yield each such word of the lines with the words on either side of it."""
    for clause in (clause for line in lines for clause in clauses(line)):
        edged = ["", *clause, ""]
        for number, word in enumerate(edged):
            if what.fullmatch(word):
                yield tuple(edged[number - 1 : number + 2])


def _advice(lines: Iterable[str]) -> Iterator[tuple[str, ...]]:
    for line in lines:
        yield from ((found,) for found in ADVICE.findall(" ".join(words(line))))


def _is_plain(said: str, *, allowed: frozenset[str]) -> bool:
    """Return whether it is Latin letters, digits and stops alone, or what is in the facts too.

    Other scripts can look like Latin letters; marks that are not seen can cut a word in two.
    """
    if _LINK.search(said) or any(_LIST.match(line) for line in said.split("\n")):
        return False
    return all(
        one in _PUNCTUATION or _is_letter_or_digit(one) or (one in allowed and _is_seen(one))
        for one in said
    )


def _is_letter_or_digit(one: str) -> bool:
    letter = one.isalpha() and ord(one) <= _LATIN_1 and one not in _NOT_LETTERS
    return letter or unicodedata.decimal(one, None) is not None


def _is_seen(one: str) -> bool:
    return one not in _MARK_UP and unicodedata.category(one)[0] not in "CM"


def _without_bullet(line: str) -> str:
    return line.strip().removeprefix("- ")
