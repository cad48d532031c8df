"""Whom a campaign is for: counts, and the organisation units that there are."""

from collections.abc import Collection

from sqlalchemy import func, select, true

from unranked.domain.people import PersonKind
from unranked.domain.segments import Segment
from unranked.store import Tx
from unranked.store.tables import Person, Placement, table

_person, _placement = table(Person), table(Placement)


def people(tx: Tx, segments: Collection[Segment], units: Collection[str]) -> int:
    """Return how many people are in these segments and units now; no units are all of them.

    Exact: for the plan of a campaign, and never shown as it is.
    """
    query = (
        select(func.count())
        .select_from(_placement)
        .join(_person, _person.c.person_key == _placement.c.person_key)
        .where(_person.c.present.is_(True), _person.c.kind == PersonKind.MEMBER)
        .where(_placement.c.segment.in_(sorted(segments)))
        .where(_person.c.department.in_(sorted(units)) if units else true())
    )
    return int(tx.execute(query).scalar_one())


def units(tx: Tx) -> list[str]:
    """Return the organisation units of the roster, in the order of their names."""
    query = select(_person.c.department).distinct().where(_person.c.department != "")
    rows = tx.execute(query.where(_person.c.present.is_(True)).order_by(_person.c.department))
    return list(rows.scalars())
