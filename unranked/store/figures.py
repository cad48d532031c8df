"""The few sums of groups that the gate asks for, of all units of a window in one statement.

Each person is counted once, in their atom; a unit is the sum of its atoms. What comes out is of
whole units, never a person's own row.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    Table,
    and_,
    case,
    distinct,
    false,
    func,
    literal,
    or_,
    select,
)

from unranked.domain.cohorts import WINDOW
from unranked.domain.released import CLIP_MOST, SpendFacts
from unranked.domain.usage import Window
from unranked.store import Tx, units_due
from unranked.store.tables import (
    AtomDraw,
    Cohort,
    Tie,
    UnitAtom,
    Usage,
    table,
)
from unranked.store.tables_usage import IN_ANOTHER_CURRENCY
from unranked.store.units_due import Asked
from unranked.store.usage import NANO

_cohort, _atom, _draw = table(Cohort), table(UnitAtom), table(AtomDraw)
_tie, _usage = table(Tie), table(Usage)

Feeds = Mapping[str, tuple[str, ...]]
"""Names of feeds by connector."""


@dataclass(frozen=True, slots=True)
class UnitSums:
    """The sums of one unit. active: of its people, how many had use on some day of the window.

    spend: None where the cost of any of its tools is not known, and of units within each other,
    whose bands together might tell what everybody in a class cost.
    """

    unit_key: str
    people: int = field(repr=False)
    members: str = field(repr=False)
    active: int = field(repr=False)
    spend: SpendFacts | None = field(repr=False)


def sums(
    tx: Tx, asked: Asked, activity: Feeds, cost: Feeds, *, clip: Decimal | None, drawn: bool
) -> Iterator[UnitSums]:
    """Yield the sums of every unit that is asked about, as they come.

    clip: the most that a person's spend in the window counts, in USD; None: no spend is asked for.
    drawn: the counts are those with noise, which `keep_draws` has stored.
    """
    with_spend = clip is not None and bool(cost)
    with units_due.due(tx, asked) as due:
        query = _all_sums(asked, due, activity, cost, clip=clip, drawn=drawn)
        spent: list[int]
        for unit_key, people, members, nested, counted, *spent in tx.execute(
            query.execution_options(yield_per=1_000)
        ):
            facts = _facts(*spent) if with_spend and not nested else None
            yield UnitSums(unit_key, people, members, int(counted), facts)


def _all_sums(
    asked: Asked, due: Table, activity: Feeds, cost: Feeds, *, clip: Decimal | None, drawn: bool
) -> Select[Any]:
    whose = _whose(asked, _atoms_of(asked, due))
    active = _drawn_units(asked, due) if drawn else _used(asked, due, whose, activity)
    query = (
        select(
            due.c.unit_key,
            due.c.people,
            due.c.members,
            due.c.nested,
            func.coalesce(active.c.counted, 0),
        )
        .select_from(due)
        .outerjoin(active, active.c.unit_key == due.c.unit_key)
    )
    if clip is None or not cost:
        return query
    known = _of(asked.billed, _of(asked.complete, cost))
    spend = _spend(asked, due, _costs(whose, asked.window, known), clip)
    return query.outerjoin(spend, spend.c.unit_key == due.c.unit_key).add_columns(
        due.c.unbilled, spend.c.total, spend.c.largest, spend.c.second
    )


def undrawn(tx: Tx, asked: Asked, activity: Feeds) -> Mapping[int, int]:
    """Return the active people of each atom of the units asked about that has no draw yet."""
    known = select(_draw.c.atom).where(
        _draw.c.quarter == asked.quarter.start, _draw.c.window_start == asked.window.start
    )
    with units_due.due(tx, asked) as due:
        mine = _atoms_of(asked, due)
        active = _active(asked, _whose(asked, mine), activity)
        rows = tx.execute(
            select(mine.c.atom, func.coalesce(active.c.counted, 0))
            .select_from(mine)
            .outerjoin(active, active.c.atom == mine.c.atom)
            .where(mine.c.atom.not_in(known))
            .order_by(mine.c.atom)
        )
        return {int(atom): int(counted) for atom, counted in rows}


def keep_draws(tx: Tx, asked: Asked, counted: Mapping[int, int]) -> None:
    """Store the counts of atoms with their noise, for good."""
    day, start = asked.quarter.start, asked.window.start
    rows = [
        {"quarter": day, "atom": atom, "window_start": start, "counted": count}
        for atom, count in counted.items()
    ]
    if rows:
        tx.execute(_draw.insert(), rows)


def organisation_spend(tx: Tx, quarter: Window, window: Window, cost: Feeds) -> tuple[Decimal, int]:
    """Return (spend in USD, people) of everybody in a group. cost: of tools billed in USD.

    Nobody counts with more than anybody ever does in a figure: one person's spend would move the
    limit of all others by far.
    """
    whose = select(_cohort.c.person_key, _cohort.c.atom).where(_cohort.c.quarter == quarter.start)
    costs = _costs(whose.cte("whose"), window, cost)
    most = CLIP_MOST * ((window.end - window.start) // WINDOW)
    total = tx.execute(select(func.sum(_cut(costs, most)))).scalar_one()
    people = tx.execute(select(func.count()).select_from(whose.subquery())).scalar_one()
    return Decimal(int(total or 0)) / NANO, int(people)


def billed_otherwise(tx: Tx, window: Window) -> set[str]:
    """Return the tools that billed anything in the window in another currency than USD."""
    query = select(_usage.c.connector).distinct().where(*_within(window), IN_ANOTHER_CURRENCY)
    return set(tx.execute(query).scalars())


def _atoms_of(asked: Asked, due: Table) -> CTE:
    return (
        select(_atom.c.atom)
        .distinct()
        .join(due, due.c.unit_key == _atom.c.unit_key)
        .where(_atom.c.quarter == asked.quarter.start)
        .cte("atoms_of_units")
    )


def _whose(asked: Asked, mine: CTE) -> CTE:
    """Everybody who counts in any of these atoms, once."""
    return (
        select(_cohort.c.person_key, _cohort.c.atom)
        .join(mine, mine.c.atom == _cohort.c.atom)
        .where(_cohort.c.quarter == asked.quarter.start)
        .cte("whose")
    )


def _used(asked: Asked, due: Table, whose: CTE, feeds: Feeds) -> CTE:
    return _per_unit(asked, due, _active(asked, whose, feeds))


def _active(asked: Asked, whose: CTE, feeds: Feeds) -> CTE:
    """How many of each atom had use on some day of the window."""
    return (
        select(whose.c.atom, func.count(distinct(whose.c.person_key)).label("counted"))
        .join(_tie, _tie.c.person_key == whose.c.person_key)
        .join(_usage, _of_tie())
        .where(_of_feeds(_of(asked.complete, feeds)))
        .where(_usage.c.active.is_(True), *_within(asked.window))
        .group_by(whose.c.atom)
        .cte("active")
    )


def _per_unit(asked: Asked, due: Table, counted: CTE) -> CTE:
    return (
        select(_atom.c.unit_key, func.sum(counted.c.counted).label("counted"))
        .join(due, due.c.unit_key == _atom.c.unit_key)
        .join(counted, counted.c.atom == _atom.c.atom)
        .where(_atom.c.quarter == asked.quarter.start)
        .group_by(_atom.c.unit_key)
        .cte("active_of_units")
    )


def _drawn_units(asked: Asked, due: Table) -> CTE:
    drawn = (
        select(_draw.c.atom, _draw.c.counted)
        .where(_draw.c.quarter == asked.quarter.start)
        .where(_draw.c.window_start == asked.window.start)
        .cte("drawn")
    )
    return _per_unit(asked, due, drawn)


def _costs(whose: CTE, window: Window, feeds: Feeds) -> CTE:
    """What each person cost, in 10^-9 USD; the tools are all billed in it."""
    return (
        select(
            whose.c.person_key,
            whose.c.atom,
            func.sum(_usage.c.cost_nano).label("nano"),
        )
        .join(_tie, _tie.c.person_key == whose.c.person_key)
        .join(_usage, _of_tie())
        .where(_of_feeds(feeds), _usage.c.cost_nano.is_not(None), *_within(window))
        .group_by(whose.c.person_key, whose.c.atom)
        .cte("costs")
    )


def _spend(asked: Asked, due: Table, costs: CTE, clip: Decimal) -> CTE:
    """Each unit's spend, everybody's cut at `clip`: all of it, and the two largest (4.6)."""
    each = select(costs.c.atom, _cut(costs, clip).label("cut")).cte("each_cut")
    place = func.row_number().over(partition_by=each.c.atom, order_by=each.c.cut.desc())
    placed = select(each.c.atom, each.c.cut, place.label("place")).cte("placed")
    # Of each atom its sum and its two largest: of a unit, no more of them can be the largest.
    of_atoms = (
        select(placed.c.atom, func.sum(placed.c.cut).label("total"))
        .group_by(placed.c.atom)
        .cte("total_of_atoms")
    )
    largest = (
        select(
            _atom.c.unit_key,
            placed.c.cut,
            func.row_number()
            .over(partition_by=_atom.c.unit_key, order_by=placed.c.cut.desc())
            .label("place"),
        )
        .join(due, due.c.unit_key == _atom.c.unit_key)
        .join(placed, and_(placed.c.atom == _atom.c.atom, placed.c.place <= 2))  # noqa: PLR2004
        .where(_atom.c.quarter == asked.quarter.start)
        .cte("largest_of_units")
    )
    two = (
        select(
            largest.c.unit_key, _nth(largest, 1).label("largest"), _nth(largest, 2).label("second")
        )
        .group_by(largest.c.unit_key)
        .cte("two_largest")
    )
    return (
        select(
            _atom.c.unit_key,
            func.sum(of_atoms.c.total).label("total"),
            func.max(two.c.largest).label("largest"),
            func.max(two.c.second).label("second"),
        )
        .join(of_atoms, of_atoms.c.atom == _atom.c.atom)
        .join(two, two.c.unit_key == _atom.c.unit_key)
        .where(_atom.c.quarter == asked.quarter.start)
        .group_by(_atom.c.unit_key)
        .cte("spend_of_units")
    )


def _cut(costs: CTE, clip: Decimal) -> ColumnElement[int]:
    """What each person cost, and no more than `clip` in USD; what was paid back is nothing."""
    most = literal(int(clip * NANO))
    return case((costs.c.nano < 0, 0), (costs.c.nano > most, most), else_=costs.c.nano)


def _nth(largest: CTE, place: int) -> ColumnElement[int]:
    return func.max(case((largest.c.place == place, largest.c.cut)))


def _facts(unbilled: int, *sums: int | None) -> SpendFacts | None:
    if unbilled:
        return None
    total, largest, second = (Decimal(int(one or 0)) / NANO for one in sums)
    return SpendFacts(total=total, largest=largest, beyond_two=total - largest - second)


def _within(window: Window) -> tuple[ColumnElement[bool], ...]:
    return _usage.c.day >= window.start, _usage.c.day < window.end


def _of_tie() -> ColumnElement[bool]:
    return and_(
        _usage.c.account_key == _tie.c.account_key,
        _usage.c.day >= _tie.c.since,
        or_(_tie.c.until.is_(None), _usage.c.day < _tie.c.until),
    )


def _of(known: Collection[str], feeds: Feeds) -> Feeds:
    """Leave out tools that are not known to the end: no figure rests on half of their days.

    A unit does not wait for a tool in which nobody of it has a seat, but some may have used it.
    """
    return {connector: names for connector, names in feeds.items() if connector in known}


def _of_feeds(feeds: Feeds) -> ColumnElement[bool]:
    return or_(
        false(),
        *(
            and_(_usage.c.connector == connector, _usage.c.feed.in_(names))
            for connector, names in sorted(feeds.items())
        ),
    )
