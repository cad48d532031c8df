"""The roster in pages by key, so that what is asked of everybody needs no more memory for more.

The pages share all keys among them, from the first to the last: whoever is in no roster any more
is in one of them, too. Keys are random, so a page is people who have nothing in common.
"""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select

from unranked.domain.segments import Segment
from unranked.store import Tx
from unranked.store.tables import Person, Placement, table

_person, _placement = table(Person), table(Placement)


class Keys(NamedTuple):
    """The keys after `after`, up to and including `through`; None: to the end."""

    after: str = ""
    through: str | None = None

    def hold(self, column: ColumnElement[str]) -> ColumnElement[bool]:
        """Return the condition that a column's key is one of them."""
        later = column > self.after
        return later if self.through is None else later & (column <= self.through)


EVERYBODY = Keys()


def following(tx: Tx, after: str, *, size: int) -> Keys:
    """Return the page after that key, with so many people of the roster; the last one has fewer."""
    later = select(_person.c.person_key).where(_person.c.person_key > after)
    last = tx.execute(later.order_by(_person.c.person_key).limit(1).offset(size - 1)).scalar()
    return Keys(after, last)


def placed_in(segments: Collection[Segment]) -> ColumnElement[bool]:
    """Return the condition that a placement of a page is in one of the segments.

    Not to be searched by the index of segments, as SQLite would: that is everybody's, in each page.
    """
    return (_placement.c.segment + "").in_(sorted(segments))


def people(tx: Tx) -> int:
    """Return how many people the roster holds, for whoever waits for the last page."""
    return int(tx.execute(select(func.count()).select_from(_person)).scalar_one())
