"""`make bench`: what the product costs, as ratios within one run.

python tests/bench [--rows N] [--people N] [--pairs N] [--json]
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support"), str(ROOT / "tests" / "bench")]

import answering  # noqa: E402 - the paths come first
import loading  # noqa: E402
import placing  # noqa: E402
import starting  # noqa: E402
from company import found, work  # noqa: E402
from databases import Databases, SQLite, postgresql  # noqa: E402
from table import Line, as_json, machine, show  # noqa: E402

from unranked.store import Store  # noqa: E402

FEW = 2_000


def main() -> int:
    """Measure, print, and return 0 whether or not every goal is met."""
    parser = argparse.ArgumentParser(description="Unranked, measured as ratios within one run.")
    parser.add_argument("--rows", type=int, default=1_000_000, help="usage rows of one sync")
    parser.add_argument("--people", type=int, default=200_000, help="people to place")
    parser.add_argument("--pairs", type=int, default=3, help="runs of each kind")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, postgresql() as server:
        kinds: list[Databases] = [SQLite(Path(folder)), server]
        lines = [*starting.measure(pairs=given.pairs)]
        for databases in kinds:
            lines += _measure(databases, given)
        on = machine(one.name for one in kinds)
    if given.json:
        sys.stdout.write(json.dumps(as_json(lines, on), indent=2) + "\n")
    else:
        show(lines, on)
    return 0


def _measure(databases: Databases, given: argparse.Namespace) -> Iterator[Line]:
    yield from loading.measure(databases, rows=given.rows, pairs=given.pairs)
    small, _ = _company(databases, min(FEW, given.people))
    large, rows = _company(databases, given.people)
    yield from placing.measure(databases, large, people=given.people, rows=rows, pairs=given.pairs)
    yield from answering.measure(
        databases, small, large, people_in=(min(FEW, given.people), given.people), pairs=given.pairs
    )
    databases.drop(small)
    databases.drop(large)


def _company(databases: Databases, people: int) -> tuple[str, int]:
    """Return the address of a company of that size, and how many rows of usage it has."""
    url = databases.new()
    with closing(Store.open(url)) as store:
        found(store, people)
        work(store)
        with store.read() as tx:
            rows = tx.exec_driver_sql("SELECT count(*) FROM usage").scalar_one()
    return url, int(rows)


if __name__ == "__main__":
    sys.exit(main())
