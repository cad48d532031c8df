"""Which hint somebody was shown on which day, so that there is at most one in 30 days."""

from datetime import date

from sqlalchemy import select, text

from unranked.store import Tx
from unranked.store.tables import Hint, table

_hint = table(Hint)
_SHOWN = text(
    # In one statement: somebody may ask twice at once.
    f"INSERT INTO {_hint.name} (person_key, shown_on, kind) "  # noqa: S608 - our own names
    "VALUES (:person_key, :shown_on, :kind) ON CONFLICT (person_key, shown_on) DO NOTHING"
)


def shown_on(tx: Tx, person_key: str) -> list[date]:
    """Return the days on which the person was shown a hint."""
    return list(
        tx.execute(select(_hint.c.shown_on).where(_hint.c.person_key == person_key)).scalars()
    )


def shown(tx: Tx, person_key: str, kind: str, *, on: date) -> None:
    """Note that a hint was shown; a second time on the same day is the same."""
    tx.execute(_SHOWN, {"person_key": person_key, "shown_on": on, "kind": kind})
