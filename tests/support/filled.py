"""Every table filled for somebody, every column with a value of its own, whatever is added later.

Keys are set as the policy says; where a row points at somebody else, it points at `other`.
"""

import itertools
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Boolean, Date, Float, Integer, LargeBinary, insert, select
from sqlmodel import SQLModel

from unranked.domain import policy
from unranked.domain.policy_terms import Erased, Names
from unranked.store import vault
from unranked.store.sealed_columns import SealedDay
from unranked.store.tables import UtcTime

TABLES = SQLModel.metadata.tables
_VALID = {
    ("person", "kind"): "member",
    ("person", "weekdays"): "01234",
    ("outbox", "state"): "sent",
    ("outbox", "claim"): "",
    ("outbox", "kind"): "nudge",
    ("account", "kind"): "key",
    ("tie", "since"): date(2019, 1, 1),
}
_NONE = ("tie", "until")
"""Their account is theirs to this day: of one that is not, its days are not shown to them."""
_OF_THE_KEYS = ("vault", "sealing", "doomedkey")
_DAY = date(2020, 1, 1)
_count = itertools.count(1)


@dataclass
class Somebody:
    """A made-up person: keys, identifiers, and every value that stands in a row of theirs."""

    name: str
    values: dict[tuple[str, str], object] = field(default_factory=dict)

    @property
    def key(self):
        return f"p-{self.name}-key"

    @property
    def account(self):
        return f"a-{self.name}-key"

    @property
    def email(self):
        return f"{self.name}@corp.example"

    @property
    def member(self):
        return f"U{self.name.upper()}9"

    def fill(self, tx, other):
        """Put one row into every table, and this person's identifiers into the vault."""
        for declared in policy.TABLES:
            if declared.name in _OF_THE_KEYS:
                continue
            row = {c.name: self.value(declared, c, other) for c in TABLES[declared.name].columns}
            tx.execute(insert(TABLES[declared.name]).values(row))
        vault.put(tx, (vault.Entry(*one, _DAY) for one in self.identifiers()))

    def identifiers(self):
        return [
            (self.key, vault.ROSTER, vault.EMAIL, self.email),
            (self.key, vault.ROSTER, vault.NAME, f"{self.name.title()} Überall"),
            (self.key, vault.SLACK, vault.MEMBER, self.member),
            (self.key, vault.SLACK, vault.CONVERSATION, f"D{self.name.upper()}9"),
            (self.account, "acme", vault.ACCOUNT, f"acme-id-of-{self.name}"),
            (self.account, "acme", vault.EMAIL, self.email),
        ]

    def words(self):
        """Return everything that names this person, their keys too."""
        return [self.key, self.account, *(value for *_, value in self.identifiers())]

    def value(self, declared, column, other):
        key = declared.key_of(column.name)
        if key is not None:
            if key.names is Names.ACCOUNT:
                return self.account
            return self.key if key.own else other.key
        if (declared.name, column.name) == _NONE:
            return None
        own = declared.own_key
        kept = own is None or own.erased is Erased.REPLACED
        value = _VALID.get((declared.name, column.name)) or self._made(declared, column, kept=kept)
        if not kept:
            self.values[declared.name, column.name] = value
        return value

    def _made(self, declared, column, *, kept):
        number = next(_count)
        made = {
            Boolean: True,
            UtcTime: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=number),
            Date: _DAY + timedelta(days=number),
            SealedDay: _DAY + timedelta(days=number),
            Integer: 7_000_000 + number,
            Float: number / 100_000,
            LargeBinary: str(number).encode(),
        }
        word = f"{'kept' if kept else self.name}:{declared.name}:{column.name}:{number}"
        return next((value for kind, value in made.items() if isinstance(column.type, kind)), word)


def dump(store):
    """Return every table as it stands, row by row; of the vault what is sealed in it, opened."""
    with store.read() as tx:
        found = {
            name: [dict(row) for row in tx.execute(select(kind)).mappings()]
            for name, kind in sorted(TABLES.items())
        }
        query = select(*vault.SEALED, TABLES["vault"].c.id)
        values = {row.id: value for row, value in vault.opened(tx, query)}
    for row in found["vault"]:
        row["sealed"] = values.get(row["id"])
    return found
