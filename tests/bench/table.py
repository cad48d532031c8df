"""What was measured, as a table or as JSON, with the machine that it was measured on."""

import os
import platform
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Line:
    """One measurement. ratio: as `goal` means it, a median of pairs; met: None without a goal."""

    name: str
    size: str
    database: str
    ours: str
    bare: str
    ratio: float | None = None
    goal: str = ""
    met: bool | None = None
    note: str = ""


def at_least(goal: float, ratio: float) -> dict[str, Any]:
    """Return the goal and whether it is met, for a ratio that should be large."""
    return {"ratio": round(ratio, 2), "goal": f"at least {goal}", "met": round(ratio, 2) >= goal}


def at_most(goal: float, ratio: float) -> dict[str, Any]:
    """Return the goal and whether it is met, for a ratio that should be small."""
    return {"ratio": round(ratio, 2), "goal": f"at most {goal}", "met": round(ratio, 2) <= goal}


def seconds(values: Iterable[float]) -> str:
    """Return the median of durations in words."""
    middle = median(values)
    return f"{middle:.1f} s" if middle >= 1 else f"{1000 * middle:.1f} ms"


def per_second(rows: int, values: Iterable[float]) -> str:
    """Return the median duration, and how many rows a second that is."""
    found = list(values)
    return f"{seconds(found)} ({rows / median(found):,.0f} rows/s)"


def machine(databases: Iterable[str]) -> dict[str, str]:
    """Return what the figures depend on."""
    return {
        "processor": f"{os.cpu_count()} cores, {platform.machine()}",
        "python": platform.python_version(),
        "databases": ", ".join(databases),
    }


def sqlite_version() -> str:
    """Return the version of SQLite, in words."""
    return f"SQLite {sqlite3.sqlite_version}"


def show(lines: list[Line], on: dict[str, str]) -> None:
    """Print the table."""
    table = Table(title="Unranked, measured", caption="; ".join(on.values()))
    for name in ("what", "size", "database", "ours", "bare", "ratio", "goal", "met"):
        table.add_column(name)
    said: Callable[[bool | None], str] = {True: "yes", False: "NO", None: ""}.__getitem__
    for line in lines:
        ratio = "" if line.ratio is None else f"{line.ratio:.2f}"
        table.add_row(
            *(line.name, line.size, line.database, line.ours, line.bare),
            *(ratio, line.goal, said(line.met)),
        )
    console = Console(width=160)
    console.print(table)
    for note in dict.fromkeys(line.note for line in lines if line.note):
        console.print(f"- {note}", markup=False, highlight=False)


def as_json(lines: list[Line], on: dict[str, str]) -> dict[str, Any]:
    """Return the same for a program."""
    return {"machine": on, "lines": [asdict(line) for line in lines]}
