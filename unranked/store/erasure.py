"""Deletes one person out of every table, as `domain.policy` declares them, and looks again.

Nothing here names a table's columns for whose rows they are: a table that is declared is erased.
"""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import (
    ColumnElement,
    Table,
    and_,
    delete,
    exists,
    func,
    literal,
    not_,
    select,
    union_all,
    update,
)
from sqlmodel import SQLModel

from unranked.domain import policy
from unranked.domain.policy_terms import Erased, Key, Names
from unranked.domain.runtime import Ids
from unranked.domain.usage import AccountKind
from unranked.store import Store, Tx, people, ring, vault
from unranked.store.belongings import Belongings, on_their_days
from unranked.store.keys import in_parts
from unranked.store.outbox import WAITING, State
from unranked.store.people import StoredAccount
from unranked.store.tables import (
    Account,
    DoomedKey,
    Outbox,
    Person,
    Vault,
    table,
)

_outbox, _person, _vault = table(Outbox), table(Person), table(Vault)
_account = table(Account)
_by_day = [SQLModel.metadata.tables[one.name] for one in policy.TABLES if one.dated]
_doomed = table(DoomedKey)


def under_way(tx: Tx, person_key: str, *, now: datetime) -> int:
    """Return how many messages to the person another process holds at this moment."""
    held = and_(_outbox.c.claim != "", _outbox.c.claimed_until >= now)
    return int(
        tx.execute(
            select(func.count())
            .select_from(_outbox)
            .where(_outbox.c.person_key == person_key, _outbox.c.state.in_(WAITING), held)
        ).scalar_one()
    )


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that arrived, or of which nobody knows. stamp: empty where nobody knows."""

    key: str
    stamp: str
    tried_at: datetime | None


def sent(tx: Tx, person_key: str) -> list[Sent]:
    """Return what is, or may be, in the person's chat."""
    states = (State.SENT, State.SENDING, State.IN_DOUBT)
    rows = tx.execute(
        select(_outbox.c.key, _outbox.c.receipt, _outbox.c.attempted_at)
        .where(_outbox.c.person_key == person_key, _outbox.c.state.in_(states))
        .order_by(_outbox.c.created_at, _outbox.c.key)
    )
    return [Sent(*row) for row in rows]


def delete_rows(
    tx: Tx, belongings: Belongings, *, ids: Ids, replacement: str, today: date
) -> Mapping[str, int]:
    """Delete the person's rows and put `replacement` in place of a key that must stay.

    Returns how many rows went, by table. A second time there is nothing left to delete. Their keys
    are doomed: once this is stored, `destroy_keys` destroys them, also after a crash.
    """
    vault.doom(tx, belongings.keys | belongings.disclaimed)
    _detach(tx, belongings, today)
    _keep_for_nobody(tx, belongings, ids=ids, today=today)
    gone: dict[str, int] = {}
    for place, key in _keys():
        whose = place.c[key.column].in_(_stand_for(belongings, key))
        if key.erased is Erased.ROW:
            gone[place.name] = (
                gone.get(place.name, 0) + tx.execute(delete(place).where(whose)).rowcount
            )
        elif key.erased is Erased.EMPTIED:
            tx.execute(update(place).where(whose).values({key.column: None}))
        else:
            _replace(tx, place, key, belongings, ids=ids, replacement=replacement)
    return gone


def destroy_keys(store: Store) -> bool:
    """Destroy, one by one, the keys of whoever was deleted; return whether none of them is left.

    Safe to repeat, and to repeat after a crash: what was doomed stays so until its keys are gone,
    and from then on the files are known to hold it until `Store.wipe` cleared them. Takes the
    store, because that which is deleted must be stored before a key goes.
    """
    with store.read() as tx:
        waiting = sorted(tx.execute(select(_doomed.c.doomed)).scalars())
        bound = ring.of(tx).is_bound
    if not waiting or not bound:
        return True
    for subject in waiting:
        store.keys.destroy(subject)
    facts = store.keys.facts()
    with store.write() as tx:
        for some in in_parts(waiting, 500):
            tx.execute(delete(_doomed).where(_doomed.c.doomed.in_(some)))
        use = ring.of(tx)
        use.change(destroyed=max(facts.destroyed, use.state.destroyed), clean=False)
    return not store.keys.subjects(waiting)


def finish(store: Store) -> None:
    """Do what an erasure left undone: destroy keys, and clear the files.

    It may have been cut off, or somebody was reading a file just then.
    """
    with store.read() as tx:
        if is_finished(tx):
            return
    destroy_keys(store)
    store.wipe()


def is_finished(tx: Tx) -> bool:
    """Return whether no erasure before left a key, or anything in the files."""
    return ring.of(tx).state.clean and tx.execute(select(_doomed.c.doomed)).first() is None


def people_without_keys(tx: Tx) -> set[str]:
    """Return who stands in the roster though their keys were destroyed: who was forgotten."""
    use = ring.of(tx)
    if not use.is_bound:
        return set()
    known = people.keys(tx) & set(tx.execute(select(_vault.c.subject_key).distinct()).scalars())
    return known - use.keys.subjects(known)


def note_age(store: Store) -> None:
    """Note that nobody stands in the database any more whose keys were destroyed."""
    with store.write() as tx:
        use = ring.of(tx)
        if use.is_bound:
            use.change(destroyed=use.keys.facts().destroyed)


def left(tx: Tx, belongings: Belongings) -> Mapping[str, int]:
    """Return in how many rows of each table anything stands for the person: the second look."""
    columns = (
        select(literal(place.name).label("place"), func.count().label("n"))
        .select_from(place)
        .where(place.c[key.column].in_(_stand_for(belongings, key)))
        for place, key in _keys()
        if _stand_for(belongings, key)
    )
    marks = belongings.marks | {
        vault.mark(tx, one.realm, one.kind, one.value)
        for one in belongings.identifiers
        if one.kind != vault.NAME
    }
    # Somebody who once had the same address keeps that entry of their own.
    others = and_(_vault.c.realm == vault.ROSTER, _vault.c.kind == vault.EMAIL)
    named = select(literal(_vault.name).label("place"), func.count().label("n")).where(
        _vault.c.mark.in_(marks), not_(others)
    )
    counts = union_all(*columns, named).subquery()
    found = tx.execute(select(counts.c.place, func.sum(counts.c.n)).group_by(counts.c.place))
    return {place.name: 0 for place, _ in _keys()} | {name: int(n) for name, n in found}


def sweep(tx: Tx) -> int:
    """Delete what belongs to nobody in the roster any more; return how many rows.

    Somebody may have been erased between a look at them and what was stored because of it.
    """
    person = exists().where(_person.c.person_key == _vault.c.subject_key)
    account = exists().where(_account.c.account_key == _vault.c.subject_key)
    nobody = and_(_vault.c.kind.in_(vault.OF_PEOPLE), not_(person), not_(account))
    vault.doom(tx, tx.execute(select(_vault.c.subject_key).where(nobody)).scalars())
    done = tx.execute(delete(_vault).where(nobody)).rowcount
    for place, key in _keys():
        if (
            key.own
            and key.names is Names.PERSON
            and key.erased is Erased.ROW
            and place is not _person
        ):
            known = exists().where(_person.c.person_key == place.c[key.column])
            done += tx.execute(delete(place).where(not_(known))).rowcount
    return done


def _keys() -> Iterator[tuple[Table, Key]]:
    for declared in policy.TABLES:
        for key in declared.keys:
            yield SQLModel.metadata.tables[declared.name], key


def _stand_for(belongings: Belongings, key: Key) -> AbstractSet[str]:
    """Return the person's keys that may stand in a column."""
    if key.names is Names.PERSON:
        return {belongings.person_key}
    if key.names is Names.SUBJECT:
        # A disclaimed account keeps its rows, and leads to nobody any more.
        return belongings.keys | belongings.disclaimed
    return belongings.accounts if key.own or key.erased is Erased.ROW else belongings.credentials


def _replace(
    tx: Tx, place: Table, key: Key, belongings: Belongings, *, ids: Ids, replacement: str
) -> None:
    # One key for the person everywhere: who is in two groups must not become two people, or the
    # gate would take an overlap for none (4.5). An account's new key is of its own.
    for old in sorted(_stand_for(belongings, key)):
        new = replacement if key.names is Names.PERSON else ids.key("a")
        column = place.c[key.column]
        tx.execute(update(place).where(column == old).values({key.column: new}))


def _detach(tx: Tx, belongings: Belongings, today: date) -> None:
    """Take the person's addresses from accounts that are somebody else's too.

    Whoever's address remains gets such an account from today on, and not the days on which it was
    the person's as well.
    """
    for account in sorted(belongings.shared):
        own = and_(_vault.c.subject_key == account, _vault.c.kind == vault.EMAIL)
        theirs: ColumnElement[bool] = _vault.c.mark.in_(belongings.marks)
        if tx.execute(delete(_vault).where(own, theirs)).rowcount:
            later = and_(own, _vault.c.since < today)
            tx.execute(update(_vault).where(later).values(since=today))


def _keep_for_nobody(tx: Tx, belongings: Belongings, *, ids: Ids, today: date) -> None:
    """Let rows that stay count as those of people who were erased.

    They lead to nobody, and hold up nobody's figures as rows of unknown accounts would (2.2 e).
    """
    erased = AccountKind.ERASED
    disclaimed = _account.c.account_key.in_(belongings.disclaimed)
    tx.execute(update(_account).where(disclaimed).values(kind=erased.value))
    for account in sorted(belongings.shared):
        ours = select(_account.c.connector).where(_account.c.account_key == account)
        connector = str(tx.execute(ours).scalar_one())
        new = ids.key("a")
        alone = replace(belongings, shared=frozenset({account}))
        moved = 0
        for place in _by_day:
            days = on_their_days(place, place.c.account_key, alone)
            moved += tx.execute(update(place).where(days).values(account_key=new)).rowcount
        if moved:
            people.add_accounts(tx, connector, [StoredAccount(new, erased, today)])
