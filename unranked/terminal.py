"""Progress in a terminal: bars where somebody watches, a plain line for each step where not."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text


class Share(ProgressColumn):
    """How much of the work is done, in percent; nothing where nobody knows how much there is.

    Not how many: what is being done may be people, and their number is nobody's business.
    """

    def render(self, task: Task) -> Text:
        """Return the share."""
        return Text("" if task.total is None else f"{task.percentage:3.0f} %")


class Bars:
    """One bar for each thing that is being done; `show` is a `Progress` of the services.

    exact: show numbers, for a company that is made up.
    """

    def __init__(self, console: Console, *, exact: bool = False) -> None:
        self._console = console
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn() if exact else Share(),
            TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._tasks: dict[str, TaskID] = {}

    @property
    def on_a_terminal(self) -> bool:
        """Whether somebody may be watching."""
        return self._console.is_terminal

    def show(self, what: str, done: int, of: int) -> None:
        """Move the bar of `what`, under the name before its colon; `of` is 0 where nobody knows."""
        name, _, detail = what.partition(": ")
        if name not in self._tasks:
            self._tasks[name] = self._progress.add_task(name, total=of or None)
            if not self._console.is_terminal:
                self._console.print(f"... {name}", markup=False)
        said = f"{name}: {detail}" if detail else name
        self._progress.update(self._tasks[name], description=said, completed=done, total=of or None)

    def say_wait(self, why: str, seconds: float) -> None:
        """Say in a line of its own that there was no good answer, and when it is asked for again.

        Stands above the bars.
        """
        self._console.print(f"{why} Asked again in {max(1, round(seconds))} s.", markup=False)

    def start(self) -> None:
        """Begin to draw."""
        self._progress.start()

    def finish(self) -> None:
        """Leave the bars as they are; harmless twice."""
        self._progress.stop()


@contextmanager
def bars(console: Console, *, exact: bool = False) -> Iterator[Bars]:
    """Give bars on `console`, which are left as they are at the end."""
    made = Bars(console, exact=exact)
    made.start()
    try:
        yield made
    finally:
        made.finish()
