"""The figures of one person's summary, read from the store: nothing of anybody else's.

The number of statements is the same for everybody, however many tools, weeks or colleagues.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from unranked import prices
from unranked.connectors.base import Connector, FeedKind
from unranked.domain.calendar import WorkCalendar
from unranked.domain.consent import Consent
from unranked.domain.constants import COST_DAYS_NEEDED, LOOK_BACK_WEEKS
from unranked.domain.costs import (
    CostSource,
    ToolCosts,
    complete_through,
    cost_between,
    costs_of,
)
from unranked.domain.personal import Finished, Summary, summarise, work_of
from unranked.domain.retention import daily_since
from unranked.domain.usage import ONE_DAY, Money, Window
from unranked.domain.value import cost
from unranked.services import finished
from unranked.services.runtime import Runtime
from unranked.services.segments import calendar_of, consent_from
from unranked.store import Tx, campaigns, checkins, own_ties, people, usage
from unranked.store import coverage as stored
from unranked.store.coverage import Completeness
from unranked.store.usage import DaySum

_NONE = Decimal(0)


@dataclass(frozen=True, slots=True)
class Own:
    """What one person's answer rests on.

    rows: their days, of LOOK_BACK_WEEKS. tools: the same as costs.
    connectors: their tools; all of them where none is known to be theirs.
    """

    summary: Summary = field(repr=False)
    tools: tuple[ToolCosts, ...] = field(repr=False)
    rows: tuple[DaySum, ...] = field(repr=False)
    connectors: tuple[Connector, ...]
    consent: Consent
    answers: Mapping[date, int | None]
    finished: Finished | None
    today: date


def read(tx: Tx, runtime: Runtime, person_key: str) -> Own:
    """Return what the person's summary rests on, as everything is now."""
    today = runtime.clock().date()
    mine = own_ties.tools_of(tx, person_key)
    every = [one.connector for one in runtime.connectors]
    connectors = [one for one in every if one.slug in mine]
    complete = stored.completeness(tx)
    through = complete_through(
        day
        for one in every
        if one.slug in complete and (day := _whole_through(complete[one.slug])) is not None
    )
    since = daily_since(today)
    rows = _rows(tx, person_key, connectors, through, since)
    of_tool: dict[str, list[DaySum]] = {one.slug: [] for one in connectors}
    for row in rows:
        of_tool[row.connector].append(row)
    tools = tuple(
        _tool_costs(one, of_tool[one.slug], complete.get(one.slug), since) for one in connectors
    )
    answers = {week: one.minutes for week, one in checkins.answers(tx, person_key).items()}
    consent = consent_from(campaigns.choices(tx, person_key).get(person_key, []))
    calendar = _calendar(tx, person_key, consent, today)
    costs = costs_of(tools, calendar, through=through, today=today, since=since)
    done = finished.of_person(
        tx, runtime, person_key, mine=mine, complete=complete, costs_through=costs.through
    )
    spent = cost_between(tools, done.window) if done and done.window and through else None
    return Own(
        summary=summarise(costs, answers, today=today, work=work_of(done, spent)),
        tools=tools,
        rows=tuple(rows),
        connectors=tuple(connectors or every),
        consent=consent,
        answers=answers,
        finished=done,
        today=today,
    )


def _calendar(tx: Tx, person_key: str, consent: Consent, today: date) -> WorkCalendar:
    person = people.one(tx, person_key)
    if person is None:  # erased at this moment
        return WorkCalendar()
    windows = people.absences(tx, person_key).get(person_key, [])
    return calendar_of(person, windows, consent, today=today)


def _rows(
    tx: Tx, person_key: str, connectors: Sequence[Connector], through: date | None, since: date
) -> list[DaySum]:
    """Return the person's rows of all weeks that can be asked for, in one query.

    since: the first day that is kept by the day; no figure may hang on whether older ones are gone.
    """
    if through is None or through < since or not connectors:
        return []
    # One week more, so that the first of the weeks is there from its Monday on.
    first = max(since, through - timedelta(weeks=LOOK_BACK_WEEKS + 1))
    window = Window(first, through + ONE_DAY)
    return usage.of_person(tx, person_key, [one.slug for one in connectors], window)


def _whole_through(complete: Completeness) -> date | None:
    """Return how far a tool's costs are complete; None where they are not for long enough."""
    through, since = complete.for_costs, complete.history_since
    if through is None or since is None or (through - since).days + 1 < COST_DAYS_NEEDED:
        return None
    return through


def _tool_costs(
    connector: Connector, rows: Sequence[DaySum], complete: Completeness | None, since: date
) -> ToolCosts:
    source = _source(connector, complete)
    through = None if complete is None else _whole_through(complete)
    if complete is None or through is None:
        return ToolCosts(connector.slug, source, None)
    told = source is not CostSource.PRICED  # the provider gives the cost itself
    by_seat = not told and not connector.counts_tokens
    amounts: dict[tuple[date, str], Decimal] = {}
    used, unpriced = set(), set()
    activity_feeds = frozenset(connector.activity_feeds)
    for row in rows:
        if row.day > through:
            continue
        activity = row.feed in activity_feeds
        if activity and row.active:
            used.add(row.day)
        if activity is told or by_seat:
            continue
        amount, whole = (row.cost, True) if told else priced(row)
        if (row.tokens or told) and (amount is None or not whole):  # a bill without an amount, too
            unpriced.add(row.day)
        if amount is not None:
            place = (row.day, amount.currency)
            amounts[place] = amounts.get(place, _NONE) + amount.amount
    return ToolCosts(
        tool=connector.slug,
        source=source,
        through=through,
        costs=amounts,
        unpriced=frozenset(unpriced),
        used=frozenset(used),
        since=max(complete.history_since or date.min, since),
        by_seat=by_seat,
    )


def _source(connector: Connector, complete: Completeness | None) -> CostSource:
    if complete is None or not complete.billed:
        return CostSource.PRICED
    feeds = (feed for feed in connector.feeds if feed.kind is FeedKind.COST and feed.per_person)
    return CostSource.BILLED if all(feed.billed for feed in feeds) else CostSource.ESTIMATED


def priced(row: DaySum) -> tuple[Money | None, bool]:
    """Return the row's tokens at list prices (F1), and whether that is the price of all of them.

    None where no price is known at all.
    """
    known = prices.of_model(row.connector, row.model, row.tier, row.day)
    if known is None:
        return None, False
    found = cost(row.tokens, known)
    return (Money(found.amount) if found.amount or found.complete else None), found.complete


def cannot_see(own: Own) -> Iterator[Connector]:
    """Yield the tools of which something cannot be seen.

    Who has a tool need not read what others cannot see; who has none might be using any.
    """
    return (one for one in own.connectors if one.cannot_see)
