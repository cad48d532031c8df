"""Which finished work survived: the rule of method.md 1.6 for work that other work can undo.

    Work counts unless it stood undone 14 days after it was finished. What undoes never counts.

What undoes is itself undone where something later did so within these 14 days; then the first work
counts again, once. So undoing back and forth adds nothing: whatever happens, nobody's count is
above the number of pieces of theirs that undo nothing. Who undid it, and when within the 14 days,
makes no difference; what comes later changes nothing any more.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from unranked.domain.constants import SURVIVAL

Place = tuple[str, int]
"""What names a piece of work at its source while it is read; it is never stored."""


class Work(NamedTuple):
    """A finished piece of work. author: 0 where nobody is credited. undoes: what it takes back."""

    at: datetime
    place: Place
    author: int
    undoes: frozenset[Place] = frozenset()


def survivors(works: Iterable[Work], around: Iterable[Work]) -> Iterator[Work]:
    """Yield those of the works that count as far as is known, less what has no author.

    around: all that may undo them: whatever was finished with them or up to SURVIVAL later.
    """
    undoing = sorted((one for one in around if one.undoes), reverse=True)
    targets = frozenset(place for one in undoing for place in one.undoes)
    for one in works:
        if one.author and not one.undoes and (one.place not in targets or _stands(one, undoing)):
            yield one


def _stands(one: Work, undoing: Collection[Work]) -> bool:
    """Return whether it was in when its 14 days were over. undoing: the latest first."""
    undone: set[Place] = set()
    for other in undoing:
        if one.at <= other.at <= one.at + SURVIVAL and other.place not in undone:
            undone |= other.undoes
    return one.place not in undone
