"""The looks at each campaign: taken once, stored whole, and told again to whoever asks later."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import inf, isinf
from typing import Any, NamedTuple

from sqlalchemy import RowMapping, func, insert, select

from unranked.domain.experiments import Counts, Interval, Spread
from unranked.domain.looks import Look
from unranked.domain.maturity import Outcome
from unranked.store import Tx
from unranked.store.tables import CampaignLook, table

_look = table(CampaignLook)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A look that was due and not taken, because too few people would have been new."""

    number: int


def record(
    tx: Tx, campaign_key: str, kind: Outcome, look: Look | Skipped, *, now: datetime
) -> None:
    """Store a look. A second one with the same number fails: it is never taken again."""
    row = {"campaign_key": campaign_key, "kind": kind.value, "taken_at": now}
    tx.execute(insert(_look).values(row | _values(look)))


def taken(tx: Tx, campaign_key: str, kind: Outcome) -> list[Look]:
    """Return the looks that were taken, the first one first."""
    rows = tx.execute(
        select(_look)
        .where(_look.c.campaign_key == campaign_key, _look.c.kind == kind.value)
        .where(_look.c.skipped.is_(False))
        .order_by(_look.c.number)
    ).mappings()
    return [_look_of(row) for row in rows]


class Read(NamedTuple):
    """When a look was read, and whether it was skipped."""

    at: datetime
    skipped: bool


def read(tx: Tx, campaign_key: str, kind: Outcome) -> Mapping[int, Read]:
    """Return every look that was taken or skipped, by number, the first one first."""
    rows = tx.execute(
        select(_look.c.number, _look.c.taken_at, _look.c.skipped)
        .where(_look.c.campaign_key == campaign_key, _look.c.kind == kind.value)
        .order_by(_look.c.number)
    )
    return {number: Read(at, bool(skipped)) for number, at, skipped in rows}


def last_taken(tx: Tx, campaign_key: str) -> datetime | None:
    """Return when the newest look of a campaign was taken; None before the first."""
    query = select(_look.c.taken_at).where(
        _look.c.campaign_key == campaign_key, _look.c.skipped.is_(False)
    )
    return tx.execute(query.order_by(_look.c.taken_at.desc()).limit(1)).scalar()


def first_of_all(tx: Tx) -> datetime | None:
    """Return when the first look at any campaign was taken; None before it."""
    query = select(_look.c.taken_at).where(_look.c.skipped.is_(False))
    return tx.execute(query.order_by(_look.c.taken_at).limit(1)).scalar()


def last_number(tx: Tx, campaign_key: str, kind: Outcome) -> int:
    """Return the number of the newest look, taken or skipped; 0 before the first."""
    query = select(func.max(_look.c.number)).where(
        _look.c.campaign_key == campaign_key, _look.c.kind == kind.value
    )
    return int(tx.execute(query).scalar() or 0)


def _values(look: Look | Skipped) -> dict[str, Any]:
    if isinstance(look, Skipped):
        none = dict.fromkeys(("nudge_n", "nudge_x", "holdout_n", "holdout_x"), 0)
        return {"number": look.number, "skipped": True, "last": False, **none}
    counts, interval, spread = look.counts, look.interval, look.spread
    return {
        "number": look.number,
        "skipped": False,
        "nudge_n": counts.nudge_n,
        "nudge_x": counts.nudge_x,
        "holdout_n": counts.holdout_n,
        "holdout_x": counts.holdout_x,
        "fraction": look.fraction,
        "boundary": look.boundary,
        "low": interval.low,
        "middle": interval.middle,
        "high": interval.high,
        "last": look.last,
        "inflation": None if spread is None else spread.inflation,
        # A column of numbers has no infinity on every database.
        "freedom": None if spread is None or isinf(spread.freedom) else spread.freedom,
    }


def _look_of(row: RowMapping) -> Look:
    spread = None
    if (inflation := row["inflation"]) is not None:
        spread = Spread(inflation, inf if row["freedom"] is None else row["freedom"])
    return Look(
        number=row["number"],
        counts=Counts(row["nudge_n"], row["nudge_x"], row["holdout_n"], row["holdout_x"]),
        fraction=row["fraction"],
        boundary=row["boundary"],
        interval=Interval(row["low"], row["middle"], row["high"]),
        last=row["last"],
        spread=spread,
    )
