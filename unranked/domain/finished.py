"""Finished work beside its cost, never inside a value: F6 of method.md 1.6.

All of a person's finished work counts, with AI or without: a count of "made with the tool" would be
switched on by one token.
"""

from dataclasses import dataclass
from decimal import Decimal

from unranked.domain import stats
from unranked.domain.constants import COST_FLOOR, OUTCOME_DAYS, OUTCOME_MEDIAN_FROM
from unranked.domain.worth import Likely

_WEEKS = OUTCOME_DAYS // 7


@dataclass(frozen=True, slots=True)
class Past:
    """The person's own twelve weeks before: finished work, its cost, and d, how much they weigh."""

    count: int
    cost: Decimal
    weight: float


@dataclass(frozen=True, slots=True)
class CostOfWork:
    """What AI cost for each finished piece of work, in currency.

    middle: None where so few were finished that only the range is said.
    """

    low: Decimal
    high: Decimal
    middle: Decimal | None


def cost_of_work(count: int, cost: Decimal, past: Past | None = None) -> CostOfWork | None:
    """Return F6 for the last 28 complete days, or None where no finished work is recorded.

    count: what was finished and survived. cost: of AI, in the same days.
    """
    if count <= 0:
        return None
    rate = float(max(cost, _WEEKS * COST_FLOOR))
    seen = float(count)
    if past is not None:
        seen += past.weight * past.count
        rate += past.weight * float(past.cost)
    found = stats.cost_per_outcome(seen, rate)
    likely = Likely(*(Decimal(repr(one)) for one in found))
    return CostOfWork(
        likely.low, likely.high, likely.middle if count >= OUTCOME_MEDIAN_FROM else None
    )
