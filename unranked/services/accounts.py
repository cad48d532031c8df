"""Provider accounts as they come in: each gets a random key; what names it goes to the vault."""

from collections.abc import Iterable
from datetime import date

from unranked.domain.runtime import Ids
from unranked.domain.usage import ERASED, NOBODY, AccountKind, AccountRecord, AccountRef
from unranked.store import Tx, people, tombstones, vault
from unranked.store.belongings import Identifier
from unranked.store.people import StoredAccount
from unranked.store.vault import Entry


class Accounts:
    """The accounts of one connector, read once for a whole feed. `save` stores what is new.

    An account of somebody who was erased is the one account of all who were. `pooled` are the keys
    whose rows say nothing of who it was.
    When a transaction fails after `save`, this object must not be used again.
    """

    def __init__(self, tx: Tx, connector: str, *, ids: Ids, today: date) -> None:
        self._connector, self._ids, self._today = connector, ids, today
        # By id alone: a listing may know an account for what it is, where a usage row does not.
        self._keys = dict(vault.current(tx, connector, vault.ACCOUNT))
        self._emails = vault.pairs(tx, connector, vault.EMAIL)
        self._new: dict[AccountRef, str] = {}
        self._mentioned: set[tuple[str, str]] = set()
        self._marks = tombstones.read(tx)
        self._buried: list[tuple[Identifier, str]] = []
        self.pooled = {self._keys[one.id] for one in (NOBODY, ERASED) if one.id in self._keys}

    def is_stale(self, tx: Tx) -> bool:
        """Return whether somebody was erased, or let in again, since the accounts were read."""
        return tombstones.read(tx) != self._marks

    def key(self, account: AccountRef) -> str:
        """Return the account's key, a new one where it was never seen."""
        key = self._keys.get(account.id)
        if key is None:
            known = self._marks.of(self._identifier(account)) is None
            key = self._new_key(account) if known else self.key(ERASED)
            self._keys[account.id] = key
        return key

    def listed(self, account: AccountRef) -> str | None:
        """Return the key of an account that a list of members has; None for any other.

        None for one of somebody who was erased, too.
        """
        key = self._keys.get(account.id)
        return None if key in self.pooled else key

    def mention(self, record: AccountRecord) -> None:
        """Remember the account's addresses, which tie it to a person. It comes before its rows."""
        known = self._keys.get(record.account.id)
        if known is not None and all((known, email) in self._emails for email in record.emails):
            return  # as nearly always
        erased = {email: self._marks.of(tombstones.address(email)) for email in record.emails}
        word = next((word for word in erased.values() if word is not None), None)
        if word is not None and record.account.id not in self._keys:
            self._buried.append((self._identifier(record.account), word))
            self._keys[record.account.id] = self.key(ERASED)
        key = self.key(record.account)
        for email in () if key in self.pooled else record.emails:
            if (key, email) not in self._emails and erased[email] is None:
                self._mentioned.add((key, email))

    def listing(self, tx: Tx, records: Iterable[AccountRecord]) -> tuple[int, int]:
        """Store a complete directory; return how many accounts and seats it lists.

        Who is listed with several seats has the oldest; of one without a day nobody knows that.
        """
        seats: dict[str, date | None] = {}
        kinds: dict[str, AccountKind] = {}
        seen: dict[str, date] = {}
        count = 0
        for count, record in enumerate(records, start=1):  # noqa: B007 - the last is the total
            self.mention(record)
            key = self.key(record.account)
            if key in self.pooled:
                continue  # nobody that is known has a seat with it
            kinds[key] = record.account.kind
            if record.seat:
                seats[key] = _older(seats.get(key, record.since), record.since)
            if record.last_seen is not None:
                seen[key] = max(seen.get(key, date.min), min(record.last_seen, self._today))
        self.save(tx)
        people.set_seats(tx, seats, connector=self._connector, on=self._today)
        people.set_kinds(tx, kinds)
        people.see(tx, seen)
        return count, len(seats)

    def save(self, tx: Tx) -> None:
        """Store new accounts, and new addresses of old ones; mark what belongs to the erased."""
        for identifier, word in self._buried:
            tombstones.bury(tx, [identifier], ids=self._ids, on=self._today, group=word)
        if self._buried:
            self._marks = tombstones.read(tx)
        known = {key for key, _ in self._emails}
        people.add_accounts(
            tx,
            self._connector,
            (StoredAccount(key, ref.kind, self._today) for ref, key in self._new.items()),
        )
        vault.put(
            tx,
            (Entry(key, self._connector, vault.ACCOUNT, ref.id) for ref, key in self._new.items()),
        )
        vault.put(
            tx,
            (
                # A second address counts from today: the account's past stays whose it was.
                Entry(
                    key,
                    self._connector,
                    vault.EMAIL,
                    email,
                    self._today if key in known else vault.EVER,
                )
                for key, email in sorted(self._mentioned)
            ),
        )
        self._emails |= self._mentioned
        self._new, self._mentioned, self._buried = {}, set(), []

    def _identifier(self, account: AccountRef) -> Identifier:
        return Identifier(self._connector, vault.ACCOUNT, account.id)

    def _new_key(self, account: AccountRef) -> str:
        key = self._new[account] = self._ids.key("a")
        if account.kind in {AccountKind.NOBODY, AccountKind.ERASED}:
            self.pooled.add(key)
        return key


def _older(one: date | None, other: date | None) -> date | None:
    return None if one is None or other is None else min(one, other)
