"""Whose use may not be seen whole: silence of theirs means nothing."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import ColumnElement, CompoundSelect, and_, func, or_, select

from unranked.domain.privacy import K
from unranked.store import Tx
from unranked.store.tables import Account, Tie, table

_account, _tie = table(Account), table(Tie)


def had_seat(on: date) -> ColumnElement[bool]:
    """Return the condition on an account that it had a seat on a day, as far as that is known.

    An account that only a report of use has made has none.
    """
    ended = or_(_account.c.seat_until.is_(None), _account.c.seat_until > on)
    return and_(_account.c.seat_since <= on, ended)


def of_few(tx: Tx, *, on: date) -> frozenset[str]:
    """Return the tools in which somebody had a seat on a day, and fewer than ten people had.

    Whether such a tool is complete can hang on what one of them does.
    """
    tools = tx.execute(select(_account.c.connector).distinct()).scalars().all()
    return frozenset(one for one in tools if 0 < _seated(tx, one, on) < K)


def _seated(tx: Tx, connector: str, on: date) -> int:
    """Return how many people had a seat of a tool on a day; of more than ten, ten."""
    tied = and_(_tie.c.since <= on, or_(_tie.c.until.is_(None), _tie.c.until > on))
    people = (
        select(_tie.c.person_key)
        .join(_account, _account.c.account_key == _tie.c.account_key)
        .where(_account.c.connector == connector, had_seat(on), tied)
        .distinct()
        .limit(K)
    )
    return int(tx.execute(select(func.count()).select_from(people.subquery())).scalar_one())


def dark(in_sight: Collection[str], *, seated_on: date | None = None) -> CompoundSelect[str]:
    """Return the query for people with something in the dark.

    They have an account with a tool that is not connected any more, or a seat that was theirs and
    that now leads to nobody, as after a change of address.

    in_sight: the tools that are connected, and whatever is no tool.
    seated_on: of the first kind only accounts with a seat on that day, which nobody's use makes.
    """
    off = (
        select(_tie.c.person_key)
        .join(_account, _account.c.account_key == _tie.c.account_key)
        .where(_account.c.connector.not_in(in_sight), _tie.c.until.is_(None))
    )
    if seated_on is not None:
        off = off.where(had_seat(seated_on))
    held = select(_tie.c.account_key).where(_tie.c.until.is_(None))
    lost = (
        select(_tie.c.person_key)
        .join(_account, _account.c.account_key == _tie.c.account_key)
        .where(_account.c.seat_since.is_not(None), _account.c.seat_until.is_(None))
        .where(_tie.c.until.is_not(None), _account.c.account_key.not_in(held))
    )
    return off.union(lost)


def in_the_dark(tx: Tx, in_sight: Collection[str]) -> set[str]:
    """Return people with something in the dark; see `dark`."""
    return set(tx.execute(dark(in_sight)).scalars())
