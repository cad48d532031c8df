"""`make bench`: what the product costs, as ratios within one run.

python tests/bench [sync] [segments] [tokens] [start] [planning] [digests]
    [--rows N] [--people N] [--planned N] [--pairs N] [--json]

A slow machine does not matter to a ratio; a busy one does.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support"), str(ROOT / "tests" / "bench")]

import answering  # noqa: E402 - the paths come first
import digesting  # noqa: E402
import loading  # noqa: E402
import placing  # noqa: E402
import planning  # noqa: E402
import starting  # noqa: E402
import summing  # noqa: E402
from company import found, work  # noqa: E402
from databases import Databases, SQLite, postgresql  # noqa: E402
from rich.console import Console  # noqa: E402
from table import Line, as_json, machine, show  # noqa: E402

from unranked.store import Store  # noqa: E402

CASES = ("sync", "segments", "tokens", "start", "planning", "digests")
FEW = 2_000


def main() -> int:
    """Measure, print, and return 0 whether or not every goal is met."""
    given = _given()
    progress = Console(stderr=True)
    lines: list[Line] = []
    with ExitStack() as stack:
        kinds: list[Databases] = []
        if given.database != "postgresql":
            folder = stack.enter_context(tempfile.TemporaryDirectory(dir=given.folder))
            kinds.append(SQLite(Path(folder)))
        if given.database != "sqlite":
            kinds.append(stack.enter_context(postgresql()))
        for databases in kinds:
            for line in _measure(databases, given):
                lines.append(line)
                progress.print(f"{line.name}, {databases.name}: {line.ours}, ratio {line.ratio}")
        on = machine(one.name for one in kinds)
    if given.json:
        sys.stdout.write(json.dumps(as_json(lines, on), indent=2) + "\n")
    else:
        show(lines, on)
    return 0


def _measure(databases: Databases, given: argparse.Namespace) -> Iterator[Line]:
    if "start" in given.cases:
        yield from starting.measure(databases, runs=2 * given.pairs + 1)
    if "sync" in given.cases:
        yield from loading.measure(databases, rows=given.rows, pairs=given.pairs)
    if "planning" in given.cases:
        yield from planning.measure(databases, people=given.planned, pairs=given.pairs)
    if "digests" in given.cases:
        yield from digesting.measure(databases, people=given.people, pairs=given.pairs)
    if {"segments", "tokens"} & set(given.cases):
        yield from _of_companies(databases, given)


def _of_companies(databases: Databases, given: argparse.Namespace) -> Iterator[Line]:
    many, few = given.people, min(FEW, given.people)
    large, rows = _company(databases, many)
    if "segments" in given.cases:
        yield from placing.measure(databases, large, people=many, rows=rows, pairs=given.pairs)
    if "tokens" in given.cases:
        small, _ = _company(databases, few)
        yield from answering.measure(databases, small, large, few=few, many=many, pairs=given.pairs)
        databases.drop(small)
        yield from summing.measure(databases, large, many=many)
    databases.drop(large)


def _company(databases: Databases, people: int) -> tuple[str, int]:
    """Return the address of a company of that size, and how many rows of usage it has."""
    url = databases.new()
    with closing(Store.open(url)) as store:
        found(store, people)
        rows = work(store)
        with store.write() as tx:  # a service starts on no database that holds anything else
            tx.exec_driver_sql("DROP TABLE bench_number")
        return url, rows


def _given() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Unranked, measured as ratios within one run.")
    add = parser.add_argument
    add("cases", nargs="*", default=CASES, help=f"of {', '.join(CASES)}; all by default")
    add("--rows", type=int, default=1_000_000, help="usage rows of one sync")
    add("--people", type=int, default=200_000, help="people to place, with 60 usage rows each")
    add("--planned", type=int, default=100_000, help="people that a campaign is planned for")
    add("--pairs", type=int, default=3, help="runs of each kind; the medians are shown")
    add("--database", choices=("sqlite", "postgresql"), help="one kind alone")
    add("--folder", type=Path, help="where the SQLite files may stand for a while: 10 GB")
    add("--json", action="store_true")
    given = parser.parse_args()
    if unknown := set(given.cases) - set(CASES):
        parser.error(f"no such case: {', '.join(unknown)}")
    return given


if __name__ == "__main__":
    sys.exit(main())
