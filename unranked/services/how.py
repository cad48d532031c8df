"""How a person's summary is computed: each definition, with their own numbers in it."""

from collections.abc import Iterator
from dataclasses import dataclass

from unranked import text
from unranked.channels.base import Fact, Facts, Message, Note, Paragraph
from unranked.domain.access import What
from unranked.domain.constants import COST_FLOOR, CURRENCY_PER_MINUTE, OUTCOME_DAYS, SURVIVAL
from unranked.domain.costs import USD
from unranked.domain.personal import Summary
from unranked.domain.stats import order_statistic
from unranked.domain.value import MILLION, REFERENCE_PRICE, cost_weighted_tokens
from unranked.domain.worth import Likely, NotYet
from unranked.services import access, spoken, summary
from unranked.services.messages import choices
from unranked.services.runtime import Runtime
from unranked.services.summary import Own
from unranked.services.summary_words import HaveNeed, minutes, needs


@dataclass(frozen=True, slots=True)
class Value:
    """The values of the text `how_value`. outside: how many answers the range leaves out."""

    answers: str
    middle: str
    outside: str


@dataclass(frozen=True, slots=True)
class Cost:
    """The values of the text `how_cost`."""

    total: str
    weeks: str
    cost: str
    reference: str


@dataclass(frozen=True, slots=True)
class NoCost:
    """The values of the text `how_cost_not_yet`."""

    needs: str
    reference: str


@dataclass(frozen=True, slots=True)
class Net:
    """The values of the text `how_net`."""

    middle: str
    cost: str
    minute: str
    net: str


@dataclass(frozen=True, slots=True)
class PerCost:
    """The values of the text `how_per_cost`."""

    middle: str
    millions: str
    per_million: str
    per_currency: str
    per_hour: str


@dataclass(frozen=True, slots=True)
class AtLeast(PerCost):
    """The values of the text `how_per_cost_at_least`."""

    floor: str


@dataclass(frozen=True, slots=True)
class Work:
    """The values of the text `how_work`."""

    days: str
    cost: str
    survival: str
    floor: str


@dataclass(frozen=True, slots=True)
class NoWork:
    """The values of the text `how_work_not_yet`."""

    days: str
    survival: str


def how(runtime: Runtime, person_key: str) -> Message:
    """Return the definitions in the order of the summary, with the person's own numbers."""
    access.note(runtime, person_key, What.HOW)
    with runtime.store.read() as tx:
        own = summary.read(tx, runtime, person_key)
    words, end = text.words("how"), text.words("how_end")
    lines = Facts(tuple(_lines(own)))
    return Message(
        title=words.title,
        parts=(Paragraph(words.body), lines, Note(end.body)),
        choices=choices("tokens", "help_me"),
    )


def _lines(own: Own) -> Iterator[Fact]:
    found = own.summary
    yield _value(found)
    yield _cost(found)
    if isinstance(found.value, Likely) and found.weekly is not None and found.net is not None:
        values = Net(
            minutes(found.value.middle),
            spoken.money(found.weekly, USD),
            spoken.money(CURRENCY_PER_MINUTE, USD),
            minutes(found.net.middle, signed=True),
        )
        yield _fact("how_net", values)
    yield _per_cost(found)
    if own.finished is not None:
        yield _work(own)
    yield _fact("how_change")


def _value(found: Summary) -> Fact:
    if isinstance(found.value, NotYet):
        have, need = spoken.whole(found.value.have), spoken.whole(found.value.need)
        return _fact("how_value_not_yet", HaveNeed(have, need))
    said = sorted(found.answered.values())
    outside = order_statistic(len(said)) - 1
    listed = "; ".join(spoken.whole(one) for one in said)
    values = Value(listed, minutes(found.value.middle), spoken.whole(outside))
    return _fact("how_value", values)


def _cost(found: Summary) -> Fact:
    reference = spoken.money(REFERENCE_PRICE, USD)
    if found.weekly is None or not found.costs.weeks:
        return _fact("how_cost_not_yet", NoCost(needs(found.costs), reference))
    weeks = len(found.costs.weeks)
    total, weekly = (spoken.money(one, USD) for one in (found.weekly * weeks, found.weekly))
    return _fact("how_cost", Cost(total, spoken.whole(weeks), weekly, reference))


def _per_cost(found: Summary) -> Fact:
    if found.per_cost is None or not isinstance(found.value, Likely) or found.weighted is None:
        return _fact("how_per_cost_not_yet")
    middle, per = minutes(found.value.middle), minutes(found.per_cost.per_million.middle)
    currency = minutes(found.per_cost.per_currency.middle, places=1)
    hour = spoken.money(found.per_cost.cost_per_hour, USD)
    if found.per_cost.at_least:
        millions = spoken.decimal(cost_weighted_tokens(COST_FLOOR) / MILLION)
        floor = spoken.money(COST_FLOOR, USD)
        return _fact("how_per_cost_at_least", AtLeast(middle, millions, per, currency, hour, floor))
    millions = spoken.decimal(found.weighted / MILLION)
    return _fact("how_per_cost", PerCost(middle, millions, per, currency, hour))


def _work(own: Own) -> Fact:
    days, survival = spoken.whole(OUTCOME_DAYS), spoken.whole(SURVIVAL.days)
    work = own.summary.work
    if work is None or work.spent is None:
        return _fact("how_work_not_yet", NoWork(days, survival))
    cost, floor = spoken.money(work.spent, USD), spoken.money(COST_FLOOR, USD)
    return _fact("how_work", Work(days, cost, survival, floor))


def _fact(name: str, values: object | None = None) -> Fact:
    words = text.words(name) if values is None else text.words(name, values)
    return Fact(words.title, words.body)
