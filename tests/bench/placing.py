"""Case 2: everybody's segment, against the one statement that gathers the same facts of use."""

import time
from collections.abc import Iterator
from statistics import median

from company import runtime
from databases import Databases
from once import Once, once
from sqlalchemy import text
from table import Line, at_most, seconds

from unranked.services import segments
from unranked.store import Store

FEEDS = {
    "anthropic": {"usage", "members"},
    "openai": {"completions", "members"},
}
_FACTS = text(
    """
    SELECT tie.person_key,
           count(DISTINCT usage.day),
           min(usage.day) FILTER (WHERE usage.connector = 'anthropic'),
           max(usage.day) FILTER (WHERE usage.connector = 'anthropic'),
           min(usage.day) FILTER (WHERE usage.connector = 'openai'),
           max(usage.day) FILTER (WHERE usage.connector = 'openai')
    FROM usage
    JOIN tie ON tie.account_key = usage.account_key
        AND tie.since <= usage.day AND (tie.until IS NULL OR tie.until > usage.day)
    WHERE usage.active AND usage.day <= '2026-03-01' AND (
        (usage.connector = 'anthropic' AND usage.feed = 'usage')
        OR (usage.connector = 'openai' AND usage.feed = 'completions')
    )
    GROUP BY tie.person_key
    """
)
"""What a good engineer would write by hand for this company: one pass, every fact of use."""


def ours(store: Store, _: str) -> tuple[float, int]:
    """Return how long it takes to place everybody, and how many people that is."""
    made = runtime(store, FEEDS)
    start = time.perf_counter()
    placed = segments.refresh(made)
    return time.perf_counter() - start, placed.roster


def bare(store: Store, _: str) -> tuple[float, int]:
    """Return how long the one statement takes with its rows, and how many people had any use."""
    start = time.perf_counter()
    with store.read() as tx:
        found = tx.execute(_FACTS).fetchall()
    return time.perf_counter() - start, len(found)


def measure(
    databases: Databases, url: str, *, people: int, rows: int, pairs: int
) -> Iterator[Line]:
    """Yield the line of this case, for the company in `url`."""
    runs: list[tuple[Once, Once]] = []
    for number in range(pairs):
        order = ("ours", "bare") if number % 2 else ("bare", "ours")
        done = {which: once("placing", which, url) for which in order}
        runs.append((done["ours"], done["bare"]))
    if any(mine.found != people for mine, _ in runs):
        raise ValueError("Not everybody was placed.")
    yield Line(
        "segments",
        f"{people:,} people, {rows:,} rows",
        databases.name,
        seconds(mine.seconds for mine, _ in runs),
        seconds(other.seconds for _, other in runs),
        **at_most(1.5, median(mine.seconds / other.seconds for mine, other in runs)),
        note=f"segments, {databases.name}: ours at its peak {max(m.peak for m, _ in runs):.0f} MB",
    )
