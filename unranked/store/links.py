"""Links to a person's own export: good once, and for a short time."""

from datetime import datetime

from sqlalchemy import delete, insert, select, update

from unranked.store import Tx
from unranked.store.tables import ExportLink, table

_link = table(ExportLink)


def add(tx: Tx, mark: str, person_key: str, *, now: datetime, expires_at: datetime) -> None:
    """Store a new link by the hash of its token; the person's older ones end, and all old ones."""
    over = (_link.c.expires_at <= now) | (_link.c.person_key == person_key)
    tx.execute(delete(_link).where(over))
    tx.execute(insert(_link).values(mark=mark, person_key=person_key, expires_at=expires_at))


def use(tx: Tx, mark: str, *, now: datetime) -> str | None:
    """Use up a link; return whose export it opens, None for one that is used, over or unknown.

    One conditional update: of two who come at once, one gets it.
    """
    mine = (_link.c.mark == mark) & _link.c.used_at.is_(None) & (_link.c.expires_at > now)
    if tx.execute(update(_link).where(mine).values(used_at=now)).rowcount != 1:
        return None
    return str(tx.execute(select(_link.c.person_key).where(_link.c.mark == mark)).scalar_one())
