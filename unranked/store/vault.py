"""The only place where a directory identifier stands in clear.

Everything else carries a `person_key` or an `account_key`. An entry says that a value belongs to a
subject on the days [since, until). Encryption and erasure can change here without any other table.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from unranked.domain.people import Claim
from unranked.store import Tx
from unranked.store.tables import Vault, table

EVER = date(1970, 1, 1)
"""Since when an address belongs to its first known holder."""

ROSTER = "roster"
SLACK = "slack"
EMAIL = "email"
NAME = "name"
MEMBER = "member"
ACCOUNT = "account"
CONVERSATION = "conversation"
WORKSPACE = "workspace"
OF_PEOPLE = (EMAIL, NAME, MEMBER, ACCOUNT, CONVERSATION)
"""The kinds of value that name people and their accounts."""

_vault = table(Vault)


@dataclass(frozen=True, slots=True)
class Entry:
    """A value that names a subject in some realm."""

    subject_key: str
    realm: str
    kind: str
    value: str = field(repr=False)
    since: date = EVER


def put(tx: Tx, entries: Iterable[Entry]) -> None:
    """Store new entries. What is there already stays; call `end` first when a value moves on."""
    rows = [
        {
            "subject_key": e.subject_key,
            "realm": e.realm,
            "kind": e.kind,
            "value": e.value,
            "since": e.since,
        }
        for e in entries
    ]
    if rows:
        tx.execute(insert(_vault), rows)


def end(tx: Tx, entries: Iterable[Entry], *, on: date) -> None:
    """Say that from `on` the values no longer belong to their subjects."""
    for e in entries:
        tx.execute(
            update(_vault)
            .where(_vault.c.realm == e.realm, _vault.c.kind == e.kind, _vault.c.value == e.value)
            .where(_vault.c.subject_key == e.subject_key, _vault.c.until.is_(None))
            .values(until=on)
        )


def current(tx: Tx, realm: str, kind: str) -> Mapping[str, str]:
    """Return every value that is in force with its subject, for bulk work."""
    rows = tx.execute(
        select(_vault.c.value, _vault.c.subject_key)
        .where(_vault.c.realm == realm, _vault.c.kind == kind, _vault.c.until.is_(None))
        .order_by(_vault.c.id)
    )
    return {str(value): str(subject_key) for value, subject_key in rows}


def subject(tx: Tx, realm: str, kind: str, value: str) -> str | None:
    """Return whom the value names now, or None. Always one query."""
    row = tx.execute(
        select(_vault.c.subject_key).where(
            _vault.c.realm == realm,
            _vault.c.kind == kind,
            _vault.c.value == value,
            _vault.c.until.is_(None),
        )
    ).first()
    return None if row is None else str(row[0])


def value(tx: Tx, subject_key: str, realm: str, kind: str) -> str | None:
    """Return the subject's newest value of that kind, or None."""
    row = tx.execute(
        select(_vault.c.value)
        .where(_vault.c.subject_key == subject_key, _vault.c.realm == realm)
        .where(_vault.c.kind == kind, _vault.c.until.is_(None))
        .order_by(_vault.c.id.desc())
    ).first()
    return None if row is None else str(row[0])


def forget(tx: Tx, subject_key: str, realm: str, kind: str) -> None:
    """Delete the subject's values of one realm and kind."""
    mine = (_vault.c.subject_key == subject_key) & (_vault.c.realm == realm)
    tx.execute(delete(_vault).where(mine, _vault.c.kind == kind))


def destroy(tx: Tx, subject_key: str) -> None:
    """Delete every entry of the subject; its key then leads nowhere."""
    tx.execute(delete(_vault).where(_vault.c.subject_key == subject_key))


def claims(tx: Tx, account_key: str | None = None) -> Iterator[Claim]:
    """Yield which accounts, or which one, share an e-mail address with whom, and on which days."""
    account, person = _vault.alias("account"), _vault.alias("person")
    query = (
        select(
            account.c.subject_key,
            person.c.subject_key,
            account.c.since,
            account.c.until,
            person.c.since,
            person.c.until,
        )
        .join(person, person.c.value == account.c.value)
        .where(account.c.kind == EMAIL, account.c.realm != ROSTER)
        .where(person.c.kind == EMAIL, person.c.realm == ROSTER)
        .order_by(account.c.subject_key)
    )
    if account_key is not None:
        query = query.where(account.c.subject_key == account_key)
    for row in tx.execute(query):
        claim = _shared_days(tuple(row))
        if claim is not None:
            yield claim


def _shared_days(row: tuple[Any, ...]) -> Claim | None:
    account_key, person_key, a_since, a_until, p_since, p_until = row
    since = max(a_since, p_since)
    until = min(a_until or date.max, p_until or date.max)
    if since >= until:
        return None
    return Claim(account_key, person_key, since, None if until == date.max else until)


@dataclass(frozen=True, slots=True)
class Holders:
    """Who holds which address. now: (address, person) in force. last: address to newest holder."""

    now: frozenset[tuple[str, str]] = field(repr=False)
    last: Mapping[str, str] = field(repr=False)


def holders(tx: Tx) -> Holders:
    """Return who in the roster holds which e-mail address."""
    rows = tx.execute(
        select(_vault.c.value, _vault.c.subject_key, _vault.c.until)
        .where(_vault.c.realm == ROSTER, _vault.c.kind == EMAIL)
        .order_by(_vault.c.id)
    ).all()
    return Holders(
        now=frozenset((row[0], row[1]) for row in rows if row[2] is None),
        last={row[0]: row[1] for row in rows},
    )


def values(tx: Tx, realm: str, kind: str) -> Mapping[str, str]:
    """Return every subject with its value in force, the newest where there are several."""
    rows = tx.execute(
        select(_vault.c.subject_key, _vault.c.value)
        .where(_vault.c.realm == realm, _vault.c.kind == kind, _vault.c.until.is_(None))
        .order_by(_vault.c.id)
    )
    return {str(subject_key): str(value) for subject_key, value in rows}


def replace(tx: Tx, entries: Iterable[Entry]) -> None:
    """Store entries in place of whatever their subjects had of the same realm and kind."""
    fresh = list(entries)
    if fresh:
        tx.execute(
            delete(_vault).where(
                _vault.c.subject_key == bindparam("subject"),
                _vault.c.realm == bindparam("of_realm"),
                _vault.c.kind == bindparam("of_kind"),
            ),
            [{"subject": e.subject_key, "of_realm": e.realm, "of_kind": e.kind} for e in fresh],
        )
    put(tx, fresh)


def pairs(tx: Tx, realm: str, kind: str) -> set[tuple[str, str]]:
    """Return (subject, value) of everything in force of a realm and kind."""
    rows = tx.execute(
        select(_vault.c.subject_key, _vault.c.value).where(
            _vault.c.realm == realm, _vault.c.kind == kind, _vault.c.until.is_(None)
        )
    )
    return {(str(subject_key), str(value)) for subject_key, value in rows}
