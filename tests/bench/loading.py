"""Case 1: one sync of usage through HTTP, against the bare load of the rows that it stores."""

import json
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from statistics import median
from typing import Any

import httpx
from company import found, runtime
from databases import Databases
from once import Once, once
from pages import LAST_DAY, serving
from sqlalchemy import delete
from table import Line, at_least, at_most, per_second, seconds

from unranked.connectors.anthropic import CONNECTOR
from unranked.services import sync
from unranked.store import Store, Tx
from unranked.store.tables import Usage, table

ACCOUNTS = 25_000
BATCH = 5_000
FRESH, AGAIN = "fresh", "replacing"
_FIRST = date(2026, 1, 1)  # the first day that the connector asks for: its weeks begin there
_usage = table(Usage)
_NAMES = ", ".join(column.name for column in _usage.columns)
_DAY = _usage.columns.keys().index("day")


def ours(store: Store, address: str) -> tuple[float, int]:
    """Return how long one sync of the usage report takes, and how many rows it brought."""
    made = runtime(store, {"anthropic": {"usage", "members"}}, address=address)
    kinds = frozenset({CONNECTOR.feed("usage").kind})
    start = time.perf_counter()
    (run,) = sync.run(made, kinds=kinds)
    return time.perf_counter() - start, run.rows


def floor(_: Store, address: str) -> tuple[float, int]:
    """Return how long the same pages take over HTTP with `json.loads` and nothing else."""
    rows, end = 0, LAST_DAY + timedelta(days=1)
    start = time.perf_counter()
    with httpx.Client(base_url=address) as http:
        page: str | None = "0"
        while page is not None:
            asked = {"starting_at": _FIRST.isoformat(), "ending_at": end.isoformat(), "page": page}
            answer = json.loads(http.get("/", params=asked).content)
            rows, page = rows + len(answer["data"]), answer["next_page"]
    return time.perf_counter() - start, rows


def bare(store: Store, source: str) -> tuple[float, int]:
    """Return how long the same rows take as tuples, in the same transactions of a week each."""
    weeks = [(week, list(rows)) for week, rows in groupby(_rows(source), key=_week)]
    start = time.perf_counter()
    for week, rows in weeks:
        with store.write() as tx:
            span = _usage.c.day.between(week, week + timedelta(days=6))
            tx.execute(delete(_usage).where(_usage.c.connector == "anthropic", span))
            _load(tx, rows)
    return time.perf_counter() - start, sum(len(rows) for _, rows in weeks)


def _rows(source: str) -> list[tuple[Any, ...]]:
    with closing(Store.open(source)) as store, store.read() as tx:
        stored = "rowid" if tx.dialect.name == "sqlite" else "ctid"
        query = f"SELECT {_NAMES} FROM usage ORDER BY {stored}"  # noqa: S608 - names of columns
        return list(map(tuple, tx.exec_driver_sql(query)))


def _week(row: tuple[Any, ...]) -> date:
    day = row[_DAY] if isinstance(row[_DAY], date) else date.fromisoformat(row[_DAY])
    return _FIRST + (day - _FIRST) // timedelta(days=7) * timedelta(days=7)


def _load(tx: Tx, rows: list[tuple[Any, ...]]) -> None:
    if tx.dialect.name == "sqlite":
        marks = ", ".join("?" * len(_usage.columns))
        statement = f"INSERT INTO usage ({_NAMES}) VALUES ({marks})"  # noqa: S608 - the same
        for first in range(0, len(rows), BATCH):
            tx.exec_driver_sql(statement, rows[first : first + BATCH])
        return
    types = [column.type.compile(tx.dialect).lower() for column in _usage.columns]
    statement = f"COPY usage ({_NAMES}) FROM STDIN WITH (FORMAT BINARY)"
    with tx.connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.set_types(types)
        for row in rows:
            copy.write_row(row)


@dataclass
class Runs:
    """The runs of one kind, in pairs. provider: processor seconds of the stand-in."""

    ours: list[Once] = field(default_factory=list)
    bare: list[Once] = field(default_factory=list)
    provider: list[float] = field(default_factory=list)
    floor: list[Once] = field(default_factory=list)

    @property
    def limit(self) -> float:
        """Return the ratio of a sync that did nothing but HTTP, `json.loads` and the bare load."""
        pairs = zip(self.floor, self.bare, strict=True)
        return median(bare.seconds / (floor.seconds + bare.seconds) for floor, bare in pairs)

    @property
    def ratio(self) -> float:
        """Return the median of bare by ours: 1 would be as fast as the bare load."""
        pairs = zip(self.ours, self.bare, strict=True)
        return median(bare.seconds / ours.seconds for ours, bare in pairs)


def measure(databases: Databases, *, rows: int, pairs: int) -> Iterator[Line]:
    """Yield the lines of this case."""
    accounts = min(ACCOUNTS, rows // 10)
    large = _runs(databases, rows, accounts, pairs)
    small = _runs(databases, rows // 10, accounts, 1)
    for kind, runs in large.items():
        share = median(p / o.seconds for p, o in zip(runs.provider, runs.ours, strict=True))
        yield Line(
            f"sync, {kind}",
            f"{rows:,} rows",
            databases.name,
            per_second(rows, (run.seconds for run in runs.ours)),
            per_second(rows, (run.seconds for run in runs.bare)),
            **at_least(0.5, runs.ratio),
            note=f"sync, {kind}, {databases.name}: the stand-in takes {share:.0%} of ours; "
            f"HTTP and json.loads alone take {seconds(run.seconds for run in runs.floor)}, so that "
            f"in Python the ratio cannot pass {runs.limit:.2f}",
        )
    peak, before = (max(run.peak for r in of.values() for run in r.ours) for of in (large, small))
    yield Line(
        "sync, peak memory",
        f"{rows:,} and {rows // 10:,} rows",
        databases.name,
        f"{peak:.0f} MB",
        f"{before:.0f} MB",
        **at_most(1.2, peak / before),
    )


def _runs(databases: Databases, rows: int, accounts: int, pairs: int) -> dict[str, Runs]:
    base = databases.new()
    with closing(Store.open(base)) as store:
        found(store, accounts, tools=("anthropic",))
    runs = {FRESH: Runs(), AGAIN: Runs()}
    source = ""
    with serving(rows, accounts) as address:
        for _ in range(pairs):
            mine, other = databases.copy(base), databases.copy(base)
            for pair in runs.values():
                before = _spent(address)
                pair.ours.append(_checked(once("loading", "ours", mine, address), rows))
                pair.provider.append(_spent(address) - before)
                source = source or databases.copy(mine)
                pair.floor.append(_checked(once("loading", "floor", other, address), rows))
                pair.bare.append(_checked(once("loading", "bare", other, source), rows))
            databases.drop(mine)
            databases.drop(other)
    databases.drop(source)
    databases.drop(base)
    return runs


def _checked(run: Once, rows: int) -> Once:
    if run.found != rows:
        raise ValueError(f"{run.found} rows were loaded of {rows}.")
    return run


def _spent(address: str) -> float:
    return float(httpx.get(f"{address}/spent").text)
