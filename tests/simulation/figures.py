"""What a simulated year came to, as a table."""

from collections import Counter

from rich.console import Console
from rich.table import Table
from year import Year


def rows(year: Year) -> list[tuple[str, int]]:
    """Return each figure with its name. All people here are made up, so numbers are exact."""
    states = year.books.reasons()
    of: Counter[str] = Counter()
    for (state, _), count in states.items():
        of[state] += count
    skipped = [
        (f"  {state}: {reason or 'no reason'}", count)
        for (state, reason), count in sorted(states.items())
        if state in {"skipped", "failed"}
    ]
    moods, chat = year.moods.did, year.chat.answers
    return [
        ("people", len(year.staff)),
        ("days", year.days),
        ("campaigns launched", year.team.did["launched"]),
        ("  not launched: too few people", year.team.did["not launched"]),
        ("  held", year.team.did["held"]),
        ("  ended with messages on their way", year.team.did["ended early"]),
        ("messages planned", sum(states.values())),
        ("  sent", of["sent"]),
        ("  skipped", of["skipped"]),
        ("  failed", of["failed"]),
        ("  in doubt at the end", of["in_doubt"]),
        ("  queued or sending at the end", of["queued"] + of["sending"]),
        *skipped,
        ("requests to the chat", sum(one.sends for one in year.chat.keys.values())),
        ("  asked to wait (429)", chat["429"]),
        ("  5xx or no answer", chat["5xx or no answer"]),
        ("  refused for everybody", chat["refuses all"]),
        ("  looks into conversations", chat["looks"]),
        ("kills", year.accidents.killed.total()),
        *((f"  {place}", count) for place, count in sorted(year.accidents.killed.items())),
        ("times a process stood still for minutes", year.accidents.slept),
        ("times the other process came in between", year.accidents.between),
        ("times both worked at once, in threads", year.processes.done["at once"]),
        ("days with a storm", year.did["storms"]),
        ("buttons pressed", sum(n for what, n in moods.items() if what.startswith("pressed"))),
        ("  twice", moods["double clicks"]),
        ("  twice at the same moment", moods["two presses at once"]),
        ("people who started by themselves", moods["starts"]),
        ("  with a message on its way", moods["started before it came"]),
        ("people who pressed with one on its way", moods["pressed before it came"]),
        ("days of use told late", year.tool.late),
        ("days restated", year.tool.restated),
        ("checks made", year.witness.checks),
        ("violations", year.witness.kinds.total()),
    ]


def show(year: Year, console: Console) -> None:
    """Print the table, and every violation with what it takes to see it again."""
    table = Table(title=f"A simulated year (seed {year.seed})")
    table.add_column("what")
    table.add_column("number", justify="right")
    for name, number in rows(year):
        table.add_row(name, f"{number:,}")
    console.print(table)
    for line in said(year):
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def said(year: Year) -> list[str]:
    """Return what is wrong, in words; empty where nothing is."""
    kinds = [f"{count} x {what}" for what, count in sorted(year.witness.kinds.items())]
    first = [
        f"seed {year.seed}, {one.at.isoformat()}: {one.what}: {one.details}"
        for one in year.witness.violations
    ]
    return kinds + first
