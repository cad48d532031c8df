"""When a person counts for an outcome: A14 and P42 of method.md 3.3.

Only once the window is over and the data of the person's tools is complete past its end, in both
arms alike. Reading "active so far" would call a mere bringing forward a success.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum

from unranked.domain.constants import ACTIVATION_DAYS, PERSISTENCE_ACTIVE, PERSISTENCE_DAYS
from unranked.domain.usage import ONE_DAY, Window


class Outcome(StrEnum):
    """What a campaign wants people to do."""

    A14 = "a14"
    P42 = "p42"

    @property
    def days(self) -> range:
        """The days after the draw in which it shows; the day of the draw would be 0."""
        return range(1, ACTIVATION_DAYS + 1) if self is Outcome.A14 else PERSISTENCE_DAYS

    @property
    def active_days(self) -> int:
        """How many active days among them it takes."""
        return 1 if self is Outcome.A14 else PERSISTENCE_ACTIVE


def window(outcome: Outcome, drawn_on: date) -> Window:
    """Return the days in which the outcome shows, for somebody drawn on that UTC day.

    The day of the draw itself is in none: what was done on it may have been done before.
    """
    first, last = outcome.days[0], outcome.days[-1]
    return Window(drawn_on + timedelta(days=first), drawn_on + timedelta(days=last + 1))


def is_mature(outcome: Outcome, drawn_on: date, watermark: date | None) -> bool:
    """Return whether the person counts. watermark: W_p, the last complete day of their tools."""
    return watermark is not None and watermark >= window(outcome, drawn_on).end - ONE_DAY


def drawn_by(outcome: Outcome, watermark: date) -> date:
    """Return the last day of a draw that is mature at this watermark."""
    return watermark - timedelta(days=outcome.days[-1])


def did(outcome: Outcome, drawn_on: date, active: Iterable[date], *, before: int = 0) -> bool:
    """Return whether the outcome was reached. active: the person's active days, any more than once.

    For somebody who `is_mature` only. before: such days that are not among `active` any more.
    """
    return counted(outcome, drawn_on, active, before=before) >= outcome.active_days


def counted(outcome: Outcome, drawn_on: date, active: Iterable[date], *, before: int = 0) -> int:
    """Return how many active days count for an outcome, and no more than it takes."""
    days = window(outcome, drawn_on)
    found = len({day for day in active if days.start <= day < days.end})
    return min(before + found, outcome.active_days)
