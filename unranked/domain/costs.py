"""What a person's tools cost, week by week, and what is not known of it (method.md 1.3 and 1.5)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from unranked.domain.calendar import WorkCalendar, last_weeks, week_of
from unranked.domain.constants import LOOK_BACK_WEEKS, PULSE_WEEKS, STALE_DAYS
from unranked.domain.pulse import was_worked
from unranked.domain.usage import Window

USD = "USD"
_LAST_DAY = timedelta(days=6)


class CostSource(StrEnum):
    """Where a tool's cost comes from. One tool's window never mixes two (1.3)."""

    BILLED = "billed"
    ESTIMATED = "estimated"
    PRICED = "priced"


class Gap(StrEnum):
    """Why something about a tool's cost is not known.

    NOT_COMPLETE: not every day of the weeks is complete.
    BY_SEAT: it is paid by the seat, which is the same whatever is done with it.
    """

    NOT_COMPLETE = "not_complete"
    UNPRICED = "unpriced"
    BY_SEAT = "by_seat"


class Missing(StrEnum):
    """Why there is no one amount a week that a value may be set against."""

    NO_WEEKS = "no_weeks"
    NOT_COMPLETE = "not_complete"
    UNPRICED = "unpriced"
    CURRENCIES = "currencies"


@dataclass(frozen=True, slots=True)
class ToolCosts:
    """One tool's cost to one person, by day.

    through: complete up to this day; None where the data is not complete for long enough.
    since: complete from this day on, to `through`.
    costs: (day, currency) to the amount.
    unpriced: the days on which some use has no known price; the amounts are then a lower bound.
    used: the days on which any use is recorded, with or without a cost.
    """

    tool: str
    source: CostSource
    through: date | None
    costs: Mapping[tuple[date, str], Decimal] = field(default_factory=dict)
    unpriced: frozenset[date] = frozenset()
    used: frozenset[date] = frozenset()
    since: date = date.min
    by_seat: bool = False


@dataclass(frozen=True, slots=True)
class Costs:
    """The cost of a person's weeks; each week by its Monday.

    through: the company's figures are complete up to this day; None where none are.
    weeks: the eligible ones, in order: complete, and worked in. tools: whose cost is known.
    amounts: (week, tool) to USD. totals: currency to the sum over the weeks.
    gaps: what is not known, by tool. used: whether any use is recorded in the weeks.
    """

    through: date | None
    weeks: tuple[date, ...]
    tools: tuple[str, ...] = ()
    amounts: Mapping[tuple[date, str], Decimal] = field(default_factory=dict)
    totals: Mapping[str, Decimal] = field(default_factory=dict)
    sources: frozenset[CostSource] = frozenset()
    gaps: tuple[tuple[str, Gap], ...] = ()
    used: bool = False

    @property
    def weekly(self) -> Mapping[str, Decimal]:
        """C_w by currency: over all eligible weeks, answered or not; 0 while `pending`."""
        count, none = len(self.weeks), Decimal(0)
        return {currency: max(total, none) / count for currency, total in self.totals.items()}

    @property
    def of_weeks(self) -> tuple[Decimal, ...]:
        """What each week cost in USD, in order."""
        none = Decimal(0)
        return tuple(
            sum((self.amounts.get((week, tool), none) for tool in self.tools), none)
            for week in self.weeks
        )

    @property
    def at_least(self) -> bool:
        """Whether some use has no known price."""
        return any(gap is Gap.UNPRICED for _, gap in self.gaps)

    @property
    def pending(self) -> bool:
        """Whether a correction made a total negative, until it is settled.

        Such a cost counts as zero. Saying nothing instead, as method.md 1.3 has it, would be a gate
        that burnt tokens open.
        """
        return any(total < 0 for total in self.totals.values())

    @property
    def missing(self) -> Missing | None:
        """Why no value may be set against this cost; None where it may."""
        kinds = {gap for _, gap in self.gaps}
        if Gap.NOT_COMPLETE in kinds or self.through is None:
            return Missing.NOT_COMPLETE
        if not self.weeks:
            return Missing.NO_WEEKS
        if self.at_least:
            return Missing.UNPRICED
        return None if set(self.totals) <= {USD} else Missing.CURRENCIES

    @property
    def one_weekly(self) -> Decimal | None:
        """C_w in USD, where there is nothing missing."""
        return None if self.missing else self.weekly.get(USD, Decimal(0))


def complete_through(throughs: Iterable[date]) -> date | None:
    """Return the day up to which a summary goes, the same for everybody; None where none is.

    throughs: how far each tool of the company is complete. One that is long behind the others holds
    up nobody but those who have it. That somebody has a tool must not move their weeks: else one
    token with a tool of little history would push dear weeks out of sight.
    """
    known = sorted(throughs)
    return next((one for one in known if (known[-1] - one).days <= STALE_DAYS), None)


def costs_of(
    tools: Iterable[ToolCosts],
    calendar: WorkCalendar,
    *,
    through: date | None,
    today: date,
    since: date = date.min,
) -> Costs:
    """Return the cost of a person's eligible weeks.

    through: of `complete_through`; without it the weeks are those that are over before `today`, for
    what the person reported. With no tool of theirs they cost nothing.
    since: the first day whose use is kept by the day; a week that began before it is none.
    """
    weeks = eligible_weeks(calendar, through=through or today - timedelta(days=1), since=since)
    listed = sorted(tools, key=lambda one: one.tool)
    known = [one for one in listed if _covers(one, weeks)]
    amounts, totals = _sums(known, weeks)
    priced = [one for one in known if not one.by_seat]
    return Costs(
        through=through,
        weeks=weeks,
        tools=tuple(one.tool for one in priced),
        amounts=amounts,
        totals=totals,
        sources=frozenset(one.source for one in priced),
        gaps=tuple(_gaps(listed, weeks)),
        used=any(week_of(day) in weeks for one in known for day in one.used),
    )


def cost_between(tools: Iterable[ToolCosts], window: Window) -> Decimal | None:
    """Return what all tools cost in USD on the days of a window, None where that is not known.

    Without any tool of theirs it is nothing: a first token must not bring a figure about.
    """
    total = Decimal(0)
    for one in tools:
        if one.through is None or one.through < window.end - timedelta(days=1):
            return None
        if one.since > window.start or any(
            window.start <= day < window.end for day in one.unpriced
        ):
            return None
        for (day, currency), amount in one.costs.items():
            if window.start <= day < window.end:
                if currency != USD:
                    return None
                total += amount
    return max(total, Decimal(0))


def eligible_weeks(
    calendar: WorkCalendar, *, through: date, since: date = date.min
) -> tuple[date, ...]:
    """Return the last weeks that are over by `through` and that the person worked in (1.4).

    At most PULSE_WEEKS, none of which began before `since`.
    """
    weeks = [
        week
        for week in last_weeks(through, LOOK_BACK_WEEKS)
        if week >= since and was_worked(calendar, week)
    ]
    return tuple(weeks[-PULSE_WEEKS:])


def _covers(one: ToolCosts, weeks: tuple[date, ...]) -> bool:
    """Return whether every day of the weeks is complete."""
    if one.through is None:
        return False
    return not weeks or (one.since <= weeks[0] and weeks[-1] + _LAST_DAY <= one.through)


def _sums(
    tools: Sequence[ToolCosts], weeks: tuple[date, ...]
) -> tuple[dict[tuple[date, str], Decimal], dict[str, Decimal]]:
    amounts: dict[tuple[date, str], Decimal] = {}
    totals: dict[str, Decimal] = {}
    for one in tools:
        for (day, currency), amount in sorted(one.costs.items()):
            week = week_of(day)
            if week not in weeks:
                continue
            totals[currency] = totals.get(currency, Decimal(0)) + amount
            if currency == USD:
                amounts[week, one.tool] = amounts.get((week, one.tool), Decimal(0)) + amount
    return amounts, totals


def _gaps(tools: Iterable[ToolCosts], weeks: tuple[date, ...]) -> Iterator[tuple[str, Gap]]:
    for one in tools:
        if not _covers(one, weeks):
            yield one.tool, Gap.NOT_COMPLETE
        elif one.by_seat:
            yield one.tool, Gap.BY_SEAT
        elif any(week_of(day) in weeks for day in one.unpriced):
            yield one.tool, Gap.UNPRICED
