"""The charts of a person's summary: their own weeks, and cost beside reported value. In words, too.

Both are of the person alone. What they reported and what it cost stand in one unit, minutes, so
that no pair of axes can make one look larger.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from unranked import text
from unranked.channels.base import Chart, Series
from unranked.domain.constants import CURRENCY_PER_MINUTE
from unranked.domain.costs import USD, Costs
from unranked.domain.personal import Summary
from unranked.domain.pulse import worth_of
from unranked.domain.worth import Likely
from unranked.services import spoken
from unranked.services.messages import tool_name


@dataclass(frozen=True, slots=True)
class Week:
    """The values of the text `summary_week`."""

    week: str
    costs: str


@dataclass(frozen=True, slots=True)
class WeekWorth:
    """The values of the text `summary_week_worth`."""

    week: str
    worth: str
    cost: str


def charts(summary: Summary, answers: Mapping[date, int | None]) -> Iterator[Chart]:
    """Yield the charts that have anything to show. answers: minutes by week, None if skipped."""
    costs = summary.costs
    if costs.amounts:
        yield _weeks(costs)
    if isinstance(summary.value, Likely) and summary.weekly is not None:
        yield _worth(summary, answers)


def _weeks(costs: Costs) -> Chart:
    return Chart(
        title=text.label("chart_costs"),
        unit=USD,
        categories=tuple(map(spoken.short_day, costs.weeks)),
        series=tuple(
            Series(
                tool_name(tool),
                tuple(
                    round(float(costs.amounts.get((week, tool), Decimal(0))), 2)
                    for week in costs.weeks
                ),
            )
            for tool in costs.tools
            if any(of == tool for _, of in costs.amounts)
        ),
        words=(text.label("chart_costs_words"), *(_week(costs, week) for week in costs.weeks)),
    )


def _week(costs: Costs, week: date) -> str:
    found = [
        f"{tool_name(tool)} {spoken.money(amount, USD)}"
        for tool in costs.tools
        if (amount := costs.amounts.get((week, tool))) is not None
    ]
    words = ", ".join(found) or text.label("no_cost")
    return text.words("summary_week", Week(spoken.short_day(week), words)).body


def _worth(summary: Summary, answers: Mapping[date, int | None]) -> Chart:
    """Return the answered weeks as bars: a week without an answer would look like a zero."""
    weeks, costs = summary.costs.weeks, summary.costs.of_weeks
    both = [(one, cost) for one, cost in zip(weeks, costs, strict=True) if one in summary.answered]
    reported = tuple(float(summary.answered[week]) for week, _ in both)
    spent = tuple(round(float(cost / CURRENCY_PER_MINUTE), 2) for _, cost in both)
    return Chart(
        title=text.label("chart_worth"),
        unit=text.label("chart_unit_minutes"),
        categories=tuple(spoken.short_day(week) for week, _ in both),
        series=(
            Series(text.label("chart_reported"), reported),
            Series(text.label("chart_cost"), spent),
        ),
        words=(
            text.label("chart_worth_words"),
            *(_week_worth(*one, answers) for one in zip(weeks, costs, strict=True)),
        ),
    )


def _week_worth(week: date, cost: Decimal, answers: Mapping[date, int | None]) -> str:
    said = text.label("no_answer")
    if week in answers:
        minutes = answers[week]
        said = text.label("skipped") if minutes is None else _reported(minutes)
    values = WeekWorth(spoken.short_day(week), said, spoken.money(cost, USD))
    return text.words("summary_week_worth", values).body


def _reported(minutes: int) -> str:
    return text.label("reported").format(worth=text.label(f"said_{worth_of(minutes)}"))
