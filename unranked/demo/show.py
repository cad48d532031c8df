"""`unranked demo`: make the company, let its first days pass, and serve the playground."""

import logging
import signal
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from threading import Event

import structlog
from rich.console import Console

from unranked import bootstrap
from unranked.demo.guard import Guard
from unranked.demo.play import playing
from unranked.demo.playground import application
from unranked.demo.story import Story
from unranked.demo.world import world
from unranked.errors import ConfigError
from unranked.terminal import bars
from unranked.web import Server

PORT = 3080
PEOPLE = 200
SEED = 7
FIRST_DAY = datetime(2026, 11, 22, tzinfo=UTC)
"""A Sunday, so that the first Monday is among the first days. One seed tells one story."""

AHEAD_WEEKS = 30
_STOP_SECONDS = 2


def show(*, people: int, seed: int, port: int, browser: bool) -> int:
    """Serve the playground until a signal; return the exit code. Raises ConfigError."""
    bootstrap.configure_logging("plain")
    # A job that fails is part of the story, and the page shows it.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with suppress(KeyboardInterrupt):  # while the first days pass
        serve(people=people, seed=seed, port=port, browser=browser, until=_signalled)
    return 0


def _signalled(_: str) -> None:
    ended = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    ended.wait()


def serve(
    *, people: int, seed: int, port: int, browser: bool, until: Callable[[str], object]
) -> None:
    """Serve the playground until `until` returns. until: gets the page's address."""
    console = Console(soft_wrap=True)
    console.print(
        f"[bold]Unranked on a made-up company of {people:,} people.[/bold] Its providers and its "
        "Slack are stand-ins on this machine; the jobs, the store, the bot and the messages are "
        "the real ones."
    )
    with (
        bars(console, exact=True) as drawing,
        world(
            seed=seed, people=people, today=FIRST_DAY, progress=drawing.show, ahead=AHEAD_WEEKS
        ) as one,
        playing(one, Story(one), drawing.show) as play,
    ):
        drawing.finish()
        guard = Guard(application(play))
        server = Server(guard, host="127.0.0.1", port=port, stop_seconds=_STOP_SECONDS)
        address = f"http://127.0.0.1:{_started(server, port, guard)}/"
        console.print(f"Open [bold]{address}[/bold] in a browser. Ctrl+C ends it.")
        if browser:
            _open(address)
        try:
            until(address)
        finally:
            server.stop()


def _started(server: Server, port: int, guard: Guard) -> int:
    try:
        guard.port = server.start()
    except ConfigError as error:
        raise ConfigError(
            f"Port {port} is taken.", hint="Stop what uses it, or choose another with --port."
        ) from error
    return guard.port


def _open(address: str) -> None:
    """Open the page where there is a browser with a window; elsewhere the address is enough."""
    try:
        found = webbrowser.get()
    except webbrowser.Error:
        return
    if not isinstance(found, webbrowser.GenericBrowser) or isinstance(
        found, webbrowser.BackgroundBrowser
    ):
        found.open(address)
