"""A message drawn in a terminal: the second renderer, and the demo's own channel."""

import math
from collections.abc import Iterator

from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from unranked.channels.base import Chart, Message, Note, lines_of

_BAR = 24


def draw(message: Message, *, to: str, console: Console) -> None:
    """Print the message in a frame; `to` says in plain words who reads it."""
    body = Text("\n".join(lines(message)))
    console.print(Panel(body, title=Text(message.title), subtitle=Text(to), title_align="left"))


def lines(message: Message) -> Iterator[str]:
    """Yield the message below its title, line by line: every fact and every choice."""
    for part in message.parts:
        if isinstance(part, Chart):
            yield from _bars(part)
            yield from part.words
        elif isinstance(part, Note):
            yield from (f"({line})" for line in part.text.split("\n"))
        else:
            yield from lines_of(part)
        yield ""
    if message.choices:
        yield "  ".join(f"[ {choice.label} ]" for choice in message.choices)


def _bars(chart: Chart) -> Iterator[str]:
    """Yield the picture. What cannot be drawn is in the chart's words all the same."""
    totals = [sum(values) for values in zip(*(s.values for s in chart.series), strict=True)]
    if not totals or not all(map(math.isfinite, totals)):
        return
    yield f"{chart.title} ({chart.unit})"
    longest = max(0.0, *totals) or 1
    for category, total in zip(chart.categories, totals, strict=True):
        yield f"{category:>8} {'#' * round(_BAR * (max(0.0, total) / longest))}"
