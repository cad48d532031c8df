"""The value premium F8 of method.md 1.8: whether reported value grows faster than use.

Of the whole programme and for the enablement team alone; never of a person, for use in an earlier
quarter would improve it. A value of at least 200 people, in steps that one person cannot move.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, exp, floor

from unranked.domain import stats
from unranked.domain.constants import (
    PREMIUM_DAYS,
    PREMIUM_DRAWS,
    PREMIUM_MINUTES,
    PREMIUM_PEOPLE,
    PREMIUM_STEP,
)

_PERCENT = 100


@dataclass(frozen=True, slots=True)
class Quarter:
    """What one person reported and did in a quarter.

    minutes: a week, of the answered ones. days: active days a week.
    """

    minutes: float
    days: float


@dataclass(frozen=True, slots=True)
class Premium:
    """By how many percent value grew more than use, step by step; the range rounded outwards."""

    middle: int
    low: int
    high: int

    def __str__(self) -> str:
        return f"{self.middle} {self.low} {self.high}"

    @classmethod
    def of(cls, stored: str) -> "Premium":
        """Return what `str` made a text of. Raises ValueError for another one."""
        return cls(*map(int, stored.split()))


def value_premium(pairs: Sequence[tuple[Quarter, Quarter]]) -> Premium | None:
    """Return F8 of the people who answered in both quarters; None where too little is known.

    pairs: of each of them the quarter before and this one. The gates look at means of all.
    """
    if len(pairs) < PREMIUM_PEOPLE:
        return None
    before = [(one.minutes, one.days) for one, _ in pairs]
    now = [(one.minutes, one.days) for _, one in pairs]
    for quarter in (before, now):
        minutes, days = (sum(values) / len(pairs) for values in zip(*quarter, strict=True))
        if minutes < PREMIUM_MINUTES or days < PREMIUM_DAYS:
            return None
    middle, low, high = (
        round(one / PREMIUM_STEP, 9) for one in stats.premium(before, now, draws=PREMIUM_DRAWS)
    )
    return Premium(_percent(round(middle)), _percent(floor(low)), _percent(ceil(high)))


def _percent(steps: int) -> int:
    return round(_PERCENT * (exp(PREMIUM_STEP * steps) - 1))
