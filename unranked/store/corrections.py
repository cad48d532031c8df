"""A person's own accounts, and those of which they said that they are not theirs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import RowMapping, and_, delete, insert, select

from unranked.domain.usage import ONE_DAY, AccountKind
from unranked.store import Tx, own_ties, vault
from unranked.store.tables import Account, Disclaimer, Tie, Vault, table

_account, _tie, _disclaimer = table(Account), table(Tie), table(Disclaimer)
_vault = table(Vault)


BY_ADDRESS = "email:"
"""How the id begins that stands for an account of which a report says an address, and no id."""


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """An account that counts, or counted, as a person's.

    kind: a key counts as its owner's.
    licensed: it is theirs and gives access now. dated: since when is known, and that is `since`;
        else since is the day on which the account was first seen, or on which it became theirs.
    by_address: a report names it by its address alone.
    """

    account_key: str
    connector: str
    kind: AccountKind
    since: date
    licensed: bool
    dated: bool
    by_address: bool


def own_accounts(tx: Tx, person_key: str) -> list[OwnAccount]:
    """Return the accounts whose days count as the person's, by tool and age.

    One that was theirs twice is as it is the second time: in between it was somebody else's.
    """
    tied = _tie.c.since.label("tied_since"), _tie.c.until.label("tied_until")
    rows = tx.execute(
        select(_account, *tied)
        .join(_tie, _tie.c.account_key == _account.c.account_key)
        .where(_tie.c.person_key == person_key, own_ties.shown())
        .order_by(_account.c.connector, _account.c.first_seen, _account.c.account_key)
        .order_by(_tie.c.since.desc())
    )
    found: dict[str, OwnAccount] = {}
    for row, by_address in _with_ids(tx, rows.mappings().all()):
        theirs = row["tied_since"], row["tied_until"]
        known = _known(row, theirs, by_address=by_address)
        one = OwnAccount(row["account_key"], row["connector"], *known)
        found.setdefault(one.account_key, one)
    return list(found.values())


@dataclass(frozen=True, slots=True)
class Disclaimed:
    """An account of which the person said, on a day, that it is not theirs.

    The rest as in OwnAccount.
    """

    account_key: str
    connector: str
    kind: AccountKind
    since: date
    licensed: bool
    dated: bool
    by_address: bool
    made_on: date


def disclaimed_by(tx: Tx, person_key: str) -> list[Disclaimed]:
    """Return what the person said is not theirs, by tool and day."""
    rows = tx.execute(
        select(_account, _disclaimer.c.made_on)
        .join(_disclaimer, _disclaimer.c.account_key == _account.c.account_key)
        .where(_disclaimer.c.person_key == person_key)
        .order_by(_account.c.connector, _disclaimer.c.made_on, _disclaimer.c.account_key)
    )
    found: dict[str, Disclaimed] = {}
    for row, by_address in _with_ids(tx, rows.mappings().all()):
        theirs = _theirs(tx, row["account_key"], person_key)
        known = _known(row, theirs, by_address=by_address)
        one = Disclaimed(row["account_key"], row["connector"], *known, row["made_on"])
        found.setdefault(one.account_key, one)
    return list(found.values())


def _theirs(tx: Tx, account_key: str, person_key: str) -> tuple[date, date | None]:
    """Return on which days the account would be the person's by its address, the latest ones."""
    own = [one for one in vault.claims(tx, account_key) if one.person_key == person_key]
    last = max(own, key=lambda one: one.since, default=None)
    return (vault.EVER, None) if last is None else (last.since, last.until)


def _with_ids(tx: Tx, rows: Sequence[RowMapping]) -> Iterator[tuple[RowMapping, bool]]:
    """Yield the rows of accounts, and of each whether a report names it by its address alone."""
    keys = {row["account_key"] for row in rows}
    ids = select(*vault.SEALED).where(_vault.c.subject_key.in_(keys))
    named = vault.opened(tx, ids.where(_vault.c.kind == vault.ACCOUNT))
    by_address = {it.subject_key for it, value in named if value.startswith(BY_ADDRESS)}
    return ((row, row["account_key"] in by_address) for row in rows)


def _known(
    row: RowMapping, theirs: tuple[date, date | None], *, by_address: bool
) -> tuple[AccountKind, date, bool, bool, bool]:
    """Return kind, since, licensed, dated and by_address of an account.

    theirs: the days on which it is the person's. Of one that is theirs no more nothing is said of
    after them: that is somebody else's.
    """
    since, until = theirs
    licence = row["seat_since"]
    licensed = licence is not None and row["seat_until"] is None and until is None
    dated = licensed and row["seat_dated"] and licence >= since
    seen = row["first_seen"] if until is None else min(row["first_seen"], until - ONE_DAY)
    known_since = licence if dated else max(seen, since)
    return AccountKind(row["kind"]), known_since, licensed, dated, by_address


def disclaim(tx: Tx, account_key: str, person_key: str, *, on: date) -> bool:
    """Store that an account is not the person's; return False where it does not count as theirs.

    Nothing is asked of an account that is tied to somebody else: the answer is the same.
    """
    own = and_(_tie.c.account_key == account_key, _tie.c.person_key == person_key)
    if tx.execute(select(_tie.c.since).where(own)).first() is None:
        return False
    row = {"account_key": account_key, "person_key": person_key, "made_on": on}
    reclaim(tx, account_key, person_key)
    tx.execute(insert(_disclaimer).values(row))
    return True


def reclaim(tx: Tx, account_key: str, person_key: str) -> bool:
    """Forget that the person said so; return whether they had."""
    done = tx.execute(
        delete(_disclaimer)
        .where(_disclaimer.c.account_key == account_key)
        .where(_disclaimer.c.person_key == person_key)
    )
    return done.rowcount > 0


def pairs(tx: Tx, account_key: str | None = None) -> set[tuple[str, str]]:
    """Return the pairs (account, person) that stay apart, of one account or of all."""
    query = select(_disclaimer.c.account_key, _disclaimer.c.person_key)
    if account_key is not None:
        query = query.where(_disclaimer.c.account_key == account_key)
    return {(str(account), str(person)) for account, person in tx.execute(query)}


def copy(tx: Tx, old_key: str, new_key: str) -> None:
    """Let what one key said of its accounts hold for another, too."""
    said = select(_disclaimer).where(_disclaimer.c.person_key == old_key)
    for row in tx.execute(said).mappings().all():
        reclaim(tx, row["account_key"], new_key)
        tx.execute(insert(_disclaimer).values({**row, "person_key": new_key}))
