"""Managers' groups: fixed once a quarter, from who reports to whom and who has a seat.

What comes out is membership, and no figure of anybody.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice

from sqlalchemy import ColumnElement, Table, and_, func, insert, or_, select

from unranked.domain.cohorts import Frozen
from unranked.domain.nesting import Nest, Said
from unranked.domain.org_chart import Chart, Unit, UnitKind
from unranked.domain.released import Statistic
from unranked.domain.runtime import Ids
from unranked.domain.usage import Window
from unranked.store import Tx
from unranked.store.pages import Keys
from unranked.store.sight import had_seat, of_few
from unranked.store.tables import (
    Account,
    Choice,
    Cohort,
    DottedLine,
    FrozenUnit,
    Person,
    Release,
    ShownUnit,
    Tie,
    UnitAtom,
    table,
)
from unranked.store.tables import Unit as UnitTable

_cohort, _atom, _unit, _shown = table(Cohort), table(UnitAtom), table(UnitTable), table(ShownUnit)
_frozen, _release = table(FrozenUnit), table(Release)
_person, _dotted, _choice = table(Person), table(DottedLine), table(Choice)
_account, _tie = table(Account), table(Tie)

_BATCH = 5_000
NOBODYS = ""
"""The key of the unit that is nobody's, and holds nobody."""

_HERE = (_person.c.present.is_(True), _person.c.kind == "member")


@dataclass(frozen=True, slots=True)
class Shown:
    """The unit that a manager is shown in a quarter.

    above: by how many levels it begins above the manager. whole: nobody of it is left out.
    people: how many count in it. often: it has figures for every 28 days. frozen_on: figures cover
    windows from this day on.
    """

    manager_key: str
    unit_key: str
    kind: UnitKind
    above: int
    whole: bool
    people: int
    often: bool
    frozen_on: date


def frozen_on(tx: Tx, quarter: Window) -> date | None:
    """Return since when figures of the quarter's groups count, None where they are not fixed."""
    row = tx.execute(select(_frozen.c.frozen_on).where(_of(_frozen, quarter)).limit(1)).first()
    return None if row is None else row.frozen_on


def ever_frozen(tx: Tx) -> bool:
    """Return whether any quarter's groups were ever fixed."""
    return tx.execute(select(_frozen.c.quarter).limit(1)).first() is not None


def chart(tx: Tx) -> Chart:
    """Return who reports to whom now, among those who are there."""
    solid = tx.execute(
        select(_person.c.person_key, _person.c.manager_key)
        .where(*_HERE, _person.c.manager_key.is_not(None))
        .order_by(_person.c.person_key)
    )
    dotted = tx.execute(
        select(_dotted.c.person_key, _dotted.c.manager_key)
        .join(_person, _person.c.person_key == _dotted.c.person_key)
        .where(*_HERE)
    )
    return Chart(
        {row.person_key: row.manager_key for row in solid},
        [(row.person_key, row.manager_key) for row in dotted],
    )


def seated(tx: Tx, *, on: date) -> set[str]:
    """Return who counts from the next freezing on: everybody with a seat on that day.

    Those who objected do not; leaving a group at once would tell of it. A seat of a tool that few
    have is none: what is done with it is in no figure of a group.
    """
    held = and_(had_seat(on), _account.c.connector.not_in(of_few(tx, on=on)))
    tied = and_(_tie.c.since <= on, or_(_tie.c.until.is_(None), _tie.c.until > on))
    rows = tx.execute(
        select(_person.c.person_key)
        .distinct()
        .join(_tie, _tie.c.person_key == _person.c.person_key)
        .join(_account, _account.c.account_key == _tie.c.account_key)
        .where(*_HERE, held, tied)
    )
    return set(rows.scalars()) - objected(tx)


def present(tx: Tx) -> set[str]:
    """Return everybody who is there, with a seat or without."""
    return set(tx.execute(select(_person.c.person_key).where(*_HERE)).scalars())


def freeze(tx: Tx, quarter: Window, made: Frozen, *, on: date, ids: Ids) -> None:
    """Fix the groups of a quarter, once."""
    keys = _unit_keys(tx, made.units, ids)
    _put(tx, quarter, _frozen, _frozen_rows(made, keys, on))
    everybody = made.atom_of.items()
    _put(
        tx,
        quarter,
        _cohort,
        ({"person_key": one, "atom": atom, "frozen_on": on} for one, atom in sorted(everybody)),
    )
    _put(
        tx,
        quarter,
        _atom,
        (
            {"unit_key": keys[unit], "atom": atom}
            for unit in sorted(made.units)
            for atom in sorted(made.units[unit])
        ),
    )
    _put(
        tx,
        quarter,
        _shown,
        (
            {
                "manager_key": manager,
                "unit_key": keys[view.unit],
                "above": view.above,
                "whole": view.whole,
            }
            for manager, view in sorted(made.views.items())
        ),
    )


def _frozen_rows(
    made: Frozen, keys: Mapping[Unit, str], on: date
) -> Iterator[Mapping[str, object]]:
    # A quarter without a group has its row, too: it is fixed, and no group begins in its middle.
    nobody = {"people": 0, "members": "", "often": False, "nested": False}
    yield {"unit_key": NOBODYS, "frozen_on": on, **nobody}
    for unit, people in made.members():
        members = hashlib.sha256("\n".join(people).encode()).hexdigest()
        yield {
            "unit_key": keys[unit],
            "people": len(people),
            "members": members,
            "often": unit in made.often,
            "nested": unit in made.nested,
            "frozen_on": on,
        }


def shown(tx: Tx, quarter: Window, within: Keys) -> Mapping[str, Shown]:
    """Return what the managers of a page are shown in a quarter, by manager."""
    of_it = and_(_frozen.c.quarter == _shown.c.quarter, _frozen.c.unit_key == _shown.c.unit_key)
    rows = tx.execute(
        select(
            _shown.c.manager_key,
            _shown.c.unit_key,
            _unit.c.kind,
            _shown.c.above,
            _shown.c.whole,
            _frozen.c.people,
            _frozen.c.often,
            _frozen.c.frozen_on,
        )
        .select_from(_shown)
        .join(_unit, _unit.c.unit_key == _shown.c.unit_key)
        .join(_frozen, of_it)
        .where(_of(_shown, quarter), within.hold(_shown.c.manager_key))
        .order_by(_shown.c.manager_key)
    )
    return {row[0]: Shown(row[0], row[1], UnitKind(row[2]), *row[3:]) for row in rows}


def nest(tx: Tx, quarter: Window, window: Window) -> Nest:
    """Return the units of a quarter that lie in each other, with the shares said of a window."""
    nested = and_(
        _frozen.c.quarter == _atom.c.quarter,
        _frozen.c.unit_key == _atom.c.unit_key,
        _frozen.c.nested.is_(True),
    )
    atoms: dict[str, list[int]] = {}
    for unit_key, atom in tx.execute(
        select(_atom.c.unit_key, _atom.c.atom).join(_frozen, nested).where(_of(_atom, quarter))
    ):
        atoms.setdefault(unit_key, []).append(atom)
    sizes = tx.execute(
        select(_cohort.c.atom, func.count()).where(_of(_cohort, quarter)).group_by(_cohort.c.atom)
    )
    found = Nest(atoms, {int(atom): int(people) for atom, people in sizes})
    said = tx.execute(
        select(_release.c.group_key, _release.c.band, _release.c.least, _release.c.most)
        .where(_release.c.quarter == quarter.start, _release.c.statistic == Statistic.SHARE.value)
        .where(_release.c.window_start == window.start, _release.c.window_end == window.end)
        .where(_release.c.band != "")
    )
    for unit_key, band, least, most in said:
        if unit_key in found:
            found.was_said(unit_key, Said(band, least, most))
    return found


def wishes(tx: Tx) -> Mapping[str, UnitKind]:
    """Return which of their units managers chose to be shown, from the next freezing on."""
    rows = tx.execute(
        select(_choice.c.person_key, _choice.c.value)
        .where(_choice.c.choice == "unit")
        .order_by(_choice.c.made_at, _choice.c.id)
    )
    return {person_key: UnitKind(value) for person_key, value in rows}


def objected(tx: Tx) -> set[str]:
    """Return whose newest word about figures is an objection (4.11)."""
    rows = tx.execute(
        select(_choice.c.person_key, _choice.c.choice)
        .where(_choice.c.choice.in_(["object", "object_no_more"]))
        .order_by(_choice.c.made_at, _choice.c.id)
    )
    newest = {row.person_key: row.choice for row in rows}
    return {person_key for person_key, choice in newest.items() if choice == "object"}


def _unit_keys(tx: Tx, units: Iterable[Unit], ids: Ids) -> Mapping[Unit, str]:
    """Return the key of each unit; units that are new get one."""
    rows = tx.execute(select(_unit.c.unit_key, _unit.c.kind, _unit.c.manager_key))
    known = {Unit(UnitKind(kind), manager): key for key, kind, manager in rows}
    new = {unit: ids.key("u") for unit in sorted(units) if unit not in known}
    for batch in _batches(
        {"unit_key": key, "kind": unit.kind.value, "manager_key": unit.manager_key}
        for unit, key in new.items()
    ):
        tx.execute(insert(_unit), batch)
    return known | new


def _put(tx: Tx, quarter: Window, into: Table, rows: Iterable[Mapping[str, object]]) -> None:
    for batch in _batches({**row, "quarter": quarter.start} for row in rows):
        tx.execute(insert(into), batch)


def _batches(rows: Iterable[Mapping[str, object]]) -> Iterator[list[Mapping[str, object]]]:
    stream = iter(rows)
    while batch := list(islice(stream, _BATCH)):
        yield batch


def _of(place: Table, quarter: Window) -> ColumnElement[bool]:
    return place.c.quarter == quarter.start
