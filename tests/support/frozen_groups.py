"""Groups as they were fixed for a quarter: made for the past, and looked at."""

from sqlalchemy import select

from unranked.domain.cohorts import frozen
from unranked.domain.runtime import Ids
from unranked.domain.usage import Window
from unranked.store import Tx, groups
from unranked.store.pages import EVERYBODY
from unranked.store.tables import Cohort, UnitAtom, table

_cohort, _atom = table(Cohort), table(UnitAtom)


def fix(tx: Tx, quarter: Window) -> None:
    """Fix the groups of a quarter as of its first day, by today's lines."""
    chart = groups.chart(tx)
    seats = groups.seated(tx, on=quarter.start)
    made = frozen(chart, seats, chart.managers, groups.wishes(tx))
    groups.freeze(tx, quarter, made, on=quarter.start, ids=Ids())


def unit_key(tx: Tx, quarter: Window, manager_key: str) -> str:
    """Return the unit that a manager is shown in a quarter."""
    return groups.shown(tx, quarter, EVERYBODY)[manager_key].unit_key


def members(tx: Tx, quarter: Window) -> dict[str, set[str]]:
    """Return who counts in the unit that each manager is shown."""
    found = by_unit(tx, quarter)
    shown = groups.shown(tx, quarter, EVERYBODY)
    return {manager: found[one.unit_key] for manager, one in shown.items()}


def by_unit(tx: Tx, quarter: Window) -> dict[str, set[str]]:
    """Return who counts in each unit now: whoever is erased does not any more."""
    rows = tx.execute(
        select(_atom.c.unit_key, _cohort.c.person_key)
        .join(_cohort, (_cohort.c.atom == _atom.c.atom) & (_cohort.c.quarter == _atom.c.quarter))
        .where(_cohort.c.quarter == quarter.start)
    )
    found: dict[str, set[str]] = {}
    for unit, person in rows:
        found.setdefault(unit, set()).add(person)
    return found
