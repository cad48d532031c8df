"""A person's summary in words, in the fixed order of method.md 1.2. Every figure has its element.

`domain.elements` lists each {name} of these texts, and which way of it is better.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from unranked import text
from unranked.channels.base import Fact
from unranked.domain.constants import (
    COST_FLOOR,
    CURRENCY_PER_MINUTE,
    OUTCOME_DAYS,
)
from unranked.domain.costs import USD, Costs, Gap, Missing
from unranked.domain.personal import Finished, Summary, Unknown
from unranked.domain.usage import ONE_DAY
from unranked.domain.value import MILLION
from unranked.domain.worth import MINUTES_PER_HOUR, Change, Likely, NotYet
from unranked.services import spoken
from unranked.services.messages import days_in_words, tool_name


@dataclass(frozen=True, slots=True)
class Value:
    """The values of the text `summary_value`."""

    middle: str
    low: str
    high: str
    answered: str
    weeks: str


@dataclass(frozen=True, slots=True)
class Range:
    """A figure and its likely range."""

    middle: str
    low: str
    high: str


@dataclass(frozen=True, slots=True)
class Net(Range):
    """The values of the text `summary_net`. hour: what an hour counts."""

    hour: str


@dataclass(frozen=True, slots=True)
class AtLeast(Range):
    """The values of the text `summary_per_cost_at_least`."""

    floor: str


@dataclass(frozen=True, slots=True)
class HaveNeed:
    """So many of so many."""

    have: str
    need: str


@dataclass(frozen=True, slots=True)
class Cost:
    """The values of the text `summary_cost`: a week, its tokens in millions, single weeks."""

    cost: str
    millions: str
    lowest: str
    highest: str


@dataclass(frozen=True, slots=True)
class Even:
    """The values of the text `summary_cost_even`: every week is the same."""

    cost: str
    millions: str


@dataclass(frozen=True, slots=True)
class Amount:
    """The value of the text `summary_cost_at_least`."""

    cost: str


@dataclass(frozen=True, slots=True)
class Amounts:
    """The value of the text `summary_cost_currencies`."""

    amounts: str


@dataclass(frozen=True, slots=True)
class Without:
    """The values of the text `summary_cost_without`."""

    cost: str
    tools: str


@dataclass(frozen=True, slots=True)
class Tools:
    """The value of the texts `summary_cost_by_seat` and `summary_cost_not_yet`."""

    tools: str


@dataclass(frozen=True, slots=True)
class Needs:
    """What a line needs, in words."""

    needs: str


@dataclass(frozen=True, slots=True)
class Work:
    """The values of the texts `summary_work…`: how much of what, from when to when, its cost."""

    count: str
    days: str
    low: str
    high: str
    floor: str


@dataclass(frozen=True, slots=True)
class WorkAndMiddle(Work):
    """The same with the middle of the range."""

    middle: str


@dataclass(frozen=True, slots=True)
class Counted:
    """How much of what was finished, and from when to when."""

    count: str
    days: str


@dataclass(frozen=True, slots=True)
class Days:
    """The first and the last of some days, in words."""

    days: str


@dataclass(frozen=True, slots=True)
class Source:
    """The source of finished work."""

    source: str


@dataclass(frozen=True, slots=True)
class SourceDays(Source):
    """The same, and how many complete days it needs."""

    days: str


@dataclass(frozen=True, slots=True)
class Changed:
    """The value of the text `summary_change`."""

    change: str


def facts(summary: Summary, finished: Finished | None) -> Iterator[Fact]:
    """Yield the lines. finished: None where no source of finished work is connected."""
    yield _value(summary)
    yield _cost(summary)
    yield _net(summary)
    yield _per_cost(summary)
    if finished is not None:
        yield _work(summary, finished)
    yield _change(summary.change)


def _value(summary: Summary) -> Fact:
    value = summary.value
    if isinstance(value, NotYet):
        return _fact("summary_value_not_yet", _have_need(value))
    answered = spoken.whole(len(summary.answered))
    weeks = spoken.whole(len(summary.costs.weeks))
    return _fact("summary_value", Value(*_minutes_of(value), answered, weeks))


def _cost(summary: Summary) -> Fact:
    """Return the cost of a week, or in one text what is wrong with it."""
    costs = summary.costs
    if not costs.weeks or not costs.tools:
        return _unknown_cost(costs)
    if costs.pending:
        return _fact("summary_cost_pending")
    if not any(costs.totals.values()):
        # What has no price was not free.
        return _fact("summary_cost_unpriced") if costs.at_least else _no_cost(costs)
    amounts = [spoken.money(one, currency) for currency, one in sorted(costs.weekly.items())]
    if set(costs.totals) != {USD}:
        return _fact("summary_cost_currencies", Amounts(spoken.listed(amounts)))
    if summary.weighted is not None:
        return _whole_cost(costs, amounts[0], spoken.decimal(summary.weighted / MILLION))
    return _partial_cost(costs, amounts[0])


def _partial_cost(costs: Costs, amount: str) -> Fact:
    if without := _with(costs, Gap.NOT_COMPLETE):
        return _fact("summary_cost_without", Without(amount, without))
    return _fact("summary_cost_at_least", Amount(amount))


def _whole_cost(costs: Costs, amount: str, millions: str) -> Fact:
    lowest, highest = min(costs.of_weeks), max(costs.of_weeks)
    if lowest == highest:
        return _fact("summary_cost_even", Even(amount, millions))
    single = (spoken.money(lowest, USD), spoken.money(highest, USD))
    return _fact("summary_cost", Cost(amount, millions, *single))


def _unknown_cost(costs: Costs) -> Fact:
    if without := _with(costs, Gap.NOT_COMPLETE):
        return _fact("summary_cost_not_yet", Tools(without))
    if seats := _with(costs, Gap.BY_SEAT):
        return _fact("summary_cost_by_seat", Tools(seats))
    if costs.through is None:
        return _fact("summary_cost_no_data")
    return _fact("summary_cost_no_account") if costs.weeks else _no_cost(costs)


def _with(costs: Costs, gap: Gap) -> str:
    return spoken.listed(tool_name(tool) for tool, found in costs.gaps if found is gap)


def _no_cost(costs: Costs) -> Fact:
    return _fact("summary_cost_only_used" if costs.used else "summary_cost_none")


def _net(summary: Summary) -> Fact:
    if summary.net is None:
        return _fact("summary_net_not_yet", Needs(_needs(summary)))
    return _fact("summary_net", Net(*_minutes_of(summary.net, signed=True), an_hour()))


def _per_cost(summary: Summary) -> Fact:
    if summary.net is None:
        return _fact("summary_per_cost_not_yet", Needs(_needs(summary)))
    if summary.per_cost is None:
        return _fact("summary_per_cost_not_positive")
    found = _minutes_of(summary.per_cost.per_million)
    if summary.per_cost.at_least:
        floor = spoken.money(COST_FLOOR, USD)
        return _fact("summary_per_cost_at_least", AtLeast(*found, floor))
    return _fact("summary_per_cost", Range(*found))


def _needs(summary: Summary) -> str:
    """Return what is missing before a value may be set against a cost."""
    wanted = []
    if isinstance(summary.value, NotYet):
        have, need = summary.value.have, summary.value.need
        wanted.append(
            text.label("need_answers").format(have=spoken.whole(have), need=spoken.whole(need))
        )
    return spoken.listed([*wanted, *filter(None, [needs(summary.costs)])])


def needs(costs: Costs) -> str:
    """Return what a cost needs to be one amount a week; empty where it is."""
    return "" if costs.missing is None else text.label(_NEEDS[costs.missing])


_NEEDS = {
    Missing.NO_WEEKS: "need_weeks",
    Missing.NOT_COMPLETE: "need_complete",
    Missing.UNPRICED: "need_prices",
    Missing.CURRENCIES: "need_currency",
}


def _work(summary: Summary, finished: Finished) -> Fact:
    if finished.unknown is Unknown.NO_ACCOUNT:
        return _fact("summary_work_no_account", Source(finished.source))
    work, window = summary.work, finished.window
    if work is None or window is None:
        needed = SourceDays(finished.source, spoken.whole(OUTCOME_DAYS))
        return _fact("summary_work_not_yet", needed)
    days = days_in_words(window.start, window.end - ONE_DAY)
    if not work.count:
        return _fact("summary_work_none", Days(days))
    one = "_one" if work.count == 1 else ""
    count = f"{spoken.whole(work.count)} {text.label(f'kind_{finished.kind}{one}')}"
    if work.cost is None:
        return _fact("summary_work_count", Counted(count, days))
    low, high, floor = (
        spoken.money(one, USD) for one in (work.cost.low, work.cost.high, COST_FLOOR)
    )
    if work.cost.middle is None:
        return _fact("summary_work_few", Work(count, days, low, high, floor))
    middle = spoken.money(work.cost.middle, USD)
    return _fact("summary_work", WorkAndMiddle(count, days, low, high, floor, middle))


def _change(change: Change | NotYet) -> Fact:
    if isinstance(change, NotYet):
        return _fact("summary_change_not_yet", _have_need(change))
    return _fact("summary_change", Changed(text.label(f"change_{change}")))


def _have_need(found: NotYet) -> HaveNeed:
    return HaveNeed(spoken.whole(found.have), spoken.whole(found.need))


def _minutes_of(likely: Likely, *, signed: bool = False) -> tuple[str, str, str]:
    """Return the figure in minutes, and the ends of its range as bare numbers."""
    low, high = (_number(one, signed=signed) for one in (likely.low, likely.high))
    return minutes(likely.middle, signed=signed), low, high


def minutes(number: Decimal, *, signed: bool = False, places: int = 0) -> str:
    """Return minutes such as `90 min`; a gain of minutes as `+79 min` where that is asked."""
    return text.label("minutes").format(number=_number(number, signed=signed, places=places))


def _number(number: Decimal, *, signed: bool, places: int = 0) -> str:
    rounded = round(number, places) + 0  # never a zero with a sign
    plus = "+" if signed and rounded > 0 else ""
    return f"{plus}{spoken.decimal(rounded, places)}"


def an_hour() -> str:
    """Return what an hour counts in every net value."""
    return spoken.money(CURRENCY_PER_MINUTE * MINUTES_PER_HOUR, USD)


def _fact(name: str, values: object | None = None) -> Fact:
    words = text.words(name) if values is None else text.words(name, values)
    return Fact(words.title, words.body)
