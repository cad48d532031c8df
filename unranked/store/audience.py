"""Whom a campaign is for: counts, the organisation units that there are, and people in pages."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, exists, func, not_, null, or_, select, true

from unranked.domain.constants import CAMPAIGN_PEOPLE
from unranked.domain.contamination import Team
from unranked.domain.disclosure import Cells
from unranked.domain.people import PersonKind
from unranked.domain.segments import NUDGED, Segment
from unranked.store import Tx
from unranked.store.pages import Keys, placed_in
from unranked.store.tables import Enrolment, Person, Placement, table

_person, _placement, _enrolment = table(Person), table(Placement), table(Enrolment)


class Row(NamedTuple):
    """What stands in the roster about somebody who has a segment, and may stand there of many.

    weekdays: a text such as `01234`; None where nobody said. said: by their accounts, for `news`.
    """

    segment: str
    watermark: date | None
    zone: str
    region: str
    weekdays: str | None
    department: str
    manager_key: str | None
    said: str | None


def columns(
    said: ColumnElement[Any] | None, *, teams: bool = True
) -> tuple[ColumnElement[Any], ...]:
    """Return the columns of `Row`. said: see there. teams: else nobody's manager is said."""
    return (
        _placement.c.segment,
        _placement.c.watermark,
        _person.c.zone,
        _person.c.region,
        _person.c.weekdays,
        _person.c.department,
        _person.c.manager_key if teams else null(),
        null() if said is None else said,
    )


def people(tx: Tx, segments: Collection[Segment], units: Collection[str]) -> int:
    """Return how many people are in these segments and units now; no units are all of them.

    Exact: for the plan of a campaign, and never shown as it is.
    """
    query = (
        select(func.count())
        .select_from(_placement)
        .join(_person, _person.c.person_key == _placement.c.person_key)
        .where(there(), _is_for(segments, units))
    )
    return int(tx.execute(query).scalar_one())


def cells(tx: Tx, units: Collection[str]) -> list[Cells]:
    """Return these units in cells, for what may be said of any audience: `disclosure.of_cells`.

    Of each unit all segments of people who have not started, and all of its people. Exact, and
    never shown as it is.
    """
    query = (
        select(_person.c.department, _placement.c.segment, func.count())
        .select_from(_placement)
        .join(_person, _person.c.person_key == _placement.c.person_key)
        .where(there(), _is_for(NUDGED, units))
        .group_by(_person.c.department, _placement.c.segment)
    )
    found: dict[str, dict[Segment, int]] = {}
    for unit, name, count in tx.execute(query):
        found.setdefault(str(unit), {})[Segment(name)] = int(count)
    return [Cells(found[unit], size) for unit, size in _sizes(tx) if unit in found]


def units(tx: Tx) -> list[str]:
    """Return the organisation units that a campaign may name, in the order of their names.

    Those of 20 people or more: by an audience with a unit of one, and one without it, the place of
    that one person could be told, however both are rounded.
    """
    return [unit for unit, people in _sizes(tx) if _may_be_named(unit, people)]


def said_units(tx: Tx, units: Collection[str]) -> tuple[str, ...]:
    """Return the units whose people count in a number that is said of an audience; none: everybody.

    The units of the audience as they are, where it names any. Of everybody without the people
    outside the units that may be named, where these are 1 to 19 together: by what is said of
    everybody, and of all units that may be named, their places could be told.
    """
    if units:
        return tuple(units)
    sizes = _sizes(tx)
    others = sum(people for unit, people in sizes if not _may_be_named(unit, people))
    if not 0 < others < CAMPAIGN_PEOPLE:
        return ()
    return tuple(unit for unit, people in sizes if _may_be_named(unit, people))


def _sizes(tx: Tx) -> list[tuple[str, int]]:
    """Return the units of the roster with their people; the one without a name is of all others."""
    query = select(_person.c.department, func.count()).where(there()).group_by(_person.c.department)
    # By name here: the database knows the names sealed alone.
    return sorted((str(unit), int(people)) for unit, people in tx.execute(query))


def _may_be_named(unit: str, people: int) -> bool:
    return unit != "" and people >= CAMPAIGN_PEOPLE


def segment(tx: Tx, person_key: str) -> str:
    """Return the segment that a person is in now; empty where they were placed in none."""
    query = select(_placement.c.segment).where(_placement.c.person_key == person_key)
    return tx.execute(query).scalar() or ""


def teams(tx: Tx, units: Collection[str]) -> list[Team]:
    """Return the teams of the roster, people with the same manager, by what matters for the draw.

    By their people and how many of them are of these units, wherever these stand with AI: what is
    shown of a campaign follows from it. No units are all of them.
    """
    own = case((_is_of(units), 1), else_=0)
    each = (
        select(func.count().label("people"), func.sum(own).label("together"))
        .where(there(), _person.c.manager_key.is_not(None))
        .group_by(_person.c.manager_key)
        .subquery()
    )
    alike = each.c.people, each.c.together
    rows = tx.execute(select(*alike, func.count()).group_by(*alike).order_by(*alike))
    return [Team(*map(int, row)) for row in rows]


def members(tx: Tx, units: Collection[str]) -> int:
    """Return how many people these units have, wherever they stand; no units are all of them."""
    return sum(people for unit, people in _sizes(tx) if not units or unit in units)


def fresh(
    tx: Tx,
    keys: Keys,
    segments: Collection[Segment],
    campaigns: Collection[str],
    said: ColumnElement[Any],
    *,
    teams: bool,
) -> Mapping[Row, list[str]]:
    """Return who may be drawn, as far as their row says: in a segment, in none of some campaign.

    The keys of people, by what their rows share. campaigns: the keys of those that draw; who has an
    arm in each of them is left out. said, teams: see `columns`.
    """
    query = (
        select(_person.c.person_key, *columns(said, teams=teams))
        .select_from(_placement)
        .join(_person, _person.c.person_key == _placement.c.person_key)
        .where(keys.hold(_placement.c.person_key), keys.hold(_person.c.person_key), there())
        .where(placed_in(segments))
        .where(or_(*(not_(_has_an_arm(key)) for key in campaigns)))
        .order_by(_person.c.person_key)
    )
    found: dict[tuple[Any, ...], list[str]] = {}
    for row in tx.execute(query).all():
        found.setdefault(row[1:], []).append(row[0])
    return {Row._make(shared): people for shared, people in found.items()}


def team_sizes(tx: Tx, keys: Keys) -> dict[str, int]:
    """Return how many people the teams have in which these people are, by the manager's key."""
    theirs = select(_person.c.manager_key).where(keys.hold(_person.c.person_key))
    query = (
        select(_person.c.manager_key, func.count())
        .where(there(), _person.c.manager_key.in_(theirs))
        .group_by(_person.c.manager_key)
    )
    return {key: int(people) for key, people in tx.execute(query)}


def there() -> ColumnElement[bool]:
    """Return the condition that a person of the roster is a member who has not left."""
    return and_(_person.c.present.is_(True), _person.c.kind == PersonKind.MEMBER.value)


def _is_for(segments: Collection[Segment], units: Collection[str]) -> ColumnElement[bool]:
    return and_(_placement.c.segment.in_(sorted(segments)), _is_of(units))


def _is_of(units: Collection[str]) -> ColumnElement[bool]:
    return _person.c.department.in_(sorted(units)) if units else true()


def _has_an_arm(campaign_key: str) -> ColumnElement[bool]:
    return exists(_enrolment.c.person_key).where(
        _enrolment.c.campaign_key == campaign_key,
        _enrolment.c.person_key == _person.c.person_key,
    )
