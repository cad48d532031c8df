"""How many of a tool's seats lead to a person: what an operator has to mend in addresses."""

from dataclasses import dataclass

from sqlalchemy import exists, func, select

from unranked.store import Tx
from unranked.store.tables import Account, Tie, table

_account, _tie = table(Account), table(Tie)


@dataclass(frozen=True, slots=True)
class Match:
    """Seats that are held now, and those of them whose account is tied to a person."""

    seats: int
    matched: int


def of_connector(tx: Tx, connector: str) -> Match:
    """Return the seats of one connector, in exact numbers."""
    held = (
        select(_account.c.account_key)
        .where(_account.c.connector == connector)
        .where(_account.c.seat_since.is_not(None), _account.c.seat_until.is_(None))
        .subquery()
    )
    tied = exists().where(_tie.c.account_key == held.c.account_key, _tie.c.until.is_(None))
    seats = tx.execute(select(func.count()).select_from(held)).scalar_one()
    matched = tx.execute(select(func.count()).select_from(held).where(tied)).scalar_one()
    return Match(int(seats), int(matched))
