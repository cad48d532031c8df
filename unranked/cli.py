"""The `unranked` command: run, demo, job, and the commands of `operators`."""

import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from threading import Event
from typing import Annotated

import structlog
import typer
from rich.console import Console

from unranked import bootstrap, operators
from unranked.bootstrap import Wiring
from unranked.domain.runtime import Clock
from unranked.errors import ConfigError, JobFailedError, UnrankedError
from unranked.services.runtime import Runtime, silent

STOP_SECONDS = 9.0
_YEARS = range(2000, 2100)
"""Years that --as-of may pretend: at the ends of the calendar there is no day before or after."""

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


class Part(StrEnum):
    """A part of the service, for running it alone."""

    BOT = "bot"
    CLOCK = "clock"


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return the exit code. A known error is one clear line."""
    try:
        code = app(arguments, standalone_mode=False)
    except JobFailedError:
        return 1  # the log has said it, in the form that was chosen for it
    except UnrankedError as error:
        if "--json" in (sys.argv[1:] if arguments is None else arguments):
            typer.echo(json.dumps({"error": error.message, "hint": error.hint}, indent=2))
        Console(stderr=True, soft_wrap=True).print(f"{error.message}\n{error.hint}", markup=False)
        return 1
    except typer.Abort:
        return 130
    except Exception as error:
        if not hasattr(error, "show"):
            raise
        error.show()  # a usage error of the command line knows how to say itself
        return int(getattr(error, "exit_code", 2))
    return int(code or 0)


def _version(asked: bool) -> None:  # noqa: FBT001 - Typer's form of a flag
    """Print the version and end; nothing is read for it."""
    if asked:
        from importlib.metadata import version  # noqa: PLC0415 - only here

        typer.echo(f"unranked {version('unranked')}")
        raise typer.Exit


@app.callback()
def unranked(
    version: Annotated[  # noqa: FBT002 - Typer's form of a flag
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which it is.")
    ] = False,
) -> None:
    """A Slack bot that helps people start with AI. Nobody can turn it into a leaderboard."""


@app.command()
def run(
    only: Annotated[Part | None, typer.Option(help="Run one part of the service alone.")] = None,
) -> int:
    """Run the service until a signal: listen to Slack, and do what is due."""
    ended = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    settings = bootstrap.settings()
    bootstrap.configure_logging(settings.log_format)
    bootstrap.collect_rarely()
    # A wait inside a job ends at once when the process is to stop.
    wiring = Wiring(sleeper=lambda seconds: _wait(ended, seconds))
    runtime = bootstrap.runtime(settings, wiring)
    if settings.database_url.startswith("sqlite"):
        runtime.store.migrate()
    runtime.store.check()

    from bot.doors import Doors  # noqa: PLC0415 - a job alone needs no Bolt
    from jobs import clock as schedule  # noqa: PLC0415 - the bot alone needs no scheduler

    doors = Doors(settings, runtime, listen=only is not Part.CLOCK)
    port = doors.open(ended)
    clock = None if only is Part.BOT or ended.is_set() else schedule.Clock(runtime)
    if clock is not None:
        clock.start()
    if not ended.is_set():
        _say_ready(port)
    ended.wait()
    end = time.monotonic() + STOP_SECONDS
    answered = doors.close()
    clean = clock is None or clock.stop(within_seconds=end - time.monotonic())
    runtime.store.close()
    if not (answered and clean):
        # A request to a provider or to the chat may take a minute. It holds nothing: pages are not
        # stored before they are whole, and an answer can be asked for again.
        os._exit(0)
    return 0


@app.command()
def demo(
    people: Annotated[int, typer.Option(min=50, max=20_000, help="How large it is.")] = 200,
    seed: Annotated[int, typer.Option(help="Another number is another company.")] = 7,
    port: Annotated[int, typer.Option(min=0, max=65_535, help="Where the page is.")] = 3080,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Open no browser.")] = False,  # noqa: FBT002 - Typer's form of a flag
) -> int:
    """See and use everything in the browser, on a made-up company. Needs no account."""
    from unranked.demo.show import show  # noqa: PLC0415 - only here

    return show(people=people, seed=seed, port=port, browser=not no_browser)


@app.command()
def job(
    name: Annotated[
        str,
        typer.Argument(
            help="roster, sync, segments, nudges, pulse, digests, results, delivery or retention"
        ),
    ],
    as_of: Annotated[str, typer.Option(help="Act as if it were this time, in ISO 8601.")] = "",
    dry_run: Annotated[  # noqa: FBT002 - Typer's form of a flag
        bool, typer.Option("--dry-run", help="Only for nudges, pulse and retention.")
    ] = False,
) -> int:
    """Run one job now."""
    from jobs import signals  # noqa: PLC0415 - only here
    from jobs.clock import run_now  # noqa: PLC0415 - only here
    from jobs.schedule import JOBS  # noqa: PLC0415 - only here

    chosen = JOBS.get(name)
    if chosen is None:
        raise ConfigError(f"There is no job {name}.", hint=f"There are: {', '.join(JOBS)}.")
    if dry_run and chosen.try_out is None:
        raise ConfigError(
            f"The job {name} cannot be tried without writing.",
            hint=f"--dry-run is for: {', '.join(n for n, job in JOBS.items() if job.try_out)}.",
        )
    if as_of and not dry_run:
        raise ConfigError(
            "--as-of pretends another time, and would write and send at it.",
            hint="Use it together with --dry-run.",
        )
    try:
        with signals.raising(), _by_hand(as_of, needs_chat=not dry_run) as runtime:
            if not dry_run or chosen.try_out is None:
                run_now(runtime, name)
                said = [f"The job {name} is done."]
            else:
                tried = chosen.try_out(runtime)
                said = [f"{what.replace('_', ' ')}: {count}" for what, count in tried.items()]
    except signals.EndedError as ended:  # the log has said it
        return ended.exit_code
    typer.echo("\n".join(said))
    return 0


@contextmanager
def _by_hand(as_of: str, *, needs_chat: bool) -> Iterator[Runtime]:
    """Give what a job needs while somebody watches: a wait is said, and no answer is soon enough.

    Progress is bars on a terminal, else plain lines where the log is plain too.
    """
    from unranked.terminal import bars  # noqa: PLC0415 - the service draws nothing

    settings = bootstrap.settings(needs_chat=needs_chat)
    operators.existing(settings).close()
    with bars(Console(stderr=True)) as drawing:
        plain = drawing.on_a_terminal or settings.log_format == "plain"
        bootstrap.configure_logging(settings.log_format)  # so that lines stand above the bars
        bootstrap.collect_rarely()
        wiring = Wiring(
            clock=_clock(as_of),
            progress=drawing.show if plain else silent,
            attempts_unanswered=2,
            asked_again=drawing.say_wait if plain else _log_wait,
        )
        runtime = bootstrap.runtime(settings, wiring, needs_chat=needs_chat)
        try:
            runtime.store.check()
            yield runtime
        finally:
            runtime.store.close()


app.add_typer(operators.app)


def _log_wait(why: str, seconds: float) -> None:
    structlog.get_logger("unranked").info("asked again", why=why, in_seconds=round(seconds))


def _wait(ended: Event, seconds: float) -> None:
    ended.wait(seconds)


def _clock(as_of: str) -> Clock:
    if not as_of:
        return lambda: datetime.now(UTC)
    hint = "Write it as 2026-11-24T09:30:00+00:00 or 2026-11-24."
    try:
        at = datetime.fromisoformat(as_of)
    except ValueError:
        raise ConfigError("--as-of is no time.", hint=hint) from None
    if at.year not in _YEARS:
        raise ConfigError("--as-of is a time too far away.", hint=hint)
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return lambda: at.astimezone(UTC)


def _say_ready(port: int | None) -> None:
    where = "by Socket Mode" if port is None else f"on port {port}"
    Console(stderr=True).print(f"Unranked is ready {where}.", markup=False)


if __name__ == "__main__":
    sys.exit(main())
