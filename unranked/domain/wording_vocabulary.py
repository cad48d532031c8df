"""The words that a language model's text may use: those of the facts, of our own texts, and a few.

Everything else is refused: a name, a place, an order, and whatever nobody has thought of. A word
with a capital has to stand so in our texts or in the facts, for `Price` may be somebody's name
where `price` is none; only the small plain words of a language may begin a sentence.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from unranked.domain.wording_lists import CAUSE, GAIN, LOSS, OTHERS, PRAISE
from unranked.domain.wording_reading import is_figure, words

_WORD = re.compile(r"\w+(?:['\u2019]\w+)*")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of one language. spelled: so, or in small letters. plain: with a capital, too."""

    spelled: frozenset[str]
    plain: frozenset[str]
    small: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "small", frozenset(one.lower() for one in self.spelled))

    def has(self, word: str) -> bool:
        """Return whether the word may be used."""
        small = word.lower()
        return word in self.spelled or small in self.plain or (word == small and word in self.small)


def vocabulary(texts: Iterable[str], plain: Iterable[str]) -> Vocabulary:
    """Return the words of these texts, but for those that stand only where the facts have them."""
    small = frozenset(word for word in _words(plain) if word == word.lower())
    more = (word for word in _words(texts) if not _is_bound(word))
    return Vocabulary(frozenset([*more, *_words(plain)]) - small, small)


def unknown(lines: Iterable[str], facts: Iterable[str], known: Vocabulary) -> Iterator[str]:
    """Yield the words that are neither in the facts nor in the vocabulary.

    What has a digit in it is a figure, which has a rule of its own.
    """
    given = Vocabulary(frozenset(_words(facts)), frozenset())
    yield from (word for word in _words(lines) if not (given.has(word) or known.has(word)))


def _words(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        for word in _WORD.findall(line):
            if not any(one.isnumeric() for one in word):
                yield word


def _is_bound(word: str) -> bool:
    parts, lists = words(word), (OTHERS, PRAISE, CAUSE, GAIN, LOSS)
    return is_figure(word) or any(one.fullmatch(part) for one in lists for part in parts)
