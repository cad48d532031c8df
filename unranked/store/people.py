"""People, their absences, their accounts and which account is whose."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from unranked.domain.people import PersonKind, Tie
from unranked.domain.usage import AccountKind, Window
from unranked.store import Tx
from unranked.store.pages import Keys
from unranked.store.tables import Absence, Account, Person, table
from unranked.store.tables import Tie as TieTable

_person, _absence = table(Person), table(Absence)
_account, _tie = table(Account), table(TieTable)


@dataclass(frozen=True, slots=True)
class StoredPerson:
    """A person as the roster last showed them, without any directory identifier."""

    person_key: str
    kind: PersonKind
    present: bool
    zone: str
    department: str
    region: str
    manager_key: str | None
    start_date: date | None
    weekdays: frozenset[int] | None
    first_seen: date
    left_on: date | None = None
    locale: str = ""


@dataclass(frozen=True, slots=True)
class StoredAccount:
    """A provider's account. Access to the tool is on the days [seat_since, seat_until)."""

    account_key: str
    kind: AccountKind
    first_seen: date
    seat_since: date | None = None
    seat_until: date | None = None


def save(tx: Tx, people: Iterable[StoredPerson]) -> None:
    """Store each person as given, new or not."""
    # By their keys: the order of the list that they come from would tell who they are.
    rows = [_row(person) for person in sorted(people, key=lambda one: one.person_key)]
    if not rows:
        return
    known = set(tx.execute(select(_person.c.person_key)).scalars())
    new = [row for row in rows if row["person_key"] not in known]
    if new:
        tx.execute(insert(_person), new)
    for row in rows:
        if row["person_key"] in known:
            tx.execute(update(_person).where(_person.c.person_key == row["person_key"]).values(row))


class Working(NamedTuple):
    """What of a person decides about their working days, and whether they count at all."""

    kind: PersonKind
    present: bool
    region: str
    start_date: date | None
    weekdays: frozenset[int] | None


def working(tx: Tx) -> Mapping[str, Working]:
    """Return that of all people by key; what is the same for many is one value."""
    columns = (_person.c[name] for name in ("person_key", *Working._fields))
    rows = tx.execute(select(*columns)).all()
    same = cache(Working)
    return {
        key: same(PersonKind(kind), present, region, start_date, _weekdays(days))
        for key, kind, present, region, start_date, days in rows
    }


def everybody(tx: Tx) -> Mapping[str, StoredPerson]:
    """Return all people by key."""
    rows = tx.execute(_whole_person().order_by(_person.c.person_key)).all()
    return {row[0]: _stored(row) for row in rows}


def those(tx: Tx, *who: ColumnElement[bool]) -> list[StoredPerson]:
    """Return the people of whom all these conditions hold, in the order of their keys."""
    rows = tx.execute(_whole_person().where(*who).order_by(_person.c.person_key))
    return [_stored(row) for row in rows]


def keys(tx: Tx) -> set[str]:
    """Return the keys of all people."""
    return set(tx.execute(select(_person.c.person_key)).scalars().all())


def one(tx: Tx, person_key: str) -> StoredPerson | None:
    """Return the person, or None."""
    row = tx.execute(_one_person(), {"person": person_key}).first()
    return None if row is None else _stored(row)


def locale(tx: Tx, person_key: str) -> str:
    """Return the person's locale as the chat names it; empty where it is not known."""
    return str(tx.execute(_its_locale(), {"person": person_key}).scalar() or "")


def set_absences(tx: Tx, absences: Mapping[str, Iterable[Window]]) -> None:
    """Replace the leave of the people named; nobody else's changes."""
    if absences:
        tx.execute(
            delete(_absence).where(_absence.c.person_key == bindparam("whose")),
            [{"whose": person_key} for person_key in absences],
        )
    rows = [
        {"person_key": person_key, "since": w.start, "until": w.end}
        for person_key, leave in sorted(absences.items())
        for w in leave
    ]
    if rows:
        tx.execute(insert(_absence), rows)


def absences_within(tx: Tx, keys: Keys) -> Mapping[str, list[Window]]:
    """Return the leave of the people with these keys, by key."""
    return _windows(tx.execute(_leave(of_one=False).where(keys.hold(_absence.c.person_key))))


def absences(tx: Tx, person_key: str | None = None) -> Mapping[str, list[Window]]:
    """Return the leave of everybody, or of one person, by key."""
    given = {} if person_key is None else {"person": person_key}
    return _windows(tx.execute(_leave(of_one=person_key is not None), given))


def _windows(rows: Iterable[Any]) -> Mapping[str, list[Window]]:
    found: dict[str, list[Window]] = {}
    for whose, since, until in rows:
        found.setdefault(whose, []).append(Window(since, until or date.max))
    return found


def add_accounts(tx: Tx, connector: str, accounts: Iterable[StoredAccount]) -> None:
    """Store accounts that are new."""
    rows = [
        {
            "account_key": account.account_key,
            "connector": connector,
            "kind": account.kind.value,
            "first_seen": account.first_seen,
            "seat_since": account.seat_since,
            "seat_until": account.seat_until,
            "seat_dated": False,
            "listed": False,
        }
        for account in sorted(accounts, key=lambda one: one.account_key)
    ]
    if rows:
        tx.execute(insert(_account), rows)


def set_seats(tx: Tx, seats: Mapping[str, date | None], *, connector: str, on: date) -> None:
    """Make `seats` the connector's seats: who is missing lost theirs `on`.

    seats: account to first day, None where the provider does not say it.
    A seat that stays keeps its first day, or gets it once it is known; one that comes back starts
    anew. A seat without a day that an earlier list did not have began with this list.
    """
    rows = tx.execute(select(_account).where(_account.c.connector == connector)).mappings().all()
    read_before = any(row["listed"] for row in rows)
    for row in rows:
        key, since, until = row["account_key"], row["seat_since"], row["seat_until"]
        if key not in seats:
            if since is not None and until is None:
                _set_seat(tx, key, until=max(on, since))
            continue
        told = seats[key]
        if since is None or until is not None:
            _set_seat(tx, key, seat_since=told or on, seat_dated=told is not None or read_before)
        elif told is not None and (told < since or not row["seat_dated"]):
            _set_seat(tx, key, seat_since=told, seat_dated=True)


def set_kinds(tx: Tx, kinds: Mapping[str, AccountKind]) -> None:
    """Correct what the accounts are, as a complete listing says."""
    if kinds:
        tx.execute(
            update(_account)
            .where(_account.c.account_key == bindparam("whose"))
            .values(kind=bindparam("what"), listed=True),
            [{"whose": key, "what": kind.value} for key, kind in sorted(kinds.items())],
        )


def see(tx: Tx, seen: Mapping[str, date]) -> None:
    """Remember the last day of use that a directory names; what it forgets stays remembered."""
    if seen:
        tx.execute(
            update(_account)
            .where(_account.c.account_key == bindparam("whose"))
            .where(or_(_account.c.last_seen.is_(None), _account.c.last_seen < bindparam("day")))
            .values(last_seen=bindparam("day")),
            [{"whose": key, "day": day} for key, day in sorted(seen.items())],
        )


def set_ties(tx: Tx, ties: Iterable[Tie], *, of: str | None = None) -> tuple[int, int]:
    """Make `ties` the only ones; return how many came and how many went. of: one account's only."""
    want = {(t.account_key, t.since, t.person_key, t.until) for t in ties}
    query = select(_tie)
    if of is not None:
        query = query.where(_tie.c.account_key == of)
    have = {(row.account_key, row.since, row.person_key, row.until) for row in tx.execute(query)}
    for account_key, since, _, _ in have - want:
        tx.execute(
            delete(_tie).where(and_(_tie.c.account_key == account_key, _tie.c.since == since))
        )
    names = ("account_key", "since", "person_key", "until")
    added = sorted(want - have, key=lambda one: one[:2])
    rows = [dict(zip(names, new, strict=True)) for new in added]
    if rows:
        tx.execute(insert(_tie), rows)
    return len(rows), len(have - want)


class Seat(NamedTuple):
    """A person has access to a tool, since a day where that is known.

    seen_since: since when what the account does is known to be this person's.
    last_seen: the last day of use that the tool's own directory names.
    """

    person_key: str
    connector: str
    since: date | None
    seen_since: date
    last_seen: date | None = None


def seats(tx: Tx, *, on: date) -> Iterator[Seat]:
    """Yield who has a seat where on the day `on`, with its first day."""
    held = and_(
        _account.c.seat_since <= on,
        or_(_account.c.seat_until.is_(None), _account.c.seat_until > on),
    )
    tied = and_(_tie.c.since <= on, or_(_tie.c.until.is_(None), _tie.c.until > on))
    # Of two seats with one tool, an undated one may be the older: then nothing is known.
    dated = case((_account.c.seat_dated.is_(True), 1), else_=0)
    rows = tx.execute(
        select(
            _tie.c.person_key,
            _account.c.connector,
            func.min(_account.c.seat_since),
            func.min(dated),
            func.max(_tie.c.since),
            func.max(_account.c.last_seen),
        )
        .join(_account, _account.c.account_key == _tie.c.account_key)
        .where(held, tied)
        .group_by(_tie.c.person_key, _account.c.connector)
        .order_by(_tie.c.person_key, _account.c.connector)
    )
    for person_key, connector, since, known, seen_since, last_seen in rows.all():
        told = since if known and since >= seen_since else None
        yield Seat(person_key, connector, told, seen_since, last_seen)


def held_seats(tx: Tx, connector: str) -> int:
    """Return how many seats the connector gives now."""
    count = tx.execute(
        select(func.count())
        .select_from(_account)
        .where(_account.c.connector == connector)
        .where(_account.c.seat_since.is_not(None), _account.c.seat_until.is_(None))
    ).scalar_one()
    return int(count)


def _set_seat(tx: Tx, account_key: str, *, until: date | None = None, **values: object) -> None:
    tx.execute(
        update(_account)
        .where(_account.c.account_key == account_key)
        .values(seat_until=until, **values)
    )


@cache
def _one_person() -> Select[Any]:
    return _whole_person().where(_person.c.person_key == bindparam("person"))


@cache
def _its_locale() -> Select[Any]:
    return select(_person.c.locale).where(_person.c.person_key == bindparam("person"))


@cache
def _leave(*, of_one: bool) -> Select[Any]:
    columns = _absence.c.person_key, _absence.c.since, _absence.c.until
    query = select(*columns).order_by(_absence.c.since)
    return query.where(_absence.c.person_key == bindparam("person")) if of_one else query


def _row(person: StoredPerson) -> dict[str, Any]:
    days = person.weekdays
    return {
        "person_key": person.person_key,
        "kind": person.kind.value,
        "present": person.present,
        "zone": person.zone,
        "department": person.department,
        "region": person.region,
        "manager_key": person.manager_key,
        "start_date": person.start_date,
        "weekdays": None if days is None else "".join(str(day) for day in sorted(days)),
        "first_seen": person.first_seen,
        "left_on": person.left_on,
        "locale": person.locale,
    }


def _whole_person() -> Select[Any]:
    return select(*(_person.c[name] for name in StoredPerson.__slots__))


def _stored(row: Sequence[Any]) -> StoredPerson:
    key, kind, present, zone, department, region, manager_key, start_date, days, *rest = row
    whole = (zone, department, region, manager_key, start_date, _weekdays(days), *rest)
    return StoredPerson(key, PersonKind(kind), present, *whole)


def _weekdays(days: str | None) -> frozenset[int] | None:
    return None if days is None else frozenset(int(day) for day in days)
