"""What puts rows into the outbox: each message once, by its purpose."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import delete, insert, select

from unranked.store import Tx
from unranked.store.outbox import Kind, State
from unranked.store.tables import Outbox, table

_BATCH = 500
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
    stream, new = iter(messages), 0
    while batch := list(islice(stream, _BATCH)):
        fresh: dict[str, Planned] = {}
        for one in batch:
            fresh.setdefault(one.purpose, one)
        known = purposes(tx, fresh)
        rows = [{**one._asdict(), **FRESH} for key, one in fresh.items() if key not in known]
        if rows:
            tx.execute(insert(_outbox), rows)
        new += len(rows)
    return new


def purposes(tx: Tx, asked: Collection[str]) -> set[str]:
    """Return the purposes of which a message is planned, or was."""
    found: set[str] = set()
    stream = iter(asked)
    while batch := list(islice(stream, _BATCH)):
        found.update(
            tx.execute(select(_outbox.c.purpose).where(_outbox.c.purpose.in_(batch))).scalars()
        )
    return found


def take_back(tx: Tx, person_key: str, kind: Kind) -> int:
    """Delete what is queued for a person and was never tried; return how many messages.

    So it can be planned anew, for another time: of what was skipped nothing is planned again.
    """
    mine = (_outbox.c.person_key == person_key) & (_outbox.c.kind == kind)
    untouched = (_outbox.c.state == State.QUEUED) & (_outbox.c.claim == "")
    done = tx.execute(delete(_outbox).where(mine, untouched, _outbox.c.attempts == 0))
    return done.rowcount


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
