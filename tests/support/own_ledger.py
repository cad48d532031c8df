"""A store in which one person's ledger is whatever a test says, row by row, and nothing is fetched.

Coverage stands still: it is what method.md 4.1 holds equal between two worlds.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from unranked.channels.absent import Absent
from unranked.connectors.base import Auth, Connector, Feed, FeedKind
from unranked.domain.outcomes import OutcomeKind
from unranked.domain.people import PersonKind, Tie
from unranked.domain.usage import AccountKind, Window
from unranked.services import answers, how
from unranked.services.runtime import Connected, Runtime
from unranked.store import Store, checkins, people, vault
from unranked.store.checkins import Answer
from unranked.store.people import StoredAccount, StoredPerson
from unranked.store.tables import (
    Access,
    CheckIn,
    Choice,
    Completeness,
    Disclaimer,
    Hint,
    Outcome,
    Usage,
    table,
)
from unranked.store.tables import Tie as TieTable

NOW = datetime(2026, 3, 6, 10, tzinfo=UTC)
THROUGH = date(2026, 3, 4)
SINCE = date(2025, 9, 1)
ADA = "p-ada"
BILLED, ESTIMATED, PRICED, SEAT = "acme", "openai", "anthropic", "github_copilot"
SOURCE = "github"
TOOLS = (BILLED, ESTIMATED, PRICED, SEAT)
_COST_FEEDS = {BILLED: True, ESTIMATED: False}


@dataclass(frozen=True)
class Entry:
    """One row of use, and what the provider says that it cost where it says so."""

    tool: str
    day: date
    model: str = "claude-opus-4-5"
    tier: str = ""
    n_in: int = 0
    n_out: int = 0
    n_cr: int = 0
    n_cw5: int = 0
    n_cw1h: int = 0
    cost: Decimal = Decimal(0)
    currency: str = "USD"

    def burnt(self, more: int) -> "Entry":
        """Return the row with more of every kind of token, and what they cost."""
        return replace(
            self,
            n_in=self.n_in + more,
            n_out=self.n_out + more,
            n_cr=self.n_cr + more,
            n_cw5=self.n_cw5 + more,
            n_cw1h=self.n_cw1h + more,
            cost=self.cost + Decimal(more) / 100_000,
        )


@dataclass
class OwnLedger:
    """The store, with one person who has an account with every tool."""

    runtime: Runtime = field(repr=False)
    person: str = ADA
    others: tuple[str, ...] = ()

    def is_now(
        self,
        entries: Iterable[Entry],
        minutes: Mapping[date, int | None],
        *,
        leave: Iterable[Window] = (),
        finished: Mapping[date, int] = MappingProxyType({}),
        seats: Collection[str] | None = None,
        coverage: Mapping[str, tuple[date, date]] = MappingProxyType({}),
    ) -> None:
        """Replace all that is known of the person by this.

        seats: with which tools they have an account; by default with all. An entry of another tool
        makes an account, as a provider's report does. coverage: since and through when each tool is
        complete, where that is not SINCE and THROUGH.
        """
        entries = list(entries)
        held = set(TOOLS if seats is None else seats) | {one.tool for one in entries}
        with self.runtime.store.write() as tx:
            for model in (Usage, CheckIn, Hint, Choice, Disclaimer, Outcome, Access):
                tx.execute(delete(table(model)))
            self._hold(tx, self.person, held)
            for other in self.others:  # who may have said that an account is not theirs
                self._hold(tx, other, TOOLS)
            for tool in TOOLS:
                since, through = coverage.get(tool, (SINCE, THROUGH))
                _is_complete(tx, tool, since, through)
            rows = list(_rows(entries, self.person))
            if rows:
                tx.execute(insert(table(Usage)), rows)
            done = [_done(day, count, self.person) for day, count in finished.items()]
            if done:
                tx.execute(insert(table(Outcome)), done)
            for week, said in minutes.items():
                checkins.put(tx, self.person, Answer(week, said), on=NOW.date())
            people.set_absences(tx, {self.person: leave})

    def _hold(self, tx: Any, person: str, tools: Collection[str]) -> None:
        """Let somebody have accounts with these tools, and with the source, and no others."""
        place = table(TieTable)
        tx.execute(delete(place).where(place.c.person_key == person))
        rows = [
            {"account_key": account(tool, person), "person_key": person}
            for tool in (*sorted(tools), SOURCE)
        ]
        tx.execute(insert(place), [{**row, "since": vault.EVER, "until": None} for row in rows])

    def adds(self, person: str, entry: Entry) -> None:
        """Let somebody use something, beside all that is known."""
        with self.runtime.store.write() as tx:
            taken = tx.execute(select(func.count()).select_from(table(Usage))).scalar_one()
            rows = list(_rows([entry], person, after=taken))
            tx.execute(insert(table(Usage)), rows)

    def finishes(self, person: str, day: date, count: int) -> None:
        """Let somebody finish something, in place of what they finished that day."""
        row, place = _done(day, count, person), table(Outcome)
        with self.runtime.store.write() as tx:
            tx.execute(
                delete(place)
                .where(place.c.account_key == row["account_key"])
                .where(place.c.day == day)
            )
            tx.execute(insert(place).values(row))

    def surfaces(self) -> Mapping[str, Any]:
        """Return every message of the summary, by surface."""
        return {
            "summary": answers.tokens(self.runtime, self.person),
            "page": answers.on_page(self.runtime, self.person),
            "how": how.how(self.runtime, self.person),
        }


def account(tool: str, person: str = ADA) -> str:
    """Return the key of a person's account with a tool."""
    return f"a-{tool}-{person}"


@contextmanager
def own_ledger(url: str, others: Iterable[str] = ()) -> Iterator[OwnLedger]:
    """Give the store with the person in it, and `others`, of whom nothing is known yet."""
    store, others = Store.open(url), tuple(others)
    try:
        store.migrate()
        with store.write() as tx:
            for person in (ADA, *others):
                _settle(tx, person)
            for tool in (*TOOLS, SOURCE):
                whole = {"history_since": SINCE, "complete_through": THROUGH}
                tx.execute(
                    insert(table(Completeness)).values(
                        connector=tool,
                        billed=tool in _COST_FEEDS,
                        billed_through=THROUGH if tool in _COST_FEEDS else None,
                        **whole,
                    )
                )
            ties = [
                Tie(account(tool, person), person, vault.EVER)
                for person in (ADA, *others)
                for tool in (*TOOLS, SOURCE)
            ]
            people.set_ties(tx, ties)
        runtime = Runtime(
            store=store,
            connectors=tuple(Connected(a_connector(tool), never) for tool in TOOLS),
            sources=(Connected(_source(), never),),
            channel=Absent("slack", hint=""),
            clock=lambda: NOW,
            sleeper=lambda _: None,
            help_contact="#ai-help",
        )
        yield OwnLedger(runtime, others=others)
    finally:
        store.close()


def weeks_before(count: int) -> list[date]:
    """Return the Mondays of the last weeks that are complete, oldest first."""
    last = date(2026, 2, 23)
    return [last - timedelta(weeks=back) for back in range(count - 1, -1, -1)]


def _rows(entries: Iterable[Entry], person: str, *, after: int = 0) -> Iterator[dict[str, Any]]:
    """Yield the rows of entries. after: so that two of the same day and model stay two."""
    for number, one in enumerate(entries):
        common = {
            "connector": one.tool,
            "day": one.day,
            "account_key": account(one.tool, person),
            "product": "",
            "model": one.model,
            "tier": one.tier,
            "credential": "",
            "project": f"row {after + number}",
            "variant": "",
            "requests": None,
            "cost_nano": None,
            "currency": "",
        }
        counts = {name: getattr(one, name) for name in ("n_in", "n_out", "n_cr", "n_cw5", "n_cw1h")}
        none = dict.fromkeys(counts)
        yield {**common, "feed": "usage", "active": True, **(none if one.tool == SEAT else counts)}
        if one.tool in _COST_FEEDS:
            bill = {"cost_nano": int(one.cost * 10**9), "currency": one.currency}
            yield {**common, "feed": "cost", "active": False, **none, **bill}


def _settle(tx: Any, person: str) -> None:
    member = StoredPerson(
        person, PersonKind.MEMBER, True, "UTC", "", "", None, None, frozenset(range(5)), SINCE
    )
    people.save(tx, [member])
    for tool in (*TOOLS, SOURCE):
        held = StoredAccount(account(tool, person), AccountKind.MEMBER, SINCE, SINCE)
        people.add_accounts(tx, tool, [held])


def a_connector(slug: str) -> Connector:
    """Return a tool of which nothing is fetched."""
    feeds = [Feed("members", FeedKind.DIRECTORY), Feed("usage", FeedKind.ACTIVITY)]
    if slug in _COST_FEEDS:
        feeds.append(Feed("cost", FeedKind.COST, billed=_COST_FEEDS[slug]))
    return Connector(
        slug=slug,
        title=slug.title(),
        base_url="http://127.0.0.1",
        auth=Auth("Authorization", "Bearer ", "the tool's console"),
        feeds=tuple(feeds),
        history=timedelta(days=200),
        pace=timedelta(0),
        cannot_see=("use with a private account",),
        active_means="a request",
        fetch=lambda *_: iter(()),
        parse=lambda _: iter(()),
        check_path="members",
        counts_tokens=slug != SEAT,
    )


def _is_complete(tx: Any, tool: str, since: date, through: date) -> None:
    place = table(Completeness)
    billed = through if tool in _COST_FEEDS else None
    values = {"history_since": since, "complete_through": through, "billed_through": billed}
    tx.execute(update(place).where(place.c.connector == tool).values(values))


def _source() -> Connector:
    feeds = (
        Feed("members", FeedKind.DIRECTORY),
        Feed("merged", FeedKind.OUTCOME, work=OutcomeKind.PR_MERGED),
    )
    return replace(a_connector(SOURCE), feeds=feeds)


def _done(day: date, count: int, person: str) -> dict[str, Any]:
    """Return a row of finished work."""
    return {
        "connector": SOURCE,
        "feed": "merged",
        "day": day,
        "account_key": account(SOURCE, person),
        "kind": OutcomeKind.PR_MERGED.value,
        "finished": count,
    }


def never() -> Any:
    """Refuse to fetch."""
    raise AssertionError("Nothing is fetched here.")
