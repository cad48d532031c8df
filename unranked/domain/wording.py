"""Which words of a language model may be shown beside a person's own figures.

The rule for figures: **a figure in the text stands in one line of the facts, spelled the same, with
the same word behind it and the same sign or limit before it.** A figure is a word with a digit in
it, or a word for a number, such as `twelve`, `half` or `doppelt`. So nothing can be rounded, added
up or made up. A word for other people, of comparison or of praise stands only where a line of the
facts has it, between the same two words. What cannot be read with certainty is refused, too.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from unranked.domain.wording_lists import (
    ABBREVIATED,
    ADVICE,
    BEFORE,
    NUMBER_WORD,
    OTHERS,
    PRAISE,
    RATE,
    ROMAN,
)

MOST_CHARACTERS = 700
MOST_SENTENCES = 8

_DASHES = "-\u2010\u2011\u2013\u2014\u2212"
_QUOTES_OPEN = '"\u201c\u201e\u201a\u2018'
_QUOTES_CLOSE = "'\"\u2019\u201d\u201c\u2026"
_OPENING = f"({_QUOTES_OPEN}"
_CLOSING = f".,;:!?){_QUOTES_CLOSE}"
_PUNCTUATION = frozenset(f" \n\u00a0\u202f%+/{_DASHES}{_OPENING}{_CLOSING}")
_MARK_UP = frozenset("<>*_`~|[]{}@#\\^&")
_LATIN_1 = 0xFF
_NOT_LETTERS = frozenset("\u00aa\u00ba\u00b5")  # small a and o above the line, and micro
_LINK = re.compile(r"//|www\.|\b[^\W\d_]{2,}\.[^\W\d_]{2,}|(?:^|\s)/\w", re.IGNORECASE)
_LIST = re.compile(rf"\s*[{_DASHES}+]\s")
_SENTENCE = re.compile(r"[.!?][)\"]?\s+(?=[A-Z\u00c0-\u00de])|\n+")


class Refusal(StrEnum):
    """Why a text is not shown."""

    EMPTY = "empty"
    LONG = "long"
    MARK_UP = "mark-up"
    FIGURE = "figure"
    OTHERS = "others"
    PRAISE = "praise"


@dataclass(frozen=True, slots=True)
class FactSheet:
    """The plain lines of one person's summary, as they are shown to that person."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as it is said: what stands before it that changes it, and what stands behind it.

    after: the word behind it, and with `a week` or `per day` that, too.
    """

    before: str
    word: str
    after: tuple[str, ...]


def refusal(said: str, facts: FactSheet) -> Refusal | None:
    """Return why the text may not be shown beside these facts; None where it may."""
    if not said.strip():
        return Refusal.EMPTY
    if len(said) > MOST_CHARACTERS or len(_sentences(said)) > MOST_SENTENCES:
        return Refusal.LONG
    lines, known = said.split("\n"), [_without_bullet(line) for line in facts.lines]
    new = {
        Refusal.FIGURE: {*figures(lines)} - {*figures(known)},
        Refusal.OTHERS: {*_standing(lines, OTHERS)} - {*_standing(known, OTHERS)},
        Refusal.PRAISE: {*_standing(lines, PRAISE), *_advice(lines)}
        - {*_standing(known, PRAISE), *_advice(known)},
    }
    if not _is_plain(said, allowed=frozenset("".join(known))):
        return Refusal.MARK_UP
    return next((reason for reason, found in new.items() if found), None)


def figures(lines: Iterable[str]) -> Iterator[Figure]:
    """Yield every figure of these lines, in order. A line's end is a figure's end."""
    for line in lines:
        pieces = line.split()
        for number, piece in enumerate(pieces):
            if not _is_figure(word := _bare(piece)):
                continue
            in_front = pieces[number - 1] if number and _goes_on(pieces[number - 1]) else ""
            before = _folded(_bare(in_front))
            yield Figure(
                before=before if BEFORE.fullmatch(before) else "",
                word=_digits(word),
                after=tuple(_behind(pieces[number:])),
            )


def _behind(pieces: list[str]) -> Iterator[str]:
    """Yield the word behind the first one, and what `a`, `per` or `of` ties to it."""
    tied = True
    for piece, behind in pairwise(pieces):
        word = _digits(_folded(_bare(behind)))
        tied = tied or word in RATE
        if not (tied and _goes_on(piece)) or behind.startswith(tuple(_OPENING)):
            return
        yield word
        tied = word in RATE


def _is_figure(word: str) -> bool:
    if any(character.isnumeric() for character in word) or ROMAN.fullmatch(word):
        return True
    return any(NUMBER_WORD.fullmatch(part) for part in re.split(r"[^\w]", _folded(word)))


def _bare(piece: str) -> str:
    """Return a word without the brackets, quotes and stops around it. A sign belongs to it."""
    return piece.lstrip(_OPENING).rstrip(_CLOSING)


def _goes_on(piece: str) -> bool:
    """Return whether the sentence goes on behind a word without a stop."""
    return not piece.endswith(tuple(_CLOSING)) or bool(ABBREVIATED.fullmatch(piece))


def _digits(word: str) -> str:
    """Return the word with every script's digits as ours."""
    return "".join(
        str(unicodedata.decimal(one)) if unicodedata.decimal(one, None) is not None else one
        for one in word
    )


def _folded(word: str) -> str:
    """Return the word in small letters without accents."""
    apart = unicodedata.normalize("NFD", word.casefold())
    return "".join(one for one in apart if not unicodedata.combining(one))


def _words(line: str) -> list[str]:
    return [word for word in re.split(r"[^\w%]+", _folded(line)) if word]


def _standing(lines: Iterable[str], what: re.Pattern[str]) -> Iterator[tuple[str, ...]]:
    """Yield each such word of the lines with the words on either side of it."""
    for line in lines:
        words = ["", *_words(line), ""]
        for number, word in enumerate(words):
            if what.fullmatch(word):
                yield tuple(words[number - 1 : number + 2])


def _advice(lines: Iterable[str]) -> Iterator[tuple[str, ...]]:
    for line in lines:
        yield from ((found,) for found in ADVICE.findall(" ".join(_words(line))))


def _sentences(said: str) -> list[str]:
    return [piece for piece in _SENTENCE.split(said) if piece.strip()]


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
