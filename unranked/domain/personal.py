"""What a person sees of their own use: cost by week and tool, and what is not known.

A function of the person's own rows and of public constants only; never of anybody else's.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from unranked.domain.calendar import last_weeks, week_of
from unranked.domain.value import cost_weighted_tokens

WEEKS = 8
DAYS_NEEDED = 14
"""A tool's data must be complete for so many days before a cost is said (method.md 1.11)."""

USD = "USD"


class CostSource(StrEnum):
    """Where a tool's cost comes from. One tool's window never mixes two (1.3)."""

    BILLED = "billed"
    ESTIMATED = "estimated"
    PRICED = "priced"


class Gap(StrEnum):
    """Why something about a tool is not known."""

    NOT_COMPLETE = "not_complete"
    UNPRICED = "unpriced"


@dataclass(frozen=True, slots=True)
class ToolCosts:
    """One tool's cost to one person, by day.

    through: complete up to this day; None where the data is not complete for long enough.
    costs: (day, currency) to the amount.
    unpriced: some use has no known price; the amounts are then a lower bound.
    used: the days on which any use is recorded, with or without a cost.
    """

    tool: str
    source: CostSource
    through: date | None
    costs: Mapping[tuple[date, str], Decimal]
    unpriced: bool = False
    used: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class PersonalSummary:
    """The last eight weeks of a person. Amounts are by (week, tool), weeks by their Monday.

    weighted: T of F2 in tokens, or None where there is no one amount in USD to take it from.
    at_least: some use has no known price.
    pending: a correction made the total negative; there is no amount to show until it is complete.
    """

    through: date | None
    weeks: tuple[date, ...]
    tools: tuple[str, ...]
    amounts: Mapping[tuple[date, str], Decimal]
    totals: Mapping[str, Decimal]
    weighted: Decimal | None
    at_least: bool
    pending: bool
    sources: frozenset[CostSource]
    used: bool
    gaps: tuple[tuple[str, Gap], ...]


def summarise(tools: Iterable[ToolCosts]) -> PersonalSummary:
    """Return the summary of a person's tools, up to the day on which all of them are complete."""
    listed = sorted(tools, key=lambda one: one.tool)
    known = [one for one in listed if one.through is not None]
    through = min((one.through for one in known if one.through is not None), default=None)
    weeks = () if through is None else last_weeks(through, WEEKS)
    amounts: dict[tuple[date, str], Decimal] = {}
    totals: dict[str, Decimal] = {}
    for one in known:
        for (day, currency), amount in sorted(one.costs.items()):
            if through is None or day > through or week_of(day) not in weeks:
                continue
            totals[currency] = totals.get(currency, Decimal(0)) + amount
            if currency == USD:
                place = (week_of(day), one.tool)
                amounts[place] = amounts.get(place, Decimal(0)) + amount
    pending = any(total < 0 for total in totals.values())
    in_usd = set(totals) <= {USD}
    return PersonalSummary(
        through=through,
        weeks=tuple(weeks),
        tools=tuple(one.tool for one in known),
        amounts=amounts,
        totals=totals,
        weighted=(
            cost_weighted_tokens(totals.get(USD, Decimal(0))) if in_usd and not pending else None
        ),
        at_least=any(one.unpriced for one in known),
        pending=pending,
        sources=frozenset(one.source for one in known),
        used=any(week_of(day) in weeks for one in known for day in one.used),
        gaps=tuple(_gaps(listed)),
    )


def _gaps(tools: Iterable[ToolCosts]) -> Iterable[tuple[str, Gap]]:
    for one in tools:
        if one.through is None:
            yield one.tool, Gap.NOT_COMPLETE
        elif one.unpriced:
            yield one.tool, Gap.UNPRICED
