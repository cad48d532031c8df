"""What a page of a plan stores: arms, drawn once, and messages, each once by its purpose.

The people go into a table of this transaction alone, narrow and without an index, and what many of
them share into another one; two statements write the rows of all of them from there. Row by row it
would take several times as long.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import (
    Column,
    Date,
    Integer,
    Join,
    MetaData,
    String,
    Table,
    cast,
    func,
    insert,
    literal,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite

from unranked.store import Tx, bulk
from unranked.store.columns import TIME
from unranked.store.outbox import Kind
from unranked.store.planned import FRESH
from unranked.store.tables import Enrolment, Outbox, table
from unranked.store.tables_outbox import CONTENT

_enrolment, _outbox = table(Enrolment), table(Outbox)


class Share(NamedTuple):
    """What people of a page share. arm: theirs, None for who was drawn before.

    unit: what was drawn, empty where people are; None for who was drawn alone where teams are.
    step: which message of the campaign theirs is, the first one being 1; 0 where they get none.
    """

    campaign_key: str
    arm: str | None
    segment: str
    watermark: date
    unit: str | None
    step: int
    content: str = ""
    not_before: datetime | None = None


class Drawn(NamedTuple):
    """Somebody with the number of their share. key: of their message, None where they get none."""

    person_key: str
    share: int
    key: str | None


_share = Table(
    "planning_share",
    MetaData(),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("campaign_key", String),
    Column("arm", String),
    Column("segment", String),
    Column("watermark", Date),
    Column("unit", String),
    Column("step", Integer),
    Column("content", CONTENT),
    Column("not_before", TIME),
    prefixes=["TEMPORARY"],
)
_drawn = Table(
    "planning_drawn",
    _share.metadata,
    Column("person_key", String),
    Column("share", Integer),
    Column("key", String),
    prefixes=["TEMPORARY"],
)


def store(
    tx: Tx, shares: Sequence[Share], drawn: Iterable[Drawn], *, channel: str, now: datetime
) -> None:
    """Store arms and queue messages. shares: in the order of their numbers, from 0 on.

    A second arm for the same person fails: it is never drawn again. A message whose purpose is
    there already is not planned again.
    """
    if not shares:
        return
    _share.create(tx)
    _drawn.create(tx)
    rows = [one._asdict() | {"number": number} for number, one in enumerate(shares)]
    tx.execute(insert(_share), rows)
    bulk.add(tx, _drawn, sorted(drawn))  # in the order of the indexes to be written
    _enrol(tx, now)
    _queue(tx, channel, now)
    _drawn.drop(tx)
    _share.drop(tx)


def _enrol(tx: Tx, now: datetime) -> None:
    person_key, share = _drawn.c.person_key, _share.c
    values = {
        "campaign_key": share.campaign_key,
        "person_key": person_key,
        "arm": share.arm,
        "segment": share.segment,
        "watermark": share.watermark,
        "enrolled_at": literal(now, TIME),
        "unit": func.coalesce(share.unit, person_key),
        "steps": share.step,
        "stopped": literal(""),
    }
    rows = select(*values.values()).select_from(_with_share()).where(share.arm.is_not(None))
    tx.execute(insert(_enrolment).from_select(list(values), rows, include_defaults=False))


def _queue(tx: Tx, channel: str, now: datetime) -> None:
    person_key, share = _drawn.c.person_key, _share.c
    purpose = share.campaign_key + "|" + person_key + "|" + cast(share.step, String)
    values = {
        "key": _drawn.c.key,
        "purpose": purpose,
        "person_key": person_key,
        "channel": literal(channel),
        "content": share.content,
        "created_at": literal(now, TIME),
        "not_before": share.not_before,
        "campaign_key": share.campaign_key,
        "kind": literal(Kind.NUDGE.value),
        **{name: literal(value) for name, value in FRESH.items()},
    }
    rows = select(*values.values()).select_from(_with_share()).where(_drawn.c.key.is_not(None))
    into = postgresql.insert(_outbox) if tx.dialect.name == "postgresql" else sqlite.insert(_outbox)
    queued = into.from_select(list(values), rows, include_defaults=False)
    tx.execute(queued.on_conflict_do_nothing(index_elements=["purpose"]))


def _with_share() -> Join:
    return _drawn.join(_share, _share.c.number == _drawn.c.share)
