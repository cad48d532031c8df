"""Case 5: a campaign planned for everybody, against one `INSERT … SELECT` of the rows it writes.

The bare statements put the same rows into the same tables, past the same indexes and triggers: one
statement for the arms and one for the messages, from tables without an index, in one transaction.
"""

import time
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from statistics import median
from typing import Any

import company
from company import NOW, found, runtime
from databases import Databases
from once import Once, once
from table import Line, at_most, seconds

from unranked.domain.campaigns import Design
from unranked.services import campaigns, nudges
from unranked.store import Store, Tx
from unranked.store.tables import Enrolment, Outbox, table

FEEDS = {"anthropic": {"usage", "members"}}
FEWER = 4
"""Memory is compared with that of a company so many times smaller."""

PLANNED = (table(Enrolment).name, table(Outbox).name)
_OF_CAMPAIGNS = "campaign_key IS NOT NULL"
"""Of either table: the rows of a plan, and not what people had long ago."""


def ours(store: Store, _: str) -> tuple[float, int]:
    """Return how long it takes to plan for everybody, and how many rows that makes."""
    made = runtime(store, FEEDS)
    start = time.perf_counter()
    run = nudges.plan(made)
    took = time.perf_counter() - start
    if run.blocked or not run.eligible:
        raise ValueError(run.blocked or "Nobody was drawn.")
    return took, _rows(store)


def bare(store: Store, _: str) -> tuple[float, int]:
    """Return how long the two statements take, and how many rows they make."""
    start = time.perf_counter()
    with store.write() as tx:
        for name in PLANNED:
            tx.exec_driver_sql(f"INSERT INTO {name} SELECT * FROM staged_{name}")  # noqa: S608 - two tables of ours
    return time.perf_counter() - start, _rows(store)


def measure(databases: Databases, *, people: int, pairs: int) -> Iterator[Line]:
    """Yield the lines of this case."""
    base, small = _launched(databases, people), _launched(databases, people // FEWER)
    staged = _staged(databases, base)
    runs: list[tuple[Once, Once]] = []
    for number in range(pairs):
        order = ("ours", "bare") if number % 2 else ("bare", "ours")
        done: dict[str, Once] = {}
        for which in order:
            mine = databases.copy(base if which == "ours" else staged)
            done[which] = once("planning", which, mine)
            databases.drop(mine)
        runs.append((done["ours"], done["bare"]))
    fewer = once("planning", "ours", small)
    for url in (base, small, staged):
        databases.drop(url)
    written = runs[0][0].found
    yield Line(
        "planning a campaign",
        f"{people:,} people, {written:,} rows",
        databases.name,
        seconds(mine.seconds for mine, _ in runs),
        seconds(other.seconds for _, other in runs),
        **at_most(3.0, median(mine.seconds / other.seconds for mine, other in runs)),
    )
    peak = max(mine.peak for mine, _ in runs)
    yield Line(
        "planning, peak memory",
        f"{people:,} and {people // FEWER:,} people",
        databases.name,
        f"{peak:.0f} MB",
        f"{fewer.peak:.0f} MB",
        **at_most(1.3, peak / fewer.peak),
    )


def _launched(databases: Databases, people: int) -> str:
    """Return the address of a company that a campaign was launched in, for all of its people."""
    url = databases.new()
    with closing(Store.open(url)) as store:
        found(store, people, tools=("anthropic",), zones=company.ZONES)
        company.place(store, feeds=FEEDS)
        made = runtime(store, FEEDS)
        today = NOW.date()
        draft = campaigns.create(made, Design("Spring", today, today + timedelta(weeks=12)))
        launched = campaigns.launch(made, draft.campaign_key, revision=0)
        if launched.wrong or launched.too_few:
            raise ValueError("The campaign was not launched.")
    return url


def _staged(databases: Databases, base: str) -> str:
    """Return the address of the same company with the rows of a plan beside their tables."""
    url = databases.copy(base)
    once("planning", "ours", url)
    with closing(Store.open(url)) as store:
        with store.write() as tx:
            for name in PLANNED:
                rows = f"FROM {name} WHERE {_OF_CAMPAIGNS}"
                tx.exec_driver_sql(f"CREATE TABLE staged_{name} AS SELECT * {rows}")
                tx.exec_driver_sql(f"DELETE {rows}")
        _tidy(store)
    return url


def _tidy(store: Store) -> None:
    """Leave nothing of the deleted rows, as in the database that ours begins with."""
    connection: Any = store._engine.raw_connection().driver_connection
    if store._engine.dialect.name == "postgresql":
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE")
    else:
        connection.execute("VACUUM")


def _rows(store: Store) -> int:
    with store.read() as tx:
        return sum(_count(tx, name) for name in PLANNED)


def _count(tx: Tx, name: str) -> int:
    query = f"SELECT count(*) FROM {name} WHERE {_OF_CAMPAIGNS}"  # noqa: S608 - two tables of ours
    return int(tx.exec_driver_sql(query).scalar_one())
