"""`make simulate`: a year of a large company, and two thousand campaigns whose truth is planted.

python tests/simulation [year] [campaigns] [--people N] [--days N] [--campaigns N] [--seed S]
    [--database sqlite|postgresql]

Ends with 1 where anything happened that must not, and says how to see it again.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support"), str(ROOT / "tests" / "simulation")]

import figures  # noqa: E402 - the paths come first
import rates  # noqa: E402
from postgres import fresh_database, server  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.progress import (  # noqa: E402
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from trials import Trial, run  # noqa: E402
from year import DAYS, Year  # noqa: E402

WHAT = ("year", "campaigns")
AT_ONCE = 40
"""So many campaigns are looked at by the same runs, in one database."""

SENT_IN = 10
"""In one of so many databases messages go out as well: who is counted does not depend on it."""

MANY = 20_000
"""From so many people on, they are placed and nudges are planned twice a week."""


def main() -> int:
    """Simulate, print, and return 0 where nothing was wrong."""
    given = _given()
    console = Console(width=max(110, Console().width))
    bars = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )
    good = True
    with ExitStack() as stack:
        urls = _databases(stack, given.database)
        stack.enter_context(bars)
        if "year" in given.what:
            good &= _year(given, next(urls), bars, console)
        if "campaigns" in given.what:
            good &= _campaigns(given, urls, bars, console)
    return 0 if good else 1


def _year(given: argparse.Namespace, url: str, bars: Progress, console: Console) -> bool:
    every = frozenset({0, 3} if given.people >= MANY else {0, 2, 4})
    task = bars.add_task("a year", total=given.days)
    began = time.monotonic()
    with closing(Year(url, given.people, given.seed, given.days, every)) as year:
        year.run(lambda done, of: bars.update(task, completed=done, total=of))
        bars.refresh()
        figures.show(year, console)
        console.print(f"{time.monotonic() - began:,.0f} seconds")
        return not year.witness.kinds


def _campaigns(
    given: argparse.Namespace, urls: Iterator[str], bars: Progress, console: Console
) -> bool:
    kinds = rates.planted()
    wanted = rates.shared_out(kinds, given.campaigns)
    task = bars.add_task("campaigns", total=len(wanted))
    began = time.monotonic()
    found: list[tuple[rates.Kind, Trial]] = []
    for number, first in enumerate(range(0, len(wanted), AT_ONCE)):
        own = wanted[first : first + AT_ONCE]
        truths = [truth for _, truth in own]
        done = run(next(urls), truths, seed=given.seed + number, send=number % SENT_IN == 0)
        found += [(kind, trial) for (kind, _), trial in zip(own, done, strict=True)]
        bars.update(task, completed=len(found))
    said = rates.measured(kinds, found)
    rates.show(said, console)
    console.print(f"{time.monotonic() - began:,.0f} seconds, seed {given.seed}")
    return all(one.good for _, one in said)


def _databases(stack: ExitStack, kind: str) -> Iterator[str]:
    """Yield addresses of new, empty databases."""
    if kind == "postgresql":
        dsn = stack.enter_context(server())
        while True:
            yield fresh_database(dsn)
    while True:
        folder = tempfile.TemporaryDirectory(prefix="unranked-simulation-")
        with folder as path:
            yield f"sqlite:///{Path(path) / 'unranked.db'}"


def _given(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("what", nargs="*", default=list(WHAT))
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--days", type=int, default=DAYS)
    parser.add_argument("--campaigns", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
