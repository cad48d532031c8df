"""What a person's tokens were worth to them: the whole summary of method.md 1.2, as figures.

A function of the person's own answers, costs and finished work, and of public constants; never of
anybody else's. Tokens enter as a cost alone: no gate here asks for any.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from unranked.domain import worth
from unranked.domain.calendar import DAYS_A_WEEK
from unranked.domain.constants import CHANGE_WEEKS
from unranked.domain.costs import Costs
from unranked.domain.finished import CostOfWork, cost_of_work
from unranked.domain.usage import Window
from unranked.domain.value import cost_weighted_tokens
from unranked.domain.worth import Change, Likely, NotYet, PerCost

_WEEK = timedelta(days=DAYS_A_WEEK)
_FIRST_BLOCK = date(2024, 1, 1)
"""The Monday from which blocks of CHANGE_WEEKS are counted, for everybody."""


class Unknown(StrEnum):
    """Why finished work cannot be counted."""

    NO_ACCOUNT = "no_account"
    NOT_COMPLETE = "not_complete"


@dataclass(frozen=True, slots=True)
class Finished:
    """What a source of finished work says of a person.

    source: what people call it. count: of the last 28 complete days, which are `window`.
    """

    source: str
    kind: str
    count: int = 0
    window: Window | None = None
    unknown: Unknown | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """Finished work of the last 28 complete days, and what AI cost for each piece of it (F6).

    spent: in the same days, in USD; None where it is not known. cost: None where that is so, or
    where nothing was finished.
    """

    count: int
    spent: Decimal | None = None
    cost: CostOfWork | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures of a person's summary, in its order. Every one can be missing, each by its gate.

    answered: minutes by the Monday of the week, of the eligible weeks that were answered.
    value: V of F3. net: NV of F4, None without a value or without one known cost.
    per_cost: F5, None where that is so, or where the likely range of V is not all above zero.
    weighted: T of F2 for a week, in tokens. change: F7.
    work: None where no source of finished work knows the person.
    """

    costs: Costs
    answered: Mapping[date, int]
    value: Likely | NotYet
    weekly: Decimal | None
    weighted: Decimal | None
    net: Likely | None
    per_cost: PerCost | None
    change: Change | NotYet
    work: Work | None = None


def summarise(
    costs: Costs, answers: Mapping[date, int | None], *, today: date, work: Work | None = None
) -> Summary:
    """Return the summary. answers: minutes by week, None where a week was skipped."""
    said = {week: minutes for week, minutes in answers.items() if minutes is not None}
    answered = {week: said[week] for week in costs.weeks if week in said}
    value = worth.typical_week(list(answered.values()))
    weekly = costs.one_weekly
    net = per_cost = None
    if isinstance(value, Likely) and weekly is not None:
        net, per_cost = worth.net_value(value, weekly), worth.value_per_cost(value, weekly)
    return Summary(
        costs=costs,
        answered=answered,
        value=value,
        weekly=weekly,
        weighted=None if weekly is None else cost_weighted_tokens(weekly),
        net=net,
        per_cost=per_cost,
        change=_change(said, today=today),
        work=work,
    )


def work_of(finished: Finished | None, spent: Decimal | None) -> Work | None:
    """Return what was finished beside its cost; None where it cannot be counted yet."""
    if finished is None or finished.unknown is not None:
        return None
    cost = None if spent is None else cost_of_work(finished.count, spent)
    return Work(finished.count, spent, cost)


def _change(said: Mapping[date, int], *, today: date) -> Change | NotYet:
    """Return F7 of the last whole block of weeks against the one before: new once a quarter."""
    block = CHANGE_WEEKS * _WEEK
    end = _FIRST_BLOCK + (today - _FIRST_BLOCK) // block * block
    now = [minutes for week, minutes in said.items() if end - block <= week < end]
    before = [minutes for week, minutes in said.items() if end - 2 * block <= week < end - block]
    return worth.change(now, before)
