"""What a person's tokens were worth to them: F3, F4, F5 and F7 of method.md 1.4 to 1.7.

A function of the person's own answers and costs. Tokens enter as a cost and as nothing else: no
token count opens a gate here, and none makes anything better.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from statistics import median

from unranked.domain import stats
from unranked.domain.constants import (
    CHANGE_ALPHA,
    CHANGE_MIN_ANSWERS,
    COST_FLOOR,
    CURRENCY_PER_MINUTE,
    PULSE_MIN_ANSWERS,
)
from unranked.domain.value import MILLION, cost_weighted_tokens

MINUTES_PER_HOUR = 60


@dataclass(frozen=True, slots=True)
class Likely:
    """A figure with its likely range, of at least 80 % coverage. low <= middle <= high."""

    middle: Decimal
    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class NotYet:
    """Not enough of something to say a figure: so many of so many."""

    have: int
    need: int


@dataclass(frozen=True, slots=True)
class PerCost:
    """Reported value against cost; shown only where the whole likely range of value is positive.

    per_million: minutes per 10^6 cost-weighted tokens (F5). per_currency: minutes per unit of
    currency. at_least: the cost is under the floor, so that these are lower bounds.
    cost_per_hour: currency for each reported hour.
    """

    per_million: Likely
    per_currency: Likely
    cost_per_hour: Decimal
    at_least: bool


class Change(StrEnum):
    """A quarter of answers against the one before it."""

    HIGHER = "higher"
    LOWER = "lower"
    NOT_CLEAR = "not_clear"


def typical_week(minutes: Sequence[int]) -> Likely | NotYet:
    """Return V of F3 in minutes a week: the median of the answered weeks, with its range.

    minutes: of the answered weeks among the last eight eligible ones. A skipped week is missing and
    never 0, and so it is not among them. The range is one of order statistics: exact, without a
    prior, and not moved by one wild answer.
    """
    if len(minutes) < PULSE_MIN_ANSWERS:
        return NotYet(len(minutes), PULSE_MIN_ANSWERS)
    ordered = sorted(Decimal(one) for one in minutes)
    place = stats.order_statistic(len(ordered))
    return Likely(median(ordered), ordered[place - 1], ordered[-place])


def net_value(value: Likely, weekly_cost: Decimal) -> Likely:
    """Return NV of F4 in minutes a week. weekly_cost: over all eligible weeks, answered or not."""
    spent = weekly_cost / CURRENCY_PER_MINUTE
    return Likely(value.middle - spent, value.low - spent, value.high - spent)


def value_per_cost(value: Likely, weekly_cost: Decimal) -> PerCost | None:
    """Return the ratios of F5, or None where any of the likely range of value is not positive.

    With a negative value, burning tokens would make a ratio look better. And a gate of "any cost
    at all" would be opened by one token, on a gigantic ratio: hence the floor.
    """
    if value.low <= 0:
        return None
    priced = max(weekly_cost, COST_FLOOR)
    return PerCost(
        per_million=_divided(value, cost_weighted_tokens(priced) / MILLION),
        per_currency=_divided(value, priced),
        cost_per_hour=MINUTES_PER_HOUR * priced / value.middle,
        at_least=weekly_cost < COST_FLOOR,
    )


def change(now: Sequence[int], before: Sequence[int]) -> Change | NotYet:
    """Return F7: whether this quarter's answered weeks are higher or lower than the one's before.

    Only answers are compared: a ratio or a net value would improve with tokens burnt in the past.
    """
    fewest = min(len(now), len(before))
    if fewest < CHANGE_MIN_ANSWERS:
        return NotYet(fewest, CHANGE_MIN_ANSWERS)
    wins, chance = stats.mann_whitney(now, before)
    if chance > CHANGE_ALPHA:
        return Change.NOT_CLEAR
    return Change.HIGHER if 2 * wins > len(now) * len(before) else Change.LOWER


def _divided(value: Likely, by: Decimal) -> Likely:
    return Likely(value.middle / by, value.low / by, value.high / by)
