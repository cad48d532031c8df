"""Which finished work survived: the rule of method.md 1.6 for work that other work can undo.

    Work counts unless it stood undone 14 days after it was finished. What undoes never counts.

What undoes is itself undone where something later did so within these 14 days; then the first work
counts again, once. So undoing back and forth adds nothing: whatever happens, nobody's count is
above the number of pieces of theirs that undo nothing. Who undid it, and when within the 14 days,
makes no difference; what comes later changes nothing any more.

It undoes one piece of work at most, and only if it says rightly what that is called. What says
neither rightly nor wrongly, because what it names was not read, still never counts: whether a piece
of work counts must not depend on how far back was read. Nothing else is lost: what could undo a
work, and whatever could undo that, was finished after it and is read with it.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from unranked.domain.constants import SURVIVAL

Place = tuple[str, int, str]
"""Where a piece of work is at its source, its number there, and what stands for its title.

It names the work while it is read and is never stored. One with another title is another work.
"""


class Work(NamedTuple):
    """A finished piece of work. author: 0 where nobody is credited. undoes: what it takes back.

    It takes that back if there is such a work; it is none that counts either way.
    """

    at: datetime
    place: Place
    author: int
    undoes: Place | None = None


def survivors(works: Iterable[Work], around: Iterable[Work]) -> Iterator[Work]:
    """Yield those of the works that count as far as is known, less what has no author.

    around: all that may undo them: whatever was finished with them or up to SURVIVAL later.
    """
    undoing = sorted((one for one in around if one.undoes), reverse=True)
    targets = {one.undoes for one in undoing}
    for one in works:
        if one.author and not one.undoes and (one.place not in targets or _stands(one, undoing)):
            yield one


def _stands(one: Work, undoing: Collection[Work]) -> bool:
    """Return whether it was in when its 14 days were over. undoing: the latest first."""
    undone: set[Place | None] = set()
    for other in undoing:
        if one.at <= other.at <= one.at + SURVIVAL and other.place not in undone:
            undone.add(other.undoes)
    return one.place not in undone
