"""What people said that AI was worth to them, week by week."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, or_, select, text, update

from unranked.domain.runtime import Ids
from unranked.store import Tx, vault
from unranked.store.outbox import Kind, State
from unranked.store.tables import CheckIn, Outbox, table
from unranked.store.tombstones import INSTALLATION
from unranked.store.vault import Entry

_checkin, _outbox = table(CheckIn), table(Outbox)
_SALT = "draw"
_PUT = text(
    # In one statement: somebody may press two buttons at once.
    f"INSERT INTO {_checkin.name} (person_key, week, minutes, spent, answered_on) "  # noqa: S608 - our own names
    "VALUES (:person_key, :week, :minutes, :spent, :answered_on) "
    "ON CONFLICT (person_key, week) DO UPDATE SET minutes = excluded.minutes, "
    "spent = excluded.spent, answered_on = excluded.answered_on"
)


@dataclass(frozen=True, slots=True)
class Answer:
    """One week's answer. minutes: None where it was skipped. spent: empty where nothing is said."""

    week: date
    minutes: int | None = field(repr=False)
    spent: str = field(default="", repr=False)


def answers(tx: Tx, person_key: str) -> Mapping[date, Answer]:
    """Return the person's answers, by the Monday of their week, in order."""
    rows = tx.execute(_own(), {"person": person_key})
    return {row[0]: Answer(*row) for row in rows.all()}


@cache
def _own() -> Select[Any]:
    query = select(_checkin.c.week, _checkin.c.minutes, _checkin.c.spent)
    return query.where(_checkin.c.person_key == bindparam("person")).order_by(_checkin.c.week)


def answered(tx: Tx, people: Collection[str], week: date) -> set[str]:
    """Return who of these people has answered for a week, or skipped it."""
    query = select(_checkin.c.person_key).where(_checkin.c.week == week)
    return set(tx.execute(query.where(_checkin.c.person_key.in_(people))).scalars())


def put(tx: Tx, person_key: str, answer: Answer, *, on: date) -> None:
    """Store an answer in place of any other for its week."""
    row = {"person_key": person_key, "answered_on": on, "week": answer.week}
    tx.execute(_PUT, {**row, "minutes": answer.minutes, "spent": answer.spent})


def say_where(tx: Tx, person_key: str, week: date, spent: str) -> None:
    """Store where the time of a week went that brought any; nothing happens for other weeks."""
    tx.execute(
        update(_checkin)
        .where(_checkin.c.person_key == person_key, _checkin.c.week == week)
        .where(_checkin.c.minutes > 0)
        .values(spent=spent)
    )


def unanswered(tx: Tx, people: Collection[str], *, since: datetime) -> Mapping[str, int]:
    """Return how many questions in a row each of these people left, of those sent since then."""
    asked = and_(
        _outbox.c.kind == Kind.PULSE.value,
        _outbox.c.state == State.SENT.value,
        _outbox.c.created_at >= since,
        _outbox.c.person_key.in_(people),
    )
    reacted = (
        select(_outbox.c.person_key, func.max(_outbox.c.created_at).label("last"))
        .where(asked, _outbox.c.answered_on.is_not(None))
        .group_by(_outbox.c.person_key)
        .subquery()
    )
    rows = tx.execute(
        select(_outbox.c.person_key, func.count())
        .outerjoin(reacted, reacted.c.person_key == _outbox.c.person_key)
        .where(asked, _outbox.c.answered_on.is_(None))
        .where(or_(reacted.c.last.is_(None), _outbox.c.created_at > reacted.c.last))
        .group_by(_outbox.c.person_key)
    )
    return {key: int(count) for key, count in rows}


def salt(tx: Tx, ids: Ids, *, keep: bool = True) -> bytes:
    """Return the salt of the draw of days, drawn once for this installation.

    keep: False for a trial, which must not write: without a stored one it gets any.
    """
    known = known_salt(tx)
    if known is None:
        known = ids.salt()
        if keep:
            vault.put(tx, [Entry(INSTALLATION, INSTALLATION, _SALT, known.hex())])
    return known


def known_salt(tx: Tx) -> bytes | None:
    """Return the salt of the draw of days, None before it was drawn."""
    known = vault.value(tx, INSTALLATION, INSTALLATION, _SALT)
    return None if known is None else bytes.fromhex(known)
