"""Case 4: from nothing to ready, and what is imported on the way."""

import subprocess
import sys
from collections.abc import Iterator
from statistics import median

from databases import Databases
from service import running
from sink import taking
from table import Line, at_most

_LIMIT_SECONDS = 1.5
_SHOWN = 8


def measure(databases: Databases, *, runs: int) -> Iterator[Line]:
    """Yield the line of this case: the ratio is to the limit."""
    url = databases.new()
    with taking() as slack:
        ours = []
        for _ in range(runs):
            with running(url, slack) as service:
                ours.append(service.seconds)
    databases.drop(url)
    yield Line(
        "cold start to ready",
        "a migrated database",
        databases.name,
        f"{1000 * median(ours):.0f} ms",
        "1500 ms",
        **at_most(1.0, median(ours) / _LIMIT_SECONDS),
        note="cold start: the slowest imports, in ms with all that they bring: "
        + ", ".join(slowest_imports()),
    )


def slowest_imports() -> list[str]:
    """Return what takes longest to import, each with its milliseconds, by `-X importtime`."""
    program = "import unranked.cli, bot.doors, jobs.clock"
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", program],
        stderr=subprocess.PIPE,
        text=True,
        check=True,
    )
    found = {}
    for line in done.stderr.splitlines():
        _, total, name = line.removeprefix("import time:").split("|")
        if total.strip().isdigit() and "." not in name.strip():
            found[name.strip()] = int(total) / 1000
    slowest = sorted(found.items(), key=lambda item: -item[1])[:_SHOWN]
    return [f"{name} {took:.0f}" for name, took in slowest]
