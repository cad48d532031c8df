"""Case 3: one person's own summary, in a small company and in a large one."""

import time
from collections.abc import Iterator
from statistics import median

from company import runtime
from databases import Databases
from once import Once, once
from sqlalchemy import Engine, event
from table import Line, at_most, seconds

from unranked.services import answers
from unranked.store import Store, people

TIMES = 60
FEEDS = {
    "anthropic": {"usage", "cost", "members"},
    "openai": {"completions", "costs", "members"},
}


def ours(store: Store, _: str) -> tuple[float, int]:
    """Return the median seconds of a summary, and how many statements one takes."""
    made = runtime(store, FEEDS)
    with store.read() as tx:
        key = next(iter(people.keys(tx)))
    answers.tokens(made, key)
    statements = 0

    def count(*_: object) -> None:
        nonlocal statements
        statements += 1

    event.listen(Engine, "before_cursor_execute", count)
    taken = []
    for _number in range(TIMES):
        start = time.perf_counter()
        answers.tokens(made, key)
        taken.append(time.perf_counter() - start)
    return median(taken), statements // TIMES


def measure(
    databases: Databases, small: str, large: str, *, people_in: tuple[int, int], pairs: int
) -> Iterator[Line]:
    """Yield the line of this case for the companies at two addresses."""
    runs: list[tuple[Once, Once]] = [
        (once("answering", "ours", large), once("answering", "ours", small)) for _ in range(pairs)
    ]
    few, many = people_in
    big, little = runs[0]
    yield Line(
        "/tokens",
        f"{many:,} and {few:,} people",
        databases.name,
        f"{seconds(one.seconds for one, _ in runs)}, {big.found} statements",
        f"{seconds(one.seconds for _, one in runs)}, {little.found} statements",
        **at_most(1.3, median(one.seconds / other.seconds for one, other in runs)),
    )
