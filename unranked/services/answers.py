"""The private answer to `/tokens`: a person's own figures, in words and as a chart."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal

from unranked import prices, text
from unranked.channels.base import Chart, Message, Note, Paragraph, Series
from unranked.connectors.base import Connector, FeedKind
from unranked.domain.personal import (
    DAYS_NEEDED,
    WEEKS,
    CostSource,
    Gap,
    PersonalSummary,
    ToolCosts,
    summarise,
)
from unranked.domain.usage import Money, Window
from unranked.domain.value import MILLION, REFERENCE_PRICE, cost, cost_weighted_tokens
from unranked.services.messages import LOCALE, choices, day_in_words, in_words, tool_name
from unranked.services.runtime import Runtime
from unranked.store import Tx, people, usage
from unranked.store import coverage as stored
from unranked.store.coverage import Completeness
from unranked.store.usage import DaySum

_SOURCES = {
    CostSource.BILLED: "what the provider bills",
    CostSource.ESTIMATED: "the provider's own estimate",
    CostSource.PRICED: "list prices",
}


@dataclass(frozen=True, slots=True)
class Summary:
    """The values of the text `tokens`."""

    weeks: int
    span: str
    through: str
    total: str
    unknown: str


@dataclass(frozen=True, slots=True)
class Nothing:
    """The values of the texts `tokens_nothing` and `tokens_no_cost`."""

    weeks: int
    span: str
    through: str
    unknown: str


@dataclass(frozen=True, slots=True)
class Incomplete:
    """The values of the text `tokens_incomplete`."""

    weeks: int
    unknown: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """The values of the text `tokens_no_account`."""

    unknown: str


@dataclass(frozen=True, slots=True)
class Origin:
    """The values of the text `tokens_note`."""

    sources: str
    reference: str


def tokens(runtime: Runtime, person_key: str) -> Message:
    """Return the person's own last eight weeks. Reads nothing of anybody else."""
    with runtime.store.read() as tx:
        mine = people.tools_of(tx, person_key)
        complete = stored.completeness(tx)
        tools = [
            _tool_costs(tx, one.connector, person_key, complete.get(one.connector.slug))
            for one in runtime.connectors
            if one.connector.slug in mine
        ]
    # Who has a tool need not read what others cannot see; who has none might be using any.
    unseen = [
        line
        for one in runtime.connectors
        if not tools or one.connector.slug in mine
        for line in _cannot_see(one.connector)
    ]
    if not tools:
        return _only_words(text.words("tokens_no_account", Unknown(_listed(unseen))))
    return _message(summarise(tools), unseen)


def _tool_costs(
    tx: Tx, connector: Connector, person_key: str, complete: Completeness | None
) -> ToolCosts:
    source = _source(connector, complete)
    told = source is not CostSource.PRICED  # the provider gives the cost itself
    through = None if complete is None else complete.for_costs
    if complete is None or through is None or not _long_enough(complete, through):
        return ToolCosts(connector.slug, source, None, {})
    # One week more than is shown, so that the first of the weeks is there from its Monday on.
    window = Window(through - timedelta(weeks=WEEKS + 1), through + timedelta(days=1))
    rows = usage.of_person(tx, person_key, connector.slug, window)
    amounts: dict[tuple[date, str], Decimal] = {}
    used: set[date] = set()
    unpriced = False
    for row in rows:
        activity = connector.feed(row.feed).kind is FeedKind.ACTIVITY
        if activity and row.active:
            used.add(row.day)
        if activity is told:
            continue
        amount, whole = (row.cost, True) if told else _priced(row)
        counts = bool(row.tokens) or told  # a bill without an amount
        unpriced = unpriced or (counts and (amount is None or not whole))
        if amount is not None:
            place = (row.day, amount.currency)
            amounts[place] = amounts.get(place, Decimal(0)) + amount.amount
    return ToolCosts(connector.slug, source, through, amounts, unpriced, frozenset(used))


def _source(connector: Connector, complete: Completeness | None) -> CostSource:
    if complete is None or not complete.billed:
        return CostSource.PRICED
    feeds = (feed for feed in connector.feeds if feed.kind is FeedKind.COST and feed.per_person)
    return CostSource.BILLED if all(feed.billed for feed in feeds) else CostSource.ESTIMATED


def _long_enough(complete: Completeness, through: date) -> bool:
    since = complete.history_since
    return since is not None and (through - since).days + 1 >= DAYS_NEEDED


def _priced(row: DaySum) -> tuple[Money | None, bool]:
    """Return the row's tokens at list prices (F1), and whether that is the price of all of them.

    None where no price is known at all.
    """
    known = prices.of_model(row.connector, row.model, row.tier, row.day)
    if known is None:
        return None, False
    found = cost(row.tokens, known)
    return (Money(found.amount) if found.amount or found.complete else None), found.complete


def _message(summary: PersonalSummary, unseen: list[str]) -> Message:
    unknown = _listed([*_gaps(summary), *unseen])
    if summary.through is None:
        return _only_words(text.words("tokens_incomplete", Incomplete(WEEKS, unknown)))
    span, through = _span(summary), day_in_words(summary.through)
    if not summary.totals:
        name = "tokens_no_cost" if summary.used else "tokens_nothing"
        return _only_words(text.words(name, Nothing(WEEKS, span, through, unknown)))
    words = text.words("tokens", Summary(WEEKS, span, through, _total(summary), unknown))
    head, total, *rest = (Paragraph(p) for p in words.paragraphs)
    origin = Origin(
        in_words([_SOURCES[source] for source in sorted(summary.sources)]),
        format_decimal(REFERENCE_PRICE, locale=LOCALE),
    )
    note = Note(text.words("tokens_note", origin).body)
    return Message(
        title=words.title,
        parts=(head, total, _chart(summary), *rest, note),
        choices=choices("help_me"),
    )


def _only_words(words: text.Words) -> Message:
    return Message(words.title, tuple(Paragraph(part) for part in words.paragraphs))


def _span(summary: PersonalSummary) -> str:
    """Return the first and the last day of the weeks shown."""
    last = summary.weeks[-1] + timedelta(days=6)
    return f"from {_short(summary.weeks[0])} to {_short(last)}"


def _total(summary: PersonalSummary) -> str:
    if summary.pending:
        return "A cost correction is pending, so there is no total yet."
    missing = [tool_name(tool) for tool, gap in summary.gaps if gap is Gap.NOT_COMPLETE]
    of_what = f"Cost without {in_words(missing)}" if missing else "Cost"
    least = "at least " if summary.at_least else ""
    amounts = " and ".join(_money(a, c) for c, a in sorted(summary.totals.items()))
    if summary.weighted is None:
        return f"{of_what}: {least}{amounts}. In more than one currency there is no one total."
    millions = _millions(summary.weighted)
    return f"{of_what}: {least}{amounts}. That is {least}{millions} million cost-weighted tokens."


def _chart(summary: PersonalSummary) -> Chart:
    series = tuple(
        Series(
            tool_name(tool),
            tuple(
                round(float(summary.amounts.get((week, tool), Decimal(0))), 2)
                for week in summary.weeks
            ),
        )
        for tool in summary.tools
    )
    return Chart(
        title="Cost by week",
        unit="USD",
        categories=tuple(_short(week) for week in summary.weeks),
        series=series,
        words=tuple(_weeks_in_words(summary)),
    )


def _weeks_in_words(summary: PersonalSummary) -> Iterator[str]:
    """Say each week: a chart is no use to somebody who cannot see it."""
    yield "By week, from its Monday: cost, and cost-weighted tokens in millions (M)"
    for week in summary.weeks:
        found = [
            f"{tool_name(tool)} {_money(amount, 'USD')} "
            f"({_millions(cost_weighted_tokens(amount))} M)"
            for tool in summary.tools
            if (amount := summary.amounts.get((week, tool))) is not None
        ]
        yield f"- {_short(week)}: {', '.join(found) or 'no cost'}"


def _gaps(summary: PersonalSummary) -> Iterator[str]:
    said: Mapping[Gap, str] = {
        Gap.NOT_COMPLETE: "the data is not complete for long enough to say a cost.",
        Gap.UNPRICED: "some use has no known price and is not in the cost.",
    }
    for tool, gap in summary.gaps:
        yield f"{tool_name(tool)}: {said[gap]}"


def _cannot_see(connector: Connector) -> Iterator[str]:
    if connector.cannot_see:
        yield f"{tool_name(connector.slug)} does not report {'; '.join(connector.cannot_see)}."


def _listed(lines: list[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _money(amount: Decimal, currency: str) -> str:
    return format_currency(amount, currency, locale="en_US")


def _millions(tokens: Decimal) -> str:
    return str(format_decimal(tokens / MILLION, format="#,##0.00", locale=LOCALE))


def _short(week: date) -> str:
    return format_date(week, "d MMM", locale=LOCALE)
