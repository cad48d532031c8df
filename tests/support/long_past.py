"""A store in which a few people's past of years is whatever a test says, and nothing is fetched."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from small_world import connector, migrated
from sqlalchemy import delete, insert, select, update

from unranked.channels.absent import Absent
from unranked.domain.people import PersonKind, Tie
from unranked.domain.usage import AccountKind
from unranked.services import answers, segments
from unranked.services.runtime import Connected, Runtime
from unranked.store import Tx, campaigns, checkins, people
from unranked.store.checkins import Answer
from unranked.store.people import StoredAccount, StoredPerson
from unranked.store.tables import Account as AccountTable
from unranked.store.tables import Completeness, Coverage, Enrolment, Usage, table
from unranked.store.vault import EVER

TODAY = date(2026, 11, 30)  # a Monday
TOOLS = ("acme", "beta")
FIRST = TODAY - timedelta(days=800)


@dataclass(frozen=True)
class Account:
    """An account: whose it is since when, one after the other, and when it was used.

    owners: (first day, person); None for nobody's from that day on.
    used: the days before TODAY, counted back, on which there was use.
    """

    tool: str
    owners: tuple[tuple[date, str | None], ...]
    used: frozenset[int] = frozenset()
    kind: AccountKind = AccountKind.MEMBER


@dataclass(frozen=True)
class History:
    """Everything that a test says about the past. Of each tool: since when, through when.

    seats: since when every account has its seat. dated: whether that is known for certain.
    """

    accounts: tuple[Account, ...]
    since: Mapping[str, date] = field(default_factory=lambda: dict.fromkeys(TOOLS, FIRST))
    through: Mapping[str, date | None] = field(
        default_factory=lambda: dict.fromkeys(TOOLS, TODAY - timedelta(days=2))
    )
    seats: date = FIRST
    dated: bool = True
    weekdays: frozenset[int] | None = frozenset(range(5))


@dataclass
class Past:
    """The company. `at` is its day."""

    runtime: Runtime
    days: list[date]

    def at(self, day: date) -> None:
        """Move the clock."""
        self.days[0] = day

    def placed(self) -> Mapping[str, Any]:
        """Place everybody anew, and return where."""
        segments.refresh(self.runtime)
        with self.runtime.store.read() as tx:
            return campaigns.placements(tx)

    def summary(self, person: str) -> Any:
        """Return what `/tokens` answers somebody."""
        return answers.tokens(self.runtime, person)

    def rows(self, model: type) -> list[dict[str, Any]]:
        """Return a table's rows, in the order of their keys."""
        place = table(model)
        with self.runtime.store.read() as tx:
            found = tx.execute(select(place).order_by(*place.primary_key)).mappings()
            return [dict(row) for row in found]

    def answered(self, person: str, weeks: Mapping[date, int]) -> None:
        """Let somebody answer for weeks, each by its Monday."""
        with self.runtime.store.write() as tx:
            for week, minutes in weeks.items():
                checkins.put(tx, person, Answer(week, minutes), on=week + timedelta(days=7))

    def drew(self, campaign: str, draws: Mapping[str, date]) -> None:
        """Let a campaign have drawn people on days."""
        rows = [
            {
                "campaign_key": campaign,
                "person_key": person,
                "arm": "nudge",
                "segment": "never_used",
                "watermark": day,
                "enrolled_at": datetime(day.year, day.month, day.day, 15, tzinfo=UTC),
            }
            for person, day in draws.items()
        ]
        with self.runtime.store.write() as tx:
            tx.execute(insert(table(Enrolment)), rows)


@contextmanager
def long_past(url: str, history: History) -> Iterator[Past]:
    """Give the company with that history."""
    store = migrated(url)
    days = [TODAY]
    try:
        runtime = Runtime(
            store=store,
            connectors=tuple(Connected(connector(tool), _no_provider) for tool in TOOLS),
            channel=Absent("slack", hint=""),
            clock=lambda: datetime(days[0].year, days[0].month, days[0].day, 3, tzinfo=UTC),
            sleeper=lambda _: None,
            help_contact="#ai-help",
        )
        with store.write() as tx:
            _fill(tx, history)
        yield Past(runtime, days)
    finally:
        store.close()


def _fill(tx: Tx, history: History) -> None:
    named = {who for one in history.accounts for _, who in one.owners if who}
    people.save(tx, [_person(who, history) for who in sorted(named)])
    for number, one in enumerate(history.accounts):
        key = account_key(number)
        stored = StoredAccount(key, one.kind, FIRST, history.seats)
        people.add_accounts(tx, one.tool, [stored])
    tx.execute(update(table(AccountTable)).values(seat_dated=history.dated))
    people.set_ties(tx, [tie for n, one in enumerate(history.accounts) for tie in _ties(n, one)])
    rows = [row for n, one in enumerate(history.accounts) for row in _rows(n, one)]
    if rows:
        tx.execute(insert(table(Usage)), rows)
        tx.execute(insert(table(Coverage)), list(_covered(rows)))
    place = table(Completeness)
    tx.execute(delete(place))
    for tool in TOOLS:
        through = history.through[tool]
        tx.execute(
            insert(place).values(
                connector=tool,
                complete_through=through,
                history_since=history.since[tool],
                billed=True,
                billed_through=through,
            )
        )


def _covered(rows: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield the days that were read: those of which there is a row."""
    found = Counter((row["connector"], row["feed"], row["day"]) for row in rows)
    read_at = datetime(TODAY.year, TODAY.month, TODAY.day, tzinfo=UTC)
    for (tool, feed, day), count in sorted(found.items()):
        times = {"same_since": read_at, "fetched_at": read_at}
        mine = {"connector": tool, "feed": feed, "day": day, "digest": "", "rows": count}
        yield mine | times


def _no_provider() -> Any:
    raise AssertionError("Nothing is fetched here.")


def account_key(number: int) -> str:
    """Return the key of an account of a history, by its place there."""
    return f"a-{number}"


def _person(who: str, history: History) -> StoredPerson:
    return StoredPerson(
        who, PersonKind.MEMBER, True, "UTC", "", "", None, None, history.weekdays, FIRST
    )


def _ties(number: int, one: Account) -> Iterator[Tie]:
    ends: Sequence[date | None] = [*(since for since, _ in one.owners[1:]), None]
    for (since, who), until in zip(one.owners, ends, strict=True):
        if who is not None:
            yield Tie(account_key(number), who, since, until)


def _rows(number: int, one: Account) -> Iterator[dict[str, Any]]:
    for back in sorted(one.used):
        day = TODAY - timedelta(days=back)
        common = {
            "connector": one.tool,
            "day": day,
            "account_key": account_key(number),
            "tier": "",
            "credential": "",
            "project": "",
            "variant": "",
            "n_in": None,
            "n_cr": None,
            "n_cw5": None,
            "n_cw1h": None,
        }
        for model in ("small", "big")[: 1 + back % 2]:
            use = {"requests": 1 + back % 3, "n_out": 10 + back, "cost_nano": None, "currency": ""}
            shown = {"feed": "usage", "product": "chat", "model": model, "active": True}
            yield {**common, **shown, **use}
        bill = {"requests": None, "n_out": None, "cost_nano": 10**8 * back, "currency": "USD"}
        yield {**common, "feed": "cost", "product": "", "model": "", "active": False, **bill}


ANYBODYS = ((EVER, "p-ada"),)
"""The owners of an account that was always one person's."""


def with_more(history: History, *accounts: Account) -> History:
    """Return a history with more accounts."""
    return replace(history, accounts=(*history.accounts, *accounts))
