"""Which hint somebody was shown on which day, so that there is at most one in 30 days."""

from datetime import date

from sqlalchemy import insert, select

from unranked.store import Tx
from unranked.store.tables import Hint, table

_hint = table(Hint)


def shown_on(tx: Tx, person_key: str) -> list[date]:
    """Return the days on which the person was shown a hint."""
    return list(
        tx.execute(select(_hint.c.shown_on).where(_hint.c.person_key == person_key)).scalars()
    )


def shown(tx: Tx, person_key: str, kind: str, *, on: date) -> None:
    """Note that a hint was shown; a second time on the same day is the same."""
    if on not in shown_on(tx, person_key):
        tx.execute(insert(_hint).values(person_key=person_key, shown_on=on, kind=kind))
