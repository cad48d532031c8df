"""How a text of a language model is read: its sentences, words and figures, in two languages."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from unranked.domain.wording_lists import ABBREVIATED, BEFORE, LOOSE, NUMBER_WORD, RATE, ROMAN

DASHES = "-\u2010\u2011\u2013\u2014\u2212"
_QUOTES_OPEN = '"\u201c\u201e\u201a\u2018'
_QUOTES_CLOSE = "'\"\u2019\u201d\u201c\u2026"
OPENING = f"({_QUOTES_OPEN}"
CLOSING = f".,;:!?){_QUOTES_CLOSE}"

_SENTENCE = re.compile(r"[.!?][)\"]?\s+(?=[A-Z\u00c0-\u00de])|\n+")
_CLAUSE = re.compile(r"[.:;!?()]+(?:\s|$)|\s\(")


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as it is said: what stands before it that changes it, and what stands behind it.

    after: the word behind it, and with `a week` or `per day` that, too.
    """

    before: str
    word: str
    after: tuple[str, ...]

    @property
    def has_digits(self) -> bool:
        """Whether it is written in digits."""
        return any(one.isnumeric() for one in self.word)


def sentences(said: str) -> list[str]:
    """Return the sentences; a line's end is a sentence's end."""
    return [piece for piece in _SENTENCE.split(said) if piece.strip()]


def clauses(line: str) -> list[list[str]]:
    """Return the folded words between stops, colons and brackets, clause by clause."""
    return [found for part in _CLAUSE.split(line) if (found := words(part))]


def figures(lines: Iterable[str]) -> Iterator[Figure]:
    """Yield every figure of these lines, in order. A line's end is a figure's end."""
    for line in lines:
        yield from (figure for _, figure in placed(line.split()))


def placed(pieces: list[str]) -> Iterator[tuple[int, Figure]]:
    """Yield every figure among the pieces of one line, with its place."""
    for number, piece in enumerate(pieces):
        if not is_figure(word := bare(piece)):
            continue
        in_front = pieces[number - 1] if number and _goes_on(pieces[number - 1]) else ""
        yield (
            number,
            Figure(
                before=_before(folded(bare(in_front)), word),
                word=_digits(word),
                after=tuple(_behind(pieces[number:])),
            ),
        )


def _before(in_front: str, word: str) -> str:
    """Return what changes the figure. `A quarter` is none of `your previous quarter`."""
    in_words = not any(one.isnumeric() for one in word) and not LOOSE.fullmatch(folded(word))
    return in_front if in_words or BEFORE.fullmatch(in_front) else ""


def _behind(pieces: list[str]) -> Iterator[str]:
    """Yield the word behind the first one, and what `a`, `per` or `of` ties to it."""
    tied = True
    for piece, behind in pairwise(pieces):
        word = _digits(folded(bare(behind)))
        tied = tied or word in RATE
        if not (tied and _goes_on(piece)) or behind.startswith(tuple(OPENING)):
            return
        yield word
        tied = word in RATE


def is_figure(word: str) -> bool:
    """Return whether a bare word says a number."""
    if any(character.isnumeric() for character in word) or ROMAN.fullmatch(word):
        return True
    return any(NUMBER_WORD.fullmatch(part) for part in re.split(r"[^\w]", folded(word)))


def bare(piece: str) -> str:
    """Return a word without the brackets, quotes and stops around it. A sign belongs to it."""
    return piece.lstrip(OPENING).rstrip(CLOSING)


def _goes_on(piece: str) -> bool:
    """Return whether the sentence goes on behind a word without a stop."""
    return not piece.endswith(tuple(CLOSING)) or bool(ABBREVIATED.fullmatch(piece))


def _digits(word: str) -> str:
    """Return the word with every script's digits as ours; a word without any in small letters."""
    ours = "".join(
        str(unicodedata.decimal(one)) if unicodedata.decimal(one, None) is not None else one
        for one in word
    )
    return ours if any(one.isnumeric() for one in ours) else folded(ours)


def folded(word: str) -> str:
    """Return the word in small letters without accents."""
    apart = unicodedata.normalize("NFD", word.casefold())
    return "".join(one for one in apart if not unicodedata.combining(one))


def words(line: str) -> list[str]:
    """Return the folded words of a line."""
    return [word for word in re.split(r"[^\w%]+", folded(line)) if word]
