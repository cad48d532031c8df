"""How many seats or accounts lead to a person: what an operator has to mend in addresses."""

from dataclasses import dataclass

from sqlalchemy import exists, func, select

from unranked.store import Tx
from unranked.store.tables import Account, Tie, table

_account, _tie = table(Account), table(Tie)


@dataclass(frozen=True, slots=True)
class Match:
    """Seats that are held now, or accounts, and those of them that are tied to a person."""

    number: int
    matched: int


def of_connector(tx: Tx, connector: str, *, seats: bool) -> Match:
    """Return the seats of one connector, or the accounts of its members, in exact numbers."""
    listed = select(_account.c.account_key).where(_account.c.connector == connector)
    if seats:
        held = listed.where(_account.c.seat_since.is_not(None), _account.c.seat_until.is_(None))
    else:
        held = listed.where(_account.c.listed.is_(True))
    found = held.subquery()
    tied = exists().where(_tie.c.account_key == found.c.account_key, _tie.c.until.is_(None))
    number = tx.execute(select(func.count()).select_from(found)).scalar_one()
    matched = tx.execute(select(func.count()).select_from(found).where(tied)).scalar_one()
    return Match(int(number), int(matched))
