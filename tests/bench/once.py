"""One run in a process of its own; it prints its seconds, its result and its peak of memory.

python once.py MODULE FUNCTION DATABASE ARGUMENT
"""

import json
import os
import resource
import subprocess
import sys
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from unranked.bootstrap import collect_rarely
from unranked.store import Store


@dataclass(frozen=True, slots=True)
class Once:
    """What a run took. found: what it says of its result, to be compared. peak: in megabytes."""

    seconds: float
    found: int
    peak: float


def once(module: str, function: str, url: str, argument: str = "") -> Once:
    """Run `function(store, argument)` of a module here in a process of its own."""
    command = [sys.executable, Path(__file__), module, function, url, argument]
    where = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, env=where)
    return Once(**json.loads(done.stdout))


def peak_megabytes() -> float:
    """Return the most memory that this process ever had.

    Linux's `ru_maxrss` would do, but it also counts what the parent had when it started this one.
    """
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    line = next(one for one in status.read_text().splitlines() if one.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    _, module_name, function_name, database, given = sys.argv
    collect_rarely()  # as the command does
    store = Store.open(database)
    seconds, found = getattr(import_module(module_name), function_name)(store, given)
    store.close()
    json.dump({"seconds": seconds, "found": found, "peak": peak_megabytes()}, sys.stdout)
