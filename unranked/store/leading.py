"""Who leads somebody: their days have a rhythm of their own."""

from sqlalchemy import exists, select

from unranked.domain.people import PersonKind
from unranked.store import Tx
from unranked.store.tables import Person, table

_person = table(Person)


def leads(tx: Tx, person_key: str) -> bool:
    """Return whether somebody who is there reports to a person."""
    reports = exists().where(
        _person.c.manager_key == person_key,
        _person.c.present.is_(True),
        _person.c.kind == PersonKind.MEMBER.value,
    )
    return bool(tx.execute(select(reports)).scalar())
