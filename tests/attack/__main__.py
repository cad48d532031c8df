"""`make attack`: two managers who put a year of digests together, in ten thousand organisations.

python tests/attack [--organisations N] [--seed S] [--processes N] [--write docs/privacy.md]

Ends with 1 where anything could be found out that must not be, and says how to see it again.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "attack")]

import attack_words  # noqa: E402 - the paths come first
import known_others  # noqa: E402
from attack_run import Found, run  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.progress import (  # noqa: E402
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from unranked.services.documents import BEGIN, END, measured_in  # noqa: E402


def main() -> int:
    """Attack, print, and return 0 where nothing was found that must not be."""
    given = _given()
    console = Console(width=max(110, Console().width))
    began = time.monotonic()
    found = _found(given)
    known = list(known_others.every())
    attack_words.show(found, known, console)
    console.print(f"{time.monotonic() - began:,.0f} seconds, seed {given.seed}")
    if given.write:
        _write(given.write, attack_words.block(found, known))
    return 1 if attack_words.said(found, known) else 0


def _found(given: argparse.Namespace) -> Found:
    bars = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )
    found = Found()
    with bars:
        task = bars.add_task("organisations", total=given.organisations)
        for done, newest in run(given.seed, given.organisations, processes=given.processes):
            found.join(newest)
            bars.update(task, completed=done)
    return found


def _write(path: Path, block: str) -> None:
    """Put what was measured in its place in the page about privacy."""
    page = path.read_text(encoding="utf-8")
    if BEGIN not in page:
        raise SystemExit(f"{path} has no place for what was measured.")
    before = f"{BEGIN}\n{measured_in(page)}\n{END}"
    path.write_text(page.replace(before, f"{BEGIN}\n{block}\n{END}"), encoding="utf-8")


def _given(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--organisations", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--write", type=Path, help="the page that says what was measured")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
