"""Case 6: the weekly messages of all managers, against the sums of their groups in the database.

Every tenth person leads ten others, and some of these lead ten others. The groups were fixed when
the quarter began, and one window of it is complete: the gate lets the figures of all groups out,
and everybody's message is planned.
"""

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from statistics import median

import company
import frozen_groups
from company import WEEKDAYS, found, runtime
from databases import Databases
from once import Once, once
from sqlalchemy import update
from table import Line, at_most, seconds

from unranked.connectors.base import FeedKind
from unranked.domain.cohorts import WINDOW, quarter_before, quarter_of, windows
from unranked.domain.privacy import UNRESOLVED_MAX_PERCENT
from unranked.domain.usage import Window
from unranked.services import managers, releases
from unranked.services.runtime import Runtime
from unranked.store import Store, Tx, figures, ledger
from unranked.store.ledger import Release
from unranked.store.tables import Completeness, table
from unranked.store.units_due import Asked

FEEDS = {"anthropic": {"usage", "cost", "members"}}
FEWER = 4
"""Memory is compared with that of a company so many times smaller."""

QUARTER = quarter_of(date(2026, 1, 1))
MONDAY = datetime(2026, 4, 6, 9, 30, tzinfo=UTC)
THROUGH = date(2026, 4, 4)
CLIP = Decimal(60)


def ours(store: Store, _: str) -> tuple[float, int]:
    """Return how long it takes to let figures out and to plan, and for how many managers."""
    made = _runtime(store)
    start = time.perf_counter()
    run = managers.plan(made)
    return time.perf_counter() - start, run.queued


def bare(store: Store, _: str) -> tuple[float, int]:
    """Return how long the sums of all groups and of everybody take, and how many groups it is."""
    made, (window,) = _runtime(store), windows(QUARTER, frozen_on=QUARTER.start, often=False)
    asked = Asked(
        quarter=QUARTER,
        frozen_on=QUARTER.start,
        window=window,
        often=False,
        complete={"anthropic"},
        billed={"anthropic"},
        no_tools=set(),
        in_sight={"anthropic"},
        unresolved_percent=UNRESOLVED_MAX_PERCENT,
    )
    feeds = [releases.feeds(made, kind) for kind in (FeedKind.ACTIVITY, FeedKind.COST)]
    start = time.perf_counter()
    with store.write() as tx:
        figures.organisation_spend(tx, QUARTER, window, feeds[1])  # for the next quarter's clip
        many = sum(1 for _ in figures.sums(tx, asked, *feeds, clip=3 * CLIP, drawn=False))
    return time.perf_counter() - start, many


def measure(databases: Databases, *, people: int, pairs: int) -> Iterator[Line]:
    """Yield the lines of this case."""
    base, small = _led(databases, people), _led(databases, people // FEWER)
    runs: list[tuple[Once, Once]] = []
    for number in range(pairs):
        order = ("ours", "bare") if number % 2 else ("bare", "ours")
        done: dict[str, Once] = {}
        for which in order:
            mine = databases.copy(base)
            done[which] = once("digesting", which, mine)
            databases.drop(mine)
        runs.append((done["ours"], done["bare"]))
    fewer = once("digesting", "ours", small)
    for url in (base, small):
        databases.drop(url)
    yield Line(
        "managers' weekly messages",
        f"{people:,} people, {runs[0][0].found:,} managers",
        databases.name,
        seconds(mine.seconds for mine, _ in runs),
        seconds(other.seconds for _, other in runs),
        **at_most(3.0, median(mine.seconds / other.seconds for mine, other in runs)),
    )
    peak = max(mine.peak for mine, _ in runs)
    yield Line(
        "managers' weekly messages, peak memory",
        f"{people:,} and {people // FEWER:,} people",
        databases.name,
        f"{peak:.0f} MB",
        f"{fewer.peak:.0f} MB",
        **at_most(1.3, peak / fewer.peak),
    )


def _led(databases: Databases, people: int) -> str:
    """Return the address of a company whose people have managers and used a tool."""
    url = databases.new()
    with closing(Store.open(url)) as store:
        found(store, people, tools=("anthropic",))
        with store.write() as tx:
            _lead(tx)
            for day in WEEKDAYS[::4]:
                company.use(tx, day, "anthropic", "usage", "claude-opus-4-5", active=True)
                company.use(tx, day, "anthropic", "cost", "claude-opus-4-5", active=False)
            whole = {"complete_through": THROUGH, "billed_through": THROUGH}
            tx.execute(update(table(Completeness)).values(whole))
            for quarter in (QUARTER, quarter_of(QUARTER.end)):
                frozen_groups.fix(tx, quarter)
            ledger.record(tx, [_clip()])
        company.look_over(store)
    return url


def _lead(tx: Tx) -> None:
    """Let every tenth person lead ten: the first one leads the first ten, and so on."""
    tx.exec_driver_sql(
        "CREATE TABLE bench_led AS SELECT person_key, ROW_NUMBER() OVER (ORDER BY person_key) - 1"
        " AS i FROM person"
    )
    tx.exec_driver_sql("CREATE INDEX ix_bench_led ON bench_led (i)")
    tx.exec_driver_sql("CREATE INDEX ix_bench_led_key ON bench_led (person_key)")
    tx.exec_driver_sql(
        "UPDATE person SET manager_key = (SELECT boss.person_key FROM bench_led AS mine"
        " JOIN bench_led AS boss ON boss.i = (mine.i - 1) / 10"
        " WHERE mine.person_key = person.person_key AND mine.i > 0)"
    )
    tx.exec_driver_sql("DROP TABLE bench_led")


def _clip() -> Release:
    before = quarter_before(QUARTER)
    window = Window(before.start, before.start + 3 * WINDOW)
    whose = (releases.ORGANISATION, releases.CLIP)
    return Release(*whose, window, before.start, "", str(CLIP), MONDAY)


def _runtime(store: Store) -> Runtime:
    return replace(runtime(store, FEEDS), clock=lambda: MONDAY, default_zone="UTC")
