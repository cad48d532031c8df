"""How a campaign is getting on, among those of its people who may be counted.

Of a campaign for everybody the few outside the units that may be named take part, and are in no
number that is said: see `audience.said_units`. That holds for what was drawn as for what was sent,
or the difference of two such numbers would tell of them.
"""

from collections.abc import Collection, Mapping

from sqlalchemy import ColumnElement, func, select, true

from unranked.store import Tx, enrolments
from unranked.store.outbox import State
from unranked.store.tables import Enrolment, Outbox, Person, table

_enrolment, _outbox, _person = table(Enrolment), table(Outbox), table(Person)


def drawn(tx: Tx, campaign_key: str, units: Collection[str]) -> int:
    """Return how many people the campaign drew. units: those that count; none: everybody."""
    query = select(func.count()).where(
        _enrolment.c.campaign_key == campaign_key,
        counts(_enrolment.c.person_key, units),
        enrolments.itself(),
    )
    return int(tx.execute(query).scalar_one())


def messages(tx: Tx, campaign_key: str, units: Collection[str]) -> Mapping[tuple[State, str], int]:
    """Return the number of the campaign's messages by state and reason. units: as for `drawn`."""
    query = (
        select(_outbox.c.state, _outbox.c.reason, func.count())
        .where(_outbox.c.campaign_key == campaign_key, counts(_outbox.c.person_key, units))
        .group_by(_outbox.c.state, _outbox.c.reason)
    )
    return {(State(state), reason): int(count) for state, reason, count in tx.execute(query)}


def counts(person_key: ColumnElement[str], units: Collection[str]) -> ColumnElement[bool]:
    """Return whether somebody is in a number that is said. units: as for `drawn`."""
    if not units:
        return true()
    return person_key.in_(
        select(_person.c.person_key).where(_person.c.department.in_(sorted(units)))
    )
