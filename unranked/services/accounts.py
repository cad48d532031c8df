"""Provider accounts as they come in: each gets a random key; what names it goes to the vault."""

from collections.abc import Iterable
from datetime import date

from unranked.domain.runtime import Ids
from unranked.domain.usage import AccountKind, AccountRecord, AccountRef
from unranked.store import Tx, people, vault
from unranked.store.people import StoredAccount
from unranked.store.vault import Entry


class Accounts:
    """The accounts of one connector, read once for a whole feed. `save` stores what is new.

    When a transaction fails after `save`, this object must not be used again.
    """

    def __init__(self, tx: Tx, connector: str, *, ids: Ids, today: date) -> None:
        self._connector, self._ids, self._today = connector, ids, today
        # By id alone: a listing may know an account for what it is, where a usage row does not.
        self._keys = dict(vault.current(tx, connector, vault.ACCOUNT))
        self._emails = vault.pairs(tx, connector, vault.EMAIL)
        self._new: dict[AccountRef, str] = {}
        self._mentioned: set[tuple[str, str]] = set()

    def key(self, account: AccountRef) -> str:
        """Return the account's key, a new one where it was never seen."""
        key = self._keys.get(account.id)
        if key is None:
            key = self._ids.key("a")
            self._keys[account.id] = self._new[account] = key
        return key

    def mention(self, record: AccountRecord) -> None:
        """Remember the account's addresses, which tie it to a person."""
        key = self.key(record.account)
        for email in record.emails:
            if (key, email) not in self._emails:
                self._mentioned.add((key, email))

    def listing(self, tx: Tx, records: Iterable[AccountRecord]) -> tuple[int, int]:
        """Store a complete directory; return how many accounts and seats it lists."""
        seats: dict[str, date | None] = {}
        kinds: dict[str, AccountKind] = {}
        count = 0
        for count, record in enumerate(records, start=1):  # noqa: B007 - the last is the total
            key = self.key(record.account)
            kinds[key] = record.account.kind
            self.mention(record)
            if record.seat:
                seats[key] = record.since
        self.save(tx)
        people.set_seats(tx, seats, connector=self._connector, on=self._today)
        people.set_kinds(tx, kinds)
        return count, len(seats)

    def save(self, tx: Tx) -> None:
        """Store new accounts, and new addresses of old ones."""
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
                Entry(key, self._connector, vault.EMAIL, email)
                for key, email in sorted(self._mentioned)
            ),
        )
        self._emails |= self._mentioned
        self._new, self._mentioned = {}, set()
