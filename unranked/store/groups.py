"""Managers' groups: frozen once a quarter, and the few sums that the gate asks for.

What comes out is membership and counts, never a person's own row.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, distinct, func, insert, or_, select

from unranked.domain.released import SpendFacts
from unranked.domain.usage import Window
from unranked.store import Tx
from unranked.store.people import in_the_dark
from unranked.store.tables import Account, Choice, Person, Tie, Usage, table
from unranked.store.tables import Cohort as CohortTable
from unranked.store.usage import NANO

_cohort, _person, _choice = table(CohortTable), table(Person), table(Choice)
_account, _tie, _usage = table(Account), table(Tie), table(Usage)


@dataclass(frozen=True, slots=True)
class Cohort:
    """A manager's group in a quarter. frozen_on: figures cover windows from this day on."""

    group_key: str
    quarter: Window
    frozen_on: date
    members: frozenset[str]


def is_frozen(tx: Tx, quarter: Window) -> bool:
    """Return whether the quarter's groups are fixed already."""
    return (
        tx.execute(select(_cohort.c.quarter).where(_quarter(quarter)).limit(1)).first() is not None
    )


def ever_frozen(tx: Tx) -> bool:
    """Return whether any quarter's groups were ever fixed."""
    return tx.execute(select(_cohort.c.quarter).limit(1)).first() is not None


def freeze(tx: Tx, quarter: Window, *, on: date) -> int:
    """Fix all direct reports with a seat on the day `on` for the quarter; return how many.

    Those who objected are in no group from the next freezing on: leaving at once would tell.
    """
    held = and_(
        _account.c.seat_since <= on,
        or_(_account.c.seat_until.is_(None), _account.c.seat_until > on),
    )
    tied = and_(_tie.c.since <= on, or_(_tie.c.until.is_(None), _tie.c.until > on))
    rows = tx.execute(
        select(_person.c.person_key, _person.c.manager_key)
        .distinct()
        .join(_tie, _tie.c.person_key == _person.c.person_key)
        .join(_account, _account.c.account_key == _tie.c.account_key)
        .where(_person.c.manager_key.is_not(None), _person.c.kind == "member")
        .where(_person.c.present.is_(True), held, tied)
        .order_by(_person.c.person_key)
    ).all()
    gone = objected(tx)
    members = [
        {"quarter": quarter.start, "group_key": manager, "person_key": person, "frozen_on": on}
        for person, manager in rows
        if person not in gone
    ]
    if members:
        tx.execute(insert(_cohort), members)
    return len(members)


def cohorts(tx: Tx, quarter: Window) -> Mapping[str, Cohort]:
    """Return the quarter's frozen groups by key."""
    rows = tx.execute(
        select(_cohort.c.group_key, _cohort.c.person_key, _cohort.c.frozen_on)
        .where(_quarter(quarter))
        .order_by(_cohort.c.group_key, _cohort.c.person_key)
    )
    members: dict[str, set[str]] = {}
    frozen: dict[str, date] = {}
    for group_key, person_key, frozen_on in rows:
        members.setdefault(group_key, set()).add(person_key)
        frozen[group_key] = frozen_on
    return {
        key: Cohort(key, quarter, frozen[key], frozenset(people)) for key, people in members.items()
    }


def unresolved(tx: Tx, cohort: Cohort, in_sight: Collection[str]) -> int:
    """Return how many of the group's members have use that may not be seen.

    in_sight: the tools that are connected, and whatever is no tool.
    """
    return len(cohort.members & in_the_dark(tx, in_sight))


def counted(tx: Tx, cohort: Cohort) -> set[str]:
    """Return the connectors in which the group's members have or had an account."""
    rows = tx.execute(
        select(_account.c.connector)
        .distinct()
        .join(_tie, _tie.c.account_key == _account.c.account_key)
        .join(_cohort, _cohort.c.person_key == _tie.c.person_key)
        .where(_mine(cohort))
    )
    return set(rows.scalars())


def active(tx: Tx, cohort: Cohort, window: Window, feeds: Mapping[str, tuple[str, ...]]) -> int:
    """Return how many of the group did something on a day of the window. feeds: by connector."""
    if not feeds:
        return 0
    count = tx.execute(
        select(func.count(distinct(_cohort.c.person_key)))
        .select_from(_cohort)
        .join(_tie, _tie.c.person_key == _cohort.c.person_key)
        .join(_usage, _of_tie())
        .where(_mine(cohort), _of_feeds(feeds), _usage.c.active.is_(True))
        .where(_usage.c.day >= window.start, _usage.c.day < window.end)
    ).scalar_one()
    return int(count)


def spend(
    tx: Tx, cohort: Cohort, window: Window, feeds: Mapping[str, tuple[str, ...]], *, clip: Decimal
) -> SpendFacts | None:
    """Return the group's spend in USD, each person's cut at `clip`; None in another currency."""
    sums = _spend_of(tx, _mine(cohort), window, feeds)
    if sums is None:
        return None
    clipped = sorted((min(max(amount, Decimal(0)), clip) for amount in sums), reverse=True)
    total = sum(clipped, Decimal(0))
    return SpendFacts(
        total=total,
        largest=clipped[0] if clipped else Decimal(0),
        beyond_two=sum(clipped[2:], Decimal(0)),
    )


def organisation_spend(
    tx: Tx, quarter: Window, window: Window, feeds: Mapping[str, tuple[str, ...]]
) -> tuple[Decimal, int] | None:
    """Return (spend in USD, people) of everybody in a frozen group; None in another currency."""
    sums = _spend_of(tx, _quarter(quarter), window, feeds)
    if sums is None:
        return None
    people = tx.execute(
        select(func.count(distinct(_cohort.c.person_key))).where(_quarter(quarter))
    ).scalar_one()
    return sum(sums, Decimal(0)), int(people)


def _spend_of(
    tx: Tx, whose: ColumnElement[bool], window: Window, feeds: Mapping[str, tuple[str, ...]]
) -> list[Decimal] | None:
    """Return one sum for each person who cost anything, in no order that means anything."""
    if not feeds:
        return None
    rows = tx.execute(
        select(_cohort.c.person_key, _usage.c.currency, func.sum(_usage.c.cost_nano))
        .select_from(_cohort)
        .join(_tie, _tie.c.person_key == _cohort.c.person_key)
        .join(_usage, _of_tie())
        .where(whose, _of_feeds(feeds), _usage.c.cost_nano.is_not(None))
        .where(_usage.c.day >= window.start, _usage.c.day < window.end)
        .group_by(_cohort.c.person_key, _usage.c.currency)
        .order_by(_cohort.c.person_key)
    ).all()
    if any(currency != "USD" for _, currency, _ in rows):
        return None
    return [Decimal(int(amount)) / NANO for _, _, amount in rows]


def objected(tx: Tx) -> set[str]:
    """Return whose newest word about figures is an objection (4.11)."""
    rows = tx.execute(
        select(_choice.c.person_key, _choice.c.choice)
        .where(_choice.c.choice.in_(["object", "object_no_more"]))
        .order_by(_choice.c.made_at, _choice.c.id)
    )
    newest = {row.person_key: row.choice for row in rows}
    return {person_key for person_key, choice in newest.items() if choice == "object"}


def _quarter(quarter: Window) -> ColumnElement[bool]:
    return _cohort.c.quarter == quarter.start


def _mine(cohort: Cohort) -> ColumnElement[bool]:
    return and_(_quarter(cohort.quarter), _cohort.c.group_key == cohort.group_key)


def _of_tie() -> ColumnElement[bool]:
    return and_(
        _usage.c.account_key == _tie.c.account_key,
        _usage.c.day >= _tie.c.since,
        or_(_tie.c.until.is_(None), _usage.c.day < _tie.c.until),
    )


def _of_feeds(feeds: Mapping[str, tuple[str, ...]]) -> ColumnElement[bool]:
    return or_(
        *(
            and_(_usage.c.connector == connector, _usage.c.feed.in_(names))
            for connector, names in sorted(feeds.items())
        )
    )
