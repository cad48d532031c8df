"""Arms as a test wants them, without a draw."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import insert

from unranked.store import Tx
from unranked.store.tables import Enrolment, table


class Enrolled(NamedTuple):
    """A person's arm in a campaign."""

    campaign_key: str
    person_key: str
    arm: str
    segment: str
    watermark: date
    enrolled_at: datetime
    unit: str = ""
    steps: int = 1
    stopped: str = ""


def enrol(tx: Tx, arms: Iterable[Enrolled]) -> None:
    """Store arms."""
    tx.execute(insert(table(Enrolment)), [one._asdict() for one in arms])
