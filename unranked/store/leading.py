"""Who leads somebody: their days have a rhythm of their own."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, delete, exists, insert, or_, select

from unranked.domain.org_chart import UnitKind
from unranked.domain.people import PersonKind
from unranked.store import Tx, people
from unranked.store.pages import EVERYBODY, Keys
from unranked.store.people import StoredPerson
from unranked.store.tables import DottedLine, Person, table

_person, _dotted = table(Person), table(DottedLine)
_OLD = ("old_person", "old_manager")
_report, _below = _person.alias("report"), _person.alias("below")


def leads(tx: Tx, person_key: str) -> bool:
    """Return whether somebody who is there reports to a person, who is there, too."""
    mine = _person.c.person_key == person_key
    return tx.execute(select(_person.c.person_key).where(mine, _leads())).first() is not None


def among(tx: Tx, keys: Keys = EVERYBODY) -> set[str]:
    """Return who of the people with these keys leads somebody."""
    query = select(_person.c.person_key).where(keys.hold(_person.c.person_key), _leads())
    return set(tx.execute(query).scalars())


def leaders(tx: Tx, keys: Keys) -> list[StoredPerson]:
    """Return the people with these keys who lead somebody, in the order of their keys."""
    return people.those(tx, keys.hold(_person.c.person_key), _leads())


def units(tx: Tx, person_key: str) -> tuple[UnitKind, ...]:
    """Return the kinds of unit that a person has, as `Chart.units` does from the whole chart."""
    below = exists().where(_below.c.manager_key == _report.c.person_key, _there(_below))
    has = {
        UnitKind.TEAM: _reports(),
        UnitKind.DOTTED: _reports_dotted(),
        UnitKind.ALL: _reports(below),
    }
    mine = select(*has.values()).where(_person.c.person_key == person_key, _there(_person))
    row = tx.execute(mine).first()
    return () if row is None else tuple(kind for kind, found in zip(has, row, strict=True) if found)


def set_dotted_lines(tx: Tx, lines: Iterable[tuple[str, str]]) -> None:
    """Make `lines` the only dotted ones. lines: (person, manager)."""
    want = set(lines)
    rows = tx.execute(select(_dotted.c.person_key, _dotted.c.manager_key))
    have = {(row.person_key, row.manager_key) for row in rows}
    names = ("person_key", "manager_key")
    if gone := [dict(zip(_OLD, one, strict=True)) for one in sorted(have - want)]:
        of_person = _dotted.c.person_key == bindparam(_OLD[0])
        one = and_(of_person, _dotted.c.manager_key == bindparam(_OLD[1]))
        tx.execute(delete(_dotted).where(one), gone)
    if new := [dict(zip(names, one, strict=True)) for one in sorted(want - have)]:
        tx.execute(insert(_dotted), new)


def _leads() -> ColumnElement[bool]:
    """The condition that a person has a line of somebody, solid or dotted (method.md 4.10)."""
    return and_(_there(_person), or_(_reports(), _reports_dotted()))


def _reports(*of_them: ColumnElement[bool]) -> ColumnElement[bool]:
    """The condition that somebody reports to a person, and that all of this holds of one of them.

    Nobody is their own report, whatever a list says.
    """
    return exists().where(
        _report.c.manager_key == _person.c.person_key,
        _report.c.person_key != _person.c.person_key,
        _there(_report),
        *of_them,
    )


def _reports_dotted() -> ColumnElement[bool]:
    return exists().where(
        _dotted.c.manager_key == _person.c.person_key,
        _dotted.c.person_key == _report.c.person_key,
        _report.c.person_key != _person.c.person_key,
        _there(_report),
    )


def _there(who: Any) -> ColumnElement[bool]:  # noqa: ANN401 - a table and its alias share no type
    return and_(who.c.present.is_(True), who.c.kind == PersonKind.MEMBER.value)
