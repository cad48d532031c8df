"""Every text of a tip that was sent, once, by its hash: what people got can be read again."""

import hashlib
from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, select, text

from unranked.store import Tx
from unranked.store.tables import SentText, table

_sent = table(SentText)

_KEEP = text(
    # In one statement: two senders may come with the same text at the same moment.
    f"INSERT INTO {_sent.name} (text_hash, language, title, body, first_on) "  # noqa: S608 - our own names
    "VALUES (:text_hash, :language, :title, :body, :first_on) ON CONFLICT (text_hash) DO NOTHING"
).bindparams(*(bindparam(name, type_=_sent.c[name].type) for name in ("title", "body")))


@dataclass(frozen=True, slots=True)
class Text:
    """A tip as it was sent, in one language, before the names of anybody's tools came into it."""

    language: str
    title: str
    body: str

    @property
    def text_hash(self) -> str:
        """SHA-256 of the title, an empty line and the body in UTF-8, in hexadecimal digits."""
        return hashlib.sha256(f"{self.title}\n\n{self.body}".encode()).hexdigest()


def keep(tx: Tx, sent: Text, *, on: date) -> str:
    """Store a text that is sent, unless it is known; return its hash."""
    values = {name: getattr(sent, name) for name in (*Text.__slots__, "text_hash")}
    tx.execute(_KEEP, {**values, "first_on": on})
    return sent.text_hash


def one(tx: Tx, text_hash: str) -> Text | None:
    """Return the text of that hash, or None where none with it was sent."""
    columns = (_sent.c[name] for name in Text.__slots__)
    row = tx.execute(select(*columns).where(_sent.c.text_hash == text_hash)).first()
    return None if row is None else Text(*row)
