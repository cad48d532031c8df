"""The only place that says who is behind a key, and there it is sealed.

Everything else carries a `person_key` or an `account_key`. An entry says that a value belongs to a
subject on the days [since, until). It is sealed with its subject's own key out of the key store,
and bound to subject, realm and kind; a mark, a keyed hash, is what it is looked up by. A value
whose subject has no key any more was forgotten: it is as if it were not there.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Row, Select, bindparam, delete, insert, select, update

from unranked.domain.people import Claim
from unranked.store import Tx, ring, sealing
from unranked.store.keys import in_parts
from unranked.store.ring import Use
from unranked.store.tables import DoomedKey, Vault, table

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

_vault, _doomed = table(Vault), table(DoomedKey)
_SEALED = (
    *(_vault.c.subject_key, _vault.c.realm, _vault.c.kind),
    *(_vault.c.generation, _vault.c.sealed),
)


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
    # By their subjects: the order in which a list named people would tell who they are.
    fresh = sorted(entries, key=lambda e: e.subject_key)
    if not fresh:
        return
    use = ring.of(tx)
    use.bind()
    number = use.state.seals
    for some in in_parts(fresh):
        keys = use.keys.make([e.subject_key for e in some], number)
        rows = [
            {
                "subject_key": e.subject_key,
                "realm": e.realm,
                "kind": e.kind,
                "mark": _mark(use, e.realm, e.kind, e.value),
                "generation": number,
                "sealed": sealed_value(keys[e.subject_key], e, number),
                "since": e.since,
            }
            for e in some
        ]
        tx.execute(insert(_vault), rows)


def end(tx: Tx, entries: Iterable[Entry], *, on: date) -> None:
    """Say that from `on` the values no longer belong to their subjects."""
    over = [
        {"subject": e.subject_key, "of_realm": e.realm, "of_kind": e.kind, "marked": its}
        for e in entries
        for its in [mark(tx, e.realm, e.kind, e.value)]
    ]
    if over:
        its = _vault.c.mark == bindparam("marked")
        open_ended = _vault.c.until.is_(None)
        tx.execute(update(_vault).where(_of_one(), its, open_ended).values(until=on), over)


def current(tx: Tx, realm: str, kind: str) -> Mapping[str, str]:
    """Return every value that is in force with its subject, for bulk work."""
    return {value: row[0] for row, value in opened(tx, _in_force(realm, kind))}


def subject(tx: Tx, realm: str, kind: str, value: str) -> str | None:
    """Return whom the value names now, or None. Always one query for it."""
    row = tx.execute(
        select(_vault.c.subject_key)
        .where(
            _vault.c.realm == realm,
            _vault.c.kind == kind,
            _vault.c.mark == mark(tx, realm, kind, value),
            _vault.c.until.is_(None),
        )
        .order_by(_vault.c.id.desc())
    ).first()
    return None if row is None else str(row[0])


def value(tx: Tx, subject_key: str, realm: str, kind: str) -> str | None:
    """Return the subject's newest value of that kind, or None."""
    mine = _in_force(realm, kind, newest_first=True).where(_vault.c.subject_key == subject_key)
    return next((found for _, found in opened(tx, mine.limit(1))), None)


def forget(tx: Tx, subject_key: str, realm: str, kind: str) -> None:
    """Delete the subject's values of one realm and kind."""
    mine = (_vault.c.subject_key == subject_key) & (_vault.c.realm == realm)
    tx.execute(delete(_vault).where(mine, _vault.c.kind == kind))


def destroy(tx: Tx, subject_key: str) -> None:
    """Delete every entry of the subject; its key then leads nowhere, and is doomed itself."""
    tx.execute(delete(_vault).where(_vault.c.subject_key == subject_key))
    doom(tx, [subject_key])


def doom(tx: Tx, subjects: Iterable[str]) -> None:
    """Note that the subjects' keys are to be destroyed, as soon as this transaction is stored."""
    known = set(tx.execute(select(_doomed.c.doomed)).scalars())
    rows = [{"doomed": one} for one in sorted(set(subjects) - known)]
    if rows:
        tx.execute(insert(_doomed), rows)


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
        .join(person, person.c.mark == account.c.mark)
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
    """Who holds which address.

    now: (address, person) in force. last: address to newest holder. ever: who ever held one.
    """

    now: frozenset[tuple[str, str]] = field(repr=False)
    last: Mapping[str, str] = field(repr=False)
    ever: frozenset[str] = field(repr=False)


def holders(tx: Tx) -> Holders:
    """Return who in the roster holds which e-mail address."""
    query = (
        select(*_SEALED, _vault.c.until)
        .where(_vault.c.realm == ROSTER, _vault.c.kind == EMAIL)
        .order_by(_vault.c.id)
    )
    found = list(opened(tx, query))
    return Holders(
        now=frozenset((value, row[0]) for row, value in found if row.until is None),
        last={value: row[0] for row, value in found},
        ever=frozenset(row[0] for row, _ in found),
    )


def values(tx: Tx, realm: str, kind: str) -> Mapping[str, str]:
    """Return every subject with its value in force, the newest where there are several."""
    return {row[0]: value for row, value in opened(tx, _in_force(realm, kind))}


def replace(tx: Tx, entries: Iterable[Entry]) -> None:
    """Store entries in place of whatever their subjects had of the same realm and kind."""
    fresh = list(entries)
    if fresh:
        tx.execute(
            delete(_vault).where(_of_one()),
            [{"subject": e.subject_key, "of_realm": e.realm, "of_kind": e.kind} for e in fresh],
        )
    put(tx, fresh)


def pairs(tx: Tx, realm: str, kind: str) -> set[tuple[str, str]]:
    """Return (subject, value) of everything in force of a realm and kind."""
    return {(row[0], value) for row, value in opened(tx, _in_force(realm, kind))}


def mark(tx: Tx, realm: str, kind: str, value: str) -> str:
    """Return what a value is looked up by; what matches nothing before anything was sealed.

    That of an e-mail address is the same in every realm, for by it accounts lead to people.
    """
    use = ring.of(tx)
    return _mark(use, realm, kind, value) if use.is_bound else "none"


def opened(tx: Tx, query: Select[Any]) -> Iterator[tuple[Row[Any], str]]:
    """Yield the rows of a query that begins with the columns of `SEALED`, each with its value.

    Those of a subject whose keys were destroyed are left out.
    """
    use = ring.of(tx)
    rows: Sequence[Row[Any]] = tx.execute(query).all()
    for some in in_parts(rows):
        keys = use.keys.get({row[0] for row in some})
        for row in some:
            subject_key, realm, kind, number, sealed = tuple(row)[: len(_SEALED)]
            own = keys.get(subject_key)
            if own is not None and number in own:
                bound_to = _of_kind(realm, kind, number) + subject_key.encode()
                yield row, sealing.unseal_text(own[number], sealed, bound_to)


def sealed_value(key: bytes, entry: Entry, number: int) -> bytes:
    """Return the value of an entry, sealed with its subject's key of a generation."""
    bound_to = _bound_to(entry.subject_key, entry.realm, entry.kind, number)
    return sealing.seal_text(key, entry.value, bound_to)


SEALED = _SEALED
"""The columns that are needed to open a value."""


def _mark(use: Use, realm: str, kind: str, value: str) -> str:
    if kind == NAME:  # nobody looks for one, and equal ones must not look equal
        return ""
    of = "" if kind == EMAIL else realm
    return sealing.mark(use.marking.index, sealing.about(of, kind, value))


def _bound_to(subject_key: str, realm: str, kind: str, number: int) -> bytes:
    return _of_kind(realm, kind, number) + subject_key.encode()


@lru_cache(maxsize=1_000)
def _of_kind(realm: str, kind: str, number: int) -> bytes:
    return sealing.about("value", realm, kind, str(number))


def _in_force(realm: str, kind: str, *, newest_first: bool = False) -> Select[Any]:
    order = _vault.c.id.desc() if newest_first else _vault.c.id
    return (
        select(*_SEALED)
        .where(_vault.c.realm == realm, _vault.c.kind == kind, _vault.c.until.is_(None))
        .order_by(order)
    )


def _of_one() -> Any:  # noqa: ANN401 - a condition
    return (
        (_vault.c.subject_key == bindparam("subject"))
        # Joined to nothing, so that SQLite does not search everybody's entries of the kind.
        & (_vault.c.realm + "" == bindparam("of_realm"))
        & (_vault.c.kind == bindparam("of_kind"))
    )
