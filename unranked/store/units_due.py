"""Which units have something to say: by what is known of their tools, and not by anybody's use.

So whether anything is said of a unit tells of nobody (method.md 4.4).
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from sqlalchemy import (
    CTE,
    Boolean,
    Column,
    ColumnElement,
    Integer,
    MetaData,
    String,
    Table,
    case,
    distinct,
    exists,
    func,
    insert,
    or_,
    select,
)

from unranked.domain.privacy import K
from unranked.domain.released import Statistic
from unranked.domain.usage import Window
from unranked.store import Tx
from unranked.store.sight import dark, had_seat
from unranked.store.tables import Account, Cohort, FrozenUnit, Release, Tie, UnitAtom, table

_cohort, _atom, _frozen = table(Cohort), table(UnitAtom), table(FrozenUnit)
_release, _account, _tie = table(Release), table(Account), table(Tie)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which units are asked about: those of a quarter that said nothing of the window yet.

    frozen_on: the day whose seats decide who counts, and which tools have to be complete.
    often: those with figures for every 28 days, or those without.
    complete: tools whose use is known for the whole window. billed: whose cost is.
    no_tools: connectors that are no AI tools. in_sight: tools that are connected, and no tools.
    unresolved_percent: of so many of a unit at most the use may not be seen.
    """

    quarter: Window
    frozen_on: date
    window: Window
    often: bool
    complete: Collection[str]
    billed: Collection[str]
    no_tools: Collection[str]
    in_sight: Collection[str]
    unresolved_percent: int


_due = Table(
    "units_due",
    MetaData(),
    Column("unit_key", String),
    Column("people", Integer),
    Column("members", String),
    Column("nested", Boolean),
    Column("unbilled", Integer),
    prefixes=["TEMPORARY"],
)


def any_due(tx: Tx, asked: Asked) -> bool:
    """Return whether there is any unit of which something could be said now."""
    units = _found(asked)
    return tx.execute(select(units.c.unit_key).limit(1)).first() is not None


@contextmanager
def due(tx: Tx, asked: Asked) -> Iterator[Table]:
    """Give the units of which something can be said now, in a table for as long as they are used.

    A table, so that PostgreSQL knows how many they are: as a part of a larger statement it takes
    them for two, and goes over everybody once for each of them.
    """
    found = _found(asked)
    _due.create(tx)
    names = [column.name for column in _due.c]
    tx.execute(insert(_due).from_select(names, select(*(found.c[name] for name in names))))
    if tx.dialect.name == "postgresql":
        tx.exec_driver_sql(f"ANALYZE {_due.name}")
    yield _due
    _due.drop(tx)


def _found(asked: Asked) -> CTE:
    """The units of which something can be said, by what is known of their people's tools alone.

    Of no day is anything said in two windows: strict mode, switched in mid-quarter, changes their
    length.
    """
    said = exists().where(
        _release.c.group_key == _frozen.c.unit_key,
        _release.c.statistic == Statistic.SHARE.value,
        _release.c.window_start < asked.window.end,
        _release.c.window_end > asked.window.start,
    )
    tools = _tools(asked)
    hidden = _per_unit(asked, _hidden(asked))
    size = _frozen.c.people
    return (
        select(size, _frozen.c.unit_key, _frozen.c.members, _frozen.c.nested, tools.c.unbilled)
        .join(tools, tools.c.unit_key == _frozen.c.unit_key)
        .outerjoin(hidden, hidden.c.unit_key == _frozen.c.unit_key)
        .where(_frozen.c.quarter == asked.quarter.start, ~said, size >= K)
        .where(_frozen.c.often.is_(asked.often))
        .where(tools.c.incomplete == 0)
        .where(100 * func.coalesce(hidden.c.counted, 0) <= asked.unresolved_percent * size)
        .cte("due")
    )


def _tools(asked: Asked) -> CTE:
    """How many of each unit's tools are not complete, and not billed to the end.

    Its tools are those with a seat of somebody who counts, on the day of the freezing: an account
    that came with use would let that person's use decide whether anything is said.
    """
    day = asked.frozen_on
    of_atoms = (
        select(_cohort.c.atom, _account.c.connector)
        .distinct()
        .join(_tie, _tie.c.person_key == _cohort.c.person_key)
        .join(_account, _account.c.account_key == _tie.c.account_key)
        .where(_cohort.c.quarter == asked.quarter.start)
        .where(had_seat(day), _tie.c.since <= day, or_(_tie.c.until.is_(None), _tie.c.until > day))
        .where(_account.c.connector.not_in(asked.no_tools))
        .cte("tools_of_atoms")
    )
    slug = of_atoms.c.connector

    def lacking(known: Collection[str]) -> ColumnElement[int]:
        return func.count(distinct(case((slug.not_in(known), slug))))

    return (
        select(
            _atom.c.unit_key,
            lacking(asked.complete).label("incomplete"),
            lacking(asked.billed).label("unbilled"),
        )
        .join(of_atoms, of_atoms.c.atom == _atom.c.atom)
        .where(_atom.c.quarter == asked.quarter.start)
        .group_by(_atom.c.unit_key)
        .cte("tools_of_units")
    )


def _hidden(asked: Asked) -> CTE:
    return (
        select(_cohort.c.atom, func.count().label("counted"))
        .where(_cohort.c.quarter == asked.quarter.start)
        .where(_cohort.c.person_key.in_(dark(asked.in_sight, seated_on=asked.frozen_on)))
        .group_by(_cohort.c.atom)
        .cte("hidden")
    )


def _per_unit(asked: Asked, counted: CTE) -> CTE:
    return (
        select(_atom.c.unit_key, func.sum(counted.c.counted).label("counted"))
        .join(counted, counted.c.atom == _atom.c.atom)
        .where(_atom.c.quarter == asked.quarter.start)
        .group_by(_atom.c.unit_key)
        .cte("hidden_of_units")
    )
