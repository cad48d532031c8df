"""Due work as rows: due twice is due once, and a claim that nobody renews runs out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, insert, or_, select, update

from unranked.store import Tx
from unranked.store.tables import Job, table

_job = table(Job)


@dataclass(frozen=True, slots=True)
class JobState:
    """A job as it last ran. `error` is of the last run that ended, and empty after a good one.

    finished_at: None while it runs, and where it was cut off.
    holder: the process that holds the claim, in words of its own.
    """

    name: str
    due_at: datetime | None
    claim: str
    claimed_until: datetime | None
    holder: str
    started_at: datetime | None
    finished_at: datetime | None
    outcome: str
    error: str
    hint: str


def declare(tx: Tx, names: Iterable[str]) -> None:
    """Make sure that every job has its row."""
    known = set(tx.execute(select(_job.c.name)).scalars())
    rows = [{"name": n, "claim": "", "outcome": "", "error": "", "hint": ""} for n in names]
    new = [row for row in rows if row["name"] not in known]
    if new:
        tx.execute(insert(_job), new)


def make_due(tx: Tx, name: str, *, at: datetime) -> None:
    """Say that the job is due; where it is already, nothing changes."""
    later = or_(_job.c.due_at.is_(None), _job.c.due_at > at)  # a clock may have been ahead
    tx.execute(update(_job).where(_job.c.name == name, later).values(due_at=at))


def claim(
    tx: Tx, name: str, claim: str, *, now: datetime, lease: timedelta, holder: str = ""
) -> bool:
    """Take the due job for `lease`; return whether it was free. Its due mark is taken off."""
    free = or_(_job.c.claim == "", _job.c.claimed_until < now)
    taken = tx.execute(
        update(_job)
        .where(_job.c.name == name, _job.c.due_at <= now, free)
        .values(
            due_at=None,
            claim=claim,
            claimed_until=now + lease,
            holder=holder,
            started_at=now,
            finished_at=None,
        )
    )
    return taken.rowcount == 1


def renew(tx: Tx, claim: str, *, until: datetime) -> None:
    """Hold the claim longer. One that is lost meanwhile stays lost."""
    tx.execute(update(_job).where(_job.c.claim == claim).values(claimed_until=until))


def release(tx: Tx, claim: str) -> None:
    """Void the claim of a run that was cut off. It has not ended, and keeps the error of before."""
    _cut_off(tx, _job.c.claim == claim)


def release_of(tx: Tx, holder: str) -> None:
    """Void all claims of one process, whose runs were cut off."""
    _cut_off(tx, _job.c.holder == holder)


def release_all(tx: Tx) -> None:
    """Void every claim: nobody can hold one when the only process starts. Its work is due still."""
    held = _job.c.claim != ""
    tx.execute(update(_job).where(held, _job.c.due_at.is_(None)).values(due_at=_job.c.started_at))
    _cut_off(tx, held)


def _cut_off(tx: Tx, which: ColumnElement[bool]) -> None:
    tx.execute(
        update(_job)
        .where(_job.c.claim != "", which)
        .values(claim="", claimed_until=None, holder="", outcome="ended early")
    )


def finish(
    tx: Tx, name: str, claim: str, *, now: datetime, outcome: str, error: str = "", hint: str = ""
) -> None:
    """Give the job back. What became due while it ran stays due."""
    mine = (_job.c.name == name) & (_job.c.claim == claim)
    tx.execute(
        update(_job)
        .where(mine)
        .values(
            claim="",
            claimed_until=None,
            holder="",
            finished_at=now,
            outcome=outcome,
            error=error,
            hint=hint,
        )
    )


def states(tx: Tx) -> list[JobState]:
    """Return every job as it last ran."""
    rows = tx.execute(select(_job).order_by(_job.c.name)).mappings()
    names = JobState.__slots__
    return [JobState(**{name: row[name] for name in names}) for row in rows]
