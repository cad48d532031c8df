"""What puts rows into the outbox: each message once, by its purpose."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import insert, select

from unranked.store import Tx
from unranked.store.outbox import Kind, State
from unranked.store.tables import Outbox, table

_outbox = table(Outbox)


class Planned(NamedTuple):
    """A message to be sent. `purpose` makes it unique; `content` is JSON without any figure."""

    key: str
    purpose: str
    person_key: str
    channel: str
    content: str
    created_at: datetime
    not_before: datetime
    campaign_key: str | None = None
    kind: Kind = Kind.NUDGE


def plan(tx: Tx, messages: Iterable[Planned]) -> int:
    """Queue messages; return how many were new. What has the same purpose is not planned again."""
    new = 0
    for message in messages:
        if is_planned(tx, message.purpose):
            continue
        row = {name: getattr(message, name) for name in Planned._fields}
        tx.execute(insert(_outbox).values(**row, **FRESH))
        new += 1
    return new


FRESH: Mapping[str, Any] = {
    "state": State.QUEUED.value,
    "reason": "",
    "claim": "",
    "attempts": 0,
    "looks": 0,
    "receipt": "",
}
"""What stands in a message that nobody has touched yet."""


def is_planned(tx: Tx, purpose: str) -> bool:
    """Return whether a message with this purpose is planned, or was."""
    known = select(_outbox.c.key).where(_outbox.c.purpose == purpose)
    return tx.execute(known).first() is not None
