"""Who was drawn for a campaign, once that is over: first totals, then not even who they were."""

from collections.abc import Collection, Iterator
from datetime import UTC, date

from sqlalchemy import ColumnElement, and_, delete, func, insert, select, update

from unranked.domain.counts import FEW, STEP
from unranked.store import Store, Tx, enrolments, progress
from unranked.store.outbox import WAITING
from unranked.store.retention import some_at_a_time
from unranked.store.tables import ArmTotal, Enrolment, Outbox, table

_enrolment, _outbox, _total = table(Enrolment), table(Outbox), table(ArmTotal)

ALL = "all"
"""The arm of all that were drawn, whichever they are in."""


def last_drawn(tx: Tx, campaign_key: str) -> date | None:
    """Return the day on which a campaign last drew somebody; None where it drew nobody."""
    mine = _enrolment.c.campaign_key == campaign_key
    at = tx.execute(select(func.max(_enrolment.c.enrolled_at)).where(mine)).scalar()
    return None if at is None else at.astimezone(UTC).date()


def count(tx: Tx, campaign_key: str) -> int:
    """Return how many people's arms are kept."""
    mine = _enrolment.c.campaign_key == campaign_key
    rows = select(func.count()).select_from(_enrolment).where(mine)
    return int(tx.execute(rows).scalar_one())


def total(tx: Tx, campaign_key: str) -> int | None:
    """Return how many a campaign drew, rounded down to ten and 0 for fewer than 20.

    None as long as it is kept who they are.
    """
    mine = (_total.c.campaign_key == campaign_key) & (_total.c.arm == ALL)
    found = tx.execute(select(_total.c.people).where(mine)).scalar()
    return None if found is None else int(found)


def forget(store: Store, campaign_key: str, units: Collection[str] = ()) -> Iterator[int]:
    """Keep a campaign's totals, and let go whom they count; yield how many people each time.

    A run that was cut off finds the totals, and goes on with who is left.
    units: of the people who are in a number that is said; none: everybody.
    """
    with store.write() as tx:
        if total(tx, campaign_key) is None:
            _keep_totals(tx, campaign_key, units)
    sent = and_(_outbox.c.campaign_key == campaign_key, _outbox.c.state.not_in(WAITING))
    for _ in some_at_a_time(store, _outbox, sent, _take_off):
        pass
    mine = _enrolment.c.campaign_key == campaign_key
    yield from some_at_a_time(store, _enrolment, mine, _delete)


def _keep_totals(tx: Tx, campaign_key: str, units: Collection[str]) -> None:
    rows = tx.execute(
        select(_enrolment.c.arm, func.count())
        .where(_enrolment.c.campaign_key == campaign_key)
        .where(progress.counts(_enrolment.c.person_key, units), enrolments.itself())
        .group_by(_enrolment.c.arm)
    )
    people = {str(arm): int(n) for arm, n in rows}
    people[ALL] = sum(people.values())
    said = {arm: n // STEP * STEP if n >= FEW else 0 for arm, n in people.items()}
    values = [{"campaign_key": campaign_key, "arm": arm, "people": n} for arm, n in said.items()]
    tx.execute(insert(_total), values)


def _take_off(tx: Tx, which: ColumnElement[bool]) -> int:
    """Let messages say no more of which campaign they were, and so in which arm somebody was."""
    past = {"campaign_key": None, "purpose": "past|" + _outbox.c.key}
    return tx.execute(update(_outbox).where(which).values(past)).rowcount


def _delete(tx: Tx, which: ColumnElement[bool]) -> int:
    return tx.execute(delete(_enrolment).where(which)).rowcount
