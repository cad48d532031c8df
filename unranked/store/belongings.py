"""What is one person's: their accounts, their identifiers, and their rows in every table.

Which tables there are, and which column says whose a row is, comes from `domain.policy` alone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, exists, false, or_, select
from sqlmodel import SQLModel

from unranked.domain import policy
from unranked.domain.policy_terms import Names, TablePolicy
from unranked.domain.usage import AccountKind
from unranked.store import Tx, own_ties, vault
from unranked.store.tables import Account, Disclaimer, Tie, Vault, table

_vault, _tie, _account, _disclaimer = table(Vault), table(Tie), table(Account), table(Disclaimer)


@dataclass(frozen=True, slots=True)
class Identifier:
    """A value that names somebody outside, such as an address."""

    realm: str
    kind: str
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Belongings:
    """What belongs to a person.

    accounts: theirs alone. shared: theirs on some days, and claimed by somebody else too.
    disclaimed: with their address, but they said that it is not theirs.
    credentials: those of `accounts` that are keys, and so may stand in others' rows.
    identifiers: what names them and nobody else; an address that moved on is the new holder's.
    marks: of the addresses that are theirs alone; known of somebody without a key, too.
    """

    person_key: str
    accounts: frozenset[str] = frozenset()
    shared: frozenset[str] = frozenset()
    disclaimed: frozenset[str] = frozenset()
    credentials: frozenset[str] = frozenset()
    identifiers: frozenset[Identifier] = field(default=frozenset(), repr=False)
    marks: frozenset[str] = field(default=frozenset(), repr=False)

    @property
    def keys(self) -> frozenset[str]:
        """Every random key that stands for them."""
        return frozenset({self.person_key}) | self.accounts


def of_person(tx: Tx, person_key: str) -> Belongings:
    """Return what belongs to the person; of an unknown one, nothing but the key."""
    addresses = _addresses(tx, person_key)
    tied = set(
        tx.execute(select(_tie.c.account_key).where(_tie.c.person_key == person_key)).scalars()
    )
    found = tied | _with_address(tx, addresses)
    shared = _shared(tx, found, person_key)
    said = select(_disclaimer.c.account_key).where(_disclaimer.c.person_key == person_key)
    disclaimed = (found - tied - shared) & set(tx.execute(said).scalars())
    accounts = frozenset(found - shared - disclaimed)
    moved_on = _moved_on(tx, addresses, person_key)
    subjects = {person_key} | accounts | disclaimed
    return Belongings(
        person_key=person_key,
        accounts=accounts,
        shared=frozenset(shared),
        disclaimed=frozenset(disclaimed),
        credentials=_keys(tx, accounts),
        identifiers=frozenset(_identifiers(tx, subjects, moved_on)),
        marks=frozenset(_marks(tx, subjects) - moved_on),
    )


def who_had(tx: Tx, email: str) -> set[str]:
    """Return everybody in the roster who has, or once had, the address."""
    return set(
        tx.execute(
            select(_vault.c.subject_key)
            .where(_vault.c.realm == vault.ROSTER, _vault.c.kind == vault.EMAIL)
            .where(_vault.c.mark == vault.mark(tx, vault.ROSTER, vault.EMAIL, email))
        ).scalars()
    )


def rows(tx: Tx, belongings: Belongings) -> Mapping[str, list[dict[str, Any]]]:
    """Return all rows of the person, by table; tables whose rows belong to people only.

    Of accounts that had another holder, what tells of that one is left out.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    for declared in policy.of_people():
        place = SQLModel.metadata.tables[declared.name]
        query = select(place).where(mine(declared, place, belongings)).order_by(*place.primary_key)
        found[declared.name] = [dict(row) for row in tx.execute(query).mappings()]
    own_ties.veil(tx, belongings.person_key, found)
    _open(tx, found[_vault.name])
    return found


def _open(tx: Tx, rows: list[dict[str, Any]]) -> None:
    """Put the value itself in the place of the sealed one; it is what the row is about."""
    mine = select(*vault.SEALED, _vault.c.id).where(_vault.c.id.in_([row["id"] for row in rows]))
    values = {row.id: value for row, value in vault.opened(tx, mine)}
    for row in rows:
        row["sealed"] = values.get(row["id"], "")


def mine(declared: TablePolicy, place: Table, belongings: Belongings) -> ColumnElement[bool]:
    """Return which rows of a table are the person's own."""
    key = declared.own_key
    if key is None:
        return false()
    column = place.c[key.column]
    if key.names is Names.PERSON:
        return column == belongings.person_key
    if key.names is Names.SUBJECT:
        theirs = place.c.mark.in_(belongings.marks)
        others = column.in_(belongings.shared | belongings.disclaimed)
        return or_(column.in_(belongings.keys), and_(others, theirs))
    return or_(column.in_(belongings.accounts), on_their_days(place, column, belongings))


def on_their_days(
    place: Table, column: ColumnElement[str], belongings: Belongings
) -> ColumnElement[bool]:
    """Return which rows of shared accounts fall on days on which the account is the person's."""
    tied = and_(_tie.c.account_key == column, _tie.c.person_key == belongings.person_key)
    if dated := policy.table(place.name).dated:
        day = place.c[dated]
        tied = and_(tied, _tie.c.since <= day, or_(_tie.c.until.is_(None), _tie.c.until > day))
    return and_(column.in_(belongings.shared), exists().where(tied))


def _addresses(tx: Tx, person_key: str) -> set[str]:
    """Return the marks of the addresses that the roster has of a person, or once had."""
    return set(
        tx.execute(
            select(_vault.c.mark)
            .where(_vault.c.subject_key == person_key, _vault.c.realm == vault.ROSTER)
            .where(_vault.c.kind == vault.EMAIL)
        ).scalars()
    )


def _with_address(tx: Tx, addresses: set[str]) -> set[str]:
    """Return the accounts that have one of the addresses, by their marks."""
    return set(
        tx.execute(
            select(_vault.c.subject_key)
            .where(_vault.c.kind == vault.EMAIL, _vault.c.realm != vault.ROSTER)
            .where(_vault.c.mark.in_(addresses))
        ).scalars()
    )


def _shared(tx: Tx, accounts: set[str], person_key: str) -> set[str]:
    """Return those of the accounts that are, or may be, somebody else's too."""
    tied = select(_tie.c.account_key).where(
        _tie.c.account_key.in_(accounts), _tie.c.person_key != person_key
    )
    account, person = _vault.alias("account"), _vault.alias("person")
    claimed = (
        select(account.c.subject_key)
        .join(person, person.c.mark == account.c.mark)
        .where(account.c.subject_key.in_(accounts), account.c.kind == vault.EMAIL)
        .where(person.c.realm == vault.ROSTER, person.c.kind == vault.EMAIL)
        .where(person.c.subject_key != person_key)
    )
    return {*tx.execute(tied).scalars(), *tx.execute(claimed).scalars()}


def _moved_on(tx: Tx, addresses: set[str], person_key: str) -> set[str]:
    """Return those of the addresses, by their marks, that somebody else holds now."""
    return set(
        tx.execute(
            select(_vault.c.mark)
            .where(_vault.c.realm == vault.ROSTER, _vault.c.kind == vault.EMAIL)
            .where(_vault.c.mark.in_(addresses), _vault.c.until.is_(None))
            .where(_vault.c.subject_key != person_key)
        ).scalars()
    )


def _keys(tx: Tx, accounts: frozenset[str]) -> frozenset[str]:
    query = select(_account.c.account_key).where(_account.c.account_key.in_(accounts))
    keys = query.where(_account.c.kind == AccountKind.KEY.value)
    return frozenset(tx.execute(keys).scalars())


def _marks(tx: Tx, subjects: set[str]) -> set[str]:
    """Return the marks of every address of some people and accounts."""
    return set(
        tx.execute(
            select(_vault.c.mark)
            .where(_vault.c.subject_key.in_(subjects))
            .where(_vault.c.kind == vault.EMAIL)
        ).scalars()
    )


def _identifiers(tx: Tx, subjects: set[str], moved_on: set[str]) -> Iterator[Identifier]:
    query = select(*vault.SEALED, _vault.c.mark).where(_vault.c.subject_key.in_(subjects))
    for row, value in vault.opened(tx, query):
        if not (row.kind == vault.EMAIL and row.mark in moved_on):
            yield Identifier(row.realm, row.kind, value)
